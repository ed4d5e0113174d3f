//! From a detector's answer to a finding with a sentence.

use crate::detect::Facts;
use crate::episodes::{Episode, episodes};
use crate::gap::HIDING_GAP;
use crate::recurrence::{Event, Failure};
use crate::regime::VarianceStep;
use crate::replay::Loss;
use analysis::anomaly::spike::Accent;
use analysis::change::trend::Trend;
use analysis::distribution::score_from_p;
use analysis::harmony::{Bounds, FoundBeat, Share, series_shares};
use report::format::{decimals, duration_s, quantity};
use report::{Direction, Finding, FindingKind, Quantity, Relation, RelationKind, Report, Scale, Subject};
use series::TimeGrid;
use std::fmt::Write as _;

/// The most spikes of one series that become findings; the rest is counted in the strongest one.
const SPIKES_TOLD: usize = 5;
/// The most beats of one service that become findings, and how near two periods are of the same beat.
const BEATS_TOLD: usize = 3;
const SAME_BEAT: f64 = 0.02;
/// The most pairs that a loss of consonance names.
const PAIRS_TOLD: usize = 3;
/// The most failed runs of one series that become findings.
const FAILURES_TOLD: usize = 5;
/// A spike, a step or a drift by less than this share of the usual value matters to nobody, however quiet the series is otherwise.
const IRRELEVANT: f64 = 0.001;

/// How many slots apart two beginnings of one event may lie, by how long it lasts.
const SAME_EVENT_SLOTS: (usize, usize) = (3, 60);

/// What a description needs to know about its series.
pub(crate) struct Context<'a> {
    pub(crate) series: usize,
    pub(crate) service: usize,
    pub(crate) name: &'a str,
    pub(crate) unit: &'a str,
    pub(crate) grid: &'a TimeGrid,
    pub(crate) bounds: Bounds,
    pub(crate) values: &'a [f64],
}

/// All findings of one series with a score of at least 1.
pub(crate) fn findings(context: &Context<'_>, facts: &Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(vanished(context, facts));
    found.extend(frozen(context, facts));
    found.extend(shifts(context, facts));
    found.extend(facts.drifts.iter().filter_map(|line| drift(context, facts, line)));
    found.extend(bend(context, facts));
    found.extend(escalation(context, facts));
    found.extend(variance_steps(context, facts));
    found.extend(period_change(context, facts));
    found.extend(spikes(context, facts));
    found.extend(failures(context, facts));
    found.extend(changes_of_metre(context, facts));
    found.extend(period_drift(context, facts));
    found
}

