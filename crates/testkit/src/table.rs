//! Columns as a data set.

use series::{Dataset, Origin, Series, TimeAxis};
use std::sync::Arc;

/// The time of the first sample of every fixture: Tuesday, 2026-03-10 06:00:00 UTC.
pub const START_MS: i64 = 1_773_122_400_000;

/// A data set with one column per series on a regular axis that begins at [`START_MS`].
///
/// A column shorter than the longest one ends with NaN. The series keep the given order and have no unit.
pub fn dataset<N: Into<String>>(step_ms: i64, columns: impl IntoIterator<Item = (N, Vec<f64>)>) -> Dataset {
    let columns: Vec<(String, Vec<f64>)> = columns.into_iter().map(|(name, values)| (name.into(), values)).collect();
    let rows = columns.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
    let times: Vec<i64> = (0..rows as i64).map(|row| START_MS + row * step_ms).collect();
    let (axis, ..) = TimeAxis::from_unsorted(&times);
    let axis = Arc::new(axis);
    Dataset {
        origins: vec![Origin { name: "testkit".into(), format: "generated".into(), assumed_time_zone: None }],
        series: columns.into_iter().map(|(name, values)| Series::new(name, Arc::clone(&axis), values)).collect(),
        row_count: rows,
        ..Dataset::default()
    }
}
