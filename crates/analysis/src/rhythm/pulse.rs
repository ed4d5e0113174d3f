//! The beat that events keep: its period, and the events that fail it.

use super::concentration::{Concentration, Search, search};
use crate::distribution::{score_from_ln_p, student_t_ln_survival};
use crate::robust;
use statrs::function::gamma::ln_gamma;

/// How to look for a pulse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PulseOptions {
    /// The chance that events without any pulse get one; and that a healthy pulse gets any missed, late or extra event.
    pub alpha: f64,
    /// The grain of the onsets in steps: 1 for onsets that are slots, 0 for exact times.
    pub resolution: f64,
    /// The shortest period that is looked for, in steps.
    pub shortest: f64,
    /// The fewest cycles that a period must have in the span.
    pub min_cycles: f64,
    /// A period that is known beforehand, in steps, as a day: at it fewer cycles are enough.
    pub period: Option<f64>,
}

impl Default for PulseOptions {
    fn default() -> Self {
        Self { alpha: 0.001, resolution: 1.0, shortest: 4.0, min_cycles: 4.0, period: None }
    }
}

/// An expected event that did not come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Missed {
    /// When it was expected, rounded to a slot.
    pub slot: usize,
    /// When it was expected, in steps.
    pub expected: f64,
    /// 1.0 is the threshold.
    pub score: f64,
    /// The chance of a deviation like this anywhere in a healthy pulse.
    pub p: f64,
}

/// An event that came, but not when it was expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Late {
    /// When it came, rounded to a slot.
    pub slot: usize,
    /// When it was expected, in steps.
    pub expected: f64,
    /// How much later it came, in steps; negative where it came early. Less than half a period.
    pub by: f64,
    /// 1.0 is the threshold.
    pub score: f64,
    /// The chance of a deviation like this anywhere in a healthy pulse.
    pub p: f64,
}

/// An event that nothing was expected of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extra {
    /// When it came, rounded to a slot.
    pub slot: usize,
    /// When it came, in cycles after the last expected event, 0 to 1.
    pub phase: f64,
    /// 1.0 is the threshold.
    pub score: f64,
    /// The chance of a deviation like this anywhere in a healthy pulse.
    pub p: f64,
}

/// A longer pattern of cycles without an event, such as weekends.
#[derive(Clone, Debug, PartialEq)]
pub struct Rests {
    /// After how many cycles the pattern repeats.
    pub every: usize,
    /// Which cycles of each repetition have no event, counted from the first that had one.
    pub cycles: Vec<usize>,
}

/// A period that events keep.
#[derive(Clone, Debug, PartialEq)]
pub struct Pulse {
    /// The period in steps.
    pub period_steps: f64,
    /// The lower end of the period's 95 % interval.
    pub low: f64,
    /// The upper end of the period's 95 % interval.
    pub high: f64,
    /// When the first event is expected, in steps, 0 to one period.
    pub phase: f64,
    /// The coefficient of variation of the intervals between events (an interval over a missed event is halved, and so
    /// on): 0 for a clock, 1 for a Poisson process.
    pub regularity: f64,
    /// The usual deviation of an event from its expected time, in steps (a standard deviation).
    pub jitter: f64,
    /// The chance that events without any pulse look like this at any period.
    pub p: f64,
    /// 1.0 is the threshold.
    pub score: f64,
    /// The expected events, from the first that came on.
    pub cycles: usize,
    /// Those of them that came, late ones included.
    pub kept: usize,
    /// Cycles in which no event is expected, because in none of their kind there ever was one.
    pub rests: Option<Rests>,
    /// Expected events that did not come.
    pub missed: Vec<Missed>,
    /// Events that came at another time than expected.
    pub late: Vec<Late>,
    /// Events beside the pulse.
    pub extra: Vec<Extra>,
}

impl Pulse {
    /// When the event of cycle `cycle` is expected, in steps; cycle 0 is the first in the span.
    pub fn expected(&self, cycle: usize) -> f64 {
        self.phase + cycle as f64 * self.period_steps
    }
}

/// The pulse of events with the given onsets (in steps, any order) over a span of `span` steps.
///
/// A period and a phase are looked for at which more cycles have an event within a narrow window than chance puts
/// there: see [`super::concentration`] for the test, which holds on Poisson processes, on renewal processes down to a
/// coefficient of variation of 0.3, and on bursts, since a cycle with many events counts once. At least half of the
/// cycles must have their event, and half of the events their cycle.
///
/// Onsets that are not finite or outside of the span are ignored. None with fewer than 4 onsets or without a pulse.
pub fn pulse(onsets: &[f64], span: f64, options: &PulseOptions) -> Option<Pulse> {
    let onsets = usable(onsets, span);
    let found = search(&onsets, &Search::new(span, options))?;
    let p = found.ln_p.exp();
    if p > options.alpha {
        return None;
    }
    Some(follow(&onsets, &found, span, options, &|_| true))
}

/// The onsets within the span in ascending order.
pub(super) fn usable(onsets: &[f64], span: f64) -> Vec<f64> {
    let mut kept: Vec<f64> = onsets.iter().copied().filter(|onset| *onset >= 0.0 && *onset <= span).collect();
    order::ascending(&mut kept);
    kept
}

