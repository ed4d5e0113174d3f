//! CSV that VictoriaMetrics exports (`/api/v1/export/csv`): its first line is the list of columns that was asked for
//! (`__name__,job,__value__,__timestamp__:unix_s`). Quoted cells have backslashes as in JSON.
//!
//! Older servers write no such line; what they write is an ordinary long table without a header.

use crate::Format;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{self, DateOrder, EpochUnit, Stamp, TimeStyle};
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::text::Text;
use series::{Labels, NoteKind};
use std::collections::HashMap;

pub(crate) const READER: Reader = Reader { format: Format::VictoriaMetricsCsv, probe, is_table: false, read };

fn probe(head: &Head<'_>) -> bool {
    columns(head.first_line()).is_some()
}

#[derive(Clone, Debug, PartialEq)]
enum Column {
    Name,
    Value,
    Time(TimeFormat),
    Label(String),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum TimeFormat {
    Epoch(EpochUnit),
    /// RFC 3339, or a layout of Go's with this order.
    Calendar(DateOrder),
}

/// The columns that a header line names; none if it is no such line.
fn columns(line: &str) -> Option<Vec<Column>> {
    let column = |name: &str| {
        let name = name.trim().trim_matches('"');
        Some(match (name, name.strip_prefix("__timestamp__:")) {
            ("__name__", _) => Column::Name,
            ("__value__", _) => Column::Value,
            (_, Some("unix_s")) => Column::Time(TimeFormat::Epoch(EpochUnit::Seconds)),
            (_, Some("unix_ms")) => Column::Time(TimeFormat::Epoch(EpochUnit::Milliseconds)),
            (_, Some("unix_ns")) => Column::Time(TimeFormat::Epoch(EpochUnit::Nanoseconds)),
            (_, Some("rfc3339")) => Column::Time(TimeFormat::Calendar(DateOrder::YearFirst)),
            (_, Some(layout)) => Column::Time(TimeFormat::Calendar(order(layout.strip_prefix("custom:")?))),
            ("", None) => return None,
            (label, None) => Column::Label(label.to_owned()),
        })
    };
    // A layout may have a comma; then what follows belongs to it.
    let columns: Vec<Column> = line.trim().split(',').map(column).collect::<Option<_>>()?;
    let has = |wanted: fn(&Column) -> bool| columns.iter().filter(|column| wanted(column)).count() == 1;
    (has(|column| *column == Column::Value) && has(|column| matches!(column, Column::Time(_)))).then_some(columns)
}

/// The order of a date by Go's layout.
fn order(layout: &str) -> DateOrder {
    if layout.contains("Jan") {
        DateOrder::MonthName
    } else if layout.starts_with("02") || layout.starts_with("2/") {
        DateOrder::DayFirst
    } else if layout.starts_with("01") || layout.starts_with("1/") {
        DateOrder::MonthFirst
    } else {
        DateOrder::YearFirst
    }
}

/// The cells of a line, with JSON's escapes resolved.
fn cells(line: &str) -> Vec<String> {
    let mut cells = Vec::new();
    let mut cell = String::new();
    let mut signs = line.chars().peekable();
    let mut is_inside = false;
    while let Some(sign) = signs.next() {
        match sign {
            // A doubled quote is one, too, after a spreadsheet.
            '"' if is_inside && signs.peek() == Some(&'"') => {
                signs.next();
                cell.push('"');
            }
            '"' if is_inside || cell.is_empty() => is_inside = !is_inside,
            ',' if !is_inside => cells.push(std::mem::take(&mut cell)),
            '\\' if is_inside => match signs.next() {
                Some('n') => cell.push('\n'),
                Some('t') => cell.push('\t'),
                Some('r') => cell.push('\r'),
                Some('b') => cell.push('\u{8}'),
                Some('f') => cell.push('\u{c}'),
                Some('u') => {
                    let digits: String =
                        std::iter::from_fn(|| signs.next_if(char::is_ascii_hexdigit)).take(4).collect();
                    let sign = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                    cell.push(sign.unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                Some(escaped) => cell.push(escaped),
                None => cell.push('\\'),
            },
            sign => cell.push(sign),
        }
    }
    cells.push(cell);
    cells
}

fn read(text: &mut Text<'_>, _: Context<'_>) -> Result<Body, Error> {
    let mut set = SeriesSet::default();
    let mut columns: Option<Vec<Column>> = None;
    let mut positions: HashMap<String, usize> = HashMap::new();
    let (mut unreadable, mut untimed) = (0, 0);
    let mut first_untimed: Option<(u64, String)> = None;
    while let Some((number, line)) = text.next_line()? {
        if line.trim().is_empty() {
            continue;
        }
        if let Some(found) = self::columns(line) {
            // Several exports in one file.
            columns = Some(found);
            continue;
        }
        let Some(columns) = &columns else {
            return Err(Error::Line {
                line: number,
                expected: "the list of columns (__name__,job,__value__,__timestamp__:unix_s)".to_owned(),
                found: excerpt(line, 60),
                remedy: "Put the export's format into the first line, or read the file as csv-long.".to_owned(),
            });
        };
        let cells = cells(line);
        let (mut time, mut value) = (None, f64::NAN);
        let mut key = String::new();
        for (column, cell) in columns.iter().zip(&cells) {
            match column {
                Column::Time(format) => time = read_time(cell, *format),
                Column::Value => match number::parse(cell, NumberStyle::PLAIN) {
                    Number::Value(read) => value = read,
                    Number::Missing => {}
                    Number::Unreadable => unreadable += 1,
                },
                Column::Name | Column::Label(_) => {
                    key.push_str(cell);
                    key.push('\n');
                }
            }
        }
        let Some(time) = time else {
            untimed += 1;
            first_untimed.get_or_insert_with(|| (number, excerpt(line, 40)));
            continue;
        };
        let position = match positions.get(&key) {
            Some(&position) => position,
            None => {
                let position = identify(&mut set, columns, &cells);
                positions.insert(key, position);
                set.refuse_too_many()?;
                position
            }
        };
        set.push_at(position, time, value);
    }
    set.refuse_empty("there is a header and no row with a time", "Export a range of time in which there are samples.")?;
    if let Some((line, found)) = first_untimed {
        let rows = plural(untimed, "row has no readable time and was", "rows have no readable time and were");
        set.notes.add(NoteKind::Dropped, untimed, format!("{rows} left out (first in line {line}: {found:?})"));
    }
    set.notes.add(
        NoteKind::Unreadable,
        unreadable,
        format!("{} no number and count as missing", plural(unreadable, "value is", "values are")),
    );
    Ok(set.into())
}

fn read_time(cell: &str, format: TimeFormat) -> Option<Stamp> {
    timestamp::parse(
        cell,
        match format {
            TimeFormat::Epoch(unit) => TimeStyle::Epoch(unit),
            TimeFormat::Calendar(order) => TimeStyle::Calendar(order),
        },
    )
}

fn identify(set: &mut SeriesSet, columns: &[Column], cells: &[String]) -> usize {
    let mut labels = Labels::new();
    let mut metric = "value";
    for (column, cell) in columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        match column {
            Column::Name => metric = cell,
            Column::Label(name) => drop(labels.insert(name.as_str(), cell.as_str())),
            Column::Value | Column::Time(_) => {}
        }
    }
    set.position_of(metric, labels)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn escapes_are_those_of_json() {
        assert_eq!(cells(r#"up,"say \"a\", b\\c\u00e9",,1"#), ["up", "say \"a\", b\\cé", "", "1"]);
        assert_eq!(cells("a,\"b"), ["a", "b"]);
    }

    #[test]
    fn headers_are_told_from_rows() {
        let found = columns("__name__,job,__value__,__timestamp__:custom:02.01.2006 15:04").unwrap();
        assert_eq!(found.last(), Some(&Column::Time(TimeFormat::Calendar(DateOrder::DayFirst))));
        assert_eq!(columns("up,node,1,1700000000"), None);
        assert_eq!(columns("time,value"), None);
    }
}
