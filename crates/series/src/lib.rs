//! Series, time axes, labels, units and data sets: the values that every other layer speaks.
//!
//! A [`Dataset`] holds what was read, sample by sample, with nothing invented. A [`Panel`] is the same data on one
//! regular [`TimeGrid`], with every gap explicit as NaN; all statistics run on a panel.
//!
//! Missing values are NaN everywhere. Infinite values are kept as read; aligning to a panel turns them into NaN,
//! because no statistic is defined on them, and says so in a note.

mod axis;
mod columns;
mod counter;
mod dataset;
mod grid;
pub mod histogram;
mod identity;
mod labels;
mod note;
mod panel;
pub mod share;
mod unit;
mod windows;

pub use axis::TimeAxis;
pub use counter::{Declared, Growth};
pub use dataset::{Dataset, Event, Kind, Origin, Series, in_source, short_source};
pub use grid::{Break, TimeGrid};
pub use identity::{Identity, ORIGINAL_NAME, sanitised_label, sanitised_metric};
pub use labels::{CALL_LABELS, Labels, SERVICE_LABELS, SOURCE_LABEL};
pub use note::{Note, NoteKind};
pub use panel::{Panel, PanelError};
pub use unit::{BaseUnit, Unit};
