//! The times of ordinary rows: in the way of the last one, where that goes.

use super::scan::read_time;
use crate::cell::digits::Digits;
use crate::cell::number::NumberStyle;
use crate::cell::timestamp::{DateOrder, Stamp, TimeStyle};
use std::ops::Range;

/// Where a date and a time of day with two digits each stand in a cell: `2023-11-17 10:11:24`, with anything behind it.
const CLOCK: Range<usize> = 11..19;
/// The longest cell that is remembered.
const LONGEST: usize = 64;

/// Reads one cell after the other.
pub(super) struct Times {
    numbers: NumberStyle,
    digits: Digits,
    /// The last cell that was read in full, and what it says; empty if it cannot help.
    last: Vec<u8>,
    stamp: Stamp,
    /// The last cell's time of day, if another one may stand in its place.
    clock_ms: Option<i64>,
}

impl Times {
    /// For a table that writes numbers in this style.
    pub(super) fn new(numbers: NumberStyle) -> Self {
        let stamp = Stamp { ms: 0, zoned: false, has_clock: false };
        Self { numbers, digits: Digits::new(numbers.decimal), last: Vec::new(), stamp, clock_ms: None }
    }

    /// The time in the cell from `start` up to `end`: what [`read_time`] says of it.
    #[inline]
    pub(super) fn read(&mut self, window: &str, start: usize, end: usize, style: TimeStyle) -> Option<Stamp> {
        let bytes = window.as_bytes();
        if let TimeStyle::Epoch(unit) = style
            && let Some(count) = self.digits.read(bytes, start, end)
        {
            return Some(Stamp { ms: unit.to_ms(count), zoned: true, has_clock: true });
        }
        let cell = bytes.get(start..end).unwrap_or_default();
        if !cell.is_empty() && cell == self.last {
            return Some(self.stamp);
        }
        if let Some(ms) = self.on_the_same_day(cell) {
            return Some(Stamp { ms, ..self.stamp });
        }
        let stamp = read_time(window.get(start..end)?.trim(), style, self.numbers)?;
        self.last.clear();
        if cell.len() <= LONGEST {
            self.last.extend_from_slice(cell);
            self.stamp = stamp;
            self.clock_ms = clock_ms(cell).filter(|_| can_change(cell, style));
        }
        Some(stamp)
    }

    /// The instant, if the cell differs from the last one in the time of day only.
    fn on_the_same_day(&self, cell: &[u8]) -> Option<i64> {
        let before = self.clock_ms?;
        let is_like_last = cell.len() == self.last.len()
            && cell.get(..CLOCK.start) == self.last.get(..CLOCK.start)
            && cell.get(CLOCK.end..) == self.last.get(CLOCK.end..);
        if !is_like_last {
            return None;
        }
        Some(self.stamp.ms - before + clock_ms(cell)?)
    }
}

/// The time of day where [`CLOCK`] is, in milliseconds; none if there is none.
fn clock_ms(cell: &[u8]) -> Option<i64> {
    let &[a, b, b':', c, d, b':', e, f] = cell.get(CLOCK)? else { return None };
    let two = |tens: u8, ones: u8| {
        let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
        is_number.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
    };
    let (hour, minute, second) = (two(a, b)?, two(c, d)?, two(e, f)?);
    (hour < 24 && minute < 60 && second < 60).then_some(((hour * 60 + minute) * 60 + second) * 1000)
}

/// Whether another time of day in the place of this one moves the instant by their difference: not if the twelve hours of
/// half a day are counted, and only if the date stands in front of it.
fn can_change(cell: &[u8], style: TimeStyle) -> bool {
    let date = cell.get(..CLOCK.start - 1).unwrap_or_default();
    let zone = cell.get(CLOCK.end..).unwrap_or_default();
    matches!(style, TimeStyle::Calendar(DateOrder::YearFirst | DateOrder::DayFirst | DateOrder::MonthFirst))
        && date.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'.'))
        && matches!(cell.get(CLOCK.start - 1), Some(b'T' | b' '))
        && zone
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b':' | b'+' | b'-' | b' ' | b'Z'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::timestamp::EpochUnit;
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

    #[test]
    fn the_usual_times_are_read_from_the_last_one() {
        let mut times = Times::new(NumberStyle::PLAIN);
        let style = TimeStyle::Calendar(DateOrder::YearFirst);
        let text = "2026-03-10T06:00:00.250+01:00,2026-03-10T06:00:15.250+01:00";
        assert!(times.on_the_same_day(b"2026-03-10T06:00:15.250+01:00").is_none());
        let first = times.read(text, 0, 29, style).map(|stamp| stamp.ms);
        assert_eq!(times.on_the_same_day(b"2026-03-10T06:00:15.250+01:00"), first.map(|ms| ms + 15_000));
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
