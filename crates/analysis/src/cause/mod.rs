//! What broke first: the common onset of a disturbance, how far each series has moved since, and a ranking.
//!
//! See `docs/methods/root_cause.md`.

mod displacement;
mod onset;
mod ranking;

pub use displacement::{Displacement, displacement};
pub use onset::{Onset, common_onset};
pub use ranking::{Candidate, Evidence, rank};
