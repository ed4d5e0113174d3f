//! Who calls whom, from a file.

use crate::failure::Failure;
use operations::calls::{self, Call, CallsError};
use report::Report;

/// Reads a call graph, see [`calls::read`] and [`calls::from_json`].
pub(crate) fn read(path: &str) -> Result<Vec<Call>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::of(path, format_args!("cannot be read: {error}. Check the path.")))?;
    let found = if text.trim_start().starts_with(['[', '{']) { json(&text, path)? } else { calls::read(&text) };
    found.map_err(|error| Failure::of(path, error))
}

fn json(text: &str, path: &str) -> Result<Result<Vec<Call>, CallsError>, Failure> {
    let document = serde_json::from_str(text)
        .map_err(|error| Failure::of(path, format_args!("is no JSON: {error}. Check how it was written.")))?;
    Ok(calls::from_json(&document))
}

/// A graph that says nothing of the data is a mistake.
pub(crate) fn must_fit(path: &str, given: &[Call], report: &Report) -> Result<(), Failure> {
    if report.services.iter().any(|service| !service.calls.is_empty()) {
        return Ok(());
    }
    let names: Vec<&str> = report.services.iter().map(|service| service.name.as_str()).collect();
    Err(Failure::of(
        path,
        format_args!(
            "none of its {} joins two services of these data. The services are {}.",
            report::format::plural(given.len(), "call", "calls"),
            names.join(", ")
        ),
    ))
}
