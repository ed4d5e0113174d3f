//! Text to records and cells, without copying a cell.

use super::scan::MOST_COLUMNS;
use crate::error::Error;
use crate::text::Text;
use std::borrow::Cow;

/// One cell: a slice of the text, without its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell<'a> {
    /// The characters between the delimiters, or between the quotes if it is quoted.
    pub(crate) raw: &'a str,
    /// Whether quotes stood around it.
    pub(crate) quoted: bool,
    /// How quotes inside are written, if there are some.
    pub(crate) escape: Option<Escape>,
}

/// How a quote is written inside a quoted cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Escape {
    /// `""`
    Doubled,
    /// `\"`
    Backslash,
}

impl<'a> Cell<'a> {
    /// A cell without quotes.
    pub(crate) fn plain(raw: &'a str) -> Self {
        Self { raw, quoted: false, escape: None }
    }

    /// The content, with escapes resolved and, unless quoted, without blanks around it.
    pub(crate) fn text(&self) -> Cow<'a, str> {
        match self.escape {
            Some(Escape::Doubled) => Cow::Owned(self.raw.replace("\"\"", "\"")),
            Some(Escape::Backslash) => Cow::Owned(self.raw.replace("\\\"", "\"")),
            None if self.quoted => Cow::Borrowed(self.raw),
            None => Cow::Borrowed(self.raw.trim()),
        }
    }
}

/// The records of a delimited text, in order. Empty lines are no records.
///
/// A cell may stand in double quotes, and then hold delimiters and line ends; a quote inside is doubled, or has a
/// backslash in front. A quote that is never closed is an ordinary character, so that one stray quote costs one cell
/// and not the rest of the file.
#[derive(Clone, Debug)]
pub(crate) struct Rows<'a> {
    text: &'a str,
    delimiter: u8,
    at: usize,
    line: u64,
    next_line: u64,
    is_last: bool,
}

/// The longest quoted cell. A longer one is taken for a stray quote.
const LONGEST_QUOTED: usize = 1 << 16;

/// Cells of a record beyond this are passed over: more than any table may have, so that a line of delimiters alone does not
/// fill the memory.
const WIDEST: usize = 2 * MOST_COLUMNS;

impl<'a> Rows<'a> {
    /// The records from byte `at` on, which begins line `line` (from 1). Where the text is a window that is not the last
    /// one, a record counts only if nothing behind the window could change it.
    pub(crate) fn new(text: &'a str, delimiter: u8, at: usize, line: u64, is_last: bool) -> Self {
        Self { text, delimiter, at, line, next_line: line, is_last }
    }

    /// The line in which the record last returned begins, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// The byte at which the next record begins.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// Goes on behind records that were read otherwise: at byte `at`, so many lines further.
    pub(crate) fn skip(&mut self, at: usize, lines: u64) {
        self.at = at;
        self.next_line += lines;
    }

    /// The line at which the next record begins, from 1.
    pub(crate) fn next_line(&self) -> u64 {
        self.next_line
    }

    /// Puts the next record's cells into `cells`; false at the end of the text, and where the rest of a window is no whole
    /// record.
    pub(crate) fn next(&mut self, cells: &mut Vec<Cell<'a>>) -> bool {
        let bytes = self.text.as_bytes();
        loop {
            cells.clear();
            if self.at >= bytes.len() {
                return false;
            }
            let begun = (self.at, self.next_line);
            self.line = self.next_line;
            if self.record(bytes, cells).is_none() {
                (self.at, self.next_line) = begun;
                cells.clear();
                return false;
            }
            let is_blank =
                cells.len() == 1 && cells.first().is_some_and(|cell| !cell.quoted && cell.raw.trim().is_empty());
            if !is_blank {
                return true;
            }
        }
    }