impl Context<'_> {
    pub(crate) fn finding(&self, kind: FindingKind, from: usize, to: usize, score: f64) -> Finding {
        let start_ms = self.grid.time_ms(from);
        let name = kind.name().replace(' ', "_");
        Finding {
            id: format!("{name}:{}:{start_ms}", self.name),
            kind,
            series: vec![self.series],
            services: vec![self.service],
            scale: self.scale(to.saturating_sub(from) + 1),
            start_ms,
            end_ms: self.grid.time_ms(to),
            score,
            direction: None,
            p: None,
            numbers: Vec::new(),
            sentence: String::new(),
            refuted_by: String::new(),
        }
    }

    /// When something that began in slot `low` to `high`, most likely in `slot`, was first seen, and how long before that
    /// nothing was (in seconds), where a gap lies in between; else `slot` itself.
    fn first_seen(&self, low: usize, slot: usize, high: usize) -> (usize, Option<Quantity>) {
        let is_there = |slot: &usize| self.values.get(*slot).is_some_and(|value| value.is_finite());
        let Some(mut before) = (0..low.min(slot)).rev().find(is_there) else { return (slot, None) };
        let mut longest = (0, before, slot);
        for next in (before + 1..=high.max(slot).min(self.last())).filter(is_there) {
            let apart_ms = self.grid.time_ms(next) - self.grid.time_ms(before);
            if apart_ms > longest.0 {
                longest = (apart_ms, before, next);
            }
            before = next;
        }
        let there = self.values.iter().filter(|value| value.is_finite()).count().max(1);
        let usual_ms = self.grid.step_ms * (self.values.len() / there).max(1) as i64;
        if longest.0 <= HIDING_GAP * usual_ms {
            return (slot, None);
        }
        let seen = longest.2.max(slot);
        let unseen_ms = self.grid.time_ms(seen) - self.grid.time_ms(longest.1);
        (seen, Some(in_seconds(operations::onset::UNSEEN_BEFORE, unseen_ms as f64 / 1000.0)))
    }

    /// The scale of time of something that lasts `slots` slots.
    fn scale(&self, slots: usize) -> Scale {
        let scale = self.bounds.scale_of(slots as f64 * self.grid.step_s());
        crate::scales::to_report(scale)
    }

    pub(crate) fn seconds(&self, slots: usize) -> f64 {
        slots as f64 * self.grid.step_s()
    }

    pub(crate) fn show(&self, value: f64) -> String {
        quantity(value, self.unit)
    }

    /// `to 302 MiB`, or `by 4.1 KiB` where both values read the same.
    fn moved_to(&self, usual: f64, value: f64) -> String {
        let text = self.show(value);
        if text == self.show(usual) { format!("by {}", self.show((value - usual).abs())) } else { format!("to {text}") }
    }

    /// `from 1.3 to 100`, or `by 0.2 from 432 M` where both values read the same.
    fn change(&self, from: f64, to: f64) -> String {
        let (before, after) = (self.show(from), self.show(to));
        if before == after {
            format!("by {} from {before}", self.show((to - from).abs()))
        } else {
            format!("from {before} to {after}")
        }
    }

    pub(crate) fn number(&self, name: &str, value: f64) -> Quantity {
        Quantity { name: name.into(), value, unit: self.unit.into() }
    }

    /// How far apart the beginnings of two things may lie that are one event, where one of them has the slots `from..=to`.
    pub(crate) fn guard(&self, from: usize, to: usize) -> usize {
        (to.saturating_sub(from) / 4).clamp(SAME_EVENT_SLOTS.0, SAME_EVENT_SLOTS.1)
    }

    fn last(&self) -> usize {
        self.grid.len.saturating_sub(1)
    }
}

pub(crate) fn pure(name: &str, value: f64) -> Quantity {
    Quantity { name: name.into(), value, unit: String::new() }
}

pub(crate) fn in_seconds(name: &str, value: f64) -> Quantity {
    Quantity { name: name.into(), value, unit: "s".into() }
}

fn vanished(context: &Context<'_>, facts: &Facts) -> Option<Finding> {
    let gone = facts.vanished.as_ref().filter(|gone| gone.score >= 1.0)?;
    let from = (gone.last + 1).min(context.last());
    let missing_s = context.seconds(gone.missing);
    Some(Finding {
        p: Some(gone.p),
        numbers: vec![
            in_seconds("silent for", missing_s),
            in_seconds("longest gap before", context.seconds(gone.longest_gap_before)),
        ],
        sentence: format!("The series stopped and stayed silent for {}, while others went on.", duration_s(missing_s)),
        refuted_by: "samples of this series in that time from another source".into(),
        ..context.finding(FindingKind::Vanished, from, context.last(), gone.score)
    })
}

fn frozen(context: &Context<'_>, facts: &Facts) -> Option<Finding> {
    let frozen = facts.frozen.as_ref()?;
    let length_s = context.seconds(frozen.length);
    Some(Finding {
        p: Some(frozen.p),
        numbers: vec![
            context.number("value", frozen.value),
            in_seconds("stands still for", length_s),
            in_seconds("longest before", context.seconds(frozen.longest_run_elsewhere)),
        ],
        sentence: format!(
            "The series stood still at {} for {}; it never did so for more than {} elsewhere.",
            context.show(frozen.value),
            duration_s(length_s),
            duration_s(context.seconds(frozen.longest_run_elsewhere))
        ),
        refuted_by: "a reason for exactly equal values, such as an idle system or a cached exporter".into(),
        ..context.finding(FindingKind::Frozen, frozen.start, frozen.end, frozen.score)
    })
}

