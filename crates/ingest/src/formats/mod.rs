//! One file per format.

pub(crate) mod alertmanager_json;
pub(crate) mod cloudwatch_json;
pub(crate) mod csv_long;
pub(crate) mod csv_stacked;
pub(crate) mod csv_wide;
pub(crate) mod datadog_json;
pub(crate) mod elastic_json;
pub(crate) mod grafana_annotations;
pub(crate) mod grafana_csv;
pub(crate) mod grafana_json;
mod grafana_unit;
pub(crate) mod graphite_json;
pub(crate) mod influxql_json;
mod naming;
pub(crate) mod native;
pub(crate) mod netdata_json;
pub(crate) mod openmetrics;
pub(crate) mod otlp_json;
pub(crate) mod prometheus_json;
pub(crate) mod promtool_dump;
mod rows;
pub(crate) mod sadf_json;
mod sample_line;
pub(crate) mod victoria_json;
