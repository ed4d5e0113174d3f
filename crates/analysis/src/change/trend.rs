//! Slow drifts: Theil–Sen slope and an autocorrelation-corrected Mann–Kendall test.

use crate::autocorrelation::{Autoregression, Removed, corrected_coefficient, default_max_order};
use crate::distribution::{score_from_ln_p, student_t_ln_survival, student_t_upper_quantile};
use crate::robust;

/// How to look for a trend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrendOptions {
    /// The probability that a series without trend reaches score 1.
    pub alpha: f64,
    /// The confidence of the slope's interval.
    pub confidence: f64,
    /// The most points that the slope is computed from; longer series are replaced by block medians.
    pub blocks: usize,
}

impl Default for TrendOptions {
    fn default() -> Self {
        Self { alpha: 0.001, confidence: 0.95, blocks: 192 }
    }
}

/// A straight line through a series, and how sure its slope is. Slots are the unit of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// First slot with a value.
    pub start: usize,
    /// Last slot with a value.
    pub end: usize,
    /// Change per slot (Theil 1950, Sen 1968).
    pub slope: f64,
    /// Lower end of the slope's confidence interval.
    pub slope_low: f64,
    /// Upper end.
    pub slope_high: f64,
    /// The line's value at slot 0.
    pub intercept: f64,
    /// Kendall's τ-b between value and time.
    pub kendall_tau: f64,
    /// The number of independent values that the series is worth.
    pub effective_count: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// √(ln p / ln α); 1.0 is the threshold.
    pub score: f64,
}

impl Trend {
    /// The line's value at a slot.
    pub fn value_at(&self, slot: f64) -> f64 {
        self.intercept + self.slope * slot
    }

    /// The line's change from the first to the last slot with a value.
    pub fn change(&self) -> f64 {
        self.slope * (self.end - self.start) as f64
    }

    /// Slots from `end` until the line reaches `limit`; 0 if it is there already, none if it does not go there.
    pub fn time_to(&self, limit: f64) -> Option<f64> {
        let distance = limit - self.value_at(self.end as f64);
        if distance == 0.0 {
            return Some(0.0);
        }
        let slots = distance / self.slope;
        (slots.is_finite() && slots > 0.0).then_some(slots)
    }

    /// Earliest and latest slots from `end` until `limit` by the slope's interval; the latest is infinite where the
    /// interval holds slopes that never reach it. None as for [`Trend::time_to`].
    pub fn time_to_interval(&self, limit: f64) -> Option<(f64, f64)> {
        let distance = limit - self.value_at(self.end as f64);
        self.time_to(limit)?;
        let (steep, flat) =
            if distance > 0.0 { (self.slope_high, self.slope_low) } else { (self.slope_low, self.slope_high) };
        let latest = if distance / flat > 0.0 { distance / flat } else { f64::INFINITY };
        Some((distance / steep, latest))
    }
}

/// Fits and tests a trend. None with fewer than 10 values, or for a constant series.
///
/// Series of more than 4,096 slots are first replaced by medians of equal blocks, and the slope is computed from at most
/// `blocks` such medians, over all pairs. Missing values are left out.
///
/// Two tests, each at half of α, either of which may speak. (1) Mann–Kendall's S over all values, its variance raised by
/// the inflation that an autoregression of the residuals implies (Hamed and Rao 1998 with a model's autocorrelations
/// instead of estimated ones, bias-corrected), compared with Student's t of as many degrees of freedom as there are
/// independent values: right for noise about a line. (2) The mean of the first differences against their long-run
/// variance: right for a random walk with drift, where (1) is blind, and never liberal for noise about a line.
pub fn trend(values: &[f64], options: &TrendOptions) -> Option<Trend> {
    trend_with_ln_p(values, options).map(|(found, _)| found)
}

