//! The one pass over all rows of a table.

use super::clock::Clock;
use super::head::{Content, Table};
use super::rows::{Cell, Rows};
use super::times::Times;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{self, EpochUnit, TimeStyle};
use crate::cell::unit::{self, Quantity, Scale};
use crate::error::{Error, excerpt};
use crate::notebook::{Notebook, plural};
use crate::text::Text;
use crate::{Options, Role};
use cells::{Digits, Stretch, Turns};
use series::{BaseUnit, NoteKind};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

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
    /// Reads the usual cells.
    digits: Digits,
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
pub(super) const MOST_WORDS: usize = 20_000;

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
    fn push(&mut self, is_wall: bool, count: usize, rows_before: usize) {
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
                        ..NumberColumn::new(index, name, false, table.style.style)
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
                        ..NumberColumn::new(index, name, content == Content::Quantity, table.style.style)
                    });
                }
            }
        }
        let mut pass = Pass {
            table,
            clock,
            style: table.style.style,
            times: Times::new(table.style.style),
            times_ms: Vec::new(),
            wall_rows: WallRows::Alike(false),
            row_numbers: None,
            row_count: 0,
            untimed: 0,
            first_untimed: None,
            repeated: 0,
            narrow: 0,
            wide: 0,
            numbers,
            words,
        };
        pass.text(text)?;
        let Pass { times_ms, wall_rows, row_numbers, row_count, numbers, words, .. } = pass;
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

/// The pass over a text, and what it has found so far.
struct Pass<'t> {
    table: &'t Table,
    clock: Clock,
    style: NumberStyle,
    times: Times,
    times_ms: Vec<i64>,
    wall_rows: WallRows,
    row_numbers: Option<Vec<u32>>,
    row_count: usize,
    untimed: usize,
    /// The line and the cell of the first row without a time.
    first_untimed: Option<(u64, String)>,
    /// Rows that repeat the header, and rows with fewer and with more cells than it.
    repeated: usize,
    narrow: usize,
    wide: usize,
    numbers: Vec<NumberColumn>,
    words: Vec<Words>,
}

