//! The resumable analysis.

use crate::chart::{self, Drawn};
use crate::describe::{self, Context};
use crate::detect::{self, Setting};
use crate::distribution::Distributions;
use crate::expectation::Course;
use crate::gap::longest_break;
use crate::parting::{self, Break};
use crate::peers;
use crate::portion::{Answer, Portion, Unseen};
use crate::profile::{Look, Profile, View};
use crate::recall::Memory;
use crate::relate::{self, MOST_SERIES, Relating};
use crate::replay::{self, Ribbons};
use crate::services;
use crate::{Error, Options, Progress, Stage, Status, expectation, explain, scales, spectrum, summary};
use analysis::anomaly::silence::end_of_observation;
use analysis::distribution::SCORE_CAP;
use analysis::harmony::{Bounds, FoundBeat, Scale};
use operations::cascade::Ways;
use report::{Behind, ChartData, Finding, FindingKind, PairSpectrum, Report};
use series::{Dataset, Panel, TimeGrid};
use std::cell::RefCell;
use std::rc::Rc;

/// Series that one step lays on the grid.
const SERIES_PER_STEP: usize = 32;
/// Relations whose lags one step works out.
const LAGS_PER_STEP: usize = 40;
/// Relations of which one step finds out more.
const REFINED_PER_STEP: usize = 10;
/// Relations of which one step finds out whether they held.
const PARTED_PER_STEP: usize = 20;

/// Values of all series together up to which their normal bands are kept for charts: 16 MB of each edge. Beyond that a band is
/// worked out again for who wants to see it.
const MOST_KEPT: usize = 2_000_000;

/// Values of all series together from which others may help.
pub const LEAST_SHARED: usize = 300_000;
/// How many values of its series a portion holds: about a tenth of a second's work.
const PORTION: usize = 50_000;

/// Series whose normal bands are kept after they were drawn.
const MOST_DRAWN: usize = 8;

/// Series whose expectations one step works out.
const EXPECTED_PER_STEP: usize = 4;
/// What leads somewhere lasts into the last of so many parts of the data.
const RECENT_PART: i64 = 20;

/// Where the work stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Place,
    /// The first series that may wait.
    Detect(usize),
    Peers(usize),
    Beats,
    Scan(usize),
    Judge,
    Lags,
    Refine,
    Break(usize),
    Ribbon(usize),
    Expect(usize),
    Explain,
    Finished,
}

/// How far looking at a series by itself is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Waiting,
    HandedOut,
    Seen,
}

/// An analysis under way, or done.
pub struct Analysis {
    /// What the series are called and labelled; their values are in the panel once they are placed.
    dataset: Dataset,
    panel: Panel,
    options: Options,
    bounds: Bounds,
    end_of_observation: usize,
    /// How far each series is.
    standings: Vec<Standing>,
    /// What is known of each series; nothing of those that were not looked at.
    profiles: Vec<Profile>,
    /// The series that are instances of one metric.
    groups: Vec<Vec<usize>>,
    beats: Vec<FoundBeat>,
    relating: Option<Relating>,
    /// Where relations did not hold.
    breaks: Vec<Break>,
    ribbons: Vec<Ribbons>,
    next: Next,
    report: Report,
    /// What was drawn behind series last, and how much of it.
    drawn: RefCell<Vec<(usize, Behind, Rc<Backdrop>)>>,
}

impl Analysis {
    /// Finds the grid and prepares the work.
    ///
    /// # Errors
    /// Data that have no grid, see [`series::PanelError`].
    pub fn new(dataset: Dataset, options: Options) -> Result<Self, Error> {
        let panel = Panel::lay(&dataset)?;
        let members = services::infer(&dataset, &options.services);
        let bounds = scales::bounds(&options);
        let report = summary::begin(&dataset, &panel, &members, &bounds, &options);
        Ok(Self {
            dataset,
            panel,
            options,
            bounds,
            end_of_observation: 0,
            standings: Vec::new(),
            profiles: Vec::new(),
            groups: Vec::new(),
            beats: Vec::new(),
            relating: None,
            breaks: Vec::new(),
            ribbons: Vec::new(),
            next: Next::Place,
            report,
            drawn: RefCell::default(),
        })
    }

