//! Times as people and programs write them.
//!
//! A column of times has one [`TimeStyle`], found from its cells; then every cell is read in that style only.

use super::calendar::{DAY_MS, days_from_civil};

/// The unit of a count since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum EpochUnit {
    /// Seconds, perhaps with a fraction.
    #[default]
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Nanoseconds.
    Nanoseconds,
}

impl EpochUnit {
    /// The unit of that name: `s`, `ms`, `us`, `ns`.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "s" => Self::Seconds,
            "ms" => Self::Milliseconds,
            "us" | "µs" => Self::Microseconds,
            "ns" => Self::Nanoseconds,
            _ => return None,
        })
    }

    /// The unit that a count of this size has, if it is to be a date of our days.
    pub(crate) fn by_magnitude(count: f64) -> Self {
        match count.abs() {
            size if size < 1e11 => Self::Seconds,
            size if size < 1e14 => Self::Milliseconds,
            size if size < 1e17 => Self::Microseconds,
            _ => Self::Nanoseconds,
        }
    }

    /// The instant, in milliseconds.
    pub(crate) fn to_ms(self, count: f64) -> i64 {
        // Rounded in a way that 1435781430.781 becomes …781 ms, not …780.
        (match self {
            Self::Seconds => count * 1e3,
            Self::Milliseconds => count,
            Self::Microseconds => count / 1e3,
            Self::Nanoseconds => count / 1e6,
        })
        .round() as i64
    }

    /// The unit in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Milliseconds => "milliseconds",
            Self::Microseconds => "microseconds",
            Self::Nanoseconds => "nanoseconds",
        }
    }
}

/// In which order a date's three numbers stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// `2023-11-17`
    YearFirst,
    /// `17.11.2023`
    DayFirst,
    /// `11/17/2023`
    MonthFirst,
    /// `17 Nov 2023`, `Nov 17, 2023`, `Fri Nov 17 10:11:24 2023`
    MonthName,
}

impl DateOrder {
    /// The names that [`Self::from_name`] knows.
    pub(crate) const NAMES: &'static str = "year-first, day-first, month-first or month-name";

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "year-first" => Self::YearFirst,
            "day-first" => Self::DayFirst,
            "month-first" => Self::MonthFirst,
            "month-name" => Self::MonthName,
            _ => return None,
        })
    }
}

/// How a source writes times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeStyle {
    /// A number counted from 1970-01-01 UTC.
    Epoch(EpochUnit),
    /// A date, perhaps with a time of day and a zone.
    Calendar(DateOrder),
}

/// A time that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Milliseconds since 1970-01-01: UTC if `zoned`, else of a clock on the wall counted as if it were UTC.
    pub(crate) ms: i64,
    /// Whether the zone is known.
    pub(crate) zoned: bool,
    /// Whether a time of day was written.
    pub(crate) has_clock: bool,
}

/// Reads a time in the given style.
pub(crate) fn parse(cell: &str, style: TimeStyle) -> Option<Stamp> {
    match style {
        TimeStyle::Epoch(unit) => {
            let super::number::Number::Value(count) = super::number::parse(cell, super::number::NumberStyle::PLAIN)
            else {
                return None;
            };
            count.is_finite().then(|| Stamp { ms: unit.to_ms(count), zoned: true, has_clock: true })
        }
        TimeStyle::Calendar(order) => parse_calendar(cell.trim().as_bytes(), order),
    }
}

