//! All rows of a table, column by column.

use super::clock::Clock;
use super::columns::{NumberColumn, WordColumn, Words};
use super::head::{Content, Table};
use super::pass::Pass;
use crate::Options;
use crate::cell::timestamp::{self, EpochUnit, TimeStyle};
use crate::cell::unit;
use crate::error::Error;
use crate::notebook::{Notebook, plural};
use series::NoteKind;

/// All rows, column by column.
#[derive(Clone, Debug)]
pub(crate) struct Scan {
    /// One time per kept row, in milliseconds since 1970-01-01: UTC, or the wall clock's where `wall_rows` says so.
    pub(crate) times_ms: Vec<i64>,
    /// Which rows have a time without a zone.
    pub(crate) wall_rows: WallRows,
    /// The data row of each kept row, where rows had to be left out.
    pub(crate) row_numbers: Option<Vec<u32>>,
    /// All data rows, with those left out.
    pub(crate) row_count: usize,
    pub(crate) numbers: Vec<NumberColumn>,
    pub(crate) words: Vec<WordColumn>,
    /// What was noticed on the way.
    pub(crate) notes: Notebook,
}

/// Which rows have a time without a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WallRows {
    /// All, or none.
    Alike(bool),
    /// Some.
    Each(Vec<bool>),
}

impl WallRows {
    pub(super) fn push(&mut self, is_wall: bool, count: usize, rows_before: usize) {
        match self {
            Self::Alike(all) if rows_before == 0 && count > 0 => *all = is_wall,
            Self::Alike(all) if *all == is_wall || count == 0 => {}
            Self::Alike(all) => {
                let mut each = vec![*all; rows_before];
                each.resize(rows_before + count, is_wall);
                *self = Self::Each(each);
            }
            Self::Each(each) => each.resize(each.len() + count, is_wall),
        }
    }

    /// Whether a row has none.
    pub(crate) fn at(&self, row: usize) -> bool {
        match self {
            Self::Alike(all) => *all,
            Self::Each(each) => each.get(row).copied().unwrap_or(false),
        }
    }
}

/// Columns beyond this are refused.
pub(crate) const MOST_COLUMNS: usize = 100_000;

