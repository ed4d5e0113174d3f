//! Why a file was not read.

/// One of [`crate::Options`] that may make a file readable. The caller knows what it is called where the user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// [`crate::Options::format`].
    Format,
    /// [`crate::Options::time_column`].
    TimeColumn,
    /// [`crate::Options::step_ms`].
    Step,
}

/// Why a file was not read: where, what was expected, and what would help. Its text is a whole sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is not one byte, or nothing but blanks.
    #[error("The file is empty; export it again and look whether the tool reported an error.")]
    Empty,
    /// The bytes could not be had.
    #[error("The file could not be read to its end: {reason}. If it was moved or changed meanwhile, choose it again.")]
    Source {
        /// What the system said.
        reason: String,
    },
    /// A compressed file or an archive that ends early, is damaged, or grows beyond the limits.
    #[error("The {what} cannot be unpacked: {reason}. {remedy}")]
    Compressed {
        /// What it is (`gzip data`).
        what: String,
        /// What went wrong.
        reason: String,
        /// What would help.
        remedy: String,
    },
    /// Something that is recognised, and is not monitoring data or not readable here.
    #[error("This looks like {looks_like}, which cannot be read here. {remedy}")]
    Unsupported {
        /// What the file is, with an article (`a PNG image`).
        looks_like: String,
        /// What would help.
        remedy: String,
    },
    /// Nothing that is recognised.
    #[error(
        "No known format was found in this file (it begins with {beginning:?}). Export it as CSV with a header line and a \
         time column, or name the format (one of {formats})."
    )]
    Unknown {
        /// The first characters of the file.
        beginning: String,
        /// The names of all formats.
        formats: String,
    },
    /// A table in which no column holds times.
    #[error("None of the columns {columns} holds times{seen}. {remedy}")]
    NoTime {
        /// The columns' names, quoted.
        columns: String,
        /// What was seen instead, in brackets, or nothing.
        seen: String,
        /// What would help.
        remedy: String,
        /// What may be chosen for it.
        choices: &'static [Choice],
    },
    /// A column was named that the file does not have.
    #[error("There is no column {column:?}; the file has {available}.")]
    UnknownColumn {
        /// The column asked for.
        column: String,
        /// The columns there are, quoted.
        available: String,
    },
    /// Nothing in the file is a series of numbers.
    #[error("There is no column of numbers beside the time: {seen}. {remedy}")]
    NoNumbers {
        /// What the columns hold.
        seen: String,
        /// What would help.
        remedy: String,
    },
    /// All samples carry the same time, and nothing tells them apart.
    #[error("{}", one_instant(*rows, time))]
    OneInstant {
        /// The number of data rows.
        rows: usize,
        /// The time they share, RFC 3339.
        time: String,
    },
    /// A cell of a table that must be readable and is not.
    #[error("Line {line}, column {column:?}: expected {expected}, found {found:?}. {remedy}")]
    Cell {
        /// The line in the file, from 1.
        line: u64,
        /// The column's name.
        column: String,
        /// What should stand there.
        expected: String,
        /// What stands there.
        found: String,
        /// What would help.
        remedy: String,
    },
    /// A line of a line-wise format that cannot be read.
    #[error("Line {line}: expected {expected}, found {found:?}. {remedy}")]
    Line {
        /// The line in the file, from 1.
        line: u64,
        /// What should stand there.
        expected: String,
        /// What stands there.
        found: String,
        /// What would help.
        remedy: String,
    },
    /// JSON that does not parse.
    #[error("Line {line}, column {column}: this is not valid JSON ({reason}). {remedy}")]
    Json {
        /// The line in the file, from 1.
        line: u64,
        /// The character in the line, from 1.
        column: u64,
        /// What the parser met.
        reason: String,
        /// What would help.
        remedy: String,
    },
    /// JSON that parses, with something else than expected at a path.
    #[error("At {path}: expected {expected}, found {found}. {remedy}")]
    Shape {
        /// The path to the value (`data.result[3].values[0]`).
        path: String,
        /// What should stand there.
        expected: String,
        /// What stands there.
        found: String,
        /// What would help.
        remedy: String,
    },
    /// The answer of a server that reports its own failure.
    #[error("The server answered with an error ({kind}): {message} Put the query right and save the answer again.")]
    ServerFailed {
        /// The server's class of error.
        kind: String,
        /// The server's own words.
        message: String,
    },
    /// Samples without time stamps.
    #[error("The samples have no time stamps: this is one scrape, a single instant. {remedy}")]
    NoTimeStamps {
        /// What would help.
        remedy: String,
    },
    /// More of something than can be held.
    #[error("The file has more than {limit} {what}. {remedy}")]
    TooLarge {
        /// What there is too much of.
        what: String,
        /// The limit.
        limit: u64,
        /// What would help.
        remedy: String,
    },
}

impl Error {
    /// What the user may choose to have the file read after all, the best first. The text asks for it in words and does
    /// not say how: a command has options, a page has fields.
    pub fn choices(&self) -> &'static [Choice] {
        match self {
            Self::Unknown { .. } => &[Choice::Format],
            Self::NoTime { choices, .. } => choices,
            Self::NoTimeStamps { .. } => &[Choice::Step],
            // Only the column of times must be readable.
            Self::Cell { .. } => &[Choice::TimeColumn],
            _ => &[],
        }
    }
}

impl Error {
    /// The same error of a value that is the member of that name.
    #[must_use]
    pub(crate) fn within_member(self, name: &str) -> Self {
        self.below(excerpt(name, 60))
    }

    /// The same error of a value that is the item at that position.
    #[must_use]
    pub(crate) fn within_item(self, position: usize) -> Self {
        self.below(format!("[{position}]"))
    }

    fn below(mut self, outer: String) -> Self {
        if let Self::Shape { path, .. } = &mut self {
            let joint = if path.is_empty() || path.starts_with('[') { "" } else { "." };
            *path = format!("{outer}{joint}{path}");
        }
        self
    }
}

fn one_instant(rows: usize, time: &str) -> String {
    if rows == 1 {
        return format!(
            "The table has one row, at {time}: a single instant, in which nothing changes. Export a range of time, with a \
             row for each step of it."
        );
    }
    format!(
        "All {rows} rows carry the same time, {time}, and no column says which series a row belongs to. Export a range of \
         time instead of one instant, with a column that names the series (pod, instance, metric)."
    )
}

/// Names in quotes, separated by commas; the first few, and how many more there are.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let names: Vec<&str> = names.into_iter().collect();
    let mut text: Vec<String> = names.iter().take(SHOWN).map(|name| format!("{:?}", excerpt(name, 40))).collect();
    if names.len() > SHOWN {
        text.push(format!("and {} more", names.len() - SHOWN));
    }
    if text.is_empty() { "none".to_owned() } else { text.join(", ") }
}

/// At most `length` characters of a text, with an ellipsis where it was cut.
pub(crate) fn excerpt(text: &str, length: usize) -> String {
    let mut cut: String = text.chars().take(length).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}
