//! Seen before: signatures of incidents, and stretches of time that look alike.

use serde::{Deserialize, Serialize};

/// A signature of the user's library that an incident is near to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Known {
    /// What the user called it.
    pub name: String,
    /// How far away it is; beyond 1 nothing is near enough.
    pub distance: f64,
    /// The probability that it is the same kind of incident, read off simulated ones.
    pub confidence: f64,
}

/// A stretch of time that looks like another one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Resemblance {
    /// Its first moment.
    pub start_ms: i64,
    /// Its last moment.
    pub end_ms: i64,
    /// How different the shapes are: 0 is the same shape, 1 is none in common.
    pub distance: f64,
    /// The probability that unrelated stretches look that much alike.
    pub p: f64,
}
