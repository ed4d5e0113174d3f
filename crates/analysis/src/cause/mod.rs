//! What broke first: the stretch of a disturbance, how far each series has moved in it, and a ranking.
//!
//! See `docs/methods/root_cause.md`.

mod displacement;
mod disturbance;
mod normal;
mod ranking;

pub use displacement::{Displacement, displacement, displacement_in_part, silence};
pub use disturbance::{Alarm, Disturbance, disturbances};
pub use normal::Normal;
pub use ranking::{Candidate, Evidence, Graph, Kind, VISIBLE, VISIBLE_ANYWHERE, rank};