fn shifts(context: &Context<'_>, facts: &Facts) -> Vec<Finding> {
    let is_relevant = |episode: &Episode| {
        let (before, level) = (episode.first.before, episode.level);
        (level - before).abs() >= IRRELEVANT * before.abs().max(level.abs())
    };
    episodes(&facts.shifts, context.grid.len)
        .into_iter()
        .filter(is_relevant)
        .map(|episode| {
            let shift = episode.first;
            let uncertainty_s = context.seconds(shift.high.saturating_sub(shift.low)) / 2.0;
            let rose = episode.level > shift.before;
            let (from, unseen) = context.first_seen(shift.low, shift.slot, shift.high);
            let from = from.min(episode.end);
            let lasted_s = context.seconds((episode.end + 1).saturating_sub(from));
            let verb = if rose { "rose" } else { "fell" };
            let then = if episode.returned {
                format!(" for {}, then came back", duration_s(lasted_s))
            } else if episode.end < context.last() {
                format!(" and stayed there for {}", duration_s(lasted_s))
            } else {
                " and stayed there".into()
            };
            let mut numbers = vec![
                context.number("before", shift.before),
                context.number("after", episode.level),
                pure("size in spreads", shift.size_in_spreads.abs()),
                in_seconds("duration", lasted_s),
                in_seconds(operations::spread::ONSET_UNCERTAINTY, uncertainty_s),
            ];
            numbers.extend(unseen);
            Finding {
                direction: Some(if rose { Direction::Up } else { Direction::Down }),
                p: Some(episode.p),
                numbers,
                sentence: format!("The level {verb} {}{then}.", context.change(shift.before, episode.level)),
                refuted_by: "the same step in a healthy period, or a planned change at that time".into(),
                ..context.finding(FindingKind::LevelShift, from, episode.end, episode.score)
            }
        })
        .collect()
}

fn drift(context: &Context<'_>, facts: &Facts, line: &Trend) -> Option<Finding> {
    let (from, to) = (line.value_at(line.start as f64), line.value_at(line.end as f64));
    if (to - from).abs() < IRRELEVANT * from.abs().max(to.abs()) {
        return None;
    }
    let rose = line.slope > 0.0;
    let goes_on = facts.deseasonalised.iter().skip(line.end + 1).any(|value| value.is_finite());
    // Time went on in the gaps, too.
    let lasted_s = (context.grid.time_ms(line.end) - context.grid.time_ms(line.start)) as f64 / 1000.0;
    let per_hour = 3600.0 * (to - from) / lasted_s.max(context.grid.step_s());
    let mut numbers = vec![
        context.number("from", from),
        context.number("to", to),
        context.number("slope per hour", per_hour),
        pure("Kendall tau", line.kendall_tau),
    ];
    let mut sentence = format!(
        "A steady drift {} {} over {}{}.",
        if rose { "up" } else { "down" },
        context.change(from, to),
        duration_s(lasted_s),
        if goes_on { ", then it broke off" } else { "" }
    );
    if let Some((limit, [early, expected, late])) = breaks_off_again(context, facts, line).filter(|_| !goes_on) {
        let until = if late.is_finite() {
            format!("{} to {}", duration_s(early), duration_s(late))
        } else {
            format!("at least {}", duration_s(early))
        };
        let _ = write!(
            sentence,
            " At this pace it is at {}, where it broke off before, in {} ({until}).",
            context.show(limit),
            duration_s(expected)
        );
        numbers.push(in_seconds("where it broke off before, in", expected));
    }
    Some(Finding {
        direction: Some(if rose { Direction::Up } else { Direction::Down }),
        p: Some(line.p),
        numbers,
        sentence,
        refuted_by: "a longer window in which the drift turns back, as a daily cycle would".into(),
        ..context.finding(FindingKind::Trend, line.start, line.end, line.score)
    })
}

