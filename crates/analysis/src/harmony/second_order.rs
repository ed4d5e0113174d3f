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

/// What a bin and the length of the segments have to do with the gain: turns that no resonance changes.
struct Turns {
    /// e^{−iω} of each point.
    step: Vec<Complex<f64>>,
    /// e^{−iωL} of each point.
    segment: Vec<Complex<f64>>,
    /// e^{2πi/L}.
    taper: Complex<f64>,
    len: f64,
}

impl Turns {
    fn of(points: &[Point], segment_len: usize) -> Self {
        let len = segment_len as f64;
        let turn = |angle: f64| Complex::from_polar(1.0, angle);
        Self {
            step: points.iter().map(|p| turn(-TAU * p.frequency)).collect(),
            segment: points.iter().map(|p| turn(-TAU * p.frequency * len)).collect(),
            taper: turn(TAU / len),
            len,
        }
    }

    /// ln of the gain that Hann segments see of a second-order resonance: the spectrum of its impulse response
    /// r^t sin((t + 1)θ), r = e^{−πf₀/Q}, θ = 2πf₀, times the autocorrelation of the taper (the response that ends behind a
    /// segment is not seen in it). Up to a constant, at each point; with its slopes in ln f₀ and ln Q.
    fn ln_second_order(&self, [ln_resonance, ln_q]: [f64; 2]) -> impl Iterator<Item = [f64; 3]> + '_ {
        let one = Complex::new(1.0, 0.0);
        let (resonance, len) = (ln_resonance.exp(), self.len);
        let (decay, theta) = (-PI * resonance / ln_q.exp(), TAU * resonance);
        let poles = [1.0, -1.0].map(|sign| {
            let exponent = Complex::new(decay, sign * theta);
            (exponent, exponent.exp() * sign, exponent.exp(), (exponent * len).exp())
        });
        let height = [decay + theta.sin().abs().ln(), decay + theta / theta.tan(), -decay];
        self.step.iter().zip(&self.segment).map(move |(step, segment)| {
            let mut sum = [Complex::new(0.0, 0.0); 3];
            for (exponent, signed, pole, pole_at_end) in poles {
                // One pole of two: ρ = e^{decay ± iθ}, and the geometric sums of (ρ e^{−iω})^t times the autocorrelation
                // (1 − x)(2/3 + cos(2πx)/3) + sin(2πx)/2π, x = t/L. Each with its slope in the exponent of the pole.
                let end = one - pole_at_end * segment;
                let end_slope = (end - one) * len;
                let sums = |z: Complex<f64>| {
                    let inverse = (one - z).inv();
                    let plain = end * inverse;
                    let plain_slope = (end_slope + z * plain) * inverse;
                    let triangle = inverse * (one - z * plain / len);
                    let triangle_slope = inverse * z * (triangle - (plain + plain_slope) / len);
                    [plain, plain_slope, triangle, triangle_slope]
                };
                let z = pole * step;
                let (middle, ahead, behind) = (sums(z), sums(z * self.taper), sums(z * self.taper.conj()));
                let windowed = [0, 1].map(|slope| {
                    let turned = ahead[slope] - behind[slope];
                    middle[2 + slope] * (2.0 / 3.0)
                        + (ahead[2 + slope] + behind[2 + slope]) / 6.0
                        + Complex::new(turned.im, -turned.re) / (4.0 * PI)
                });
                let slope = (windowed[0] + windowed[1]) * signed;
                sum[0] += windowed[0] * signed;
                sum[1] += slope * exponent;
                sum[2] -= slope * decay;
            }
            let part = |slope: Complex<f64>| (slope * sum[0].conj()).re / sum[0].norm_sqr();
            [0.5 * sum[0].norm_sqr().ln() - height[0], part(sum[1]) - height[1], part(sum[2]) - height[2]]
        })
    }
}

/// Steps by the gradient alone, once the cost does not fall any more.
const POLISH: usize = 6;

/// How well a resonance fits.
struct Look {
    cost: f64,
    /// Of half the cost, in ln f₀ and ln Q: the products of the slopes with one another, and with what is left.
    hessian: [f64; 3],
    gradient: [f64; 2],
}

impl Look {
    /// With the level that fits best.
    fn at(points: &[Point], turns: &Turns, at: [f64; 2]) -> Self {
        let shapes: Vec<[f64; 3]> = turns.ln_second_order(at).collect();
        let (mut total, mut means) = (0.0, [0.0; 3]);
        for (point, shape) in points.iter().zip(&shapes) {
            total += point.weight;
            means[0] += (point.ln_gain - shape[0]) * point.weight;
            means[1] += shape[1] * point.weight;
            means[2] += shape[2] * point.weight;
        }
        let [level, one_level, other_level] = means.map(|sum| sum / total);
        let mut look = Self { cost: 0.0, hessian: [0.0; 3], gradient: [0.0; 2] };
        for (point, shape) in points.iter().zip(&shapes) {
            let rest = point.ln_gain - shape[0] - level;
            let (one, other) = (one_level - shape[1], other_level - shape[2]);
            look.cost += rest * rest * point.weight;
            look.hessian[0] += one * one * point.weight;
            look.hessian[1] += one * other * point.weight;
            look.hessian[2] += other * other * point.weight;
            look.gradient[0] += one * rest * point.weight;
            look.gradient[1] += other * rest * point.weight;
        }
        look
    }

