//! Which series follows which: prewhitening and lagged cross-correlation.

mod lag;
mod whiten;

pub use lag::{Lag, LagError, LagOptions, LagPlan};
pub use whiten::{WhitenOptions, Whitened, whiten};