    /// Does a few milliseconds of work.
    pub fn step(&mut self) -> Status {
        self.next = match self.next {
            Next::Place => self.place(),
            Next::Detect(first) => self.detect(first),
            Next::Peers(group) => self.part(group),
            Next::Beats => self.find_beats(),
            Next::Scan(scale) => self.scan(scale),
            Next::Judge => self.judge(),
            Next::Lags => self.lags(),
            Next::Refine => self.refine(),
            Next::Break(place) => self.find_breaks(place),
            Next::Ribbon(scale) => self.ribbon(scale),
            Next::Expect(place) => self.expect(place),
            Next::Explain => self.explain(),
            Next::Finished => Next::Finished,
        };
        match self.next {
            Next::Finished => Status::Done,
            next => Status::Working(self.progress(next)),
        }
    }

    fn progress(&self, next: Next) -> Progress {
        let series = self.dataset.series.len().max(1) as f64;
        let (stage, done) = match next {
            Next::Place => (Stage::Align, 0.0),
            Next::Detect(_) => (Stage::Detect, 0.6 * self.seen() as f64 / series),
            Next::Peers(_) | Next::Beats => (Stage::Detect, 0.6),
            Next::Scan(scale) => (Stage::Relate, 0.62 + 0.06 * scale as f64),
            Next::Judge => (Stage::Relate, 0.8),
            Next::Lags => (Stage::Relate, 0.82),
            Next::Refine => (Stage::Relate, 0.84),
            Next::Break(_) => (Stage::Relate, 0.87),
            Next::Ribbon(scale) => (Stage::Replay, 0.88 + 0.02 * scale as f64),
            Next::Expect(_) => (Stage::Explain, 0.95),
            Next::Explain | Next::Finished => (Stage::Explain, 0.97),
        };
        Progress { stage, done }
    }

    fn place(&mut self) -> Next {
        let noted = self.panel.notes.len();
        let is_whole = self.panel.take(&mut self.dataset, SERIES_PER_STEP);
        self.report.dataset.notes.extend(self.panel.notes.iter().skip(noted).map(summary::data_note));
        if !is_whole {
            return Next::Place;
        }
        self.end_of_observation = end_of_observation(self.panel.columns.iter().map(Vec::as_slice)).unwrap_or(0);
        self.standings = vec![Standing::Waiting; self.panel.columns.len()];
        self.profiles = vec![Profile::default(); self.panel.columns.len()];
        Next::Detect(0)
    }

    /// Looks at one series: the first that waits. Where only such are left as were handed out, at the first of them, which
    /// others come to last.
    fn detect(&mut self, first: usize) -> Next {
        let waiting = self.standings.iter().skip(first).position(|standing| *standing == Standing::Waiting);
        let waiting = waiting.map(|after| first + after);
        let handed_out = || self.standings.iter().position(|standing| *standing == Standing::HandedOut);
        let Some(place) = waiting.or_else(handed_out) else {
            let units: Vec<&str> = self.report.series.iter().map(|series| series.unit.as_str()).collect();
            self.groups = peers::groups(&self.dataset, &units);
            return Next::Peers(0);
        };
        if let (Some(summary), Some(values)) = (self.report.series.get(place), self.panel.columns.get(place)) {
            let look = self.view().look(place, summary.clone(), values);
            self.keep(place, look);
        }
        Next::Detect(waiting.map_or(first, |place| place + 1))
    }

    /// Keeps what was found in a series, unless that is known.
    fn keep(&mut self, place: usize, look: Look) {
        let Look { summary, findings, profile } = look;
        let Some(standing) = self.standings.get_mut(place).filter(|standing| **standing != Standing::Seen) else {
            return;
        };
        *standing = Standing::Seen;
        self.add(findings);
        if let (Some(told), Some(known)) = (self.report.series.get_mut(place), self.profiles.get_mut(place)) {
            (*told, *known) = (summary, profile);
        }
    }

