//! Sorting, compiled once.
//!
//! The standard library makes a copy of its sorts, five to eight kilobytes of code, for every comparison it is given, and
//! another one for every map and set that is collected from an iterator. The browser downloads all of them. Here the
//! comparison is called through a pointer, so there is one copy for all.

//!
//! Numbers are sorted digit by digit and selected by sampling, in code of our own: built for size, as for the browser, the
//! standard library sorts by heap and selects by medians of medians, two and five times slower. So do windows that slide over numbers.

mod numbers;
mod sliding;
mod sorted;

pub use numbers::{ascending, ascending_integers, neighbours, positions};
pub use sliding::{Middle, slide};
pub use sorted::{SortedMap, SortedSet};

use std::cmp::Ordering;

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
    }
}
