//! The Report: the one value that the page, the command line's `--json` and the npm package all speak.
//!
//! It is plain data. Times are milliseconds since 1970-01-01 UTC (`*_ms`), durations are seconds (`*_s`), values are in
//! the series' base unit. Series and services are referred to by their position in [`Report::series`] and
//! [`Report::services`], findings by their position in [`Report::findings`]. A number that is not known is `null`,
//! never NaN. In every score, 1.0 is the threshold.
//!
//! The committed JSON Schema is `schema/report.schema.json`; `version` grows with every incompatible change.

pub mod bytes;
mod chart;
mod dataset;
mod expectation;
mod finding;
pub mod format;
mod incident;
mod relation;
mod replay;
mod rhythm;
mod signature;
mod spectrum;
mod state;
mod wire;

pub use chart::{Behind, ChartData};
pub use dataset::{DataNote, DatasetSummary, EventMark, SeriesSummary, ServiceSummary, Source};
pub use expectation::{Expectation, Surprise};
pub use finding::{Direction, Finding, FindingKind, Quantity};
pub use incident::{Arrival, Cause, Impact, Incident, LabelEvidence, Narrative, Severity, Span, SpreadStep};
pub use relation::{DelayVerdict, Relation, RelationKind};
pub use replay::{ClassSpan, Frame, Replay, Track};
pub use rhythm::{Accent, Beat, Foot, Offbeat, PatternCount, Period, Rhythm};
pub use signature::{FEATURES, Known, Library, NamedSignature, Resemblance};
pub use spectrum::{GainFit, PairSpectrum, SpectrumBand};
pub use state::{Class, Scale, ScaleSummary, State, Subject};

use serde::{Deserialize, Serialize};

impl Report {
    /// Whether anything says which series belong together. Where nothing does, each is a service of its own.
    pub fn knows_services(&self) -> bool {
        self.services.len() < self.series.len()
            || self
                .series
                .iter()
                .any(|series| self.services.get(series.service).is_none_or(|service| service.name != series.metric))
    }
}

/// The version of the Report's shape that this crate writes.
pub const VERSION: u32 = 1;

/// Everything that an analysis has to say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Report {
    /// The shape's version, [`VERSION`].
    pub version: u32,
    /// Whether every stage has run. A cancelled or still running analysis gives a Report with `false`.
    pub complete: bool,
    /// What was read.
    pub dataset: DatasetSummary,
    /// The services, in alphabetical order.
    pub services: Vec<ServiceSummary>,
    /// The series, in the order of the source.
    pub series: Vec<SeriesSummary>,
    /// The scales of time, from fast to slow.
    pub scales: Vec<ScaleSummary>,
    /// The radar's classes: for the system, each service and each series, at each scale.
    pub states: Vec<State>,
    /// What every detector found, strongest first.
    pub findings: Vec<Finding>,
    /// Significant relations between series: first those that no third series explains, the strongest first, then beats, then
    /// the explained ones, and last those of one distribution.
    pub relations: Vec<Relation>,
    /// How many services one that is disturbed disturbs in turn, at worst; from 1 on a disturbance feeds itself
    /// (docs/methods/cascade.md).
    pub branching_ratio: f64,
    /// Findings that belong together, the weightiest first.
    pub incidents: Vec<Incident>,
    /// What is drifting towards trouble.
    pub warnings: Vec<Finding>,
    /// How classes and consonance went over time.
    pub replay: Replay,
}
