//! What the first rows of a delimited text say about the whole.

use super::clock::Clock;
use super::delimiter;
use super::keys::{is_identity, is_metric};
use super::rows::{Cell, Rows};
use super::style::{self, FoundStyle};
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{self, DateOrder, TimeStyle};
use crate::cell::unit::{self, Quantity};
use crate::error::excerpt;
use crate::{Options, Role};
use order::SortedMap;

/// How many rows are looked at.
const SAMPLED_ROWS: usize = 256;
/// How many cells are looked at, in tables with very many columns.
const SAMPLED_CELLS: usize = 200_000;
/// At least so many rows are looked at, however wide they are.
const FEWEST_ROWS: usize = 3;
/// Lines before the table that belong to no table, at most.
const LONGEST_PREAMBLE: usize = 24;
/// Header rows, at most.
const MOST_HEADER_ROWS: usize = 6;
/// Rows and cells that are kept for people to look at.
const SHOWN_ROWS: usize = 24;
const SHOWN_CELLS: usize = 64;
/// A column holds what at least this share of its cells holds.
const MAJORITY: f64 = 0.8;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Content {
    /// Nothing so far.
    Empty,
    /// Numbers.
    Number,
    /// Numbers with a unit behind.
    Quantity,
    /// Dates, perhaps with a time of day.
    Date(DateOrder),
    /// Words.
    Text,
}

/// A column as its first cells show it.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// The header's text, or `column 3` without a header.
    pub(crate) name: String,
    pub(crate) content: Content,
    /// The least and the greatest of the sampled numbers.
    pub(crate) range: Option<(f64, f64)>,
    /// Whether sampled numbers never fall.
    pub(crate) ascends: bool,
    /// Whether all sampled numbers are whole.
    pub(crate) is_whole: bool,
    /// Whether a sampled cell is the same as the one above it.
    pub(crate) repeats: bool,
    /// Whether a sampled cell differs from the first.
    pub(crate) varies: bool,
    /// Whether the sampled cells are times of day (`10:11:24`).
    pub(crate) is_time_of_day: bool,
    /// Whether the sampled cells are dates without a time of day.
    pub(crate) is_day: bool,
    /// Whether the sampled cells are words for yes and no (`true`, `up`), both of them. They count as numbers.
    pub(crate) is_boolean: bool,
    /// Whether the sampled cells are words that a stopwatch shows (`01:02:03`).
    pub(crate) is_stopwatch: bool,
    /// Whether the sampled cells count rows from 0 or 1, without a name in the header.
    pub(crate) is_row_count: bool,
    /// Whether day and month could be exchanged.
    pub(crate) order_is_ambiguous: bool,
}

/// A delimited table, as its first rows show it.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) delimiter: u8,
    /// Lines in front of the table that were skipped.
    pub(crate) preamble: usize,
    /// The header rows, top first.
    pub(crate) headers: Vec<Vec<String>>,
    pub(crate) columns: Vec<Column>,
    pub(crate) style: FoundStyle,
    /// The byte at which the data begin.
    pub(crate) body: usize,
    /// The first rows as they are written, with headers and what stands before them, for people to look at.
    pub(crate) first_rows: Vec<Vec<String>>,
    /// Whether all cells of the lowest header row are quoted.
    pub(crate) header_is_quoted: bool,
    /// Whether every cell of the first row under the header is quoted.
    pub(crate) body_is_quoted: bool,
    /// The share of sampled rows that have the common number of cells.
    evenness: f64,
    /// The number of sampled rows under the header.
    pub(crate) sampled: usize,
}

