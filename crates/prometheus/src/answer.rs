//! What the API's answers hold.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use series::histogram::{NativeBucket, NativeHistogram, OpenBounds};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The API's envelope around every answer. What is in it is read in a second step: a reader for the envelope around
/// each kind of data would be several times the code.
#[derive(Debug, Deserialize)]
pub(crate) struct Envelope<'a> {
    pub(crate) status: String,
    #[serde(default, borrow)]
    pub(crate) data: Option<&'a RawValue>,
    #[serde(rename = "errorType", default)]
    kind: Option<Value>,
    #[serde(default, borrow)]
    error: Option<Cow<'a, str>>,
    #[serde(default)]
    pub(crate) warnings: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) infos: Option<Vec<String>>,
}

/// An error that the server tells.
#[derive(Debug)]
pub(crate) struct ServerError {
    pub(crate) kind: String,
    pub(crate) message: String,
}

/// The result of `query` and `query_range`.
#[derive(Debug)]
pub(crate) enum QueryResult {
    /// A matrix or a vector: series with any number of samples, or with one.
    Series(Vec<QuerySeries>),
    /// A number without a series.
    Scalar(Sample),
    /// A text, of which nothing can be drawn.
    Text,
}

/// One series of a matrix, with `values`, or of a vector, with one `value`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct QuerySeries {
    pub(crate) metric: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) values: Vec<Sample>,
    #[serde(default)]
    pub(crate) value: Option<Sample>,
    /// Native histograms, each with its time: see [`native`].
    #[serde(default)]
    pub(crate) histograms: Vec<Value>,
    #[serde(default)]
    pub(crate) histogram: Option<Value>,
}

/// The time in milliseconds and the native histogram of a sample: `[1435781430.781, {"count": "3", "sum": "2.5", "buckets":
/// [[0, "0.5", "1", "3"]]}]`, where a bucket is the rule for its bounds, the bounds, and the count. None for anything else.
pub(crate) fn native(sample: &Value) -> Option<(i64, NativeHistogram)> {
    let number = |value: &Value| value.as_str()?.trim().parse::<f64>().ok();
    let [seconds, written] = sample.as_array()?.as_slice() else { return None };
    let mut histogram = NativeHistogram {
        count: number(written.get("count")?)?,
        sum: number(written.get("sum")?)?,
        buckets: Vec::new(),
    };
    for bucket in written.get("buckets").and_then(Value::as_array).into_iter().flatten() {
        let [rule, lower, upper, count] = bucket.as_array()?.as_slice() else { return None };
        histogram.buckets.push(NativeBucket {
            open: OpenBounds::from_rule(rule.as_u64()?)?,
            lower: number(lower)?,
            upper: number(upper)?,
            count: number(count)?,
        });
    }
    Some(((seconds.as_f64()? * 1000.0).round() as i64, histogram))
}

/// A result before its type is known, which may stand behind it.
#[derive(Deserialize)]
struct TypedResult<'a> {
    #[serde(rename = "resultType")]
    kind: String,
    #[serde(borrow)]
    result: &'a RawValue,
}

/// Seconds since 1970, and a number written as a string (`"1.5"`, `"NaN"`, `"+Inf"`).
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "(f64, Cow<'_, str>)")]
pub(crate) struct Sample {
    pub(crate) time_ms: i64,
    pub(crate) value: f64,
}

impl TryFrom<(f64, Cow<'_, str>)> for Sample {
    type Error = String;

    fn try_from((seconds, text): (f64, Cow<'_, str>)) -> Result<Self, String> {
        let value = text.trim().parse().map_err(|_| format!("the value {text:?} is not a number"))?;
        Ok(Self { time_ms: (seconds * 1000.0).round() as i64, value })
    }
}

/// What a metric is, as its exporter says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Metadata {
    /// `counter`, `gauge`, `histogram`, `summary`, `unknown`, ….
    #[serde(rename = "type", default)]
    pub kind: String,
    /// The unit, mostly empty.
    #[serde(default)]
    pub unit: String,
}

