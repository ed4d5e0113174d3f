//! The time axis: round moments of the reader's clock.

use super::{Rows, TimelineView};
use crate::axis::moments_ms;
use crate::display::{Anchor, Path, Scene, Stroke, Text, Weight};
use crate::paint::Paint;
use crate::text;
use report::format;

pub(super) fn draw(scene: &mut Scene, view: &TimelineView, rows: &Rows) {
    let mut free_from = 2.0;
    // The cursor's flag lies over the axis: no label under it.
    let (flag_from, flag_to) =
        super::flag(view).map_or((f64::MAX, f64::MAX), |(left, width, _)| (left - 4.0, left + width + 4.0));
    let parts = view.parts_ms();
    for (from_ms, to_ms) in &parts {
        let width = view.x_at(*to_ms as f64) - view.x_at(*from_ms as f64);
        let (ticks, step) = moments_ms(*from_ms, *to_ms, view.offset_min, width / 84.0);
        for (index, tick) in ticks.into_iter().enumerate() {
            let x = view.x_at(tick as f64);
            let line = Path::new().move_to(x, rows.ribbons[0].0).line_to(x, rows.bottom + 3.0);
            scene.path(line.stroke(Stroke::flat(Paint::Line, 1.0)));
            // Beside a break, the time of day alone would not tell which day.
            let content = if index == 0 && parts.len() > 1 {
                format::clock(tick, view.offset_min, 2 * 86_400_000)
            } else {
                format::tick(tick, view.offset_min, step)
            };
            let half = text::width_px(&content, 11.0, Weight::Regular) / 2.0;
            let is_under_flag = x + half > flag_from && x - half < flag_to;
            if is_under_flag || x - half < free_from || x + half > scene.width_px {
                continue;
            }
            free_from = x + half + 10.0;
            let text = Text::new(x, rows.axis_y, content).anchored(Anchor::Middle, crate::Baseline::Alphabetic);
            scene.text(text.font(11.0, Weight::Regular).tint(Paint::Faint));
        }
    }
}
