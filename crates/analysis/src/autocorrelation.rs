//! How much a series remembers, and what is left when that is taken out.
//!
//! NaN is a gap: products and residuals that would reach across one are left out, nothing is interpolated.

use wide::f64x4;

use crate::robust;

/// The autocorrelation at lags 0..=`max_lag`, about the mean; NaN where fewer than two pairs exist, all NaN for a
/// constant series.
///
/// Each lag's mean product over the pairs that exist, times (n − lag)/n as in the usual biased estimator (Box and
/// Jenkins; `statsmodels.tsa.acf(adjusted=False, missing="conservative")`), which keeps the sequence positive definite
/// without gaps.
pub fn autocorrelation(values: &[f64], max_lag: usize) -> Vec<f64> {
    let mut result = vec![f64::NAN; max_lag + 1];
    let Some(mean) = robust::mean(values) else { return result };
    let centred: Vec<f64> = values.iter().map(|value| value - mean).collect();
    let mut at_zero = f64::NAN;
    for (lag, slot) in result.iter_mut().enumerate() {
        let Some(later) = centred.get(lag..) else { break };
        let (mut pairs, mut sum) = (0usize, 0.0);
        for (a, b) in centred.iter().zip(later) {
            let product = a * b;
            if product.is_finite() {
                pairs += 1;
                sum += product;
            }
        }
        if lag == 0 {
            at_zero = sum / pairs as f64;
        }
        let possible = later.len();
        if pairs >= 2 && at_zero > 0.0 {
            *slot = sum / pairs as f64 / at_zero * (possible as f64 / values.len() as f64);
        }
    }
    result
}

/// What was removed from a series before its autocorrelation was estimated, which sets the bias of the estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// The mean.
    Mean,
    /// A straight line.
    Line,
}

/// The lag-1 coefficient φ of an AR(1) process, corrected for its small-sample bias: E φ̂ ≈ φ − (1 + 3φ)/n with the mean
/// removed (Kendall 1954, Marriott and Pope 1954), φ − (2 + 4φ)/n with a line removed. Within −0.999..=0.999.
///
/// None with fewer than 4 values or for a constant series.
pub fn ar1_coefficient(values: &[f64], removed: Removed) -> Option<f64> {
    let phi = *autocorrelation(values, 1).last()?;
    let count = values.iter().filter(|value| value.is_finite()).count();
    (phi.is_finite() && count >= 4).then(|| corrected_coefficient(phi, count, removed))
}

/// The bias correction of [`ar1_coefficient`] by itself.
pub fn corrected_coefficient(phi: f64, count: usize, removed: Removed) -> f64 {
    let n = count as f64;
    let (constant, slope) = match removed {
        Removed::Mean => (1.0, 3.0),
        Removed::Line => (2.0, 4.0),
    };
    let corrected = if n > slope { (phi + constant / n) / (1.0 - slope / n) } else { phi };
    corrected.clamp(-0.999, 0.999)
}

/// The number of independent values that would fix the mean as well as `count` values of an AR(1) process do:
/// n (1 − φ)/(1 + φ), between 1 and n.
pub fn effective_sample_size(count: usize, phi: f64) -> f64 {
    let n = count as f64;
    (n * (1.0 - phi) / (1.0 + phi)).clamp(1.0, n.max(1.0))
}

/// An autoregressive model x_t − μ = Σ φ_k (x_{t−k} − μ) + e_t.
#[derive(Clone, Debug, PartialEq)]
pub struct Autoregression {
    /// μ.
    pub mean: f64,
    /// φ_1..φ_p; empty for white noise.
    pub coefficients: Vec<f64>,
    /// The variance of e.
    pub innovation_variance: f64,
    /// The number of values that it was fitted to.
    pub count: usize,
}

