//! The one pass over all rows of a table.

use super::clock::Clock;
use super::head::{Content, Table};
use super::rows::Cell;
use crate::Options;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{self, EpochUnit, TimeStyle};
use crate::cell::unit::{self, Quantity, Scale};
use crate::error::{Error, excerpt};
use crate::notebook::{Notebook, plural};
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
    /// Whether the cells write units.
    is_quantity: bool,
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
}

/// Words that differ more than this are no label.
const MOST_WORDS: usize = 20_000;

/// All rows, column by column.
#[derive(Clone, Debug)]
pub(crate) struct Scan {
    /// One time per kept row, in milliseconds since 1970-01-01 UTC.
    pub(crate) times_ms: Vec<i64>,
    /// The data row of each kept row, where rows had to be left out.
    pub(crate) row_numbers: Option<Vec<u32>>,
    /// All data rows, with those left out.
    pub(crate) row_count: usize,
    pub(crate) numbers: Vec<NumberColumn>,
    pub(crate) words: Vec<WordColumn>,
    /// The zone that times without one were read in.
    pub(crate) assumed_time_zone: Option<String>,
}

impl Scan {
    /// Reads the columns that are wanted and not `skipped`.
    pub(crate) fn read(
        table: &Table<'_>,
        clock: Clock,
        skipped: &[usize],
        options: &Options,
        notes: &mut Notebook,
    ) -> Result<Self, Error> {
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
                Content::Text => words.push(Words::new(index, name)),
                content => numbers.push(NumberColumn::new(index, name, content == Content::Quantity)),
            }
        }
        let width = table.columns.len();
        let style = table.style.style;
        let mut times_ms = Vec::new();
        let mut row_numbers: Vec<u32> = Vec::new();
        let mut row_count = 0;
        let (mut zoneless, mut untimed, mut narrow, mut wide, mut repeated) = (0, 0, 0, 0, 0);
        let mut first_untimed: Option<(u64, String)> = None;
        let mut rows = table.rows();
        let mut cells: Vec<Cell<'_>> = Vec::with_capacity(width + 1);
        while rows.next(&mut cells) {
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
                        if is_header_again(&cells, table) {
                            repeated += 1;
                            row_count -= 1;
                            continue;
                        }
                        first_untimed.get_or_insert_with(|| (rows.line(), excerpt(&cell, 40)));
                    }
                    stamp.map(|stamp| {
                        zoneless += usize::from(!stamp.zoned);
                        stamp.instant_ms(&options.time_zone)
                    })
                }
            };
            let Some(time_ms) = time_ms else {
                untimed += 1;
                continue;
            };
            times_ms.push(time_ms);
            row_numbers.push(row as u32);
            // One cell more than columns, and empty, is a delimiter at the end of the line.
            narrow += usize::from(cells.len() < width);
            wide +=
                usize::from(cells.len() > width && cells.iter().skip(width).any(|cell| !cell.raw.trim().is_empty()));
            for column in &mut numbers {
                column.push(cells.get(column.index), style, rows.line());
            }
            for column in &mut words {
                column.push(cells.get(column.column.index));
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
        let assumed_time_zone = (zoneless > 0).then(|| options.time_zone.to_string());
        if let Some(zone) = &assumed_time_zone {
            notes.add(
                NoteKind::Assumption,
                zoneless,
                format!("The times carry no zone; they were read as {zone}. Another zone can be named"),
            );
        }
        note_epoch(table, clock, times_ms.len(), notes);
        for column in &mut numbers {
            column.apply_header_unit();
        }
        let all_kept = row_numbers.len() == row_count;
        Ok(Self {
            times_ms,
            row_numbers: (!all_kept).then_some(row_numbers),
            row_count,
            numbers,
            words: words.into_iter().map(|words| words.column).collect(),
            assumed_time_zone,
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

fn is_header_again(cells: &[Cell<'_>], table: &Table<'_>) -> bool {
    table.headers.iter().any(|header| {
        header.len() == cells.len() && cells.iter().zip(header).all(|(cell, name)| cell.text().trim() == name.trim())
    })
}

fn note_epoch(table: &Table<'_>, clock: Clock, count: usize, notes: &mut Notebook) {
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
            let order = match order {
                timestamp::DateOrder::DayFirst => "day before month",
                _ => "month before day",
            };
            notes.add_about(
                &column.name,
                NoteKind::Assumption,
                count,
                format!("Day and month could be exchanged in every date; they were read with the {order}"),
            );
        }
        Clock::Step { step_ms } => notes.add(
            NoteKind::Assumption,
            count,
            format!("The rows have no times; they were placed {step_ms} ms apart from 1970-01-01 UTC on, as asked"),
        ),
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
            is_quantity,
        }
    }

    /// Brings the values of a column whose header names a unit (`Latency (ms)`) to the base unit.
    fn apply_header_unit(&mut self) {
        if self.unit.is_some() {
            return;
        }
        let Some(written) = unit::in_brackets(&self.name) else { return };
        let Some(scale) = unit::scale(written) else { return };
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
        let Some(cell) = cell else {
            self.values.push(f64::NAN);
            return;
        };
        let mut read = if cell.escape.is_some() { Number::Unreadable } else { number::parse(cell.raw, style) };
        if read == Number::Unreadable {
            read = self.quantity(&cell.text(), style).map_or(Number::Unreadable, Number::Value);
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

/// A column of words while it is read.
struct Words {
    column: WordColumn,
    codes_by_word: HashMap<String, u32>,
}

impl Words {
    fn new(index: usize, name: String) -> Self {
        let column = WordColumn { index, name, codes: Vec::new(), words: Vec::new(), overflows: false };
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
