//! Painting on canvases.

mod backend;
mod canvas;
mod evidence;

pub use canvas::{FONT_FAMILY, paint};
pub use evidence::{Evidence, evidence};
