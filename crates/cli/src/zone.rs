//! Time zones by name, from the system's files or, where it has none, from the copy in the program.

use crate::failure::Failure;
use ingest::{TimeZone, ZoneRules};
use jiff::civil::DateTime;
use jiff::tz::AmbiguousOffset;
use jiff::{Timestamp, tz};
use std::rc::Rc;

/// A zone by name (`Europe/Berlin`), as an offset (`+02:00`, `UTC-3`), or `UTC`.
pub(crate) fn named(text: &str) -> Result<TimeZone, Failure> {
    let text = text.trim();
    if ["utc", "gmt", "z"].iter().any(|name| text.eq_ignore_ascii_case(name)) {
        return Ok(TimeZone::Utc);
    }
    if let Some(minutes) = offset_min(text) {
        return Ok(TimeZone::FixedOffset { minutes });
    }
    match tz::TimeZone::get(text) {
        Ok(zone) => Ok(TimeZone::Named(Rc::new(Rules { name: text.to_owned(), zone }))),
        Err(_) => Err(Failure::input(format_args!(
            "There is no time zone `{text}`; write a name like Europe/Berlin, an offset like +02:00, or UTC."
        ))),
    }
}

/// `+02:00`, `-0330`, `UTC+2`, in minutes to the east.
fn offset_min(text: &str) -> Option<i32> {
    let rest = text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT")).unwrap_or(text);
    let sign = match rest.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => return None,
    };
    let digits: String = rest.chars().skip(1).filter(|c| *c != ':').collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let (hours, minutes) = if digits.len() <= 2 { (number, 0) } else { (number / 100, number % 100) };
    (hours <= 14 && minutes < 60).then_some(sign * (60 * hours + minutes))
}

struct Rules {
    name: String,
    zone: tz::TimeZone,
}

/// The wall clock's reading is counted as if it were UTC, so UTC turns it back into a date and a time.
fn wall(local_ms: i64) -> Option<DateTime> {
    Timestamp::from_millisecond(local_ms).ok().map(|time| tz::TimeZone::UTC.to_datetime(time))
}

impl ZoneRules for Rules {
    fn name(&self) -> &str {
        &self.name
    }

    fn instant_ms(&self, local_ms: i64) -> i64 {
        // Of a repeated hour jiff takes the earlier, and a skipped one it moves on, as asked for.
        let placed = wall(local_ms).and_then(|wall| self.zone.to_ambiguous_timestamp(wall).compatible().ok());
        placed.map_or(local_ms, Timestamp::as_millisecond)
    }

    fn later_instant_ms(&self, local_ms: i64) -> Option<i64> {
        let wall = wall(local_ms)?;
        let ambiguous = self.zone.to_ambiguous_timestamp(wall);
        let AmbiguousOffset::Fold { .. } = ambiguous.offset() else { return None };
        ambiguous.later().ok().map(Timestamp::as_millisecond)
    }

    fn skips(&self, local_ms: i64) -> bool {
        let offset = wall(local_ms).map(|wall| self.zone.to_ambiguous_timestamp(wall).offset());
        matches!(offset, Some(AmbiguousOffset::Gap { .. }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn instant(zone: &str, wall: &str) -> String {
        let wall_ms: Timestamp = format!("{wall}Z").parse().unwrap();
        let time_ms = named(zone).unwrap().instant_ms(wall_ms.as_millisecond());
        Timestamp::from_millisecond(time_ms).unwrap().to_string()
    }

    #[test]
    fn summer_and_winter_have_their_own_offset() {
        assert_eq!(instant("Europe/Berlin", "2024-07-01T12:00:00"), "2024-07-01T10:00:00Z");
        assert_eq!(instant("Europe/Berlin", "2024-01-01T12:00:00"), "2024-01-01T11:00:00Z");
        assert_eq!(instant("Europe/Berlin", "2024-10-27T02:30:00"), "2024-10-27T00:30:00Z", "the earlier of the two");
        assert_eq!(instant("Europe/Berlin", "2024-03-31T02:30:00"), "2024-03-31T01:30:00Z", "as far after the jump");
        assert_eq!(instant("America/New_York", "2024-07-01T08:00:00"), "2024-07-01T12:00:00Z");
    }

    #[test]
    fn what_a_clock_shows_twice_or_never() {
        let TimeZone::Named(rules) = named("Europe/Berlin").unwrap() else { panic!("a zone with rules") };
        let ms = |text: &str| text.parse::<Timestamp>().unwrap().as_millisecond();
        let second = |wall: &str| rules.later_instant_ms(ms(wall));
        assert_eq!(second("2024-10-27T02:30:00Z"), Some(ms("2024-10-27T01:30:00Z")));
        assert_eq!(second("2024-10-27T01:59:59Z"), None);
        assert_eq!(second("2024-10-27T03:00:00Z"), None);
        assert_eq!(second("2024-03-31T02:30:00Z"), None);
        assert!(rules.skips(ms("2024-03-31T02:00:00Z")) && rules.skips(ms("2024-03-31T02:59:59Z")));
        assert!(!rules.skips(ms("2024-03-31T03:00:00Z")) && !rules.skips(ms("2024-10-27T02:30:00Z")));
        let mut night = ingest::Localiser::new(&TimeZone::Named(rules));
        let found = ["02:15", "02:45", "02:15", "02:45", "03:15"].map(|time| {
            Timestamp::from_millisecond(night.instant_ms(ms(&format!("2024-10-27T{time}:00Z")))).unwrap().to_string()
        });
        let utc = ["00:15", "00:45", "01:15", "01:45", "02:15"].map(|time| format!("2024-10-27T{time}:00Z"));
        assert_eq!(found, utc);
    }

    #[test]
    fn offsets_are_zones_and_nonsense_is_none() {
        assert_eq!(offset_min("+02:00"), Some(120));
        assert_eq!(offset_min("UTC-0330"), Some(-210));
        assert_eq!(offset_min("-3"), Some(-180));
        assert_eq!(offset_min("+99"), None);
        assert!(matches!(named("Mars/Olympus"), Err(Failure::Input(_))));
        assert!(matches!(named("utc"), Ok(TimeZone::Utc)));
    }
}
