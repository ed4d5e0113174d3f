//! Which of very many pairs are worth a look: coherence from sketches of the segment spectra, an eighth of their size.

use std::ops::Range;

use super::coherence::SegmentSpectra;
use super::pairs::PairCoherence;

/// How [`Screen`] works.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScreenOptions {
    /// Numbers that stand for the segments at a bin.
    pub dimensions: usize,
    /// The share of unrelated pairs that pass for their coherence over the whole band.
    pub broad: f64,
    /// The share of unrelated pairs that pass for their coherence at one bin.
    pub narrow: f64,
    /// Chooses the random signs.
    pub seed: u64,
}

impl Default for ScreenOptions {
    fn default() -> Self {
        Self { dimensions: 8, broad: 0.01, narrow: 0.01, seed: 0 }
    }
}

/// Series whose sketches are compared with one other's at once, one in each lane.
const LANES: usize = 8;

/// One value of each.
type Lanes = [f32; LANES];

/// Sketches of the segment spectra in a band: at every bin, the segments are added up in a few groups with random signs,
/// which keeps their inner products on average (Charikar, Chen and Farach-Colton 2002; Achlioptas 2003).
///
/// A pair passes if the sum of its sketched coherences over the band, or the largest one, is above what `broad` and
/// `narrow` of unrelated pairs have. What passes is then measured by [`SegmentSpectra::scan_pairs`], exactly. There is no
/// guarantee: docs/methods/coherence.md has the recall.
pub struct Screen {
    series: usize,
    bins: usize,
    dimensions: usize,
    /// `[series][bin][dimension]`, real and imaginary parts; of unit length at every bin.
    single: [Vec<f32>; 2],
    /// `[group of eight series][bin][dimension]`, the same.
    grouped: [Vec<Lanes>; 2],
    /// What the sum, and the largest, of the coherences must exceed.
    sum_limit: f32,
    bin_limit: f32,
}

impl Screen {
    /// Sketches a band of bins; those out of range are ignored.
    ///
    /// Missing values: an incomplete segment counts as silent, so pairs with few common segments look less coherent.
    pub fn new(spectra: &SegmentSpectra, bins: Range<usize>, options: &ScreenOptions) -> Self {
        let bins = bins.start..bins.end.min(spectra.bins());
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
            grouped: [vec![[0.0; LANES]; groups * size], vec![[0.0; LANES]; groups * size]],
            sum_limit: 0.0,
            bin_limit: 0.0,
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
                        screen.grouped[part][(series / LANES) * size + at][series % LANES] = value;
                    }
                }
            }
        }
        let (m, d) = (bins.len() as f64, dimensions as f64);
        // The coherence of independent vectors of d numbers is Beta(1, d − 1); those of neighbouring Hann bins are
        // correlated by 4/9, of the next ones by 1/36.
        let (mean, variance) = (1.0 / d, (d - 1.0) / (d * d * (d + 1.0)));
        let inflation = 1.0 + 2.0 * (4.0 / 9.0 + 1.0 / 36.0) * (1.0 - 1.0 / m.max(1.0));
        // A gamma distribution of the sum's mean and variance: the sum is skewed where the bins are few.
        let (sum_mean, sum_variance) = (m * mean, m * variance * inflation);
        let (shape, scale) = (sum_mean * sum_mean / sum_variance, sum_variance / sum_mean);
        let quantile = crate::distribution::chi_squared_upper_quantile(options.broad.clamp(1e-12, 1.0), 2.0 * shape);
        screen.sum_limit = (0.5 * quantile * scale) as f32;
        let one = (options.narrow / m.max(1.0)).clamp(1e-12, 1.0);
        screen.bin_limit = (1.0 - (one.ln() / (d - 1.0)).exp()) as f32;
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
        for first in firsts {
            for group in (first + 1) / LANES..self.series.div_ceil(LANES) {
                let (sums, most) = self.coherences(first, group);
                for lane in 0..LANES {
                    let second = group * LANES + lane;
                    let passes = sums[lane] > self.sum_limit || most[lane] > self.bin_limit;
                    if passes && second > first && second < self.series {
                        found.push((first, second));
                    }
                }
            }
        }
        found
    }

    /// The sum and the largest of the sketched coherences of one series with eight others.
    fn coherences(&self, first: usize, group: usize) -> (Lanes, Lanes) {
        let size = self.bins * self.dimensions;
        let (x, y) = (first * size..(first + 1) * size, group * size..(group + 1) * size);
        let d = self.dimensions;
        let ours = self.single[0][x.clone()].chunks_exact(d).zip(self.single[1][x].chunks_exact(d));
        let theirs = self.grouped[0][y.clone()].chunks_exact(d).zip(self.grouped[1][y].chunks_exact(d));
        let (mut sums, mut most) = ([0.0; LANES], [0.0; LANES]);
        for ((xr, xi), (yr, yi)) in ours.zip(theirs) {
            let (mut a, mut b) = ([0.0; LANES], [0.0; LANES]);
            for ((xr, xi), (yr, yi)) in xr.iter().zip(xi).zip(yr.iter().zip(yi)) {
                for lane in 0..LANES {
                    a[lane] += xr * yr[lane] + xi * yi[lane];
                    b[lane] += xr * yi[lane] - xi * yr[lane];
                }
            }
            for lane in 0..LANES {
                let coherence = a[lane] * a[lane] + b[lane] * b[lane];
                sums[lane] += coherence;
                most[lane] = if coherence > most[lane] { coherence } else { most[lane] };
            }
        }
        (sums, most)
    }
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
