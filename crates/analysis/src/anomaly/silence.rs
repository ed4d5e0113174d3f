//! Series that stop, and series that stand still.
//!
//! Both ask whether a stretch (of missing slots, of equal values) is longer than the series' own history makes likely.
//! If lengths of stretches fall off like an exponential, the longest of m of them, G, lies near λ⁻¹ ln m, and a further
//! stretch of length R is the longest ever by that much with probability about m^−(R/G − 1), whatever λ is. Heavier
//! tails are met by two floors: an absolute one, and three times the longest stretch before.

use crate::distribution::score_from_ln_p;

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
    order::sort(&mut last);
    last.get(last.len() / 2).copied()
}

/// Whether the series stopped before `end_of_observation` (a slot; see [`end_of_observation`]). None where it did not,
/// where it has fewer than 8 values, or where the end is no longer than `minimum_slots` or three of its gaps.
///
/// Only NaN is missing; infinities are values.
pub fn vanished(values: &[f64], end_of_observation: usize, options: &SilenceOptions) -> Option<Vanished> {
    let last = values.iter().rposition(|value| !value.is_nan())?;
    let missing = end_of_observation.checked_sub(last)?;
    let mut before: Option<usize> = None;
    let mut longest_step = 0;
    let mut steps = 0usize;
    for slot in values.iter().enumerate().filter(|(_, value)| !value.is_nan()).map(|(slot, _)| slot) {
        if let Some(before) = before {
            longest_step = longest_step.max(slot - before);
            steps += 1;
        }
        before = Some(slot);
    }
    if steps + 1 < FEWEST_VALUES || missing < options.minimum_slots.max(3 * (longest_step - 1)) {
        return None;
    }
    // In steps from value to value, so that a series without gaps has stretches of length 1.
    let ln_p = ln_p_of_longest(missing + 1, longest_step, steps);
    Some(Vanished {
        last,
        missing,
        longest_gap_before: longest_step - 1,
        p: ln_p.exp(),
        score: score_from_ln_p(ln_p, options.alpha),
    })
}

/// The longest stretch in which the series stands still, where that is not its habit.
///
/// None where the series moves in less than a third of its other steps (constant, step-like or sparse by nature), has
/// fewer than 30 values before the stretch, or where the stretch is shorter than `minimum_slots` or than three times the
/// longest stretch elsewhere. Missing values are skipped: they neither end a stretch nor count.
pub fn frozen(values: &[f64], options: &SilenceOptions) -> Option<Frozen> {
    let mut runs: Vec<Run> = Vec::new();
    for (slot, &value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
        match runs.last_mut() {
            Some(run) if run.value == value => {
                run.end = slot;
                run.length += 1;
            }
            _ => runs.push(Run { start: slot, end: slot, value, length: 1 }),
        }
    }
    let mut lived = 0;
    let (index, longest) = runs
        .iter()
        .enumerate()
        .filter(|(_, run)| {
            let has_history = lived >= FEWEST_BEFORE;
            lived += run.length;
            has_history
        })
        .max_by_key(|(_, run)| run.length)?;
    let elsewhere = |run: &(usize, &Run)| run.0 != index;
    let others = runs.len() - 1;
    let outside: usize = runs.iter().enumerate().filter(elsewhere).map(|(_, run)| run.length).sum();
    let second = runs.iter().enumerate().filter(elsewhere).map(|(_, run)| run.length).max()?;
    let lively = LEAST_MOVEMENT * others >= outside;
    if !lively || longest.length < options.minimum_slots.max(3 * second) {
        return None;
    }
    let ln_p = ln_p_of_longest(longest.length, second, others);
    Some(Frozen {
        start: longest.start,
        end: longest.end,
        value: longest.value,
        length: longest.length,
        longest_run_elsewhere: second,
        p: ln_p.exp(),
        score: score_from_ln_p(ln_p, options.alpha),
    })
}

/// The fewest values whose spacing is a habit.
const FEWEST_VALUES: usize = 8;
/// The fewest values before a constant stretch that tell how lively a series was.
const FEWEST_BEFORE: usize = 30;
/// A lively series has a stretch of equal values for at most so many values.
const LEAST_MOVEMENT: usize = 3;

struct Run {
    start: usize,
    end: usize,
    value: f64,
    length: usize,
}

/// ln m^−(R/G − 1) for a stretch of length R, with G the longest of m others.
fn ln_p_of_longest(length: usize, longest_other: usize, others: usize) -> f64 {
    let excess = length as f64 / longest_other.max(1) as f64 - 1.0;
    -(excess.max(0.0) * ((others + 1) as f64).ln())
}
