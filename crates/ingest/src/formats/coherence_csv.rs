//! Coherence SRE's table `signal_events`: one row per reading, with the host, the metric, its value and how severe it is.
//!
//! The readings are series by host, service and metric. The severity tells no series apart: it belongs to the reading, and
//! readings that are errors become events. Its table `metrics` is an ordinary long table.

use crate::Format;
use crate::cell::number::{self, Number};
use crate::cell::timestamp::{self, TimeStyle};
use crate::error::{Error, excerpt, list};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::table::Table;
use crate::table::clock::Clock;
use crate::table::rows::{Cell, each_record};
use crate::text::Text;
use series::{Event, Labels, NoteKind};
use std::collections::HashMap;

pub(crate) const READER: Reader = Reader { format: Format::CoherenceCsv, probe, is_table: true, read };

/// Columns that become labels, if they are there.
const LABELS: [&str; 6] = ["host", "service", "region", "environment", "env", "instance"];
const ERRORS: [&str; 4] = ["error", "critical", "fatal", "err"];

fn probe(head: &Head<'_>) -> bool {
    let Some(table) = head.table() else { return false };
    let has = |name: &str| table.position(name).is_some();
    let has_metric = has("metric") || has("metric_name");
    has("severity")
        && has_metric
        && has("value")
        && (has("host") || has("service") || has("fingerprint"))
        && matches!(Clock::guess(table), Some(Clock::Column { .. }))
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let table = context.table.ok_or(Error::Empty)?;
    let Clock::Column { index: time, style, .. } = Clock::find(&table, context.options)? else {
        return Err(Error::NoTimeStamps { remedy: "Export the table with its column ts.".to_owned() });
    };
    let column = |name: &str| table.position(name);
    let missing = |name: &str| Error::UnknownColumn { column: name.to_owned(), available: list(table.names()) };
    let metric = column("metric").or_else(|| column("metric_name")).ok_or_else(|| missing("metric"))?;
    let value = column("value").ok_or_else(|| missing("value"))?;
    let severity = column("severity");
    let labelled: Vec<(&str, usize)> = LABELS.iter().filter_map(|name| Some((*name, column(name)?))).collect();
    let mut set = SeriesSet::default();
    let mut positions: HashMap<String, usize> = HashMap::new();
    let (mut untimed, mut unreadable, mut errors) = (0, 0, 0);
    let mut first_untimed: Option<(u64, String)> = None;
    text.consume(table.body);
    each_record(text, table.delimiter, |cells, line| {
        let cell = |index: usize| cells.get(index).map(Cell::text).unwrap_or_default();
        let Some(stamp) = timestamp::parse(&cell(time), style) else {
            untimed += 1;
            first_untimed.get_or_insert_with(|| (line, excerpt(&cell(time), 40)));
            return Ok(());
        };
        let name = cell(metric).trim().to_owned();
        let labels = || -> Labels {
            let words = labelled.iter().map(|(name, index)| (*name, cell(*index).trim().to_owned()));
            words.filter(|(_, word)| !word.is_empty()).collect()
        };
        let mut key = name.clone();
        for (_, index) in &labelled {
            key.push('\n');
            key.push_str(&cell(*index));
        }
        let position = match positions.get(&key) {
            Some(&position) => position,
            None => {
                let position = set.position_of(&name, labels());
                positions.insert(key, position);
                set.refuse_too_many()?;
                position
            }
        };
        let word = severity.map(cell).unwrap_or_default().trim().to_ascii_lowercase();
        if ERRORS.contains(&word.as_str()) {
            errors += 1;
            let mut labels = labels();
            labels.insert("severity", word.as_str());
            set.push_event(
                Event { start_ms: stamp.ms, end_ms: None, title: format!("{name} {word}"), labels },
                !stamp.zoned,
            );
        }
        match number::parse(&cell(value), table.style.style) {
            Number::Value(value) => set.push_at(position, stamp, value),
            Number::Missing => set.push_at(position, stamp, f64::NAN),
            Number::Unreadable => {
                unreadable += 1;
                set.push_at(position, stamp, f64::NAN);
            }
        }
        Ok(())
    })?;
    set.refuse_empty(
        "the table has a header and no row with a time",
        "Export a range of time in which there are readings.",
    )?;
    note(&mut set, &table, style, [untimed, unreadable, errors], first_untimed);
    Ok(set.into())
}

fn note(
    set: &mut SeriesSet,
    table: &Table,
    style: TimeStyle,
    counts: [usize; 3],
    first_untimed: Option<(u64, String)>,
) {
    let [untimed, unreadable, errors] = counts;
    let samples = set.sample_count();
    let notes = &mut set.notes;
    notes.add(
        NoteKind::Assumption,
        errors,
        format!("{} severe enough to be an event, too", plural(errors, "reading is", "readings are")),
    );
    if let TimeStyle::Epoch(unit) = style {
        notes.add(
            NoteKind::Assumption,
            samples,
            format!("The times were read as {} since 1970-01-01 UTC by their size", unit.words()),
        );
    }
    if let Some((line, found)) = first_untimed {
        let rows = plural(untimed, "row has no readable time and was", "rows have no readable time and were");
        notes.add(NoteKind::Dropped, untimed, format!("{rows} left out (first in line {line}: {found:?})"));
    }
    notes.add(
        NoteKind::Unreadable,
        unreadable,
        format!("{} no number and count as missing", plural(unreadable, "value is", "values are")),
    );
    let known = |name: &str| {
        LABELS.contains(&name)
            || matches!(
                name,
                "metric" | "metric_name" | "value" | "severity" | "ts" | "timestamp" | "time" | "created_at"
            )
    };
    let left: Vec<&str> = table.names().filter(|name| !known(name)).collect();
    notes.add(
        NoteKind::Dropped,
        left.len(),
        format!("{} no readings and left out: {}", plural(left.len(), "column holds", "columns hold"), list(left)),
    );
}
