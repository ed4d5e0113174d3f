//! What to read, and what the person who asks knows about it.

use crate::cell::timestamp::{DateOrder, EpochUnit};
use crate::{Format, TimeZone};
use series::Kind;
use std::fmt;

/// One file: its name and its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The file's name, shown to people; never used to guess the format.
    pub name: &'a str,
    /// The file's content as it is stored (it may be compressed).
    pub bytes: &'a [u8],
}

/// What a column of a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is not read.
    Ignore,
    /// Its numbers are a measurement.
    Value,
    /// Its words tell series apart and become a label.
    Label,
    /// Its words name the service.
    Service,
    /// Its words name the metric.
    Metric,
}

impl Role {
    /// Every role and its name in a setting.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Ignore, "ignore"),
        (Self::Value, "value"),
        (Self::Label, "label"),
        (Self::Service, "service"),
        (Self::Metric, "metric"),
    ];

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(role, _)| role)
    }
}

/// Which of several samples of one series at one time counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// The first that has a value.
    First,
    /// The last that has a value.
    #[default]
    Last,
    /// The mean of all values.
    Mean,
}

impl Keep {
    /// What is kept, in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::First => "the first value",
            Self::Last => "the last value",
            Self::Mean => "the mean",
        }
    }

    /// The setting that keeps something else.
    pub(crate) fn other(self) -> &'static str {
        match self {
            Self::Last => "duplicates=mean",
            Self::First | Self::Mean => "duplicates=last",
        }
    }

    /// The value that counts; NaN is none.
    pub(crate) fn of(self, values: impl DoubleEndedIterator<Item = f64>) -> f64 {
        let mut values = values.filter(|value| !value.is_nan());
        match self {
            Self::First => values.next().unwrap_or(f64::NAN),
            Self::Last => values.next_back().unwrap_or(f64::NAN),
            Self::Mean => {
                let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
                sum / count
            }
        }
    }
}

/// Answers to what a file may leave open, and to what reading assumes by itself. The default asks for nothing, reads
/// times without a zone as UTC, and assumes what the notes then say.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The format; found by content if none.
    pub format: Option<Format>,
    /// The name of the column that holds the time.
    pub time_column: Option<String>,
    /// The table has no time column: its rows are this far apart, in milliseconds, and the first is at 1970-01-01 UTC.
    pub step_ms: Option<i64>,
    /// The zone of times that carry none.
    pub time_zone: TimeZone,
    /// Read only these columns or series.
    pub columns: Option<Vec<String>>,
    /// Leave these columns or series out.
    pub ignore: Vec<String>,
    /// What separates the cells of a table; found by a vote if none.
    pub delimiter: Option<char>,
    /// The sign in front of a fraction, `.` or `,`; found by content if none.
    pub decimal: Option<char>,
    /// The order of day, month and year; found by content if none.
    pub date_order: Option<DateOrder>,
    /// What a number that is a time counts; found by its size if none.
    pub epoch_unit: Option<EpochUnit>,
    /// What columns are, by name, where reading would see them otherwise.
    pub roles: Vec<(String, Role)>,
    /// The unit that a column or series is written in, by name; `written` for one that shall not be converted.
    pub units: Vec<(String, String)>,
    /// Units are not converted to base units.
    pub keeps_units: bool,
    /// Gauge or counter, by the name of the column or series.
    pub kinds: Vec<(String, Kind)>,
    /// No series is taken for a counter unless `kinds` says so.
    pub has_no_counters: bool,
    /// Histograms stay as their buckets.
    pub keeps_buckets: bool,
    /// No shares of failed requests are worked out from counters by status.
    pub has_no_shares: bool,
    /// Which of several samples at one time counts.
    pub keep: Keep,
    /// Single requests (JMeter's results) are counted per interval instead of being samples of their own.
    pub summarises_requests: bool,
}

/// A setting that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The reading setting `{setting}` cannot be followed: expected {expected}.")]
pub struct SettingError {
    /// The setting as it was given.
    pub setting: String,
    /// What would be understood.
    pub expected: String,
}