    /// How many series were looked at.
    fn seen(&self) -> usize {
        self.standings.iter().filter(|standing| **standing == Standing::Seen).count()
    }

    /// What series are looked at with.
    fn view(&self) -> View {
        View {
            setting: self.setting(),
            grid: self.panel.grid.clone(),
            patterns: self.options.patterns.clone(),
            keeps_bands: self.panel.columns.len() * self.panel.grid.len <= MOST_KEPT,
        }
    }

    /// Series that somebody else may look at meanwhile: the last that wait. None where too little is left to share, and in
    /// every other stage.
    ///
    /// Whoever gets them need not answer: what is not [taken in](Self::take_in) in time is looked at here.
    pub fn hand_out(&mut self) -> Option<Portion> {
        let slots = self.panel.grid.len;
        if !matches!(self.next, Next::Detect(_)) || slots * self.standings.len() < LEAST_SHARED {
            return None;
        }
        let most = (PORTION / slots.max(1)).max(1);
        let waiting =
            (0..self.standings.len()).rev().filter(|place| self.standings.get(*place) == Some(&Standing::Waiting));
        let chosen: Vec<usize> = waiting.take(2 * most).collect();
        if chosen.len() < 2 * most {
            return None;
        }
        let mut series = Vec::with_capacity(most);
        for place in chosen.into_iter().take(most) {
            let (summary, values) = (self.report.series.get(place)?.clone(), self.panel.columns.get(place)?.clone());
            *self.standings.get_mut(place)? = Standing::HandedOut;
            series.push(Unseen { place, summary, values });
        }
        Some(Portion { view: self.view(), series })
    }

    /// Takes in what came of a portion of this analysis.
    pub fn take_in(&mut self, answer: Answer) {
        for (place, look) in answer.0 {
            self.keep(place, look);
        }
    }

    /// What columns are looked at with.
    fn setting(&self) -> Setting {
        Setting {
            end_of_observation: self.end_of_observation,
            stretch: longest_stretch(&self.panel.grid),
            missing: longest_break(&self.panel.grid),
            step_s: self.panel.grid.step_s(),
            bounds: self.bounds,
            alpha: detect::alpha(&self.options, self.panel.columns.len()),
        }
    }

