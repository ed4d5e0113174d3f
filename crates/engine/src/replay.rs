//! Classes and consonance over time.

use crate::profile::Profile;
use crate::relate::Relating;
use crate::scales::to_report;
use analysis::harmony::{
    Baseline, BaselineOptions, Bounds, Class, ClassTrack, Features, FoundBeat, HoldOptions, Judgement, RelatedPair,
    RibbonOptions, Scale, Share, attribution, dissonance_episodes, judge, split, windowed_pairs,
};
use order::SortedSet;
use report::{ClassSpan, Finding, FindingKind, Frame, Incident, Replay, Report, State, Subject, Track};
use series::TimeGrid;

/// The most frames of a replay.
const FRAMES: usize = 96;
/// The fewest slots of a frame.
const FRAME_SLOTS: usize = 4;
/// A new level is news for this share of the window; then it is the new normal.
const NEWS_SHARE: f64 = 0.125;
/// Up to so many spreads below what it usually is consonance is as usual …
const USUAL_SPREADS: f64 = 2.0;
/// … and from so many on nothing is left of it.
const LOST_SPREADS: f64 = 6.0;
/// A fall of consonance below this share of its median counts as lost.
const LOST: f64 = 0.5;

/// The slices of a grid, none longer than it must be for at most [`FRAMES`] of them.
pub(crate) fn frame_slots(grid: &TimeGrid) -> usize {
    grid.len.div_ceil(FRAMES).max(FRAME_SLOTS)
}

/// Consonance per frame, of the system and of each service, against what it usually is; and where it was lost.
pub(crate) struct Ribbons {
    pub(crate) system: Vec<Option<f64>>,
    pub(crate) services: Vec<Vec<Option<f64>>>,
    pub(crate) losses: Vec<Loss>,
}

/// A stretch in which a subject's series lost each other.
pub(crate) struct Loss {
    pub(crate) subject: Subject,
    pub(crate) scale: Scale,
    /// The slots.
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) score: f64,
    pub(crate) p: f64,
    pub(crate) z: f64,
    /// How much of consonance was lost, as a mean over the stretch.
    pub(crate) loss: f64,
    /// Which pairs took it away, the largest share first.
    pub(crate) shares: Vec<Share>,
}

