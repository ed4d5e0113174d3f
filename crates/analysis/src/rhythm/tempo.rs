//! A job that changes its period.

use super::jobs::{JobOptions, Jobs, jobs};
use super::summary::DatedChange;
use crate::distribution::score_from_ln_p;

/// Where a series is divided to look for two jobs.
const CUTS: [f64; 3] = [0.5, 0.25, 0.75];

/// The date at which a job changes its period, if it does: its runs keep one period in one part of the series, and
/// another one in the rest.
///
/// `whole` is the job of the whole series, if there is one; one that keeps nine tenths of its cycles changes nothing. p is
/// that of the less significant of the two jobs, over all cuts; the periods' intervals do not touch, and the periods
/// are 5 % apart. The date is that of the run from which on the fewest runs contradict the two schedules. The work is
/// that of up to three looks for a job.
pub fn tempo_change(values: &[f64], whole: Option<&Jobs>, options: &JobOptions) -> Option<DatedChange> {
    if whole
        .is_some_and(|job| 10 * job.pulse.kept >= 9 * job.pulse.cycles && 4 * job.pulse.extra.len() < job.runs.len())
    {
        return None;
    }
    let mut best: Option<(usize, Jobs, Jobs, f64)> = None;
    for share in CUTS {
        let cut = (values.len() as f64 * share) as usize;
        let (before, after) = values.split_at(cut);
        let (before, after) = match (jobs(before, options), jobs(after, options)) {
            (Some(before), Some(after)) => (before, after),
            // Without a job in either half there are hardly two in other parts.
            (None, None) if best.is_none() => return None,
            _ => continue,
        };
        let apart = before.pulse.high < after.pulse.low || after.pulse.high < before.pulse.low;
        let ratio = (before.pulse.period_steps / after.pulse.period_steps).ln().abs();
        let ln_p = before.pulse.p.max(after.pulse.p).ln() + (CUTS.len() as f64).ln();
        if apart
            && ratio > 0.05
            && before.sign == after.sign
            && ln_p <= options.alpha.ln()
            && best.as_ref().is_none_or(|(.., known)| ln_p < *known)
        {
            best = Some((cut, before, after, ln_p));
        }
    }
    let (cut, before, after, ln_p) = best?;
    Some(DatedChange {
        slot: date(cut, &before, &after, values.len()),
        before: before.pulse.period_steps,
        after: after.pulse.period_steps,
        p: ln_p.exp(),
        score: score_from_ln_p(ln_p, options.alpha),
    })
}

/// The run from which on the second schedule holds.
fn date(cut: usize, before: &Jobs, after: &Jobs, slots: usize) -> usize {
    let mut runs: Vec<f64> = before.runs.iter().map(|run| *run as f64).collect();
    runs.extend(after.runs.iter().map(|run| (run + cut) as f64));
    let fits = |job: &Jobs, from: usize, run: f64| {
        let turns = (run - from as f64 - job.pulse.phase) / job.pulse.period_steps;
        (turns - turns.round()).abs() * job.pulse.period_steps <= (4.0 * job.pulse.jitter).max(1.5)
    };
    let mut best = (f64::INFINITY, cut);
    for &border in &runs {
        let kept = |job: &Jobs, from: usize, is_part: &dyn Fn(f64) -> bool| {
            runs.iter().filter(|run| is_part(**run) && fits(job, from, **run)).count() as f64
        };
        let first = kept(before, 0, &|run| run < border);
        let second = kept(after, cut, &|run| run >= border);
        // Runs that were expected and did not come count as much as those that came and were not expected.
        let expected = border / before.pulse.period_steps + (slots as f64 - border) / after.pulse.period_steps;
        let cost = runs.len() as f64 + expected - 2.0 * (first + second);
        if cost < best.0 {
            best = (cost, border as usize);
        }
    }
    best.1
}
