//! `monteverdi convert`: the data in another format.

use crate::failure::Failure;
use crate::output;
use crate::reader::Files;
use clap::{Args, ValueEnum};
use ingest::write;

/// Arguments of `convert`.
#[derive(Args, Debug)]
pub(crate) struct Convert {
    #[command(flatten)]
    files: Files,
    /// The format to write
    #[arg(long, value_enum)]
    to: Target,
}

/// What can be written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Target {
    /// A table `time,series,value`, one sample per line, times as RFC 3339 in UTC
    Csv,
    /// OpenMetrics text, as `promtool tsdb create-blocks-from openmetrics` reads it
    Openmetrics,
    /// An answer of the Prometheus HTTP API
    PrometheusJson,
}

impl Convert {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let dataset = self.files.read_as_they_are()?;
        output::text(&match self.to {
            Target::Csv => write::tidy_csv(&dataset),
            Target::Openmetrics => write::openmetrics(&dataset),
            Target::PrometheusJson => write::prometheus_json(&dataset),
        })
    }
}
