//! What a radar is asked to show.

use crate::hit::Target;
use report::Scale;

/// Size, moment and selection. The same view of the same Report is the same scene.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Width in CSS pixels.
    pub width_px: f64,
    /// Height in CSS pixels.
    pub height_px: f64,
    /// The frame of [`report::Replay`] to show; `None` is the whole window.
    pub frame: Option<usize>,
    /// The selected sector.
    pub selected: Option<Target>,
    /// What the pointer is over.
    pub hovered: Option<Target>,
    /// What the keyboard is on.
    pub focused: Option<Target>,
    /// The ring that is zoomed into.
    pub zoom: Option<Scale>,
    /// Whether the folded sector is open.
    pub fold_open: bool,
    /// Whether labels are shown.
    pub labels: bool,
    /// Minutes that the clock of the reader's zone is ahead of UTC.
    pub offset_min: i32,
}

impl View {
    /// A view of a size, of the whole window, with labels and nothing selected.
    pub fn new(width_px: f64, height_px: f64) -> Self {
        Self {
            width_px,
            height_px,
            frame: None,
            selected: None,
            hovered: None,
            focused: None,
            zoom: None,
            fold_open: false,
            labels: true,
            offset_min: 0,
        }
    }

    /// The same view at a frame.
    pub fn at(self, frame: usize) -> Self {
        Self { frame: Some(frame), ..self }
    }
}
