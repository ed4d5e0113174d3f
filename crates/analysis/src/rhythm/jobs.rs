//! A job in a series: a pulse of values that rises (or falls) and comes back, again and again.

use super::concentration::{Concentration, Search, search};
use super::pulse::{Late, Missed, Pulse, PulseOptions, follow};
use crate::autocorrelation::Autoregression;
use crate::distribution::{normal_ln_survival, score_from_ln_p, student_t_ln_survival};
use crate::robust;

/// How to look for a job.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JobOptions {
    /// The chance that a series without a job gets one; and that a healthy job gets any missed, late or extra run.
    pub alpha: f64,
    /// The shortest period in slots.
    pub shortest: f64,
    /// The fewest cycles in the series.
    pub min_cycles: f64,
    /// A period that is known beforehand, in slots, as a day: at it fewer cycles are enough.
    pub period: Option<f64>,
}

impl Default for JobOptions {
    fn default() -> Self {
        Self { alpha: 0.001, shortest: 6.0, min_cycles: 4.0, period: None }
    }
}

/// A periodic job, and the runs that failed its schedule.
#[derive(Clone, Debug, PartialEq)]
pub struct Jobs {
    /// Its period, and missed, late and extra runs. A missed run's p counts what the values show, too.
    pub pulse: Pulse,
    /// 1 where its runs raise the series, −1 where they lower it.
    pub sign: i8,
    /// How long a run lasts, in slots.
    pub duration: usize,
    /// How far a run moves the series, in units of the values (positive).
    pub height: f64,
    /// The onsets of all runs that were seen, in slots.
    pub runs: Vec<usize>,
}

/// The lengths, in slots, over which a series is averaged before its jumps are looked for.
const SCALES: [usize; 3] = [1, 4, 16];
/// The smallest jump that may be a run, in standard deviations, and the factor from one threshold to the next.
const LOWEST: f64 = 3.2;
const RUNG: f64 = std::f64::consts::SQRT_2;
const RUNGS: usize = 12;
/// Longer autoregressions would learn the job itself.
const ORDER: usize = 3;

/// Finds the job that a series shows most clearly, if it shows one.
///
/// The series is averaged over 1, 4 and 16 slots, and freed from its own memory by an autoregression of order 3 or less,
/// which turns a slow season into nearly nothing and the begin of a run into a jump. Jumps beyond a ladder of thresholds,
/// up and down, are onsets; of all these sets of onsets the one with the most significant pulse is the job
/// ([`super::pulse`]), all looks counted. Length and height of a run are those of the median run. A cycle without an onset
/// is looked at again: its run came if its height is not unlikely among those of the others; it came late if
/// there is one of at least half the usual height elsewhere in the cycle; otherwise it was missed.
///
/// A cycle in a gap is not missed. None with fewer than 32 values, or without a job.
pub fn jobs(values: &[f64], options: &JobOptions) -> Option<Jobs> {
    let count = values.iter().filter(|value| value.is_finite()).count();
    if count < 32 {
        return None;
    }
    let (mut up, mut down) = (None, None);
    for scale in SCALES {
        // Longer averages date onsets worse: they are for what single slots do not show.
        let is_plain = |candidate: &Option<Candidate>| candidate.as_ref().is_some_and(Candidate::is_plain);
        if is_plain(&up) || is_plain(&down) {
            break;
        }
        let jumps = jumps(values, scale);
        ladder(values, &jumps, scale, 1, options, &mut up);
        ladder(values, &jumps, scale, -1, options, &mut down);
    }
    let looks = ((SCALES.len() * 2 * RUNGS) as f64).ln();
    let significant = |candidate: Option<Candidate>| {
        let mut candidate = candidate?;
        candidate.found.ln_p += looks;
        (candidate.found.ln_p <= options.alpha.ln()).then_some(candidate)
    };
    let best = match (significant(up), significant(down)) {
        (Some(up), Some(down)) => begins(up, down),
        (up, down) => up.or(down)?,
    };
    Some(best.told(values, options))
}

