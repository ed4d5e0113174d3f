//! The gain of a second-order resonance, as tapered segments see it, and its fit.

use std::f64::consts::{PI, TAU};

use rustfft::num_complex::Complex;

/// One bin of a gain.
pub(super) struct Point {
    pub(super) frequency: f64,
    pub(super) ln_gain: f64,
    pub(super) weight: f64,
}

/// A second-order resonance.
pub(super) struct Fit {
    pub(super) frequency: f64,
    pub(super) frequency_error: f64,
    pub(super) q: f64,
    pub(super) ln_q_error: f64,
}

/// ln of the gain that Hann segments see of a second-order resonance: the spectrum of its impulse response
/// r^t sin((t + 1)θ), r = e^{−πf₀/Q}, θ = 2πf₀, times the autocorrelation of the taper (the response that ends behind a
/// segment is not seen in it). Up to a constant.
fn ln_second_order(frequency: f64, resonance: f64, q: f64, segment_len: usize) -> f64 {
    let len = segment_len as f64;
    let one = Complex::new(1.0, 0.0);
    let decay = -PI * resonance / q;
    let mut sum = Complex::new(0.0, 0.0);
    for sign in [1.0, -1.0] {
        // One pole of two: ρ = e^{decay ± iθ}, and the geometric sums of (ρ e^{−iω})^t times the autocorrelation
        // (1 − x)(2/3 + cos(2πx)/3) + sin(2πx)/2π, x = t/L.
        let pole = Complex::new(decay, sign * TAU * resonance);
        let base = pole - Complex::new(0.0, TAU * frequency);
        let end = one - (base * len).exp();
        let triangle = |z: Complex<f64>| {
            let rest = one - z;
            one / rest - z * end / (rest * rest * len)
        };
        let plain = |z: Complex<f64>| end / (one - z);
        let turned = |turns: f64| (base + Complex::new(0.0, TAU * turns / len)).exp();
        let (ahead, behind) = (turned(1.0), turned(-1.0));
        let windowed = triangle(turned(0.0)) * (2.0 / 3.0)
            + (triangle(ahead) + triangle(behind)) / 6.0
            + (plain(ahead) - plain(behind)) / Complex::new(0.0, 4.0 * PI);
        sum += windowed * pole.exp() * sign;
    }
    (sum.norm() / (decay.exp() * (TAU * resonance).sin().abs())).ln()
}

/// Steps by the gradient alone, once the cost does not fall any more.
const POLISH: usize = 6;

/// Least squares of the logarithm of the gain, by Levenberg and Marquardt in ln f₀, ln Q and a free level.
pub(super) fn fit_second_order(points: &[Point], segment_len: usize, frequency: f64, q: f64) -> Option<Fit> {
    let total: f64 = points.iter().map(|p| p.weight).sum();
    let residuals = |at: [f64; 2]| -> (f64, Vec<f64>) {
        let mut rest: Vec<f64> = points
            .iter()
            .map(|p| p.ln_gain - ln_second_order(p.frequency, at[0].exp(), at[1].exp(), segment_len))
            .collect();
        let level = rest.iter().zip(points).map(|(r, p)| r * p.weight).sum::<f64>() / total;
        rest.iter_mut().for_each(|r| *r -= level);
        (rest.iter().zip(points).map(|(r, p)| r * r * p.weight).sum(), rest)
    };
    let mut at = [frequency.ln(), q.clamp(0.6, 1e4).ln()];
    let (mut cost, mut rest) = residuals(at);
    let mut damping = 1e-3;
    let mut hessian = [0.0; 3];
    let slopes_at = |at: [f64; 2], rest: &[f64]| -> ([f64; 3], [f64; 2]) {
        let slopes = [0, 1].map(|axis| {
            let (mut ahead, mut behind) = (at, at);
            ahead[axis] += 1e-5;
            behind[axis] -= 1e-5;
            let (a, b) = (residuals(ahead).1, residuals(behind).1);
            a.iter().zip(&b).map(|(a, b)| (a - b) / 2e-5).collect::<Vec<f64>>()
        });
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).zip(points).map(|((a, b), p)| a * b * p.weight).sum::<f64>();
        let [one, other] = &slopes;
        ([dot(one, one), dot(one, other), dot(other, other)], [dot(one, rest), dot(other, rest)])
    };
    for _ in 0..60 {
        let gradient;
        (hessian, gradient) = slopes_at(at, &rest);
        let mut has_moved = false;
        for _ in 0..12 {
            let (a, b, c) = (hessian[0] * (1.0 + damping), hessian[1], hessian[2] * (1.0 + damping));
            let determinant = a * c - b * b;
            if determinant.is_nan() || determinant <= 0.0 {
                return None;
            }
            let step = [
                -(c * gradient[0] - b * gradient[1]) / determinant,
                -(a * gradient[1] - b * gradient[0]) / determinant,
            ];
            let next = [at[0] + step[0].clamp(-0.3, 0.3), at[1] + step[1].clamp(-1.0, 1.0)];
            let is_inside = next[0] < 0.5f64.ln() && next[1] > 0.5f64.ln() && next[1] < 12.0;
            let tried = residuals(next);
            if is_inside && tried.0 <= cost {
                has_moved = step[0].abs() + step[1].abs() > 1e-10;
                at = next;
                (cost, rest) = tried;
                damping *= 0.2;
                break;
            }
            damping *= 5.0;
        }
        if !has_moved {
            break;
        }
    }
    // The cost is flat about its optimum and tells it to half of the digits only; the gradient tells all of them.
    for _ in 0..POLISH {
        let (shape, gradient) = slopes_at(at, &rest);
        let determinant = shape[0] * shape[2] - shape[1] * shape[1];
        let step = [
            -(shape[2] * gradient[0] - shape[1] * gradient[1]) / determinant,
            -(shape[0] * gradient[1] - shape[1] * gradient[0]) / determinant,
        ];
        let length = step[0].abs() + step[1].abs();
        if length.is_nan() || length > 1e-3 {
            break;
        }
        at = [at[0] + step[0], at[1] + step[1]];
        (cost, rest) = residuals(at);
    }
    let determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1];
    let (frequency, q) = (at[0].exp(), at[1].exp());
    // What the second-order shape does not explain widens the errors.
    let misfit = (cost / (points.len() as f64 - 3.0).max(1.0)).max(1.0) * super::resonance::NEIGHBOURS;
    let is_inside = points.first()?.frequency <= frequency && frequency <= points.last()?.frequency;
    (is_inside && determinant > 0.0).then(|| Fit {
        frequency,
        frequency_error: frequency * (misfit * hessian[2] / determinant).sqrt(),
        q,
        ln_q_error: (misfit * hessian[0] / determinant).sqrt(),
    })
}
