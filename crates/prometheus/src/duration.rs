//! Durations as PromQL writes them: `30s`, `1h30m`, `500ms`.

/// The units, longest first.
const UNITS: [(&str, i64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// A duration in milliseconds: whole numbers with units, one behind the other; a number alone is seconds, as the API has
/// it. None for what is no duration, for nothing, and for more than 1,000 years.
pub fn parse_ms(text: &str) -> Option<i64> {
    let mut rest = text.trim();
    let mut total = 0_i64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, behind) = rest.split_at_checked(digits)?;
        let letters = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, next) = behind.split_at_checked(letters)?;
        let unit_ms = match unit {
            "" if total == 0 && next.is_empty() => 1_000,
            _ => UNITS.iter().find(|(name, _)| *name == unit)?.1,
        };
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(unit_ms)?)?;
        rest = next;
    }
    (1..=1_000 * 365 * 86_400_000).contains(&total).then_some(total)
}

/// A duration in the fewest units, none longer than a day: `90m` is `1h30m`.
pub fn written(mut milliseconds: i64) -> String {
    let mut out = String::new();
    for (name, unit_ms) in UNITS.iter().skip(2) {
        let count = milliseconds / unit_ms;
        if count > 0 {
            out.push_str(&count.to_string());
            out.push_str(name);
            milliseconds -= count * unit_ms;
        }
    }
    if out.is_empty() { "0s".to_owned() } else { out }
}

/// A duration in the one whole unit in which people would say it: `90 s`, `47 min`, `5 h`, `3 days`.
pub fn said(milliseconds: i64) -> String {
    match milliseconds / 1_000 {
        seconds @ ..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn units_add_up_and_what_is_none_is_refused() {
        for (text, milliseconds) in
            [("15s", 15_000), ("500ms", 500), ("1h30m", 5_400_000), ("60", 60_000), ("1w", 604_800_000)]
        {
            assert_eq!(parse_ms(text), Some(milliseconds), "{text}");
        }
        for text in ["", "0s", "-5s", "5 parsecs", "m", "1h30", "1.5h", "99999999999w", "9999999999999999999s"] {
            assert_eq!(parse_ms(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(milliseconds in 1i64..100_000_000_000) {
            prop_assert_eq!(parse_ms(&written(milliseconds)), Some(milliseconds));
        }

        #[test]
        fn nothing_panics(text in "\\PC{0,12}") {
            let _ = parse_ms(&text);
        }
    }
}
