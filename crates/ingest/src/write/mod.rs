//! Writes data sets in formats that other tools read.
//!
//! Samples go out as they were read, in base units: no rates, no grid. Each writer's output, read again, gives the same
//! series with the same samples.

pub(crate) mod identity;
mod number;
mod openmetrics;
mod prometheus_json;
mod tidy_csv;

pub use openmetrics::openmetrics;
pub use prometheus_json::prometheus_json;
pub use tidy_csv::tidy_csv;