impl Scan {
    /// Begins to read the columns that are wanted and not `skipped`.
    pub(super) fn begin<'t>(
        table: &'t Table,
        clock: Clock,
        skipped: &[usize],
        options: &Options,
    ) -> Result<Pass<'t>, Error> {
        if table.columns.len() > MOST_COLUMNS {
            return Err(Error::TooLarge {
                what: "columns".to_owned(),
                limit: MOST_COLUMNS as u64,
                remedy: "Export a long table (time, series, value), or fewer series.".to_owned(),
            });
        }
        let time_columns = match clock {
            Clock::Column { index, time_of_day, .. } => [Some(index), time_of_day],
            Clock::Step { .. } => [None, None],
        };
        let mut numbers = Vec::new();
        let mut words = Vec::new();
        for (index, column) in table.columns.iter().enumerate() {
            if time_columns.contains(&Some(index)) || skipped.contains(&index) {
                continue;
            }
            let name = column.name.clone();
            match column.content {
                // A time of day beside a time of its own is a duration.
                Content::Text if column.is_stopwatch && options.role(&name).is_none() => {
                    let mut duration = NumberColumn::new(index, name, false, table.style.style);
                    duration.is_stopwatch = true;
                    duration.unit = Some((unit::SECOND, "s".to_owned()));
                    numbers.push(duration);
                }
                Content::Text => {
                    let role = options.role(&name);
                    words.push(Words::new(index, name, role));
                }
                content => {
                    let keeps_unit = options.keeps_units || options.unit(&name) == Some("written");
                    let mut numeric = NumberColumn::new(index, name, content == Content::Quantity, table.style.style);
                    numeric.keeps_unit = keeps_unit;
                    numeric.is_boolean = column.is_boolean;
                    numbers.push(numeric);
                }
            }
        }
        Ok(Pass::new(table, clock, numbers, words))
    }

    /// What a pass over all rows has found.
    pub(super) fn end(pass: Pass<'_>, mut notes: Notebook) -> Result<Self, Error> {
        let Pass { table, clock, times_ms, wall_rows, row_numbers, row_count, numbers, words, .. } = pass;
        let Pass { untimed, first_untimed, repeated, narrow, wide, .. } = pass;
        if times_ms.is_empty() {
            return Err(match (clock, first_untimed) {
                (Clock::Column { index, .. }, Some((line, found))) => Error::Cell {
                    line,
                    column: table.columns.get(index).map(|column| column.name.clone()).unwrap_or_default(),
                    expected: "a time".to_owned(),
                    found,
                    remedy: "Name the column that holds the time.".to_owned(),
                },
                _ => Error::NoNumbers {
                    seen: "the table has a header and no rows under it".to_owned(),
                    remedy: "Export a range of time in which there are samples.".to_owned(),
                },
            });
        }
        if let Some((line, found)) = first_untimed {
            let rows = plural(untimed, "row has no readable time and was", "rows have no readable time and were");
            notes.add(NoteKind::Dropped, untimed, format!("{rows} left out (first in line {line}: {found:?})"));
        }
        notes.add(
            NoteKind::Dropped,
            repeated,
            format!("The header is repeated in {}; skipped", plural(repeated, "further row", "further rows")),
        );
        notes.add(
            NoteKind::Irregular,
            narrow,
            format!(
                "{} fewer cells than the header; what is not there counts as missing",
                plural(narrow, "row has", "rows have")
            ),
        );
        notes.add(
            NoteKind::Dropped,
            wide,
            format!("{} more cells than the header; the surplus was left out", plural(wide, "row has", "rows have")),
        );
        note_times(table, clock, times_ms.len(), &mut notes);
        Ok(Self {
            times_ms,
            wall_rows,
            row_numbers,
            row_count,
            numbers,
            words: words.into_iter().map(|words| words.column).collect(),
            notes,
        })
    }

    /// The data row of a kept row.
    pub(crate) fn row_number(&self, kept: usize) -> u32 {
        self.row_numbers.as_ref().and_then(|numbers| numbers.get(kept)).copied().unwrap_or(kept as u32)
    }
}

fn note_times(table: &Table, clock: Clock, count: usize, notes: &mut Notebook) {
    match clock {
        Clock::Column { index, style: TimeStyle::Epoch(unit), is_relative, .. } => {
            let Some(column) = table.columns.get(index) else { return };
            if is_relative {
                notes.add_about(
                    &column.name,
                    NoteKind::Assumption,
                    count,
                    format!(
                        "The times are too small for dates; they were read as {} from the start, put at 1970-01-01 UTC",
                        unit.words()
                    ),
                );
            } else if unit != EpochUnit::Seconds || table.headers.is_empty() {
                notes.add_about(
                    &column.name,
                    NoteKind::Assumption,
                    count,
                    format!("Read as the time, in {} since 1970-01-01 UTC by its size", unit.words()),
                );
            }
        }
        Clock::Column { index, style: TimeStyle::Calendar(order), .. } => {
            let Some(column) = table.columns.get(index).filter(|column| column.order_is_ambiguous) else { return };
            let (words, other) = match order {
                timestamp::DateOrder::DayFirst => ("day before month", "dates=month-first"),
                _ => ("month before day", "dates=day-first"),
            };
            notes
                .add_about(
                    &column.name,
                    NoteKind::Ambiguous,
                    count,
                    format!("Day and month could be exchanged in every date; they were read with the {words}"),
                )
                .undone_by(other);
        }
        Clock::Step { step_ms } => {
            let message =
                format!("The rows have no times; they were placed {step_ms} ms apart from 1970-01-01 UTC on, as asked");
            notes.add(NoteKind::Assumption, count, message);
        }
    }
}
