//! A table with a time column and one column per series.

use crate::Format;
use crate::sniff::Reader;
use crate::table;

pub(crate) const READER: Reader = Reader {
    format: Format::CsvWide,
    probe: |input| input.table().is_some(),
    read: |input, options| table::read::read(input, options, Format::CsvWide),
};
