//! The times of a series' samples.

use std::sync::Arc;

/// Strictly ascending sample times, shared by all series that were read from the same rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeAxis {
    times_ms: Arc<Vec<i64>>,
    rows: Rows,
}

/// The rows that samples came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Rows {
    /// Sample `i` from row `i`.
    #[default]
    Own,
    /// One row in every few, as where all series come in turn.
    Every { first: u32, step: u32 },
    /// Any.
    Each(Vec<u32>),
}

impl Rows {
    /// The shortest form of these.
    fn of(rows: Vec<u32>) -> Self {
        let first = rows.first().copied().unwrap_or(0);
        let step = rows.get(1).map_or(Some(1), |second| second.checked_sub(first));
        let is_regular = |step: u32| {
            let differ = |pair: &[u32]| matches!(pair, [a, b] if a.checked_add(step) == Some(*b));
            rows.windows(2).all(differ)
        };
        match step.filter(|step| is_regular(*step)) {
            Some(1) if first == 0 => Self::Own,
            Some(step) => Self::Every { first, step },
            None => Self::Each(rows),
        }
    }
}

impl TimeAxis {
    /// Times in milliseconds since 1970-01-01 UTC. Sorts, and of equal times keeps the last.
    ///
    /// Returns the axis, the positions of the kept samples in the given order (to reorder values with), the number of
    /// samples dropped as duplicates, and the number of steps back in time that sorting repaired.
    pub fn from_unsorted(times_ms: &[i64]) -> (Self, Vec<usize>, usize, usize) {
        // As most recordings are.
        if times_ms.windows(2).all(|pair| matches!(pair, [a, b] if a < b)) {
            return (
                Self { times_ms: Arc::new(times_ms.to_vec()), rows: Rows::Own },
                (0..times_ms.len()).collect(),
                0,
                0,
            );
        }
        let backward = times_ms.windows(2).filter(|pair| matches!(pair, [a, b] if b < a)).count();
        let mut order: Vec<usize> = (0..times_ms.len()).collect();
        order::sort_by_key(&mut order, |&position| times_ms.get(position).copied().unwrap_or(i64::MIN));
        let mut kept: Vec<usize> = Vec::with_capacity(order.len());
        let time_at = |position: usize| times_ms.get(position).copied().unwrap_or(i64::MIN);
        for position in order {
            match kept.last_mut() {
                Some(last) if time_at(*last) == time_at(position) => *last = position,
                _ => kept.push(position),
            }
        }
        let times = kept.iter().map(|&position| time_at(position)).collect();
        let is_identity = kept.len() == times_ms.len() && backward == 0;
        let rows =
            if is_identity { Rows::Own } else { Rows::of(kept.iter().map(|&position| position as u32).collect()) };
        let duplicates = times_ms.len() - kept.len();
        (Self { times_ms: Arc::new(times), rows }, kept, duplicates, backward)
    }

    /// Times that are strictly ascending already, of the rows from 0 on; none where they are not ascending.
    pub fn from_ascending(times_ms: Vec<i64>) -> Option<Self> {
        let is_ascending = times_ms.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
        is_ascending.then(|| Self { times_ms: Arc::new(times_ms), rows: Rows::Own })
    }

    /// Replaces the row numbers: `rows[i]` is the input's data row (from 0) that sample `i` came from.
    ///
    /// Readers of long tables use this, where one series owns only some of the rows. Ignored if the lengths differ.
    #[must_use]
    pub fn with_rows(mut self, rows: Vec<u32>) -> Self {
        if rows.len() == self.times_ms.len() {
            self.rows = Rows::of(rows);
        }
        self
    }

    /// The same, holding its times together with another axis where that has the same ones. Where series come in turn,
    /// all have the same times in different rows.
    #[must_use]
    pub fn sharing_times(mut self, other: &Self) -> Self {
        if self.times_ms == other.times_ms {
            self.times_ms = Arc::clone(&other.times_ms);
        }
        self
    }

    /// The times, in milliseconds since 1970-01-01 UTC, strictly ascending.
    pub fn times_ms(&self) -> &[i64] {
        &self.times_ms
    }

    /// The input's data row (from 0) that sample `index` was read from.
    pub fn row(&self, index: usize) -> usize {
        match &self.rows {
            Rows::Own => index,
            Rows::Every { first, step } => *first as usize + index * *step as usize,
            Rows::Each(rows) => rows.get(index).map_or(index, |&row| row as usize),
        }
    }

    /// Whether some sample `i` came from another row than row `i`.
    pub fn has_rows(&self) -> bool {
        self.rows != Rows::Own
    }

    /// The number of samples.
    pub fn len(&self) -> usize {
        self.times_ms.len()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.times_ms.is_empty()
    }

    /// The median distance between neighbouring samples, in milliseconds; none with fewer than two samples.
    pub fn interval_ms(&self) -> Option<i64> {
        let mut steps: Vec<i64> =
            self.times_ms.windows(2).filter_map(|pair| Some(pair.last()? - pair.first()?)).collect();
        let middle = steps.len().checked_sub(1)? / 2;
        order::ascending_integers(&mut steps);
        steps.get(middle).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_keeps_the_last_of_equal_times_and_remembers_rows() {
        let (axis, kept, duplicates, backward) = TimeAxis::from_unsorted(&[30, 10, 20, 10]);
        assert_eq!(axis.times_ms(), [10, 20, 30]);
        assert_eq!(kept, [3, 2, 0]);
        assert_eq!((duplicates, backward), (1, 2));
        assert_eq!((axis.row(0), axis.row(1), axis.row(2)), (3, 2, 0));
    }

    #[test]
    fn rows_come_back_whatever_their_form() {
        let forms: [&[u32]; 7] = [&[0, 1, 2], &[5, 6, 7], &[3, 203, 403], &[4, 4, 4], &[2, 1, 0], &[1, 2, 4], &[0]];
        for rows in forms {
            let axis = TimeAxis::from_ascending((0..rows.len() as i64).collect()).unwrap_or_default();
            let axis = axis.with_rows(rows.to_vec());
            let back: Vec<u32> = (0..rows.len()).map(|index| axis.row(index) as u32).collect();
            assert_eq!(back, rows);
            assert_eq!(axis.has_rows(), rows.iter().enumerate().any(|(index, row)| index as u32 != *row));
        }
    }

    #[test]
    fn equal_times_are_held_once() {
        let axis = |times: &[i64]| TimeAxis::from_ascending(times.to_vec()).unwrap_or_default();
        let (one, other) = (axis(&[1, 2]), axis(&[1, 2]).with_rows(vec![7, 9]));
        let shared = other.clone().sharing_times(&one);
        assert!(Arc::ptr_eq(&shared.times_ms, &one.times_ms) && shared == other);
        assert!(!Arc::ptr_eq(&axis(&[1, 3]).sharing_times(&one).times_ms, &one.times_ms));
    }

    #[test]
    fn an_ordered_axis_needs_no_row_table() {
        let (axis, ..) = TimeAxis::from_unsorted(&[0, 1000, 2000, 2500]);
        assert!(!axis.has_rows());
        assert_eq!(TimeAxis::from_ascending(axis.times_ms().to_vec()), Some(axis.clone()));
        assert_eq!(TimeAxis::from_ascending(vec![1, 1]), None);
        assert_eq!(axis.row(2), 2);
        assert_eq!(axis.interval_ms(), Some(1000));
    }
}
