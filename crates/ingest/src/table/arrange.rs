//! Rows in the order of time.

use crate::Keep;
use series::TimeAxis;
use std::sync::Arc;

/// How the rows of one series lie on its time axis.
pub(crate) struct Arrangement {
    pub(crate) axis: Arc<TimeAxis>,
    order: Order,
    /// Rows with a time that another row of the series has.
    pub(crate) duplicates: usize,
    /// Steps back in time.
    pub(crate) backward: usize,
}

enum Order {
    /// All rows, as they come.
    All,
    /// One row per time.
    Rows(Vec<u32>),
    /// For each time the rows that carry it, in input order.
    Groups(Vec<Vec<u32>>),
}

impl Arrangement {
    /// Sorts the rows at `positions` (none: all of them). `row_number` gives a position's data row in the input.
    pub(crate) fn of(times_ms: &[i64], positions: Option<&[u32]>, row_number: impl Fn(usize) -> u32) -> Self {
        let picked: Vec<i64>;
        let (times, count) = match positions {
            None => (times_ms, times_ms.len()),
            Some(positions) => {
                picked = positions.iter().map(|&at| times_ms.get(at as usize).copied().unwrap_or(i64::MIN)).collect();
                (picked.as_slice(), positions.len())
            }
        };
        let position = |index: usize| positions.map_or(Some(index as u32), |all| all.get(index).copied()).unwrap_or(0);
        let (axis, kept, duplicates, backward) = TimeAxis::from_unsorted(times);
        let rows_differ = |kept: &[usize]| {
            kept.iter().enumerate().any(|(slot, &index)| row_number(position(index) as usize) != slot as u32)
        };
        let axis = if rows_differ(&kept) {
            let rows = kept.iter().map(|&index| row_number(position(index) as usize)).collect();
            axis.with_rows(rows)
        } else {
            axis
        };
        let order = if duplicates > 0 {
            let mut groups = vec![Vec::new(); axis.len()];
            for index in 0..count {
                let time_ms = times.get(index).copied().unwrap_or(i64::MIN);
                if let Some(group) = axis.times_ms().binary_search(&time_ms).ok().and_then(|slot| groups.get_mut(slot))
                {
                    group.push(position(index));
                }
            }
            Order::Groups(groups)
        } else if positions.is_none() && backward == 0 {
            Order::All
        } else {
            Order::Rows(kept.into_iter().map(position).collect())
        };
        Self { axis: Arc::new(axis), order, duplicates, backward }
    }

    /// Holds the times together with another axis where both have the same.
    pub(crate) fn share_times(&mut self, other: &TimeAxis) {
        if let Some(axis) = Arc::get_mut(&mut self.axis) {
            *axis = std::mem::take(axis).sharing_times(other);
        }
    }

    /// Whether every row is where it was, so that a column can be taken as it is.
    pub(crate) fn is_identity(&self) -> bool {
        matches!(self.order, Order::All)
    }

    /// A column's values on the axis. Of rows with one time one value counts, so that tables that spread one moment over
    /// several rows, each with a part of the columns, lose nothing.
    pub(crate) fn apply(&self, values: &[f64], keep: Keep) -> Vec<f64> {
        let value = |position: &u32| values.get(*position as usize).copied().unwrap_or(f64::NAN);
        match &self.order {
            Order::All => values.to_vec(),
            Order::Rows(rows) => rows.iter().map(value).collect(),
            Order::Groups(groups) => groups.iter().map(|rows| keep.of(rows.iter().map(value))).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_one_moment_come_together() {
        let arrangement = Arrangement::of(&[20, 10, 20], None, |row| row as u32);
        assert_eq!(arrangement.axis.times_ms(), [10, 20]);
        assert_eq!(arrangement.apply(&[1.0, 2.0, f64::NAN], Keep::Last), [2.0, 1.0]);
        assert_eq!((arrangement.axis.row(0), arrangement.axis.row(1)), (1, 2));
        assert_eq!((arrangement.duplicates, arrangement.backward), (1, 1));
    }

    #[test]
    fn a_series_in_some_of_the_rows_knows_them() {
        let arrangement = Arrangement::of(&[1, 1, 2, 2], Some(&[1, 3]), |row| row as u32);
        assert_eq!(arrangement.apply(&[0.0, 10.0, 0.0, 20.0], Keep::Last), [10.0, 20.0]);
        assert_eq!(arrangement.axis.row(1), 3);
    }
}
