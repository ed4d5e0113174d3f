//! Grafana's data frames as JSON (packages/grafana-data/src/dataframe/DataFrameJSON.ts and types/dataFrame.ts): what the
//! panel inspector shows as *DataFrame JSON* and as *Panel data*, the answer of `/api/ds/query`, that answer inside a
//! copy from the query inspector, and dashboard snapshots.
//!
//! A frame is a table in columns. Its first field of type `time` is the time, in milliseconds; fields of numbers are
//! series with the field's labels; fields of text tell series apart.

use super::naming::settle;
use super::rows::{Cell, Rows};
use super::{grafana_unit, graphite_json};
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{EpochUnit, Stamp};
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::json::{Json, Kind, Value, stamp_of_count, stamp_of_text};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::text::Text;
use crate::{Format, Options, Role};
use order::SortedSet;
use series::{Identity, Labels, NoteKind};
use std::collections::HashMap;

pub(crate) const READER: Reader = Reader { format: Format::GrafanaJson, probe, is_table: false, read };

/// More different texts than this in one field are refused.
const MOST_WORDS: usize = 500_000;

fn probe(head: &Head<'_>) -> bool {
    let Some(json) = head.json() else { return false };
    let is_frame = json.has("schema/fields/[]/name") && !json.has_at_top("payload")
        || json.has_at_top("[]/data/values/[]/[]")
        || json.has_at_top("data/values/[]/[]")
        || json.has("frames/[]/data/values")
        || json.has("frames/[]/schema");
    let is_panel = json.has("series/[]/fields/[]/values")
        || json.has("series/[]/fields/[]/config")
        || json.has("snapshotData")
        || json.has_at_top("[]/fields/[]/values")
        || json.has_at_top("fields/[]/values") && json.has_at_top("fields/[]/config");
    let is_dashboard = json.has("panels/[]/gridPos") || json.has("panels") && json.has("schemaVersion");
    is_frame || is_panel || is_dashboard
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let mut found = Found { options: Some(context.options.clone()), ..Found::default() };
    Json::new(text).documents(&mut |json, _| found.node(json, "", None))?;
    found.finish()
}

/// A field of a frame.
#[derive(Debug, Default)]
struct Field {
    name: String,
    kind: String,
    labels: Labels,
    display: String,
    unit: String,
    column: Column,
}

/// The cells of a field as they are written.
#[derive(Debug, Default)]
struct Column {
    numbers: Vec<f64>,
    /// Per row 0, or one more than the position of its text in `words`; shorter than `numbers` behind the last text.
    texts: Vec<u32>,
    words: Vec<String>,
    known: HashMap<String, u32>,
}

/// A frame as it is read.
#[derive(Debug, Default)]
struct Frame {
    name: String,
    ref_id: String,
    fields: Vec<Field>,
    columns: Vec<Column>,
    entities: Vec<Value>,
    has_nanos: bool,
}

/// What a series may be called.
#[derive(Debug)]
struct Called {
    display: String,
    metric: Option<String>,
    labels: Labels,
    panel: Option<usize>,
    ref_id: String,
}

#[derive(Default)]
struct Found {
    options: Option<Options>,
    set: SeriesSet,
    called: Vec<Called>,
    /// Titles of panels, as far as they are known.
    panels: Vec<String>,
    words: SortedSet<String>,
    frames: usize,
    timeless: usize,
    numberless: usize,
    other_times: usize,
    unreadable: usize,
    nanos: usize,
    enums: usize,
    annotations: usize,
    queries: usize,
    failures: Vec<String>,
    old: graphite_json::Targets,
}

impl Found {
    fn unit(&self) -> EpochUnit {
        self.options.as_ref().and_then(|options| options.epoch_unit).unwrap_or(EpochUnit::Milliseconds)
    }

