//! Single values, and silences, that do not fit a series' own habit.

pub mod alarm;
pub(crate) mod floor;
mod habit;
pub mod online;
pub mod peers;
pub(crate) mod rolling;
pub mod silence;
pub mod spike;
pub mod subsequence;
mod tails;
