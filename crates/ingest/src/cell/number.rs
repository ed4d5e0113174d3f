//! Numbers as people and programs write them.

/// What a cell holds that should hold a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// A number; infinite where the source says so.
    Value(f64),
    /// Nothing, or a word for nothing.
    Missing,
    /// Something else.
    Unreadable,
}

/// The signs that a source writes numbers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NumberStyle {
    /// Between the integer part and the fraction.
    pub(crate) decimal: u8,
    /// Between groups of three digits, if the source groups them.
    pub(crate) thousands: Option<char>,
}

impl NumberStyle {
    /// `1234.5`
    pub(crate) const PLAIN: Self = Self { decimal: b'.', thousands: None };
}

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// Reads a cell in the given style. Blanks around it do not matter.
pub(crate) fn parse(cell: &str, style: NumberStyle) -> Number {
    match first_look(cell.as_bytes(), style.decimal) {
        FirstLook::Exact(value) => return Number::Value(value),
        FirstLook::Decimal => return cell.parse().map_or(Number::Unreadable, Number::Value),
        FirstLook::Other => {}
    }
    let cell = cell.trim();
    if is_missing(cell) {
        return Number::Missing;
    }
    if let Some(value) = infinity(cell) {
        return Number::Value(value);
    }
    match style {
        NumberStyle { decimal: b'.', thousands: None } => parse_plain(cell),
        _ => parse_plain(&plain(cell, style)),
    }
    .map_or(Number::Unreadable, Number::Value)
}

/// Whether a cell is empty or holds one of the words that tools write for a missing value.
pub(crate) fn is_missing(cell: &str) -> bool {
    const WORDS: [&str; 12] =
        ["nan", "null", "undefined", "none", "na", "n/a", "nil", "-nan", "<null>", "#n/a", "no data", "missing"];
    let cell = cell.trim();
    matches!(cell, "" | "-" | "--" | "\\N")
        || (cell.len() <= 9 && WORDS.iter().any(|word| cell.eq_ignore_ascii_case(word)))
}

/// The words of two that exclude each other: the first is read as 1, the second as 0.
const TRUTHS: [(&str, &str); 4] = [("true", "false"), ("up", "down"), ("yes", "no"), ("on", "off")];

/// Which pair of words for yes and no a cell is of, and the number that it is read as.
pub(crate) fn truth(cell: &str) -> Option<(usize, f64)> {
    let cell = cell.trim();
    TRUTHS.iter().enumerate().find_map(|(pair, (yes, no))| {
        let is_yes = cell.eq_ignore_ascii_case(yes);
        (is_yes || cell.eq_ignore_ascii_case(no)).then_some((pair, f64::from(u8::from(is_yes))))
    })
}

fn infinity(cell: &str) -> Option<f64> {
    let (sign, word) = match cell.as_bytes().first()? {
        b'-' => (-1.0, cell.get(1..)?),
        b'+' => (1.0, cell.get(1..)?),
        _ => (1.0, cell),
    };
    let is_infinite = word.eq_ignore_ascii_case("inf") || word.eq_ignore_ascii_case("infinity") || word == "∞";
    is_infinite.then_some(sign * f64::INFINITY)
}

/// What a first look at a cell says.
enum FirstLook {
    /// The value.
    Exact(f64),
    /// Digits with at most one decimal point and one minus sign, too long to be exact here.
    Decimal,
    /// Anything else.
    Other,
}

/// Takes digits, perhaps with a sign and one decimal sign, whose value one division yields exactly (Clinger 1990): at
/// most 2^53 as an integer, and at most 22 decimal places.
fn first_look(bytes: &[u8], decimal: u8) -> FirstLook {
    let (negative, digits) = match bytes.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some(_) => (false, bytes),
        None => return FirstLook::Other,
    };
    let mut mantissa: u64 = 0;
    let mut point: Option<usize> = None;
    for (position, &byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            // With more than 19 digits this is wrong, and not used.
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
        } else if byte == decimal && point.is_none() {
            point = Some(position);
        } else {
            return FirstLook::Other;
        }
    }
    let digit_count = digits.len() - usize::from(point.is_some());
    if digit_count == 0 {
        return FirstLook::Other;
    }
    let places = point.map_or(0, |point| digits.len() - point - 1);
    match POWERS.get(places) {
        Some(power) if digit_count <= 19 && mantissa <= 1 << 53 => {
            let magnitude = mantissa as f64 / power;
            FirstLook::Exact(if negative { -magnitude } else { magnitude })
        }
        _ if decimal == b'.' => FirstLook::Decimal,
        _ => FirstLook::Other,
    }
}

