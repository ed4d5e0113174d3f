//! JMeter's results as CSV (`.jtl`): one row per request.
//!
//! Requests come whenever they come, many of them in one millisecond. Every measurement of a request is a sample of its
//! label's series; what only describes the request (code, message, thread, address) is left out.

use super::requests::{Request, Requests};
use crate::Format;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{self, DateOrder, EpochUnit, Stamp, TimeStyle};
use crate::error::{Error, excerpt, list};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::table::rows::{Cell, each_record, first_record};
use crate::text::Text;
use series::{Labels, NoteKind};
use std::collections::HashMap;

pub(crate) const READER: Reader = Reader { format: Format::JmeterCsv, probe, is_table: false, read };

/// The signs that `jmeter.save.saveservice.default_delimiter` is set to in practice.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

fn probe(head: &Head<'_>) -> bool {
    delimiter(head.first_line()).is_some()
}

/// The delimiter of a header line; none if it is no header of JMeter's.
fn delimiter(line: &str) -> Option<u8> {
    DELIMITERS.into_iter().find(|&delimiter| {
        let cells = first_record(line, delimiter);
        let has = |name: &str| cells.iter().any(|cell| cell.text() == name);
        has("timeStamp") && has("elapsed") && (has("label") || has("success") || has("responseCode"))
    })
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Role {
    Time,
    Label(&'static str),
    /// A measurement in this unit.
    Value(&'static str),
    Success,
    Left,
}

fn role(name: &str) -> Role {
    match name {
        "timeStamp" => Role::Time,
        "label" => Role::Label("label"),
        "Hostname" => Role::Label("Hostname"),
        "elapsed" | "Latency" | "IdleTime" | "Connect" => Role::Value("ms"),
        "bytes" | "sentBytes" => Role::Value("B"),
        "grpThreads" | "allThreads" | "SampleCount" | "ErrorCount" => Role::Value(""),
        "success" => Role::Success,
        _ => Role::Left,
    }
}

struct Column {
    name: String,
    role: Role,
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let first = text.rest().lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let delimiter = delimiter(first).unwrap_or(b',');
    let mut set = SeriesSet::default();
    let mut columns: Option<Vec<Column>> = None;
    let mut positions: HashMap<String, Vec<usize>> = HashMap::new();
    let mut style = None;
    let mut summary = Requests::default();
    let (mut requests, mut untimed, mut unreadable) = (0, 0, 0);
    let mut first_untimed: Option<(u64, String)> = None;
    each_record(text, delimiter, |cells, line| {
        let texts: Vec<_> = cells.iter().map(Cell::text).collect();
        // Results of several runs may stand one behind the other, each with its header.
        if columns.is_none() || texts.iter().any(|text| text == "timeStamp") {
            let names = texts.iter().map(|name| name.trim().to_owned());
            columns = Some(names.map(|name| Column { role: role(&name), name }).collect());
            positions.clear();
            return Ok(());
        }
        let Some(columns) = &columns else { return Ok(()) };
        let filled = || columns.iter().zip(texts.iter().map(|text| text.trim()));
        let time = filled().find(|(column, _)| column.role == Role::Time).map_or("", |(_, time)| time);
        let Some(stamp) = read_time(time, &mut style) else {
            untimed += 1;
            first_untimed.get_or_insert_with(|| (line, excerpt(time, 40)));
            return Ok(());
        };
        requests += 1;
        if context.options.summarises_requests {
            let cell = |wanted: &str| filled().find(|(column, _)| column.name == wanted).map_or("", |(_, word)| word);
            let elapsed = match number::parse(cell("elapsed"), NumberStyle::PLAIN) {
                Number::Value(value) => value,
                _ => f64::NAN,
            };
            let has_failed = cell("success").eq_ignore_ascii_case("false");
            summary.push(cell("label"), Request { start: stamp, elapsed, has_failed });
            return Ok(());
        }
        let mut key = String::new();
        for (_, word) in filled().filter(|(column, _)| matches!(column.role, Role::Label(_))) {
            key.push_str(word);
            key.push('\n');
        }
        if !positions.contains_key(&key) {
            let labels: Labels = filled()
                .filter_map(|(column, word)| match column.role {
                    Role::Label(name) if !word.is_empty() => Some((name, word)),
                    _ => None,
                })
                .collect();
            let of = |column: &Column| {
                let position = set.position_of(&column.name, labels.clone());
                if let (Some(entry), Role::Value(unit)) = (set.entry(position), column.role) {
                    entry.unit = Some(unit.to_owned());
                }
                position
            };
            let found = columns.iter().filter(|column| is_value(column.role)).map(of).collect();
            positions.insert(key.clone(), found);
            set.refuse_too_many()?;
        }
        let Some(found) = positions.get(&key) else { return Ok(()) };
        for ((column, word), &position) in filled().filter(|(column, _)| is_value(column.role)).zip(found) {
            let value = match (column.role, number::parse(word, NumberStyle::PLAIN)) {
                (Role::Success, _) if word.eq_ignore_ascii_case("true") => 1.0,
                (Role::Success, _) if word.eq_ignore_ascii_case("false") => 0.0,
                (_, Number::Value(value)) => value,
                (_, Number::Missing) => f64::NAN,
                (_, Number::Unreadable) => {
                    unreadable += 1;
                    f64::NAN
                }
            };
            set.push_at(position, stamp, value);
        }
        Ok(())
    })?;
    if context.options.summarises_requests {
        let step_ms = summary.summarise("ms", &mut set);
        set.notes
            .add(
                NoteKind::Assumption,
                requests,
                format!(
                    "{} counted in intervals of {} s",
                    plural(requests, "request was", "requests were"),
                    step_ms / 1000
                ),
            )
            .undone_by("requests=raw");
    } else {
        set.notes
            .add(
                NoteKind::Assumption,
                requests,
                format!(
                    "{} as they came; their number, errors and percentiles per interval can be had instead",
                    plural(requests, "request was read", "requests were read")
                ),
            )
            .undone_by("requests=summary");
    }
    set.refuse_empty(
        "the results have a header and no request with a time",
        "Run the test plan and save its results with time stamps (jmeter.save.saveservice.timestamp_format=ms).",
    )?;
    let left = columns.iter().flatten().filter(|column| column.role == Role::Left && !column.name.is_empty());
    let left: Vec<&str> = left.map(|column| column.name.as_str()).collect();
    let notes = &mut set.notes;
    notes.add(
        NoteKind::Dropped,
        left.len(),
        format!("{} that only describe requests left out: {}", plural(left.len(), "column", "columns"), list(left)),
    );
    let has_success = columns.iter().flatten().any(|column| column.role == Role::Success);
    if has_success && !context.options.summarises_requests {
        notes.add(
            NoteKind::Assumption,
            requests,
            "success is 1 for a request that succeeded, and 0 for one that failed",
        );
    }
    if let Some((line, found)) = first_untimed {
        let rows = plural(untimed, "row has no readable time and was", "rows have no readable time and were");
        notes.add(NoteKind::Dropped, untimed, format!("{rows} left out (first in line {line}: {found:?})"));
    }
    notes.add(
        NoteKind::Unreadable,
        unreadable,
        format!("{} no number and count as missing", plural(unreadable, "cell is", "cells are")),
    );
    Ok(set.into())
}

fn is_value(role: Role) -> bool {
    matches!(role, Role::Value(_) | Role::Success)
}

/// Milliseconds since 1970, or a date as `timestamp_format` has it; the first time decides how all are written.
fn read_time(cell: &str, style: &mut Option<TimeStyle>) -> Option<Stamp> {
    if let Some(style) = style {
        return timestamp::parse(cell, *style);
    }
    let orders = [DateOrder::YearFirst, DateOrder::MonthFirst, DateOrder::DayFirst, DateOrder::MonthName];
    let epoch = TimeStyle::Epoch(EpochUnit::Milliseconds);
    let (found, stamp) = std::iter::once(epoch)
        .chain(orders.map(TimeStyle::Calendar))
        .find_map(|style| timestamp::parse(cell, style).map(|stamp| (style, stamp)))?;
    *style = Some(found);
    Some(stamp)
}
