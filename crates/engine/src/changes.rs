//! Dated changes of every series.

use crate::{Options, detect};
use analysis::change::pieces::PieceOptions;
use analysis::change::regimes::{RegimeKind, regime_changes};
use analysis::distribution::score_from_ln_p;
use order::SortedMap;
use series::Dataset;
use std::sync::Arc;

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// The values jumped to another level.
    LevelShift,
    /// The slope changed, without a jump.
    SlopeChange,
    /// The fluctuation grew or shrank.
    VarianceChange,
    /// The fluctuation took another period, memory or shape.
    PeriodChange,
}

impl ChangeKind {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::LevelShift => "level_shift",
            Self::SlopeChange => "slope_change",
            Self::VarianceChange => "variance_change",
            Self::PeriodChange => "period_change",
        }
    }
}

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
    pub kind: ChangeKind,
    /// Strength; 1.0 is the threshold at the false-alarm rate. Weaker ones belong to the shortest description of the
    /// series, but noise with the series' memory could look so by chance.
    pub score: f64,
}

/// The changes of every series, in order of series and time: the shortest description of each as levels, slopes and
/// spectra, its season taken out first (see [`regime_changes`]).
///
/// Scores of 1 and more keep [`Options::false_alarm_rate`] over all series together. Where series share their clock and a
/// stronger change of another one lies within the interval of a date, the date is the stronger one's: what cannot be told
/// apart is one event.
pub fn changes(dataset: &Dataset, options: &Options) -> Vec<Change> {
    let alpha = detect::alpha(options, dataset.series.len());
    let piece_options = PieceOptions { series: dataset.series.len(), ..PieceOptions::default() };
    let mut found: Vec<Change> = Vec::new();
    for (position, series) in dataset.series.iter().enumerate() {
        let rest = detect::without_season(&series.values);
        let changes = regime_changes(&series.values, &rest, &piece_options);
        found.extend(changes.into_iter().map(|change| Change {
            series: position,
            sample: change.slot,
            from: change.low,
            to: change.high,
            kind: match change.kind {
                RegimeKind::Level => ChangeKind::LevelShift,
                RegimeKind::Slope => ChangeKind::SlopeChange,
                RegimeKind::Variance => ChangeKind::VarianceChange,
                RegimeKind::Period => ChangeKind::PeriodChange,
            },
            score: score_from_ln_p(change.ln_p, alpha),
        }));
    }
    date_together(dataset, &mut found);
    order::sort_by_key(&mut found, |change| (change.series, change.sample));
    found
}

/// Gives each change the date of a stronger one that lies within its interval.
fn date_together(dataset: &Dataset, changes: &mut [Change]) {
    order::sort_by(changes, |a, b| b.score.total_cmp(&a.score).then(a.series.cmp(&b.series)));
    // The dates that stand, with the clock that they are on: the first series that has it.
    let clocks = clocks(dataset);
    let mut dates: SortedMap<(usize, usize), ()> = SortedMap::new();
    for change in changes {
        let clock = clocks.get(change.series).copied().unwrap_or(change.series);
        let nearest = dates
            .keys()
            .filter(|(of, date)| *of == clock && (change.from..=change.to).contains(date))
            .min_by_key(|(_, date)| date.abs_diff(change.sample));
        match nearest {
            Some((_, date)) => change.sample = *date,
            None => {
                dates.insert((clock, change.sample), ());
            }
        }
    }
}

/// For each series the first one with the same times.
fn clocks(dataset: &Dataset) -> Vec<usize> {
    let mut known: Vec<usize> = Vec::new();
    let mut clocks = Vec::with_capacity(dataset.series.len());
    for (position, series) in dataset.series.iter().enumerate() {
        let same = known.iter().find(|first| {
            dataset.series.get(**first).is_some_and(|first| {
                Arc::ptr_eq(&first.axis, &series.axis) || first.axis.times_ms() == series.axis.times_ms()
            })
        });
        clocks.push(same.copied().unwrap_or(position));
        if same.is_none() {
            known.push(position);
        }
    }
    clocks
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use series::{Series, TimeAxis};

    /// Series of noise that step up at the given samples, on one clock.
    fn stepping(len: usize, steps: &[(usize, f64)]) -> Dataset {
        let times: Vec<i64> = (0..len as i64).map(|minute| minute * 60_000).collect();
        let axis = Arc::new(TimeAxis::from_unsorted(&times).0);
        let mut state = 99u64;
        let series = steps
            .iter()
            .enumerate()
            .map(|(number, (at, size))| {
                let values = (0..len)
                    .map(|slot| {
                        let mut noise = -6.0;
                        for _ in 0..12 {
                            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                            noise += (state >> 33) as f64 / (1u64 << 31) as f64;
                        }
                        noise + if slot >= *at { *size } else { 0.0 }
                    })
                    .collect();
                Series::new(&format!("s{number}"), Arc::clone(&axis), values)
            })
            .collect();
        Dataset { series, ..Dataset::default() }
    }

    #[test]
    fn what_happened_together_has_one_date() {
        let found = changes(&stepping(600, &[(300, 1.5), (300, 5.0), (450, 5.0), (600, 0.0)]), &Options::default());
        let dates: Vec<(usize, usize)> = found.iter().map(|change| (change.series, change.sample)).collect();
        assert_eq!(dates, [(0, 300), (1, 300), (2, 450)], "{found:?}");
        assert!(found.iter().all(|change| {
            change.kind == ChangeKind::LevelShift
                && change.score >= 1.0
                && change.from <= change.sample
                && change.sample <= change.to
        }));
    }

    #[test]
    fn a_series_that_stands_still_does_not_change() {
        let mut dataset = stepping(100, &[(50, 0.0)]);
        dataset.series[0].values.fill(3.0);
        assert_eq!(changes(&dataset, &Options::default()), []);
        dataset.series[0].values.fill(f64::NAN);
        assert_eq!(changes(&dataset, &Options::default()), []);
        assert_eq!(changes(&Dataset::default(), &Options::default()), []);
    }
}