/// Fits the pulse to its events and tells which of them failed it. `is_observed` says whether an event at a time would
/// have been seen.
pub(super) fn follow(
    onsets: &[f64],
    found: &Concentration,
    span: f64,
    options: &PulseOptions,
    is_observed: &dyn Fn(f64) -> bool,
) -> Pulse {
    let mut grid = Grid { period: found.period, phase: found.phase };
    let mut reach = 0.5 * found.width * found.period;
    // Robust at first; then everything within six standard deviations, which no longer leaves out healthy events.
    for round in 0..4 {
        let hits = grid.hits(onsets, reach.max(options.resolution));
        grid = grid.fitted(&hits).unwrap_or(grid);
        reach = (6.0 * grid.jitter(&hits, options.resolution, round == 0)).min(0.25 * grid.period);
    }
    let hits = grid.hits(onsets, reach.max(options.resolution));
    let jitter = grid.jitter(&hits, options.resolution, false);
    let error = grid.period_error(&hits, jitter);
    let matches = grid.matches(onsets, span);
    let cycles: Vec<(i64, Option<f64>)> = matches.cycles;
    let first = cycles.iter().position(|(_, onset)| onset.is_some()).unwrap_or(0);
    let cycles = cycles.get(first..).unwrap_or_default();
    let tests = cycles.len().max(1) as f64;
    let dof = (hits.len() as f64 - 2.0).max(1.0);
    let ln_p_of = |deviation: f64| {
        let spread = jitter * (1.0 + 1.0 / hits.len().max(1) as f64).sqrt();
        (student_t_ln_survival(deviation.abs() / spread, dof) + 2f64.ln() + tests.ln()).min(0.0)
    };
    let slot_of = |time: f64| time.round().max(0.0) as usize;
    let mut pulse = Pulse {
        period_steps: grid.period,
        low: grid.period - error,
        high: grid.period + error,
        phase: grid.phase.rem_euclid(grid.period),
        regularity: regularity(cycles, grid.period),
        jitter,
        p: found.ln_p.exp(),
        score: score_from_ln_p(found.ln_p, options.alpha),
        cycles: cycles.len(),
        kept: cycles.iter().filter(|(_, onset)| onset.is_some()).count(),
        rests: None,
        missed: Vec::new(),
        late: Vec::new(),
        extra: Vec::new(),
    };
    let ln_alpha = options.alpha.ln();
    let came: Vec<bool> = cycles.iter().map(|(_, onset)| onset.is_some()).collect();
    pulse.rests = rests(&came);
    let is_rest =
        |place: usize| pulse.rests.as_ref().is_some_and(|rests| rests.cycles.contains(&(place % rests.every)));
    let is_rest: Vec<bool> = (0..cycles.len()).map(is_rest).collect();
    for (&(cycle, onset), is_rest) in cycles.iter().zip(is_rest) {
        let expected = grid.phase + cycle as f64 * grid.period;
        match onset {
            Some(onset) => {
                let by = onset - expected;
                let ln_p = ln_p_of(by);
                if ln_p <= ln_alpha && by.abs() > options.resolution {
                    let score = score_from_ln_p(ln_p, options.alpha);
                    pulse.late.push(Late { slot: slot_of(onset), expected, by, score, p: ln_p.exp() });
                }
            }
            None => {
                // Only half a period away could it have been and still not be seen as late; at the end of the span, as far
                // as that has gone on.
                let ln_p = ln_p_of((0.5 * grid.period).min(span - expected));
                if ln_p <= ln_alpha && !is_rest && is_observed(expected) {
                    let score = score_from_ln_p(ln_p, options.alpha);
                    pulse.missed.push(Missed { slot: slot_of(expected), expected, score, p: ln_p.exp() });
                }
            }
        }
    }
    for onset in matches.unmatched {
        let cycle = (onset - grid.phase) / grid.period;
        let ln_p = ln_p_of((cycle - cycle.round()) * grid.period);
        if ln_p <= ln_alpha {
            let score = score_from_ln_p(ln_p, options.alpha);
            let phase = cycle.rem_euclid(1.0);
            pulse.extra.push(Extra { slot: slot_of(onset), phase, score, p: ln_p.exp() });
        }
    }
    pulse
}

/// Expected times: phase + cycle · period.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    pub(super) period: f64,
    pub(super) phase: f64,
}

pub(super) struct Matches {
    /// Every cycle of the span with the event nearest to its expected time, less than half a period away.
    pub(super) cycles: Vec<(i64, Option<f64>)>,
    /// The other events.
    pub(super) unmatched: Vec<f64>,
}

impl Grid {
    /// The nearest event of each cycle, if within `reach`.
    fn hits(&self, onsets: &[f64], reach: f64) -> Vec<(f64, f64)> {
        let mut hits: Vec<(f64, f64)> = Vec::new();
        for &onset in onsets {
            let cycle = ((onset - self.phase) / self.period).round();
            let distance = |time: f64| (time - self.phase - cycle * self.period).abs();
            if distance(onset) > reach {
                continue;
            }
            match hits.last_mut() {
                Some((last, kept)) if *last == cycle => {
                    if distance(onset) < distance(*kept) {
                        *kept = onset;
                    }
                }
                _ => hits.push((cycle, onset)),
            }
        }
        hits
    }