    /// None where the window ends too early.
    fn record(&mut self, bytes: &'a [u8], cells: &mut Vec<Cell<'a>>) -> Option<()> {
        let mut start = self.at;
        let mut at = start;
        loop {
            let Some(&byte) = bytes.get(at) else {
                if !self.is_last {
                    return None;
                }
                cells.push(self.plain(start, at));
                self.at = at;
                return Some(());
            };
            if byte == self.delimiter {
                if cells.len() < WIDEST {
                    cells.push(self.plain(start, at));
                }
                at += 1;
                start = at;
            } else if byte == b'\n' {
                cells.push(self.plain(start, at));
                self.at = at + 1;
                self.next_line += 1;
                return Some(());
            } else if byte == b'\r' && at + 1 == bytes.len() && !self.is_last {
                return None;
            } else if byte == b'\r' && !matches!(bytes.get(at + 1), None | Some(b'\n')) {
                // A lone carriage return ends a line on old systems.
                cells.push(self.plain(start, at));
                self.at = at + 1;
                self.next_line += 1;
                return Some(());
            } else if byte == b'"' && bytes.get(start..at).is_some_and(|before| before.iter().all(|byte| *byte == b' '))
            {
                match self.quoted(bytes, at + 1) {
                    Quoted::Open => return None,
                    Quoted::Cell(cell, lines, after) => {
                        cells.push(cell);
                        self.next_line += lines;
                        match bytes.get(after) {
                            Some(&byte) if byte == self.delimiter => {
                                at = after + 1;
                                start = at;
                            }
                            Some(_) => {
                                self.at = after + 1;
                                self.next_line += 1;
                                return Some(());
                            }
                            None => {
                                self.at = after;
                                return Some(());
                            }
                        }
                    }
                    Quoted::Stray => at += 1,
                }
            } else {
                at += 1;
            }
        }
    }

    fn plain(&self, start: usize, end: usize) -> Cell<'a> {
        let raw = self.text.get(start..end).unwrap_or_default();
        Cell::plain(raw.strip_suffix('\r').unwrap_or(raw))
    }

    /// The quoted cell whose content begins at `start`, the line ends in it, and the position behind it: that of a
    /// delimiter, of a line feed, or of the end. Doubled quotes are tried first, then backslashes.
    fn quoted(&self, bytes: &[u8], start: usize) -> Quoted<'a> {
        match self.quoted_with(bytes, start, Escape::Doubled) {
            Quoted::Stray => self.quoted_with(bytes, start, Escape::Backslash),
            found => found,
        }
    }

    fn quoted_with(&self, bytes: &[u8], start: usize, escape: Escape) -> Quoted<'a> {
        let at_end = if self.is_last { Quoted::Stray } else { Quoted::Open };
        let mut found = None;
        let mut lines = 0;
        let mut at = start;
        while at - start <= LONGEST_QUOTED {
            let Some(byte) = bytes.get(at) else { return at_end };
            match (byte, escape, bytes.get(at + 1)) {
                (b'"' | b'\\', _, None) if !self.is_last => return Quoted::Open,
                (b'"', Escape::Doubled, Some(b'"')) | (b'\\', Escape::Backslash, Some(b'"')) => {
                    found = Some(escape);
                    at += 2;
                    continue;
                }
                (b'"', ..) => {
                    let mut after = at + 1;
                    while matches!(bytes.get(after), Some(b' ' | b'\r')) {
                        after += 1;
                    }
                    let ends = match bytes.get(after) {
                        Some(&byte) => byte == self.delimiter || byte == b'\n',
                        None if self.is_last => true,
                        None => return Quoted::Open,
                    };
                    if !ends {
                        return Quoted::Stray;
                    }
                    let raw = self.text.get(start..at).unwrap_or_default();
                    return Quoted::Cell(Cell { raw, quoted: true, escape: found }, lines, after);
                }
                (b'\n', ..) => lines += 1,
                _ => {}
            }
            at += 1;
        }
        Quoted::Stray
    }
}

