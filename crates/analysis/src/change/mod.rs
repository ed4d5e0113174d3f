//! Changes that last: of level, of variance, and slow drifts.

pub mod level_shift;
mod noise;
pub mod segmentation;
pub mod trend;
pub mod variance;
