//! How a pair of series moves together at every period. Bulk data: it travels beside the Report, never inside.

use crate::Scale;
use serde::{Deserialize, Serialize};

/// Coherence, phase and gain of a pair over the period.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PairSpectrum {
    /// The series that the gain goes from.
    pub from: usize,
    /// The series that it goes to.
    pub to: usize,
    /// One for each scale at which the data speak, from fast to slow.
    pub bands: Vec<SpectrumBand>,
    /// The periods that the Report names for the relation of the two.
    pub periods_s: Vec<f64>,
    /// The resonance or the notch that was found.
    pub fit: Option<GainFit>,
}

/// The periods of one scale, in ascending order; the vectors have one length. NaN where a series has no power.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpectrumBand {
    /// The scale.
    pub scale: Scale,
    /// How many independent segments the estimate is worth.
    pub segments: f64,
    /// The coherence that independent series exceed anywhere in the band with the chance of a false discovery.
    pub threshold: f64,
    /// Periods in seconds.
    pub period_s: Vec<f64>,
    /// Magnitude-squared coherence, 0 to 1.
    pub coherence: Vec<f64>,
    /// Phase of `to` against `from`, in radians from −π to π; negative where `to` follows.
    pub phase: Vec<f64>,
    /// Half the width of the phase's 95 % interval; NaN where the coherence does not reach the threshold.
    pub phase_plus_minus: Vec<f64>,
    /// Gain from `from` to `to` in decibels of their own units.
    pub gain_db: Vec<f64>,
}

/// The gain that a resonance or a notch of the named period, height and sharpness has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GainFit {
    /// Periods in seconds, ascending.
    pub period_s: Vec<f64>,
    /// The gain there, in decibels as in [`SpectrumBand::gain_db`].
    pub gain_db: Vec<f64>,
}