/// The settings that [`Options::set`] understands, for people.
pub const SETTINGS: &str = "format=NAME, time-column=NAME, step=MILLISECONDS, time-zone=ZONE, delimiter=SIGN, \
                            decimal=SIGN, dates=ORDER, epoch=UNIT, role.COLUMN=ROLE, unit.SERIES=UNIT, units=written, \
                            kind.SERIES=KIND, counters=none, histograms=buckets, shares=none, duplicates=WHICH, \
                            requests=summary, ignore=NAME";

impl Options {
    /// Changes one option by a setting `name=value`, the form in which notes tell how to undo them
    /// ([`series::Note::undo`]) and pages and programs hand corrections on. A later setting of one name wins.
    ///
    /// `zone` finds a time zone by its name; zones with a fixed distance (`+02:00`) and `UTC` need none.
    ///
    /// # Errors
    /// An unknown name or value, with what would be understood.
    pub fn set(&mut self, setting: &str, zone: impl Fn(&str) -> Option<TimeZone>) -> Result<(), SettingError> {
        let refused =
            |expected: &dyn fmt::Display| SettingError { setting: setting.to_owned(), expected: expected.to_string() };
        // The names of series have equals signs of their own.
        let is_about_one = ["role.", "unit.", "kind."].iter().any(|start| setting.starts_with(start));
        let parts = if is_about_one { setting.rsplit_once('=') } else { setting.split_once('=') };
        let (name, value) = parts.ok_or_else(|| refused(&SETTINGS))?;
        let one_of = |value: Option<()>, names: &str| value.ok_or_else(|| refused(&names));
        if let Some((kind, subject)) = name.split_once('.').filter(|_| is_about_one) {
            let subject = subject.to_owned();
            return match kind {
                "role" => {
                    let role = Role::from_name(value);
                    let names = || Role::ALL.map(|(_, name)| name).join(", ");
                    put(&mut self.roles, subject, role.ok_or_else(|| refused(&names()))?);
                    Ok(())
                }
                "unit" => {
                    put(&mut self.units, subject, value.to_owned());
                    Ok(())
                }
                "kind" => {
                    let kind = match value {
                        "gauge" => Kind::Gauge,
                        "counter" => Kind::Counter,
                        _ => return Err(refused(&"gauge or counter")),
                    };
                    put(&mut self.kinds, subject, kind);
                    Ok(())
                }
                _ => Err(refused(&SETTINGS)),
            };
        }
        match name {
            "format" => {
                let names = || Format::ALL.map(Format::name).join(", ");
                self.format = Some(Format::from_name(value).ok_or_else(|| refused(&names()))?);
            }
            "time-column" => self.time_column = Some(value.to_owned()),
            "step" => {
                let step_ms = value.parse().ok().filter(|step_ms| *step_ms > 0);
                self.step_ms = Some(step_ms.ok_or_else(|| refused(&"milliseconds between rows, a whole number"))?);
            }
            "time-zone" => {
                let found = TimeZone::fixed(value).or_else(|| zone(value));
                self.time_zone = found.ok_or_else(|| refused(&"UTC, +02:00, or the name of a zone (Europe/Berlin)"))?;
            }
            "delimiter" => {
                let sign = if value == "tab" { Some('\t') } else { single(value).filter(char::is_ascii) };
                self.delimiter = Some(sign.ok_or_else(|| refused(&"one ASCII sign, or tab"))?);
            }
            "decimal" => {
                let sign = single(value).filter(|sign| matches!(sign, '.' | ','));
                self.decimal = Some(sign.ok_or_else(|| refused(&"a point or a comma"))?);
            }
            "dates" => self.date_order = Some(DateOrder::from_name(value).ok_or_else(|| refused(&DateOrder::NAMES))?),
            "epoch" => self.epoch_unit = Some(EpochUnit::from_name(value).ok_or_else(|| refused(&"s, ms, us or ns"))?),
            "units" => one_of(choose(&mut self.keeps_units, value, "base", "written"), "base or written")?,
            "counters" => one_of(choose(&mut self.has_no_counters, value, "found", "none"), "found or none")?,
            "histograms" => {
                one_of(choose(&mut self.keeps_buckets, value, "quantiles", "buckets"), "quantiles or buckets")?;
            }
            "shares" => one_of(choose(&mut self.has_no_shares, value, "found", "none"), "found or none")?,
            "requests" => one_of(choose(&mut self.summarises_requests, value, "raw", "summary"), "raw or summary")?,
            "duplicates" => {
                self.keep = match value {
                    "first" => Keep::First,
                    "last" => Keep::Last,
                    "mean" => Keep::Mean,
                    _ => return Err(refused(&"first, last or mean")),
                }
            }
            "ignore" => self.ignore.push(value.to_owned()),
            _ => return Err(refused(&SETTINGS)),
        }
        Ok(())
    }