impl Table {
    /// Looks at the first rows. None if there is no row at all.
    pub(crate) fn find(text: &str, is_whole: bool, options: &Options) -> Option<Self> {
        let declared = delimiter::declared(text);
        let start = declared.map_or(0, |(_, start)| start);
        let chosen = options.delimiter.and_then(|sign| u8::try_from(sign).ok());
        let delimiter = chosen
            .or(declared.map(|(delimiter, _)| delimiter))
            .unwrap_or_else(|| delimiter::vote(text, start, is_whole));
        let sample = Sample::take(text, delimiter, start, is_whole);
        let width = sample.common_width()?;
        let preamble = sample.preamble(width);
        let rows = sample.rows.get(preamble..)?;
        let mut style = style::find(rows.iter().flat_map(|row| row.cells.iter().map(|cell| cell.raw)), delimiter);
        if let Some(sign) = options.decimal.filter(|&sign| sign != char::from(style.style.decimal)) {
            let thousands = if sign == ',' { '.' } else { ',' };
            style.style = NumberStyle { decimal: sign as u8, thousands: Some(thousands) };
        }
        style.is_ambiguous &= options.decimal.is_none();
        let classes: Vec<Vec<Class>> =
            rows.iter().map(|row| row.cells.iter().map(|cell| classify(cell, style)).collect()).collect();
        let header_rows = count_headers(&classes, width);
        let headers: Vec<Vec<String>> = rows
            .iter()
            .take(header_rows)
            .map(|row| aligned(row.cells.iter().map(|cell| cell.text().into_owned()).collect(), width))
            .collect();
        let header_is_quoted =
            header_rows > 0 && rows.get(header_rows - 1).is_some_and(|row| row.cells.iter().all(|cell| cell.quoted));
        let body_rows = rows.get(header_rows..).unwrap_or_default();
        let body_classes = classes.get(header_rows..).unwrap_or_default();
        let names = column_names(&headers, width);
        let columns = names
            .iter()
            .enumerate()
            .map(|(index, name)| Column::find(index, name, body_rows, body_classes).told(options))
            .collect();
        let first_rows = sample
            .rows
            .iter()
            .take(SHOWN_ROWS)
            .map(|row| row.cells.iter().take(SHOWN_CELLS).map(|cell| excerpt(&cell.text(), 60)).collect())
            .collect();
        Some(Self {
            delimiter,
            preamble,
            headers,
            columns,
            style,
            body: body_rows.first().map_or(sample.end, |row| row.offset),
            first_rows,
            header_is_quoted,
            body_is_quoted: body_rows.first().is_some_and(|row| row.cells.iter().all(|cell| cell.quoted)),
            evenness: rows.iter().filter(|row| row.cells.len() == width).count() as f64 / rows.len().max(1) as f64,
            sampled: body_rows.len(),
        })
    }

    /// Whether most of the sampled rows have as many cells as the header.
    pub(crate) fn is_even(&self) -> bool {
        self.evenness >= 0.5
    }

    /// Whether a column holds numbers, or durations beside a time.
    pub(crate) fn has_numbers(&self) -> bool {
        self.columns.iter().any(|column| matches!(column.content, Content::Number | Content::Quantity))
            || matches!(Clock::guess(self), Some(Clock::Column { time_of_day, .. }) if self
                .columns
                .iter()
                .enumerate()
                .any(|(index, column)| column.is_stopwatch && Some(index) != time_of_day))
    }

    /// Whether a column names what was measured: in words, or in whole numbers where rows share their time.
    pub(crate) fn has_names(&self) -> bool {
        let clock = Clock::guess(self);
        let times_repeat = matches!(clock, Some(Clock::Column { index, .. }) if self.columns.get(index).is_some_and(|column| column.repeats));
        let has_no_header = self.headers.is_empty();
        self.columns.iter().filter(|column| has_no_header || is_identity(&column.name)).any(|column| {
            match column.content {
                Content::Text => column.varies || is_metric(&column.name),
                Content::Number => times_repeat && column.is_whole && !has_no_header,
                _ => false,
            }
        })
    }

    /// The columns' names.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// The position of the column of that name; upper and lower case are one where nothing fits exactly.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        let wanted = name.trim();
        let exact = self.columns.iter().position(|column| column.name.trim() == wanted);
        exact.or_else(|| self.columns.iter().position(|column| column.name.trim().eq_ignore_ascii_case(wanted)))
    }
}