    /// A frame, or what frames are wrapped in.
    fn node(&mut self, json: &mut Json<'_, '_>, ref_id: &str, panel: Option<usize>) -> Result<(), Error> {
        match json.peek()? {
            Kind::List => json.list(&mut |json, _| self.node(json, ref_id, panel)),
            Kind::Object => self.object(json, ref_id, panel),
            _ => json.skip(),
        }
    }

    fn object(&mut self, json: &mut Json<'_, '_>, ref_id: &str, panel: Option<usize>) -> Result<(), Error> {
        let mut frame = Frame { ref_id: ref_id.to_owned(), ..Frame::default() };
        let mut own_panel = None;
        let mut title = String::new();
        let mut old = graphite_json::Target::default();
        json.object(&mut |json, name| {
            let kind = json.peek()?;
            match (name, kind) {
                ("schema", Kind::Object) => frame.schema(&json.value()?),
                ("data", Kind::Object) => return self.data(json, &mut frame, panel),
                ("fields", Kind::List) => return json.list(&mut |json, _| frame.panel_field(json)),
                ("name", Kind::Text) => json.text()?.clone_into(&mut frame.name),
                ("refId", Kind::Text) => json.text()?.clone_into(&mut frame.ref_id),
                ("title", Kind::Text) => json.text()?.clone_into(&mut title),
                ("snapshotData", Kind::List) => {
                    self.panels.push(String::new());
                    own_panel = Some(self.panels.len() - 1);
                    return self.node(json, "", own_panel);
                }
                ("results", Kind::Object) => return json.object(&mut |json, name| self.node(json, name, panel)),
                (
                    "data" | "results" | "frames" | "series" | "response" | "dashboard" | "panels" | "rows"
                    | "snapshot",
                    Kind::List | Kind::Object,
                ) => return self.node(json, &frame.ref_id, panel),
                ("error", Kind::Text) => {
                    let text = excerpt(json.text()?, 300);
                    self.failures.push(text);
                }
                ("annotations", Kind::List) => {
                    return json.list(&mut |_, _| {
                        self.annotations += 1;
                        Ok(())
                    });
                }
                ("targets", Kind::List) => self.queries += 1,
                ("target", Kind::Text) => json.text()?.clone_into(&mut old.name),
                ("datapoints", Kind::List) => return old.points(json),
                _ => {}
            }
            Ok(())
        })?;
        if let Some(panel) = own_panel.and_then(|panel| self.panels.get_mut(panel)) {
            *panel = title;
        }
        self.old.add(&mut self.set, old);
        // Series of the old kind have a place among the names, too.
        while self.called.len() < self.set.len() {
            let identity = self.set.entry(self.called.len()).map(|entry| entry.identity.clone()).unwrap_or_default();
            let Identity { name, metric, labels } = identity;
            self.called.push(Called { display: name, metric, labels, panel, ref_id: String::new() });
        }
        self.frame(frame, panel)
    }

    /// The columns of a frame, or an answer that a client has wrapped in `data`.
    fn data(&mut self, json: &mut Json<'_, '_>, frame: &mut Frame, panel: Option<usize>) -> Result<(), Error> {
        json.object(&mut |json, name| {
            match (name, json.peek()?) {
                ("values", Kind::List) => {
                    return json.list(&mut |json, _| {
                        let mut column = Column::default();
                        column.read(json)?;
                        frame.columns.push(column);
                        Ok(())
                    });
                }
                ("entities", Kind::List) => frame.entities = json.value()?.items().to_vec(),
                ("nanos", Kind::List) => {
                    return json.list(&mut |json, _| frame.nanos(json));
                }
                ("results", Kind::Object) => return json.object(&mut |json, name| self.node(json, name, panel)),
                ("frames" | "series" | "response" | "data", _) => return self.node(json, &frame.ref_id, panel),
                _ => {}
            }
            Ok(())
        })
    }

