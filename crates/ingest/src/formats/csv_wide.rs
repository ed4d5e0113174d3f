//! A table with a time column and one column per series.

use crate::Format;
use crate::head::Head;
use crate::sniff::Reader;
use crate::table::read::read;

pub(crate) const READER: Reader = Reader {
    format: Format::CsvWide,
    probe,
    is_table: true,
    read: |text, context| read(text, context, Format::CsvWide),
};

/// Any table in which something was measured.
fn probe(head: &Head<'_>) -> bool {
    head.table().is_some_and(|table| table.has_numbers())
}
