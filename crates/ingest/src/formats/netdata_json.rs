//! Netdata's data API (src/web/api/formatters): `format=json` with rows as lists or objects, the same inside `jsonwrap`,
//! `csvjsonarray`, CSV text inside `jsonwrap`, and version 2 with its points of value, anomaly rate and flags. Rows come
//! the newest first.

use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::Stamp;
use crate::error::Error;
use crate::head::Head;
use crate::import::{Body, Context};
use crate::json::{Json, Kind, Value, stamp_of_count, stamp_of_text};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::text::Text;
use crate::{Format, Options};
use series::{Identity, Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::NetdataJson, probe, is_table: false, read };

/// How much of the text is looked at for the name of the first column.
const PROBED_BYTES: usize = 1 << 16;

/// More columns than this are refused.
const MOST_COLUMNS: usize = 20_000;

fn probe(head: &Head<'_>) -> bool {
    let Some(json) = head.json() else { return false };
    let is_wrapped = json.has_at_top("view_update_every")
        || json.has_at_top("dimension_names") && json.has_at_top("result")
        || json.has_at_top("api") && ["result", "versions", "view"].iter().any(|name| json.has_at_top(name));
    if is_wrapped || json.top_keys() == ["data"] && json.has_at_top("data/[]/[]") && json.is_partial() {
        return true;
    }
    let may_be = json.has_at_top("labels") && json.has_at_top("data") || json.has_at_top("[]/[]");
    may_be && {
        let compact: String = head.start(PROBED_BYTES).chars().filter(|sign| !sign.is_whitespace()).collect();
        compact.starts_with("[[\"time\",") || compact.contains("\"labels\":[\"time\"")
    }
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let mut found = Found { options: context.options.clone(), ..Found::default() };
    Json::new(text).documents(&mut |json, position| {
        let path = format!("answer {}", position + 1);
        let mut answer = Answer::default();
        found.node(json, &mut answer).map_err(|error| error.within_member(&path))?;
        found.take(answer)
    })?;
    found.finish()
}

/// One answer as it is read.
#[derive(Default)]
struct Answer {
    /// The chart or context.
    id: String,
    /// The names of the columns, without the time's.
    labels: Vec<String>,
    times: Vec<Option<Stamp>>,
    /// Per column the rows that have a cell, and the value in it.
    columns: Vec<Vec<(usize, f64)>>,
    units: Vec<String>,
    /// Names for the columns' identifiers.
    names: Vec<(String, String)>,
    /// Values without times.
    bare: Vec<f64>,
    before: Option<f64>,
    step: Option<f64>,
    /// Where in a point its value stands.
    value: usize,
}

#[derive(Default)]
struct Found {
    options: Options,
    set: SeriesSet,
    timeless: usize,
    counted: usize,
}

impl Answer {
    /// Adds a value to a column, in the last row.
    fn put(&mut self, column: usize, value: f64) -> Result<(), Error> {
        if column >= MOST_COLUMNS {
            return Err(Error::TooLarge {
                what: "dimensions".to_owned(),
                limit: MOST_COLUMNS as u64,
                remedy: "Ask for fewer of them.".to_owned(),
            });
        }
        while self.columns.len() <= column {
            self.columns.push(Vec::new());
        }
        let row = self.times.len().saturating_sub(1);
        if let Some(cells) = self.columns.get_mut(column) {
            cells.push((row, value));
        }
        Ok(())
    }

    /// The column of that name, new or known.
    fn column(&mut self, name: &str) -> usize {
        match self.labels.iter().position(|label| label == name) {
            Some(column) => column,
            None => {
                self.labels.push(name.to_owned());
                self.labels.len() - 1
            }
        }
    }
}

