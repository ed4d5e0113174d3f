//! `monteverdi score`: an anomaly score for every sample.

use crate::failure::Failure;
use crate::instant::rfc3339;
use crate::output;
use crate::reader::Files;
use clap::{Args, ValueEnum};
use series::{Dataset, Series};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

/// Arguments of `score`.
#[derive(Args, Debug)]
pub(crate) struct Score {
    #[command(flatten)]
    files: Files,
    /// `online` uses nothing later than the row
    #[arg(long, value_enum, default_value_t = Mode::Retrospective)]
    mode: Mode,
}

/// Whether a score may know the future.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mode {
    /// Nothing later than the row
    Online,
    /// The whole file
    Retrospective,
}

impl Score {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let dataset = self.files.read()?;
        let mode = match self.mode {
            Mode::Online => engine::Mode::Online,
            Mode::Retrospective => engine::Mode::Retrospective,
        };
        let scores = engine::score(&dataset, mode, &engine::Options::default());
        let mut out = output::stdout();
        write(&mut out, &dataset, &scores)?;
        Ok(out.flush()?)
    }
}

/// One line per row and series, ordered by row, then in the order of the series. Series of different clocks (a table with
/// one row per sample, several files) have a line only for the rows that they own.
fn write(out: &mut impl Write, dataset: &Dataset, scores: &[Vec<f64>]) -> Result<(), Failure> {
    writeln!(out, "row,time,series,score")?;
    let names: Vec<String> = dataset.series.iter().map(|series| cell(&series.name)).collect();
    let Some(first) = dataset.series.first() else { return Ok(()) };
    if dataset.series.iter().all(|series| Arc::ptr_eq(&series.axis, &first.axis)) {
        for row in rows(first, dataset.row_count) {
            let time = rfc3339(row.time_ms);
            for ((series, name), scores) in dataset.series.iter().zip(&names).zip(scores) {
                line(out, row.number, &time, name, series, scores, row.sample)?;
            }
        }
        return Ok(());
    }
    let mut order: BTreeMap<(usize, usize), (usize, i64)> = BTreeMap::new();
    for (position, series) in dataset.series.iter().enumerate() {
        for (sample, time_ms) in series.axis.times_ms().iter().enumerate() {
            order.insert((series.axis.row(sample), position), (sample, *time_ms));
        }
    }
    for ((row, position), (sample, time_ms)) in order {
        let (Some(series), Some(name), Some(scores)) =
            (dataset.series.get(position), names.get(position), scores.get(position))
        else {
            continue;
        };
        line(out, row, &rfc3339(time_ms), name, series, scores, sample)?;
    }
    Ok(())
}

fn line(
    out: &mut impl Write,
    row: usize,
    time: &str,
    name: &str,
    series: &Series,
    scores: &[f64],
    sample: usize,
) -> Result<(), Failure> {
    let has_value = series.values.get(sample).is_some_and(|value| !value.is_nan());
    if !has_value {
        writeln!(out, "{row},{time},{name},")?;
        return Ok(());
    }
    // A sample that cannot be judged yet is no alarm; only where there was no value is there no score.
    let score = scores.get(sample).copied().filter(|score| !score.is_nan()).unwrap_or(0.0);
    let score = score.min(f64::MAX);
    if score != 0.0 && !(1e-4..1e9).contains(&score) {
        writeln!(out, "{row},{time},{name},{score:e}")?;
        return Ok(());
    }
    // As whole numbers: six decimals need no search for the shortest form.
    let millionths = (score * 1e6).round() as u64;
    let (whole, mut part, mut digits) = (millionths / 1_000_000, millionths % 1_000_000, 6);
    while digits > 0 && part % 10 == 0 {
        (part, digits) = (part / 10, digits - 1);
    }
    match digits {
        0 => writeln!(out, "{row},{time},{name},{whole}")?,
        _ => writeln!(out, "{row},{time},{name},{whole}.{part:0digits$}")?,
    }
    Ok(())
}

/// A row of the input.
struct Row {
    number: usize,
    time_ms: i64,
    sample: usize,
}

/// All rows of the input, in its order. A row whose sample gave way to a later one of the same time stands for that one:
/// the next row that was kept.
fn rows(series: &Series, row_count: usize) -> Vec<Row> {
    let times = series.axis.times_ms();
    let count = row_count.max((0..times.len()).map(|sample| series.axis.row(sample) + 1).max().unwrap_or(0));
    let mut owner: Vec<Option<usize>> = vec![None; count];
    for sample in 0..times.len() {
        if let Some(slot) = owner.get_mut(series.axis.row(sample)) {
            *slot = Some(sample);
        }
    }
    let mut next = times.len().checked_sub(1);
    for slot in owner.iter_mut().rev() {
        match slot {
            Some(sample) => next = Some(*sample),
            None => *slot = next,
        }
    }
    let row = |(number, sample): (usize, Option<usize>)| {
        let sample = sample?;
        Some(Row { number, time_ms: *times.get(sample)?, sample })
    };
    owner.into_iter().enumerate().filter_map(row).collect()
}

/// A CSV cell, quoted where it must be.
fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use series::TimeAxis;

    fn lines(times: &[i64], columns: &[&[f64]], rows: usize) -> Vec<String> {
        let (axis, kept, ..) = TimeAxis::from_unsorted(times);
        let axis = Arc::new(axis);
        let series: Vec<Series> = columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                Series::new(format!("s{index}"), axis.clone(), kept.iter().map(|row| column[*row]).collect())
            })
            .collect();
        // Each sample's score is its value, so that a line shows which sample it is.
        let scores: Vec<Vec<f64>> = series.iter().map(|series| series.values.clone()).collect();
        let mut out = Vec::new();
        write(&mut out, &Dataset { series, row_count: rows, ..Dataset::default() }, &scores).unwrap();
        String::from_utf8(out).unwrap().lines().skip(1).map(str::to_owned).collect()
    }

    #[test]
    fn rows_keep_the_inputs_order_whatever_the_times_do() {
        let found = lines(&[60_000, 0], &[&[1.0, 2.0], &[3.0, f64::NAN]], 2);
        assert_eq!(
            found,
            [
                "0,1970-01-01T00:01:00Z,s0,1",
                "0,1970-01-01T00:01:00Z,s1,3",
                "1,1970-01-01T00:00:00Z,s0,2",
                "1,1970-01-01T00:00:00Z,s1,"
            ]
        );
    }

    #[test]
    fn a_row_that_shares_its_time_has_a_line_too() {
        let found = lines(&[0, 60_000, 60_000, 120_000], &[&[1.0, 2.0, 3.0, 4.0]], 4);
        assert_eq!(found.len(), 4);
        assert_eq!(found[1], "1,1970-01-01T00:01:00Z,s0,3");
    }
}
