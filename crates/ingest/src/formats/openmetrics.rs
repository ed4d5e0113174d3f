//! Prometheus exposition text and OpenMetrics, with time stamps.
//!
//! OpenMetrics 1.0 (specification/OpenMetrics.md) writes times in seconds, the older exposition format in milliseconds.
//! A file that ends with `# EOF`, or in which a time has a fraction, is in seconds; else the size of the numbers tells.

use super::sample_line::SampleLine;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::EpochUnit;
use crate::cell::unit;
use crate::counter;
use crate::error::{Error, excerpt};
use crate::input::Input;
use crate::notebook::{Notebook, plural};
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::{Format, Options};
use order::SortedMap;
use series::{Dataset, Declared, NoteKind, Origin, Unit};
use std::collections::HashMap;

pub(crate) const READER: Reader = Reader { format: Format::OpenMetrics, probe, read };

/// How many lines are looked at to know the format.
const PROBED_LINES: usize = 40;

fn probe(input: &Input<'_>) -> bool {
    let mut samples = 0;
    for line in input.text.lines().map(str::trim).filter(|line| !line.is_empty()).take(PROBED_LINES) {
        if !line.starts_with('#') {
            if SampleLine::parse(line).is_none() {
                return false;
            }
            samples += 1;
        }
    }
    samples > 0 || input.text.lines().take(PROBED_LINES).any(|line| line.starts_with("# TYPE "))
}

fn read(input: &Input<'_>, options: &Options) -> Result<Dataset, Error> {
    let mut lines = Lines::with_times_in(time_unit(input.text));
    lines.read(input.text, options)?;
    lines.finish(input, options, Format::OpenMetrics)
}

/// The unit of the time stamps: by the end mark, a fraction, or else their size.
fn time_unit(text: &str) -> EpochUnit {
    let ends_with_mark = text.trim_end().ends_with("# EOF");
    let times =
        text.lines().filter(|line| !line.starts_with('#')).filter_map(SampleLine::parse).filter_map(|line| line.time);
    let mut largest: f64 = 0.0;
    for time in times.take(1000) {
        if time.contains(['.', 'e', 'E']) {
            return EpochUnit::Seconds;
        }
        if let Number::Value(count) = number::parse(time, NumberStyle::PLAIN) {
            largest = largest.max(count.abs());
        }
    }
    if ends_with_mark && largest < 1e11 { EpochUnit::Seconds } else { EpochUnit::by_magnitude(largest) }
}

/// Lines of Prometheus text on their way to a data set; shared with the formats that write such lines.
#[derive(Default)]
pub(crate) struct Lines<'a> {
    unit: EpochUnit,
    set: SeriesSet,
    positions: HashMap<&'a str, (usize, i64)>,
    types: SortedMap<&'a str, &'a str>,
    units: SortedMap<&'a str, &'a str>,
    timeless: usize,
    histograms: usize,
    samples: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn with_times_in(unit: EpochUnit) -> Self {
        Self { unit, ..Self::default() }
    }

    /// Reads all lines.
    pub(crate) fn read(&mut self, text: &'a str, options: &Options) -> Result<(), Error> {
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            if let Some(comment) = line.strip_prefix('#') {
                self.comment(comment.trim_start());
                continue;
            }
            let bad_line = || Error::Line {
                line: index as u64 + 1,
                expected: "a sample (name{labels} value time)".to_owned(),
                found: excerpt(line, 60),
                remedy: "Delete the line, or export again.".to_owned(),
            };
            let sample = SampleLine::parse(line).ok_or_else(bad_line)?;
            let Some(value) = sample.value else {
                self.histograms += 1;
                continue;
            };
            let (position, seen) = match self.positions.get_mut(sample.series) {
                Some(known) => known,
                None => {
                    let position = self.set.position(sample.identity().ok_or_else(bad_line)?.with_original_name());
                    self.positions.entry(sample.series).or_insert((position, 0))
                }
            };
            let time_ms = match (sample.time, options.step_ms) {
                (Some(time), _) => match number::parse(time, NumberStyle::PLAIN) {
                    Number::Value(count) if count.is_finite() => self.unit.to_ms(count),
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
            if let Some(samples) = self.set.at(*position) {
                samples.push(time_ms, value);
            }
        }
        Ok(())
    }

    fn comment(&mut self, comment: &'a str) {
        let mut words = comment.split_ascii_whitespace();
        let (Some(keyword), Some(metric), Some(value)) = (words.next(), words.next(), words.next()) else { return };
        match keyword {
            "TYPE" => self.types.insert(metric, value),
            "UNIT" => self.units.insert(metric, value),
            _ => None,
        };
    }

    /// Makes the data set.
    pub(crate) fn finish(mut self, input: &Input<'_>, options: &Options, format: Format) -> Result<Dataset, Error> {
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
        let mut notes = Notebook::default();
        notes.add(
            NoteKind::Dropped,
            self.timeless,
            format!("{} no time stamp and was left out", plural(self.timeless, "sample has", "samples have")),
        );
        notes.add(
            NoteKind::Dropped,
            self.histograms,
            format!(
                "{} left out; only numbers are read",
                plural(self.histograms, "native histogram sample was", "native histogram samples were")
            ),
        );
        if self.unit != EpochUnit::Seconds {
            notes.add(
                NoteKind::Assumption,
                self.samples,
                format!("The time stamps were read as {} since 1970-01-01 UTC", self.unit.words()),
            );
        }
        if options.step_ms.is_some() && self.samples > 0 {
            notes.add(
                NoteKind::Assumption,
                self.timeless,
                "Samples without a time stamp were placed by the step given",
            );
        }
        self.set.retain(|identity| options.wants(&identity.name));
        let mut series = self.set.finish(&mut notes);
        let types = self.types;
        let units = self.units;
        counter::mark(&mut series, |one| declared(one.metric.as_deref().unwrap_or(""), &types), &mut notes);
        for one in &mut series {
            let metric = one.metric.as_deref().unwrap_or("");
            let family = family(metric);
            one.unit = match units.get(metric).or_else(|| units.get(family)) {
                Some(written) if !metric.ends_with("_count") && !metric.ends_with("_bucket") => unit::named(written),
                _ => Unit::of_metric(metric),
            };
        }
        let origin = Origin { name: input.name.to_owned(), format: format.label().to_owned(), assumed_time_zone: None };
        Ok(Dataset { origins: vec![origin], series, events: Vec::new(), notes: notes.into_notes(), row_count: 0 })
    }
}

/// The name that a metric's TYPE and UNIT lines use.
fn family(metric: &str) -> &str {
    ["_total", "_bucket", "_count", "_sum", "_created"]
        .iter()
        .find_map(|suffix| metric.strip_suffix(suffix))
        .unwrap_or(metric)
}

fn declared(metric: &str, types: &SortedMap<&str, &str>) -> Declared {
    match types.get(metric).or_else(|| types.get(family(metric))).copied() {
        None | Some("unknown" | "untyped") => Declared::Nothing,
        Some("counter") if !metric.ends_with("_created") => Declared::Counter,
        Some("histogram" | "summary") if family(metric) != metric && !metric.ends_with("_created") => Declared::Counter,
        Some(_) => Declared::Gauge,
    }
}