/// Of the rises and the falls of a job those with which its runs begin: a run lasts less than half of the period.
fn begins(up: Candidate, down: Candidate) -> Candidate {
    let period = up.found.period;
    let is_same = (down.found.period / period - 1.0).abs() < 0.02;
    let up_first = if is_same {
        // The median over cycles: either may lack some of its onsets.
        let lengths: Vec<f64> = up
            .onsets
            .iter()
            .filter_map(|rise| down.onsets.iter().find(|fall| *fall > rise).map(|fall| (fall - rise) / period))
            .collect();
        robust::median(&lengths).is_some_and(|length| length < 0.5)
    } else {
        up.found.ln_p <= down.found.ln_p
    };
    if up_first { up } else { down }
}

/// Onsets with a pulse.
struct Candidate {
    scale: usize,
    sign: i8,
    /// In slots.
    onsets: Vec<f64>,
    /// |z| of the jump at each onset.
    strengths: Vec<f64>,
    found: Concentration,
}

/// The jumps of a series averaged over `scale` slots, in robust standard deviations; NaN where a value or its past is
/// missing.
fn jumps(values: &[f64], scale: usize) -> Vec<f64> {
    let mean = |block: &[f64]| {
        let (count, sum) = block
            .iter()
            .filter(|value| value.is_finite())
            .fold((0usize, 0.0), |(count, sum), value| (count + 1, sum + value));
        if 2 * count >= scale && count > 0 { sum / count as f64 } else { f64::NAN }
    };
    let averaged: Vec<f64> = values.chunks(scale).map(mean).collect();
    let Some(model) = Autoregression::fit(&averaged, ORDER) else { return Vec::new() };
    let mut residuals = model.residuals(&averaged);
    let centre = robust::median(&residuals).unwrap_or(0.0);
    residuals.iter_mut().for_each(|value| *value -= centre);
    let mut unit = robust::spread(&residuals).unwrap_or(0.0);
    let sizes: Vec<f64> = residuals.iter().map(|value| value.abs()).collect();
    let mean = robust::mean(&sizes).unwrap_or(0.0);
    if unit <= 1e-9 * mean {
        unit = 1.253_314_137_315_500_1 * mean;
    }
    if unit > 0.0 { residuals.iter().map(|value| value / unit).collect() } else { Vec::new() }
}

/// The places of the jumps of at least `threshold` to one side, and their sizes.
fn beyond(jumps: &[f64], sign: i8, threshold: f64) -> Vec<(usize, f64)> {
    let sizes = jumps.iter().map(|jump| jump * f64::from(sign)).enumerate();
    sizes.filter(|(_, size)| *size >= threshold).collect()
}

/// Onsets in slots, and the size of their jumps: the first of several jumps in a row is the onset. `jumps` are those
/// [`beyond`] the threshold or a lower one.
fn onsets(jumps: &[(usize, f64)], scale: usize, threshold: f64) -> (Vec<f64>, Vec<f64>) {
    let mut found = (Vec::new(), Vec::new());
    let mut behind = None;
    for (place, size) in jumps.iter().filter(|(_, size)| *size >= threshold) {
        if behind != Some(*place) {
            found.0.push((place * scale) as f64);
            found.1.push(*size);
        }
        behind = Some(place + 1);
    }
    found
}

