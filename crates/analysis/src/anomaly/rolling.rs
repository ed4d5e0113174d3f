//! A sliding window that knows its median and its median absolute deviation.

use order::Middle;

use crate::robust::{IQR_PER_SIGMA, MAD_TO_SIGMA, Standard, larger, quantile_of_sorted};

/// How many values lie between those that are looked at first.
const STRETCH: usize = 16;

/// The values of a window in ascending order. Insertion and removal move memory of the window's length, which for
/// windows of hundreds of values is faster than any tree.
#[derive(Debug, Default)]
pub(crate) struct SortedWindow {
    sorted: Vec<f64>,
    /// Where the values nearest to the median began when it was last asked: from one slot to the next that moves little.
    nearest: usize,
}

impl SortedWindow {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { sorted: Vec::with_capacity(capacity), nearest: 0 }
    }

    /// Adds a value; NaN and infinities are not kept.
    pub(crate) fn insert(&mut self, value: f64) {
        if value.is_finite() {
            let position = self.place(value);
            self.sorted.insert(position, value);
        }
    }

    /// Takes out one value equal to `value`, if there is one.
    pub(crate) fn remove(&mut self, value: f64) {
        if value.is_finite() {
            let position = self.place(value);
            if self.sorted.get(position).is_some_and(|kept| *kept == value) {
                self.sorted.remove(position);
            }
        }
    }

    /// Takes out one value and adds another, moving only what lies between them.
    fn replace(&mut self, old: f64, new: f64) {
        let from = self.place(old);
        let is_there = self.sorted.get(from).is_some_and(|kept| *kept == old);
        if !new.is_finite() || !is_there {
            self.remove(old);
            self.insert(new);
            return;
        }
        let to = self.place(new);
        let to = if from < to {
            self.sorted.copy_within(from + 1..to, from);
            to - 1
        } else {
            self.sorted.copy_within(to..from, to + 1);
            to
        };
        if let Some(kept) = self.sorted.get_mut(to) {
            *kept = new;
        }
    }

    /// What the `window` slots before slot `slot` are like; not known before half a window.
    pub(crate) fn before(&mut self, slot: usize, window: usize) -> Standard {
        if slot * 2 < window { UNKNOWN } else { self.standard_of_at_least(window) }
    }

    /// Moves on by one slot: `old`, if there is one, leaves the window, and `new` comes in.
    pub(crate) fn advance(&mut self, old: Option<f64>, new: f64) {
        match old {
            Some(old) => self.replace(old, new),
            None => self.insert(new),
        }
    }

    /// The place of the first value that is not smaller.
    ///
    /// Counted over every sixteenth value and then in one stretch of sixteen: no step waits for the one before, as
    /// those of a binary search do.
    fn place(&self, value: f64) -> usize {
        let stretches = self.sorted.chunks_exact(STRETCH).map(|stretch| stretch[STRETCH - 1]);
        let start = STRETCH * smaller(stretches, value);
        start + smaller(self.sorted.iter().skip(start).take(STRETCH).copied(), value)
    }

    fn holds_too_little(&self, window: usize) -> bool {
        self.sorted.len() < (window / 4).max(5)
    }

    /// Median and scaled MAD, or IQR / 1.349 where the MAD is 0. Constant time, where little has changed.
    pub(crate) fn standard(&mut self) -> Option<Standard> {
        let centre = quantile_of_sorted(&self.sorted, 0.5)?;
        let upper = self.sorted.len() / 2;
        let lower = (self.sorted.len() - 1) / 2;
        let below = self.nth_deviation(centre, lower);
        let mad = if lower == upper { below } else { 0.5 * (below + self.nth_deviation(centre, upper)) };
        if mad > 0.0 {
            return Some(Standard { centre, spread: MAD_TO_SIGMA * mad });
        }
        let range = quantile_of_sorted(&self.sorted, 0.75)? - quantile_of_sorted(&self.sorted, 0.25)?;
        Some(Standard { centre, spread: range / IQR_PER_SIGMA })
    }

    fn standard_of_at_least(&mut self, window: usize) -> Standard {
        if self.holds_too_little(window) {
            return UNKNOWN;
        }
        self.standard().unwrap_or(UNKNOWN)
    }

    /// The deviation of rank `rank` (from 0) in the order of |value − centre|.
    ///
    /// The rank + 1 values nearest to the centre are neighbours in the sorted window, so the answer is the smallest
    /// max(centre − first, last − centre) over all such neighbourhoods; the two terms cross once.
    fn nth_deviation(&mut self, centre: f64, rank: usize) -> f64 {
        let at = |position: usize| self.sorted.get(position).copied().unwrap_or(f64::NAN);
        let highest = self.sorted.len().saturating_sub(rank + 1);
        let is_below = |first: usize| centre - at(first) > at(first + rank) - centre;
        let mut low = self.nearest.min(highest);
        while low > 0 && !is_below(low - 1) {
            low -= 1;
        }
        while low < highest && is_below(low) {
            low += 1;
        }
        let width = |first: usize| larger(centre - at(first), at(first + rank) - centre);
        let deviation = if low == 0 { width(0) } else { -larger(-width(low), -width(low - 1)) };
        self.nearest = low;
        deviation
    }
}

