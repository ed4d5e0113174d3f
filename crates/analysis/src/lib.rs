//! The statistics, as pure functions of slices of `f64`.
//!
//! Every function takes equally spaced values in which NaN means "missing", and says in its documentation what it does
//! with gaps. Nothing here reads a clock, draws a random number or knows a service, a unit or a page.
//!
//! Scores: wherever a `score` is returned, 1.0 is the threshold that keeps the stated false-alarm rate, and larger is
//! stronger.

pub mod anomaly;
pub mod autocorrelation;
pub mod cause;
pub mod change;
pub mod coupling;
pub mod distribution;
pub mod expectation;
pub mod harmony;
mod lanes;
mod moments;
pub mod multiplicity;
pub mod rhythm;
pub mod robust;
pub mod spectrum;
