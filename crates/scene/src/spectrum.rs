//! The spectrum of a pair: coherence, phase and gain over the period, one above the other on one axis.

use crate::display::{Anchor, Baseline, Path, Scene, Stroke, Text, Weight};
use crate::paint::{Paint, Tint};
use crate::text;
use report::{PairSpectrum, SpectrumBand, format};
use std::f64::consts::PI;

/// Room for the values of the vertical axes, for the names of the scales above, and for the periods below.
const LEFT_PX: f64 = 38.0;
const RIGHT_PX: f64 = 10.0;
const TOP_PX: f64 = 20.0;
const BOTTOM_PX: f64 = 20.0;
/// Between two diagrams, with the title of the lower one.
const GAP_PX: f64 = 22.0;
const LABEL_PX: f64 = 10.5;
/// Periods that people count in, in seconds.
const ROUND_S: [f64; 27] = [
    0.001,
    0.01,
    0.1,
    0.5,
    1.0,
    2.0,
    5.0,
    10.0,
    30.0,
    60.0,
    120.0,
    300.0,
    600.0,
    1_800.0,
    3_600.0,
    7_200.0,
    14_400.0,
    21_600.0,
    43_200.0,
    86_400.0,
    172_800.0,
    345_600.0,
    604_800.0,
    1_209_600.0,
    2_592_000.0,
    7_776_000.0,
    31_536_000.0,
];

/// Draws it: the coherence with the line that chance stays below, the phase with its interval where the coherence is
/// above that line, and the gain with the fitted curve where a resonance or a notch was found. The scales stand above,
/// the periods that the relation has are marked through all diagrams. Without a band nothing is drawn.
pub fn spectrum(spectrum: &PairSpectrum, width_px: f64, height_px: f64) -> Scene {
    let mut scene = Scene::new(width_px, height_px);
    let periods = || spectrum.bands.iter().flat_map(|band| band.period_s.iter().copied()).filter(|s| *s > 0.0);
    let (from_s, to_s) = periods().fold((f64::INFINITY, 0.0), |(low, high), s| (low.min(s), f64::max(high, s)));
    let count = if spectrum.fit.is_some() { 3.0 } else { 2.0 };
    let room_px = height_px - TOP_PX - BOTTOM_PX - GAP_PX * count;
    if to_s <= from_s || !to_s.is_finite() || room_px < 30.0 * count || width_px < LEFT_PX + RIGHT_PX + 40.0 {
        return scene;
    }
    let axis = Axis { from: from_s.ln(), to: to_s.ln(), left_px: LEFT_PX, right_px: width_px - RIGHT_PX };
    // Coherence is what the others stand on.
    let shares: &[f64] = if spectrum.fit.is_some() { &[0.4, 0.3, 0.3] } else { &[0.56, 0.44] };
    let mut top_px = TOP_PX + GAP_PX;
    let mut panes = shares.iter().map(|share| {
        let pane = Pane { top_px, bottom_px: top_px + room_px * share };
        top_px = pane.bottom_px + GAP_PX;
        pane
    });
    let (Some(first), Some(second), third) = (panes.next(), panes.next(), panes.next()) else { return scene };
    let floor_px = third.as_ref().unwrap_or(&second).bottom_px;
    draw_scales(&mut scene, spectrum, &axis, floor_px);
    draw_periods(&mut scene, &axis, floor_px);
    for pane in [Some(&first), Some(&second), third.as_ref()].into_iter().flatten() {
        scene.path(line([(axis.left_px, pane.bottom_px), (axis.right_px, pane.bottom_px)], Paint::Line, 1.0));
    }
    for period_s in spectrum.periods_s.iter().filter(|s| **s >= from_s && **s <= to_s) {
        let x = axis.x(*period_s);
        scene.path(line([(x, first.top_px), (x, floor_px)], Paint::Accent.alpha(0.75), 1.0));
    }
    draw_coherence(&mut scene, spectrum, &axis, &first);
    draw_phase(&mut scene, spectrum, &axis, &second);
    if let Some(pane) = &third {
        draw_gain(&mut scene, spectrum, &axis, pane);
    }
    scene
}

/// Periods from left to right, each the same way from its double.
struct Axis {
    from: f64,
    to: f64,
    left_px: f64,
    right_px: f64,
}

impl Axis {
    fn x(&self, period_s: f64) -> f64 {
        let part = (period_s.ln() - self.from) / (self.to - self.from);
        self.left_px + part.clamp(0.0, 1.0) * (self.right_px - self.left_px)
    }
}

/// The room of one diagram.
struct Pane {
    top_px: f64,
    bottom_px: f64,
}

