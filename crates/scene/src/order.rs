//! Sorting by positions.
//!
//! The standard library's sort is compiled anew for every type and every comparison, several kilobytes each time; a page
//! that is fetched over a slow line sorts a few hundred things at most. Here it is compiled once.

use std::cmp::Ordering;

/// The positions 0 to `len` in the order of a comparison of two of them; equal ones keep their order.
#[inline(never)]
fn sorted_positions(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..len).collect();
    positions.sort_by(|one, other| compare(*one, *other));
    positions
}

/// Sorts by a comparison; equal items keep their order.
pub(crate) fn sort_by<T: Clone>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let positions = sorted_positions(items.len(), &|one, other| compare(&items[one], &items[other]));
    *items = positions.into_iter().map(|position| items[position].clone()).collect();
}

/// Sorts numbers from the smallest to the largest, NaN at the ends.
pub(crate) fn sort_numbers(numbers: &mut Vec<f64>) {
    sort_by(numbers, f64::total_cmp);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_items_keep_their_order() {
        let mut items = vec![(2, 'a'), (1, 'b'), (2, 'c'), (1, 'd')];
        sort_by(&mut items, |one, other| one.0.cmp(&other.0));
        assert_eq!(items, [(1, 'b'), (1, 'd'), (2, 'a'), (2, 'c')]);
        let mut numbers = vec![f64::INFINITY, -0.0, 3.0, -1.0, 0.0];
        sort_numbers(&mut numbers);
        assert_eq!(format!("{numbers:?}"), "[-1.0, -0.0, 0.0, 3.0, inf]");
    }
}