impl Pass<'_> {
    /// Reads all rows: ordinary ones by the stretch, others one by one.
    fn text(&mut self, text: &mut Text<'_>) -> Result<(), Error> {
        let delimiter = self.table.delimiter;
        let mut stretch = Stretch::new(self.table.columns.len());
        text.consume(self.table.body);
        loop {
            let window = text.rest();
            let mut rows = Rows::new(window, delimiter, 0, text.line(), text.is_last());
            let mut cells: Vec<Cell<'_>> = Vec::with_capacity(self.table.columns.len() + 1);
            loop {
                stretch.find(window.as_bytes(), rows.offset(), delimiter);
                if stretch.rows() > 0 {
                    self.stretch(window, &stretch, rows.next_line());
                    rows.skip(stretch.end(), stretch.rows() as u64);
                } else if rows.next(&mut cells) {
                    self.row(&cells, rows.line());
                } else {
                    break;
                }
            }
            let read = rows.offset();
            text.consume(read);
            if !text.more()? {
                return Ok(());
            }
        }
    }

    /// Reads ordinary rows, of which the first is in line `line`, column by column.
    #[inline(never)]
    fn stretch(&mut self, window: &str, stretch: &Stretch, line: u64) {
        let mut from = 0;
        while from < stretch.rows() {
            let to = self.stretch_times(window, stretch, from);
            for column in &mut self.numbers {
                column.extend(window, stretch, from..to, self.style, line);
            }
            for column in &mut self.words {
                column.extend(window, stretch, from..to);
            }
            if to < stretch.rows() {
                let raw = |column| {
                    let (start, end) = stretch.cells(window.as_bytes(), column, to..to + 1).next()?;
                    Some(Cell::plain(window.get(start..end)?))
                };
                let cells: Vec<Cell<'_>> = (0..self.table.columns.len()).filter_map(raw).collect();
                self.row(&cells, line + to as u64);
            }
            from = to + 1;
        }
    }

    /// Reads the times of rows, up to the first one without; returns which one that is.
    #[inline(never)]
    fn stretch_times(&mut self, window: &str, stretch: &Stretch, from: usize) -> usize {
        let mut row = from;
        while row < stretch.rows() {
            if let Clock::Column { index, style, time_of_day: None, .. } = self.clock {
                row += self.tell_times(window, stretch, index, style, row);
            }
            if row < stretch.rows() {
                let Some((time_ms, is_wall)) = self.stretch_time(window, stretch, row) else { break };
                self.keep(&[time_ms], is_wall);
                row += 1;
            }
        }
        row
    }

    /// Reads the times of rows as far as that goes without looking at single ones; returns of how many.
    fn tell_times(&mut self, window: &str, stretch: &Stretch, index: usize, style: TimeStyle, from: usize) -> usize {
        let rows = from..stretch.rows();
        let (told, is_wall) = match style {
            TimeStyle::Epoch(unit) => (self.times.counted(window, stretch, index, rows, unit), false),
            TimeStyle::Calendar(_) => self.times.told(window, stretch, index, rows),
        };
        let count = told.len();
        self.keep(&told, is_wall);
        self.times.reuse(told);
        count
    }

    /// The time of one row of a stretch, and whether it is the wall clock's.
    fn stretch_time(&mut self, window: &str, stretch: &Stretch, row: usize) -> Option<(i64, bool)> {
        let Clock::Column { index, style, time_of_day, .. } = self.clock else { return self.time(&[]) };
        let cell = |column| stretch.cells(window.as_bytes(), column, row..row + 1).next();
        let (start, end) = cell(index)?;
        let mut stamp = self.times.read(window, start, end, style)?;
        if let Some(of_day) = time_of_day {
            let (start, end) = cell(of_day)?;
            stamp = at_time_of_day(stamp, window.get(start..end)?.trim())?;
        }
        Some((stamp.ms, !stamp.zoned))
    }

    /// Reads one row.
    #[inline(never)]
    fn row(&mut self, cells: &[Cell<'_>], line: u64) {
        let Some((time_ms, is_wall)) = self.time(cells) else {
            if is_header_again(cells, self.table) {
                self.repeated += 1;
                return;
            }
            let cell = match self.clock {
                Clock::Column { index, .. } => cells.get(index).map(Cell::text).unwrap_or_default(),
                Clock::Step { .. } => Cow::Borrowed(""),
            };
            self.first_untimed.get_or_insert_with(|| (line, excerpt(&cell, 40)));
            self.untimed += 1;
            self.row_count += 1;
            self.row_numbers.get_or_insert_with(|| (0..self.times_ms.len() as u32).collect());
            return;
        };
        self.keep(&[time_ms], is_wall);
        // One cell more than columns, and empty, is a delimiter at the end of the line.
        let width = self.table.columns.len();
        self.narrow += usize::from(cells.len() < width);
        self.wide +=
            usize::from(cells.len() > width && cells.iter().skip(width).any(|cell| !cell.raw.trim().is_empty()));
        for column in &mut self.numbers {
            column.push(cells.get(column.index), self.style, line);
        }
        for column in &mut self.words {
            column.push(cells.get(column.column.index));
        }
    }

    /// The time of a row, and whether it is the wall clock's.
    fn time(&self, cells: &[Cell<'_>]) -> Option<(i64, bool)> {
        match self.clock {
            Clock::Step { step_ms } => Some((step_ms.saturating_mul(self.row_count as i64), self.wall_rows.at(0))),
            Clock::Column { index, style, time_of_day, .. } => {
                let cell = cells.get(index).map(Cell::text).unwrap_or_default();
                let mut stamp = read_time(&cell, style, self.style)?;
                if let Some(of_day) = time_of_day {
                    stamp = at_time_of_day(stamp, &cells.get(of_day)?.text())?;
                }
                Some((stamp.ms, !stamp.zoned))
            }
        }
    }

    /// Notes rows that have these times.
    fn keep(&mut self, times_ms: &[i64], is_wall: bool) {
        self.wall_rows.push(is_wall, times_ms.len(), self.times_ms.len());
        grow(&mut self.times_ms, times_ms.len());
        self.times_ms.extend_from_slice(times_ms);
        if let Some(row_numbers) = &mut self.row_numbers {
            row_numbers.extend((self.row_count as u32..).take(times_ms.len()));
        }
        self.row_count += times_ms.len();
    }
}

fn at_time_of_day(day: timestamp::Stamp, cell: &str) -> Option<timestamp::Stamp> {
    timestamp::parse_time_of_day(cell).map(|ms| timestamp::Stamp { ms: day.ms + ms, ..day })
}

pub(super) fn read_time(cell: &str, style: TimeStyle, numbers: NumberStyle) -> Option<timestamp::Stamp> {
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

impl NumberColumn {
    fn new(index: usize, name: String, is_quantity: bool, style: NumberStyle) -> Self {
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
            digits: Digits::new(style.decimal),
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

    /// Reads the cells of ordinary rows, of which row 0 is in line `line`.
    fn extend(&mut self, window: &str, stretch: &Stretch, rows: Range<usize>, style: NumberStyle, line: u64) {
        let bytes = window.as_bytes();
        let before = self.values.len();
        grow(&mut self.values, rows.len());
        self.values.resize(before + rows.len(), f64::NAN);
        let mut others = Vec::new();
        let values = self.values.get_mut(before..).unwrap_or_default();
        self.filled += stretch.numbers(bytes, self.index, rows.clone(), &mut self.digits, values, &mut others);
        for row in others {
            let Some((start, end)) = stretch.cells(bytes, self.index, row..row + 1).next() else { continue };
            let value = window.get(start..end).map(|raw| self.value(&Cell::plain(raw), style, line + row as u64));
            if let (Some(place), Some(value)) = (self.values.get_mut(before + row - rows.start), value) {
                *place = value;
            }
        }
    }

    fn push(&mut self, cell: Option<&Cell<'_>>, style: NumberStyle, line: u64) {
        grow(&mut self.values, 1);
        let value = cell.map_or(f64::NAN, |cell| self.value(cell, style, line));
        self.values.push(value);
    }

    /// What a cell says; NaN if it says nothing or cannot be read.
    fn value(&mut self, cell: &Cell<'_>, style: NumberStyle, line: u64) -> f64 {
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
        match read {
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
        }
    }
}

/// Makes room for some more. A quarter at a time where there are many: doubling would hold twice the memory of a large
/// file.
fn grow<T>(values: &mut Vec<T>, more: usize) {
    if values.capacity() - values.len() < more {
        let share = if values.len() < MANY { values.len() / 2 } else { values.len() / 4 };
        values.reserve_exact(share.max(1024).max(more));
    }
}

/// So many values of one column are many.
const MANY: usize = 1 << 16;

/// A column of words while it is read.
struct Words {
    column: WordColumn,
    codes_by_word: HashMap<String, u32>,
    turns: Turns,
}

impl Words {
    fn new(index: usize, name: String, role: Option<Role>) -> Self {
        let column = WordColumn { index, name, codes: Vec::new(), words: Vec::new(), overflows: false, role };
        Self { column, codes_by_word: HashMap::new(), turns: Turns::default() }
    }

    /// Reads the cells of ordinary rows.
    fn extend(&mut self, window: &str, stretch: &Stretch, rows: Range<usize>) {
        let (bytes, index) = (window.as_bytes(), self.column.index);
        let mut row = rows.start;
        while row < rows.end && !self.column.overflows {
            let codes = &mut self.column.codes;
            grow(codes, rows.end - row);
            let before = codes.len();
            self.turns.guess_all(bytes, stretch, index, row..rows.end, &self.column.words, codes);
            row += codes.len() - before;
            if row < rows.end {
                let cell = stretch.cells(bytes, index, row..row + 1).next();
                let cell = cell.and_then(|(start, end)| window.get(start..end)).map(Cell::plain);
                self.push(cell.as_ref());
                row += 1;
            }
        }
    }

    fn push(&mut self, cell: Option<&Cell<'_>>) {
        if self.column.overflows {
            return;
        }
        let word = cell.map(Cell::text).unwrap_or_default();
        let guess = self.turns.guess(word.as_bytes(), &self.column.words);
        let code = match guess.or_else(|| self.codes_by_word.get(word.as_ref()).copied()) {
            Some(code) => code,
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
        self.turns.add(code);
        self.column.codes.push(code);
    }
}
