//! The coherence of all pairs in a band of bins, as one pass over the segment spectra.

use std::ops::Range;

use super::coherence::{BLOCK, SegmentSpectra};
use crate::lanes::LANES;
use crate::spectrum::effective_segments;

/// What a pair has in common in a band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairCoherence {
    /// The first series.
    pub first: usize,
    /// The second series; greater than the first.
    pub second: usize,
    /// The bin with the highest coherence.
    pub bin: usize,
    /// Its frequency, in cycles per (decimated) step.
    pub frequency: f64,
    /// Its magnitude-squared coherence; NaN if the pair has under four common segments or no power.
    pub magnitude_squared: f64,
    /// Phase there, radians; negative when the second series is delayed.
    pub phase: f64,
    /// Mean magnitude-squared coherence over the band.
    pub mean: f64,
    /// Chance that two independent series are as coherent as this anywhere in the band; 1 where undefined.
    pub p: f64,
    /// How many independent segments the common segments are worth.
    pub effective_segments: f64,
}

impl PairCoherence {
    /// The coherence less what independent noise of this length shows on average, 0 to 1.
    pub fn unbiased(&self) -> f64 {
        let bias = 1.0 / self.effective_segments;
        if self.magnitude_squared.is_nan() || bias >= 1.0 {
            return 0.0;
        }
        ((self.magnitude_squared - bias) / (1.0 - bias)).clamp(0.0, 1.0)
    }
}

/// How many pairs `series` series have.
pub fn pair_count(series: usize) -> usize {
    series * series.saturating_sub(1) / 2
}

/// Where the pair `first < second` of `series` series stands in the order (0,1), (0,2), …, (1,2), ….
pub fn pair_index(series: usize, first: usize, second: usize) -> usize {
    first * (2 * series - first - 1) / 2 + second - first - 1
}

/// Neighbouring bins of a Hann taper are correlated (4/9 in power): M bins count as 1 + 0.91·(M − 1) tests. Measured on
/// white noise for 8 to 125 bins and 9 to 42 effective segments: 0.85 to 0.95 between the 1 % and the 80 % quantile.
const INDEPENDENT_BINS: f64 = 0.91;

/// Coherences closer than this are the same.
const ROUNDING: f64 = 1e-12;

/// What a coherence has to be below 1 to be told from 1: of less, the p-value would be a power of rounding errors.
const FROM_ONE: f64 = 1e-5;

/// First series that are scanned at once, so that they stay in the cache.
const TILE: usize = 16;

/// Pairs with a smaller p-value than this are computed again in double precision.
const EXACT: f64 = 0.01;

impl SegmentSpectra {
    /// The coherence of every pair in a band of bins, in the order of [`pair_index`].
    ///
    /// Pairs with p < .01 are computed in double precision, the others in single precision (coherence within 10⁻⁵).
    /// The p-value is that of the highest coherence, corrected for the number of bins; a false-discovery rate over
    /// all pairs is the caller's. Bins out of range are ignored; with none left every pair is undefined.
    pub fn scan(&self, bins: Range<usize>) -> Vec<PairCoherence> {
        let firsts = (0..self.series).step_by(TILE);
        firsts.flat_map(|first| self.scan_some(bins.clone(), first..first + TILE)).collect()
    }

    /// As [`SegmentSpectra::scan`], of the pairs whose first series is one of `firsts`. One range of them after the
    /// other gives what a scan gives at once.
    pub fn scan_some(&self, bins: Range<usize>, firsts: Range<usize>) -> Vec<PairCoherence> {
        self.scan_between(bins, firsts, 0..self.series)
    }

    /// As [`SegmentSpectra::scan`], of the pairs whose first series is one of `firsts` and whose second one, behind it, is
    /// one of `seconds`: all pairs of one first series, then those of the next.
    pub fn scan_between(&self, bins: Range<usize>, firsts: Range<usize>, seconds: Range<usize>) -> Vec<PairCoherence> {
        let bins = self.within(bins);
        let firsts = firsts.start.min(self.series)..firsts.end.min(self.series);
        let seconds = seconds.start.min(self.series)..seconds.end.min(self.series);
        let second_from = |first: usize| seconds.start.max(first + 1);
        // Where the pairs of each first series begin.
        let mut count = 0;
        let starts: Vec<usize> = firsts
            .clone()
            .map(|first| {
                let start = count;
                count += seconds.end.saturating_sub(second_from(first));
                start
            })
            .collect();
        let nothing = self.summary(0, 0, &Best::default(), 0);
        let mut found = vec![nothing; count];
        // Series for which single precision does: nothing is missing in them, and every bin has some power.
        let is_plain = |series: usize| {
            self.all_complete[series] && bins.clone().all(|bin| self.bin_power(series, bin).is_normal())
        };
        let plain: Vec<bool> = (0..self.series).map(is_plain).collect();
        self.single.scan(self, bins.clone(), firsts.clone(), seconds.clone(), |first, group, best| {
            for (lane, second) in (group * LANES..((group + 1) * LANES).min(seconds.end)).enumerate() {
                if second < second_from(first) {
                    continue;
                }
                let single = Best {
                    magnitude_squared: f64::from(best.squared.as_array()[lane]).min(1.0),
                    sum: f64::from(best.sum.as_array()[lane]),
                    re: f64::from(best.re.as_array()[lane]),
                    im: f64::from(best.im.as_array()[lane]),
                    bin: best.bin.as_array()[lane] as usize,
                    counted: bins.len() as u32,
                };
                let mut pair = self.summary(first, second, &single, bins.len());
                if !plain[first] || !plain[second] || pair.p < EXACT {
                    pair = self.scan_pair(bins.clone(), first, second);
                }
                let start = starts.get(first - firsts.start).copied().unwrap_or(count);
                if let Some(slot) = found.get_mut(start + second - second_from(first)) {
                    *slot = pair;
                }
            }
        });
        found
    }

