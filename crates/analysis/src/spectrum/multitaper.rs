//! Thomson's multitaper spectrum, and his test for lines in it.

use rustfft::num_complex::Complex;

use super::dpss::Tapers;
use super::gaps::{bridge, runs};
use super::transform::{RealTransform, fast_len_at_least};
use super::welch::{Detrend, Spectrum, SpectrumError};

/// How [`multitaper`] and [`harmonic_test`] look at a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MultitaperOptions {
    /// Half of the width of the band that is averaged, in units of 1 / length: NW, from 1 to 16. The spectrum resolves
    /// 2·NW / length.
    pub half_bandwidth: f64,
    /// Number of tapers; by default 2·NW − 1, which are well concentrated.
    pub tapers: Option<usize>,
    /// Whether tapers that leak lose weight where the spectrum is low (Thomson 1982, section V).
    pub adaptive: bool,
    /// Longest gap, in steps, that is bridged by a straight line; the longest run between longer ones is used.
    pub bridge: usize,
    /// What is removed from the run.
    pub detrend: Detrend,
}

impl Default for MultitaperOptions {
    fn default() -> Self {
        Self { half_bandwidth: 4.0, tapers: None, adaptive: true, bridge: 3, detrend: Detrend::Linear }
    }
}

/// The power spectral density of a series by Thomson's multitaper method.
///
/// The whole run is transformed once for each taper, and the spectra are averaged, so a spectrum of the full length
/// has the variance of 2·NW − 1 segments: better resolved than Welch's where the series is short. With `adaptive` the
/// weights follow Thomson's iteration; without, they are the tapers' concentrations. `segment_len` is the length of
/// the run, `segments` the number of tapers, `effective_segments` the mean over frequency of half the degrees of
/// freedom. The frequencies are those of the run padded to a fast length.
///
/// Missing values: gaps up to `bridge` steps are bridged; of the runs between longer gaps the longest is used, the
/// others are not (for those see [`super::lomb_scargle`]).
///
/// Source: Thomson 1982, Proceedings of the IEEE 70, 1055–1096; Percival & Walden 1993, section 7.4.
///
/// # Errors
/// [`SpectrumError::SegmentTooShort`] if the longest run has under 8 steps.
pub fn multitaper(values: &[f64], options: &MultitaperOptions) -> Result<Spectrum, SpectrumError> {
    let (tapered, tapers) = Tapered::of(values, options)?;
    let count = tapered.bins.len();
    let variance = tapered.variance;
    let mut density = Vec::with_capacity(tapered.width);
    let mut worth = 0.0;
    let mut powers = vec![0.0; count];
    for k in 0..tapered.width {
        powers.iter_mut().zip(&tapered.bins).for_each(|(power, bins)| *power = bins[k].norm_sqr());
        let (power, half_freedom) = if options.adaptive {
            adaptive(&powers, &tapers.concentrations, variance)
        } else {
            weighted(&powers, &tapers.concentrations)
        };
        worth += half_freedom;
        let is_edge = k == 0 || 2 * k == tapered.padded;
        density.push(if is_edge { power } else { 2.0 * power });
    }
    Ok(Spectrum {
        frequency: tapered.frequency(),
        density,
        segment_len: tapered.len,
        segments: count,
        effective_segments: worth / tapered.width as f64,
    })
}

/// Thomson's test for a line, at every frequency of the padded run.
#[derive(Debug, Clone, PartialEq)]
pub struct HarmonicTest {
    /// Frequencies in cycles per step, from 0 to 0.5.
    pub frequency: Vec<f64>,
    /// F of a line at this frequency against the continuous spectrum within the band, with 2 and 2K − 2 degrees of
    /// freedom for K tapers.
    pub f: Vec<f64>,
    /// Chance of such an F at one frequency where there is no line.
    pub p: Vec<f64>,
    /// Amplitude of the sinusoid that fits there, in units of the values.
    pub amplitude: Vec<f64>,
    /// Its phase in radians: the sinusoid is amplitude · cos(2πft + phase) with t = 0 at the first slot of `values`.
    pub phase: Vec<f64>,
}

