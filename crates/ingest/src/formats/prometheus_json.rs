//! Answers of the Prometheus HTTP API (docs/querying/api.md): matrix, vector and scalar.
//!
//! Accepted are a whole response, its bare `data`, a bare `result` array, an array of responses, and several of them one
//! behind the other. Times are seconds with a fraction, values are strings. Native histograms become quantiles, counts
//! and sums.

use super::native::{self, NativeSet};
use crate::Format;
use crate::cell::timestamp::EpochUnit;
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::json::{Json, Kind};
use crate::notebook::plural;
use crate::series_set::{Samples, SeriesSet};
use crate::sniff::Reader;
use crate::text::Text;
use series::histogram::NativeHistogram;
use series::{Identity, Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::PrometheusJson, probe, is_table: false, read };

fn probe(head: &Head<'_>) -> bool {
    let Some(json) = head.json() else { return false };
    let has_samples = ["values", "value", "histograms", "histogram"].iter().any(|key| json.has(key));
    let is_failure = json.has_at_top("status") && json.has_at_top("errorType");
    // Loki answers in the same frame, with lines of logs.
    let has_lines = json.has("result/[]/stream") && !json.has("metric");
    let is_answer = json.has("resultType") && !has_lines;
    (is_answer || json.has("metric") && has_samples || is_failure) && !json.has("timestamps")
}

fn read(text: &mut Text<'_>, _: Context<'_>) -> Result<Body, Error> {
    let mut found = Found::default();
    Json::new(text).documents(&mut |json, position| {
        let path = format!("answer {}", position + 1);
        found.answer(json).map_err(|error| error.within_member(&path))
    })?;
    found.finish()
}

/// What has been found so far.
#[derive(Default)]
struct Found {
    set: SeriesSet,
    foreign: usize,
    natives: NativeSet,
    instants: usize,
    warnings: Vec<String>,
}

/// One series as it is read: who it is may come before or behind its samples.
#[derive(Default)]
struct Candidate {
    labels: Option<Labels>,
    samples: Samples,
    histograms: Vec<(i64, NativeHistogram)>,
    has_samples: bool,
}