    /// What the description of a finding of a series needs.
    fn context(&self, position: usize) -> Option<Context<'_>> {
        let series = self.report.series.get(position)?;
        Some(Context {
            series: position,
            service: series.service,
            name: &series.name,
            unit: &series.unit,
            grid: &self.panel.grid,
            bounds: self.bounds,
            values: self.panel.columns.get(position)?,
        })
    }

    /// Looks for members of a group of instances that part from the others.
    fn part(&mut self, group: usize) -> Next {
        let Some(members) = self.groups.get(group) else { return Next::Beats };
        let alpha = detect::alpha(&self.options, self.panel.columns.len());
        let mut found = Vec::new();
        for departure in peers::departures(members, &rests(&self.panel, &self.profiles), alpha) {
            let Some(context) = self.context(departure.series) else { continue };
            if !peers::is_told(&departure, &self.report.findings, &context) {
                let metric = self.dataset.series.get(departure.series).and_then(|series| series.metric.as_deref());
                found.push(peers::finding(&context, &departure, metric.unwrap_or_default(), members.len() - 1));
            }
        }
        self.add(found);
        Next::Peers(group + 1)
    }

    /// Adds findings, each at the nearest scale that the data can speak of, keeping the strongest first.
    fn add(&mut self, found: Vec<Finding>) {
        if found.is_empty() {
            return;
        }
        for mut finding in found {
            finding.scale = scales::nearest_available(&self.report.scales, finding.scale);
            // JSON has no infinities, and beyond the cap a higher score says nothing more.
            finding.score = finding.score.min(SCORE_CAP);
            finding.numbers.retain(|number| number.value.is_finite());
            self.report.findings.push(finding);
        }
        order::sort_by(&mut self.report.findings, |a, b| {
            b.score.total_cmp(&a.score).then(a.start_ms.cmp(&b.start_ms)).then(a.id.cmp(&b.id))
        });
    }

    fn find_beats(&mut self) -> Next {
        self.beats = relate::beats(&self.panel.columns, &self.profiles, self.options.false_discovery_rate);
        let found = describe::beats(
            &self.report,
            &self.beats,
            &self.panel.grid,
            &self.bounds,
            detect::alpha(&self.options, self.panel.columns.len()),
        );
        self.add(found);
        let weights = self.weights();
        if weights.len() > MOST_SERIES {
            self.report.dataset.notes.push(summary::limit_note(weights.len(), MOST_SERIES));
        }
        self.relating = Some(Relating::new(self.panel.columns.len(), &weights, &self.panel.grid, &self.bounds));
        Next::Scan(0)
    }

    /// The scores of what was found of each series.
    fn weights(&self) -> Vec<f64> {
        let mut weights = vec![0.0; self.panel.columns.len()];
        for finding in &self.report.findings {
            for series in &finding.series {
                if let Some(weight) = weights.get_mut(*series) {
                    *weight += finding.score;
                }
            }
        }
        weights
    }

    fn scan(&mut self, scale: usize) -> Next {
        let rests = rests(&self.panel, &self.profiles);
        match &mut self.relating {
            Some(relating) if scale < relating.scale_count() => {
                let is_done = relating.scan(scale, &rests, &self.profiles, &self.panel.grid, &self.bounds);
                Next::Scan(scale + usize::from(is_done))
            }
            _ => Next::Judge,
        }
    }

    fn judge(&mut self) -> Next {
        if let Some(relating) = &mut self.relating {
            let rests = rests(&self.panel, &self.profiles);
            relating.judge(self.options.false_discovery_rate, &rests, &self.profiles, &self.panel.grid, &self.bounds);
        }
        Next::Lags
    }

    fn lags(&mut self) -> Next {
        let Some(relating) = &mut self.relating else { return Next::Ribbon(0) };
        if relating.lag(LAGS_PER_STEP, &self.panel.grid) { Next::Lags } else { Next::Refine }
    }

    fn refine(&mut self) -> Next {
        let Some(relating) = &mut self.relating else { return Next::Ribbon(0) };
        let rate = self.options.false_discovery_rate;
        let rests = rests(&self.panel, &self.profiles);
        if relating.refine(REFINED_PER_STEP, rate, &rests, &self.profiles, &self.panel.grid) {
            return Next::Refine;
        }
        relating.let_go();
        self.report.relations = relating.relations();
        self.report.relations.extend(describe::beat_relations(&self.beats, &self.panel.grid, &self.bounds));
        let distributions = Distributions::of(&self.dataset.series);
        for relation in &mut self.report.relations {
            let series = [relation.from, relation.to].map(|series| self.dataset.series.get(series));
            let is_derived = matches!(series, [Some(a), Some(b)] if a.has_histogram_of(b));
            relation.same_source =
                relation.from != relation.to && (is_derived || distributions.is_one(relation.from, relation.to));
        }
        order::sort_by_key(&mut self.report.relations, |relation| {
            (relation.same_source, relation.explained_by.is_some())
        });
        Next::Break(0)
    }

    /// Looks for stretches in which relations did not hold, though both series were usual by themselves.
    fn find_breaks(&mut self, place: usize) -> Next {
        let chosen = parting::chosen(&self.report.relations);
        let strange = parting::strange(&self.report, &self.panel.grid);
        let alpha = detect::alpha(&self.options, chosen.len());
        let rests = rests(&self.panel, &self.profiles);
        for relation in chosen.iter().skip(place).take(PARTED_PER_STEP) {
            if let Some(relation) = self.report.relations.get(*relation) {
                self.breaks.extend(parting::breaks(relation, &rests, &strange, &self.panel.grid, alpha));
            }
        }
        if place + PARTED_PER_STEP < chosen.len() {
            return Next::Break(place + PARTED_PER_STEP);
        }
        let mut found = Vec::new();
        for told in parting::told(std::mem::take(&mut self.breaks)) {
            let (series, partner) = parting::subject(&told.0, told.2);
            let (Some(context), Some(other)) = (self.context(series), self.report.series.get(partner)) else {
                continue;
            };
            let mut services = vec![context.service, other.service];
            services.dedup();
            found.push(parting::finding(&context, &told, &other.name, services));
        }
        self.add(found);
        Next::Ribbon(0)
    }

    fn ribbon(&mut self, scale: usize) -> Next {
        let (Some(scale_name), Some(relating)) = (Scale::ALL.get(scale), &self.relating) else {
            return Next::Expect(0);
        };
        let columns = rests(&self.panel, &self.profiles);
        let ribbons = replay::ribbons(
            &columns,
            relating,
            &self.report,
            &self.panel.grid,
            &self.bounds,
            *scale_name,
            detect::alpha(&self.options, Scale::ALL.len()),
        );
        let found = describe::losses(&self.report, &ribbons.losses, &self.panel.grid);
        self.add(found);
        self.ribbons.push(ribbons);
        Next::Ribbon(scale + 1)
    }

    /// What was expected of the series that matter most.
    fn expect(&mut self, place: usize) -> Next {
        let chosen = expectation::chosen(&self.weights(), self.panel.grid.len);
        let columns = &self.panel.columns;
        // The chance of any violation in a healthy Report is that of any finding.
        let alpha = self.options.false_alarm_rate / columns.len().max(1) as f64;
        for &series in chosen.iter().skip(place).take(EXPECTED_PER_STEP) {
            if let (Some(column), Some(profile), Some(told)) =
                (columns.get(series), self.profiles.get(series), self.report.series.get_mut(series))
            {
                told.expectation = expectation::summary(column, &self.panel.grid, profile.season, alpha);
            }
        }
        let next = place + EXPECTED_PER_STEP;
        if next < chosen.len() { Next::Expect(next) } else { Next::Explain }
    }

    fn explain(&mut self) -> Next {
        let columns = rests(&self.panel, &self.profiles);
        let ways = Ways::new(&self.report.relations, &self.report.series, self.report.services.len());
        self.report.branching_ratio = ways.branching_ratio();
        for (service, reach) in self.report.services.iter_mut().zip(ways.reach()) {
            service.reach = reach;
        }
        self.report.incidents = explain::incidents(&self.report, &self.dataset, &columns, &self.panel.grid, &ways);
        // What was over long before the end leads nowhere any more.
        let data = &self.report.dataset;
        let recent_ms = data.end_ms - (data.end_ms - data.start_ms) / RECENT_PART;
        let is_warning = |finding: &&Finding| {
            matches!(finding.kind, FindingKind::Trend | FindingKind::SlopeChange | FindingKind::VarianceEscalation)
                && finding.end_ms >= recent_ms
        };
        self.report.warnings = self.report.findings.iter().filter(is_warning).cloned().collect();
        if let Some(relating) = &self.relating {
            let scene = replay::Scene {
                report: &self.report,
                columns: &self.panel.columns,
                profiles: &self.profiles,
                beats: &self.beats,
                relating,
                grid: &self.panel.grid,
                bounds: self.bounds,
                ribbons: &self.ribbons,
            };
            (self.report.replay, self.report.states) = scene.tell();
        }
        let memory = Memory {
            columns: &columns,
            ribbons: &self.ribbons,
            grid: &self.panel.grid,
            bounds: self.bounds,
            known: &self.options.signatures,
        };
        memory.recall(&mut self.report);
        self.report.complete = true;
        Next::Finished
    }

    /// What is known of a series that has been looked at.
    fn profile(&self, series: usize) -> Option<&Profile> {
        self.profiles.get(series).filter(|_| self.standings.get(series) == Some(&Standing::Seen))
    }

    /// What is known so far; complete once [`Analysis::step`] has returned [`Status::Done`].
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The Report, by value.
    pub fn into_report(self) -> Report {
        self.report
    }

    /// Coherence, phase and gain of two series at every period of every scale, without seasons, as relations are found.
    /// `None` where there is no such series, where it has not been looked at yet, or where no scale has enough segments.
    pub fn pair_spectrum(&self, from: usize, to: usize) -> Option<PairSpectrum> {
        let ends = [from, to];
        let [x, y] = ends.map(|series| Some(self.profile(series)?.rest(self.panel.columns.get(series)?)));
        let relations =
            self.report.relations.iter().filter(|one| ends == [one.from, one.to] || ends == [one.to, one.from]);
        let relations: Vec<_> = relations.collect();
        let rate = self.options.false_discovery_rate;
        spectrum::of_pair(ends, [x?, y?], &relations, &self.panel.grid, &self.bounds, rate)
    }

    /// A stretch of one series and what is drawn behind it, thinned to at most `max_points` so that extremes stay visible.
    /// `None` where there is no such series. Behind it there is nothing until the series has been looked at.
    pub fn chart(
        &self,
        series: usize,
        start_ms: i64,
        end_ms: i64,
        max_points: usize,
        behind: Behind,
    ) -> Option<ChartData> {
        let values = self.panel.columns.get(series)?;
        let grid = &self.panel.grid;
        let backdrop = self.backdrop(series, behind).unwrap_or_default();
        let drawn = Drawn { course: &backdrop.course, series, values, lower: &backdrop.lower, upper: &backdrop.upper };
        Some(chart::thin(&drawn, grid, grid.slot(start_ms), grid.slot(end_ms), max_points))
    }

    /// What is drawn behind a series that has been looked at. Those that were drawn last are kept: who draws them will draw
    /// them again.
    fn backdrop(&self, series: usize, behind: Behind) -> Option<Rc<Backdrop>> {
        if behind == Behind::Nothing {
            return None;
        }
        // Before a series has been looked at there is nothing to show behind it.
        let (profile, column) = (self.profile(series)?, self.panel.columns.get(series)?);
        let mut drawn = self.drawn.borrow_mut();
        if let Some((.., backdrop)) = drawn.iter().find(|(kept, much, _)| (*kept, *much) == (series, behind)) {
            return Some(Rc::clone(backdrop));
        }
        let course = match behind {
            Behind::Course => expectation::course(column, &self.panel.grid, profile.season),
            Behind::Band | Behind::Nothing => Course::default(),
        };
        let (lower, upper) = if profile.band.0.is_empty() {
            let facts = detect::detect(column, &self.setting());
            (facts.band_lower, facts.band_upper)
        } else {
            profile.band.clone()
        };
        let backdrop = Rc::new(Backdrop { lower, upper, course });
        if drawn.len() >= MOST_DRAWN {
            drawn.remove(0);
        }
        drawn.push((series, behind, Rc::clone(&backdrop)));
        Some(backdrop)
    }
}

