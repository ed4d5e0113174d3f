//! Seen before: the signature of an incident, the nearest one that the user knows, and stretches that look like it.

use crate::replay::Ribbons;
use analysis::harmony::{
    Bounds, Class, FEATURES, NearestOptions, Scale, ShapeOptions, Signature, WindowFacts, nearest, similar_windows,
};
use report::{Direction, Finding, FindingKind, Incident, Known, NamedSignature, Report, Resemblance, Subject};
use series::TimeGrid;

/// The most series that a signature is made of, and that a shape is looked for in.
const MOST_SERIES: usize = 24;
const MOST_SHAPES: usize = 6;
/// The most incidents of which is said what they resemble.
const MOST_INCIDENTS: usize = 3;
/// The shortest window that has a signature or a shape, in slots.
const SHORTEST: usize = 64;
/// A shape is as long as its incident, up to this share of the data.
const LONGEST_SHAPE: f64 = 0.125;
/// Shapes that chance makes as much alike more often than this are not told.
const ALIKE: f64 = 0.05;
/// … nor those that have less than two thirds in common.
const FARTHEST: f64 = 0.58;
/// Series with the same spectra that a shape is compared with.
const SURROGATES: usize = 39;

/// What incidents are recalled from.
pub(crate) struct Memory<'a> {
    pub(crate) columns: &'a [&'a [f64]],
    pub(crate) ribbons: &'a [Ribbons],
    pub(crate) grid: &'a TimeGrid,
    pub(crate) bounds: Bounds,
    pub(crate) known: &'a [NamedSignature],
}

impl Memory<'_> {
    /// Gives the incidents of a report, whose states and replay are there, their signatures and what they resemble.
    pub(crate) fn recall(&self, report: &mut Report) {
        let mut incidents = std::mem::take(&mut report.incidents);
        for (place, incident) in incidents.iter_mut().enumerate() {
            let members: Vec<&Finding> =
                incident.findings.iter().filter_map(|position| report.findings.get(*position)).collect();
            if members.iter().all(|finding| finding.kind.is_standing()) {
                continue;
            }
            let signature = self.signature(report, incident, &members);
            incident.signature = signature.values.iter().map(|value| value.is_finite().then_some(*value)).collect();
            incident.known = self.nearest(&signature);
            // Rhythm has no shape.
            let has_shape = members.iter().any(|finding| !is_rhythm(finding.kind));
            if place < MOST_INCIDENTS && has_shape {
                incident.resembles = self.alike(incident, &members);
            }
        }
        report.incidents = incidents;
    }

    /// The slots of an incident with half its length before, which its own changes stand out from.
    fn window(&self, incident: &Incident) -> (usize, usize) {
        let (from, to) = (self.grid.slot(incident.start_ms), self.grid.slot(incident.end_ms) + 1);
        let length = (to - from).max(SHORTEST);
        (from.saturating_sub(length / 2), (from + length).min(self.grid.len))
    }

    fn signature(&self, report: &Report, incident: &Incident, members: &[&Finding]) -> Signature {
        let (from, to) = self.window(incident);
        let columns: Vec<&[f64]> =
            series_of(members, MOST_SERIES).filter_map(|series| self.columns.get(series)?.get(from..to)).collect();
        let mut facts = WindowFacts::of(&columns, &[], self.grid.step_s(), &self.bounds);
        for (scale, facts) in Scale::ALL.into_iter().zip(&mut facts.scales) {
            let of_scale = crate::scales::to_report(scale);
            let scores = members.iter().filter(|finding| finding.scale == of_scale).map(|finding| finding.score);
            facts.deviation_score = scores.fold(0.0, f64::max);
            let frames = report.replay.frame_at(incident.start_ms)..=report.replay.frame_at(incident.end_ms);
            let track = report.replay.track(Subject::System, of_scale);
            let classes = frames.clone().filter_map(|frame| Some(track?.at(frame).0));
            facts.class = classes.max().map_or(Class::Insufficient, from_report);
            let lowest = self.ribbons.get(scale as usize).map(|ribbon| {
                frames.filter_map(|frame| ribbon.system.get(frame).copied().flatten()).fold(f64::NAN, f64::min)
            });
            facts.consonance = lowest.unwrap_or(f64::NAN);
        }
        let spikes = members.iter().filter(|finding| finding.kind == FindingKind::Spike).count();
        facts.accent_rate = spikes as f64 / (columns.len().max(1) * (to - from).max(1)) as f64;
        let directed = |way: Direction| members.iter().filter(|finding| finding.direction == Some(way)).count() as f64;
        let (up, down) = (directed(Direction::Up), directed(Direction::Down));
        facts.up_share = up / (up + down);
        let any = |kind: FindingKind| members.iter().any(|finding| finding.kind == kind);
        let shifted = |way: Direction| {
            members.iter().any(|finding| finding.kind == FindingKind::LevelShift && finding.direction == Some(way))
        };
        facts.flags = [
            any(FindingKind::Vanished),
            any(FindingKind::Frozen),
            shifted(Direction::Up),
            shifted(Direction::Down),
            any(FindingKind::Trend) || any(FindingKind::SlopeChange),
            any(FindingKind::VarianceEscalation) || any(FindingKind::VarianceChange),
        ];
        Signature::of(&facts)
    }

    fn nearest(&self, signature: &Signature) -> Option<Known> {
        let known: Vec<Signature> = self.known.iter().map(|one| Signature { values: values(one) }).collect();
        let options = NearestOptions::default();
        let found = nearest(signature, &known, &[], &options)?;
        Some(Known {
            name: self.known.get(found.index)?.name.clone(),
            distance: found.distance / options.farthest,
            confidence: found.confidence,
        })
    }

    /// Stretches of the same series that look like the beginning of an incident.
    fn alike(&self, incident: &Incident, members: &[&Finding]) -> Vec<Resemblance> {
        let (start, end) = (self.grid.slot(incident.start_ms), self.grid.slot(incident.end_ms) + 1);
        let longest = ((self.grid.len as f64 * LONGEST_SHAPE) as usize).max(SHORTEST);
        let length = (end - start).clamp(SHORTEST / 2, longest);
        // A quarter before the onset: the shape is that of the change.
        let from = start.saturating_sub(length / 4);
        let window = from..(from + length).min(self.grid.len);
        let columns: Vec<&[f64]> =
            series_of(members, MOST_SHAPES).filter_map(|series| self.columns.get(series).copied()).collect();
        let options = ShapeOptions {
            most: 3,
            farthest: FARTHEST * std::f64::consts::SQRT_2,
            largest_p: ALIKE,
            surrogates: SURROGATES,
            ..ShapeOptions::default()
        };
        similar_windows(&columns, window, &options)
            .into_iter()
            .map(|found| Resemblance {
                start_ms: self.grid.time_ms(found.from),
                end_ms: self.grid.time_ms((found.from + length).min(self.grid.len.saturating_sub(1))),
                distance: (found.distance / std::f64::consts::SQRT_2).min(1.0),
                p: found.p,
            })
            .collect()
    }
}

