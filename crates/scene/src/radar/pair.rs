//! The pair view: two series around one clock.

use super::sectors;
use super::turn::{HOLE, Lane, Turn, draw_middle, place};
use super::view::View;
use crate::display::{Anchor, Baseline, Path, Scene, Stroke, Text, Weight};
use crate::paint::{Paint, Tint};
use crate::polar::{Polar, turned};
use crate::text;
use report::{ChartData, Relation, RelationKind, Report, Subject, format};
use std::f64::consts::{PI, TAU};

/// What stays free between the two rings, as a part of the radius.
const GAP: f64 = 0.05;

/// The pair view of a relation: the series that leads on the inner ring, the one that follows on the outer ring, both
/// folded at the period at which they are related, if it is a period of one of them. Otherwise one turn is the whole window.
///
/// Both rings have one clock, so that what goes together stands at one angle. Crests are marked; the arc between the rings
/// leads from a crest of the inner series to the next one of the outer, where one follows the other. Of a beat, time is folded at the inner series'
/// period, and the outer one wanders. Charts of other series, or without values, give empty rings.
pub fn pair(report: &Report, relation: usize, charts: [&ChartData; 2], view: &View) -> Scene {
    let mut scene = Scene::new(view.width_px, view.height_px);
    let (Some(relation), Some((polar, outer_px))) = (report.relations.get(relation), place(&scene, view)) else {
        return scene;
    };
    let hole_px = outer_px * HOLE;
    let width_px = (outer_px - hole_px - outer_px * GAP) / 2.0;
    let lanes =
        [Lane { inner_px: hole_px, outer_px: hole_px + width_px }, Lane { inner_px: outer_px - width_px, outer_px }];
    let period_s = relation.periods_s.map(|(first, _)| first).or_else(|| common_period_s(report, relation));
    let empty = [relation.from, relation.to].map(|series| ChartData { series, ..ChartData::default() });
    let shown = |place: usize| if charts[place].series == empty[place].series { charts[place] } else { &empty[place] };
    let turns = [0, 1].map(|place| Turn::new(report, shown(place), view, polar, lanes[place], period_s).moving());
    for turn in &turns {
        turn.draw_bed(&mut scene);
        if let Some(values) = &turn.values {
            turn.draw_band(&mut scene, values);
            turn.draw_traces(&mut scene, values);
        }
    }
    draw_crests(&mut scene, polar, &turns, lanes, relation);
    if view.labels
        && let Some((turn, values)) = turns[1].values.as_ref().map(|values| (&turns[1], values))
    {
        turn.draw_times(&mut scene, values);
        draw_names(&mut scene, report, relation);
    }
    let note = match (&turns[1].values, relation.lag_s) {
        (_, Some(lag_s)) if lag_s > 0.0 => format!("after {}", format::duration_s(lag_s)),
        (Some(values), _) => format!("one turn is {}", format::duration_s(values.turn_ms / 1_000.0)),
        _ => String::new(),
    };
    let strength = format!("{:.2}", relation.strength);
    draw_middle(&mut scene, polar, hole_px, [relation.kind.name(), &strength, &note], description(report, relation));
    scene.order = scene.hits.iter().map(|hit| hit.target).collect();
    scene
}

fn description(report: &Report, relation: &Relation) -> String {
    let name = |series: usize| report.series.get(series).map_or("series", |series| series.name.as_str());
    let period = relation.period_s.map(|period_s| format!(" at {}", format::duration_s(period_s)));
    format!(
        "{} of {} and {}{}, strength {:.2}",
        relation.kind.name(),
        name(relation.from),
        name(relation.to),
        period.unwrap_or_default(),
        relation.strength
    )
}

/// The period at which both are related, where one of them has it: what is only a broad band of frequencies folds to
/// nothing.
fn common_period_s(report: &Report, relation: &Relation) -> Option<f64> {
    let period_s = relation.period_s?;
    let has_it = |series: usize| {
        let own_s = report.series.get(series).and_then(|series| series.period_s);
        own_s.is_some_and(|own_s| (own_s / period_s - 1.0).abs() < 0.1)
    };
    (has_it(relation.from) || has_it(relation.to)).then_some(period_s)
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
        (low_px + (high_px - low_px) * (0.5 - 0.5 * (PI * part).cos()), from + turn * part)
    });
    scene.path(polar.polyline(way).stroke(Stroke::round(Tint::from(tint), 2.0)));
}

/// Which ring is which, in the two corners that the circle leaves free below.
fn draw_names(scene: &mut Scene, report: &Report, relation: &Relation) {
    let name = |series: usize| {
        let service = report.series.get(series).map(|series| series.service);
        let service = service.map_or("", |service| sectors::name(report, Subject::Service(service)));
        let metric = sectors::name(report, Subject::Series(series));
        if service.is_empty() || service == metric { metric.to_owned() } else { format!("{service} {metric}") }
    };
    let (width_px, y) = (scene.width_px, scene.height_px - 8.0);
    let corners =
        [(relation.from, "inner ring", 4.0, Anchor::Start), (relation.to, "outer ring", width_px - 4.0, Anchor::End)];
    for (series, ring, x, anchor) in corners {
        let content = text::shorten_name(&name(series), width_px * 0.36, 12.0, Weight::Semibold);
        let name = Text::new(x, y, content).anchored(anchor, Baseline::Middle);
        let ring = Text::new(x, y - 16.0, ring.to_owned()).anchored(anchor, Baseline::Middle);
        scene.text(ring.font(10.5, Weight::Regular).tint(Paint::Faint));
        scene.text(name.font(12.0, Weight::Semibold).tint(Paint::Muted));
    }
}
