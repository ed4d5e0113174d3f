//! Scales of time and the radar's classes.

use serde::{Deserialize, Serialize};

/// A scale of time. The ordering is from fast to slow, which is the radar's order from the centre outwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// From the sampling step to 5 minutes.
    #[default]
    Micro,
    /// From 5 minutes to 6 hours.
    Macro,
    /// From 6 hours on.
    Meso,
}

impl Scale {
    /// All scales, from fast to slow.
    pub const ALL: [Scale; 3] = [Scale::Micro, Scale::Macro, Scale::Meso];

    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Scale::Micro => "micro",
            Scale::Macro => "macro",
            Scale::Meso => "meso",
        }
    }

    /// 0, 1 or 2: the position in [`Scale::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// The class that a radar cell is drawn in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Too little data to say anything, or none at that time.
    #[default]
    Insufficient,
    /// No significant period, no finding.
    Steady,
    /// A significant period.
    Periodic,
    /// Two close periods that beat.
    Beating,
    /// Instability: a finding at this scale.
    Jagged,
    /// Part of a cascade over several series.
    Fragmented,
}

impl Class {
    /// The word shown to people.
    pub fn name(self) -> &'static str {
        match self {
            Class::Insufficient => "insufficient data",
            Class::Steady => "steady",
            Class::Periodic => "periodic",
            Class::Beating => "beating",
            Class::Jagged => "jagged",
            Class::Fragmented => "fragmented",
        }
    }
}

/// What a state or a track speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// The whole system.
    System,
    /// A position in [`crate::Report::services`].
    Service(usize),
    /// A position in [`crate::Report::series`].
    Series(usize),
}

/// One ring of the radar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ScaleSummary {
    /// Which one.
    pub scale: Scale,
    /// Shortest period.
    pub from_s: f64,
    /// Longest period; `null` where only the data's length bounds it.
    pub to_s: Option<f64>,
    /// Why the data say nothing at this scale; `null` where they do.
    pub unavailable: Option<String>,
}

/// The class and consonance of one subject at one scale, over the whole window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct State {
    /// Whose.
    pub subject: Subject,
    /// At which scale.
    pub scale: Scale,
    /// The class.
    pub class: Class,
    /// Consonance in 0 to 1 (coherence at shared spectral peaks); `null` where it is undefined: fewer than two series
    /// with something to share.
    pub consonance: Option<f64>,
    /// The strongest finding's score at this scale; 0 where there is none.
    pub score: f64,
    /// The dominant significant period within the scale.
    pub period_s: Option<f64>,
    /// The beat's period, for the class `beating`.
    pub beat_period_s: Option<f64>,
    /// A moment at which the beat's two periods fall together; whole beat periods later they do again.
    pub beat_at_ms: Option<i64>,
    /// How sure the class is, 0 to 1: the share of such cells of which simulation says that the class is right.
    pub confidence: f64,
    /// The evidence in one sentence.
    pub evidence: String,
}
