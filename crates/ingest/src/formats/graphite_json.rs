//! Graphite's render API with `format=json`: `[{"target":"a.b","tags":{…},"datapoints":[[1.0,1700000000],[null,…]]}]`; also
//! `format=rickshaw` and `format=dygraph`, and what Grafana's plugins for simple JSON sources answer (the same with
//! milliseconds, and tables).

use super::rows::{Cell, Rows};
use crate::cell::timestamp::EpochUnit;
use crate::error::Error;
use crate::head::Head;
use crate::import::{Body, Context};
use crate::json::{Json, Kind, Value};
use crate::notebook::{Notebook, plural};
use crate::series_set::{Samples, SeriesSet};
use crate::sniff::Reader;
use crate::text::Text;
use crate::{Format, Options};
use series::{Identity, Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::GraphiteJson, probe, is_table: false, read };

fn probe(head: &Head<'_>) -> bool {
    let Some(json) = head.json() else { return false };
    json.has("target") && json.has("datapoints")
        || json.has_at_top("[]/datapoints/[]/[]")
        || json.has_at_top("labels") && json.has_at_top("data/[]/[]") && begins_with_time(head)
        || json.has_at_top("[]/columns/[]/text") && (json.has_at_top("[]/rows") || json.has_at_top("[]/type"))
}

/// Whether the labels of `format=dygraph` are there; Netdata writes its first one in small letters.
fn begins_with_time(head: &Head<'_>) -> bool {
    let labels =
        head.text.find("\"labels\"").and_then(|at| head.text.get(at..)).and_then(|text| text.split('"').nth(3));
    labels == Some("Time")
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let mut found = Found { options: context.options.clone(), ..Found::default() };
    Json::new(text).documents(&mut |json, _| found.node(json))?;
    found.finish()
}

/// One target as it is read.
#[derive(Debug, Default)]
pub(crate) struct Target {
    pub(crate) name: String,
    tags: Labels,
    samples: Samples,
    unreadable: usize,
}

/// What is known about all targets.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    timeless: usize,
    empty: usize,
}

impl Target {
    /// Pairs of a value and a time.
    pub(crate) fn points(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        json.list(&mut |json, _| {
            let (mut value, mut count) = (f64::NAN, f64::NAN);
            match json.peek()? {
                Kind::List => {}
                // `format=rickshaw`
                Kind::Object => {
                    let point = json.value()?;
                    let of = |name: &str| point.get(name).and_then(Value::as_measure).unwrap_or(f64::NAN);
                    self.push(of("x"), of("y"));
                    return Ok(());
                }
                _ => return Err(json.refuse("a pair of a value and a time")),
            }
            json.list(&mut |json, position| {
                match position {
                    0 => value = json.measure()?,
                    1 => count = json.measure()?,
                    _ => {}
                }
                Ok(())
            })?;
            self.push(count, value);
            Ok(())
        })
    }

    fn push(&mut self, count: f64, value: f64) {
        if count.is_finite() {
            self.samples.push(EpochUnit::by_magnitude(count).to_ms(count), value);
        } else {
            self.unreadable += 1;
        }
    }

    /// The target as it is written is its name; a tagged series has its tags in it, behind semicolons.
    fn identity(&self) -> Identity {
        let mut labels = self.tags.clone();
        let tagged = labels.remove("name");
        labels.remove("aggregatedBy");
        let (path, tail) = self.name.split_once(';').unwrap_or((self.name.as_str(), ""));
        let written: Vec<(&str, &str)> = tail.split(';').filter_map(|tag| tag.split_once('=')).collect();
        let is_tagged = !written.is_empty() && !path.contains(['(', ' ']);
        if is_tagged {
            labels = written.into_iter().chain(labels.iter()).collect();
            return Identity::of(Some(path.to_owned()), labels);
        }
        let metric = tagged.filter(|_| !labels.is_empty()).unwrap_or_else(|| self.name.clone());
        if metric == self.name {
            return Identity::of(Some(metric), labels);
        }
        Identity { name: self.name.clone(), metric: Some(metric), labels }
    }
}

impl Targets {
    /// Adds a target's samples to the set; nothing happens with one that was none.
    pub(crate) fn add(&mut self, set: &mut SeriesSet, target: Target) {
        if target.name.is_empty() && target.samples.times_ms.is_empty() {
            return;
        }
        self.timeless += target.unreadable;
        if target.samples.times_ms.is_empty() {
            self.empty += 1;
            return;
        }
        let position = set.position(target.identity());
        if let Some(samples) = set.at(position) {
            samples.append(target.samples);
        }
    }

