//! Whether events come at the same phase of some period more often than chance puts them there.
//!
//! For a period P and a window of w cycles, chance puts an event into a cycle's window with a probability of at most
//! B·c: c is the coverage, the share of all times that have an event within w·P after them, and B bounds how much a
//! renewal process can prefer its own phase. The cycles that have an event in their window are then at most
//! binomial, whatever bursts the events come in: a burst covers little, and it fills one cycle.

use std::f64::consts::TAU;

use super::pulse::PulseOptions;
use crate::distribution::{f_ln_survival, ln_family_wise};

/// The largest density, relative to uniform, of a gamma renewal process's next phase with a coefficient of variation of
/// 0.3 is 1.45; events that are more regular than that keep a pulse.
const PREFERENCE: f64 = 1.5;
/// The same for jumps in values.
const JUMP_PREFERENCE: f64 = 4.0;
/// The widths of the windows that are tried, in cycles.
const WIDTHS: [f64; 6] = [0.2, 0.1, 0.05, 0.025, 0.0125, 0.00625];
/// More periods than this are not looked at closely.
const CANDIDATES: usize = 12;
/// How many frequencies are summed side by side.
const LANES: usize = 4;
/// More events than this are too many to be runs of one job, and would take long.
const MOST: usize = 1_000;

/// A search for the period of events.
pub(super) struct Search {
    span: f64,
    resolution: f64,
    shortest: f64,
    min_cycles: f64,
    /// A period that is known beforehand.
    known: Option<f64>,
    /// The bound B.
    preference: f64,
    /// Wider windows are not tried, in cycles.
    widest: f64,
}

/// The most surprising concentration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Concentration {
    pub(super) period: f64,
    /// The middle of the window, in steps.
    pub(super) phase: f64,
    /// In cycles.
    pub(super) width: f64,
    /// ln p over all periods, phases and widths.
    pub(super) ln_p: f64,
}

impl Search {
    pub(super) fn new(span: f64, options: &PulseOptions) -> Self {
        let min_cycles = options.min_cycles.max(3.0);
        Self {
            span,
            resolution: options.resolution,
            shortest: options.shortest,
            min_cycles,
            preference: PREFERENCE,
            widest: 1.0,
            known: options.period.filter(|period| *period >= options.shortest && *period * min_cycles <= span),
        }
    }

    /// The same for jumps of a series, which may come more often by day than by night: their density by phase is taken to
    /// reach `preference` times its mean, and a window as wide as a day's busy hours is no pulse.
    pub(super) fn of_jumps(span: f64, options: &PulseOptions) -> Self {
        Self { preference: JUMP_PREFERENCE, widest: 0.1, ..Self::new(span, options) }
    }
}

/// Looks for a period of ascending onsets.
pub(super) fn search(onsets: &[f64], search: &Search) -> Option<Concentration> {
    let count = onsets.len();
    if !(4..=MOST).contains(&count) {
        return None;
    }
    let lowest = search.min_cycles / search.span;
    // A period of which more than every third cycle lacks its event is not looked for.
    let highest = (1.5 * count as f64 / search.span).min(1.0 / search.shortest);
    let mut best: Option<Concentration> = None;
    let frequencies = if highest > lowest { candidates(onsets, search.span, lowest, highest) } else { Vec::new() };
    for frequency in frequencies {
        let found = concentration(onsets, 1.0 / frequency, search, highest - lowest);
        if let Some(found) = found
            && best.is_none_or(|best| found.ln_p < best.ln_p)
        {
            best = Some(found);
        }
    }
    if let Some(period) = search.known {
        // One period instead of a band of them; then both looks count.
        let known = concentration(onsets, period, search, 0.0);
        best = [best, known].into_iter().flatten().min_by(|a, b| a.ln_p.total_cmp(&b.ln_p));
        best.iter_mut().for_each(|found| found.ln_p = (found.ln_p + 2f64.ln()).min(0.0));
    }
    best
}

