//! Moments as people write them.

use jiff::Timestamp;
use std::fmt;

/// From this magnitude on a number is milliseconds and not seconds: 5138 as a year, or March 1973.
const SMALLEST_MILLISECONDS: f64 = 1e11;

/// What is no moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoInstant(String);

impl fmt::Display for NoInstant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a time; write seconds since 1970 (1700000000) or RFC 3339 with its zone (2023-11-14T22:13:20Z)",
            self.0
        )
    }
}

impl std::error::Error for NoInstant {}

/// A moment in milliseconds since 1970-01-01 UTC, from epoch seconds, epoch milliseconds or RFC 3339.
pub(crate) fn parse_ms(text: &str) -> Result<i64, NoInstant> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        let milliseconds = if number.abs() >= SMALLEST_MILLISECONDS { number } else { number * 1_000.0 };
        if milliseconds.abs() < 2.5e14 {
            return Ok(milliseconds.round() as i64);
        }
    }
    text.parse::<Timestamp>().map(Timestamp::as_millisecond).map_err(|_| NoInstant(text.to_owned()))
}

/// RFC 3339 in UTC, with as many digits as there are.
pub(crate) fn rfc3339(time_ms: i64) -> String {
    Timestamp::from_millisecond(time_ms).map_or_else(|_| time_ms.to_string(), |time| time.to_string())
}

/// Now, in milliseconds.
pub(crate) fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_milliseconds_and_rfc_3339_are_one_moment() {
        for text in ["1700000000", "1.7e9", "1700000000000", "2023-11-14T22:13:20Z", "2023-11-14T23:13:20+01:00"] {
            assert_eq!(parse_ms(text), Ok(1_700_000_000_000), "{text}");
        }
        assert!(parse_ms("yesterday").is_err());
        assert!(parse_ms("2023-11-14T22:13:20").is_err(), "a time without a zone names no moment");
        assert!(parse_ms("inf").is_err());
        assert_eq!(rfc3339(1_700_000_000_500), "2023-11-14T22:13:20.5Z");
    }
}
