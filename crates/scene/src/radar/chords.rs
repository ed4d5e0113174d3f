//! Relations as chords through the middle, clear of the number that stands there.

use super::sectors::Sector;
use crate::display::{Command, Path, Scene, Stroke};
use crate::hit::{Hit, Region, Target};
use crate::paint::Paint;
use crate::polar::Polar;
use report::{Relation, RelationKind, Report, Subject, format};
use std::collections::BTreeMap;
use std::f64::consts::{PI, TAU};

/// One chord: the strongest relation between two sectors.
struct Chord<'r> {
    relation: usize,
    of: &'r Relation,
    from: usize,
    to: usize,
}

/// The room for chords: between the number and the innermost ring.
pub(crate) struct Channel {
    pub(crate) polar: Polar,
    pub(crate) clear_px: f64,
    pub(crate) hole_px: f64,
    pub(crate) most: usize,
}

/// Draws the strongest relations between sectors; those of the emphasised sector first and in full.
pub(crate) fn draw(
    scene: &mut Scene,
    report: &Report,
    sectors: &[Sector],
    emphasised: Option<Subject>,
    channel: &Channel,
) {
    let end_px = channel.hole_px - 3.0;
    if end_px <= channel.clear_px + 4.0 {
        return;
    }
    let by_series = sector_of_series(report, sectors);
    let chosen_sector =
        emphasised.and_then(|subject| sectors.iter().position(|sector| sector.subject == Some(subject)));
    let is_chosen = |chord: &Chord| chosen_sector.is_some_and(|chosen| chord.from == chosen || chord.to == chosen);
    let mut seen = BTreeMap::new();
    let mut chords: Vec<Chord> = Vec::new();
    for (index, relation) in report.relations.iter().enumerate() {
        let (Some(&from), Some(&to)) = (by_series.get(&relation.from), by_series.get(&relation.to)) else {
            continue;
        };
        if from == to || !relation.strength.is_finite() {
            continue;
        }
        // Relations come strongest first: the first one of a pair stands for it.
        seen.entry((from.min(to), from.max(to))).or_insert_with(|| {
            chords.push(Chord { relation: index, of: relation, from, to });
        });
    }
    chords.sort_by_key(|chord| !is_chosen(chord));
    chords.truncate(channel.most);
    let feet = feet(&chords, sectors);
    // The weakest first, so that the strongest lie on top.
    for (lane, (chord, (from_angle, to_angle))) in chords.iter().zip(feet).enumerate().rev() {
        let strength = chord.of.strength.clamp(0.0, 1.0);
        let turn = shortest_turn(from_angle, to_angle);
        // In along the radius, round the number, out along the radius. The wider the turn, the deeper the chord; lanes keep
        // neighbours apart.
        let lane_part = ((lane * 5) % 7) as f64 / 6.0;
        let depth = (0.42 + 0.58 * (turn.abs() / PI).powf(0.7)) * (0.7 + 0.3 * lane_part);
        let lowest_px = end_px - (end_px - channel.clear_px - 3.0) * depth.min(1.0);
        let head_px = (channel.hole_px * 0.06).clamp(3.5, 6.5) + 1.5 * strength;
        let points: Vec<(f64, f64)> = (0..=20)
            .map(|step| {
                let part = f64::from(step) / 20.0;
                let dip = (PI * part).sin().powf(0.8);
                let eased = part * part * (3.0 - 2.0 * part);
                channel.polar.point(end_px - (end_px - lowest_px) * dip, from_angle + turn * eased)
            })
            .collect();
        let faded = chosen_sector.is_some() && !is_chosen(chord);
        let alpha = if faded { 0.22 } else { 0.45 + 0.5 * strength };
        let (paint, dash): (Paint, &[f64]) = match chord.of.kind {
            RelationKind::Resonance => (Paint::Resonance, &[]),
            RelationKind::AntiResonance => (Paint::AntiResonance, &[5.0, 4.0]),
            RelationKind::Beat => (Paint::Beat, &[1.5, 4.0]),
            RelationKind::Coupling => (Paint::Coupling, &[]),
        };
        let is_led = chord.of.lag_s.is_some_and(|lag_s| lag_s.is_finite() && lag_s > 0.0);
        let width_px = 1.0 + (channel.hole_px * 0.032).min(3.4) * strength * strength;
        if let Some((x, y)) = points.first() {
            scene.path(Path::circle(*x, *y, width_px * 0.5 + 1.0).fill(paint.alpha(alpha)));
        }
        let line = smooth(&points, if is_led { head_px * 0.8 } else { 0.0 });
        scene.path(
            line.stroke(
                Stroke { round_cap: dash.is_empty(), ..Stroke::round(paint.alpha(alpha), width_px) }.dashed(dash),
            ),
        );
        if is_led {
            scene.path(arrowhead(&points, head_px + width_px).fill(paint.alpha(alpha)));
        }
        scene.hits.push(Hit {
            region: Region::Near { points, within_px: width_px / 2.0 + 3.0 },
            target: Target::Relation(chord.relation),
            description: describe(report, chord.of),
        });
    }
}

