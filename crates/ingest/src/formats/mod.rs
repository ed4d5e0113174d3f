//! One file per format.

pub(crate) mod coherence_csv;
pub(crate) mod csv_long;
pub(crate) mod csv_stacked;
pub(crate) mod csv_transposed;
pub(crate) mod csv_wide;
pub(crate) mod dstat_csv;
pub(crate) mod events_csv;
pub(crate) mod grafana_csv;
mod influx;
pub(crate) mod influx_csv;
pub(crate) mod influx_lines;
pub(crate) mod jmeter_csv;
pub(crate) mod locust_csv;
pub(crate) mod openmetrics;
pub(crate) mod prometheus_json;
pub(crate) mod promtool_dump;
pub(crate) mod promtool_query;
mod requests;
pub(crate) mod sadf_csv;
pub(crate) mod sadf_ppc;
mod sample_line;
pub(crate) mod sar_text;
mod sysstat;
pub(crate) mod victoriametrics_csv;
