//! Sums of a series times sinusoids of any frequency, from one transform of it.

use std::f64::consts::PI;

use rustfft::num_complex::Complex;

use super::transform::{RealTransform, fast_len_at_least};

/// Bins on each side of a frequency that its sum is made of.
const REACH: usize = 15;
/// Variance of the bell that they are weighted with, in bins: what is cut off of it and what it lets in of its images are then
/// equal, e^{−πREACH/√2} = 3·10⁻¹⁵ of the whole.
const VARIANCE: f64 = REACH as f64 * std::f64::consts::FRAC_1_SQRT_2 / PI;

/// For any frequency f, the sums Σ v·aᵏ·e^{2πifu} for k from 0 to K − 1, where u are the steps from the middle of the values
/// and a the same in units of half the span (−1 to 1).
///
/// Two sums a frequency cost two passes over the values; here it costs thirty bins. The values are divided by the transform of
/// a bell and transformed at twice the resolution that they need, and the bell put over the bins around a frequency
/// undoes the division: exact but for rounding.
///
/// Source: Dutt & Rokhlin 1993, SIAM J. Sci. Comput. 14, 1368–1393; Greengard & Lee 2004, SIAM Rev. 46, 443–454.
pub(crate) struct Sums<const K: usize> {
    /// The bins from −`REACH` to half of the transform's length and `REACH` more.
    bins: Vec<[Complex<f64>; K]>,
    /// Length of the transform.
    len: f64,
    /// What the middle bin of time is ahead of the middle of the values: half a step for an even number of them.
    ahead: f64,
    /// The bell at whole bins from its middle, from −`REACH` + 1 to `REACH`.
    bell: [f64; 2 * REACH],
}

impl<const K: usize> Sums<K> {
    pub(crate) fn of(values: &[f64]) -> Self {
        let span = values.len();
        let (half, centre) = (span / 2, 0.5 * (span as f64 - 1.0));
        let len = fast_len_at_least(2 * span.max(2 * REACH));
        let mut transform = RealTransform::new(len);
        let mut bins = vec![[Complex::default(); K]; len / 2 + 1 + 2 * REACH];
        let undone: Vec<f64> = (0..span)
            .map(|t| {
                let share = (t as f64 - half as f64) / len as f64;
                (2.0 * PI * PI * VARIANCE * share * share).exp() / (2.0 * PI * VARIANCE).sqrt()
            })
            .collect();
        for order in 0..K {
            transform.input.fill(0.0);
            for (t, (value, undone)) in values.iter().zip(&undone).enumerate() {
                let along = (t as f64 - centre) / centre;
                transform.input[(t + len - half) % len] = value * undone * along.powi(order as i32);
            }
            transform.forward();
            for (at, bin) in bins.iter_mut().enumerate() {
                bin[order] = match at.checked_sub(REACH) {
                    Some(k) if k <= len / 2 => transform.bins[k].conj(),
                    Some(k) => transform.bins[len - k],
                    None => transform.bins[REACH - at],
                };
            }
        }
        let mut bell = [0.0; 2 * REACH];
        for (at, weight) in bell.iter_mut().enumerate() {
            let bins = at as f64 + 1.0 - REACH as f64;
            *weight = (-0.5 * bins * bins / VARIANCE).exp();
        }
        Self { bins, len: len as f64, ahead: half as f64 - centre, bell }
    }

    /// The sums at a frequency in cycles per step, which may be negative or beyond Nyquist.
    pub(crate) fn at(&self, frequency: f64) -> [Complex<f64>; K] {
        let folded = frequency - frequency.round();
        let place = folded.abs() * self.len;
        let below = place.floor();
        let within = place - below;
        // e^{−(x − j)²/2σ²} is e^{−x²/2σ²}·(e^{x/σ²})^j·e^{−j²/2σ²}.
        let mut weight = (-(0.5 * within + (REACH as f64 - 1.0)) * within / VARIANCE).exp();
        let growth = (within / VARIANCE).exp();
        let mut sums = [Complex::default(); K];
        for (bin, bell) in self.bins.iter().skip(below as usize + 1).zip(&self.bell) {
            for (sum, value) in sums.iter_mut().zip(bin) {
                *sum += value * (weight * bell);
            }
            weight *= growth;
        }
        let (sin, cos) = (2.0 * PI * frequency * self.ahead).sin_cos();
        sums.map(|sum| Complex::new(cos, sin) * if folded < 0.0 { sum.conj() } else { sum })
    }
}

/// The same sums of the values 1 where they are present and 0 where they are not, for k from 0 to 2.
pub(crate) enum Pattern {
    /// So many values, all present.
    Complete(usize),
    Gaps(Box<Sums<3>>),
}