/// Where an earlier drift of the same direction broke off, and how long after the end of the data this one is there: the earliest,
/// expected and latest time by its slope's interval, in seconds. Not beyond the length of the data: nobody knows so far ahead.
fn breaks_off_again(context: &Context<'_>, facts: &Facts, line: &Trend) -> Option<(f64, [f64; 3])> {
    let is_earlier = |other: &&Trend| other.start < line.start && other.slope.signum() == line.slope.signum();
    let earlier = facts.drifts.iter().rfind(is_earlier)?;
    let limit = earlier.value_at(earlier.end as f64);
    let (early, late) = line.time_to_interval(limit)?;
    let expected = line.time_to(limit).filter(|slots| *slots > 0.0 && *slots <= context.grid.len as f64)?;
    Some((limit, [early, expected, late].map(|slots| slots * context.grid.step_s())))
}

fn bend(context: &Context<'_>, facts: &Facts) -> Option<Finding> {
    let bend = facts.bend.as_ref()?;
    let [before, after] = [bend.before, bend.after].map(|slope| slope * 3600.0 / context.grid.step_s());
    let at = |slot: usize| bend.value_at(slot as f64);
    let (from, to) = (at(bend.slot), at(bend.end));
    // A slope that moves the values by less than they show is none.
    let is_flat = context.show(at(bend.start)) == context.show(from);
    let so_far = if is_flat { "flat".to_owned() } else { format!("{} per hour", context.show(before)) };
    Some(Finding {
        direction: Some(if after > before { Direction::Up } else { Direction::Down }),
        p: Some(bend.p),
        numbers: vec![
            context.number("slope per hour before", before),
            context.number("slope per hour after", after),
            context.number("from", from),
            context.number("to", to),
            in_seconds(
                operations::spread::ONSET_UNCERTAINTY,
                context.seconds(bend.high.saturating_sub(bend.low)) / 2.0,
            ),
        ],
        sentence: format!(
            "The course bent here: {so_far} until then, {} per hour since, from {} to {} in {}.",
            context.show(after),
            context.show(from),
            context.show(to),
            duration_s(context.seconds(bend.end.saturating_sub(bend.slot)))
        ),
        refuted_by: "the same bend in a healthy period, as a daily cycle would show, or a planned change at that time"
            .into(),
        ..context.finding(FindingKind::SlopeChange, bend.slot, bend.end, bend.score)
    })
}

/// Stretches of another variance.
fn variance_steps(context: &Context<'_>, facts: &Facts) -> Vec<Finding> {
    let told = |step: &VarianceStep| {
        let ratio = (step.after / step.before).powi(2);
        let grew = ratio > 1.0;
        let lasted_s = context.seconds(step.to + 1 - step.from);
        let times = if grew { ratio } else { 1.0 / ratio };
        let aside = step.aside.filter(|_| grew);
        let lasted = match (step.returned, aside) {
            (true, Some(_)) => format!(" for {}, then came back", duration_s(lasted_s)),
            (true, None) => format!(" for {}, then was as before", duration_s(lasted_s)),
            (false, Some(_)) => String::new(),
            (false, None) => " and stayed there".into(),
        };
        let rose = aside.map_or(grew, |(_, furthest)| furthest > 0.0);
        Finding {
            direction: Some(if rose { Direction::Up } else { Direction::Down }),
            p: Some(step.p),
            numbers: vec![
                context.number("standard deviation before", step.before),
                context.number("standard deviation after", step.after),
                pure("variance ratio", ratio),
                context.number(operations::narrative::SHIFT, aside.map_or(f64::NAN, |(median, _)| median)),
                in_seconds("duration", lasted_s),
                in_seconds(
                    operations::spread::ONSET_UNCERTAINTY,
                    context.seconds(step.high.saturating_sub(step.low)) / 2.0,
                ),
            ],
            sentence: match aside {
                Some((median, furthest)) => format!(
                    "It {} unevenly, by {} in the middle and by {} at most{lasted}; its usual standard deviation is {}.",
                    if rose { "rose" } else { "fell" },
                    context.show(median.abs()),
                    context.show(furthest.abs()),
                    context.show(step.before),
                ),
                None => format!(
                    "It fluctuates {}: its standard deviation {} from {} to {}{lasted}.",
                    match (grew, times < 1e4) {
                        (true, true) => format!("more, the variance {} times as large", decimals(times, 1)),
                        (true, false) => "more, from almost nothing".to_owned(),
                        (false, true) => format!("less, the variance {} times smaller", decimals(times, 1)),
                        (false, false) => "hardly any more".to_owned(),
                    },
                    if grew { "rose" } else { "fell" },
                    context.show(step.before),
                    context.show(step.after),
                ),
            },
            refuted_by: "the same change at the same time of another day".into(),
            ..context.finding(FindingKind::VarianceChange, step.from, step.to, step.score)
        }
    };
    facts.steps.iter().map(told).collect()
}