    pub(crate) fn note(&self, notes: &mut Notebook) {
        notes.add(
            NoteKind::Unreadable,
            self.timeless,
            format!("{} without a time left out", plural(self.timeless, "data point", "data points")),
        );
        notes.add(
            NoteKind::Dropped,
            self.empty,
            format!("{} without data points left out", plural(self.empty, "target", "targets")),
        );
    }
}

/// A row of a time and values, each of which goes to a target.
fn row(json: &mut Json<'_, '_>, targets: &mut Vec<Target>) -> Result<(), Error> {
    let mut count = f64::NAN;
    json.list(&mut |json, position| {
        let Some(column) = position.checked_sub(1) else {
            count = json.measure()?;
            return Ok(());
        };
        let value = json.measure()?;
        if targets.len() <= column {
            targets.push(Target::default());
        }
        if let Some(target) = targets.get_mut(column) {
            target.push(count, value);
        }
        Ok(())
    })
}

#[derive(Default)]
struct Found {
    options: Options,
    set: SeriesSet,
    targets: Targets,
    unreadable: usize,
}

impl Found {
    fn node(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::List => json.list(&mut |json, _| self.node(json)),
            Kind::Object => self.object(json),
            _ => json.skip(),
        }
    }

    fn object(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        let mut target = Target::default();
        let mut columns: Vec<(String, String)> = Vec::new();
        let mut rows = Vec::new();
        let mut dygraph = Vec::new();
        let mut labels = Value::Null;
        json.object(&mut |json, name| {
            match (name, json.peek()?) {
                ("target" | "title", Kind::Text) => json.text()?.clone_into(&mut target.name),
                ("tags", Kind::Object) => target.tags = json.value()?.to_labels(),
                ("datapoints", Kind::List) => return target.points(json),
                ("columns", Kind::List) => {
                    let text =
                        |column: &Value, name: &str| column.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
                    let value = json.value()?;
                    columns.extend(value.items().iter().map(|column| (text(column, "text"), text(column, "type"))));
                }
                ("labels", Kind::List) => labels = json.value()?,
                // `format=dygraph`: rows of a time and one value per label.
                ("data", Kind::List) => {
                    return json.list(&mut |json, _| match json.peek()? {
                        Kind::List => row(json, &mut dygraph),
                        _ => self.node(json),
                    });
                }
                ("rows", Kind::List) => rows = json.value()?.items().to_vec(),
                ("series" | "data" | "results" | "response" | "list", Kind::List | Kind::Object) => {
                    return self.node(json);
                }
                _ => {}
            }
            Ok(())
        })?;
        for (position, mut target) in dygraph.into_iter().enumerate() {
            let name = labels.items().get(position + 1).and_then(Value::as_str);
            name.unwrap_or("value").clone_into(&mut target.name);
            self.targets.add(&mut self.set, target);
        }
        self.targets.add(&mut self.set, target);
        self.table(&columns, &rows)
    }

    /// The table of a simple JSON source.
    fn table(&mut self, columns: &[(String, String)], rows: &[Value]) -> Result<(), Error> {
        let Some(time) = columns.iter().position(|(_, kind)| kind == "time") else { return Ok(()) };
        let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        let mut series = Rows::default();
        for row in rows {
            let row = row.items();
            let Some(stamp) = row.get(time).and_then(|cell| cell.as_stamp(self.options.epoch_unit)) else {
                self.unreadable += 1;
                continue;
            };
            let cells: Vec<Cell<'_>> = columns
                .iter()
                .zip(row)
                .map(|((_, kind), cell)| match (kind.as_str(), cell) {
                    ("time", _) => Cell::Blank,
                    ("number", cell) => cell.as_measure().map_or(Cell::Blank, Cell::Number),
                    (_, Value::Text(text)) => Cell::Word(text),
                    (_, Value::Number(number)) => Cell::Number(*number),
                    _ => Cell::Blank,
                })
                .collect();
            series.push(&mut self.set, stamp, &names, &cells, &mut |set, column, words| {
                set.position_of(names.get(column).map_or("", String::as_str), words)
            });
            self.set.refuse_too_many()?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Body, Error> {
        self.set.refuse_empty(
            "Graphite's answer has no data points",
            "Ask for targets and a range of time (from, until) that have data.",
        )?;
        self.set.refuse_too_many()?;
        let notes = &mut self.set.notes;
        self.targets.note(notes);
        notes.add(
            NoteKind::Unreadable,
            self.unreadable,
            format!("{} without a readable time left out", plural(self.unreadable, "row", "rows")),
        );
        Ok(self.set.into())
    }
}