    /// Turns a frame's columns into samples.
    fn frame(&mut self, mut frame: Frame, panel: Option<usize>) -> Result<(), Error> {
        for (field, column) in frame.fields.iter_mut().zip(std::mem::take(&mut frame.columns)) {
            field.column = column;
        }
        for (field, entities) in frame.fields.iter_mut().zip(std::mem::take(&mut frame.entities)) {
            field.column.restore(&entities);
        }
        if frame.fields.is_empty() {
            return Ok(());
        }
        self.frames += 1;
        let options = self.options.clone().unwrap_or_default();
        let named = options.time_column.as_deref();
        let is_time = |field: &Field| match named {
            Some(name) => field.name == name,
            None => field.kind == "time" || field.kind.is_empty() && field.name.eq_ignore_ascii_case("time"),
        };
        let time = frame.fields.iter().position(is_time);
        let uses: Vec<Use> = frame
            .fields
            .iter()
            .enumerate()
            .map(|(position, field)| if Some(position) == time { Use::Nothing } else { field.usage(&options) })
            .collect();
        if !uses.contains(&Use::Value) {
            self.numberless += usize::from(frame.fields.iter().any(|field| !field.column.numbers.is_empty()));
            return Ok(());
        }
        let Some(time) = time.and_then(|time| frame.fields.get(time)) else {
            self.timeless += 1;
            return Ok(());
        };
        self.other_times += frame.fields.iter().filter(|field| field.kind == "time").count().saturating_sub(1);
        self.nanos += usize::from(frame.has_nanos);
        self.enums += frame.fields.iter().filter(|field| field.kind == "enum").count();
        let names: Vec<String> = frame.fields.iter().map(|field| field.name.clone()).collect();
        let mut rows = Rows::default();
        let mut cells: Vec<Cell<'_>> = Vec::with_capacity(names.len());
        for row in 0..time.column.numbers.len() {
            let Some(stamp) = time.column.stamp(row, self.unit()) else {
                self.unreadable += 1;
                continue;
            };
            cells.clear();
            for (field, usage) in frame.fields.iter().zip(&uses) {
                cells.push(match usage {
                    Use::Nothing => Cell::Blank,
                    Use::Word => field.column.text(row).map_or(Cell::Blank, |word| {
                        if !self.words.contains(field.name.as_str()) {
                            self.words.insert(field.name.clone());
                        }
                        Cell::Word(word)
                    }),
                    Use::Value => field.column.measure(row).map_or(Cell::Blank, Cell::Number),
                });
            }
            let called = &mut self.called;
            rows.push(&mut self.set, stamp, &names, &cells, &mut |set, column, words| {
                frame.position(set, called, column, &words, panel)
            });
            self.set.refuse_too_many()?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Body, Error> {
        if self.set.sample_count() == 0 {
            if let Some(message) = self.failures.first() {
                let message = format!("{}.", message.trim_end_matches('.'));
                return Err(Error::ServerFailed { kind: "Grafana".to_owned(), message });
            }
            if self.frames == 0 {
                let is_layout = self.queries > 0 || self.panels.is_empty();
                return Err(Error::Unsupported {
                    looks_like: if is_layout {
                        "a Grafana dashboard: the layout, without any data".to_owned()
                    } else {
                        "a Grafana snapshot without any data in it".to_owned()
                    },
                    remedy: "Open a panel, then Inspect, Data, Download CSV; or Inspect, JSON, DataFrame JSON."
                        .to_owned(),
                });
            }
            if self.timeless > 0 {
                return Err(Error::NoNumbers {
                    seen: "Grafana's frames have no field of type \"time\"".to_owned(),
                    remedy: "Ask for a range of time instead of one instant, and for time series instead of a table."
                        .to_owned(),
                });
            }
        }
        self.set.refuse_empty(
            "Grafana's frames have no samples",
            "Choose a range of time in which the panel shows data, and copy its data again.",
        )?;
        self.name();
        let notes = &mut self.set.notes;
        self.old.note(notes);
        notes.add(
            NoteKind::Dropped,
            self.timeless,
            format!("{} without a time field left out", plural(self.timeless, "frame", "frames")),
        );
        notes.add(
            NoteKind::Dropped,
            self.numberless,
            format!("{} without a field of numbers left out", plural(self.numberless, "frame", "frames")),
        );
        notes.add(
            NoteKind::Dropped,
            self.other_times,
            format!(
                "{} left out; a frame's first one is the time. Another can be named",
                plural(self.other_times, "further time field was", "further time fields were")
            ),
        );
        notes.add(
            NoteKind::Unreadable,
            self.unreadable,
            format!("{} without a readable time left out", plural(self.unreadable, "row", "rows")),
        );
        notes.add(NoteKind::Dropped, self.nanos, "Times are kept to the millisecond; the nanoseconds were left out");
        notes.add(
            NoteKind::Assumption,
            self.enums,
            format!("{} of named states read as the states' positions, from 0", plural(self.enums, "field", "fields")),
        );
        notes.add(
            NoteKind::Dropped,
            self.annotations,
            format!("{} of the panel left out", plural(self.annotations, "annotation", "annotations")),
        );
        for word in self.words.iter() {
            notes
                .add_about(word, NoteKind::Assumption, 1, "This text field tells series apart; it became a label")
                .undone_by(format!("role.{word}=ignore"));
        }
        for failure in self.failures {
            notes.add(NoteKind::SourceWarning, 1, failure);
        }
        Ok(self.set.into())
    }

    /// Names the series. Those without a metric's name have the panel's title or the query's letter for it if there are
    /// several panels or queries.
    fn name(&mut self) {
        let titled = |called: &Called| {
            called
                .panel
                .and_then(|panel| self.panels.get(panel))
                .map(|title| title.trim())
                .filter(|title| !title.is_empty())
        };
        let mut sources: SortedSet<(Option<usize>, String)> = SortedSet::new();
        for called in self.called.iter().filter(|called| called.metric.is_none() && called.display.is_empty()) {
            sources.insert((called.panel, called.ref_id.clone()));
        }
        let names: Vec<Vec<Identity>> = self
            .called
            .iter()
            .map(|called| {
                let source = match titled(called) {
                    Some(title) => Some(title.to_owned()),
                    None => Some(called.ref_id.clone()).filter(|ref_id| !ref_id.is_empty()),
                };
                let has_many = sources.len() > 1 || called.panel.is_some() || called.labels.is_empty();
                let source = source.filter(|_| has_many && called.display.is_empty());
                let metric = called.metric.clone().or(source);
                let mut names = Vec::new();
                if !called.display.is_empty() {
                    names.push(Identity {
                        name: called.display.clone(),
                        metric: metric.clone(),
                        labels: called.labels.clone(),
                    });
                }
                names.push(Identity::of(metric.clone(), called.labels.clone()));
                let place = [titled(called).unwrap_or(""), called.ref_id.as_str()].join(" ");
                if !place.trim().is_empty() {
                    let plain = Identity::of(metric.clone(), called.labels.clone());
                    names.push(Identity { name: format!("{} ({})", plain.name, place.trim()), ..plain });
                }
                names
            })
            .collect();
        settle(&mut self.set, &names);
    }
}

/// What a field is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Nothing,
    Value,
    Word,
}

impl Field {
    fn describe(&mut self, description: &Value) {
        for (name, value) in description.members() {
            match name.as_str() {
                "name" => value.as_str().unwrap_or("").clone_into(&mut self.name),
                "type" => value.as_str().unwrap_or("").clone_into(&mut self.kind),
                "labels" => self.labels = value.to_labels(),
                "config" => self.configure(value),
                _ => {}
            }
        }
    }