    /// The step of Gauss and Newton, damped; none where the slopes depend on one another.
    fn step(&self, damping: f64) -> Option<[f64; 2]> {
        let [a, b, c] = [self.hessian[0] * (1.0 + damping), self.hessian[1], self.hessian[2] * (1.0 + damping)];
        let determinant = a * c - b * b;
        (determinant > 0.0).then(|| {
            [
                -(c * self.gradient[0] - b * self.gradient[1]) / determinant,
                -(a * self.gradient[1] - b * self.gradient[0]) / determinant,
            ]
        })
    }
}

/// Least squares of the logarithm of the gain, by Levenberg and Marquardt in ln f₀, ln Q and a free level.
pub(super) fn fit_second_order(points: &[Point], segment_len: usize, frequency: f64, q: f64) -> Option<Fit> {
    let turns = Turns::of(points, segment_len);
    let look = |at: [f64; 2]| Look::at(points, &turns, at);
    let mut at = [frequency.ln(), q.clamp(0.6, 1e4).ln()];
    let mut here = look(at);
    let mut damping = 1e-3;
    for _ in 0..60 {
        let mut has_moved = false;
        for _ in 0..12 {
            let step = here.step(damping)?;
            let next = [at[0] + step[0].clamp(-0.3, 0.3), at[1] + step[1].clamp(-1.0, 1.0)];
            let is_inside = next[0] < 0.5f64.ln() && next[1] > 0.5f64.ln() && next[1] < 12.0;
            if is_inside {
                let tried = look(next);
                if tried.cost <= here.cost {
                    has_moved = step[0].abs() + step[1].abs() > 1e-10;
                    (at, here) = (next, tried);
                    damping *= 0.2;
                    break;
                }
            }
            damping *= 5.0;
        }
        if !has_moved {
            break;
        }
    }
    // The cost is flat about its optimum and tells it to half of the digits only; the gradient tells all of them.
    for _ in 0..POLISH {
        let Some(step) = here.step(0.0).filter(|step| step[0].abs() + step[1].abs() <= 1e-3) else { break };
        at = [at[0] + step[0], at[1] + step[1]];
        here = look(at);
    }
    let [a, b, c] = here.hessian;
    let determinant = a * c - b * b;
    let (frequency, q) = (at[0].exp(), at[1].exp());
    // What the second-order shape does not explain widens the errors.
    let misfit = (here.cost / (points.len() as f64 - 3.0).max(1.0)).max(1.0) * super::resonance::NEIGHBOURS;
    let is_inside = points.first()?.frequency <= frequency && frequency <= points.last()?.frequency;
    (is_inside && determinant > 0.0).then(|| Fit {
        frequency,
        frequency_error: frequency * (misfit * c / determinant).sqrt(),
        q,
        ln_q_error: (misfit * a / determinant).sqrt(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn points() -> Vec<Point> {
        let gain = |k: usize| {
            let f = k as f64 / 128.0;
            -0.5 * ((0.09 - f * f / 0.09).powi(2) + 0.01 * f * f).ln() + 0.02 * ((k * k) as f64).sin()
        };
        (4..24).map(|k| Point { frequency: k as f64 / 128.0, ln_gain: gain(k), weight: 1.0 + k as f64 }).collect()
    }

    /// The autocorrelation of a Hann taper times the impulse response, summed term by term.
    #[test]
    fn the_gain_is_that_of_its_definition() {
        let (points, len) = (points(), 128);
        let (resonance, q) = (0.09_f64, 6.0_f64);
        let ours: Vec<f64> =
            Turns::of(&points, len).ln_second_order([resonance.ln(), q.ln()]).map(|shape| shape[0]).collect();
        let theirs = |frequency: f64| {
            let mut sum = Complex::new(0.0, 0.0);
            for t in 0..len {
                let x = t as f64 / len as f64;
                let seen = (1.0 - x) * (2.0 + (TAU * x).cos()) / 3.0 + (TAU * x).sin() / TAU;
                let response = (-PI * resonance / q * t as f64).exp() * (TAU * resonance * (t as f64 + 1.0)).sin();
                sum += Complex::from_polar(seen * response, -TAU * frequency * t as f64);
            }
            sum.norm().ln()
        };
        let offset = ours[0] - theirs(points[0].frequency);
        for (one, point) in ours.iter().zip(&points) {
            assert!((one - offset - theirs(point.frequency)).abs() < 1e-9);
        }
    }

    #[test]
    fn slopes_are_those_of_small_differences() {
        let (points, at) = (points(), [0.09_f64.ln(), 4.0_f64.ln()]);
        let turns = Turns::of(&points, 128);
        let shapes = |at: [f64; 2]| turns.ln_second_order(at).collect::<Vec<[f64; 3]>>();
        for axis in 0..2 {
            let (mut ahead, mut behind) = (at, at);
            ahead[axis] += 1e-5;
            behind[axis] -= 1e-5;
            for ((middle, ahead), behind) in shapes(at).iter().zip(shapes(ahead)).zip(shapes(behind)) {
                assert!((middle[1 + axis] - (ahead[0] - behind[0]) / 2e-5).abs() < 1e-7);
            }
        }
    }

    #[test]
    fn a_fit_is_stationary() {
        let points = points();
        let fit = fit_second_order(&points, 128, 0.085, 3.0).unwrap();
        let look = Look::at(&points, &Turns::of(&points, 128), [fit.frequency.ln(), fit.q.ln()]);
        assert!(look.gradient.iter().all(|slope| slope.abs() < 1e-10), "{:?}", look.gradient);
    }
}
