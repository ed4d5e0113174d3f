//! Scales of time: micro, macro and meso, and the split of a series into them.

use thiserror::Error;

/// A scale of time, from short periods to long ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scale {
    /// From the step to 5 minutes.
    Micro,
    /// From 5 minutes to 6 hours.
    Macro,
    /// From 6 hours.
    Meso,
}

impl Scale {
    /// All scales, shortest periods first.
    pub const ALL: [Self; 3] = [Self::Micro, Self::Macro, Self::Meso];
}

/// Where one scale ends and the next begins, as periods in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Shortest period of the macro scale.
    pub macro_from_s: f64,
    /// Shortest period of the meso scale.
    pub meso_from_s: f64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { macro_from_s: 300.0, meso_from_s: 21_600.0 }
    }
}

impl Bounds {
    /// The periods of a scale in seconds, from (inclusive) and to (exclusive); meso has no upper end.
    pub fn periods_s(&self, scale: Scale) -> (f64, f64) {
        match scale {
            Scale::Micro => (0.0, self.macro_from_s),
            Scale::Macro => (self.macro_from_s, self.meso_from_s),
            Scale::Meso => (self.meso_from_s, f64::INFINITY),
        }
    }

    /// The scale a period belongs to.
    pub fn scale_of(&self, period_s: f64) -> Scale {
        if period_s < self.macro_from_s {
            Scale::Micro
        } else if period_s < self.meso_from_s {
            Scale::Macro
        } else {
            Scale::Meso
        }
    }
}

/// Why a scale says nothing about the data at hand.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum Unavailable {
    /// All periods of the scale are shorter than two steps.
    #[error("shortest visible period {nyquist_period_s} s (two steps), the scale ends at {longest_s} s")]
    AboveNyquist {
        /// Two steps, in seconds.
        nyquist_period_s: f64,
        /// Longest period of the scale, in seconds.
        longest_s: f64,
    },
    /// Even the shortest period of the scale does not fit three times.
    #[error("{covered_s} s of data, three cycles of the scale need {needed_s} s")]
    TooShort {
        /// Time covered by data, in seconds.
        covered_s: f64,
        /// Three times the shortest period of the scale, in seconds.
        needed_s: f64,
    },
}

/// The periods that can be seen of a scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Availability {
    /// Shortest visible period, in seconds: the scale's own, or two steps.
    pub shortest_s: f64,
    /// Longest visible period, in seconds: the scale's own, or a third of the time covered.
    pub longest_s: f64,
}

/// Which periods of `scale` can be seen with this step and this much data: at least two steps, at least three cycles.
///
/// # Errors
/// [`Unavailable`] with the two numbers that a sentence about it needs.
pub fn availability(step_s: f64, covered_s: f64, scale: Scale, bounds: &Bounds) -> Result<Availability, Unavailable> {
    let (from, to) = bounds.periods_s(scale);
    let nyquist_period_s = 2.0 * step_s;
    if to <= nyquist_period_s {
        return Err(Unavailable::AboveNyquist { nyquist_period_s, longest_s: to });
    }
    let shortest_s = from.max(nyquist_period_s);
    let longest_s = to.min(covered_s / 3.0);
    if longest_s < shortest_s {
        return Err(Unavailable::TooShort { covered_s, needed_s: 3.0 * shortest_s });
    }
    Ok(Availability { shortest_s, longest_s })
}

/// A series split by scale; the three parts add up to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Bands {
    /// Periods shorter than the macro bound.
    pub micro: Vec<f64>,
    /// Periods between the bounds.
    pub macro_band: Vec<f64>,
    /// Periods longer than the meso bound, with level and trend.
    pub meso: Vec<f64>,
}

impl Bands {
    /// The part at one scale.
    pub fn at(&self, scale: Scale) -> &[f64] {
        match scale {
            Scale::Micro => &self.micro,
            Scale::Macro => &self.macro_band,
            Scale::Meso => &self.meso,
        }
    }
}

