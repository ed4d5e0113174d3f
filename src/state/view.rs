//! What is being looked at: the radar's level, the selection and the time cursor.

use report::{Report, Scale, Subject};

/// What the radar shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// One sector per service.
    #[default]
    System,
    /// One sector per series of a service.
    Service(usize),
    /// One series, folded at its dominant period.
    Series(usize),
    /// The two series of a relation around one clock.
    Pair(usize),
}

/// The list beside the radar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What every detector found.
    #[default]
    Findings,
    /// What moves together.
    Relations,
    /// What is drifting towards trouble.
    Warnings,
    /// What was read, and every note about it.
    Data,
}

impl Tab {
    /// All tabs, in the order in which they stand.
    pub const ALL: [Tab; 4] = [Tab::Findings, Tab::Relations, Tab::Warnings, Tab::Data];

    /// The name in lower case, as the hash writes it.
    pub fn name(self) -> &'static str {
        match self {
            Tab::Findings => "findings",
            Tab::Relations => "relations",
            Tab::Warnings => "warnings",
            Tab::Data => "data",
        }
    }

    /// The title shown to people.
    pub fn title(self) -> &'static str {
        match self {
            Tab::Findings => "Findings",
            Tab::Relations => "Relations",
            Tab::Warnings => "Warnings",
            Tab::Data => "Data",
        }
    }

    /// The tab of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.name() == name)
    }
}

/// One step of the way from the system to what is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb {
    /// What it is called.
    pub label: String,
    /// Where it leads.
    pub level: Level,
}

/// What is being looked at. Positions refer to one Report; [`View::fit`] drops those that another Report does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// What the radar shows.
    pub level: Level,
    /// The ring that is zoomed into; all three where there is none.
    pub ring: Option<Scale>,
    /// The selected finding: its evidence is open.
    pub finding: Option<usize>,
    /// The selected relation.
    pub relation: Option<usize>,
    /// The selected service: its sector has the accent.
    pub service: Option<usize>,
    /// The series in the timeline.
    pub series: Option<usize>,
    /// The time cursor; the Report's own start where the user has not moved it.
    pub cursor_ms: Option<i64>,
    /// The list beside the radar.
    pub tab: Tab,
    /// Whether the radar is shown as a table.
    pub as_table: bool,
}

impl View {
    /// Opens a finding's evidence, moves the cursor to its start and selects what it speaks of. Opening it again closes
    /// it.
    pub fn toggle_finding(&mut self, report: &Report, index: usize) {
        if self.finding == Some(index) {
            self.finding = None;
            return;
        }
        let Some(finding) = report.findings.get(index) else { return };
        self.finding = Some(index);
        self.relation = None;
        self.tab = Tab::Findings;
        self.cursor_ms = Some(finding.start_ms);
        self.service = finding.services.first().copied();
        self.series = finding.series.first().copied().or(self.series);
        self.keep_level_in_sight(report);
    }

    /// Opens a relation's evidence and selects the series that leads. Opening it again closes it.
    pub fn toggle_relation(&mut self, report: &Report, index: usize) {
        if self.relation == Some(index) {
            self.relation = None;
            return;
        }
        let Some(relation) = report.relations.get(index) else { return };
        self.relation = Some(index);
        self.finding = None;
        self.series = Some(relation.from);
        self.service = report.series.get(relation.from).map(|series| series.service);
        self.keep_level_in_sight(report);
    }

    /// A view of another service would hide what was just selected: go up until it is in sight.
    fn keep_level_in_sight(&mut self, report: &Report) {
        match self.level {
            Level::System => {}
            Level::Service(service) if self.service == Some(service) => {}
            Level::Series(series) if self.series == Some(series) => {}
            // Whoever looks at a pair and opens another relation wants to see that one.
            Level::Pair(_) => self.level = self.relation.map_or(Level::System, Level::Pair),
            Level::Service(_) => self.level = Level::System,
            Level::Series(series) => {
                let service = report.series.get(series).map(|series| series.service);
                self.level = match service {
                    Some(service) if self.service == Some(service) => Level::Service(service),
                    _ => Level::System,
                };
            }
        }
    }