impl Pane {
    /// Where a value stands between the two at the edges.
    fn y(&self, value: f64, low: f64, high: f64) -> f64 {
        let part = if high > low { (value - low) / (high - low) } else { 0.5 };
        self.bottom_px - part.clamp(0.0, 1.0) * (self.bottom_px - self.top_px)
    }

    fn title(&self, scene: &mut Scene, title: &str, note: &str) {
        let y = self.top_px - 9.0;
        let name = Text::new(LEFT_PX, y, title).anchored(Anchor::Start, Baseline::Middle);
        scene.text(name.font(11.0, Weight::Semibold));
        let taken_px = LEFT_PX + text::width_px(title, 11.0, Weight::Semibold) + 10.0;
        let right_px = scene.width_px - RIGHT_PX;
        if text::width_px(note, LABEL_PX, Weight::Regular) < right_px - taken_px {
            let note = Text::new(right_px, y, note).anchored(Anchor::End, Baseline::Middle);
            scene.text(note.font(LABEL_PX, Weight::Regular));
        }
    }

    fn tick(&self, scene: &mut Scene, axis: &Axis, y: f64, label: &str) {
        scene.path(line([(axis.left_px, y), (axis.right_px, y)], Paint::Line, 1.0));
        let label = Text::new(axis.left_px - 5.0, y, label).anchored(Anchor::End, Baseline::Middle);
        scene.text(label.font(LABEL_PX, Weight::Regular));
    }
}

/// The names of the scales above their periods, and the borders between them.
fn draw_scales(scene: &mut Scene, spectrum: &PairSpectrum, axis: &Axis, floor_px: f64) {
    let ends = |band: &SpectrumBand| Some((*band.period_s.first()?, *band.period_s.last()?));
    for pair in spectrum.bands.windows(2) {
        let [Some((_, before_s)), Some((after_s, _))] = [pair.first().and_then(ends), pair.last().and_then(ends)]
        else {
            continue;
        };
        let x = (axis.x(before_s) + axis.x(after_s)) / 2.0;
        scene.path(
            Path::polyline([(x, 4.0), (x, floor_px)]).stroke(Stroke::flat(Paint::Faint, 1.0).dashed(&[1.0, 3.0])),
        );
    }
    for band in &spectrum.bands {
        let Some((from_s, to_s)) = ends(band) else { continue };
        let (left_px, right_px) = (axis.x(from_s), axis.x(to_s));
        let name = band.scale.name();
        // A scale of a few bins is told by its border alone.
        if text::width_px(name, LABEL_PX, Weight::Regular) < right_px - left_px + 12.0 {
            let name = Text::new((left_px + right_px) / 2.0, 9.0, name).anchored(Anchor::Middle, Baseline::Middle);
            scene.text(name.font(LABEL_PX, Weight::Regular));
        }
    }
}

/// Round periods below, as many as there is room for.
fn draw_periods(scene: &mut Scene, axis: &Axis, floor_px: f64) {
    let mut free_px = axis.left_px - 12.0;
    for period_s in ROUND_S {
        if period_s.ln() < axis.from || period_s.ln() > axis.to {
            continue;
        }
        let x = axis.x(period_s);
        scene.path(line([(x, floor_px), (x, floor_px + 3.0)], Paint::Faint, 1.0));
        let label = format::duration_s(period_s);
        let half_px = text::width_px(&label, LABEL_PX, Weight::Regular) / 2.0;
        if x - half_px > free_px && x + half_px < scene.width_px {
            let label = Text::new(x, floor_px + 12.0, label).anchored(Anchor::Middle, Baseline::Middle);
            scene.text(label.font(LABEL_PX, Weight::Regular));
            free_px = x + half_px + 10.0;
        }
    }
}

fn draw_coherence(scene: &mut Scene, spectrum: &PairSpectrum, axis: &Axis, pane: &Pane) {
    pane.title(scene, "coherence²", "above the dashed line: not by chance");
    for (value, label) in [(0.0, "0"), (0.5, "0.5"), (1.0, "1")] {
        pane.tick(scene, axis, pane.y(value, 0.0, 1.0), label);
    }
    for band in &spectrum.bands {
        let limit_px = pane.y(band.threshold, 0.0, 1.0);
        for run in runs(&band.period_s, &band.coherence) {
            let points: Vec<_> = run.iter().map(|(s, value)| (axis.x(*s), pane.y(*value, 0.0, 1.0))).collect();
            // What is above the line, filled down to it.
            let lid = points.iter().map(|(x, y)| (*x, y.min(limit_px)));
            let (left_px, right_px) = (points.first().map_or(0.0, |p| p.0), points.last().map_or(0.0, |p| p.0));
            let outline = lid.chain([(right_px, limit_px), (left_px, limit_px)]);
            scene.path(Path::polyline(outline).close().fill(Paint::Coupling.alpha(0.35)));
            scene.path(trace(points, Paint::Ink.into(), 1.4));
        }
        if let (Some(from_s), Some(to_s)) = (band.period_s.first(), band.period_s.last()) {
            let limit = Path::polyline([(axis.x(*from_s), limit_px), (axis.x(*to_s), limit_px)]);
            scene.path(limit.stroke(Stroke::flat(Paint::Alarm, 1.2).dashed(&[4.0, 3.0])));
        }
    }
}

