//! How far a series has moved in a disturbance.

use super::Normal;
use crate::robust::{finite, median_of_finite, quantile_of_finite};
use std::ops::Range;

/// A series before and in a disturbance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Displacement {
    /// What it is compared with: the normal level, or the one shortly before where that is nearer.
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
    /// of the next [`SETTLED`] slots; earlier where it was outside without a break up to the disturbance. The first
    /// disturbed slot where it never is.
    pub first_outside: usize,
}

/// The number of slots over which "outside for good" is judged.
const SETTLED: usize = 8;
/// The median of this many values is worth `sqrt(1 / 2)` of one of very many.
const HALF_CERTAIN: f64 = 3.0;

/// The part of a disturbance that is enough where it may be another series' …
const PART: f64 = 1.0 / 3.0;
/// … what its evidence is worth …
const PART_SHARE: f64 = 0.7;
/// … and how far the terciles of normal noise are from its middle, in spreads.
const TERCILE: f64 = 0.43;

/// "Outside" is this many spreads away.
const BAND: f64 = 3.0;

/// Compares the median of `values[disturbed]` with `values[normal]` and, where `recent` is not empty, with the median of
/// `values[recent]`, if that is nearer: what was so shortly before is not new, however unlike another day. A series that
/// was outside of its normal band shortly before differs between days by more than its spread; the spread is taken wide
/// enough for it to be inside.
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
    let stretch = Stretch::of(values, normal, recent, disturbed)?;
    Some(stretch.moved_to(median_of_finite(&stretch.present)?))
}

/// [`displacement`] for a stretch that is not known to be this series' own: what began late in it, or was over early, was away
/// from home for a part of it only.
///
/// Where a third of the values lie further out, above or below, than a third of the normal values do, the series has moved by
/// the difference between the two terciles; this is worth 70 % of the evidence that the median would be, as a third is
/// easier reached by chance. The stronger of the two.
#[must_use]
pub fn displacement_in_part(
    values: &[f64],
    normal: Range<usize>,
    recent: Range<usize>,
    disturbed: Range<usize>,
) -> Option<Displacement> {
    let stretch = Stretch::of(values, normal.clone(), recent, disturbed)?;
    let middle = median_of_finite(&stretch.present)?;
    let usually = finite(values.get(normal)?);
    // Of few normal values the terciles may coincide; those of normal noise are this far from the middle.
    let level = stretch.usual.level;
    let least = TERCILE * stretch.usual.spread_beside(middle.abs().max(level.abs()));
    let usual_width = |probability: f64| Some((quantile_of_finite(&usually, probability)? - level).abs().max(least));
    let above = quantile_of_finite(&stretch.present, 1.0 - PART)? - level - usual_width(1.0 - PART)?;
    let below = level - quantile_of_finite(&stretch.present, PART)? - usual_width(PART)?;
    let mostly = stretch.moved_to(middle);
    let furthest = if above >= below { level + above } else { level - below };
    if above.max(below) <= 0.0 {
        return Some(mostly);
    }
    let partly = stretch.moved_to(furthest);
    let partly = Displacement { evidence: PART_SHARE * partly.evidence, ..partly };
    Some(if partly.evidence > mostly.evidence { partly } else { mostly })
}

/// The values of a disturbance beside what they are compared with.
struct Stretch<'a> {
    usual: Normal,
    /// The level shortly before; the usual one where that is not known.
    shortly: f64,
    /// What lies between normal operation and the disturbance.
    earlier: &'a [f64],
    values: &'a [f64],
    present: Vec<f64>,
    start: usize,
}

impl<'a> Stretch<'a> {
    fn of(values: &'a [f64], normal: Range<usize>, recent: Range<usize>, disturbed: Range<usize>) -> Option<Self> {
        let usual = Normal::of(values.get(normal.clone())?)?;
        let stretch = values.get(disturbed.clone())?;
        let present = finite(stretch);
        if present.is_empty() || present.len() < stretch.len().min(2) {
            return None;
        }
        let shortly = median_of_finite(&finite(values.get(recent).unwrap_or(&[]))).unwrap_or(usual.level);
        let earlier = values.get(normal.end..disturbed.start).unwrap_or(&[]);
        Some(Self { usual, shortly, earlier, values: stretch, present, start: disturbed.start })
    }

    /// The displacement if `after` is where the series went.
    fn moved_to(&self, after: f64) -> Displacement {
        let Self { usual, shortly, values, .. } = self;
        let between = (shortly - usual.level).abs();
        let before = if (after - shortly).abs() < (after - usual.level).abs() { *shortly } else { usual.level };
        let distance = (after - before).abs();
        let spread = usual.spread_beside(after.abs().max(before.abs())).max(between / BAND);
        let size = if spread > 0.0 { distance / spread } else { 0.0 };
        let outside = |value: &f64| (value - before).abs() > BAND * spread;
        let first = (0..values.len()).find(|&slot| {
            let ahead = values.get(slot..(slot + SETTLED).min(values.len())).unwrap_or(&[]);
            values.get(slot).is_some_and(outside)
                && 2 * ahead.iter().filter(|value| outside(value)).count() >= ahead.len().max(1)
        });
        // What is outside from the beginning on may have left its band before.
        let led = match first {
            Some(0) => self.earlier.iter().rev().take_while(|value| outside(value)).count(),
            _ => 0,
        };
        Displacement {
            before,
            after,
            size,
            evidence: evidence(size, self.present.len() as f64, usual.freedom),
            direction: if distance > 0.0 { (after - before).signum() } else { 0.0 },
            first_outside: self.start + first.unwrap_or(0) - led,
        }
    }
}

