//! Magnitude-squared coherence and cross-spectral phase, from segment spectra that are computed once per series.

use std::ops::Range;

use thiserror::Error;

use super::scale::{Bounds, Scale, availability};
use super::single::Single;
use crate::coupling::{WhitenOptions, whiten};
use crate::spectrum::{Detrend, RealTransform, bridge, effective_segments, fast_len_at_most, hann};

/// Why segment spectra cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CoherenceError {
    /// The series differ in length.
    #[error("series {index} has {found} values, expected {expected}")]
    UnequalLengths {
        /// Index of the first series that differs.
        index: usize,
        /// Its length.
        found: usize,
        /// Length of the first series.
        expected: usize,
    },
    /// There is no room for four segments.
    #[error("{steps} steps hold {found} segments of {segment_len}, expected at least 4")]
    TooFewSegments {
        /// Steps, after decimation.
        steps: usize,
        /// Length of a segment, in decimated steps.
        segment_len: usize,
        /// Segments that fit.
        found: usize,
    },
}

/// How series are cut into segments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoherenceOptions {
    /// Length of a segment, in (decimated) steps; even, at least 8.
    pub segment_len: usize,
    /// Means of this many steps are taken first; 1 leaves the series as it is.
    pub decimate: usize,
    /// What is removed from every segment.
    pub detrend: Detrend,
    /// Longest gap, in (decimated) steps, that is bridged by a straight line.
    pub bridge: usize,
    /// Whether each series is first prewhitened by its own autoregression, with outliers clipped and bursts limited.
    pub whiten: bool,
}

impl Default for CoherenceOptions {
    fn default() -> Self {
        Self { segment_len: 128, decimate: 1, detrend: Detrend::Linear, bridge: 3, whiten: true }
    }
}

/// Segment length, decimation and bins that look at one scale.
#[derive(Debug, Clone, PartialEq)]
pub struct BandPlan {
    /// How to make the [`SegmentSpectra`].
    pub options: CoherenceOptions,
    /// The bins whose periods belong to the scale.
    pub bins: Range<usize>,
}

/// Chooses segments for a scale: long enough for its periods, short enough for at least seven of them (eleven below
/// the meso scale).
///
/// `None` where the scale is unavailable, or where its shortest period does not fit twice into such a segment.
pub fn band_plan(steps: usize, step_s: f64, scale: Scale, bounds: &Bounds) -> Option<BandPlan> {
    let seen = availability(step_s, steps as f64 * step_s, scale, bounds).ok()?;
    // Periods down to the scale's shortest must stay below the Nyquist frequency of the decimated series, with a
    // margin because a mean over the block is a soft filter.
    let decimate = ((seen.shortest_s / (4.0 * step_s)).floor() as usize).max(1);
    let coarse = steps / decimate;
    let step = step_s * decimate as f64;
    let (from, to) = bounds.periods_s(scale);
    // Bin 2 should hold the longest period of the scale, as far as enough segments remain.
    let fewest = if scale == Scale::Meso { 4 } else { 6 };
    let wanted = (2.0 * to / step).min(256.0) as usize;
    let segment_len = fast_len_at_most(wanted.min(coarse / fewest).max(2));
    if segment_len < 8 {
        return None;
    }
    let total = segment_len as f64 * step;
    // Bin k has the period total / k; the two lowest bins hold what is left of trends and slow seasons.
    let first = ((total / to).floor() as usize + 1).max(2);
    let last = if from > 0.0 { (total / from + 1e-9).floor() as usize } else { segment_len / 2 };
    let last = last.min(segment_len / 2 - 1);
    (first <= last).then_some(BandPlan {
        options: CoherenceOptions { segment_len, decimate, ..CoherenceOptions::default() },
        bins: first..last + 1,
    })
}

