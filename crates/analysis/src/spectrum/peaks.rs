//! Significant periods: lines that stand out of a red-noise background.

use std::f64::consts::PI;

use rustfft::num_complex::Complex;

use super::background::{Noise, exceedance};
use super::gaps::bridge;
use super::multitaper::wrapped;
use super::transform::{RealTransform, fast_len_at_least, hann, remove_line};

/// How [`significant_peaks`] decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeakOptions {
    /// Chance that a series without any period gets one: the level of the test over all bins together.
    pub alpha: f64,
    /// Fewest whole cycles in the data.
    pub min_cycles: f64,
    /// Most peaks that are returned, strongest first before they are sorted by period.
    pub max_peaks: usize,
    /// Longest gap, in steps, that is bridged by a straight line; longer ones get no weight.
    pub bridge: usize,
}

impl Default for PeakOptions {
    fn default() -> Self {
        Self { alpha: 0.01, min_cycles: 3.0, max_peaks: 12, bridge: 3 }
    }
}

/// One significant period.
#[derive(Debug, Clone, PartialEq)]
pub struct Peak {
    /// Frequency in cycles per step.
    pub frequency: f64,
    /// Period in steps.
    pub period_steps: f64,
    /// Lower end of the 95 % interval of the period, in steps.
    pub period_low: f64,
    /// Upper end of the 95 % interval of the period, in steps.
    pub period_high: f64,
    /// Share of the detrended variance in this line, 0 to 1.
    pub power_share: f64,
    /// Amplitude of the sinusoid, in units of the values.
    pub amplitude: f64,
    /// Phase in radians, in (−π, π]: the sinusoid is amplitude · cos(2πft + phase), t in steps from the first slot of
    /// the values (whether that is present or not).
    pub phase: f64,
    /// Power over the background at this frequency.
    pub ratio: f64,
    /// Chance that noise with this background has such a peak anywhere in the spectrum.
    pub p: f64,
    /// Whole and partial cycles in the data.
    pub cycles: f64,
    /// If this is the k-th harmonic (k ≥ 2) of another peak in the list: that peak's index, and k.
    pub harmonic_of: Option<(usize, u32)>,
}

/// The significant periods of a series, longest first.
///
/// A Hann-tapered periodogram of the whole span (so that a daily cycle shows in three days, where segments could
/// not hold it), compared bin by bin with a robust red-noise background ([`super::background`]) times the χ²(2)/2
/// quantile at 1 − (1 − α)^{1/M} over the M bins. A peak must also have at least three cycles, stand above its own
/// neighbourhood, not be a side lobe of a stronger one, and be present throughout the span (a single step or burst
/// is not a period).
///
/// Missing values: gaps up to `bridge` steps are bridged, longer ones have weight zero. Empty when under 32 values
/// or under half of the span are present, or when the series is constant.
///
/// Source: Torrence & Compo 1998, BAMS 79, 61–78 (section 4); Mann & Lees 1996.
pub fn significant_peaks(values: &[f64], options: &PeakOptions) -> Vec<Peak> {
    let Some(line) = Periodogram::new(values, options.bridge) else {
        return Vec::new();
    };
    let Some(noise) = line.background() else {
        return Vec::new();
    };
    let candidates = line.candidates(&noise, options);
    let mut peaks: Vec<Peak> = candidates.into_iter().filter_map(|c| line.peak(&c, &noise, options)).collect();
    peaks.truncate(options.max_peaks);
    order::sort_by(&mut peaks, |a, b| a.frequency.total_cmp(&b.frequency));
    mark_harmonics(&mut peaks, line.span as f64);
    peaks
}

/// The tapered periodogram of a whole series.
struct Periodogram {
    /// Detrended values, zero where missing.
    values: Vec<f64>,
    present: Vec<bool>,
    /// Slots before the first value.
    start: usize,
    span: usize,
    /// Length of the transform, at least `span`.
    len: usize,
    power: Vec<f64>,
}

struct Candidate {
    bin: usize,
    ratio: f64,
    p: f64,
}

