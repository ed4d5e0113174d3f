//! Forward and inverse real transforms with cached plans, and the tapers that go with them.

use std::cell::RefCell;
use std::f64::consts::PI;
use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

thread_local! {
    // A plan depends on its length only, so sharing plans cannot change a result; it saves most of the time of a
    // transform of a length that was seen before.
    static PLANNER: RefCell<RealFftPlanner<f64>> = RefCell::new(RealFftPlanner::new());
}

/// A real transform of one length with its buffers: not normalised, `len / 2 + 1` bins.
pub(crate) struct RealTransform {
    forward: Arc<dyn RealToComplex<f64>>,
    scratch: Vec<Complex<f64>>,
    /// The input of [`RealTransform::forward`]; overwritten by it.
    pub(crate) input: Vec<f64>,
    /// The output of [`RealTransform::forward`].
    pub(crate) bins: Vec<Complex<f64>>,
}

impl RealTransform {
    pub(crate) fn new(len: usize) -> Self {
        let forward = PLANNER.with(|planner| planner.borrow_mut().plan_fft_forward(len));
        Self {
            scratch: forward.make_scratch_vec(),
            input: forward.make_input_vec(),
            bins: forward.make_output_vec(),
            forward,
        }
    }

    /// Transforms `input` into `bins`.
    pub(crate) fn forward(&mut self) {
        // The buffers were made by the plan, so the lengths agree and the call cannot fail.
        let done = self.forward.process_with_scratch(&mut self.input, &mut self.bins, &mut self.scratch);
        debug_assert!(done.is_ok());
    }
}

/// The inverse of [`RealTransform`], not normalised either.
pub(crate) struct InverseTransform {
    inverse: Arc<dyn ComplexToReal<f64>>,
    scratch: Vec<Complex<f64>>,
    pub(crate) bins: Vec<Complex<f64>>,
    pub(crate) output: Vec<f64>,
}

impl InverseTransform {
    pub(crate) fn new(len: usize) -> Self {
        let inverse = PLANNER.with(|planner| planner.borrow_mut().plan_fft_inverse(len));
        Self {
            scratch: inverse.make_scratch_vec(),
            bins: inverse.make_input_vec(),
            output: inverse.make_output_vec(),
            inverse,
        }
    }

    /// Transforms `bins` into `output`; the imaginary parts of the first and (even length) last bin are ignored.
    pub(crate) fn inverse(&mut self) {
        if let Some(first) = self.bins.first_mut() {
            first.im = 0.0;
        }
        if self.output.len().is_multiple_of(2)
            && let Some(last) = self.bins.last_mut()
        {
            last.im = 0.0;
        }
        let done = self.inverse.process_with_scratch(&mut self.bins, &mut self.output, &mut self.scratch);
        debug_assert!(done.is_ok());
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
        for len in [8, 9, 30] {
            let values: Vec<f64> = (0..len).map(|t| ((t * t) as f64 * 0.37).sin()).collect();
            let mut transform = RealTransform::new(len);
            transform.input.copy_from_slice(&values);
            transform.forward();
            for (k, bin) in transform.bins.iter().enumerate() {
                let mut naive = Complex::new(0.0, 0.0);
                for (t, value) in values.iter().enumerate() {
                    let angle = -2.0 * PI * (k * t) as f64 / len as f64;
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
