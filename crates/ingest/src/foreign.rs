//! Files that are recognised and cannot be read, so that a person learns what they have and what would work.
//!
//! A format that gets a reader of its own leaves this list.

mod document;
mod writing;

use crate::error::{Error, excerpt, list};
use crate::head::Head;

/// How much of the text is looked at.
const PROBED_BYTES: usize = 1 << 16;

/// Names a file that no reader is made for.
pub(crate) fn recognise(head: &Head<'_>) -> Option<Error> {
    let head = head.start(PROBED_BYTES).trim_start();
    let (looks_like, remedy) = if head.starts_with(['{', '[']) && !writing::is_settings(head) {
        document::name(head)
    } else {
        named(text(head)?)
    };
    Some(Error::Unsupported { looks_like, remedy: remedy.to_owned() })
}

fn named((looks_like, remedy): (&str, &'static str)) -> (String, &'static str) {
    (looks_like.to_owned(), remedy)
}

fn text(head: &str) -> Option<(&'static str, &'static str)> {
    let first = head.lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim();
    let lower = first.to_ascii_lowercase();
    Some(if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        (
            "a web page (HTML)",
            "The server may have sent its log-in or error page: open it in a browser, and export again.",
        )
    } else if head.starts_with("<svg") || head.starts_with("<?xml") && head.contains("<svg") {
        ("an SVG image", "Export the data behind the image as CSV or JSON.")
    } else if head.get(..2000).unwrap_or(head).contains("<testResults") {
        (
            "JMeter's results in XML",
            "Save them as CSV (jmeter.save.saveservice.output_format=csv), or convert them with JMeter's own listener.",
        )
    } else if first.starts_with("<?xml") || first.starts_with('<') {
        ("XML", "Export the data as CSV or JSON.")
    } else if lower.starts_with("type,name,request count,") || lower.starts_with("type,name,# requests,") {
        (
            "Locust's statistics at the end of a test, without times",
            "Take the file that ends in _stats_history.csv instead.",
        )
    } else if lower.starts_with("method,name,error,occurrences") || lower.starts_with("count,message,traceback") {
        ("Locust's list of failures, without times", "Take the file that ends in _stats_history.csv instead.")
    } else if lower.starts_with("label,# samples,") {
        ("a report of JMeter's, without times", "Save the results themselves (.jtl) as CSV.")
    } else if head.starts_with("%!PS") || head.starts_with("{\\rtf") {
        ("a document", "Export the data as CSV or JSON.")
    } else {
        return None;
    })
}

/// A text that is no table with numbers.
pub(crate) fn prose(head: &Head<'_>) -> Option<Error> {
    let text = head.start(PROBED_BYTES);
    let lines: Vec<&str> = head.lines().take(50).collect();
    let wordy = lines.iter().filter(|line| line.split_whitespace().count() >= 5).count();
    let table = head.table().filter(|table| table.is_even() && table.columns.len() > 1);
    let (looks_like, remedy) = if let Some(known) = writing::name(text, head.is_whole && text.len() == head.text.len())
    {
        named(known)
    } else if !lines.is_empty() && wordy * 4 >= lines.len() {
        let beginning = excerpt(text.trim_start(), 40).replace('\n', " ");
        let remedy = "Monteverdi reads series of numbers over time: export them as CSV with a time column, or as Prometheus \
                      API JSON. If the data stand inside this text, cut them out and drop them alone.";
        (format!("a text for people (it begins with {beginning:?})"), remedy)
    } else if let Some(table) = table {
        let columns = list(table.columns.iter().map(|column| column.name.as_str()));
        (
            format!("a table without numbers, with the columns {columns}"),
            "Export the table with a time and with what was measured.",
        )
    } else {
        return None;
    };
    Some(Error::Unsupported { looks_like, remedy: remedy.to_owned() })
}
