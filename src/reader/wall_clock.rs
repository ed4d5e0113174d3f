//! From what a clock on the wall shows to the instant, by the offsets of a time zone.

use std::cell::{Cell, RefCell};

const DAY_MS: i64 = 86_400_000;
const SECOND_MS: i64 = 1_000;

/// A clock on the wall, in a zone of which only the offset at an instant can be asked.
///
/// Asking may be slow: it is done a few times for every day that occurs, however many times of it there are.
pub struct WallClock {
    offset_ms: Box<dyn Fn(i64) -> i64>,
    /// Days of universal time, by their number since 1970, in order.
    days: RefCell<Vec<(i64, Day)>>,
    /// The local day asked for last, and its offset, where it has one only.
    last: Cell<Option<(i64, i64)>>,
}

/// When a clock shows what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// At this instant.
    Once(i64),
    /// At two instants, because the clock was put back.
    Twice(i64, i64),
    /// Never, because the clock was put forward; the instant as far after the jump.
    Never(i64),
}

impl Placed {
    /// The only instant, or the one that stands for it: of two the earlier.
    pub fn instant_ms(self) -> i64 {
        match self {
            Self::Once(instant_ms) | Self::Twice(instant_ms, _) | Self::Never(instant_ms) => instant_ms,
        }
    }
}

/// The offsets of one day of universal time.
#[derive(Clone, Copy)]
struct Day {
    before_ms: i64,
    after_ms: i64,
    /// The instant at which the one gives way to the other.
    turn_ms: i64,
}

impl WallClock {
    /// A clock of the zone that is `offset_ms(instant_ms)` milliseconds ahead of universal time. The offset changes at
    /// most once a day, at a full second.
    pub fn new(offset_ms: impl Fn(i64) -> i64 + 'static) -> Self {
        Self { offset_ms: Box::new(offset_ms), days: RefCell::default(), last: Cell::new(None) }
    }

    /// When the clock shows `local_ms` (counted as if it were universal time), in milliseconds since 1970-01-01 UTC.
    pub fn place(&self, local_ms: i64) -> Placed {
        let day = local_ms.div_euclid(DAY_MS);
        if let Some((_, offset_ms)) = self.last.get().filter(|(last, _)| *last == day) {
            return Placed::Once(local_ms.saturating_sub(offset_ms));
        }
        let around = [day - 1, day, day + 1].map(|day| self.day(day));
        let [Day { before_ms, .. }, _, Day { after_ms, .. }] = around;
        if around.iter().all(|day| day.before_ms == day.after_ms) {
            self.last.set(Some((day, before_ms)));
            return Placed::Once(local_ms.saturating_sub(before_ms));
        }
        // Where the clock is put back, the offset before is the larger one and gives the earlier instant.
        let (earlier_ms, later_ms) = (local_ms.saturating_sub(before_ms), local_ms.saturating_sub(after_ms));
        match (self.at(earlier_ms) == before_ms, self.at(later_ms) == after_ms) {
            (true, true) if earlier_ms < later_ms => Placed::Twice(earlier_ms, later_ms),
            (true, _) => Placed::Once(earlier_ms),
            (false, true) => Placed::Once(later_ms),
            (false, false) => Placed::Never(earlier_ms),
        }
    }

    /// The offset at an instant.
    fn at(&self, instant_ms: i64) -> i64 {
        let day = self.day(instant_ms.div_euclid(DAY_MS));
        if instant_ms < day.turn_ms { day.before_ms } else { day.after_ms }
    }

    fn day(&self, number: i64) -> Day {
        let mut days = self.days.borrow_mut();
        match days.binary_search_by_key(&number, |(number, _)| *number) {
            Ok(place) => days.get(place).map_or_else(|| self.ask(number), |(_, day)| *day),
            Err(place) => {
                let day = self.ask(number);
                days.insert(place, (number, day));
                day
            }
        }
    }

