//! A table of events: a time and a title, perhaps an end and labels, and nothing that was measured. Grafana's annotations
//! as CSV are such a table.

use crate::cell::timestamp::{self, EpochUnit, Stamp, TimeStyle};
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::table::Table;
use crate::table::clock::{Clock, is_another_clock};
use crate::table::head::{Column, Content};
use crate::table::keys::is_value;
use crate::table::rows::{Cell, each_record};
use crate::text::Text;
use crate::{Format, Options, Role};
use series::{Event, Identity, Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::EventsCsv, probe, is_table: true, read };

/// More events than this are refused.
const MOST_EVENTS: usize = 500_000;

/// Names, in plain letters, of columns that say what happened, the best first.
const TITLES: [&str; 14] = [
    "title",
    "event",
    "text",
    "annotation",
    "summary",
    "description",
    "message",
    "alertname",
    "alert",
    "name",
    "what",
    "change",
    "incident",
    "comment",
];
/// Names of columns that say when it ended.
const ENDS: [&str; 9] = ["end", "timeend", "endtime", "to", "until", "stop", "finish", "endsat", "enddate"];
/// Names of columns that hold labels or tags.
const LABELS: [&str; 4] = ["labels", "tags", "label", "tag"];

fn plain(name: &str) -> String {
    name.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>().to_ascii_lowercase()
}

fn probe(head: &Head<'_>) -> bool {
    let Some(table) = head.table() else { return false };
    let Ok(Clock::Column { index: time, .. }) = clock(table, head.options) else { return false };
    let is_measured = |(index, column): (usize, &Column)| {
        let name = plain(&column.name);
        let is_other = index == time || ENDS.contains(&name.as_str()) || is_another_clock(column);
        let is_identifier = name.ends_with("id") || name == "duration" || column.is_row_count;
        // A column of values may be empty at the beginning.
        let has_numbers = matches!(column.content, Content::Number | Content::Quantity)
            || column.content == Content::Empty && is_value(&column.name);
        has_numbers && !is_other && !is_identifier
    };
    let has_title = title(table, time).is_some();
    !table.headers.is_empty() && has_title && !table.columns.iter().enumerate().any(is_measured)
}

/// The clock, which is not the column that says when an event ended.
fn clock(table: &Table, options: &Options) -> Result<Clock, Error> {
    let mut options = options.clone();
    let ends = table.names().filter(|name| ENDS.contains(&plain(name).as_str()));
    options.roles.extend(ends.map(|name| (name.to_owned(), Role::Ignore)));
    Clock::find(table, &options)
}

