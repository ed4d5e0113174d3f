//! What recurs in a series: the job that it shows, its accents and their feet, and a period that leaves its clock.

use crate::pace::Pace;
use analysis::distribution::score_from_p;
use analysis::rhythm::{self, AccentOptions, Foot, GroupKind, RhythmOptions, Threshold};
use analysis::spectrum::{Peak, period_course};

/// A foot is told only where chance makes so dominant a one more rarely than this.
const DOMINANT: f64 = 0.01;
/// An accent of a rhythm stands so many robust standard deviations out: at two, noise would have one in every twenty slots,
/// and its accents would stand between those of the rhythm.
const ACCENT: f64 = 4.0;
/// The slots that an accent is compared with.
const WINDOW: usize = 121;
/// Orders in which the accents are shuffled for that.
const SHUFFLES: usize = 199;
/// Seeds the shuffles: the same data give the same answer.
const SEED: u64 = 1;
/// A period is taken for one of a clock if it is within this share of it.
const NEAR_A_CLOCK: f64 = 0.01;
/// A run that moves the series by this many times the usual height is more than a run.
const HIGHER: f64 = 1.5;
/// A line that holds less of the variance is not worth following.
const LEAST_SHARE: f64 = 0.1;

/// What recurs, in slots of the panel's grid.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recurrence {
    pub(crate) job: Option<Job>,
    pub(crate) accents: Vec<Accent>,
    /// The onset of every accent, told or not, and whether it is a strong one.
    pub(crate) strong: Vec<(usize, bool)>,
    /// The most frequent foot, and its share of the beats; none where chance explains it.
    pub(crate) foot: Option<(Foot, f64)>,
    pub(crate) changes: Vec<Change>,
    pub(crate) drift: Option<Drift>,
}

/// A periodic job.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) period: f64,
    /// Half of the period's 95 % interval.
    pub(crate) plus_minus: f64,
    /// The standard deviation of the intervals over their mean.
    pub(crate) variation: f64,
    /// How far a run moves the series; negative where it lowers it.
    pub(crate) height: f64,
    /// How long a run lasts.
    pub(crate) duration: usize,
    pub(crate) cycles: usize,
    pub(crate) kept: usize,
    pub(crate) runs: Vec<usize>,
    pub(crate) p: f64,
    /// Runs that failed the schedule.
    pub(crate) events: Vec<Event>,
    /// The newest beat, and the most surprising one.
    pub(crate) newest: Option<Beat>,
    pub(crate) strangest: Option<Beat>,
    /// Runs on weak beats in the place of strong ones.
    pub(crate) offbeats: Vec<Offbeat>,
}

/// A beat of a job, four of which make a period.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beat {
    pub(crate) slot: usize,
    /// Whether a run began there.
    pub(crate) came: bool,
    /// How surprising that is.
    pub(crate) bits: f64,
}

/// A run on a weak beat in the place of a strong one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offbeat {
    pub(crate) slot: usize,
    pub(crate) instead_of: usize,
    pub(crate) bits: f64,
}

/// How a run failed the schedule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Failure {
    /// It did not come.
    Missed,
    /// It came so many slots late; early where negative.
    Late(f64),
    /// It came although none was due.
    Extra,
}

/// A run that failed the schedule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) failure: Failure,
    /// When it came, or was due.
    pub(crate) slot: usize,
    pub(crate) score: f64,
    pub(crate) p: f64,
}

/// An accent, and the foot that it is the accent of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Accent {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) strength: f64,
    pub(crate) foot: Option<Foot>,
}

/// Another metre from a slot on; both in slots.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    pub(crate) slot: usize,
    pub(crate) before: f64,
    pub(crate) after: f64,
    pub(crate) p: f64,
    pub(crate) score: f64,
}

/// By how much each cycle comes later than a clock would have it, in slots.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Drift {
    /// The clock's period.
    pub(crate) period: f64,
    pub(crate) per_cycle: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) p: f64,
    pub(crate) score: f64,
}

/// Looks for all of it in a stretch of values that stand in steps of `step_s`.
pub(crate) fn recurrence(
    values: &[f64],
    stretch: (usize, usize),
    peaks: &[Peak],
    step_s: f64,
    alpha: f64,
) -> Recurrence {
    let values = values.get(stretch.0..stretch.1.min(values.len())).unwrap_or_default();
    let mut found = of_stretch(values, peaks, step_s, alpha);
    found.each_slot(|slot| *slot += stretch.0);
    found
}