/// A fluctuation that went over to another period.
fn period_change(context: &Context<'_>, facts: &Facts) -> Option<Finding> {
    let change = facts.period_change.as_ref()?;
    let (before_s, after_s) = (change.before * context.grid.step_s(), change.after * context.grid.step_s());
    Some(Finding {
        p: Some(change.p),
        numbers: vec![
            in_seconds("period before", before_s),
            in_seconds("period after", after_s),
            in_seconds(
                operations::spread::ONSET_UNCERTAINTY,
                context.seconds(change.high.saturating_sub(change.low)) / 2.0,
            ),
        ],
        sentence: format!(
            "It swung with a period of {} and swings with one of {} from here on.",
            duration_s(before_s),
            duration_s(after_s)
        ),
        refuted_by: "both periods in a healthy recording, one as strong as the other throughout".into(),
        scale: context.scale(change.before.round().max(1.0) as usize),
        ..context.finding(FindingKind::PeriodChange, change.slot, context.last(), change.score)
    })
}

fn escalation(context: &Context<'_>, facts: &Facts) -> Option<Finding> {
    let grown = facts.variance.as_ref()?;
    let last = grown.windows.last()?;
    Some(Finding {
        direction: Some(Direction::Up),
        p: Some(grown.p),
        numbers: vec![
            pure("variance ratio", grown.ratio),
            in_seconds("window", context.seconds(last.end - last.start)),
        ],
        sentence: format!(
            "It fluctuates more and more: over {} equal windows its variance grew {}.",
            grown.windows.len(),
            if grown.ratio < 1e4 { format!("{}-fold", decimals(grown.ratio, 1)) } else { "from almost nothing".into() }
        ),
        refuted_by: "the same growth at the same time of another day".into(),
        ..context.finding(FindingKind::VarianceEscalation, last.start, last.end.saturating_sub(1), grown.score)
    })
}

fn spikes(context: &Context<'_>, facts: &Facts) -> Vec<Finding> {
    let relevant = |accent: &&Accent| {
        let at = |values: &[f64]| values.get(accent.peak).copied().unwrap_or(f64::NAN);
        let (peak, usual) = (at(context.values), at(&facts.band_centre));
        (peak - usual).abs() >= IRRELEVANT * usual.abs()
    };
    let mut strongest: Vec<&Accent> = facts.accents.iter().filter(relevant).collect();
    order::sort_by(&mut strongest, |a, b| b.score.total_cmp(&a.score).then(a.start.cmp(&b.start)));
    let untold = strongest.len().saturating_sub(SPIKES_TOLD);
    strongest
        .into_iter()
        .take(SPIKES_TOLD)
        .enumerate()
        .map(|(rank, accent)| {
            let up = accent.z > 0.0;
            let peak = context.values.get(accent.peak).copied().unwrap_or(f64::NAN);
            let usual = facts.band_centre.get(accent.peak).copied().unwrap_or(f64::NAN);
            let mut numbers =
                vec![context.number("peak", peak), context.number("usual", usual), pure("robust z", accent.z)];
            if rank == 0 && untold > 0 {
                numbers.push(pure("further spikes", untold as f64));
            }
            numbers.extend(context.first_seen(accent.start, accent.start, accent.start).1);
            let length = duration_s(context.seconds(accent.end - accent.start + 1));
            // What reaches the last slot may go on.
            let length = if accent.end == context.last() { format!("the last {length}") } else { length };
            // One sample may be wrong; several in a row are not wrong together.
            let faulty = if accent.end == accent.start { ", or one faulty sample" } else { "" };
            let more = match untold {
                1 if rank == 0 => " A smaller one is not listed.".to_owned(),
                2.. if rank == 0 => format!(" {untold} smaller ones are not listed."),
                _ => String::new(),
            };
            Finding {
                direction: Some(if up { Direction::Up } else { Direction::Down }),
                numbers,
                sentence: format!(
                    "It {} {} for {length}, against {} as usual.{more}",
                    if up { "jumped" } else { "dropped" },
                    context.moved_to(usual, peak),
                    context.show(usual)
                ),
                refuted_by: format!("equal excursions at the same time of other days{faulty}"),
                ..context.finding(FindingKind::Spike, accent.start, accent.end, accent.score)
            }
        })
        .collect()
}