/// The frequencies at the highest peaks of |Σ exp(2πi f t)|², which a concentration at any width raises.
fn candidates(onsets: &[f64], span: f64, lowest: f64, highest: f64) -> Vec<f64> {
    let step = 1.0 / (4.0 * span);
    let count = (((highest - lowest) / step).ceil() as usize + 1).max(3);
    let (mut real, mut imaginary) = (vec![0.0f64; count], vec![0.0f64; count]);
    for onset in onsets {
        // Four frequencies side by side: turned on one by one, each would wait for the one before.
        let (mut sine, mut cosine) = ([0.0; LANES], [0.0; LANES]);
        for (lane, (sine, cosine)) in sine.iter_mut().zip(&mut cosine).enumerate() {
            (*sine, *cosine) = (TAU * (lowest + lane as f64 * step) * onset).sin_cos();
        }
        let (turn_sine, turn_cosine) = (TAU * LANES as f64 * step * onset).sin_cos();
        for (real, imaginary) in real.chunks_mut(LANES).zip(imaginary.chunks_mut(LANES)) {
            real.iter_mut().zip(&cosine).for_each(|(sum, cosine)| *sum += cosine);
            imaginary.iter_mut().zip(&sine).for_each(|(sum, sine)| *sum += sine);
            for (sine, cosine) in sine.iter_mut().zip(&mut cosine) {
                (*cosine, *sine) =
                    (*cosine * turn_cosine - *sine * turn_sine, *sine * turn_cosine + *cosine * turn_sine);
            }
        }
    }
    let power: Vec<f64> = real.iter().zip(&imaginary).map(|(a, b)| a * a + b * b).collect();
    let at = |place: usize| power.get(place).copied().unwrap_or(0.0);
    let mut peaks: Vec<(f64, f64)> = (0..count)
        .filter(|&place| {
            (place == 0 || at(place) >= at(place - 1)) && (place + 1 >= count || at(place) > at(place + 1))
        })
        .map(|place| {
            let (left, top, right) = (at(place.saturating_sub(1)), at(place), at(place + 1));
            let bend = left - 2.0 * top + right;
            let inside = place > 0 && place + 1 < count && bend < 0.0;
            let offset = if inside { (0.5 * (left - right) / bend).clamp(-0.5, 0.5) } else { 0.0 };
            (top, lowest + (place as f64 + offset) * step)
        })
        .collect();
    order::sort_by(&mut peaks, |a, b| b.0.total_cmp(&a.0));
    peaks.truncate(CANDIDATES);
    peaks.into_iter().map(|(_, frequency)| frequency).collect()
}

/// The most surprising window at about one period.
fn concentration(onsets: &[f64], period: f64, search: &Search, band: f64) -> Option<Concentration> {
    // A wide window first: its events date the period better than the peak did, so that narrower windows hold.
    let mut period = period;
    let mut best: Option<Concentration> = None;
    for width in WIDTHS {
        if width * period < search.resolution {
            break;
        }
        if width > search.widest {
            continue;
        }
        let Some(window) = fullest_window(onsets, period, width, search.span) else { continue };
        let cycles = ((search.span / period).floor()).max(window.cycles as f64);
        let enough = 2 * window.cycles >= cycles as usize && 2 * window.cycles >= onsets.len();
        if enough {
            let ln_one = binomial_ln_tail(
                cycles - 1.0,
                window.cycles as f64 - 1.0,
                (search.preference * coverage(onsets, width * period, search.span)).min(1.0),
            );
            let tests = onsets.len() as f64 * (search.span * band / width).max(1.0) * WIDTHS.len() as f64;
            let ln_p = ln_family_wise(ln_one, tests);
            if best.is_none_or(|best| ln_p < best.ln_p) {
                let phase = (window.start + 0.5 * width) * period;
                best = Some(Concentration { period, phase, width, ln_p });
            }
        }
        // A known period is not fitted.
        if band > 0.0 {
            period = window.period;
        }
    }
    best
}

struct Window {
    /// The phase at which it begins, in cycles.
    start: f64,
    /// The cycles that have an event in it.
    cycles: usize,
    /// The period that its events fit best.
    period: f64,
}

