//! Changes that last: of level, of variance, and slow drifts.

pub mod level_shift;
pub mod trend;
pub mod variance;
