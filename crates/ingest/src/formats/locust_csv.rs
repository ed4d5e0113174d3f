//! Locust's history of statistics (`--csv`, `…_stats_history.csv`): one row per request name and moment. Locust measures
//! response times in milliseconds.

use crate::Format;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{self, EpochUnit, TimeStyle};
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::table::rows::{each_record, first_record};
use crate::text::Text;
use series::{Declared, Labels, NoteKind};
use std::collections::HashMap;

pub(crate) const READER: Reader = Reader { format: Format::LocustCsv, probe, is_table: false, read };

fn probe(head: &Head<'_>) -> bool {
    let cells = first_record(head.first_line(), b',');
    let has = |name: &str| cells.iter().any(|cell| cell.text() == name);
    has("Timestamp") && has("User Count") && has("Name") && has("Requests/s")
}

/// A column of numbers: the metric's name and its unit.
struct Column {
    index: usize,
    metric: String,
    unit: &'static str,
    declared: Declared,
}

#[derive(Default)]
struct Columns {
    time: usize,
    users: usize,
    kind: Option<usize>,
    name: usize,
    numbers: Vec<Column>,
}

impl Columns {
    fn of(names: &[String]) -> Self {
        let at = |wanted: &str| names.iter().position(|name| name == wanted);
        let mut found = Self {
            time: at("Timestamp").unwrap_or(0),
            users: at("User Count").unwrap_or(1),
            kind: at("Type"),
            name: at("Name").unwrap_or(3),
            numbers: Vec::new(),
        };
        for (index, name) in names.iter().enumerate() {
            if [found.time, found.users, found.name].contains(&index) || found.kind == Some(index) || name.is_empty() {
                continue;
            }
            let is_percentile = name.strip_suffix('%').is_some_and(|digits| digits.parse::<f64>().is_ok());
            let unit = if is_percentile || name.ends_with("Response Time") {
                "ms"
            } else if name.ends_with("Content Size") {
                "B"
            } else if name.ends_with("/s") {
                "/s"
            } else {
                ""
            };
            let metric = if is_percentile { format!("Response Time {name}") } else { name.clone() };
            let counts = name.starts_with("Total ") && name.ends_with(" Count");
            let declared = if counts { Declared::Counter } else { Declared::Nothing };
            found.numbers.push(Column { index, metric, unit, declared });
        }
        found
    }
}

fn read(text: &mut Text<'_>, _: Context<'_>) -> Result<Body, Error> {
    let mut set = SeriesSet::default();
    let mut columns: Option<Columns> = None;
    let mut positions: HashMap<String, Vec<usize>> = HashMap::new();
    let mut users_at = None;
    let (mut untimed, mut unreadable) = (0, 0);
    let mut first_untimed: Option<(u64, String)> = None;
    each_record(text, b',', |cells, line| {
        let texts: Vec<String> = cells.iter().map(|cell| cell.text().trim().to_owned()).collect();
        if columns.is_none() || texts.iter().any(|text| text == "Timestamp") {
            columns = Some(Columns::of(&texts));
            positions.clear();
            return Ok(());
        }
        let Some(columns) = &columns else { return Ok(()) };
        let cell = |index: usize| texts.get(index).map_or("", String::as_str);
        let Some(stamp) = timestamp::parse(cell(columns.time), TimeStyle::Epoch(EpochUnit::Seconds)) else {
            untimed += 1;
            first_untimed.get_or_insert_with(|| (line, excerpt(cell(columns.time), 40)));
            return Ok(());
        };
        let mut value = |word: &str| match number::parse(word, NumberStyle::PLAIN) {
            Number::Value(value) => value,
            Number::Missing => f64::NAN,
            Number::Unreadable => {
                unreadable += 1;
                f64::NAN
            }
        };
        // The users are those of the whole test, repeated in every row of a moment.
        if users_at.replace(stamp.ms) != Some(stamp.ms) {
            let position = set.position_of("User Count", Labels::new());
            set.push(position, stamp.ms, value(cell(columns.users)));
        }
        let kind = columns.kind.map_or("", cell);
        let key = format!("{kind}\n{}", cell(columns.name));
        if !positions.contains_key(&key) {
            let labels = [("Type", kind), ("Name", cell(columns.name))];
            let labels: Labels = labels.into_iter().filter(|(_, word)| !word.is_empty()).collect();
            let of = |column: &Column| {
                let position = set.position_of(&column.metric, labels.clone());
                if let Some(entry) = set.entry(position) {
                    entry.unit = Some(column.unit.to_owned());
                    entry.declared = column.declared;
                }
                position
            };
            let found = columns.numbers.iter().map(of).collect();
            positions.insert(key.clone(), found);
            set.refuse_too_many()?;
        }
        for (column, &position) in columns.numbers.iter().zip(positions.get(&key).into_iter().flatten()) {
            set.push(position, stamp.ms, value(cell(column.index)));
        }
        Ok(())
    })?;
    set.refuse_empty(
        "the history has a header and no row with a time",
        "Let the test run, and take the history again.",
    )?;
    if let Some((line, found)) = first_untimed {
        let rows = plural(untimed, "row has no readable time and was", "rows have no readable time and were");
        set.notes.add(NoteKind::Dropped, untimed, format!("{rows} left out (first in line {line}: {found:?})"));
    }
    set.notes.add(
        NoteKind::Unreadable,
        unreadable,
        format!("{} no number and count as missing", plural(unreadable, "cell is", "cells are")),
    );
    Ok(set.into())
}