/// Reads an answer's envelope.
///
/// # Errors
/// The parser's words, when it is not JSON of that shape.
pub(crate) fn envelope(body: &[u8]) -> Result<Envelope<'_>, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

/// Reads what is in an envelope.
///
/// # Errors
/// The parser's words, when it has another shape.
pub(crate) fn data<'a, T: Deserialize<'a>>(data: &'a RawValue) -> Result<T, String> {
    // As bytes, although it is a text: the parser is compiled for one kind of input only.
    serde_json::from_slice(data.get().as_bytes()).map_err(|error| error.to_string())
}

/// Reads the result of a query.
///
/// # Errors
/// The parser's words, when it has another shape.
pub(crate) fn query_result(raw: &RawValue) -> Result<QueryResult, String> {
    let TypedResult { kind, result } = data(raw)?;
    match kind.as_str() {
        "matrix" | "vector" => data(result).map(QueryResult::Series),
        "scalar" => data(result).map(QueryResult::Scalar),
        "string" => Ok(QueryResult::Text),
        _ => Err(format!("unknown result type `{kind}`, expected `matrix`, `vector`, `scalar` or `string`")),
    }
}

/// The error that a JSON answer tells, with whatever is there; none if it is not such an answer.
pub(crate) fn server_error(body: &[u8]) -> Option<ServerError> {
    let envelope = envelope(body).ok()?;
    let kind = match envelope.kind {
        Some(Value::String(text)) => text,
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    Some(ServerError { kind, message: envelope.error.unwrap_or_default().into_owned() })
}

/// The first words of a text answer; nothing of a page.
pub(crate) fn first_words(body: &[u8]) -> String {
    const LENGTH: usize = 200;
    let text = String::from_utf8_lossy(body.get(..4 * LENGTH).unwrap_or(body));
    let text = text.trim();
    if text.starts_with('<') {
        return page_title(body);
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LENGTH).collect()
}

/// A page's title; else what the answer begins with.
pub(crate) fn page_title(body: &[u8]) -> String {
    const LENGTH: usize = 80;
    let text = String::from_utf8_lossy(body.get(..8_192).unwrap_or(body));
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|at| {
        let from = at + lower.get(at..)?.find('>')? + 1;
        let to = from + lower.get(from..)?.find("</title")?;
        text.get(from..to)
    });
    let words = title.map(str::trim).filter(|title| !title.is_empty()).unwrap_or(text.trim());
    let cut: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LENGTH).collect();
    if cut.is_empty() { "an empty answer".to_owned() } else { format!("{cut:?}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_are_strings_and_may_be_none() {
        let body = br#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up"},
            "values":[[1435781430.781,"1"],[1435781445.781,"NaN"],[1435781460.781,"+Inf"],[1435781475,"-Inf"]]}]},
            "warnings":["partial"],"infos":["rate of a gauge"]}"#;
        let envelope = envelope(body).unwrap();
        let Ok(QueryResult::Series(series)) = query_result(envelope.data.unwrap()) else { panic!("no matrix") };
        assert_eq!(series[0].values[0], Sample { time_ms: 1_435_781_430_781, value: 1.0 });
        assert!(series[0].values[1].value.is_nan());
        assert_eq!(series[0].values[2].value, f64::INFINITY);
        assert_eq!(series[0].values[3].value, f64::NEG_INFINITY);
        assert_eq!(envelope.warnings.unwrap(), ["partial"]);
        assert_eq!(envelope.infos.unwrap(), ["rate of a gauge"]);
    }

    #[test]
    fn the_result_may_stand_before_its_type() {
        let body = br#"{"status":"success","data":{"result":[1700000000,"2.5"],"resultType":"scalar"}}"#;
        let result = query_result(envelope(body).unwrap().data.unwrap());
        assert!(matches!(result, Ok(QueryResult::Scalar(Sample { value: 2.5, .. }))));
    }

    #[test]
    fn a_page_is_named_by_its_title() {
        assert_eq!(page_title(b"<!doctype html><html><head><TITLE>\n Sign in </title>"), "\"Sign in\"");
        assert_eq!(page_title(b""), "an empty answer");
        assert_eq!(first_words(b"upstream connect error"), "upstream connect error");
    }
}
