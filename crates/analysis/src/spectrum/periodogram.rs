//! The tapered periodogram of a whole series, with or without gaps, and what stands out of its background.

use std::f64::consts::PI;

use rustfft::num_complex::Complex;

use super::background::{Noise, exceedance};
use super::gaps::bridge;
use super::lines::{Line, Lines};
use super::lomb_scargle::centred;
use super::multitaper::wrapped;
use super::peaks::{Peak, PeakOptions};
use super::transform::{InverseTransform, RealTransform, fast_len_at_least, hann};
use super::welch::Detrend;

/// Weakest line that is taken together with the strongest of a round, in power.
const WEAKEST: f64 = 0.01;
/// Nearest that a line may lie to one already found, in resolutions (1 / span).
const NEAREST: f64 = 1.5;

/// A series from its first value to its last, and the tapered periodogram of what is left of it.
pub(super) struct Span {
    /// Detrended values, zero where missing.
    pub(super) values: Vec<f64>,
    pub(super) present: Vec<bool>,
    count: f64,
    /// Slots before the first value.
    start: usize,
    /// Hann's taper, zero where missing.
    window: Vec<f64>,
    transform: RealTransform,
    /// The window's transform, where there are long gaps: squared, relative to frequency zero.
    pub(super) gaps: Option<Vec<f64>>,
    /// The current periodogram, in units of density.
    pub(super) power: Vec<f64>,
}

/// The background of the current periodogram.
pub(super) struct Level {
    noise: Noise,
    /// What long gaps let through to every bin from all others.
    seen: Option<Vec<f64>>,
}

impl Level {
    fn seen(&self, bin: usize) -> f64 {
        self.seen.as_ref().and_then(|seen| seen.get(bin).copied()).unwrap_or(0.0)
    }

    /// What a peak at this bin must stand out of at least.
    fn base(&self, bin: usize, frequency: f64) -> f64 {
        self.noise.base(frequency).max(self.seen(bin))
    }

    /// The same, raised where a whole neighbourhood is high.
    fn density(&self, bin: usize, frequency: f64) -> f64 {
        self.noise.density(frequency).max(self.seen(bin))
    }
}

pub(super) struct Candidate {
    bin: usize,
    pub(super) frequency: f64,
    pub(super) p: f64,
}