/// Magnitude-squared coherence of a pair, with phase and gain.
#[derive(Debug, Clone, PartialEq)]
pub struct Coherence {
    /// Frequencies in cycles per (decimated) step.
    pub frequency: Vec<f64>,
    /// |P_xy|² / (P_xx · P_yy), 0 to 1; NaN where a series has no power.
    pub magnitude_squared: Vec<f64>,
    /// Argument of P_xy = E[conj(X)·Y], radians; a delay of the second series by τ steps makes it −2πfτ.
    pub phase: Vec<f64>,
    /// |P_xy| / P_xx: the gain from the first series to the second.
    pub gain: Vec<f64>,
    /// Value that the coherence of independent noise exceeds at one bin with chance α.
    pub threshold: f64,
    /// How many independent segments the overlapping segments are worth.
    pub effective_segments: f64,
    /// Segments that are complete in both series.
    pub segments: usize,
}

impl Coherence {
    /// Half the width of the phase's 95 % interval at a bin, radians: 1.96 times its standard error
    /// √((1 − γ²) / 2K_e γ²), at most π; NaN where the coherence is, and out of range.
    ///
    /// Source: Bendat and Piersol 2010, Random Data, 9.2.
    pub fn phase_plus_minus(&self, bin: usize) -> f64 {
        let squared = self.magnitude_squared.get(bin).copied().unwrap_or(f64::NAN);
        if squared.is_nan() {
            return f64::NAN;
        }
        (1.96 * ((1.0 - squared) / (2.0 * self.effective_segments * squared)).sqrt()).min(std::f64::consts::PI)
    }
}

/// The coherence that two independent series exceed at a given bin with chance `alpha`: 1 − α^{1/(K−1)}.
///
/// Source: Carter 1987, Proc. IEEE 75, 236–255; K = effective segments.
pub fn coherence_threshold(effective_segments: f64, alpha: f64) -> f64 {
    if effective_segments > 1.0 { 1.0 - alpha.powf(1.0 / (effective_segments - 1.0)) } else { 1.0 }
}

/// Bins that are kept together in memory, so that a pair is a stream of multiplications over contiguous values.
pub(super) const BLOCK: usize = 8;

/// A segment with less than this share of the largest segment's energy is silent: what it has is rounding.
const SILENT: f64 = 1e-18;

/// The Fourier transforms of all segments of all series.
///
/// Layout: `[series][block of 8 bins][segment][8]`, real and imaginary parts apart. Segments that are incomplete in
/// a series are zero there and marked.
#[derive(Debug, Clone)]
pub struct SegmentSpectra {
    pub(super) series: usize,
    pub(super) segments: usize,
    pub(super) blocks: usize,
    bins: usize,
    segment_len: usize,
    is_whitened: bool,
    pub(super) real: Vec<f64>,
    pub(super) imaginary: Vec<f64>,
    /// Sum of squared magnitudes over the complete segments, `[series][blocks · 8]`.
    pub(super) power: Vec<f64>,
    /// Whether a segment is complete, `[series][segment]`.
    pub(super) complete: Vec<bool>,
    /// Whether all segments of a series are.
    pub(super) all_complete: Vec<bool>,
    /// The autoregression by which each series was whitened, lag 1 first; empty without.
    filters: Vec<Vec<f64>>,
    /// The same numbers for scanning, where they are kept.
    pub(super) single: Single,
}

/// [`SegmentSpectra`] that come to be series by series.
pub struct Transforming {
    spectra: SegmentSpectra,
    options: CoherenceOptions,
    window: Vec<f64>,
    transform: RealTransform,
    added: usize,
}

impl Transforming {
    /// Room for so many series of `steps` values.
    ///
    /// # Errors
    /// [`CoherenceError::TooFewSegments`] if they hold under four segments.
    pub fn new(series: usize, steps: usize, options: &CoherenceOptions) -> Result<Self, CoherenceError> {
        let coarse = steps / options.decimate.max(1);
        let segment_len = (options.segment_len.max(8) / 2) * 2;
        let segments = if coarse < segment_len { 0 } else { (coarse - segment_len) / (segment_len / 2) + 1 };
        if segments < 4 {
            return Err(CoherenceError::TooFewSegments { steps: coarse, segment_len, found: segments });
        }
        let bins = segment_len / 2 + 1;
        let blocks = bins.div_ceil(BLOCK);
        let size = series * blocks * segments * BLOCK;
        let spectra = SegmentSpectra {
            series,
            segments,
            blocks,
            bins,
            segment_len,
            is_whitened: options.whiten,
            real: vec![0.0; size],
            imaginary: vec![0.0; size],
            power: vec![0.0; series * blocks * BLOCK],
            complete: vec![false; series * segments],
            all_complete: vec![false; series],
            filters: vec![Vec::new(); series],
            single: Single::default(),
        };
        let (window, transform) = (hann(segment_len), RealTransform::new(segment_len));
        Ok(Self { spectra, options: *options, window, transform, added: 0 })
    }

