//! One ribbon: consonance as colour, trouble as the shape of the radar.

use super::TimelineView;
use crate::display::{Path, Scene, Stroke};
use crate::paint::Paint;
use report::{Class, Frame, Track};

/// Colours are told apart to this fine a step; equal neighbours become one piece.
const STEPS: f64 = 48.0;

pub(super) fn draw(scene: &mut Scene, frames: &[Frame], track: &Track, view: &TimelineView, (top, height): (f64, f64)) {
    let (left, right) = view.plot_px();
    let starts_ms = |frame: usize| frames.get(frame).map(|frame| frame.start_ms);
    // Whole pixels, so that neighbours leave no seam.
    let pixel = |time_ms: i64| view.x_at(time_ms as f64).clamp(left, right).round();
    let x_of = |frame: usize| pixel(starts_ms(frame).unwrap_or(view.to_ms));
    // A frame reaches to the start of the next one, or to a break.
    let break_after = |frame: usize| view.break_in(starts_ms(frame)?, starts_ms(frame + 1)?);
    let end_of = |frame: usize| match break_after(frame) {
        Some((from, _)) => pixel(from),
        None => starts_ms(frame + 1).map_or_else(|| pixel(frames.get(frame).map_or(view.to_ms, |f| f.end_ms)), pixel),
    };
    let value = |frame: usize| {
        let defined = track.consonance_at(frame).filter(|value| value.is_finite());
        defined.map(|value| (value.clamp(0.0, 1.0) * STEPS).round() as i32)
    };
    let mut from = 0;
    for frame in 1..=frames.len() {
        if frame < frames.len() && value(frame) == value(from) && break_after(frame - 1).is_none() {
            continue;
        }
        let (x, end) = (x_of(from), end_of(frame - 1));
        if let Some(step) = value(from).filter(|_| end > x) {
            let tint = Paint::Consonance(Some(f64::from(step) / STEPS)).alpha(0.86);
            scene.path(Path::rect(x, top, end - x, height).fill(tint));
        }
        from = frame;
    }
    for span in &track.spans {
        let (x, end) = (x_of(span.from), end_of(span.to.saturating_sub(1)));
        let middle = top + height / 2.0;
        let mark = match span.class {
            Class::Jagged => zigzag(x, end, middle, height * 0.26),
            Class::Fragmented => dashes(x, end, middle, height * 0.2),
            _ => continue,
        };
        // On a colour the mark is cut out; where consonance is undefined there is no colour to cut it from.
        let tint = match value(span.from) {
            Some(_) => Paint::Surface.alpha(0.85),
            None => Paint::Alarm.into(),
        };
        scene.path(mark.stroke(Stroke::round(tint, 1.3)));
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