fn parse_calendar(cell: &[u8], order: DateOrder) -> Option<Stamp> {
    let mut rest = Cursor { bytes: cell, at: 0 };
    let mut late_clock = None;
    let date = match order {
        DateOrder::YearFirst => year_first(&mut rest)?,
        DateOrder::DayFirst => {
            let (first, second, year) = two_first(&mut rest)?;
            days_from_civil(year, second, first)?
        }
        DateOrder::MonthFirst => {
            let (first, second, year) = two_first(&mut rest)?;
            days_from_civil(year, first, second)?
        }
        DateOrder::MonthName => month_name(&mut rest, &mut late_clock)?,
    };
    if let Some((clock_ms, zone_minutes)) = late_clock {
        let local = date * DAY_MS + clock_ms;
        let ms = local - zone_minutes.unwrap_or(0) * 60_000;
        return rest.is_done().then_some(Stamp { ms, zoned: zone_minutes.is_some(), has_clock: true });
    }
    if rest.is_done() {
        return Some(Stamp { ms: date * DAY_MS, zoned: false, has_clock: false });
    }
    // `T`, one or more blanks, a comma and a blank, or the colon of web server logs.
    if !(rest.take(b'T') || rest.take(b't') || rest.take(b':') || rest.take(b'_')) {
        rest.take(b',');
        if rest.blanks() == 0 {
            return None;
        }
        // Kibana writes `Nov 17, 2023 @ 10:11:24.607`.
        if rest.take(b'@') {
            rest.blanks();
        }
    }
    let local = date * DAY_MS + clock(&mut rest)?;
    let zone = zone(&mut rest)?;
    let ms = zone.map_or(local, |minutes| local - minutes * 60_000);
    Some(Stamp { ms, zoned: zone.is_some(), has_clock: true })
}

/// Reads a time of day alone, in milliseconds: `10:11:24`, `1:05 PM`.
pub(crate) fn parse_time_of_day(cell: &str) -> Option<i64> {
    let cell = cell.trim();
    let mut rest = Cursor { bytes: cell.as_bytes(), at: 0 };
    let found = clock(&mut rest)?;
    (cell.contains(':') && rest.is_done()).then_some(found)
}

fn year_first(rest: &mut Cursor<'_>) -> Option<i64> {
    let (year, digits) = rest.number(4)?;
    if digits != 4 {
        return None;
    }
    if let Some(separator) = rest.peek().filter(|byte| matches!(byte, b'-' | b'/' | b'.')) {
        rest.at += 1;
        let (month, _) = rest.number(2)?;
        if !rest.take(separator) {
            return None;
        }
        let (day, _) = rest.number(2)?;
        return days_from_civil(year, month, day);
    }
    // `20231117T101124Z`: without the T it would be a plain number.
    let (month, two) = rest.number(2)?;
    let (day, both) = rest.number(2)?;
    if two != 2 || both != 2 || !matches!(rest.peek(), Some(b'T' | b' ' | b'_')) {
        return None;
    }
    days_from_civil(year, month, day)
}

fn two_first(rest: &mut Cursor<'_>) -> Option<(i64, i64, i64)> {
    let (first, _) = rest.number(2)?;
    let separator = rest.peek().filter(|byte| matches!(byte, b'-' | b'/' | b'.'))?;
    rest.at += 1;
    let (second, _) = rest.number(2)?;
    if !rest.take(separator) {
        return None;
    }
    let (year, digits) = rest.number(4)?;
    match digits {
        4 => Some((first, second, year)),
        2 => Some((first, second, if year < 70 { 2000 + year } else { 1900 + year })),
        _ => None,
    }
}

/// A date with a month's name in it; where the year stands behind the clock, the clock comes back in `late_clock`, with
/// the minutes to the east if a zone was named.
fn month_name(rest: &mut Cursor<'_>, late_clock: &mut Option<(i64, Option<i64>)>) -> Option<i64> {
    let mut word = rest.word();
    if weekday(word) {
        rest.take(b',');
        rest.blanks();
        word = rest.word();
    }
    if let Some(month) = month(word) {
        rest.take(b'.');
        rest.blanks();
        let (day, _) = rest.number(2)?;
        rest.take(b',');
        rest.blanks();
        let before = rest.at;
        if let (Some((year, 4)), true) = (rest.number(4), rest.peek() != Some(b':')) {
            return days_from_civil(year, month, day);
        }
        // `Nov 17 10:11:24 CET 2023`, as `date` prints it.
        rest.at = before;
        let time = clock(rest)?;
        rest.blanks();
        let minutes = named_zone(rest.word());
        rest.blanks();
        let (year, _) = rest.number(4)?;
        *late_clock = Some((time, minutes));
        return days_from_civil(year, month, day);
    }
    if !word.is_empty() {
        return None;
    }
    let (day, _) = rest.number(2)?;
    rest.separator();
    let month = month(rest.word())?;
    rest.take(b'.');
    rest.separator();
    let (year, digits) = rest.number(4)?;
    let year = if digits == 2 { 2000 + year } else { year };
    days_from_civil(year, month, day)
}