/// What is drawn behind a series: the edges of its normal band, and what was expected.
#[derive(Default)]
struct Backdrop {
    lower: Vec<f64>,
    upper: Vec<f64>,
    course: Course,
}

/// The columns without their seasons.
fn rests<'a>(panel: &'a Panel, profiles: &'a [Profile]) -> Vec<&'a [f64]> {
    profiles.iter().zip(&panel.columns).map(|(profile, column)| profile.rest(column)).collect()
}

/// The longest stretch of slots without a break in it.
pub(crate) fn longest_stretch(grid: &TimeGrid) -> (usize, usize) {
    let cuts = grid.breaks.iter().map(|cut| cut.slot).chain([grid.len]);
    let (mut longest, mut from) = ((0, 0), 0);
    for cut in cuts {
        if cut.saturating_sub(from) > longest.1 - longest.0 {
            longest = (from, cut);
        }
        from = cut;
    }
    longest
}

impl std::fmt::Debug for Analysis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Analysis")
            .field("series", &self.panel.columns.len())
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use testkit::{Random, START_MS, dataset, signal};

    /// A season with a spike in it, and noise.
    fn example() -> Analysis {
        let mut season: Vec<f64> = (0..1_440).map(|t| 10.0 * (f64::from(t) / 48.0).sin()).collect();
        season[700] += 60.0;
        let noise = signal::ar1(1_440, 0.5, &mut Random::new(3));
        let values = season.iter().zip(&noise).map(|(season, noise)| season + noise).collect();
        let mut analysis =
            Analysis::new(dataset(15_000, [("season", values), ("noise", noise)]), Options::default()).unwrap();
        while analysis.step() != Status::Done {}
        analysis
    }

    #[test]
    fn what_was_let_go_is_drawn_as_if_it_had_been_kept() {
        let mut analysis = example();
        let charts = |analysis: &Analysis| {
            let end_ms = START_MS + 1_440 * 15_000;
            let drawn: Vec<_> =
                (0..2).map(|series| analysis.chart(series, START_MS, end_ms, 400, Behind::Course).unwrap()).collect();
            assert!(drawn.iter().all(|chart| chart.lower.iter().any(|edge| edge.is_finite())), "there is a band");
            format!("{drawn:?}")
        };
        let kept = charts(&analysis);
        let rests: Vec<Vec<f64>> =
            super::rests(&analysis.panel, &analysis.profiles).iter().map(|rest| rest.to_vec()).collect();
        for profile in &mut analysis.profiles {
            assert!(!profile.band.0.is_empty());
            profile.band = Default::default();
        }
        analysis.drawn.borrow_mut().clear();
        assert_eq!(charts(&analysis), kept);
        assert_eq!(super::rests(&analysis.panel, &analysis.profiles), rests);
        assert_ne!(rests[0], analysis.panel.columns[0], "a season was taken out of it");
    }

    /// Enough series for others to help with: noise, some with a season, a step, a gap or spikes.
    fn many() -> Analysis {
        let mut random = Random::new(11);
        let series = (0..80).map(|number| {
            let mut values = signal::ar1(4_000, 0.3, &mut random);
            for (slot, value) in values.iter_mut().enumerate() {
                match number % 5 {
                    1 => *value += 4.0 * (slot as f64 / 40.0).sin(),
                    2 if slot >= 2_500 => *value += 5.0,
                    3 if (900..1_000).contains(&slot) => *value = f64::NAN,
                    4 if slot % 1_700 == 900 => *value += 15.0,
                    _ => {}
                }
            }
            (format!("series {number}"), values)
        });
        Analysis::new(dataset(15_000, series.collect::<Vec<_>>()), Options::default()).unwrap()
    }

    #[test]
    fn what_others_look_at_makes_the_same_report() {
        let told = |analysis: &Analysis| {
            let charts: Vec<_> =
                (0..80).map(|series| analysis.chart(series, START_MS, i64::MAX, 50, Behind::Course).unwrap()).collect();
            (serde_json::to_string(analysis.report()).unwrap(), format!("{charts:?}"))
        };
        let mut alone = many();
        while alone.step() != Status::Done {}
        assert!(alone.report().findings.len() > 20, "{}", alone.report().findings.len());

        let mut helped = many();
        assert!(helped.hand_out().is_none(), "nothing is laid out yet");
        let mut given = Vec::new();
        let (mut portions, mut series, mut steps) = (0, 0, 0);
        while helped.step() != Status::Done {
            steps += 1;
            if let Some(portion) = helped.hand_out() {
                portions += 1;
                series += portion.series.len();
                given.push(report::bytes::encode(&portion));
            }
            // Only some come back, later, as bytes; what is done twice counts once.
            if steps % 3 == 0 && given.len() > 2 {
                let portion: Portion = report::bytes::decode(&given.remove(0)).unwrap();
                let answer = report::bytes::encode(&portion.answer());
                helped.take_in(report::bytes::decode(&answer).unwrap());
                helped.take_in(report::bytes::decode(&answer).unwrap());
            }
        }
        assert!(portions > 2 && series > 20, "{portions} portions of {series} series");
        assert_eq!(given.len(), 2, "these were never answered");
        assert_eq!(told(&helped), told(&alone));
    }
}
