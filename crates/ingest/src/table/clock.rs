//! Which column is the time, and how it is written.

use super::head::{Column, Content, Table};
use crate::Options;
use crate::cell::timestamp::{EpochUnit, TimeStyle};
use crate::error::{Choice, Error, list};

/// Where a row's time comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Clock {
    /// A column.
    Column {
        /// Its position.
        index: usize,
        /// How it writes times.
        style: TimeStyle,
        /// The column with the time of day, where the first has the date alone.
        time_of_day: Option<usize>,
        /// The numbers are too small for dates of our days: they count from an unknown start.
        is_relative: bool,
    },
    /// The row's number times the step.
    Step {
        /// Milliseconds between rows.
        step_ms: i64,
    },
}

/// Years 1990 to 2100: a number outside is hardly the time of a recording.
const PLAUSIBLE_S: std::ops::RangeInclusive<f64> = 631_152_000.0..=4_102_444_800.0;

impl Clock {
    /// Finds the time column by content and name, or as the options say.
    pub(crate) fn find(table: &Table, options: &Options) -> Result<Self, Error> {
        if let Some(name) = &options.time_column {
            let index = table
                .position(name)
                .ok_or_else(|| Error::UnknownColumn { column: name.clone(), available: list(table.names()) })?;
            return table.columns.get(index).and_then(|column| as_clock(index, column, table, options)).ok_or_else(
                || Error::NoTime {
                    columns: list([name.as_str()]),
                    seen: String::new(),
                    remedy: "Name another column; times may be epoch numbers, RFC 3339 or other usual dates."
                        .to_owned(),
                    choices: &[Choice::TimeColumn],
                },
            );
        }
        if let Some(step_ms) = options.step_ms {
            return Ok(Self::Step { step_ms });
        }
        Self::guess_with(table, options).ok_or_else(|| no_time(table))
    }

    /// The time column by content and name alone.
    pub(crate) fn guess(table: &Table) -> Option<Self> {
        Self::guess_with(table, &Options::default())
    }

    fn guess_with(table: &Table, options: &Options) -> Option<Self> {
        let mut best: Option<(u32, usize)> = None;
        for (index, column) in table.columns.iter().enumerate() {
            let is_other = options.role(&column.name).is_some();
            let Some(score) = score(index, column, table).filter(|_| !is_other) else { continue };
            if best.is_none_or(|(most, _)| score > most) {
                best = Some((score, index));
            }
        }
        let (_, index) = best?;
        as_clock(index, table.columns.get(index)?, table, options)
    }
}

/// Whether a column is a second clock beside the chosen one: dates, or numbers under a name that means time.
pub(crate) fn is_another_clock(column: &Column) -> bool {
    match column.content {
        Content::Date(_) => true,
        Content::Number => {
            let strength = name_strength(&column.name);
            is_plausible_epoch(column) && (strength == 2 || strength == 1 && column.ascends && column.varies)
        }
        _ => false,
    }
}

fn as_clock(index: usize, column: &Column, table: &Table, options: &Options) -> Option<Clock> {
    let style = match column.content {
        Content::Date(order) => TimeStyle::Calendar(order),
        Content::Number => {
            let (least, most) = column.range?;
            let by_size = EpochUnit::by_magnitude(least.abs().max(most.abs()));
            TimeStyle::Epoch(options.epoch_unit.unwrap_or(by_size))
        }
        Content::Empty | Content::Quantity | Content::Text => return None,
    };
    let is_relative = column.content == Content::Number && !is_plausible_epoch(column);
    let time_of_day = table.columns.iter().position(|other| column.is_day && other.is_time_of_day);
    Some(Clock::Column { index, style, time_of_day, is_relative })
}

fn score(index: usize, column: &Column, table: &Table) -> Option<u32> {
    let rows = table.sampled;
    let strength = name_strength(&column.name);
    let named = [0, 50, 100].get(strength as usize).copied().unwrap_or(0);
    let placed = if index == 0 { 10 } else { 0 };
    match column.content {
        Content::Date(_) => Some(named + placed + 70),
        Content::Number if column.is_row_count => None,
        Content::Number => {
            let (least, most) = column.range?;
            let varies = rows < 2 || least < most;
            // Many series can share the first moment.
            let is_moment = varies || strength == 2;
            if !is_moment || !is_plausible_epoch(column) {
                // `time` counts seconds from the start of a recording.
                return (strength == 2 && varies && column.ascends && least >= 0.0).then_some(named + placed);
            }
            match strength {
                2 => Some(named + placed + 20),
                1 => Some(if column.ascends { named + placed } else { 5 }),
                _ if column.ascends && index == 0 => Some(placed + 30),
                // Without a header the size has to do, as in exports of one series behind the other.
                _ => (table.headers.is_empty() && column.is_whole && table.columns.len() > 2).then_some(1),
            }
        }
        Content::Empty | Content::Quantity | Content::Text => None,
    }
}

fn is_plausible_epoch(column: &Column) -> bool {
    column.range.is_some_and(|(least, most)| {
        let unit = EpochUnit::by_magnitude(most);
        let seconds = |count: f64| unit.to_ms(count) as f64 / 1e3;
        PLAUSIBLE_S.contains(&seconds(least)) && PLAUSIBLE_S.contains(&seconds(most))
    })
}

/// 2 for a name that means time and nothing else, 1 for one that has to do with it, else 0.
fn name_strength(name: &str) -> u32 {
    const EXACT: [&str; 22] = [
        "time",
        "timestamp",
        "date",
        "datetime",
        "ts",
        "unixtimestamp",
        "unixtime",
        "epoch",
        "epochtime",
        "timestampms",
        "epochms",
        "timems",
        "timeutc",
        "utctime",
        "dateutc",
        "localtime",
        "zeit",
        "zeitstempel",
        "datum",
        "clock",
        "when",
        "timestamps",
    ];
    let plain: String = name.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>().to_ascii_lowercase();
    if EXACT.contains(&plain.as_str()) || plain.starts_with("timestamp") || name == "t" {
        2
    } else if ["time", "date", "stamp"].iter().any(|part| plain.contains(part)) {
        1
    } else {
        0
    }
}

fn no_time(table: &Table) -> Error {
    let numbers =
        table.columns.iter().filter(|column| matches!(column.content, Content::Number | Content::Quantity)).count();
    let all_numbers = numbers == table.columns.len();
    Error::NoTime {
        columns: list(table.names()),
        seen: match (numbers, all_numbers) {
            (0, _) => " (nor are there numbers)".to_owned(),
            (_, true) => " (all hold plain numbers)".to_owned(),
            _ => String::new(),
        },
        remedy: if all_numbers {
            "If each row is one moment and the rows are evenly spaced, say how far apart they are (for example one minute); \
             otherwise export the table with its time column."
                .to_owned()
        } else {
            "Export the table with a time column, or name it; a distance between the rows helps only where each row is one \
             moment and the rows are evenly spaced."
                .to_owned()
        },
        choices: if all_numbers { &[Choice::Step, Choice::TimeColumn] } else { &[Choice::TimeColumn, Choice::Step] },
    }
}