struct SampledRow<'a> {
    cells: Vec<Cell<'a>>,
    offset: usize,
}

struct Sample<'a> {
    rows: Vec<SampledRow<'a>>,
    /// The byte behind the last of them.
    end: usize,
}

impl<'a> Sample<'a> {
    fn take(text: &'a str, delimiter: u8, start: usize, is_whole: bool) -> Self {
        let mut rows = Rows::new(text, delimiter, start, 1, is_whole);
        let mut taken = Vec::new();
        let mut cell_count = 0;
        loop {
            let mut cells = Vec::new();
            let offset = rows.offset();
            if taken.len() >= SAMPLED_ROWS
                || taken.len() >= FEWEST_ROWS && cell_count >= SAMPLED_CELLS
                || !rows.next(&mut cells)
            {
                break;
            }
            cell_count += cells.len();
            taken.push(SampledRow { cells, offset });
        }
        Self { rows: taken, end: rows.offset() }
    }

    fn common_width(&self) -> Option<usize> {
        let mut widths: SortedMap<usize, usize> = SortedMap::new();
        for row in &self.rows {
            *widths.at(row.cells.len()) += 1;
        }
        widths.into_iter().max_by_key(|&(width, count)| (count, width)).map(|(width, _)| width)
    }

    /// The number of leading rows that are too narrow to be the table's header. A header may lack its first or its last
    /// cell, and may be wider than the rows.
    fn preamble(&self, width: usize) -> usize {
        let leading =
            self.rows.iter().take(LONGEST_PREAMBLE).take_while(|row| row.cells.len() + 1 < width.max(2)).count();
        if leading < self.rows.len() { leading } else { 0 }
    }
}

/// Fills a header row that lacks the name of the first column (as tables with an index column do) or of the last ones.
fn aligned(mut names: Vec<String>, width: usize) -> Vec<String> {
    if names.len() + 1 == width {
        names.insert(0, String::new());
    }
    names.resize(width, String::new());
    names
}

/// One name per column: the header's text; of several header rows all that is written, top to bottom; `column 3`
/// without any. A lowest row with one filled cell only (pandas' index names) names the first column.
fn column_names(headers: &[Vec<String>], width: usize) -> Vec<String> {
    (0..width)
        .map(|index| {
            let mut parts: Vec<&str> = headers
                .iter()
                .filter_map(|row| row.get(index))
                .map(|part| part.trim())
                .filter(|part| !part.is_empty())
                .collect();
            if index == 0 && parts.len() > 1 {
                parts.drain(..parts.len() - 1);
            }
            if parts.is_empty() { unnamed(index) } else { parts.join(" ") }
        })
        .collect()
}

fn unnamed(index: usize) -> String {
    format!("column {}", index + 1)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Class {
    Missing,
    Number(f64),
    Quantity,
    Date,
    Text,
}

fn classify(cell: &Cell<'_>, style: FoundStyle) -> Class {
    let text = cell.text();
    match number::parse(&text, style.style) {
        Number::Missing => Class::Missing,
        Number::Value(value) => Class::Number(value),
        Number::Unreadable if date_orders(&text).next().is_some() => Class::Date,
        Number::Unreadable
            if Quantity::parse(&text, style.style).is_some_and(|quantity| quantity.scale().is_some()) =>
        {
            Class::Quantity
        }
        Number::Unreadable => Class::Text,
    }
}

const ORDERS: [DateOrder; 4] = [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst, DateOrder::MonthName];

fn date_orders(text: &str) -> impl Iterator<Item = DateOrder> + '_ {
    ORDERS.into_iter().filter(|&order| timestamp::parse(text, TimeStyle::Calendar(order)).is_some())
}

