//! Prometheus exposition text and OpenMetrics, with time stamps.
//!
//! OpenMetrics 1.0 (specification/OpenMetrics.md) writes times in seconds, the older exposition format in milliseconds.
//! A file that ends with `# EOF`, or in which a time has a fraction, is in seconds; else the size of the numbers tells.

use super::native::NativeSet;
use super::sample_line::SampleLine;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::EpochUnit;
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::text::Text;
use crate::{Format, Options};
use series::histogram::NativeText;
use series::{Declared, NoteKind};
use std::collections::HashMap;

pub(crate) const READER: Reader = Reader { format: Format::OpenMetrics, probe, is_table: false, read };

/// How many lines are looked at to know the format.
const PROBED_LINES: usize = 40;

fn probe(head: &Head<'_>) -> bool {
    let mut samples = 0;
    for line in head.lines().take(PROBED_LINES) {
        if !line.starts_with('#') {
            if SampleLine::parse(line).is_none() {
                return false;
            }
            samples += 1;
        }
    }
    samples > 0 || head.lines().take(PROBED_LINES).any(|line| line.starts_with("# TYPE "))
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let mut lines = Lines { unit: time_unit(text.rest()), ..Lines::default() };
    lines.read(text, context.options)?;
    lines.finish(context.options)
}

/// The unit of the time stamps, if the beginning of the text shows it: by the end mark, a fraction, or else their size.
fn time_unit(head: &str) -> Option<EpochUnit> {
    let ends_with_mark = head.trim_end().ends_with("# EOF");
    let times =
        head.lines().filter(|line| !line.starts_with('#')).filter_map(SampleLine::parse).filter_map(|line| line.time);
    let mut largest: Option<f64> = None;
    for time in times.take(1000) {
        if time.contains(['.', 'e', 'E']) {
            return Some(EpochUnit::Seconds);
        }
        if let Number::Value(count) = number::parse(time, NumberStyle::PLAIN) {
            largest = Some(largest.unwrap_or(0.0).max(count.abs()));
        }
    }
    let largest = largest?;
    Some(if ends_with_mark && largest < 1e11 { EpochUnit::Seconds } else { EpochUnit::by_magnitude(largest) })
}

/// Lines of Prometheus text on their way to series; shared with the formats that write such lines.
#[derive(Default)]
pub(crate) struct Lines {
    /// The unit of the time stamps; of the first one by its size if none.
    unit: Option<EpochUnit>,
    set: SeriesSet,
    positions: HashMap<String, (usize, i64)>,
    types: HashMap<String, String>,
    units: HashMap<String, String>,
    timeless: usize,
    natives: NativeSet,
    /// Native histograms that cannot be read.
    histograms: usize,
    samples: usize,
}

impl Lines {
    pub(crate) fn with_times_in(unit: EpochUnit) -> Self {
        Self { unit: Some(unit), ..Self::default() }
    }

    /// Reads all lines.
    pub(crate) fn read(&mut self, text: &mut Text<'_>, options: &Options) -> Result<(), Error> {
        while let Some((number, line)) = text.next_line()? {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            if let Some(comment) = line.strip_prefix('#') {
                self.comment(comment.trim_start());
                continue;
            }
            let bad_line = || Error::Line {
                line: number,
                expected: "a sample (name{labels} value time)".to_owned(),
                found: excerpt(line, 60),
                remedy: "Delete the line, or export again.".to_owned(),
            };
            let sample = SampleLine::parse(line).ok_or_else(bad_line)?;
            let Some(value) = sample.value else {
                let time = sample.time.map(|time| number::parse(time, NumberStyle::PLAIN));
                let histogram = sample.histogram.and_then(NativeText::parse);
                let (Some(Number::Value(count)), Some((histogram, _))) = (time, histogram) else {
                    self.histograms += 1;
                    continue;
                };
                let identity = sample.identity().ok_or_else(bad_line)?.with_original_name();
                let time_ms = self.unit.get_or_insert_with(|| EpochUnit::by_magnitude(count)).to_ms(count);
                self.natives.push(&identity, time_ms, histogram);
                self.samples += 1;
                continue;
            };
            let (position, seen) = match self.positions.get_mut(sample.series) {
                Some(known) => known,
                None => {
                    let position = self.set.position(sample.identity().ok_or_else(bad_line)?.with_original_name());
                    self.positions.entry(sample.series.to_owned()).or_insert((position, 0))
                }
            };
            let time_ms = match (sample.time, options.step_ms) {
                (Some(time), _) => match number::parse(time, NumberStyle::PLAIN) {
                    Number::Value(count) if count.is_finite() => {
                        self.unit.get_or_insert_with(|| EpochUnit::by_magnitude(count)).to_ms(count)
                    }
                    _ => return Err(bad_line()),
                },
                (None, Some(step_ms)) => step_ms.saturating_mul(*seen),
                (None, None) => {
                    self.timeless += 1;
                    continue;
                }
            };
            *seen += 1;
            self.samples += 1;
            self.set.push(*position, time_ms, value);
        }
        self.set.refuse_too_many()
    }

