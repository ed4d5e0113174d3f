//! Which series follows which: prewhitening, lagged cross-correlation, Granger's test, the delay by the phase, locked
//! phases, and which relations a third series explains.

mod conditional;
mod delay;
mod granger;
mod lag;
mod lanes;
mod locking;
pub mod parting;
mod scan;
mod whiten;

pub use conditional::{Edge, ExplainOptions, Explained, Verdict, explain};
pub use delay::{Agreement, Delay, phase_slope};
pub use granger::{Granger, GrangerOptions, GrangerPlan, GrangerTest, granger};
pub use lag::{Lag, LagError, LagOptions, LagPlan};
pub use locking::{BandPhase, PhaseLocking, phase_locking};
pub use scan::{LagScan, ScannedLag};
pub use whiten::{WhitenOptions, Whitened, whiten};