fn of_stretch(values: &[f64], peaks: &[Peak], step_s: f64, alpha: f64) -> Recurrence {
    let usual = RhythmOptions::default();
    let threshold = Threshold::Adaptive { theta: ACCENT, window: WINDOW };
    let accents = AccentOptions { threshold, ..usual.accents };
    let options = RhythmOptions { alpha, seed: SEED, shuffles: SHUFFLES, accents, ..usual };
    let mut found = Recurrence { drift: drift(values, peaks, step_s, alpha), ..Recurrence::default() };
    let Some(heard) = rhythm::rhythm(values, None, &options) else { return found };
    found.changes = heard
        .changes
        .iter()
        .filter(|change| change.score >= 1.0)
        .map(|change| Change {
            slot: change.slot,
            before: change.before,
            after: change.after,
            p: change.p,
            score: change.score,
        })
        .collect();
    found.job = heard.jobs.as_ref().map(|jobs| Job {
        newest: heard.beats.len().checked_sub(1).and_then(|last| beat(&heard, last)),
        strangest: heard.worst.and_then(|worst| beat(&heard, worst.beat)),
        offbeats: heard
            .syncopations
            .iter()
            .map(|off| Offbeat { slot: off.slot, instead_of: off.instead_of, bits: off.bits })
            .collect(),
        ..job(jobs)
    });
    if let Some(level) = heard.levels.first() {
        found.strong =
            heard.accents.iter().zip(&level.beats).map(|(ictus, beat)| (ictus.slot, beat.accented)).collect();
    }
    if heard.dominance_p <= DOMINANT
        && let Some(level) = heard.levels.first()
    {
        let mut feet = vec![None; level.beats.len()];
        for group in &level.parse.groups {
            let GroupKind::Foot(foot) = group.kind else { continue };
            for place in group.first..group.first + group.len {
                if let (Some(beat), Some(slot)) = (level.beats.get(place), feet.get_mut(place))
                    && beat.accented
                {
                    *slot = Some(foot);
                }
            }
        }
        found.foot = level.parse.dominant().map(|foot| (foot, level.parse.dominance()));
        found.accents = heard
            .accents
            .iter()
            .zip(feet)
            .map(|(ictus, foot)| Accent { start: ictus.slot, end: ictus.end, strength: ictus.strength, foot })
            .collect();
    }
    found
}

fn beat(heard: &rhythm::Rhythm, place: usize) -> Option<Beat> {
    Some(Beat { slot: *heard.beats.get(place)?, came: *heard.played.get(place)?, bits: *heard.surprisal.get(place)? })
}

fn job(jobs: &rhythm::Jobs) -> Job {
    let pulse = &jobs.pulse;
    let missed =
        pulse.missed.iter().map(|one| Event { failure: Failure::Missed, slot: one.slot, score: one.score, p: one.p });
    let late = pulse.late.iter().map(|one| Event {
        failure: Failure::Late(one.by),
        slot: one.slot,
        score: one.score,
        p: one.p,
    });
    let extra =
        pulse.extra.iter().map(|one| Event { failure: Failure::Extra, slot: one.slot, score: one.score, p: one.p });
    Job {
        period: pulse.period_steps,
        plus_minus: (pulse.high - pulse.low) / 2.0,
        variation: pulse.regularity,
        height: jobs.height * f64::from(jobs.sign),
        duration: jobs.duration.max(1),
        cycles: pulse.cycles,
        kept: pulse.kept,
        runs: jobs.runs.clone(),
        p: pulse.p,
        events: missed.chain(late).chain(extra).filter(|event| event.score >= 1.0).collect(),
        newest: None,
        strangest: None,
        offbeats: Vec::new(),
    }
}

/// The strongest line that has the period of a clock, followed against that clock: the line's own period would follow the
/// drift.
fn drift(values: &[f64], peaks: &[Peak], step_s: f64, alpha: f64) -> Option<Drift> {
    let strongest = peaks
        .iter()
        .filter(|peak| peak.harmonic_of.is_none() && peak.power_share >= LEAST_SHARE)
        .max_by(|a, b| a.power_share.total_cmp(&b.power_share))?;
    let period = clock_period_s(strongest.period_steps * step_s)? / step_s;
    // Within its own interval, the line keeps the clock's time.
    if strongest.period_low <= period && period <= strongest.period_high {
        return None;
    }
    let drift = period_course(values, period)?.drift?;
    let score = score_from_p(drift.p, alpha);
    // What stays within two samples over all of the data is no drift that matters, nor one that could be seen.
    let matters = drift.per_cycle.abs() * values.len() as f64 / period >= 2.0;
    (score >= 1.0 && matters).then_some(Drift {
        period,
        per_cycle: drift.per_cycle,
        low: drift.low,
        high: drift.high,
        p: drift.p,
        score,
    })
}

