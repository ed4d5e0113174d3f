//! A table with one row per sample, told apart by columns of words (`time,service,metric,value`).

use crate::Format;
use crate::head::Head;
use crate::sniff::Reader;
use crate::table::read::read;

pub(crate) const READER: Reader = Reader {
    format: Format::CsvLong,
    probe,
    is_table: true,
    read: |text, context| read(text, context, Format::CsvLong),
};

/// A table with a time, numbers, and a column of words that names something.
fn probe(head: &Head<'_>) -> bool {
    head.table().is_some_and(|table| table.has_numbers() && table.has_names())
}
