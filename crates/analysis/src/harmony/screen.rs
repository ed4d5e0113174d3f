//! Which of very many pairs are worth a look: coherence from sketches of the segment spectra.

use std::ops::Range;

use super::coherence::SegmentSpectra;
use super::pairs::PairCoherence;
use crate::lanes::{LANES, Lanes, cross};

/// How [`Screen`] works.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScreenOptions {
    /// Numbers that stand for the segments at a bin.
    pub dimensions: usize,
    /// The share of unrelated pairs that pass for the sum of their coherences over some bins: once each for 3 bins (a
    /// line), 12 bins, and the whole band.
    pub pass: f64,
    /// Chooses the random signs.
    pub seed: u64,
}

impl Default for ScreenOptions {
    fn default() -> Self {
        Self { dimensions: 16, pass: 0.005, seed: 0 }
    }
}

/// Sketches of the segment spectra in a band: at every bin, the segments are added up in a few groups with random signs,
/// which keeps their inner products on average (Charikar, Chen and Farach-Colton 2002; Achlioptas 2003).
///
/// A pair passes if the sum of its sketched coherences over the band, or over 3 or 12 neighbouring bins anywhere in it, is
/// above what the share `pass` of unrelated pairs has. What passes is then measured by [`SegmentSpectra::scan_pairs`],
/// exactly. There is no guarantee: docs/methods/screening.md has the recall.
pub struct Screen {
    series: usize,
    bins: usize,
    dimensions: usize,
    /// `[series][bin][dimension]`, real and imaginary parts; of unit length at every bin.
    single: [Vec<f32>; 2],
    /// `[group of eight series][bin][dimension]`, the same.
    grouped: [Vec<Lanes>; 2],
    /// What a sum over 3 bins, over 12, and over all must exceed.
    limits: [f32; 3],
}

impl Screen {
    /// Sketches a band of bins; those out of range are ignored.
    ///
    /// Missing values: an incomplete segment counts as silent, so pairs with few common segments look less coherent.
    pub fn new(spectra: &SegmentSpectra, bins: Range<usize>, options: &ScreenOptions) -> Self {
        let bins = spectra.within(bins);
        let dimensions = options.dimensions.clamp(2, spectra.segments().max(2));
        let signs = signs(spectra.segments(), options.seed);
        let places = places(spectra.segments(), dimensions, options.seed);
        let size = bins.len() * dimensions;
        let groups = spectra.series().div_ceil(LANES);
        let mut screen = Self {
            series: spectra.series(),
            bins: bins.len(),
            dimensions,
            single: [vec![0.0; spectra.series() * size], vec![0.0; spectra.series() * size]],
            grouped: [vec![Lanes::splat(0.0); groups * size], vec![Lanes::splat(0.0); groups * size]],
            limits: [3.0, 12.0, bins.len() as f64].map(|width| limit(width, bins.len(), dimensions, options.pass)),
        };
        let mut sketch = vec![[0.0; 2]; dimensions];
        for series in 0..spectra.series() {
            for (index, bin) in bins.clone().enumerate() {
                sketch.fill([0.0; 2]);
                for (segment, (sign, place)) in signs.iter().zip(&places).enumerate() {
                    let [re, im] = spectra.value(series, bin, segment);
                    if let Some(slot) = sketch.get_mut(*place) {
                        slot[0] += sign * re;
                        slot[1] += sign * im;
                    }
                }
                let power: f64 = sketch.iter().map(|[re, im]| re * re + im * im).sum();
                let scale = if power > 0.0 { 1.0 / power.sqrt() } else { 0.0 };
                for (dimension, value) in sketch.iter().enumerate() {
                    let at = index * dimensions + dimension;
                    for part in 0..2 {
                        let value = (value[part] * scale) as f32;
                        screen.single[part][series * size + at] = value;
                        screen.grouped[part][(series / LANES) * size + at].as_mut_array()[series % LANES] = value;
                    }
                }
            }
        }
        screen
    }

    /// How many series there are.
    pub fn series(&self) -> usize {
        self.series
    }

    /// The pairs that pass, with the first series in `firsts` and the second after it, in order.
    pub fn pass(&self, firsts: Range<usize>) -> Vec<(usize, usize)> {
        let firsts = firsts.start.min(self.series)..firsts.end.min(self.series);
        let mut found = Vec::new();
        let mut coherences = vec![Lanes::splat(0.0); self.bins];
        for first in firsts {
            for group in (first + 1) / LANES..self.series.div_ceil(LANES) {
                let sums = self.coherences(first, group, &mut coherences);
                for lane in 0..LANES {
                    let second = group * LANES + lane;
                    let passes = sums.iter().zip(&self.limits).any(|(sums, limit)| sums.as_array()[lane] > *limit);
                    if passes && second > first && second < self.series {
                        found.push((first, second));
                    }
                }
            }
        }
        found
    }