    fn configure(&mut self, config: &Value) {
        let text = |name: &str| config.get(name).and_then(Value::as_str).unwrap_or("").trim();
        // A name with a variable in it is not what people saw.
        let shown = ["displayName", "displayNameFromDS"].map(text);
        let shown = shown.into_iter().find(|name| !name.is_empty() && !name.contains('$'));
        shown.unwrap_or("").clone_into(&mut self.display);
        text("unit").clone_into(&mut self.unit);
    }

    fn usage(&self, options: &Options) -> Use {
        match options.role(&self.name) {
            Some(Role::Ignore) => return Use::Nothing,
            Some(Role::Value) => return Use::Value,
            Some(Role::Label | Role::Service | Role::Metric) => return Use::Word,
            None => {}
        }
        match self.kind.as_str() {
            "number" | "boolean" | "enum" => Use::Value,
            "string" => Use::Word,
            "" if self.column.texts.is_empty() => Use::Value,
            "" => Use::Word,
            _ => Use::Nothing,
        }
    }

    /// The name, where it says more than that it is the value.
    fn own_name(&self) -> Option<&str> {
        let name = self.name.trim();
        let says_nothing = name.is_empty() || name.eq_ignore_ascii_case("value") || name.starts_with("Value #");
        (!says_nothing).then_some(name)
    }
}

impl Frame {
    fn schema(&mut self, schema: &Value) {
        let text = |name: &str| schema.get(name).and_then(Value::as_str);
        if let Some(name) = text("name") {
            name.clone_into(&mut self.name);
        }
        if let Some(ref_id) = text("refId") {
            ref_id.clone_into(&mut self.ref_id);
        }
        for description in schema.get("fields").map(Value::items).unwrap_or_default() {
            let mut field = Field::default();
            field.describe(description);
            self.fields.push(field);
        }
    }

