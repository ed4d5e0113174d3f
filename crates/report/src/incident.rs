//! Incidents: findings that belong together, what began them and how they spread.

use crate::{Known, Resemblance};
use serde::{Deserialize, Serialize};

/// A stretch of text, and the finding that proves it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Span {
    /// Plain text; never markup.
    pub text: String,
    /// The finding to show as evidence.
    pub finding: Option<usize>,
}

/// A short text in which every number leads to its evidence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Narrative {
    /// One sentence: what broke first, and when.
    pub headline: Vec<Span>,
    /// Two to five sentences: how it spread and what stayed calm.
    pub body: Vec<Span>,
    /// What would refute the first cause.
    pub refuted_by: String,
    /// What to look at next.
    pub check_next: Vec<String>,
}

/// A candidate for the root cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cause {
    /// The service.
    pub service: usize,
    /// Its most telling series.
    pub series: usize,
    /// Strength of the evidence; comparable within one incident only.
    pub score: f64,
    /// The share of the evidence of all candidates that this one holds, 0 to 1.
    pub confidence: f64,
    /// When this service first left its normal band.
    pub onset_ms: i64,
    /// The findings that speak for it.
    pub findings: Vec<usize>,
    /// Why, in a sentence.
    pub sentence: String,
}

/// One step of the spread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SpreadStep {
    /// The service reached.
    pub service: usize,
    /// When its first finding began.
    pub onset_ms: i64,
    /// How long after the incident's onset.
    pub lag_s: f64,
    /// The uncertainty of the lag (half a 95 % interval, at least one sampling step).
    pub lag_plus_minus_s: f64,
    /// The finding that shows it.
    pub finding: usize,
}

/// Findings that belong together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Incident {
    /// The first finding's start.
    pub start_ms: i64,
    /// The last finding's end.
    pub end_ms: i64,
    /// When most of it was going on at once.
    pub peak_ms: i64,
    /// The findings, by start.
    pub findings: Vec<usize>,
    /// Candidates for the root cause, best first; each service once.
    pub causes: Vec<Cause>,
    /// The order in which it reached services, the first one with lag 0.
    pub spread: Vec<SpreadStep>,
    /// The story.
    pub narrative: Narrative,
    /// What is characteristic of it, as numbers that can be kept and compared (docs/methods/signature.md); `null` where one
    /// is unknown. Empty for beats, which have no moment.
    pub signature: Vec<Option<f64>>,
    /// The nearest signature of the user's library, where one is near enough.
    pub known: Option<Known>,
    /// Stretches of the same window, outside of the incident, that look like its beginning; the most alike first.
    pub resembles: Vec<Resemblance>,
}
