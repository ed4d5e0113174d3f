//! What separates the cells: a vote among the first lines.

use super::rows::Rows;
use order::SortedMap;

/// In the order of preference where the vote is even: a tab or semicolon is hardly ever part of a number or a name.
const CANDIDATES: [u8; 4] = [b'\t', b';', b',', b'|'];
const SAMPLED_RECORDS: usize = 64;

/// The delimiter under which most of the first records have the same number of cells, more than one; where two cut as
/// evenly, the one that cuts the first record like the others. A comma if none does (then the table has one column).
pub(crate) fn vote(text: &str, at: usize, is_whole: bool) -> u8 {
    let mut best = Vote { share: 0.0, with_first: false };
    let mut chosen = b',';
    for candidate in CANDIDATES {
        let vote = Vote::of(text, candidate, at, is_whole);
        if vote.is_better(&best) {
            best = vote;
            chosen = candidate;
        }
    }
    chosen
}

/// How evenly a delimiter cuts.
struct Vote {
    /// The share of records with the most frequent number of cells, of those with more than one.
    share: f64,
    /// Whether the first record is one of them.
    with_first: bool,
}

impl Vote {
    fn of(text: &str, delimiter: u8, at: usize, is_whole: bool) -> Self {
        let mut rows = Rows::new(text, delimiter, at, 1, is_whole);
        let mut cells = Vec::new();
        let mut widths: SortedMap<usize, usize> = SortedMap::new();
        let mut first = 0;
        let mut records = 0;
        while records < SAMPLED_RECORDS && rows.next(&mut cells) {
            if records == 0 {
                first = cells.len();
            }
            *widths.at(cells.len()) += 1;
            records += 1;
        }
        let wide = widths.into_iter().filter(|(width, _)| *width > 1);
        let (width, agreeing) = wide.max_by_key(|(_, count)| *count).unwrap_or((0, 0));
        Self { share: agreeing as f64 / records.max(1) as f64, with_first: agreeing > 0 && width == first }
    }

    /// Whether it cuts better than `other`, which is preferred where neither does.
    fn is_better(&self, other: &Self) -> bool {
        const EVEN: f64 = 0.02;
        let gain = self.share - other.share;
        gain > EVEN || gain >= -EVEN && self.with_first && !other.with_first
    }
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
    fn names_that_hold_another_sign_do_not_outvote_the_header() {
        let mut text = "time,series,value\n".to_owned();
        for second in 0..60 {
            text += &format!("2017-07-14T02:40:{second:02}Z,s;a,0\n");
        }
        assert_eq!(vote(&text, 0, true), b',');
    }

    #[test]
    fn a_line_for_spreadsheets_names_it() {
        assert_eq!(declared("sep=;\r\na;b\n"), Some((b';', 7)));
        assert_eq!(declared("a;b\n"), None);
    }
}