    /// Shows the two series of a relation around one clock, and opens its evidence.
    pub fn show_pair(&mut self, report: &Report, relation: usize) {
        if self.relation != Some(relation) {
            self.toggle_relation(report, relation);
        }
        if self.relation == Some(relation) {
            self.level = Level::Pair(relation);
            self.ring = None;
        }
    }

    /// Goes down to a subject, or up to the system. Cursor and findings stay.
    pub fn drill(&mut self, report: &Report, subject: Subject) {
        match subject {
            Subject::System => self.level = Level::System,
            Subject::Service(service) if service < report.services.len() => {
                self.level = Level::Service(service);
                self.service = Some(service);
                let members = report.services.get(service).map(|service| service.series.as_slice()).unwrap_or_default();
                if !self.series.is_some_and(|series| members.contains(&series)) {
                    self.series = members.first().copied();
                }
            }
            Subject::Series(series) => {
                if let Some(summary) = report.series.get(series) {
                    self.level = Level::Series(series);
                    self.series = Some(series);
                    self.service = Some(summary.service);
                }
            }
            Subject::Service(_) => {}
        }
    }

    /// One step back: out of a ring, from a series to its service, from a service to the system. False where there is
    /// no further up.
    pub fn up(&mut self, report: &Report) -> bool {
        if self.ring.take().is_some() {
            return true;
        }
        self.level = match self.level {
            Level::System => return false,
            Level::Service(_) | Level::Pair(_) => Level::System,
            Level::Series(series) => match report.series.get(series) {
                Some(summary) => Level::Service(summary.service),
                None => Level::System,
            },
        };
        true
    }

    /// The next ring: all, micro, macro, meso, all.
    pub fn next_ring(&mut self) {
        self.ring = match self.ring {
            None => Some(Scale::Micro),
            Some(Scale::Micro) => Some(Scale::Macro),
            Some(Scale::Macro) => Some(Scale::Meso),
            Some(Scale::Meso) => None,
        };
    }

    /// The way from the system to what is shown, the system first.
    pub fn breadcrumb(&self, report: &Report) -> Vec<Crumb> {
        let mut crumbs = vec![Crumb { label: "System".into(), level: Level::System }];
        let service_crumb = |service: usize| {
            let label = report.services.get(service).map(|service| service.name.clone())?;
            Some(Crumb { label, level: Level::Service(service) })
        };
        match self.level {
            Level::System => {}
            Level::Service(service) => crumbs.extend(service_crumb(service)),
            Level::Series(series) => {
                if let Some(summary) = report.series.get(series) {
                    crumbs.extend(service_crumb(summary.service));
                    crumbs.push(Crumb { label: summary.metric.clone(), level: Level::Series(series) });
                }
            }
            Level::Pair(relation) => {
                if let Some(joined) = report.relations.get(relation) {
                    let name = |series: usize| report.series.get(series).map_or("", |series| series.metric.as_str());
                    let label = format!("{} → {}", name(joined.from), name(joined.to));
                    crumbs.push(Crumb { label, level: Level::Pair(relation) });
                }
            }
        }
        crumbs
    }

    /// What the level speaks of; of a pair it is the whole system, whose relation it is.
    pub fn subject(&self) -> Subject {
        match self.level {
            Level::System | Level::Pair(_) => Subject::System,
            Level::Service(service) => Subject::Service(service),
            Level::Series(series) => Subject::Series(series),
        }
    }

    /// The cursor's frame in the replay.
    pub fn frame(&self, report: &Report) -> usize {
        self.cursor_ms.map_or(report.replay.start_frame, |cursor_ms| report.replay.frame_at(cursor_ms))
    }

    /// The cursor's time: where the user put it, else the peak of the worst incident, else the end of the data.
    pub fn cursor_or_start_ms(&self, report: &Report) -> i64 {
        let start = || report.replay.frames.get(report.replay.start_frame).map(|frame| frame.start_ms);
        self.cursor_ms.or_else(start).unwrap_or(report.dataset.end_ms)
    }

