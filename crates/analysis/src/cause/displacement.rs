//! How far a series has moved since an onset.

/// A series before and after an onset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Displacement {
    /// Median before.
    pub before: f64,
    /// Median of the stretch after the onset in which the series was furthest away.
    pub after: f64,
    /// `|after - before|` in units of the spread before; 0 where nothing moved.
    pub size: f64,
    /// +1.0 up, -1.0 down, 0.0 not at all.
    pub direction: f64,
    /// The first slot from the onset on at which the series is outside its band for good: three spreads away for at
    /// least half of the next [`SETTLED`] slots. The onset's own slot where it never is.
    pub first_outside: usize,
}

/// The number of slots over which "outside for good" is judged.
const SETTLED: usize = 8;
/// The shortest stretch after the onset that is looked at.
const SHORTEST: usize = 3;
/// A movement smaller than this share of the level is no movement, however quiet the series was before.
const RELATIVE_FLOOR: f64 = 0.01;

/// Compares `values[baseline]` with `values[onset..end]`.
///
/// The spread is the standard deviation before, plus one per cent of the level, so that a series that was nearly
/// constant does not count a hair's breadth as a catastrophe. After the onset stretches of 3, 6, 12, … slots and all of
/// it are compared, each by its median, so that a fault of three samples and one that lasts are both seen; a stretch of
/// `k` slots counts `sqrt(k / (k + 3))`, as its median is that much less certain. NaN is skipped. `None` with fewer than
/// five values before or three after.
pub fn displacement(
    values: &[f64],
    baseline: std::ops::Range<usize>,
    onset: usize,
    end: usize,
) -> Option<Displacement> {
    let mut earlier: Vec<f64> = values.get(baseline)?.iter().copied().filter(|value| value.is_finite()).collect();
    let later: Vec<f64> =
        values.get(onset..end.min(values.len()))?.iter().copied().filter(|value| value.is_finite()).collect();
    if earlier.len() < 5 || later.len() < SHORTEST {
        return None;
    }
    let before = median(&mut earlier);
    let mean = earlier.iter().sum::<f64>() / earlier.len() as f64;
    let variance = earlier.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / earlier.len() as f64;
    let spread = variance.sqrt() + RELATIVE_FLOOR * before.abs().max(mean.abs());
    let mut best = Displacement { before, after: before, size: 0.0, direction: 0.0, first_outside: onset };
    let mut length = SHORTEST;
    loop {
        let length_now = length.min(later.len());
        let mut stretch: Vec<f64> = later.iter().copied().take(length_now).collect();
        let after = median(&mut stretch);
        let certainty = (length_now as f64 / (length_now as f64 + 3.0)).sqrt();
        let distance = (after - before).abs();
        let size = if spread > 0.0 {
            distance / spread * certainty
        } else if distance > 0.0 {
            f64::MAX.sqrt()
        } else {
            0.0
        };
        if size > best.size {
            best = Displacement { after, size, direction: (after - before).signum(), ..best };
        }
        if length_now == later.len() {
            break;
        }
        length *= 2;
    }
    let outside = |value: &f64| (value - before).abs() > 3.0 * spread;
    let tail = values.get(onset..end.min(values.len()))?;
    let first = (0..tail.len()).find(|&slot| {
        let ahead = tail.get(slot..(slot + SETTLED).min(tail.len())).unwrap_or(&[]);
        tail.get(slot).is_some_and(outside)
            && 2 * ahead.iter().filter(|value| outside(value)).count() >= ahead.len().max(1)
    });
    Some(Displacement { first_outside: onset + first.unwrap_or(0), ..best })
}

/// Partitions in place; the slice is not empty and holds no NaN.
fn median(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    let even = values.len().is_multiple_of(2);
    let (low, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    let upper = *upper;
    if even { low.iter().copied().max_by(f64::total_cmp).map_or(upper, |lower| (lower + upper) / 2.0) } else { upper }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_lasting_step_is_measured_in_spreads() {
        // Before: 9 and 11 in turn (median 10, standard deviation 1); after: 20.
        let values: Vec<f64> = (0..100)
            .map(|i| {
                if i >= 60 {
                    20.0
                } else if i % 2 == 0 {
                    9.0
                } else {
                    11.0
                }
            })
            .collect();
        let moved = displacement(&values, 0..60, 60, 100).unwrap();
        assert_eq!((moved.before, moved.after, moved.direction, moved.first_outside), (10.0, 20.0, 1.0, 60));
        let expected = 10.0 / 1.1 * (40.0f64 / 43.0).sqrt();
        assert!((moved.size - expected).abs() < 1e-12, "{} {expected}", moved.size);
    }

    #[test]
    fn a_short_fault_is_not_lost_in_a_long_window() {
        let values: Vec<f64> =
            (0..200).map(|i| (i % 3) as f64 + if (100..104).contains(&i) { 50.0 } else { 0.0 }).collect();
        assert!(displacement(&values, 0..100, 100, 200).unwrap().size > 30.0);
    }

    #[test]
    fn a_late_follower_says_when_it_left() {
        let values: Vec<f64> = (0..100).map(|i| (i % 2) as f64 + if i >= 70 { 30.0 } else { 0.0 }).collect();
        assert_eq!(displacement(&values, 0..60, 60, 100).unwrap().first_outside, 70);
    }

    #[test]
    fn nothing_moved_is_zero_and_too_little_is_none() {
        assert_eq!(displacement(&[5.0; 40], 0..20, 20, 40).unwrap().size, 0.0);
        assert_eq!(displacement(&[5.0; 6], 0..4, 4, 6), None);
        assert_eq!(displacement(&[], 0..4, 4, 6), None);
    }
}
