//! What an evidence chart or the series view draws. Bulk data: it travels beside the Report, never inside.

use serde::{Deserialize, Serialize};

/// A stretch of one series, thinned for display so that every extreme stays visible.
///
/// The vectors have one length. A gap is NaN in `values`; `lower` and `upper` bound the normal band, `low` and
/// `high` the 95 % interval of what the values before made one expect (NaN where there is none).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChartData {
    /// The series.
    pub series: usize,
    /// Times in milliseconds since 1970-01-01 UTC.
    pub times_ms: Vec<f64>,
    /// Values in the series' base unit.
    pub values: Vec<f64>,
    /// Lower bound of the normal band.
    pub lower: Vec<f64>,
    /// Upper bound of the normal band.
    pub upper: Vec<f64>,
    /// The mean of what was expected.
    pub expected: Vec<f64>,
    /// Lower end of its 95 % interval.
    pub low: Vec<f64>,
    /// Upper end of its 95 % interval.
    pub high: Vec<f64>,
    /// How surprising the value is: −log₂ of the chance of one as far out or further. NaN in a gap, too.
    pub bits: Vec<f64>,
}

/// How much is drawn behind the values of a series; more takes longer to work out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Behind {
    /// Nothing.
    Nothing,
    /// The normal band.
    Band,
    /// The normal band, and what was expected of every value.
    Course,
}