/// Splits a series into micro, macro and meso by two Gaussian low-pass filters with half power at the bounds.
///
/// Additive: where a value is present the three parts sum to it (to rounding); where it is missing all three are
/// NaN. Gaps: each smoothing weighs the present values only, so nothing is invented. The bands overlap softly, so
/// energies are close to orthogonal, not exactly; a period at a quarter or four times a bound is ≥ 95 % in its own
/// band. A scale that is entirely above Nyquist gets zeros. Level and trend are meso. O(n).
pub fn split(values: &[f64], step_s: f64, bounds: &Bounds) -> Bands {
    let below_macro = smooth(values, bounds.macro_from_s / step_s);
    let below_meso = smooth(values, bounds.meso_from_s / step_s);
    let difference = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f64>>();
    Bands {
        micro: difference(values, &below_macro),
        macro_band: difference(&below_macro, &below_meso),
        meso: below_meso,
    }
}

/// Gaussian low-pass with half power at `cutoff` (period in steps), normalised over the present values.
fn smooth(values: &[f64], cutoff: f64) -> Vec<f64> {
    // Below Nyquist there is nothing to separate.
    if cutoff <= 2.0 {
        return values.iter().map(|v| if v.is_finite() { *v } else { f64::NAN }).collect();
    }
    let sigma = std::f64::consts::LN_2.sqrt() * cutoff / std::f64::consts::TAU;
    let present: Vec<f64> = values.iter().map(|v| f64::from(u8::from(v.is_finite()))).collect();
    let count: f64 = present.iter().sum();
    if count == 0.0 {
        return vec![f64::NAN; values.len()];
    }
    // Filtering deviations from the mean keeps the sums small beside a large level.
    let mean = values.iter().filter(|v| v.is_finite()).sum::<f64>() / count;
    let mut sums: Vec<f64> = values.iter().map(|v| if v.is_finite() { v - mean } else { 0.0 }).collect();
    let mut weights = present;
    if sigma < 4.0 {
        let taps = gaussian_taps(sigma);
        sums = convolve(&sums, &taps);
        weights = convolve(&weights, &taps);
    } else {
        for radius in box_radii(sigma) {
            sums = box_sum(&sums, radius);
            weights = box_sum(&weights, radius);
        }
    }
    values
        .iter()
        .zip(sums.iter().zip(&weights))
        .map(|(v, (sum, weight))| if v.is_finite() { mean + sum / weight } else { f64::NAN })
        .collect()
}

fn gaussian_taps(sigma: f64) -> Vec<f64> {
    let radius = (4.0 * sigma).ceil() as usize;
    (0..=radius).map(|lag| (-0.5 * (lag as f64 / sigma).powi(2)).exp()).collect()
}

fn convolve(values: &[f64], taps: &[f64]) -> Vec<f64> {
    (0..values.len())
        .map(|t| {
            taps.iter().enumerate().fold(0.0, |sum, (lag, tap)| {
                let after = values.get(t + lag).copied().unwrap_or(0.0);
                let before = if lag > 0 && t >= lag { values[t - lag] } else { 0.0 };
                sum + tap * (after + before)
            })
        })
        .collect()
}

/// Radii of four running means whose variances add up to σ² as nearly as whole numbers allow.
fn box_radii(sigma: f64) -> [usize; 4] {
    let ideal = (12.0 * sigma * sigma / 4.0 + 1.0).sqrt();
    let mut lower = (ideal.floor() as usize).max(1);
    if lower.is_multiple_of(2) {
        lower -= 1;
    }
    let width = lower as f64;
    let narrow = (12.0 * sigma * sigma - 4.0 * width * width - 16.0 * width - 12.0) / (-4.0 * width - 4.0);
    let narrow = narrow.round().clamp(0.0, 4.0) as usize;
    let mut radii = [(lower + 2) / 2; 4];
    radii.iter_mut().take(narrow).for_each(|radius| *radius = lower / 2);
    radii
}

/// Sums over [t − radius, t + radius], zeros beyond the ends.
fn box_sum(values: &[f64], radius: usize) -> Vec<f64> {
    let mut prefix = Vec::with_capacity(values.len() + 1);
    let mut total = 0.0;
    prefix.push(0.0);
    for value in values {
        total += value;
        prefix.push(total);
    }
    let scale = 1.0 / (2 * radius + 1) as f64;
    (0..values.len())
        .map(|t| {
            let to = (t + radius + 1).min(values.len());
            (prefix[to] - prefix[t.saturating_sub(radius)]) * scale
        })
        .collect()
}
