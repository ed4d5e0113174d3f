//! Which columns of a table are measurements.

use super::Table;
use super::clock::{self, Clock};
use super::columns::{NumberColumn, WordColumn};
use super::head::{Column, Content};
use super::keys::{self, Keys};
use super::scan::Scan;
use crate::error::list;
use crate::notebook::{Notebook, plural};
use crate::{Options, Role};
use series::NoteKind;
use std::collections::BTreeMap;

/// Columns that are not read at all: further clocks, identifiers, row numbers, and what the options leave out.
pub(super) fn skipped_columns(table: &Table, clock: Clock, options: &Options, notes: &mut Notebook) -> Vec<usize> {
    let mut skipped = Vec::new();
    for (index, column) in table.columns.iter().enumerate() {
        let is_ignored = options.ignore.iter().any(|name| name.trim() == column.name);
        let reason = match clock {
            Clock::Column { index: chosen, .. } if chosen == index => continue,
            Clock::Column { time_of_day: Some(chosen), .. } if chosen == index => continue,
            _ if matches!(options.role(&column.name), Some(role) if role != Role::Ignore) => continue,
            _ if column.is_row_count && !table.headers.is_empty() => "The rows' numbers, no measurement; left out",
            Clock::Column { .. } if clock::is_another_clock(column) => "A second column of times; left out",
            _ if is_nanoseconds(column, table) => {
                "The nanoseconds behind the seconds of the time, no measurement; left out"
            }
            _ if is_identifier(column) => "Whole numbers under the name of an identifier, no measurement; left out",
            _ if options.role(&column.name) == Some(Role::Ignore) || is_ignored => {
                skipped.push(index);
                continue;
            }
            _ => continue,
        };
        skipped.push(index);
        notes.add_about(&column.name, NoteKind::Dropped, 1, reason).undone_by(format!("role.{}=value", column.name));
    }
    skipped
}

/// Without a header, the first words beside one column of numbers name the series, as in Graphite's CSV.
pub(super) fn name_without_header(table: &Table, scan: &mut Scan, notes: &mut Notebook) {
    if !table.headers.is_empty() {
        return;
    }
    if let ([words, ..], [numbers]) = (scan.words.as_mut_slice(), scan.numbers.as_mut_slice()) {
        let message = "The table has no header; this column was taken for the names of series";
        notes.add_about(&words.name, NoteKind::Assumption, 1, message);
        words.name = "series".to_owned();
        numbers.name = "value".to_owned();
    }
}

/// Zabbix writes a time as seconds (`clock`) and the nanoseconds behind them (`ns`).
fn is_nanoseconds(column: &Column, table: &Table) -> bool {
    column.name.eq_ignore_ascii_case("ns")
        && column.range.is_some_and(|(least, most)| least >= 0.0 && most < 1e9)
        && table.position("clock").is_some()
}

/// `id`, `user_id`, `orderId`; a lower-case name that only ends with these letters (`paid`) needs to hold one number
/// throughout to count.
fn is_identifier(column: &Column) -> bool {
    if column.content != Content::Number || !column.is_whole {
        return false;
    }
    let name = column.name.as_str();
    let is_constant = column.range.is_some_and(|(least, most)| least == most);
    let lower = name.to_ascii_lowercase();
    lower == "id"
        || ["_id", " id", "-id", ".id"].iter().any(|end| lower.ends_with(end))
        || name.ends_with("Id")
        || (name.ends_with("ID") && name != lower)
        || (lower.ends_with("id") && is_constant)
}

/// Leaves out columns whose name ends like an identifier's and which hold one whole number per series.
pub(super) fn drop_identifiers(scan: &mut Scan, keys: &Keys, options: &Options, notes: &mut Notebook) {
    scan.numbers.retain(|column| {
        if options.role(&column.name) == Some(Role::Value) || !column.name.to_ascii_lowercase().ends_with("id") {
            return true;
        }
        let mut numbers: Vec<Option<f64>> = vec![None; keys.group_count];
        let is_one_per_series = column.values.iter().zip(&keys.groups).all(|(&value, &group)| {
            let known = numbers.get_mut(group as usize).map(|known| *known.get_or_insert(value));
            value.fract() == 0.0 && known == Some(value)
        });
        if is_one_per_series {
            let reason = "One whole number per series under the name of an identifier, no measurement; left out";
            notes
                .add_about(&column.name, NoteKind::Dropped, 1, reason)
                .undone_by(format!("role.{}=value", column.name));
        }
        !is_one_per_series
    });
}

