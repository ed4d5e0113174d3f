//! Season, trend and remainder.

use super::stl::{StlOptions, stl};
use crate::anomaly::rolling::centred_medians;
use crate::robust;
use thiserror::Error;

/// How to take a series apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeasonOptions {
    /// Whether wild values are kept from bending season and trend.
    pub robust: bool,
    /// The number of cycles over which the season is smoothed (STL's n(s), odd); the larger, the steadier the season. With
    /// fewer cycles in the series it is nearly the same in all.
    pub smoothed_cycles: usize,
    /// With fewer cycles than this, STL's phases have too few values to tell a wild one from the season; a median profile
    /// takes its place (see [`decompose`]).
    pub few_cycles: usize,
}

impl Default for SeasonOptions {
    fn default() -> Self {
        Self { robust: true, smoothed_cycles: 35, few_cycles: 14 }
    }
}

/// value = trend + seasonal + remainder. All have the input's length; NaN where the input is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Decomposition {
    /// The slow part.
    pub trend: Vec<f64>,
    /// The part that repeats with the period.
    pub seasonal: Vec<f64>,
    /// The rest.
    pub remainder: Vec<f64>,
}

impl Decomposition {
    /// How much of what is not trend the season explains, from 0 to 1: 1 − Var(remainder) / Var(seasonal + remainder)
    /// (Wang, Smith and Hyndman 2006). NaN where there is nothing to explain.
    pub fn seasonal_strength(&self) -> f64 {
        let detrended: Vec<f64> = self.seasonal.iter().zip(&self.remainder).map(|(a, b)| a + b).collect();
        match (robust::variance(&self.remainder), robust::variance(&detrended)) {
            (Some(rest), Some(all)) if all > 0.0 => (1.0 - rest / all).max(0.0),
            _ => f64::NAN,
        }
    }
}

/// Why a series cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SeasonError {
    /// The period is below 2 slots.
    #[error("a season needs a period of at least 2 slots, not {period}")]
    PeriodTooShort {
        /// The period given.
        period: usize,
    },
    /// There are fewer values than two full cycles have.
    #[error("a season of {period} slots needs at least {} values, not {count}", 2 * period)]
    TooFewCycles {
        /// The period given.
        period: usize,
        /// The number of values.
        count: usize,
    },
}

/// STL's robustness loops. On seasons with noise, wild values and a burst, two are as near to the truth as the usual
/// fifteen, at a fifth of the work (docs/methods/season.md).
const ROBUSTNESS_LOOPS: usize = 2;

/// Takes a series apart given its period in slots.
///
/// With `few_cycles` cycles or more by STL (Cleveland, Cleveland, McRae and Terpenning 1990): local regression of each
/// phase across cycles, and of what is left across time, with wild values weighted down if `robust`.
///
/// With fewer by a profile: the trend is the rolling median over one period; the season is each phase's median over the
/// cycles, smoothed over neighbouring phases (a 24th of the period, rolling median, then mean), except where a phase
/// stands out from its neighbours by more than 3.5 spreads, as a short job at a fixed time does.
///
/// Missing values are bridged for STL, by the mean of the nearest values of the same phase before and after, or by a
/// straight line where a phase has none; the profile needs no bridges. They are NaN again in the result. Infinite values
/// count as missing. Time and memory grow with the length of the series.
pub fn decompose(values: &[f64], period: usize, options: &SeasonOptions) -> Result<Decomposition, SeasonError> {
    if period < 2 {
        return Err(SeasonError::PeriodTooShort { period });
    }
    let count = values.iter().filter(|value| value.is_finite()).count();
    if count < 2 * period {
        return Err(SeasonError::TooFewCycles { period, count });
    }
    if values.len() / period < options.few_cycles {
        return Ok(by_profile(values, period));
    }
    let (inner_loops, robustness_loops) = if options.robust { (1, ROBUSTNESS_LOOPS) } else { (2, 0) };
    let whole = bridged(values, period);
    let (mut seasonal, mut trend) =
        stl(&whole, period, &StlOptions { smoothed_cycles: options.smoothed_cycles, inner_loops, robustness_loops });
    let parts = whole.iter().zip(&seasonal).zip(&trend);
    let mut remainder: Vec<f64> = parts.map(|((value, season), trend)| value - season - trend).collect();
    for (slot, _) in values.iter().enumerate().filter(|(_, value)| !value.is_finite()) {
        for part in [&mut seasonal, &mut trend, &mut remainder] {
            if let Some(value) = part.get_mut(slot) {
                *value = f64::NAN;
            }
        }
    }
    Ok(Decomposition { trend, seasonal, remainder })
}

