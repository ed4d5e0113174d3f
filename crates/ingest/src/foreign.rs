//! Files that are recognised and cannot be read, so that a person learns what they have and what would work.
//!
//! A format that gets a reader of its own leaves this list.

use crate::error::{Error, excerpt};
use crate::head::Head;

/// How much of the text is looked at.
const PROBED_BYTES: usize = 1 << 16;

/// Names a file that no reader is made for.
pub(crate) fn recognise(head: &Head<'_>) -> Option<Error> {
    let head = head.start(PROBED_BYTES).trim_start();
    let (looks_like, remedy) = if head.starts_with(['{', '[']) { json(head) } else { text(head)? };
    Some(Error::Unsupported { looks_like: looks_like.to_owned(), remedy: remedy.to_owned() })
}

const AS_CSV: &str = "Export it as CSV with a time column, or fetch the same data as Prometheus API JSON.";

fn json(head: &str) -> (&'static str, &'static str) {
    let has = |key: &str| head.contains(&format!("\"{key}\""));
    if has("MetricDataResults") || has("Datapoints") && has("Timestamp") {
        ("a CloudWatch answer", "Turn it into a CSV with a time column and one column per metric.")
    } else if has("MetricStat") || has("MetricDataQueries") {
        (
            "a CloudWatch metric query: the question, without any data",
            "Run it (aws cloudwatch get-metric-data) and export the answer as CSV.",
        )
    } else if has("__name__") && !has("values") && !has("value") && !has("metric") {
        (
            "the labels of series, without samples (seriesjson of promtool tsdb dump)",
            "Dump the samples: promtool tsdb dump, or promtool tsdb dump-openmetrics.",
        )
    } else if has("metric") && has("timestamps") {
        ("a VictoriaMetrics export in JSON lines", "Export it with ?format=promapi or ?format=prometheus instead.")
    } else if has("schema") && has("fields") || has("frames") || has("series") && has("fields") && has("timeRange") {
        ("Grafana panel data in JSON", "Use Inspect, Data, Download CSV instead.")
    } else if has("panels") && has("schemaVersion") {
        ("a Grafana dashboard: the layout, without any data", "Open a panel, then Inspect, Data, Download CSV.")
    } else if has("results") && has("columns") {
        ("an InfluxQL answer in JSON", "Ask for CSV (Accept: text/csv) instead.")
    } else if has("pointlist") || has("timeseries_response") {
        ("a Datadog answer in JSON", AS_CSV)
    } else if has("sysstat") {
        ("sysstat statistics in JSON (sadf -j)", AS_CSV)
    } else if has("resourceMetrics") {
        ("OpenTelemetry metrics in JSON", AS_CSV)
    } else if has("aggregations") {
        ("an Elasticsearch answer in JSON", AS_CSV)
    } else if has("target") && has("datapoints") {
        ("a Graphite answer in JSON", "Ask for format=csv, and add a header line, or export wide CSV.")
    } else if has("labels") && has("data") && has("time") {
        ("a Netdata answer in JSON", "Ask for format=csv instead.")
    } else if has("alerts") && has("receiver") {
        ("an Alertmanager notification: alerts, and no series", "Drop an export of metrics.")
    } else {
        ("JSON that is no answer of the Prometheus API", AS_CSV)
    }
}

fn text(head: &str) -> Option<(&'static str, &'static str)> {
    let first = head.lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim();
    let lower = first.to_ascii_lowercase();
    Some(if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        (
            "a web page (HTML)",
            "The server may have sent its log-in or error page: open it in a browser, and export again.",
        )
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

/// A text that is no table at all.
pub(crate) fn prose(head: &Head<'_>) -> Option<Error> {
    let head = head.start(PROBED_BYTES);
    let lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).take(50).collect();
    let wordy = lines.iter().filter(|line| line.split_whitespace().count() >= 5).count();
    let has_levels =
        lines.iter().filter(|line| ["INFO", "WARN", "ERROR", "DEBUG"].iter().any(|level| line.contains(level))).count();
    let looks_like = if has_levels * 2 > lines.len() {
        "a log"
    } else if wordy * 4 >= lines.len() {
        "a text for people"
    } else {
        return None;
    };
    let beginning = excerpt(head.trim_start(), 40).replace('\n', " ");
    Some(Error::Unsupported {
        looks_like: format!("{looks_like} (it begins with {beginning:?})"),
        remedy:
            "Monteverdi reads series of numbers over time: export them as CSV with a time column, or as Prometheus API \
                 JSON. If the data stand inside this text, cut them out and drop them alone."
                .to_owned(),
    })
}
