//! Stretches in which two series that go together part, though neither need be strange by itself.

use crate::autocorrelation::{Removed, ar1_coefficient};
use crate::change::contrast::{largest_contrast, nearly};
use crate::change::level_shift::{LevelShift, LevelShiftOptions, level_shifts};
use crate::moments::Moments;
use crate::robust;

/// How to look for partings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartingOptions {
    /// The probability that a pair whose relation holds gives any.
    pub alpha: f64,
    /// The least absolute correlation of a pair that goes together.
    pub least_correlation: f64,
    /// The least offset that counts, in spreads of what the relation leaves.
    pub least_offset: f64,
}

impl Default for PartingOptions {
    fn default() -> Self {
        Self { alpha: 0.001, least_correlation: 0.7, least_offset: 1.0 }
    }
}

/// What is known of a pair.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearRelation {
    /// The second series per unit of the first.
    pub slope: f64,
    /// The correlation.
    pub correlation: f64,
    /// What the line leaves of the second series, slot by slot of the second.
    pub residual: Vec<f64>,
    /// Its spread.
    pub spread: f64,
    /// The first series, moved to the second one's clock.
    moved: Vec<f64>,
}

/// Fewest values that a relation is learned from.
const FEWEST: usize = 60;
/// What lies further from the line than so many spreads does not pull it.
const REACH: f64 = 3.0;
/// The bins of the first series' values in which a curve is measured, how many of its spreads they reach to either side, and
/// how many values without a deviation each is given beforehand.
const BINS: usize = 16;
const BINS_REACH: f64 = 2.5;
const FEW: f64 = 10.0;

impl LinearRelation {
    /// Learns the line of `second` on `first`, which it follows `lag` slots later (negative: earlier): least squares, and
    /// once more without what lies three spreads from the first line. What the line leaves on average at each value of the first
    /// series is taken off as well, since many relations are curves.
    ///
    /// Missing values are left out. `None` with fewer than 60 pairs of values, where one stands still, or where the line
    /// leaves nothing, as with copies.
    pub fn learn(first: &[f64], second: &[f64], lag: isize) -> Option<Self> {
        let moved: Vec<f64> = (0..second.len())
            .map(|slot| slot.checked_add_signed(-lag).and_then(|slot| first.get(slot)).copied().unwrap_or(f64::NAN))
            .collect();
        let line = Line::of(&moved, second, |_| true)?;
        let rough = line.residual(&moved, second);
        let reach = REACH * robust::spread(&rough)?;
        let near = |slot: usize| rough.get(slot).is_some_and(|rest: &f64| rest.abs() <= reach);
        let line = Line::of(&moved, second, near)?;
        let mut residual = line.residual(&moved, second);
        line.straighten(&moved, &mut residual, reach);
        let spread = robust::spread(&residual).filter(|spread| *spread > 1e-9 * line.spread_of_second)?;
        Some(Self { slope: line.slope, correlation: line.correlation, residual, spread, moved })
    }

    /// The correlation within the slots `inside` of the second series; `None` with fewer than ten pairs or without movement.
    pub fn correlation_in(&self, second: &[f64], inside: std::ops::Range<usize>) -> Option<f64> {
        let line = Line::of_at_least(10.0, &self.moved, second, |slot| inside.contains(&slot))?;
        Some(line.correlation)
    }

    /// Whether the correlation in the slots `inside` is lower than elsewhere, by three standard errors of Fisher's
    /// transform; the slots count less where the series have memory.
    pub fn is_looser_in(&self, second: &[f64], inside: std::ops::Range<usize>) -> bool {
        let outside = Line::of(&self.moved, second, |slot| !inside.contains(&slot));
        let within = Line::of_at_least(10.0, &self.moved, second, |slot| inside.contains(&slot));
        let (Some(outside), Some(within)) = (outside, within) else { return false };
        let memory = |values: &[f64]| ar1_coefficient(values, Removed::Mean).unwrap_or(0.0).clamp(0.0, 0.98);
        let both = memory(&self.moved) * memory(second);
        let weight = (1.0 - both) / (1.0 + both);
        let error = |line: &Line| 1.0 / (line.count * weight - 3.0).max(1.0);
        let sign = outside.correlation.signum();
        let transformed = |line: &Line| (line.correlation * sign).clamp(-0.999_999, 0.999_999).atanh();
        transformed(&outside) - transformed(&within) >= 3.0 * (error(&outside) + error(&within)).sqrt()
    }
}