/// What a quote begins.
enum Quoted<'a> {
    /// A cell, the line ends in it, and the position behind it.
    Cell(Cell<'a>, u64, usize),
    /// Nothing: it is an ordinary character.
    Stray,
    /// That is behind the window.
    Open,
}

/// Hands every record of a text on while the text streams by, with the line in which the record begins.
///
/// # Errors
/// If the source fails, if a record never ends, or as `each` says.
pub(crate) fn each_record(
    text: &mut Text<'_>,
    delimiter: u8,
    mut each: impl FnMut(&[Cell<'_>], u64) -> Result<(), Error>,
) -> Result<(), Error> {
    loop {
        let mut rows = Rows::new(text.rest(), delimiter, 0, text.line(), text.is_last());
        let mut cells: Vec<Cell<'_>> = Vec::new();
        while rows.next(&mut cells) {
            each(&cells, rows.line())?;
        }
        let read = rows.offset();
        text.consume(read);
        if !text.more()? {
            return Ok(());
        }
    }
}

/// The cells of the record at the beginning of a text.
pub(crate) fn first_record(text: &str, delimiter: u8) -> Vec<Cell<'_>> {
    let mut cells = Vec::new();
    Rows::new(text, delimiter, 0, 1, true).next(&mut cells);
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> Vec<Vec<String>> {
        let mut rows = Rows::new(text, b',', 0, 1, true);
        let mut cells = Vec::new();
        let mut found = Vec::new();
        while rows.next(&mut cells) {
            found.push(cells.iter().map(|cell| cell.text().into_owned()).collect());
        }
        found
    }

    #[test]
    fn cells_with_and_without_quotes() {
        assert_eq!(all("a, b ,c\r\n\r\n1,,\"x,\ny\"\n"), [vec!["a", "b", "c"], vec!["1", "", "x,\ny"]]);
        assert_eq!(all("\"say \"\"hi\"\"\",\"say \\\"hi\\\"\",\"C:\\\""), [["say \"hi\"", "say \"hi\"", "C:\\"]]);
        assert_eq!(all("a,\"b\nc,d\n"), [["a", "\"b"], ["c", "d"]], "a stray quote costs one cell");
        assert_eq!(all("a\rb\r"), [["a"], ["b"]]);
        assert_eq!(all("x,5\" disk,y"), [["x", "5\" disk", "y"]]);
    }

    #[test]
    fn lines_are_counted_through_quotes_and_blank_lines() {
        let mut rows = Rows::new("a\n\n\"b\nc\"\nd", b',', 0, 1, true);
        let mut cells = Vec::new();
        let mut lines = Vec::new();
        while rows.next(&mut cells) {
            lines.push(rows.line());
        }
        assert_eq!(lines, [1, 3, 5]);
    }

    proptest! {
        #[test]
        fn quoting_what_was_read_reads_the_same(cells in proptest::collection::vec(proptest::collection::vec("[a-z,\"\n ;é]{1,8}", 2..5), 1..5)) {
            let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let text: Vec<String> = cells.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",")).collect();
            prop_assert_eq!(all(&text.join("\n")), cells.clone());
            prop_assert_eq!(all(&text.join("\r\n")), cells);
        }

        #[test]
        fn windows_give_the_same_records(text in "[a,\"\\\\\r\n é]{0,60}", mut cut in 0usize..60) {
            while !text.is_char_boundary(cut.min(text.len())) {
                cut -= 1;
            }
            let window = &text[..cut.min(text.len())];
            let mut rows = Rows::new(window, b',', 0, 1, false);
            let mut cells = Vec::new();
            let mut found: Vec<Vec<String>> = Vec::new();
            while rows.next(&mut cells) {
                found.push(cells.iter().map(|cell| cell.text().into_owned()).collect());
            }
            found.extend(all(&text[rows.offset()..]));
            prop_assert_eq!(found, all(&text));
        }

        #[test]
        fn nothing_panics(text in "[a,\"\\\\\r\n é]{0,60}") {
            all(&text);
        }
    }
}
