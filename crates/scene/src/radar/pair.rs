//! The pair view: two series around one clock.

use super::closeup::{Closeup, Player};
use super::turn::{HOLE, Lane, Turn, draw_middle, place};
use crate::display::{Anchor, Baseline, Path, Scene, Stroke, Text, Weight};
use crate::paint::{Paint, Tint};
use crate::polar::{Polar, sine_cosine, turned};
use crate::text;
use report::{Relation, RelationKind, format};
use std::f64::consts::{PI, TAU};

/// What stays free between the two rings, as a part of the radius.
const GAP: f64 = 0.05;

/// See [`super::closeup::pair`].
pub(super) fn draw(closeup: &Closeup, players: [&Player; 2], joined: &Relation) -> Scene {
    let mut scene = Scene::new(closeup.width_px, closeup.height_px);
    let Some((polar, outer_px)) = place(&scene, closeup.labels) else { return scene };
    let hole_px = outer_px * HOLE;
    let width_px = (outer_px - hole_px - outer_px * GAP) / 2.0;
    let lanes =
        [Lane { inner_px: hole_px, outer_px: hole_px + width_px }, Lane { inner_px: outer_px - width_px, outer_px }];
    let period_s = joined.periods_s.map(|(first, _)| first).or_else(|| common_period_s(players, joined));
    let turns = [0, 1].map(|place| Turn::new(closeup, players[place], polar, lanes[place], period_s).moving());
    for turn in &turns {
        turn.draw_bed(&mut scene);
        if let Some(values) = &turn.values {
            turn.draw_band(&mut scene, values);
            turn.draw_traces(&mut scene, values);
        }
    }
    draw_crests(&mut scene, polar, &turns, lanes, joined);
    let [_, outer] = &turns;
    if closeup.labels
        && let Some(values) = &outer.values
    {
        outer.draw_times(&mut scene, values);
        draw_names(&mut scene, players);
    }
    let note = match (&outer.values, joined.lag_s) {
        (_, Some(lag_s)) if lag_s > 0.0 => format!("after {}", format::duration_s(lag_s)),
        (Some(values), _) => format!("one turn is {}", format::duration_s(values.turn_ms / 1_000.0)),
        _ => String::new(),
    };
    let strength = format::decimals(joined.strength, 2);
    let [from, to] = players.map(|player| player.words.as_str());
    let words = format!("{}, strength {strength}. {from}. {to}.", joined.kind.name());
    draw_middle(&mut scene, polar, hole_px, [joined.kind.name(), &strength, &note], words);
    scene.order = scene.hits.iter().map(|hit| hit.target).collect();
    scene
}

/// The period at which both are related, where one of them has it: what is only a broad band of frequencies folds to
/// nothing.
fn common_period_s(players: [&Player; 2], joined: &Relation) -> Option<f64> {
    let period_s = joined.period_s?;
    let has_it = |player: &&Player| player.period_s.is_some_and(|own_s| (own_s / period_s - 1.0).abs() < 0.1);
    players.iter().any(has_it).then_some(period_s)
}

/// A mark at each crest, and the way from one of the inner series to the next one of the outer.
fn draw_crests(scene: &mut Scene, polar: Polar, turns: &[Turn<'_>; 2], lanes: [Lane; 2], relation: &Relation) {
    let crests = |turn: &Turn<'_>| -> Vec<f64> {
        let folded = turn.values.as_ref().and_then(|values| Some((values, values.cycles?)));
        folded.map(|(values, cycles)| turn.vertices(values, cycles)).unwrap_or_default()
    };
    let (inner, outer) = (crests(&turns[0]), crests(&turns[1]));
    let tint = match relation.kind {
        RelationKind::Coupling => Paint::Muted,
        RelationKind::Resonance => Paint::Resonance,
        RelationKind::AntiResonance => Paint::AntiResonance,
        RelationKind::Beat => Paint::Beat,
    };
    let [inner_lane, outer_lane] = lanes;
    let (low_px, high_px) = (inner_lane.outer_px, outer_lane.inner_px);
    // Of a beat only the inner series has its crests at one place.
    let is_beat = relation.kind == RelationKind::Beat;
    for (angles, radius) in [(&inner, low_px), (&outer, high_px)].into_iter().take(if is_beat { 1 } else { 2 }) {
        let mut marks = Path::new();
        for angle in angles {
            let (x, y) = polar.point(radius, *angle);
            marks.push_circle(x, y, 3.0);
        }
        scene.path(marks.fill(Tint::from(tint)));
    }
    let (Some(from), Some(first)) = (inner.first(), outer.first()) else { return };
    // Crests at one angle, and those of an antiphase, need no way between them.
    if is_beat || !relation.lag_s.is_some_and(|lag_s| lag_s > 0.0) {
        return;
    }
    let turn = turned(first - from, TAU / outer.len() as f64);
    let way = (0..=24).map(|step| {
        let part = f64::from(step) / 24.0;
        (low_px + (high_px - low_px) * (0.5 - 0.5 * sine_cosine(PI * part).1), from + turn * part)
    });
    scene.path(polar.polyline(way).stroke(Stroke::round(Tint::from(tint), 2.0)));
}

/// Which ring is which, in the two corners that the circle leaves free below.
fn draw_names(scene: &mut Scene, [from, to]: [&Player; 2]) {
    let (width_px, y) = (scene.width_px, scene.height_px - 8.0);
    for (player, ring, x, anchor) in
        [(from, "inner ring", 4.0, Anchor::Start), (to, "outer ring", width_px - 4.0, Anchor::End)]
    {
        let Player { service, metric, .. } = player;
        let name = if service.is_empty() || service == metric { metric.clone() } else { format!("{service} {metric}") };
        let content = text::shorten_name(&name, width_px * 0.36, 12.0, Weight::Semibold);
        let name = Text::new(x, y, content).anchored(anchor, Baseline::Middle);
        let ring = Text::new(x, y - 16.0, ring.to_owned()).anchored(anchor, Baseline::Middle);
        scene.text(ring.font(10.5, Weight::Regular).tint(Paint::Faint));
        scene.text(name.font(12.0, Weight::Semibold).tint(Paint::Muted));
    }
}
