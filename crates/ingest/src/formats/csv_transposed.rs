//! A table with one row per series and one column per time, as spreadsheets and reports lay it out.

use crate::Format;
use crate::Options;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{self, DateOrder, EpochUnit, Stamp, TimeStyle};
use crate::cell::unit::{self, Quantity};
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::notebook::plural;
use crate::series_set::{Entry, SeriesSet};
use crate::sniff::Reader;
use crate::table::delimiter;
use crate::table::keys;
use crate::table::rows::{Cell, Rows, each_record};
use crate::text::Text;
use series::{Identity, Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::CsvTransposed, probe, is_table: true, read };

/// Fewer columns of times are hardly a layout of their own.
const FEWEST_TIMES: usize = 3;
/// Columns beyond this are refused.
const MOST_COLUMNS: usize = 100_000;

fn probe(head: &Head<'_>) -> bool {
    let Some(table) = head.table() else { return false };
    let start = delimiter::declared(head.text).map_or(0, |(_, start)| start);
    let mut rows = Rows::new(head.text, table.delimiter, start, 1, head.is_whole);
    let (mut header, mut first) = (Vec::new(), Vec::new());
    if !rows.next(&mut header) || !rows.next(&mut first) {
        return false;
    }
    let Some(layout) = Layout::of(&header, head.options) else { return false };
    // Under the times stand values.
    let values = first.get(layout.labels.len()..).unwrap_or_default();
    let is_time = |cell: &Cell<'_>| {
        matches!(layout.style, TimeStyle::Calendar(_)) && timestamp::parse(&cell.text(), layout.style).is_some()
    };
    table.is_even() && !values.iter().any(is_time)
}

/// Where the times begin, and how they are written.
struct Layout {
    labels: Vec<String>,
    style: TimeStyle,
    times: Vec<Stamp>,
    /// Day and month could be exchanged.
    is_ambiguous: bool,
}

