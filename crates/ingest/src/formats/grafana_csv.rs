//! What Grafana's panel inspector downloads as CSV, raw or formatted, and what Grafana before 7 exported
//! (packages/grafana-data/src/utils/csv.ts, public/app/core/utils/file_export.ts).
//!
//! The table is an ordinary one; this reader knows it so that people see what they dropped.

use crate::Format;
use crate::head::Head;
use crate::sniff::Reader;
use crate::table::read::read;

pub(crate) const READER: Reader = Reader {
    format: Format::GrafanaCsv,
    probe,
    is_table: true,
    read: |text, context| read(text, context, Format::GrafanaCsv),
};

/// `"Time"` as the first of all-quoted header cells, or the three columns of the old export. With every cell quoted, as
/// newer versions can, the capital letter has to do.
fn probe(head: &Head<'_>) -> bool {
    let Some(table) = head.table() else { return false };
    let [header] = table.headers.as_slice() else { return false };
    let names: Vec<&str> = header.iter().map(|name| name.trim()).collect();
    let is_old = matches!(names.as_slice(), ["Series", "Time", "Value"]);
    let is_quoted =
        matches!(names.as_slice(), ["Time" | "time", _, ..]) && table.header_is_quoted && !table.body_is_quoted
            || matches!(names.as_slice(), ["Time", _, ..]) && table.header_is_quoted;
    (is_old || is_quoted) && table.has_numbers()
}
