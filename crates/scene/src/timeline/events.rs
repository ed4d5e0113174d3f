//! Events as marks, with as many titles as have room.

use super::{Rows, TimelineView};
use crate::display::{Anchor, Baseline, Path, Scene, Text, Weight};
use crate::hit::{Hit, Region, Target};
use crate::paint::Paint;
use crate::text;
use order::sort_by;
use report::{EventMark, format};

const SIZE_PX: f64 = 11.0;
const LINE_PX: f64 = 16.0;

pub(super) fn draw(scene: &mut Scene, events: &[EventMark], view: &TimelineView, rows: &Rows) {
    let (left, right) = view.plot_px();
    let (top, height) = rows.events;
    let lines = ((height / LINE_PX) as usize).max(1);
    // The x up to which each line is taken.
    let mut taken = vec![left; lines];
    let mut order: Vec<usize> = (0..events.len()).collect();
    sort_by(&mut order, |one, other| events[*one].start_ms.cmp(&events[*other].start_ms));
    for index in order {
        let event = &events[index];
        let x = view.x_at(event.start_ms as f64);
        if !(left..=right).contains(&x) {
            continue;
        }
        let title = text::shorten(&event.title, 220.0, SIZE_PX, Weight::Regular);
        let width = text::width_px(&title, SIZE_PX, Weight::Regular);
        // Before its mark where there is room, else after it, else only the mark.
        let before = (0..lines).find(|line| taken[*line] + 8.0 <= x - 7.0 - width);
        let after = (0..lines).find(|line| taken[*line] + 8.0 <= x - 5.0 && x + 8.0 + width <= right);
        let line = before.or(after).unwrap_or(lines - 1);
        let y = top + height - LINE_PX * (line as f64 + 0.5);
        let (text_left, text_right) = match (before, after) {
            (Some(_), _) => (x - 7.0 - width, x + 5.0),
            (None, Some(_)) => (x - 5.0, x + 8.0 + width),
            (None, None) => (x - 5.0, x + 5.0),
        };
        taken[line] = taken[line].max(text_right);
        let mark = Path::new().move_to(x, y - 4.5).line_to(x + 4.5, y + 3.5).line_to(x - 4.5, y + 3.5).close();
        scene.path(mark.fill(Paint::Accent));
        if before.is_some() || after.is_some() {
            let (anchor, at) = if before.is_some() { (Anchor::End, x - 7.0) } else { (Anchor::Start, x + 8.0) };
            let text = Text::new(at, y, title).anchored(anchor, Baseline::Middle).font(SIZE_PX, Weight::Regular);
            scene.text(text.tint(Paint::Accent));
        }
        let span_ms = view.to_ms.saturating_sub(view.from_ms);
        scene.hits.push(Hit {
            region: Region::Rect { x: text_left, y: y - 7.0, width: text_right - text_left, height: 14.0 },
            target: Target::Event(index),
            description: format!("{} {}", format::clock(event.start_ms, view.offset_min, span_ms), event.title),
        });
    }
}