/// A line of least squares.
struct Line {
    count: f64,
    slope: f64,
    offset: f64,
    correlation: f64,
    spread_of_second: f64,
    mean_of_first: f64,
    spread_of_first: f64,
}

impl Line {
    fn of(x: &[f64], y: &[f64], is_in: impl Fn(usize) -> bool) -> Option<Self> {
        Self::of_at_least(FEWEST as f64, x, y, is_in)
    }

    fn of_at_least(fewest: f64, x: &[f64], y: &[f64], is_in: impl Fn(usize) -> bool) -> Option<Self> {
        let places = x.iter().zip(y).enumerate();
        let is_present = |x: f64, y: f64, slot: usize| x.is_finite() && y.is_finite() && is_in(slot);
        let points = places.filter_map(|(slot, (&x, &y))| is_present(x, y, slot).then_some((x, y)));
        let moments = Moments::of(points);
        let slope = moments.slope();
        (moments.count >= fewest && moments.xx > 0.0 && moments.yy > 0.0).then(|| Self {
            count: moments.count,
            slope,
            offset: moments.mean_y - slope * moments.mean_x,
            correlation: moments.xy / (moments.xx * moments.yy).sqrt(),
            spread_of_second: (moments.yy / moments.count).sqrt(),
            mean_of_first: moments.mean_x,
            spread_of_first: (moments.xx / moments.count).sqrt(),
        })
    }

    /// Takes off what the line leaves on average where the first series has the value that it has: a relation is often a
    /// curve. The means are those of 16 equal bins, straight between them; what lies beyond `reach` does not count, and a bin
    /// of few values says little.
    fn straighten(&self, x: &[f64], residual: &mut [f64], reach: f64) {
        let mut bins = [(0.0, 0.0); BINS];
        let width = 2.0 * BINS_REACH * self.spread_of_first / BINS as f64;
        let place = |x: f64| {
            let place = (x - self.mean_of_first) / width + (BINS as f64 - 1.0) / 2.0;
            place.clamp(0.0, BINS as f64 - 1.0)
        };
        for (x, rest) in x.iter().zip(residual.iter()) {
            if x.is_finite()
                && rest.abs() <= reach
                && let Some((count, sum)) = bins.get_mut(place(*x).round() as usize)
            {
                *count += 1.0;
                *sum += rest;
            }
        }
        let mean = |bin: usize| bins.get(bin.min(BINS - 1)).map_or(0.0, |(count, sum)| sum / (count + FEW));
        for (x, rest) in x.iter().zip(residual) {
            if x.is_finite() {
                let place = place(*x);
                let (bin, part) = (place.floor() as usize, place.fract());
                *rest -= mean(bin) * (1.0 - part) + mean(bin + 1) * part;
            }
        }
    }

    fn residual(&self, x: &[f64], y: &[f64]) -> Vec<f64> {
        x.iter().zip(y).map(|(x, y)| y - (self.offset + self.slope * x)).collect()
    }
}