fn ladder(values: &[f64], jumps: &[f64], scale: usize, sign: i8, options: &JobOptions, best: &mut Option<Candidate>) {
    let settings = PulseOptions {
        alpha: options.alpha,
        resolution: scale as f64,
        shortest: options.shortest.max(3.0 * scale as f64),
        min_cycles: options.min_cycles,
        period: options.period,
    };
    let settings = Search::of_jumps(values.len() as f64, &settings);
    let jumps = beyond(jumps, sign, LOWEST);
    let mut threshold = LOWEST;
    let mut before = usize::MAX;
    for _ in 0..RUNGS {
        let (onsets, strengths) = onsets(&jumps, scale, threshold);
        threshold *= RUNG;
        if onsets.len() < 4 {
            break;
        }
        if onsets.len() == before {
            continue;
        }
        before = onsets.len();
        if let Some(found) = search(&onsets, &settings)
            && best.as_ref().is_none_or(|best| found.ln_p < best.found.ln_p)
        {
            *best = Some(Candidate { scale, sign, onsets, strengths, found });
        }
        if best.as_ref().is_some_and(Candidate::is_plain) {
            break;
        }
    }
}

impl Candidate {
    /// Whether there is nothing left to prove: further looks would only cost time.
    fn is_plain(&self) -> bool {
        self.found.ln_p < -60.0
    }

    fn told(mut self, values: &[f64], options: &JobOptions) -> Jobs {
        self.widen(values);
        self.sharpen(values);
        let side = f64::from(self.sign);
        let settings = PulseOptions {
            alpha: options.alpha,
            resolution: 1.0,
            shortest: options.shortest,
            min_cycles: options.min_cycles,
            period: options.period,
        };
        let shape = Shape::of(values, &self.onsets, side, self.found.period);
        let is_observed = |time: f64| shape.height_at(values, time.round()).is_finite();
        let span = values.len() as f64;
        let all = follow(&self.onsets, &self.found, span, &settings, &is_observed);
        let reach = (4.0 * all.jitter).min(0.25 * all.period_steps).max(1.0);
        let on_time = |onset: &f64| {
            let cycles = (onset - all.phase) / all.period_steps;
            (cycles - cycles.round()).abs() * all.period_steps <= reach
        };
        let height_at = |onset: f64| shape.height_at(values, onset);
        let seen = Heights::of(self.onsets.iter().copied().filter(on_time).map(height_at));
        // Jumps are found where runs are high, so the runs that were not found count for how high runs are.
        let matched = |time: f64| self.onsets.iter().copied().find(|onset| (onset - time).abs() <= reach);
        let expected = (0..=(span / all.period_steps) as usize).map(|cycle| all.expected(cycle));
        let at_cycles = expected.map(|time| height_at(matched(time).unwrap_or(time.round())));
        let reference = Heights::of(at_cycles.filter(|height| *height >= 0.5 * seen.median));
        let noise = shape.noise(values);
        // A jump that is no run must not stand in for one.
        let mut onsets = self.onsets.clone();
        onsets.retain(|&onset| height_at(onset) >= 0.5 * reference.median);
        let first = follow(&onsets, &self.found, span, &settings, &is_observed);
        // What was not seen as a jump may still be there.
        let tests = first.cycles.max(1) as f64;
        for missed in &first.missed {
            let near = shape.highest(values, missed.expected - reach, missed.expected + reach);
            let half = 0.5 * first.period_steps;
            let anywhere = shape.highest(values, missed.expected - half, missed.expected + half);
            let came = |(_, height): (f64, f64)| reference.ln_p_below(height) + tests.ln() > options.alpha.ln();
            match (near, anywhere) {
                (Some(near), _) if came(near) => onsets.push(near.0),
                (_, Some(other)) if other.1 >= (0.5 * reference.median).max(5.0 * noise) && came(other) => {
                    onsets.push(other.0);
                }
                _ => {}
            }
        }
        order::ascending(&mut onsets);
        let mut pulse = follow(&onsets, &self.found, span, &settings, &is_observed);
        pulse.missed.retain_mut(|missed| {
            let height = shape.height_at(values, missed.expected.round());
            let ln_p = (reference.ln_p_below(height) + tests.ln()).min(0.0).max(missed.p.ln());
            let score = score_from_ln_p(ln_p, options.alpha);
            *missed = Missed { score, p: ln_p.exp(), ..*missed };
            score >= 1.0
        });
        // A run beside the schedule must be as high as a run is, and more than a chance jump.
        let slots = (values.len() / self.scale) as f64;
        pulse.extra.retain_mut(|extra| {
            let place = self.onsets.iter().position(|onset| onset.round() as usize == extra.slot);
            let strength = place.and_then(|place| self.strengths.get(place)).copied().unwrap_or(0.0);
            let ln_p = (normal_ln_survival(strength) + slots.ln()).max(extra.p.ln());
            extra.score = score_from_ln_p(ln_p, options.alpha);
            extra.p = ln_p.min(0.0).exp();
            extra.score >= 1.0 && shape.height_at(values, extra.slot as f64) >= 0.5 * reference.median
        });
        pulse.late.retain(|late: &Late| shape.height_at(values, late.slot as f64) >= 0.5 * reference.median);
        let runs = onsets
            .iter()
            .filter(|onset| shape.height_at(values, **onset) >= 0.5 * reference.median)
            .map(|onset| onset.round() as usize)
            .collect();
        Jobs { pulse, sign: self.sign, duration: shape.duration, height: reference.median, runs }
    }

