//! The one pass over all rows of a table.

use super::clock::Clock;
use super::head::{Content, Table};
use super::rows::{Cell, Rows};
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{self, EpochUnit, TimeStyle};
use crate::cell::unit::{self, Quantity, Scale};
use crate::error::{Error, excerpt};
use crate::notebook::{Notebook, plural};
use crate::text::Text;
use crate::{Options, Role};
use series::{BaseUnit, NoteKind};
use std::collections::HashMap;

/// A column of numbers.
#[derive(Clone, Debug)]
pub(crate) struct NumberColumn {
    /// Its position in the table.
    pub(crate) index: usize,
    pub(crate) name: String,
    /// One value per kept row; NaN where there is none.
    pub(crate) values: Vec<f64>,
    /// Cells that are neither numbers nor empty.
    pub(crate) unreadable: usize,
    /// Cells that held a value.
    pub(crate) filled: usize,
    /// The first unreadable cell, and its line.
    pub(crate) first_unreadable: Option<(u64, String)>,
    /// The unit that the cells or the header write, and its text.
    pub(crate) unit: Option<(Scale, String)>,
    /// Cells that were converted to the base unit.
    pub(crate) converted: usize,
    /// Cells that were words for yes and no.
    pub(crate) booleans: usize,
    /// Whether cells are durations as a stopwatch shows them.
    pub(crate) is_stopwatch: bool,
    /// Whether such words count as 1 and 0.
    is_boolean: bool,
    /// Whether the cells write units.
    is_quantity: bool,
    /// Whether values stay in the units that the cells write.
    keeps_unit: bool,
}

/// A column of words.
#[derive(Clone, Debug)]
pub(crate) struct WordColumn {
    /// Its position in the table.
    pub(crate) index: usize,
    pub(crate) name: String,
    /// One position in `words` per kept row.
    pub(crate) codes: Vec<u32>,
    /// The different words, in the order in which they came.
    pub(crate) words: Vec<String>,
    /// There are more different words than any label has; the rest was not read.
    pub(crate) overflows: bool,
    /// What the user says that it is.
    pub(crate) role: Option<Role>,
}

