//! Variance escalation: the fluctuation grows from window to window.

use super::contrast::{largest_contrast, nearly};
use super::level_shift::{LevelShift, LevelShiftOptions, level_shifts};
use crate::autocorrelation::{default_max_order, prewhiten};
use crate::distribution::{normal_quantile, score_from_ln_p, student_t_ln_survival};
use crate::expectation::fold::folded_season;
use crate::moments::Moments;
use crate::robust;
use std::cell::RefCell;
use std::ops::Range;

/// How to look for a growing variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VarianceOptions {
    /// The number of equal full windows; at least 3 are taken. What does not fill a window is left out at the start.
    pub windows: usize,
    /// The probability that a series of constant variance reaches score 1.
    pub alpha: f64,
    /// The ratio of the last variance to the first from which an escalation matters; a smaller one scores below 1.
    pub minimum_ratio: f64,
}

impl Default for VarianceOptions {
    fn default() -> Self {
        Self { windows: 6, alpha: 0.001, minimum_ratio: 1.5 }
    }
}

/// One window `start..end` of slots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VarianceWindow {
    /// First slot.
    pub start: usize,
    /// One past the last slot.
    pub end: usize,
    /// The sample variance of the values in it (NaN with fewer than two).
    pub variance: f64,
}

/// The result of the test, significant or not.
#[derive(Clone, Debug, PartialEq)]
pub struct VarianceEscalation {
    /// The windows, in order.
    pub windows: Vec<VarianceWindow>,
    /// Variance of the last window over that of the first, after the series' own memory is removed.
    pub ratio: f64,
    /// One-sided p-value of Brown and Forsythe's test on ranks, last window against first.
    pub p_last_against_first: f64,
    /// One-sided p-value of the trend of the spread over all windows.
    pub p_trend: f64,
    /// The larger of the two: both must hold.
    pub p: f64,
    /// √(ln p / ln α), lowered where `ratio` is below the minimum; 1.0 is the threshold.
    pub score: f64,
}

/// Tests whether the variance grows. None where fewer than 8 values would fall to a window, or the series is constant.
///
/// The series' own memory is taken out first (autoregression by BIC), since a correlated series wanders, and its
/// windows differ in variance by chance. The absolute deviations of the residuals from their window's median (Brown and
/// Forsythe 1974) are replaced by the normal scores of their ranks (as by Fligner and Killeen 1976), so that neither
/// single wild values nor heavy tails decide. Two one-sided tests, both of which must hold: last window against first
/// (Welch's t), and a rising line through all values against time. Missing values and what borders on them are left out.
pub fn variance_escalation(values: &[f64], options: &VarianceOptions) -> Option<VarianceEscalation> {
    fluctuation(values, options).map(|(escalation, _)| escalation)
}

/// The same, with the scores that it is tested on, slot by slot: NaN where there is none.
pub fn fluctuation(values: &[f64], options: &VarianceOptions) -> Option<(VarianceEscalation, Vec<f64>)> {
    let count = options.windows.max(3);
    let length = values.len() / count;
    let skipped = values.len() - length * count;
    let residuals = prewhiten(values, default_max_order(values.len()));
    let mut windows = Vec::with_capacity(count);
    let mut deviations: Vec<(usize, f64)> = Vec::with_capacity(values.len());
    let mut variances = Vec::with_capacity(count);
    let mut slots = Vec::with_capacity(values.len());
    for index in 0..count {
        let start = skipped + index * length;
        let end = start + length;
        let inside = residuals.get(start..end)?;
        let centre = robust::median(inside)?;
        let before = deviations.len();
        let present = inside.iter().enumerate().filter(|(_, value)| value.is_finite());
        deviations.extend(present.clone().map(|(_, value)| (index, (value - centre).abs())));
        slots.extend(present.map(|(place, _)| start + place));
        if deviations.len() - before < FEWEST_VALUES {
            return None;
        }
        variances.push(robust::variance(inside)?);
        windows.push(VarianceWindow { start, end, variance: robust::variance(values.get(start..end)?)? });
    }
    let (Some(&first), Some(&last)) = (variances.first(), variances.last()) else { return None };
    if variances.iter().all(|&variance| variance <= 0.0) {
        return None;
    }
    let ratio = last / first;
    let scores = normal_scores(&deviations);
    let of = |wanted: usize| -> Vec<f64> {
        deviations.iter().zip(&scores).filter(|((window, _), _)| *window == wanted).map(|(_, score)| *score).collect()
    };
    let ln_p_last = ln_p_larger(&of(count - 1), &of(0));
    let ln_p_trend = ln_p_rising(&deviations, &scores);
    let ln_p = ln_p_last.max(ln_p_trend);
    let relevance = (ratio.max(1.0).ln() / options.minimum_ratio.max(1.0).ln()).min(1.0);
    let relevance = if relevance.is_nan() { 1.0 } else { relevance };
    let escalation = VarianceEscalation {
        windows,
        ratio,
        p_last_against_first: ln_p_last.exp(),
        p_trend: ln_p_trend.exp(),
        p: ln_p.exp(),
        score: score_from_ln_p(ln_p, options.alpha) * relevance,
    };
    let mut by_slot = vec![f64::NAN; values.len()];
    for (slot, score) in slots.iter().zip(&scores) {
        if let Some(place) = by_slot.get_mut(*slot) {
            *place = *score;
        }
    }
    Some((escalation, by_slot))
}

