//! Slepian's tapers: discrete prolate spheroidal sequences.

use std::cell::RefCell;
use std::f64::consts::TAU;
use std::rc::Rc;

use super::transform::{RealTransform, fast_len_at_least};

thread_local! {
    // Series of one panel have one length; the tapers of that length are made once.
    static LAST: RefCell<Option<Rc<Tapers>>> = const { RefCell::new(None) };
}

/// The first tapers of one length and bandwidth, most concentrated first, each with unit energy.
///
/// Even tapers have a positive sum, odd ones start with a positive lobe.
pub(super) struct Tapers {
    len: usize,
    half_bandwidth: f64,
    /// One taper after the other.
    pub(super) tapers: Vec<Vec<f64>>,
    /// Share of each taper's energy inside the band.
    pub(super) concentrations: Vec<f64>,
}

impl Tapers {
    /// `count` tapers of `len` values that gather their energy within ± `half_bandwidth` / `len` cycles per step.
    ///
    /// Eigenvectors of Slepian's tridiagonal matrix (1978, Bell System Technical Journal 57, section 2.6): eigenvalues
    /// by Sturm's count and bisection, vectors by inverse iteration. O(len) each.
    pub(super) fn of(len: usize, half_bandwidth: f64, count: usize) -> Rc<Self> {
        LAST.with_borrow_mut(|last| {
            if let Some(known) = last.as_ref()
                && known.len == len
                && known.half_bandwidth == half_bandwidth
                && known.tapers.len() == count
            {
                return Rc::clone(known);
            }
            let new = Rc::new(Self::new(len, half_bandwidth, count));
            *last = Some(Rc::clone(&new));
            new
        })
    }

    fn new(len: usize, half_bandwidth: f64, count: usize) -> Self {
        let band = half_bandwidth / len as f64;
        let cosine = (TAU * band).cos();
        let centre = (len as f64 - 1.0) / 2.0;
        let diagonal: Vec<f64> = (0..len).map(|t| (centre - t as f64) * (centre - t as f64) * cosine).collect();
        let beside: Vec<f64> = (1..len).map(|t| 0.5 * t as f64 * (len - t) as f64).collect();
        let matrix = Tridiagonal { diagonal, beside };
        let bound = matrix.bound();
        let mut above = bound;
        let mut tapers = Vec::with_capacity(count);
        for order in 0..count.min(len) {
            let value = matrix.eigenvalue(order, -bound, above);
            above = value;
            let mut taper = matrix.eigenvector(value, order);
            // The matrix is symmetric about its middle, so the tapers are even and odd in turn; exactly so, here.
            let sign = if order % 2 == 0 { 1.0 } else { -1.0 };
            for t in 0..len / 2 {
                let mean = 0.5 * (taper[t] + sign * taper[len - 1 - t]);
                (taper[t], taper[len - 1 - t]) = (mean, sign * mean);
            }
            let first_half: f64 =
                taper.iter().take(len / 2).enumerate().map(|(t, v)| (len - 1 - 2 * t) as f64 * v).sum();
            let positive = if order % 2 == 0 { taper.iter().sum::<f64>() } else { first_half };
            let scale = positive.signum() / taper.iter().map(|v| v * v).sum::<f64>().sqrt();
            taper.iter_mut().for_each(|v| *v *= scale);
            tapers.push(taper);
        }
        let concentrations = concentrations(&tapers, band);
        Self { len, half_bandwidth, tapers, concentrations }
    }
}

/// Share of each taper's energy within ± `band`: Σ r(k)·sin(2π·band·k)/(πk) over its autocorrelation r.
fn concentrations(tapers: &[Vec<f64>], band: f64) -> Vec<f64> {
    let len = tapers.first().map_or(0, Vec::len);
    let padded = fast_len_at_least(2 * len);
    let mut transform = RealTransform::new(padded);
    // The kernel's own transform, so that one forward transform a taper is enough (Parseval).
    let kernel = |lag: usize| {
        if lag == 0 { 2.0 * band } else { (TAU * band * lag as f64).sin() / (std::f64::consts::PI * lag as f64) }
    };
    transform.input.fill(0.0);
    for lag in 0..len {
        transform.input[lag] = kernel(lag);
        if lag > 0 {
            transform.input[padded - lag] = kernel(lag);
        }
    }
    transform.forward();
    let weights: Vec<f64> = transform.bins.iter().map(|bin| bin.re).collect();
    let last = weights.len() - 1;
    tapers
        .iter()
        .map(|taper| {
            transform.input[..len].copy_from_slice(taper);
            transform.input[len..].fill(0.0);
            transform.forward();
            let sum: f64 = transform
                .bins
                .iter()
                .zip(&weights)
                .enumerate()
                .map(|(k, (bin, weight))| if k == 0 || k == last { 1.0 } else { 2.0 } * bin.norm_sqr() * weight)
                .sum();
            (sum / padded as f64).clamp(0.0, 1.0)
        })
        .collect()
}