    /// Least squares of onsets on cycles.
    fn fitted(&self, hits: &[(f64, f64)]) -> Option<Self> {
        if hits.len() < 3 {
            return None;
        }
        let count = hits.len() as f64;
        let centre = hits.iter().map(|(cycle, _)| cycle).sum::<f64>() / count;
        let mean = hits.iter().map(|(_, onset)| onset).sum::<f64>() / count;
        let (mut cross, mut square) = (0.0, 0.0);
        for (cycle, onset) in hits {
            cross += (cycle - centre) * (onset - mean);
            square += (cycle - centre).powi(2);
        }
        let period = cross / square;
        (period.is_finite() && period > 0.0).then_some(Self { period, phase: mean - centre * period })
    }

    /// The spread of events about their expected times, robust or as a standard deviation, not below what the grain of
    /// the onsets leaves.
    fn jitter(&self, hits: &[(f64, f64)], resolution: f64, is_robust: bool) -> f64 {
        let deviations: Vec<f64> = hits.iter().map(|(cycle, onset)| onset - self.phase - cycle * self.period).collect();
        let spread = if is_robust {
            robust::spread(&deviations).unwrap_or(0.0)
        } else {
            let freedom = (hits.len() as f64 - 2.0).max(1.0);
            (deviations.iter().map(|deviation| deviation * deviation).sum::<f64>() / freedom).sqrt()
        };
        let grain = (resolution / 12f64.sqrt()).max(1e-9 * self.period);
        (spread * spread + grain * grain).sqrt()
    }

    /// Half of the 95 % interval of the period.
    fn period_error(&self, hits: &[(f64, f64)], jitter: f64) -> f64 {
        let count = hits.len() as f64;
        let centre = hits.iter().map(|(cycle, _)| cycle).sum::<f64>() / count;
        let square: f64 = hits.iter().map(|(cycle, _)| (cycle - centre).powi(2)).sum();
        let quantile = crate::distribution::student_t_upper_quantile(0.025, (count - 2.0).max(1.0));
        quantile * jitter / square.sqrt()
    }

    pub(super) fn matches(&self, onsets: &[f64], span: f64) -> Matches {
        let first = (-self.phase / self.period).ceil() as i64;
        let last = ((span - self.phase) / self.period).floor() as i64;
        let mut cycles: Vec<(i64, Option<f64>)> = (first..=last.max(first - 1)).map(|cycle| (cycle, None)).collect();
        let mut unmatched = Vec::new();
        for &onset in onsets {
            let nearest = ((onset - self.phase) / self.period).round() as i64;
            let distance = |time: f64| (time - self.phase - nearest as f64 * self.period).abs();
            let place = usize::try_from(nearest - first).ok().and_then(|place| cycles.get_mut(place));
            match place {
                Some((_, kept)) => match *kept {
                    Some(other) if distance(other) <= distance(onset) => unmatched.push(onset),
                    other => {
                        unmatched.extend(other);
                        *kept = Some(onset);
                    }
                },
                None => unmatched.push(onset),
            }
        }
        Matches { cycles, unmatched }
    }
}

/// The shortest pattern that explains three quarters of the cycles without an event, if chance would hardly lay them
/// so: with e cycles in r places of a pattern, all patterns of up to half of the N cycles together hold
/// C(N/2 + 1, r + 1) such sets out of C(N, e).
fn rests(came: &[bool]) -> Option<Rests> {
    let count = came.len();
    let missed = came.iter().filter(|came| !**came).count();
    (2..=count / 2).find_map(|every| {
        let is_rest = |place: &usize| came.iter().skip(*place).step_by(every).all(|came| !came);
        let cycles: Vec<usize> = (0..every).filter(is_rest).collect();
        let explained: usize = cycles.iter().map(|place| (count - place).div_ceil(every)).sum();
        let chance =
            ln_choose((count / 2 + 1) as f64, (cycles.len() + 1) as f64) - ln_choose(count as f64, explained as f64);
        let is_pattern = !cycles.is_empty() && 4 * explained >= 3 * missed && chance <= 0.1f64.ln();
        is_pattern.then_some(Rests { every, cycles })
    })
}

fn ln_choose(n: f64, k: f64) -> f64 {
    if k > n { f64::NEG_INFINITY } else { ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0) }
}

/// The coefficient of variation of the intervals per cycle.
fn regularity(cycles: &[(i64, Option<f64>)], period: f64) -> f64 {
    let came: Vec<(i64, f64)> = cycles.iter().filter_map(|(cycle, onset)| Some((*cycle, (*onset)?))).collect();
    let intervals: Vec<f64> = came
        .windows(2)
        .filter_map(|pair| Some((pair.last()?.1 - pair.first()?.1) / (pair.last()?.0 - pair.first()?.0) as f64))
        .collect();
    robust::variance(&intervals).map_or(f64::NAN, |variance| variance.sqrt() / period)
}