/// The same with ln p, which is known where p itself is too small for a number.
pub(super) fn trend_with_ln_p(values: &[f64], options: &TrendOptions) -> Option<(Trend, f64)> {
    let start = values.iter().position(|value| value.is_finite())?;
    let end = values.iter().rposition(|value| value.is_finite())?;
    let inside = values.get(start..=end)?;
    let stride = inside.len().div_ceil(LONGEST);
    let shortened = if stride > 1 { block_medians(inside, stride) } else { inside.to_vec() };
    let count = shortened.iter().filter(|value| value.is_finite()).count();
    if count < FEWEST_VALUES {
        return None;
    }
    let statistic = kendall(&shortened)?;

    let block = shortened.len().div_ceil(options.blocks.max(FEWEST_VALUES));
    let points: Vec<(f64, f64)> = block_medians(&shortened, block)
        .into_iter()
        .enumerate()
        .filter(|(_, value)| value.is_finite())
        .map(|(index, value)| (index as f64, value))
        .collect();
    let slopes = pairwise_slopes(&points);
    let slope_of_blocks = robust::median_of_finite(&slopes)?;
    let slope = slope_of_blocks / block as f64;
    let detrended: Vec<f64> = shortened.iter().enumerate().map(|(index, value)| value - slope * index as f64).collect();
    let intercept = robust::median(&detrended)?;

    let model = Autoregression::fit(&detrended, default_max_order(count));
    let effective_count = model.as_ref().map_or(count as f64, |model| {
        let persistence = corrected_coefficient(model.persistence(), count, Removed::Line);
        (count as f64 / model.variance_inflation(persistence)).clamp(1.0, count as f64)
    });
    let ln_p_kendall = ln_p_of_kendall(&statistic, count, effective_count);
    let ln_p_drift = ln_p_of_drift(&shortened);
    let ln_p = (ln_p_kendall.min(ln_p_drift) + 2f64.ln()).min(0.0);

    // Sen's interval: the ranks of the slopes within which S would lie, for the number of independent blocks.
    let blocks = points.len() as f64;
    // Neither more than the blocks nor more than the independent values; where both are scarce, fewer than either.
    let independent = (blocks * effective_count / (blocks + effective_count)).max(3.0);
    let variance = blocks * (blocks - 1.0) * (2.0 * blocks + 5.0) / 18.0 * (blocks / independent);
    let tail = 0.5 * (1.0 - options.confidence.clamp(0.0, 1.0 - 1e-12));
    let reach = student_t_upper_quantile(tail, (independent - 2.0).max(1.0)) * variance.sqrt() / slopes.len() as f64;
    let slope_low = robust::quantile_of_finite(&slopes, 0.5 - 0.5 * reach)?;
    let slope_high = robust::quantile_of_finite(&slopes, 0.5 + 0.5 * reach)?;

    let per_slot = 1.0 / stride as f64;
    // The middle of the first block lies (stride − 1) / 2 slots behind `start`.
    let origin = start as f64 + 0.5 * (stride - 1) as f64;
    let slope = slope * per_slot;
    let found = Trend {
        start,
        end,
        slope,
        slope_low: slope_low / block as f64 * per_slot,
        slope_high: slope_high / block as f64 * per_slot,
        intercept: intercept - slope * origin,
        kendall_tau: statistic.tau,
        effective_count,
        p: ln_p.exp(),
        score: score_from_ln_p(ln_p, options.alpha),
    };
    Some((found, ln_p))
}

/// The fewest values that a trend is sought in.
const FEWEST_VALUES: usize = 10;
/// The most slots that are tested one by one.
const LONGEST: usize = 4_096;

/// Medians of consecutive blocks of `block` slots; a last block less than half full is left out.
fn block_medians(values: &[f64], block: usize) -> Vec<f64> {
    if block <= 1 {
        return values.to_vec();
    }
    values
        .chunks(block)
        .filter(|chunk| 2 * chunk.len() >= block)
        .map(|chunk| robust::median(chunk).unwrap_or(f64::NAN))
        .collect()
}

fn pairwise_slopes(points: &[(f64, f64)]) -> Vec<f64> {
    let mut slopes = Vec::with_capacity(points.len() * points.len().saturating_sub(1) / 2);
    for (index, (x, y)) in points.iter().enumerate() {
        let later = points.get(index + 1..).unwrap_or_default();
        slopes.extend(later.iter().map(|(later_x, later_y)| (later_y - y) / (later_x - x)));
    }
    slopes
}

/// Mann–Kendall's statistic.
struct Kendall {
    /// Pairs that rise minus pairs that fall.
    s: f64,
    /// The variance of `s` for independent values, corrected for ties.
    variance: f64,
    /// τ-b.
    tau: f64,
}

