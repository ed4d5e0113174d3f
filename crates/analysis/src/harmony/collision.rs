//! Jobs that meet: pulse trains, and when two of them run at the same time again.

use std::f64::consts::PI;

use crate::robust::{median, median_of_finite};
use crate::spectrum::{Peak, bridge};

/// A job that runs for a while in every period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PulseTrain {
    /// Steps from one run to the next.
    pub period_steps: f64,
    /// Standard error of the period.
    pub period_error: f64,
    /// The middle of the first run, in steps from the start of the data, within one period.
    pub first_step: f64,
    /// How long a run lasts, in steps, at half of its height; at least one.
    pub width_steps: f64,
    /// How far a run stands above the rest of the period, in units of the values.
    pub height: f64,
}

impl PulseTrain {
    /// Whether the runs are short: under a quarter of the period. A sine is above half of its height for a third of it.
    pub fn is_short(&self) -> bool {
        4.0 * self.width_steps < self.period_steps
    }

    /// The middle of the run with a number; the first one has 0.
    fn run(&self, number: f64) -> f64 {
        self.first_step + number * self.period_steps
    }
}

/// The next time two jobs run at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Collision {
    /// Step of the middle between both runs.
    pub step: f64,
    /// Earliest step, by the errors of both periods.
    pub low: f64,
    /// Latest step.
    pub high: f64,
    /// How long both run at once, in steps.
    pub overlap_steps: f64,
    /// By how many steps the second job should start later (negative: earlier) so that they do not meet within the
    /// horizon, the smallest such shift; none where there is none.
    pub avoiding_shift: Option<f64>,
}

/// The pulse train with the period of a fundamental line: period, first run, width and height.
///
/// The values are folded at the period that makes the fold stand out most, within the interval of the line (the
/// harmonics of short runs make it much sharper than the line alone). A run is what stands at half of the fold's height or
/// above, around its top. Missing values have no weight; `None` with under three cycles, or with a fold of no height.
pub fn pulse_train(values: &[f64], line: &Peak) -> Option<PulseTrain> {
    let filled = bridge(values, 3);
    let steps = filled.len() as f64;
    if !(line.period_steps >= 2.0 && steps >= 3.0 * line.period_steps) {
        return None;
    }
    let centre = median(&filled)?;
    let centred: Vec<f64> = filled.iter().map(|v| if v.is_finite() { v - centre } else { f64::NAN }).collect();
    // Harmonics up to Nyquist, or to sixteen: they tell the period that many times better.
    let harmonics = ((line.period_steps / 2.0) as usize).clamp(1, 16);
    let low = 1.0 / line.period_high - 0.25 / steps;
    let high = 1.0 / line.period_low + 0.25 / steps;
    let (frequency, power) = sharpest(&centred, low.max(0.5 / steps), high, harmonics);
    let period = 1.0 / frequency;
    let (offset, width, height) = run_shape(&centred, period)?;
    if height.is_nan() || height <= 0.0 {
        return None;
    }
    // The curvature of the harmonic sum at its top gives the error of the frequency: noise of the rest of the variance.
    let variance = {
        let present = centred.iter().filter(|v| v.is_finite());
        let count = present.clone().count().max(1) as f64;
        let mean = present.clone().sum::<f64>() / count;
        present.map(|v| (v - mean) * (v - mean)).sum::<f64>() / count
    };
    let step = 0.05 / (steps * harmonics as f64);
    let around = |f: f64| harmonic_power(&centred, f, harmonics);
    let curvature = (2.0 * power - around(frequency + step) - around(frequency - step)) / (step * step);
    // d²(power)/df² = curvature, power in units of the noise's variance: the information is half of it.
    let error = if curvature > 0.0 { (2.0 * variance / curvature).sqrt() } else { 0.5 / steps };
    Some(PulseTrain {
        period_steps: period,
        period_error: error.min(0.5 / steps) * period * period,
        first_step: offset,
        width_steps: width,
        height,
    })
}

/// The frequency between two with the largest power in its harmonics, by a grid and parabolas.
fn sharpest(values: &[f64], low: f64, high: f64, harmonics: usize) -> (f64, f64) {
    let steps = values.len() as f64;
    // A line is one resolution wide; its highest harmonic a sixteenth of that.
    let spacing = 0.2 / (steps * harmonics as f64);
    let count = (((high - low) / spacing).ceil() as usize).clamp(2, 400);
    let at = |k: usize| low + (high - low) * k as f64 / count as f64;
    let mut best = (at(0), f64::NEG_INFINITY);
    for k in 0..=count {
        let power = harmonic_power(values, at(k), harmonics);
        if power > best.1 {
            best = (at(k), power);
        }
    }
    // A parabola through the top and its neighbours, twice, the second time closer.
    let mut half = 0.5 * (high - low) / count as f64;
    for _ in 0..2 {
        let (left, right) =
            (harmonic_power(values, best.0 - half, harmonics), harmonic_power(values, best.0 + half, harmonics));
        let curvature = left - 2.0 * best.1 + right;
        let offset = if curvature < 0.0 { (0.5 * (left - right) / curvature).clamp(-1.0, 1.0) } else { 0.0 };
        let middle = best.0 + offset * half;
        let power = harmonic_power(values, middle, harmonics);
        if power > best.1 {
            best = (middle, power);
        }
        half *= 0.2;
    }
    best
}

