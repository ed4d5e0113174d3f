//! Many ordinary rows at once: where their cells are.

use super::marks::Marks;
use std::ops::Range;

/// How much text makes a stretch: what stays in the nearest cache while it is read column by column.
const ENOUGH: usize = 1 << 15;
/// Rows that a stretch shall have, so that going from column to column costs little, and the text that this may take.
const FEW_ROWS: usize = 8;
const MUCH: usize = 1 << 18;

/// Ordinary rows, one behind the other: as many cells as the table has columns, no quotes, and lines that end in `\n` or
/// `\r\n`. All others are left to [`super::rows::Rows`], which reads these in the same way, but one by one.
#[derive(Clone, Debug, Default)]
pub(super) struct Stretch {
    /// The byte in front of the first row, then the delimiter or line feed behind every cell.
    ends: Vec<u32>,
    width: usize,
    rows: usize,
    end: usize,
}

impl Stretch {
    /// For a table of so many columns. With less than two there are no ordinary rows: a blank line would look like one.
    pub(super) fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// Looks for ordinary rows from byte `start` on, which begins a row, up to the first other one, or until there are
    /// enough.
    pub(super) fn find(&mut self, bytes: &[u8], start: usize, delimiter: u8) {
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
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The byte behind the last row.
    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// Where a column's cells begin and end, for some of the rows.
    #[inline]
    pub(super) fn cells<'a>(
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
}

#[cfg(test)]
mod tests {
    use super::super::rows::Rows;
    use super::*;
    use proptest::prelude::*;

    /// The rows of a text, read in stretches where that goes, and how many were.
    fn in_stretches(text: &str, width: usize) -> (Vec<Vec<String>>, usize) {
        let mut stretch = Stretch::new(width);
        let mut rows = Rows::new(text, b',', 0, 1, true);
        let (mut cells, mut found, mut ordinary) = (Vec::new(), Vec::new(), 0);
        loop {
            stretch.find(text.as_bytes(), rows.offset(), b',');
            for row in 0..stretch.rows() {
                let cell = |column| stretch.cells(text.as_bytes(), column, row..row + 1).next();
                let all = (0..width).filter_map(cell).filter_map(|(start, end)| text.get(start..end));
                found.push(all.map(str::to_owned).collect());
            }
            ordinary += stretch.rows();
            rows.skip(stretch.end(), stretch.rows() as u64);
            if stretch.rows() > 0 {
                continue;
            }
            if !rows.next(&mut cells) {
                return (found, ordinary);
            }
            found.push(cells.iter().map(|cell| cell.raw.to_owned()).collect());
        }
    }

    fn one_by_one(text: &str) -> Vec<Vec<String>> {
        let mut rows = Rows::new(text, b',', 0, 1, true);
        let (mut cells, mut found) = (Vec::new(), Vec::new());
        while rows.next(&mut cells) {
            found.push(cells.iter().map(|cell| cell.raw.to_owned()).collect());
        }
        found
    }

    #[test]
    fn ordinary_rows_are_found_between_others() {
        let text = "1,2\r\n3,\"4\"\n5,6\n\n7,8\n9,1,2\n3,4\r5,6\n,\n7,8";
        let (found, ordinary) = in_stretches(text, 2);
        assert_eq!(found, one_by_one(text));
        assert_eq!(ordinary, 4, "1,2 and 5,6 and 7,8 and the empty cells");
    }

    #[test]
    fn long_rows_and_long_tables_come_in_several_stretches() {
        let row = "12345678,".repeat(6000) + "1\r\n";
        let text = row.repeat(20);
        assert!(in_stretches(&text, 6001) == (one_by_one(&text), 20));
        let text = "1,2\n".repeat(30_000);
        assert!(in_stretches(&text, 2) == (one_by_one(&text), 30_000));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn stretches_and_single_rows_agree(rows in proptest::collection::vec(("[a1é]{0,40}", "[b ]{0,3}|[\"c\r]{0,3}", "\n|\r\n|\n|\r|,\n"), 0..30)) {
            let text: String = rows.iter().map(|(a, b, end)| format!("{a},{b}{end}")).collect();
            prop_assert_eq!(in_stretches(&text, 2).0, one_by_one(&text));
        }
    }
}
