//! Patterns of accents that the user asks for.

use analysis::rhythm::find_pattern;
use report::PatternCount;
use series::TimeGrid;
use thiserror::Error;

/// The most accents of a pattern.
const LONGEST: usize = 64;
/// The most places told of one.
const MOST_PLACES: usize = 200;

/// A pattern that is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "`{0}` is no pattern of accents; expected are 1 to 64 of 1 (a strong accent) and 0 (a weak one) with commas between, like \
     1,1,0"
)]
pub struct PatternError(String);

/// Reads `1,1,0` or `[1, 1, 0]`: true is a strong accent.
///
/// # Errors
/// Anything else.
pub fn pattern(text: &str) -> Result<Vec<bool>, PatternError> {
    let refused = || PatternError(text.chars().take(LONGEST).collect());
    let inner = text.trim();
    let inner = match inner.strip_prefix('[') {
        Some(open) => open.strip_suffix(']').ok_or_else(refused)?,
        None => inner,
    };
    let mut accents = Vec::new();
    for part in inner.split(',') {
        match part.trim() {
            "1" => accents.push(true),
            "0" => accents.push(false),
            _ => return Err(refused()),
        }
    }
    if accents.len() <= LONGEST { Ok(accents) } else { Err(refused()) }
}

/// How often each of these stands in accents, which are slots and whether each is a strong one; none of those that are longer.
pub(crate) fn count(accents: &[(usize, bool)], patterns: &[Vec<bool>], grid: &TimeGrid) -> Vec<PatternCount> {
    let strong: Vec<bool> = accents.iter().map(|(_, is_strong)| *is_strong).collect();
    let fitting = patterns.iter().filter(|pattern| !pattern.is_empty() && pattern.len() <= strong.len());
    fitting
        .map(|pattern| {
            let found = find_pattern(&strong, pattern);
            let told = found.positions.iter().skip(found.positions.len().saturating_sub(MOST_PLACES));
            let signs: Vec<&str> = pattern.iter().map(|is_strong| if *is_strong { "1" } else { "0" }).collect();
            PatternCount {
                pattern: signs.join(","),
                count: found.positions.len(),
                by_chance: found.expected,
                at_ms: told.filter_map(|place| accents.get(*place)).map(|(slot, _)| grid.time_ms(*slot)).collect(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn patterns_are_ones_and_zeros() {
        assert_eq!(pattern("1,1,0").unwrap(), [true, true, false]);
        assert_eq!(pattern(" [1, 0] ").unwrap(), [true, false]);
        for wrong in ["", "[]", "1;0", "2", "1,,0", "[1,0", "1,0]", "110", &["1"; 65].join(",")] {
            assert!(pattern(wrong).is_err(), "{wrong}");
        }
        let sentence = pattern("da,dum").unwrap_err().to_string();
        assert!(sentence.contains("`da,dum`") && sentence.contains("like 1,1,0"), "{sentence}");
    }

    #[test]
    fn places_are_dated_by_their_first_accent() {
        let accents: Vec<(usize, bool)> =
            [1, 1, 0, 1, 1, 0, 0].iter().zip([2, 4, 6, 9, 11, 12, 20]).map(|(one, at)| (at, *one == 1)).collect();
        let grid = TimeGrid::new(1_000, 10, 100);
        let told = count(&accents, &[vec![true, true, false], vec![true; 8], Vec::new()], &grid);
        let [only] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((only.pattern.as_str(), only.count), ("1,1,0", 2));
        assert_eq!(only.at_ms, [1_020, 1_090]);
        // Of 4 ones and 3 zeros, 4/7 · 3/6 · 3/5 at five places.
        assert!((only.by_chance - 5.0 * 36.0 / 210.0).abs() < 1e-12);
    }
}
