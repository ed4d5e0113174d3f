//! Answers of CloudWatch: `aws cloudwatch get-metric-data` (times and values side by side, the newest first) and
//! `get-metric-statistics` (data points in no order, each with one or several statistics).

use super::naming::settle;
use crate::cell::timestamp::Stamp;
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::json::{Json, Kind, Value};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::text::Text;
use crate::{Format, Options};
use series::{Identity, Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::CloudwatchJson, probe, is_table: false, read };

fn probe(head: &Head<'_>) -> bool {
    let Some(json) = head.json() else { return false };
    json.has("MetricDataResults")
        || json.has("Datapoints") && (json.has("Datapoints/[]/Timestamp") || json.has("Label"))
        || json.has_at_top("[]/Timestamps") && json.has_at_top("[]/Values")
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let mut found = Found { options: context.options.clone(), ..Found::default() };
    Json::new(text).documents(&mut |json, position| {
        let path = format!("answer {}", position + 1);
        found.node(json).map_err(|error| error.within_member(&path))
    })?;
    found.finish()
}

#[derive(Default)]
struct Found {
    options: Options,
    set: SeriesSet,
    names: Vec<Vec<Identity>>,
    /// Whether the last page says that there are more.
    is_cut: bool,
    partial: usize,
    empty: usize,
    uneven: usize,
    timeless: usize,
    foreign: usize,
    messages: Vec<String>,
}

/// A statistic's samples as they are read, with their unit.
struct Column {
    statistic: String,
    unit: String,
    samples: Vec<(Stamp, f64)>,
}

