//! Prewhitening: what is left of a series when its own past no longer predicts it.

use crate::robust::{finite, median_of_finite};
use crate::spectrum::runs;

/// How [`whiten`] works.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WhitenOptions {
    /// Highest order of the autoregression; the order is chosen by BIC.
    pub max_order: usize,
    /// Whether the series is differenced first; otherwise only if its lag-one autocorrelation is above 0.98.
    pub difference: bool,
    /// Residuals beyond this many robust standard deviations are clipped to it, so that one outlier is not a
    /// correlation.
    pub clip: f64,
}

impl Default for WhitenOptions {
    fn default() -> Self {
        Self { max_order: 16, difference: true, clip: 3.0 }
    }
}

/// A prewhitened series.
#[derive(Debug, Clone, PartialEq)]
pub struct Whitened {
    /// Residuals of the autoregression in units of their robust standard deviation, clipped, mean zero; NaN where the value or its past is missing.
    pub values: Vec<f64>,
    /// Coefficients of the autoregression of the (possibly differenced) series, lag 1 first.
    pub coefficients: Vec<f64>,
    /// Whether the series was differenced first, because its spectrum rises without bound towards frequency zero.
    pub differenced: bool,
}

/// Removes from a series what its own past predicts: an autoregression by Burg's method, of the order with the
/// lowest BIC, after differencing if the lag-one autocorrelation is above 0.98.
///
/// The result is close to white noise for any linear process, so that the cross-correlation of two independent
/// series has variance 1/n at every lag (Haugh 1976), whatever trends or cycles each had.
/// Missing values: each run between gaps is filtered on its own and loses its first `order` values.
/// A constant series, or one with under 16 values, gives NaN throughout.
///
/// Source: Haugh 1976, JASA 71, 378–385; Burg's recursion as in Kay 1988, Modern Spectral Estimation.
pub fn whiten(values: &[f64], options: &WhitenOptions) -> Whitened {
    let mut work: Vec<f64> = values.iter().map(|v| if v.is_finite() { *v } else { f64::NAN }).collect();
    standardise(&mut work, f64::INFINITY);
    let differenced = options.difference || lag_one(&work) > 0.98;
    if differenced {
        for t in (1..work.len()).rev() {
            work[t] -= work[t - 1];
        }
        if let Some(first) = work.first_mut() {
            *first = f64::NAN;
        }
        standardise(&mut work, f64::INFINITY);
    }
    let coefficients = burg(&work, options.max_order);
    let order = coefficients.len();
    let mut residuals = vec![f64::NAN; work.len()];
    for run in runs(&work) {
        if run.len() <= order {
            continue;
        }
        let rest = &mut residuals[run.start + order..run.end];
        rest.copy_from_slice(&work[run.start + order..run.end]);
        for (k, a) in coefficients.iter().enumerate() {
            let past = &work[run.start + order - 1 - k..run.end - 1 - k];
            rest.iter_mut().zip(past).for_each(|(r, v)| *r -= a * v);
        }
    }
    standardise(&mut residuals, options.clip);
    Whitened { values: residuals, coefficients, differenced }
}

/// Centres by the median, divides by the robust standard deviation, clips, and centres by the mean.
fn standardise(values: &mut [f64], clip: f64) {
    let present = finite(values);
    if present.len() < 16 {
        values.fill(f64::NAN);
        return;
    }
    let median = median_of_finite(&present).unwrap_or(0.0);
    let deviations: Vec<f64> = present.iter().map(|v| (v - median).abs()).collect();
    let mut scale = 1.4826 * median_of_finite(&deviations).unwrap_or(0.0);
    if scale <= 0.0 {
        // More than half of the values are equal: the mean absolute deviation still sees the others.
        scale = 1.2533 * deviations.iter().sum::<f64>() / deviations.len() as f64;
    }
    if scale <= 1e-12 * median.abs() || scale <= 0.0 {
        values.fill(f64::NAN);
        return;
    }
    let mut sum = 0.0;
    for value in values.iter_mut().filter(|v| v.is_finite()) {
        *value = ((*value - median) / scale).clamp(-clip, clip);
        sum += *value;
    }
    let mean = sum / present.len() as f64;
    values.iter_mut().for_each(|v| *v -= mean);
}

fn lag_one(values: &[f64]) -> f64 {
    let (mut product, mut square) = (0.0, 0.0);
    for pair in values.windows(2) {
        if let [a, b] = pair
            && a.is_finite()
            && b.is_finite()
        {
            product += a * b;
            square += 0.5 * (a * a + b * b);
        }
    }
    if square > 0.0 { product / square } else { 0.0 }
}

/// Σ f·b and Σ (f² + b²) of the places that both have, in four sums that a processor adds at once.
fn products(forward: &[f64], backward: &[f64]) -> (f64, f64) {
    let count = forward.len().min(backward.len());
    let (f, f_rest) = forward[..count].as_chunks::<4>();
    let (b, b_rest) = backward[..count].as_chunks::<4>();
    let (mut product, mut power) = ([0.0; 4], [0.0; 4]);
    for (f, b) in f.iter().zip(b) {
        for lane in 0..4 {
            product[lane] += f[lane] * b[lane];
            power[lane] += f[lane] * f[lane] + b[lane] * b[lane];
        }
    }
    for (f, b) in f_rest.iter().zip(b_rest) {
        product[0] += f * b;
        power[0] += f * f + b * b;
    }
    (product.iter().sum(), power.iter().sum())
}

/// Burg's autoregression over all runs of present values, with the order of the lowest BIC.
fn burg(values: &[f64], max_order: usize) -> Vec<f64> {
    let runs: Vec<_> = runs(values).into_iter().filter(|run| run.len() > max_order + 1).collect();
    let total: usize = runs.iter().map(|run| run.len()).sum();
    if total < 4 * (max_order + 1) {
        return Vec::new();
    }
    // The backward errors stand `order` places before the time that they belong to, beside the forward error that they meet
    // next, so that each order is two passes over slices.
    let mut forward: Vec<Vec<f64>> = runs.iter().map(|run| values[run.clone()].to_vec()).collect();
    let mut backward = forward.clone();
    let n = total as f64;
    let mut variance = forward.iter().flatten().map(|v| v * v).sum::<f64>() / n;
    if variance <= 0.0 {
        return Vec::new();
    }
    let mut coefficients: Vec<f64> = Vec::new();
    let mut best = (n * variance.ln(), Vec::new());
    for order in 1..=max_order {
        let (mut product, mut power) = (0.0, 0.0);
        for (f, b) in forward.iter().zip(&backward) {
            let (a, c) = products(&f[order..], b);
            product += a;
            power += c;
        }
        if power <= 0.0 {
            break;
        }
        let reflection = 2.0 * product / power;
        for (f, b) in forward.iter_mut().zip(&mut backward) {
            for (f, b) in f[order..].iter_mut().zip(b.iter_mut()) {
                (*f, *b) = (*f - reflection * *b, *b - reflection * *f);
            }
        }
        let previous = coefficients.clone();
        for (k, coefficient) in coefficients.iter_mut().enumerate() {
            *coefficient -= reflection * previous[order - 2 - k];
        }
        coefficients.push(reflection);
        variance *= 1.0 - reflection * reflection;
        if variance <= 1e-14 {
            break;
        }
        let criterion = n * variance.ln() + order as f64 * n.ln();
        if criterion < best.0 {
            best = (criterion, coefficients.clone());
        }
    }
    best.1
}
