//! Lasting changes of how a series fluctuates: of its variance, and of its period.

use crate::detect::Facts;
use crate::episodes::{Episode, episodes};
use analysis::change::level_shift::LevelShift;
use analysis::change::period_change::{self as change, PeriodChange};
use analysis::change::variance::{
    VarianceEscalation, VarianceOptions, fluctuation, is_stepwise, variance_changes, variance_within,
};

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
        p: episode.p,
        score: episode.score,
    })
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
