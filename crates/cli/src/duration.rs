//! Durations as people write them.

use std::fmt;

/// What is no duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoDuration(String);

impl fmt::Display for NoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a duration; write it like 15s, 500ms, 5m, 1h30m, 7d or 2w", self.0)
    }
}

impl std::error::Error for NoDuration {}

/// A duration in milliseconds: numbers with `ms`, `s`, `m` (or `min`), `h`, `d`, `w`, one behind the other. A plain
/// number is seconds. It must be longer than nothing and shorter than 1,000 years.
pub(crate) fn parse_ms(text: &str) -> Result<i64, NoDuration> {
    const LONGEST_MS: f64 = 1_000.0 * 365.25 * 86_400_000.0;
    let wrong = || NoDuration(text.to_owned());
    let packed: String = text.split_whitespace().collect();
    let mut rest = packed.as_str();
    let mut total_ms = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, behind) = rest.split_at(digits);
        let letters = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, next) = behind.split_at(letters);
        let unit_ms = match unit {
            "ms" => 1.0,
            "s" => 1_000.0,
            "m" | "min" => 60_000.0,
            "h" => 3_600_000.0,
            "d" => 86_400_000.0,
            "w" => 604_800_000.0,
            "" if next.is_empty() && total_ms == 0.0 => 1_000.0,
            _ => return Err(wrong()),
        };
        total_ms += number.parse::<f64>().map_err(|_| wrong())? * unit_ms;
        rest = next;
    }
    if (0.5..LONGEST_MS).contains(&total_ms) { Ok(total_ms.round() as i64) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_add_up() {
        for (text, milliseconds) in [
            ("15s", 15_000),
            ("500ms", 500),
            ("1h30m", 5_400_000),
            ("2 h 5 min", 7_500_000),
            ("60", 60_000),
            ("0.5d", 43_200_000),
        ] {
            assert_eq!(parse_ms(text), Ok(milliseconds), "{text}");
        }
        for text in ["", "0s", "-5s", "5 parsecs", "m", "1h30", "1.2.3s", "999999999w", "NaN"] {
            assert!(parse_ms(text).is_err(), "{text}");
        }
    }
}