impl Found {
    fn node(&mut self, json: &mut Json<'_, '_>, answer: &mut Answer) -> Result<(), Error> {
        match json.peek()? {
            Kind::List => json.list(&mut |json, position| match json.peek()? {
                Kind::List if position == 0 => {
                    let header = json.value()?;
                    answer.labels = header.items().iter().skip(1).filter_map(Value::to_label).collect();
                    Ok(())
                }
                Kind::List => self.row(json, answer),
                Kind::Object => {
                    let mut one = Answer::default();
                    self.object(json, &mut one)?;
                    self.take(one)
                }
                _ => Ok(()),
            }),
            Kind::Object => self.object(json, answer),
            _ => json.skip(),
        }
    }

    fn object(&mut self, json: &mut Json<'_, '_>, answer: &mut Answer) -> Result<(), Error> {
        json.object(&mut |json, name| {
            match (name, json.peek()?) {
                ("id", Kind::Text) => json.text()?.clone_into(&mut answer.id),
                ("labels", Kind::List) => {
                    let labels = json.value()?;
                    answer.labels = labels.items().iter().skip(1).filter_map(Value::to_label).collect();
                }
                ("dimension_names", Kind::List) if answer.labels.is_empty() => {
                    answer.labels = json.value()?.items().iter().filter_map(Value::to_label).collect();
                }
                ("data", Kind::List) => return json.list(&mut |json, _| self.row(json, answer)),
                ("result", Kind::Object) => return self.object(json, answer),
                ("result", Kind::Text) => {
                    let text = json.text()?.to_owned();
                    self.csv(&text, answer)?;
                }
                ("result", Kind::List) => {
                    return json.list(&mut |json, position| match json.peek()? {
                        Kind::List if position == 0 => {
                            let header = json.value()?;
                            answer.labels = header.items().iter().skip(1).filter_map(Value::to_label).collect();
                            Ok(())
                        }
                        Kind::List | Kind::Object => self.row(json, answer),
                        _ => {
                            answer.bare.push(json.measure()?);
                            Ok(())
                        }
                    });
                }
                ("point" | "point_schema", Kind::Object) => {
                    let schema = json.value()?;
                    answer.value = schema.get("value").and_then(Value::as_f64).unwrap_or(0.0) as usize;
                }
                ("before", Kind::Number) => answer.before = Some(json.number()?),
                ("view_update_every", Kind::Number) => answer.step = Some(json.number()?),
                ("view", Kind::Object) => {
                    let view = json.value()?;
                    answer.units = match view.get("dimensions").and_then(|dimensions| dimensions.get("units")) {
                        Some(units) => units.items().iter().filter_map(Value::to_label).collect(),
                        None => view.get("units").and_then(Value::to_label).into_iter().collect(),
                    };
                    let of = |name: &str| view.get("dimensions").and_then(|dimensions| dimensions.get(name));
                    let texts = |name: &str| of(name).map(Value::items).unwrap_or_default().iter().map(Value::to_label);
                    let pairs = texts("ids").zip(texts("names"));
                    answer.names = pairs.filter_map(|(id, name)| Some((id?, name?))).collect();
                }
                ("summary", Kind::Object) => {
                    // Version 2 has its context there, if it is one.
                    let summary = json.value()?;
                    let contexts = summary.get("contexts").map(Value::items).unwrap_or_default();
                    if let [only] = contexts {
                        only.get("id").and_then(Value::as_str).unwrap_or("").clone_into(&mut answer.id);
                    }
                }
                _ => {}
            }
            Ok(())
        })
    }

    /// A row: a list that begins with its time, or an object that has it as `time`.
    fn row(&mut self, json: &mut Json<'_, '_>, answer: &mut Answer) -> Result<(), Error> {
        let unit = self.options.epoch_unit;
        if json.peek()? == Kind::Object {
            answer.times.push(None);
            return json.object(&mut |json, name| {
                if name == "time" {
                    let stamp = json.stamp(unit)?;
                    if let Some(last) = answer.times.last_mut() {
                        *last = stamp;
                    }
                    return Ok(());
                }
                let column = answer.column(name);
                let value = json.measure()?;
                answer.put(column, value)
            });
        }
        json.list(&mut |json, position| {
            if position == 0 {
                let stamp = json.stamp(unit)?;
                answer.times.push(stamp);
                return Ok(());
            }
            let mut value = f64::NAN;
            if json.peek()? == Kind::List {
                let wanted = answer.value;
                json.list(&mut |json, part| {
                    if part == wanted {
                        value = json.measure()?;
                    }
                    Ok(())
                })?;
            } else {
                value = json.measure()?;
            }
            answer.put(position - 1, value)
        })
    }