    /// Takes in all jumps of at least half the usual size: the threshold that shows the pulse best may be above those of
    /// an extra run.
    fn widen(&mut self, values: &[f64]) {
        let jumps = jumps(values, self.scale);
        let lowest = 0.5 * robust::median(&self.strengths).unwrap_or(0.0);
        let threshold = lowest.max(LOWEST);
        let (onsets, strengths) = onsets(&beyond(&jumps, self.sign, threshold), self.scale, threshold);
        if onsets.len() <= 4 * self.onsets.len() {
            (self.onsets, self.strengths) = (onsets, strengths);
        }
    }

    /// Moves onsets that were found in averages to the slot of the steepest step.
    fn sharpen(&mut self, values: &[f64]) {
        if self.scale == 1 {
            return;
        }
        let side = f64::from(self.sign);
        let scale = self.scale as f64;
        for onset in &mut self.onsets {
            let (mut best, mut at) = (f64::NEG_INFINITY, *onset);
            for slot in (*onset - scale).max(0.0) as usize..=(*onset + scale) as usize {
                let mean =
                    |from: usize, to: usize| robust::mean(values.get(from..to.min(values.len())).unwrap_or_default());
                let step = match (mean(slot.saturating_sub(self.scale), slot), mean(slot, slot + self.scale)) {
                    (Some(before), Some(after)) => side * (after - before),
                    _ => f64::NEG_INFINITY,
                };
                if step > best {
                    (best, at) = (step, slot as f64);
                }
            }
            *onset = at;
        }
        // Two onsets in neighbouring averages may be one.
        let mut last = f64::NAN;
        let keep: Vec<bool> = self.onsets.iter().map(|onset| std::mem::replace(&mut last, *onset) != *onset).collect();
        let mut kept = keep.iter();
        self.onsets.retain(|_| kept.next().copied().unwrap_or(true));
        let mut kept = keep.iter();
        self.strengths.retain(|_| kept.next().copied().unwrap_or(true));
    }
}

/// What a run looks like.
struct Shape {
    duration: usize,
    side: f64,
    flank: usize,
}

impl Shape {
    /// Of the median run: it lasts until the series is back by half.
    fn of(values: &[f64], onsets: &[f64], side: f64, period: f64) -> Self {
        let longest = ((0.5 * period) as usize).max(1);
        let before = ((period / 8.0) as usize).clamp(2, 24);
        let levels: Vec<(usize, f64)> = onsets
            .iter()
            .filter_map(|&onset| {
                let slot = onset as usize;
                let level = robust::median(values.get(slot.saturating_sub(before)..slot)?)?;
                Some((slot, level))
            })
            .collect();
        let at = |offset: usize| {
            let heights: Vec<f64> =
                levels.iter().filter_map(|(slot, level)| Some(side * (values.get(slot + offset)? - level))).collect();
            robust::median(&heights).unwrap_or(0.0)
        };
        let peak = (0..3.min(longest)).map(at).fold(0.0, f64::max);
        let duration = (1..longest).find(|&offset| at(offset) < 0.5 * peak).unwrap_or(longest);
        Self { duration, side, flank: duration.max(3).min(((0.25 * period) as usize).max(1)) }
    }

