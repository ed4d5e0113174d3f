//! Grafana's data frames as JSON (packages/grafana-data/src/dataframe/DataFrameJSON.ts and types/dataFrame.ts): what the
//! panel inspector shows as *DataFrame JSON* and as *Panel data*, the answer of `/api/ds/query`, that answer inside a
//! copy from the query inspector, and dashboard snapshots.
//!
//! A frame is a table in columns. Its first field of type `time` is the time, in milliseconds; fields of numbers are
//! series with the field's labels; fields of text tell series apart.

use super::grafana_frame::{Column, Field, Frame, Use};
use super::naming::settle;
use super::rows::{Cell, Rows};
use super::{grafana_unit, graphite_json};
use crate::cell::timestamp::EpochUnit;
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::json::{Json, Kind};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::text::Text;
use crate::{Format, Options};
use order::SortedSet;
use series::{Identity, Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::GrafanaJson, probe, is_table: false, read };

fn probe(head: &Head<'_>) -> bool {
    let Some(json) = head.json() else { return false };
    let is_frame = json.has("schema/fields/[]/name") && !json.has_at_top("payload")
        || json.has_at_top("[]/data/values/[]/[]")
        || json.has_at_top("data/values/[]/[]")
        || json.has("frames/[]/data/values")
        || json.has("frames/[]/schema")
        || json.has_at_top("results/*/frames")
        || json.has_at_top("results/*/status") && json.has_at_top("results/*/error");
    let is_panel = json.has("series/[]/fields/[]/values")
        || json.has("series/[]/fields/[]/config")
        || json.has("snapshotData")
        || json.has_at_top("[]/fields/[]/values")
        || json.has_at_top("fields/[]/values") && json.has_at_top("fields/[]/config");
    let is_dashboard = json.has("panels/[]/gridPos")
        || json.has("panels") && json.has("schemaVersion")
        || json.has_at_top("fieldConfig") && json.has_at_top("targets");
    is_frame || is_panel || is_dashboard
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let mut found = Found { options: Some(context.options.clone()), ..Found::default() };
    Json::new(text).documents(&mut |json, _| found.node(json, "", None))?;
    found.finish()
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
                ("schema", Kind::Object) => {
                    self.frames += 1;
                    frame.schema(&json.value()?);
                }
                ("data", Kind::Object) => return self.data(json, &mut frame, panel),
                ("fields", Kind::List) => {
                    self.frames += 1;
                    return json.list(&mut |json, _| frame.panel_field(json));
                }
                ("name", Kind::Text) => json.text()?.clone_into(&mut frame.name),
                ("refId", Kind::Text) => json.text()?.clone_into(&mut frame.ref_id),
                ("title", Kind::Text) => json.text()?.clone_into(&mut title),
                ("snapshotData", Kind::List) => {
                    self.panels.push(String::new());
                    own_panel = Some(self.panels.len() - 1);
                    return self.node(json, "", own_panel);
                }
                ("results", Kind::Object) => {
                    self.frames += 1;
                    return json.object(&mut |json, name| self.node(json, name, panel));
                }
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
                        "a Grafana dashboard or panel: the layout, without any data".to_owned()
                    } else {
                        "a Grafana snapshot without any data in it".to_owned()
                    },
                    remedy:
                        "Open a panel, then Inspect, Data, Download CSV; or Inspect, JSON, and there DataFrame JSON."
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

impl Frame {
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