/// Σ |Σ v e^{−2πikft}|² / n over the harmonics k: values are first summed by their phase in the period, so that it costs one
/// pass over them and one over 128 phases a harmonic.
fn harmonic_power(values: &[f64], frequency: f64, harmonics: usize) -> f64 {
    const PHASES: usize = 128;
    let mut sums = [0.0; PHASES];
    let mut count = 0.0;
    let mut phase = 0.0;
    for value in values {
        if value.is_finite() {
            // Shared between both neighbouring phases, or the grid of steps would beat with that of phases.
            let place = phase * PHASES as f64;
            let low = (place as usize).min(PHASES - 1);
            let share = place - low as f64;
            sums[low] += value * (1.0 - share);
            sums[(low + 1) % PHASES] += value * share;
            count += 1.0;
        }
        phase += frequency;
        // No frequency is above one cycle per step.
        if phase >= 1.0 {
            phase -= 1.0;
        }
    }
    let mut power = 0.0;
    for k in 1..=harmonics {
        let (turn_sin, turn_cos) = (2.0 * PI * k as f64 / PHASES as f64).sin_cos();
        let (mut sin, mut cos, mut re, mut im) = (0.0, 1.0, 0.0, 0.0);
        for sum in &sums {
            re += sum * cos;
            im += sum * sin;
            (sin, cos) = (sin * turn_cos + cos * turn_sin, cos * turn_cos - sin * turn_sin);
        }
        power += re * re + im * im;
    }
    if count > 0.0 { power / count } else { 0.0 }
}

/// Middle, width and height of the run in the fold of the values at a period.
fn run_shape(values: &[f64], period: f64) -> Option<(f64, f64, f64)> {
    // As many phases as steps, up to 240.
    let phases = (period.round() as usize).clamp(4, 240);
    let mut held: Vec<Vec<f64>> = vec![Vec::new(); phases];
    for (t, value) in values.iter().enumerate() {
        if value.is_finite() {
            let place = (t as f64 / period).fract() * phases as f64;
            held[(place.round() as usize) % phases].push(*value);
        }
    }
    // The median of a phase is not moved by another job that runs there now and then.
    let fold: Vec<f64> = held.iter().map(|h| median_of_finite(h).unwrap_or(f64::NAN)).collect();
    let base = median(&fold)?;
    let top = (0..phases).filter(|k| fold[*k].is_finite()).max_by(|a, b| fold[*a].total_cmp(&fold[*b]))?;
    // The median of the fold is the rest between short runs, and the middle of a wave.
    let level = base + 0.5 * (fold[top] - base);
    let reaches = |k: usize| fold[k % phases].is_nan() || fold[k % phases] >= level;
    let (mut left, mut right) = (0, 0);
    while left < phases - 1 && reaches(top + phases - left - 1) {
        left += 1;
    }
    while right + left < phases - 1 && reaches(top + right + 1) {
        right += 1;
    }
    let step = period / phases as f64;
    let middle = (top as f64 + 0.5 * (right as f64 - left as f64)) * step;
    let width = ((left + right + 1) as f64 * step).max(1.0);
    Some((middle.rem_euclid(period), width, fold[top] - base))
}

/// The first time at or after `after` that two jobs run at once, within `horizon` steps, and how to avoid it.
///
/// Both run at once where their middles are closer than half of the sum of their widths. The interval is that of the errors of
/// both periods, carried forward to then (and of half a width).
/// `None` where they do not meet within the horizon. The shift is the smallest for which they keep half a step apart, within the
/// horizon from `after` on; where both periods are equal it holds for ever.
pub fn next_collision(first: &PulseTrain, second: &PulseTrain, after: f64, horizon: f64) -> Option<Collision> {
    let reach = 0.5 * (first.width_steps + second.width_steps);
    let (step, distance) = meeting(first, second, after, horizon, reach)?;
    let runs = |train: &PulseTrain| ((step - train.first_step) / train.period_steps).abs();
    let drift = (runs(first) * first.period_error).hypot(runs(second) * second.period_error);
    let difference = (first.period_steps - second.period_steps).abs();
    // The runs move past each other by the difference of the periods, so an error of position is that many periods.
    let error = if difference > 0.0 { drift / difference * first.period_steps.max(second.period_steps) } else { 0.0 };
    let error = 1.96 * error.min(horizon) + 0.5 * reach;
    let most = (second.period_steps / 2.0).ceil() as usize;
    let avoiding_shift = (1..=most).flat_map(|shift| [shift as f64, -(shift as f64)]).find(|shift| {
        let moved = PulseTrain { first_step: second.first_step + shift, ..*second };
        meeting(first, &moved, after, horizon, reach + 0.5).is_none()
    });
    Some(Collision {
        step,
        low: step - error,
        high: step + error,
        overlap_steps: (reach - distance).min(first.width_steps).min(second.width_steps),
        avoiding_shift,
    })
}

/// The middle between two runs closer than `reach`, and their distance.
fn meeting(first: &PulseTrain, second: &PulseTrain, after: f64, horizon: f64, reach: f64) -> Option<(f64, f64)> {
    let usable = |train: &PulseTrain| train.period_steps >= 1.0 && train.first_step.is_finite();
    if !usable(first) || !usable(second) || !after.is_finite() {
        return None;
    }
    // Runs of the first job, each with the nearest run of the second one.
    let from = ((after - reach - first.first_step) / first.period_steps).ceil();
    let count = (horizon / first.period_steps).clamp(0.0, 100_000.0) as usize;
    for k in 0..=count {
        let one = first.run(from + k as f64);
        let other = second.run(((one - second.first_step) / second.period_steps).round());
        let (middle, distance) = (0.5 * (one + other), (one - other).abs());
        if distance < reach && middle >= after && middle <= after + horizon {
            return Some((middle, distance));
        }
    }
    None
}
