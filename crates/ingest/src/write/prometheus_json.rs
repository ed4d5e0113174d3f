//! The answer that a Prometheus server would give to a range query.

use super::identity::identities;
use super::number::{seconds, shortest};
use serde_json::{Map, Value};
use series::Dataset;
use std::fmt::Write;

/// Writes a matrix answer of the Prometheus HTTP API. Missing values are left out.
pub fn prometheus_json(dataset: &Dataset) -> String {
    let mut out = String::from("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[");
    for (index, (series, (metric, labels))) in dataset.series.iter().zip(identities(dataset, str::to_owned)).enumerate()
    {
        let mut all = Map::new();
        if !metric.is_empty() {
            all.insert("__name__".to_owned(), Value::String(metric));
        }
        for (name, value) in labels.iter() {
            all.insert(name.to_owned(), Value::String(value.to_owned()));
        }
        let separator = if index == 0 { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = write!(out, "{separator}\n{{\"metric\":{},\"values\":[", Value::Object(all));
        let samples = series.axis.times_ms().iter().zip(&series.values).filter(|(_, value)| !value.is_nan());
        for (position, (&time_ms, &value)) in samples.enumerate() {
            let separator = if position == 0 { "" } else { "," };
            let _ = write!(out, "{separator}[{},\"{}\"]", seconds(time_ms), shortest(value));
        }
        out.push_str("]}");
    }
    out.push_str("\n]}}\n");
    out
}