    /// The series in the timeline: the selected one, else the first cause's, else the strongest finding's, else the
    /// first.
    pub fn timeline_series(&self, report: &Report) -> Option<usize> {
        let cause = || report.incidents.iter().flat_map(|incident| &incident.causes).map(|cause| cause.series).next();
        let finding = || report.findings.first().and_then(|finding| finding.series.first().copied());
        let first = || (!report.series.is_empty()).then_some(0);
        self.series.or_else(cause).or_else(finding).or_else(first)
    }

    /// Moves the cursor by whole frames and stays within the data.
    pub fn step_cursor(&mut self, report: &Report, frames: i64) {
        let Some(last) = report.replay.frames.len().checked_sub(1) else { return };
        let target = (self.frame(report) as i64).saturating_add(frames).clamp(0, last as i64);
        self.cursor_ms = report.replay.frames.get(target as usize).map(|frame| frame.start_ms);
    }

    /// Turns positions in one Report into those of the same things in another one of the same data, read later or in
    /// another way: series, services and findings may have changed places.
    pub fn carry_over(&mut self, before: &Report, now: &Report) {
        let of_series = |place: usize| {
            place_of(&before.series.get(place)?.name, &mut now.series.iter().map(|series| series.name.as_str()))
        };
        let of_service = |place: usize| {
            place_of(&before.services.get(place)?.name, &mut now.services.iter().map(|service| service.name.as_str()))
        };
        let finding = self.finding.and_then(|place| before.findings.get(place));
        self.finding = finding.and_then(|finding| {
            let ids = || now.findings.iter().map(|finding| finding.id.as_str());
            // The start of what still lasts is estimated anew with every sample.
            place_of(&finding.id, &mut ids()).or_else(|| place_of(stem(&finding.id), &mut ids().map(stem)))
        });
        let of_relation = |place: usize| {
            let relation = before.relations.get(place)?;
            let ends = (of_series(relation.from)?, of_series(relation.to)?);
            now.relations.iter().position(|other| (other.from, other.to) == ends)
        };
        self.relation = self.relation.and_then(of_relation);
        self.series = self.series.and_then(of_series);
        self.service = self.service.and_then(of_service);
        self.level = match self.level {
            Level::Series(place) => of_series(place).map_or(Level::System, Level::Series),
            Level::Service(place) => of_service(place).map_or(Level::System, Level::Service),
            Level::Pair(place) => of_relation(place).map_or(Level::System, Level::Pair),
            Level::System => Level::System,
        };
    }

    /// Drops every position that the Report does not have, and keeps the cursor within its window.
    pub fn fit(&mut self, report: &Report) {
        let series = report.series.len();
        let services = report.services.len();
        let keep = |position: &mut Option<usize>, count: usize| {
            if position.is_some_and(|position| position >= count) {
                *position = None;
            }
        };
        keep(&mut self.finding, report.findings.len());
        keep(&mut self.relation, report.relations.len());
        keep(&mut self.service, services);
        keep(&mut self.series, series);
        match self.level {
            Level::Service(service) if service >= services => self.level = Level::System,
            Level::Series(position) if position >= series => self.level = Level::System,
            Level::Pair(position) if position >= report.relations.len() => self.level = Level::System,
            _ => {}
        }
        let (start, end) = (report.dataset.start_ms, report.dataset.end_ms.max(report.dataset.start_ms));
        self.cursor_ms = self.cursor_ms.map(|cursor_ms| cursor_ms.clamp(start, end));
    }
}

/// The place of a name among names.
fn place_of(name: &str, mut names: &mut dyn Iterator<Item = &str>) -> Option<usize> {
    Iterator::position(&mut names, |other| other == name)
}

