//! Whether the phases of two series keep step within a band of frequencies.

use std::f64::consts::{PI, TAU};

use crate::spectrum::{InverseTransform, RealTransform, bridge, fast_len_at_least};

/// Longest gap, in steps, that is bridged by a straight line.
const BRIDGE: usize = 3;

/// The phase of one series in a band, with what it remembers of itself.
#[derive(Debug, Clone)]
pub struct BandPhase {
    low: f64,
    high: f64,
    /// exp(iφ), zero where it is not known.
    cosine: Vec<f64>,
    sine: Vec<f64>,
    known: Vec<bool>,
    /// E exp(i(φ(t + k) − φ(t))), lag 0 first.
    memory_re: Vec<f64>,
    memory_im: Vec<f64>,
}

/// How well two phases keep step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PhaseLocking {
    /// The phase-locking value |mean exp(i(φ_x − φ_y))|, 0 to 1.
    pub value: f64,
    /// The mean of φ_x − φ_y, radians: positive when the first series is ahead.
    pub phase: f64,
    /// How many independent phase differences the span holds.
    pub effective: f64,
    /// Chance that two unrelated series in this band keep step so well (Rayleigh).
    pub p: f64,
    /// Steps that were compared.
    pub steps: usize,
}

impl BandPhase {
    /// The phase of `values` between two frequencies in cycles per step, by a band-pass and Hilbert's transform.
    ///
    /// The band's edges are raised cosines, a tenth of its width, inside the band. Missing values: gaps up to 3 steps
    /// are bridged; longer ones are taken as the mean and, with the steps that the filter carries them to (half of
    /// 1 / width on either side), have no phase; the same at the ends.
    /// `None` if the band is empty or outside 0 to 0.5, holds under eight independent phases, or the series is constant
    /// or has under half of its values.
    pub fn new(values: &[f64], low: f64, high: f64) -> Option<Self> {
        let width = high - low;
        let n = values.len();
        if !(low >= 0.0 && width > 0.0 && high <= 0.5 && width * n as f64 >= 8.0) {
            return None;
        }
        let filled = bridge(values, BRIDGE);
        let present = filled.iter().filter(|v| v.is_finite()).count();
        if 2 * present < n {
            return None;
        }
        let mean = filled.iter().filter(|v| v.is_finite()).sum::<f64>() / present as f64;
        let len = fast_len_at_least(2 * n);
        let mut transform = RealTransform::new(len);
        let (used, padding) = transform.input.split_at_mut(n);
        for (slot, value) in used.iter_mut().zip(&filled) {
            *slot = if value.is_finite() { value - mean } else { 0.0 };
        }
        padding.fill(0.0);
        transform.forward();
        for (k, bin) in transform.bins.iter_mut().enumerate() {
            *bin *= pass(k as f64 / len as f64, low, high);
        }
        let (re, im) = analytic(&transform.bins, len);
        let known = known(&filled, (0.5 / width).ceil() as usize);
        let largest = re.iter().zip(&im).take(n).map(|(a, b)| a * a + b * b).fold(0.0, f64::max);
        let mut phase = Self {
            low,
            high,
            cosine: vec![0.0; n],
            sine: vec![0.0; n],
            known,
            memory_re: Vec::new(),
            memory_im: Vec::new(),
        };
        if largest.is_nan() || largest.sqrt() <= 1e-12 * len as f64 * mean.abs().max(f64::MIN_POSITIVE) {
            return None;
        }
        for t in 0..n {
            let size = re[t].hypot(im[t]);
            if phase.known[t] && size > 0.0 {
                phase.cosine[t] = re[t] / size;
                phase.sine[t] = im[t] / size;
            }
        }
        phase.remember(&mut transform, len, n);
        Some(phase)
    }

    /// The memory of the phase, from the autocorrelation of the band-passed series taken as Gaussian.
    fn remember(&mut self, transform: &mut RealTransform, len: usize, n: usize) {
        for bin in &mut transform.bins {
            (bin.re, bin.im) = (bin.norm_sqr(), 0.0);
        }
        let (re, im) = analytic(&transform.bins, len);
        let power = re.first().copied().unwrap_or(0.0);
        for k in 0..n {
            // The biased estimate, whose errors at long lags are small: unbiased ones of two locked series agree, and
            // would add up to a memory that is not there.
            let (a, b) = (re[k] / power, im[k] / power);
            let size = a.hypot(b);
            let shrink = if size > 1e-9 { phase_memory(size.min(1.0)) / size } else { PI / 4.0 };
            self.memory_re.push(a * shrink);
            self.memory_im.push(b * shrink);
        }
    }
}

