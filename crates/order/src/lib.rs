//! Sorting, compiled once.
//!
//! The standard library makes a copy of its sorts, five to eight kilobytes of code, for every comparison it is given, and
//! another one for every map and set that is collected from an iterator. The browser downloads all of them. Here the
//! comparison is called through a pointer, so there is one copy for all.

mod sorted;

pub use sorted::{SortedMap, SortedSet};

use std::cmp::Ordering;

/// Sorts values by their total order: negative NaN, −∞, …, −0, 0, …, ∞, NaN.
pub fn ascending(values: &mut [f64]) {
    // As whole numbers, so that one sort does for both.
    let mut keys: Vec<i64> = values.iter().map(|value| key(*value)).collect();
    ascending_integers(&mut keys);
    values.iter_mut().zip(keys).for_each(|(value, key)| *value = value_of(key));
}

/// Sorts whole numbers.
#[inline(never)]
pub fn ascending_integers(values: &mut [i64]) {
    values.sort_unstable();
}

/// The positions of values by the values' total order, equal ones in the order given.
///
/// Much faster than [`sort_by`] where the values are many.
pub fn positions(values: &[f64]) -> Vec<usize> {
    let mut keyed: Vec<(i64, usize)> =
        values.iter().enumerate().map(|(position, value)| (key(*value), position)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, position)| position).collect()
}

/// A whole number with the same order as the value's total order (the trick of `f64::total_cmp`).
fn key(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

/// The inverse of [`key`], which is itself.
fn value_of(key: i64) -> f64 {
    f64::from_bits((key ^ (((key >> 63) as u64) >> 1) as i64) as u64)
}

/// Sorts items; equal ones stay in the order given.
///
/// # Panics
/// It may, if `compare` is no total order, as the standard library's sorts.
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let positions = sorted_positions(items.len(), &|a, b| compare(&items[a], &items[b]));
    arrange(items, positions);
}

/// Sorts items by a key, which is asked for at every comparison; equal ones stay in the order given.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts items by their own order.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

#[inline(never)]
fn sorted_positions(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..len).collect();
    // The position as the last resort makes the smaller, unstable sort a stable one.
    positions.sort_unstable_by(|a, b| compare(*a, *b).then(a.cmp(b)));
    positions
}

/// Puts at every place the item that is now at that place's position, along the cycles of the permutation.
fn arrange<T>(items: &mut [T], mut positions: Vec<usize>) {
    for start in 0..positions.len() {
        let mut place = start;
        loop {
            let from = std::mem::replace(&mut positions[place], place);
            if from == start {
                break;
            }
            items.swap(place, from);
            place = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does(items in prop::collection::vec((0u8..20, any::<u16>()), 0..200)) {
            let mut expected = items.clone();
            expected.sort_by_key(|item| item.0);
            let mut ours = items.clone();
            sort_by_key(&mut ours, |item| item.0);
            prop_assert_eq!(&ours, &expected);
            sort(&mut ours);
            expected.sort();
            prop_assert_eq!(ours, expected);
        }

        #[test]
        fn positions_are_those_of_a_stable_sort(
            values in prop::collection::vec(
                prop_oneof![any::<f64>(), (-3i8..3).prop_map(f64::from), Just(-0.0), Just(f64::NAN), Just(-f64::NAN)],
                0..200,
            ),
        ) {
            let mut expected: Vec<usize> = (0..values.len()).collect();
            expected.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
            prop_assert_eq!(positions(&values), expected.clone());
            let mut sorted = values.clone();
            ascending(&mut sorted);
            prop_assert!(sorted.iter().zip(expected).all(|(value, position)| value.total_cmp(&values[position]).is_eq()));
        }
    }
}
