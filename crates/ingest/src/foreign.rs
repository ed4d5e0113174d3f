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

const AS_CSV: &str = "Export it as CSV with a time column, or fetch the same data as Prometheus API JSON.";

fn text(head: &str) -> Option<(&'static str, &'static str)> {
    let first = head.lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim();
    let lower = first.to_ascii_lowercase();
    let bare = first.trim_matches('"');
    Some(if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        (
            "a web page (HTML)",
            "The server may have sent its log-in or error page: open it in a browser, and export again.",
        )
    } else if head.starts_with("<svg") || head.starts_with("<?xml") && head.contains("<svg") {
        ("an SVG image", "Export the data behind the image as CSV or JSON.")
    } else if first.starts_with("<?xml") || first.starts_with('<') {
        ("XML", "Export the data as CSV or JSON.")
    } else if bare.starts_with("Dstat ") || bare.starts_with("pcp-dstat") {
        (
            "a dstat recording",
            "Delete the lines above the line that begins with \"time\", write whole dates in the time column, and drop it \
             again; or record with another tool as CSV.",
        )
    } else if first.starts_with("#datatype") || first.starts_with("#group") || first.starts_with("# datatype") {
        (
            "InfluxDB annotated CSV",
            "Export it without annotations (influx query --raw=false, or the annotations parameter empty).",
        )
    } else if first.starts_with("# hostname;interval;timestamp") {
        ("sysstat statistics (sadf -d)", "Delete the `# ` in front of the header and keep one block of rows.")
    } else if is_sar(first) {
        ("the printed report of sar", "Use sadf to export the same file, and keep one table as CSV.")
    } else if head.lines().take(20).any(|line| line.trim_end().ends_with("} =>") || line.contains(" @[")) {
        ("the text output of promtool query range", "Add -o json to the command and drop its output.")
    } else if is_line_protocol(first) {
        ("InfluxDB line protocol", "Export it as CSV with a time column.")
    } else if head.starts_with("%!PS") || head.starts_with("{\\rtf") {
        ("a document", "Export the data as CSV or JSON.")
    } else {
        return None;
    })
}

/// `Linux 5.4.0-1 (host)  04/18/2019  _x86_64_  (2 CPU)`
fn is_sar(first: &str) -> bool {
    first.starts_with("Linux ") && first.contains('(') && first.contains("CPU)")
}

/// `cpu,host=h1 usage=2.7,steal=0i 1482669077000000000`
fn is_line_protocol(first: &str) -> bool {
    let mut parts = first.split(' ');
    let (Some(tags), Some(fields)) = (parts.next(), parts.next()) else { return false };
    let is_pair = |pair: &str| pair.split_once('=').is_some_and(|(name, value)| !name.is_empty() && !value.is_empty());
    let tags_fit = tags.split(',').skip(1).all(is_pair) && !tags.starts_with(',');
    let time_fits = parts.next().is_none_or(|time| !time.is_empty() && time.bytes().all(|byte| byte.is_ascii_digit()));
    tags_fit && fields.split(',').all(is_pair) && time_fits
}

/// A text that is no table with numbers.
pub(crate) fn prose(head: &Head<'_>) -> Option<Error> {
    let text = head.start(PROBED_BYTES);
    let lines: Vec<&str> = head.lines().take(50).collect();
    let wordy = lines.iter().filter(|line| line.split_whitespace().count() >= 5).count();
    let table = head.table().filter(|table| table.is_even() && table.columns.len() > 1);
    let (looks_like, remedy) = if let Some(known) = writing::name(text) {
        named(known)
    } else if wordy * 4 >= lines.len() {
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
