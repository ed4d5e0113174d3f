//! OpenTelemetry metrics in the JSON encoding of OTLP (opentelemetry-proto, metrics.proto): one or several
//! `resourceMetrics`, also one batch per line as the collector's file exporter writes them, and the console exporter of
//! the Python SDK with its own names.
//!
//! Attributes of a resource become labels unless they are the same for all resources; the service always does. Names stay as
//! they are; histograms get Prometheus' endings `_bucket`, `_count` and `_sum`. Names of attributes get
//! underscores for points, as OpenTelemetry's own mapping to Prometheus has it.

use crate::Format;
use crate::cell::timestamp::{EpochUnit, Stamp};
use crate::error::{Error, list};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::json::{Json, Kind, Value, stamp_of_count, stamp_of_text};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::text::Text;
use order::{SortedMap, SortedSet};
use series::{Declared, Identity, Labels, NoteKind, SERVICE_LABELS};

pub(crate) const READER: Reader = Reader { format: Format::OtlpJson, probe, is_table: false, read };

fn probe(head: &Head<'_>) -> bool {
    let Some(json) = head.json() else { return false };
    json.has("resourceMetrics")
        || json.has("resource_metrics")
        || json.has_at_top("scopeMetrics")
        || json.has_at_top("resourceSpans")
        || json.has_at_top("resourceLogs")
}

fn read(text: &mut Text<'_>, _: Context<'_>) -> Result<Body, Error> {
    let mut found = Found::default();
    Json::new(text).documents(&mut |json, position| {
        let path = format!("batch {}", position + 1);
        found.node(json).map_err(|error| error.within_member(&path))
    })?;
    found.finish()
}

#[derive(Default)]
struct Found {
    set: SeriesSet,
    timeless: usize,
    deltas: usize,
    exponential: usize,
    /// The values of each attribute of a resource, the first two, and whether all resources have it.
    resources: SortedMap<String, (usize, SortedSet<String>)>,
    resource_count: usize,
    others: usize,
}