impl Autoregression {
    /// Fits by Burg's method on every gap-free stretch at once (de Waele and Broersen 2000), which is always stationary,
    /// the order 0..=`max_order` chosen by BIC; the search ends eight orders after the last improvement.
    ///
    /// None with fewer than 8 values, or if all values are equal.
    pub fn fit(values: &[f64], max_order: usize) -> Option<Self> {
        let count = values.iter().filter(|value| value.is_finite()).count();
        if count < 8 {
            return None;
        }
        let mean = robust::mean(values)?;
        let segments: Vec<Vec<f64>> =
            segments(values).map(|segment| segment.iter().map(|value| value - mean).collect()).collect();
        let power = segments.iter().flatten().map(|value| value * value).sum::<f64>() / count as f64;
        // Below this the values differ by rounding only.
        if power.is_nan() || power <= (mean.abs() * 1e-14).powi(2) {
            return None;
        }
        // The backward errors stand `order` places before the time that they belong to, beside the forward error that they
        // meet next: each order is one pass over two slices.
        let mut forward = segments.clone();
        let mut backward = segments;
        let mut coefficients: Vec<f64> = Vec::new();
        let mut noise = power;
        let n = count as f64;
        let mut best = Self { mean, coefficients: Vec::new(), innovation_variance: noise, count };
        let mut best_bic = n * noise.ln();
        for order in 1..=max_order.min(count / 4) {
            // What eight more lags have not improved, further ones rarely do, and each costs a pass over the series.
            if order > best.order() + 8 {
                break;
            }
            let (mut cross, mut energy) = (0.0, 0.0);
            for (ahead, behind) in forward.iter().zip(&backward) {
                let (segment_cross, segment_energy) = cross_and_energy(ahead.get(order..).unwrap_or_default(), behind);
                cross += segment_cross;
                energy += segment_energy;
            }
            if energy <= 0.0 {
                break;
            }
            let reflection = 2.0 * cross / energy;
            for (ahead, behind) in forward.iter_mut().zip(backward.iter_mut()) {
                reflect(ahead.get_mut(order..).unwrap_or_default(), behind, reflection);
            }
            let reversed: Vec<f64> = coefficients.iter().rev().copied().collect();
            for (coefficient, mirror) in coefficients.iter_mut().zip(reversed) {
                *coefficient -= reflection * mirror;
            }
            coefficients.push(reflection);
            noise *= 1.0 - reflection * reflection;
            if noise <= 0.0 {
                break;
            }
            let bic = n * noise.ln() + order as f64 * n.ln();
            if bic < best_bic {
                best_bic = bic;
                best = Self { mean, coefficients: coefficients.clone(), innovation_variance: noise, count };
            }
        }
        Some(best)
    }

    /// The order p.
    pub fn order(&self) -> usize {
        self.coefficients.len()
    }

    /// Σ φ_k: 0 for white noise, 1 for a random walk.
    pub fn persistence(&self) -> f64 {
        self.coefficients.iter().sum()
    }

    /// The autocorrelations that the model implies, at lags 0..=`max_lag`.
    pub fn autocorrelation(&self, max_lag: usize) -> Vec<f64> {
        // The impulse response, long enough that what is left of it does not count.
        let length: usize = 4_096;
        let mut response = vec![1.0];
        for t in 1usize..length {
            let next: f64 = self
                .coefficients
                .iter()
                .enumerate()
                .filter_map(|(k, phi)| Some(phi * response.get(t.checked_sub(k + 1)?)?))
                .sum();
            response.push(next);
            if t > self.order()
                && response.iter().rev().take(self.order().max(1)).all(|value: &f64| value.abs() < 1e-12)
            {
                break;
            }
        }
        let product = |lag: usize| -> f64 {
            response.get(lag..).map_or(0.0, |later| response.iter().zip(later).map(|(a, b)| a * b).sum())
        };
        let power = product(0);
        (0..=max_lag).map(|lag| product(lag) / power).collect()
    }

    /// How many times larger the variance of a mean is than that of independent values with the same variance
    /// (1 + 2 Σ ρ_k; (1 + φ)/(1 − φ) for AR(1)). `persistence` replaces Σ φ_k, to carry a bias correction.
    pub fn variance_inflation(&self, persistence: f64) -> f64 {
        let marginal = self.variance();
        self.innovation_variance / (1.0 - persistence.min(0.999)).powi(2) / marginal
    }