/// Tests every frequency for a line by what all tapers agree on (the harmonic F-test).
///
/// It asks whether the spectrum is a *line*, whatever the background: a strong hump gets no small p, a faint pure
/// sinusoid does. It presumes that the line is the only one within ± NW / length. Every frequency is a test of its own:
/// correct for as many as the run has steps. Missing values and errors: as in [`multitaper`].
///
/// Source: Thomson 1982, section XIII; Percival & Walden 1993, section 10.11.
///
/// # Errors
/// As [`multitaper`]; also if there are under two tapers.
pub fn harmonic_test(values: &[f64], options: &MultitaperOptions) -> Result<HarmonicTest, SpectrumError> {
    let (tapered, tapers) = Tapered::of(values, options)?;
    let count = tapered.bins.len();
    if count < 2 {
        return Err(SpectrumError::TooFewSegments { segment_len: tapered.len, found: count, needed: 2 });
    }
    let sums: Vec<f64> = tapers.tapers.iter().map(|taper| taper.iter().sum::<f64>()).collect();
    let energy: f64 = sums.iter().map(|sum| sum * sum).sum();
    let freedom = (count - 1) as f64;
    let mut test = HarmonicTest {
        frequency: tapered.frequency(),
        f: Vec::with_capacity(tapered.width),
        p: Vec::with_capacity(tapered.width),
        amplitude: Vec::with_capacity(tapered.width),
        phase: Vec::with_capacity(tapered.width),
    };
    for (k, frequency) in test.frequency.iter().enumerate() {
        let line = tapered.bins.iter().zip(&sums).map(|(bins, sum)| bins[k] * *sum).sum::<Complex<f64>>() / energy;
        let rest: f64 = tapered.bins.iter().zip(&sums).map(|(bins, sum)| (bins[k] - line * *sum).norm_sqr()).sum();
        let f = freedom * line.norm_sqr() * energy / rest.max(f64::MIN_POSITIVE);
        test.f.push(f);
        // The F distribution with 2 and 2(K − 1) degrees of freedom has this closed form.
        test.p.push((-freedom * (f / freedom).ln_1p()).exp());
        let is_edge = k == 0 || 2 * k == tapered.padded;
        test.amplitude.push(if is_edge { 1.0 } else { 2.0 } * line.norm());
        let turned = line.arg() - std::f64::consts::TAU * (frequency * tapered.start as f64).fract();
        test.phase.push(wrapped(turned));
    }
    Ok(test)
}

/// An angle in (−π, π].
pub(super) fn wrapped(angle: f64) -> f64 {
    let turns = (angle / std::f64::consts::TAU).round();
    angle - std::f64::consts::TAU * turns
}

/// The longest run of a series under all tapers.
struct Tapered {
    start: usize,
    len: usize,
    padded: usize,
    width: usize,
    variance: f64,
    bins: Vec<Vec<Complex<f64>>>,
}

impl Tapered {
    fn of(values: &[f64], options: &MultitaperOptions) -> Result<(Self, std::rc::Rc<Tapers>), SpectrumError> {
        let filled = bridge(values, options.bridge);
        let mut longest = 0..0;
        for run in runs(&filled) {
            if run.len() > longest.len() {
                longest = run;
            }
        }
        let len = longest.len();
        if len < 8 {
            return Err(SpectrumError::SegmentTooShort { segment_len: len });
        }
        let start = longest.start;
        let mut run = filled.get(longest).unwrap_or_default().to_vec();
        options.detrend.apply(&mut run);
        let variance = run.iter().map(|v| v * v).sum::<f64>() / len as f64;
        // No band reaches beyond Nyquist.
        let half_bandwidth = options.half_bandwidth.clamp(1.0, 16.0).min(len as f64 / 4.0);
        let wanted = options.tapers.unwrap_or((2.0 * half_bandwidth - 1.0) as usize);
        let tapers = Tapers::of(len, half_bandwidth, wanted.clamp(1, (2.0 * half_bandwidth) as usize));
        let padded = fast_len_at_least(len);
        let mut transform = RealTransform::new(padded);
        let bins = tapers
            .tapers
            .iter()
            .map(|taper| {
                for (slot, (value, weight)) in transform.input.iter_mut().zip(run.iter().zip(taper)) {
                    *slot = value * weight;
                }
                transform.input[len..].fill(0.0);
                transform.forward();
                transform.bins.clone()
            })
            .collect();
        Ok((Self { start, len, padded, width: padded / 2 + 1, variance, bins }, tapers))
    }

    fn frequency(&self) -> Vec<f64> {
        (0..self.width).map(|k| k as f64 / self.padded as f64).collect()
    }
}

/// The mean weighted by the concentrations, and half of its degrees of freedom.
fn weighted(powers: &[f64], concentrations: &[f64]) -> (f64, f64) {
    let (mut sum, mut weights, mut squares) = (0.0, 0.0, 0.0);
    for (power, weight) in powers.iter().zip(concentrations) {
        sum += weight * power;
        weights += weight;
        squares += weight * weight;
    }
    (sum / weights, weights * weights / squares)
}

/// Thomson's weights: what of each taper comes from its band, given the spectrum there and the variance outside.
fn adaptive(powers: &[f64], concentrations: &[f64], variance: f64) -> (f64, f64) {
    let mut power = 0.5 * (powers.iter().take(2).sum::<f64>());
    let mut half_freedom = powers.len() as f64;
    for _ in 0..200 {
        let (mut sum, mut weights, mut squares) = (0.0, 0.0, 0.0);
        for (each, concentration) in powers.iter().zip(concentrations) {
            let root = power / (concentration * power + (1.0 - concentration) * variance).max(f64::MIN_POSITIVE);
            let weight = concentration * root * root;
            sum += weight * each;
            weights += weight;
            squares += weight * weight;
        }
        if weights <= 0.0 {
            return (power, half_freedom);
        }
        half_freedom = weights * weights / squares;
        let next = sum / weights;
        let moved = (next - power).abs();
        power = next;
        if moved <= 1e-12 * next {
            break;
        }
    }
    (power, half_freedom)
}
