//! The times of ordinary rows.

use super::pass::read_time;
use crate::cell::number::NumberStyle;
use crate::cell::timestamp::{DateOrder, EpochUnit, Stamp, TimeStyle};
use cells::{Clock, Digits, Stretch};
use std::ops::Range;

/// Reads one cell after the other: what [`read_time`] says of each, from the last one where that goes.
pub(super) struct Times {
    numbers: NumberStyle,
    digits: Digits,
    clock: Clock,
    is_zoned: bool,
    has_clock: bool,
    told: Vec<i64>,
}

impl Times {
    /// For a table that writes numbers in this style.
    pub(super) fn new(numbers: NumberStyle) -> Self {
        let digits = Digits::new(numbers.decimal);
        Self { numbers, digits, clock: Clock::default(), is_zoned: false, has_clock: false, told: Vec::new() }
    }

    /// The time in the cell from `start` up to `end`.
    pub(super) fn read(&mut self, window: &str, start: usize, end: usize, style: TimeStyle) -> Option<Stamp> {
        let bytes = window.as_bytes();
        if let TimeStyle::Epoch(unit) = style
            && let Some(count) = self.digits.read(bytes, start, end)
        {
            return Some(Stamp { ms: unit.to_ms(count), zoned: true, has_clock: true });
        }
        let cell = bytes.get(start..end).unwrap_or_default();
        if let Some(ms) = self.clock.tell(cell) {
            return Some(Stamp { ms, zoned: self.is_zoned, has_clock: self.has_clock });
        }
        let stamp = read_time(window.get(start..end)?.trim(), style, self.numbers)?;
        let is_movable = !matches!(style, TimeStyle::Epoch(_) | TimeStyle::Calendar(DateOrder::MonthName));
        self.clock.remember(cell, stamp.ms, is_movable);
        (self.is_zoned, self.has_clock) = (stamp.zoned, stamp.has_clock);
        Some(stamp)
    }

    /// The times of the first of some rows, as far as the last one that [`Self::read`] has read tells them, in
    /// milliseconds; and whether they are the wall clock's.
    pub(super) fn told(
        &mut self,
        window: &str,
        stretch: &Stretch,
        column: usize,
        rows: Range<usize>,
    ) -> (Vec<i64>, bool) {
        let mut told = std::mem::take(&mut self.told);
        self.clock.tell_all(window.as_bytes(), stretch, column, rows, &mut told);
        (told, !self.is_zoned)
    }

    /// The times of the first of some rows, as far as they are usual numbers, in milliseconds.
    pub(super) fn counted(
        &mut self,
        window: &str,
        stretch: &Stretch,
        column: usize,
        rows: Range<usize>,
        unit: EpochUnit,
    ) -> Vec<i64> {
        let mut counts = Vec::new();
        stretch.numbers_while(window.as_bytes(), column, rows, &mut self.digits, &mut counts);
        let mut told = std::mem::take(&mut self.told);
        told.extend(counts.into_iter().map(|count| unit.to_ms(count)));
        told
    }

    /// Takes back what [`Self::told`] or [`Self::counted`] gave.
    pub(super) fn reuse(&mut self, mut told: Vec<i64>) {
        told.clear();
        self.told = told;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads cells one after the other, and each of them alone.
    fn both(cells: &[String], style: TimeStyle) -> (Vec<Option<Stamp>>, Vec<Option<Stamp>>) {
        let mut times = Times::new(NumberStyle::PLAIN);
        let in_turn = cells.iter().map(|cell| {
            let text = format!("0123456789,{cell},");
            times.read(&text, 11, 11 + cell.len(), style)
        });
        (in_turn.collect(), cells.iter().map(|cell| read_time(cell.trim(), style, NumberStyle::PLAIN)).collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn no_cell_changes_what_another_one_says(
            cells in proptest::collection::vec("(2026-03-1[01]|1[01]\\.03\\.2026|1/3/2026 |Mar 10 2026)[T ,:](0[0-3]|12|2[3-6]):(00|59|60):[0356]0(Z| PM|\\.5|,25\\+01:00| CET|)| ?20[0-9]{4}|", 1..12),
            order in proptest::sample::select(vec![DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst, DateOrder::MonthName]),
        ) {
            let (in_turn, alone) = both(&cells, TimeStyle::Calendar(order));
            prop_assert_eq!(in_turn, alone, "{:?}", cells);
        }

        #[test]
        fn epochs_are_the_same(cells in proptest::collection::vec("1[0-9]{9}(\\.[0-9]{1,6})?|1[0-9]{9}e3|[a ]{0,3}", 1..9)) {
            let (in_turn, alone) = both(&cells, TimeStyle::Epoch(EpochUnit::Seconds));
            prop_assert_eq!(in_turn, alone, "{:?}", cells);
        }
    }
}
