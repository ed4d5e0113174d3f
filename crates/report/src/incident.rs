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
    /// Strength of the evidence; comparable within one incident only. Below 1.0 it moved no further than healthy services do.
    pub score: f64,
    /// The share of the evidence that this one holds, 0 to 1. The evidence is that of all candidates and of one more that
    /// stands for "none of these", so the shares of all candidates add up to less than 1.
    pub confidence: f64,
    /// When this service first left its normal band.
    pub onset_ms: i64,
    /// The findings that speak for it.
    pub findings: Vec<usize>,
    /// Why, in a sentence.
    pub sentence: String,
}

impl Cause {
    /// From this share of the evidence on the first cause is named: below, fewer than two of five were right
    /// (docs/accuracy.md).
    pub const NAMED_FROM: f64 = 0.2;

    /// Whether it may be called a cause, if it is the first.
    pub fn is_named(&self) -> bool {
        self.score >= 1.0 && self.confidence >= Self::NAMED_FROM
    }
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

/// How bad an incident is, by its [`Incident::risk`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Risk below 0.5.
    #[default]
    Minor,
    /// Risk from 0.5 on.
    Major,
    /// Risk from 0.8 on.
    Critical,
}

impl Severity {
    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
        }
    }
}

/// What an incident touched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Impact {
    /// The services with a finding in it.
    pub services: usize,
    /// The series with a finding in it.
    pub series: usize,
    /// The share of all services' weights that these hold, 0 to 1; each weighs 1 unless the user said otherwise.
    pub share: f64,
    /// The time that services spent in trouble: for each, the seconds that its findings cover together, times its weight.
    /// Service-seconds without weights; with weights such as requests per second, the requests that were concerned.
    pub service_s: f64,
    /// At least half of these services were in trouble for so many seconds each, without weights.
    pub median_s: f64,
    /// Whether the user gave any of these services a weight.
    pub is_weighted: bool,
}

/// A service that an incident may reach next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Arrival {
    /// The service.
    pub service: usize,
    /// The service that it comes from.
    pub through: usize,
    /// When, if it goes the quickest way at the usual lags.
    pub at_ms: i64,
    /// Half the width of the 95 % interval of that time.
    pub plus_minus_s: f64,
    /// The likelihood that it arrives: the product of what is passed on along the surest way, 0 to 1.
    pub chance: f64,
}

/// A label value that a deviation comes with, by leaving its series out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LabelEvidence {
    /// The label.
    pub label: String,
    /// Its value.
    pub value: String,
    /// How many of the series with this value moved visibly.
    pub moved: usize,
    /// How many series have this value.
    pub series: usize,
    /// How many of the series with another value of this label moved visibly.
    pub moved_elsewhere: usize,
    /// How many series have another value of this label.
    pub series_elsewhere: usize,
    /// The share of all visible evidence that is gone when the series with this value are left out, 0 to 1.
    pub explained: f64,
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
    /// Label values that it comes with, the most telling first: those without whose series little of it is left, and that
    /// say more than a service's name does (docs/methods/root_cause.md).
    pub labels: Vec<LabelEvidence>,
    /// The order in which it reached services, the first one with lag 0.
    pub spread: Vec<SpreadStep>,
    /// 0 to 1: from how far its strongest finding left what is usual, how far it spread, and whether users feel it
    /// (docs/methods/incidents.md).
    pub risk: f64,
    /// The risk as a word.
    pub severity: Severity,
    /// What it touched.
    pub impact: Impact,
    /// The finding that hurts most: the strongest of those that users feel (latency, errors, availability), weighed by the
    /// weights of services. `null` where users feel none.
    pub critical: Option<usize>,
    /// When its last finding was over; `null` where something lasts to the end of the data.
    pub recovered_ms: Option<i64>,
    /// The services that it has not reached, and when it may; the soonest first. Those whose time has passed within the data
    /// were spared.
    pub next: Vec<Arrival>,
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
