//! Lasting changes of how a series fluctuates: of its variance, and of its period.

use crate::detect::Facts;
use crate::episodes::{Episode, episodes};
use analysis::change::level_shift::LevelShift;
use analysis::change::period_change::{self as change, PeriodChange};
use analysis::change::variance::{
    VarianceEscalation, VarianceOptions, fluctuation, is_stepwise, variance_changes, variance_within,
};
use analysis::robust::{self, Standard};

/// Two changes of one series this share of it apart are one event.
const SAME_EVENT: usize = 40;

/// How many slots apart two changes of a series of `len` slots may be and still be one event.
pub(crate) fn guard(len: usize) -> usize {
    len / SAME_EVENT
}

/// A stretch of another variance.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct VarianceStep {
    /// The first slot …
    pub(crate) from: usize,
    /// … and the last.
    pub(crate) to: usize,
    /// The interval of the first slot.
    pub(crate) low: usize,
    pub(crate) high: usize,
    /// Whether the old variance came back.
    pub(crate) returned: bool,
    /// Standard deviations, robust.
    pub(crate) before: f64,
    pub(crate) after: f64,
    /// Where what is louder goes to one side alone: by how much its median and its furthest value lie from the usual level.
    pub(crate) aside: Option<(f64, f64)>,
    pub(crate) p: f64,
    pub(crate) score: f64,
}

/// Growth of the variance from window to window, or, of a series that is steady otherwise, steps of it: what describes the
/// values better. What grew in a gap alone, whose first slot behind it is `behind`, does not grow from window to window.
pub(crate) fn variance(
    residual: &[f64],
    season: Option<f64>,
    is_steady: bool,
    behind: Option<usize>,
    options: &VarianceOptions,
) -> (Option<VarianceEscalation>, Vec<VarianceStep>) {
    let Some((escalation, scores)) = fluctuation(residual, options) else { return Default::default() };
    let in_gap = behind.is_some_and(|slot| is_stepwise(&scores, &[step_at(slot)]));
    let escalation = Some(escalation).filter(|found| found.score >= 1.0 && !in_gap);
    if !is_steady {
        return (escalation, Vec::new());
    }
    let changes = variance_changes(&scores, residual, season, options);
    if changes.is_empty() || (escalation.is_some() && !is_stepwise(&scores, &changes)) {
        return (escalation, Vec::new());
    }
    let mut start = 0;
    let steps = episodes(&changes, residual.len())
        .into_iter()
        .filter_map(|episode| {
            let step = step(residual, start, &episode).filter(|step| is_told(step, &episode, options.minimum_ratio));
            start = episode.end + 1;
            step
        })
        .collect();
    (None, steps)
}

/// Whether the variance grows from window to window without the values in `slots`, which have been told otherwise.
pub(crate) fn grows_without(
    residual: &[f64],
    slots: impl Iterator<Item = std::ops::RangeInclusive<usize>>,
    options: &VarianceOptions,
) -> bool {
    let mut rest = residual.to_vec();
    for slots in slots {
        if let Some(told) = rest.get_mut(slots) {
            told.fill(f64::NAN);
        }
    }
    fluctuation(&rest, options).is_some_and(|(escalation, _)| escalation.score >= 1.0)
}

/// A step of unknown size.
fn step_at(slot: usize) -> LevelShift {
    let unknown = f64::NAN;
    LevelShift {
        slot,
        low: slot,
        high: slot,
        before: unknown,
        after: unknown,
        size_in_spreads: unknown,
        p: unknown,
        score: unknown,
    }
}

/// Whether the variance of the whole stretch differs from the one before by `ratio`, the way that its scores went.
fn is_told(step: &VarianceStep, episode: &Episode, ratio: f64) -> bool {
    let times = (step.after / step.before).powi(2);
    let factor = if episode.level > episode.first.before { times } else { 1.0 / times };
    factor >= ratio
}

fn step(residual: &[f64], start: usize, episode: &Episode) -> Option<VarianceStep> {
    let LevelShift { slot, low, high, .. } = episode.first;
    let deviation = |from: usize, to: usize| variance_within(residual, from..to).map(f64::sqrt);
    Some(VarianceStep {
        from: slot,
        to: episode.end,
        low,
        high,
        returned: episode.returned,
        before: deviation(start.min(slot), slot)?,
        after: deviation(slot, episode.end + 1)?,
        aside: aside(residual.get(start.min(slot)..slot)?, residual.get(slot..=episode.end)?),
        p: episode.p,
        score: episode.score,
    })
}