impl Span {
    pub(super) fn new(values: &[f64], longest: usize) -> Option<Self> {
        let filled = bridge(values, longest);
        let first = filled.iter().position(|v| !v.is_nan())?;
        let last = filled.iter().rposition(|v| !v.is_nan())?;
        let filled = &filled[first..=last];
        let present: Vec<bool> = filled.iter().map(|v| !v.is_nan()).collect();
        let count = present.iter().filter(|p| **p).count();
        if count < 32 || 2 * count < values.len() {
            return None;
        }
        let detrended = centred(filled, Detrend::Linear);
        let total: f64 = detrended.iter().map(|v| v * v).sum();
        let magnitude = filled.iter().filter(|v| !v.is_nan()).fold(0.0_f64, |m, v| m.max(v.abs()));
        // Rounding alone: a constant or a straight line.
        if total.is_nan() || total.sqrt() <= 1e-12 * magnitude * (count as f64).sqrt() {
            return None;
        }
        let span = detrended.len();
        let len = fast_len_at_least(span);
        let mut window = hann(span);
        window.iter_mut().zip(&present).for_each(|(w, p)| {
            if !p {
                *w = 0.0;
            }
        });
        let mut transform = RealTransform::new(len);
        let gaps = (count < span).then(|| {
            transform.input[..span].copy_from_slice(&window);
            transform.input[span..].fill(0.0);
            transform.forward();
            let top = window.iter().sum::<f64>().powi(2);
            transform.bins.iter().map(|bin| bin.norm_sqr() / top).collect()
        });
        Some(Self {
            values: detrended,
            present,
            count: count as f64,
            start: first,
            window,
            transform,
            gaps,
            power: vec![],
        })
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// Bins of the transform in one resolution.
    fn per_cycle(&self) -> f64 {
        self.transform.input.len() as f64 / self.len() as f64
    }

    fn frequency(&self, bin: usize) -> f64 {
        bin as f64 / self.transform.input.len() as f64
    }

    /// Makes the periodogram of `residual` the current one.
    pub(super) fn transform_with(&mut self, residual: &[f64], is_tapered: bool) {
        self.transform.input.fill(0.0);
        for (slot, (value, weight)) in self.transform.input.iter_mut().zip(residual.iter().zip(&self.window)) {
            *slot = if is_tapered { value * weight } else { *value };
        }
        self.transform.forward();
        let energy = if is_tapered { self.window.iter().map(|w| w * w).sum() } else { self.count };
        self.power = self.transform.bins.iter().map(|bin| bin.norm_sqr() / energy).collect();
    }

    /// Makes the tapered periodogram of `residual` the current one, and fits its background.
    pub(super) fn noise(&mut self, residual: &[f64], options: &PeakOptions) -> Option<Level> {
        self.transform_with(residual, true);
        let last = self.power.len() - 1;
        let frequency: Vec<f64> = (2..last).map(|k| self.frequency(k)).collect();
        let noise = Noise::of(&frequency, self.power.get(2..last)?)?;
        let seen = self.gaps.as_ref().map(|gaps| {
            // What is too slow to be a period leaks as it is, not as the background says.
            let lowest = self.lowest(options);
            let leaking: Vec<f64> = (0..=last)
                .zip(&self.power)
                .map(|(k, power)| if k < lowest { *power } else { noise.base(self.frequency(k)) })
                .collect();
            through_gaps(&leaking, gaps)
        });
        Some(Level { noise, seen })
    }

    /// Independent bins: those of a padded transform are no more than those of the span itself.
    fn bins(&self, options: &PeakOptions) -> f64 {
        let lowest = self.lowest(options);
        (self.len() / 2).saturating_sub(lowest).max(1) as f64
    }

    fn lowest(&self, options: &PeakOptions) -> usize {
        ((options.min_cycles - 0.25) * self.per_cycle()).ceil().max(2.0) as usize
    }

    /// The bins of the current periodogram that stand out, strongest first.
    pub(super) fn candidates(
        &self,
        noise: &Level,
        floor: f64,
        lines: &Lines,
        present: &[bool],
        alpha: f64,
        options: &PeakOptions,
    ) -> Vec<Candidate> {
        let per_cycle = self.per_cycle();
        let last = self.power.len() - 1;
        let bins = self.bins(options);
        let level = 1.0 - ((1.0 - alpha).ln() / bins).exp();
        let mut found: Vec<Candidate> = Vec::new();
        for bin in self.lowest(options)..last {
            let power = self.power[bin];
            if power < self.power[bin - 1] || power < self.power[bin + 1] {
                continue;
            }
            let cycles = bin as f64 / per_cycle;
            if exceedance(power / (noise.base(bin, self.frequency(bin)) + floor), cycles, self.len()) >= level {
                continue;
            }
            let one = exceedance(power / (noise.density(bin, self.frequency(bin)) + floor), cycles, self.len());
            if one < level {
                let frequency = (bin as f64 + self.offset(bin)) / self.transform.input.len() as f64;
                found.push(Candidate { bin, frequency, p: family_wise(one, bins) });
            }
        }
        order::sort_by(&mut found, |a, b| self.power[b.bin].total_cmp(&self.power[a.bin]).then(a.bin.cmp(&b.bin)));
        let mut kept: Vec<Candidate> = Vec::new();
        for candidate in found {
            let power = self.power[candidate.bin];
            // Much weaker ones wait until the strong ones are out of their way.
            if kept.first().is_some_and(|strongest| power < WEAKEST * self.power[strongest.bin]) {
                break;
            }
            let masked = kept.iter().any(|strong| {
                let distance = strong.bin.abs_diff(candidate.bin) as f64 / per_cycle;
                distance < 2.0 || power < 4.0 * self.power[strong.bin] * self.leak(strong.bin, candidate.bin)
            });
            // A line that is not quite steady leaves something on both sides of it.
            let is_remainder = || {
                lines.lines.iter().any(|line| {
                    let distance = (line.frequency - candidate.frequency).abs() * self.len() as f64;
                    let strength = line.amplitude() * line.amplitude() * self.count / 6.0;
                    distance < NEAREST || (distance < 3.0 && power < 0.01 * strength)
                })
            };
            if !masked && !is_remainder() && is_throughout(&lines.residual, present, candidate.frequency) {
                kept.push(candidate);
            }
        }
        kept
    }

    /// How much of the power of a line at one bin can appear at another.
    fn leak(&self, from: usize, to: usize) -> f64 {
        let lobe = side_lobe(from.abs_diff(to) as f64 / self.per_cycle());
        let Some(gaps) = &self.gaps else {
            return lobe;
        };
        let last = gaps.len() - 1;
        let around = |distance: usize| {
            // Beyond Nyquist the transform is its mirror image; the line may lie between two bins.
            let distance = if distance > last { (2 * last).saturating_sub(distance) } else { distance };
            gaps[distance.saturating_sub(1)..=(distance + 1).min(last)].iter().fold(0.0_f64, |m, v| m.max(*v))
        };
        lobe.max(around(from.abs_diff(to))).max(around(from + to))
    }

    fn bin_of(&self, frequency: f64) -> usize {
        ((frequency * self.transform.input.len() as f64).round() as usize).min(self.power.len() - 1)
    }

    /// What a line, by itself and tapered as the others were, has over the background, and the chance that noise has
    /// such a line anywhere.
    pub(super) fn judge(&self, line: &Line, residual: &[f64], noise: &Level, options: &PeakOptions) -> (f64, f64) {
        let density = noise.density(self.bin_of(line.frequency), line.frequency);
        let weight: f64 = self.window.iter().sum();
        let energy: f64 = self.window.iter().map(|w| w * w).sum();
        let rest = tapered_projection(residual, &self.window, line.frequency);
        // The projection of the line itself, but for its image at the negative frequency.
        let own = Complex::new(line.cos, -line.sin) * (0.5 * weight);
        let ratio = (rest + own).norm_sqr() / energy / (density + f64::MIN_POSITIVE);
        let one = exceedance(ratio, line.frequency * self.len() as f64, self.len());
        (ratio, family_wise(one, self.bins(options)))
    }

    /// The density of noise that limits how well a frequency is known, from the periodogram without a taper.
    ///
    /// That is the background; more where a steep background leaks into the fit, which has no taper; and much more where
    /// the line is not quite steady. Then something is left that grows towards the line from both sides, as 1/δ² for a
    /// phase that wanders, and the frequency varies as with noise of 14 times the mean density ¾ to 3½ resolutions
    /// away (a fit's slope through a random walk; simulated).
    fn spread(&self, frequency: f64, background: f64) -> f64 {
        let (near, wide) = (self.power_beside(frequency, 0.75, 3.5), self.power_beside(frequency, 1.0, 8.0));
        if near > 1.8 * background && near > 1.4 * wide {
            14.0 * near
        } else if wide > 1.5 * background {
            wide
        } else {
            background
        }
    }

    /// Mean of the current periodogram on both sides of a frequency, so many resolutions away.
    fn power_beside(&self, frequency: f64, nearest: f64, farthest: f64) -> f64 {
        let centre = frequency * self.transform.input.len() as f64;
        let (nearest, farthest) = (nearest * self.per_cycle(), farthest * self.per_cycle());
        let (mut sum, mut counted) = (0.0, 0.0);
        let from = (centre - farthest).max(1.0) as usize;
        for (k, power) in self.power.iter().enumerate().skip(from).take(2 * farthest as usize + 2) {
            if (nearest..=farthest).contains(&(k as f64 - centre).abs()) {
                sum += power;
                counted += 1.0;
            }
        }
        sum / f64::max(counted, 1.0)
    }

    pub(super) fn peak(
        &self,
        line: &Line,
        residual: &[f64],
        starts: &[(f64, f64)],
        noise: &Level,
        options: &PeakOptions,
    ) -> Option<Peak> {
        let span = self.len() as f64;
        let (frequency, amplitude) = (line.frequency, line.amplitude());
        let cycles = frequency * span;
        // Found where it was looked for, and not lost on the way.
        let moved = |start: &(f64, f64)| (start.0 - frequency).abs();
        let start = starts.iter().min_by(|a, b| moved(a).total_cmp(&moved(b)))?;
        if cycles < options.min_cycles - 0.1 || frequency >= 0.5 || moved(start) * span > 1.5 {
            return None;
        }
        let (ratio, p) = self.judge(line, residual, noise, options);
        let p = p.max(start.1);
        if p >= options.alpha {
            return None;
        }
        let background = noise.density(self.bin_of(frequency), frequency);
        let spread = self.spread(frequency, background);
        let variance = self.values.iter().map(|v| v * v).sum::<f64>() / self.count;
        let sd = spread.sqrt() * line.unit_error;
        let centre = self.start as f64 + 0.5 * (span - 1.0);
        let period_low = 1.0 / (frequency + 1.96 * sd);
        Some(Peak {
            frequency,
            period_steps: 1.0 / frequency,
            period_low,
            period_high: 1.0 / (frequency - 1.96 * sd).max(0.25 / span),
            power_share: (0.5 * amplitude * amplitude / variance).min(1.0),
            amplitude,
            phase: wrapped((-line.sin).atan2(line.cos) - 2.0 * PI * (frequency * centre).fract()),
            ratio,
            p,
            cycles,
            harmonic_of: None,
        })
    }

    /// Where between the bins the line lies, from the ratio of the two highest powers: for a Hann taper that is a
    /// known, monotone function of the offset (Grandke 1983, IEEE Trans. Instrum. Meas. 32, 350-355).
    fn offset(&self, bin: usize) -> f64 {
        let power = |k: usize| self.power.get(k).copied().unwrap_or(0.0).max(f64::MIN_POSITIVE);
        let (left, centre, right) = (power(bin - 1), power(bin), power(bin + 1));
        let (observed, side) = if right > left { (right / centre, 1.0) } else { (left / centre, -1.0) };
        let observed = observed.sqrt();
        let spacing = 1.0 / self.per_cycle();
        let (mut low, mut high) = (-0.25, 0.75);
        for _ in 0..24 {
            let offset: f64 = 0.5 * (low + high);
            if hann_line((1.0 - offset) * spacing) < observed * hann_line(offset * spacing) {
                low = offset;
            } else {
                high = offset;
            }
        }
        side * 0.5 * (low + high).clamp(-1.0, 1.0)
    }
}

/// The chance that any of so many bins is as extreme as this one.
fn family_wise(one: f64, bins: f64) -> f64 {
    -(bins * (-one).ln_1p()).exp_m1()
}

/// A background as it is seen through gaps: every bin leaks to those that the window's transform reaches.
fn through_gaps(background: &[f64], gaps: &[f64]) -> Vec<f64> {
    let len = 2 * (background.len() - 1);
    let mut inverse = InverseTransform::new(len);
    let mut correlations = |spectrum: &mut dyn Iterator<Item = f64>| {
        for (slot, value) in inverse.bins.iter_mut().zip(spectrum) {
            *slot = Complex::new(value, 0.0);
        }
        inverse.inverse();
        inverse.output.clone()
    };
    let signal = correlations(&mut background.iter().copied());
    let window = correlations(&mut gaps.iter().copied());
    let energy: f64 = window.first().copied().unwrap_or(1.0);
    let mut transform = RealTransform::new(len);
    for (slot, (a, b)) in transform.input.iter_mut().zip(signal.iter().zip(&window)) {
        *slot = a * b / (energy * len as f64);
    }
    transform.forward();
    transform.bins.iter().map(|bin| bin.re.max(0.0)).collect()
}

/// Whether an oscillation is there in all parts of the span, by its amplitude in up to eight blocks.
fn is_throughout(values: &[f64], present: &[bool], frequency: f64) -> bool {
    let span = values.len();
    let blocks = ((frequency * span as f64) as usize).clamp(3, 8);
    let (mut sum, mut squares, mut counted) = (0.0, 0.0, 0.0);
    for block in 0..blocks {
        let (from, to) = (block * span / blocks, (block + 1) * span / blocks);
        let count = present[from..to].iter().filter(|p| **p).count();
        if 2 * count < to - from {
            continue;
        }
        let power = projection(values[from..to].iter().copied(), frequency).norm_sqr() / count as f64;
        sum += power.sqrt();
        squares += power;
        counted += 1.0;
    }
    counted >= 2.0 && sum * sum >= 0.55 * counted * squares
}

/// Σ v e^{-2πift}, by a rotating phasor.
fn projection(values: impl Iterator<Item = f64>, frequency: f64) -> Complex<f64> {
    let (step_sin, step_cos) = (2.0 * PI * frequency).sin_cos();
    let (mut sin, mut cos) = (0.0_f64, 1.0_f64);
    let (mut real, mut imaginary) = (0.0, 0.0);
    for value in values {
        real += value * cos;
        imaginary += value * sin;
        (sin, cos) = (sin * step_cos + cos * step_sin, cos * step_cos - sin * step_sin);
    }
    Complex::new(real, -imaginary)
}

/// The projection of tapered values, with its phase about their middle.
fn tapered_projection(values: &[f64], window: &[f64], frequency: f64) -> Complex<f64> {
    let centre = 0.5 * (values.len() as f64 - 1.0);
    let (sin, cos) = (2.0 * PI * (frequency * centre).fract()).sin_cos();
    projection(values.iter().zip(window).map(|(v, w)| v * w), frequency) * Complex::new(cos, sin)
}

/// Amplitude of a Hann-tapered line at `distance` resolutions (under 2) from it, relative to its top.
fn hann_line(distance: f64) -> f64 {
    let d = distance.abs();
    if d < 1e-6 {
        return 1.0;
    }
    if (d - 1.0).abs() < 1e-6 {
        return 0.5;
    }
    (PI * d).sin() / (PI * d * (1.0 - d * d))
}

/// Upper envelope of a Hann line's power at `distance` bins from it, relative to its top.
fn side_lobe(distance: f64) -> f64 {
    let amplitude = 1.0 / (PI * distance * (distance * distance - 1.0));
    (amplitude * amplitude).min(1.0)
}
