//! The columns of a table while its rows are read, and after.

use super::room::Room;
use super::rows::Cell;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::unit::{self, Quantity, Scale};
use crate::error::excerpt;
use crate::{Options, Role};
use cells::{Digits, Stretch, Turns};
use series::BaseUnit;
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
    pub(super) is_boolean: bool,
    /// Whether the cells write units.
    is_quantity: bool,
    /// Whether values stay in the units that the cells write.
    pub(super) keeps_unit: bool,
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
    pub(crate) codes: Vec<u16>,
    /// The different words, in the order in which they came.
    pub(crate) words: Vec<String>,
    /// There are more different words than any label has; the rest was not read.
    pub(crate) overflows: bool,
    /// What the user says that it is.
    pub(crate) role: Option<Role>,
}

/// Words that differ more than this are no label. Codes have 16 bits.
pub(super) const MOST_WORDS: usize = 20_000;

impl NumberColumn {
    pub(super) fn new(index: usize, name: String, is_quantity: bool, style: NumberStyle) -> Self {
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
    pub(super) fn extend(
        &mut self,
        window: &str,
        stretch: &Stretch,
        rows: Range<usize>,
        style: NumberStyle,
        line: u64,
        room: Room,
    ) {
        let bytes = window.as_bytes();
        let before = self.values.len();
        room.make(&mut self.values, rows.len());
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

    pub(super) fn push(&mut self, cell: Option<&Cell<'_>>, style: NumberStyle, line: u64, room: Room) {
        room.make(&mut self.values, 1);
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

/// A column of words while it is read.
pub(super) struct Words {
    pub(super) column: WordColumn,
    codes_by_word: HashMap<String, u16>,
    turns: Turns,
}

impl Words {
    pub(super) fn new(index: usize, name: String, role: Option<Role>) -> Self {
        let column = WordColumn { index, name, codes: Vec::new(), words: Vec::new(), overflows: false, role };
        Self { column, codes_by_word: HashMap::new(), turns: Turns::default() }
    }

    /// Reads the cells of ordinary rows.
    pub(super) fn extend(&mut self, window: &str, stretch: &Stretch, rows: Range<usize>, room: Room) {
        let (bytes, index) = (window.as_bytes(), self.column.index);
        let mut row = rows.start;
        while row < rows.end && !self.column.overflows {
            let codes = &mut self.column.codes;
            room.make(codes, rows.end - row);
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

    pub(super) fn push(&mut self, cell: Option<&Cell<'_>>) {
        if self.column.overflows {
            return;
        }
        let word = cell.map(Cell::text).unwrap_or_default();
        let guess = self.turns.guess(word.as_bytes(), &self.column.words);
        let code = match guess.or_else(|| self.codes_by_word.get(word.as_ref()).copied()) {
            Some(code) => code,
            None => {
                let code = self.column.words.len() as u16;
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
