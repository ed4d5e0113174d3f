//! The legend: what shapes and colours mean.

use crate::contour::Contour;
use crate::display::{Anchor, Baseline, Path, Scene, Text, Weight};
use crate::paint::Paint;
use crate::polar::{Polar, Slice};
use crate::text;
use report::Class;

const GLYPH_PX: f64 = 36.0;
const ROW_PX: f64 = 22.0;
const SIZE_PX: f64 = 11.5;
const RAMP_PX: f64 = 88.0;
const SPACE_PX: f64 = 16.0;

/// The legend in rows as wide as wanted; its height follows.
pub fn legend(width_px: f64) -> Scene {
    let mut scene = Scene::new(width_px, ROW_PX);
    let (mut x, mut y) = (2.0, ROW_PX / 2.0);
    let classes =
        [Class::Steady, Class::Periodic, Class::Beating, Class::Jagged, Class::Fragmented, Class::Insufficient];
    let words = classes.map(|class| if class == Class::Insufficient { "no data" } else { class.name() });
    let entries = classes.into_iter().map(Some).zip(words).chain([(None, "dissonant to consonant")]);
    for (class, words) in entries {
        let glyph_px = if class.is_some() { GLYPH_PX } else { RAMP_PX };
        let entry_px = glyph_px + 6.0 + text::width_px(words, SIZE_PX, Weight::Regular);
        if x > 2.0 && x + entry_px > scene.width_px {
            (x, y) = (2.0, y + ROW_PX);
        }
        match class {
            Some(class) => glyph(&mut scene, class, x, y),
            None => ramp(&mut scene, x, y),
        }
        let text = Text::new(x + glyph_px + 6.0, y, words).anchored(Anchor::Start, Baseline::Middle);
        scene.text(text.font(SIZE_PX, Weight::Regular));
        x += entry_px + SPACE_PX;
    }
    scene.height_px = y + ROW_PX / 2.0;
    scene
}

/// A class's shape over a short, nearly straight piece of a large ring.
fn glyph(scene: &mut Scene, class: Class, x: f64, y: f64) {
    // A seed whose short piece shows well what the class is about.
    let seed = 16;
    let radius = 160.0;
    let half = GLYPH_PX / 2.0 / radius;
    let polar = Polar { x: x + GLYPH_PX / 2.0, y: y + radius };
    let slice = Slice { inner_px: radius - 8.0, outer_px: radius + 8.0, start: -half, end: half };
    let contour =
        Contour { class, score: 6.0, period: Some(1.0 / 3.0), beat_period: Some(0.5), seed, since_swell: 0.0 };
    for mut path in contour.paths(polar, &slice, Paint::Muted.into()) {
        if let Some(stroke) = &mut path.stroke {
            stroke.width_px = stroke.width_px.max(1.3);
        }
        scene.path(path);
    }
}

fn ramp(scene: &mut Scene, x: f64, y: f64) {
    let pieces = 44;
    let piece_px = RAMP_PX / f64::from(pieces);
    for piece in 0..pieces {
        let tint = Paint::Consonance(Some((f64::from(piece) + 0.5) / f64::from(pieces)));
        // Each piece reaches under the next one, so that no seam shows.
        let width = if piece + 1 < pieces { piece_px + 0.5 } else { piece_px };
        scene.path(Path::rect(x + f64::from(piece) * piece_px, y - 4.0, width, 8.0).fill(tint));
    }
}
