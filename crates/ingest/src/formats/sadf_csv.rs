//! sysstat's database format, `sadf -d`: `;` between cells, a header line with `# hostname;interval;timestamp` in front of
//! each activity's rows. With `-h` all activities stand on one line, and `[...]` behind an activity's last column says that
//! its columns repeat for every device.

use super::sysstat::{Found, belongs, device, is_label};
use crate::Format;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::Stamp;
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::notebook::plural;
use crate::sniff::Reader;
use crate::text::Text;
use series::NoteKind;

pub(crate) const READER: Reader = Reader { format: Format::SadfCsv, probe, is_table: false, read };

/// How many lines may stand before the first header.
const PROBED_LINES: usize = 40;

fn probe(head: &Head<'_>) -> bool {
    head.lines().take(PROBED_LINES).any(|line| header(line).is_some())
}

/// The columns behind the time stamp, if the line is a header.
fn header(line: &str) -> Option<&str> {
    line.trim_start_matches('#').trim_start().strip_prefix("hostname;interval;timestamp;")
}

/// Columns of one activity.
struct Activity {
    names: Vec<String>,
    /// The columns stand there once for every device.
    repeats: bool,
}

fn activities(columns: &str) -> Vec<Activity> {
    let mut found: Vec<Activity> = Vec::new();
    let mut open = Activity { names: Vec::new(), repeats: false };
    let is_horizontal = columns.contains("[...]");
    for name in columns.split(';').map(str::trim).filter(|name| !name.is_empty()) {
        let bare = name.strip_suffix("[...]");
        // A label begins an activity, if it is not the second one of a pair (`FAN;DEVICE`).
        let begins = is_label(name) && open.names.last().is_some_and(|last| !is_label(last));
        // Of an activity with one device nothing says where it ends but what it measures.
        let label = open.names.iter().find(|name| is_label(name));
        let ends = is_horizontal && !is_label(name) && label.is_some_and(|label| !belongs(label, bare.unwrap_or(name)));
        if begins || ends {
            found.push(std::mem::replace(&mut open, Activity { names: Vec::new(), repeats: false }));
        }
        open.names.push(bare.unwrap_or(name).to_owned());
        if bare.is_some() {
            open.repeats = true;
            found.push(std::mem::replace(&mut open, Activity { names: Vec::new(), repeats: false }));
        }
    }
    found.push(open);
    found.retain(|activity| !activity.names.is_empty());
    found
}

fn read(text: &mut Text<'_>, _: Context<'_>) -> Result<Body, Error> {
    let mut found = Found::default();
    let mut current: Vec<Activity> = Vec::new();
    let (mut foreign, mut unreadable, mut samples) = (0, 0, 0usize);
    let mut first_foreign: Option<(u64, String)> = None;
    while let Some((number, line)) = text.next_line()? {
        let line = line.trim();
        if let Some(columns) = header(line) {
            current = activities(columns);
            continue;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let cells: Vec<&str> = line.split(';').map(str::trim).collect();
        let row = match cells.as_slice() {
            [host, _, time, rest @ ..] if !rest.is_empty() => found.time(time).map(|stamp| (*host, stamp, rest)),
            _ => None,
        };
        let Some((host, stamp, rest)) = row else {
            foreign += 1;
            first_foreign.get_or_insert_with(|| (number, excerpt(line, 40)));
            continue;
        };
        if let [only, ..] = rest
            && (only.starts_with("LINUX-RESTART") || only.starts_with("COM "))
        {
            found.event(stamp, host, only.strip_prefix("COM ").unwrap_or(only));
            continue;
        }
        match place(rest, &current) {
            Some(blocks) => {
                for (activity, cells) in blocks {
                    unreadable += sample(&mut found, host, stamp, activity, cells);
                    samples += 1;
                }
            }
            None => {
                foreign += 1;
                first_foreign.get_or_insert_with(|| (number, excerpt(line, 40)));
            }
        }
    }
    found.set.refuse_too_many()?;
    if samples == 0
        && let Some((line, found)) = first_foreign
    {
        return Err(Error::Line {
            line,
            expected: "a row of as many cells as the header above has".to_owned(),
            found,
            remedy: "Export again with sadf -d.".to_owned(),
        });
    }
    found
        .set
        .refuse_empty("there are headers and no rows", "Ask sadf for a range of time in which there are samples.")?;
    let notes = &mut found.set.notes;
    if let Some((line, text)) = first_foreign {
        let rows = plural(foreign, "row does", "rows do");
        notes.add(
            NoteKind::Dropped,
            foreign,
            format!("{rows} not fit the header above and were left out (first in line {line}: {text:?})"),
        );
    }
    notes.add(
        NoteKind::Unreadable,
        unreadable,
        format!("{} no number and count as missing", plural(unreadable, "cell is", "cells are")),
    );
    Ok(found.finish().into())
}

/// Cuts a row into its activities' devices. None if the cells do not come out even.
fn place<'a, 'c>(cells: &'c [&'c str], activities: &'a [Activity]) -> Option<Vec<(&'a Activity, &'c [&'c str])>> {
    let mut placed = Vec::new();
    let mut rest = cells;
    for (index, activity) in activities.iter().enumerate() {
        let width = activity.names.len();
        let needed: usize = activities.iter().skip(index + 1).map(|later| later.names.len()).sum();
        let has_label = activity.names.first().is_some_and(|name| is_label(name));
        let mut before: Option<&str> = None;
        while let Some((block, behind)) = rest.split_at_checked(width) {
            let label = *block.first()?;
            if before.is_some_and(|before| behind.len() < needed || !(has_label && follows(before, label))) {
                break;
            }
            placed.push((activity, block));
            rest = behind;
            before = Some(label);
            if !activity.repeats {
                break;
            }
        }
        before?;
    }
    (rest.is_empty() && !activities.is_empty()).then_some(placed)
}

/// Whether a cell can name the device behind another one's: the next number, or a word again.
fn follows(before: &str, label: &str) -> bool {
    let is_number = |cell: &str| matches!(number::parse(cell, NumberStyle::PLAIN), Number::Value(_));
    match (before.parse::<i64>(), label.parse::<i64>()) {
        (Ok(before), Ok(label)) => label > before && label - before <= 64,
        (Err(_), Err(_)) => !is_number(label),
        _ => false,
    }
}

/// Adds one device's cells; returns how many are no numbers.
fn sample(found: &mut Found, host: &str, stamp: Stamp, activity: &Activity, cells: &[&str]) -> usize {
    let mut unreadable = 0;
    let mut labels = vec![("hostname", host)];
    for (name, cell) in activity.names.iter().zip(cells).filter(|(name, _)| is_label(name)) {
        labels.push((name, device(name, cell)));
    }
    let mut key = activity.names.join(";");
    for (_, value) in &labels {
        key.push('\n');
        key.push_str(value);
    }
    let mut metrics = activity.names.iter().map(String::as_str).filter(|name| !is_label(name));
    let positions = found.positions(&key, &mut metrics, &labels);
    let values = activity.names.iter().zip(cells).filter(|(name, _)| !is_label(name));
    for ((_, cell), position) in values.zip(positions) {
        let value = match number::parse(cell, NumberStyle::PLAIN) {
            Number::Value(value) => value,
            Number::Missing => f64::NAN,
            // Some locales write a decimal comma.
            Number::Unreadable => match number::parse(cell, NumberStyle { decimal: b',', thousands: None }) {
                Number::Value(value) => value,
                _ => {
                    unreadable += 1;
                    f64::NAN
                }
            },
        };
        found.set.push_at(position, stamp, value);
    }
    unreadable
}