/// The time of day in milliseconds: `10:11`, `10:11:24`, `10:11:24.607158889`, `10:11:24,607`, `1:05 PM`.
fn clock(rest: &mut Cursor<'_>) -> Option<i64> {
    let (mut hour, _) = rest.number(2)?;
    let minute;
    let mut second = 0;
    let mut fraction_ms = 0;
    if rest.take(b':') {
        (minute, _) = rest.number(2)?;
        if rest.take(b':') {
            (second, _) = rest.number(2)?;
        }
    } else {
        // `101124` behind a compact date.
        let (minutes, two) = rest.number(2)?;
        minute = minutes;
        if two != 2 {
            return None;
        }
        if rest.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            (second, _) = rest.number(2)?;
        }
    }
    if matches!(rest.peek(), Some(b'.' | b',')) && rest.bytes.get(rest.at + 1).is_some_and(u8::is_ascii_digit) {
        rest.at += 1;
        fraction_ms = rest.fraction_ms();
    }
    let before = rest.at;
    rest.blanks();
    let word = rest.word();
    if word.eq_ignore_ascii_case(b"PM") || word.eq_ignore_ascii_case(b"AM") {
        if hour > 12 {
            return None;
        }
        hour = hour % 12 + if word.eq_ignore_ascii_case(b"PM") { 12 } else { 0 };
    } else {
        rest.at = before;
    }
    // 24:00:00 ends a day, and a leap second is a second.
    let in_range = hour <= 24 && minute < 60 && second <= 60;
    in_range.then_some(((hour * 60 + minute) * 60 + second) * 1000 + fraction_ms)
}

/// The zone behind a clock, in minutes to the east: some, or none where nothing is written; fails on anything else.
#[allow(clippy::option_option)]
fn zone(rest: &mut Cursor<'_>) -> Option<Option<i64>> {
    rest.blanks();
    if rest.is_done() {
        return Some(None);
    }
    if let Some(sign) = rest.peek().filter(|byte| matches!(byte, b'+' | b'-')) {
        rest.at += 1;
        let (mut hours, digits) = rest.number(4)?;
        let mut minutes = 0;
        if digits == 4 {
            minutes = hours % 100;
            hours /= 100;
        } else if rest.take(b':') {
            (minutes, _) = rest.number(2)?;
        }
        if hours > 18 || minutes > 59 {
            return None;
        }
        // The zone's name, Java's zone in brackets and Go's monotonic clock add nothing.
        rest.blanks();
        if rest.peek() == Some(b'+') || rest.peek() == Some(b'-') {
            rest.blanks();
            rest.number(4)?;
        }
        rest.word();
        rest.blanks();
        let ends_well =
            rest.is_done() || rest.starts_with(b"m=") || rest.peek() == Some(b'[') || rest.peek() == Some(b'(');
        let minutes = hours * 60 + minutes;
        return ends_well.then_some(Some(if sign == b'-' { -minutes } else { minutes }));
    }
    let minutes = named_zone(rest.word());
    rest.blanks();
    match minutes {
        Some(minutes) if rest.is_done() => Some(Some(minutes)),
        Some(_) if rest.starts_with(b"m=") => Some(minutes),
        _ => None,
    }
}

