//! Forward and inverse real transforms with cached plans, and the tapers that go with them.

use std::cell::RefCell;
use std::f64::consts::PI;
use std::rc::Rc;
use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftDirection};

use super::plan::plan;

thread_local! {
    // A plan depends on its length and direction only, so sharing plans cannot change a result; it saves most of the time
    // of a transform of a length that was seen before.
    static PLANS: RefCell<Vec<Rc<RealPlan>>> = const { RefCell::new(Vec::new()) };
}

/// What a real transform of one length needs: real values of even length are packed into complex ones of half the length.
struct RealPlan {
    len: usize,
    direction: FftDirection,
    complex: Arc<dyn Fft<f64>>,
    /// exp(±2πik / len), minus forward, for the bins up to half of an even length; empty for an odd one.
    turns: Vec<Complex<f64>>,
}

impl RealPlan {
    fn of(len: usize, direction: FftDirection) -> Rc<Self> {
        PLANS.with_borrow_mut(|plans| {
            if let Some(known) = plans.iter().find(|plan| plan.len == len && plan.direction == direction) {
                return Rc::clone(known);
            }
            let new = Rc::new(Self::new(len, direction));
            plans.push(Rc::clone(&new));
            new
        })
    }

    fn new(len: usize, direction: FftDirection) -> Self {
        let is_packed = len.is_multiple_of(2);
        let sign = if direction == FftDirection::Forward { -1.0 } else { 1.0 };
        let turn = |k: usize| {
            let (sine, cosine) = (2.0 * PI * k as f64 / len as f64).sin_cos();
            Complex::new(cosine, sign * sine)
        };
        Self {
            len,
            direction,
            complex: plan(if is_packed { len / 2 } else { len }, direction),
            turns: if is_packed { (0..=len / 2).map(turn).collect() } else { Vec::new() },
        }
    }

    fn is_packed(&self) -> bool {
        !self.turns.is_empty()
    }

    fn buffer(&self) -> Vec<Complex<f64>> {
        vec![Complex::default(); self.complex.len()]
    }

    fn scratch(&self) -> Vec<Complex<f64>> {
        vec![Complex::default(); self.complex.get_inplace_scratch_len()]
    }
}

/// A real transform of one length with its buffers: not normalised, `len / 2 + 1` bins.
pub(crate) struct RealTransform {
    plan: Rc<RealPlan>,
    buffer: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
    /// The input of [`RealTransform::forward`].
    pub(crate) input: Vec<f64>,
    /// The output of [`RealTransform::forward`].
    pub(crate) bins: Vec<Complex<f64>>,
}

impl RealTransform {
    pub(crate) fn new(len: usize) -> Self {
        let plan = RealPlan::of(len, FftDirection::Forward);
        Self {
            buffer: plan.buffer(),
            scratch: plan.scratch(),
            input: vec![0.0; len],
            bins: vec![Complex::default(); len / 2 + 1],
            plan,
        }
    }

    /// Transforms `input` into `bins`.
    pub(crate) fn forward(&mut self) {
        if !self.plan.is_packed() {
            for (to, from) in self.buffer.iter_mut().zip(&self.input) {
                *to = Complex::new(*from, 0.0);
            }
            self.plan.complex.process_with_scratch(&mut self.buffer, &mut self.scratch);
            self.bins.iter_mut().zip(&self.buffer).for_each(|(to, from)| *to = *from);
            return;
        }
        for (to, pair) in self.buffer.iter_mut().zip(self.input.chunks_exact(2)) {
            *to = Complex::new(pair[0], pair[1]);
        }
        self.plan.complex.process_with_scratch(&mut self.buffer, &mut self.scratch);
        // Z(k) + conj Z(−k) is twice the transform of the even values, Z(k) − conj Z(−k) is 2i times that of the odd ones.
        let half = self.buffer.len();
        for (k, (bin, turn)) in self.bins.iter_mut().zip(&self.plan.turns).enumerate() {
            let (left, right) = (self.buffer[k % half], self.buffer[(half - k) % half].conj());
            let odd = turn * (left - right);
            *bin = 0.5 * (left + right + Complex::new(odd.im, -odd.re));
        }
    }
}

/// The inverse of [`RealTransform`], not normalised either.
pub(crate) struct InverseTransform {
    plan: Rc<RealPlan>,
    buffer: Vec<Complex<f64>>,
    scratch: Vec<Complex<f64>>,
    /// The input of [`InverseTransform::inverse`].
    pub(crate) bins: Vec<Complex<f64>>,
    /// The output of [`InverseTransform::inverse`].
    pub(crate) output: Vec<f64>,
}

impl InverseTransform {
    pub(crate) fn new(len: usize) -> Self {
        let plan = RealPlan::of(len, FftDirection::Inverse);
        Self {
            buffer: plan.buffer(),
            scratch: plan.scratch(),
            bins: vec![Complex::default(); len / 2 + 1],
            output: vec![0.0; len],
            plan,
        }
    }

