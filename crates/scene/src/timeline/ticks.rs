//! The time axis: round moments of the reader's clock.

use super::{Rows, TimelineView};
use crate::axis::moments_ms;
use crate::display::{Anchor, Path, Scene, Stroke, Text, Weight};
use crate::paint::Paint;
use crate::text;
use report::format;

pub(super) fn draw(scene: &mut Scene, view: &TimelineView, rows: &Rows) {
    let (left, right) = view.plot_px();
    let (ticks, step) = moments_ms(view.from_ms, view.to_ms, view.offset_min, (right - left) / 84.0);
    let mut free_from = 2.0;
    // The cursor's flag lies over the axis: no label under it.
    let (flag_from, flag_to) =
        super::flag(view).map_or((f64::MAX, f64::MAX), |(left, width, _)| (left - 4.0, left + width + 4.0));
    for tick in ticks {
        let x = view.x_at(tick as f64);
        let line = Path::new().move_to(x, rows.ribbons[0].0).line_to(x, rows.bottom + 3.0);
        scene.path(line.stroke(Stroke::flat(Paint::Line, 1.0)));
        let content = format::tick(tick, view.offset_min, step);
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
