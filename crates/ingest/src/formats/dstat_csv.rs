//! What dstat and pcp-dstat write with `--output`: a preamble, a row of groups, a row of names, and numbers.
//!
//! A group's name stands over the first of its columns. Times are the wall clock's, as a rule without a year
//! (`22-08 23:04:21`); the preamble has the date of the start and the zone's abbreviation. Further recordings may follow
//! in the same file, each with a preamble and columns of its own.

use crate::cell::calendar::{DAY_MS, civil_from_days};
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{self, DateOrder, EpochUnit, Stamp, TimeStyle, zone_minutes};
use crate::error::{Choice, Error, list};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::table::rows::{Cell, each_record};
use crate::text::Text;
use crate::{Format, Options};
use series::{Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::DstatCsv, probe, is_table: false, read };

/// How many lines may stand before the preamble's.
const PROBED_LINES: usize = 20;

fn probe(head: &Head<'_>) -> bool {
    let is_mark = |line: &str| {
        let line = line.trim_start_matches('"');
        let is_title = (line.starts_with("Dstat ") || line.starts_with("pcp-dstat")) && is_csv(line);
        is_title || line.starts_with("Cmdline:") && line.contains("dstat ")
    };
    head.lines().take(PROBED_LINES).any(is_mark)
}

fn is_csv(title: &str) -> bool {
    title.contains("CSV output") || title.contains("CSV Output")
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let delimiter = delimiter(text.rest());
    let mut recording = Recording::new(context.options);
    each_record(text, delimiter, |cells, line| recording.record(cells, line))?;
    recording.finish()
}

/// The sign behind the preamble's first word; a spreadsheet may have changed it.
fn delimiter(head: &str) -> u8 {
    let behind = head.split_once("Cmdline:").map_or("", |(_, behind)| behind).trim_start_matches('"');
    behind.bytes().next().filter(|sign| matches!(sign, b';' | b'\t')).unwrap_or(b',')
}

/// What the preamble says.
#[derive(Clone, Debug, Default)]
struct Preamble {
    /// Whether it is pcp-dstat's, which measures otherwise.
    is_pcp: bool,
    host: String,
    /// The start by the wall clock, in milliseconds.
    start_ms: Option<i64>,
    year: Option<i64>,
    /// The zone's name, and its distance from UTC in minutes if the name means one zone only.
    zone: Option<(String, Option<i64>)>,
    /// Seconds between rows, if the command names them.
    delay_s: Option<i64>,
}

/// Where the times stand.
#[derive(Clone, Copy, Debug)]
enum Clock {
    /// In a column of dates.
    Wall(usize),
    /// In a column of seconds since 1970.
    Epoch(usize),
    /// Nowhere.
    None,
}

struct Recording<'o> {
    options: &'o Options,
    set: SeriesSet,
    preamble: Preamble,
    groups: Option<Vec<String>>,
    /// The series of each column; none for the time's.
    columns: Option<Vec<Option<usize>>>,
    clock: Clock,
    names: Vec<String>,
    row: i64,
    order: Option<DateOrder>,
    previous_ms: Option<i64>,
    firsts: usize,
    by_zone: usize,
    without_zone: usize,
    unknown_zone: Option<String>,
    known_zone: Option<String>,
    without_year: usize,
    placed: usize,
    placed_by: &'static str,
    step_ms: i64,
    unreadable: usize,
    untimed: usize,
    first_untimed: u64,
    missed: usize,
}

impl<'o> Recording<'o> {
    fn new(options: &'o Options) -> Self {
        Self {
            options,
            set: SeriesSet::default(),
            preamble: Preamble::default(),
            groups: None,
            columns: None,
            clock: Clock::None,
            names: Vec::new(),
            row: 0,
            order: None,
            previous_ms: None,
            firsts: 0,
            by_zone: 0,
            without_zone: 0,
            unknown_zone: None,
            known_zone: None,
            without_year: 0,
            placed: 0,
            placed_by: "",
            step_ms: 1000,
            unreadable: 0,
            untimed: 0,
            first_untimed: 0,
            missed: 0,
        }
    }