    /// Transforms `bins` into `output`; the imaginary parts of the first and (even length) last bin are ignored.
    pub(crate) fn inverse(&mut self) {
        if let Some(first) = self.bins.first_mut() {
            first.im = 0.0;
        }
        if !self.plan.is_packed() {
            let len = self.buffer.len();
            for (k, bin) in self.bins.iter().enumerate() {
                self.buffer[(len - k) % len] = bin.conj();
                self.buffer[k] = *bin;
            }
            self.plan.complex.process_with_scratch(&mut self.buffer, &mut self.scratch);
            self.output.iter_mut().zip(&self.buffer).for_each(|(to, from)| *to = from.re);
            return;
        }
        if let Some(last) = self.bins.last_mut() {
            last.im = 0.0;
        }
        let half = self.buffer.len();
        for (k, (to, turn)) in self.buffer.iter_mut().zip(&self.plan.turns).enumerate() {
            let (left, right) = (self.bins[k], self.bins[half - k].conj());
            let odd = turn * (left - right);
            *to = left + right + Complex::new(-odd.im, odd.re);
        }
        self.plan.complex.process_with_scratch(&mut self.buffer, &mut self.scratch);
        for (pair, from) in self.output.chunks_exact_mut(2).zip(&self.buffer) {
            (pair[0], pair[1]) = (from.re, from.im);
        }
    }
}

/// The smallest even length of the form 2^a·3^b·5^c that is at least `at_least`: fast to transform.
pub(crate) fn fast_len_at_least(at_least: usize) -> usize {
    let mut candidate = at_least.max(2).next_multiple_of(2);
    while !is_smooth(candidate) {
        candidate += 2;
    }
    candidate
}

/// The largest even length of the form 2^a·3^b·5^c that is at most `at_most` (2 when there is none).
pub(crate) fn fast_len_at_most(at_most: usize) -> usize {
    let mut candidate = at_most.max(2) & !1;
    while candidate > 2 && !is_smooth(candidate) {
        candidate -= 2;
    }
    candidate
}

fn is_smooth(mut value: usize) -> bool {
    for prime in [2, 3, 5] {
        while value.is_multiple_of(prime) {
            value /= prime;
        }
    }
    value == 1
}

/// The periodic (DFT-even) Hann window, as scipy's `get_window("hann", len)`.
pub(crate) fn hann(len: usize) -> Vec<f64> {
    (0..len).map(|t| 0.5 - 0.5 * (2.0 * PI * t as f64 / len as f64).cos()).collect()
}

/// Subtracts the least-squares line from complete values.
pub(crate) fn remove_line(values: &mut [f64]) {
    let n = values.len() as f64;
    if values.is_empty() {
        return;
    }
    let centre = (n - 1.0) / 2.0;
    let mean = values.iter().sum::<f64>() / n;
    let mut product = 0.0;
    for (t, value) in values.iter().enumerate() {
        product += (t as f64 - centre) * (value - mean);
    }
    let squares = n * (n * n - 1.0) / 12.0;
    let slope = if squares > 0.0 { product / squares } else { 0.0 };
    for (t, value) in values.iter_mut().enumerate() {
        *value -= mean + slope * (t as f64 - centre);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn forward_and_inverse_agree_with_the_definition() {
        for len in [2, 8, 9, 14, 30, 64, 90, 100, 128, 150, 324, 500, 1458, 2880] {
            let values: Vec<f64> = (0..len).map(|t| ((t * t) as f64 * 0.37).sin()).collect();
            let mut transform = RealTransform::new(len);
            transform.input.copy_from_slice(&values);
            transform.forward();
            for (k, bin) in transform.bins.iter().enumerate() {
                let mut naive = Complex::new(0.0, 0.0);
                for (t, value) in values.iter().enumerate() {
                    let angle = -2.0 * PI * ((k * t) % len) as f64 / len as f64;
                    naive += Complex::new(angle.cos(), angle.sin()) * value;
                }
                assert!((bin - naive).norm() < 1e-12);
            }
            let mut inverse = InverseTransform::new(len);
            inverse.bins.copy_from_slice(&transform.bins);
            inverse.inverse();
            for (back, value) in inverse.output.iter().zip(&values) {
                assert!((back / len as f64 - value).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn fast_lengths_are_even_and_smooth() {
        assert_eq!(fast_len_at_least(2881), 2916);
        assert_eq!(fast_len_at_most(13), 12);
        assert_eq!(fast_len_at_most(1), 2);
    }

    #[test]
    fn a_line_leaves_nothing() {
        let mut values: Vec<f64> = (0..17).map(|t| 3.0 - 0.25 * f64::from(t)).collect();
        remove_line(&mut values);
        assert!(values.iter().all(|v| v.abs() < 1e-12));
    }
}
