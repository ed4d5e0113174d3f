//! Answers of the Prometheus HTTP API (docs/querying/api.md): matrix, vector and scalar.
//!
//! Accepted are a whole response, its bare `data`, a bare `result` array, an array of responses, and several of them one
//! behind the other. Times are seconds with a fraction, values are strings. Native histograms are left out with a note.

use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::EpochUnit;
use crate::counter;
use crate::error::{Error, excerpt};
use crate::input::Input;
use crate::notebook::{Notebook, plural};
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::{Format, Options};
use serde::Deserialize;
use serde_json::Value;
use series::{Dataset, Declared, Identity, Labels, NoteKind, Origin, Unit};

pub(crate) const READER: Reader = Reader { format: Format::PrometheusJson, probe, read };

/// How much of the text is looked at to know the format.
const PROBED_BYTES: usize = 1 << 16;

fn probe(input: &Input<'_>) -> bool {
    let head = input.head(PROBED_BYTES).trim_start();
    if !head.starts_with(['{', '[']) {
        return false;
    }
    let has = |key: &str| head.contains(key);
    let is_failure = has("\"status\"") && has("\"errorType\"");
    let is_series = has("\"metric\"") && (has("\"values\"") || has("\"value\"") || has("\"histograms\""));
    (has("\"resultType\"") || is_series || is_failure) && !has("\"timestamps\"")
}

fn read(input: &Input<'_>, options: &Options) -> Result<Dataset, Error> {
    let mut found = Found::default();
    // As bytes, although it is a text: the parser is compiled for one kind of input only.
    for answer in serde_json::Deserializer::from_slice(input.text.as_bytes()).into_iter::<Value>() {
        let answer = answer.map_err(|error| Error::Json {
            line: error.line() as u64,
            column: error.column() as u64,
            reason: reason(&error),
            remedy: if error.is_eof() {
                "The file was cut off; save the whole answer again.".to_owned()
            } else {
                "Save the server's answer as it is, without text around it.".to_owned()
            },
        })?;
        found.answers += 1;
        found.answer(&answer, &format!("answer {}", found.answers))?;
    }
    found.finish(input, options)
}

/// The parser's words without the position, which is told apart.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

/// What has been found so far.
#[derive(Default)]
struct Found {
    set: SeriesSet,
    answers: usize,
    foreign: usize,
    histograms: usize,
    instants: usize,
    samples: usize,
    warnings: Vec<String>,
}

#[derive(Deserialize)]
struct Failure {
    #[serde(rename = "errorType", default)]
    kind: String,
    #[serde(default)]
    error: String,
}