/// Computes the ribbons of one scale from the pairs that are related at it. `alpha` is the chance that a healthy set of
/// services has any loss.
pub(crate) fn ribbons(
    columns: &[&[f64]],
    relating: &Relating,
    report: &Report,
    grid: &TimeGrid,
    bounds: &Bounds,
    scale: Scale,
    alpha: f64,
) -> Ribbons {
    let hop = frame_slots(grid);
    let frames = grid.len.div_ceil(hop);
    let nothing = Ribbons {
        system: vec![None; frames],
        services: vec![vec![None; frames]; report.services.len()],
        losses: Vec::new(),
    };
    let pairs = relating.related_pairs(scale, grid);
    if pairs.is_empty() {
        return nothing;
    }
    let (from_s, _) = bounds.periods_s(scale);
    let window = ((12.0 * from_s / grid.step_s()) as usize).min(grid.len / 4).max(hop).max(32).min(grid.len);
    let mut bands: Vec<Vec<f64>> = vec![Vec::new(); columns.len()];
    for pair in &pairs {
        for series in [pair.first, pair.second] {
            if let (Some(band), Some(column)) = (bands.get_mut(series), columns.get(series))
                && band.is_empty()
            {
                *band = split(column, grid.step_s(), bounds).at(scale).to_vec();
            }
        }
    }
    // Series without a pair lend their length only.
    let nowhere = vec![f64::NAN; grid.len];
    let views: Vec<&[f64]> =
        bands.iter().map(|band| if band.is_empty() { nowhere.as_slice() } else { band.as_slice() }).collect();
    let computed = windowed_pairs(&views, &pairs, &RibbonOptions { window, hop });
    if computed.is_empty() {
        return nothing;
    }
    let all: Vec<usize> = (0..pairs.len()).collect();
    let day = (86_400.0 / grid.step_s() / hop as f64).round() as usize;
    let habit = BaselineOptions {
        frames_per_day: Some(day),
        overlap: window as f64 / hop as f64,
        ..BaselineOptions::default()
    };
    let each = alpha / (report.services.len() + 1) as f64;
    let mut losses: Vec<Loss> = Vec::new();
    let mut per_frame = |subject: Subject, chosen: &[usize]| -> Vec<Option<f64>> {
        let values: Vec<f64> =
            computed.iter().map(|(_, values)| weighted(&pairs, values, chosen).unwrap_or(f64::NAN)).collect();
        let Some(baseline) = Baseline::learn(&values, &habit) else { return vec![None; frames] };
        let part = |at: &usize| pairs.get(*at).copied();
        for episode in dissonance_episodes(&values, &baseline, each) {
            // Windows are long: what their middles have lost was lost there.
            let middle = |frame: usize| (frame * hop + window / 2).min(grid.len.saturating_sub(1));
            let of_subject: Vec<RelatedPair> = chosen.iter().filter_map(part).collect();
            let of_frames: Vec<_> = computed
                .iter()
                .map(|(range, values)| {
                    (range.clone(), chosen.iter().map(|at| values.get(*at).copied().flatten()).collect::<Vec<_>>())
                })
                .collect();
            losses.push(Loss {
                subject,
                scale,
                from: middle(episode.from),
                to: middle(episode.to.saturating_sub(1)),
                score: episode.score,
                p: episode.p,
                z: episode.z,
                loss: episode.loss,
                shares: attribution(&of_subject, &of_frames, 0..of_frames.len(), episode.from..episode.to),
            });
        }
        // A window is centred on its frame; at the ends the nearest window stands in.
        (0..frames)
            .map(|frame| {
                let centre = (frame * hop + hop / 2) as f64;
                let nearest = ((centre - window as f64 / 2.0) / hop as f64).round().max(0.0) as usize;
                let nearest = nearest.min(values.len().saturating_sub(1));
                let departure = baseline.departure(nearest, *values.get(nearest)?)?;
                Some(kept(departure.z))
            })
            .collect()
    };
    let system = per_frame(Subject::System, &all);
    let services = report
        .services
        .iter()
        .enumerate()
        .map(|(number, service)| {
            let own: SortedSet<usize> = service.series.iter().copied().collect();
            let touches = |pair: &RelatedPair| own.contains(&pair.first) || own.contains(&pair.second);
            let touching: Vec<usize> = all.iter().copied().filter(|at| pairs.get(*at).is_some_and(touches)).collect();
            per_frame(Subject::Service(number), &touching)
        })
        .collect();
    Ribbons { system, services, losses }
}

fn weighted(pairs: &[RelatedPair], values: &[Option<f64>], chosen: &[usize]) -> Option<f64> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for &at in chosen {
        if let (Some(pair), Some(Some(value))) = (pairs.get(at), values.get(at)) {
            sum += pair.weight * value;
            weights += pair.weight;
        }
    }
    (weights > 0.0).then(|| sum / weights)
}

/// What is left of consonance at a z-score against its habit: all of it within two spreads below or above, nothing at six.
///
/// Squared correlations over a few independent values scatter widely by themselves; only a fall that this scatter does
/// not explain is a loss.
fn kept(z: f64) -> f64 {
    (1.0 - (-z - USUAL_SPREADS) / (LOST_SPREADS - USUAL_SPREADS)).clamp(0.0, 1.0)
}

/// Everything that the classes follow from.
pub(crate) struct Scene<'a> {
    pub(crate) report: &'a Report,
    pub(crate) columns: &'a [Vec<f64>],
    pub(crate) profiles: &'a [Profile],
    pub(crate) beats: &'a [FoundBeat],
    pub(crate) relating: &'a Relating,
    pub(crate) grid: &'a TimeGrid,
    pub(crate) bounds: Bounds,
    /// In the order of [`Scale::ALL`].
    pub(crate) ribbons: &'a [Ribbons],
}

/// What a cell (series, scale, frame) has seen.
#[derive(Clone, Copy, Default)]
struct Cell {
    score: f64,
    vanished: bool,
}

