//! What consonance independent series would show: an honest null by surrogates.

use std::ops::Range;

use super::coherence::{BLOCK, SegmentSpectra};
use super::consonance::{Voice, pair_consonance};
use super::draw::Draw;
use crate::spectrum::effective_segments;

/// A value beside what chance gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Null {
    /// The value of the data, 0 to 1.
    pub value: f64,
    /// Its mean over the surrogates.
    pub mean: f64,
    /// Its standard deviation over the surrogates.
    pub sd: f64,
    /// Share of the data and the surrogates together that reach the value: (1 + reached)/(1 + surrogates).
    pub p: f64,
    /// How many surrogates there were.
    pub surrogates: usize,
}

impl Null {
    fn of(value: f64, surrogates: &[f64]) -> Option<Self> {
        let count = surrogates.len() as f64;
        if surrogates.is_empty() || value.is_nan() {
            return None;
        }
        let mean = surrogates.iter().sum::<f64>() / count;
        let squares = surrogates.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
        // Values that differ by rounding are equal.
        let reached = surrogates.iter().filter(|v| **v >= value - 1e-12).count();
        Some(Self {
            value,
            mean,
            sd: (squares / (count - 1.0).max(1.0)).sqrt(),
            p: (1 + reached) as f64 / (1.0 + count),
            surrogates: surrogates.len(),
        })
    }

    /// How far the value stands above chance: 0 at the mean of the surrogates or below, 1 at full consonance.
    pub fn excess(&self) -> f64 {
        ((self.value - self.mean) / (1.0 - self.mean).max(1e-9)).clamp(0.0, 1.0)
    }
}

/// Segments that stay together in a surrogate: neighbours overlap by half, so their products are not independent, and a
/// surrogate of single segments would be quieter than the data.
const TOGETHER: usize = 8;

/// Blocks that are left to be ordered, where there are segments enough.
const FEWEST_BLOCKS: usize = 5;

/// Of larger sets, so many pairs are drawn.
const MOST_PAIRS: usize = 100;

/// The consonance of a set by coherence, and what independent series with the same spectra would show.
///
/// The value is the mean over the pairs of the strongest coherence in the band, less its bias
/// ([`super::PairCoherence::unbiased`]), every pair counting the same: unlike
/// [`super::ConsonanceMatrix::subset`] it is defined for noise, so it has a distribution to be compared with.
///
/// A surrogate puts blocks of two to eight segments of every series in a random order of its own. Each keeps its spectrum, its
/// bursts and its distribution exactly; only what happens *together* is lost. Shifting in blocks or drawing phases would keep a line at the
/// same frequency in two series coherent and so hide what D7 counts as consonant; and they would need new transforms.
/// Segments are exchangeable where the series is stationary once prewhitened, so `spectra` should be
/// ([`super::CoherenceOptions::whiten`]).
///
/// Missing values: a pair needs four segments that both have, in the data and in a surrogate; else it does not count
/// there. `None` with under two members, without such a pair, or with no bin or no surrogate. At most 100 pairs are
/// used, drawn at random where there are more. `seed` decides everything random.
pub fn null(
    spectra: &SegmentSpectra,
    bins: Range<usize>,
    members: &[usize],
    surrogates: usize,
    seed: u64,
) -> Option<Null> {
    let bins = bins.start..bins.end.min(spectra.bins());
    let members: Vec<usize> = members.iter().copied().filter(|m| *m < spectra.series()).collect();
    if bins.is_empty() || members.len() < 2 {
        return None;
    }
    let mut draw = Draw::new(seed);
    let pairs = chosen_pairs(members.len(), &mut draw);
    let segments = spectra.segments();
    let block = (segments / FEWEST_BLOCKS).clamp(2, TOGETHER);
    let mut orders = vec![(0..segments).collect::<Vec<usize>>(); members.len()];
    let mut blocks: Vec<usize> = (0..segments / block).collect();
    let value = mean_coherence(spectra, &bins, &members, &pairs, &orders)?;
    let mut found = Vec::with_capacity(surrogates);
    for _ in 0..surrogates {
        // What is left behind the last whole block goes elsewhere in every surrogate.
        let rest = segments % block;
        let start = draw.below(rest + 1);
        for order in &mut orders {
            draw.shuffle(&mut blocks);
            order.clear();
            order.extend(0..start);
            order.extend(blocks.iter().flat_map(|b| start + b * block..start + (b + 1) * block));
            order.extend(start + blocks.len() * block..segments);
        }
        found.extend(mean_coherence(spectra, &bins, &members, &pairs, &orders));
    }
    Null::of(value, &found)
}

fn chosen_pairs(members: usize, draw: &mut Draw) -> Vec<(usize, usize)> {
    let count = members * (members - 1) / 2;
    if count <= MOST_PAIRS {
        return (0..members).flat_map(|i| (i + 1..members).map(move |j| (i, j))).collect();
    }
    (0..MOST_PAIRS)
        .map(|_| {
            let first = draw.below(members);
            let second = (first + 1 + draw.below(members - 1)) % members;
            (first, second)
        })
        .collect()
}