impl Found {
    /// A response, its data, a list of series, or a list of any of these.
    fn answer(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::List => json.list(&mut |json, _| self.answer(json)),
            Kind::Object => self.object(json),
            _ => {
                self.foreign += 1;
                json.skip()
            }
        }
    }

    fn object(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        let mut one = Candidate::default();
        let (mut failed, mut kind, mut message) = (false, String::new(), String::new());
        let mut is_known = false;
        json.object(&mut |json, name| {
            let value = json.peek()?;
            match name {
                "data" | "response" if matches!(value, Kind::Object | Kind::List) => {
                    is_known = true;
                    return self.answer(json);
                }
                "result" => {
                    is_known = true;
                    return self.result(json);
                }
                "metric" => {
                    if value != Kind::Object {
                        return Err(json.refuse("an object of labels"));
                    }
                    one.labels = Some(json.value()?.to_labels());
                }
                "values" => {
                    one.has_samples = true;
                    return json.list(&mut |json, _| sample(json, &mut one.samples));
                }
                "value" => {
                    one.has_samples = true;
                    self.instants += 1;
                    return sample(json, &mut one.samples);
                }
                "histograms" => {
                    one.has_samples = true;
                    return json.list(&mut |json, _| {
                        one.histograms.push(native::sample(json)?);
                        Ok(())
                    });
                }
                "histogram" => {
                    one.has_samples = true;
                    self.instants += 1;
                    one.histograms.push(native::sample(json)?);
                }
                "warnings" | "infos" if value == Kind::List => {
                    let texts = json.value()?;
                    self.warnings.extend(texts.items().iter().filter_map(|text| text.as_str()).map(str::to_owned));
                }
                "status" if value == Kind::Text => failed = json.text()? == "error",
                "errorType" if value == Kind::Text => json.text()?.clone_into(&mut kind),
                "error" if value == Kind::Text => json.text()?.clone_into(&mut message),
                _ => {}
            }
            Ok(())
        })?;
        if failed {
            let message = format!("{}.", excerpt(message.trim_end_matches('.'), 300));
            return Err(Error::ServerFailed { kind, message });
        }
        match one {
            Candidate { labels: Some(labels), samples, histograms, .. } => self.series(labels, samples, histograms),
            Candidate { has_samples: true, .. } => {
                return Err(Error::Shape {
                    path: "metric".to_owned(),
                    expected: "an object of labels".to_owned(),
                    found: "nothing".to_owned(),
                    remedy: "Save the whole answer of /api/v1/query_range.".to_owned(),
                });
            }
            Candidate { .. } => self.foreign += usize::from(!is_known),
        }
        Ok(())
    }

    /// A list of series, or one pair for a scalar.
    fn result(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        if json.peek()? != Kind::List {
            return Err(json.refuse("a list of series"));
        }
        let mut scalar: Option<f64> = None;
        json.list(&mut |json, position| {
            if position == 0 && json.peek()? == Kind::Number {
                scalar = Some(json.number()?);
                return Ok(());
            }
            let Some(count) = scalar.filter(|_| position == 1) else {
                if json.peek()? != Kind::Object {
                    return Err(json.refuse("a series"));
                }
                return self.object(json);
            };
            let value = json.measure().map_err(|_| Error::Shape {
                path: String::new(),
                expected: "a matrix (the answer to query_range)".to_owned(),
                found: "the text of a string query".to_owned(),
                remedy: "Ask for a query that gives numbers.".to_owned(),
            })?;
            self.instants += 1;
            let identity = Identity { name: "scalar".to_owned(), ..Identity::default() };
            let series = self.set.position(identity);
            self.set.push(series, EpochUnit::by_magnitude(count).to_ms(count), value);
            Ok(())
        })
    }

    fn series(&mut self, mut labels: Labels, samples: Samples, histograms: Vec<(i64, NativeHistogram)>) {
        let metric = labels.remove("__name__");
        let identity = Identity::of(metric, labels).with_original_name();
        for (time_ms, histogram) in histograms {
            self.natives.push(&identity, time_ms, histogram);
        }
        let position = self.set.position(identity);
        if let Some(known) = self.set.at(position) {
            known.append(samples);
        }
    }

    fn finish(mut self) -> Result<Body, Error> {
        self.natives.derive_into(&mut self.set);
        self.set.refuse_empty(
            "the answer has no samples",
            "Ask for a range of time in which the query has results (/api/v1/query_range).",
        )?;
        self.set.refuse_too_many()?;
        let notes = &mut self.set.notes;
        notes.add(
            NoteKind::Dropped,
            self.foreign,
            format!(
                "{} no answer of the Prometheus API and left out",
                plural(self.foreign, "JSON value is", "JSON values are")
            ),
        );
        for warning in self.warnings {
            notes.add(NoteKind::SourceWarning, 1, excerpt(&warning, 300));
        }
        notes.add(
            NoteKind::Assumption,
            self.instants,
            "The answer is of an instant query: one sample per series. /api/v1/query_range gives a range of time",
        );
        Ok(self.set.into())
    }
}

/// `[1435781430.781, "1"]`; a number for the value and a null for a missing one are understood, too.
fn sample(json: &mut Json<'_, '_>, samples: &mut Samples) -> Result<(), Error> {
    let (mut count, mut value) = (f64::NAN, f64::NAN);
    let mut length = 0;
    if json.peek()? == Kind::List {
        json.list(&mut |json, position| {
            length += 1;
            match position {
                0 => count = json.measure()?,
                1 => value = json.measure()?,
                _ => {}
            }
            Ok(())
        })?;
    }
    if length != 2 || !count.is_finite() {
        return Err(Error::Shape {
            path: String::new(),
            expected: "a pair of a time in seconds and a number as text, [1435781430.781, \"1\"]".to_owned(),
            found: format!("{length} values"),
            remedy: "Save the server's answer as it is.".to_owned(),
        });
    }
    // The API writes seconds; a copy that went through another tool may have milliseconds.
    samples.push(EpochUnit::by_magnitude(count).to_ms(count), value);
    Ok(())
}
