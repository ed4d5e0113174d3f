//! Relations between series.

use crate::Scale;
use serde::{Deserialize, Serialize};

/// What the slope of the phase over frequency says about a lag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DelayVerdict {
    /// One delay for all periods, that of the lag.
    #[default]
    Agrees,
    /// The delay depends on the period.
    Dispersive,
    /// One delay for all periods, but not that of the lag.
    Disagrees,
}

impl DelayVerdict {
    /// The words shown to people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Agrees => "as the lag",
            Self::Dispersive => "differs with the period: a filter or a queue rather than a delay",
            Self::Disagrees => "not the lag: perhaps two ways lead from one to the other",
        }
    }
}

/// How two series are related. Predictive, never proof of a cause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RelationKind {
    /// They move together (significant coherence), perhaps with a lag.
    #[default]
    Coupling,
    /// Coherent with a gain peak.
    Resonance,
    /// Coherent in antiphase (when one rises, the other falls), or with a notch in the gain.
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// How long `to` follows `from` by the slope of their phase over frequency; negative where it leads. `null` where
    /// too few periods are coherent.
    pub delay_s: Option<f64>,
    /// Half the width of that delay's 95 % interval.
    pub delay_plus_minus_s: Option<f64>,
    /// What the delay says about the lag; `null` without either.
    pub delay_verdict: Option<DelayVerdict>,
    /// The false-discovery rate at which it is significant, over all pairs.
    pub q: f64,
    /// The period at which coherence is strongest, at which the gain peaks or has its notch, or that the beat has; `null`
    /// where it is broad.
    pub period_s: Option<f64>,
    /// The gain's peak or notch over the gain around it, in decibels; `null` where the gain is flat.
    pub gain_db: Option<f64>,
    /// How sharp the gain's peak is (the Q factor: its frequency over its width at half power).
    pub quality: Option<f64>,
    /// The false-discovery rate at which the past of `from` predicts `to` beyond `to`'s own past (Granger).
    pub leads_q: Option<f64>,
    /// The same the other way round. Both small: each predicts the other.
    pub follows_q: Option<f64>,
    /// A third series that explains the relation: without what both have in common with it, nothing is left of it.
    pub explained_by: Option<usize>,
    /// Whether both tell of the same observations (a median and a 95th percentile of one metric, say), because they were
    /// worked out of one histogram or because their names say so: that they move together says nothing about the system.
    pub same_source: bool,
    /// How firmly the phases are locked at `period_s`, 0 to 1; `null` without a common period.
    pub locking: Option<f64>,
    /// Of a beat: the two periods, that of `from` first.
    pub periods_s: Option<(f64, f64)>,
    /// Of a beat: when the two next fall together after the data end.
    pub next_ms: Option<i64>,
}
