//! The one pass over all rows of a table.

use super::clock::Clock;
use super::columns::{NumberColumn, Words};
use super::head::Table;
use super::room::Room;
use super::rows::{Cell, Rows};
use super::scan::WallRows;
use super::times::Times;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{self, TimeStyle};
use crate::error::excerpt;
use crate::text::Text;
use cells::Stretch;
use std::borrow::Cow;

/// The pass over a text, and what it has found so far.
pub(super) struct Pass<'t> {
    pub(super) table: &'t Table,
    pub(super) clock: Clock,
    pub(super) style: NumberStyle,
    pub(super) times: Times,
    pub(super) times_ms: Vec<i64>,
    pub(super) wall_rows: WallRows,
    pub(super) row_numbers: Option<Vec<u32>>,
    pub(super) row_count: usize,
    pub(super) untimed: usize,
    /// The line and the cell of the first row without a time.
    pub(super) first_untimed: Option<(u64, String)>,
    /// Rows that repeat the header, and rows with fewer and with more cells than it.
    pub(super) repeated: usize,
    pub(super) narrow: usize,
    pub(super) wide: usize,
    pub(super) numbers: Vec<NumberColumn>,
    pub(super) words: Vec<Words>,
    room: Room,
    /// Where the rows begin in the text.
    body: u64,
    stretch: Stretch,
}

impl<'t> Pass<'t> {
    pub(super) fn new(table: &'t Table, clock: Clock, numbers: Vec<NumberColumn>, words: Vec<Words>) -> Self {
        Self {
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
            room: Room::default(),
            body: 0,
            stretch: Stretch::new(table.columns.len()),
        }
    }

    /// Goes to the first row. [`Self::window`] reads on from there.
    pub(super) fn start(&mut self, text: &mut Text<'_>) {
        text.consume(self.table.body);
        self.body = text.position();
        let first = text.rest();
        self.room.expect(cells::line_ends(first.as_bytes()), first.len() as u64, self.length(text));
    }

    /// How long the rows are in all, where that is known.
    fn length(&self, text: &Text<'_>) -> Option<u64> {
        text.length().map(|length| length.saturating_sub(self.body))
    }

    /// Reads the rows that the text's window holds whole: ordinary ones by the stretch, others one by one.
    pub(super) fn window(&mut self, text: &mut Text<'_>) {
        let delimiter = self.table.delimiter;
        let window = text.rest();
        let mut stretch = std::mem::take(&mut self.stretch);
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
        let (read, line) = (rows.offset(), rows.next_line());
        self.stretch = stretch;
        text.consume_lines(read, line);
        self.room.expect(self.row_count, text.position() - self.body, self.length(text));
    }

    /// Reads ordinary rows, of which the first is in line `line`, column by column.
    #[inline(never)]
    fn stretch(&mut self, window: &str, stretch: &Stretch, line: u64) {
        let mut from = 0;
        while from < stretch.rows() {
            let to = self.stretch_times(window, stretch, from);
            for column in &mut self.numbers {
                column.extend(window, stretch, from..to, self.style, line, self.room);
            }
            for column in &mut self.words {
                column.extend(window, stretch, from..to, self.room);
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
            column.push(cells.get(column.index), self.style, line, self.room);
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
        self.room.make(&mut self.times_ms, times_ms.len());
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
