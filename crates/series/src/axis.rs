//! The times of a series' samples.

/// Strictly ascending sample times, shared by all series that were read from the same rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimeAxis {
    times_ms: Vec<i64>,
    rows: Option<Vec<u32>>,
}

impl TimeAxis {
    /// Times in milliseconds since 1970-01-01 UTC. Sorts, and of equal times keeps the last.
    ///
    /// Returns the axis, the positions of the kept samples in the given order (to reorder values with), the number of
    /// samples dropped as duplicates, and the number of steps back in time that sorting repaired.
    pub fn from_unsorted(times_ms: &[i64]) -> (Self, Vec<usize>, usize, usize) {
        // As most recordings are.
        if times_ms.windows(2).all(|pair| matches!(pair, [a, b] if a < b)) {
            return (Self { times_ms: times_ms.to_vec(), rows: None }, (0..times_ms.len()).collect(), 0, 0);
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
        let rows = (!is_identity).then(|| kept.iter().map(|&position| position as u32).collect());
        let duplicates = times_ms.len() - kept.len();
        (Self { times_ms: times, rows }, kept, duplicates, backward)
    }

    /// Times that are strictly ascending already, of the rows from 0 on; none where they are not ascending.
    pub fn from_ascending(times_ms: Vec<i64>) -> Option<Self> {
        let is_ascending = times_ms.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
        is_ascending.then_some(Self { times_ms, rows: None })
    }

    /// Replaces the row numbers: `rows[i]` is the input's data row (from 0) that sample `i` came from.
    ///
    /// Readers of long tables use this, where one series owns only some of the rows. Ignored if the lengths differ.
    #[must_use]
    pub fn with_rows(mut self, rows: Vec<u32>) -> Self {
        if rows.len() == self.times_ms.len() {
            self.rows = Some(rows);
        }
        self
    }

    /// The times, in milliseconds since 1970-01-01 UTC, strictly ascending.
    pub fn times_ms(&self) -> &[i64] {
        &self.times_ms
    }

    /// The input's data row (from 0) that sample `index` was read from.
    pub fn row(&self, index: usize) -> usize {
        self.rows.as_ref().and_then(|rows| rows.get(index)).map_or(index, |&row| row as usize)
    }

    /// The row numbers of all samples; none where sample `i` came from row `i`.
    pub fn rows(&self) -> Option<&[u32]> {
        self.rows.as_deref()
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
    fn an_ordered_axis_needs_no_row_table() {
        let (axis, ..) = TimeAxis::from_unsorted(&[0, 1000, 2000, 2500]);
        assert!(axis.rows().is_none());
        assert_eq!(TimeAxis::from_ascending(axis.times_ms().to_vec()), Some(axis.clone()));
        assert_eq!(TimeAxis::from_ascending(vec![1, 1]), None);
        assert_eq!(axis.row(2), 2);
        assert_eq!(axis.interval_ms(), Some(1000));
    }
}