    fn record(&mut self, cells: &[Cell<'_>], line: u64) -> Result<(), Error> {
        let texts: Vec<_> = cells.iter().map(Cell::text).collect();
        let first = texts.first().map_or("", |text| text.trim());
        if texts.iter().all(|text| text.trim().is_empty()) {
            return Ok(());
        }
        let behind = |word: &str| {
            let position = texts.iter().position(|text| text.trim() == word)?;
            texts.get(position + 1).map(|text| text.trim())
        };
        if first.starts_with("Dstat ") || first.starts_with("pcp-dstat") || first == "Host:" {
            self.begin();
            self.preamble.is_pcp = first.starts_with("pcp");
            self.preamble.host = behind("Host:").unwrap_or("").to_owned();
            return Ok(());
        }
        if first == "Cmdline:" {
            let command = behind("Cmdline:").unwrap_or("");
            self.preamble.is_pcp |= command.starts_with("pcp");
            self.preamble.delay_s = delay(command);
            self.preamble.date(behind("Date:").unwrap_or(""));
            return Ok(());
        }
        if first == "Author:" || first == "URL:" {
            return Ok(());
        }
        let has_number = texts.iter().any(|text| matches!(number::parse(text, NumberStyle::PLAIN), Number::Value(_)));
        match (&self.groups, self.columns.is_some()) {
            (Some(_), false) => self.name_columns(&texts),
            _ if has_number && self.columns.is_some() => self.sample(&texts, line),
            _ => {
                let mut last = String::new();
                let fill = |text: &std::borrow::Cow<'_, str>| {
                    if !text.trim().is_empty() {
                        last = text.trim().to_owned();
                    }
                    last.clone()
                };
                self.groups = Some(texts.iter().map(fill).collect());
                self.columns = None;
                Ok(())
            }
        }
    }

    /// A preamble begins a recording.
    fn begin(&mut self) {
        self.preamble = Preamble::default();
        self.groups = None;
        self.columns = None;
        self.previous_ms = None;
        self.row = 0;
    }

