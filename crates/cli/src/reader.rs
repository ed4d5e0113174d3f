//! The files that a command works on, and how to read them.

use crate::failure::Failure;
use crate::{duration, zone};
use clap::Args;
use ingest::{Choice, Format, Options};
use series::Dataset;
use std::io::Read;

/// How to read what a file leaves open.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ReaderOptions {
    /// The format; found by content if not given (csv-wide, csv-long, grafana-csv, prometheus-json, openmetrics, …)
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub(crate) format: Option<String>,
    /// The column that holds the time
    #[arg(long, value_name = "NAME", help_heading = "Reading")]
    pub(crate) time_column: Option<String>,
    /// The file has no time column: its rows are this far apart (15s, 5m, 1h)
    #[arg(long, value_name = "DURATION", value_parser = duration::parse_ms, help_heading = "Reading")]
    pub(crate) step: Option<i64>,
    /// The zone of times that carry none (Europe/Berlin, +02:00); UTC if not given
    #[arg(long, value_name = "NAME", allow_hyphen_values = true, help_heading = "Reading")]
    pub(crate) time_zone: Option<String>,
    /// Read only these columns or series
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = "Reading")]
    pub(crate) columns: Option<Vec<String>>,
    /// How to read what the file leaves open, and what reading assumes; notes on the data name the settings that undo them
    /// (counters=none, unit.latency=ms, role.code=label, dates=day-first, delimiter=;, decimal=,). May be given several times
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Reading")]
    pub(crate) set: Vec<String>,
    /// Leave these columns or series out
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = "Reading")]
    pub(crate) ignore: Vec<String>,
}

/// Files, and how to read them.
#[derive(Args, Clone, Debug)]
pub(crate) struct Files {
    /// Files to read; `-` is standard input; several are merged on one clock
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<String>,
    #[command(flatten)]
    pub(crate) reading: ReaderOptions,
}

impl Files {
    /// Reads all files into one data set.
    pub(crate) fn read(&self) -> Result<Dataset, Failure> {
        self.reading.read(&self.files)
    }

    /// Reads all files into one data set with the series that they hold, and none worked out from them unless a setting
    /// asks for it.
    pub(crate) fn read_as_they_are(&self) -> Result<Dataset, Failure> {
        let mut reading = self.reading.clone();
        reading.set.splice(0..0, ["histograms=buckets", "shares=none"].map(str::to_owned));
        reading.read(&self.files)
    }
}

impl ReaderOptions {
    /// Reads files into one data set. A column that is asked for must be in one of them.
    pub(crate) fn read(&self, files: &[String]) -> Result<Dataset, Failure> {
        let options = self.options()?;
        let parts: Vec<Dataset> = files.iter().map(|file| read_one(file, &options)).collect::<Result<_, _>>()?;
        Ok(Dataset::merge(parts))
    }

    fn options(&self) -> Result<Options, Failure> {
        let format = match &self.format {
            None => None,
            Some(name) => Some(Format::from_name(name).ok_or_else(|| {
                let known: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
                Failure::input(format_args!("There is no format `{name}`; there are {}.", known.join(", ")))
            })?),
        };
        let mut options = Options {
            format,
            time_column: self.time_column.clone(),
            step_ms: self.step,
            time_zone: self.time_zone.as_deref().map(zone::named).transpose()?.unwrap_or_default(),
            columns: self.columns.clone(),
            ignore: self.ignore.clone(),
            ..Options::default()
        };
        for setting in &self.set {
            options.set(setting, |name| zone::named(name).ok()).map_err(Failure::input)?;
        }
        Ok(options)
    }
}

fn read_one(file: &str, options: &Options) -> Result<Dataset, Failure> {
    let read = |name: &str, source: &mut dyn Read, length| ingest::read_from(name, source, length, options);
    let outcome = if file == "-" {
        read("standard input", &mut std::io::stdin().lock(), None)
    } else {
        let name = std::path::Path::new(file).file_name().and_then(|name| name.to_str()).unwrap_or(file);
        let mut opened = std::fs::File::open(file)
            .map_err(|error| Failure::of(file, format_args!("cannot be read: {error}. Check the path.")))?;
        // Of a pipe, the length is said to be zero.
        let length = opened.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
        read(name, &mut opened, length)
    };
    outcome.map_err(|error| Failure::of(file, format_args!("{error}{}", named(error.choices()))))
}

/// The options behind the choices that an error leaves, as a sentence; nothing without choices.
fn named(choices: &[Choice]) -> String {
    let options: Vec<&str> = choices
        .iter()
        .map(|choice| match choice {
            Choice::Format => "--format NAME",
            Choice::TimeColumn => "--time-column NAME",
            Choice::Step => "--step DURATION",
        })
        .collect();
    match options.as_slice() {
        [] => String::new(),
        [only] => format!(" The option is {only}."),
        several => format!(" The options are {}.", several.join(" and ")),
    }
}
