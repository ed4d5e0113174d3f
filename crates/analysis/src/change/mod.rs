//! Changes that last: of level, of slope, of variance, of rhythm, and slow drifts.

pub mod bend;
pub mod climb;
pub mod contrast;
pub mod level_shift;
mod noise;
pub mod period_change;
pub mod pieces;
pub mod regimes;
pub mod segmentation;
pub mod spectrum_change;
#[cfg(test)]
mod test_noise;
pub mod trend;
pub mod variance;
