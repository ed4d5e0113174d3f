//! What an evidence chart or the series view draws. Bulk data: it travels beside the Report, never inside.

use serde::{Deserialize, Serialize};

/// A stretch of one series, thinned for display so that every extreme stays visible.
///
/// The vectors have one length. A gap is NaN in `values`; `lower` and `upper` bound the normal band (NaN where there is
/// none).
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
}
