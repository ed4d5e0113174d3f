//! The radar and the timeline as a display list, and an SVG painter; and the radar for the ear.
//!
//! A scene is built from a [`report::Report`] and a view (size, moment, selection) and from nothing else: no clock, no
//! canvas, no document. The same arguments give the same scene. Sizes are CSS pixels. Colours are meanings
//! ([`Paint`]) until a painter resolves them with a [`Theme`].
//!
//! Numbers that are not finite never reach a shape: such a consonance counts as undefined, such a score as none, such a
//! size as nothing.

mod axis;
mod contour;
mod display;
#[doc(hidden)]
pub mod example;
mod hit;
mod legend;
mod paint;
mod polar;
pub mod radar;
pub mod sound;
mod spark;
mod spectrum;
pub mod svg;
mod table;
pub mod text;
mod thin;
mod timeline;

pub use display::{Anchor, Baseline, Command, Path, Scene, Shape, Stroke, Text, Weight};
pub use hit::{Hit, Region, Target};
pub use legend::legend;
pub use paint::{Paint, Rgb, Rgba, Theme, Tint};
pub use polar::{Polar, Slice};
pub use radar::View;
pub use spark::spark;
pub use spectrum::spectrum;
pub use table::{Row, service_table, table};
pub use timeline::{TimelineView, timeline};
