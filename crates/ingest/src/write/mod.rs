//! Writes data sets in formats that other tools read.
//!
//! Samples go out as they were read, in base units: no rates, no grid. Each writer's output, read again, gives the same
//! series with the same samples.

mod tidy_csv;

pub use tidy_csv::tidy_csv;