    /// The variance of x that the model implies.
    pub fn variance(&self) -> f64 {
        let mut partial = self.coefficients.clone();
        let mut product = 1.0;
        // Levinson's recursion backwards gives the reflection coefficients.
        while let Some(reflection) = partial.pop() {
            let rest = 1.0 - reflection * reflection;
            if rest <= 0.0 {
                return f64::INFINITY;
            }
            product *= rest;
            let reversed: Vec<f64> = partial.iter().rev().copied().collect();
            for (coefficient, mirror) in partial.iter_mut().zip(reversed) {
                *coefficient = (*coefficient + reflection * mirror) / rest;
            }
        }
        self.innovation_variance / product
    }

    /// e_t = x_t − μ − Σ φ_k (x_{t−k} − μ); NaN for the first p values and wherever one of the values is missing.
    pub fn residuals(&self, values: &[f64]) -> Vec<f64> {
        let order = self.order();
        let centred: Vec<f64> = values.iter().map(|value| value - self.mean).collect();
        let mut residuals = vec![f64::NAN; values.len()];
        let Some(late) = residuals.get_mut(order..) else { return residuals };
        let expected = late.len();
        late.fill(0.0);
        for (k, phi) in self.coefficients.iter().enumerate() {
            let past = centred[order - k - 1..][..expected].iter();
            late.iter_mut().zip(past).for_each(|(sum, past)| *sum += phi * past);
        }
        late.iter_mut().zip(&centred[order..]).for_each(|(sum, value)| *sum = value - *sum);
        residuals
    }
}

/// The residuals of an autoregression of BIC order up to `max_order`: the series without its own memory, in the length
/// of the input, NaN at the start and after gaps.
///
/// A series too short or constant (see [`Autoregression::fit`]) comes back as deviations from its mean.
pub fn prewhiten(values: &[f64], max_order: usize) -> Vec<f64> {
    match Autoregression::fit(values, max_order) {
        Some(model) => model.residuals(values),
        None => {
            let mean = robust::mean(values).unwrap_or(0.0);
            values.iter().map(|value| value - mean).collect()
        }
    }
}

/// The order up to which autoregressions are tried for a series of this length: 10 log₁₀ n, as R's `ar` does, but at
/// most 24 and a tenth of the values.
pub fn default_max_order(count: usize) -> usize {
    ((10.0 * (count.max(1) as f64).log10()) as usize).min(24).min(count / 10)
}

/// Σ f·b and Σ (f² + b²) of the places that both have, in four sums that a processor adds at once.
fn cross_and_energy(forward: &[f64], backward: &[f64]) -> (f64, f64) {
    let count = forward.len().min(backward.len());
    let (forward, forward_rest) = forward[..count].as_chunks::<4>();
    let (backward, backward_rest) = backward[..count].as_chunks::<4>();
    let (mut cross, mut energy) = ([0.0; 4], [0.0; 4]);
    for (f, b) in forward_rest.iter().zip(backward_rest) {
        cross[0] += f * b;
        energy[0] += f * f + b * b;
    }
    let (mut cross, mut energy) = (f64x4::new(cross), f64x4::new(energy));
    for (f, b) in forward.iter().zip(backward) {
        let (f, b) = (f64x4::new(*f), f64x4::new(*b));
        cross += f * b;
        energy += f * f + b * b;
    }
    (cross.to_array().iter().sum(), energy.to_array().iter().sum())
}

/// Takes `reflection` times the other from each of the two, in the places that both have; four at a time.
fn reflect(forward: &mut [f64], backward: &mut [f64], reflection: f64) {
    let count = forward.len().min(backward.len());
    let (forward, forward_rest) = forward[..count].as_chunks_mut::<4>();
    let (backward, backward_rest) = backward[..count].as_chunks_mut::<4>();
    let four = f64x4::splat(reflection);
    for (forward, backward) in forward.iter_mut().zip(backward) {
        let (f, b) = (f64x4::new(*forward), f64x4::new(*backward));
        (*forward, *backward) = ((f - four * b).to_array(), (b - four * f).to_array());
    }
    for (forward, backward) in forward_rest.iter_mut().zip(backward_rest) {
        let (f, b) = (*forward, *backward);
        (*forward, *backward) = (f - reflection * b, b - reflection * f);
    }
}

/// The gap-free stretches.
fn segments(values: &[f64]) -> impl Iterator<Item = &[f64]> {
    values.split(|value| !value.is_finite()).filter(|segment| !segment.is_empty())
}
