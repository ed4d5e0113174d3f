//! How the first rows of a table are understood.

use super::Table;
use super::clock::Clock;
use super::head::Content;
use super::read::TableBody;
use crate::cell::timestamp::{DateOrder, TimeStyle};
use crate::cell::unit;
use crate::head::Head;
use crate::import::{Body, Context};
use crate::preview::{ColumnPreview, Preview, Understood};
use crate::text::Text;
use crate::{Error, Format, Options};
use series::{Note, NoteKind};

/// How much of the text is read for a preview.
const READ_BYTES: usize = 1 << 18;
/// Names of series that are shown.
const SHOWN_SERIES: usize = 8;

/// Adds what the beginning of a table shows.
pub(crate) fn fill(preview: &mut Preview, head: &Head<'_>, format: Format) {
    let Some(table) = head.table() else { return };
    preview.rows.clone_from(&table.first_rows);
    preview.preamble = table.preamble;
    preview.header_rows = table.headers.len();
    preview.delimiter =
        if table.delimiter == b'\t' { "tab".to_owned() } else { char::from(table.delimiter).to_string() };
    preview.decimal = char::from(table.style.style.decimal).to_string();
    preview.columns = table
        .columns
        .iter()
        .map(|column| ColumnPreview { name: column.name.clone(), ..ColumnPreview::default() })
        .collect();
    let outcome = read_beginning(head, table, format).and_then(|body| {
        let clock = body.clock;
        body.into_dataset_and_keys("", head.options).map(|(dataset, named)| (clock, dataset, named))
    });
    let (clock, dataset, named) = match outcome {
        Ok(found) => found,
        Err(error) => {
            preview.problem = Some(error.to_string());
            if let Ok(clock) = Clock::find(table, head.options) {
                mark_time(preview, table, clock);
            }
            mark_words(preview, table);
            return;
        }
    };
    mark_time(preview, table, clock);
    for (index, understood) in named {
        if let Some(column) = preview.columns.get_mut(index) {
            column.understood = understood;
        }
    }
    mark_left_out(preview, &dataset.notes, head.options);
    mark_units(preview, &dataset.notes);
    preview.assumed_time_zone = dataset.origins.first().and_then(|origin| origin.assumed_time_zone.clone());
    let names = dataset.series.iter().take(SHOWN_SERIES).map(|series| series.name.clone()).collect();
    preview.series = (names, dataset.series.len());
    preview.notes = dataset.notes;
}

/// The rows of the first window that are whole, read as all of them will be.
fn read_beginning(head: &Head<'_>, table: &Table, format: Format) -> Result<TableBody, Error> {
    let beginning = head.start(READ_BYTES);
    let is_whole = head.is_whole && beginning.len() == head.text.len();
    let end = if is_whole { beginning.len() } else { beginning.rfind('\n').map_or(beginning.len(), |end| end + 1) };
    let mut bytes = beginning.get(..end).unwrap_or_default().as_bytes();
    let mut text = Text::open(&mut bytes, None)?;
    let context = Context { options: head.options, table: Some(table.clone()) };
    match super::read::read(&mut text, context, format)? {
        Body::Table(body) => Ok(*body),
        Body::Samples(_) => Err(Error::Empty),
    }
}

fn mark_time(preview: &mut Preview, table: &Table, clock: Clock) {
    let Clock::Column { index, style, time_of_day, .. } = clock else { return };
    let words = match style {
        TimeStyle::Epoch(unit) => format!("{} since 1970", unit.words()),
        TimeStyle::Calendar(order) => match order {
            DateOrder::YearFirst => "year, month, day",
            DateOrder::DayFirst => "day, month, year",
            DateOrder::MonthFirst => "month, day, year",
            DateOrder::MonthName => "dates with the month's name",
        }
        .to_owned(),
    };
    let is_open = table.columns.get(index).is_some_and(|column| column.order_is_ambiguous);
    for position in [Some(index), time_of_day].into_iter().flatten() {
        if let Some(column) = preview.columns.get_mut(position) {
            column.understood = Understood::Time;
            column.detail = if is_open { format!("{words}; the other order would fit, too") } else { words.clone() };
        }
    }
}

/// Without series, all words count as labels.
fn mark_words(preview: &mut Preview, table: &Table) {
    for (column, found) in preview.columns.iter_mut().zip(&table.columns) {
        if found.content == Content::Text && column.understood == Understood::Value {
            column.understood = Understood::Label;
        }
    }
}

fn mark_left_out(preview: &mut Preview, notes: &[Note], options: &Options) {
    for column in &mut preview.columns {
        let about =
            |note: &&Note| note.kind == NoteKind::Dropped && note.subject.as_deref() == Some(column.name.as_str());
        if let Some(note) = notes.iter().find(about) {
            column.understood = Understood::Ignored;
            column.detail.clone_from(&note.message);
        } else if !options.wants(&column.name) || options.role(&column.name) == Some(crate::Role::Ignore) {
            column.understood = Understood::Ignored;
            "as you said".clone_into(&mut column.detail);
        }
    }
}

fn mark_units(preview: &mut Preview, notes: &[Note]) {
    for column in preview.columns.iter_mut().filter(|column| column.understood == Understood::Value) {
        let about = |note: &&Note| {
            note.kind == NoteKind::UnitConversion && note.subject.as_deref() == Some(column.name.as_str())
        };
        if let Some(note) = notes.iter().find(about) {
            column.detail.clone_from(&note.message);
        }
        let written = unit::in_brackets(&column.name).filter(|written| unit::scale(written).is_some());
        column.unit = written.unwrap_or_default().to_owned();
    }
}
