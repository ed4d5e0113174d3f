//! What to read, and what the person who asks knows about it.

use crate::{Format, TimeZone};

/// One file: its name and its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The file's name, shown to people; never used to guess the format.
    pub name: &'a str,
    /// The file's content as it is stored (it may be compressed).
    pub bytes: &'a [u8],
}

/// Answers to what a file may leave open. The default asks for nothing and reads times without a zone as UTC.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The format; found by content if none.
    pub format: Option<Format>,
    /// The name of the column that holds the time.
    pub time_column: Option<String>,
    /// The table has no time column: its rows are this far apart, in milliseconds, and the first is at 1970-01-01 UTC.
    pub step_ms: Option<i64>,
    /// The zone of times that carry none.
    pub time_zone: TimeZone,
    /// Read only these columns or series.
    pub columns: Option<Vec<String>>,
    /// Leave these columns or series out.
    pub ignore: Vec<String>,
}

impl Options {
    /// Whether a column or series of this name is wanted.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let names = |list: &[String]| list.iter().any(|entry| entry.trim() == name.trim());
        self.columns.as_deref().is_none_or(names) && !names(&self.ignore)
    }
}