fn parse_plain(cell: &str) -> Option<f64> {
    // The standard parser would take words (`infinity`, `nan`) in any spelling; a cell with letters must be `1e5`.
    let starts_right =
        cell.bytes().next().is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.'));
    if !starts_right || !cell.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    cell.parse().ok()
}

/// The same number with a decimal point and without grouping.
fn plain(cell: &str, style: NumberStyle) -> String {
    cell.chars()
        .filter(|&character| Some(character) != style.thousands && !is_narrow_space(character, style))
        .map(|character| if character == char::from(style.decimal) { '.' } else { character })
        .collect()
}

fn is_narrow_space(character: char, style: NumberStyle) -> bool {
    style.thousands.is_some() && matches!(character, '\u{a0}' | '\u{202f}')
}

/// Whether a cell is digits in groups of three, told apart by `separator` (`1,234,567` but not `12,34`).
pub(crate) fn is_grouped(cell: &str, separator: char, decimal: u8) -> bool {
    let unsigned = cell.trim().trim_start_matches(['-', '+']);
    let mut parts = unsigned.splitn(2, char::from(decimal));
    let integer = parts.next().unwrap_or("");
    let fraction = parts.next().unwrap_or("");
    let mut groups = integer.split(separator);
    let first = groups.next().unwrap_or("");
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut count = 0;
    let regular = groups.all(|group| {
        count += 1;
        group.len() == 3 && all_digits(group)
    });
    (1..=3).contains(&first.len()) && all_digits(first) && regular && count > 0 && all_digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_for_nothing_are_missing() {
        for cell in ["", " ", "NaN", "null", "undefined", "None", "-", "N/A", "\\N"] {
            assert_eq!(parse(cell, NumberStyle::PLAIN), Number::Missing, "{cell:?}");
        }
        for cell in ["abc", "1.2.3", "0x10", "12 ms", "e5", ".", "1,5", "infinite"] {
            assert_eq!(parse(cell, NumberStyle::PLAIN), Number::Unreadable, "{cell:?}");
        }
        assert_eq!(parse("+Inf", NumberStyle::PLAIN), Number::Value(f64::INFINITY));
        assert_eq!(parse("-Infinity", NumberStyle::PLAIN), Number::Value(f64::NEG_INFINITY));
    }

    #[test]
    fn words_for_yes_and_no() {
        assert_eq!(
            ["TRUE", " false", "Up", "OFF", "1", "ok"].map(truth),
            [Some((0, 1.0)), Some((0, 0.0)), Some((1, 1.0)), Some((3, 0.0)), None, None]
        );
    }

    #[test]
    fn other_styles_mean_the_same() {
        let german = NumberStyle { decimal: b',', thousands: Some('.') };
        let english = NumberStyle { decimal: b'.', thousands: Some(',') };
        let french = NumberStyle { decimal: b',', thousands: Some(' ') };
        assert_eq!(parse("-1.234.567,5", german), Number::Value(-1_234_567.5));
        assert_eq!(parse("0,25", german), Number::Value(0.25));
        assert_eq!(parse("1,234.5", english), Number::Value(1234.5));
        assert_eq!(parse("1\u{202f}234,5", french), Number::Value(1234.5));
        assert!(
            is_grouped("1,234,567.25", ',', b'.') && !is_grouped("1,23", ',', b'.') && !is_grouped("123", ',', b'.')
        );
    }

    proptest! {
        #[test]
        fn agrees_with_the_standard_parser(value in proptest::num::f64::NORMAL | proptest::num::f64::ZERO) {
            for text in [format!("{value}"), format!("{value:e}"), format!("{value:.3}")] {
                prop_assert_eq!(parse(&text, NumberStyle::PLAIN), Number::Value(text.parse().unwrap_or(f64::NAN)));
            }
        }

        #[test]
        fn short_decimals_agree_bit_by_bit(mantissa in -20_000_000_000_000_000i64..20_000_000_000_000_000, places in 0usize..20) {
            let digits = format!("{:021}", mantissa.abs());
            let (whole, fraction) = digits.split_at(21 - places);
            let text = format!("{}{whole}.{fraction}", if mantissa < 0 { "-" } else { "" });
            let text = text.replace("-000", "-").trim_start_matches("00").to_owned();
            prop_assert_eq!(parse(&text, NumberStyle::PLAIN), text.parse().map_or(Number::Unreadable, Number::Value));
        }
    }
}