impl Found {
    fn node(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::List => json.list(&mut |json, _| self.node(json)),
            Kind::Object => {
                let mut resource = Labels::new();
                let mut early = Vec::new();
                let mut has_resource = false;
                json.object(&mut |json, name| {
                    match (name, json.peek()?) {
                        ("resourceMetrics" | "resource_metrics", Kind::List) => return self.node(json),
                        ("resource", Kind::Object) => {
                            resource = attributes(json.value()?.get("attributes"));
                            has_resource = true;
                            self.resource_count += 1;
                            for (name, value) in resource.iter() {
                                let known = self.resources.at(name.to_owned());
                                known.0 += 1;
                                if known.1.len() < 2 {
                                    known.1.insert(value.to_owned());
                                }
                            }
                        }
                        ("scopeMetrics" | "scope_metrics" | "instrumentationLibraryMetrics", Kind::List)
                            if has_resource =>
                        {
                            return json.list(&mut |json, _| self.scope(json, &resource));
                        }
                        ("scopeMetrics" | "scope_metrics" | "instrumentationLibraryMetrics", Kind::List) => {
                            early.push(json.value()?);
                        }
                        ("resourceSpans" | "resourceLogs", Kind::List) => self.others += 1,
                        _ => {}
                    }
                    Ok(())
                })?;
                // What came in front of its resource.
                for scope in early.iter().flat_map(Value::items) {
                    for metric in scope.get("metrics").map(Value::items).unwrap_or_default() {
                        self.metric(metric, &resource)?;
                    }
                }
                Ok(())
            }
            _ => json.skip(),
        }
    }

    fn scope(&mut self, json: &mut Json<'_, '_>, resource: &Labels) -> Result<(), Error> {
        json.object(&mut |json, name| match (name, json.peek()?) {
            ("metrics", Kind::List) => json.list(&mut |json, _| {
                let metric = json.value()?;
                self.metric(&metric, resource)
            }),
            _ => Ok(()),
        })
    }

    fn metric(&mut self, metric: &Value, resource: &Labels) -> Result<(), Error> {
        let text = |name: &str| metric.get(name).and_then(Value::as_str).unwrap_or("").trim();
        let (name, unit) = (text("name"), ucum(text("unit")));
        let kinds = ["gauge", "sum", "histogram", "exponentialHistogram", "exponential_histogram", "summary", "data"];
        let data = kinds.iter().find_map(|kind| metric.get(kind));
        let Some(data) = data.filter(|data| !data.members().is_empty()) else { return Ok(()) };
        let is_monotonic = matches!(either(data, "isMonotonic", "is_monotonic"), Some(Value::Bool(true)));
        let is_delta = match either(data, "aggregationTemporality", "aggregation_temporality") {
            Some(Value::Number(number)) => *number == 1.0,
            Some(Value::Text(text)) => text.ends_with("DELTA"),
            _ => false,
        };
        let points = either(data, "dataPoints", "data_points").map(Value::items).unwrap_or_default();
        self.deltas += if is_delta { points.len() } else { 0 };
        let grows = |declared: bool| if declared && !is_delta { Declared::Counter } else { Declared::Gauge };
        for point in points {
            let time = either(point, "timeUnixNano", "time_unix_nano");
            let Some(stamp) = time.and_then(nanoseconds) else {
                self.timeless += 1;
                continue;
            };
            let mut labels = resource.clone();
            for (name, value) in attributes(point.get("attributes")).iter() {
                labels.insert(name, value);
            }
            // The first flag says that there is no value, as a scrape that failed leaves it.
            let is_missing = point.get("flags").and_then(Value::as_f64).is_some_and(|flags| flags as u32 & 1 == 1);
            let number = |first: &str, second: &str| {
                let value = either(point, first, second).and_then(Value::as_measure);
                value.map(|value| if is_missing { f64::NAN } else { value })
            };
            let to = Target { stamp, labels: &labels };
            let value = number("asDouble", "as_double").or_else(|| number("asInt", "as_int"));
            if let Some(value) = value.or_else(|| number("value", "value")) {
                self.push(name, &to, value, unit.as_deref(), grows(is_monotonic));
                continue;
            }
            let Some(count) = number("count", "count") else {
                if is_missing {
                    self.push(name, &to, f64::NAN, unit.as_deref(), grows(is_monotonic));
                }
                continue;
            };
            self.push(&format!("{name}_count"), &to, count, None, grows(true));
            if let Some(sum) = number("sum", "sum") {
                self.push(&format!("{name}_sum"), &to, sum, unit.as_deref(), grows(true));
            }
            let is_exponential = point.get("scale").is_some() || point.get("positive").is_some();
            self.exponential += usize::from(is_exponential);
            self.buckets(name, point, &to, is_missing, unit.as_deref(), grows(true));
            for quantile in either(point, "quantileValues", "quantile_values").map(Value::items).unwrap_or_default() {
                let of = |name: &str| quantile.get(name).and_then(Value::as_measure).unwrap_or(0.0);
                let mut labels = labels.clone();
                labels.insert("quantile", of("quantile").to_string());
                let value = if is_missing { f64::NAN } else { of("value") };
                let to = Target { stamp, labels: &labels };
                self.push(name, &to, value, unit.as_deref(), Declared::Gauge);
            }
        }
        self.set.refuse_too_many()
    }

    /// Counts between bounds, which become counts up to each bound.
    fn buckets(
        &mut self,
        name: &str,
        point: &Value,
        to: &Target<'_>,
        is_missing: bool,
        unit: Option<&str>,
        declared: Declared,
    ) {
        let counts = either(point, "bucketCounts", "bucket_counts").map(Value::items).unwrap_or_default();
        let bounds = either(point, "explicitBounds", "explicit_bounds").map(Value::items).unwrap_or_default();
        let mut total = 0.0;
        for (position, count) in counts.iter().enumerate() {
            total += count.as_measure().unwrap_or(f64::NAN);
            let bound = bounds.get(position).and_then(Value::as_measure);
            let mut labels = to.labels.clone();
            labels.insert("le", bound.map_or_else(|| "+Inf".to_owned(), |bound| bound.to_string()));
            let value = if is_missing { f64::NAN } else { total };
            let to = Target { stamp: to.stamp, labels: &labels };
            self.push(&format!("{name}_bucket"), &to, value, unit, declared);
        }
    }

    fn push(&mut self, name: &str, to: &Target<'_>, value: f64, unit: Option<&str>, declared: Declared) {
        let position = self.set.position_of(name, to.labels.clone());
        if let Some(entry) = self.set.entry(position) {
            entry.unit = unit.map(str::to_owned);
            entry.declared = declared;
        }
        self.set.push_at(position, to.stamp, value);
    }

    fn finish(mut self) -> Result<Body, Error> {
        if self.others > 0 && self.set.sample_count() == 0 {
            return Err(Error::Unsupported {
                looks_like: "OpenTelemetry traces or logs, without metrics".to_owned(),
                remedy: "Export the metrics signal (resourceMetrics).".to_owned(),
            });
        }
        self.set.refuse_empty(
            "the batches have no data points",
            "Export metrics that have been recorded (gauge, sum, histogram, summary).",
        )?;
        self.shorten();
        let notes = &mut self.set.notes;
        notes.add(
            NoteKind::Assumption,
            self.deltas,
            format!(
                "{} with delta temporality: a value is what was added since the one before, and stays so",
                plural(self.deltas, "data point comes", "data points come")
            ),
        );
        notes.add(
            NoteKind::Dropped,
            self.exponential,
            format!(
                "The buckets of {} left out; count and sum were read",
                plural(self.exponential, "exponential histogram were", "exponential histograms were")
            ),
        );
        notes.add(
            NoteKind::Unreadable,
            self.timeless,
            format!("{} without a time left out", plural(self.timeless, "data point", "data points")),
        );
        notes.add(NoteKind::Dropped, self.others, "Traces or logs beside the metrics were left out");
        Ok(self.set.into())
    }
}

