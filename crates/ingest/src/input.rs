//! A decoded file, and what several readers want to know about it, found once.

use crate::table::Table;
use std::cell::OnceCell;

/// A decoded file.
pub(crate) struct Input<'a> {
    /// The file's name.
    pub(crate) name: &'a str,
    /// Its text, without a byte order mark.
    pub(crate) text: &'a str,
    table: OnceCell<Option<Table<'a>>>,
}

impl<'a> Input<'a> {
    pub(crate) fn new(name: &'a str, text: &'a str) -> Self {
        Self { name, text, table: OnceCell::new() }
    }

    /// The beginning of the text, at most `length` bytes.
    pub(crate) fn head(&self, length: usize) -> &'a str {
        let mut end = length.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        self.text.get(..end).unwrap_or_default()
    }

    /// The text as a delimited table; none if there is no row.
    pub(crate) fn table(&self) -> Option<&Table<'a>> {
        self.table.get_or_init(|| Table::find(self.text)).as_ref()
    }
}