/// The phase-locking value of two series in a band (Lachaux et al. 1999), with Rayleigh's p for as many independent
/// phase differences as the two have by their own memory: 1/n_e = Σ (1 − |k|/n) M_x(k) M_y(k)* / n.
///
/// Two lines of the same period remember everything and are one phase difference: that they keep step is no evidence.
/// `None` if the bands or lengths differ, or under half of the steps have a phase in both.
pub fn phase_locking(first: &BandPhase, second: &BandPhase) -> Option<PhaseLocking> {
    let n = first.cosine.len();
    if second.cosine.len() != n || first.low != second.low || first.high != second.high {
        return None;
    }
    let steps = first.known.iter().zip(&second.known).filter(|(a, b)| **a && **b).count();
    if 2 * steps < n {
        return None;
    }
    let (mut re, mut im) = (0.0, 0.0);
    let ours = first.cosine.iter().zip(&first.sine);
    for ((a, b), (c, d)) in ours.zip(second.cosine.iter().zip(&second.sine)) {
        re += a * c + b * d;
        im += b * c - a * d;
    }
    let value = (re.hypot(im) / steps as f64).min(1.0);
    let mut memory = 1.0;
    let ours = first.memory_re.iter().zip(&first.memory_im);
    let theirs = second.memory_re.iter().zip(&second.memory_im);
    for (k, ((a, b), (c, d))) in ours.zip(theirs).enumerate().skip(1) {
        memory += 2.0 * (1.0 - k as f64 / n as f64) * (a * c + b * d);
    }
    let effective = (steps as f64 / memory.max(1.0)).max(1.0);
    Some(PhaseLocking { value, phase: im.atan2(re), effective, p: rayleigh(value, effective), steps })
}

/// P(R > r) for the mean of n independent directions (Greenwood and Durand 1955, as in Zar 2010).
fn rayleigh(r: f64, n: f64) -> f64 {
    let resultant = n * r;
    ((1.0 + 4.0 * n + 4.0 * (n * n - resultant * resultant)).max(0.0).sqrt() - (1.0 + 2.0 * n)).exp().clamp(0.0, 1.0)
}

/// The share of a frequency that the band-pass lets through.
fn pass(frequency: f64, low: f64, high: f64) -> f64 {
    let edge = 0.1 * (high - low);
    let inside = (frequency - low).min(high - frequency);
    if inside < 0.0 {
        0.0
    } else if inside >= edge {
        1.0
    } else {
        0.5 - 0.5 * (PI * inside / edge).cos()
    }
}

/// Twice the real and imaginary part of the signal whose positive frequencies are `bins`.
fn analytic(bins: &[rustfft::num_complex::Complex<f64>], len: usize) -> (Vec<f64>, Vec<f64>) {
    let mut inverse = InverseTransform::new(len);
    inverse.bins.copy_from_slice(bins);
    inverse.inverse();
    let re = inverse.output.clone();
    for (slot, bin) in inverse.bins.iter_mut().zip(bins) {
        (slot.re, slot.im) = (bin.im, -bin.re);
    }
    inverse.inverse();
    (re, inverse.output)
}

/// Which steps are at least `margin` away from a missing one and from the ends.
fn known(values: &[f64], margin: usize) -> Vec<bool> {
    let mut known = vec![false; values.len()];
    for run in crate::spectrum::runs(values) {
        let (from, to) = (run.start + margin, run.end.saturating_sub(margin));
        if from < to {
            known[from..to].fill(true);
        }
    }
    known
}

/// E exp(i(φ − ψ)) of two jointly Gaussian complex values with correlation r: (E(r) − (1 − r²) K(r)) / r, the complete
/// elliptic integrals by the arithmetic-geometric mean.
fn phase_memory(r: f64) -> f64 {
    if r >= 1.0 {
        return 1.0;
    }
    let (mut a, mut g, mut c, mut power) = (1.0, (1.0 - r * r).sqrt(), r, 0.5);
    let mut squares = 0.5 * r * r;
    while c > 1e-9 {
        (a, g, c) = (0.5 * (a + g), (a * g).sqrt(), 0.5 * (a - g));
        power *= 2.0;
        squares += power * c * c;
    }
    let first = TAU / 4.0 / a;
    let second = first * (1.0 - squares);
    (second - (1.0 - r * r) * first) / r
}