/// Words that differ more than this are no label.
const MOST_WORDS: usize = 20_000;

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
    fn push(&mut self, is_wall: bool, rows_before: usize) {
        match self {
            Self::Alike(all) if rows_before == 0 => *all = is_wall,
            Self::Alike(all) if *all == is_wall => {}
            Self::Alike(all) => {
                let mut each = vec![*all; rows_before];
                each.push(is_wall);
                *self = Self::Each(each);
            }
            Self::Each(each) => each.push(is_wall),
        }
    }

    /// The number of rows without a zone among so many rows.
    pub(crate) fn count(&self, rows: usize) -> usize {
        match self {
            Self::Alike(true) => rows,
            Self::Alike(false) => 0,
            Self::Each(each) => each.iter().filter(|is_wall| **is_wall).count(),
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
const MOST_COLUMNS: usize = 100_000;

impl Scan {
    /// Reads the columns that are wanted and not `skipped`.
    pub(crate) fn read(
        text: &mut Text<'_>,
        table: &Table,
        clock: Clock,
        skipped: &[usize],
        options: &Options,
        mut notes: Notebook,
    ) -> Result<Self, Error> {
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
                    numbers.push(NumberColumn {
                        is_stopwatch: true,
                        unit: Some((unit::SECOND, "s".to_owned())),
                        ..NumberColumn::new(index, name, false)
                    });
                }
                Content::Text => {
                    let role = options.role(&name);
                    words.push(Words::new(index, name, role));
                }
                content => {
                    let keeps_unit = options.keeps_units || options.unit(&name) == Some("written");
                    numbers.push(NumberColumn {
                        keeps_unit,
                        is_boolean: column.is_boolean,
                        ..NumberColumn::new(index, name, content == Content::Quantity)
                    });
                }
            }
        }
        let width = table.columns.len();
        let style = table.style.style;
        let mut times_ms: Vec<i64> = Vec::new();
        let mut wall_rows = WallRows::Alike(false);
        let mut row_numbers: Option<Vec<u32>> = None;
        let mut row_count = 0;
        let (mut untimed, mut narrow, mut wide, mut repeated) = (0, 0, 0, 0);
        let mut first_untimed: Option<(u64, String)> = None;
        let mut each_row = |cells: &[Cell<'_>], line: u64| {
            let row = row_count;
            row_count += 1;
            let time_ms = match clock {
                Clock::Step { step_ms } => Some(step_ms.saturating_mul(row as i64)),
                Clock::Column { index, style: time_style, time_of_day, .. } => {
                    let cell = cells.get(index).map(Cell::text).unwrap_or_default();
                    let mut stamp = read_time(&cell, time_style, style);
                    if let Some(of_day) = time_of_day {
                        let ms = cells.get(of_day).and_then(|cell| timestamp::parse_time_of_day(&cell.text()));
                        stamp = stamp.zip(ms).map(|(day, ms)| timestamp::Stamp { ms: day.ms + ms, ..day });
                    }
                    if stamp.is_none() {
                        if is_header_again(cells, table) {
                            repeated += 1;
                            row_count -= 1;
                            return;
                        }
                        first_untimed.get_or_insert_with(|| (line, excerpt(&cell, 40)));
                    }
                    stamp.map(|stamp| {
                        wall_rows.push(!stamp.zoned, times_ms.len());
                        stamp.ms
                    })
                }
            };
            let Some(time_ms) = time_ms else {
                untimed += 1;
                row_numbers.get_or_insert_with(|| (0..times_ms.len() as u32).collect());
                return;
            };
            grow(&mut times_ms);
            times_ms.push(time_ms);
            if let Some(row_numbers) = &mut row_numbers {
                row_numbers.push(row as u32);
            }
            // One cell more than columns, and empty, is a delimiter at the end of the line.
            narrow += usize::from(cells.len() < width);
            wide +=
                usize::from(cells.len() > width && cells.iter().skip(width).any(|cell| !cell.raw.trim().is_empty()));
            for column in &mut numbers {
                column.push(cells.get(column.index), style, line);
            }
            for column in &mut words {
                column.push(cells.get(column.column.index));
            }
        };
        text.consume(table.body);
        loop {
            let window = text.rest();
            let mut rows = Rows::new(window, table.delimiter, 0, text.line(), text.is_last());
            let mut cells: Vec<Cell<'_>> = Vec::with_capacity(width + 1);
            while rows.next(&mut cells) {
                each_row(&cells, rows.line());
            }
            let read = rows.offset();
            text.consume(read);
            if !text.more()? {
                break;
            }
        }
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

fn read_time(cell: &str, style: TimeStyle, numbers: NumberStyle) -> Option<timestamp::Stamp> {
    match style {
        TimeStyle::Calendar(_) => timestamp::parse(cell, style),
        TimeStyle::Epoch(unit) => match number::parse(cell, numbers) {
            Number::Value(count) if count.is_finite() => {
                Some(timestamp::Stamp { ms: unit.to_ms(count), zoned: true, has_clock: true })
            }
            _ => None,
        },
    }
}

fn is_header_again(cells: &[Cell<'_>], table: &Table) -> bool {
    table.headers.iter().any(|header| {
        header.len() == cells.len() && cells.iter().zip(header).all(|(cell, name)| cell.text().trim() == name.trim())
    })
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
                    NoteKind::Assumption,
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

impl NumberColumn {
    fn new(index: usize, name: String, is_quantity: bool) -> Self {
        Self {
            index,
            name,
            values: Vec::new(),
            unreadable: 0,
            filled: 0,
            first_unreadable: None,
            unit: None,
            converted: 0,
            booleans: 0,
            is_stopwatch: false,
            is_boolean: false,
            is_quantity,
            keeps_unit: false,
        }
    }

    /// Brings the values of a column to the base unit: of the unit that the user names, or else of the one that the header
    /// names (`Latency (ms)`).
    pub(crate) fn apply_unit(&mut self, options: &Options) {
        let told = options.unit(&self.name).filter(|told| *told != "written");
        if self.unit.is_some() && told.is_none() {
            return;
        }
        let Some(written) = told.or_else(|| unit::in_brackets(&self.name)) else { return };
        let Some(scale) = unit::scale(written) else { return };
        if self.keeps_unit && told.is_none() {
            self.unit = Some((unit::ONE, written.to_owned()));
            return;
        }
        if !scale.is_base() {
            self.converted = self.filled;
            for value in &mut self.values {
                *value = scale.to_base(*value);
            }
        }
        self.unit = Some((scale, written.to_owned()));
    }

    /// Reads a cell with a unit. None if it has another base than the cells before. Among plain numbers only multiples
    /// are understood (`999`, then `1.02 K`).
    fn quantity(&mut self, text: &str, style: NumberStyle) -> Option<f64> {
        let quantity = Quantity::parse(text, style)?;
        if !self.is_quantity {
            let scale = unit::scale(quantity.unit)?;
            let is_multiple = scale.base == BaseUnit::None && !scale.per_second && !scale.is_base();
            return is_multiple.then(|| scale.to_base(quantity.number));
        }
        if self.keeps_unit {
            self.unit.get_or_insert_with(|| (unit::ONE, quantity.unit.to_owned()));
            return Some(quantity.number);
        }
        let scale = match &self.unit {
            Some((scale, written)) if written == quantity.unit => *scale,
            _ => quantity.scale()?,
        };
        let (first, _) = self.unit.get_or_insert_with(|| (scale, quantity.unit.to_owned()));
        if (first.base, first.per_second) != (scale.base, scale.per_second) {
            return None;
        }
        self.converted += usize::from(!scale.is_base());
        Some(scale.to_base(quantity.number))
    }

    fn push(&mut self, cell: Option<&Cell<'_>>, style: NumberStyle, line: u64) {
        grow(&mut self.values);
        let Some(cell) = cell else {
            self.values.push(f64::NAN);
            return;
        };
        let mut read = if cell.escape.is_some() { Number::Unreadable } else { number::parse(cell.raw, style) };
        if read == Number::Unreadable {
            read = self.quantity(&cell.text(), style).map_or(Number::Unreadable, Number::Value);
        }
        if read == Number::Unreadable
            && self.is_stopwatch
            && let Some(value) = unit::stopwatch(&cell.text())
        {
            read = Number::Value(value);
        }
        if read == Number::Unreadable
            && self.is_boolean
            && let Some((_, value)) = number::truth(&cell.text())
        {
            self.booleans += 1;
            read = Number::Value(value);
        }
        self.values.push(match read {
            Number::Value(value) => {
                self.filled += 1;
                value
            }
            Number::Missing => f64::NAN,
            Number::Unreadable => {
                self.unreadable += 1;
                self.first_unreadable.get_or_insert_with(|| (line, excerpt(&cell.text(), 40)));
                f64::NAN
            }
        });
    }
}

/// Makes room for one more. A quarter at a time: doubling would hold twice the memory of a large file.
fn grow<T>(values: &mut Vec<T>) {
    if values.len() == values.capacity() {
        values.reserve_exact((values.len() / 4).max(1024));
    }
}

/// A column of words while it is read.
struct Words {
    column: WordColumn,
    codes_by_word: HashMap<String, u32>,
}

impl Words {
    fn new(index: usize, name: String, role: Option<Role>) -> Self {
        let column = WordColumn { index, name, codes: Vec::new(), words: Vec::new(), overflows: false, role };
        Self { column, codes_by_word: HashMap::new() }
    }

    fn push(&mut self, cell: Option<&Cell<'_>>) {
        if self.column.overflows {
            return;
        }
        let word = cell.map(Cell::text).unwrap_or_default();
        // Rows often come in blocks of one series.
        let last = self.column.codes.last().copied();
        if let Some(code) = last.filter(|&code| self.column.words.get(code as usize).is_some_and(|last| *last == word))
        {
            self.column.codes.push(code);
            return;
        }
        let code = match self.codes_by_word.get(word.as_ref()) {
            Some(&code) => code,
            None => {
                let code = self.column.words.len() as u32;
                if self.column.words.len() >= MOST_WORDS {
                    self.column.overflows = true;
                    self.column.codes = Vec::new();
                    return;
                }
                self.codes_by_word.insert(word.clone().into_owned(), code);
                self.column.words.push(word.into_owned());
                code
            }
        };
        self.column.codes.push(code);
    }
}
