//! A table whose column names are spread over several header rows (service, metric, statistic).

use crate::Format;
use crate::head::Head;
use crate::sniff::Reader;
use crate::table::read::read;

pub(crate) const READER: Reader = Reader {
    format: Format::CsvStacked,
    probe,
    is_table: true,
    read: |text, context| read(text, context, Format::CsvStacked),
};

fn probe(head: &Head<'_>) -> bool {
    head.table().is_some_and(|table| table.headers.len() > 1 && table.has_numbers())
}