impl Layout {
    /// Names in front, then times only, each another one.
    fn of(header: &[Cell<'_>], options: &Options) -> Option<Self> {
        let texts: Vec<_> = header.iter().map(Cell::text).collect();
        let styles = [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst, DateOrder::MonthName];
        let styles = styles.into_iter().filter(|order| options.date_order.is_none_or(|told| told == *order));
        let mut found: Vec<Self> = styles.filter_map(|order| Self::with(&texts, TimeStyle::Calendar(order))).collect();
        let span = |layout: &Self| {
            let times = || layout.times.iter().map(|stamp| stamp.ms);
            times().max().unwrap_or(0) - times().min().unwrap_or(0)
        };
        order::sort_by_key(&mut found, span);
        let is_ambiguous = found.len() > 1;
        if let Some(first) = found.into_iter().next() {
            return Some(Self { is_ambiguous, ..first });
        }
        let last = texts.iter().rfind(|text| !text.trim().is_empty())?;
        let largest = last.trim().parse::<f64>().ok()?;
        let unit = options.epoch_unit.unwrap_or_else(|| EpochUnit::by_magnitude(largest));
        let epochs = Self::with(&texts, TimeStyle::Epoch(unit))?;
        // From 1990 to 2100.
        let is_plausible = |stamp: &Stamp| (631_152_000_000..=4_102_444_800_000).contains(&stamp.ms);
        epochs.times.iter().all(is_plausible).then_some(epochs)
    }

    fn with(texts: &[std::borrow::Cow<'_, str>], style: TimeStyle) -> Option<Self> {
        let read = |text: &std::borrow::Cow<'_, str>| timestamp::parse(text.trim(), style);
        let first = texts.iter().position(|text| read(text).is_some()).filter(|&first| first > 0)?;
        let (labels, rest) = texts.split_at_checked(first)?;
        // A delimiter at the end of the line leaves an empty cell.
        let rest = if rest.last().is_some_and(|text| text.trim().is_empty()) { rest.split_last()?.1 } else { rest };
        let times: Vec<Stamp> = rest.iter().map(read).collect::<Option<_>>()?;
        let mut sorted: Vec<i64> = times.iter().map(|stamp| stamp.ms).collect();
        order::sort(&mut sorted);
        sorted.dedup();
        let differ = sorted.len() == times.len() && times.len() >= FEWEST_TIMES;
        let labels = labels.iter().map(|text| text.trim().to_owned()).collect();
        differ.then_some(Self { labels, style, times, is_ambiguous: false })
    }
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let table = context.table.ok_or(Error::Empty)?;
    let options = context.options;
    let style = table.style.style;
    if let Some((_, start)) = delimiter::declared(text.rest()) {
        text.consume(start);
    }
    let mut set = SeriesSet::default();
    let mut layout: Option<Layout> = None;
    let (mut unreadable, mut converted, mut wide, mut rows) = (0, 0, 0, 0);
    let mut first_unreadable: Option<(u64, String)> = None;
    each_record(text, table.delimiter, |cells, line| {
        let Some(layout) = &layout else {
            if cells.len() > MOST_COLUMNS {
                return Err(Error::TooLarge {
                    what: "columns".to_owned(),
                    limit: MOST_COLUMNS as u64,
                    remedy: "Export a table with one row per time.".to_owned(),
                });
            }
            layout = Some(Layout::of(cells, options).ok_or_else(|| Error::Line {
                line,
                expected: "names, and then at least three different times".to_owned(),
                found: excerpt(&cells.iter().map(Cell::text).collect::<Vec<_>>().join(", "), 60),
                remedy: "Write the times into the first row.".to_owned(),
            })?);
            return Ok(());
        };
        rows += 1;
        let position = set.position(identity(&layout.labels, cells));
        set.refuse_too_many()?;
        let values = cells.get(layout.labels.len()..).unwrap_or_default();
        wide += usize::from(values.iter().skip(layout.times.len()).any(|cell| !cell.raw.trim().is_empty()));
        for (stamp, cell) in layout.times.iter().zip(values) {
            let text = cell.text();
            let value = match number::parse(&text, style) {
                Number::Value(value) => value,
                Number::Missing => f64::NAN,
                Number::Unreadable => match quantity(&text, style, options, set.entry(position)) {
                    Some((value, is_converted)) => {
                        converted += usize::from(is_converted);
                        value
                    }
                    None => {
                        unreadable += 1;
                        first_unreadable.get_or_insert_with(|| (line, excerpt(&text, 40)));
                        f64::NAN
                    }
                },
            };
            set.push_at(position, *stamp, value);
        }
        Ok(())
    })?;
    set.refuse_empty("the table has times and no rows under them", "Export a table with its values.")?;
    let Some(layout) = layout else { return Err(Error::Empty) };
    let notes = &mut set.notes;
    notes.add(
        NoteKind::Assumption,
        rows,
        format!("The times stand in the first row; {} taken for one series each", plural(rows, "row was", "rows were")),
    );
    notes
        .add(
            NoteKind::UnitConversion,
            converted,
            format!("{} converted to the base units", plural(converted, "value", "values")),
        )
        .undone_by("units=written");
    if let TimeStyle::Epoch(unit) = layout.style {
        notes.add(
            NoteKind::Assumption,
            layout.times.len(),
            format!("The times were read as {} since 1970-01-01 UTC by their size", unit.words()),
        );
    }
    if layout.is_ambiguous {
        let (words, other) = match layout.style {
            TimeStyle::Calendar(DateOrder::DayFirst) => ("day before month", "dates=month-first"),
            _ => ("month before day", "dates=day-first"),
        };
        notes
            .add(
                NoteKind::Ambiguous,
                layout.times.len(),
                format!("Day and month could be exchanged in every date; they were read with the {words}"),
            )
            .undone_by(other);
    }
    if let Some((line, found)) = first_unreadable {
        let cells = plural(unreadable, "cell is no number and counts", "cells are no numbers and count");
        notes.add(NoteKind::Unreadable, unreadable, format!("{cells} as missing (first in line {line}: {found:?})"));
    }
    notes.add(
        NoteKind::Dropped,
        wide,
        format!("{} more cells than the first one; the surplus was left out", plural(wide, "row has", "rows have")),
    );
    Ok(set.into())
}

/// A cell with a unit in the base unit, and whether that is another one. None if it is none, or if the row has another
/// base already.
fn quantity(text: &str, style: NumberStyle, options: &Options, entry: Option<&mut Entry>) -> Option<(f64, bool)> {
    let quantity = Quantity::parse(text, style)?;
    let scale = quantity.scale()?;
    let entry = entry?;
    if options.keeps_units {
        entry.unit.get_or_insert_with(|| quantity.unit.to_owned());
        return Some((quantity.number, false));
    }
    let name = base_name(scale);
    let known = entry.unit.get_or_insert_with(|| name.to_owned());
    (known == name).then(|| (scale.to_base(quantity.number), !scale.is_base()))
}

/// Who a row is: by its column of metric names, or by all its words.
fn identity(names: &[String], cells: &[Cell<'_>]) -> Identity {
    let words: Vec<(&str, String)> = names
        .iter()
        .zip(cells)
        .map(|(name, cell)| (name.as_str(), cell.text().trim().to_owned()))
        .filter(|(_, word)| !word.is_empty())
        .collect();
    if let [(_, only)] = words.as_slice() {
        return Identity::parse(only).unwrap_or_else(|| Identity { name: only.clone(), ..Identity::default() });
    }
    let metric = words.iter().position(|(name, _)| keys::is_metric(name));
    let labels: Labels = words
        .iter()
        .enumerate()
        .filter(|(index, (name, _))| Some(*index) != metric && !name.is_empty())
        .map(|(_, (name, word))| (if keys::is_service(name) { "service" } else { name }, word.as_str()))
        .collect();
    Identity::of(metric.and_then(|index| words.get(index)).map(|(_, word)| word.clone()), labels)
}

/// The name of a scale's base unit, in which the values now are.
fn base_name(scale: unit::Scale) -> &'static str {
    use series::BaseUnit::{Bits, Bytes, Celsius, Currency, Hertz, Percent, Ratio, Seconds, Watts};
    match (scale.base, scale.per_second) {
        (Seconds, _) => "s",
        (Bytes, false) => "B",
        (Bytes, true) => "B/s",
        (Bits, false) => "b",
        (Bits, true) => "bps",
        (Percent, _) => "%",
        (Ratio, _) => "ratio",
        (Hertz, _) => "Hz",
        (Celsius, _) => "°C",
        (Watts, _) => "W",
        (Currency, _) => "$",
        (series::BaseUnit::None, true) => "/s",
        (series::BaseUnit::None, false) => "",
    }
}