/// The number of header rows: the first row is one if a column that holds numbers or dates further down has a word
/// there; those that follow are, as long as they have words only.
fn count_headers(classes: &[Vec<Class>], width: usize) -> usize {
    let is_typed = |class: Option<&Class>| matches!(class, Some(Class::Number(_) | Class::Quantity | Class::Date));
    let lower = classes.get(classes.len() / 2..).unwrap_or_default();
    let typed: Vec<usize> = (0..width)
        .filter(|&column| {
            let filled = lower.iter().filter(|row| !matches!(row.get(column), None | Some(Class::Missing))).count();
            let typed = lower.iter().filter(|row| is_typed(row.get(column))).count();
            typed > 0 && typed as f64 >= MAJORITY * filled as f64
        })
        .collect();
    let Some(first) = classes.first() else { return 0 };
    if typed.is_empty() {
        return usize::from(classes.len() > 1 || first.iter().all(|class| *class == Class::Text));
    }
    // Aligned as the names will be.
    let shift = usize::from(first.len() + 1 == width);
    let has_word =
        |row: &Vec<Class>| typed.iter().any(|&column| row.get(column.wrapping_sub(shift)) == Some(&Class::Text));
    if !has_word(first) {
        return 0;
    }
    let more = classes
        .iter()
        .skip(1)
        .take(MOST_HEADER_ROWS - 1)
        .take_while(|row| {
            let leads_with_word = typed.first() == Some(&0) && row.first() == Some(&Class::Text);
            has_word(row) && (leads_with_word || !row.iter().any(|class| is_typed(Some(class))))
        })
        .count();
    1 + more
}

