//! Variance escalation: the fluctuation grows from window to window.

use crate::autocorrelation::{default_max_order, prewhiten};
use crate::distribution::{normal_quantile, score_from_ln_p, student_t_ln_survival};
use crate::robust;

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
    let count = options.windows.max(3);
    let length = values.len() / count;
    let skipped = values.len() - length * count;
    let residuals = prewhiten(values, default_max_order(values.len()));
    let mut windows = Vec::with_capacity(count);
    let mut deviations: Vec<(usize, f64)> = Vec::with_capacity(values.len());
    let mut variances = Vec::with_capacity(count);
    for index in 0..count {
        let start = skipped + index * length;
        let end = start + length;
        let inside = residuals.get(start..end)?;
        let centre = robust::median(inside)?;
        let before = deviations.len();
        deviations.extend(inside.iter().filter(|value| value.is_finite()).map(|value| (index, (value - centre).abs())));
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
    Some(VarianceEscalation {
        windows,
        ratio,
        p_last_against_first: ln_p_last.exp(),
        p_trend: ln_p_trend.exp(),
        p: ln_p.exp(),
        score: score_from_ln_p(ln_p, options.alpha) * relevance,
    })
}

/// The fewest residuals in a window.
const FEWEST_VALUES: usize = 8;

/// Φ⁻¹(½ + rank / 2(n + 1)) of each deviation, ties sharing their mean rank: half-normal, as |N(0, 1)| would be.
fn normal_scores(deviations: &[(usize, f64)]) -> Vec<f64> {
    let sizes: Vec<f64> = deviations.iter().map(|(_, size)| *size).collect();
    let positions = order::positions(&sizes);
    let mut scores = vec![0.0; deviations.len()];
    let n = deviations.len() as f64;
    let mut from = 0;
    for tied in positions.chunk_by(|a, b| sizes.get(*a) == sizes.get(*b)) {
        let rank = from as f64 + (tied.len() as f64 + 1.0) / 2.0;
        let score = normal_quantile(0.5 + 0.5 * rank / (n + 1.0));
        for position in tied {
            if let Some(slot) = scores.get_mut(*position) {
                *slot = score;
            }
        }
        from += tied.len();
    }
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
