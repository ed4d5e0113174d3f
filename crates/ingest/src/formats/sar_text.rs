//! The printed report of sar, and of mpstat and pidstat, which print alike.
//!
//! The date stands in the banner only, in the form of the locale; the rows have the time of day, with 12 or 24 hours.
//! Headers are repeated after every page, every restart and for every activity. Lines that begin with a word
//! (`Average:`, in any language) hold no samples.

use super::sysstat::{Found, is_label, unit};
use crate::Format;
use crate::cell::calendar::DAY_MS;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{self, DateOrder, Stamp, TimeStyle, zone_minutes};
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::notebook::plural;
use crate::sniff::Reader;
use crate::text::Text;
use order::SortedMap;
use series::NoteKind;

pub(crate) const READER: Reader = Reader { format: Format::SarText, probe, is_table: false, read };

/// How many lines may stand before the banner.
const PROBED_LINES: usize = 10;

fn probe(head: &Head<'_>) -> bool {
    head.lines().take(PROBED_LINES).any(|line| Banner::parse(line).is_some())
}

/// `Linux 5.4.0-1 (host)  04/18/2019  _x86_64_  (2 CPU)`
#[derive(Clone, Copy)]
struct Banner<'a> {
    host: &'a str,
    date: &'a str,
}

impl<'a> Banner<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let system = line.trim().strip_prefix("Linux ").or_else(|| line.trim().strip_prefix("SunOS "))?;
        let open = system.find(" (")?;
        let (host, behind) = system.get(open + 2..)?.split_once(')')?;
        let date = behind.split_whitespace().next()?;
        let has_digits = date.bytes().filter(u8::is_ascii_digit).count() >= 4;
        has_digits.then_some(Self { host, date })
    }

    /// Midnight of the date, and whether day and month could be exchanged.
    fn day_ms(self, has_twelve_hours: bool, told: Option<DateOrder>) -> Option<(i64, bool)> {
        let plain: String =
            self.date.chars().map(|sign| if matches!(sign, '年' | '月') { '-' } else { sign }).collect();
        let plain = plain.trim_end_matches('日');
        let read = |order| timestamp::parse(plain, TimeStyle::Calendar(order)).map(|stamp| stamp.ms);
        if let Some(ms) = read(DateOrder::YearFirst) {
            return Some((ms, false));
        }
        let (month_first, day_first) = (read(DateOrder::MonthFirst), read(DateOrder::DayFirst));
        let is_open = month_first.is_some() && day_first.is_some() && month_first != day_first;
        // Points and hyphens are written where the day comes first; twelve hours, and a year of two digits (the C
        // locale), where the month does.
        let short_year = plain.len() <= 8 && plain.contains('/');
        let first = match told {
            Some(DateOrder::DayFirst) => day_first,
            Some(DateOrder::MonthFirst) => month_first,
            _ if plain.contains(['.', '-']) => day_first.or(month_first),
            _ => month_first.or(day_first),
        };
        let is_clear = told.is_some() || plain.contains(['.', '-']) || has_twelve_hours || short_year;
        first.or(month_first).or(day_first).map(|ms| (ms, is_open && !is_clear))
    }
}

/// The time of day with which a line begins, its zone if it is written, and the rest.
fn clock(line: &str) -> Option<(i64, Option<&str>, &str)> {
    let (first, rest) = split_word(line)?;
    if !first.contains(':') {
        return None;
    }
    let (second, behind) = split_word(rest).unwrap_or(("", ""));
    let is_half = |word: &str| word.eq_ignore_ascii_case("AM") || word.eq_ignore_ascii_case("PM");
    let (of_day, rest) = if is_half(second) {
        (timestamp::parse_time_of_day(&format!("{first} {second}"))?, behind)
    } else {
        (timestamp::parse_time_of_day(first)?, rest)
    };
    let zone = split_word(rest).filter(|(word, _)| {
        zone_minutes(word).is_some()
            || matches!(*word, "CST" | "IST" | "BST" | "AST") && word.bytes().all(|byte| byte.is_ascii_uppercase())
    });
    Some(match zone {
        Some((zone, behind)) => (of_day, Some(zone), behind),
        None => (of_day, None, rest),
    })
}

fn split_word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(word, _)| !word.is_empty())
}

fn value(cell: &str) -> Option<f64> {
    let read = |decimal| number::parse(cell, NumberStyle { decimal, thousands: None });
    match read(b'.') {
        Number::Value(value) => Some(value),
        Number::Missing => Some(f64::NAN),
        Number::Unreadable => match read(b',') {
            Number::Value(value) => Some(value),
            _ => cell.strip_suffix('%').and_then(value),
        },
    }
}

