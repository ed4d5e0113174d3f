//! A table with a time column and one column per series.

use crate::Format;
use crate::input::Input;
use crate::sniff::Reader;
use crate::table::read::read;

pub(crate) const READER: Reader =
    Reader { format: Format::CsvWide, probe, read: |input, options| read(input, options, Format::CsvWide) };

/// Any table in which something was measured.
fn probe(input: &Input<'_>) -> bool {
    input.table().is_some_and(|table| table.has_numbers())
}