    /// The bins that exist; 0..0 if none do.
    pub(super) fn within(&self, bins: Range<usize>) -> Range<usize> {
        let bins = bins.start..bins.end.min(self.bins());
        if bins.is_empty() { 0..0 } else { bins }
    }

    /// One pair of [`SegmentSpectra::scan`].
    pub(super) fn scan_pair(&self, bins: Range<usize>, first: usize, second: usize) -> PairCoherence {
        let bins = self.within(bins);
        let mut best = Best::default();
        if !bins.is_empty() {
            for block in bins.start / BLOCK..=(bins.end - 1) / BLOCK {
                let lanes = bins.start.saturating_sub(block * BLOCK)..(bins.end - block * BLOCK).min(BLOCK);
                let (xx, yy) = self.powers(block, first, second);
                best.update(block, lanes, &self.cross(block, first, second), &xx, &yy);
            }
        }
        self.summary(first, second, &best, bins.len())
    }

    /// Σ conj(X)·Y over the segments, for the eight bins of a block. Incomplete segments are zero.
    fn cross(&self, block: usize, first: usize, second: usize) -> [[f64; BLOCK]; 2] {
        let len = self.segments * BLOCK;
        let from = |series: usize| (series * self.blocks + block) * len;
        let (a, b) = (from(first), from(second));
        let (xr, _) = self.real[a..a + len].as_chunks::<BLOCK>();
        let (xi, _) = self.imaginary[a..a + len].as_chunks::<BLOCK>();
        let (yr, _) = self.real[b..b + len].as_chunks::<BLOCK>();
        let (yi, _) = self.imaginary[b..b + len].as_chunks::<BLOCK>();
        let mut re = [0.0; BLOCK];
        let mut im = [0.0; BLOCK];
        for ((xr, xi), (yr, yi)) in xr.iter().zip(xi).zip(yr.iter().zip(yi)) {
            for lane in 0..BLOCK {
                re[lane] += xr[lane] * yr[lane] + xi[lane] * yi[lane];
                im[lane] += xr[lane] * yi[lane] - xi[lane] * yr[lane];
            }
        }
        [re, im]
    }

    /// The powers of both series over the segments they have in common.
    fn powers(&self, block: usize, first: usize, second: usize) -> ([f64; BLOCK], [f64; BLOCK]) {
        let mut powers = [[0.0; BLOCK]; 2];
        if self.all_complete[first] && self.all_complete[second] {
            for (power, series) in powers.iter_mut().zip([first, second]) {
                let at = (series * self.blocks + block) * BLOCK;
                power.copy_from_slice(&self.power[at..at + BLOCK]);
            }
            return (powers[0], powers[1]);
        }
        for segment in (0..self.segments).filter(|s| self.is_common(first, second, *s)) {
            for (power, series) in powers.iter_mut().zip([first, second]) {
                let at = ((series * self.blocks + block) * self.segments + segment) * BLOCK;
                for lane in 0..BLOCK {
                    power[lane] += self.real[at + lane].powi(2) + self.imaginary[at + lane].powi(2);
                }
            }
        }
        (powers[0], powers[1])
    }

    fn summary(&self, first: usize, second: usize, best: &Best, bins: usize) -> PairCoherence {
        let common = if self.all_complete[first] && self.all_complete[second] {
            self.segments
        } else {
            (0..self.segments).filter(|s| self.is_common(first, second, *s)).count()
        };
        let effective = effective_segments(common);
        let defined = common >= 4 && best.counted > 0;
        let p = if defined {
            let tests = 1.0 + INDEPENDENT_BINS * (bins as f64 - 1.0);
            let one = (1.0 - best.magnitude_squared).max(FROM_ONE).powf(effective - 1.0);
            -(tests * (-one).ln_1p()).exp_m1()
        } else {
            1.0
        };
        PairCoherence {
            first,
            second,
            bin: best.bin,
            frequency: self.frequency(best.bin),
            magnitude_squared: if defined { best.magnitude_squared } else { f64::NAN },
            phase: best.im.atan2(best.re),
            mean: if defined { best.sum / best.counted as f64 } else { f64::NAN },
            p,
            effective_segments: effective,
        }
    }
}

/// The strongest bin of a pair so far.
#[derive(Debug, Clone, Copy, Default)]
struct Best {
    magnitude_squared: f64,
    sum: f64,
    re: f64,
    im: f64,
    bin: usize,
    counted: u32,
}

impl Best {
    fn update(
        &mut self,
        block: usize,
        lanes: Range<usize>,
        cross: &[[f64; BLOCK]; 2],
        xx: &[f64; BLOCK],
        yy: &[f64; BLOCK],
    ) {
        let mut squared = [0.0; BLOCK];
        for lane in 0..BLOCK {
            let (re, im) = (cross[0][lane], cross[1][lane]);
            squared[lane] = (re * re + im * im) / (xx[lane] * yy[lane]);
        }
        for lane in lanes {
            // NaN where a series has no power at this bin.
            if squared[lane].is_finite() {
                let value = squared[lane].min(1.0);
                self.sum += value;
                self.counted += 1;
                // Bins that differ by rounding only are equal, and the first counts: else it would differ by machine.
                if value > self.magnitude_squared + ROUNDING {
                    self.magnitude_squared = value;
                    self.bin = block * BLOCK + lane;
                    self.re = cross[0][lane];
                    self.im = cross[1][lane];
                }
            }
        }
    }
}