/// Beyond how many spreads a phase is no chance deviation from its neighbours.
const SHARP: f64 = 3.5;

fn by_profile(values: &[f64], period: usize) -> Decomposition {
    let missing = |slot: usize| !values.get(slot).is_some_and(|value| value.is_finite());
    let mut trend = centred_medians(values, period);
    let detrended: Vec<f64> = values.iter().zip(&trend).map(|(value, level)| value - level).collect();
    let medians: Vec<f64> = (0..period)
        .map(|phase| {
            let of_phase: Vec<f64> = detrended.iter().skip(phase).step_by(period).copied().collect();
            robust::median(&of_phase).unwrap_or(f64::NAN)
        })
        .collect();
    let half = period / 48;
    let smooth = around(&around(&medians, half, robust::median), half, robust::mean);
    let residuals: Vec<f64> = medians.iter().zip(&smooth).map(|(median, smooth)| median - smooth).collect();
    let reach = SHARP * robust::spread(&residuals).unwrap_or(0.0);
    let profile: Vec<f64> = smooth
        .iter()
        .zip(&residuals)
        .map(|(smooth, residual)| if residual.abs() > reach { smooth + residual } else { *smooth })
        .collect();
    let offset = robust::mean(&profile).unwrap_or(0.0);
    let mut seasonal: Vec<f64> = profile.iter().map(|value| value - offset).cycle().take(values.len()).collect();
    for (slot, (trend, seasonal)) in trend.iter_mut().zip(&mut seasonal).enumerate() {
        *trend += offset;
        if missing(slot) {
            *trend = f64::NAN;
            *seasonal = f64::NAN;
        }
    }
    let remainder =
        values.iter().zip(&trend).zip(&seasonal).map(|((value, trend), seasonal)| value - trend - seasonal).collect();
    Decomposition { trend, seasonal, remainder }
}

/// A statistic of the `half` phases before and after each and of itself, around the cycle; of no phase 0.
fn around(profile: &[f64], half: usize, statistic: fn(&[f64]) -> Option<f64>) -> Vec<f64> {
    let period = profile.len();
    (0..period)
        .map(|phase| {
            let neighbours: Vec<f64> = (0..=2 * half)
                .filter_map(|step| profile.get((phase + period - half + step) % period).copied())
                .collect();
            statistic(&neighbours).unwrap_or(0.0)
        })
        .collect()
}

/// The values with the missing ones filled, by phase where possible.
fn bridged(values: &[f64], period: usize) -> Vec<f64> {
    let finite = |slot: usize| values.get(slot).copied().filter(|value| value.is_finite());
    let line = interpolated(values);
    (0..values.len())
        .map(|slot| {
            if let Some(value) = finite(slot) {
                return value;
            }
            let before = (1..=slot / period).find_map(|cycles| finite(slot - cycles * period));
            let after = (slot + period..values.len()).step_by(period).find_map(finite);
            match (before, after) {
                (Some(before), Some(after)) => 0.5 * (before + after),
                (Some(only), None) | (None, Some(only)) => only,
                (None, None) => line.get(slot).copied().unwrap_or(0.0),
            }
        })
        .collect()
}

/// The values with straight lines across the gaps, and level lines at the ends.
fn interpolated(values: &[f64]) -> Vec<f64> {
    let known: Vec<(usize, f64)> = values.iter().copied().enumerate().filter(|(_, value)| value.is_finite()).collect();
    let mut filled = values.to_vec();
    let mut next = 0;
    for (slot, value) in filled.iter_mut().enumerate().filter(|(_, value)| !value.is_finite()) {
        while known.get(next).is_some_and(|(at, _)| *at < slot) {
            next += 1;
        }
        let before = next.checked_sub(1).and_then(|position| known.get(position));
        *value = match (before, known.get(next)) {
            (Some((from, low)), Some((to, high))) => low + (high - low) * (slot - from) as f64 / (to - from) as f64,
            (Some((_, only)), None) | (None, Some((_, only))) => *only,
            (None, None) => 0.0,
        };
    }
    filled
}