/// Leaves out columns without values, and marks of anomalies.
pub(super) fn drop_columns(scan: &mut Scan, options: &Options, notes: &mut Notebook) {
    let mut empty = Vec::new();
    let alone = scan.numbers.iter().filter(|column| column.filled > 0).count() == 1;
    scan.numbers.retain(|column| {
        if let Some((line, found)) = &column.first_unreadable {
            let cells = plural(column.unreadable, "cell is no number and counts", "cells are no numbers and count");
            let message = format!("{cells} as missing (first in line {line}: {found:?})");
            notes.add_about(&column.name, NoteKind::Unreadable, column.unreadable, message);
        }
        if column.unreadable > column.filled {
            notes.add_about(&column.name, NoteKind::Dropped, 1, "Most cells of the column are no numbers; left out");
            return false;
        }
        if column.filled == 0 {
            empty.push(column.name.clone());
        } else if !alone && is_mark(column) && options.role(&column.name) != Some(Role::Value) {
            notes
                .add_about(
                    &column.name,
                    NoteKind::Dropped,
                    1,
                    "A column of 0 and 1 that marks rows, no measurement; left out",
                )
                .undone_by(format!("role.{}=value", column.name));
            return false;
        }
        if let Some((scale, written)) = column.unit.as_ref().filter(|_| column.converted > 0) {
            let values = plural(column.converted, "value", "values");
            let unit = scale.unit(written);
            let message = format!("{values} converted to {unit} (written with {written:?} and others of its kind)");
            notes
                .add_about(&column.name, NoteKind::UnitConversion, column.converted, message)
                .undone_by(format!("unit.{}=written", column.name));
        }
        notes
            .add_about(
                &column.name,
                NoteKind::Assumption,
                if column.is_stopwatch { column.filled } else { 0 },
                "Times of day beside a column of times; read as hours, minutes and seconds that something took",
            )
            .undone_by(format!("role.{}=label", column.name));
        let cells = plural(column.booleans, "cell is a word", "cells are words");
        notes
            .add_about(
                &column.name,
                NoteKind::Assumption,
                column.booleans,
                format!("{cells} for yes or no (true, up, on), read as 1 and 0"),
            )
            .undone_by(format!("role.{}=label", column.name));
        let infinite = column.values.iter().filter(|value| value.is_infinite()).count();
        notes.add_about(
            &column.name,
            NoteKind::Infinite,
            infinite,
            format!("{} infinite", plural(infinite, "value is", "values are")),
        );
        column.filled > 0
    });
    let names = list(empty.iter().map(String::as_str));
    let columns = plural(empty.len(), "column has no value and was", "columns have no value and were");
    notes.add(NoteKind::Dropped, empty.len(), format!("{columns} left out: {names}"));
}

/// Whether a column is somebody's verdict on the row: 0 or 1 under a name that says so.
fn is_mark(column: &NumberColumn) -> bool {
    let plain: String =
        column.name.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>().to_ascii_lowercase();
    let is_named = matches!(
        plain.as_str(),
        "label" | "labels" | "isanomaly" | "anomaly" | "anomalylabel" | "isoutlier" | "outlier" | "groundtruth"
    );
    is_named && column.values.iter().all(|value| value.is_nan() || *value == 0.0 || *value == 1.0)
}

/// Turns columns of whole numbers that name something (`cpu`, `partition`) into words where rows share times.
pub(super) fn numbers_as_names(scan: &mut Scan, options: &Options) {
    const MOST_NAMES: usize = 1000;
    let ascends = scan.times_ms.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
    if ascends || scan.numbers.len() < 2 {
        return;
    }
    let mut kept = Vec::with_capacity(scan.numbers.len());
    for column in std::mem::take(&mut scan.numbers) {
        let is_whole = column.values.iter().all(|value| value.fract() == 0.0 && *value >= 0.0);
        let is_told = options.role(&column.name).is_some();
        if is_told || !is_whole || !keys::is_identity(&column.name) {
            kept.push(column);
            continue;
        }
        let mut codes_by_number: BTreeMap<u64, u16> = BTreeMap::new();
        let mut words = Vec::new();
        let code = |&value: &f64| {
            let next = words.len() as u16;
            let code = *codes_by_number.entry(value as u64).or_insert(next);
            if code == next {
                words.push(value.to_string());
            }
            (words.len() <= MOST_NAMES).then_some(code)
        };
        match column.values.iter().map(code).collect() {
            Some(codes) if words.len() >= 2 => {
                let NumberColumn { index, name, .. } = column;
                scan.words.push(WordColumn { index, name, codes, words, overflows: false, role: None });
            }
            _ => kept.push(column),
        }
    }
    scan.numbers = kept;
}
