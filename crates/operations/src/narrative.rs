//! An incident as a short story in plain sentences, every number linked to the finding that proves it.

use report::format::{clock, date_time, duration_s, number, plural};
use report::{Cause, Finding, FindingKind, Incident, LabelEvidence, Narrative, Report, Span, SpreadStep};

/// The most services that the story follows one by one.
const TOLD: usize = 3;
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// Tells an incident of a report whose services, series and findings are filled in. Times are in UTC.
pub fn tell(report: &Report, incident: &Incident) -> Narrative {
    let teller = Teller { report };
    // Findings are ordered by score.
    let beat =
        incident.findings.iter().copied().filter(|position| crate::incident::is_beat(&report.findings, *position));
    if let Some(strongest) = beat.min() {
        return teller.beat(incident, strongest);
    }
    let first = teller.opening_finding(incident);
    Narrative {
        headline: first.map(|position| teller.headline(position, incident.findings.len() == 1)).unwrap_or_default(),
        body: teller.body(incident, first),
        refuted_by: incident.causes.first().map(|cause| teller.refutation(incident, cause)).unwrap_or_default(),
        check_next: teller.check_next(incident),
    }
}

struct Teller<'a> {
    report: &'a Report,
}

impl Teller<'_> {
    /// The best cause's first finding, or of those that cannot be told apart in time the one of its most telling series,
    /// else the strongest; without causes the earliest finding.
    fn opening_finding(&self, incident: &Incident) -> Option<usize> {
        let Some(cause) = incident.causes.first() else { return incident.findings.first().copied() };
        let first = cause.findings.first().copied().or_else(|| incident.findings.first().copied())?;
        let step_s = self.report.dataset.interval_ms as f64 / 1000.0;
        let opening = self.finding(first)?;
        let is_at_once = |finding: &Finding| {
            let apart_s = (finding.start_ms - opening.start_ms) as f64 / 1000.0;
            apart_s
                <= crate::spread::uncertainty_s(finding, step_s).hypot(crate::spread::uncertainty_s(opening, step_s))
        };
        let mut best = (first, opening);
        for position in &cause.findings {
            let Some(finding) = self.finding(*position).filter(|finding| is_at_once(finding)) else { continue };
            let is_telling = |finding: &Finding| finding.series.contains(&cause.series);
            if (is_telling(finding), finding.score) > (is_telling(best.1), best.1.score) {
                best = (*position, finding);
            }
        }
        Some(best.0)
    }

    fn finding(&self, position: usize) -> Option<&Finding> {
        self.report.findings.get(position)
    }

    fn service(&self, service: usize) -> &str {
        self.report.services.get(service).map_or("", |one| one.name.as_str())
    }

    /// `cart memory`, or only the service where the series has no name of its own within it.
    fn subject(&self, finding: &Finding) -> String {
        let Some(series) = finding.series.first().and_then(|position| self.report.series.get(*position)) else {
            return String::new();
        };
        let service = self.service(series.service);
        if series.metric == service {
            service.to_owned()
        } else {
            format!("{service} {}", series.metric.replace('_', " "))
        }
    }

    fn clock(&self, time_ms: i64) -> String {
        let data = &self.report.dataset;
        let span_ms = data.end_ms - data.start_ms;
        // Beyond a day the clock leaves seconds out; lags of seconds need them.
        if span_ms > DAY_MS && data.interval_ms < MINUTE_MS {
            date_time(time_ms, 0)
        } else {
            clock(time_ms, 0, span_ms)
        }
    }

    fn headline(&self, position: usize, alone: bool) -> Vec<Span> {
        let Some(finding) = self.finding(position) else { return Vec::new() };
        let what = match finding.kind {
            FindingKind::Vanished => "went silent first, at ",
            FindingKind::Frozen => "stood still first, from ",
            FindingKind::Trend => "began to drift first, at ",
            FindingKind::VarianceEscalation => "became unsteady first, from ",
            FindingKind::MissedBeat => "missed its beat first, at ",
            FindingKind::ExtraBeat => "came out of turn first, at ",
            FindingKind::LateBeat => "came late first, at ",
            FindingKind::MetreChange => "changed its rhythm first, at ",
            FindingKind::Dissonance => "lost the others first, from ",
            FindingKind::Spike | FindingKind::LevelShift | FindingKind::Beat | FindingKind::PeriodDrift => {
                "left its normal band first, at "
            }
        };
        let what = if alone { what.replace(" first", "") } else { what.to_owned() };
        vec![
            linked(self.subject(finding), position),
            plain(format!(" {what}")),
            linked(self.clock(finding.start_ms), position),
            plain("."),
        ]
    }

    /// Two rhythms that meet again and again, and who else feels it.
    fn beat(&self, incident: &Incident, strongest: usize) -> Narrative {
        let Some(finding) = self.finding(strongest) else { return Narrative::default() };
        let period =
            finding.numbers.iter().find(|number| number.name == "beat period").map_or(0.0, |number| number.value);
        let headline = vec![
            linked(self.subject(finding), strongest),
            plain(" swells every "),
            linked(duration_s(period), strongest),
            plain(": two rhythms meet."),
        ];
        let mut body = vec![linked(finding.sentence.clone(), strongest)];
        for (place, position) in
            incident.findings.iter().filter(|position| **position != strongest).take(TOLD).enumerate()
        {
            let Some(other) = self.finding(*position) else { continue };
            body.push(plain(if place == 0 { " It shows in " } else { ", " }));
            body.push(linked(self.subject(other), *position));
        }
        let more = incident.findings.len().saturating_sub(TOLD + 1);
        if incident.findings.len() > 1 {
            body.push(plain(if more > 0 { format!(", and {more} more.") } else { " too.".to_owned() }));
        }
        Narrative {
            headline,
            body,
            refuted_by: finding.refuted_by.clone(),
            check_next: vec!["which two schedules have these periods; moving one of them by half its period keeps them apart for longest".into()],
        }
    }

    fn body(&self, incident: &Incident, first: Option<usize>) -> Vec<Span> {
        let mut spans = Vec::new();
        if let Some((position, finding)) =
            first.and_then(|position| self.finding(position).map(|finding| (position, finding)))
        {
            spans.push(linked(finding.sentence.clone(), position));
        }
        spans.extend(self.labels(incident));
        spans.extend(self.spread(incident, first));
        spans.extend(self.critical(incident, first));
        spans.extend(self.reach(incident));
        spans.extend(self.next(incident));
        spans.extend(self.calm(incident));
        spans
    }

    /// The label value that the deviation comes with.
    fn labels(&self, incident: &Incident) -> Vec<Span> {
        let Some(told) = incident.labels.first() else { return Vec::new() };
        let has_value = |series: &usize| {
            self.report.series.get(*series).is_some_and(|one| one.labels.get(&told.label) == Some(&told.value))
        };
        let proof = incident
            .findings
            .iter()
            .copied()
            .find(|position| self.finding(*position).is_some_and(|finding| finding.series.iter().any(has_value)));
        let span = |text: String| Span { text, finding: proof };
        let LabelEvidence { label, value, moved, series, moved_elsewhere, series_elsewhere, .. } = told;
        vec![
            plain(" It comes with "),
            span(format!("{label} {value}")),
            plain(": "),
            span(format!("{moved} of its {series} series moved, {moved_elsewhere} of {series_elsewhere} others")),
            plain("."),
        ]
    }

    /// Who moved before, with, and after the service that opens the story: the nearest in time of each, by name.
    fn spread(&self, incident: &Incident, first: Option<usize>) -> Vec<Span> {
        let opening = first.and_then(|position| self.finding(position));
        let opening_service = opening.and_then(|finding| finding.services.first()).copied();
        let opening_ms = opening.map_or(incident.start_ms, |finding| finding.start_ms);
        let lag_s = |step: &SpreadStep| (step.onset_ms - opening_ms) as f64 / 1000.0;
        let others = || incident.spread.iter().filter(|step| Some(step.service) != opening_service);
        let is_with = |step: &&SpreadStep| lag_s(step).abs() <= step.lag_plus_minus_s;
        let before: Vec<&SpreadStep> = others().filter(|step| !is_with(step) && lag_s(step) < 0.0).collect();
        let with: Vec<&SpreadStep> = others().filter(is_with).collect();
        let after: Vec<&SpreadStep> = others().filter(|step| !is_with(step) && lag_s(step) > 0.0).collect();
        let subject = |step: &SpreadStep| self.finding(step.finding).map(|one| self.subject(one)).unwrap_or_default();
        let lag = |step: &SpreadStep| {
            linked(format!("{} ± {}", duration_s(lag_s(step).abs()), duration_s(step.lag_plus_minus_s)), step.finding)
        };
        let mut spans = Vec::new();
        if let Some(step) = before.first() {
            spans.extend([plain(" "), linked(subject(step), step.finding)]);
            spans.extend([plain(" had moved before, by "), lag(step), plain(".")]);
        }
        let mut told = before.len().min(1);
        let named = with.iter().take(TOLD - told).collect::<Vec<_>>();
        for (place, step) in named.iter().enumerate() {
            spans.push(plain(joint(place, named.len())));
            spans.push(linked(subject(step), step.finding));
        }
        if !named.is_empty() {
            spans.push(plain(" moved at the same time."));
        }
        told += named.len();
        let named = after.iter().take(TOLD - told).collect::<Vec<_>>();
        for (place, step) in named.iter().enumerate() {
            spans.push(plain(joint(place, named.len())));
            spans.push(linked(subject(step), step.finding));
            spans.push(plain(if place == 0 { " followed after " } else { " after " }));
            spans.push(lag(step));
        }
        if !named.is_empty() {
            spans.push(plain("."));
        }
        told += named.len();
        let more = others().count().saturating_sub(told);
        if more > 0 {
            spans.push(plain(format!(" So did {} more.", plural(more, "service", "services"))));
        }
        spans
    }

    /// Where users feel it.
    fn critical(&self, incident: &Incident, first: Option<usize>) -> Vec<Span> {
        let Some((position, finding)) = incident
            .critical
            .filter(|position| Some(*position) != first)
            .and_then(|position| self.finding(position).map(|finding| (position, finding)))
        else {
            return Vec::new();
        };
        vec![
            plain(" It is felt most in "),
            linked(self.subject(finding), position),
            plain(", from "),
            linked(self.clock(finding.start_ms), position),
            plain(" (score "),
            linked(format!("{:.1}", finding.score), position),
            plain(")."),
        ]
    }

    /// How far it went and when it was over.
    fn reach(&self, incident: &Incident) -> Vec<Span> {
        let impact = &incident.impact;
        if impact.services == 0 {
            return Vec::new();
        }
        let all = self.report.services.len();
        let amount = if impact.is_weighted {
            format!("{} by the weights given", number(impact.service_s))
        } else {
            format!("{} of service time", duration_s(impact.service_s))
        };
        let last =
            incident.findings.iter().copied().max_by_key(|position| self.finding(*position).map(|one| one.end_ms));
        let touched = format!("touched {} of {all} services, ", impact.services);
        let mut spans = vec![plain(format!(" It {}took {amount}, and ", if all > 1 { touched.as_str() } else { "" }))];
        match (incident.recovered_ms, last) {
            (Some(over_ms), Some(last)) => {
                spans.extend([plain("was over at "), linked(self.clock(over_ms), last), plain(".")]);
            }
            (_, Some(last)) => spans.extend([linked("lasts to the end of the data", last), plain(".")]),
            (_, None) => return Vec::new(),
        }
        spans
    }

    /// Who is next, where that is still to come.
    fn next(&self, incident: &Incident) -> Vec<Span> {
        let to_come = incident.next.iter().find(|arrival| arrival.at_ms >= self.report.dataset.end_ms);
        let Some(arrival) = to_come.filter(|_| incident.recovered_ms.is_none()) else { return Vec::new() };
        let through = incident.spread.iter().find(|step| step.service == arrival.through).map(|step| step.finding);
        let span = |text: String| Span { text, finding: through };
        vec![
            plain(format!(" If it goes on as usual, {} is next, about ", self.service(arrival.service))),
            span(format!("{} ± {}", self.clock(arrival.at_ms), duration_s(arrival.plus_minus_s))),
            plain(", with a chance of "),
            span(format!("{:.0} %", 100.0 * arrival.chance)),
            plain("."),
        ]
    }

    fn calm(&self, incident: &Incident) -> Vec<Span> {
        let quiet: Vec<&str> = (0..self.report.services.len())
            .filter(|service| !incident.spread.iter().any(|step| step.service == *service))
            .map(|service| self.service(service))
            .collect();
        let text = match quiet.as_slice() {
            [] => return Vec::new(),
            [one] => format!(" {one} kept its own rhythm."),
            [one, other] => format!(" {one} and {other} kept their own rhythm."),
            [one, other, rest @ ..] => format!(" {one}, {other} and {} more kept their own rhythm.", rest.len()),
        };
        vec![plain(text)]
    }

    fn refutation(&self, incident: &Incident, cause: &Cause) -> String {
        let rivals: Vec<&str> =
            incident.causes.iter().skip(1).take(2).map(|rival| self.service(rival.service)).collect();
        let when = self.clock(cause.onset_ms);
        if rivals.is_empty() {
            format!(
                "a deviation anywhere else before {when}, or a planned change of {} at that time",
                self.service(cause.service)
            )
        } else {
            format!("a deviation of {} before {when} in data finer than these", rivals.join(" or "))
        }
    }

    fn check_next(&self, incident: &Incident) -> Vec<String> {
        let Some(cause) = incident.causes.first() else { return Vec::new() };
        let service = self.service(cause.service);
        let mut checks = vec![format!(
            "what changed in {service} shortly before {} (deploy, configuration, traffic)",
            self.clock(cause.onset_ms)
        )];
        if let Some(rival) = incident.causes.get(1) {
            checks.push(format!(
                "whether {} could have come first: it holds {:.0} % of the evidence, {service} {:.0} %",
                self.service(rival.service),
                100.0 * rival.confidence,
                100.0 * cause.confidence
            ));
        }
        checks
    }
}