    /// Adds the next series, see [`SegmentSpectra::new`]. Values behind the length that was told are not looked at; a
    /// series that is too many or too short is left out.
    pub fn add(&mut self, values: &[f64]) {
        let Self { spectra, options, window, transform, added } = self;
        let (segments, segment_len, index) = (spectra.segments, spectra.segment_len, *added);
        let hop = segment_len / 2;
        *added += 1;
        let (coarse_values, filter) = prepare(values, options.decimate.max(1), options);
        if index >= spectra.series || coarse_values.len() < (segments - 1) * hop + segment_len {
            return;
        }
        spectra.filters[index] = filter;
        // A whitened series has no structure that zeros could break, so a quarter of a segment may be missing.
        let allowed = if options.whiten { segment_len / 4 } else { 0 };
        for segment in 0..segments {
            let from = segment * hop;
            let part = &coarse_values[from..from + segment_len];
            let missing = part.iter().filter(|v| v.is_nan()).count();
            if missing > allowed {
                continue;
            }
            for (slot, value) in transform.input.iter_mut().zip(part) {
                *slot = if value.is_nan() { 0.0 } else { *value };
            }
            options.detrend.apply(&mut transform.input);
            transform.input.iter_mut().zip(window.iter()).for_each(|(v, w)| *v *= w);
            transform.forward();
            spectra.store(index, segment, transform);
        }
        if options.whiten {
            spectra.limit_segments(index);
        }
        let flags = &spectra.complete[index * segments..(index + 1) * segments];
        spectra.all_complete[index] = flags.iter().all(|c| *c);
    }

    /// What was added.
    pub fn finish(mut self) -> SegmentSpectra {
        self.spectra.single = Single::new(&self.spectra);
        self.spectra
    }

    /// What was added so far, in two thirds of the memory of [`Transforming::finish`]: each
    /// [`scan_between`](SegmentSpectra::scan_between) converts the second series anew, so few scans of many first series
    /// are faster than many of few. It finds the same. The places behind what was added hold nothing.
    pub fn spectra(&self) -> &SegmentSpectra {
        &self.spectra
    }

    /// Forgets the series from the `index`-th on, whose places the next ones take.
    pub fn back_to(&mut self, index: usize) {
        let SegmentSpectra {
            series, segments, blocks, real, imaginary, power, complete, all_complete, filters, ..
        } = &mut self.spectra;
        let from = index.min(*series);
        let size = *blocks * BLOCK;
        real[from * size * *segments..].fill(0.0);
        imaginary[from * size * *segments..].fill(0.0);
        power[from * size..].fill(0.0);
        complete[from * *segments..].fill(false);
        all_complete[from..].fill(false);
        filters[from..].fill(Vec::new());
        self.added = self.added.min(from);
    }
}

impl SegmentSpectra {
    /// Transforms all segments (Hann taper, 50 % overlap) of series of equal length.
    ///
    /// Missing values: short gaps are bridged, a segment with a longer one counts as missing in that series, and a
    /// pair uses the segments that are complete in both.
    ///
    /// # Errors
    /// [`CoherenceError`] if the lengths differ or hold under four segments.
    pub fn new(series: &[&[f64]], options: &CoherenceOptions) -> Result<Self, CoherenceError> {
        let steps = series.first().map_or(0, |s| s.len());
        if let Some((index, other)) = series.iter().enumerate().find(|(_, s)| s.len() != steps) {
            return Err(CoherenceError::UnequalLengths { index, found: other.len(), expected: steps });
        }
        let mut transforming = Transforming::new(series.len(), steps, options)?;
        series.iter().for_each(|values| transforming.add(values));
        Ok(transforming.finish())
    }