/// Kendall's statistic of the values that are not missing against their order; none if all are equal.
///
/// O(n log n): the falling pairs are the inversions that a merge sort repairs (Knight 1966).
fn kendall(values: &[f64]) -> Option<Kendall> {
    let mut sorted = robust::finite(values);
    let n = sorted.len() as f64;
    let mut buffer = sorted.clone();
    let falling = inversions(&mut sorted, &mut buffer) as f64;
    let pairs = 0.5 * n * (n - 1.0);
    let (mut tied_pairs, mut tied_variance) = (0.0, 0.0);
    for tied in sorted.chunk_by(|a, b| a == b) {
        let t = tied.len() as f64;
        tied_pairs += 0.5 * t * (t - 1.0);
        tied_variance += t * (t - 1.0) * (2.0 * t + 5.0);
    }
    let s = pairs - tied_pairs - 2.0 * falling;
    let variance = (n * (n - 1.0) * (2.0 * n + 5.0) - tied_variance) / 18.0;
    (pairs > tied_pairs).then(|| Kendall { s, variance, tau: s / (pairs * (pairs - tied_pairs)).sqrt() })
}

/// Sorts ascending and counts the pairs that stood in falling order.
fn inversions(values: &mut [f64], buffer: &mut [f64]) -> u64 {
    if values.len() <= SHORT_RUN {
        return inversions_by_insertion(values);
    }
    let middle = values.len() / 2;
    let (left, right) = values.split_at_mut(middle);
    let (left_buffer, right_buffer) = buffer.split_at_mut(middle);
    let mut count = inversions(left, left_buffer) + inversions(right, right_buffer);
    let (mut from_left, mut from_right) = (0, 0);
    // Without a branch on the values, which in noise no processor guesses.
    while let (Some(&a), Some(&b)) = (left.get(from_left), right.get(from_right)) {
        let falls = usize::from(a > b);
        buffer[from_left + from_right] = [a, b][falls];
        count += (falls * (left.len() - from_left)) as u64;
        from_left += 1 - falls;
        from_right += falls;
    }
    // What is left of the right half stands in its place.
    let rest = &left[from_left..];
    buffer[from_left + from_right..][..rest.len()].copy_from_slice(rest);
    let merged = from_right + left.len();
    values[..merged].copy_from_slice(&buffer[..merged]);
    count
}

/// The longest run that is sorted by insertion.
const SHORT_RUN: usize = 16;

fn inversions_by_insertion(values: &mut [f64]) -> u64 {
    let mut count = 0;
    for end in 1..values.len() {
        let value = values[end];
        let mut place = end;
        while place > 0 && values[place - 1] > value {
            values[place] = values[place - 1];
            place -= 1;
        }
        values[place] = value;
        count += (end - place) as u64;
    }
    count
}

/// ln of the two-sided p-value of S, with the continuity correction.
fn ln_p_of_kendall(statistic: &Kendall, count: usize, effective_count: f64) -> f64 {
    let dof = 0.4 * effective_count - 1.0;
    if dof < 1.0 || statistic.variance <= 0.0 {
        return 0.0;
    }
    let inflation = count as f64 / effective_count;
    let z = (statistic.s.abs() - 1.0).max(0.0) / (statistic.variance * inflation).sqrt();
    (student_t_ln_survival(z, dof) + 2f64.ln()).min(0.0)
}

/// ln of the two-sided p-value that the mean of the differences between neighbours is 0.
fn ln_p_of_drift(values: &[f64]) -> f64 {
    let differences: Vec<f64> =
        values.iter().zip(values.iter().skip(1)).map(|(before, after)| after - before).collect();
    let count = differences.iter().filter(|difference| difference.is_finite()).count();
    let (Some(mean), Some(variance)) = (robust::mean(&differences), robust::variance(&differences)) else {
        return 0.0;
    };
    // Differences of noise about a line go to and fro; a long-run variance below the plain one must not be believed.
    let inflation = Autoregression::fit(&differences, default_max_order(count)).map_or(1.0, |model| {
        model.variance_inflation(corrected_coefficient(model.persistence(), count, Removed::Mean)).max(1.0)
    });
    let effective_count = count as f64 / inflation;
    if effective_count < 4.0 || variance <= (mean.abs() * 1e-9).powi(2) {
        return 0.0;
    }
    (student_t_ln_survival(mean.abs() / (variance / effective_count).sqrt(), 0.5 * effective_count - 1.0) + 2f64.ln())
        .min(0.0)
}