/// A size that `--human` scales (`1.5G`), in the kilobytes of its column.
fn for_people(column: &str, cell: &str) -> Option<f64> {
    let is_size = unit(column).is_some_and(|unit| unit.starts_with("KiB"));
    let (number, letter) = cell.split_at_checked(cell.len().checked_sub(1)?).filter(|_| is_size)?;
    let kilobytes = match letter {
        "B" => 1.0 / 1024.0,
        "k" => 1.0,
        "M" => 1024.0,
        "G" => 1_048_576.0,
        "T" => 1_073_741_824.0,
        "P" => 1_099_511_627_776.0,
        _ => return None,
    };
    Some(value(number)? * kilobytes)
}

/// Which day a block of rows has reached.
#[derive(Clone, Copy, Default)]
struct Progress {
    days: i64,
    of_day: Option<i64>,
}

impl Progress {
    /// The time since the banner's midnight. A clock that falls by half a day or more has passed midnight.
    fn at(&mut self, of_day: i64) -> i64 {
        if self.of_day.is_some_and(|before| before - of_day > DAY_MS / 2) {
            self.days += 1;
        }
        self.of_day = Some(of_day);
        self.days * DAY_MS + of_day
    }
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let mut found = Found::default();
    let has_twelve_hours = text.rest().lines().take(40).any(|line| {
        split_word(line).is_some_and(|(_, rest)| {
            split_word(rest).is_some_and(|(word, _)| word.eq_ignore_ascii_case("AM") || word.eq_ignore_ascii_case("PM"))
        })
    });
    let mut host = String::new();
    let mut day_ms = None;
    let mut columns: Vec<String> = Vec::new();
    let mut progress: SortedMap<String, Progress> = SortedMap::new();
    let (mut skipped, mut foreign, mut crossings, mut open_dates) = (0, 0, 0, 0);
    // The day of the row last read, and its time of day.
    let mut latest = Progress::default();
    let mut first_foreign: Option<(u64, String)> = None;
    while let Some((number, line)) = text.next_line()? {
        if let Some(banner) = Banner::parse(line) {
            host = banner.host.to_owned();
            let day = banner.day_ms(has_twelve_hours, context.options.date_order).ok_or_else(|| Error::Line {
                line: number,
                expected: "a date behind the host's name".to_owned(),
                found: banner.date.to_owned(),
                remedy: "Print the report with S_TIME_FORMAT=ISO.".to_owned(),
            })?;
            open_dates += usize::from(day.1);
            day_ms = Some(day.0);
            progress = SortedMap::new();
            latest = Progress::default();
            continue;
        }
        let (Some((of_day, zone, rest)), Some(day_ms)) = (clock(line), day_ms) else {
            skipped += usize::from(!line.trim().is_empty());
            continue;
        };
        let words: Vec<&str> = rest.split_whitespace().collect();
        let stamp = |since_midnight: i64| {
            let local = day_ms + since_midnight;
            match zone.and_then(zone_minutes) {
                Some(minutes) => Stamp { ms: local - minutes * 60_000, zoned: true, has_clock: true },
                None => Stamp { ms: local, zoned: false, has_clock: true },
            }
        };
        if words.contains(&"RESTART") || words.first() == Some(&"COM") {
            // Every activity's block begins anew with the first day and repeats what happened.
            let follows = |before: i64| (0..DAY_MS / 2).contains(&(of_day - before));
            let days = if latest.of_day.is_some_and(follows) { latest.days } else { 0 };
            let at = stamp(days * DAY_MS + of_day);
            found.event(at, &host, rest.trim().strip_prefix("COM ").unwrap_or(rest));
            continue;
        }
        let is_header = !words.is_empty() && words.iter().all(|word| value(word).is_none_or(f64::is_nan));
        let names_columns = |word: &&str| word.starts_with('%') || word.contains('/') || is_label(word);
        if is_header && (words.len() > 2 || words.iter().any(names_columns)) {
            columns = words.iter().map(|word| (*word).to_owned()).collect();
            let key = columns.join(" ");
            // The header has the time of the sample before, from which the clock may pass midnight.
            progress.at(key).at(of_day);
            continue;
        }
        let Some((labels, numbers)) = cells(&columns, &words) else {
            foreign += 1;
            first_foreign.get_or_insert_with(|| (number, excerpt(line.trim(), 40)));
            continue;
        };
        let reached = progress.at(columns.join(" "));
        let days = reached.days;
        let at = stamp(reached.at(of_day));
        crossings += usize::from(reached.days > days);
        latest = *reached;
        if let Some(zone) = zone.filter(|_| !at.zoned) {
            found.shared_zone(zone);
        }
        let mut all = vec![("hostname", host.as_str())];
        all.extend(labels.iter().map(|(name, value)| (*name, value.as_str())));
        for (metric, value) in numbers {
            let position = found.position(metric, &all);
            found.set.push_at(position, at, value);
        }
    }
    found.set.refuse_too_many()?;
    found.set.refuse_empty(
        "no line under a header begins with a time of day",
        "Print the report with sar -f, mpstat or pidstat and an interval; iostat prints no times with its rows, which sar -d does.",
    )?;
    let notes = &mut found.set.notes;
    notes
        .add(
            NoteKind::Ambiguous,
            open_dates,
            "Day and month could be exchanged in the banner's date; it was read with the month before the day",
        )
        .undone_by("dates=day-first");
    notes.add(
        NoteKind::Assumption,
        crossings,
        format!(
            "The clock passes midnight in {}; the rows after it are of the next day",
            plural(crossings, "place", "places")
        ),
    );
    notes.add(
        NoteKind::Dropped,
        skipped,
        format!("{} without a time of day left out (averages and the like)", plural(skipped, "line", "lines")),
    );
    if let Some((line, text)) = first_foreign {
        let rows = plural(foreign, "row does", "rows do");
        notes.add(
            NoteKind::Dropped,
            foreign,
            format!("{rows} not fit the header above and were left out (first in line {line}: {text:?})"),
        );
    }
    Ok(found.finish().into())
}