fn mean_coherence(
    spectra: &SegmentSpectra,
    bins: &Range<usize>,
    members: &[usize],
    pairs: &[(usize, usize)],
    orders: &[Vec<usize>],
) -> Option<f64> {
    let (mut sum, mut counted) = (0.0, 0.0);
    for (i, j) in pairs {
        let (Some(x), Some(y), Some(first), Some(second)) =
            (members.get(*i), members.get(*j), orders.get(*i), orders.get(*j))
        else {
            continue;
        };
        if let Some((top, effective)) = spectra.strongest_in_order(bins, *x, *y, first, second) {
            let bias = 1.0 / effective;
            sum += ((top - bias) / (1.0 - bias)).clamp(0.0, 1.0);
            counted += 1.0;
        }
    }
    (counted > 0.0).then(|| sum / counted)
}

impl SegmentSpectra {
    /// The strongest coherence of a pair in a range of bins, with the segments of each in the given order.
    fn strongest_in_order(
        &self,
        bins: &Range<usize>,
        x: usize,
        y: usize,
        first: &[usize],
        second: &[usize],
    ) -> Option<(f64, f64)> {
        let common: Vec<(usize, usize)> = first
            .iter()
            .zip(second)
            .map(|(a, b)| (*a, *b))
            .filter(|(a, b)| {
                self.complete.get(x * self.segments + a) == Some(&true)
                    && self.complete.get(y * self.segments + b) == Some(&true)
            })
            .collect();
        if common.len() < 4 {
            return None;
        }
        let is_whole = self.all_complete.get(x) == Some(&true) && self.all_complete.get(y) == Some(&true);
        let mut top: Option<f64> = None;
        for block in bins.start / BLOCK..=(bins.end - 1) / BLOCK {
            let from = |series: usize| (series * self.blocks + block) * self.segments * BLOCK;
            let at = |series: usize| from(series)..from(series) + self.segments * BLOCK;
            let (xr, _) = self.real.get(at(x))?.as_chunks::<BLOCK>();
            let (xi, _) = self.imaginary.get(at(x))?.as_chunks::<BLOCK>();
            let (yr, _) = self.real.get(at(y))?.as_chunks::<BLOCK>();
            let (yi, _) = self.imaginary.get(at(y))?.as_chunks::<BLOCK>();
            let [mut re, mut im, mut xx, mut yy] = [[0.0; BLOCK]; 4];
            if is_whole {
                // The powers do not depend on the order.
                let power = |series: usize| self.power.get((series * self.blocks + block) * BLOCK..)?.first_chunk();
                (xx, yy) = (*power(x)?, *power(y)?);
            }
            for (a, b) in &common {
                let (Some(ar), Some(ai), Some(br), Some(bi)) = (xr.get(*a), xi.get(*a), yr.get(*b), yi.get(*b)) else {
                    continue;
                };
                for lane in 0..BLOCK {
                    re[lane] += ar[lane] * br[lane] + ai[lane] * bi[lane];
                    im[lane] += ar[lane] * bi[lane] - ai[lane] * br[lane];
                }
                if is_whole {
                    continue;
                }
                for lane in 0..BLOCK {
                    xx[lane] += ar[lane] * ar[lane] + ai[lane] * ai[lane];
                    yy[lane] += br[lane] * br[lane] + bi[lane] * bi[lane];
                }
            }
            for lane in 0..BLOCK {
                let squared = (re[lane] * re[lane] + im[lane] * im[lane]) / (xx[lane] * yy[lane]);
                if bins.contains(&(block * BLOCK + lane)) && squared.is_finite() {
                    top = Some(top.unwrap_or(0.0).max(squared.min(1.0)));
                }
            }
        }
        Some((top?, effective_segments(common.len())))
    }
}

/// The consonance of a set by the ratios of its periods, and what as many periods at random frequencies would show.
///
/// The value is the weighted mean of [`pair_consonance`]. A surrogate keeps the number and the shares of every voice's
/// periods and draws their frequencies evenly on a logarithmic axis from `range` (cycles per step): with few cycles a
/// simple ratio is easily met by chance, and this says how easily. `None` with under two voices that have a period,
/// with a range that is empty or not positive, or without surrogates.
pub fn ratio_null(voices: &[Voice], range: Range<f64>, surrogates: usize, seed: u64) -> Option<Null> {
    let (from, to) = (range.start.ln(), range.end.ln());
    if !(from.is_finite() && to.is_finite() && from < to) {
        return None;
    }
    let mut voices: Vec<Voice> = voices.iter().filter(|v| !v.frequencies.is_empty()).cloned().collect();
    let value = mean_ratio(&voices)?;
    let mut draw = Draw::new(seed);
    let mut found = Vec::with_capacity(surrogates);
    for _ in 0..surrogates {
        for frequency in voices.iter_mut().flat_map(|v| v.frequencies.iter_mut()) {
            *frequency = (from + (to - from) * draw.uniform()).exp();
        }
        found.extend(mean_ratio(&voices));
    }
    Null::of(value, &found)
}

fn mean_ratio(voices: &[Voice]) -> Option<f64> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (place, first) in voices.iter().enumerate() {
        for second in voices.iter().skip(place + 1) {
            if let Some(pair) = pair_consonance(first, second) {
                sum += pair.weight * pair.value;
                weights += pair.weight;
            }
        }
    }
    (weights > 0.0).then(|| sum / weights)
}
