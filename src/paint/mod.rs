//! Painting on canvases.

mod canvas;

pub use canvas::{FONT_FAMILY, paint};
