//! A table whose column names are spread over several header rows (service, metric, statistic).

use crate::Format;
use crate::input::Input;
use crate::sniff::Reader;
use crate::table::read::read;

pub(crate) const READER: Reader =
    Reader { format: Format::CsvStacked, probe, read: |input, options| read(input, options, Format::CsvStacked) };

fn probe(input: &Input<'_>) -> bool {
    input.table().is_some_and(|table| table.headers.len() > 1 && table.has_numbers())
}
