//! Relations as chords through the middle, clear of the number that stands there.

use super::sectors::Sector;
use crate::display::{Command, Path, Scene, Stroke};
use crate::hit::{Hit, Region, Target};
use crate::paint::Paint;
use crate::polar::{Polar, sine_cosine, turned};
use order::sort_by;
use report::{Relation, RelationKind, Report, Subject, format};
use std::f64::consts::{FRAC_PI_2, PI, TAU};

/// One chord: the strongest relation between two sectors.
#[derive(Clone)]
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
    let mut chords: Vec<Chord> = Vec::new();
    for (index, relation) in report.relations.iter().enumerate() {
        let sector = |series: usize| by_series.get(series).copied().flatten();
        let (Some(from), Some(to)) = (sector(relation.from), sector(relation.to)) else { continue };
        // What a third series explains is no way of its own, nor are two views of one distribution.
        if from == to || !relation.strength.is_finite() || relation.explained_by.is_some() || relation.same_source {
            continue;
        }
        // Relations come strongest first: the first one of a pair stands for it.
        let joins = |chord: &Chord| (chord.from, chord.to) == (from, to) || (chord.from, chord.to) == (to, from);
        if !chords.iter().any(joins) {
            chords.push(Chord { relation: index, of: relation, from, to });
        }
    }
    sort_by(&mut chords, |one, other| is_chosen(other).cmp(&is_chosen(one)));
    chords.truncate(channel.most);
    let feet = feet(&chords, sectors);
    // The weakest first, so that the strongest lie on top.
    for (lane, (chord, (from_angle, to_angle))) in chords.iter().zip(feet).enumerate().rev() {
        let strength = chord.of.strength.clamp(0.0, 1.0);
        let turn = shortest_turn(from_angle, to_angle);
        // The wider the turn, the deeper the chord; lanes keep neighbours apart.
        let lane_part = ((lane * 5) % 7) as f64 / 6.0;
        let depth = (0.5 + 0.5 * rounded(turn.abs() / PI)) * (0.75 + 0.25 * lane_part);
        let lowest_px = end_px - (end_px - channel.clear_px - 3.0) * depth.min(1.0);
        let is_led = chord.of.lag_s.is_some_and(|lag_s| lag_s.is_finite() && lag_s > 0.0);
        let width_px = 1.0 + (channel.hole_px * 0.032).min(3.4) * strength * strength;
        let dot_px = width_px * 0.5 + 1.2;
        let head_px = if is_led { (channel.hole_px * 0.06).clamp(3.5, 6.5) + width_px } else { 0.0 };
        let ends = Ends { start_px: end_px - dot_px * 2.0, finish_px: end_px - head_px, from_angle, turn };
        let points = ends.points(channel.polar, lowest_px, channel.clear_px + 3.0);
        let faded = chosen_sector.is_some() && !is_chosen(chord);
        let alpha = if faded { 0.22 } else { 0.45 + 0.5 * strength };
        let (paint, dash): (Paint, &[f64]) = match chord.of.kind {
            RelationKind::Resonance => (Paint::Resonance, &[]),
            RelationKind::AntiResonance => (Paint::AntiResonance, &[5.0, 4.0]),
            RelationKind::Beat => (Paint::Beat, &[1.5, 4.0]),
            RelationKind::Coupling => (Paint::Coupling, &[]),
        };
        let (dot_x, dot_y) = channel.polar.point(end_px - dot_px, from_angle);
        scene.path(Path::circle(dot_x, dot_y, dot_px).fill(paint.alpha(alpha)));
        scene.path(smooth(&points).stroke(Stroke::flat(paint.alpha(alpha), width_px).dashed(dash)));
        if is_led {
            scene.path(arrowhead(channel.polar, end_px, head_px, to_angle).fill(paint.alpha(alpha)));
        }
        scene.hits.push(Hit {
            region: Region::Near { points, within_px: width_px / 2.0 + 3.0 },
            target: Target::Relation(chord.relation),
            description: describe(report, chord.of),
        });
    }
}

/// Where a chord leaves one shore of the channel and reaches the other.
pub(crate) struct Ends {
    pub(crate) start_px: f64,
    pub(crate) finish_px: f64,
    pub(crate) from_angle: f64,
    pub(crate) turn: f64,
}

