//! What was noticed or changed while reading: counted, and in words a person can act on.

use serde::{Deserialize, Serialize};

/// The kind of a data-quality note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// Something was assumed that the source did not say (a time zone, an epoch unit, a decimal comma).
    Assumption,
    /// It could be read in two ways, with different numbers or times; the likelier one was taken.
    Ambiguous,
    /// Samples are missing where the interval expects them.
    Gap,
    /// A long stretch without any sample was cut out of the grid.
    Break,
    /// Several samples at one time; the last one was kept.
    Duplicate,
    /// Times were not in order and have been sorted.
    Unsorted,
    /// Times are not evenly spaced.
    Irregular,
    /// A cell could not be read as a number and counts as missing.
    Unreadable,
    /// Values were infinite.
    Infinite,
    /// A counter went back to zero.
    CounterReset,
    /// A cumulative counter was turned into a rate.
    CounterRate,
    /// Series were worked out from others (quantiles from buckets, a share of errors from counters).
    Derived,
    /// Values were converted to a base unit.
    UnitConversion,
    /// A column, series or part was left out.
    Dropped,
    /// A series never changes.
    Constant,
    /// A limit was reached; what lies beyond it was not read.
    Limit,
    /// The source itself sent a warning.
    SourceWarning,
}

/// One data-quality note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What kind of thing it was.
    pub kind: NoteKind,
    /// The series or column concerned; none where it is the whole source.
    pub subject: Option<String>,
    /// How many times it happened.
    pub count: u64,
    /// One sentence: what was seen and what was done about it.
    pub message: String,
    /// The reading setting, as `name=value`, under which this would not have been done (`counters=none`,
    /// `unit.latency=written`); none where there is nothing to choose.
    pub undo: Option<String>,
}

impl Note {
    /// A note about the whole source.
    pub fn new(kind: NoteKind, count: u64, message: impl Into<String>) -> Self {
        Self { kind, subject: None, count, message: message.into(), undo: None }
    }

    /// The same note, about one series or column.
    #[must_use]
    pub fn about(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// The same note, with the setting that undoes what it says.
    #[must_use]
    pub fn undone_by(mut self, setting: impl Into<String>) -> Self {
        self.undo = Some(setting.into());
        self
    }
}
