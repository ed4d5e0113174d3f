//! The zone of times that carry none.

use std::fmt;
use std::rc::Rc;

/// The rules of a named time zone, supplied by whoever has a zone database (the browser's Intl, the system's files).
pub trait ZoneRules {
    /// The zone's name as shown to people (`Europe/Berlin`).
    fn name(&self) -> &str;

    /// The instant, in milliseconds since 1970-01-01 UTC, at which a clock in the zone shows `local_ms`, the wall
    /// clock's reading counted as if it were UTC. Of two instants (the hour repeated in autumn) the earlier; for a
    /// reading that never was (the hour skipped in spring) the instant as far after the jump.
    fn instant_ms(&self, local_ms: i64) -> i64;
}

/// How to place times that carry no zone.
#[derive(Clone, Default)]
pub enum TimeZone {
    /// Universal time.
    #[default]
    Utc,
    /// A fixed distance from UTC, in minutes, positive to the east.
    FixedOffset {
        /// Minutes to the east of Greenwich.
        minutes: i32,
    },
    /// A zone with rules of its own.
    Named(Rc<dyn ZoneRules>),
}

impl TimeZone {
    /// `UTC`, `Z`, or a fixed distance from it (`+02:00`, `-0330`, `UTC+1`); none for any other name.
    pub fn fixed(name: &str) -> Option<Self> {
        let name = name.trim();
        if name.eq_ignore_ascii_case("utc") || name.eq_ignore_ascii_case("z") {
            return Some(Self::Utc);
        }
        let offset = name.strip_prefix("UTC").or_else(|| name.strip_prefix("GMT")).unwrap_or(name);
        let (sign, digits) = match offset.as_bytes().first()? {
            b'+' => (1, offset.get(1..)?),
            b'-' => (-1, offset.get(1..)?),
            _ => return None,
        };
        let (hours, minutes) = match digits.split_once(':') {
            Some(parts) => parts,
            None if digits.len() == 4 => digits.split_at_checked(2)?,
            None => (digits, "0"),
        };
        let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 2).map(|number| number as i32);
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        (hours <= 18 && minutes < 60).then_some(Self::FixedOffset { minutes: sign * (hours * 60 + minutes) })
    }

    /// The instant at which the wall clock reads `local_ms` (counted as if it were UTC), in milliseconds.
    pub fn instant_ms(&self, local_ms: i64) -> i64 {
        match self {
            Self::Utc => local_ms,
            Self::FixedOffset { minutes } => local_ms.saturating_sub(i64::from(*minutes) * 60_000),
            Self::Named(rules) => rules.instant_ms(local_ms),
        }
    }
}

/// `UTC`, `UTC+02:00`, or the name of the zone.
impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utc => f.write_str("UTC"),
            Self::FixedOffset { minutes } => {
                let sign = if *minutes < 0 { '-' } else { '+' };
                write!(f, "UTC{sign}{:02}:{:02}", minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60)
            }
            Self::Named(rules) => f.write_str(rules.name()),
        }
    }
}

impl fmt::Debug for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TimeZone({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_eastern_clock_is_ahead() {
        let zone = TimeZone::FixedOffset { minutes: 330 };
        assert_eq!(zone.instant_ms(19_800_000), 0);
        assert_eq!(zone.to_string(), "UTC+05:30");
        let offset = |name: &str| TimeZone::fixed(name).map(|zone| zone.instant_ms(0) / -60_000);
        assert_eq!(["UTC", "+05:30", "-0330", "UTC+1", "GMT-2"].map(offset), [0, 330, -210, 60, -120].map(Some));
        assert_eq!(["Europe/Berlin", "+99:00", "+", "1", ""].map(offset), [None; 5]);
        assert_eq!(TimeZone::FixedOffset { minutes: -90 }.to_string(), "UTC-01:30");
    }
}