/// The least share of a series that a variance must last.
const LASTING_SHARE: f64 = 0.05;
/// By how much Schwarz's criterion must prefer steps of the variance to its growth.
const CLEARLY: f64 = 10.0;

/// The times at which the variance changed and stayed changed, as [`level_shifts`] of the scores of [`fluctuation`]; each
/// regime lasts at least a twentieth of the series, and its variance differs from the last one's by `minimum_ratio`.
///
/// The season of the scores, of `period` slots, goes first: noise that is louder by day does not change. `before` and
/// `after` of an answer are scores; see [`variance_within`] for variances.
pub fn variance_changes(
    scores: &[f64],
    values: &[f64],
    period: Option<f64>,
    options: &VarianceOptions,
) -> Vec<LevelShift> {
    let near = nearly(options.alpha);
    if largest_contrast(scores) < near {
        return Vec::new();
    }
    let season = period.and_then(|period| folded_season(scores, period));
    let rest = match season {
        Some(season) => scores.iter().zip(season).map(|(score, season)| score - season).collect(),
        None => scores.to_vec(),
    };
    if largest_contrast(&rest) < near {
        return Vec::new();
    }
    let shifts = LevelShiftOptions {
        alpha: options.alpha,
        minimum_share: LASTING_SHARE,
        minimum_size: 0.0,
        ..LevelShiftOptions::default()
    };
    let mut found = level_shifts(&rest, &shifts);
    // A cycle of the variance is no change of it.
    if found.len() > MOST_REGIMES {
        return Vec::new();
    }
    let borders: Vec<usize> =
        [0].into_iter().chain(found.iter().map(|shift| shift.slot)).chain([values.len()]).collect();
    let variances: Vec<Option<f64>> = borders
        .windows(2)
        .map(|border| {
            let &[start, end] = border else { return None };
            variance_within(values, start..end)
        })
        .collect();
    let least = options.minimum_ratio.max(1.0).ln();
    let mut differ = variances.windows(2).map(|pair| match pair {
        [Some(before), Some(after)] => (after / before).ln().abs() >= least,
        _ => false,
    });
    found.retain(|_| differ.next().unwrap_or(false));
    found
}

/// The most changes that are changes; more are a cycle.
const MOST_REGIMES: usize = 4;

/// The variance of the values within some slots, by their spread; `None` without a spread.
pub fn variance_within(values: &[f64], slots: Range<usize>) -> Option<f64> {
    robust::spread(values.get(slots)?).map(|spread| spread * spread).filter(|variance| *variance > 0.0)
}

/// Whether steps at these changes describe the scores clearly better than growth from window to window does, by Schwarz's
/// criterion.
pub fn is_stepwise(scores: &[f64], changes: &[LevelShift]) -> bool {
    let present = |slots: Range<usize>| {
        slots.filter_map(|slot| scores.get(slot).filter(|score| score.is_finite()).map(|score| (slot as f64, *score)))
    };
    let all = Moments::of(present(0..scores.len()));
    let mut start = 0;
    let mut steps = 0.0;
    for end in changes.iter().map(|change| change.slot).chain([scores.len()]) {
        steps += Moments::of(present(start..end)).yy;
        start = end;
    }
    let line = all.squares_about_line();
    let criterion =
        |squares: f64, parameters: f64| all.count * squares.max(f64::MIN_POSITIVE).ln() + parameters * all.count.ln();
    criterion(steps, 2.0 * changes.len() as f64 + 1.0) + CLEARLY < criterion(line, 2.0)
}

/// The fewest residuals in a window.
const FEWEST_VALUES: usize = 8;

thread_local! {
    /// The scores of all ranks among as many values as the last series had: the next one of a table mostly has as many.
    static LAST_SCORES: RefCell<Vec<f64>> = const { RefCell::new(Vec::new()) };
}

/// Φ⁻¹(½ + rank / 2(n + 1)), half-normal, as |N(0, 1)| would be.
fn normal_score(rank: f64, count: usize) -> f64 {
    normal_quantile(0.5 + 0.5 * rank / (count as f64 + 1.0))
}

