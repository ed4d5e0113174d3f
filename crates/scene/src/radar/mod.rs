//! The harmonic radar.
//!
//! Rings are scales of time, from fast in the middle to slow outside; sectors are services, or a service's series.
//! Shape carries the class and colour carries consonance, so that either alone is enough.

mod accents;
mod calls;
mod cells;
mod centre;
mod chords;
mod circle;
mod closeup;
mod folded;
mod labels;
mod pair;
mod rings;
mod sectors;
mod turn;
mod view;

pub(crate) use cells::{Cells, is_trouble, trouble};
pub use circle::{service, system};
pub use closeup::{Closeup, Player, pair, series};
pub use folded::cycles_per_turn;
pub(crate) use sectors::name as subject_name;
pub use view::View;
