//! Answers of Datadog's API: `/api/v1/query` with its point lists, and `/api/v2/query/timeseries` with times and values
//! in columns. Times are milliseconds.

use super::naming::settle;
use crate::Format;
use crate::cell::timestamp::EpochUnit;
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::json::{Json, Kind, Value};
use crate::notebook::plural;
use crate::series_set::{Samples, SeriesSet};
use crate::sniff::Reader;
use crate::text::Text;
use order::{SortedMap, SortedSet};
use series::{Identity, Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::DatadogJson, probe, is_table: false, read };

fn probe(head: &Head<'_>) -> bool {
    let Some(json) = head.json() else { return false };
    let is_second = json.has("attributes/series/[]/group_tags")
        || json.has("data/attributes/times/[]") && json.has("data/attributes")
        || json.has("data/attributes/values/[]/[]")
        || head.start(4096).contains("\"timeseries_response\"")
        || head.start(4096).contains("\"scalar_response\"");
    let is_first = json.has("series/[]/pointlist") || json.has_at_top("res_type") || json.has_at_top("resp_version");
    is_first || is_second
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let unit = context.options.epoch_unit.unwrap_or(EpochUnit::Milliseconds);
    let mut found = Found { unit: Some(unit), ..Found::default() };
    Json::new(text).documents(&mut |json, _| found.node(json))?;
    found.finish()
}

/// What a series may be called.
struct Called {
    metric: Option<String>,
    /// The metric with how it was aggregated, or the expression it comes from.
    qualified: String,
    labels: Labels,
}

#[derive(Default)]
struct Found {
    unit: Option<EpochUnit>,
    set: SeriesSet,
    called: Vec<Called>,
    queries: SortedSet<String>,
    scalars: usize,
    timeless: usize,
    failure: Option<String>,
    warnings: Vec<String>,
}

/// A series of the first API as it is read.
#[derive(Default)]
struct First {
    about: Vec<(String, Value)>,
    samples: Samples,
    has_points: bool,
}

