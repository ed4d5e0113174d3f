//! Files that are recognised and cannot be read, so that a person learns what they have and what would work.
//!
//! A format that gets a reader of its own leaves this list.

use crate::error::{Error, excerpt, list};
use crate::head::Head;
use crate::json::{Json, Value};
use crate::text::Text;

/// How much of the text is looked at.
const PROBED_BYTES: usize = 1 << 16;

/// Names a file that no reader is made for.
pub(crate) fn recognise(head: &Head<'_>) -> Option<Error> {
    let start = head.start(PROBED_BYTES).trim_start();
    if let Some(message) = server_error(head) {
        let message = format!("{}.", message.trim_end_matches('.'));
        return Some(Error::ServerFailed { kind: "there is nothing else in the answer".to_owned(), message });
    }
    let (looks_like, remedy) = if start.starts_with(['{', '[']) {
        json(head)
    } else {
        let (looks_like, remedy) = text(start)?;
        (looks_like.to_owned(), remedy)
    };
    Some(Error::Unsupported { looks_like, remedy: remedy.to_owned() })
}

/// What a server says that answers with an error and nothing else.
fn server_error(head: &Head<'_>) -> Option<String> {
    const LONGEST: usize = 1 << 13;
    let json = head.json()?;
    let names = ["error", "errors", "message", "reason", "detail", "Message"];
    let is_small = head.is_whole && head.text.len() <= LONGEST && json.top_keys().len() <= 8;
    if !is_small || !names.iter().any(|name| json.has_at_top(name)) {
        return None;
    }
    let mut bytes = head.text.as_bytes();
    let value = Json::new(&mut Text::open(&mut bytes).ok()?).value().ok()?;
    let text = |value: &Value| {
        let inner = value.items().first().unwrap_or(value);
        let nested = || names.iter().find_map(|name| inner.get(name)).and_then(Value::as_str);
        inner.as_str().or_else(nested).map(|text| excerpt(text, 300))
    };
    names.iter().find_map(|name| text(value.get(name)?)).filter(|text| !text.trim().is_empty())
}

/// What JSON looks like that no reader knows.
fn json(head: &Head<'_>) -> (String, &'static str) {
    let has = |path: &str| head.json().is_some_and(|json| json.has(path));
    if has("MetricStat") || has("MetricDataQueries") {
        return (
            "a CloudWatch metric query: the question, without any data".to_owned(),
            "Run it (aws cloudwatch get-metric-data) and save its answer.",
        );
    }
    if has("Metrics/[]/MetricName") {
        return (
            "a list of CloudWatch metrics: their names, without any data".to_owned(),
            "Ask for their data (aws cloudwatch get-metric-data) and save the answer.",
        );
    }
    let keys = head.json().map(|json| list(json.top_keys())).filter(|keys| keys != "none");
    let looks_like = match keys {
        Some(keys) => format!("JSON of a kind that is not known (its keys are {keys})"),
        None => "JSON of a kind that is not known (lists without keys)".to_owned(),
    };
    (
        looks_like,
        "Known are the answers of Prometheus, VictoriaMetrics, Grafana, Datadog, CloudWatch, InfluxDB, Graphite, Netdata, \
         Elasticsearch, OpenTelemetry and sadf. Save the whole answer of one of them as it is, or export the data as CSV \
         with a time column.",
    )
}

fn text(head: &str) -> Option<(&'static str, &'static str)> {
    let first = head.lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim();
    let lower = first.to_ascii_lowercase();
    let bare = first.trim_matches('"');
    Some(if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        (
            "a web page (HTML)",
            "The server may have sent its log-in or error page: open it in a browser, and export again.",
        )
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