/// Judges whether a series that was there in `normal` is missing from most of `disturbed`.
///
/// The share of slots with a value is compared with its usual share `p` (counted as `(k + 1/2) / (n + 1)`, so that a
/// series that was never missing is not infinitely sure to be there) in units of `sqrt(p (1 - p))`; evidence as in
/// [`displacement`]. `after` is NaN. `None` for a series that was there in less than half of the normal slots or is
/// there in at least half as many as usual.
#[must_use]
pub fn silence(values: &[f64], normal: Range<usize>, disturbed: Range<usize>) -> Option<Displacement> {
    let there = |values: &[f64]| values.iter().filter(|value| value.is_finite()).count() as f64;
    let before = values.get(normal)?;
    let stretch = values.get(disturbed.clone())?;
    let usual = Normal::of(before)?;
    let share = (there(before) + 0.5) / (before.len() as f64 + 1.0);
    let now = there(stretch) / stretch.len().max(1) as f64;
    if stretch.is_empty() || share < 0.5 || now > 0.5 * share {
        return None;
    }
    let size = (share - now) / (share * (1.0 - share)).sqrt();
    let first = stretch.iter().position(|value| !value.is_finite()).unwrap_or(0);
    Some(Displacement {
        before: usual.level,
        after: f64::NAN,
        size,
        evidence: evidence(size, stretch.len() as f64, usual.freedom),
        direction: -1.0,
        first_outside: disturbed.start + first,
    })
}

/// The size over `count` values as evidence, with so many degrees of freedom in the spread.
fn evidence(size: f64, count: f64, freedom: f64) -> f64 {
    let squared = size * size * count / (count + HALF_CERTAIN);
    (freedom * (squared / freedom).ln_1p()).sqrt()
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
    fn a_silence_is_as_sure_as_the_series_was_there() {
        let values: Vec<f64> = (0..100).map(|i| if i >= 90 { f64::NAN } else { 5.0 }).collect();
        let silent = silence(&values, 0..80, 86..100).unwrap();
        let share: f64 = 80.5 / 81.0;
        assert!((silent.size - (share - 4.0 / 14.0) / (share * (1.0 - share)).sqrt()).abs() < 1e-12);
        assert_eq!((silent.before, silent.direction, silent.first_outside), (5.0, -1.0, 90));
        assert!(silent.after.is_nan());
        assert_eq!(silence(&values, 0..80, 80..100), None, "half of it is there");
        assert_eq!(silence(&values, 86..100, 90..100), None, "what is seldom there is not missed");
    }

    #[test]
    fn a_day_unlike_the_normal_one_widens_the_band() {
        let mut values = stepped();
        // 30 spreads from the normal level, so the spread is 10; 20 is as near to 10 as to 30.
        values[70] = 40.0;
        let moved = displacement(&values, 0..60, 70..71, 90..100).unwrap();
        assert!((moved.size - 1.0).abs() < 1e-12, "{}", moved.size);
        values[70] = 11.0;
        let moved = displacement(&values, 0..60, 70..71, 90..100).unwrap();
        assert!((moved.size - 9.0 / 1.1).abs() < 1e-12, "inside the band nothing changes but the reference");
        // A slow beginning is dated back to where it left the band.
        let ramp: Vec<f64> = (0..100).map(|i| (i % 2) as f64 + if i >= 60 { (i - 60) as f64 } else { 0.0 }).collect();
        let moved = displacement(&ramp, 0..50, 0..0, 75..100).unwrap();
        assert!((60..66).contains(&moved.first_outside), "{}", moved.first_outside);
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
    fn a_part_of_the_stretch_is_enough_where_it_may_be_another_series_and_worth_less() {
        // 0 and 1 in turn, and 20 in the last four of ten slots.
        let values: Vec<f64> = (0..60).map(|i| if i >= 56 { 20.0 } else { (i % 2) as f64 }).collect();
        let (mostly, partly) = (
            displacement(&values, 0..50, 0..0, 50..60).unwrap(),
            displacement_in_part(&values, 0..50, 0..0, 50..60).unwrap(),
        );
        assert!(mostly.size < 2.0, "{}", mostly.size);
        // The upper terciles are 20 and 1, the level 0.5.
        assert!((partly.after - (20.0 - 0.5)).abs() < 1e-12, "{}", partly.after);
        let whole = displacement(&[&values[..50], &[19.5; 10]].concat(), 0..50, 0..0, 50..60).unwrap();
        assert!((partly.evidence - 0.7 * whole.evidence).abs() < 1e-12);
        assert_eq!(partly.first_outside, 56);
        let down: Vec<f64> = values.iter().map(|value| -value).collect();
        let down = displacement_in_part(&down, 0..50, 0..0, 50..60).unwrap();
        assert_eq!((down.after, down.direction, down.evidence), (-partly.after, -1.0, partly.evidence));
        // Where most of it moved, the median says it.
        let stepped = stepped();
        let same = [displacement, displacement_in_part].map(|measure| measure(&stepped, 0..60, 0..0, 60..100));
        assert_eq!(same[0], same[1]);
        // Wider, but no further than usual.
        assert_eq!(displacement_in_part(&stepped, 0..30, 0..0, 30..60).unwrap().size, 0.0);
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
