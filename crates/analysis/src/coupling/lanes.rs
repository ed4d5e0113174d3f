//! The inverse transform of eight spectra at once, one in each lane.

use std::f64::consts::TAU;

use crate::lanes::Lanes;

/// An inverse real transform of eight spectra at once in single precision, not normalised; the length is a power of
/// two. Half of its length as a complex transform (Stockham's radix 2, in order without a permutation).
pub(super) struct LaneTransform {
    len: usize,
    /// exp(2πik / len) for k up to half the length.
    turns: Vec<[f32; 2]>,
}

impl LaneTransform {
    /// `len` must be a power of two, at least 4.
    pub(super) fn new(len: usize) -> Self {
        let turn = |k: usize| {
            let (sine, cosine) = (TAU * k as f64 / len as f64).sin_cos();
            [cosine as f32, sine as f32]
        };
        Self { len, turns: (0..=len / 2).map(turn).collect() }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Room for the bins 0 to half the length, real or imaginary parts.
    pub(super) fn bins(&self) -> Vec<Lanes> {
        vec![Lanes::splat(0.0); self.len / 2 + 1]
    }

    /// Room for the output.
    pub(super) fn output(&self) -> Vec<Lanes> {
        vec![Lanes::splat(0.0); self.len]
    }

    /// Transforms `spectrum` (overwritten) into `output`.
    pub(super) fn inverse(&self, spectrum: &mut [Vec<Lanes>; 2], output: &mut [Lanes]) {
        let half = self.len / 2;
        let [re, im] = spectrum;
        // Even and odd values of the output become real and imaginary parts of one complex transform of half the length.
        (im[0], im[half]) = (Lanes::splat(0.0), Lanes::splat(0.0));
        for k in 0..=half / 2 {
            let mirror = half - k;
            let (a, b) = ([re[k], im[k]], [re[mirror], im[mirror]]);
            let [low, high] = untangle(&a, &b, self.turns[k]);
            // The mirrored bin first: in the middle both are one.
            [re[mirror], im[mirror]] = high;
            [re[k], im[k]] = low;
        }
        let (to_re, to_im) = output.split_at_mut(half);
        let (mut from, mut to) = ((&mut re[..half], &mut im[..half]), (to_re, to_im));
        let (mut groups, mut stride) = (half / 2, 1);
        let mut in_output = false;
        while groups >= 1 {
            for group in 0..groups {
                let (a, b) = (group * stride..(group + 1) * stride, (group + groups) * stride);
                let b = b..b + stride;
                let to = (&mut to.0[2 * a.start..2 * a.end], &mut to.1[2 * a.start..2 * a.end]);
                let (from_a, from_b) = ((&from.0[a.clone()], &from.1[a]), (&from.0[b.clone()], &from.1[b]));
                butterflies(from_a, from_b, to, self.turns[2 * group * stride]);
            }
            std::mem::swap(&mut from, &mut to);
            in_output = !in_output;
            (groups, stride) = (groups / 2, stride * 2);
        }
        // The result stands where the last pass wrote; interleaved it is the output.
        if in_output {
            to.0.copy_from_slice(from.0);
            to.1.copy_from_slice(from.1);
        }
        for k in 0..half {
            (output[2 * k], output[2 * k + 1]) = (spectrum[0][k], spectrum[1][k]);
        }
    }
}

/// Bins k and half the length − k as bins of the complex transform whose real and imaginary parts are the even and odd
/// values of the output.
#[inline]
fn untangle(a: &[Lanes; 2], b: &[Lanes; 2], [cosine, sine]: [f32; 2]) -> [[Lanes; 2]; 2] {
    let (cosine, sine) = (Lanes::splat(cosine), Lanes::splat(sine));
    let (dr, di) = (a[0] - b[0], a[1] + b[1]);
    let (sum_r, sum_i) = (a[0] + b[0], a[1] - b[1]);
    let (odd_r, odd_i) = (cosine * dr - sine * di, cosine * di + sine * dr);
    [[sum_r - odd_i, sum_i + odd_r], [sum_r + odd_i, odd_r - sum_i]]
}

/// Sums and turned differences of two stretches, one after the other in `to`.
#[inline]
fn butterflies(
    a: (&[Lanes], &[Lanes]),
    b: (&[Lanes], &[Lanes]),
    to: (&mut [Lanes], &mut [Lanes]),
    [cosine, sine]: [f32; 2],
) {
    let (cosine, sine) = (Lanes::splat(cosine), Lanes::splat(sine));
    let count = a.0.len();
    let (sum_r, turned_r) = to.0.split_at_mut(count);
    let (sum_i, turned_i) = to.1.split_at_mut(count);
    let from = a.0.iter().zip(a.1).zip(b.0.iter().zip(b.1));
    let to = sum_r.iter_mut().zip(sum_i).zip(turned_r.iter_mut().zip(turned_i));
    for (((ar, ai), (br, bi)), ((sr, si), (tr, ti))) in from.zip(to) {
        (*sr, *si) = (*ar + *br, *ai + *bi);
        let (dr, di) = (*ar - *br, *ai - *bi);
        (*tr, *ti) = (cosine * dr - sine * di, cosine * di + sine * dr);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::LANES;

    #[test]
    fn agrees_with_the_definition() {
        for len in [4, 8, 16, 64, 256] {
            let transform = LaneTransform::new(len);
            let mut spectrum = [transform.bins(), transform.bins()];
            for (part, bins) in spectrum.iter_mut().enumerate() {
                for (k, bin) in bins.iter_mut().enumerate() {
                    for (lane, value) in bin.as_mut_array().iter_mut().enumerate() {
                        *value = ((k * k * (part + 1) + 3 * lane) as f32 * 0.7).sin();
                    }
                }
            }
            let given = spectrum.clone();
            let mut output = transform.output();
            transform.inverse(&mut spectrum, &mut output);
            for lane in 0..LANES {
                for (t, value) in output.iter().enumerate() {
                    let mut expected = 0.0;
                    for k in 0..=len / 2 {
                        let angle = TAU * (k * t % len) as f64 / len as f64;
                        let (re, im) =
                            (f64::from(given[0][k].as_array()[lane]), f64::from(given[1][k].as_array()[lane]));
                        let sides = if k == 0 || k == len / 2 { 1.0 } else { 2.0 };
                        let im = if k == 0 || k == len / 2 { 0.0 } else { im };
                        expected += sides * (re * angle.cos() - im * angle.sin());
                    }
                    assert!(
                        (f64::from(value.as_array()[lane]) - expected).abs() < 1e-4 * (len as f64).sqrt(),
                        "{len} {t} {lane}"
                    );
                }
            }
        }
    }
}
