//! InfluxDB's line protocol: `cpu,host=web-1 usage=2.7,steal=0i 1482669077000000000`.
//!
//! Blanks, commas and equal signs in names have a backslash in front; texts stand in quotes and may hold line ends. A time
//! is in nanoseconds unless it was written with another precision, which its size shows. Exports of InfluxDB 1 have
//! statements (`CREATE DATABASE`) and comments in front.

use super::influx::{boolean, metric};
use crate::Format;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::EpochUnit;
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::text::Text;
use series::{Labels, NoteKind};
use std::collections::HashMap;

pub(crate) const READER: Reader = Reader { format: Format::InfluxLines, probe, is_table: false, read };

/// How many lines are looked at to know the format.
const PROBED_LINES: usize = 20;
/// The longest point, in bytes: a text in quotes that is never closed ends here.
const LONGEST_POINT: usize = 1 << 20;

fn probe(head: &Head<'_>) -> bool {
    let mut seen = 0;
    for line in head.lines().take(PROBED_LINES) {
        if is_aside(line) {
            continue;
        }
        match Point::parse(line).filter(|point| !point.measurement().contains(['{', '"'])) {
            Some(point) if point.fields.iter().any(|(_, value)| !matches!(value, Value::Other)) => seen += 1,
            // A text may go on in the next line, and the last line may be cut.
            _ if seen > 0 => break,
            _ => return false,
        }
    }
    seen > 0
}

/// Comments, and the statements of an export.
fn is_aside(line: &str) -> bool {
    line.is_empty() || line.starts_with('#') || line.starts_with("CREATE ")
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Value {
    Number(f64),
    Boolean(f64),
    Text,
    Other,
}

/// A line taken apart; names still have their backslashes.
#[derive(Debug, PartialEq)]
struct Point<'a> {
    /// The measurement and the tags, as written.
    series: &'a str,
    fields: Vec<(&'a str, Value)>,
    time: Option<i64>,
}

impl<'a> Point<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let line = line.trim();
        let (series, rest) = line.split_at_checked(end(line, b" ", false)?)?;
        let rest = rest.trim_start();
        let fields_end = end(rest, b" ", true).unwrap_or(rest.len());
        let (fields, time) = rest.split_at_checked(fields_end)?;
        let time = time.trim();
        let time = if time.is_empty() { None } else { Some(time.parse().ok()?) };
        let mut pairs = Vec::new();
        let mut left = fields;
        while !left.is_empty() {
            let (pair, behind) = left.split_at_checked(end(left, b",", true).unwrap_or(left.len()))?;
            let (name, value) = pair.split_at_checked(end(pair, b"=", false)?)?;
            let value = value.strip_prefix('=')?;
            if name.is_empty() || value.is_empty() {
                return None;
            }
            pairs.push((name, read_value(value)?));
            left = behind.strip_prefix(',').unwrap_or(behind);
        }
        let is_named = !series.is_empty() && !series.starts_with(',') && !pairs.is_empty();
        let tags_fit = tags(series).all(|pair| pair.is_some());
        (is_named && tags_fit).then_some(Self { series, fields: pairs, time })
    }

    fn measurement(&self) -> String {
        let end = end(self.series, b",", false).unwrap_or(self.series.len());
        unescape(self.series.get(..end).unwrap_or(""))
    }
}

/// The tags of a series; none for one that is no pair.
fn tags(series: &str) -> impl Iterator<Item = Option<(&str, &str)>> {
    let mut rest = end(series, b",", false).and_then(|end| series.get(end + 1..));
    std::iter::from_fn(move || {
        let text = rest?;
        let end_of_pair = end(text, b",", false);
        rest = end_of_pair.and_then(|end| text.get(end + 1..));
        let pair = text.get(..end_of_pair.unwrap_or(text.len()))?;
        Some(
            end(pair, b"=", false)
                .and_then(|at| Some((pair.get(..at)?, pair.get(at + 1..)?)))
                .filter(|(name, _)| !name.is_empty()),
        )
    })
}

/// The position of the first of some signs that no backslash precedes and that, with `quotes`, stands outside of quotes.
fn end(text: &str, signs: &[u8], quotes: bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut is_inside = false;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' if quotes => is_inside = !is_inside,
            byte if !is_inside && signs.contains(byte) => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match (sign, signs.peek()) {
            ('\\', Some(next @ (' ' | ',' | '=' | '\\'))) => {
                plain.push(*next);
                signs.next();
            }
            _ => plain.push(sign),
        }
    }
    plain
}

