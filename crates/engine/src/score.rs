//! An anomaly score for every sample.

pub(crate) mod online;

use crate::Options;
use crate::detect::{self, Setting, detect};
use analysis::harmony::Bounds;
use series::Dataset;

/// Whether a score may know the future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A sample's score uses nothing later than the sample.
    Online,
    /// Scores use the whole series.
    Retrospective,
}

/// The fewest values that have a habit which a value could leave.
const SHORTEST: usize = 16;

/// One score per sample of each series, in the data set's order; 1.0 is the alarm threshold. NaN where there is no value.
///
/// Samples count as equally spaced.
/// Online: how surprising the latest values are by what came before, once for every event; the threshold is such that one
/// series of noise has about four false alarms in 10 000 samples, and many series have fewer each. Retrospective (the
/// threshold keeps [`Options::false_alarm_rate`] over all series together): the same against both sides, season and lasting changes taken
/// out first, plus the lasting changes themselves around their date.
pub fn score(dataset: &Dataset, mode: Mode, options: &Options) -> Vec<Vec<f64>> {
    let alpha = detect::alpha(options, dataset.series.len());
    dataset
        .series
        .iter()
        .map(|series| match mode {
            Mode::Online => online::scores(&series.values, options, dataset.series.len()),
            Mode::Retrospective => retrospective(&series.values, alpha),
        })
        .collect()
}

fn retrospective(values: &[f64], alpha: f64) -> Vec<f64> {
    if values.iter().filter(|value| value.is_finite()).count() < SHORTEST {
        return vec![f64::NAN; values.len()];
    }
    let facts = detect(
        values,
        &Setting {
            end_of_observation: values.len().saturating_sub(1),
            stretch: (0, values.len()),
            // Scores are by sample, and depend on no clock.
            step_s: 1.0,
            bounds: Bounds::default(),
            alpha,
        },
    );
    let mut scores: Vec<f64> = values
        .iter()
        .enumerate()
        .map(|(slot, value)| {
            let at = |band: &[f64]| band.get(slot).copied().unwrap_or(f64::NAN);
            let centre = at(&facts.band_centre);
            let edge = if *value >= centre { at(&facts.band_upper) } else { at(&facts.band_lower) };
            let (distance, half_width) = ((value - centre).abs(), (edge - centre).abs());
            if half_width > 0.0 {
                distance / half_width
            } else if distance > 0.0 {
                1.0
            } else {
                distance
            }
        })
        .collect();
    for shift in &facts.shifts {
        for score in scores.iter_mut().take(shift.high + 1).skip(shift.low).filter(|score| !score.is_nan()) {
            *score = score.max(shift.score);
        }
    }
    scores
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use series::{Series, TimeAxis};
    use std::sync::Arc;

    fn spiked(len: usize, at: usize) -> Dataset {
        let mut noise = 12345u64;
        let values = (0..len)
            .map(|slot| {
                noise = noise.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (noise >> 33) as f64 / (1u64 << 31) as f64 + if slot == at { 30.0 } else { 0.0 }
            })
            .collect();
        let times: Vec<i64> = (0..len as i64).map(|second| second * 1000).collect();
        let (axis, ..) = TimeAxis::from_unsorted(&times);
        Dataset { series: vec![Series::new("x", Arc::new(axis), values)], ..Dataset::default() }
    }

    #[test]
    fn the_spike_has_the_highest_score_in_both_modes() {
        for mode in [Mode::Online, Mode::Retrospective] {
            let scores = score(&spiked(600, 400), mode, &Options::default()).remove(0);
            let top = (0..600)
                .filter(|slot| !scores[*slot].is_nan())
                .max_by(|a, b| scores[*a].total_cmp(&scores[*b]))
                .unwrap();
            assert_eq!(top, 400, "{mode:?}");
            assert!(scores[400] > 1.0);
        }
    }

    #[test]
    fn online_scores_do_not_know_the_future() {
        let whole = score(&spiked(600, 400), Mode::Online, &Options::default()).remove(0);
        let mut cut = spiked(600, 400);
        cut.series[0].values.truncate(300);
        let early = score(&cut, Mode::Online, &Options::default()).remove(0);
        for slot in 0..300 {
            let (a, b) = (whole[slot], early[slot]);
            assert!(a == b || (a.is_nan() && b.is_nan()), "{slot}: {a} {b}");
        }
    }
}