/// A symmetric tridiagonal matrix.
struct Tridiagonal {
    diagonal: Vec<f64>,
    beside: Vec<f64>,
}

impl Tridiagonal {
    /// No eigenvalue is larger in magnitude (Gershgorin).
    fn bound(&self) -> f64 {
        let beside = |t: usize| self.beside.get(t).copied().unwrap_or(0.0).abs();
        let row = |t: usize| self.diagonal[t].abs() + beside(t) + if t > 0 { beside(t - 1) } else { 0.0 };
        (0..self.diagonal.len()).map(row).fold(0.0, f64::max)
    }

    /// How many eigenvalues are larger than `x` (Sturm).
    fn above(&self, x: f64) -> usize {
        let mut pivot = 1.0_f64;
        let mut count = 0;
        for (t, diagonal) in self.diagonal.iter().enumerate() {
            let beside = if t > 0 { self.beside[t - 1] } else { 0.0 };
            pivot = diagonal - x - beside * beside / pivot;
            if pivot == 0.0 {
                pivot = -1e-300;
            }
            count += usize::from(pivot > 0.0);
        }
        count
    }

    /// The eigenvalue with `order` larger ones.
    fn eigenvalue(&self, order: usize, mut low: f64, mut high: f64) -> f64 {
        let tolerance = 1e-15 * high.abs().max(low.abs());
        while high - low > tolerance {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            if self.above(middle) > order { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }

    fn eigenvector(&self, value: f64, order: usize) -> Vec<f64> {
        let len = self.diagonal.len();
        // Any start that is not orthogonal to the taper: the polynomial of its order.
        let mut vector: Vec<f64> = (0..len)
            .map(|t| {
                let angle = std::f64::consts::PI * (t as f64 + 0.5) / len as f64;
                angle.sin() * (angle * order as f64).cos()
            })
            .collect();
        for _ in 0..4 {
            self.solve_shifted(value, &mut vector);
            let norm = vector.iter().map(|v| v * v).sum::<f64>().sqrt();
            if norm > 0.0 {
                vector.iter_mut().for_each(|v| *v /= norm);
            }
        }
        vector
    }

    /// Solves (matrix − shift)·x = right in place, by elimination with row exchanges.
    fn solve_shifted(&self, shift: f64, right: &mut [f64]) {
        let len = right.len();
        let tiny = 1e-16 * self.bound().max(f64::MIN_POSITIVE);
        // The row in work: its pivot, the entry after it and the one after that.
        let mut rows: Vec<[f64; 3]> = Vec::with_capacity(len);
        let mut row = [self.diagonal[0] - shift, self.beside.first().copied().unwrap_or(0.0), 0.0];
        for t in 1..len {
            let below = self.beside[t - 1];
            let mut next = [below, self.diagonal[t] - shift, self.beside.get(t).copied().unwrap_or(0.0)];
            if row[0].abs() < below.abs() {
                std::mem::swap(&mut row, &mut next);
                right.swap(t - 1, t);
            }
            if row[0].abs() < tiny {
                row[0] = tiny;
            }
            let factor = next[0] / row[0];
            right[t] -= factor * right[t - 1];
            rows.push(row);
            row = [next[1] - factor * row[1], next[2] - factor * row[2], 0.0];
        }
        if row[0].abs() < tiny {
            row[0] = tiny;
        }
        rows.push(row);
        let (mut after, mut second) = (0.0, 0.0);
        for (slot, row) in right.iter_mut().zip(&rows).rev() {
            let value = (*slot - row[1] * after - row[2] * second) / row[0];
            *slot = value;
            (after, second) = (value, after);
        }
    }
}
