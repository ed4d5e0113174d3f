//! Welch's averaged periodogram.

use thiserror::Error;

use super::gaps::{bridge, runs};
use super::transform::{RealTransform, fast_len_at_most, hann, remove_line};

/// Why a spectrum cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SpectrumError {
    /// There are not enough segments without a long gap.
    #[error("{found} complete segments of {segment_len} steps, expected at least {needed}")]
    TooFewSegments {
        /// Length of a segment, in steps.
        segment_len: usize,
        /// Complete segments found.
        found: usize,
        /// Complete segments needed.
        needed: usize,
    },
    /// The segment is too short to have a frequency in it.
    #[error("a segment of {segment_len} steps is too short, expected at least 8")]
    SegmentTooShort {
        /// Length of a segment, in steps.
        segment_len: usize,
    },
}

/// What is taken out of every segment before it is tapered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detrend {
    /// Nothing.
    None,
    /// The mean.
    Constant,
    /// The least-squares line.
    #[default]
    Linear,
}

impl Detrend {
    pub(crate) fn apply(self, values: &mut [f64]) {
        match self {
            Self::None => {}
            Self::Constant => {
                let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
                values.iter_mut().for_each(|v| *v -= mean);
            }
            Self::Linear => remove_line(values),
        }
    }
}

/// How [`welch`] divides the series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WelchOptions {
    /// Length of a segment in steps; by default the longest that leaves `min_segments`, at most 1,024.
    pub segment_len: Option<usize>,
    /// Fewest complete segments that count as an estimate.
    pub min_segments: usize,
    /// Longest gap, in steps, that is bridged by a straight line; segments with a longer one are skipped.
    pub bridge: usize,
    /// What is removed from every segment.
    pub detrend: Detrend,
}

impl Default for WelchOptions {
    fn default() -> Self {
        Self { segment_len: None, min_segments: 4, bridge: 3, detrend: Detrend::Linear }
    }
}

/// A one-sided power spectral density.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    /// Frequencies in cycles per step, from 0 to 0.5.
    pub frequency: Vec<f64>,
    /// Density in squared units of the values, times steps; its integral over frequency is the variance.
    pub density: Vec<f64>,
    /// Length of a segment, in steps.
    pub segment_len: usize,
    /// Complete segments that were averaged.
    pub segments: usize,
    /// How many independent segments they are worth: overlapping Hann segments share 1/36 of their power.
    pub effective_segments: f64,
}

/// The power spectral density of a series by Welch's method: Hann taper, 50 % overlap, each segment detrended.
///
/// Missing values: gaps up to `bridge` steps are bridged linearly; segments are laid into every run between longer
/// gaps, starting at the run's first value, so a complete series gives what `scipy.signal.welch` gives (to 1e-10).
///
/// Source: Welch 1967, IEEE Trans. Audio Electroacoust. 15, 70–73.
///
/// # Errors
/// [`SpectrumError`] if fewer than `min_segments` complete segments exist, or a segment has under 8 steps.
pub fn welch(values: &[f64], options: &WelchOptions) -> Result<Spectrum, SpectrumError> {
    let filled = bridge(values, options.bridge);
    let needed = options.min_segments.max(1);
    let segment_len =
        options.segment_len.unwrap_or_else(|| fast_len_at_most((2 * filled.len() / (needed + 1)).min(1024)));
    if segment_len < 8 {
        return Err(SpectrumError::SegmentTooShort { segment_len });
    }
    let hop = segment_len - segment_len / 2;
    let window = hann(segment_len);
    let scale = 1.0 / window.iter().map(|w| w * w).sum::<f64>();
    let mut transform = RealTransform::new(segment_len);
    let mut density = vec![0.0; segment_len / 2 + 1];
    let mut segments = 0;
    for run in runs(&filled) {
        let mut start = run.start;
        while start + segment_len <= run.end {
            transform.input.copy_from_slice(&filled[start..start + segment_len]);
            options.detrend.apply(&mut transform.input);
            transform.input.iter_mut().zip(&window).for_each(|(v, w)| *v *= w);
            transform.forward();
            density.iter_mut().zip(&transform.bins).for_each(|(d, bin)| *d += bin.norm_sqr());
            segments += 1;
            start += hop;
        }
    }
    if segments < needed {
        return Err(SpectrumError::TooFewSegments { segment_len, found: segments, needed });
    }
    let last = density.len() - 1;
    for (k, value) in density.iter_mut().enumerate() {
        let sides = if k == 0 || (k == last && segment_len.is_multiple_of(2)) { 1.0 } else { 2.0 };
        *value *= sides * scale / segments as f64;
    }
    let frequency = (0..=last).map(|k| k as f64 / segment_len as f64).collect();
    Ok(Spectrum { frequency, density, segment_len, segments, effective_segments: effective_segments(segments) })
}

/// How many independent segments `segments` half-overlapping Hann segments are worth.
///
/// The correlation of neighbouring Hann segments of white noise is 1/6 in amplitude, 1/36 in power.
pub(crate) fn effective_segments(segments: usize) -> f64 {
    let k = segments as f64;
    if segments < 2 { k } else { k / (1.0 + 2.0 / 36.0 * (1.0 - 1.0 / k)) }
}
