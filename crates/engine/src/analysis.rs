//! The resumable analysis.

use crate::chart::{self, Drawn};
use crate::describe::{self, Context};
use crate::detect::{self, Facts, Setting};
use crate::distribution::Distributions;
use crate::expectation::Course;
use crate::gap::longest_break;
use crate::parting::{self, Break};
use crate::peers;
use crate::recall::Memory;
use crate::relate::{self, MOST_SERIES, Relating};
use crate::replay::{self, Ribbons};
use crate::services;
use crate::{Error, Options, Progress, Stage, Status, expectation, explain, scales, spectrum, summary};
use analysis::anomaly::silence::end_of_observation;
use analysis::distribution::SCORE_CAP;
use analysis::harmony::{Bounds, FoundBeat, Scale};
use operations::cascade::Ways;
use report::{ChartData, Finding, FindingKind, PairSpectrum, Report};
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

/// Series whose normal bands are kept after they were drawn.
const MOST_DRAWN: usize = 8;

/// Series whose expectations one step works out.
const EXPECTED_PER_STEP: usize = 4;

/// Where the work stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Place,
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

/// An analysis under way, or done.
pub struct Analysis {
    /// What the series are called and labelled; their values are in the panel once they are placed.
    dataset: Dataset,
    panel: Panel,
    options: Options,
    bounds: Bounds,
    end_of_observation: usize,
    facts: Vec<Facts>,
    /// The series that are instances of one metric.
    groups: Vec<Vec<usize>>,
    beats: Vec<FoundBeat>,
    relating: Option<Relating>,
    /// Where relations did not hold.
    breaks: Vec<Break>,
    ribbons: Vec<Ribbons>,
    next: Next,
    report: Report,
    /// The normal band of the series that were drawn last, and what was expected of them.
    drawn: RefCell<Vec<(usize, Rc<Backdrop>)>>,
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
        let report = summary::begin(&dataset, &panel, &members, &bounds, &options.weights);
        Ok(Self {
            dataset,
            panel,
            options,
            bounds,
            end_of_observation: 0,
            facts: Vec::new(),
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
            Next::Detect(series) => self.detect(series),
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
            Next::Detect(position) => (Stage::Detect, 0.6 * position as f64 / series),
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
        Next::Detect(0)
    }

    fn detect(&mut self, position: usize) -> Next {
        let Some(column) = self.panel.columns.get(position) else {
            let units: Vec<&str> = self.report.series.iter().map(|series| series.unit.as_str()).collect();
            self.groups = peers::groups(&self.dataset, &units);
            return Next::Peers(0);
        };
        let mut facts = detect::detect(column, &self.setting());
        if let Some(series) = self.report.series.get_mut(position) {
            summary::fill(series, column, &facts, &self.panel.grid, &self.options.patterns);
        }
        let found = self.context(position).map(|context| describe::findings(&context, &facts));
        if self.panel.columns.len() * self.panel.grid.len > MOST_KEPT {
            facts.let_go(column);
        }
        self.add(found.unwrap_or_default());
        self.facts.push(facts);
        Next::Detect(position + 1)
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
        for departure in peers::departures(members, &rests(&self.panel, &self.facts), alpha) {
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
        self.beats = relate::beats(&self.panel.columns, &self.facts, self.options.false_discovery_rate);
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
        let rests = rests(&self.panel, &self.facts);
        match &mut self.relating {
            Some(relating) if scale < relating.scale_count() => {
                let is_done = relating.scan(scale, &rests, &self.facts, &self.panel.grid, &self.bounds);
                Next::Scan(scale + usize::from(is_done))
            }
            _ => Next::Judge,
        }
    }

    fn judge(&mut self) -> Next {
        if let Some(relating) = &mut self.relating {
            let rests = rests(&self.panel, &self.facts);
            relating.judge(self.options.false_discovery_rate, &rests, &self.facts, &self.panel.grid, &self.bounds);
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
        let rests = rests(&self.panel, &self.facts);
        if relating.refine(REFINED_PER_STEP, rate, &rests, &self.facts, &self.panel.grid) {
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
        let rests = rests(&self.panel, &self.facts);
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
        let columns = rests(&self.panel, &self.facts);
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
            if let (Some(column), Some(facts), Some(told)) =
                (columns.get(series), self.facts.get(series), self.report.series.get_mut(series))
            {
                told.expectation = expectation::summary(column, &self.panel.grid, expectation::season(facts), alpha);
            }
        }
        let next = place + EXPECTED_PER_STEP;
        if next < chosen.len() { Next::Expect(next) } else { Next::Explain }
    }

    fn explain(&mut self) -> Next {
        let columns = rests(&self.panel, &self.facts);
        let ways = Ways::new(&self.report.relations, &self.report.series, self.report.services.len());
        self.report.branching_ratio = ways.branching_ratio();
        for (service, reach) in self.report.services.iter_mut().zip(ways.reach()) {
            service.reach = reach;
        }
        self.report.incidents = explain::incidents(&self.report, &self.dataset, &columns, &self.panel.grid, &ways);
        self.report.warnings = self
            .report
            .findings
            .iter()
            .filter(|finding| {
                matches!(finding.kind, FindingKind::Trend | FindingKind::SlopeChange | FindingKind::VarianceEscalation)
            })
            .cloned()
            .collect();
        if let Some(relating) = &self.relating {
            let scene = replay::Scene {
                report: &self.report,
                columns: &self.panel.columns,
                facts: &self.facts,
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
        let [x, y] = ends.map(|series| Some(self.facts.get(series)?.rest(self.panel.columns.get(series)?)));
        let relations =
            self.report.relations.iter().filter(|one| ends == [one.from, one.to] || ends == [one.to, one.from]);
        let relations: Vec<_> = relations.collect();
        let rate = self.options.false_discovery_rate;
        spectrum::of_pair(ends, [x?, y?], &relations, &self.panel.grid, &self.bounds, rate)
    }

    /// A stretch of one series with its normal band and what was expected of it, thinned to at most `max_points` so that
    /// extremes stay visible. `None` where there is no such series. Both are missing until the series has been looked at.
    pub fn chart(&self, series: usize, start_ms: i64, end_ms: i64, max_points: usize) -> Option<ChartData> {
        let values = self.panel.columns.get(series)?;
        let grid = &self.panel.grid;
        let backdrop = self.backdrop(series).unwrap_or_default();
        let drawn = Drawn { course: &backdrop.course, series, values, lower: &backdrop.lower, upper: &backdrop.upper };
        Some(chart::thin(&drawn, grid, grid.slot(start_ms), grid.slot(end_ms), max_points))
    }

    /// The normal band of a series that has been looked at, and all that was expected of it. Those that were drawn last are
    /// kept: who draws them will draw them again.
    fn backdrop(&self, series: usize) -> Option<Rc<Backdrop>> {
        // Before a series has been looked at there is nothing to show behind it.
        let column = self.panel.columns.get(series).filter(|_| series < self.facts.len())?;
        let mut drawn = self.drawn.borrow_mut();
        if let Some((_, backdrop)) = drawn.iter().find(|(kept, _)| *kept == series) {
            return Some(Rc::clone(backdrop));
        }
        let known = self.facts.get(series).filter(|facts| facts.has_band());
        let again = known.is_none().then(|| detect::detect(column, &self.setting()));
        let facts = known.or(again.as_ref())?;
        let course = expectation::course(column, &self.panel.grid, expectation::season(facts));
        let backdrop = Rc::new(Backdrop { lower: facts.band_lower.clone(), upper: facts.band_upper.clone(), course });
        if drawn.len() >= MOST_DRAWN {
            drawn.remove(0);
        }
        drawn.push((series, Rc::clone(&backdrop)));
        Some(backdrop)
    }
}

/// What the values of a series are drawn before: the edges of its normal band, and what was expected.
#[derive(Default)]
struct Backdrop {
    lower: Vec<f64>,
    upper: Vec<f64>,
    course: Course,
}

/// The columns that have been looked at, without their seasons.
fn rests<'a>(panel: &'a Panel, facts: &'a [Facts]) -> Vec<&'a [f64]> {
    facts.iter().zip(&panel.columns).map(|(facts, column)| facts.rest(column)).collect()
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
            let drawn: Vec<_> = (0..2).map(|series| analysis.chart(series, START_MS, end_ms, 400).unwrap()).collect();
            assert!(drawn.iter().all(|chart| chart.lower.iter().any(|edge| edge.is_finite())), "there is a band");
            format!("{drawn:?}")
        };
        let kept = charts(&analysis);
        let rests: Vec<Vec<f64>> = super::rests(&analysis.panel, &analysis.facts).iter().map(|r| r.to_vec()).collect();
        for (facts, column) in analysis.facts.iter_mut().zip(&analysis.panel.columns) {
            assert!(facts.has_band());
            facts.let_go(column);
            assert!(!facts.has_band());
        }
        analysis.drawn.borrow_mut().clear();
        assert_eq!(charts(&analysis), kept);
        assert_eq!(super::rests(&analysis.panel, &analysis.facts), rests);
        assert_ne!(rests[0], analysis.panel.columns[0], "a season was taken out of it");
    }
}