/// Runs of the job that did not come, came late, or came between.
fn failures(context: &Context<'_>, facts: &Facts) -> Vec<Finding> {
    let Some(job) = &facts.recurrence.job else { return Vec::new() };
    let step_s = context.grid.step_s();
    let every = duration_s(job.period * step_s);
    let mut events: Vec<&Event> = job.events.iter().collect();
    order::sort_by(&mut events, |a, b| b.score.total_cmp(&a.score).then(a.slot.cmp(&b.slot)));
    let untold = events.len().saturating_sub(FAILURES_TOLD);
    events
        .into_iter()
        .take(FAILURES_TOLD)
        .enumerate()
        .map(|(rank, event)| {
            let more = if rank == 0 && untold > 0 {
                format!(" {untold} more runs that failed the schedule are not listed.")
            } else {
                String::new()
            };
            let kept = format!("{} of {} runs came when they were due, every {every}", job.kept, job.cycles);
            let (kind, what, refuted_by) = match event.failure {
                Failure::Missed => (
                    FindingKind::MissedBeat,
                    format!("The run that was due here did not come: {kept}.{more}"),
                    "the job's own log showing that it ran, or a pause of the schedule that was wanted",
                ),
                Failure::Late(by) => (
                    FindingKind::LateBeat,
                    format!(
                        "The run came {} {} than it was due: {kept}.{more}",
                        duration_s(by.abs() * step_s),
                        if by > 0.0 { "later" } else { "earlier" }
                    ),
                    "the job's own log showing that it began when it was due",
                ),
                Failure::Extra => (
                    FindingKind::ExtraBeat,
                    format!("A run came although none was due: {kept}.{more}"),
                    "a run that was started by hand, or something else that looks like one",
                ),
            };
            let mut numbers = vec![
                in_seconds("period", job.period * step_s),
                context.number("height of a run", job.height),
                pure("variation of the intervals", job.variation),
            ];
            if let Failure::Late(by) = event.failure {
                numbers.push(in_seconds("late by", by * step_s));
            }
            let end = (event.slot + job.duration - 1).min(context.last());
            Finding {
                p: Some(event.p),
                numbers,
                sentence: what,
                refuted_by: refuted_by.into(),
                scale: context.scale(job.period.round().max(1.0) as usize),
                ..context.finding(kind, event.slot.min(context.last()), end, event.score)
            }
        })
        .collect()
}

/// Events that went over to another period.
fn changes_of_metre(context: &Context<'_>, facts: &Facts) -> Vec<Finding> {
    let step_s = context.grid.step_s();
    let told = |change: &crate::recurrence::Change| Finding {
        p: Some(change.p),
        numbers: vec![
            in_seconds("period before", change.before * step_s),
            in_seconds("period after", change.after * step_s),
        ],
        sentence: format!(
            "What came every {} comes every {} from here on.",
            duration_s(change.before * step_s),
            duration_s(change.after * step_s)
        ),
        refuted_by: "an unchanged schedule, with runs that merely failed".into(),
        scale: context.scale(change.before.round().max(1.0) as usize),
        ..context.finding(FindingKind::MetreChange, change.slot, context.last(), change.score)
    };
    facts.recurrence.changes.iter().map(told).collect()
}