    /// The largest sums of the sketched coherences of one series with eight others: over 3 bins, over 12, and over all.
    fn coherences(&self, first: usize, group: usize, coherences: &mut [Lanes]) -> [Lanes; 3] {
        let size = self.bins * self.dimensions;
        let (x, y) = (first * size..(first + 1) * size, group * size..(group + 1) * size);
        let d = self.dimensions;
        let ours = self.single[0][x.clone()].chunks_exact(d).zip(self.single[1][x].chunks_exact(d));
        let theirs = self.grouped[0][y.clone()].chunks_exact(d).zip(self.grouped[1][y].chunks_exact(d));
        let mut all = Lanes::splat(0.0);
        for (((xr, xi), (yr, yi)), slot) in ours.zip(theirs).zip(coherences.iter_mut()) {
            let (a, b) = cross(xr, xi, yr, yi);
            *slot = a * a + b * b;
            all += *slot;
        }
        // In place: at every bin the sum over it and the next two, then over four such sums.
        let narrow = running(coherences, 1, 3);
        let wide = running(coherences, 3, 4);
        [narrow, wide, all]
    }
}

/// Replaces each value by the sum of `count` values from it on, `step` apart, as far as there are so many, and gives the
/// largest sum.
fn running(values: &mut [Lanes], step: usize, count: usize) -> Lanes {
    let mut most = Lanes::splat(0.0);
    for at in 0..values.len().saturating_sub(step * (count - 1)) {
        let mut sum = values[at];
        for further in 1..count {
            sum += values[at + further * step];
        }
        most = sum.simd_gt(most).bitselect(sum, most);
        values[at] = sum;
    }
    most
}

/// What the sum of the coherences over `width` bins exceeds by chance anywhere among `bins` in a share `pass` of pairs.
///
/// The coherence of independent vectors of d numbers is Beta(1, d − 1); those of neighbouring Hann bins are correlated by
/// 4/9, of the next ones by 1/36. A gamma distribution of that mean and variance stands for the sum's.
fn limit(width: f64, bins: usize, dimensions: usize, pass: f64) -> f32 {
    let (m, d) = (bins as f64, dimensions as f64);
    let w = width.min(m).max(1.0);
    let variance = (d - 1.0) / (d * d * (d + 1.0));
    let neighbours = 4.0 / 9.0 * (1.0 - 1.0 / w) + 1.0 / 36.0 * (1.0 - 2.0 / w).max(0.0);
    let (mean, variance) = (w / d, w * variance * (1.0 + 2.0 * neighbours));
    let rate = (pass * (w / m.max(w))).clamp(1e-12, 1.0);
    let (shape, scale) = (mean * mean / variance, variance / mean);
    (0.5 * scale * crate::distribution::chi_squared_upper_quantile(rate, 2.0 * shape)) as f32
}

impl SegmentSpectra {
    /// As [`SegmentSpectra::scan`], of these pairs only. A pair that is out of range, or of a series with itself, is left
    /// out.
    pub fn scan_pairs(&self, bins: Range<usize>, pairs: &[(usize, usize)]) -> Vec<PairCoherence> {
        let is_pair = |(first, second): &&(usize, usize)| first < second && *second < self.series;
        pairs.iter().filter(is_pair).map(|(first, second)| self.scan_pair(bins.clone(), *first, *second)).collect()
    }
}

/// Random signs, one for each segment.
fn signs(segments: usize, seed: u64) -> Vec<f64> {
    let mut state = seed ^ 0xA076_1D64_78BD_642F;
    (0..segments).map(|_| if scramble(&mut state) & 1 == 0 { 1.0 } else { -1.0 }).collect()
}

/// A place for each segment, at random, each place for as many segments as any other.
fn places(segments: usize, dimensions: usize, seed: u64) -> Vec<usize> {
    let mut state = seed ^ 0xE703_7ED1_A0B4_28DB;
    let mut places: Vec<usize> = (0..segments).map(|segment| segment % dimensions).collect();
    for last in (1..segments).rev() {
        places.swap(last, (scramble(&mut state) % (last as u64 + 1)) as usize);
    }
    places
}

/// SplitMix64 (Steele, Lea and Flood 2014).
fn scramble(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