fn is_rhythm(kind: FindingKind) -> bool {
    use FindingKind::{ExtraBeat, LateBeat, MetreChange, MissedBeat, PeriodChange};
    matches!(kind, MissedBeat | LateBeat | ExtraBeat | MetreChange | PeriodChange) || kind.is_standing()
}

/// The series of findings, the strongest finding's first, each once.
fn series_of<'a>(members: &'a [&Finding], most: usize) -> impl Iterator<Item = usize> + 'a {
    let mut ranked: Vec<&Finding> = members.to_vec();
    order::sort_by(&mut ranked, |a, b| b.score.total_cmp(&a.score));
    let mut series: Vec<usize> = Vec::new();
    for one in ranked.iter().flat_map(|finding| &finding.series) {
        if !series.contains(one) {
            series.push(*one);
        }
    }
    series.into_iter().take(most)
}

// The Report says how many there are without knowing the analysis.
const _: () = assert!(FEATURES == report::FEATURES);

fn from_report(class: report::Class) -> Class {
    match class {
        report::Class::Insufficient => Class::Insufficient,
        report::Class::Steady => Class::Steady,
        report::Class::Periodic => Class::Periodic,
        report::Class::Beating => Class::Beating,
        report::Class::Jagged => Class::Jagged,
        report::Class::Fragmented => Class::Fragmented,
    }
}

/// The features as the analysis takes them: unknown ones, and those of a shorter list, are NaN.
fn values(known: &NamedSignature) -> [f64; FEATURES] {
    let mut values = [f64::NAN; FEATURES];
    for (slot, value) in values.iter_mut().zip(&known.features) {
        *slot = value.unwrap_or(f64::NAN);
    }
    values
}
