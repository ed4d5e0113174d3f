//! Many ordinary rows at once: where their cells are.

use crate::Digits;
use crate::marks::Marks;
use std::ops::Range;

/// How much text makes a stretch: so many rows that going from column to column costs little, and what stays in a near
/// cache while it is read column by column.
const ENOUGH: usize = 1 << 17;
/// Rows that a stretch shall have, so that going from column to column costs little, and the text that this may take.
const FEW_ROWS: usize = 8;
const MUCH: usize = 1 << 18;

/// Ordinary rows, one behind the other: as many cells as the table has columns, no quotes, and lines that end in `\n` or
/// `\r\n`. All others are left to whoever reads them one by one.
#[derive(Clone, Debug, Default)]
pub struct Stretch {
    /// The byte in front of the first row, then the delimiter or line feed behind every cell.
    ends: Vec<u32>,
    width: usize,
    rows: usize,
    end: usize,
}

impl Stretch {
    /// For a table of so many columns. With less than two there are no ordinary rows: a blank line would look like one.
    pub fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// Looks for ordinary rows from byte `start` on, which begins a row, up to the first other one, or until there are
    /// enough.
    pub fn find(&mut self, bytes: &[u8], start: usize, delimiter: u8) {
        self.look(bytes, start, delimiter);
        // So that the last row is followed by as much as every other one.
        let noted = (self.rows + 2) * self.width;
        self.ends.resize(self.ends.len().max(noted), 0);
    }