impl Ends {
    /// Points of a line that leaves and arrives along the radius and comes as near to the middle as `lowest_px`,
    /// and never nearer than `clear_px`.
    pub(crate) fn points(&self, polar: Polar, lowest_px: f64, clear_px: f64) -> Vec<(f64, f64)> {
        const STEPS: u32 = 20;
        let shore_px = self.start_px.min(self.finish_px);
        let parts = (0..=STEPS).map(|step| f64::from(step) / f64::from(STEPS));
        if self.turn.abs() < FRAC_PI_2 {
            // Near neighbours: one cubic curve whose middle is as deep as wanted.
            let half_cosine = sine_cosine(self.turn / 2.0).1;
            // Deeper than the straight line, or it would not look like a curve.
            let lowest_px = lowest_px.min(shore_px * half_cosine * 0.82).max(clear_px);
            let control_px = ((4.0 * lowest_px / half_cosine - shore_px) / 3.0).clamp(0.0, shore_px);
            let corners = [
                polar.point(self.start_px, self.from_angle),
                polar.point(control_px, self.from_angle),
                polar.point(control_px, self.from_angle + self.turn),
                polar.point(self.finish_px, self.from_angle + self.turn),
            ];
            return parts.map(|part| bezier(&corners, part)).collect();
        }
        // Far ones: in, round the number, and out.
        let point = |part: f64| {
            let dip = rounded(sine_cosine(PI * part).0);
            let eased = part * part * (3.0 - 2.0 * part);
            let shore_px = self.start_px + (self.finish_px - self.start_px) * part;
            polar.point(shore_px - (shore_px - lowest_px).max(0.0) * dip, self.from_angle + self.turn * eased)
        };
        parts.map(point).collect()
    }
}

/// From 0 to 1, steeper at first: between the square root and the straight line.
fn rounded(part: f64) -> f64 {
    (part.max(0.0).sqrt() + part) / 2.0
}

fn bezier(corners: &[(f64, f64); 4], part: f64) -> (f64, f64) {
    let rest = 1.0 - part;
    let weights = [rest * rest * rest, 3.0 * rest * rest * part, 3.0 * rest * part * part, part * part * part];
    let sum =
        |of: fn(&(f64, f64)) -> f64| corners.iter().zip(weights).map(|(corner, weight)| of(corner) * weight).sum();
    (sum(|corner| corner.0), sum(|corner| corner.1))
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

/// For every series, the sector that it lies in.
fn sector_of_series(report: &Report, sectors: &[Sector]) -> Vec<Option<usize>> {
    let mut found = vec![None; report.series.len()];
    let mut put = |series: usize, sector: usize| {
        if let Some(place) = found.get_mut(series) {
            *place = Some(sector);
        }
    };
    for (position, sector) in sectors.iter().enumerate() {
        match sector.subject {
            Some(Subject::Series(index)) => put(index, position),
            Some(Subject::Service(index)) => {
                let series = report.services.get(index).map_or(&[][..], |service| &service.series);
                series.iter().for_each(|series| put(*series, position));
            }
            _ => {}
        }
    }
    found
}

/// Where the ends of the chords stand: spread over the middle of their sectors, in the order of where they lead.
fn feet(chords: &[Chord], sectors: &[Sector]) -> Vec<(f64, f64)> {
    let middle = |sector: usize| sectors.get(sector).map_or(0.0, |sector| (sector.start + sector.end) / 2.0);
    let mut ends: Vec<Vec<(f64, usize, bool)>> = vec![Vec::new(); sectors.len()];
    for (index, chord) in chords.iter().enumerate() {
        let turn = shortest_turn(middle(chord.from), middle(chord.to));
        for (sector, end) in [(chord.from, (turn, index, true)), (chord.to, (-turn, index, false))] {
            if let Some(ends) = ends.get_mut(sector) {
                ends.push(end);
            }
        }
    }
    let mut feet = vec![(0.0, 0.0); chords.len()];
    for (sector, mut here) in ends.into_iter().enumerate() {
        // Chords that turn far come first on the side away from their turn, so that they do not cross at the foot.
        sort_by(&mut here, |one, other| {
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

pub(crate) fn shortest_turn(from: f64, to: f64) -> f64 {
    let turn = turned(to - from, TAU);
    if turn > PI { turn - TAU } else { turn }
}

/// A smooth line along points.
pub(crate) fn smooth(points: &[(f64, f64)]) -> Path {
    let mut path = Path::new();
    let Some(&(x, y)) = points.first() else {
        return path;
    };
    path.commands.push(Command::Move { x, y });
    for pair in points.windows(2).skip(1) {
        if let [from, to] = pair {
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

/// A head that points outwards along the radius.
pub(crate) fn arrowhead(polar: Polar, tip_px: f64, length_px: f64, angle: f64) -> Path {
    let base_px = tip_px - length_px;
    let half = crate::polar::inset(length_px * 0.46, base_px);
    // A hair of overlap, so that no seam shows between line and head.
    let points = [(tip_px, angle), (base_px - 0.3, angle + half), (base_px - 0.3, angle - half)];
    polar.polyline(points).close()
}
