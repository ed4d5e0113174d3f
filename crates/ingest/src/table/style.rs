//! Which signs a table writes numbers with: decimal point or comma, grouped or not.

use crate::cell::number::{Number, NumberStyle, is_grouped, parse};

/// The style of a table's numbers, and whether the cells leave it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FoundStyle {
    pub(crate) style: NumberStyle,
    /// Every number with a comma has exactly three digits behind it: grouping or fraction.
    pub(crate) is_ambiguous: bool,
}

/// Looks at cells that are not plain numbers.
pub(crate) fn find<'a>(cells: impl Iterator<Item = &'a str>, delimiter: u8) -> FoundStyle {
    let mut decimal_comma = 0;
    let mut comma_groups = 0;
    let mut three_behind_comma = 0;
    let mut points = 0;
    let mut group_signs: Vec<char> = Vec::new();
    for cell in cells {
        if matches!(parse(cell, NumberStyle::PLAIN), Number::Value(_)) {
            points += usize::from(cell.contains('.'));
            continue;
        }
        let Some(digits) = numeric_prefix(cell) else { continue };
        let last_comma = digits.rfind(',');
        let last_point = digits.rfind('.');
        match (last_comma, last_point) {
            (Some(comma), Some(point)) if comma > point => {
                if is_grouped(digits, '.', b',') {
                    decimal_comma += 1;
                    group_signs.push('.');
                }
            }
            (Some(_), Some(_)) => comma_groups += usize::from(is_grouped(digits, ',', b'.')),
            (Some(comma), None) => {
                let behind = digits.len() - comma - 1;
                if digits.matches(',').count() > 1 {
                    comma_groups += usize::from(is_grouped(digits, ',', b'.'));
                } else if behind == 3 && is_grouped(digits, ',', b'.') {
                    three_behind_comma += 1;
                } else if behind > 0 {
                    decimal_comma += 1;
                }
            }
            (None, _) => {}
        }
        let sign = digits.chars().find(|sign| matches!(sign, ' ' | '\u{a0}' | '\u{202f}' | '\''));
        if let Some(sign) = sign.filter(|&sign| is_grouped(digits, sign, b'.') || is_grouped(digits, sign, b',')) {
            group_signs.push(sign);
        }
    }
    let is_ambiguous = three_behind_comma > 0 && decimal_comma == 0 && comma_groups == 0 && points == 0;
    let takes_comma = decimal_comma > 0 || (is_ambiguous && delimiter == b';');
    let style = if takes_comma {
        NumberStyle { decimal: b',', thousands: group_signs.first().copied() }
    } else if comma_groups + three_behind_comma > 0 {
        NumberStyle { decimal: b'.', thousands: Some(',') }
    } else {
        NumberStyle { decimal: b'.', thousands: group_signs.into_iter().find(|&sign| sign != '.') }
    };
    FoundStyle { style, is_ambiguous }
}

/// The digits, with their signs, that a cell begins with; none where something else than a unit follows.
fn numeric_prefix(cell: &str) -> Option<&str> {
    let cell = cell.trim();
    let is_part = |character: char| {
        character.is_ascii_digit() || matches!(character, ',' | '.' | ' ' | '\'' | '\u{a0}' | '\u{202f}')
    };
    let unsigned = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let end = unsigned.find(|character| !is_part(character)).unwrap_or(unsigned.len());
    let (digits, rest) = unsigned.split_at_checked(end)?;
    let ends_well = rest.chars().next().is_none_or(|next| next.is_alphabetic() || matches!(next, '%' | '°' | 'µ'));
    let digits = digits.trim_end();
    (ends_well && digits.starts_with(|character: char| character.is_ascii_digit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(cells: &[&str], delimiter: u8) -> (u8, Option<char>, bool) {
        let found = find(cells.iter().copied(), delimiter);
        (found.style.decimal, found.style.thousands, found.is_ambiguous)
    }

    #[test]
    fn commas_and_points_tell_by_their_place() {
        assert_eq!(style(&["1.5", "2"], b','), (b'.', None, false));
        assert_eq!(style(&["1,5", "2"], b';'), (b',', None, false));
        assert_eq!(style(&["1.234,5", "0,25"], b';'), (b',', Some('.'), false));
        assert_eq!(style(&["1,234.5", "1,234"], b','), (b'.', Some(','), false));
        assert_eq!(style(&["1 234,5"], b';'), (b',', Some(' '), false));
        assert_eq!(style(&["1,234", "999"], b','), (b'.', Some(','), true));
        assert_eq!(style(&["1,234", "0,999"], b';'), (b',', None, true));
        assert_eq!(style(&["1,5 ms", "2023-11-17 10:11:24"], b';'), (b',', None, false));
        assert_eq!(style(&["17.11.2023 10:00", "2023-11-17 10:11:24"], b';'), (b'.', None, false));
    }
}
