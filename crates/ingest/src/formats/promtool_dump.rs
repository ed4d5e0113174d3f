//! `promtool tsdb dump`: `{__name__="up", job="node"} 1 60000`, times always in milliseconds (cmd/promtool/tsdb.go).

use super::openmetrics::Lines;
use super::sample_line::SampleLine;
use crate::cell::timestamp::EpochUnit;
use crate::error::Error;
use crate::input::Input;
use crate::sniff::Reader;
use crate::{Format, Options};
use series::Dataset;

pub(crate) const READER: Reader = Reader { format: Format::PromtoolDump, probe, read };

fn probe(input: &Input<'_>) -> bool {
    let line = input.text.lines().find(|line| !line.trim().is_empty()).unwrap_or("").trim();
    line.starts_with("{__name__=")
        && SampleLine::parse(line).is_some_and(|sample| sample.time.is_some_and(|time| !time.contains('.')))
}

fn read(input: &Input<'_>, options: &Options) -> Result<Dataset, Error> {
    let mut lines = Lines::with_times_in(EpochUnit::Milliseconds);
    lines.read(input.text, options)?;
    lines.finish(input, options, Format::PromtoolDump)
}
