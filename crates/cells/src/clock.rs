//! Times that differ from the last one in nothing, or in the time of day.

use crate::{Stretch, is_same};
use std::ops::Range;

/// Where a time of day with two digits each stands in a cell, behind a date: `2023-11-17 10:11:24`, with anything behind
/// it.
const PLACE: Range<usize> = 11..19;
/// The longest cell that is remembered.
const LONGEST: usize = 64;

/// Reads a time from the last one.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// The last cell that was read otherwise; empty if it cannot help.
    last: Vec<u8>,
    ms: i64,
    /// The last cell's time of day, if another one may stand in its place.
    of_day_ms: Option<i64>,
}

impl Clock {
    /// Remembers a cell, and the time that it was found to say, in milliseconds. `is_movable` tells that the cell is a date
    /// in digits, one sign, and a time of day, so that another time of day would move the time by their difference.
    pub fn remember(&mut self, cell: &[u8], ms: i64, is_movable: bool) {
        self.last.clear();
        self.of_day_ms = None;
        if cell.len() > LONGEST {
            return;
        }
        self.last.extend_from_slice(cell);
        self.ms = ms;
        self.of_day_ms = time_of_day_ms(cell).filter(|_| is_movable && is_around_a_clock(cell));
    }

    /// The time that a cell says, in milliseconds; none if it cannot be told from the last one.
    #[inline(always)]
    pub fn tell(&self, cell: &[u8]) -> Option<i64> {
        if cell.is_empty() || cell.len() != self.last.len() {
            return None;
        }
        if is_same(cell, &self.last) {
            return Some(self.ms);
        }
        let before = self.of_day_ms?;
        let is_like_last = |part: Range<usize>| {
            Some(is_same(cell.get(part.clone())?, self.last.get(part)?)).filter(|is_same| *is_same)
        };
        is_like_last(0..PLACE.start)?;
        is_like_last(PLACE.end..cell.len())?;
        Some(self.ms - before + time_of_day_ms(cell)?)
    }

    /// Tells the times of a column's rows, up to the first cell of which it cannot.
    #[inline(never)]
    pub fn tell_all(&self, bytes: &[u8], stretch: &Stretch, column: usize, rows: Range<usize>, to: &mut Vec<i64>) {
        let cells = stretch.cells(bytes, column, rows);
        to.extend(cells.map_while(|(start, end)| self.tell(bytes.get(start..end)?)));
    }
}

/// The time of day where [`PLACE`] is, in milliseconds; none if there is none.
fn time_of_day_ms(cell: &[u8]) -> Option<i64> {
    let &[a, b, b':', c, d, b':', e, f] = cell.get(PLACE)? else { return None };
    let two = |tens: u8, ones: u8| {
        let is_number = tens.is_ascii_digit() && ones.is_ascii_digit();
        is_number.then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
    };
    let (hour, minute, second) = (two(a, b)?, two(c, d)?, two(e, f)?);
    (hour < 24 && minute < 60 && second < 60).then_some(((hour * 60 + minute) * 60 + second) * 1000)
}

/// Whether a date in digits stands in front of the time of day, and behind it nothing that changes its meaning, as `PM`
/// does.
fn is_around_a_clock(cell: &[u8]) -> bool {
    let date = cell.get(..PLACE.start - 1).unwrap_or_default();
    let zone = cell.get(PLACE.end..).unwrap_or_default();
    date.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'.'))
        && matches!(cell.get(PLACE.start - 1), Some(b'T' | b' '))
        && zone
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b':' | b'+' | b'-' | b' ' | b'Z'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_day_moves_the_time() {
        let mut clock = Clock::default();
        assert_eq!(clock.tell(b""), None);
        clock.remember(b"2026-03-10T06:00:00.250+01:00", 1000, true);
        assert_eq!(clock.tell(b"2026-03-10T06:00:00.250+01:00"), Some(1000));
        assert_eq!(clock.tell(b"2026-03-10T07:01:15.250+01:00"), Some(3_676_000));
        assert_eq!(clock.tell(b"2026-03-10T05:59:59.250+01:00"), Some(0));
        for other in [
            b"2026-03-11T06:00:00.250+01:00".as_slice(),
            b"2026-03-10T06:00:00.251+01:00",
            b"2026-03-10T06:00:00.250+02:00",
            b"2026-03-10T06:60:00.250+01:00",
            b"2026-03-10T06:00:0a.250+01:00",
            b"2026-03-10T06:00:00.250+01:0",
        ] {
            assert_eq!(clock.tell(other), None);
        }
        for halves in [b"10.03.2026 06:00:00 PM".as_slice(), b"10.03.2026  6:00:00"] {
            clock.remember(halves, 1000, true);
            assert_eq!((clock.tell(halves), clock.of_day_ms), (Some(1000), None));
        }
    }
}