/// How many values of an ascending sequence are smaller.
fn smaller(values: impl Iterator<Item = f64>, than: f64) -> usize {
    values.map(|value| usize::from(value < than)).sum()
}

/// What a window says of a slot it holds too little for.
pub(super) const UNKNOWN: Standard = Standard { centre: f64::NAN, spread: f64::NAN };

/// The scaled MAD, or the distance of the quartiles / 1.349 where that is 0.
fn standard(middle: Middle) -> Standard {
    let Middle { centre, deviation, range } = middle;
    let spread = if deviation == 0.0 { range / IQR_PER_SIGMA } else { MAD_TO_SIGMA * deviation };
    Standard { centre, spread }
}

/// Median and spread of `window` slots around each slot; at the ends, of the first or last `window` slots.
///
/// NaN where fewer than a quarter of the slots (and fewer than 5) have a value.
pub(crate) fn centred(values: &[f64], window: usize) -> Vec<Standard> {
    order::slide(values, window, true).into_iter().map(standard).collect()
}

/// The medians of [`centred`] alone, which is less work.
pub(crate) fn centred_medians(values: &[f64], window: usize) -> Vec<f64> {
    order::slide(values, window, false).into_iter().map(|middle| middle.centre).collect()
}

/// Median and spread of the `window` slots before each slot, without it; NaN until half a window has passed, and where
/// fewer than a quarter of the slots have a value.
pub(crate) fn trailing(values: &[f64], window: usize) -> Vec<Standard> {
    let mut sorted = SortedWindow::with_capacity(window + 1);
    values
        .iter()
        .enumerate()
        .map(|(slot, &value)| {
            let current = sorted.before(slot, window);
            sorted.advance(slot.checked_sub(window).and_then(|position| values.get(position)).copied(), value);
            current
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::robust;
    use proptest::prelude::*;

    #[test]
    fn a_long_series_is_the_same_from_piece_to_piece() {
        let values: Vec<f64> = (0..20_000u64)
            .map(|slot| if slot % 50 == 7 { f64::NAN } else { (slot.wrapping_mul(2_654_435_761) % 1_009) as f64 })
            .collect();
        let window = 101;
        let found = centred(&values, window);
        for slot in (0usize..40).chain(8_130..8_260).chain(16_320..16_450).chain(19_900..20_000) {
            let start = slot.saturating_sub(window / 2).min(values.len() - window);
            let inside = &values[start..start + window];
            assert_eq!(Some(found[slot].centre), robust::median(inside), "{slot}");
            assert_eq!(Some(found[slot].spread), robust::spread(inside), "{slot}");
        }
    }

    proptest! {
        /// Against the statistic of the window's values by themselves, with ties, gaps and both parities.
        #[test]
        fn a_window_is_what_its_values_are(
            values in prop::collection::vec(prop_oneof![3 => (-5i32..5).prop_map(f64::from), 3 => -5.0..5.0f64, 1 => Just(f64::NAN)], 12..60),
            window in 9usize..20,
        ) {
            let direct = |slots: &[f64], least: usize| match robust::finite(slots).len() {
                count if count < least => None,
                _ => Some(Standard { centre: robust::median(slots).unwrap(), spread: robust::spread(slots).unwrap() }),
            };
            let agree = |ours: Standard, theirs: Option<Standard>| match theirs {
                None => ours.centre.is_nan() && ours.spread.is_nan(),
                Some(theirs) => ours.centre == theirs.centre && (ours.spread - theirs.spread).abs() < 1e-12,
            };
            let length = window.min(values.len());
            for (slot, standard) in centred(&values, window).into_iter().enumerate() {
                let start = slot.saturating_sub(length / 2).min(values.len() - length);
                prop_assert!(agree(standard, direct(&values[start..start + length], 5)));
            }
            prop_assert!(
                centred(&values, window).iter().map(|standard| standard.centre.to_bits()).eq(
                    centred_medians(&values, window).iter().map(|centre| centre.to_bits())
                )
            );
            for (slot, standard) in trailing(&values, window).into_iter().enumerate() {
                let past = &values[slot.saturating_sub(window)..slot];
                let expected = if slot * 2 < window { None } else { direct(past, 5) };
                prop_assert!(agree(standard, expected));
            }
        }
    }
}