    fn store(&mut self, index: usize, segment: usize, transform: &RealTransform) {
        self.complete[index * self.segments + segment] = true;
        for (k, bin) in transform.bins.iter().enumerate() {
            let (block, lane) = (k / BLOCK, k % BLOCK);
            let at = ((index * self.blocks + block) * self.segments + segment) * BLOCK + lane;
            self.real[at] = bin.re;
            self.imaginary[at] = bin.im;
            self.power[index * self.blocks * BLOCK + k] += bin.norm_sqr();
        }
    }

    /// Scales down what stands out of a series' own history: in every block of bins, a segment with more than three
    /// times the median energy is brought down to that. Otherwise one burst in each of two series that happen to
    /// share a segment would be most of both spectra, and so look coherent.
    fn limit_segments(&mut self, index: usize) {
        let mut energies = Vec::with_capacity(self.segments);
        for block in 0..self.blocks {
            let from = (index * self.blocks + block) * self.segments * BLOCK;
            let range = from..from + self.segments * BLOCK;
            let (real, _) = self.real[range.clone()].as_chunks_mut::<BLOCK>();
            let (imaginary, _) = self.imaginary[range].as_chunks_mut::<BLOCK>();
            let power = &mut self.power[(index * self.blocks + block) * BLOCK..][..BLOCK];
            energies.clear();
            energies.extend(
                real.iter().zip(imaginary.iter()).map(|(re, im)| re.iter().chain(im).map(|v| v * v).sum::<f64>()),
            );
            // A segment in which nothing happens has the energy of rounding errors; it is no history to be measured by.
            let floor = SILENT * energies.iter().copied().fold(0.0, f64::max);
            let present: Vec<f64> = energies.iter().copied().filter(|e| *e > floor).collect();
            let Some((usual, _)) = order::neighbours(&present, present.len() / 2) else { continue };
            let limit = 3.0 * usual;
            for ((re, im), energy) in real.iter_mut().zip(imaginary).zip(&energies) {
                if *energy > limit {
                    let scale = (limit / energy).sqrt();
                    for lane in 0..BLOCK {
                        power[lane] -= (1.0 - scale * scale) * (re[lane] * re[lane] + im[lane] * im[lane]);
                        re[lane] *= scale;
                        im[lane] *= scale;
                    }
                }
            }
        }
    }

    /// How many series there are.
    pub fn series(&self) -> usize {
        self.series
    }

    /// How many segments each series was cut into.
    pub fn segments(&self) -> usize {
        self.segments
    }

    /// Length of a segment, in (decimated) steps.
    pub fn segment_len(&self) -> usize {
        self.segment_len
    }

    /// Whether each series was prewhitened by its own filter, so that a gain is not that of the values.
    pub fn is_whitened(&self) -> bool {
        self.is_whitened
    }

    /// How many bins a segment has, from frequency 0 to Nyquist.
    pub fn bins(&self) -> usize {
        self.bins
    }

    /// The frequency of a bin in cycles per (decimated) step.
    pub fn frequency(&self, bin: usize) -> f64 {
        bin as f64 / self.segment_len as f64
    }

    /// The phase, in radians, that whitening added to a series at a bin, beside what differencing adds to all of them;
    /// 0 without whitening or out of range.
    pub fn filter_phase(&self, series: usize, bin: usize) -> f64 {
        let Some(filter) = self.filters.get(series) else { return 0.0 };
        let angle = std::f64::consts::TAU * self.frequency(bin);
        let (mut re, mut im) = (1.0, 0.0);
        for (lag, coefficient) in filter.iter().enumerate() {
            let (sine, cosine) = (angle * (lag + 1) as f64).sin_cos();
            re -= coefficient * cosine;
            im += coefficient * sine;
        }
        im.atan2(re)
    }

