//! What separates the cells: a vote among the first lines.

use super::rows::Rows;
use order::SortedMap;

/// In the order of preference where the vote is even: a tab or semicolon is hardly ever part of a number or a name.
const CANDIDATES: [u8; 4] = [b'\t', b';', b',', b'|'];
const SAMPLED_RECORDS: usize = 64;

/// The delimiter under which most of the first records have the same number of cells, more than one. A comma if none
/// has (then the table has one column).
pub(crate) fn vote(text: &str, at: usize, is_whole: bool) -> u8 {
    let mut best = (0.0, b',');
    for candidate in CANDIDATES {
        let mut rows = Rows::new(text, candidate, at, 1, is_whole);
        let mut cells = Vec::new();
        let mut widths: SortedMap<usize, usize> = SortedMap::new();
        let mut records = 0;
        while records < SAMPLED_RECORDS && rows.next(&mut cells) {
            *widths.at(cells.len()) += 1;
            records += 1;
        }
        let agreeing = widths.into_iter().filter(|(width, _)| *width > 1).map(|(_, count)| count).max().unwrap_or(0);
        let share = agreeing as f64 / records.max(1) as f64;
        if share > best.0 + 0.02 {
            best = (share, candidate);
        }
    }
    best.1
}

/// The delimiter that a first line `sep=;` names for spreadsheets, and the byte behind that line.
pub(crate) fn declared(text: &str) -> Option<(u8, usize)> {
    let end = text.find('\n')?;
    let line = text.get(..end)?.trim_end().trim_matches('"');
    let sign = line.get(..4).filter(|start| start.eq_ignore_ascii_case("sep=")).and_then(|_| line.get(4..))?;
    let delimiter = match sign {
        "" => b'\t',
        "\\t" => b'\t',
        _ if sign.len() == 1 => *sign.as_bytes().first()?,
        _ => return None,
    };
    Some((delimiter, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_that_cuts_evenly_wins() {
        assert_eq!(vote("Time;a;b\n1;1,5;2,5\n2;1,6;2,6\n", 0, true), b';');
        assert_eq!(vote("time,svc|cpu,svc|mem\n1,2,3\n", 0, true), b',');
        assert_eq!(vote("Series;Time;Value\nx(a=1,b=2,);t;1\nx(a=1,b=2,);t;2\n", 0, true), b';');
        assert_eq!(vote("a\tb\n1\t2\n", 0, true), b'\t');
        assert_eq!(vote("1\n2\n3\n", 0, true), b',');
    }

    #[test]
    fn a_line_for_spreadsheets_names_it() {
        assert_eq!(declared("sep=;\r\na;b\n"), Some((b';', 7)));
        assert_eq!(declared("a;b\n"), None);
    }
}
