//! The text that `promtool query range` and `promtool query instant` print: a series and `=>`, then `value @[time]`, one
//! line each or behind the arrow.
//!
//! promtool prints times in seconds; the query engine itself prints the same in milliseconds. The size of the first time
//! tells.

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
use series::{Identity, Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::PromtoolQuery, probe, is_table: false, read };

/// How many lines may stand before the first series.
const PROBED_LINES: usize = 20;

fn probe(head: &Head<'_>) -> bool {
    let mut lines = head.lines().take(PROBED_LINES).skip_while(|line| heading(line).is_none());
    let Some((_, rest)) = lines.next().and_then(heading) else { return false };
    if rest.is_empty() { lines.next().is_none_or(|line| sample(line).is_some()) } else { sample(rest).is_some() }
}

/// A series and what stands behind its arrow.
fn heading(line: &str) -> Option<(&str, &str)> {
    if let Some(series) = line.strip_suffix("=>") {
        return Some((series.trim(), ""));
    }
    // A label's value may hold an arrow.
    let at = line.rfind(" => ")?;
    let (series, rest) = line.split_at_checked(at)?;
    let rest = rest.get(4..)?.trim();
    sample(rest).map(|_| (series.trim(), rest))
}

/// `value @[time]`; the value of a native histogram is none.
fn sample(line: &str) -> Option<(Option<f64>, f64)> {
    let (value, time) = line.strip_suffix(']')?.rsplit_once("@[")?;
    let value = value.trim();
    let Number::Value(time) = number::parse(time, NumberStyle::PLAIN) else { return None };
    let value = match number::parse(value, NumberStyle::PLAIN) {
        Number::Value(value) => Some(value),
        Number::Missing if !value.is_empty() => Some(f64::NAN),
        _ if value.starts_with('{') || value.starts_with("Count:") => None,
        _ => return None,
    };
    time.is_finite().then_some((value, time))
}

fn read(text: &mut Text<'_>, _: Context<'_>) -> Result<Body, Error> {
    let mut set = SeriesSet::default();
    let mut position = None;
    let mut unit: Option<EpochUnit> = None;
    let (mut histograms, mut before) = (0, 0);
    while let Some((number, line)) = text.next_line()? {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let found = match heading(line) {
            Some((series, rest)) => {
                position = Some(set.position(identity(series)));
                set.refuse_too_many()?;
                if rest.is_empty() {
                    continue;
                }
                sample(rest)
            }
            None => sample(line),
        };
        match (found, position) {
            (Some((value, time)), Some(position)) => {
                let unit = unit.get_or_insert_with(|| EpochUnit::by_magnitude(time));
                match value {
                    Some(value) => set.push(position, unit.to_ms(time), value),
                    None => histograms += 1,
                }
            }
            // What the shell printed before.
            (None, None) => before += 1,
            _ => {
                return Err(Error::Line {
                    line: number,
                    expected: "a series with =>, or a value and its time (1 @[1435781430.781])".to_owned(),
                    found: excerpt(line, 60),
                    remedy: "Keep the output of promtool as it is, or ask for JSON with -o json.".to_owned(),
                });
            }
        }
    }
    set.refuse_empty(
        if histograms > 0 { "all samples are native histograms" } else { "no series has a sample" },
        "Ask for a range of time in which the query has results, and for numbers (histogram_quantile, rate).",
    )?;
    let samples = set.sample_count();
    let notes = &mut set.notes;
    notes.add(
        NoteKind::Dropped,
        histograms,
        format!(
            "{} left out; only numbers are read",
            plural(histograms, "native histogram sample was", "native histogram samples were")
        ),
    );
    notes.add(
        NoteKind::Dropped,
        before,
        format!("{} before the first series left out", plural(before, "line", "lines")),
    );
    if let Some(unit) = unit.filter(|unit| *unit != EpochUnit::Seconds) {
        notes.add(
            NoteKind::Assumption,
            samples,
            format!("The time stamps were read as {} since 1970-01-01 UTC by their size", unit.words()),
        );
    }
    Ok(set.into())
}

fn identity(series: &str) -> Identity {
    Identity::parse(series)
        .map(Identity::with_original_name)
        .unwrap_or_else(|| Identity::of(Some(series.trim_end_matches(':').to_owned()), Labels::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_in_a_label_is_none() {
        assert_eq!(heading("up{job=\"a => b\"} =>"), Some(("up{job=\"a => b\"}", "")));
        assert_eq!(heading("up{job=\"a => b\"} => 1 @[5]"), Some(("up{job=\"a => b\"}", "1 @[5]")));
        assert_eq!(sample("{count:1, sum:2, (0.5,1]:1} @[5]"), Some((None, 5.0)));
        assert_eq!((sample("NaN"), sample("x @[5]")), (None, None));
    }
}
