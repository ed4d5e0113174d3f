//! Findings: what the detectors say.

use crate::Scale;
use serde::{Deserialize, Serialize};

/// The detector that a finding comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A short excursion from the series' own rolling band (robust z-score exceedance, an accent).
    Spike,
    /// The level changed and stayed.
    LevelShift,
    /// The variance grew.
    VarianceEscalation,
    /// A monotone drift.
    Trend,
    /// The series stopped while others went on.
    Vanished,
    /// The series stands still at one value.
    Frozen,
    /// Two close periods beat.
    Beat,
    /// An event that recurs did not come (a job that did not run).
    MissedBeat,
    /// An event that recurs came between its times.
    ExtraBeat,
    /// An event that recurs came late.
    LateBeat,
    /// Events that recur went over to another period.
    MetreChange,
    /// A period that grows or shrinks: each cycle comes later, or earlier, than the last one did.
    PeriodDrift,
    /// Series that go together lost each other (a fall of consonance below its own habit).
    Dissonance,
    /// One of several instances of a metric parted from the others.
    PeerDeparture,
    /// Two series that belong together parted, though each stayed within its own normal band.
    CorrelationBreak,
    /// The slope changed and stayed changed, without a jump.
    SlopeChange,
    /// The variance grew or shrank at once, and stayed so.
    VarianceChange,
    /// The fluctuation went over to another period.
    PeriodChange,
}

impl FindingKind {
    /// Every kind, in the order in which they are listed.
    pub const ALL: [Self; 18] = [
        Self::Spike,
        Self::LevelShift,
        Self::VarianceEscalation,
        Self::Trend,
        Self::Vanished,
        Self::Frozen,
        Self::Beat,
        Self::MissedBeat,
        Self::ExtraBeat,
        Self::LateBeat,
        Self::MetreChange,
        Self::PeriodDrift,
        Self::Dissonance,
        Self::PeerDeparture,
        Self::CorrelationBreak,
        Self::SlopeChange,
        Self::VarianceChange,
        Self::PeriodChange,
    ];

    /// The words shown to people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Spike => "spike",
            Self::LevelShift => "level shift",
            Self::VarianceEscalation => "variance escalation",
            Self::Trend => "trend",
            Self::Vanished => "vanished",
            Self::Frozen => "frozen",
            Self::Beat => "beat",
            Self::MissedBeat => "missed beat",
            Self::ExtraBeat => "extra beat",
            Self::LateBeat => "late beat",
            Self::MetreChange => "change of metre",
            Self::PeriodDrift => "drifting period",
            Self::Dissonance => "dissonance",
            Self::PeerDeparture => "peer departure",
            Self::CorrelationBreak => "correlation break",
            Self::SlopeChange => "slope change",
            Self::VarianceChange => "variance change",
            Self::PeriodChange => "period change",
        }
    }
}

impl FindingKind {
    /// Whether it holds for the whole window instead of beginning at a moment.
    pub fn is_standing(self) -> bool {
        matches!(self, Self::Beat | Self::PeriodDrift)
    }
}

/// Which way a value went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It rose.
    Up,
    /// It fell.
    Down,
}

/// A number of the evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Quantity {
    /// What it is, in the field's term (`before`, `after`, `variance ratio`, `z`).
    pub name: String,
    /// The number.
    pub value: f64,
    /// The symbol of its unit; empty for a pure number.
    pub unit: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Stable within one data set (`level_shift:cart_latency:1700000000000`).
    pub id: String,
    /// The detector.
    pub kind: FindingKind,
    /// The series concerned, the first one first in importance.
    pub series: Vec<usize>,
    /// The services concerned.
    pub services: Vec<usize>,
    /// The scale of time at which it shows.
    pub scale: Scale,
    /// When it began.
    pub start_ms: i64,
    /// When it ended; the end of the data where it still lasts.
    pub end_ms: i64,
    /// Strength; 1.0 is the threshold.
    pub score: f64,
    /// Which way, where the kind has a way.
    pub direction: Option<Direction>,
    /// The p-value of the test behind it, where there is one.
    pub p: Option<f64>,
    /// The numbers of the evidence.
    pub numbers: Vec<Quantity>,
    /// What was seen, in a sentence.
    pub sentence: String,
    /// What would refute it, in a sentence.
    pub refuted_by: String,
}