impl Column {
    fn find(index: usize, name: &str, rows: &[SampledRow<'_>], classes: &[Vec<Class>]) -> Self {
        let mut filled = 0;
        let (mut dates, mut quantities) = (0, 0);
        let mut numbers = Vec::new();
        for row in classes {
            match row.get(index) {
                None | Some(Class::Missing) => {}
                Some(Class::Number(value)) => {
                    filled += 1;
                    numbers.push(*value);
                }
                Some(Class::Date) => {
                    filled += 1;
                    dates += 1;
                }
                Some(Class::Quantity) => {
                    filled += 1;
                    quantities += 1;
                }
                Some(Class::Text) => filled += 1,
            }
        }
        let needed = MAJORITY * f64::from(filled);
        let mut order_is_ambiguous = false;
        let mut is_day = false;
        let content = if filled == 0 {
            Content::Empty
        } else if numbers.len() as f64 >= needed {
            Content::Number
        } else if quantities > 0 && (numbers.len() + quantities) as f64 >= needed {
            Content::Quantity
        } else if f64::from(dates) >= needed {
            let cells = rows.iter().filter_map(|row| row.cells.get(index));
            let (order, ambiguous) = find_order(cells);
            order_is_ambiguous = ambiguous;
            is_day = rows.iter().filter_map(|row| row.cells.get(index)).all(|cell| {
                timestamp::parse(&cell.text(), TimeStyle::Calendar(order)).is_none_or(|stamp| !stamp.has_clock)
            });
            Content::Date(order)
        } else {
            Content::Text
        };
        let is_boolean = content == Content::Text && !is_identity(name) && is_boolean(index, rows);
        let content = if is_boolean { Content::Number } else { content };
        let has_time_of_day = |cell: &Cell<'_>| timestamp::parse_time_of_day(&cell.text()).is_some();
        let is_time_of_day = content == Content::Text
            && rows
                .iter()
                .all(|row| row.cells.get(index).is_none_or(|cell| cell.raw.is_empty() || has_time_of_day(cell)));
        let is_stopwatch = content == Content::Text
            && rows.iter().filter_map(|row| row.cells.get(index)).all(|cell| {
                let text = cell.text();
                number::is_missing(&text) || unit::stopwatch(&text).is_some()
            });
        let counts = |first: f64| numbers.iter().zip(0u32..).all(|(&number, row)| number == first + f64::from(row));
        let is_unnamed = name == unnamed(index) || name == format!("Unnamed: {index}");
        Self {
            is_time_of_day,
            is_day,
            is_boolean,
            is_stopwatch,
            is_row_count: is_unnamed
                && numbers.len() == rows.len()
                && numbers.len() > 1
                && (counts(0.0) || counts(1.0)),
            name: name.to_owned(),
            content,
            range: numbers.iter().fold(None, |range: Option<(f64, f64)>, &value| {
                Some(range.map_or((value, value), |(least, most)| (least.min(value), most.max(value))))
            }),
            ascends: numbers.windows(2).all(|pair| matches!(pair, [a, b] if a <= b)),
            varies: rows
                .iter()
                .any(|row| row.cells.get(index) != rows.first().and_then(|first| first.cells.get(index))),
            repeats: rows.windows(2).any(|pair| match pair {
                [above, below] => {
                    let (above, below) = (above.cells.get(index), below.cells.get(index));
                    above.is_some_and(|cell| !cell.raw.is_empty()) && above == below
                }
                _ => false,
            }),
            is_whole: numbers.iter().all(|value| value.fract() == 0.0),
            order_is_ambiguous,
        }
    }
}

/// Whether a column's filled cells are of one pair of words for yes and no, and both occur.
fn is_boolean(index: usize, rows: &[SampledRow<'_>]) -> bool {
    let mut seen: Option<(usize, [bool; 2])> = None;
    for cell in rows.iter().filter_map(|row| row.cells.get(index)) {
        let text = cell.text();
        if number::is_missing(&text) {
            continue;
        }
        let Some((pair, value)) = number::truth(&text) else { return false };
        let (first, [no, yes]) = seen.get_or_insert((pair, [false; 2]));
        if *first != pair {
            return false;
        }
        *(if value > 0.0 { yes } else { no }) = true;
    }
    seen.is_some_and(|(_, both)| both == [true; 2])
}

impl Column {
    /// The same column, as the user says that it is.
    fn told(mut self, options: &Options) -> Self {
        if let (Some(order), Content::Date(_)) = (options.date_order, self.content) {
            self.content = Content::Date(order);
            self.order_is_ambiguous = false;
        }
        match options.role(&self.name) {
            Some(Role::Label | Role::Service | Role::Metric) => self.content = Content::Text,
            Some(Role::Value) if !matches!(self.content, Content::Number | Content::Quantity) => {
                self.content = Content::Number;
                self.is_boolean = true;
            }
            _ => {}
        }
        self
    }
}

/// The order in which most dates can be read. Where day and month could be exchanged, the order that gives the shorter
/// span of time; the second value says so.
fn find_order<'a, 'b: 'a>(cells: impl Iterator<Item = &'a Cell<'b>>) -> (DateOrder, bool) {
    let mut found: Vec<(DateOrder, usize, i64, i64)> =
        ORDERS.iter().map(|&order| (order, 0, i64::MAX, i64::MIN)).collect();
    let mut has_point = false;
    for cell in cells {
        let text = cell.text();
        has_point |= text.get(..6).is_some_and(|start| start.contains('.'));
        for (order, count, first, last) in &mut found {
            if let Some(stamp) = timestamp::parse(&text, TimeStyle::Calendar(*order)) {
                *count += 1;
                *first = stamp.ms.min(*first);
                *last = stamp.ms.max(*last);
            }
        }
    }
    let most = found.iter().map(|(_, count, ..)| *count).max().unwrap_or(0);
    found.retain(|(_, count, ..)| *count == most);
    let ambiguous = found.len() > 1;
    // Equal spans (one day's data on 3/3): points are written between numbers where the day comes first.
    let preferred = if has_point { DateOrder::DayFirst } else { DateOrder::MonthFirst };
    order::sort_by_key(&mut found, |&(order, _, first, last)| (last.saturating_sub(first), order != preferred));
    (found.first().map_or(DateOrder::YearFirst, |(order, ..)| *order), ambiguous)
}
