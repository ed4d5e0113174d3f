//! Where the rings are, and what they are called.

use crate::polar::Slice;
use report::{Report, Scale, format};
use std::f64::consts::TAU;

/// Radii of the hole in the middle and of the three rings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rings {
    pub(crate) outer_px: f64,
    pub(crate) hole_px: f64,
    pub(crate) rings: [Slice; 3],
}

/// Below this radius titles and chords are kept short.
pub(crate) const COMPACT_BELOW_PX: f64 = 165.0;

impl Rings {
    /// Rings within a radius; a ring that is zoomed into takes most of the room, one that says nothing takes little.
    pub(crate) fn new(outer_px: f64, zoom: Option<Scale>, is_unavailable: [bool; 3]) -> Self {
        let outer_px = outer_px.max(0.0);
        let hole_px = outer_px * if outer_px < COMPACT_BELOW_PX { 0.41 } else { 0.375 };
        let gap_px = (outer_px * 0.066).clamp(6.0, 20.0).min(outer_px * 0.1);
        let weight = |scale: Scale| match zoom {
            Some(zoomed) if zoomed == scale => 3.2,
            Some(_) => 0.65,
            None if is_unavailable[scale.index()] => 0.5,
            None => 1.0,
        };
        let total: f64 = Scale::ALL.into_iter().map(weight).sum();
        let beds_px = (outer_px - hole_px - 2.0 * gap_px).max(0.0);
        let mut inner_px = hole_px;
        let rings = Scale::ALL.map(|scale| {
            let bed_px = beds_px * weight(scale) / total;
            let slice = Slice { inner_px, outer_px: inner_px + bed_px, start: 0.0, end: TAU };
            inner_px += bed_px + gap_px;
            slice
        });
        Self { outer_px, hole_px, rings }
    }

    pub(crate) fn is_compact(&self) -> bool {
        self.outer_px < COMPACT_BELOW_PX
    }
}

/// The title of a ring: `micro  to 5 min`.
pub(crate) fn title(report: &Report, scale: Scale) -> String {
    let extent = report.scales.iter().find(|summary| summary.scale == scale).map(|summary| match summary.to_s {
        Some(to_s) => format!("to {}", format::duration_s(to_s)),
        None => format!("from {}", format::duration_s(summary.from_s)),
    });
    extent.map_or_else(|| scale.name().to_owned(), |extent| format!("{} {extent}", scale.name()))
}

/// Why a ring says nothing.
pub(crate) fn unavailable(report: &Report, scale: Scale) -> Option<&str> {
    let summary = report.scales.iter().find(|summary| summary.scale == scale)?;
    summary.unavailable.as_deref()
}