/// Names of zones that mean one thing only, in minutes to the east. Names that several zones share (CST, IST, BST, AST)
/// are not among them.
fn named_zone(name: &[u8]) -> Option<i64> {
    const ZONES: [(&[u8], i64); 42] = [
        (b"Z", 0),
        (b"UTC", 0),
        (b"GMT", 0),
        (b"WET", 0),
        (b"WEST", 60),
        (b"CET", 60),
        (b"MEZ", 60),
        (b"CEST", 120),
        (b"MESZ", 120),
        (b"EET", 120),
        (b"EEST", 180),
        (b"MSK", 180),
        (b"WAT", 60),
        (b"CAT", 120),
        (b"SAST", 120),
        (b"EAT", 180),
        (b"PKT", 300),
        (b"WIB", 420),
        (b"WITA", 480),
        (b"WIT", 540),
        (b"HKT", 480),
        (b"SGT", 480),
        (b"AWST", 480),
        (b"JST", 540),
        (b"KST", 540),
        (b"ACST", 570),
        (b"AEST", 600),
        (b"ACDT", 630),
        (b"AEDT", 660),
        (b"NZST", 720),
        (b"NZDT", 780),
        (b"BRT", -180),
        (b"ADT", -180),
        (b"EST", -300),
        (b"EDT", -240),
        (b"CDT", -300),
        (b"MST", -420),
        (b"MDT", -360),
        (b"PST", -480),
        (b"PDT", -420),
        (b"AKST", -540),
        (b"AKDT", -480),
    ];
    ZONES.iter().find(|(zone, _)| name.eq_ignore_ascii_case(zone)).map(|(_, minutes)| *minutes)
}

/// The distance of a zone from UTC, in minutes to the east, by an abbreviation that means one zone only, or by its
/// numbers (`+03`, `-0330`).
pub(crate) fn zone_minutes(name: &str) -> Option<i64> {
    let mut rest = Cursor { bytes: name.as_bytes(), at: 0 };
    zone(&mut rest)?.filter(|_| rest.is_done())
}

/// Reads a date and a time of day, with the zone's name behind it as it is written, which may be any.
///
/// The second value is a zone's name that several zones share or that is not known: the time is then the wall clock's.
pub(crate) fn parse_with_any_zone(cell: &str, order: DateOrder) -> Option<(Stamp, Option<&str>)> {
    let style = TimeStyle::Calendar(order);
    if let Some(stamp) = parse(cell, style) {
        return Some((stamp, None));
    }
    let (time, name) = cell.trim().rsplit_once(' ')?;
    let is_name = (2..=5).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_uppercase());
    parse(time, style).filter(|stamp| is_name && !stamp.zoned).map(|stamp| (stamp, Some(name)))
}

/// A date of which the day and the month are written, in any order, and not the year: `22-08`, `08/22`.
pub(crate) fn parse_day_and_month(text: &str) -> Option<(i64, i64)> {
    let mut rest = Cursor { bytes: text.as_bytes(), at: 0 };
    let (first, _) = rest.number(2)?;
    if !(rest.take(b'-') || rest.take(b'/') || rest.take(b'.')) {
        return None;
    }
    let (second, _) = rest.number(2)?;
    rest.take(b'.');
    rest.is_done().then_some((first, second))
}

/// Midnight of a day, in milliseconds of a clock on the wall counted as if it were UTC.
pub(crate) fn day_ms(year: i64, month: i64, day: i64) -> Option<i64> {
    Some(days_from_civil(year, month, day)? * DAY_MS)
}

fn month(word: &[u8]) -> Option<i64> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = std::str::from_utf8(word).ok()?.to_ascii_lowercase();
    let position = MONTHS
        .iter()
        .position(|month| word.len() >= 3 && month.starts_with(&word) || word == "sept" && *month == "september")?;
    Some(position as i64 + 1)
}

