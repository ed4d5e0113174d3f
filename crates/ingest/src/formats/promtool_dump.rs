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

/// Braces with labels in front, which no other Prometheus text has, and a time without a fraction. The name is a label
/// among others, and may be missing.
fn probe(head: &Head<'_>) -> bool {
    let line = head.first_line();
    let label = line.strip_prefix('{').and_then(|rest| rest.split_once('=')).map_or("", |(label, _)| label);
    let is_label = !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_label || line.contains("__name__=\""))
        && SampleLine::parse(line).is_some_and(|sample| sample.time.is_some_and(|time| !time.contains('.')))
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let mut lines = Lines::with_times_in(EpochUnit::Milliseconds);
    lines.read(text, context.options)?;
    lines.finish(context.options)
}
