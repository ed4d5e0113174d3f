//! The Lomb–Scargle periodogram, for series with gaps and for irregular times.

use std::f64::consts::TAU;

use super::background::{Noise, exceedance};
use super::transform::{RealTransform, fast_len_at_least};
use super::welch::{Detrend, SpectrumError};

/// How [`lomb_scargle`] looks at a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LombScargleOptions {
    /// Frequencies for each 1 / span.
    pub oversampling: usize,
    /// What is removed first: with a line, slow drifts do not leak through the gaps. The mean is removed, and fitted
    /// again at every frequency, in any case.
    pub detrend: Detrend,
}

impl Default for LombScargleOptions {
    fn default() -> Self {
        Self { oversampling: 4, detrend: Detrend::Linear }
    }
}

/// A Lomb–Scargle periodogram with the red-noise background that it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct LombScargle {
    /// Frequencies in cycles per step, from one cycle in the data to below 0.5.
    pub frequency: Vec<f64>,
    /// Share of the variance that a sinusoid and a constant take away (the standard normalisation), 0 to 1.
    pub power: Vec<f64>,
    /// The share that red noise (AR(1) with a white floor, fitted robustly) takes on average.
    pub background: Vec<f64>,
    /// Chance that red noise has such a power at any frequency.
    pub p: Vec<f64>,
}

/// The Lomb–Scargle periodogram of equally spaced values of which any may be missing.
///
/// At each frequency the least-squares fit of a sinusoid and a constant to the present values (floating mean; Zechmeister
/// & Kürster 2009), so no gap is filled. On a regular grid its sums are two Fourier transforms, of the values and of
/// the pattern of what is present (whose bin 2k holds the double frequencies): exact and O(n log n), without the
/// interpolation of Press & Rybicki.
///
/// The background is fitted to band medians as for [`super::significant_peaks`]. With long gaps a strong line has
/// copies at the frequencies of the gap pattern: their p is small too. [`super::significant_peaks`] tells them apart.
///
/// # Errors
/// [`SpectrumError::SegmentTooShort`] with fewer than 32 present values (`segment_len` is their number), or when
/// they do not vary.
pub fn lomb_scargle(values: &[f64], options: &LombScargleOptions) -> Result<LombScargle, SpectrumError> {
    let first = values.iter().position(|v| v.is_finite()).unwrap_or(0);
    let last = values.iter().rposition(|v| v.is_finite()).map_or(0, |last| last + 1);
    let span = values.get(first..last).unwrap_or_default();
    let count = span.iter().filter(|v| v.is_finite()).count();
    if count < 32 {
        return Err(SpectrumError::SegmentTooShort { segment_len: count });
    }
    let centred = centred(span, options.detrend);
    let n = count as f64;
    let energy = centred.iter().map(|v| v * v).sum::<f64>() / n;
    let magnitude = span.iter().filter(|v| v.is_finite()).fold(0.0_f64, |m, v| m.max(v.abs()));
    if energy.is_nan() || energy.sqrt() <= 1e-12 * magnitude {
        return Err(SpectrumError::SegmentTooShort { segment_len: 1 });
    }
    let oversampling = options.oversampling.clamp(1, 64);
    let len = fast_len_at_least(oversampling * span.len());
    let mut transform = RealTransform::new(len);
    transform.input[..span.len()].copy_from_slice(&centred);
    transform.input[span.len()..].fill(0.0);
    transform.forward();
    let of_values = transform.bins.clone();
    for (slot, value) in transform.input.iter_mut().zip(span) {
        *slot = f64::from(u8::from(value.is_finite()));
    }
    transform.input[span.len()..].fill(0.0);
    transform.forward();
    let present = |k: usize| {
        let folded = transform.bins.get(k).copied();
        folded.unwrap_or_else(|| transform.bins.get(len - k).map_or_else(Default::default, |bin| bin.conj())) / n
    };
    let lowest = (len as f64 / span.len() as f64).ceil() as usize;
    let mut found = LombScargle { frequency: vec![], power: vec![], background: vec![], p: vec![] };
    for k in lowest..len / 2 {
        let sums = of_values.get(k).copied().unwrap_or_default() / n;
        found.frequency.push(k as f64 / len as f64);
        found.power.push(fit(sums.re, -sums.im, [present(k), present(2 * k)].map(|bin| (bin.re, -bin.im))) / energy);
    }
    against_red_noise(&mut found, oversampling, span.len(), count);
    Ok(found)
}

