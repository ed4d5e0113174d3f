//! CSV of InfluxDB: Flux' annotated CSV, its extended form that `influx write` takes, and InfluxQL's `name,tags,time,…`.
//!
//! A file holds several tables. A table begins with annotations (`#group`, `#datatype`, `#default`, in any order) and a
//! header, or with a header alone where annotations are switched off. Tables of one schema may follow without either.

use super::influx::{boolean, duration_s, metric};
use crate::Format;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{self, DateOrder, EpochUnit, Stamp, TimeStyle, zone_minutes};
use crate::error::{Error, excerpt, list};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::table::delimiter;
use crate::table::rows::{Cell, each_record, first_record};
use crate::text::Text;
use series::{Labels, NoteKind};
use std::borrow::Cow;
use std::collections::HashMap;

pub(crate) const READER: Reader = Reader { format: Format::InfluxCsv, probe, is_table: false, read };

/// How many lines may stand before the first table.
const PROBED_LINES: usize = 10;

fn probe(head: &Head<'_>) -> bool {
    let delimiter = delimiter::declared(head.text).map_or(b',', |(delimiter, _)| delimiter);
    head.lines().take(PROBED_LINES).any(|line| {
        let cells = first_record(line, delimiter);
        let texts: Vec<Cow<'_, str>> = cells.iter().map(Cell::text).collect();
        annotation(texts.first().map_or("", Cow::as_ref)).is_some() && (texts.len() > 1) || is_bare_header(&texts)
    })
}

/// The annotation that a first cell names, and what stands behind its name.
fn annotation(cell: &str) -> Option<(&str, &str)> {
    let text = cell.trim().strip_prefix('#')?;
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    let is_known = matches!(name, "group" | "datatype" | "default" | "constant" | "timezone" | "concat");
    is_known.then_some((name, rest.trim()))
}