/// The column that says what happened.
fn title(table: &Table, time: usize) -> Option<usize> {
    TITLES.iter().find_map(|title| {
        table.columns.iter().enumerate().position(|(index, column)| {
            index != time && column.content == Content::Text && plain(&column.name) == *title
        })
    })
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let table = context.table.ok_or(Error::Empty)?;
    let Clock::Column { index: time, style, time_of_day, .. } = clock(&table, context.options)? else {
        return Err(Error::NoTimeStamps { remedy: "Give the events a column with their times.".to_owned() });
    };
    let title = title(&table, time).or_else(|| {
        table.columns.iter().position(|column| column.content == Content::Text).filter(|&index| index != time)
    });
    let Some(title) = title else {
        return Err(Error::NoNumbers {
            seen: "no column says what happened".to_owned(),
            remedy: "Give the events a column named title.".to_owned(),
        });
    };
    let end = table.columns.iter().position(|column| ENDS.contains(&plain(&column.name).as_str()));
    let mut set = SeriesSet::default();
    let (mut untimed, mut untitled, mut count) = (0, 0, 0);
    let mut first_untimed: Option<(u64, String)> = None;
    text.consume(table.body);
    each_record(text, table.delimiter, |cells, line| {
        let cell = |index: usize| cells.get(index).map(Cell::text).unwrap_or_default();
        let mut stamp = read_time(&cell(time), style);
        if let Some(of_day) = time_of_day {
            let ms = timestamp::parse_time_of_day(&cell(of_day));
            stamp = stamp.zip(ms).map(|(day, ms)| Stamp { ms: day.ms + ms, ..day });
        }
        let Some(stamp) = stamp else {
            untimed += 1;
            first_untimed.get_or_insert_with(|| (line, excerpt(&cell(time), 40)));
            return Ok(());
        };
        let mut labels = Labels::new();
        for (index, column) in table.columns.iter().enumerate() {
            let word = cell(index);
            let word = word.trim();
            let is_used = index == time || index == title || Some(index) == end || Some(index) == time_of_day;
            if is_used || word.is_empty() || column.is_row_count || is_another_clock(column) {
                continue;
            }
            if LABELS.contains(&plain(&column.name).as_str()) {
                add_labels(word, &column.name, &mut labels);
            } else {
                labels.insert(column.name.as_str(), word);
            }
        }
        let mut what = cell(title).trim().to_owned();
        if what.is_empty() {
            untitled += 1;
            "event".clone_into(&mut what);
        }
        count += 1;
        if count > MOST_EVENTS {
            return Err(Error::TooLarge {
                what: "events".to_owned(),
                limit: MOST_EVENTS as u64,
                remedy: "Keep the events that matter (deploys, alerts, incidents), or a shorter range of time."
                    .to_owned(),
            });
        }
        let end = end.and_then(|end| read_time(&cell(end), style));
        // Grafana writes the start again, or zero, where there is no end.
        let end_ms = end.map(|end| end.ms).filter(|end_ms| *end_ms > stamp.ms);
        set.push_event(Event { start_ms: stamp.ms, end_ms, title: what, labels }, !stamp.zoned);
        Ok(())
    })?;
    set.refuse_empty(
        "the table has a header and no row with a time",
        "Export a range of time in which something happened.",
    )?;
    let notes = &mut set.notes;
    notes.add(
        NoteKind::Assumption,
        count,
        format!(
            "The table has no measurements; {} read as events, named by the column {:?}",
            plural(count, "row was", "rows were"),
            table.columns.get(title).map_or("", |column| column.name.as_str())
        ),
    );
    if let Some((line, found)) = first_untimed {
        let rows = plural(untimed, "row has no readable time and was", "rows have no readable time and were");
        notes.add(NoteKind::Dropped, untimed, format!("{rows} left out (first in line {line}: {found:?})"));
    }
    notes.add(
        NoteKind::Assumption,
        untitled,
        format!("{} no title and got \"event\" for one", plural(untitled, "event has", "events have")),
    );
    Ok(set.into())
}

/// A time in the column's style; numbers by their own size, as an end may be written in another unit than the start.
fn read_time(cell: &str, style: TimeStyle) -> Option<Stamp> {
    match style {
        TimeStyle::Epoch(_) => {
            let stamp = timestamp::parse(cell, style)?;
            let count = cell.trim().parse::<f64>().ok()?;
            Some(Stamp { ms: EpochUnit::by_magnitude(count).to_ms(count), ..stamp })
        }
        TimeStyle::Calendar(_) => timestamp::parse(cell, style),
    }
}

/// Labels as pairs (`service=cart;team=a`, `{service="cart"}`, `service:cart`), or else tags that stay together.
fn add_labels(word: &str, column: &str, labels: &mut Labels) {
    if let Some(identity) = Identity::parse(word).filter(|_| word.starts_with('{')) {
        for (name, value) in identity.labels.iter() {
            labels.insert(name, value);
        }
        return;
    }
    let bare = word.trim_matches(['[', ']', '{', '}']);
    let separator = [';', ','].into_iter().find(|separator| bare.contains(*separator)).unwrap_or(' ');
    let mut tags = Vec::new();
    for part in bare.split(separator).map(|part| part.trim().trim_matches(['"', '\''])).filter(|part| !part.is_empty())
    {
        let pair = part.split_once('=').or_else(|| part.split_once(':'));
        match pair.filter(|(name, value)| !name.trim().is_empty() && !value.is_empty() && !name.contains(' ')) {
            Some((name, value)) => drop(labels.insert(name.trim(), value.trim().trim_matches('"'))),
            None => tags.push(part),
        }
    }
    if !tags.is_empty() {
        labels.insert(column, tags.join(","));
    }
}