/// The labels and the numbers of a row. A label in the last column may hold blanks. None if the row does not fit.
#[allow(clippy::type_complexity)]
fn cells<'c>(columns: &'c [String], words: &[&str]) -> Option<(Vec<(&'c str, String)>, Vec<(&'c str, f64)>)> {
    let last_is_label = columns.last().is_some_and(|name| is_label(name));
    if columns.is_empty() || words.len() < columns.len() || words.len() > columns.len() && !last_is_label {
        return None;
    }
    let mut labels = Vec::new();
    let mut numbers = Vec::new();
    for (index, name) in columns.iter().enumerate() {
        let word = words.get(index)?;
        // Where a process happened to run tells no processes apart.
        if name == "CPU" && columns.iter().any(|column| column == "PID") {
            continue;
        }
        if !is_label(name) {
            numbers.push((name.as_str(), value(word).or_else(|| for_people(name, word))?));
        } else if index + 1 == columns.len() {
            labels.push((name.as_str(), words.get(index..)?.join(" ")));
        } else {
            labels.push((name.as_str(), (*word).to_owned()));
        }
    }
    Some((labels, numbers))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn dates_of_many_locales() {
        let day = |date: &str, twelve| {
            let line = format!("Linux 5.4.0-1 (web-1) \t{date} \t_x86_64_\t(2 CPU)");
            Banner::parse(&line).unwrap().day_ms(twelve, None).map(|(ms, is_open)| (ms / DAY_MS, is_open))
        };
        // 2019-04-05 is day 17991.
        for (date, twelve) in [
            ("2019-04-05", false),
            ("04/05/2019", true),
            ("04/05/19", false),
            ("05.04.2019", false),
            ("05-04-2019", false),
            ("2019年04月05日", false),
        ] {
            assert_eq!(day(date, twelve), Some((17_991, false)), "{date}");
        }
        assert_eq!(day("04/05/2019", false), Some((17_991, true)));
        assert_eq!(day("18/04/2019", false), Some((18_004, false)));
    }

    #[test]
    fn sizes_for_people() {
        assert_eq!((for_people("kbmemfree", "1.5G"), for_people("rxkB/s", "512B")), (Some(1_572_864.0), Some(0.5)));
        assert_eq!((for_people("tps", "1.5k"), for_people("kbmemfree", "x")), (None, None));
    }

    #[test]
    fn clocks_of_both_kinds() {
        let read = |line| clock(line).map(|(of_day, zone, rest)| (of_day / 1000, zone, rest.trim()));
        assert_eq!(read("12:00:01 AM     all  0.5"), Some((1, None, "all  0.5")));
        assert_eq!(read("13:20:19  CPU %usr"), Some((48_019, None, "CPU %usr")));
        assert_eq!(read("10:48:00 AM IST kbmemfree"), Some((38_880, Some("IST"), "kbmemfree")));
        assert_eq!(read("Average:  all 0.5"), None);
    }
}