/// The window of phases in which the most cycles have an event.
fn fullest_window(onsets: &[f64], period: f64, width: f64, span: f64) -> Option<Window> {
    let count = onsets.len();
    let turns: Vec<f64> = onsets.iter().map(|onset| onset / period).collect();
    let phases: Vec<f64> = turns.iter().map(|turns| turns - turns.floor()).collect();
    // One is added to the cycles so that the wrapped events below have a cycle before the first.
    let phases: Vec<(f64, usize)> = order::positions(&phases)
        .into_iter()
        .filter_map(|place| Some((*phases.get(place)?, turns.get(place)?.floor() as usize + 1)))
        .collect();
    let event = |place: usize| -> Option<(f64, usize)> {
        let (phase, cycle) = *phases.get(place % count)?;
        Some(if place < count { (phase, cycle) } else { (phase + 1.0, cycle - 1) })
    };
    let mut filled = vec![0u32; (span / period) as usize + 3];
    let (mut next, mut distinct) = (0, 0);
    let (mut most, mut at) = (0, 0);
    for first in 0..count {
        let start = event(first)?.0;
        while next < first + count
            && let Some((phase, cycle)) = event(next)
            && phase <= start + width
        {
            let held = filled.get_mut(cycle)?;
            distinct += usize::from(*held == 0);
            *held += 1;
            next += 1;
        }
        if distinct > most {
            (most, at) = (distinct, first);
        }
        let held = filled.get_mut(event(first)?.1)?;
        *held -= 1;
        distinct -= usize::from(*held == 0);
        // What leaves at the front may come back behind, a cycle earlier; `next` is always beyond `first`.
    }
    let start = event(at)?.0;
    let held: Vec<(f64, f64)> = (at..at + count)
        .filter_map(event)
        .take_while(|(phase, _)| *phase <= start + width)
        .map(|(phase, cycle)| (cycle as f64, phase))
        .collect();
    let number = held.len() as f64;
    let centre = held.iter().map(|(cycle, _)| cycle).sum::<f64>() / number;
    let mean = held.iter().map(|(_, phase)| phase).sum::<f64>() / number;
    let square: f64 = held.iter().map(|(cycle, _)| (cycle - centre).powi(2)).sum();
    let cross: f64 = held.iter().map(|(cycle, phase)| (cycle - centre) * (phase - mean)).sum();
    let slope = if square > 0.0 { cross / square } else { 0.0 };
    Some(Window { start, cycles: most, period: period * (1.0 + slope) })
}

/// The share of the span that has an event at most `reach` before it.
fn coverage(onsets: &[f64], reach: f64, span: f64) -> f64 {
    let ends = onsets.iter().skip(1).copied().chain([span]);
    onsets.iter().zip(ends).map(|(onset, next)| (next - onset).min(reach)).sum::<f64>() / span
}

/// ln P(X ≥ k) of the binomial distribution, by the F distribution.
pub(super) fn binomial_ln_tail(trials: f64, k: f64, probability: f64) -> f64 {
    if k <= 0.0 || probability >= 1.0 {
        return 0.0;
    }
    if k > trials || probability <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let (above, below) = (2.0 * k, 2.0 * (trials - k + 1.0));
    f_ln_survival(above * (1.0 - probability) / (probability * below), below, above)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Case {
        period: f64,
        width: f64,
        cycles: usize,
        coverage: f64,
        ln_tail: f64,
    }

    #[derive(Deserialize)]
    struct Reference {
        onsets: Vec<f64>,
        span: f64,
        cases: Vec<Case>,
    }

    #[test]
    fn windows_coverage_and_tail_agree_with_brute_force_and_scipy() {
        let reference: Reference =
            serde_json::from_str(include_str!("../../reference/rhythm/concentration.json")).unwrap();
        for case in &reference.cases {
            let window = fullest_window(&reference.onsets, case.period, case.width, reference.span).unwrap();
            assert_eq!(window.cycles, case.cycles, "{} {}", case.period, case.width);
            let covered = coverage(&reference.onsets, case.width * case.period, reference.span);
            assert!((covered - case.coverage).abs() < 1e-12, "{covered} {}", case.coverage);
            let tail = binomial_ln_tail(19.0, case.cycles as f64, 0.04);
            assert!((tail - case.ln_tail).abs() < 1e-9 * tail.abs().max(1.0), "{tail} {}", case.ln_tail);
        }
    }
}