/// What stands before the item at `place` of a list of so many.
fn joint(place: usize, count: usize) -> &'static str {
    match place {
        0 => " ",
        _ if place + 1 == count => " and ",
        _ => ", ",
    }
}

fn plain(text: impl Into<String>) -> Span {
    Span { text: text.into(), finding: None }
}

fn linked(text: impl Into<String>, finding: usize) -> Span {
    Span { text: text.into(), finding: Some(finding) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::tests::finding;
    use report::{DatasetSummary, SeriesSummary, ServiceSummary};

    fn series(name: &str, metric: &str, service: usize) -> SeriesSummary {
        SeriesSummary { name: name.into(), service, metric: metric.into(), ..SeriesSummary::default() }
    }

    fn report() -> Report {
        let mut first = finding(0, 0, 38_530_000, 40_000_000, 3.4);
        first.sentence = "The level rose.".into();
        let mut of_pod = series("checkout_latency", "latency", 1);
        of_pod.labels.insert("pod".into(), "web-2".into());
        Report {
            dataset: DatasetSummary {
                start_ms: 30_000_000,
                end_ms: 45_000_000,
                interval_ms: 15_000,
                ..DatasetSummary::default()
            },
            services: ["cart", "checkout", "mail"]
                .map(|name| ServiceSummary { name: name.into(), ..ServiceSummary::default() })
                .into(),
            series: vec![series("cart_memory", "memory", 0), of_pod],
            findings: vec![first, finding(1, 1, 38_590_000, 40_000_000, 3.1)],
            ..Report::default()
        }
    }

    #[test]
    fn the_story_names_first_follower_lag_and_calm_and_links_them() {
        let report = report();
        let incident = Incident {
            start_ms: 38_530_000,
            end_ms: 40_000_000,
            peak_ms: 38_590_000,
            findings: vec![0, 1],
            spread: crate::spread::order(&report.findings, &[0, 1], 15_000),
            labels: vec![LabelEvidence {
                label: "pod".into(),
                value: "web-2".into(),
                moved: 2,
                series: 2,
                moved_elsewhere: 0,
                series_elsewhere: 6,
                explained: 0.97,
            }],
            ..Incident::default()
        };
        let story = tell(&report, &incident);
        let text = |spans: &[Span]| spans.iter().map(|span| span.text.as_str()).collect::<String>();
        assert_eq!(text(&story.headline), "cart memory left its normal band first, at 10:42:10.");
        assert_eq!(
            text(&story.body),
            "The level rose. It comes with pod web-2: 2 of its 2 series moved, 0 of 6 others. checkout latency followed \
             after 1 min ± 21.2 s. mail kept its own rhythm."
        );
        let named: Vec<_> = story.body.iter().filter(|span| span.text.contains("web-2")).collect();
        assert_eq!(named.iter().map(|span| span.finding).collect::<Vec<_>>(), [Some(1)], "the finding of that pod");
        assert!(story.body.iter().any(|span| span.text.contains('±') && span.finding == Some(1)));
    }
}
