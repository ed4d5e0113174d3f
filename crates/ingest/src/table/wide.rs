//! A table with one column per series.

use super::scan::{NumberColumn, Scan};
use crate::notebook::{Notebook, plural};
use series::{NoteKind, Series, TimeAxis};
use std::sync::Arc;

/// Makes one series of each column of numbers; all share one time axis.
pub(crate) fn assemble(scan: &mut Scan, notes: &mut Notebook) -> Vec<Series> {
    let (axis, kept, duplicates, backward) = TimeAxis::from_unsorted(&scan.times_ms);
    let is_identity = kept.len() == scan.times_ms.len() && backward == 0;
    note_order(duplicates, backward, notes);
    let axis = if scan.row_numbers.is_some() {
        axis.with_rows(kept.iter().map(|&position| scan.row_number(position)).collect())
    } else {
        axis
    };
    let axis = Arc::new(axis);
    let groups = (!is_identity && duplicates > 0).then(|| earlier_twins(&scan.times_ms, axis.times_ms()));
    std::mem::take(&mut scan.numbers)
        .into_iter()
        .map(|column| {
            let NumberColumn { name, values, .. } = column;
            let values = if is_identity { values } else { reorder(&values, &kept, groups.as_deref()) };
            Series::new(name, Arc::clone(&axis), values)
        })
        .collect()
}

/// Notes about the order of times.
pub(crate) fn note_order(duplicates: usize, backward: usize, notes: &mut Notebook) {
    notes.add(
        NoteKind::Duplicate,
        duplicates,
        format!(
            "{} with a time that another row has; of these the last value was kept",
            plural(duplicates, "row", "rows")
        ),
    );
    notes.add(
        NoteKind::Unsorted,
        backward,
        format!("The times step back {}; the rows were sorted", plural(backward, "time", "times")),
    );
}

/// For each kept time, the input positions that carry it, in input order.
fn earlier_twins(times_ms: &[i64], kept_ms: &[i64]) -> Vec<Vec<usize>> {
    let mut groups = vec![Vec::new(); kept_ms.len()];
    for (position, time_ms) in times_ms.iter().enumerate() {
        if let Some(group) = kept_ms.binary_search(time_ms).ok().and_then(|slot| groups.get_mut(slot)) {
            group.push(position);
        }
    }
    groups
}

/// The values in the axis' order. Of rows with one time the last value counts, so that tables that spread one moment
/// over several rows, each with a part of the columns, lose nothing.
fn reorder(values: &[f64], kept: &[usize], groups: Option<&[Vec<usize>]>) -> Vec<f64> {
    let value = |position: usize| values.get(position).copied().unwrap_or(f64::NAN);
    match groups {
        None => kept.iter().map(|&position| value(position)).collect(),
        Some(groups) => groups
            .iter()
            .map(|group| {
                group.iter().rev().map(|&position| value(position)).find(|value| !value.is_nan()).unwrap_or(f64::NAN)
            })
            .collect(),
    }
}