impl Pattern {
    pub(crate) fn of(present: &[bool]) -> Self {
        if present.iter().all(|is| *is) {
            return Self::Complete(present.len());
        }
        Self::Gaps(Box::new(Sums::of(&present.iter().map(|is| if *is { 1.0 } else { 0.0 }).collect::<Vec<f64>>())))
    }

    pub(crate) fn at(&self, frequency: f64) -> [Complex<f64>; 3] {
        match self {
            Self::Complete(span) => complete(*span, frequency),
            Self::Gaps(sums) => sums.at(frequency),
        }
    }
}

/// Dirichlet's kernel sin(nθ)/sin θ, θ = πf, and its first two derivatives.
fn complete(span: usize, frequency: f64) -> [Complex<f64>; 3] {
    let turns = frequency.round();
    let folded = frequency - turns;
    let n = span as f64;
    let unit = 0.5 * (n - 1.0);
    // Steps from the middle of an even number of values are halves: a whole turn a step changes the sign.
    let sign = if span.is_multiple_of(2) && turns.rem_euclid(2.0) == 1.0 { -1.0 } else { 1.0 };
    let theta = PI * folded;
    if folded == 0.0 {
        let [plain, second] = [n, n * (n + 1.0) / (3.0 * (n - 1.0))].map(|sum| Complex::new(sign * sum, 0.0));
        return [plain, Complex::default(), second];
    }
    if (n * theta).abs() < 0.5 {
        // So near to frequency zero the derivatives are small differences of large terms.
        let mut sums = [0.0; 3];
        for t in 0..span {
            let along = (t as f64 - unit) / unit;
            let (sin, cos) = (2.0 * theta * unit * along).sin_cos();
            sums[0] += cos;
            sums[1] += along * sin;
            sums[2] += along * along * cos;
        }
        let [plain, first, second] = sums.map(|sum| sum * sign);
        return [Complex::new(plain, 0.0), Complex::new(0.0, first), Complex::new(second, 0.0)];
    }
    let (sin, cos) = theta.sin_cos();
    let (sin_n, cos_n) = (n * theta).sin_cos();
    let kernel = sin_n / sin;
    let slope = (n * cos_n - kernel * cos) / sin;
    let curvature = -n * n * kernel - (n * cos_n * cos / sin + slope * cos - kernel / sin) / sin;
    [
        Complex::new(sign * kernel, 0.0),
        Complex::new(0.0, -0.5 * sign * slope / unit),
        Complex::new(-0.25 * sign * curvature / (unit * unit), 0.0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directly(values: &[f64], frequency: f64) -> [Complex<f64>; 3] {
        let centre = 0.5 * (values.len() as f64 - 1.0);
        let mut sums = [Complex::default(); 3];
        for (t, value) in values.iter().enumerate() {
            let u = t as f64 - centre;
            let turn = Complex::from_polar(*value, 2.0 * PI * (frequency * u).fract());
            for (order, sum) in sums.iter_mut().enumerate() {
                *sum += turn * (u / centre).powi(order as i32);
            }
        }
        sums
    }

    #[test]
    fn sums_are_those_of_the_definition() {
        for span in [32, 33, 100, 1001] {
            let values: Vec<f64> = (0..span).map(|t| ((t * t) as f64 * 0.37).sin() + 0.2).collect();
            let ones = vec![1.0; span];
            let some: Vec<bool> = (0..span).map(|t| t % 7 != 3 && !(9..15).contains(&t)).collect();
            let masked: Vec<f64> = some.iter().map(|is| if *is { 1.0 } else { 0.0 }).collect();
            let sums = Sums::<3>::of(&values);
            let (all, gaps) = (Pattern::of(&vec![true; span]), Pattern::of(&some));
            for step in -70..=140 {
                let frequency = f64::from(step) * 0.007_137 + if step % 2 == 0 { 0.0 } else { 1e-4 };
                for (found, of) in
                    [(sums.at(frequency), &values), (all.at(frequency), &ones), (gaps.at(frequency), &masked)]
                {
                    for (one, other) in found.iter().zip(directly(of, frequency)) {
                        assert!((one - other).norm() < 1e-13 * span as f64, "{span} {frequency}: {one} {other}");
                    }
                }
            }
            for frequency in [0.0, 0.5, 1.0, -0.5] {
                for (one, other) in all.at(frequency).iter().zip(directly(&ones, frequency)) {
                    assert!((one - other).norm() < 1e-13 * span as f64, "{span} {frequency}: {one} {other}");
                }
            }
        }
    }
}
