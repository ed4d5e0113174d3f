//! One ribbon: consonance as colour, trouble as the shape of the radar.

use super::TimelineView;
use crate::display::{Path, Scene, Stroke};
use crate::paint::Paint;
use report::{Class, Frame, Track};

/// Colours are told apart to this fine a step; equal neighbours become one piece.
const STEPS: f64 = 48.0;

pub(super) fn draw(scene: &mut Scene, frames: &[Frame], track: &Track, view: &TimelineView, (top, height): (f64, f64)) {
    let (left, right) = view.plot_px();
    let x_of = |frame: usize| {
        // A frame reaches to the start of the next one, so that no seam shows.
        let at_ms = frames.get(frame).map(|frame| frame.start_ms).or_else(|| frames.last().map(|last| last.end_ms));
        // Whole pixels, so that neighbours leave no seam.
        view.x_at(at_ms.unwrap_or(view.to_ms) as f64).clamp(left, right).round()
    };
    let value = |frame: usize| {
        let defined = track.consonance_at(frame).filter(|value| value.is_finite());
        defined.map(|value| (value.clamp(0.0, 1.0) * STEPS).round() as i32)
    };
    let mut from = 0;
    for frame in 1..=frames.len() {
        if frame < frames.len() && value(frame) == value(from) {
            continue;
        }
        let (x, end) = (x_of(from), x_of(frame));
        if let Some(step) = value(from).filter(|_| end > x) {
            let tint = Paint::Consonance(Some(f64::from(step) / STEPS)).alpha(0.86);
            scene.path(Path::rect(x, top, end - x, height).fill(tint));
        }
        from = frame;
    }
    for span in &track.spans {
        let (x, end) = (x_of(span.from), x_of(span.to));
        let middle = top + height / 2.0;
        let mark = match span.class {
            Class::Jagged => zigzag(x, end, middle, height * 0.26),
            Class::Fragmented => dashes(x, end, middle, height * 0.2),
            _ => continue,
        };
        scene.path(mark.stroke(Stroke::round(Paint::Surface.alpha(0.85), 1.3)));
    }
}

fn zigzag(from: f64, to: f64, middle: f64, reach: f64) -> Path {
    let count = (((to - from) / 4.0) as usize).min(400);
    Path::polyline((0..count).map(|index| {
        let side = if index % 2 == 0 { reach } else { -reach };
        (from + 3.0 + 4.0 * index as f64, middle + side)
    }))
}

fn dashes(from: f64, to: f64, middle: f64, reach: f64) -> Path {
    let count = (((to - from) / 8.0) as usize).min(200);
    (0..count).fold(Path::new(), |path, index| {
        let (x, side) = (from + 2.0 + 8.0 * index as f64, if index % 2 == 0 { reach } else { -reach });
        path.move_to(x, middle + side).line_to(x + 4.0, middle - side * 0.2)
    })
}