/// So many standard deviations from the usual level a value is far from it. At least so many must be, so large a share of the
/// stretch, and so large a share of them on one side, that it goes to that side.
const FAR: f64 = 3.0;
const FEWEST_FAR: usize = 20;
const SHARE_FAR: f64 = 0.2;
const ONE_SIDED: f64 = 0.95;

/// By how much median and furthest value of a stretch lie from the level before, where what is far from that lies on one
/// side.
fn aside(before: &[f64], stretch: &[f64]) -> Option<(f64, f64)> {
    let usual = Standard::of(before)?;
    let from_usual: Vec<f64> = stretch.iter().map(|value| value - usual.centre).filter(|by| by.is_finite()).collect();
    let far: Vec<f64> = from_usual.iter().copied().filter(|by| by.abs() > FAR * usual.spread).collect();
    let above = far.iter().filter(|by| **by > 0.0).count();
    let is_aside = far.len() >= FEWEST_FAR
        && far.len() as f64 >= SHARE_FAR * from_usual.len() as f64
        && above.max(far.len() - above) as f64 >= ONE_SIDED * far.len() as f64;
    // A lone value on the other side may be further away than all of these, and the middle a little to that side.
    let side = if 2 * above > far.len() { 1.0 } else { -1.0 };
    let furthest = far.iter().map(|by| side * by).fold(0.0, f64::max);
    let middle = (side * robust::median(&from_usual)?).max(0.0);
    is_aside.then_some((side * middle, side * furthest))
}

/// The strongest change of a series' period, where its runs have not told it already: the level and the slopes go, the season
/// stays.
pub(crate) fn period_change(
    values: &[f64],
    residual: &[f64],
    facts: &Facts,
    shifts: &[LevelShift],
    alpha: f64,
) -> Option<PeriodChange> {
    if facts.peaks.is_empty() || !facts.recurrence.changes.is_empty() || facts.recurrence.drift.is_some() {
        return None;
    }
    let moved = facts.deseasonalised.iter().zip(residual).map(|(with, without)| with - without);
    let level: Vec<f64> = values.iter().zip(moved).map(|(value, moved)| value - moved).collect();
    let reach = guard(values.len());
    let is_shift = |found: &PeriodChange| shifts.iter().any(|shift| shift.slot.abs_diff(found.slot) <= reach);
    change::period_change(&level, &facts.peaks, alpha).filter(|found| found.score >= 1.0 && !is_shift(found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{Random, signal};

    /// The share of 200 seeds in which a louder stretch of `slots` slots goes to one side.
    fn one_sided(slots: usize, phi: f64, louder: impl Fn(usize, f64) -> f64) -> f64 {
        let is_aside = |seed: u64| {
            let noise = signal::ar1(1_000 + slots, phi, &mut Random::new(seed));
            let (before, stretch) = noise.split_at(1_000);
            let stretch: Vec<f64> = stretch.iter().enumerate().map(|(slot, value)| louder(slot, *value)).collect();
            aside(before, &stretch).is_some()
        };
        (0..200).filter(|seed| is_aside(*seed)).count() as f64 / 200.0
    }

    #[test]
    fn louder_noise_goes_to_both_sides_and_a_climb_to_one() {
        for louder in [2.0, 5.0, 10.0] {
            for phi in [0.0, 0.5] {
                let share = one_sided(120, phi, |_, value| louder * value);
                assert!(share <= 0.01, "{louder} times as loud, memory {phi}: {share}");
            }
            // What remembers long stays on one side for long.
            let share = one_sided(240, 0.9, |_, value| louder * value);
            assert!(share <= 0.1, "{louder} times as loud, memory 0.9: {share}");
        }
        for phi in [0.0, 0.5, 0.9] {
            let share = one_sided(120, phi, |slot, value| value + 0.2 * slot as f64);
            assert!(share >= 0.99, "a climb, memory {phi}: {share}");
        }
        assert_eq!(aside(&[1.0, 2.0, 3.0], &[9.0; 19]), None, "too few to say so");
        let lone: Vec<f64> = [-90.0].into_iter().chain([9.0; 30]).collect();
        assert_eq!(aside(&[1.0, 2.0, 3.0], &lone), Some((7.0, 7.0)), "one value to the other side does not turn it");
        assert_eq!(aside(&[1.0, 2.0, 3.0], &[9.0; 20]), Some((7.0, 7.0)));
    }
}