impl Found {
    /// Leaves attributes out of the names that all resources have alike: they tell nothing apart.
    fn shorten(&mut self) {
        let is_alike =
            |(count, values): &(usize, SortedSet<String>)| *count == self.resource_count && values.len() == 1;
        let mut alike: Vec<String> = Vec::new();
        for (name, uses) in self.resources.iter_mut() {
            if is_alike(uses) && !SERVICE_LABELS.contains(&name.as_str()) {
                alike.push(name.clone());
            }
        }
        for position in 0..self.set.len() {
            let Some(entry) = self.set.entry(position) else { break };
            let mut labels = entry.identity.labels.clone();
            for name in &alike {
                // A data point's attribute of that name tells something apart.
                let is_own = self
                    .resources
                    .get(name)
                    .is_some_and(|(_, values)| values.iter().next().map(String::as_str) != labels.get(name));
                if !is_own {
                    labels.remove(name);
                }
            }
            entry.identity = Identity::of(entry.identity.metric.clone(), labels);
        }
        self.set.notes.add(
            NoteKind::Dropped,
            alike.len(),
            format!(
                "Attributes that are the same for all resources were left out of the labels: {}",
                list(alike.iter().map(String::as_str))
            ),
        );
    }
}

/// Where a point's values go.
struct Target<'a> {
    stamp: Stamp,
    labels: &'a Labels,
}

fn either<'v>(value: &'v Value, first: &str, second: &str) -> Option<&'v Value> {
    value.get(first).or_else(|| value.get(second))
}

fn nanoseconds(time: &Value) -> Option<Stamp> {
    let stamp = match time {
        Value::Number(count) => stamp_of_count(*count, Some(EpochUnit::Nanoseconds)),
        Value::Text(text) => stamp_of_text(text, Some(EpochUnit::Nanoseconds)),
        _ => None,
    };
    // 0 stands for an unknown time.
    stamp.filter(|stamp| stamp.ms > 0)
}

/// A list of keys and typed values, or a plain object.
fn attributes(attributes: Option<&Value>) -> Labels {
    let name = |key: &str| key.replace('.', "_");
    match attributes {
        Some(Value::List(pairs)) => pairs
            .iter()
            .filter_map(|pair| Some((name(pair.get("key")?.as_str()?), any_value(pair.get("value")?)?)))
            .collect(),
        Some(Value::Object(members)) => {
            members.iter().filter_map(|(key, value)| Some((name(key), any_value(value)?))).collect()
        }
        _ => Labels::new(),
    }
}

/// `{"stringValue":"cart"}`, `{"intValue":"5"}`, `{"arrayValue":{"values":[…]}}`, or a plain value.
fn any_value(value: &Value) -> Option<String> {
    match value {
        Value::Object(members) => {
            let (kind, inner) = members.first()?;
            match kind.as_str() {
                "arrayValue" | "array_value" => any_value(inner.get("values")?),
                _ => inner.to_label(),
            }
        }
        Value::List(items) => Some(items.iter().filter_map(any_value).collect::<Vec<_>>().join(",")),
        plain => plain.to_label(),
    }
}

/// A unit of the Unified Code for Units of Measure, as `cell::unit` writes it. `1` is none; what stands in braces is the
/// name of the things that are counted.
fn ucum(unit: &str) -> Option<String> {
    let (unit, rate) = match unit.strip_suffix("/s") {
        Some(unit) => (unit, "/s"),
        None => (unit, ""),
    };
    let bare = match unit.find('{') {
        Some(0) => unit.trim_matches(['{', '}']),
        Some(end) => unit.get(..end).unwrap_or(unit),
        None => unit,
    };
    let written = match bare {
        "" | "1" if rate.is_empty() => return None,
        "" | "1" => "ops",
        "By" => "B",
        "kBy" | "KBy" => "kB",
        "MBy" => "MB",
        "GBy" => "GB",
        "KiBy" => "KiB",
        "MiBy" => "MiB",
        "GiBy" => "GiB",
        "TiBy" => "TiB",
        "bit" => "b",
        "kbit" => "kb",
        "Mbit" => "Mb",
        "Cel" => "°C",
        other => other,
    };
    Some(format!("{written}{rate}"))
}
