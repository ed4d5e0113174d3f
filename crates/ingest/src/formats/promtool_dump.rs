//! `promtool tsdb dump`: `{__name__="up", job="node"} 1 60000`, times always in milliseconds (cmd/promtool/tsdb.go).

use super::openmetrics::Lines;
use super::sample_line::SampleLine;
use crate::Format;
use crate::cell::timestamp::EpochUnit;
use crate::error::Error;
use crate::head::Head;
use crate::import::{Body, Context};
use crate::sniff::Reader;
use crate::text::Text;

pub(crate) const READER: Reader = Reader { format: Format::PromtoolDump, probe, is_table: false, read };

fn probe(head: &Head<'_>) -> bool {
    let line = head.first_line();
    line.starts_with("{__name__=")
        && SampleLine::parse(line).is_some_and(|sample| sample.time.is_some_and(|time| !time.contains('.')))
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let mut lines = Lines::with_times_in(EpochUnit::Milliseconds);
    lines.read(text, context.options)?;
    lines.finish(context.options)
}
