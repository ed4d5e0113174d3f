//! Dated changes of every series.

use crate::{Options, detect};
use analysis::change::level_shift::{LevelShiftOptions, level_shifts};
use series::Dataset;

/// One change. Samples count as equally spaced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The series' position in the data set.
    pub series: usize,
    /// The first sample of the new regime.
    pub sample: usize,
    /// The earliest …
    pub from: usize,
    /// … and the latest sample that may be the first of the new regime.
    pub to: usize,
    /// What changed.
    pub kind: report::FindingKind,
    /// Strength; 1.0 is the threshold.
    pub score: f64,
}

/// The level shifts of every series, in order of series and time.
pub fn changes(dataset: &Dataset, options: &Options) -> Vec<Change> {
    let alpha = detect::alpha(options, dataset.series.len());
    dataset
        .series
        .iter()
        .enumerate()
        .flat_map(|(position, series)| {
            level_shifts(&series.values, &LevelShiftOptions { alpha, ..LevelShiftOptions::default() }).into_iter().map(
                move |shift| Change {
                    series: position,
                    sample: shift.slot,
                    from: shift.low,
                    to: shift.high,
                    kind: report::FindingKind::LevelShift,
                    score: shift.score,
                },
            )
        })
        .collect()
}