    /// Whether a column or series of this name is wanted.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let names = |list: &[String]| list.iter().any(|entry| entry.trim() == name.trim());
        self.columns.as_deref().is_none_or(names) && !names(&self.ignore)
    }

    /// What the caller says that a column is.
    pub(crate) fn role(&self, column: &str) -> Option<Role> {
        find(&self.roles, column).copied()
    }

    /// The unit that the caller says a column or series is written in.
    pub(crate) fn unit(&self, name: &str) -> Option<&str> {
        find(&self.units, name).map(String::as_str)
    }

    /// What the caller says that a series is.
    pub(crate) fn kind(&self, name: &str) -> Option<Kind> {
        find(&self.kinds, name).copied()
    }
}

/// Whether following a setting takes the text again. For those where it does not, [`crate::Import::dataset`] is enough.
pub fn needs_text(setting: &str) -> bool {
    const LATER: [&str; 6] = ["time-zone=", "kind.", "counters=", "histograms=", "shares=", "duplicates="];
    !LATER.iter().any(|start| setting.starts_with(start))
}

fn put<T>(list: &mut Vec<(String, T)>, name: String, value: T) {
    list.retain(|(known, _)| *known != name);
    list.push((name, value));
}

fn find<'a, T>(list: &'a [(String, T)], name: &str) -> Option<&'a T> {
    list.iter().find(|(known, _)| known.trim() == name.trim()).map(|(_, value)| value)
}

fn choose(flag: &mut bool, value: &str, off: &str, on: &str) -> Option<()> {
    *flag = value == on;
    (value == on || value == off).then_some(())
}

fn single(text: &str) -> Option<char> {
    let mut signs = text.chars();
    signs.next().filter(|_| signs.next().is_none())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn settings_change_options() {
        let mut options = Options::default();
        for setting in [
            "format=csv-long",
            "delimiter=tab",
            "decimal=,",
            "dates=day-first",
            "epoch=ms",
            "role.code=label",
            "unit.latency (p99)=ms",
            "kind.up{job=\"a.b\"}=gauge",
            "duplicates=mean",
            "units=written",
            "units=base",
            "time-zone=-03:30",
        ] {
            options.set(setting, |_| None).unwrap();
        }
        assert_eq!(
            (options.format, options.delimiter, options.decimal),
            (Some(Format::CsvLong), Some('\t'), Some(','))
        );
        assert_eq!(
            (options.date_order, options.epoch_unit),
            (Some(DateOrder::DayFirst), Some(EpochUnit::Milliseconds))
        );
        assert_eq!((options.role("code"), options.role("latency")), (Some(Role::Label), None));
        assert_eq!(options.unit("latency (p99)"), Some("ms"));
        assert_eq!(options.kind("up{job=\"a.b\"}"), Some(Kind::Gauge), "only the first point separates");
        assert_eq!((options.keep, options.keeps_units), (Keep::Mean, false));
        assert_eq!(options.time_zone.instant_ms(0), 12_600_000);
    }

    #[test]
    fn what_cannot_be_followed_is_explained() {
        for setting in ["nonsense", "decimal=;", "role.x=king", "step=-1", "colour.x=red", "time-zone=Mars/Olympus"] {
            let error = Options::default().set(setting, |_| None).unwrap_err().to_string();
            assert!(error.contains(setting) && error.contains("expected "), "{error}");
        }
    }
}