impl Scene<'_> {
    /// The replay and the states over the whole window.
    pub(crate) fn tell(&self) -> (Replay, Vec<State>) {
        let hop = frame_slots(self.grid);
        let frames: Vec<Frame> = (0..self.grid.len.div_ceil(hop))
            .map(|frame| self.frame(frame * hop, ((frame + 1) * hop).min(self.grid.len)))
            .collect();
        let cells = self.cells(frames.len());
        let present = self.presence(frames.len(), hop);
        let cascade = self.cascade(&frames);
        let mut tracks = Vec::new();
        let mut states = Vec::new();
        for subject in self.subjects() {
            let series = self.series_of(subject);
            for scale in Scale::ALL {
                let mut classes = Vec::with_capacity(frames.len());
                let mut track = ClassTrack::new(HoldOptions::default());
                let mut judged = Vec::with_capacity(frames.len());
                let periodicity = self.periodicity(&series, scale);
                for frame in 0..frames.len() {
                    let (judgement, score) =
                        self.class_in(subject, &series, scale, periodicity, frame, &cells, &present, &cascade);
                    // What is calm changes its shape only when that lasts; trouble is shown at once.
                    let is_trouble = matches!(judgement.class, Class::Jagged | Class::Fragmented);
                    let confidence = if is_trouble { 1.0 } else { judgement.confidence };
                    classes.push((track.push(Judgement { confidence, ..judgement }), score));
                    judged.push(judgement);
                }
                states.push(self.state(subject, &series, scale, &classes, &judged));
                tracks.push(Track {
                    subject,
                    scale: to_report(scale),
                    spans: run_lengths(&classes),
                    consonance: self.consonance_track(subject, scale),
                });
            }
        }
        let start_frame = match self.report.incidents.first() {
            Some(incident) => frames.partition_point(|frame| frame.start_ms <= incident.peak_ms).saturating_sub(1),
            None => frames.len().saturating_sub(1),
        };
        (Replay { frames, tracks, start_frame }, states)
    }

    /// The time of the slots `from..to`; of a frame that a break cuts in two only the longer part, so that no frame
    /// claims hours without data.
    fn frame(&self, from: usize, to: usize) -> Frame {
        let (mut first, mut last) = (from, to.saturating_sub(1).max(from));
        for cut in self.grid.breaks.iter().map(|cut| cut.slot) {
            if cut > first && cut <= last {
                if cut - first >= last + 1 - cut { last = cut - 1 } else { first = cut }
            }
        }
        Frame { start_ms: self.grid.time_ms(first), end_ms: self.grid.time_ms(last) }
    }

    fn subjects(&self) -> impl Iterator<Item = Subject> {
        std::iter::once(Subject::System)
            .chain((0..self.report.services.len()).map(Subject::Service))
            .chain((0..self.columns.len()).map(Subject::Series))
    }

    fn series_of(&self, subject: Subject) -> Vec<usize> {
        match subject {
            Subject::System => (0..self.columns.len()).collect(),
            Subject::Service(service) => {
                self.report.services.get(service).map(|one| one.series.clone()).unwrap_or_default()
            }
            Subject::Series(series) => vec![series],
        }
    }

    fn available(&self, scale: Scale) -> bool {
        self.report.scales.get(scale as usize).is_some_and(|summary| summary.unavailable.is_none())
    }

    /// The strongest active finding per series, scale and frame.
    fn cells(&self, frames: usize) -> Vec<Vec<Cell>> {
        let mut cells = vec![vec![Cell::default(); frames]; self.columns.len() * Scale::ALL.len()];
        let hop = frame_slots(self.grid);
        for finding in &self.report.findings {
            if finding.kind.is_standing() {
                continue;
            }
            let (from, to) = self.news(finding);
            for &series in &finding.series {
                let Some(row) = cells.get_mut(series * Scale::ALL.len() + finding.scale.index()) else { continue };
                for cell in row.iter_mut().take((to / hop + 1).min(frames)).skip(from / hop) {
                    cell.score = cell.score.max(finding.score);
                    cell.vanished |= finding.kind == FindingKind::Vanished;
                }
            }
        }
        cells
    }

    /// The slots in which a finding is news.
    fn news(&self, finding: &Finding) -> (usize, usize) {
        let (from, to) = (self.grid.slot(finding.start_ms), self.grid.slot(finding.end_ms));
        match finding.kind {
            FindingKind::LevelShift
            | FindingKind::PeerDeparture
            | FindingKind::CorrelationBreak
            | FindingKind::SlopeChange
            | FindingKind::VarianceChange
            | FindingKind::PeriodChange => {
                (from, to.min(from + ((self.grid.len as f64 * NEWS_SHARE) as usize).max(FRAME_SLOTS)))
            }
            _ => (from, to),
        }
    }

    /// Whether a series has values in at least half of a frame.
    fn presence(&self, frames: usize, hop: usize) -> Vec<Vec<bool>> {
        self.columns
            .iter()
            .map(|column| {
                (0..frames)
                    .map(|frame| {
                        let slots = column.get(frame * hop..((frame + 1) * hop).min(column.len())).unwrap_or(&[]);
                        2 * slots.iter().filter(|value| value.is_finite()).count() >= slots.len().max(1)
                    })
                    .collect()
            })
            .collect()
    }

    /// For each frame the services that take part in a spread over three or more.
    fn cascade(&self, frames: &[Frame]) -> Vec<Vec<bool>> {
        let mut taking_part = vec![vec![false; self.report.services.len()]; frames.len()];
        for incident in self.report.incidents.iter().filter(|incident: &&Incident| incident.spread.len() >= 3) {
            for (frame, row) in frames.iter().zip(&mut taking_part) {
                if frame.end_ms < incident.start_ms || frame.start_ms > incident.end_ms {
                    continue;
                }
                for step in incident.spread.iter().filter(|step| step.onset_ms <= frame.end_ms) {
                    if let Some(flag) = row.get_mut(step.service) {
                        *flag = true;
                    }
                }
            }
        }
        taking_part
    }

    #[allow(clippy::too_many_arguments)]
    fn class_in(
        &self,
        subject: Subject,
        series: &[usize],
        scale: Scale,
        (beat, share): (bool, f64),
        frame: usize,
        cells: &[Vec<Cell>],
        present: &[Vec<bool>],
        cascade: &[Vec<bool>],
    ) -> (Judgement, f64) {
        let mut features = Features::default();
        for &one in series {
            let cell = cells
                .get(one * Scale::ALL.len() + scale as usize)
                .and_then(|row| row.get(frame))
                .copied()
                .unwrap_or_default();
            features.usable_series +=
                usize::from(present.get(one).and_then(|row| row.get(frame)).copied().unwrap_or(false));
            features.deviation_score = features.deviation_score.max(cell.score);
            features.deviating_series += usize::from(cell.score >= 1.0);
            features.vanished_series += usize::from(cell.vanished);
        }
        // No data at all is "nothing to say", drawn differently from "broken into pieces".
        if features.usable_series == 0 || !self.available(scale) {
            return (Judgement { class: Class::Insufficient, confidence: 1.0 }, features.deviation_score);
        }
        features.beat = beat;
        features.periodic_share = share;
        features.consonance_loss =
            self.consonance(subject, scale, frame).map_or(0.0, |consonance| (1.0 - consonance) / (1.0 - LOST));
        features.in_cascade = match subject {
            Subject::System => cascade.get(frame).is_some_and(|row| row.iter().filter(|flag| **flag).count() >= 3),
            Subject::Service(service) => cascade.get(frame).and_then(|row| row.get(service)).copied().unwrap_or(false),
            Subject::Series(_) => false,
        };
        let judgement = match subject {
            // A system in which a spread is under way is fragmented, however many calm series it has.
            Subject::System if features.in_cascade && features.deviation_score >= 1.0 => {
                judge(&Features { vanished_series: 0, deviating_series: features.usable_series, ..features })
            }
            Subject::System => judge(&Features { vanished_series: 0, ..features }),
            Subject::Service(_) => judge(&features),
            Subject::Series(_) => judge(&Features { vanished_series: 0, consonance_loss: 0.0, ..features }),
        };
        (judgement, features.deviation_score)
    }

    /// Whether a series of the set beats at a scale, and the largest share of variance in its significant periods.
    fn periodicity(&self, series: &[usize], scale: Scale) -> (bool, f64) {
        let step_s = self.grid.step_s();
        let beat = self.beats.iter().any(|found| {
            (series.contains(&found.first.series) || series.contains(&found.second.series))
                && self.bounds.scale_of(found.first.period_steps * step_s) == scale
        });
        let share = series
            .iter()
            .filter_map(|one| self.profiles.get(*one))
            .map(|profile| {
                profile
                    .peaks
                    .iter()
                    .filter(|peak| self.bounds.scale_of(peak.period_steps * step_s) == scale)
                    .map(|peak| peak.power_share)
                    .sum::<f64>()
            })
            .fold(0.0, f64::max);
        (beat, share)
    }

    fn consonance(&self, subject: Subject, scale: Scale, frame: usize) -> Option<f64> {
        let ribbon = self.ribbons.get(scale as usize)?;
        match subject {
            Subject::System => ribbon.system.get(frame).copied().flatten(),
            Subject::Service(service) => ribbon.services.get(service)?.get(frame).copied().flatten(),
            Subject::Series(_) => None,
        }
    }

    fn consonance_track(&self, subject: Subject, scale: Scale) -> Vec<Option<f64>> {
        match (subject, self.ribbons.get(scale as usize)) {
            (Subject::System, Some(ribbon)) => ribbon.system.clone(),
            (Subject::Service(service), Some(ribbon)) => ribbon.services.get(service).cloned().unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    fn state(
        &self,
        subject: Subject,
        series: &[usize],
        scale: Scale,
        classes: &[(Class, f64)],
        judged: &[Judgement],
    ) -> State {
        let class = classes.iter().map(|(class, _)| *class).max().unwrap_or(Class::Insufficient);
        let of_class = judged.iter().filter(|judgement| judgement.class == class);
        let score = classes.iter().map(|(_, score)| *score).fold(0.0, f64::max);
        let step_s = self.grid.step_s();
        let period_s = series
            .iter()
            .filter_map(|one| self.profiles.get(*one))
            .flat_map(|profile| &profile.peaks)
            .filter(|peak| peak.harmonic_of.is_none() && self.bounds.scale_of(peak.period_steps * step_s) == scale)
            .max_by(|a, b| a.power_share.total_cmp(&b.power_share))
            .map(|peak| peak.period_steps * step_s);
        let is_here = |found: &&FoundBeat| {
            self.bounds.scale_of(found.first.period_steps * step_s) == scale
                && (series.contains(&found.first.series) || series.contains(&found.second.series))
        };
        let beat = self.beats.iter().filter(|_| class == Class::Beating).find(is_here).map(|found| found.beat);
        let mut state = State {
            subject,
            scale: to_report(scale),
            class: to_class(class),
            consonance: if matches!(subject, Subject::Series(_)) {
                None
            } else {
                self.relating.consonance(scale, series)
            },
            score,
            period_s,
            beat_period_s: beat.map(|beat| beat.period_steps * step_s),
            beat_at_ms: beat.map(|beat| self.grid.time_ms(beat.first_swell_step.max(0.0).round() as usize)),
            confidence: of_class.map(|judgement| judgement.confidence).fold(0.0, f64::max),
            evidence: String::new(),
        };
        state.evidence = self.evidence(&state, series);
        state
    }

    fn evidence(&self, state: &State, series: &[usize]) -> String {
        use report::format::{duration_s, plural};
        let unavailable = self.report.scales.get(state.scale.index()).and_then(|summary| summary.unavailable.clone());
        let is_of_state = |finding: &&Finding| {
            finding.scale == state.scale
                && !finding.kind.is_standing()
                && finding.series.iter().any(|one| series.contains(one))
        };
        let findings = || plural(self.report.findings.iter().filter(is_of_state).count(), "finding", "findings");
        match state.class {
            report::Class::Insufficient => unavailable.unwrap_or_else(|| "no values".into()),
            report::Class::Steady => "no significant period and no finding".into(),
            report::Class::Periodic => {
                format!("a significant period of {}", state.period_s.map_or_else(String::new, duration_s))
            }
            report::Class::Beating => format!(
                "two close periods that meet every {}",
                state.beat_period_s.map_or_else(String::new, duration_s)
            ),
            report::Class::Jagged => {
                format!("{}, the strongest with score {}", findings(), report::format::decimals(state.score, 1))
            }
            report::Class::Fragmented => format!(
                "part of a spread: {}, the strongest with score {}",
                findings(),
                report::format::decimals(state.score, 1)
            ),
        }
    }
}

fn to_class(class: Class) -> report::Class {
    match class {
        Class::Insufficient => report::Class::Insufficient,
        Class::Steady => report::Class::Steady,
        Class::Periodic => report::Class::Periodic,
        Class::Beating => report::Class::Beating,
        Class::Jagged => report::Class::Jagged,
        Class::Fragmented => report::Class::Fragmented,
    }
}

fn run_lengths(classes: &[(Class, f64)]) -> Vec<ClassSpan> {
    let mut spans: Vec<ClassSpan> = Vec::new();
    for (frame, (class, score)) in classes.iter().enumerate() {
        match spans.last_mut() {
            Some(last) if last.class == to_class(*class) && last.score == *score => last.to = frame + 1,
            _ => spans.push(ClassSpan { from: frame, to: frame + 1, class: to_class(*class), score: *score }),
        }
    }
    spans
}