/// A period that leaves its clock.
fn period_drift(context: &Context<'_>, facts: &Facts) -> Option<Finding> {
    let drift = facts.recurrence.drift?;
    let step_s = context.grid.step_s();
    let (each_s, clock_s) = (drift.per_cycle * step_s, drift.period * step_s);
    let half_s = (drift.high - drift.low).abs() / 2.0 * step_s;
    Some(Finding {
        p: Some(drift.p),
        direction: Some(if each_s > 0.0 { Direction::Up } else { Direction::Down }),
        numbers: vec![
            in_seconds("clock", clock_s),
            in_seconds("each cycle later by", each_s),
            in_seconds("plus or minus", half_s),
        ],
        sentence: format!(
            "Each cycle begins {} {} than a clock of {} would have it.",
            duration_s(each_s.abs()),
            if each_s > 0.0 { "later" } else { "earlier" },
            duration_s(clock_s)
        ),
        refuted_by: format!("a schedule whose period is not {}", duration_s(clock_s)),
        scale: context.scale(drift.period.round().max(1.0) as usize),
        ..context.finding(FindingKind::PeriodDrift, 0, context.last(), drift.score)
    })
}

/// The beats of each service, the clearest first: a few of different periods.
pub(crate) fn beats(
    report: &Report,
    found: &[FoundBeat],
    grid: &TimeGrid,
    bounds: &Bounds,
    alpha: f64,
) -> Vec<Finding> {
    let mut told: Vec<(usize, f64)> = Vec::new();
    let mut findings = Vec::new();
    for one in found {
        let (Some(first), Some(second)) = (report.series.get(one.first.series), report.series.get(one.second.series))
        else {
            continue;
        };
        let score = score_from_p(one.beat.p, alpha);
        // The same two jobs beat in every series that shows both.
        let of_service = || told.iter().filter(|(service, _)| *service == first.service);
        let is_same = |period: f64| (period / one.beat.period_steps - 1.0).abs() < SAME_BEAT;
        if score < 1.0 || of_service().count() >= BEATS_TOLD || of_service().any(|(_, period)| is_same(*period)) {
            continue;
        }
        told.push((first.service, one.beat.period_steps));
        let seconds = |steps: f64| steps * grid.step_s();
        let periods_s = [one.first, one.second].map(|job| seconds(job.period_steps));
        let mut series = vec![one.first.series];
        let mut services = vec![first.service];
        if one.second.series != one.first.series {
            series.push(one.second.series);
            if second.service != first.service {
                services.push(second.service);
            }
        }
        let next_s = seconds(next_coincidence(one, grid) - grid.len as f64);
        let mut numbers = vec![
            in_seconds("beat period", seconds(one.beat.period_steps)),
            in_seconds("first period", periods_s[0]),
            in_seconds("second period", periods_s[1]),
            pure("depth", one.beat.depth),
            in_seconds("next together, after the data end", next_s),
        ];
        let shift = one.next_collision(grid.len as f64).and_then(|collision| collision.avoiding_shift);
        numbers
            .extend(shift.map(|steps| in_seconds("a later start of the second that keeps them apart", seconds(steps))));
        findings.push(Finding {
            id: format!("beat:{}:{}:{}", first.name, second.name, decimals(seconds(one.beat.period_steps), 0)),
            kind: FindingKind::Beat,
            series,
            services,
            scale: crate::scales::to_report(bounds.scale_of(periods_s[0])),
            start_ms: grid.time_ms(one.beat.first_swell_step.max(0.0).round() as usize),
            end_ms: grid.end_ms(),
            score,
            direction: None,
            p: Some(one.beat.p),
            numbers,
            sentence: format!(
                "Two rhythms of {} and {} beat: they meet every {}, and next {} after the data end.",
                duration_s(periods_s[0]),
                duration_s(periods_s[1]),
                duration_s(seconds(one.beat.period_steps)),
                duration_s(next_s)
            ),
            refuted_by: "one of the two jobs moved to another period, and the swell still there".into(),
        });
    }
    findings
}

