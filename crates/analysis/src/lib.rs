//! The statistics, as pure functions.
