//! The beginning of a file, and what several readers want to know about it, found once.

use crate::Options;
use crate::json::Outline;
use crate::table::Table;
use std::cell::OnceCell;

/// The beginning of a file, as much as finding its format takes.
pub(crate) struct Head<'a> {
    /// The text, without a byte order mark.
    pub(crate) text: &'a str,
    /// Whether this is the whole file.
    pub(crate) is_whole: bool,
    pub(crate) options: &'a Options,
    table: OnceCell<Option<Table>>,
    outline: OnceCell<Option<Outline>>,
}

impl<'a> Head<'a> {
    pub(crate) fn new(text: &'a str, is_whole: bool, options: &'a Options) -> Self {
        Self { text, is_whole, options, table: OnceCell::new(), outline: OnceCell::new() }
    }

    /// The first bytes of the text, at most `length`.
    pub(crate) fn start(&self, length: usize) -> &'a str {
        let mut end = length.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        self.text.get(..end).unwrap_or_default()
    }

    /// The lines that are no blanks, trimmed. The last one may be cut.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.text.lines().map(str::trim).filter(|line| !line.is_empty())
    }

    /// The first line that is no blank, trimmed.
    pub(crate) fn first_line(&self) -> &'a str {
        self.lines().next().unwrap_or("")
    }

    /// The text as a delimited table; none if there is no row.
    pub(crate) fn table(&self) -> Option<&Table> {
        self.table.get_or_init(|| Table::find(self.text, self.is_whole, self.options)).as_ref()
    }

    /// Which keys its JSON has where; none if it does not begin as JSON.
    pub(crate) fn json(&self) -> Option<&Outline> {
        self.outline.get_or_init(|| Outline::of(self.text)).as_ref()
    }

    /// Gives the table away.
    pub(crate) fn into_table(self) -> Option<Table> {
        match self.table.into_inner() {
            Some(table) => table,
            None => Table::find(self.text, self.is_whole, self.options),
        }
    }
}
