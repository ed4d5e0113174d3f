//! Dated changes of every series.

use crate::{Options, detect};
use analysis::change::pieces::PieceOptions;
use analysis::change::regimes::{RegimeKind, regime_changes};
use analysis::distribution::score_from_ln_p;
use series::Dataset;

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
/// Scores of 1 and more keep [`Options::false_alarm_rate`] over all series together.
pub fn changes(dataset: &Dataset, options: &Options) -> Vec<Change> {
    let alpha = detect::alpha(options, dataset.series.len());
    dataset
        .series
        .iter()
        .enumerate()
        .flat_map(|(position, series)| {
            let rest = detect::without_season(&series.values);
            regime_changes(&series.values, &rest, &PieceOptions::default()).into_iter().map(move |change| Change {
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
            })
        })
        .collect()
}
