//! Painting on canvases.

mod canvas;

pub use canvas::{FONT_FAMILY, paint};
pub(crate) use canvas::{pixel_ratio, prepare};