    fn name_columns(&mut self, texts: &[std::borrow::Cow<'_, str>]) -> Result<(), Error> {
        let groups = self.groups.take().unwrap_or_default();
        let mut columns = Vec::with_capacity(texts.len());
        self.clock = Clock::None;
        self.names = texts.iter().map(|text| text.trim().to_owned()).collect();
        self.row = 0;
        for (index, text) in texts.iter().enumerate() {
            let group = groups.get(index).map_or("", String::as_str);
            let name = text.trim();
            // The newer headers write the group in front of the name, too.
            let name = name.strip_prefix(group).and_then(|rest| rest.strip_prefix(':')).unwrap_or(name);
            match (name, self.clock) {
                ("epoch", _) => self.clock = Clock::Epoch(index),
                ("time" | "date/time" | "date", Clock::None) => self.clock = Clock::Wall(index),
                ("time" | "date/time" | "date", _) | ("", _) => {}
                _ => {
                    let metric = if group.is_empty() { name.to_owned() } else { format!("{group} {name}") };
                    let mut labels = Labels::new();
                    if !self.preamble.host.is_empty() {
                        labels.insert("host", self.preamble.host.as_str());
                    }
                    let position = self.set.position_of(&metric, labels);
                    if let Some(entry) = self.set.entry(position) {
                        entry.unit = unit(group, name, self.preamble.is_pcp).map(str::to_owned);
                    }
                    columns.push(Some(position));
                    continue;
                }
            }
            columns.push(None);
        }
        self.columns = Some(columns);
        self.set.refuse_too_many()
    }

    fn sample(&mut self, texts: &[std::borrow::Cow<'_, str>], line: u64) -> Result<(), Error> {
        let cell = |index: usize| texts.get(index).map_or("", |text| text.trim());
        let stamp = match self.clock {
            Clock::Epoch(index) => timestamp::parse(cell(index), TimeStyle::Epoch(EpochUnit::Seconds)),
            Clock::Wall(index) => self.wall(cell(index)),
            Clock::None => Some(self.place()?),
        };
        let Some(stamp) = stamp else {
            if self.untimed == 0 {
                self.first_untimed = line;
            }
            self.untimed += 1;
            return Ok(());
        };
        self.firsts += usize::from(self.row == 0 && !self.preamble.is_pcp);
        self.row += 1;
        let columns = self.columns.take().unwrap_or_default();
        for (&column, text) in columns.iter().zip(texts) {
            let Some(position) = column else { continue };
            let value = match number::parse(text, NumberStyle::PLAIN) {
                Number::Value(value) => value,
                Number::Missing => f64::NAN,
                Number::Unreadable => {
                    self.unreadable += 1;
                    f64::NAN
                }
            };
            self.set.push_at(position, stamp, value);
        }
        // Behind the columns pcp-dstat says that it came too late.
        self.missed += usize::from(texts.iter().skip(columns.len()).any(|text| text.starts_with("missed ")));
        self.columns = Some(columns);
        Ok(())
    }

    /// A time of the wall clock, brought to UTC if the preamble names a zone.
    fn wall(&mut self, cell: &str) -> Option<Stamp> {
        if let Some(stamp) = timestamp::parse(cell, TimeStyle::Epoch(EpochUnit::Seconds)) {
            return Some(stamp);
        }
        let whole = [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthName]
            .into_iter()
            .find_map(|order| timestamp::parse(cell, TimeStyle::Calendar(order)).filter(|stamp| stamp.has_clock));
        let stamp = match whole {
            Some(stamp) if stamp.zoned => return Some(stamp),
            Some(stamp) => stamp,
            None => Stamp { ms: self.without_year(cell)?, zoned: false, has_clock: true },
        };
        self.previous_ms = Some(stamp.ms);
        let name = match &self.preamble.zone {
            Some((name, Some(minutes))) => {
                self.by_zone += 1;
                self.known_zone.get_or_insert_with(|| name.clone());
                return Some(Stamp { ms: stamp.ms - minutes * 60_000, zoned: true, ..stamp });
            }
            Some((name, None)) => Some(name),
            None => None,
        };
        if let Some(name) = name {
            self.without_zone += 1;
            self.unknown_zone.get_or_insert_with(|| name.clone());
        }
        Some(stamp)
    }

    /// `22-08 23:04:21` or `23:04:21`, after the row before or the start.
    fn without_year(&mut self, cell: &str) -> Option<i64> {
        let from = self.previous_ms.or(self.preamble.start_ms);
        let Some((date, clock)) = cell.split_once(' ') else {
            let of_day = timestamp::parse_time_of_day(cell)?;
            let day = from? - from?.rem_euclid(DAY_MS);
            self.without_year += 1;
            // Past midnight the clock begins again.
            let is_next = from? - (day + of_day) > DAY_MS / 2;
            return Some(day + of_day + if is_next { DAY_MS } else { 0 });
        };
        let of_day = timestamp::parse_time_of_day(clock)?;
        let (first, second) = timestamp::parse_day_and_month(date)?;
        let year = from.map(|ms| civil_from_days(ms.div_euclid(DAY_MS)).0).or(self.preamble.year)?;
        let at = |year: i64, order: DateOrder| {
            let (month, day) = if order == DateOrder::MonthFirst { (first, second) } else { (second, first) };
            timestamp::day_ms(year, month, day).map(|day_ms| day_ms + of_day)
        };
        let distance = |ms: i64| from.map_or(0, |from| (ms - from).abs());
        // A recording over the new year goes on in the next one; a clock set back may fall into the last one.
        let best = |order: DateOrder| {
            [year, year + 1, year - 1].into_iter().filter_map(|year| at(year, order)).min_by_key(|&ms| distance(ms))
        };
        let order = self.order.or(self.options.date_order).unwrap_or_else(|| {
            let orders = [DateOrder::DayFirst, DateOrder::MonthFirst];
            let nearest = orders
                .into_iter()
                .filter(|&order| best(order).is_some())
                .min_by_key(|&order| best(order).map(distance));
            nearest.unwrap_or(DateOrder::DayFirst)
        });
        self.order = Some(order);
        self.without_year += 1;
        best(order)
    }

    /// The time of a row without one: so many steps behind the start.
    fn place(&mut self) -> Result<Stamp, Error> {
        let told = self.options.step_ms;
        let (Some(start_ms), zone) = (self.preamble.start_ms.or(told.map(|_| 0)), &self.preamble.zone) else {
            return Err(Error::NoTime {
                columns: list(self.names.iter().map(String::as_str)),
                seen: " (and the preamble has no date)".to_owned(),
                remedy:
                    "Record with dstat --time, or say how far apart the rows are (one second unless the command asked \
                         for another delay)."
                        .to_owned(),
                choices: &[Choice::Step],
            });
        };
        self.step_ms = told.or(self.preamble.delay_s.map(|delay_s| delay_s.saturating_mul(1000))).unwrap_or(1000);
        self.placed_by = match (told, self.preamble.delay_s) {
            (Some(_), _) => "as asked",
            (None, Some(_)) => "the delay in the command",
            (None, None) => "dstat's delay where the command names none",
        };
        self.placed += 1;
        let local = start_ms.saturating_add(self.step_ms.saturating_mul(self.row));
        Ok(match zone {
            Some((name, Some(minutes))) => {
                self.by_zone += 1;
                self.known_zone.get_or_insert_with(|| name.clone());
                Stamp { ms: local.saturating_sub(minutes * 60_000), zoned: true, has_clock: true }
            }
            Some((name, None)) => {
                self.without_zone += 1;
                self.unknown_zone.get_or_insert_with(|| name.clone());
                Stamp { ms: local, zoned: false, has_clock: true }
            }
            None => Stamp { ms: local, zoned: self.preamble.start_ms.is_none(), has_clock: true },
        })
    }

    fn finish(mut self) -> Result<Body, Error> {
        if self.untimed > 0 && self.set.sample_count() == 0 {
            return Err(Error::Line {
                line: self.first_untimed,
                expected: "a time (22-08 23:04:21, or with a year)".to_owned(),
                found: self.names.join(","),
                remedy:
                    "The preamble must have the date of the start (Date:) where rows have no year; record again with \
                         dstat --time or -T."
                        .to_owned(),
            });
        }
        self.set.refuse_empty(
            "this dstat recording has a header and no rows",
            "Let dstat run for longer than its delay, and take the file again.",
        )?;
        let notes = &mut self.set.notes;
        let rows = |count| plural(count, "row", "rows");
        notes.add(
            NoteKind::Assumption,
            self.firsts,
            "The first row of a recording is the average since the system started, unlike the rows after it; it was kept",
        );
        notes.add(
            NoteKind::Assumption,
            self.placed,
            format!(
                "The rows have no times; {} placed {} ms apart ({}) from the preamble's date on",
                if self.placed == 1 { "1 row was".to_owned() } else { format!("{} rows were", self.placed) },
                self.step_ms,
                self.placed_by
            ),
        );
        notes.add(
            NoteKind::Assumption,
            self.without_year,
            format!("The year of {} is that of the preamble's date and what follows from it", rows(self.without_year)),
        );
        let zone = self.known_zone.as_deref().unwrap_or("");
        notes.add(
            NoteKind::Assumption,
            self.by_zone,
            format!("The times of {} were read in the zone of the preamble's date, {zone}", rows(self.by_zone)),
        );
        let zone = self.unknown_zone.as_deref().unwrap_or("");
        notes.add(
            NoteKind::Assumption,
            self.without_zone,
            format!("The preamble's zone {zone} can be one of several; the times were kept as the clock showed them"),
        );
        notes.add(
            NoteKind::Dropped,
            self.untimed,
            format!("{} without a readable time left out (first in line {})", rows(self.untimed), self.first_untimed),
        );
        notes.add(
            NoteKind::SourceWarning,
            self.missed,
            format!("dstat came too late for {}, and says that it missed ticks", rows(self.missed)),
        );
        notes.add(
            NoteKind::Unreadable,
            self.unreadable,
            format!("{} no number and count as missing", plural(self.unreadable, "cell is", "cells are")),
        );
        Ok(self.set.into())
    }
}

impl Preamble {
    /// `22 Aug 2016 23:04:21 JST`; the month may be in another language, then only the year and the zone are known.
    fn date(&mut self, date: &str) {
        let words: Vec<&str> = date.split_whitespace().collect();
        let clock = words.iter().position(|word| word.contains(':'));
        let zone = clock.and_then(|clock| words.get(clock + 1)).copied();
        self.zone = zone.map(|zone| (zone.to_owned(), zone_minutes(zone)));
        let local = match clock.filter(|_| zone.is_some()) {
            Some(clock) => words.iter().take(clock + 1).copied().collect::<Vec<_>>().join(" "),
            None => date.to_owned(),
        };
        let stamp = [DateOrder::MonthName, DateOrder::YearFirst, DateOrder::DayFirst]
            .into_iter()
            .find_map(|order| timestamp::parse(&local, TimeStyle::Calendar(order)));
        self.start_ms = stamp.map(|stamp| stamp.ms);
        self.year = words.iter().find_map(|word| word.parse().ok().filter(|_| word.len() == 4));
    }
}

/// The first number of a command line that belongs to no option.
fn delay(command: &str) -> Option<i64> {
    const WITH_ARGUMENT: [&str; 8] = ["-C", "-D", "-I", "-N", "-S", "-M", "--output", "-o"];
    let mut words = command.split_whitespace().skip(1);
    while let Some(word) = words.next() {
        if WITH_ARGUMENT.contains(&word) {
            words.next();
        } else if let Some(delay_s) = word.parse().ok().filter(|delay_s| *delay_s > 0) {
            return Some(delay_s);
        }
    }
    None
}

/// The unit of a column, as dstat's plugins have it. pcp-dstat writes what PCP measures: kilobytes of 1024 bytes for memory,
/// swap and disks, and pages for paging.
fn unit(group: &str, name: &str, is_pcp: bool) -> Option<&'static str> {
    let starts = |prefix: &str| group.starts_with(prefix);
    let is_memory = starts("memory") || starts("advanced memory") || starts("swap");
    if group.contains("usage") && !is_memory || group.contains("cpu") {
        Some("%")
    } else if starts("net/") {
        Some("B/s")
    } else if starts("dsk/") || starts("paging") {
        Some(match (is_pcp, starts("paging")) {
            (true, true) => "/s",
            (true, false) => "KiB/s",
            (false, _) => "B/s",
        })
    } else if is_memory {
        Some(if is_pcp { "KiB" } else { "B" })
    } else if starts("io/") || starts("system") && matches!(name, "int" | "csw") || name == "new" && starts("procs") {
        Some("/s")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_stands_behind_the_options() {
        assert_eq!(delay("dstat --time -v --net --output output.csv 1 30"), Some(1));
        assert_eq!(delay("dstat -t -C 0,1 -I 5 --output=/tmp/5.csv 60"), Some(60));
        assert_eq!(delay("dstat --output 7"), None);
    }
}