/// Stretches in which series that go together lost each other: those of the system, and those of services at other times.
pub(crate) fn losses(report: &Report, losses: &[Loss], grid: &TimeGrid) -> Vec<Finding> {
    let is_told = |one: &Loss| {
        let meets = |other: &&Loss| other.from <= one.to && one.from <= other.to;
        one.subject == Subject::System
            || !losses.iter().filter(|other| other.subject == Subject::System).any(|other| meets(&other))
    };
    losses.iter().filter(|one| is_told(one)).filter_map(|one| loss(report, one, grid)).collect()
}

fn loss(report: &Report, one: &Loss, grid: &TimeGrid) -> Option<Finding> {
    let name = |position: usize| report.series.get(position).map_or("", |series| series.name.as_str());
    let took: Vec<&Share> = one.shares.iter().filter(|share| share.share > 0.0).take(PAIRS_TOLD).collect();
    let total: f64 = one.shares.iter().map(|share| share.share.max(0.0)).sum();
    let worst = took.first()?;
    let pairs: Vec<String> = took
        .iter()
        .map(|share| {
            format!(
                "{} with {} ({} %)",
                name(share.first),
                name(share.second),
                decimals(100.0 * share.share / total, 0)
            )
        })
        .collect();
    let series: Vec<usize> = series_shares(&one.shares).into_iter().take(2).map(|(series, _)| series).collect();
    let mut services: Vec<usize> = Vec::new();
    for service in series.iter().filter_map(|series| report.series.get(*series)).map(|series| series.service) {
        if !services.contains(&service) {
            services.push(service);
        }
    }
    let start_ms = grid.time_ms(one.from);
    let subject = match one.subject {
        Subject::Service(service) => report.services.get(service).map_or("", |service| service.name.as_str()),
        _ => "system",
    };
    let scale = crate::scales::to_report(one.scale);
    Some(Finding {
        id: format!("dissonance:{subject}:{}:{start_ms}", scale.name()),
        kind: FindingKind::Dissonance,
        series,
        services,
        scale,
        start_ms,
        end_ms: grid.time_ms(one.to),
        score: one.score,
        direction: Some(Direction::Down),
        p: Some(one.p),
        numbers: vec![
            pure("consonance lost", one.loss),
            pure("robust z", one.z),
            pure("strongest pair before", worst.usual),
            pure("strongest pair then", worst.found),
        ],
        sentence: format!(
            "Series that go together lost each other: {} % of the consonance of {} was gone, mostly of {}.",
            decimals(100.0 * one.loss, 0),
            if subject == "system" { "the system" } else { subject },
            pairs.join(", ")
        ),
        refuted_by: "the same loss at the same hour of other days, or gaps in one of the two series".into(),
    })
}

/// The slot at which the two fall together next after the data end.
fn next_coincidence(beat: &FoundBeat, grid: &TimeGrid) -> f64 {
    beat.beat.next_coincidence(grid.len as f64).step
}

/// Beats between two series, as relations.
pub(crate) fn beat_relations(found: &[FoundBeat], grid: &TimeGrid, bounds: &Bounds) -> Vec<Relation> {
    found
        .iter()
        .filter(|one| one.first.series != one.second.series)
        .map(|one| {
            let periods_s = [one.first, one.second].map(|job| job.period_steps * grid.step_s());
            Relation {
                kind: RelationKind::Beat,
                from: one.first.series,
                to: one.second.series,
                scale: crate::scales::to_report(bounds.scale_of(periods_s[0])),
                strength: one.beat.depth.clamp(0.0, 1.0),
                sign: 1,
                q: one.q,
                period_s: Some(one.beat.period_steps * grid.step_s()),
                periods_s: Some((periods_s[0], periods_s[1])),
                next_ms: Some(grid.time_ms(next_coincidence(one, grid).round().max(0.0) as usize)),
                ..Relation::default()
            }
        })
        .collect()
}
