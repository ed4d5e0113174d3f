//! The time axis: round moments of the reader's clock.

use super::{Rows, TimelineView};
use crate::display::{Anchor, Path, Scene, Stroke, Text, Weight};
use crate::paint::Paint;
use crate::text;
use report::format;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Steps that people count in.
const STEPS_MS: [i64; 29] = [
    1,
    10,
    100,
    250,
    500,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    90 * DAY,
    365 * DAY,
];

/// The moments of the ticks and their distance.
pub(super) fn ticks_ms(view: &TimelineView) -> (Vec<i64>, i64) {
    let (left, right) = view.plot_px();
    let span = view.to_ms.saturating_sub(view.from_ms).max(1);
    let most = ((right - left) / 84.0).max(1.0);
    let wanted = span as f64 / most;
    let step = STEPS_MS.into_iter().find(|step| *step as f64 >= wanted).unwrap_or_else(|| {
        let years = (wanted / (365 * DAY) as f64).ceil().min(1e6) as i64;
        years.saturating_mul(365 * DAY)
    });
    let offset_ms = i64::from(view.offset_min) * MINUTE;
    let local = view.from_ms.saturating_add(offset_ms);
    let first = local.div_euclid(step).saturating_mul(step);
    let ticks = (0..200)
        .map(|index| first.saturating_add(step.saturating_mul(index)).saturating_sub(offset_ms))
        .skip_while(|tick| *tick < view.from_ms)
        .take_while(|tick| *tick <= view.to_ms);
    (ticks.collect(), step)
}

pub(super) fn draw(scene: &mut Scene, view: &TimelineView, rows: &Rows) {
    let (ticks, step) = ticks_ms(view);
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
