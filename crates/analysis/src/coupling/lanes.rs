//! The inverse transform of eight spectra at once, one in each lane.

use std::f64::consts::TAU;

use crate::lanes::Lanes;

/// An inverse real transform of eight spectra at once in single precision, not normalised; the length is a power of
/// two. Half of its length as a complex transform (Stockham's, in order without a permutation: passes of radix 4, and a
/// last one of radix 2 where the length asks for it).
pub(super) struct LaneTransform {
    len: usize,
    /// exp(2πik / len) for every k.
    turns: Vec<[f32; 2]>,
    /// Where a pass writes, real and imaginary parts.
    scratch: [Vec<Lanes>; 2],
}

impl LaneTransform {
    /// `len` must be a power of two, at least 4.
    pub(super) fn new(len: usize) -> Self {
        let turn = |k: usize| {
            let (sine, cosine) = (TAU * k as f64 / len as f64).sin_cos();
            [cosine as f32, sine as f32]
        };
        let scratch = vec![Lanes::splat(0.0); len / 2 + 1];
        Self { len, turns: (0..len).map(turn).collect(), scratch: [scratch.clone(), scratch] }
    }

    /// Room for the bins 0 to half the length, real or imaginary parts.
    pub(super) fn bins(&self) -> Vec<Lanes> {
        vec![Lanes::splat(0.0); self.len / 2 + 1]
    }

    /// Transforms `spectrum`, which then holds the values at even places and those at odd ones, and one more each.
    pub(super) fn inverse(&mut self, spectrum: &mut [Vec<Lanes>; 2]) {
        let half = self.len / 2;
        let [re, im] = &mut *spectrum;
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
        let (mut size, mut stride) = (half, 1);
        while size > 1 {
            let radix = if size.is_multiple_of(4) { 4 } else { 2 };
            let part = half / radix;
            let [to_re, to_im] = &mut self.scratch;
            for group in 0..size / radix {
                let at = group * stride..(group + 1) * stride;
                let from = |number: usize| {
                    let place = number * part + at.start..number * part + at.end;
                    [&spectrum[0][place.clone()], &spectrum[1][place]]
                };
                let into = radix * at.start..radix * at.end;
                let to = [&mut to_re[into.clone()], &mut to_im[into]];
                if radix == 4 {
                    let turns = [1, 2, 3].map(|times| self.turns[2 * times * group * stride]);
                    quarters([from(0), from(1), from(2), from(3)], to, turns);
                } else {
                    halves([from(0), from(1)], to);
                }
            }
            std::mem::swap(spectrum, &mut self.scratch);
            (size, stride) = (size / radix, stride * radix);
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

/// Real and imaginary parts of a stretch.
type Stretch<'a> = [&'a [Lanes]; 2];

/// The last pass, where nothing is turned: sums and differences of two stretches, one after the other in `to`.
#[inline]
fn halves([a, b]: [Stretch<'_>; 2], to: [&mut [Lanes]; 2]) {
    for ((a, b), to) in a.iter().zip(b).zip(to) {
        let (sums, differences) = to.split_at_mut(a.len());
        for ((a, b), (sum, difference)) in a.iter().zip(b).zip(sums.iter_mut().zip(differences)) {
            (*sum, *difference) = (*a + *b, *a - *b);
        }
    }
}

/// The transforms of four stretches' values at the same place, turned, one after the other in `to`.
#[inline]
fn quarters([a, b, c, d]: [Stretch<'_>; 4], to: [&mut [Lanes]; 2], turns: [[f32; 2]; 3]) {
    let count = a[0].len();
    let [first, second, third] = turns.map(|turn| turn.map(Lanes::splat));
    let [real, imaginary] = to.map(|part| {
        let (low, high) = part.split_at_mut(2 * count);
        let (one, other) = (low.split_at_mut(count), high.split_at_mut(count));
        [one.0, one.1, other.0, other.1]
    });
    for place in 0..count {
        let at = |stretch: Stretch<'_>| [stretch[0][place], stretch[1][place]];
        let (a, b, c, d) = (at(a), at(b), at(c), at(d));
        let (sum, difference) = ([a[0] + c[0], a[1] + c[1]], [a[0] - c[0], a[1] - c[1]]);
        // The second difference times i.
        let (other, turned) = ([b[0] + d[0], b[1] + d[1]], [d[1] - b[1], b[0] - d[0]]);
        (real[0][place], imaginary[0][place]) = (sum[0] + other[0], sum[1] + other[1]);
        [real[1][place], imaginary[1][place]] = turn(first, [difference[0] + turned[0], difference[1] + turned[1]]);
        [real[2][place], imaginary[2][place]] = turn(second, [sum[0] - other[0], sum[1] - other[1]]);
        [real[3][place], imaginary[3][place]] = turn(third, [difference[0] - turned[0], difference[1] - turned[1]]);
    }
}

/// A complex product.
#[inline]
fn turn([cosine, sine]: [Lanes; 2], [re, im]: [Lanes; 2]) -> [Lanes; 2] {
    [cosine * re - sine * im, cosine * im + sine * re]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lanes::LANES;

    #[test]
    fn agrees_with_the_definition() {
        for len in [4, 8, 16, 64, 256, 512] {
            let mut transform = LaneTransform::new(len);
            let mut spectrum = [transform.bins(), transform.bins()];
            for (part, bins) in spectrum.iter_mut().enumerate() {
                for (k, bin) in bins.iter_mut().enumerate() {
                    for (lane, value) in bin.as_mut_array().iter_mut().enumerate() {
                        *value = ((k * k * (part + 1) + 3 * lane) as f32 * 0.7).sin();
                    }
                }
            }
            let given = spectrum.clone();
            transform.inverse(&mut spectrum);
            for lane in 0..LANES {
                for t in 0..len {
                    let value = spectrum[t % 2][t / 2];
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
