//! What is normal for a series.

use crate::robust::{finite, median_of_finite};

/// Level and spread of a series in normal operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    /// The median.
    pub level: f64,
    /// The standard deviation plus one per cent of the level: a series that hardly moved does not count a hair's
    /// breadth as a catastrophe. 0 for a series that was always 0.
    pub spread: f64,
    /// How much the spread can be trusted, as degrees of freedom: one less than the values present, times their share
    /// of all slots, as the values of a series that is seldom there come in few clusters.
    pub freedom: f64,
}

/// A movement smaller than this share of the level is no movement, however quiet the series was before.
const RELATIVE_FLOOR: f64 = 0.01;
/// Fewer values tell nothing.
const FEWEST: usize = 5;

impl Normal {
    /// Learns from values of normal operation; NaN is skipped. `None` with fewer than five values.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let present = finite(values);
        if present.len() < FEWEST {
            return None;
        }
        let count = present.len() as f64;
        let mean = present.iter().sum::<f64>() / count;
        let variance = present.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
        let level = median_of_finite(&present)?;
        Some(Self {
            level,
            spread: variance.sqrt() + RELATIVE_FLOOR * level.abs().max(mean.abs()),
            freedom: (count - 1.0) * count / values.len() as f64,
        })
    }

    /// The spread, which for a series that was always 0 is one per cent of what it has become: from nothing to something
    /// is a hundred spreads, not infinitely many.
    pub(super) fn spread_beside(&self, other: f64) -> f64 {
        if self.spread > 0.0 { self.spread } else { RELATIVE_FLOOR * other.abs() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn spread_and_freedom_are_the_text_book_ones() {
        // Mean and median 10, standard deviation 1, ten of twenty present: 9 * 10 / 20 degrees of freedom.
        let mut values: Vec<f64> = (0..10).map(|i| if i % 2 == 0 { 9.0 } else { 11.0 }).collect();
        values.extend([f64::NAN; 10]);
        let normal = Normal::of(&values).unwrap();
        assert_eq!((normal.level, normal.freedom), (10.0, 4.5));
        assert!((normal.spread - 1.1).abs() < 1e-12);
        assert_eq!(Normal::of(&[1.0, 2.0, 3.0, 4.0, f64::NAN]), None);
    }
}
