//! Which reader understands a file: the registry of formats.
//!
//! To add a format: a variant of [`Format`], a file in `formats/` with a `READER`, and its line below.

use crate::Format;
use crate::error::{Error, excerpt};
use crate::foreign;
use crate::formats::{
    alertmanager_json, cloudwatch_json, coherence_csv, csv_long, csv_stacked, csv_transposed, csv_wide, datadog_json,
    dstat_csv, elastic_json, events_csv, grafana_annotations, grafana_csv, grafana_json, graphite_json, influx_csv,
    influx_lines, influxql_json, jmeter_csv, locust_csv, netdata_json, openmetrics, otlp_json, prometheus_json,
    promtool_dump, promtool_query, sadf_csv, sadf_json, sadf_ppc, sar_text, victoria_json, victoriametrics_csv,
};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::text::Text;

/// A format's reader.
pub(crate) struct Reader {
    pub(crate) format: Format,
    /// Whether a file is in this format, by its content. Asked in the order of the lists below.
    pub(crate) probe: fn(&Head<'_>) -> bool,
    /// Whether it reads a delimited table and wants to know how its beginning looks.
    pub(crate) is_table: bool,
    /// Reads it to its end.
    pub(crate) read: fn(&mut Text<'_>, Context<'_>) -> Result<Body, Error>,
}

/// Formats that are known by marks of their own.
const MARKED: [&Reader; 25] = [
    &grafana_json::READER,
    &graphite_json::READER,
    &victoria_json::READER,
    &datadog_json::READER,
    &cloudwatch_json::READER,
    &influxql_json::READER,
    &netdata_json::READER,
    &elastic_json::READER,
    &otlp_json::READER,
    &sadf_json::READER,
    &alertmanager_json::READER,
    &grafana_annotations::READER,
    &prometheus_json::READER,
    &jmeter_csv::READER,
    &locust_csv::READER,
    &victoriametrics_csv::READER,
    &promtool_query::READER,
    &influx_csv::READER,
    &influx_lines::READER,
    &sadf_csv::READER,
    &sadf_ppc::READER,
    &sar_text::READER,
    &dstat_csv::READER,
    &promtool_dump::READER,
    &openmetrics::READER,
];

/// Tables, the more particular first. They are asked last, because almost anything can be cut into cells.
const TABLES: [&Reader; 7] = [
    &csv_transposed::READER,
    &events_csv::READER,
    &coherence_csv::READER,
    &grafana_csv::READER,
    &csv_stacked::READER,
    &csv_long::READER,
    &csv_wide::READER,
];

/// The reader that the options name, or the first that knows the content.
pub(crate) fn choose(head: &Head<'_>) -> Result<&'static Reader, Error> {
    let mut all = MARKED.into_iter().chain(TABLES);
    if let Some(format) = head.options.format {
        return all.find(|reader| reader.format == format).ok_or_else(|| unknown(head));
    }
    if let Some(reader) = MARKED.into_iter().find(|reader| (reader.probe)(head)) {
        return Ok(reader);
    }
    if let Some(refusal) = foreign::recognise(head) {
        return Err(refusal);
    }
    let table = TABLES.into_iter().find(|reader| (reader.probe)(head));
    let prose = || foreign::prose(head).unwrap_or_else(|| unknown(head));
    let reader = table.ok_or_else(prose)?;
    // A table without any time may be prose with numbers in it.
    let is_even = head.table().is_some_and(|table| table.is_even());
    if is_even { Ok(reader) } else { Err(prose()) }
}

fn unknown(head: &Head<'_>) -> Error {
    Error::Unknown { beginning: excerpt(head.text.trim_start(), 60), formats: Format::ALL.map(Format::name).join(", ") }
}