    /// A field that has its values with it.
    fn panel_field(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        let mut field = Field::default();
        let mut entities = Value::Null;
        json.object(&mut |json, name| {
            match name {
                "values" => return field.column.read(json),
                "entities" => entities = json.value()?,
                "nanos" => return self.nanos(json),
                "labels" => field.labels = json.value()?.to_labels(),
                "config" => {
                    let config = json.value()?;
                    field.configure(&config);
                }
                "name" if json.peek()? == Kind::Text => json.text()?.clone_into(&mut field.name),
                "type" if json.peek()? == Kind::Text => json.text()?.clone_into(&mut field.kind),
                _ => {}
            }
            Ok(())
        })?;
        field.column.restore(&entities);
        self.fields.push(field);
        Ok(())
    }

    /// The parts of times below a millisecond.
    fn nanos(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::List => json.list(&mut |json, _| self.nanos(json)),
            Kind::Number => {
                self.has_nanos |= json.number()? != 0.0;
                Ok(())
            }
            _ => json.skip(),
        }
    }

    /// The series of a column for the words of a row.
    fn position(
        &self,
        set: &mut SeriesSet,
        called: &mut Vec<Called>,
        column: usize,
        words: &Labels,
        panel: Option<usize>,
    ) -> usize {
        let Some(field) = self.fields.get(column) else { return 0 };
        let mut labels = field.labels.clone();
        let mut metric = labels.remove("__name__").or_else(|| field.own_name().map(str::to_owned));
        // A transformation may have left all it knew in the name.
        if let Some(parsed) = metric.as_deref().and_then(Identity::parse) {
            metric = parsed.metric;
            labels = if labels.is_empty() { parsed.labels } else { labels };
        }
        let mut display = field.display.clone();
        for text in [field.display.as_str(), self.name.as_str()].into_iter().filter(|text| !text.is_empty()) {
            match Identity::parse(text) {
                Some(parsed) => {
                    metric = metric.or(parsed.metric);
                    labels = if labels.is_empty() { parsed.labels } else { labels };
                    if display == text {
                        display.clear();
                    }
                }
                None if labels.is_empty() => metric = metric.or_else(|| Some(text.to_owned())),
                None => {}
            }
        }
        if !words.is_empty() {
            display = if display.is_empty() { display } else { format!("{display}{words}") };
            for (name, word) in words.iter() {
                labels.insert(name, word);
            }
        }
        let place = panel.map_or_else(String::new, |panel| panel.to_string());
        let metric = metric.filter(|metric| !metric.is_empty());
        let shown = metric.as_deref().unwrap_or("");
        let key = [&place, &self.ref_id, &display, shown, &labels.to_string()].map(String::from).join("\u{1f}");
        let position = set.position(Identity { name: key, ..Identity::default() });
        if position >= called.len() {
            called.push(Called { display, metric, labels, panel, ref_id: self.ref_id.clone() });
            if let (Some(unit), Some(entry)) = (grafana_unit::written(&field.unit), set.entry(position)) {
                entry.unit = Some(unit.to_owned());
            }
        }
        position
    }
}

