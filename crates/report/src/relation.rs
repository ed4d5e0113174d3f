//! Relations between series.

use crate::Scale;
use serde::{Deserialize, Serialize};

/// How two series are related. Predictive, never proof of a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// They move together (significant coherence), perhaps with a lag.
    Coupling,
    /// Coherent with a gain peak.
    Resonance,
    /// Coherent in antiphase: when one rises, the other falls.
    AntiResonance,
    /// Two close periods that beat.
    Beat,
}

impl RelationKind {
    /// The words shown to people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Coupling => "coupling",
            Self::Resonance => "resonance",
            Self::AntiResonance => "anti-resonance",
            Self::Beat => "beat",
        }
    }
}

/// A significant relation between two series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Relation {
    /// How.
    pub kind: RelationKind,
    /// The series that leads; where the lag is not different from 0, the one that the source names first.
    pub from: usize,
    /// The series that follows.
    pub to: usize,
    /// The scale at which they are most strongly related.
    pub scale: Scale,
    /// Strength in 0 to 1: magnitude-squared coherence in the band, weighted by power.
    pub strength: f64,
    /// +1 in phase, -1 in antiphase.
    pub sign: i8,
    /// How long `to` follows `from`; 0 where no lag is significant, `null` where it could not be estimated.
    pub lag_s: Option<f64>,
    /// Half the width of the lag's 95 % interval.
    pub lag_plus_minus_s: Option<f64>,
    /// The false-discovery rate at which it is significant, over all pairs.
    pub q: f64,
    /// The period at which coherence is strongest; `null` where it is broad.
    pub period_s: Option<f64>,
}