/// A relation in words.
pub(crate) fn describe(report: &Report, relation: &Relation) -> String {
    let name = |index: usize| report.series.get(index).map_or("?", |series| series.name.as_str());
    let lag = match relation.lag_s {
        Some(lag_s) if lag_s > 0.0 => format!(", {} later", format::duration_s(lag_s)),
        Some(_) => ", at once".to_owned(),
        None => String::new(),
    };
    let joint = if relation.lag_s.is_some_and(|lag_s| lag_s > 0.0) { "then" } else { "and" };
    format!(
        "{}: {} {joint} {}{lag}, strength {}, q {}",
        relation.kind.name(),
        name(relation.from),
        name(relation.to),
        format::number(relation.strength),
        format::probability(relation.q)
    )
}

fn sector_of_series(report: &Report, sectors: &[Sector]) -> BTreeMap<usize, usize> {
    let mut found = BTreeMap::new();
    for (position, sector) in sectors.iter().enumerate() {
        match sector.subject {
            Some(Subject::Series(index)) => {
                found.insert(index, position);
            }
            Some(Subject::Service(index)) => {
                let series = report.services.get(index).map_or(&[][..], |service| &service.series);
                found.extend(series.iter().map(|series| (*series, position)));
            }
            _ => {}
        }
    }
    found
}

/// Where the ends of the chords stand: spread over the middle of their sectors, in the order of where they lead.
fn feet(chords: &[Chord], sectors: &[Sector]) -> Vec<(f64, f64)> {
    let middle = |sector: usize| sectors.get(sector).map_or(0.0, |sector| (sector.start + sector.end) / 2.0);
    let mut ends: BTreeMap<usize, Vec<(f64, usize, bool)>> = BTreeMap::new();
    for (index, chord) in chords.iter().enumerate() {
        let turn = shortest_turn(middle(chord.from), middle(chord.to));
        ends.entry(chord.from).or_default().push((turn, index, true));
        ends.entry(chord.to).or_default().push((-turn, index, false));
    }
    let mut feet = vec![(0.0, 0.0); chords.len()];
    for (sector, mut here) in ends {
        // Chords that turn far come first on the side away from their turn, so that they do not cross at the foot.
        here.sort_by(|one, other| {
            (other.0.signum(), one.0)
                .partial_cmp(&(one.0.signum(), other.0))
                .unwrap_or(std::cmp::Ordering::Equal)
                .then(one.1.cmp(&other.1))
                .reverse()
        });
        let width = sectors.get(sector).map_or(0.0, |sector| sector.end - sector.start).min(1.2);
        let count = here.len() as f64;
        for (position, (_, index, is_from)) in here.into_iter().enumerate() {
            let angle = middle(sector) + width * 0.6 * ((position as f64 + 0.5) / count - 0.5);
            if let Some(foot) = feet.get_mut(index) {
                if is_from { foot.0 = angle } else { foot.1 = angle }
            }
        }
    }
    feet
}

fn shortest_turn(from: f64, to: f64) -> f64 {
    let turn = (to - from).rem_euclid(TAU);
    if turn > PI { turn - TAU } else { turn }
}

/// A smooth line through points, ended early to leave room for an arrowhead.
fn smooth(points: &[(f64, f64)], end_early_px: f64) -> Path {
    let mut path = Path::new();
    let Some(&(x, y)) = points.first() else {
        return path;
    };
    path.commands.push(Command::Move { x, y });
    let mut points = points.to_vec();
    if let [.., before, last] = points.as_mut_slice() {
        let (dx, dy) = (last.0 - before.0, last.1 - before.1);
        let length = dx.hypot(dy);
        if length > 0.0 {
            let part = (end_early_px / length).min(0.9);
            *last = (last.0 - dx * part, last.1 - dy * part);
        }
    }
    for triple in points.windows(2).skip(1) {
        if let [from, to] = triple {
            path.commands.push(Command::Quadratic {
                control_x: from.0,
                control_y: from.1,
                x: (from.0 + to.0) / 2.0,
                y: (from.1 + to.1) / 2.0,
            });
        }
    }
    if let Some(&(x, y)) = points.last() {
        path.commands.push(Command::Line { x, y });
    }
    path
}

fn arrowhead(points: &[(f64, f64)], length_px: f64) -> Path {
    let [.., before, tip] = points else {
        return Path::new();
    };
    let (dx, dy) = (tip.0 - before.0, tip.1 - before.1);
    let length = dx.hypot(dy);
    if length <= 0.0 {
        return Path::new();
    }
    let (ux, uy) = (dx / length, dy / length);
    let half_px = length_px * 0.42;
    let (base_x, base_y) = (tip.0 - ux * length_px, tip.1 - uy * length_px);
    Path::new()
        .move_to(tip.0, tip.1)
        .line_to(base_x - uy * half_px, base_y + ux * half_px)
        .line_to(base_x + uy * half_px, base_y - ux * half_px)
        .close()
}
