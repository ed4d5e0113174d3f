//! The mapping of time to the plot, with long stretches without data folded to seams.

use super::{Rows, TimelineView};
use crate::display::{Path, Scene, Stroke};
use crate::hit::{Hit, Region, Target};
use crate::paint::Paint;
use report::{Frame, format};

/// The width of a seam, and the most of the plot that all seams together take.
const SEAM_PX: f64 = 14.0;
const MOST_OF_PLOT: f64 = 0.25;

/// Stretches between frames that are long against a frame and against all data.
pub(super) fn of(frames: &[Frame]) -> Vec<(i64, i64)> {
    let length = |frame: &Frame| frame.end_ms.saturating_sub(frame.start_ms).max(0);
    let mut lengths: Vec<i64> = frames.iter().map(length).collect();
    order::ascending_integers(&mut lengths);
    let usual_ms = lengths.get(lengths.len() / 2).copied().unwrap_or(0).max(1);
    let long_ms = (usual_ms.saturating_mul(frames.len() as i64) / 50).max(usual_ms.saturating_mul(3));
    // Between two frames, or inside of one that reaches over the break.
    let gaps = frames.iter().enumerate().flat_map(|(index, frame)| {
        let next_ms = frames.get(index + 1).map_or(frame.end_ms, |next| next.start_ms);
        [(frame.start_ms.saturating_add(usual_ms), frame.end_ms), (frame.end_ms, next_ms)]
    });
    gaps.filter(|(from, to)| to.saturating_sub(*from) > long_ms).collect()
}

impl TimelineView {
    /// The x of a moment; outside of the window it lies outside of the plot.
    pub fn x_at(&self, time_ms: f64) -> f64 {
        let (left, right) = self.plot_px();
        let (seam_px, per_ms) = self.measures();
        let (mut x, mut at_ms) = (left, self.from_ms as f64);
        for (from, to) in self.breaks_in_window() {
            if time_ms < from as f64 {
                break;
            }
            x += (from as f64 - at_ms) * per_ms;
            at_ms = from as f64;
            if time_ms < to as f64 {
                return x + seam_px * (time_ms - at_ms) / (to as f64 - at_ms);
            }
            x += seam_px;
            at_ms = to as f64;
        }
        if right > left { x + (time_ms - at_ms) * per_ms } else { left }
    }

    /// The moment at an x, kept within the window: the inverse of [`TimelineView::x_at`] to the millisecond.
    pub fn time_at(&self, x_px: f64) -> i64 {
        let (left, right) = self.plot_px();
        let (seam_px, per_ms) = self.measures();
        let x_px = if x_px.is_finite() { x_px.clamp(left, right) } else { left };
        let (mut x, mut at_ms) = (left, self.from_ms);
        for (from, to) in self.breaks_in_window() {
            let break_x = x + from.saturating_sub(at_ms) as f64 * per_ms;
            if x_px < break_x {
                break;
            }
            if x_px < break_x + seam_px {
                let part = (x_px - break_x) / seam_px;
                return from.saturating_add((part * to.saturating_sub(from) as f64).round() as i64);
            }
            (x, at_ms) = (break_x + seam_px, to);
        }
        let since_ms = if per_ms > 0.0 { ((x_px - x) / per_ms).round() as i64 } else { 0 };
        at_ms.saturating_add(since_ms).min(self.to_ms.max(self.from_ms))
    }

