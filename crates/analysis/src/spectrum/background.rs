//! The red-noise background that a spectral peak has to stand out of.

use std::f64::consts::TAU;

/// The continuous background of a spectrum: an AR(1) process with a white floor.
///
/// `density(f) = level · ((1 − floor) · (1 − φ)² / (1 + φ² − 2φ cos 2πf) + floor)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Background {
    /// Lag-one autocorrelation of the red part, in (−1, 1).
    pub phi: f64,
    /// Density at frequency zero.
    pub level: f64,
    /// Share of `level` that is white.
    pub floor: f64,
}

impl Background {
    /// The background density at `frequency` (cycles per step).
    pub fn density(&self, frequency: f64) -> f64 {
        self.level * shape(self.phi, self.floor, (TAU * frequency).cos())
    }
}

fn shape(phi: f64, floor: f64, cosine: f64) -> f64 {
    let red = (1.0 - phi) * (1.0 - phi) / (1.0 + phi * phi - 2.0 * phi * cosine);
    (1.0 - floor) * red + floor
}

/// One band of neighbouring bins, described by its median.
#[derive(Debug, Clone, Copy)]
struct Band {
    /// Mean frequency, cycles per step.
    frequency: f64,
    /// Logarithm of the mean density that the median stands for.
    log_level: f64,
    /// Standard error of `log_level`.
    error: f64,
    cosine: f64,
}

/// Fits the background to a periodogram by the medians of bands that widen with frequency.
///
/// `frequency` and `power` are the bins, ascending, without the lowest ones that detrending empties; `averaged` is
/// the number of independent periodograms in `power`. Lines do not move the fit as long as they fill under half of a
/// band, because each band enters by its median and a band that stands out is down-weighted (Huber); so the
/// autocorrelation of the background is not inflated by a strong cycle, as the lag-one estimate is.
/// `None` with fewer than 16 bins or without any power.
///
/// Source: Mann & Lees 1996, Climatic Change 33, 409–445 (robust red-noise background), with band medians in place
/// of a running median and a white floor added, because counters and gauges carry measurement noise.
pub fn background(frequency: &[f64], power: &[f64], averaged: f64) -> Option<Background> {
    fit(&bands(frequency, power, averaged))
}

fn bands(frequency: &[f64], power: &[f64], averaged: f64) -> Vec<Band> {
    let len = frequency.len().min(power.len());
    let mut found = Vec::new();
    let mut start = 0;
    while start < len {
        // At least ten bins, so that one line (three bins wide under a Hann taper) stays a minority.
        let mut width = (start / 4).max(10);
        if len - start < 2 * width {
            width = len - start;
        }
        let end = start + width;
        let n = width as f64;
        let (low, high) = order::neighbours(&power[start..end], (width - 1) / 2).unwrap_or_default();
        let median = if width % 2 == 1 { low } else { 0.5 * (low + high) };
        if median > 0.0 && width >= 5 {
            let centre = frequency[start..end].iter().sum::<f64>() / n;
            // The median of a χ² variable with 2ν degrees of freedom is ν(1 − 1/9ν)³ (Wilson–Hilferty), 0.702 for
            // ν = 1 where the exact value is ln 2; the difference is 1 %.
            let ratio = if averaged < 1.5 { std::f64::consts::LN_2 } else { (1.0 - 1.0 / (9.0 * averaged)).powi(3) };
            // Variance of the log median, with a factor 1.5 for the correlation of tapered bins.
            let error = (1.5 * 2.08 / (n * averaged.max(1.0))).sqrt();
            found.push(Band {
                frequency: centre,
                log_level: (median / ratio).ln(),
                error,
                cosine: (TAU * centre).cos(),
            });
        }
        start = end;
    }
    found
}

