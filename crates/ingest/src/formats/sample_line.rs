//! One line of Prometheus text: `name{labels} value time`.

use crate::cell::number::{self, Number, NumberStyle};
use series::Identity;

/// A line, taken apart but for the labels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SampleLine<'a> {
    /// The name and the braces, as written.
    pub(crate) series: &'a str,
    /// The value; none for a native histogram.
    pub(crate) value: Option<f64>,
    /// A native histogram as written, from brace to brace.
    pub(crate) histogram: Option<&'a str>,
    /// The time stamp as written.
    pub(crate) time: Option<&'a str>,
}

impl<'a> SampleLine<'a> {
    /// Reads a line that is neither blank nor a comment.
    pub(crate) fn parse(line: &'a str) -> Option<Self> {
        let line = line.trim();
        let end = end_of_series(line)?;
        let (series, rest) = line.split_at_checked(end)?;
        let rest = rest.strip_prefix([' ', '\t'])?.trim_start();
        let mut histogram = None;
        let (value, rest) = if rest.starts_with('{') {
            let (text, behind) = rest.split_at_checked(rest.find('}')? + 1)?;
            histogram = Some(text);
            (None, behind)
        } else {
            let end = rest.find([' ', '\t']).unwrap_or(rest.len());
            let (value, rest) = rest.split_at_checked(end)?;
            let value = match number::parse(value, NumberStyle::PLAIN) {
                Number::Value(value) => value,
                Number::Missing if value.trim_start_matches(['+', '-']).eq_ignore_ascii_case("nan") => f64::NAN,
                _ => return None,
            };
            (Some(value), rest)
        };
        // What follows `#` is an exemplar.
        let rest = rest.split('#').next().unwrap_or("").trim();
        let time = (!rest.is_empty()).then_some(rest);
        let is_number = |text: &str| matches!(number::parse(text, NumberStyle::PLAIN), Number::Value(_));
        if time.is_some_and(|time| !is_number(time)) {
            return None;
        }
        Some(Self { series, value, histogram, time })
    }

    /// The series that the line belongs to; none if its labels cannot be read.
    pub(crate) fn identity(&self) -> Option<Identity> {
        if self.series.ends_with('}') {
            Identity::parse(self.series)
        } else {
            Some(Identity::of(Some(self.series.to_owned()), series::Labels::new()))
        }
    }
}

/// The byte behind the name and its braces.
fn end_of_series(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
    let name_end = bytes.iter().position(|&byte| !is_name(byte)).unwrap_or(bytes.len());
    if bytes.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    if bytes.get(name_end) != Some(&b'{') {
        return (name_end > 0).then_some(name_end);
    }
    let mut at = name_end + 1;
    let mut in_quotes = false;
    loop {
        match bytes.get(at)? {
            b'\\' if in_quotes => at += 1,
            b'"' => in_quotes = !in_quotes,
            b'}' if !in_quotes => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn all_parts_of_a_line() {
        let line =
            SampleLine::parse("http_total{path=\"/a b}\",code=\"200\"} 1.5e+03 1700215884.373 # {id=\"x\"} 1").unwrap();
        assert_eq!(line.series, "http_total{path=\"/a b}\",code=\"200\"}");
        assert_eq!((line.value, line.time), (Some(1500.0), Some("1700215884.373")));
        assert_eq!(line.identity().unwrap().labels.get("path"), Some("/a b}"));
        assert!(SampleLine::parse("up NaN").unwrap().value.unwrap().is_nan());
        assert_eq!(SampleLine::parse("h {count:1, sum:2, (0.5,1]:1} 5").unwrap().value, None);
        for other in ["time,a,b", "12 13", "{\"status\":\"success\"}", "up", "up x", "GET /a 200", "2023-01-01 1 2"] {
            assert_eq!(SampleLine::parse(other), None, "{other}");
        }
    }
}
