//! How the beginning of a file is understood, as it crosses between the programs.

use report::{enum_bytes, struct_bytes};

/// What a column is understood as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Understood {
    /// The time.
    Time,
    /// A measurement.
    #[default]
    Value,
    /// Words that tell series apart.
    Label,
    /// Words that name the service.
    Service,
    /// Words that name the metric.
    Metric,
    /// It is left out.
    Ignored,
}

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnPreview {
    /// Its name, the one that settings use.
    pub name: String,
    /// What it is understood as.
    pub understood: Understood,
    /// The unit that is written.
    pub unit: String,
    /// How its times are written, or why it is left out.
    pub detail: String,
}

/// A format that can be asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatName {
    /// The name that settings use.
    pub name: String,
    /// In words.
    pub label: String,
}

/// The beginning of a file, and how it is understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// The file's name.
    pub file: String,
    /// The format's name; empty if none was found.
    pub format: String,
    /// The format in words.
    pub label: String,
    /// All formats that can be asked for.
    pub formats: Vec<FormatName>,
    /// The first rows, cell by cell.
    pub rows: Vec<Vec<String>>,
    /// How many of these rows stand in front of the table.
    pub preamble: usize,
    /// How many rows behind these are headers.
    pub header_rows: usize,
    /// The columns of a table.
    pub columns: Vec<ColumnPreview>,
    /// What separates cells; empty if it is no table.
    pub delimiter: String,
    /// The sign in front of a fraction; empty if it is no table.
    pub decimal: String,
    /// The zone that times without one are read in.
    pub assumed_time_zone: Option<String>,
    /// The names of the first series that come out.
    pub series: Vec<String>,
    /// How many series come out of this beginning.
    pub series_count: usize,
    /// What reading assumed and left out, a sentence each.
    pub notes: Vec<String>,
    /// Why nothing comes out, if so.
    pub problem: Option<String>,
    /// What files of one tool have in common: the same for two files with one format and the same columns.
    pub shape: u64,
}

enum_bytes! {
    Understood { 0: Time, 1: Value, 2: Label, 3: Service, 4: Metric, 5: Ignored } else Self::Value
}
struct_bytes! {
    ColumnPreview { name, understood, unit, detail }
    FormatName { name, label }
    Preview {
        file, format, label, formats, rows, preamble, header_rows, columns, delimiter, decimal, assumed_time_zone, series,
        series_count, notes, problem, shape,
    }
}