/// The changes of how two series go together, in two lists, each in order of time and significant at half of `alpha`:
/// first those of the offset, then those of the looseness (the size of what the relation leaves, cut at three spreads).
///
/// Both are [`level_shifts`] of what the line of [`LinearRelation::learn`] leaves, in full or by its size. Nothing where the
/// correlation is below `least_correlation`.
pub fn partings(relation: &LinearRelation, options: &PartingOptions) -> (Vec<LevelShift>, Vec<LevelShift>) {
    if relation.correlation.abs() < options.least_correlation {
        return Default::default();
    }
    let shifts = LevelShiftOptions { alpha: options.alpha / 2.0, ..LevelShiftOptions::default() };
    let of = |values: &[f64], minimum_size: f64| {
        if largest_contrast(values) < nearly(shifts.alpha) {
            return Vec::new();
        }
        level_shifts(values, &LevelShiftOptions { minimum_size, ..shifts })
    };
    // `clamp` leaves what is missing missing, where `min` would put its limit.
    let sizes: Vec<f64> =
        relation.residual.iter().map(|rest| (rest.abs() / relation.spread).clamp(0.0, REACH)).collect();
    (of(&relation.residual, options.least_offset), of(&sizes, shifts.minimum_size))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn noise(count: usize, seed: u64) -> Vec<f64> {
        let mut state = seed;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / (1u64 << 31) as f64
        };
        (0..count).map(|_| (0..12).map(|_| uniform()).sum::<f64>() - 6.0).collect()
    }

    /// A pair of correlation 0.95, the second −2 times the first and three slots later.
    fn pair(count: usize) -> (Vec<f64>, Vec<f64>) {
        let (first, own) = (noise(count, 3), noise(count, 4));
        let second =
            (0..count).map(|t| if t < 3 { f64::NAN } else { 10.0 - 2.0 * first[t - 3] + 0.65 * own[t] }).collect();
        (first, second)
    }

    #[test]
    fn a_relation_is_learned_at_its_lag() {
        let (first, second) = pair(2_000);
        let relation = LinearRelation::learn(&first, &second, 3).unwrap();
        assert!((relation.slope + 2.0).abs() < 0.05 && (relation.correlation + 0.95).abs() < 0.01, "{relation:?}");
        assert!((relation.spread - 0.65).abs() < 0.05);
        assert!(LinearRelation::learn(&first, &second, 0).unwrap().correlation.abs() < 0.1);
        assert_eq!(partings(&relation, &PartingOptions::default()), (vec![], vec![]));
        assert_eq!(LinearRelation::learn(&first, &first, 0), None, "a copy leaves nothing");
        assert_eq!(LinearRelation::learn(&first[..50], &second[..50], 3), None);
        assert_eq!(LinearRelation::learn(&[f64::NAN; 100], &[1.0; 100], 0), None);
    }

    #[test]
    fn a_relation_that_is_a_curve_holds() {
        let own = noise(3_000, 12);
        // A slow wave visits both ends of the curve in turn.
        let first: Vec<f64> =
            noise(3_000, 11).iter().enumerate().map(|(t, own)| (t as f64 / 150.0).sin() * 2.0 + 0.3 * own).collect();
        let second: Vec<f64> = first.iter().zip(&own).map(|(x, own)| (0.6 * x).exp() + 0.15 * own).collect();
        let relation = LinearRelation::learn(&first, &second, 0).unwrap();
        assert!(relation.correlation > 0.8, "{}", relation.correlation);
        assert_eq!(partings(&relation, &PartingOptions::default()), (vec![], vec![]));
    }

    #[test]
    fn an_offset_within_both_margins_is_dated() {
        let (first, mut second) = pair(2_000);
        second[1_200..1_240].iter_mut().for_each(|value| *value += 1.3);
        let relation = LinearRelation::learn(&first, &second, 3).unwrap();
        let (offsets, _) = partings(&relation, &PartingOptions::default());
        let dates: Vec<usize> = offsets.iter().map(|shift| shift.slot).collect();
        assert_eq!(dates.len(), 2, "{offsets:?}");
        assert!(dates[0].abs_diff(1_200) <= 3 && dates[1].abs_diff(1_240) <= 3, "{dates:?}");
        assert!((offsets[0].after - offsets[0].before - 1.3).abs() < 0.3);
        assert_eq!(level_shifts(&second, &LevelShiftOptions::default()), [], "by itself it is hidden");
    }

    #[test]
    fn a_pair_that_goes_its_own_ways_is_looser() {
        let (first, mut second) = pair(2_000);
        let strange = noise(2_000, 9);
        (1_200..1_400).for_each(|t| second[t] = 10.0 + 2.1 * strange[t]);
        let relation = LinearRelation::learn(&first, &second, 3).unwrap();
        let (_, looser) = partings(&relation, &PartingOptions::default());
        assert_eq!(looser.len(), 2, "{looser:?}");
        assert!(looser[0].slot.abs_diff(1_200) <= 6 && looser[0].after > looser[0].before);
        assert!(relation.is_looser_in(&second, 1_200..1_400) && !relation.is_looser_in(&second, 400..600));
        assert!(relation.correlation_in(&second, 1_200..1_400).unwrap().abs() < 0.3);
        assert_eq!(relation.correlation_in(&second, 0..5), None);
    }
}