/// The [`normal_score`] of each deviation, ties sharing their mean rank.
fn normal_scores(deviations: &[(usize, f64)]) -> Vec<f64> {
    let sizes: Vec<f64> = deviations.iter().map(|(_, size)| *size).collect();
    let positions = order::positions(&sizes);
    let count = deviations.len();
    let mut scores = vec![0.0; count];
    LAST_SCORES.with_borrow_mut(|known| {
        if known.len() != count {
            known.clear();
            known.extend((1..=count).map(|rank| normal_score(rank as f64, count)));
        }
        let mut from = 0;
        for tied in positions.chunk_by(|a, b| sizes.get(*a) == sizes.get(*b)) {
            let score = match tied {
                [_] => known.get(from).copied().unwrap_or(0.0),
                _ => normal_score(from as f64 + (tied.len() as f64 + 1.0) / 2.0, count),
            };
            for position in tied {
                if let Some(slot) = scores.get_mut(*position) {
                    *slot = score;
                }
            }
            from += tied.len();
        }
    });
    scores
}

/// ln of the one-sided p-value that `late` has the larger mean than `early`, by Welch's t-test.
fn ln_p_larger(late: &[f64], early: &[f64]) -> f64 {
    let part = |values: &[f64]| -> Option<(f64, f64, f64)> {
        let n = values.len() as f64;
        Some((robust::mean(values)?, robust::variance(values)? / n, n - 1.0))
    };
    let (Some((late_mean, late_error, late_dof)), Some((early_mean, early_error, early_dof))) =
        (part(late), part(early))
    else {
        return 0.0;
    };
    let error = late_error + early_error;
    if error <= 0.0 {
        return 0.0;
    }
    let dof = error * error / (late_error * late_error / late_dof + early_error * early_error / early_dof);
    student_t_ln_survival((late_mean - early_mean) / error.sqrt(), dof)
}

/// ln of the one-sided p-value that the scores rise from window to window, by the slope of least squares.
fn ln_p_rising(deviations: &[(usize, f64)], scores: &[f64]) -> f64 {
    let n = scores.len() as f64;
    let mean_window = deviations.iter().map(|(window, _)| *window as f64).sum::<f64>() / n;
    let mean_score = scores.iter().sum::<f64>() / n;
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for ((window, _), score) in deviations.iter().zip(scores) {
        let (x, y) = (*window as f64 - mean_window, score - mean_score);
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    let rest = yy - xy * xy / xx;
    if rest <= 0.0 || xx <= 0.0 {
        return 0.0;
    }
    student_t_ln_survival(xy / xx / (rest / (n - 2.0) / xx).sqrt(), n - 2.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::test_noise::noise;
    use super::*;

    fn changes(values: &[f64], period: Option<f64>) -> Vec<LevelShift> {
        let options = VarianceOptions::default();
        let (_, scores) = fluctuation(values, &options).unwrap();
        variance_changes(&scores, values, period, &options)
    }

    #[test]
    fn a_variance_that_steps_is_dated_up_and_down() {
        let values: Vec<f64> = noise(3_000, 5)
            .iter()
            .enumerate()
            .map(|(t, value)| value * if (1_000..2_000).contains(&t) { 2.0 } else { 1.0 })
            .collect();
        let found = changes(&values, None);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].slot.abs_diff(1_000) < 30 && found[1].slot.abs_diff(2_000) < 30, "{found:?}");
        assert!(found[0].after > found[0].before && found[1].after < found[1].before);
        let ratio = variance_within(&values, 1_000..2_000).unwrap() / variance_within(&values, 0..1_000).unwrap();
        assert!((ratio - 4.0).abs() < 0.8, "{ratio}");
        let (_, scores) = fluctuation(&values, &VarianceOptions::default()).unwrap();
        assert!(is_stepwise(&scores, &found));
    }

    #[test]
    fn growth_is_no_step_and_a_daily_loudness_no_change() {
        let growing: Vec<f64> =
            noise(3_000, 6).iter().enumerate().map(|(t, value)| value * (1.0 + t as f64 / 1_500.0)).collect();
        let (escalation, scores) = fluctuation(&growing, &VarianceOptions::default()).unwrap();
        let steps = changes(&growing, None);
        assert!(escalation.score > 1.0 && !is_stepwise(&scores, &steps), "{steps:?}");
        let daily: Vec<f64> = noise(3_000, 7)
            .iter()
            .enumerate()
            .map(|(t, value)| value * if (t / 300) % 2 == 0 { 1.0 } else { 2.0 })
            .collect();
        assert_eq!(changes(&daily, Some(600.0)), []);
        assert_eq!(changes(&daily, None), [], "more than four changes are a cycle");
    }

    #[test]
    fn steady_noise_keeps_its_variance() {
        let options = VarianceOptions { alpha: 0.01, ..VarianceOptions::default() };
        for phi in [0.0, 0.6, 0.9] {
            let changed = (0..300).filter(|seed| {
                let mut state = 0.0;
                let values: Vec<f64> = noise(1_440, 9_000 + seed)
                    .iter()
                    .map(|value| {
                        state = phi * state + value;
                        state
                    })
                    .collect();
                let (_, scores) = fluctuation(&values, &options).unwrap();
                !variance_changes(&scores, &values, None, &options).is_empty()
            });
            assert!(changed.count() <= 8, "{phi}");
        }
    }
}