impl Column {
    /// A list of cells; what lies in a vector object (`{"buffer":[…]}`) is found there.
    fn read(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::Object => json.object(&mut |json, name| match (name, json.peek()?) {
                ("buffer" | "values" | "data", Kind::List | Kind::Object) => self.read(json),
                // An array that was written as an object has its positions for names.
                (name, _) if name.parse() == Ok(self.numbers.len()) => self.cell(json),
                _ => Ok(()),
            }),
            Kind::List => json.list(&mut |json, _| self.cell(json)),
            Kind::Null => json.skip(),
            _ => Err(json.refuse("a list of values")),
        }
    }

    fn cell(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::Number => self.numbers.push(json.number()?),
            Kind::Bool => self.numbers.push(f64::from(u8::from(json.truth()?))),
            Kind::Text => {
                let row = self.numbers.len();
                let text = json.text()?;
                let word = match self.known.get(text) {
                    Some(known) => *known,
                    None => {
                        self.words.push(text.to_owned());
                        let word = self.words.len() as u32;
                        self.known.insert(text.to_owned(), word);
                        word
                    }
                };
                if self.words.len() > MOST_WORDS {
                    return Err(Error::TooLarge {
                        what: "different texts in one field".to_owned(),
                        limit: MOST_WORDS as u64,
                        remedy: "This may be a panel of logs or traces; copy the data of a panel with numbers."
                            .to_owned(),
                    });
                }
                self.texts.resize(row, 0);
                self.texts.push(word);
                self.numbers.push(f64::NAN);
            }
            _ => {
                self.numbers.push(f64::NAN);
                json.skip()?;
            }
        }
        Ok(())
    }

    /// Puts back the numbers that JSON cannot write: positions by kind.
    fn restore(&mut self, entities: &Value) {
        for (kind, positions) in entities.members() {
            let value = match kind.as_str() {
                "Inf" => f64::INFINITY,
                "NegInf" => f64::NEG_INFINITY,
                _ => continue,
            };
            for position in positions.items().iter().filter_map(Value::as_f64) {
                if let Some(cell) = self.numbers.get_mut(position as usize) {
                    *cell = value;
                }
            }
        }
    }

    fn text(&self, row: usize) -> Option<&str> {
        let word = self.texts.get(row).copied().unwrap_or(0) as usize;
        self.words.get(word.checked_sub(1)?).map(String::as_str)
    }

    /// The row's number, also one in quotes; none if it is some other text, or if there is no such row.
    fn measure(&self, row: usize) -> Option<f64> {
        match self.text(row) {
            None => self.numbers.get(row).copied(),
            Some(text) => match number::parse(text, NumberStyle::PLAIN) {
                Number::Value(value) => Some(value),
                Number::Missing => Some(f64::NAN),
                Number::Unreadable => None,
            },
        }
    }

    fn stamp(&self, row: usize, unit: EpochUnit) -> Option<Stamp> {
        match self.text(row) {
            Some(text) => stamp_of_text(text, Some(unit)),
            None => stamp_of_count(*self.numbers.get(row)?, Some(unit)),
        }
    }
}
