//! `time,series,value`, one sample per line.

use super::number::shortest;
use crate::cell::calendar::rfc3339;
use series::Dataset;

/// Writes a table `time,series,value` with RFC 3339 times in UTC, series by series. A missing value is an empty cell.
pub fn tidy_csv(dataset: &Dataset) -> String {
    let mut out = String::from("time,series,value\n");
    for series in &dataset.series {
        let name = quoted(&series.name);
        for (&time_ms, value) in series.axis.times_ms().iter().zip(&series.values) {
            rfc3339(time_ms, &mut out);
            out.push(',');
            out.push_str(&name);
            out.push(',');
            if !value.is_nan() {
                out.push_str(&shortest(*value));
            }
            out.push('\n');
        }
    }
    out
}

fn quoted(cell: &str) -> String {
    let needs_quotes = cell.is_empty() || cell.contains([',', '"', '\n', '\r']) || cell.trim() != cell;
    if needs_quotes { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}
