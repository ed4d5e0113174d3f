//! Names around the circle: outside, horizontal, never over one another.

use crate::display::{Anchor, Baseline, Path, Scene, Stroke, Text, Weight};
use crate::hit::{Hit, Region, Target};
use crate::paint::{Paint, Tint};
use crate::polar::{Polar, sine_cosine, turned};
use crate::text;
use order::sort_by;
use std::f64::consts::TAU;

/// A name that wants a place.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    pub(crate) content: String,
    pub(crate) angle: f64,
    pub(crate) weight: Weight,
    pub(crate) tint: Tint,
    pub(crate) target: Target,
    pub(crate) description: String,
    /// Where room is short, the highest stay.
    pub(crate) rank: f64,
}

/// The room for labels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Margin {
    pub(crate) polar: Polar,
    /// The radius of the circle.
    pub(crate) outer_px: f64,
    /// The distance from the circle to the labels.
    pub(crate) gap_px: f64,
    pub(crate) width_px: f64,
    pub(crate) height_px: f64,
    pub(crate) size_px: f64,
    /// Half the width of the title above the circle, which no label may cover.
    pub(crate) title_half_px: f64,
}

/// What stays free at the edge of the picture.
pub(crate) const EDGE_PX: f64 = 5.0;

/// What stays free in the upper corners of a wide picture, where its title and its tools are.
const CORNER_PX: (f64, f64) = (180.0, 44.0);

/// No label is wider, however much room there is.
const WIDEST_PX: f64 = 240.0;

/// Draws the labels that have room.
pub(crate) fn draw(scene: &mut Scene, margin: &Margin, labels: Vec<Label>) {
    // A label right below the circle is centred where its neighbours are far.
    let (below, beside): (Vec<Label>, Vec<Label>) =
        if margin.outer_px * sine_cosine(TAU / labels.len().max(4) as f64).0 > 110.0 {
            labels.into_iter().partition(|label| {
                let (sine, cosine) = sine_cosine(label.angle);
                sine.abs() < 1e-6 && cosine < 0.0
            })
        } else {
            (Vec::new(), labels)
        };
    for label in below {
        let y = margin.polar.y + margin.outer_px + margin.gap_px + 2.0;
        put(scene, margin, label, (margin.polar.x, y), Anchor::Middle, margin.outer_px.min(WIDEST_PX));
    }
    let (right, left): (Vec<Label>, Vec<Label>) =
        beside.into_iter().partition(|label| turned(label.angle, TAU) < TAU / 2.0);
    place(scene, margin, right, 1.0);
    place(scene, margin, left, -1.0);
}

/// Places the labels of one side; `side` is 1 on the right and -1 on the left.
fn place(scene: &mut Scene, margin: &Margin, mut labels: Vec<Label>, side: f64) {
    let line_px = margin.size_px * 1.25;
    let (top, bottom) = (line_px / 2.0 + 2.0, margin.height_px - line_px / 2.0 - 2.0);
    let room = (((bottom - top) / line_px).floor().max(0.0) as usize) + 1;
    if labels.len() > room {
        sort_by(&mut labels, |one, other| other.rank.total_cmp(&one.rank));
        labels.truncate(room);
    }
    sort_by(&mut labels, |one, other| sine_cosine(one.angle).1.total_cmp(&sine_cosine(other.angle).1).reverse());
    let reach_px = margin.outer_px + margin.gap_px;
    let wanted: Vec<f64> = labels
        .iter()
        .map(|label| (margin.polar.y - reach_px * sine_cosine(label.angle).1).clamp(top, bottom))
        .collect();
    let ys = spread(&wanted, line_px, top, bottom);
    for ((label, y), wanted_y) in labels.into_iter().zip(ys).zip(wanted) {
        let across = y - margin.polar.y;
        let from_axis = (reach_px * reach_px - across * across).max(0.0).sqrt();
        // Beside the title above the circle, a label keeps its distance from the middle line.
        let is_beside_title = across < -(margin.outer_px - 2.0);
        let least = if is_beside_title { margin.title_half_px + 8.0 } else { 6.0 };
        let x = margin.polar.x + side * from_axis.max(least);
        let edge_px = if side > 0.0 { margin.width_px - EDGE_PX - x } else { x - EDGE_PX };
        let corner_px = if y < CORNER_PX.1 && margin.width_px > 3.0 * CORNER_PX.0 { CORNER_PX.0 } else { 0.0 };
        if (y - wanted_y).abs() > line_px * 0.75 {
            let (from_x, from_y) = margin.polar.point(margin.outer_px + 3.0, label.angle);
            let leader = Path::new().move_to(from_x, from_y).line_to(x - side * 3.0, y);
            scene.path(leader.stroke(Stroke::round(Paint::Faint.alpha(0.5), 0.75)));
        }
        let anchor = if side > 0.0 { Anchor::Start } else { Anchor::End };
        put(scene, margin, label, (x, y), anchor, (edge_px - corner_px).min(WIDEST_PX));
    }
}

/// Draws one label, shortened to its room, and makes it answer.
fn put(scene: &mut Scene, margin: &Margin, label: Label, (x, y): (f64, f64), anchor: Anchor, room_px: f64) {
    let content = text::shorten_name(&label.content, room_px, margin.size_px, label.weight);
    if content.is_empty() {
        return;
    }
    let text = Text::new(x, y, content).anchored(anchor, Baseline::Middle).font(margin.size_px, label.weight);
    let (left, _, width, _) = text::bounds(&text);
    let line_px = margin.size_px * 1.25;
    scene.hits.push(Hit {
        region: Region::Rect { x: left - 4.0, y: y - line_px / 2.0, width: width + 8.0, height: line_px },
        target: label.target,
        description: label.description,
    });
    scene.text(text.tint(label.tint));
}

/// Moves sorted positions apart to at least `apart`, as little as possible, within bounds that have room for them.
fn spread(wanted: &[f64], apart: f64, low: f64, high: f64) -> Vec<f64> {
    // Pools of neighbours that touch: each takes the mean of what its members want (isotonic regression).
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (index, position) in wanted.iter().enumerate() {
        pools.push((position - apart * index as f64, 1));
        while let [.., before, last] = pools.as_slice() {
            if before.0 <= last.0 {
                break;
            }
            let count = before.1 + last.1;
            let mean = (before.0 * before.1 as f64 + last.0 * last.1 as f64) / count as f64;
            pools.truncate(pools.len() - 2);
            pools.push((mean, count));
        }
    }
    let most = high - apart * wanted.len().saturating_sub(1) as f64;
    pools
        .into_iter()
        .flat_map(|(position, count)| std::iter::repeat_n(position.clamp(low, most.max(low)), count))
        .enumerate()
        .map(|(index, position)| position + apart * index as f64)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_move_apart_as_little_as_possible() {
        assert_eq!(spread(&[10.0, 50.0], 15.0, 0.0, 100.0), [10.0, 50.0]);
        assert_eq!(spread(&[50.0, 50.0, 50.0], 10.0, 0.0, 100.0), [40.0, 50.0, 60.0]);
        assert_eq!(spread(&[98.0, 99.0], 10.0, 0.0, 100.0), [90.0, 100.0]);
        assert_eq!(spread(&[100.0, 100.0, 100.0], 10.0, 0.0, 100.0), [80.0, 90.0, 100.0]);
        assert!(spread(&[], 10.0, 0.0, 100.0).is_empty());
    }
}