impl Found {
    fn node(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::List => json.list(&mut |json, _| self.node(json)),
            Kind::Object => self.object(json),
            _ => json.skip(),
        }
    }

    /// An answer, or one result of it.
    fn object(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        let (mut label, mut id, mut status) = (String::new(), String::new(), String::new());
        let mut times: Option<Vec<Option<Stamp>>> = None;
        let mut values: Vec<f64> = Vec::new();
        let mut columns: Option<Vec<Column>> = None;
        let (mut is_known, mut has_next) = (false, false);
        let unit = self.options.epoch_unit;
        json.object(&mut |json, name| {
            match (name, json.peek()?) {
                ("MetricDataResults", Kind::List) => {
                    is_known = true;
                    // The page before this one is not the last.
                    self.is_cut = false;
                    return self.node(json);
                }
                ("NextToken", Kind::Text) => has_next |= !json.text()?.is_empty(),
                ("Messages", Kind::List) => {
                    let messages = json.value()?;
                    let text = |message: &Value, name: &str| {
                        message.get(name).and_then(Value::as_str).unwrap_or("").to_owned()
                    };
                    let texts = messages.items().iter();
                    self.messages.extend(
                        texts.map(|message| excerpt(&[text(message, "Code"), text(message, "Value")].join(": "), 300)),
                    );
                }
                ("Label", Kind::Text) => json.text()?.clone_into(&mut label),
                ("Id", Kind::Text) => json.text()?.clone_into(&mut id),
                ("StatusCode", Kind::Text) => json.text()?.clone_into(&mut status),
                ("Timestamps", Kind::List) => {
                    let times = times.get_or_insert_default();
                    return json.list(&mut |json, _| {
                        times.push(json.stamp(unit)?);
                        Ok(())
                    });
                }
                ("Values", Kind::List) => {
                    return json.list(&mut |json, _| {
                        values.push(json.measure()?);
                        Ok(())
                    });
                }
                ("Datapoints", Kind::List) => {
                    let columns = columns.get_or_insert_default();
                    return json.list(&mut |json, _| self.datapoint(json, columns));
                }
                _ => {}
            }
            Ok(())
        })?;
        self.is_cut |= has_next;
        if let Some(times) = times {
            self.result(&label, &id, &status, &times, &values);
        } else if let Some(columns) = columns {
            self.statistics(&label, columns);
        } else {
            self.foreign += usize::from(!is_known);
        }
        Ok(())
    }

    fn result(&mut self, label: &str, id: &str, status: &str, times: &[Option<Stamp>], values: &[f64]) {
        self.partial += usize::from(!matches!(status, "" | "Complete"));
        self.uneven += usize::from(times.len() != values.len());
        if times.is_empty() {
            self.empty += 1;
            return;
        }
        let name = [label, id, "value"].into_iter().find(|name| !name.trim().is_empty()).unwrap_or("value");
        let position = self.set.position(Identity { name: format!("{name}\u{1f}{id}"), ..Identity::default() });
        if position == self.names.len() {
            let plain = Identity::of(Some(name.to_owned()), Labels::new());
            let labels: Labels = [("Id", id)].into_iter().filter(|(_, id)| !id.is_empty()).collect();
            self.names.push(vec![plain, Identity::of(Some(name.to_owned()), labels)]);
        }
        for (stamp, value) in times.iter().zip(values) {
            match stamp {
                Some(stamp) => self.set.push_at(position, *stamp, *value),
                None => self.timeless += 1,
            }
        }
    }

    /// A time with its statistics.
    fn datapoint(&mut self, json: &mut Json<'_, '_>, columns: &mut Vec<Column>) -> Result<(), Error> {
        let point = json.value()?;
        let Some(stamp) = point.get("Timestamp").and_then(|time| time.as_stamp(self.options.epoch_unit)) else {
            self.timeless += 1;
            return Ok(());
        };
        let unit = point.get("Unit").and_then(Value::as_str).unwrap_or("");
        let extended = point.get("ExtendedStatistics").map(Value::members).unwrap_or_default();
        for (statistic, value) in point.members().iter().chain(extended) {
            let Some(value) = value.as_f64().filter(|_| statistic != "Timestamp") else { continue };
            // The number of samples has no unit but itself.
            let unit = if statistic == "SampleCount" { "Count" } else { unit };
            let known = columns.iter_mut().find(|column| column.statistic == *statistic && column.unit == unit);
            match known {
                Some(column) => column.samples.push((stamp, value)),
                None => columns.push(Column {
                    statistic: statistic.clone(),
                    unit: unit.to_owned(),
                    samples: vec![(stamp, value)],
                }),
            }
        }
        Ok(())
    }

    fn statistics(&mut self, label: &str, columns: Vec<Column>) {
        self.empty += usize::from(columns.is_empty());
        for column in columns {
            let labels: Labels = [("statistic", column.statistic.as_str())].into_iter().collect();
            let key = format!("{label}\u{1f}{}\u{1f}{}", column.statistic, column.unit);
            let position = self.set.position(Identity { name: key, ..Identity::default() });
            if position == self.names.len() {
                let metric = Some(label.to_owned()).filter(|label| !label.is_empty());
                let plain = Identity::of(metric.clone(), labels.clone());
                let mut more = labels;
                more.insert("unit", column.unit.as_str());
                self.names.push(vec![plain, Identity::of(metric, more)]);
            }
            if let Some(entry) = self.set.entry(position) {
                entry.unit = written_unit(&column.unit);
            }
            for (stamp, value) in column.samples {
                self.set.push_at(position, stamp, value);
            }
        }
    }

    fn finish(mut self) -> Result<Body, Error> {
        self.set.refuse_empty(
            "CloudWatch's answer has no data points",
            "Ask for a range of time in which the metric has data, with its dimensions written exactly.",
        )?;
        self.set.refuse_too_many()?;
        settle(&mut self.set, &self.names);
        let notes = &mut self.set.notes;
        notes.add(
            NoteKind::SourceWarning,
            usize::from(self.is_cut),
            "The answer has more pages (it has a NextToken); put all of them into one file to have all data",
        );
        notes.add(
            NoteKind::SourceWarning,
            self.partial,
            format!(
                "{} not complete (StatusCode); ask again later, or for less",
                plural(self.partial, "result is", "results are")
            ),
        );
        notes.add(
            NoteKind::Dropped,
            self.empty,
            format!("{} without data points left out", plural(self.empty, "result", "results")),
        );
        notes.add(
            NoteKind::Dropped,
            self.uneven,
            format!(
                "{} not as many values as times; what has no counterpart was left out",
                plural(self.uneven, "result has", "results have")
            ),
        );
        notes.add(
            NoteKind::Unreadable,
            self.timeless,
            format!("{} without a time left out", plural(self.timeless, "data point", "data points")),
        );
        notes.add(
            NoteKind::Dropped,
            self.foreign,
            format!("{} no answer with data and left out", plural(self.foreign, "JSON value is", "JSON values are")),
        );
        for message in self.messages {
            notes.add(NoteKind::SourceWarning, 1, message);
        }
        Ok(self.set.into())
    }
}

/// CloudWatch's name of a unit, as `cell::unit` writes it. Its kilobytes are a thousand bytes.
fn written_unit(name: &str) -> Option<String> {
    let (count, per_second) = match name.strip_suffix("/Second") {
        Some(count) => (count, true),
        None => (name, false),
    };
    let written = match count {
        "" | "None" => return None,
        "Count" if !per_second => return None,
        "Count" => "count",
        "Seconds" => "s",
        "Milliseconds" => "ms",
        "Microseconds" => "µs",
        "Percent" => "%",
        "Bytes" => "B",
        "Kilobytes" => "kB",
        "Megabytes" => "MB",
        "Gigabytes" => "GB",
        "Terabytes" => "TB",
        "Bits" => "b",
        "Kilobits" => "kb",
        "Megabits" => "Mb",
        "Gigabits" => "Gb",
        other => other,
    };
    Some(if per_second { format!("{written}/s") } else { written.to_owned() })
}
