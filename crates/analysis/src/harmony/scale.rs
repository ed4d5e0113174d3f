//! Scales of time: micro, macro and meso, and the split of a series into them.

use thiserror::Error;

use super::modwt::{centre, details, last_level, octave};
use crate::distribution::chi_squared_upper_quantile;
use crate::spectrum::bridge;

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

/// Splits a series into micro, macro and meso by the multiresolution analysis of the MODWT ([`scale_energy`]): the
/// details of all octaves whose middle lies in the scale; level, trend and the longest periods are meso.
///
/// Additive: where a value is present the three parts sum to it (to rounding); where it is missing all three are
/// NaN. The filters have no phase, so nothing moves in time. The edge between two scales lies at a power of two steps,
/// within a factor √2 of the bound. A scale that is entirely above Nyquist gets zeros. Gaps of any length are bridged
/// by straight lines for the transform alone; at the ends the series is reflected. O(n log n).
pub fn split(values: &[f64], step_s: f64, bounds: &Bounds) -> Bands {
    let missing = || vec![f64::NAN; values.len()];
    let Some(whole) = Whole::of(values) else {
        return Bands { micro: missing(), macro_band: missing(), meso: missing() };
    };
    let len = whole.centred.len();
    let (mut micro, mut macro_band) = (vec![0.0; len], vec![0.0; len]);
    let levels = (1..=last_level(len)).take_while(|level| centre(*level) * step_s < bounds.meso_from_s).count();
    let smooth = details(&whole.centred, levels, |level, detail| {
        let into = if bounds.scale_of(centre(level) * step_s) == Scale::Micro { &mut micro } else { &mut macro_band };
        into.iter_mut().zip(detail).for_each(|(sum, detail)| *sum += detail);
    });
    let placed = |part: &[f64], level: f64| {
        let mut band = missing();
        for ((slot, value), part) in band.iter_mut().zip(values).skip(whole.start).zip(part) {
            if value.is_finite() {
                *slot = part + level;
            }
        }
        band
    };
    Bands { micro: placed(&micro, 0.0), macro_band: placed(&macro_band, 0.0), meso: placed(&smooth, whole.mean) }
}

/// The variance of one octave of periods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelVariance {
    /// Shortest period of the octave, in steps.
    pub shortest_steps: f64,
    /// Longest period of the octave, in steps.
    pub longest_steps: f64,
    /// The scale that the octave belongs to.
    pub scale: Scale,
    /// Its part of the variance of the series, in squared units of the values.
    pub variance: f64,
    /// How many independent squares it is worth: values over the shortest period, at least 1 (Percival & Walden 2000,
    /// equation 313d).
    pub freedom: f64,
}

impl LevelVariance {
    /// The interval that holds the true variance with this confidence (0.95, say), for stationary noise: χ² with
    /// `freedom`.
    pub fn interval(&self, confidence: f64) -> (f64, f64) {
        let tail = 0.5 * (1.0 - confidence);
        let sum = self.freedom * self.variance.max(0.0);
        (
            sum / chi_squared_upper_quantile(tail, self.freedom),
            sum / chi_squared_upper_quantile(1.0 - tail, self.freedom),
        )
    }
}

/// How the variance of a series divides among the scales, exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaleEnergy {
    /// Share of micro, macro and meso in the variance; they sum to 1.
    pub shares: [f64; 3],
    /// Variance of the present values (mean squared deviation), in squared units.
    pub variance: f64,
    /// The octaves, shortest periods first; with `smooth` they sum to `variance`.
    pub levels: Vec<LevelVariance>,
    /// What varies more slowly than the last octave (trend and periods longer than the data); counted as meso.
    pub smooth: f64,
}

/// Divides the variance of a series among the scales by its wavelet variances.
///
/// MODWT with the wavelet LA(8), the series reflected at both ends. An octave of periods (2ʲ to 2ʲ⁺¹ steps) belongs to
/// the scale that its middle 2ʲ·√2 lies in. The parts sum to the variance to rounding, for any series.
///
/// Missing values: gaps are bridged by straight lines for the transform, and the present values alone are counted
/// (each part is the mean product of the values with their detail). The sum stays exact; beside gaps a part is an
/// estimate and can come out a little below zero, which counts as zero in `shares`. `None` with under 8 values, under
/// half of the span present, or no variance.
pub fn scale_energy(values: &[f64], step_s: f64, bounds: &Bounds) -> Option<ScaleEnergy> {
    let whole = Whole::of(values)?;
    let span = values.get(whole.start..whole.start + whole.centred.len())?;
    let present = span.iter().filter(|v| v.is_finite()).count();
    if present < 8 || 2 * present < span.len() {
        return None;
    }
    let product = |part: &[f64]| {
        let terms = span.iter().zip(whole.centred.iter().zip(part));
        terms.filter(|(v, _)| v.is_finite()).map(|(_, (value, part))| value * part).sum::<f64>() / present as f64
    };
    let variance = product(&whole.centred);
    // Rounding alone.
    if !(variance.is_finite() && variance.sqrt() > 1e-12 * whole.mean.abs()) {
        return None;
    }
    let mut levels = Vec::new();
    let smooth = details(&whole.centred, usize::MAX, |level, detail| {
        let (shortest_steps, longest_steps) = octave(level);
        levels.push(LevelVariance {
            shortest_steps,
            longest_steps,
            scale: bounds.scale_of(centre(level) * step_s),
            variance: product(detail),
            freedom: (present as f64 / shortest_steps).max(1.0),
        });
    });
    let smooth = product(&smooth);
    let sum =
        |scale: Scale| levels.iter().filter(|level| level.scale == scale).map(|level| level.variance).sum::<f64>();
    let parts = [sum(Scale::Micro), sum(Scale::Macro), sum(Scale::Meso) + smooth].map(|part| part.max(0.0));
    let total: f64 = parts.iter().sum();
    Some(ScaleEnergy { shares: parts.map(|part| part / total), variance, levels, smooth })
}

/// A series from its first present value to its last, less its mean, with straight lines across the gaps.
struct Whole {
    start: usize,
    mean: f64,
    centred: Vec<f64>,
}

impl Whole {
    fn of(values: &[f64]) -> Option<Self> {
        let start = values.iter().position(|v| v.is_finite())?;
        let end = values.iter().rposition(|v| v.is_finite())?;
        let span = values.get(start..=end)?;
        // From deviations, so that a large level costs no digits.
        let first = *span.first()?;
        let present = || span.iter().filter(|v| v.is_finite());
        let mean = first + present().map(|v| v - first).sum::<f64>() / present().count() as f64;
        let mut centred = bridge(span, usize::MAX);
        centred.iter_mut().for_each(|v| *v -= mean);
        Some(Self { start, mean, centred })
    }
}
