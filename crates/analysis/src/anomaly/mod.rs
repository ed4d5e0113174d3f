//! Single values, and silences, that do not fit a series' own habit.

mod habit;
mod rolling;
pub mod silence;
pub mod spike;
