//! Cutting a series into stretches that are alike.

use crate::robust::larger;

/// What a segment without a change costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Sum of squares about the segment's mean: a change of mean in normal noise of variance 1.
    Mean,
    /// n ln σ̂² of the segment: a change of mean, of variance or of both in normal noise.
    MeanVariance,
}

/// Change points by PELT (Killick, Fearnhead and Eckley 2012): the segmentation with the least sum of costs plus
/// `penalty` per change, exactly, in close to linear time where changes are frequent.
///
/// Returns the first slot of each new segment, ascending; nothing where the series is shorter than two segments. Missing
/// values cost nothing. A segment has at least `minimum_length` slots (1, or 2 for [`Cost::MeanVariance`], if less is
/// given).
pub fn pelt(values: &[f64], cost: Cost, penalty: f64, minimum_length: usize) -> Vec<usize> {
    let minimum_length = minimum_length.max(match cost {
        Cost::Mean => 1,
        Cost::MeanVariance => 2,
    });
    let length = values.len();
    if length < 2 * minimum_length || penalty.is_nan() {
        return Vec::new();
    }
    let sums = PrefixSums::of(values);
    // best[t]: the least cost of the first t slots, less one penalty; origin[t]: where their last segment begins.
    let mut best = vec![f64::INFINITY; length + 1];
    let mut origin = vec![0usize; length + 1];
    if let Some(first) = best.first_mut() {
        *first = -penalty;
    }
    let mut candidates =
        vec![Candidate { start: 0, sums: sums.before(0), before: -penalty, total: 0.0, expires: usize::MAX }];
    for end in minimum_length..=length {
        let (mut least, mut from) = (f64::INFINITY, 0);
        let at_end = sums.before(end);
        for candidate in &mut candidates {
            candidate.total = candidate.before + sums.cost_between(cost, candidate.sums, at_end);
            if candidate.total < least {
                least = candidate.total;
                from = candidate.start;
            }
        }
        let value = least + penalty;
        if let (Some(best), Some(origin)) = (best.get_mut(end), origin.get_mut(end)) {
            *best = value;
            *origin = from;
        }
        // Splitting never raises the cost, so a candidate that is no better than `value` now will not win once a segment
        // that begins here is long enough to beat it.
        for candidate in &mut candidates {
            if candidate.total >= value && candidate.expires == usize::MAX {
                candidate.expires = end + minimum_length;
            }
        }
        candidates.retain(|candidate| candidate.expires > end + 1);
        // The start that becomes possible for the next end.
        let start = end + 1 - minimum_length;
        if start >= minimum_length {
            let before = best.get(start).copied().unwrap_or(f64::INFINITY);
            candidates.push(Candidate { start, sums: sums.before(start), before, total: 0.0, expires: usize::MAX });
        }
    }
    let mut changes = Vec::new();
    let mut end = length;
    while let Some(&start) = origin.get(end).filter(|start| (1..end).contains(*start)) {
        changes.push(start);
        end = start;
    }
    changes.reverse();
    changes
}

/// A possible start of the last segment.
struct Candidate {
    start: usize,
    /// The sums before `start`.
    sums: (f64, f64, f64),
    /// The least cost of everything before `start`.
    before: f64,
    /// `before` and the cost from `start` to the current end.
    total: f64,
    /// The end from which on it cannot win.
    expires: usize,
}

/// Sums from the start, about the mean of all values to keep their digits.
#[derive(Debug)]
pub(crate) struct PrefixSums {
    /// Of the values, of their squares, and their number, before each slot.
    sums: Vec<(f64, f64, f64)>,
    /// Below this a variance counts as this: it is rounding.
    smallest_variance: f64,
}

impl PrefixSums {
    pub(crate) fn of(values: &[f64]) -> Self {
        let centre = crate::robust::mean(values).unwrap_or(0.0);
        let mut sums = Vec::with_capacity(values.len() + 1);
        let mut running = (0.0, 0.0, 0.0);
        sums.push(running);
        for value in values {
            if value.is_finite() {
                let deviation = value - centre;
                running = (running.0 + deviation, running.1 + deviation * deviation, running.2 + 1.0);
            }
            sums.push(running);
        }
        let variance = if running.2 > 0.0 { running.1 / running.2 } else { 0.0 };
        Self { sums, smallest_variance: (variance * 1e-9).max(centre * centre * 1e-24).max(f64::MIN_POSITIVE) }
    }

    fn between(&self, start: usize, end: usize) -> (f64, f64, f64) {
        match (self.sums.get(start), self.sums.get(end)) {
            (Some(a), Some(b)) => (b.0 - a.0, b.1 - a.1, b.2 - a.2),
            _ => (0.0, 0.0, 0.0),
        }
    }

    /// The number of values in `start..end`, and their sum about the overall mean.
    pub(crate) fn count_and_sum(&self, start: usize, end: usize) -> (f64, f64) {
        let (sum, _, count) = self.between(start, end);
        (count, sum)
    }

    /// The sum of squares of `start..end` about its own mean.
    pub(crate) fn squares(&self, start: usize, end: usize) -> f64 {
        self.cost(Cost::Mean, start, end)
    }

    #[inline]
    fn cost(&self, cost: Cost, start: usize, end: usize) -> f64 {
        self.cost_between(cost, self.before(start), self.before(end))
    }

    /// The sums before a slot.
    #[inline]
    fn before(&self, slot: usize) -> (f64, f64, f64) {
        self.sums.get(slot).copied().unwrap_or_default()
    }

    #[inline]
    fn cost_between(&self, cost: Cost, start: (f64, f64, f64), end: (f64, f64, f64)) -> f64 {
        let (sum, squares, count) = (end.0 - start.0, end.1 - start.1, end.2 - start.2);
        if count <= 0.0 {
            return 0.0;
        }
        let rest = larger(squares - sum * sum / count, 0.0);
        match cost {
            Cost::Mean => rest,
            Cost::MeanVariance => count * (rest / count).max(self.smallest_variance).ln(),
        }
    }
}
