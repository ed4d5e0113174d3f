//! A regular time grid, with the long silences cut out.

use serde::{Deserialize, Serialize};

/// A stretch of time that the grid leaves out: slot `slot` and all later ones lie `skipped_ms` further on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    /// The first slot behind the break.
    pub slot: usize,
    /// The time left out, in milliseconds.
    pub skipped_ms: i64,
}

/// Equally spaced slots. Recordings that were made hours or days apart meet at a [`Break`], so that a few minutes of
/// data on two days do not become a grid of two days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeGrid {
    /// The time of slot 0, in milliseconds since 1970-01-01 UTC.
    pub start_ms: i64,
    /// The distance between slots in milliseconds; positive.
    pub step_ms: i64,
    /// The number of slots.
    pub len: usize,
    /// Stretches left out, ordered by slot.
    pub breaks: Vec<Break>,
}

impl TimeGrid {
    /// A grid without breaks. A step below 1 ms counts as 1 ms.
    pub fn new(start_ms: i64, step_ms: i64, len: usize) -> Self {
        Self { start_ms, step_ms: step_ms.max(1), len, breaks: Vec::new() }
    }

    /// The time of a slot in milliseconds; defined beyond the end, too.
    pub fn time_ms(&self, slot: usize) -> i64 {
        let skipped: i64 = self.breaks.iter().take_while(|cut| cut.slot <= slot).map(|cut| cut.skipped_ms).sum();
        self.start_ms + self.step_ms * slot as i64 + skipped
    }

    /// The slot nearest to a time, clamped to the grid; a time inside a break belongs to the nearer side.
    pub fn slot(&self, time_ms: i64) -> usize {
        let last = self.len.saturating_sub(1);
        let mut low = 0;
        let mut high = last;
        while low < high {
            let middle = (low + high).div_ceil(2);
            if self.time_ms(middle) <= time_ms { low = middle } else { high = middle - 1 }
        }
        let after = (low + 1).min(last);
        if (self.time_ms(after) - time_ms).abs() < (time_ms - self.time_ms(low)).abs() { after } else { low }
    }

    /// The step in seconds.
    pub fn step_s(&self) -> f64 {
        self.step_ms as f64 / 1000.0
    }

    /// The time that the slots cover without the breaks, in seconds.
    pub fn covered_s(&self) -> f64 {
        self.step_s() * self.len as f64
    }

    /// The time of the last slot in milliseconds; the start where there is none.
    pub fn end_ms(&self) -> i64 {
        self.time_ms(self.len.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_break_moves_the_later_slots() {
        let grid = TimeGrid { breaks: vec![Break { slot: 2, skipped_ms: 1_000 }], ..TimeGrid::new(0, 10, 4) };
        let times: Vec<_> = (0..4).map(|slot| grid.time_ms(slot)).collect();
        assert_eq!(times, [0, 10, 1_020, 1_030]);
        assert_eq!(grid.slot(300), 1);
        assert_eq!(grid.slot(900), 2);
        assert_eq!(grid.end_ms(), 1_030);
    }

    proptest! {
        #[test]
        fn slot_inverts_time(start in -1_000_000i64..1_000_000, step in 1i64..100_000, len in 1usize..500, cut in 0usize..500, skipped in 0i64..10_000_000, pick in 0usize..500) {
            let mut grid = TimeGrid::new(start, step, len);
            grid.breaks.push(Break { slot: cut, skipped_ms: skipped });
            let slot = pick % len;
            prop_assert_eq!(grid.slot(grid.time_ms(slot)), slot);
        }
    }
}