/// The period that a schedule would have, where one is near: whole parts of a minute, an hour or a day, a day, a week.
fn clock_period_s(period_s: f64) -> Option<f64> {
    const MINUTE: f64 = 60.0;
    const HOUR: f64 = 3_600.0;
    let parts = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 10.0, 12.0, 15.0, 20.0, 30.0];
    let seconds = parts.into_iter();
    let minutes = parts.into_iter().map(|part| part * MINUTE);
    let hours = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 24.0, 168.0].into_iter().map(|part| part * HOUR);
    seconds.chain(minutes).chain(hours).find(|clock_s| (period_s / clock_s - 1.0).abs() <= NEAR_A_CLOCK)
}

impl Recurrence {
    /// What was found in a slow series' cells, in slots of the grid.
    pub(crate) fn on_grid(&mut self, pace: &Pace) {
        let stride = pace.stride();
        self.each_slot(|cell| *cell = pace.slot(*cell));
        if let Some(job) = &mut self.job {
            job.period *= stride;
            job.plus_minus *= stride;
            job.duration = (job.duration as f64 * stride).round() as usize;
            for event in &mut job.events {
                if let Failure::Late(by) = &mut event.failure {
                    *by *= stride;
                }
            }
        }
        for change in &mut self.changes {
            change.before *= stride;
            change.after *= stride;
        }
        if let Some(drift) = &mut self.drift {
            for length in [&mut drift.period, &mut drift.per_cycle, &mut drift.low, &mut drift.high] {
                *length *= stride;
            }
        }
    }

    /// Makes room for the job's runs in the normal band: they are usual.
    pub(crate) fn widen(&self, centre: &[f64], lower: &mut [f64], upper: &mut [f64]) {
        let Some(job) = &self.job else { return };
        let reach = HIGHER * job.height;
        // A slot before and after: a run rises and falls within samples.
        for slot in job.runs.iter().flat_map(|run| run.saturating_sub(1)..=run + job.duration) {
            let (Some(centre), Some(low), Some(high)) = (centre.get(slot), lower.get_mut(slot), upper.get_mut(slot))
            else {
                continue;
            };
            // An edge that is not there stays away: the minimum of a number and NaN would be the number.
            if reach < 0.0 && low.is_finite() {
                *low = low.min(centre + reach);
            } else if reach > 0.0 && high.is_finite() {
                *high = high.max(centre + reach);
            }
        }
    }

    fn each_slot(&mut self, mut change: impl FnMut(&mut usize)) {
        if let Some(job) = &mut self.job {
            job.runs.iter_mut().for_each(&mut change);
            job.events.iter_mut().for_each(|event| change(&mut event.slot));
            job.newest.iter_mut().chain(&mut job.strangest).for_each(|beat| change(&mut beat.slot));
            for off in &mut job.offbeats {
                change(&mut off.slot);
                change(&mut off.instead_of);
            }
        }
        self.strong.iter_mut().for_each(|(slot, _)| change(slot));
        for accent in &mut self.accents {
            change(&mut accent.start);
            change(&mut accent.end);
        }
        self.changes.iter_mut().for_each(|one| change(&mut one.slot));
    }

    /// Whether the job explains an excursion by `height` between two slots: as one of its runs, or as one that failed the
    /// schedule. A run that reaches half as far again as others do is not explained.
    pub(crate) fn explains(&self, start: usize, end: usize, height: f64) -> bool {
        let Some(job) = &self.job else { return false };
        let is_usual = height.signum() == job.height.signum() && height.abs() <= HIGHER * job.height.abs();
        let meets = |run: usize| start <= run + job.duration && end + 1 >= run;
        if is_usual && job.runs.iter().any(|run| meets(*run)) {
            return true;
        }
        job.events.iter().any(|event| {
            let late = if let Failure::Late(by) = event.failure { by } else { 0.0 };
            // A late run leaves a hole where it was due.
            let (due, came) = (event.slot as f64 - late.max(0.0), event.slot as f64 - late.min(0.0));
            start as f64 <= came + job.duration as f64 && end as f64 + 1.0 >= due
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_have_round_periods() {
        assert_eq!(clock_period_s(86_402.0), Some(86_400.0));
        assert_eq!(clock_period_s(299.0), Some(300.0));
        assert_eq!(clock_period_s(44_714.0), None, "the tide keeps no schedule");
    }
}
