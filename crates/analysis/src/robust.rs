//! Location and spread that a few wild values cannot move.
//!
//! NaN is ignored everywhere; infinite values are ignored too, since no spread is defined with them.

use std::borrow::Cow;

/// Scales a median absolute deviation to the standard deviation of normal data: 1 / Φ⁻¹(3/4).
pub const MAD_TO_SIGMA: f64 = 1.482_602_218_505_602;
/// Divides an interquartile range to give the standard deviation of normal data: 2 Φ⁻¹(3/4).
pub const IQR_PER_SIGMA: f64 = 1.348_979_500_392_163_5;

/// The finite values, in their order.
#[inline(never)]
pub fn finite(values: &[f64]) -> Vec<f64> {
    if values.iter().all(|value| value.is_finite()) {
        return values.to_vec();
    }
    let mut kept = Vec::with_capacity(values.len());
    kept.extend(values.iter().copied().filter(|value| value.is_finite()));
    kept
}

/// The same, copied only if there are others.
fn only_finite(values: &[f64]) -> Cow<'_, [f64]> {
    if values.iter().all(|value| value.is_finite()) { Cow::Borrowed(values) } else { Cow::Owned(finite(values)) }
}

/// The median; the mean of the two middle values where their number is even. None without a finite value.
///
/// Linear time (quickselect).
#[inline(never)]
pub fn median(values: &[f64]) -> Option<f64> {
    median_of_finite(&only_finite(values))
}

/// The median of values that are all finite.
pub fn median_of_finite(values: &[f64]) -> Option<f64> {
    quantile_of_finite(values, 0.5)
}

/// The quantile at `probability` (clamped to 0..=1), linear between order statistics (type 7 of Hyndman and Fan 1996,
/// the default of R and numpy). None without a finite value or with a NaN probability.
pub fn quantile(values: &[f64], probability: f64) -> Option<f64> {
    quantile_of_finite(&only_finite(values), probability)
}

/// [`quantile`] of values that are all finite.
#[inline(never)]
pub fn quantile_of_finite(values: &[f64], probability: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    if probability.is_nan() {
        return None;
    }
    let position = probability.clamp(0.0, 1.0) * last as f64;
    let below = (position.floor() as usize).min(last);
    let fraction = position - below as f64;
    let (low, high) = order::neighbours(values, below)?;
    Some(if fraction <= 0.0 { low } else { low + fraction * (high - low) })
}

/// The larger of two numbers; of NaN and a number, the number, as with `f64::max`. That is a call in the browser, which is much
/// in an innermost loop.
#[inline]
pub(crate) fn larger(one: f64, other: f64) -> f64 {
    if one.is_nan() || one < other { other } else { one }
}

/// The quantile at `probability` of values in ascending order, as [`quantile`].
pub fn quantile_of_sorted(sorted: &[f64], probability: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    if probability.is_nan() {
        return None;
    }
    let position = probability.clamp(0.0, 1.0) * last as f64;
    let below = (position.floor() as usize).min(last);
    let low = *sorted.get(below)?;
    let high = sorted.get(below + 1).copied().unwrap_or(low);
    Some(low + (position - below as f64) * (high - low))
}

/// The median absolute deviation from the median, times 1.4826: the standard deviation where the data are normal
/// (Hampel 1974). None without a finite value; 0 where more than half of the values are equal.
#[inline(never)]
pub fn mad(values: &[f64]) -> Option<f64> {
    let kept = finite(values);
    let centre = median_of_finite(&kept)?;
    mad_about(kept, centre)
}

/// [`mad`] of finite values with this median.
#[inline(never)]
fn mad_about(mut values: Vec<f64>, centre: f64) -> Option<f64> {
    for value in &mut values {
        *value = (*value - centre).abs();
    }
    Some(MAD_TO_SIGMA * median_of_finite(&values)?)
}

/// The spread in units of a standard deviation: the scaled MAD, or IQR / 1.349 where that is 0, or 0 where both are.
///
/// None without a finite value.
pub fn spread(values: &[f64]) -> Option<f64> {
    Standard::of(values).map(|standard| standard.spread)
}

/// The arithmetic mean of the finite values; none without one.
#[inline(never)]
pub fn mean(values: &[f64]) -> Option<f64> {
    let (count, sum) = values
        .iter()
        .filter(|value| value.is_finite())
        .fold((0usize, 0.0), |(count, sum), value| (count + 1, sum + value));
    (count > 0).then(|| sum / count as f64)
}

/// The sample variance (divisor n − 1) of the finite values; none with fewer than two.
#[inline(never)]
pub fn variance(values: &[f64]) -> Option<f64> {
    let centre = mean(values)?;
    let (count, sum) = values
        .iter()
        .filter(|value| value.is_finite())
        .fold((0usize, 0.0), |(count, sum), value| (count + 1, sum + (value - centre).powi(2)));
    (count > 1).then(|| sum / (count - 1) as f64)
}

/// What "normal" is for a series: its centre and its spread, to express values as robust z-scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standard {
    /// The median.
    pub centre: f64,
    /// The spread as by [`spread`]; 0 for a (nearly) constant series.
    pub spread: f64,
}

impl Standard {
    /// Of the finite values; none without one.
    #[inline(never)]
    pub fn of(values: &[f64]) -> Option<Self> {
        let kept = finite(values);
        let centre = median_of_finite(&kept)?;
        let scaled = mad_about(kept, centre)?;
        let spread = if scaled > 0.0 {
            scaled
        } else {
            let kept = finite(values);
            (quantile_of_finite(&kept, 0.75)? - quantile_of_finite(&kept, 0.25)?) / IQR_PER_SIGMA
        };
        Some(Self { centre, spread })
    }

    /// The robust z-score (value − centre) / spread. NaN for NaN; 0 where both the deviation and the spread are 0, and
    /// NaN where only the spread is (no unit to express the deviation in).
    pub fn z(&self, value: f64) -> f64 {
        let deviation = value - self.centre;
        if self.spread > 0.0 {
            deviation / self.spread
        } else if deviation == 0.0 {
            0.0
        } else {
            f64::NAN
        }
    }

    /// All values as robust z-scores.
    pub fn standardize(&self, values: &[f64]) -> Vec<f64> {
        values.iter().map(|&value| self.z(value)).collect()
    }
}