    fn comment(&mut self, comment: &str) {
        let mut words = comment.split_ascii_whitespace();
        let (Some(keyword), Some(metric), Some(value)) = (words.next(), words.next(), words.next()) else { return };
        match keyword {
            "TYPE" => self.types.insert(metric.to_owned(), value.to_owned()),
            "UNIT" => self.units.insert(metric.to_owned(), value.to_owned()),
            _ => None,
        };
    }

    /// Gives what was read.
    pub(crate) fn finish(mut self, options: &Options) -> Result<Body, Error> {
        if self.samples == 0 {
            return Err(if self.timeless > 0 {
                Error::NoTimeStamps {
                    remedy: "Save the answer of /api/v1/query_range or the output of `promtool tsdb dump-openmetrics` \
                             instead; or put several scrapes into one file and say how far apart they are."
                        .to_owned(),
                }
            } else {
                Error::NoNumbers {
                    seen: "there are comments and no samples".to_owned(),
                    remedy: "Export again with a range of time in which there are samples.".to_owned(),
                }
            });
        }
        for position in 0..self.set.len() {
            let Some(entry) = self.set.entry(position) else { continue };
            let metric = entry.identity.metric.as_deref().unwrap_or("");
            let counts = metric.ends_with("_count") || metric.ends_with("_bucket");
            let unit = self.units.get(metric).or_else(|| self.units.get(family(metric))).filter(|_| !counts);
            entry.declared = declared(metric, &self.types);
            entry.unit = unit.cloned();
        }
        self.natives.derive_into(&mut self.set);
        let notes = &mut self.set.notes;
        notes.add(
            NoteKind::Dropped,
            self.timeless,
            format!("{} no time stamp and was left out", plural(self.timeless, "sample has", "samples have")),
        );
        notes.add(
            NoteKind::Dropped,
            self.histograms,
            format!(
                "{} left out: no time, or no histogram that can be read",
                plural(self.histograms, "native histogram sample was", "native histogram samples were")
            ),
        );
        if let Some(unit) = self.unit.filter(|unit| *unit != EpochUnit::Seconds) {
            notes.add(
                NoteKind::Assumption,
                self.samples,
                format!("The time stamps were read as {} since 1970-01-01 UTC", unit.words()),
            );
        }
        if options.step_ms.is_some() && self.samples > 0 {
            notes.add(
                NoteKind::Assumption,
                self.timeless,
                "Samples without a time stamp were placed by the step given",
            );
        }
        Ok(self.set.into())
    }
}

/// The name that a metric's TYPE and UNIT lines use.
fn family(metric: &str) -> &str {
    ["_total", "_bucket", "_count", "_sum", "_created"]
        .iter()
        .find_map(|suffix| metric.strip_suffix(suffix))
        .unwrap_or(metric)
}

fn declared(metric: &str, types: &HashMap<String, String>) -> Declared {
    match types.get(metric).or_else(|| types.get(family(metric))).map(String::as_str) {
        None | Some("unknown" | "untyped") => Declared::Nothing,
        Some("counter") if !metric.ends_with("_created") => Declared::Counter,
        Some("histogram" | "summary") if family(metric) != metric && !metric.ends_with("_created") => Declared::Counter,
        Some(_) => Declared::Gauge,
    }
}