/// The columns of the second API.
#[derive(Default)]
struct Second {
    series: Vec<Value>,
    times_ms: Vec<i64>,
    values: Vec<Vec<f64>>,
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
        json.object(&mut |json, name| {
            match (name, json.peek()?) {
                ("series", Kind::List) => return json.list(&mut |json, _| self.first(json)),
                ("attributes", Kind::Object) => return self.second(json),
                ("data" | "response" | "body", Kind::Object | Kind::List) => return self.node(json),
                ("type", Kind::Text) => self.scalars += usize::from(json.text()? == "scalar_response"),
                ("error", Kind::Text) => self.failure = Some(excerpt(json.text()?, 300)),
                ("message" | "warnings", Kind::Text) => {
                    let text = excerpt(json.text()?, 300);
                    self.warnings.extend(Some(text).filter(|text| !text.trim().is_empty()));
                }
                ("errors", _) => {
                    let errors = json.value()?;
                    let texts = errors.items().iter().chain(std::iter::once(&errors));
                    let text =
                        texts.filter_map(|error| error.as_str().or_else(|| error.get("detail")?.as_str())).next();
                    self.failure = text.map(|text| excerpt(text, 300)).filter(|text| !text.is_empty());
                }
                _ => {}
            }
            Ok(())
        })
    }

    fn first(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        let mut one = First::default();
        let unit = self.unit.unwrap_or_default();
        let timeless = &mut self.timeless;
        json.object(&mut |json, name| {
            if name == "pointlist" {
                one.has_points = true;
                return json.list(&mut |json, _| {
                    let (mut count, mut value) = (f64::NAN, f64::NAN);
                    json.list(&mut |json, position| {
                        match position {
                            0 => count = json.measure()?,
                            1 => value = json.measure()?,
                            _ => {}
                        }
                        Ok(())
                    })?;
                    if count.is_finite() {
                        one.samples.push(unit.to_ms(count), value);
                    } else {
                        *timeless += 1;
                    }
                    Ok(())
                });
            }
            let name = name.to_owned();
            one.about.push((name, json.value()?));
            Ok(())
        })?;
        if !one.has_points {
            return Ok(());
        }
        let about = Value::Object(one.about);
        let text = |name: &str| about.get(name).and_then(Value::as_str).unwrap_or("").trim();
        let mut labels = Labels::new();
        let tags = about.get("tag_set").map(Value::items).unwrap_or_default().iter().filter_map(Value::as_str);
        for tag in tags.chain(text("scope").split(',')) {
            insert_tag(&mut labels, tag);
        }
        let metric = [text("metric"), text("display_name")].into_iter().find(|name| !name.is_empty());
        let metric = metric.unwrap_or("value").to_owned();
        let aggregation = text("aggr");
        let expression = match text("expression") {
            "" => format!("{aggregation}:{metric}"),
            expression => expression.to_owned(),
        };
        let qualified = if aggregation.is_empty() { metric.clone() } else { format!("{aggregation}:{metric}") };
        let key = format!("{expression}\u{1f}{metric}\u{1f}{labels}");
        let unit = about.get("unit").and_then(written_unit);
        let samples = one.samples;
        self.add(key, unit, samples, Called { metric: Some(metric), qualified, labels });
        Ok(())
    }

    fn second(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        let mut found = Second::default();
        let unit = self.unit.unwrap_or_default();
        json.object(&mut |json, name| match (name, json.peek()?) {
            ("series", Kind::List) => {
                found.series = json.value()?.items().to_vec();
                Ok(())
            }
            ("times", Kind::List) => json.list(&mut |json, _| {
                found.times_ms.push(unit.to_ms(json.number()?));
                Ok(())
            }),
            ("values", Kind::List) => json.list(&mut |json, _| {
                let mut column = Vec::new();
                if json.peek()? == Kind::List {
                    json.list(&mut |json, _| {
                        column.push(json.measure()?);
                        Ok(())
                    })?;
                }
                found.values.push(column);
                Ok(())
            }),
            ("columns", Kind::List) => {
                self.scalars += 1;
                Ok(())
            }
            _ => Ok(()),
        })?;
        for (about, values) in found.series.iter().zip(found.values) {
            let mut labels = Labels::new();
            for tag in about.get("group_tags").map(Value::items).unwrap_or_default() {
                insert_tag(&mut labels, tag.as_str().unwrap_or(""));
            }
            let query = about.get("query_index").and_then(Value::as_f64).unwrap_or(0.0);
            let qualified = format!("query {query}");
            self.queries.insert(qualified.clone());
            let mut samples = Samples::default();
            for (time_ms, value) in found.times_ms.iter().zip(values) {
                samples.push(*time_ms, value);
            }
            let unit = about.get("unit").and_then(written_unit);
            let key = format!("{qualified}\u{1f}{labels}");
            self.add(key, unit, samples, Called { metric: None, qualified, labels });
        }
        Ok(())
    }

    fn add(&mut self, key: String, unit: Option<String>, samples: Samples, called: Called) {
        let position = self.set.position(Identity { name: key, ..Identity::default() });
        if position == self.called.len() {
            self.called.push(called);
        }
        if let Some(entry) = self.set.entry(position) {
            entry.unit = unit;
            entry.samples.append(samples);
        }
    }

    fn finish(mut self) -> Result<Body, Error> {
        if self.set.sample_count() == 0 {
            if let Some(message) = self.failure {
                let message = format!("{}.", message.trim_end_matches('.'));
                return Err(Error::ServerFailed { kind: "Datadog".to_owned(), message });
            }
            if self.scalars > 0 {
                return Err(Error::Unsupported {
                    looks_like: "Datadog's answer to a scalar query: one number per group, without times".to_owned(),
                    remedy: "Ask /api/v2/query/timeseries (or /api/v1/query) for the same queries.".to_owned(),
                });
            }
        }
        self.set.refuse_empty(
            "Datadog's answer has no points",
            "Ask for a query and a range of time (from, to) that have data.",
        )?;
        self.set.refuse_too_many()?;
        // A metric that was asked for in several ways is called by each of them.
        let mut ways: SortedMap<String, SortedSet<String>> = SortedMap::new();
        for called in &self.called {
            if let Some(metric) = &called.metric {
                ways.at(metric.clone()).insert(called.qualified.clone());
            }
        }
        let is_one = |metric: &String| ways.get(metric).is_none_or(|ways| ways.len() == 1);
        let names: Vec<Vec<Identity>> = self
            .called
            .iter()
            .map(|called| {
                let qualified = Identity::of(Some(called.qualified.clone()), called.labels.clone());
                match &called.metric {
                    Some(metric) if !is_one(metric) => vec![qualified],
                    Some(metric) => vec![Identity::of(Some(metric.clone()), called.labels.clone()), qualified],
                    None if self.queries.len() > 1 || called.labels.is_empty() => vec![qualified],
                    None => vec![Identity::of(None, called.labels.clone()), qualified],
                }
            })
            .collect();
        settle(&mut self.set, &names);
        let notes = &mut self.set.notes;
        notes.add(
            NoteKind::Assumption,
            self.queries.len(),
            "The answer does not name its metrics; series are called by their tags and the number of their query",
        );
        notes.add(
            NoteKind::Unreadable,
            self.timeless,
            format!("{} without a time left out", plural(self.timeless, "point", "points")),
        );
        for warning in self.warnings.into_iter().chain(self.failure) {
            notes.add(NoteKind::SourceWarning, 1, warning);
        }
        Ok(self.set.into())
    }
}