    /// The window after a zoom by a factor (below 1 is nearer) around a moment, within `limits_ms` and never shorter
    /// than `shortest_ms`. Time in breaks does not count.
    pub fn zoomed(&self, factor: f64, around_ms: i64, limits_ms: (i64, i64), shortest_ms: i64) -> (i64, i64) {
        let factor = if factor.is_finite() && factor > 0.0 { factor } else { 1.0 };
        let (low, high) = (self.with_data(limits_ms.0), self.with_data(limits_ms.1));
        let (from, to, around) = (self.with_data(self.from_ms), self.with_data(self.to_ms), self.with_data(around_ms));
        let whole = high.saturating_sub(low).max(1);
        let span_before = to.saturating_sub(from).max(1) as f64;
        let span = ((span_before * factor).round() as i64).clamp(shortest_ms.clamp(1, whole), whole);
        let part = (around.saturating_sub(from) as f64 / span_before).clamp(0.0, 1.0);
        let start = around.saturating_sub((part * span as f64).round() as i64);
        let start = start.clamp(low, high.saturating_sub(span).max(low));
        (self.on_clock(start, true), self.on_clock(start.saturating_add(span), false))
    }

    fn breaks_in_window(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.breaks_ms.iter().copied().filter(|(from, to)| *from >= self.from_ms && *to <= self.to_ms && from < to)
    }

    /// The width of a seam, and the pixels per millisecond of data.
    fn measures(&self) -> (f64, f64) {
        let (left, right) = self.plot_px();
        let (count, left_out_ms) = self
            .breaks_in_window()
            .fold((0.0, 0.0), |(count, sum), (from, to)| (count + 1.0, sum + to.saturating_sub(from) as f64));
        let width = right - left;
        let seam_px = if count > 0.0 { SEAM_PX.min(width * MOST_OF_PLOT / count) } else { 0.0 };
        let span_ms = self.to_ms.saturating_sub(self.from_ms).max(1) as f64;
        (seam_px, (width - seam_px * count) / (span_ms - left_out_ms).max(1.0))
    }

    /// A moment on a clock that stands still in breaks.
    fn with_data(&self, time_ms: i64) -> i64 {
        let left_out = self.breaks_ms.iter().map(|(from, to)| time_ms.min(*to).saturating_sub(*from).max(0));
        time_ms.saturating_sub(left_out.fold(0, i64::saturating_add))
    }

    /// The inverse of [`TimelineView::with_data`]; at a break, its end where a window starts and its start otherwise.
    fn on_clock(&self, with_data_ms: i64, is_start: bool) -> i64 {
        let mut time_ms = with_data_ms;
        for (from, to) in &self.breaks_ms {
            if time_ms > *from || (is_start && time_ms == *from) {
                time_ms = time_ms.saturating_add(to.saturating_sub(*from));
            }
        }
        time_ms
    }

    /// The parts of the window that have data.
    pub(super) fn parts_ms(&self) -> Vec<(i64, i64)> {
        let mut parts = Vec::new();
        let mut start = self.from_ms;
        for (from, to) in self.breaks_in_window() {
            parts.push((start, from));
            start = to;
        }
        parts.push((start, self.to_ms));
        parts
    }

    /// The break that begins in a stretch of time.
    pub(super) fn break_in(&self, from_ms: i64, to_ms: i64) -> Option<(i64, i64)> {
        self.breaks_ms.iter().copied().find(|(from, _)| (from_ms..to_ms).contains(from))
    }
}

/// Draws the seams.
pub(super) fn draw(scene: &mut Scene, view: &TimelineView, rows: &Rows) {
    for (from, to) in view.breaks_in_window() {
        let (x, end) = (view.x_at(from as f64), view.x_at(to as f64));
        let (y, height) = (rows.ribbons[0].0 - 4.0, rows.bottom - rows.ribbons[0].0 + 7.0);
        let edges = [x + 3.0, end - 3.0]
            .into_iter()
            .fold(Path::new(), |path, at| path.move_to(at + 2.0, y).line_to(at - 2.0, y + height));
        scene.path(edges.stroke(Stroke::flat(Paint::Faint.alpha(0.7), 1.0)));
        scene.hits.push(Hit {
            region: Region::Rect { x, y, width: end - x, height },
            target: Target::Time(to),
            description: format!("{} without data", format::duration_s(to.saturating_sub(from) as f64 / 1_000.0)),
        });
    }
}
