//! JSON that holds no series: what it is made for, by its keys, or what a server says in it.

use crate::error::{excerpt, list};
use crate::json::Outline;

/// What to do about it.
const AS_SERIES: &str = "Monteverdi reads series of numbers over time: fetch them as Prometheus API JSON \
                         (/api/v1/query_range), or export them as CSV with a time column.";
const AS_COUNTS: &str = "Count the lines by time first, for example per minute and level, and export the counts as CSV \
                         with a time column.";
const KNOWN: &str = "Known are the answers of Prometheus, VictoriaMetrics, Grafana, Datadog, CloudWatch, InfluxDB, Graphite, \
                     Netdata, Elasticsearch, OpenTelemetry and sadf. Save the whole answer of one of them as it is, or \
                     export the data as CSV with a time column.";
const RUN_IT: &str = "Ask for the samples themselves (/api/v1/query_range) and save that answer.";

/// Paths that all must be there, what it then is, and what would work.
type Kind = (&'static [&'static str], &'static str, &'static str);

/// The labels of series line by line, as `promtool tsdb dump --format=seriesjson` prints them, have no key that says so
/// but the metric's.
const KINDS: [Kind; 31] = [
    (
        &["MetricStat"],
        "a CloudWatch metric query: the question, without any data",
        "Run it (aws cloudwatch get-metric-data) and save its answer.",
    ),
    (
        &["Metrics/[]/MetricName"],
        "a list of CloudWatch metrics: their names, without any data",
        "Ask for their data (aws cloudwatch get-metric-data) and save the answer.",
    ),
    (&["resultType", "result/[]/stream"], "a Loki answer: lines of logs", AS_COUNTS),
    (&["level", "msg"], "logs in JSON", AS_COUNTS),
    (&["level", "message"], "logs in JSON", AS_COUNTS),
    (&["severity", "message"], "logs in JSON", AS_COUNTS),
    (&["resourceLogs"], "OpenTelemetry logs in JSON", AS_COUNTS),
    (&["resourceSpans"], "OpenTelemetry traces in JSON", AS_SERIES),
    (&["traceID", "spans"], "traces in JSON", AS_SERIES),
    (
        &["panels", "schemaVersion"],
        "a Grafana dashboard: the layout, without any data",
        "Open a panel, then Inspect, Data, Download CSV; or Inspect, JSON, DataFrame JSON.",
    ),
    (&["data/activeTargets"], "the targets of a Prometheus server, without any samples", RUN_IT),
    (&["data/groups/[]/rules"], "the rules of a Prometheus server, without any samples", RUN_IT),
    (&["status", "data/[]/__name__"], "a list of series from a Prometheus server, without any samples", RUN_IT),
    (&["apiVersion", "kind", "metadata"], "a Kubernetes object", AS_SERIES),
    (&["apiVersion", "kind", "items"], "a list of Kubernetes objects", AS_SERIES),
    (&["nbformat", "cells"], "a Jupyter notebook", "Run it, and have it write the table as CSV with a time column."),
    (&["log/version", "log/entries"], "a browser's record of its requests (HAR)", AS_SERIES),
    (&["type", "features/[]/geometry"], "a map (GeoJSON)", AS_SERIES),
    (&["openapi", "paths"], "the description of an API", AS_SERIES),
    (&["swagger", "paths"], "the description of an API", AS_SERIES),
    (&["$schema", "properties"], "a JSON schema", AS_SERIES),
    (&["dependencies", "version"], "the description of a software package", AS_SERIES),
    (
        &["attributes", "references"],
        "saved objects of Kibana: the layout, without any data",
        "Open the chart, then Inspect, and download its data as CSV.",
    ),
    (
        &["took", "hits"],
        "an Elasticsearch answer with documents instead of numbers by time",
        "Ask for an aggregation by date_histogram.",
    ),
    (&["terraform_version"], "the state of Terraform", AS_SERIES),
    (&["traceEvents"], "a recording of a profiler", AS_SERIES),
    (&["sampleTimes", "samples"], "a recording of a profiler", AS_SERIES),
    (&["bomFormat"], "a list of software components", AS_SERIES),
    (&["status", "data/[]"], "a list of names from a Prometheus server, without any samples", RUN_IT),
    (&["spdxVersion"], "a list of software components", AS_SERIES),
    (
        &["__name__"],
        "the labels of series, without samples",
        "Dump the samples: promtool tsdb dump, or promtool tsdb dump-openmetrics.",
    ),
];

/// Keys under which servers say what went wrong.
const COMPLAINTS: [&str; 6] = ["message", "error", "detail", "error_description", "errors/[]/message", "error/message"];

/// What a JSON text is, and what would work.
pub(super) fn name(text: &str) -> (String, &'static str) {
    let outline = Outline::of(text).unwrap_or_default();
    if let Some((_, kind, remedy)) = KINDS.iter().find(|(paths, ..)| paths.iter().all(|path| outline.has(path))) {
        return ((*kind).to_owned(), remedy);
    }
    if let Some(complaint) = COMPLAINTS.iter().find(|path| outline.has_at_top(path)) {
        let key = complaint.rsplit('/').next().unwrap_or_default();
        let words = text_of(text, key).map_or_else(String::new, |words| format!(" ({:?})", excerpt(words, 80)));
        return (
            format!("a server's error{words}"),
            "Look whether the request has the right address, parameters and credentials, and save the answer again.",
        );
    }
    let keys = outline.top_keys();
    let of = if keys.is_empty() { String::new() } else { format!(", with {}", list(keys)) };
    (format!("JSON of a kind that is not known here{of}"), KNOWN)
}

/// The text behind the first key of that name, as it is written.
fn text_of<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let rest = text.split_once(&format!("\"{key}\""))?.1.trim_start().strip_prefix(':')?;
    let inside = rest.trim_start().strip_prefix('"')?;
    let mut is_escaped = false;
    let end = inside.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    })?;
    inside.get(..end)
}
