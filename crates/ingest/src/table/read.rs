//! From a table to a data set.

use super::clock::{self, Clock};
use super::scan::Scan;
use super::{Table, wide};
use crate::error::{Error, list};
use crate::input::Input;
use crate::notebook::Notebook;
use crate::{Format, Options};
use series::{Dataset, NoteKind, Origin};

/// Reads a table in which each column of numbers is a series.
pub(crate) fn read(input: &Input<'_>, options: &Options, format: Format) -> Result<Dataset, Error> {
    let table = input.table().ok_or(Error::Empty)?;
    let mut notes = Notebook::default();
    let clock = Clock::find(table, options)?;
    let mut skipped = Vec::new();
    for (index, column) in table.columns.iter().enumerate() {
        let is_clock = matches!(clock, Clock::Column { index: chosen, .. } if chosen == index);
        if is_clock {
            continue;
        }
        if !options.wants(&column.name) {
            skipped.push(index);
        } else if clock::is_another_clock(column) && matches!(clock, Clock::Column { .. }) {
            skipped.push(index);
            notes.add_about(&column.name, NoteKind::Dropped, 1, "A second column of times; left out");
        }
    }
    let mut scan = Scan::read(table, clock, &skipped, options, &mut notes)?;
    drop_words(&mut scan, &mut notes);
    drop_unreadable(&mut scan, &mut notes);
    if scan.numbers.is_empty() {
        return Err(Error::NoNumbers {
            seen: format!("the columns are {}", list(table.names())),
            remedy: "Export the table with its measured values.".to_owned(),
        });
    }
    let series = wide::assemble(&mut scan, &mut notes);
    let origin = Origin {
        name: input.name.to_owned(),
        format: format.label().to_owned(),
        assumed_time_zone: scan.assumed_time_zone,
    };
    Ok(Dataset {
        origins: vec![origin],
        series,
        events: Vec::new(),
        notes: notes.into_notes(),
        row_count: scan.row_count,
    })
}

fn drop_words(scan: &mut Scan, notes: &mut Notebook) {
    for column in std::mem::take(&mut scan.words) {
        notes.add_about(&column.name, NoteKind::Dropped, 1, "The column holds text and was left out");
    }
}

fn drop_unreadable(scan: &mut Scan, notes: &mut Notebook) {
    scan.numbers.retain(|column| {
        if let Some((line, found)) = &column.first_unreadable {
            notes.add_about(
                &column.name,
                NoteKind::Unreadable,
                column.unreadable,
                format!(
                    "{} cells are no numbers and count as missing (first in line {line}: {found:?})",
                    column.unreadable
                ),
            );
        }
        if column.filled == 0 {
            notes.add_about(&column.name, NoteKind::Dropped, 1, "The column has no value and was left out");
        }
        column.filled > 0
    });
}