    /// The height of a run that would begin at this slot, over the slots beside it; NaN where too much is missing.
    fn height_at(&self, values: &[f64], onset: f64) -> f64 {
        if onset.is_nan() || onset < 0.0 {
            return f64::NAN;
        }
        let slot = onset as usize;
        let range =
            |from: usize, to: usize| values.get(from.min(values.len())..to.min(values.len())).unwrap_or_default();
        let run = range(slot, slot + self.duration);
        let known = run.iter().filter(|value| value.is_finite()).count();
        let mut beside = robust::finite(range(slot.saturating_sub(self.flank), slot));
        beside.extend(robust::finite(range(slot + self.duration, slot + self.duration + self.flank)));
        let (Some(level), Some(mean)) = (robust::median_of_finite(&beside), robust::mean(run)) else {
            return f64::NAN;
        };
        if 2 * known < self.duration { f64::NAN } else { self.side * (mean - level) }
    }

    /// The spread of the height where there is no run.
    fn noise(&self, values: &[f64]) -> f64 {
        let stride = values.len() / 500 + 1;
        let heights: Vec<f64> =
            (0..values.len()).step_by(stride).map(|slot| self.height_at(values, slot as f64)).collect();
        robust::spread(&heights).unwrap_or(0.0)
    }

    /// The onset from `from` to `to` at which a run would be highest, and its height.
    fn highest(&self, values: &[f64], from: f64, to: f64) -> Option<(f64, f64)> {
        let first = from.max(0.0).ceil() as usize;
        (first..=to.max(0.0) as usize)
            .map(|slot| (slot as f64, self.height_at(values, slot as f64)))
            .filter(|(_, height)| height.is_finite())
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// How high runs are.
struct Heights {
    median: f64,
    spread: f64,
    /// The standard deviation of the heights' logarithms.
    relative: f64,
    count: f64,
}

impl Heights {
    fn of(heights: impl Iterator<Item = f64>) -> Self {
        let heights: Vec<f64> = heights.filter(|height| height.is_finite()).collect();
        let median = robust::median(&heights).unwrap_or(0.0);
        // What is not a run, or twice as high as one, says nothing of how much runs differ.
        let usual = heights.iter().copied().filter(|height| *height >= 0.5 * median && *height <= 2.0 * median);
        let usual: Vec<f64> = usual.collect();
        let logs: Vec<f64> = usual.iter().map(|height| height.ln()).collect();
        let deviation = |values: &[f64]| robust::variance(values).map_or(0.0, f64::sqrt);
        Self {
            median,
            spread: deviation(&usual).max(0.02 * median.abs()),
            relative: deviation(&logs).max(0.02),
            count: usual.len() as f64,
        }
    }

    /// ln of the chance that a run is this low, by the distribution of the runs' heights. Heights that vary in
    /// proportion are compared as logarithms; the smaller of both chances, twice.
    fn ln_p_below(&self, height: f64) -> f64 {
        if height.is_nan() {
            return 0.0;
        }
        let widened = (1.0 + 1.0 / self.count.max(1.0)).sqrt();
        let dof = (self.count - 1.0).max(1.0);
        let plain = student_t_ln_survival((self.median - height) / (self.spread * widened), dof);
        // On the scale of logarithms a height that is no height at all counts as a fiftieth of the usual one.
        let ratio = (height / self.median).clamp(0.02, 50.0).ln();
        let relative = student_t_ln_survival(-ratio / (self.relative * widened), dof);
        plain.min(relative) + 2f64.ln()
    }
}