fn fit(bands: &[Band]) -> Option<Background> {
    if bands.is_empty() {
        return None;
    }
    let mut work = Vec::with_capacity(bands.len());
    let mut best = (f64::INFINITY, 0.0, 0.0, 0.0);
    let mut consider = |u: f64, floor: f64, best: &mut (f64, f64, f64, f64)| {
        let phi = phi_of(u);
        let (cost, log_level) = cost(bands, phi, floor, &mut work);
        if cost < best.0 {
            *best = (cost, u, floor, log_level);
        }
    };
    for step in -6..=26 {
        for floor in [0.0, 1e-4, 1e-3, 1e-2, 1e-1] {
            consider(f64::from(step) * 0.25, floor, &mut best);
        }
    }
    // Pattern search around the best point of the grid.
    let (mut du, mut factor) = (0.125, 2.0_f64);
    for _ in 0..5 {
        let (_, u, floor, _) = best;
        for (move_u, scale) in
            [(du, 1.0), (-du, 1.0), (0.0, factor), (0.0, 1.0 / factor), (du, factor), (-du, 1.0 / factor)]
        {
            consider(u + move_u, (floor * scale).min(0.9), &mut best);
        }
        du /= 1.6;
        factor = factor.powf(0.6);
    }
    let (_, u, floor, log_level) = best;
    Some(Background { phi: phi_of(u), level: log_level.exp(), floor })
}

/// φ = tanh(u): even steps of u are even steps of the logarithm of the spectrum's range.
fn phi_of(u: f64) -> f64 {
    (0.5 * u).tanh().min(0.9995)
}

fn cost(bands: &[Band], phi: f64, floor: f64, residuals: &mut Vec<(f64, f64)>) -> (f64, f64) {
    residuals.clear();
    for band in bands {
        residuals.push((band.log_level - shape(phi, floor, band.cosine).ln(), 1.0 / band.error));
    }
    let level = weighted_median(residuals);
    let mut total = 0.0;
    for (residual, precision) in residuals.iter() {
        let z = ((residual - level) * precision).abs();
        total += if z < 1.5 { 0.5 * z * z } else { 1.5 * z - 1.125 };
    }
    // A floor has to earn its place, or the lowest band decides alone.
    let penalty = if floor > 0.0 { 1.0 } else { 0.0 };
    (total + penalty, level)
}

fn weighted_median(pairs: &mut [(f64, f64)]) -> f64 {
    // By insertion: they are some twenty, and this is done some two hundred times for each series.
    for sorted in 1..pairs.len() {
        let mut place = sorted;
        while place > 0 && pairs[place - 1].0.total_cmp(&pairs[place].0).is_gt() {
            pairs.swap(place - 1, place);
            place -= 1;
        }
    }
    let half = pairs.iter().map(|p| p.1).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    for (value, weight) in pairs.iter() {
        sum += weight;
        if sum >= half {
            return *value;
        }
    }
    pairs.last().map_or(0.0, |p| p.0)
}

/// The background of one periodogram, with the bands that it was fitted to.
pub(super) struct Noise {
    pub(super) background: Background,
    bands: Vec<Band>,
}

impl Noise {
    /// Fits the background of a single periodogram; `None` with too few bins.
    pub(super) fn of(frequency: &[f64], power: &[f64]) -> Option<Self> {
        let bands = bands(frequency, power, 1.0);
        Some(Self { background: fit(&bands)?, bands })
    }

    /// The fitted background. Below the middle of the lowest band, where the shape is an extrapolation, at least what
    /// a random walk through that middle would have.
    pub(super) fn base(&self, frequency: f64) -> f64 {
        let fitted = self.background.density(frequency);
        match self.bands.first() {
            Some(lowest) if frequency < lowest.frequency => {
                fitted.max(self.background.density(lowest.frequency) * (lowest.frequency / frequency).powi(2))
            }
            _ => fitted,
        }
    }

    /// The background, raised where a whole band of bins stands above it.
    pub(super) fn density(&self, frequency: f64) -> f64 {
        let distance = |band: &Band| (band.frequency - frequency).abs();
        let nearest = self.bands.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
        let raise = nearest
            .map_or(0.0, |band| band.log_level - 2.0 * band.error - self.background.density(band.frequency).ln());
        self.base(frequency) * raise.max(0.0).exp()
    }
}

/// The chance that one bin of noise exceeds its estimated background `ratio` times.
///
/// With the background known it is e^{−ratio}, the χ²(2)/2 quantile. But it is estimated, from all bins together and
/// towards low frequencies from ever fewer: (1 + ratio/ν)^{−ν}, the form of the F distribution, with ν growing with the
/// number of cycles up to a third of the length. The three constants were set on simulated AR(1) noise.
pub(super) fn exceedance(ratio: f64, cycles: f64, span: usize) -> f64 {
    let freedom = (12.0 + 1.5 * cycles).min(span as f64 / 3.0);
    (-freedom * (ratio / freedom).ln_1p()).exp()
}
