//! Variance escalation: the fluctuation grows from window to window.

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
    /// One-sided p-value of Brown and Forsythe's test, last window against first.
    pub p_last_against_first: f64,
    /// One-sided p-value of the trend of the spread over all windows.
    pub p_trend: f64,
    /// The larger of the two: both must hold.
    pub p: f64,
    /// √(ln p / ln α), lowered where `ratio` is below the minimum; 1.0 is the threshold.
    pub score: f64,
}

/// Tests whether the variance grows. None where fewer than 8 values would fall to a window, or the series is constant.
pub fn variance_escalation(values: &[f64], options: &VarianceOptions) -> Option<VarianceEscalation> {
    let _ = (values, options);
    None
}
