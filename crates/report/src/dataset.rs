//! What was read.

use crate::{Accent, Expectation, PatternCount, Period, Rhythm};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One file or address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Source {
    /// File name, or address without credentials.
    pub name: String,
    /// The format in words.
    pub format: String,
    /// The zone that times without one were read in; `null` where every time carried its own.
    pub assumed_time_zone: Option<String>,
}

/// A data-quality note.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DataNote {
    /// The kind, as `snake_case` (`gap`, `duplicate`, `unsorted`, `assumption`, …).
    pub kind: String,
    /// The series or column; `null` where it is the whole source.
    pub subject: Option<String>,
    /// How often.
    pub count: u64,
    /// One sentence.
    pub message: String,
    /// The reading setting, as `name=value`, that undoes what the note says; `null` where there is nothing to choose.
    pub undo: Option<String>,
}

/// Something that the source says happened: an alert, a deploy, an annotation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventMark {
    /// When it began.
    pub start_ms: i64,
    /// When it ended; `null` for an instant.
    pub end_ms: Option<i64>,
    /// What it was, as plain text.
    pub title: String,
}

/// What was read, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DatasetSummary {
    /// The sources, in the order given.
    pub sources: Vec<Source>,
    /// First sample.
    pub start_ms: i64,
    /// Last sample.
    pub end_ms: i64,
    /// The common interval of the analysis.
    pub interval_ms: i64,
    /// The number of slots of the analysis' time grid.
    pub slots: usize,
    /// The number of series read.
    pub series_count: usize,
    /// The number of values read.
    pub point_count: usize,
    /// Data-quality notes.
    pub notes: Vec<DataNote>,
    /// Events.
    pub events: Vec<EventMark>,
}

/// One service: a group of series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServiceSummary {
    /// Its name, from labels or from the series' names.
    pub name: String,
    /// Its series.
    pub series: Vec<usize>,
    /// How many other services a disturbance of this one is expected to reach (docs/methods/cascade.md).
    pub reach: f64,
    /// What the user said that it weighs beside the others; `null` counts as 1.
    pub weight: Option<f64>,
    /// The services that it calls, as the user said or as labels say it; empty where nothing is known.
    pub calls: Vec<usize>,
}

/// One series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SeriesSummary {
    /// The name by which the source calls it.
    pub name: String,
    /// The service it belongs to.
    pub service: usize,
    /// The name within its service (`cpu`, `latency p95`).
    pub metric: String,
    /// The source's labels.
    pub labels: BTreeMap<String, String>,
    /// The symbol of the unit of all its numbers (`s`, `B`, `%`, `/s`); empty where unknown.
    pub unit: String,
    /// Whether the source counts up and the analysis runs on the rate per second.
    pub is_rate_of_counter: bool,
    /// The number of slots with a value.
    pub points: usize,
    /// The number of slots without one, between the series' first and last value.
    pub missing: usize,
    /// Median over the whole window; `null` without values.
    pub median: Option<f64>,
    /// Robust standard deviation (scaled MAD) over the whole window.
    pub spread: Option<f64>,
    /// Smallest value.
    pub min: Option<f64>,
    /// Largest value.
    pub max: Option<f64>,
    /// The period of its rhythm, where it has one; else the strongest significant period.
    pub period_s: Option<f64>,
    /// Its significant periods, the longest first.
    pub periods: Vec<Period>,
    /// The shares of its variance at the three scales, micro first; they sum to 1. Empty where there is no variance.
    pub scale_shares: Vec<f64>,
    /// Its accents, in order of time: the strongest 200, where there are more.
    pub accents: Vec<Accent>,
    /// The rhythm of its events, where they have one.
    pub rhythm: Option<Rhythm>,
    /// The patterns that the user asked for, where it has accents enough for them.
    pub patterns: Vec<PatternCount>,
    /// What was expected of its values; `null` where nothing could be, and in large data for series with little to say: it is
    /// worked out for as many series as have 100,000 slots together, the ones with the strongest findings first.
    pub expectation: Option<Expectation>,
}
