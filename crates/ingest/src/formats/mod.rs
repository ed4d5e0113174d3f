//! One file per format.

pub(crate) mod csv_long;
pub(crate) mod csv_stacked;
pub(crate) mod csv_wide;
pub(crate) mod grafana_csv;
pub(crate) mod native;
pub(crate) mod openmetrics;
pub(crate) mod prometheus_json;
pub(crate) mod promtool_dump;
mod sample_line;
