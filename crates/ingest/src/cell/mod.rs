//! What one cell of a table may hold: a number, a number with a unit, a time.

pub(crate) mod calendar;
pub(crate) mod number;
pub(crate) mod timestamp;
pub(crate) mod unit;