fn draw_phase(scene: &mut Scene, spectrum: &PairSpectrum, axis: &Axis, pane: &Pane) {
    pane.title(scene, "phase", "below 0°: the second follows");
    for (value, label) in [(-PI, "−180°"), (0.0, "0°"), (PI, "180°")] {
        pane.tick(scene, axis, pane.y(value, -PI, PI), label);
    }
    let mut bars = Vec::new();
    let mut dots = Path::new();
    for band in &spectrum.bands {
        for ((period_s, phase), half) in band.period_s.iter().zip(&band.phase).zip(&band.phase_plus_minus) {
            if !phase.is_finite() || !half.is_finite() {
                continue;
            }
            let (x, y) = (axis.x(*period_s), |angle: f64| pane.y(angle, -PI, PI));
            let (low, high) = (phase - half, phase + half);
            bars.push([(x, y(low.max(-PI))), (x, y(high.min(PI)))]);
            // An interval over ±180° goes on at the other edge.
            if low < -PI {
                bars.push([(x, y(low + 2.0 * PI)), (x, y(PI))]);
            }
            if high > PI {
                bars.push([(x, y(high - 2.0 * PI)), (x, y(-PI))]);
            }
            dots.push_circle(x, y(*phase), 2.0);
        }
    }
    if bars.is_empty() {
        let (x, y) = ((axis.left_px + axis.right_px) / 2.0, (pane.top_px + pane.bottom_px) / 2.0);
        let none = Text::new(x, y, "no period by itself is coherent enough").anchored(Anchor::Middle, Baseline::Middle);
        scene.text(none.font(11.0, Weight::Regular).on_surface());
        return;
    }
    for bar in bars {
        scene.path(line(bar, Paint::Coupling.alpha(0.6), 2.0));
    }
    scene.path(dots.fill(Tint::from(Paint::Ink)));
}

fn draw_gain(scene: &mut Scene, spectrum: &PairSpectrum, axis: &Axis, pane: &Pane) {
    let Some(fit) = &spectrum.fit else { return };
    let inside = |period_s: f64| period_s.ln() >= axis.from && period_s.ln() <= axis.to;
    let measured = spectrum.bands.iter().flat_map(|band| band.gain_db.iter().copied());
    let fitted = fit.period_s.iter().zip(&fit.gain_db).filter(|(s, _)| inside(**s)).map(|(_, db)| *db);
    let finite = measured.chain(fitted).filter(|db| db.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), db| (low.min(db), high.max(db)));
    if low > high {
        return;
    }
    pane.title(scene, "gain", "the curve: the fitted resonance or notch");
    let (low, high) = ((low / 10.0).floor() * 10.0, ((high / 10.0).floor() + 1.0) * 10.0);
    for value in [low, (low + high) / 2.0, high] {
        pane.tick(scene, axis, pane.y(value, low, high), &format!("{} dB", format::number(value)));
    }
    for band in &spectrum.bands {
        for run in runs(&band.period_s, &band.gain_db) {
            let points: Vec<_> = run.iter().map(|(s, db)| (axis.x(*s), pane.y(*db, low, high))).collect();
            scene.path(trace(points, Paint::Ink.alpha(0.75), 1.2));
        }
    }
    let curve = fit.period_s.iter().zip(&fit.gain_db).filter(|(s, _)| inside(**s));
    let points: Vec<_> = curve.map(|(s, db)| (axis.x(*s), pane.y(*db, low, high))).collect();
    scene.path(trace(points, Paint::Resonance.into(), 2.0));
}

/// Stretches of values without the gaps between them.
fn runs(period_s: &[f64], values: &[f64]) -> Vec<Vec<(f64, f64)>> {
    let points: Vec<(f64, f64)> = period_s.iter().copied().zip(values.iter().copied()).collect();
    points.split(|(_, value)| !value.is_finite()).filter(|run| !run.is_empty()).map(<[_]>::to_vec).collect()
}

fn trace(points: Vec<(f64, f64)>, tint: Tint, width_px: f64) -> Path {
    Path::polyline(points).stroke(Stroke::round(tint, width_px))
}

fn line(ends: [(f64, f64); 2], tint: impl Into<Tint>, width_px: f64) -> Path {
    Path::polyline(ends).stroke(Stroke::flat(tint, width_px))
}