    #[inline(never)]
    fn look(&mut self, bytes: &[u8], start: usize, delimiter: u8) {
        (self.rows, self.end) = (0, start);
        if self.width < 2 || u32::try_from(bytes.len()).is_err() {
            return;
        }
        self.ends.resize(self.ends.len().max(1), 0);
        if let Some(first) = self.ends.first_mut() {
            *first = (start as u32).wrapping_sub(1);
        }
        let mut count = 1;
        let mut at = start;
        let mut returned = 0;
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let marks = match rest.first_chunk::<64>() {
                Some(block) => Marks::of(block, delimiter),
                None => {
                    let mut block = [0; 64];
                    block.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                    Marks::of(&block, delimiter)
                }
            };
            // A carriage return that no line feed follows ends a line, too: not in an ordinary row.
            let odd = marks.quotes | ((marks.returns << 1 | returned) & !marks.lines);
            returned = marks.returns >> 63;
            self.note(marks.ends, at as u32, count);
            let mut lines = marks.lines;
            while lines != 0 {
                let line = lines.trailing_zeros();
                let up_to = u64::MAX >> (63 - line);
                let cells = count - 1 + (marks.ends & up_to).count_ones() as usize;
                if odd & up_to != 0 || cells != (self.rows + 1) * self.width {
                    return;
                }
                self.rows += 1;
                self.end = at + line as usize + 1;
                let length = self.end - start;
                if length >= ENOUGH && self.rows >= FEW_ROWS || length >= MUCH {
                    return;
                }
                lines &= lines - 1;
            }
            if odd != 0 {
                return;
            }
            count += marks.ends.count_ones() as usize;
            at += 64;
        }
    }

    /// Writes down the positions of a block's ends.
    #[inline(always)]
    fn note(&mut self, mut bits: u64, base: u32, count: usize) {
        if self.ends.len() < count + 64 {
            self.ends.resize(2 * count + 1024, 0);
        }
        let Some(slots) = self.ends.get_mut(count..count + 64) else { return };
        // Eight at a time: to write a few too many costs less than to ask each time whether there is another one.
        let (eights, _) = slots.as_chunks_mut::<8>();
        for eight in eights {
            for slot in eight {
                *slot = base.wrapping_add(bits.trailing_zeros());
                bits &= bits.wrapping_sub(1);
            }
            if bits == 0 {
                return;
            }
        }
    }

    /// The number of rows found.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The byte behind the last row.
    pub fn end(&self) -> usize {
        self.end
    }

    /// Where a column's cells begin and end, for some of the rows.
    #[inline]
    pub fn cells<'a>(
        &'a self,
        bytes: &'a [u8],
        column: usize,
        rows: Range<usize>,
    ) -> impl ExactSizeIterator<Item = (usize, usize)> + 'a {
        let is_last = column + 1 == self.width;
        let count = if column < self.width { rows.len() } else { 0 };
        // Of every row the two positions around the cell.
        let from = self.ends.get(rows.start * self.width + column..).unwrap_or_default();
        let pairs = from.chunks_exact(self.width.max(1)).take(count);
        pairs.map(move |row| {
            let (start, end) = match row {
                [before, end, ..] => (before.wrapping_add(1) as usize, *end as usize),
                _ => (0, 0),
            };
            // Of `\r\n` only the second half was noted.
            let is_return = is_last && end > start && bytes.get(end - 1) == Some(&b'\r');
            (start, end - usize::from(is_return))
        })
    }

    /// Reads the usual numbers of a column into `values`, one per row; NaN where there is none. The rows whose cell holds
    /// something else go to `others`. Returns how many cells held a number.
    #[inline(never)]
    pub fn numbers(
        &self,
        bytes: &[u8],
        column: usize,
        rows: Range<usize>,
        digits: &mut Digits,
        values: &mut [f64],
        others: &mut Vec<usize>,
    ) -> usize {
        let mut filled = 0;
        for ((row, value), (start, end)) in rows.clone().zip(values).zip(self.cells(bytes, column, rows)) {
            *value = match digits.read(bytes, start, end) {
                Some(number) => {
                    filled += 1;
                    number
                }
                None => {
                    if start < end {
                        others.push(row);
                    }
                    f64::NAN
                }
            };
        }
        filled
    }

    /// Appends the numbers of a column, up to the first cell that holds no usual one.
    #[inline(never)]
    pub fn numbers_while(
        &self,
        bytes: &[u8],
        column: usize,
        rows: Range<usize>,
        digits: &mut Digits,
        to: &mut Vec<f64>,
    ) {
        to.extend(self.cells(bytes, column, rows).map_while(|(start, end)| digits.read(bytes, start, end)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The next row the slow way: where it ends, and its cells if it is an ordinary one.
    fn row(text: &str, width: usize) -> (usize, Option<Vec<&str>>) {
        let Some(end) = text.find('\n') else { return (text.len(), None) };
        let line = text.get(..end).unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        let cells: Vec<&str> = line.split(',').collect();
        let is_ordinary = width > 1 && cells.len() == width && !line.contains(['"', '\r']);
        (end + 1, is_ordinary.then_some(cells))
    }

    /// Whether stretches are made of the ordinary rows, all of them; and how many there were.
    fn check(text: &str, width: usize) -> usize {
        let mut stretch = Stretch::new(width);
        let (mut at, mut ordinary) = (0, 0);
        while at < text.len() {
            stretch.find(text.as_bytes(), at, b',');
            for index in 0..stretch.rows() {
                let (length, cells) = row(&text[at..], width);
                let found =
                    (0..width).filter_map(|column| stretch.cells(text.as_bytes(), column, index..index + 1).next());
                let found: Vec<&str> = found.map(|(start, end)| &text[start..end]).collect();
                assert_eq!(Some(found), cells);
                at += length;
            }
            assert_eq!(stretch.end(), at);
            ordinary += stretch.rows();
            if stretch.rows() == 0 {
                let (length, cells) = row(&text[at..], width);
                assert_eq!(cells, None);
                at += length;
            }
        }
        ordinary
    }

    #[test]
    fn ordinary_rows_are_found_between_others() {
        assert_eq!(check("1,2\r\n3,\"4\"\n5,6\n\n7,8\n9,1,2\n3,4\r5,6\n,\n7,8", 2), 4);
        assert_eq!(check("1\n2\n", 1), 0, "a blank line would look like a row");
    }

    #[test]
    fn long_rows_and_long_tables_come_in_several_stretches() {
        assert_eq!(check(&("12345678,".repeat(6000) + "1\r\n").repeat(20), 6001), 20);
        assert_eq!(check(&"1,2\n".repeat(30_000), 2), 30_000);
    }

    #[test]
    fn numbers_and_others_are_told_apart() {
        let text = "time,value\n12345678,1.5\n12345678,\n12345678,x\n12345678,-2\n";
        let mut stretch = Stretch::new(2);
        stretch.find(text.as_bytes(), 11, b',');
        let (mut values, mut others) = ([0.0; 4], Vec::new());
        let filled = stretch.numbers(text.as_bytes(), 1, 0..4, &mut Digits::new(b'.'), &mut values, &mut others);
        assert_eq!((filled, others), (2, vec![2]));
        assert_eq!((values[0], values[3]), (1.5, -2.0));
        assert!(values[1].is_nan() && values[2].is_nan());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn stretches_are_made_of_the_ordinary_rows(rows in proptest::collection::vec(("[a1é]{0,40}", "[b ]{0,3}|[\"c\r]{0,3}", "\n|\r\n|\n|\r|,\n"), 0..30)) {
            let text: String = rows.iter().map(|(a, b, end)| format!("{a},{b}{end}")).collect();
            check(&text, 2);
        }
    }
}