    fn ask(&self, number: i64) -> Day {
        let start_ms = number.saturating_mul(DAY_MS);
        let before_ms = (self.offset_ms)(start_ms);
        let after_ms = (self.offset_ms)(start_ms.saturating_add(DAY_MS));
        // The last second of the old offset, and the first of the new one.
        let (mut old, mut new) = (0, DAY_MS / SECOND_MS);
        while before_ms != after_ms && new - old > 1 {
            let middle = old + (new - old) / 2;
            if (self.offset_ms)(start_ms.saturating_add(middle * SECOND_MS)) == before_ms {
                old = middle;
            } else {
                new = middle;
            }
        }
        Day { before_ms, after_ms, turn_ms: start_ms.saturating_add(new * SECOND_MS) }
    }
}

// The zone database that they compare with does not build for browsers.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use jiff::civil::DateTime;
    use jiff::tz::AmbiguousOffset;
    use jiff::{Timestamp, tz};
    use std::rc::Rc;

    /// Our clock, and how often it has asked.
    fn clock(zone: &tz::TimeZone) -> (WallClock, Rc<Cell<usize>>) {
        let asked = Rc::new(Cell::new(0));
        let (count, zone) = (Rc::clone(&asked), zone.clone());
        let offset_ms = move |instant_ms| {
            count.set(count.get() + 1);
            let instant = Timestamp::from_millisecond(instant_ms).unwrap_or_default();
            i64::from(zone.to_offset(instant).seconds()) * 1_000
        };
        (WallClock::new(offset_ms), asked)
    }

    /// What jiff makes of it.
    fn expected(zone: &tz::TimeZone, local_ms: i64) -> Option<Placed> {
        let wall: DateTime = tz::TimeZone::UTC.to_datetime(Timestamp::from_millisecond(local_ms).ok()?);
        let ambiguous = zone.to_ambiguous_timestamp(wall);
        let first_ms = ambiguous.compatible().ok()?.as_millisecond();
        Some(match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { .. } => Placed::Once(first_ms),
            AmbiguousOffset::Fold { .. } => Placed::Twice(first_ms, ambiguous.later().ok()?.as_millisecond()),
            AmbiguousOffset::Gap { .. } => Placed::Never(first_ms),
        })
    }

    #[test]
    fn every_quarter_of_an_hour_of_years_with_changes_is_placed_as_jiff_places_it() {
        // Half an hour's change, a day that was left out, midnight changes, no change, before zones were made.
        let mut kinds = (false, false);
        let years = [
            ("Europe/Berlin", 2024),
            ("America/New_York", 2024),
            ("Australia/Lord_Howe", 2023),
            ("America/Santiago", 2022),
            ("Africa/Casablanca", 2023),
            ("Asia/Kolkata", 2024),
            ("Pacific/Chatham", 2024),
            ("Europe/Amsterdam", 1930),
        ];
        for (name, year) in years {
            let zone = tz::TimeZone::get(name).unwrap_or(tz::TimeZone::UTC);
            let (clock, _) = clock(&zone);
            let start_ms = (i64::from(year) - 1970) * 31_556_952_000;
            for quarter in 0..4 * 24 * 367 {
                let local_ms = start_ms + quarter * 900_000 + 1_234;
                let placed = clock.place(local_ms);
                assert_eq!(Some(placed), expected(&zone, local_ms), "{name} {local_ms}");
                kinds.0 |= matches!(placed, Placed::Twice(..));
                kinds.1 |= matches!(placed, Placed::Never(_));
            }
        }
        assert_eq!(kinds, (true, true), "both kinds of change were met");
    }

    #[test]
    fn a_million_times_ask_a_few_times_a_day() {
        let zone = tz::TimeZone::get("Europe/Berlin").unwrap_or(tz::TimeZone::UTC);
        let (clock, asked) = clock(&zone);
        let start_ms = 1_729_728_000_000;
        for second in 0..1_000_000 {
            let local_ms = start_ms + second * 1_000;
            let _ = clock.place(local_ms);
        }
        assert!(asked.get() < 60, "{} questions for twelve days", asked.get());
    }

    #[test]
    fn no_time_is_too_far() {
        let clock = WallClock::new(|_| 3_600_000);
        for local_ms in [i64::MIN, i64::MAX, 0] {
            assert_eq!(clock.place(local_ms), Placed::Once(local_ms.saturating_sub(3_600_000)));
        }
    }
}