/// None for a text that is not closed.
fn read_value(text: &str) -> Option<Value> {
    if let Some(inside) = text.strip_prefix('"') {
        return end(inside, b"\"", false).map(|_| Value::Text);
    }
    if let Some(value) = boolean(text) {
        return Some(Value::Boolean(value));
    }
    let digits = text.strip_suffix(['i', 'u']).unwrap_or(text);
    Some(match number::parse(digits, NumberStyle::PLAIN) {
        Number::Value(value) => Value::Number(value),
        _ => Value::Other,
    })
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let mut set = SeriesSet::default();
    let mut positions: HashMap<String, HashMap<String, usize>> = HashMap::new();
    let (mut timeless, mut texts, mut booleans, mut others) = (0, 0, 0, 0);
    let mut unit: Option<EpochUnit> = None;
    let mut steps: HashMap<usize, i64> = HashMap::new();
    let mut open: Option<(u64, String)> = None;
    while let Some((number, line)) = text.next_line()? {
        if open.is_none() && is_aside(line.trim()) {
            continue;
        }
        let (first, whole) = match open.take() {
            Some((first, mut before)) => {
                before.push('\n');
                before.push_str(line);
                (first, before)
            }
            None => (number, line.to_owned()),
        };
        let Some(point) = Point::parse(&whole) else {
            // A text in quotes may go on in the next line.
            if is_open(&whole) && whole.len() < LONGEST_POINT {
                open = Some((first, whole));
                continue;
            }
            return Err(bad_line(first, &whole));
        };
        let fields = positions.entry(point.series.to_owned()).or_default();
        for (field, value) in &point.fields {
            let value = match value {
                Value::Number(value) => *value,
                Value::Boolean(value) => {
                    booleans += 1;
                    *value
                }
                Value::Text => {
                    texts += 1;
                    continue;
                }
                Value::Other => {
                    others += 1;
                    continue;
                }
            };
            let position = match fields.get(*field) {
                Some(&position) => position,
                None => {
                    let labels: Labels = tags(point.series)
                        .flatten()
                        .map(|(name, value)| (unescape(name), unescape(value)))
                        .filter(|(_, value)| !value.is_empty())
                        .collect();
                    let position = set.position_of(&metric(&point.measurement(), &unescape(field)), labels);
                    fields.insert((*field).to_owned(), position);
                    set.refuse_too_many()?;
                    position
                }
            };
            let time_ms = match (point.time, context.options.step_ms) {
                (Some(time), _) => unit.get_or_insert_with(|| EpochUnit::by_magnitude(time as f64)).to_ms(time as f64),
                (None, Some(step_ms)) => {
                    let step = steps.entry(position).or_insert(0);
                    *step += 1;
                    timeless += 1;
                    step_ms.saturating_mul(*step - 1)
                }
                (None, None) => {
                    timeless += 1;
                    continue;
                }
            };
            set.push(position, time_ms, value);
        }
    }
    if let Some((first, whole)) = open {
        return Err(bad_line(first, &whole));
    }
    if set.sample_count() == 0 && timeless > 0 {
        return Err(Error::NoTimeStamps {
            remedy:
                "Export points with their times (influxd inspect export-lp, influx_inspect export); or put several \
                     readings into one file and say how far apart they are."
                    .to_owned(),
        });
    }
    let seen = if texts > 0 { "all fields are text" } else { "there is no point" };
    set.refuse_empty(seen, "Export measurements with fields that hold numbers.")?;
    note(&mut set, unit, context.options.step_ms.is_some(), [timeless, texts, booleans, others]);
    Ok(set.into())
}

/// Whether a text in quotes is not closed.
fn is_open(line: &str) -> bool {
    let mut quotes = 0;
    let mut bytes = line.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => quotes += 1,
            _ => {}
        }
    }
    quotes % 2 == 1
}

fn bad_line(line: u64, text: &str) -> Error {
    Error::Line {
        line,
        expected: "a point of line protocol (measurement,tag=value field=value time)".to_owned(),
        found: excerpt(text, 60),
        remedy: "Delete the line, or export again.".to_owned(),
    }
}

fn note(set: &mut SeriesSet, unit: Option<EpochUnit>, has_step: bool, counts: [usize; 4]) {
    let [timeless, texts, booleans, others] = counts;
    let samples = set.sample_count();
    let notes = &mut set.notes;
    if let Some(unit) = unit.filter(|unit| *unit != EpochUnit::Nanoseconds) {
        notes.add(
            NoteKind::Assumption,
            samples,
            format!("The times were read as {} since 1970-01-01 UTC by their size, not as nanoseconds", unit.words()),
        );
    }
    if has_step {
        notes.add(NoteKind::Assumption, timeless, "Values without a time were placed by the step given");
    } else {
        let values = plural(timeless, "value has no time and was", "values have no time and were");
        notes.add(NoteKind::Dropped, timeless, format!("{values} left out"));
    }
    notes.add(
        NoteKind::Assumption,
        booleans,
        format!("{} true or false, read as 1 and 0", plural(booleans, "value is", "values are")),
    );
    notes.add(NoteKind::Dropped, texts, format!("{} text and left out", plural(texts, "value is", "values are")));
    notes.add(
        NoteKind::Dropped,
        others,
        format!("{} neither number, text nor boolean and left out", plural(others, "value is", "values are")),
    );
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn points_come_apart_at_the_right_signs() {
        let line = r#"disk\ io,path=/a\,b,host=web\=1 used=1i,note="a b, c=\"d\"",up=t,load=2.5e3 1482669077000000000"#;
        let point = Point::parse(line).unwrap();
        assert_eq!(point.measurement(), "disk io");
        let tags: Vec<(String, String)> =
            tags(point.series).flatten().map(|(a, b)| (unescape(a), unescape(b))).collect();
        assert_eq!(tags, [("path".into(), "/a,b".into()), ("host".into(), "web=1".into())]);
        assert_eq!(
            point.fields,
            [
                ("used", Value::Number(1.0)),
                ("note", Value::Text),
                ("up", Value::Boolean(1.0)),
                ("load", Value::Number(2500.0))
            ]
        );
        assert_eq!(point.time, Some(1_482_669_077_000_000_000));
        for other in ["time,a,b", "GET /a 200", "up{job=\"a\"} 1", "cpu usage", "a=b", "{\"a\":1}", "x 1=", "a b=\"c"] {
            assert_eq!(Point::parse(other), None, "{other}");
        }
    }
}
