//! How far a series has moved in a disturbance.

use super::Normal;
use crate::robust::{finite, median_in_place};
use std::ops::Range;

/// A series before and in a disturbance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Displacement {
    /// What it is compared with: the normal level, or a value shortly before that is nearer.
    pub before: f64,
    /// The median in the disturbance.
    pub after: f64,
    /// `|after - before|` in spreads of normal operation.
    pub size: f64,
    /// The size as evidence: of a short stretch or from few normal values it is worth less. Between series whose normal
    /// operation is known equally well it is in the order of their sizes.
    pub evidence: f64,
    /// +1.0 up, -1.0 down, 0.0 not at all.
    pub direction: f64,
    /// The first disturbed slot at which the series is outside its band for good: three spreads away for at least half
    /// of the next [`SETTLED`] slots. The first disturbed slot of all where it never is.
    pub first_outside: usize,
}

/// The number of slots over which "outside for good" is judged.
const SETTLED: usize = 8;
/// The median of this many values is worth `sqrt(1 / 2)` of one of very many.
const HALF_CERTAIN: f64 = 3.0;

/// Compares the median of `values[disturbed]` with `values[normal]` and, where `recent` is not empty, with each value of
/// `values[recent]`: what was so shortly before is not new, however unlike another day.
///
/// The evidence is `sqrt(ν ln(1 + z² / ν))` with `z = size sqrt(k / (k + 3))` for `k` values in the disturbance and `ν`
/// the degrees of freedom of [`Normal`]: the size that would be as unlikely were the spread exactly known. NaN is
/// skipped. `None` where the normal is unknown or fewer than two values (of three or more slots) are disturbed.
#[must_use]
pub fn displacement(
    values: &[f64],
    normal: Range<usize>,
    recent: Range<usize>,
    disturbed: Range<usize>,
) -> Option<Displacement> {
    let usual = Normal::of(values.get(normal)?)?;
    let stretch = values.get(disturbed.clone())?;
    let mut later = finite(stretch);
    if later.is_empty() || later.len() < stretch.len().min(2) {
        return None;
    }
    let count = later.len() as f64;
    let after = median_in_place(&mut later)?;
    let shortly = values.get(recent).unwrap_or(&[]).iter().copied().filter(|value| value.is_finite());
    let before =
        shortly.fold(
            usual.level,
            |nearest, value| {
                if (after - value).abs() < (after - nearest).abs() { value } else { nearest }
            },
        );
    let distance = (after - before).abs();
    let spread = usual.spread_for(distance);
    let size = if spread > 0.0 { distance / spread } else { 0.0 };
    let squared = size * size * count / (count + HALF_CERTAIN);
    let evidence = (usual.freedom * (squared / usual.freedom).ln_1p()).sqrt();
    let outside = |value: &f64| (value - before).abs() > 3.0 * spread;
    let first = (0..stretch.len()).find(|&slot| {
        let ahead = stretch.get(slot..(slot + SETTLED).min(stretch.len())).unwrap_or(&[]);
        stretch.get(slot).is_some_and(outside)
            && 2 * ahead.iter().filter(|value| outside(value)).count() >= ahead.len().max(1)
    });
    Some(Displacement {
        before,
        after,
        size,
        evidence,
        direction: if distance > 0.0 { (after - before).signum() } else { 0.0 },
        first_outside: disturbed.start + first.unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// 9 and 11 in turn (median 10, standard deviation 1); from slot 60 on, 20.
    fn stepped() -> Vec<f64> {
        let value = |i: usize| if i.is_multiple_of(2) { 9.0 } else { 11.0 };
        (0..100).map(|i| if i >= 60 { 20.0 } else { value(i) }).collect()
    }

    #[test]
    fn a_lasting_step_is_measured_in_spreads() {
        let moved = displacement(&stepped(), 0..60, 0..0, 60..100).unwrap();
        assert_eq!((moved.before, moved.after, moved.direction, moved.first_outside), (10.0, 20.0, 1.0, 60));
        assert!((moved.size - 10.0 / 1.1).abs() < 1e-12, "{}", moved.size);
        let squared = (10.0f64 / 1.1).powi(2) * 40.0 / 43.0;
        let evidence = (59.0 * (1.0 + squared / 59.0).ln()).sqrt();
        assert!((moved.evidence - evidence).abs() < 1e-12, "{} {evidence}", moved.evidence);
    }

    #[test]
    fn a_spike_in_the_stretch_is_no_movement() {
        let mut values: Vec<f64> = (0..100).map(|i| (i % 3) as f64).collect();
        values[81] = 1e9;
        assert!(displacement(&values, 0..80, 0..0, 80..86).unwrap().size < 2.0);
    }

    #[test]
    fn what_was_so_shortly_before_is_not_new() {
        let values = stepped();
        let moved = displacement(&values, 0..60, 70..73, 90..100).unwrap();
        assert_eq!((moved.size, moved.before, moved.direction), (0.0, 20.0, 0.0));
    }

    #[test]
    fn few_normal_values_make_weak_evidence() {
        let values = stepped();
        let few = displacement(&values, 54..60, 0..0, 60..100).unwrap();
        let many = displacement(&values, 0..60, 0..0, 60..100).unwrap();
        assert_eq!(few.size, many.size);
        assert!(few.evidence < 0.7 * many.evidence, "{} {}", few.evidence, many.evidence);
    }

    #[test]
    fn from_nothing_to_something_is_a_hundred_spreads() {
        let values: Vec<f64> = (0..60).map(|i| if i >= 50 { 7.0 } else { 0.0 }).collect();
        assert!((displacement(&values, 0..50, 0..0, 50..60).unwrap().size - 100.0).abs() < 1e-9);
    }

    #[test]
    fn a_late_follower_says_when_it_left() {
        let values: Vec<f64> = (0..100).map(|i| (i % 2) as f64 + if i >= 70 { 30.0 } else { 0.0 }).collect();
        assert_eq!(displacement(&values, 0..60, 0..0, 60..100).unwrap().first_outside, 70);
    }

    #[test]
    fn nothing_moved_is_zero_and_too_little_is_none() {
        let still = displacement(&[5.0; 40], 0..20, 0..0, 20..40).unwrap();
        assert_eq!((still.size, still.evidence, still.direction), (0.0, 0.0, 0.0));
        assert_eq!(displacement(&[5.0; 6], 0..4, 0..0, 4..6), None);
        assert_eq!(displacement(&[5.0; 12], 0..9, 0..0, 9..9), None);
        assert_eq!(displacement(&[], 0..4, 0..0, 4..6), None);
    }
}
