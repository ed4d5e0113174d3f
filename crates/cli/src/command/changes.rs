//! `monteverdi changes`: when series changed.

use crate::failure::Failure;
use crate::instant::rfc3339;
use crate::output;
use crate::reader::Files;
use clap::Args;
use serde::Serialize;
use series::Dataset;

/// Arguments of `changes`.
#[derive(Args, Debug)]
pub(crate) struct Changes {
    #[command(flatten)]
    files: Files,
}

/// One change, as the contract has it.
#[derive(Debug, Serialize)]
struct Change<'a> {
    series: &'a str,
    /// The data row, from 0, at which the new regime begins.
    row: usize,
    time: String,
    kind: &'static str,
    score: f64,
    /// The interval of the date.
    from: String,
    to: String,
}

impl Changes {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let dataset = self.files.read()?;
        let found = engine::changes(&dataset, &engine::Options::default());
        let changes: Vec<Change<'_>> = found.iter().filter_map(|change| named(&dataset, change)).collect();
        output::json(&changes)
    }
}

/// The engine's change with the source's names, rows and times.
fn named<'a>(dataset: &'a Dataset, change: &engine::Change) -> Option<Change<'a>> {
    let series = dataset.series.get(change.series)?;
    let time = |sample: usize| {
        let times = series.axis.times_ms();
        times.get(sample).or(times.last()).map(|time_ms| rfc3339(*time_ms))
    };
    Some(Change {
        series: &series.name,
        row: series.axis.row(change.sample),
        time: time(change.sample)?,
        kind: change.kind.name(),
        score: change.score,
        from: time(change.from)?,
        to: time(change.to)?,
    })
}