/// A finding's id without its start, where that is at its end.
fn stem(id: &str) -> &str {
    let stem = id.trim_end_matches(|sign: char| sign.is_ascii_digit());
    if stem.ends_with(':') { stem } else { id }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use report::{DatasetSummary, Finding, FindingKind, Frame, Relation, RelationKind, Replay, SeriesSummary};

    fn series(service: usize, metric: &str) -> SeriesSummary {
        SeriesSummary { name: metric.into(), service, metric: metric.into(), points: 10, ..SeriesSummary::default() }
    }

    fn finding(series: usize, service: usize, start_ms: i64) -> Finding {
        Finding {
            id: format!("{series}"),
            kind: FindingKind::Spike,
            series: vec![series],
            services: vec![service],
            scale: Scale::Micro,
            start_ms,
            end_ms: start_ms + 10,
            score: 2.0,
            direction: None,
            p: None,
            numbers: vec![],
            sentence: String::new(),
            refuted_by: String::new(),
        }
    }

    fn report() -> Report {
        let service = |name: &str, series: Vec<usize>| report::ServiceSummary {
            name: name.into(),
            series,
            ..report::ServiceSummary::default()
        };
        Report {
            dataset: DatasetSummary { start_ms: 0, end_ms: 100, ..DatasetSummary::default() },
            services: vec![service("cart", vec![0, 1]), service("web", vec![2])],
            series: vec![series(0, "cpu"), series(0, "latency"), series(1, "errors")],
            findings: vec![finding(2, 1, 40), finding(1, 0, 60)],
            relations: vec![Relation {
                kind: RelationKind::Coupling,
                from: 1,
                to: 2,
                scale: Scale::Macro,
                strength: 0.8,
                sign: 1,
                q: 0.01,
                ..Relation::default()
            }],
            replay: Replay {
                frames: (0..10).map(|slot| Frame { start_ms: slot * 10, end_ms: slot * 10 + 9 }).collect(),
                tracks: vec![],
                start_frame: 4,
            },
            ..Report::default()
        }
    }

    #[test]
    fn what_is_looked_at_stays_where_a_later_report_has_other_places() {
        let before = report();
        let mut now = report();
        now.services.insert(
            0,
            report::ServiceSummary { name: "auth".into(), series: vec![0], ..report::ServiceSummary::default() },
        );
        now.series.insert(0, series(0, "logins"));
        for relation in &mut now.relations {
            (relation.from, relation.to) = (relation.from + 1, relation.to + 1);
        }
        now.relations.insert(0, Relation { from: 0, ..now.relations[0].clone() });
        now.findings.reverse();
        let mut view = View {
            level: Level::Service(1),
            series: Some(2),
            service: Some(1),
            relation: Some(0),
            finding: Some(0),
            ..View::default()
        };
        view.carry_over(&before, &now);
        assert_eq!((view.level, view.series, view.service), (Level::Service(2), Some(3), Some(2)));
        assert_eq!((view.relation, view.finding), (Some(1), Some(1)));
        // What lasts has a start that moves; and what is gone is let go.
        let named = |id: &str| Finding { id: id.into(), ..finding(0, 0, 0) };
        let of = |ids: &[&str]| Report { findings: ids.iter().map(|id| named(id)).collect(), ..report() };
        let open = |before: &[&str], now: &[&str]| {
            let mut view = View { finding: Some(0), ..View::default() };
            view.carry_over(&of(before), &of(now));
            view.finding
        };
        assert_eq!(open(&["trend:cpu:100"], &["trend:a:100", "trend:cpu:115"]), Some(1));
        assert_eq!(open(&["trend:cpu:100"], &["trend:cpu:115", "trend:cpu:100"]), Some(1));
        assert_eq!(open(&["trend:cpu:100"], &["spike:cpu:100"]), None);
        assert_eq!(open(&["beat:a:b"], &["beat:a:c"]), None);
    }

    fn labels(view: &View, report: &Report) -> Vec<String> {
        view.breadcrumb(report).into_iter().map(|crumb| crumb.label).collect()
    }

    #[test]
    fn drilling_down_and_up_keeps_the_cursor_and_leaves_a_trail() {
        let report = report();
        let mut view = View { cursor_ms: Some(70), ..View::default() };
        view.drill(&report, Subject::Service(0));
        view.drill(&report, Subject::Series(1));
        assert_eq!(labels(&view, &report), ["System", "cart", "latency"]);
        assert!(view.up(&report));
        assert_eq!(labels(&view, &report), ["System", "cart"]);
        assert!(view.up(&report));
        assert!(!view.up(&report), "the system is the top");
        assert_eq!((view.cursor_ms, view.service, view.series), (Some(70), Some(0), Some(1)));
    }

    #[test]
    fn a_ring_is_left_before_a_level() {
        let report = report();
        let mut pair = View::default();
        pair.show_pair(&report, 0);
        assert_eq!((pair.level, pair.relation, pair.series), (Level::Pair(0), Some(0), Some(1)));
        assert_eq!(pair.breadcrumb(&report).last().map(|crumb| crumb.label.as_str()), Some("latency → errors"));
        assert!(pair.up(&report));
        assert_eq!((pair.level, pair.relation), (Level::System, Some(0)));
        pair.show_pair(&report, 7);
        assert_eq!(pair.level, Level::System, "there is no such relation");
        let mut view = View { level: Level::Service(1), ring: Some(Scale::Macro), ..View::default() };
        assert!(view.up(&report));
        assert_eq!((view.ring, view.level), (None, Level::Service(1)));
        view.next_ring();
        view.next_ring();
        assert_eq!(view.ring, Some(Scale::Macro));
    }

    #[test]
    fn a_finding_moves_cursor_and_selection_and_stays_in_sight() {
        let report = report();
        let mut view = View { level: Level::Service(0), ..View::default() };
        view.toggle_finding(&report, 0);
        assert_eq!((view.finding, view.service, view.series, view.cursor_ms), (Some(0), Some(1), Some(2), Some(40)));
        assert_eq!(view.level, Level::System, "the other service's view would hide it");
        view.toggle_finding(&report, 0);
        assert_eq!((view.finding, view.service), (None, Some(1)), "closing keeps the selection");
        view.toggle_finding(&report, 99);
        assert_eq!(view.finding, None);
    }

    #[test]
    fn a_relation_selects_the_leading_series() {
        let report = report();
        let mut view = View { finding: Some(1), level: Level::Series(1), ..View::default() };
        view.toggle_relation(&report, 0);
        assert_eq!((view.relation, view.finding, view.series, view.service), (Some(0), None, Some(1), Some(0)));
        assert_eq!(view.level, Level::Series(1));
    }

    #[test]
    fn the_cursor_starts_at_the_peak_and_steps_within_the_window() {
        let report = report();
        let mut view = View::default();
        assert_eq!((view.frame(&report), view.cursor_or_start_ms(&report)), (4, 40));
        view.step_cursor(&report, 2);
        assert_eq!(view.cursor_ms, Some(60));
        view.step_cursor(&report, 99);
        assert_eq!(view.cursor_ms, Some(90));
        view.step_cursor(&report, -99);
        assert_eq!(view.cursor_ms, Some(0));
        view.step_cursor(&Report::default(), 1);
        assert_eq!(view.cursor_ms, Some(0), "without frames nothing moves");
    }

    #[test]
    fn another_report_takes_away_what_it_does_not_have() {
        let mut view = View {
            level: Level::Series(7),
            finding: Some(1),
            relation: Some(0),
            service: Some(9),
            series: Some(2),
            cursor_ms: Some(1_000),
            ..View::default()
        };
        view.fit(&report());
        assert_eq!(view.level, Level::System);
        assert_eq!((view.finding, view.relation, view.service, view.series), (Some(1), Some(0), None, Some(2)));
        assert_eq!(view.cursor_ms, Some(100));
    }

    #[test]
    fn the_timeline_shows_the_strongest_series_until_one_is_chosen() {
        let report = report();
        assert_eq!(View::default().timeline_series(&report), Some(2));
        assert_eq!(View { series: Some(0), ..View::default() }.timeline_series(&report), Some(0));
        assert_eq!(View::default().timeline_series(&Report::default()), None);
    }
}