fn weekday(word: &[u8]) -> bool {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let Ok(word) = std::str::from_utf8(word) else { return false };
    let word = word.to_ascii_lowercase();
    word.len() >= 3 && DAYS.iter().any(|day| day.starts_with(&word))
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn is_done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn starts_with(&self, prefix: &[u8]) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(prefix))
    }

    fn blanks(&mut self) -> usize {
        let before = self.at;
        while self.take(b' ') {}
        self.at - before
    }

    fn separator(&mut self) {
        if matches!(self.peek(), Some(b'-' | b'/' | b' ' | b'.')) {
            self.at += 1;
        }
        self.blanks();
    }

    /// At most `longest` digits, and how many there were; none without any.
    fn number(&mut self, longest: usize) -> Option<(i64, usize)> {
        let mut value = 0;
        let mut digits = 0;
        while let Some(byte) = self.peek().filter(|byte| digits < longest && byte.is_ascii_digit()) {
            value = value * 10 + i64::from(byte - b'0');
            digits += 1;
            self.at += 1;
        }
        (digits > 0).then_some((value, digits))
    }

    fn fraction_ms(&mut self) -> i64 {
        let mut value = 0;
        let mut scale = 100;
        let mut round_up = false;
        let mut position = 0;
        while let Some(byte) = self.peek().filter(u8::is_ascii_digit) {
            let digit = i64::from(byte - b'0');
            if position < 3 {
                value += digit * scale;
                scale /= 10;
            } else if position == 3 {
                round_up = digit >= 5;
            }
            position += 1;
            self.at += 1;
        }
        value + i64::from(round_up)
    }

    fn word(&mut self) -> &'a [u8] {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) {
            self.at += 1;
        }
        self.bytes.get(start..self.at).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::calendar::rfc3339;
    use super::*;
    use proptest::prelude::*;

    fn calendar(cell: &str, order: DateOrder) -> Option<(String, bool)> {
        let stamp = parse(cell, TimeStyle::Calendar(order))?;
        let mut text = String::new();
        rfc3339(stamp.ms, &mut text);
        Some((text, stamp.zoned))
    }

    #[test]
    fn dates_with_the_year_first() {
        let zoned = |text: &str| Some((text.to_owned(), true));
        let local = |text: &str| Some((text.to_owned(), false));
        let read = |cell| calendar(cell, DateOrder::YearFirst);
        assert_eq!(read("2023-11-17T10:11:24Z"), zoned("2023-11-17T10:11:24Z"));
        assert_eq!(read("2023-11-17 10:11:24"), local("2023-11-17T10:11:24Z"));
        assert_eq!(read("2023/11/17 10:11"), local("2023-11-17T10:11:00Z"));
        assert_eq!(read("2023-11-17"), local("2023-11-17T00:00:00Z"));
        assert_eq!(read("2023-11-17T10:11:24.6075+02:00"), zoned("2023-11-17T08:11:24.608Z"));
        assert_eq!(read("2023-11-17 10:11:24,607 +0530"), zoned("2023-11-17T04:41:24.607Z"));
        assert_eq!(read("2022-08-22 11:51:19.607158889 +0800 CST m=+0.113112869"), zoned("2022-08-22T03:51:19.607Z"));
        assert_eq!(read("2022-08-22 03:51:19.607158889 +0000 UTC m=-0.1"), zoned("2022-08-22T03:51:19.607Z"));
        assert_eq!(read("2019-04-18 13:20:19 UTC"), zoned("2019-04-18T13:20:19Z"));
        assert_eq!(read("2019-04-18T13:20:19+02:00[Europe/Berlin]"), zoned("2019-04-18T11:20:19Z"));
        assert_eq!(read("20191118T132019Z"), zoned("2019-11-18T13:20:19Z"));
        assert_eq!(read("2000-02-29 00:00:00"), local("2000-02-29T00:00:00Z"));
        for nonsense in [
            "2023-13-01",
            "2023-02-29",
            "20231117",
            "2023",
            "2023-11-17 25:00",
            "2023-11-17 apples",
            "2023-11-17 10:11:24 XYZ",
        ] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn other_orders() {
        let local = |text: &str| Some((text.to_owned(), false));
        assert_eq!(calendar("17.11.2023 10:11:24", DateOrder::DayFirst), local("2023-11-17T10:11:24Z"));
        assert_eq!(calendar("17/11/23 10:11", DateOrder::DayFirst), local("2023-11-17T10:11:00Z"));
        assert_eq!(calendar("11/17/2023 1:05:09 PM", DateOrder::MonthFirst), local("2023-11-17T13:05:09Z"));
        assert_eq!(calendar("11/17/2023, 12:05:09 AM", DateOrder::MonthFirst), local("2023-11-17T00:05:09Z"));
        assert_eq!(calendar("17 Nov 2023 10:11:24", DateOrder::MonthName), local("2023-11-17T10:11:24Z"));
        assert_eq!(calendar("Nov 17, 2023 10:11 PM", DateOrder::MonthName), local("2023-11-17T22:11:00Z"));
        assert_eq!(calendar("Fri Nov 17 10:11:24 2023", DateOrder::MonthName), local("2023-11-17T10:11:24Z"));
        assert_eq!(calendar("Nov 17, 2023 @ 10:11:24.000", DateOrder::MonthName), local("2023-11-17T10:11:24Z"));
        assert_eq!((parse_time_of_day("1:05 PM"), parse_time_of_day("130")), (Some(47_100_000), None));
        let zoned = Some(("2023-11-17T09:11:24Z".to_owned(), true));
        assert_eq!(calendar("17/Nov/2023:10:11:24 +0100", DateOrder::MonthName), zoned);
        assert_eq!(calendar("Fri, 17 Nov 2023 09:11:24 GMT", DateOrder::MonthName), zoned);
    }

    #[test]
    fn zones_by_name() {
        assert_eq!(
            ["JST", "SAST", "CST", "+03", "-0330"].map(zone_minutes),
            [Some(540), Some(120), None, Some(180), Some(-210)]
        );
        let read =
            |cell| parse_with_any_zone(cell, DateOrder::YearFirst).map(|(stamp, zone)| (stamp.ms, stamp.zoned, zone));
        assert_eq!(read("1970-01-01 01:00:00 CET"), Some((0, true, None)));
        assert_eq!(read("1970-01-01 01:00:00 CST"), Some((3_600_000, false, Some("CST"))));
        assert_eq!(read("1970-01-01 01:00:00 apples"), None);
        assert_eq!(
            ["22-08", "08/22", "22.8.", "22", "22-08-16"].map(parse_day_and_month),
            [Some((22, 8)), Some((8, 22)), Some((22, 8)), None, None]
        );
    }

    #[test]
    fn epochs_by_size() {
        for (count, unit) in [
            (1.7e9, EpochUnit::Seconds),
            (1.7e12, EpochUnit::Milliseconds),
            (1.7e15, EpochUnit::Microseconds),
            (1.7e18, EpochUnit::Nanoseconds),
        ] {
            assert_eq!(EpochUnit::by_magnitude(count), unit);
            assert_eq!(unit.to_ms(count), 1_700_000_000_000);
        }
        assert_eq!(EpochUnit::Seconds.to_ms(1_715_686_833.987), 1_715_686_833_987);
    }

    proptest! {
        #[test]
        fn written_times_read_back(ms in -60_000_000_000_000i64..250_000_000_000_000) {
            let mut text = String::new();
            rfc3339(ms, &mut text);
            let stamp = parse(&text, TimeStyle::Calendar(DateOrder::YearFirst));
            prop_assert_eq!(stamp, Some(Stamp { ms, zoned: true, has_clock: true }));
        }

        #[test]
        fn nothing_panics(cell in "\\PC{0,40}") {
            for order in [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst, DateOrder::MonthName] {
                let _ = parse(&cell, TimeStyle::Calendar(order));
            }
        }
    }
}