impl Periodogram {
    fn new(values: &[f64], longest: usize) -> Option<Self> {
        let filled = bridge(values, longest);
        let first = filled.iter().position(|v| !v.is_nan())?;
        let last = filled.iter().rposition(|v| !v.is_nan())?;
        let filled = &filled[first..=last];
        let present: Vec<bool> = filled.iter().map(|v| !v.is_nan()).collect();
        let count = present.iter().filter(|p| **p).count();
        if count < 32 || 2 * count < values.len() {
            return None;
        }
        let detrended = detrend(filled, &present);
        let total: f64 = detrended.iter().map(|v| v * v).sum();
        let magnitude = filled.iter().filter(|v| !v.is_nan()).fold(0.0_f64, |m, v| m.max(v.abs()));
        // Rounding alone: a constant or a straight line.
        if total.sqrt() <= 1e-12 * magnitude * (count as f64).sqrt() {
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
        let scale = 1.0 / window.iter().map(|w| w * w).sum::<f64>();
        let mut transform = RealTransform::new(len);
        transform.input[..span].copy_from_slice(&detrended);
        transform.input[span..].fill(0.0);
        transform.input.iter_mut().zip(&window).for_each(|(v, w)| *v *= w);
        transform.forward();
        let power = transform.bins.iter().map(|bin| bin.norm_sqr() * scale).collect();
        Some(Self { values: detrended, present, start: first, span, len, power })
    }

    fn frequency(&self, bin: f64) -> f64 {
        bin / self.len as f64
    }

    fn background(&self) -> Option<Noise> {
        let last = self.power.len() - 1;
        let frequency: Vec<f64> = (2..last).map(|k| self.frequency(k as f64)).collect();
        let power = self.power.get(2..last)?;
        Noise::of(&frequency, power)
    }

    fn candidates(&self, noise: &Noise, options: &PeakOptions) -> Vec<Candidate> {
        let per_cycle = self.len as f64 / self.span as f64;
        let lowest = ((options.min_cycles - 0.25) * per_cycle).ceil().max(2.0) as usize;
        let last = self.power.len() - 1;
        // Bins of a padded transform are no more independent than those of the span itself.
        let bins = (self.span / 2).saturating_sub(lowest).max(1) as f64;
        let level = 1.0 - (1.0 - options.alpha).powf(1.0 / bins);
        let floor = 1e-24 * self.power.iter().sum::<f64>();
        let mut found: Vec<Candidate> = Vec::new();
        for bin in lowest..last {
            let power = self.power[bin];
            if power < self.power[bin - 1] || power < self.power[bin + 1] {
                continue;
            }
            let base = noise.base(self.frequency(bin as f64)) + floor;
            let cycles = bin as f64 / per_cycle;
            if exceedance(power / base, cycles, self.span) >= level {
                continue;
            }
            let ratio = power / (noise.density(self.frequency(bin as f64)) + floor);
            let one = exceedance(ratio, cycles, self.span);
            if one < level {
                let p = -(bins * (-one).ln_1p()).exp_m1();
                found.push(Candidate { bin, ratio, p });
            }
        }
        order::sort_by(&mut found, |a, b| self.power[b.bin].total_cmp(&self.power[a.bin]).then(a.bin.cmp(&b.bin)));
        let mut kept: Vec<Candidate> = Vec::new();
        for candidate in found {
            let masked = kept.iter().any(|strong| {
                let distance = strong.bin.abs_diff(candidate.bin) as f64 / per_cycle;
                distance < 2.0 || self.power[candidate.bin] < 4.0 * self.power[strong.bin] * side_lobe(distance)
            });
            if !masked && self.is_throughout(self.frequency(candidate.bin as f64)) {
                kept.push(candidate);
            }
            if kept.len() >= 2 * options.max_peaks {
                break;
            }
        }
        kept
    }

    /// Whether the oscillation is there in all parts of the span, by its amplitude in up to eight blocks.
    fn is_throughout(&self, frequency: f64) -> bool {
        let cycles = frequency * self.span as f64;
        let blocks = (cycles.floor() as usize).clamp(3, 8);
        let mut sum = 0.0;
        let mut squares = 0.0;
        let mut counted = 0.0;
        for block in 0..blocks {
            let from = block * self.span / blocks;
            let to = (block + 1) * self.span / blocks;
            let count = self.present[from..to].iter().filter(|p| **p).count();
            if 2 * count < to - from {
                continue;
            }
            let power = projection(&self.values[from..to], frequency).norm_sqr() / count as f64;
            sum += power.sqrt();
            squares += power;
            counted += 1.0;
        }
        counted >= 2.0 && sum * sum >= 0.55 * counted * squares
    }

    fn peak(&self, candidate: &Candidate, noise: &Noise, options: &PeakOptions) -> Option<Peak> {
        let bin = candidate.bin;
        let span = self.span as f64;
        let mut frequency = self.frequency(bin as f64 + self.offset(bin));
        if frequency * span < 12.0 {
            frequency = self.refine(frequency);
        }
        let cycles = frequency * span;
        if cycles < options.min_cycles - 0.1 {
            return None;
        }
        let per_cycle = (self.len as f64 / span).max(1.0);
        let width = (2.0 * per_cycle).ceil() as usize;
        let upper = (bin + width).min(self.power.len() - 1);
        let excess: f64 = (bin.saturating_sub(width)..=upper)
            .map(|k| self.power[k] - noise.background.density(self.frequency(k as f64)))
            .sum();
        let variance = self.values.iter().map(|v| v * v).sum::<f64>();
        let line = excess.max(0.0) * 2.0 * span / self.len as f64;
        let power_share = (line / variance).min(1.0);
        let count = self.present.iter().filter(|p| **p).count() as f64;
        let amplitude = (2.0 * power_share * variance / count).sqrt();
        // A sinusoid's frequency has a variance of at least 1.5·6/(4π² ratio) resolutions² (Cramér and Rao; 1.5 is what
        // the taper takes off the ratio); two-bin interpolation reaches 2.8 (simulated), and is exact to 0.005.
        let sd = ((2.8 * 6.0 / candidate.ratio) / (4.0 * PI * PI) + 0.005 * 0.005).sqrt() / span;
        Some(Peak {
            frequency,
            period_steps: 1.0 / frequency,
            period_low: 1.0 / (frequency + 1.96 * sd),
            period_high: 1.0 / (frequency - 1.96 * sd).max(0.25 / span),
            power_share,
            amplitude,
            phase: self.phase(frequency),
            ratio: candidate.ratio,
            p: candidate.p,
            cycles,
            harmonic_of: None,
        })
    }

    /// Phase at slot 0 of the values, from the tapered projection on the line.
    fn phase(&self, frequency: f64) -> f64 {
        let weighted: Vec<f64> = self.values.iter().zip(hann(self.span)).map(|(v, w)| v * w).collect();
        let sum = projection(&weighted, frequency);
        wrapped(sum.arg() - 2.0 * PI * (frequency * self.start as f64).fract())
    }

    /// Where between the bins the line lies, from the ratio of the two highest powers: for a Hann taper that is a
    /// known, monotone function of the offset (Grandke 1983, IEEE Trans. Instrum. Meas. 32, 350-355).
    fn offset(&self, bin: usize) -> f64 {
        let power = |k: usize| self.power.get(k).copied().unwrap_or(0.0).max(f64::MIN_POSITIVE);
        let (left, centre, right) = (power(bin - 1), power(bin), power(bin + 1));
        let (observed, side) = if right > left { (right / centre, 1.0) } else { (left / centre, -1.0) };
        let observed = observed.sqrt();
        let spacing = self.span as f64 / self.len as f64;
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

    /// Few cycles: the frequency whose sinusoid, together with a line, fits best (the taper's lobes overlap there).
    fn refine(&self, start: f64) -> f64 {
        let half = 0.6 / self.span as f64;
        let (mut low, mut high) = ((start - half).max(0.5 / self.span as f64), start + half);
        let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
        let mut inner = [high - golden * (high - low), low + golden * (high - low)];
        let mut gains = inner.map(|f| self.fitted_power(f));
        for _ in 0..18 {
            if gains[0] > gains[1] {
                high = inner[1];
                inner = [high - golden * (high - low), inner[0]];
                gains = [self.fitted_power(inner[0]), gains[0]];
            } else {
                low = inner[0];
                inner = [inner[1], low + golden * (high - low)];
                gains = [gains[1], self.fitted_power(inner[1])];
            }
        }
        0.5 * (low + high)
    }

    /// Sum of squares explained by sine and cosine at `frequency` beside a line.
    fn fitted_power(&self, frequency: f64) -> f64 {
        let angle = 2.0 * PI * frequency;
        let (step_sin, step_cos) = angle.sin_cos();
        let (mut sin, mut cos) = (0.0_f64, 1.0_f64);
        let centre = (self.span as f64 - 1.0) / 2.0;
        // Normal equations of the basis 1, t, cos, sin.
        let mut gram = [[0.0; 4]; 4];
        let mut right = [0.0; 4];
        for (t, value) in self.values.iter().enumerate() {
            if self.present[t] {
                let basis = [1.0, (t as f64 - centre) / centre, cos, sin];
                for row in 0..4 {
                    right[row] += basis[row] * value;
                    for column in 0..=row {
                        gram[row][column] += basis[row] * basis[column];
                    }
                }
            }
            (sin, cos) = (sin * step_cos + cos * step_sin, cos * step_cos - sin * step_sin);
        }
        explained(gram, right)
    }
}

/// b'A⁻¹b by Cholesky decomposition of the lower triangle; what is singular explains nothing.
fn explained(mut gram: [[f64; 4]; 4], mut right: [f64; 4]) -> f64 {
    let mut sum = 0.0;
    for row in 0..4 {
        for column in 0..row {
            let mut value = gram[row][column];
            for k in 0..column {
                value -= gram[row][k] * gram[column][k];
            }
            gram[row][column] = if gram[column][column] > 0.0 { value / gram[column][column] } else { 0.0 };
        }
        let mut pivot = gram[row][row];
        for k in 0..row {
            pivot -= gram[row][k] * gram[row][k];
        }
        gram[row][row] = if pivot > 1e-9 { pivot.sqrt() } else { 0.0 };
        for k in 0..row {
            right[row] -= gram[row][k] * right[k];
        }
        right[row] = if gram[row][row] > 0.0 { right[row] / gram[row][row] } else { 0.0 };
        sum += right[row] * right[row];
    }
    sum
}

/// Subtracts the least-squares line through the present values; missing ones become zero.
fn detrend(filled: &[f64], present: &[bool]) -> Vec<f64> {
    if present.iter().all(|p| *p) {
        let mut values = filled.to_vec();
        remove_line(&mut values);
        return values;
    }
    let (mut n, mut st, mut sv) = (0.0, 0.0, 0.0);
    for (t, value) in filled.iter().enumerate().filter(|(_, v)| !v.is_nan()) {
        n += 1.0;
        st += t as f64;
        sv += value;
    }
    let (mean_t, mean_v) = (st / n, sv / n);
    let (mut squares, mut product) = (0.0, 0.0);
    for (t, value) in filled.iter().enumerate().filter(|(_, v)| !v.is_nan()) {
        squares += (t as f64 - mean_t) * (t as f64 - mean_t);
        product += (t as f64 - mean_t) * (value - mean_v);
    }
    let slope = if squares > 0.0 { product / squares } else { 0.0 };
    let line = |t: usize| mean_v + slope * (t as f64 - mean_t);
    filled.iter().enumerate().map(|(t, v)| if v.is_nan() { 0.0 } else { v - line(t) }).collect()
}

/// Σ v e^{-2πift}, by a rotating phasor.
fn projection(values: &[f64], frequency: f64) -> Complex<f64> {
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

/// Marks every peak that lies on a multiple of a longer period, within what both errors allow.
///
/// Each harmonic found sharpens the fundamental: its k-th part is known k times better.
fn mark_harmonics(peaks: &mut [Peak], span: f64) {
    let half_width = |peak: &Peak| 0.5 * (1.0 / peak.period_low - 1.0 / peak.period_high) * span;
    for root in 0..peaks.len() {
        if peaks[root].harmonic_of.is_some() {
            continue;
        }
        let mut weight = peaks[root].ratio;
        let mut fundamental = peaks[root].frequency;
        for index in root + 1..peaks.len() {
            // A faint line does not own a strong one: half of the Moon's 24.8 h is the main tide only by number.
            if peaks[index].harmonic_of.is_some() || peaks[root].power_share < 0.1 * peaks[index].power_share {
                continue;
            }
            let multiple = (peaks[index].frequency / fundamental).round();
            let distance = (peaks[index].frequency - multiple * fundamental).abs() * span;
            let error = half_width(&peaks[index]) + multiple * half_width(&peaks[root]);
            if (2.0..=32.0).contains(&multiple) && distance < (0.25 + error).min(1.5) {
                peaks[index].harmonic_of = Some((root, multiple as u32));
                let gain = multiple * multiple * peaks[index].ratio;
                fundamental += (peaks[index].frequency / multiple - fundamental) * gain / (weight + gain);
                weight += gain;
            }
        }
    }
}