    /// CSV or TSV inside a wrapper.
    fn csv(&mut self, text: &str, answer: &mut Answer) -> Result<(), Error> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let header = lines.next().unwrap_or("");
        let delimiter = if header.contains('\t') { '\t' } else { ',' };
        let clean = |cell: &str| cell.trim().trim_matches('"').to_owned();
        answer.labels = header.split(delimiter).skip(1).map(clean).collect();
        for line in lines {
            for (position, cell) in line.split(delimiter).enumerate() {
                let cell = clean(cell);
                if position == 0 {
                    answer.times.push(stamp_of_text(&cell, self.options.epoch_unit));
                    continue;
                }
                let value = match number::parse(&cell, NumberStyle::PLAIN) {
                    Number::Value(value) => value,
                    Number::Missing | Number::Unreadable => f64::NAN,
                };
                answer.put(position - 1, value)?;
            }
        }
        Ok(())
    }

    /// Turns an answer into series: its chart is the metric, its dimensions are labels; without a chart's name each
    /// dimension is a metric.
    fn take(&mut self, mut answer: Answer) -> Result<(), Error> {
        if let (Some(before), Some(step), true) = (answer.before, answer.step, answer.times.is_empty()) {
            self.counted += answer.bare.len();
            for (position, value) in std::mem::take(&mut answer.bare).into_iter().enumerate() {
                answer.times.push(stamp_of_count(before - step * position as f64, self.options.epoch_unit));
                answer.put(0, value)?;
            }
        }
        let Answer { id, labels, times, columns, units, names, .. } = answer;
        self.timeless += times.iter().filter(|stamp| stamp.is_none()).count();
        for (column, values) in columns.into_iter().enumerate() {
            let label = labels.get(column).map_or("value", String::as_str);
            let dimension = names.iter().find(|(id, _)| id == label).map_or(label, |(_, name)| name.as_str());
            let identity = if id.is_empty() {
                Identity::of(Some(dimension.to_owned()), Labels::new())
            } else {
                Identity::of(Some(id.clone()), [("dimension", dimension)].into_iter().collect())
            };
            let position = self.set.position(identity);
            let unit = units.get(column).or(units.first().filter(|_| units.len() == 1));
            if let (Some(unit), Some(entry)) = (unit, self.set.entry(position)) {
                entry.unit = Some(written_unit(unit).to_owned());
            }
            for (row, value) in values {
                if let Some(Some(stamp)) = times.get(row) {
                    self.set.push_at(position, *stamp, value);
                }
            }
        }
        self.set.refuse_too_many()
    }

    fn finish(mut self) -> Result<Body, Error> {
        self.set.refuse_empty(
            "Netdata's answer has no rows",
            "Ask for a chart and a range of time (after, before) that have data.",
        )?;
        let notes = &mut self.set.notes;
        notes.add(
            NoteKind::Unreadable,
            self.timeless,
            format!("{} without a readable time left out", plural(self.timeless, "row", "rows")),
        );
        notes.add(
            NoteKind::Assumption,
            self.counted,
            "The values come without times; they were placed from the answer's end backwards, one per interval",
        );
        Ok(self.set.into())
    }
}

/// Netdata's name of a unit, as `cell::unit` writes it.
fn written_unit(name: &str) -> &str {
    match name {
        "percentage" => "%",
        "milliseconds" => "ms",
        "kilobits/s" => "kb/s",
        "megabits/s" => "Mb/s",
        "kilobytes/s" => "kB/s",
        other => other,
    }
}