    /// The coherence of series `i` and `j` at all bins, with the threshold at level `alpha` for one bin.
    ///
    /// `None` if an index is out of range or under four segments are complete in both. A complete pair without
    /// whitening or decimation gives what `scipy.signal.coherence` and `csd` give (to 1e-10).
    pub fn pair(&self, i: usize, j: usize, alpha: f64) -> Option<Coherence> {
        if i >= self.series || j >= self.series {
            return None;
        }
        let common: Vec<usize> = (0..self.segments).filter(|s| self.is_common(i, j, *s)).collect();
        if common.len() < 4 {
            return None;
        }
        let effective = effective_segments(common.len());
        let mut coherence = Coherence {
            frequency: (0..self.bins).map(|k| self.frequency(k)).collect(),
            magnitude_squared: Vec::with_capacity(self.bins),
            phase: Vec::with_capacity(self.bins),
            gain: Vec::with_capacity(self.bins),
            threshold: coherence_threshold(effective, alpha),
            effective_segments: effective,
            segments: common.len(),
        };
        for k in 0..self.bins {
            let (block, lane) = (k / BLOCK, k % BLOCK);
            let base = |series: usize| (series * self.blocks + block) * self.segments * BLOCK + lane;
            let (from_i, from_j) = (base(i), base(j));
            let (mut re, mut im, mut xx, mut yy) = (0.0, 0.0, 0.0, 0.0);
            for segment in &common {
                let (a, b) = (from_i + segment * BLOCK, from_j + segment * BLOCK);
                let (ar, ai, br, bi) = (self.real[a], self.imaginary[a], self.real[b], self.imaginary[b]);
                re += ar * br + ai * bi;
                im += ar * bi - ai * br;
                xx += ar * ar + ai * ai;
                yy += br * br + bi * bi;
            }
            let cross = re * re + im * im;
            coherence.magnitude_squared.push(if xx > 0.0 && yy > 0.0 { (cross / xx / yy).min(1.0) } else { f64::NAN });
            coherence.phase.push(im.atan2(re));
            coherence.gain.push(if xx > 0.0 { cross.sqrt() / xx } else { f64::NAN });
        }
        Some(coherence)
    }

    /// A segment's transform at a bin; zero where the segment is incomplete. Nothing is out of range.
    pub(super) fn value(&self, series: usize, bin: usize, segment: usize) -> [f64; 2] {
        let at = ((series * self.blocks + bin / BLOCK) * self.segments + segment) * BLOCK + bin % BLOCK;
        [self.real[at], self.imaginary[at]]
    }

    /// A series' power at a bin over its complete segments. Nothing is out of range.
    pub(super) fn bin_power(&self, series: usize, bin: usize) -> f64 {
        self.power[series * self.blocks * BLOCK + bin]
    }

    pub(super) fn is_common(&self, i: usize, j: usize, segment: usize) -> bool {
        self.complete[i * self.segments + segment] && self.complete[j * self.segments + segment]
    }
}

/// Means over blocks of `decimate` steps (over the present values, if at least half are), bridged and whitened, and the
/// coefficients of the whitening.
fn prepare(values: &[f64], decimate: usize, options: &CoherenceOptions) -> (Vec<f64>, Vec<f64>) {
    let coarse: Vec<f64> = if decimate == 1 {
        values.to_vec()
    } else {
        values
            .chunks_exact(decimate)
            .map(|block| {
                let present = block.iter().filter(|v| v.is_finite());
                let count = present.clone().count();
                if 2 * count >= decimate { present.sum::<f64>() / count as f64 } else { f64::NAN }
            })
            .collect()
    };
    let filled = bridge(&coarse, options.bridge);
    if !options.whiten {
        return (filled, Vec::new());
    }
    let result = whiten(&filled, &WhitenOptions::default());
    let mut whitened = result.values;
    if whitened.iter().any(|v| v.is_finite()) {
        // Where only the filter's past is missing, not the value, zero is neutral.
        for (slot, value) in whitened.iter_mut().zip(&filled) {
            if slot.is_nan() && !value.is_nan() {
                *slot = 0.0;
            }
        }
    }
    (whitened, result.coefficients)
}