impl Found {
    /// One top-level value.
    fn answer(&mut self, answer: &Value, path: &str) -> Result<(), Error> {
        match answer {
            Value::Array(items) if items.iter().any(|item| item.get("metric").is_some()) => self.result(answer, path),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.answer(item, &format!("{path}[{index}]"))?;
                }
                Ok(())
            }
            Value::Object(object) => {
                if object.get("status").and_then(Value::as_str) == Some("error") {
                    let failure =
                        Failure::deserialize(answer).unwrap_or(Failure { kind: String::new(), error: String::new() });
                    return Err(Error::ServerFailed {
                        kind: failure.kind,
                        message: format!("{}.", excerpt(failure.error.trim_end_matches('.'), 300)),
                    });
                }
                for key in ["warnings", "infos"] {
                    let texts =
                        object.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
                    self.warnings.extend(texts.map(str::to_owned));
                }
                if let Some(data) = object.get("data").filter(|data| data.get("result").is_some()) {
                    return self.data(data, &format!("{path}.data"));
                }
                if object.get("result").is_some() {
                    return self.data(answer, path);
                }
                if object.get("metric").is_some() {
                    return self.series(answer, path);
                }
                self.foreign += 1;
                Ok(())
            }
            _ => {
                self.foreign += 1;
                Ok(())
            }
        }
    }

    fn data(&mut self, data: &Value, path: &str) -> Result<(), Error> {
        let result = data.get("result").unwrap_or(&Value::Null);
        let path = format!("{path}.result");
        match data.get("resultType").and_then(Value::as_str) {
            Some("scalar") => {
                let (time_ms, value) = sample(result).ok_or_else(|| bad_sample(&path, result))?;
                self.instants += 1;
                self.samples += 1;
                self.set.push(Identity { name: "scalar".to_owned(), ..Identity::default() }, time_ms, value);
                Ok(())
            }
            Some("string") => Err(Error::Shape {
                path,
                expected: "a matrix (the answer to query_range)".to_owned(),
                found: "the text of a string query".to_owned(),
                remedy: "Ask for a query that gives numbers.".to_owned(),
            }),
            _ => self.result(result, &path),
        }
    }

    fn result(&mut self, result: &Value, path: &str) -> Result<(), Error> {
        let Some(items) = result.as_array() else {
            return Err(Error::Shape {
                path: path.to_owned(),
                expected: "a list of series".to_owned(),
                found: kind(result),
                remedy: "Save the whole answer of /api/v1/query_range.".to_owned(),
            });
        };
        for (index, item) in items.iter().enumerate() {
            self.series(item, &format!("{path}[{index}]"))?;
        }
        Ok(())
    }

    fn series(&mut self, series: &Value, path: &str) -> Result<(), Error> {
        let Some(metric) = series.get("metric").and_then(Value::as_object) else {
            return Err(Error::Shape {
                path: format!("{path}.metric"),
                expected: "an object of labels".to_owned(),
                found: kind(series.get("metric").unwrap_or(&Value::Null)),
                remedy: "Save the whole answer of /api/v1/query_range.".to_owned(),
            });
        };
        let mut labels: Labels = metric
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            .collect();
        let metric = labels.remove("__name__");
        let position = self.set.position(Identity::of(metric, labels).with_original_name());
        let count = |key: &str| series.get(key).and_then(Value::as_array).map_or(0, Vec::len);
        self.histograms += count("histograms") + usize::from(series.get("histogram").is_some());
        let values = series.get("values").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let value = series.get("value");
        self.instants += usize::from(value.is_some());
        for (index, pair) in values.iter().chain(value).enumerate() {
            let (time_ms, value) = sample(pair).ok_or_else(|| bad_sample(&format!("{path}.values[{index}]"), pair))?;
            self.samples += 1;
            if let Some(samples) = self.set.at(position) {
                samples.push(time_ms, value);
            }
        }
        Ok(())
    }

    fn finish(mut self, input: &Input<'_>, options: &Options) -> Result<Dataset, Error> {
        if self.samples == 0 {
            return Err(Error::NoNumbers {
                seen: if self.histograms > 0 {
                    "the answer has native histograms only".to_owned()
                } else {
                    "the answer has no samples".to_owned()
                },
                remedy: if self.histograms > 0 {
                    "Ask for histogram_quantile(0.95, …), histogram_count(…) or histogram_sum(…) of them.".to_owned()
                } else {
                    "Ask for a range of time in which the query has results (/api/v1/query_range).".to_owned()
                },
            });
        }
        let mut notes = Notebook::default();
        notes.add(
            NoteKind::Dropped,
            self.histograms,
            format!(
                "{} left out; only numbers are read",
                plural(self.histograms, "native histogram was", "native histograms were")
            ),
        );
        notes.add(
            NoteKind::Dropped,
            self.foreign,
            format!(
                "{} no answer of the Prometheus API and left out",
                plural(self.foreign, "JSON value is", "JSON values are")
            ),
        );
        for warning in std::mem::take(&mut self.warnings) {
            notes.add(NoteKind::SourceWarning, 1, excerpt(&warning, 300));
        }
        if self.instants > 0 {
            notes.add(
                NoteKind::Assumption,
                self.instants,
                "The answer is of an instant query: one sample per series. /api/v1/query_range gives a range of time",
            );
        }
        self.set.retain(|identity| options.wants(&identity.name));
        let mut series = self.set.finish(&mut notes);
        counter::mark(&mut series, |_| Declared::Nothing, &mut notes);
        for one in &mut series {
            one.unit = Unit::of_metric(one.metric.as_deref().unwrap_or(""));
        }
        let origin = Origin {
            name: input.name.to_owned(),
            format: Format::PrometheusJson.label().to_owned(),
            assumed_time_zone: None,
        };
        Ok(Dataset { origins: vec![origin], series, events: Vec::new(), notes: notes.into_notes(), row_count: 0 })
    }
}

/// `[1435781430.781, "1"]`; a number for the value and a null for a missing one are understood, too.
fn sample(pair: &Value) -> Option<(i64, f64)> {
    let [time, value] = pair.as_array()?.as_slice() else { return None };
    let count = time.as_f64().or_else(|| time.as_str()?.parse().ok()).filter(|count| count.is_finite())?;
    // The API writes seconds; a copy that went through another tool may have milliseconds.
    let time_ms = EpochUnit::by_magnitude(count).to_ms(count);
    let value = match value {
        Value::Null => f64::NAN,
        Value::String(text) => match number::parse(text, NumberStyle::PLAIN) {
            Number::Value(value) => value,
            Number::Missing => f64::NAN,
            Number::Unreadable => return None,
        },
        other => other.as_f64()?,
    };
    Some((time_ms, value))
}

fn bad_sample(path: &str, found: &Value) -> Error {
    Error::Shape {
        path: path.to_owned(),
        expected: "a pair of a time in seconds and a number as text, [1435781430.781, \"1\"]".to_owned(),
        found: excerpt(&found.to_string(), 60),
        remedy: "Save the server's answer as it is.".to_owned(),
    }
}

fn kind(value: &Value) -> String {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
    .to_owned()
}
