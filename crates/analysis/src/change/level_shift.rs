//! Level shifts: the value moves and stays.

/// What a segment without change costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Sum of squares about the segment's mean (change of mean at known variance 1).
    Mean,
    /// n ln of the segment's variance (change of mean and variance of normal data).
    MeanVariance,
}

/// Change points by PELT (Killick, Fearnhead and Eckley 2012): the segmentation with the least cost + `penalty` per
/// change, exactly, in close to linear time when changes are frequent.
///
/// Returns the first slot of each new segment, ascending. Missing values cost nothing. `minimum_length` ≥ 1 (≥ 2 for
/// [`Cost::MeanVariance`]) is the fewest slots of a segment.
pub fn pelt(values: &[f64], cost: Cost, penalty: f64, minimum_length: usize) -> Vec<usize> {
    let _ = (values, cost, penalty, minimum_length);
    Vec::new()
}

/// How to look for level shifts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelShiftOptions {
    /// The probability that a series without a shift gives any.
    pub alpha: f64,
    /// The fewest slots that a level must last.
    pub minimum_length: usize,
    /// The smallest shift that counts, in spreads of the noise around the levels.
    pub minimum_size: f64,
}

impl Default for LevelShiftOptions {
    fn default() -> Self {
        Self { alpha: 0.001, minimum_length: 10, minimum_size: 0.5 }
    }
}

/// A confirmed shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelShift {
    /// The first slot of the new level.
    pub slot: usize,
    /// The interval of the date, 95 %: earliest …
    pub low: usize,
    /// … and latest first slot of the new level.
    pub high: usize,
    /// The level before (median since the last shift).
    pub before: f64,
    /// The level after (median until the next shift).
    pub after: f64,
    /// (after − before) / spread of the noise around the levels.
    pub size_in_spreads: f64,
    /// The probability of such a shift anywhere in a series without one.
    pub p: f64,
    /// √(ln p / ln α), ≥ 1.
    pub score: f64,
}

/// The level shifts of a series, in order of time, each confirmed at `alpha`.
pub fn level_shifts(values: &[f64], options: &LevelShiftOptions) -> Vec<LevelShift> {
    let _ = (values, options);
    Vec::new()
}
