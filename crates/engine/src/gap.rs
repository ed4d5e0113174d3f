//! A step that nobody saw: levels on both sides of a gap of the recording, through which a straight line can be laid.

use analysis::change::level_shift::LevelShift;
use analysis::change::trend::Trend;
use analysis::robust;
use series::TimeGrid;

/// A stretch without values that is this many times as long as usual hides when something in it began.
pub(crate) const HIDING_GAP: i64 = 8;
/// Fewer values than this on one side of a gap are no level.
const FEWEST_VALUES: usize = 8;
/// The most values beside a gap whose median counts as the value there.
const EDGE: usize = 30;
/// A gap holds a step if this share of all that changed changed in it, and the slopes around it do not account for this share
/// of that.
const MOST: f64 = 0.5;
/// The least spread around the two levels, as a share of the step between them.
const LEAST_SPREAD: f64 = 1e-6;

/// The longest stretch of time that a grid leaves out: the first slot behind it, and how many slots of time are missing.
pub(crate) fn longest_break(grid: &TimeGrid) -> Option<(usize, f64)> {
    let longest = grid.breaks.iter().max_by_key(|cut| cut.skipped_ms)?;
    Some((longest.slot, longest.skipped_ms as f64 / grid.step_ms as f64))
}

/// The step in the longest gap of a series that `line` passes over: most of what the line tells happened while nobody looked,
/// and more than the slower of the two sides would have done in that time. A series that went on in the gap as it does on both
/// sides drifts, however long the gap is.
///
/// `values` by slot, NaN where there is none; `missing` is the longest break of the grid ([`longest_break`]). The date is the
/// first value behind the gap; p and score are the line's.
pub(crate) fn hidden_step(values: &[f64], line: &Trend, missing: Option<(usize, f64)>) -> Option<LevelShift> {
    let time = |slot: usize| slot as f64 + missing.filter(|(first, _)| slot >= *first).map_or(0.0, |(_, slots)| slots);
    // The values that are there, their slots, and how many of them lie before the longest gap.
    let (mut slots, mut present) = (Vec::new(), Vec::new());
    let (mut gap, mut at) = (0.0, 0);
    for (slot, &value) in values.iter().enumerate() {
        if !value.is_finite() {
            continue;
        }
        let apart = slots.last().map_or(0.0, |last| time(slot) - time(*last));
        if apart > gap {
            (gap, at) = (apart, slots.len());
        }
        slots.push(slot);
        present.push(value);
    }
    let usual = (values.len() / slots.len().max(1)).max(1);
    let (before, after) = present.split_at_checked(at)?;
    if gap <= HIDING_GAP as f64 * usual as f64 || before.len().min(after.len()) < FEWEST_VALUES {
        return None;
    }
    let (slots_before, slots_after) = slots.split_at_checked(at)?;
    let (left, right) = (Side::of(slots_before, before)?, Side::of(slots_after, after)?);
    let step = right.first - left.last;
    let way = step.signum();
    let changed = (right.end - left.start) * way;
    let goes_on = (left.slope * way).min(right.slope * way) * gap;
    let is_step = line.slope * way > 0.0 && step.abs() >= MOST * changed && goes_on < MOST * step.abs();
    for (place, value) in present.iter_mut().enumerate() {
        *value -= if place < at { left.level } else { right.level };
    }
    let spread = robust::spread(&present)?.max(LEAST_SPREAD * step.abs());
    let slot = *slots_after.first()?;
    is_step.then_some(LevelShift {
        slot,
        low: slot,
        high: slot,
        before: left.level,
        after: right.level,
        size_in_spreads: (right.level - left.level) / spread,
        p: line.p,
        score: line.score,
    })
}

/// What a series is like on one side of a gap; all values are medians.
struct Side {
    level: f64,
    /// Of its first and last quarter.
    start: f64,
    end: f64,
    /// Of its first and last few values.
    first: f64,
    last: f64,
    /// Per slot, from the first quarter to the last one.
    slope: f64,
}

impl Side {
    fn of(slots: &[usize], values: &[f64]) -> Option<Self> {
        let head = |count: usize| robust::median(values.get(..count).unwrap_or(values));
        let tail = |count: usize| robust::median(values.get(values.len().saturating_sub(count)..).unwrap_or(values));
        let quarter = (values.len() / 4).max(1);
        let edge = quarter.min(EDGE);
        let (start, end) = (head(quarter)?, tail(quarter)?);
        // From the middle of one quarter to that of the other.
        let slots = 0.75 * (slots.last()? - slots.first()?).max(1) as f64;
        Some(Self {
            level: robust::median(values)?,
            start,
            end,
            first: head(edge)?,
            last: tail(edge)?,
            slope: (end - start) / slots,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use analysis::change::trend::{TrendOptions, trend};
    use testkit::{Random, signal};

    const HALF: usize = 240;
    /// A break of as long as both halves together.
    const MISSING: f64 = 480.0;

    /// Two halves with these slopes per slot, and what changed between the last value of one and the first of the other.
    fn halves(slopes: [f64; 2], step: f64, seed: u64) -> Vec<f64> {
        let noise = signal::ar1(2 * HALF, 0.5, &mut Random::new(seed));
        let [before, after] = slopes;
        let course = |slot: usize| match slot.checked_sub(HALF) {
            None => before * slot as f64,
            Some(behind) => before * HALF as f64 + step + after * behind as f64,
        };
        noise.iter().enumerate().map(|(slot, noise)| noise + course(slot)).collect()
    }

    fn found(values: &[f64], missing: Option<(usize, f64)>) -> Option<LevelShift> {
        hidden_step(values, &trend(values, &TrendOptions::default()).unwrap(), missing)
    }

    #[test]
    fn a_step_in_a_gap_is_no_drift() {
        let values = halves([0.0, 0.02], 200.0, 1);
        let step = found(&values, Some((HALF, MISSING))).unwrap();
        assert_eq!((step.slot, step.low, step.high), (HALF, HALF, HALF));
        assert!(step.before.abs() < 1.0 && (step.after - 202.4).abs() < 1.0, "{step:?}");
        assert!(step.size_in_spreads > 50.0, "{step:?}");
        let down: Vec<f64> = values.iter().map(|value| -value).collect();
        assert!(found(&down, Some((HALF, MISSING))).is_some_and(|step| step.size_in_spreads < -50.0));
    }

    #[test]
    fn what_goes_on_in_the_gap_as_around_it_drifts() {
        let values = halves([0.1, 0.1], 0.1 * MISSING, 2);
        assert_eq!(found(&values, Some((HALF, MISSING))), None);
        let faster = halves([0.1, 0.1], 0.5 * MISSING, 2);
        assert!(found(&faster, Some((HALF, MISSING))).is_some());
    }

    #[test]
    fn without_a_gap_there_is_nothing_to_hide_in() {
        let mut values = halves([0.0, 0.0], 20.0, 3);
        assert_eq!(found(&values, None), None);
        values[HALF] = f64::NAN;
        assert_eq!(found(&values, None), None, "one missing value hides nothing");
        values[HALF - 20..HALF].fill(f64::NAN);
        assert!(found(&values, None).is_some(), "a stretch without values hides it, too");
        assert_eq!(found(&values[HALF - 24..], None), None, "four values are no level");
    }

    #[test]
    fn most_of_the_change_must_lie_in_the_gap() {
        assert_eq!(found(&halves([0.2, 0.2], 60.0, 4), Some((HALF, 10.0))), None);
    }
}
