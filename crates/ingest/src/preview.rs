//! How the beginning of a file looks and is understood, for a person who wants to check or correct it.

use crate::head::Head;
use crate::table::preview as table_preview;
use crate::text::Text;
use crate::{Error, Format, Options, container, sniff};
use series::Note;
use std::io::Read;
use std::ops::ControlFlow;

/// Lines that are shown of a file that is no table.
const SHOWN_LINES: usize = 12;
/// Characters that are shown of such a line.
const SHOWN_CHARACTERS: usize = 160;

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

/// A column of a table, as its first cells show it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnPreview {
    /// Its name, the one that settings use.
    pub name: String,
    /// What it is understood as.
    pub understood: Understood,
    /// The unit that is written, empty without one.
    pub unit: String,
    /// How its times are written, or why it is left out; empty where there is nothing to say.
    pub detail: String,
}

/// The beginning of a file, and how it is understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preview {
    /// The format's name.
    pub format: String,
    /// The format in words.
    pub label: String,
    /// The first rows of a table with its headers, cell by cell; or the first lines of another text, one cell each.
    pub rows: Vec<Vec<String>>,
    /// How many of these rows stand in front of the table.
    pub preamble: usize,
    /// How many rows behind these are headers.
    pub header_rows: usize,
    /// The columns of a table; none for other formats.
    pub columns: Vec<ColumnPreview>,
    /// What separates cells; empty if it is no table.
    pub delimiter: String,
    /// The sign in front of a fraction; empty if it is no table.
    pub decimal: String,
    /// The zone that times without one are read in; none if all times have theirs, or there are none.
    pub assumed_time_zone: Option<String>,
    /// The names of the first series that come out, and how many there are in this beginning.
    pub series: (Vec<String>, usize),
    /// What reading assumed and left out.
    pub notes: Vec<Note>,
    /// Why nothing comes out, if so.
    pub problem: Option<String>,
    /// What files of one tool have in common and other files have not: the same number for two files with the same format
    /// and the same columns.
    pub shape: u64,
}

/// Reads the beginning of a file, at most a few megabytes, and says how it is understood. A table of which nothing comes
/// out, and a text in no known format, have a preview, too, with the problem.
///
/// # Errors
/// If it is no text, or empty.
pub fn preview(source: &mut dyn Read, options: &Options) -> Result<Preview, Error> {
    let mut found = Err(Error::Empty);
    container::open(source, None, &mut |_, bytes, _| {
        found = Ok(of_one(bytes, options)?);
        // The first of an archive stands for all.
        Ok(ControlFlow::Break(()))
    })?;
    found
}

fn of_one(source: &mut dyn Read, options: &Options) -> Result<Preview, Error> {
    let text = Text::open(source, None)?;
    let head = Head::new(text.rest(), text.is_last(), options);
    let cut = |line: &str| vec![line.chars().take(SHOWN_CHARACTERS).collect()];
    let lines = || head.lines().take(SHOWN_LINES).map(cut).collect();
    let reader = match sniff::choose(&head) {
        Ok(reader) => reader,
        Err(error) => return Ok(Preview { rows: lines(), problem: Some(error.to_string()), ..Preview::default() }),
    };
    let mut preview = Preview {
        format: reader.format.name().to_owned(),
        label: reader.format.label().to_owned(),
        ..Preview::default()
    };
    if reader.is_table {
        table_preview::fill(&mut preview, &head, reader.format);
    } else {
        preview.rows = lines();
    }
    preview.shape = shape(reader.format, &preview.columns);
    Ok(preview)
}

/// FNV-1a of the format's name and the columns' names.
fn shape(format: Format, columns: &[ColumnPreview]) -> u64 {
    let names = columns.iter().map(|column| column.name.as_str());
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in [format.name()].into_iter().chain(names).flat_map(|name| name.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(text: &str, settings: &[&str]) -> Preview {
        let mut options = Options::default();
        for setting in settings {
            options.set(setting, |_| None).unwrap();
        }
        preview(&mut text.as_bytes(), &options).unwrap()
    }

    fn understood(preview: &Preview) -> Vec<Understood> {
        preview.columns.iter().map(|column| column.understood).collect()
    }

    #[test]
    fn columns_are_what_reading_makes_of_them() {
        use Understood::{Ignored, Label, Metric, Service, Time, Value};
        let rows: String = (0..12)
            .map(|i| format!("2023-11-17 10:{:02}:00,{},cart,{},a-{i}\n", i / 2, ["cpu", "mem"][i % 2], i * 3))
            .collect();
        let text = format!("when,metric,service,value,note\n{rows}");
        let preview = of(&text, &[]);
        assert_eq!(understood(&preview), [Time, Metric, Service, Value, Ignored]);
        assert_eq!(preview.assumed_time_zone.as_deref(), Some("UTC"));
        assert_eq!((preview.series.1, preview.header_rows, preview.delimiter.as_str()), (2, 1, ","));
        assert_eq!(preview.rows[1][0], "2023-11-17 10:00:00");
        assert!(preview.columns[4].detail.contains("another text"), "{:?}", preview.columns[4]);
        let told = of(&text, &["role.metric=ignore", "role.note=label"]);
        assert_eq!(understood(&told), [Time, Ignored, Service, Value, Label]);
        assert_eq!(preview.shape, told.shape, "settings do not change the shape");
    }

    #[test]
    fn a_table_without_time_has_a_preview_with_the_problem() {
        let preview = of("cpu,mem\n1.5,2\n2.5,3\n", &[]);
        assert!(preview.problem.as_deref().is_some_and(|problem| problem.contains("holds times")), "{preview:?}");
        assert_eq!(preview.columns.len(), 2);
        let told = of("cpu,mem\n1.5,2\n2.5,3\n", &["step=60000"]);
        assert_eq!((told.problem, told.series.1), (None, 2));
    }

    #[test]
    fn other_formats_show_their_first_lines() {
        let preview = of("{__name__=\"up\"} 1 1700000000000\n{__name__=\"up\"} 1 1700000015000\n", &[]);
        assert_eq!(preview.format, "promtool-dump");
        assert_eq!(preview.rows.len(), 2);
        assert!(preview.columns.is_empty());
        let prose = of("Dear all,\nplease find the numbers of last week attached to this letter.\n", &[]);
        assert_eq!((prose.rows.len(), prose.format.as_str()), (2, ""));
        assert!(prose.problem.is_some());
    }
}
