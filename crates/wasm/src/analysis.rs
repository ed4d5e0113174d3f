//! From files or series to a Report.

use crate::choice::{Choice, ChoiceError};
use ingest::Source;
use report::{PairSpectrum, Report};
use serde::Deserialize;
use series::{Dataset, Labels, Origin, Series, TimeAxis};
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;

/// A file's name and content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// Shown to people.
    pub name: String,
    /// As stored.
    pub bytes: Vec<u8>,
}

/// A series that the caller already has.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenSeries {
    /// Its name; made unique if it is not.
    pub name: String,
    /// Its labels.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Times in milliseconds since 1970-01-01 UTC, in any order.
    pub times_ms: Vec<f64>,
    /// One value per time; NaN where there is none.
    pub values: Vec<f64>,
}

/// Why there is no Report.
#[derive(Debug, Error)]
pub enum AnalysisError {
    /// No file and no series.
    #[error("there is nothing to analyse: the list is empty")]
    Empty,
    /// A file cannot be read.
    #[error("{name}: {error}")]
    File {
        /// The file.
        name: String,
        /// What is wrong with it.
        error: Box<ingest::Error>,
    },
    /// A series' times and values differ in number.
    #[error("series `{name}` has {times} times and {values} values; there must be as many of each")]
    Lengths {
        /// The series.
        name: String,
        /// The number of times.
        times: usize,
        /// The number of values.
        values: usize,
    },
    /// A time that is none.
    #[error("series `{name}` has the time {time} at position {position}; milliseconds since 1970 were expected")]
    Time {
        /// The series.
        name: String,
        /// Where.
        position: usize,
        /// What stands there.
        time: f64,
    },
    /// No series has the name.
    #[error("there is no series `{name}`")]
    NoSeries {
        /// The name that was asked for.
        name: String,
    },
    /// Two series that have too little in common.
    #[error("the two have too few samples in common for a spectrum; give a longer time")]
    NoSpectrum,
    /// An option that cannot be followed.
    #[error(transparent)]
    Choice(#[from] ChoiceError),
    /// The data have no common time grid.
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

/// Reads the files, puts them on one clock and analyses them.
///
/// # Errors
/// If there is no file, one cannot be read, an option cannot be followed, or there is nothing to analyse in them.
pub fn of_files(files: &[NamedFile], choice: &Choice) -> Result<Report, AnalysisError> {
    analyse(parts_of(files, choice)?, choice)
}

/// Coherence, phase and gain of two series of the files at every period; the series by their names.
///
/// # Errors
/// As [`of_files`], and if there is no such series, or the two have too few samples in common.
pub fn pair_of_files(files: &[NamedFile], ends: [&str; 2], choice: &Choice) -> Result<PairSpectrum, AnalysisError> {
    let dataset = Dataset::merge(parts_of(files, choice)?);
    let place = |name: &str| {
        let found = dataset.series.iter().position(|series| series.name == name);
        found.ok_or_else(|| AnalysisError::NoSeries { name: name.to_owned() })
    };
    let (from, to) = (place(ends[0])?, place(ends[1])?);
    engine::analyze(dataset, &choice.engine()?)?.pair_spectrum(from, to).ok_or(AnalysisError::NoSpectrum)
}

fn parts_of(files: &[NamedFile], choice: &Choice) -> Result<Vec<Dataset>, AnalysisError> {
    let options = choice.ingest()?;
    let mut parts = Vec::with_capacity(files.len());
    for file in files {
        let source = Source { name: &file.name, bytes: &file.bytes };
        let part = ingest::read(&source, &options)
            .map_err(|error| AnalysisError::File { name: file.name.clone(), error: Box::new(error) })?;
        parts.push(part);
    }
    if parts.is_empty() { Err(AnalysisError::Empty) } else { Ok(parts) }
}

/// Analyses series as given.
///
/// # Errors
/// If there is no series, one has unequal lengths or a time that is none, or an option cannot be followed.
pub fn of_series(given: &[GivenSeries], choice: &Choice) -> Result<Report, AnalysisError> {
    let mut parts = Vec::with_capacity(given.len());
    for one in given {
        parts.push(Dataset { series: vec![series_of(one)?], ..Dataset::default() });
    }
    let mut origins = vec![Origin { name: "series".into(), format: "given by the caller".into(), ..Origin::default() }];
    if let Some(first) = parts.first_mut() {
        first.origins.append(&mut origins);
    }
    analyse(parts, choice)
}

fn analyse(parts: Vec<Dataset>, choice: &Choice) -> Result<Report, AnalysisError> {
    if parts.is_empty() {
        return Err(AnalysisError::Empty);
    }
    let options = choice.engine()?;
    Ok(engine::analyze(Dataset::merge(parts), &options)?.into_report())
}

fn series_of(given: &GivenSeries) -> Result<Series, AnalysisError> {
    if given.times_ms.len() != given.values.len() {
        return Err(AnalysisError::Lengths {
            name: given.name.clone(),
            times: given.times_ms.len(),
            values: given.values.len(),
        });
    }
    // Beyond this, neighbouring milliseconds are no longer different numbers.
    const LARGEST_MS: f64 = 9_007_199_254_740_992.0;
    if let Some((position, &time)) =
        given.times_ms.iter().enumerate().find(|(_, time)| !time.is_finite() || time.abs() > LARGEST_MS)
    {
        return Err(AnalysisError::Time { name: given.name.clone(), position, time });
    }
    let times: Vec<i64> = given.times_ms.iter().map(|time| time.round() as i64).collect();
    let (axis, kept, ..) = TimeAxis::from_unsorted(&times);
    let values = kept.iter().filter_map(|&position| given.values.get(position).copied()).collect();
    let mut series = Series::new(given.name.clone(), Arc::new(axis), values);
    series.labels = given.labels.iter().map(|(name, value)| (name.clone(), value.clone())).collect::<Labels>();
    Ok(series)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn table(shift_at: usize) -> String {
        let mut text = String::from("time,cart_cpu,cart_memory\n");
        for row in 0..400 {
            let wobble = f64::from((row * 7919 + row / 3 * 31) % 101) / 100.0;
            let level = if (row as usize) < shift_at { 1.0 } else { 9.0 };
            text.push_str(&format!("{},{},{}\n", 1_773_122_400 + row * 15, level + wobble, 5.0 + wobble * wobble));
        }
        text
    }

    #[test]
    fn a_file_becomes_a_report() {
        let file = NamedFile { name: "a.csv".into(), bytes: table(200).into_bytes() };
        let report = of_files(&[file], &Choice::default()).unwrap();
        assert!(report.complete && !report.services.is_empty());
        assert_eq!(report.series.len(), 2);
        assert!(report.findings.iter().any(|finding| finding.series == [0] && finding.score > 1.0));
    }

    #[test]
    fn series_give_the_same_findings_as_their_file() {
        let file = NamedFile { name: "a.csv".into(), bytes: table(200).into_bytes() };
        let of_file = of_files(&[file], &Choice::default()).unwrap();
        let rows: Vec<Vec<f64>> = table(200)
            .lines()
            .skip(1)
            .map(|line| line.split(',').map(|cell| cell.parse().unwrap()).collect())
            .collect();
        let given: Vec<GivenSeries> = [("cart_cpu", 1), ("cart_memory", 2)]
            .into_iter()
            .map(|(name, column)| GivenSeries {
                name: name.into(),
                times_ms: rows.iter().rev().map(|row| row[0] * 1000.0).collect(),
                values: rows.iter().rev().map(|row| row[column]).collect(),
                ..GivenSeries::default()
            })
            .collect();
        let of_series = of_series(&given, &Choice::default()).unwrap();
        assert_eq!(of_series.findings, of_file.findings);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let file = NamedFile { name: "b.bin".into(), bytes: vec![0, 1, 2, 255] };
        assert!(of_files(&[file], &Choice::default()).unwrap_err().to_string().starts_with("b.bin: "));
        assert!(matches!(of_files(&[], &Choice::default()), Err(AnalysisError::Empty)));
        let uneven =
            GivenSeries { name: "x".into(), times_ms: vec![0.0, 1.0], values: vec![1.0], ..Default::default() };
        let message = of_series(&[uneven], &Choice::default()).unwrap_err().to_string();
        assert!(message.contains("2 times and 1 values"), "{message}");
        let timeless = GivenSeries {
            name: "x".into(),
            times_ms: vec![0.0, f64::NAN],
            values: vec![1.0, 2.0],
            ..Default::default()
        };
        assert!(matches!(of_series(&[timeless], &Choice::default()), Err(AnalysisError::Time { position: 1, .. })));
    }
}