/// Whether cells are the header of a table without annotations.
fn is_bare_header(cells: &[Cow<'_, str>]) -> bool {
    let names: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
    let has = |name: &str| names.contains(&name);
    matches!(
        names.as_slice(),
        ["", "result", "table", ..]
            | ["result", "table", ..]
            | ["name", "tags", "time", ..]
            | ["", "error", "reference"]
    ) || has("_time") && has("_value")
        || names.iter().any(|name| name.ends_with("|measurement"))
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Role {
    Ignored,
    Measurement,
    Field,
    Tag,
    /// `host=a,region=b`
    Tags,
    Time(DateOrder),
    /// The end or the start of a window, which is the time where there is no other.
    Bound(u8),
    Number,
    Boolean,
    Duration,
    /// A value of any type.
    Any,
    Words,
}

struct Column {
    name: String,
    role: Role,
    default: String,
    style: NumberStyle,
}

impl Column {
    fn value<'c>(&'c self, cell: &'c str) -> &'c str {
        if cell.is_empty() { &self.default } else { cell }
    }
}

/// Annotations that wait for their header.
#[derive(Default)]
struct Annotations {
    are_new: bool,
    group: Vec<String>,
    datatype: Vec<String>,
    default: Vec<String>,
    constants: Vec<[String; 3]>,
    zone_minutes: Option<i64>,
}

#[derive(Default)]
struct Tables {
    set: SeriesSet,
    annotations: Annotations,
    columns: Option<Vec<Column>>,
    names: Vec<String>,
    is_error: bool,
    /// The series of the value columns for the words of a row.
    positions: HashMap<String, Vec<usize>>,
    by_bound: usize,
    booleans: usize,
    texts: usize,
    unreadable: usize,
    first_unreadable: Option<(u64, String)>,
    untimed: usize,
    other_units: usize,
    rows: usize,
}

fn read(text: &mut Text<'_>, _: Context<'_>) -> Result<Body, Error> {
    let declared = delimiter::declared(text.rest());
    if let Some((_, length)) = declared {
        text.consume(length);
    }
    let mut tables = Tables::default();
    each_record(text, declared.map_or(b',', |(delimiter, _)| delimiter), |cells, line| tables.record(cells, line))?;
    tables.finish()
}

impl Tables {
    fn record(&mut self, cells: &[Cell<'_>], line: u64) -> Result<(), Error> {
        let texts: Vec<Cow<'_, str>> = cells.iter().map(Cell::text).collect();
        let first = texts.first().map_or("", Cow::as_ref);
        if first.starts_with('#') {
            if let Some((name, rest)) = annotation(first) {
                self.annotate(name, rest, &texts);
            }
            return Ok(());
        }
        let is_again =
            || texts.len() == self.names.len() && texts.iter().zip(&self.names).all(|(cell, name)| cell == name);
        if self.columns.is_none() || self.annotations.are_new || is_again() || is_bare_header(&texts) {
            return self.header(&texts);
        }
        if self.is_error {
            let message = texts.get(1).map_or("", Cow::as_ref);
            return Err(Error::ServerFailed {
                kind: format!("InfluxDB, reference {}", texts.get(2).map_or("", Cow::as_ref)),
                message: format!("{}.", message.trim_end_matches('.')),
            });
        }
        self.row(&texts, line)
    }

    fn annotate(&mut self, name: &str, rest: &str, texts: &[Cow<'_, str>]) {
        if !self.annotations.are_new {
            self.annotations = Annotations { are_new: true, ..Annotations::default() };
        }
        let mut cells: Vec<String> = texts.iter().map(|text| text.trim().to_owned()).collect();
        if let Some(first) = cells.first_mut() {
            rest.clone_into(first);
        }
        match name {
            "group" => self.annotations.group = cells,
            "datatype" => self.annotations.datatype = cells,
            "default" => self.annotations.default = cells,
            "timezone" => {
                let zone = cells.iter().find(|cell| !cell.is_empty());
                self.annotations.zone_minutes = zone.and_then(|zone| zone_minutes(zone));
            }
            "constant" => {
                cells.retain(|cell| !cell.is_empty());
                let mut parts = cells.into_iter();
                let kind = parts.next().unwrap_or_default();
                let (second, third) = (parts.next().unwrap_or_default(), parts.next());
                // The name of a measurement or a time may be left out.
                let (name, value) = match third {
                    Some(value) => (second, value),
                    None => (String::new(), second),
                };
                self.annotations.constants.push([kind, name, value]);
            }
            _ => {}
        }
    }

    fn header(&mut self, texts: &[Cow<'_, str>]) -> Result<(), Error> {
        let notes = &self.annotations;
        // In the extended form the annotation stands in front of the first column's value.
        let is_extended = notes.datatype.first().is_some_and(|first| !first.is_empty())
            || texts.first().is_some_and(|first| first.contains('|'));
        let names: Vec<&str> = texts.iter().map(|text| text.trim()).collect();
        self.is_error = names.contains(&"error") && names.contains(&"reference");
        let is_influxql = names.starts_with(&["name", "tags", "time"]);
        let has_value = names.contains(&"_value");
        let cell = |cells: &[String], index: usize| cells.get(index).cloned().unwrap_or_default();
        let columns: Vec<Column> = names
            .iter()
            .enumerate()
            .map(|(index, written)| {
                let mut parts = written.split('|').map(str::trim);
                let name = parts.next().unwrap_or("");
                let kind = parts.next().map_or_else(|| cell(&notes.datatype, index), str::to_owned);
                let default = parts.next().map_or_else(|| cell(&notes.default, index), str::to_owned);
                let is_group = cell(&notes.group, index) == "true";
                let role = match (is_influxql, name) {
                    (true, "name") => Role::Measurement,
                    (true, "tags") => Role::Tags,
                    (true, "time") => Role::Time(DateOrder::YearFirst),
                    (true, _) => Role::Any,
                    _ => role(name, &kind, is_group, is_extended, has_value),
                };
                Column { name: name.to_owned(), role, default, style: number_style(&kind) }
            })
            .collect();
        let is_time = |column: &Column| matches!(column.role, Role::Time(_) | Role::Bound(_));
        let has_time = columns.iter().any(is_time) || notes.constants.iter().any(|[kind, ..]| is_time_type(kind));
        if !has_time && !self.is_error {
            return Err(Error::NoTime {
                columns: list(names.iter().copied()),
                seen: String::new(),
                remedy:
                    "Keep _time (or _stop) in the result: aggregateWindow keeps it, a bare mean() or last() does not \
                         unless the windows do."
                        .to_owned(),
                choices: &[],
            });
        }
        self.names = names.iter().map(|name| (*name).to_owned()).collect();
        self.columns = Some(columns);
        self.annotations.are_new = false;
        self.positions = HashMap::new();
        Ok(())
    }

    fn row(&mut self, texts: &[Cow<'_, str>], line: u64) -> Result<(), Error> {
        let columns = self.columns.take().unwrap_or_default();
        let result = self.row_of(&columns, texts, line);
        self.columns = Some(columns);
        result
    }

    fn row_of(&mut self, columns: &[Column], texts: &[Cow<'_, str>], line: u64) -> Result<(), Error> {
        let cell = |index: usize| texts.get(index).map_or("", |text| text.trim());
        let filled = || columns.iter().enumerate().map(|(index, column)| (column, column.value(cell(index))));
        let Some(stamp) = self.time(columns, texts) else {
            self.untimed += 1;
            return Ok(());
        };
        self.rows += 1;
        let mut key = String::new();
        for (_, word) in filled()
            .filter(|(column, _)| matches!(column.role, Role::Measurement | Role::Field | Role::Tag | Role::Tags))
        {
            key.push_str(word);
            key.push('\n');
        }
        if !self.positions.contains_key(&key) {
            let positions = self.identify(columns, texts);
            self.positions.insert(key.clone(), positions);
            self.set.refuse_too_many()?;
        }
        let Some(positions) = self.positions.get(&key) else { return Ok(()) };
        let values = filled().filter(|(column, _)| is_value(column.role));
        for ((column, word), &position) in values.zip(positions) {
            let read = match column.role {
                Role::Boolean => truth(word),
                Role::Duration => duration_s(word),
                _ => match number::parse(word.trim_end_matches(['i', 'u']), column.style) {
                    Number::Value(value) => Some(value),
                    Number::Missing => Some(f64::NAN),
                    Number::Unreadable => boolean(word).filter(|_| column.role == Role::Any),
                },
            };
            let is_boolean = match column.role {
                Role::Boolean => truth(word).is_some(),
                Role::Any => boolean(word).is_some(),
                _ => false,
            };
            self.booleans += usize::from(is_boolean);
            match read {
                Some(value) => self.set.push_at(position, stamp, value),
                None if word.is_empty() => self.set.push_at(position, stamp, f64::NAN),
                None if column.role == Role::Any => self.texts += 1,
                None => {
                    self.unreadable += 1;
                    self.first_unreadable.get_or_insert_with(|| (line, excerpt(word, 40)));
                    self.set.push_at(position, stamp, f64::NAN);
                }
            }
        }
        self.texts += filled().filter(|(column, word)| column.role == Role::Words && !word.is_empty()).count();
        Ok(())
    }

    /// The series of a row's value columns.
    fn identify(&mut self, columns: &[Column], texts: &[Cow<'_, str>]) -> Vec<usize> {
        let mut labels = Labels::new();
        let (mut measurement, mut field) = (String::new(), None);
        for [kind, name, value] in &self.annotations.constants {
            match kind.as_str() {
                "measurement" => measurement.clone_from(value),
                "tag" => drop(labels.insert(name.as_str(), value.as_str())),
                _ => {}
            }
        }
        for (index, column) in columns.iter().enumerate() {
            let word = column.value(texts.get(index).map_or("", |text| text.trim()));
            match column.role {
                _ if word.is_empty() => {}
                Role::Measurement => word.clone_into(&mut measurement),
                Role::Field => field = Some(word.to_owned()),
                Role::Tag => drop(labels.insert(column.name.as_str(), word)),
                Role::Tags => {
                    for pair in word.split(',') {
                        if let Some((name, value)) = pair.split_once('=').filter(|(_, value)| !value.is_empty()) {
                            labels.insert(name.trim(), value);
                        }
                    }
                }
                _ => {}
            }
        }
        let of = |column: &Column| {
            let named = field.as_deref().filter(|_| column.name == "_value").unwrap_or(&column.name);
            let name = metric(&measurement, named);
            let position = self.set.position_of(&name, labels.clone());
            if let Some(entry) = self.set.entry(position).filter(|_| column.role == Role::Duration) {
                entry.unit = Some("s".to_owned());
            }
            position
        };
        columns.iter().filter(|column| is_value(column.role)).map(of).collect()
    }

    fn time(&mut self, columns: &[Column], texts: &[Cow<'_, str>]) -> Option<Stamp> {
        let find = |wanted: fn(Role) -> bool| {
            let index = columns.iter().position(|column| wanted(column.role))?;
            let column = columns.get(index)?;
            let word = column.value(texts.get(index).map_or("", |text| text.trim()));
            Some((word.to_owned(), column.role))
        };
        let found = find(|role| matches!(role, Role::Time(_)));
        let (word, role) = match found {
            Some(found) => found,
            None => {
                let bound = find(|role| role == Role::Bound(1)).or_else(|| find(|role| role == Role::Bound(0)));
                self.by_bound += usize::from(bound.is_some());
                match bound {
                    Some(bound) => bound,
                    None => {
                        let constant = self.annotations.constants.iter().find(|[kind, ..]| is_time_type(kind))?;
                        (constant.last()?.clone(), Role::Time(order(constant.first()?)))
                    }
                }
            }
        };
        let order = if let Role::Time(order) = role { order } else { DateOrder::YearFirst };
        if let Number::Value(count) = number::parse(&word, NumberStyle::PLAIN) {
            let unit = EpochUnit::by_magnitude(count);
            self.other_units += usize::from(unit != EpochUnit::Nanoseconds);
            return Some(Stamp { ms: unit.to_ms(count), zoned: true, has_clock: true });
        }
        let stamp = timestamp::parse(&word, TimeStyle::Calendar(order))?;
        match self.annotations.zone_minutes.filter(|_| !stamp.zoned) {
            Some(minutes) => Some(Stamp { ms: stamp.ms - minutes * 60_000, zoned: true, ..stamp }),
            None => Some(stamp),
        }
    }

    fn finish(mut self) -> Result<Body, Error> {
        if self.texts > 0 && self.set.sample_count() == 0 {
            return Err(Error::NoNumbers {
                seen: format!("all {} values are text", self.texts),
                remedy: "Export fields that hold numbers.".to_owned(),
            });
        }
        self.set.refuse_empty(
            "the tables have headers and no rows with a time",
            "Run the query over a range of time in which there are points.",
        )?;
        let notes = &mut self.set.notes;
        let rows = |count| plural(count, "row", "rows");
        notes.add(
            NoteKind::Assumption,
            self.by_bound,
            format!(
                "{} without _time placed at the end of their window, or at its start where there is no end",
                rows(self.by_bound)
            ),
        );
        notes.add(
            NoteKind::Assumption,
            self.booleans,
            format!("{} true or false, read as 1 and 0", plural(self.booleans, "value is", "values are")),
        );
        notes.add(
            NoteKind::Dropped,
            self.texts,
            format!("{} text and left out", plural(self.texts, "value is", "values are")),
        );
        notes.add(NoteKind::Dropped, self.untimed, format!("{} without a readable time left out", rows(self.untimed)));
        notes.add(
            NoteKind::Assumption,
            self.other_units,
            "Numbers as times are too small for nanoseconds; their unit was told by their size",
        );
        if let Some((line, found)) = &self.first_unreadable {
            let values = plural(self.unreadable, "value is no number and counts", "values are no numbers and count");
            notes.add(
                NoteKind::Unreadable,
                self.unreadable,
                format!("{values} as missing (first in line {line}: {found:?})"),
            );
        }
        Ok(self.set.into())
    }
}

/// A boolean as `influx write` takes it: by its first letter.
fn truth(word: &str) -> Option<f64> {
    match word.bytes().next()? {
        b't' | b'T' | b'y' | b'Y' | b'1' => Some(1.0),
        b'f' | b'F' | b'n' | b'N' | b'0' => Some(0.0),
        _ => None,
    }
}

fn is_value(role: Role) -> bool {
    matches!(role, Role::Number | Role::Boolean | Role::Duration | Role::Any)
}

fn is_time_type(kind: &str) -> bool {
    kind == "time" || kind.starts_with("dateTime")
}

/// The order of a date by its layout in Go's way (`dateTime:02.01.2006`).
fn order(kind: &str) -> DateOrder {
    let layout = kind.split_once(':').map_or("", |(_, layout)| layout);
    if layout.contains("Jan") {
        DateOrder::MonthName
    } else if layout.starts_with("02") {
        DateOrder::DayFirst
    } else if layout.starts_with("01") {
        DateOrder::MonthFirst
    } else {
        DateOrder::YearFirst
    }
}

/// `double:,.` writes a comma in front of the fraction and points between thousands.
fn number_style(kind: &str) -> NumberStyle {
    let mut signs = kind.split_once(':').map_or("", |(_, signs)| signs).chars();
    let is_number = kind.starts_with("double") || kind.starts_with("long") || kind.starts_with("unsignedLong");
    match signs.next().filter(|_| is_number) {
        Some(decimal @ (',' | '.')) => NumberStyle { decimal: decimal as u8, thousands: signs.next() },
        _ => NumberStyle::PLAIN,
    }
}

fn role(name: &str, kind: &str, is_group: bool, is_extended: bool, has_value: bool) -> Role {
    let base = kind.split(':').next().unwrap_or("");
    match (base, name) {
        ("ignore" | "ignored" | "base64Binary", _) => Role::Ignored,
        ("measurement", _) | (_, "_measurement") => Role::Measurement,
        (_, "_field") => Role::Field,
        ("tag", _) => Role::Tag,
        (_, "" | "result" | "table") if !is_extended => Role::Ignored,
        (_, "_start") => Role::Bound(0),
        (_, "_stop") => Role::Bound(1),
        ("time" | "dateTime", "_time") | ("", "_time" | "time") => Role::Time(order(kind)),
        ("time" | "dateTime", _) if is_extended => Role::Time(order(kind)),
        ("time" | "dateTime", _) => Role::Ignored,
        _ if is_group && !is_extended => Role::Tag,
        ("double" | "long" | "unsignedLong", _) => Role::Number,
        ("boolean", _) => Role::Boolean,
        ("duration", _) => Role::Duration,
        ("string", "_value") => Role::Words,
        ("string", _) if is_extended => Role::Words,
        ("string", _) => Role::Tag,
        (_, "_value") => Role::Any,
        _ if has_value => Role::Tag,
        _ => Role::Any,
    }
}