/// `host:web-1` is a label; `*` stands for all; a tag without a value has itself for one.
fn insert_tag(labels: &mut Labels, tag: &str) {
    let tag = tag.trim();
    if tag.is_empty() || tag == "*" || tag == "N/A" {
        return;
    }
    let (name, value) = tag.split_once(':').unwrap_or(("tag", tag));
    labels.insert(name, value);
}

/// The unit of a pair [unit, per unit], as `cell::unit` writes it.
fn written_unit(units: &Value) -> Option<String> {
    let (unit, per) = match units {
        Value::List(items) => (items.first()?, items.get(1)),
        one => (one, None),
    };
    let name = unit.get("name").and_then(Value::as_str)?;
    let per = per.and_then(|per| per.get("name")).and_then(Value::as_str);
    let written = match name {
        "nanosecond" => "ns",
        "microsecond" => "µs",
        "millisecond" => "ms",
        "second" => "s",
        "minute" => "min",
        "hour" => "h",
        "day" => "d",
        "week" => "week",
        "bit" => "b",
        "kibibit" => "Kib",
        "mebibit" => "Mib",
        "gibibit" => "Gib",
        "kilobit" => "kb",
        "megabit" => "Mb",
        "gigabit" => "Gb",
        "byte" => "B",
        "kibibyte" => "KiB",
        "mebibyte" => "MiB",
        "gibibyte" => "GiB",
        "tebibyte" => "TiB",
        "pebibyte" => "PiB",
        "kilobyte" => "kB",
        "megabyte" => "MB",
        "gigabyte" => "GB",
        "terabyte" => "TB",
        "percent" => "%",
        "fraction" => "ratio",
        "hertz" => "Hz",
        "kilohertz" => "kHz",
        "megahertz" => "MHz",
        "gigahertz" => "GHz",
        "watt" => "W",
        "kilowatt" => "kW",
        "milliwatt" => "mW",
        "degree celsius" => "°C",
        "dollar" => "$",
        "euro" => "€",
        // Anything else is a count of things, in the plural.
        other => unit.get("plural").and_then(Value::as_str).unwrap_or(other),
    };
    Some(match per {
        None => written.to_owned(),
        // A share of time is no rate of time.
        Some("second") if matches!(written, "ns" | "µs" | "ms" | "s" | "min" | "h" | "d" | "week") => {
            format!("{name}s per second")
        }
        Some("second") => format!("{written}/s"),
        Some(per) => format!("{written}/{per}"),
    })
}