/// The Lomb–Scargle power (standard normalisation, floating mean) of values at any times and frequencies.
///
/// By definition, O(times × frequencies): for times that are on no grid. Frequencies are in cycles per unit of the
/// times. Pairs of which one is not finite are left out; all powers are NaN with fewer than 4 pairs or no variance.
/// The mean is removed, no line.
pub fn lomb_scargle_at(times: &[f64], values: &[f64], frequencies: &[f64]) -> Vec<f64> {
    let pairs: Vec<(f64, f64)> =
        times.iter().copied().zip(values.iter().copied()).filter(|(t, v)| t.is_finite() && v.is_finite()).collect();
    let n = pairs.len() as f64;
    let mean = pairs.iter().map(|(_, v)| v).sum::<f64>() / n;
    let energy = pairs.iter().map(|(_, v)| (v - mean) * (v - mean)).sum::<f64>() / n;
    let origin = pairs.first().map_or(0.0, |(t, _)| *t);
    frequencies
        .iter()
        .map(|frequency| {
            if n < 4.0 || energy.is_nan() || energy.sqrt() <= 1e-12 * mean.abs() {
                return f64::NAN;
            }
            let mut sums = [0.0; 6];
            for (t, v) in &pairs {
                let (sin, cos) = (TAU * frequency * (t - origin)).sin_cos();
                let terms = [(v - mean) * cos, (v - mean) * sin, cos, sin, cos * cos - sin * sin, 2.0 * sin * cos];
                sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term / n);
            }
            fit(sums[0], sums[1], [(sums[2], sums[3]), (sums[4], sums[5])]) / energy
        })
        .collect()
}

/// Mean square that a sinusoid beside a constant explains, from the mean products of the centred values with cosine and
/// sine, and the means of cosine and sine at the frequency and at its double.
fn fit(with_cos: f64, with_sin: f64, [(cos, sin), (cos_double, sin_double)]: [(f64, f64); 2]) -> f64 {
    let cc = 0.5 * (1.0 + cos_double) - cos * cos;
    let ss = 0.5 * (1.0 - cos_double) - sin * sin;
    let cs = 0.5 * sin_double - cos * sin;
    let determinant = cc * ss - cs * cs;
    // Sine and cosine are one and the same at the present times: nothing to fit.
    if determinant <= 1e-9 * (cc * ss).max(1e-9) {
        return 0.0;
    }
    (ss * with_cos * with_cos + cc * with_sin * with_sin - 2.0 * cs * with_cos * with_sin) / determinant
}

fn against_red_noise(found: &mut LombScargle, oversampling: usize, span: usize, count: usize) {
    let every = |values: &[f64]| values.iter().copied().step_by(oversampling).collect::<Vec<f64>>();
    let noise = Noise::of(&every(&found.frequency), &every(&found.power));
    // Between the independent frequencies the power has more maxima: 2.4 times as many as those, simulated.
    let bins = (count as f64 / 2.0) * (oversampling as f64).min(2.4);
    for (frequency, power) in found.frequency.iter().zip(&found.power) {
        let background = noise.as_ref().map_or(f64::NAN, |noise| noise.density(*frequency));
        found.background.push(background);
        let one = exceedance(power / background.max(1e-12), frequency * span as f64, count);
        found.p.push(if background.is_nan() { 1.0 } else { -(bins * (-one).ln_1p()).exp_m1() });
    }
}

/// The values less their mean, or less a line, fitted to the present ones; zero where missing.
pub(super) fn centred(values: &[f64], detrend: Detrend) -> Vec<f64> {
    let present = || values.iter().enumerate().filter(|(_, v)| v.is_finite());
    let n = present().count() as f64;
    let middle = present().map(|(t, _)| t as f64).sum::<f64>() / n;
    let mean = present().map(|(_, v)| v).sum::<f64>() / n;
    let (mut squares, mut product) = (0.0, 0.0);
    for (t, value) in present() {
        squares += (t as f64 - middle) * (t as f64 - middle);
        product += (t as f64 - middle) * (value - mean);
    }
    let (mean, slope) = match detrend {
        Detrend::None | Detrend::Constant => (mean, 0.0),
        Detrend::Linear => (mean, if squares > 0.0 { product / squares } else { 0.0 }),
    };
    let line = |t: usize| mean + slope * (t as f64 - middle);
    values.iter().enumerate().map(|(t, v)| if v.is_finite() { v - line(t) } else { 0.0 }).collect()
}
