//! An incident as a short story in plain sentences, every number linked to the finding that proves it.

use crate::onset::{Onset, onset};
use crate::verdict::{Verdict, percent, rivals, verdict};
use report::format::{date_time, decimals, duration_s, moment, number, plural};
use report::{Cause, Finding, FindingKind, Incident, LabelEvidence, Narrative, Report, Span, SpreadStep};

/// What a finding's number is called that says by how much the middle of an uneasy stretch lies from the usual level, where the
/// stretch goes to one side.
pub const SHIFT: &str = "shift of the median";

/// The most services that the story follows one by one.
const TOLD: usize = 3;
/// The most letters of a name; what is longer loses its middle. The finding that it is linked to has all of it.
const LONGEST_NAME: usize = 60;
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
    let Some(first) = teller.opening_finding(incident) else { return Narrative::default() };
    let Some(opening) = teller.finding(first) else { return Narrative::default() };
    Narrative {
        headline: teller.headline(incident, first, opening),
        body: teller.body(incident, first, opening),
        refuted_by: teller.refutation(incident, opening),
        check_next: teller.check_next(incident, opening),
    }
}

struct Teller<'a> {
    report: &'a Report,
}

/// The steps of an incident's spread, seen from the finding that opens the story, each in order of time.
#[derive(Default)]
struct Company<'a> {
    before: Vec<&'a SpreadStep>,
    with: Vec<&'a SpreadStep>,
    after: Vec<&'a SpreadStep>,
}

impl Company<'_> {
    fn count(&self) -> usize {
        self.before.len() + self.with.len() + self.after.len()
    }
}

impl Teller<'_> {
    /// The best cause's first finding that was not over before most of it began, or of those that cannot be told apart in time the one of its most telling series,
    /// else the strongest; where no cause can be named the incident's strongest.
    fn opening_finding(&self, incident: &Incident) -> Option<usize> {
        // Findings are ordered by score.
        let Some(cause) = incident.causes.first().filter(|cause| cause.is_named()) else {
            return incident.findings.iter().copied().min();
        };
        let outbreak_ms =
            crate::incident::outbreak_ms(&self.report.findings, &incident.findings, self.report.dataset.interval_ms)?;
        let is_part = |position: &usize| self.finding(*position).is_some_and(|finding| finding.end_ms >= outbreak_ms);
        let mut of_cause = cause.findings.iter().copied();
        let first =
            of_cause.clone().find(is_part).or_else(|| of_cause.next()).or(incident.findings.first().copied())?;
        let opening = self.finding(first)?;
        let mut best = (first, opening);
        for position in &cause.findings {
            let Some(finding) = self.finding(*position).filter(|finding| self.is_with(opening, finding)) else {
                continue;
            };
            let is_telling = |finding: &Finding| finding.series.contains(&cause.series);
            if (is_telling(finding), finding.score) > (is_telling(best.1), best.1.score) {
                best = (*position, finding);
            }
        }
        Some(best.0)
    }

    /// Whether nobody can say which of two findings was first: their onsets lie within what is known of them.
    fn is_with(&self, one: &Finding, other: &Finding) -> bool {
        let step_s = self.report.dataset.interval_ms as f64 / 1000.0;
        let lag_s = (one.start_ms - other.start_ms).abs() as f64 / 1000.0;
        lag_s <= crate::spread::apart_s(one, other, step_s)
            || onset(self.report, one).is_hidden_with(onset(self.report, other))
    }

    /// Who moved before, with, and after a finding.
    fn company<'b>(&self, incident: &'b Incident, opening: &Finding) -> Company<'b> {
        let mut company = Company::default();
        for step in &incident.spread {
            let Some(finding) = self.finding(step.finding) else { continue };
            // What the opening finding itself is about has no time of its own.
            if opening.services.first() == Some(&step.service) || opening.id == finding.id {
                continue;
            }
            let place = if self.is_with(opening, finding) {
                &mut company.with
            } else if finding.start_ms < opening.start_ms {
                &mut company.before
            } else {
                &mut company.after
            };
            place.push(step);
        }
        company
    }

    fn finding(&self, position: usize) -> Option<&Finding> {
        self.report.findings.get(position)
    }

    fn service(&self, service: usize) -> &str {
        self.report.services.get(service).map_or("", |one| one.name.as_str())
    }

    /// `cart memory`, or only the service where the series has no name of its own within it.
    fn subject(&self, finding: &Finding) -> String {
        finding.series.first().map_or_else(String::new, |series| self.name(*series))
    }

    fn name(&self, series: usize) -> String {
        let Some(series) = self.report.series.get(series) else { return String::new() };
        let service = self.service(series.service);
        if series.metric == service {
            shortened(service)
        } else {
            shortened(&format!("{service} {}", series.metric.replace('_', " ")))
        }
    }

    fn clock(&self, time_ms: i64) -> String {
        let data = &self.report.dataset;
        let span_ms = data.end_ms - data.start_ms;
        // Beyond a day the clock leaves seconds out; lags of seconds need them.
        if span_ms > DAY_MS && data.interval_ms < MINUTE_MS {
            date_time(time_ms, 0)
        } else {
            moment(time_ms, 0, span_ms)
        }
    }

    fn headline(&self, incident: &Incident, position: usize, opening: &Finding) -> Vec<Span> {
        let (what, already) = match opening.kind {
            FindingKind::Vanished => ("went silent", "silent"),
            FindingKind::Frozen => ("stood still", "standing still"),
            FindingKind::Trend => ("began to drift", "drifting"),
            FindingKind::VarianceEscalation => ("became unsteady", "unsteady"),
            FindingKind::MissedBeat => ("missed its beat", "off its beat"),
            FindingKind::ExtraBeat => ("came out of turn", "off its beat"),
            FindingKind::LateBeat => ("came late", "off its beat"),
            FindingKind::MetreChange | FindingKind::PeriodChange => ("changed its rhythm", "in another rhythm"),
            FindingKind::Dissonance => ("lost the others", "without the others"),
            FindingKind::PeerDeparture => ("parted from its peers", "apart from its peers"),
            FindingKind::CorrelationBreak => ("parted from what it goes with", "apart from what it goes with"),
            FindingKind::SlopeChange => ("changed its course", "on another course"),
            FindingKind::VarianceChange if !opening.numbers.iter().any(|number| number.name == SHIFT) => {
                ("changed its fluctuation", "fluctuating otherwise")
            }
            FindingKind::Spike
            | FindingKind::LevelShift
            | FindingKind::VarianceChange
            | FindingKind::Beat
            | FindingKind::PeriodDrift => ("left its normal band", "out of its normal band"),
        };
        let company = self.company(incident, opening);
        // It was the first only if others came after it, and none could have come before.
        let is_first = company.before.is_empty() && company.with.is_empty() && !company.after.is_empty();
        let first = if is_first { " first," } else { "" };
        let at = |time_ms: i64| linked(self.clock(time_ms), position);
        let mut spans = vec![linked(self.subject(opening), position)];
        match onset(self.report, opening) {
            Onset::Seen(at_ms) => spans.extend([plain(format!(" {what}{first} at ")), at(at_ms)]),
            Onset::InGap(from_ms, at_ms) => {
                let between = format!(" {what}{first} in a gap of the data, between ");
                spans.extend([plain(between), at(from_ms), plain(" and "), at(at_ms)]);
            }
            Onset::FromTheStart(at_ms) => {
                spans.extend([plain(format!(" was {already} when the data begin, at ")), at(at_ms)]);
            }
        }
        spans.extend([plain(" (score "), linked(score(opening), position), plain(").")]);
        spans
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
        let mut others: Vec<(String, usize)> = Vec::new();
        for position in &incident.findings {
            let subject = self.finding(*position).map(|other| self.subject(other)).unwrap_or_default();
            if subject != self.subject(finding) && !others.iter().any(|(known, _)| *known == subject) {
                others.push((subject, *position));
            }
        }
        let more = others.len().saturating_sub(TOLD);
        for (place, (subject, position)) in others.iter().take(TOLD).enumerate() {
            body.push(plain(if place == 0 { " It shows in " } else { ", " }));
            body.push(linked(subject.clone(), *position));
        }
        if !others.is_empty() {
            body.push(plain(if more > 0 { format!(", and {more} more.") } else { ", too.".to_owned() }));
        }
        Narrative {
            headline,
            body,
            refuted_by: finding.refuted_by.clone(),
            check_next: vec!["which two schedules have these periods; moving one of them by half its period keeps them apart for longest".into()],
        }
    }

    /// At most fourteen sentences: two of what opens it, three of its cause, four of its spread, and one each of its label, where users
    /// feel it, how far it went, who is next and who is calm.
    fn body(&self, incident: &Incident, first: usize, opening: &Finding) -> Vec<Span> {
        let mut spans = vec![linked(opening.sentence.clone(), first)];
        spans.extend(self.cause(incident, opening));
        spans.extend(self.labels(incident));
        spans.extend(self.spread(incident, opening));
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

    /// Where it came from, as surely as can be said; within one service only what tells most, if that is not told yet.
    fn cause(&self, incident: &Incident, opening: &Finding) -> Vec<Span> {
        let (Some(verdict), Some(cause)) = (verdict(self.report, incident), incident.causes.first()) else {
            return Vec::new();
        };
        let shown = cause.findings.first().copied();
        let span = |text: String| Span { text, finding: shown };
        // What opens the story says already what its own series did.
        let is_told = opening.series.contains(&cause.series)
            || cause.findings.iter().any(|one| self.finding(*one).is_some_and(|one| one.sentence == cause.sentence));
        if incident.spread.len() < 2 {
            return if cause.is_named() && !is_told {
                vec![plain(" In it, "), span(cause.sentence.clone())]
            } else {
                Vec::new()
            };
        }
        if verdict == Verdict::Furthest {
            let mut spans = vec![plain(" It shows most in "), span(shortened(self.service(cause.service)))];
            if is_told {
                spans.push(plain("."));
            } else {
                spans.extend([plain(": "), span(cause.sentence.clone())]);
            }
            return spans;
        }
        let Some(word) = verdict.word() else {
            let excuse = verdict.excuse();
            let mut letters = excuse.chars();
            let capital: String = letters.next().map(|first| first.to_ascii_uppercase()).into_iter().collect();
            return vec![plain(format!(" {capital}{}.", letters.as_str()))];
        };
        let mut spans = vec![
            plain(format!(" It {word} came from ")),
            span(shortened(self.service(cause.service))),
            plain(" ("),
            span(percent(cause.confidence)),
            plain(" of the evidence)"),
        ];
        if is_told {
            spans.push(plain("."));
        } else {
            spans.extend([plain(": "), span(cause.sentence.clone())]);
        }
        spans.extend(self.calls(incident, cause.service));
        spans
    }

    /// What the call graph says for a cause: who calls it, and whether what it calls itself has a part in it.
    fn calls(&self, incident: &Incident, cause: usize) -> Vec<Span> {
        let called_by = |service: usize| self.report.services.get(service).map_or(&[][..], |one| one.calls.as_slice());
        let step = |service: usize| incident.spread.iter().find(|step| step.service == service);
        let callers: Vec<&SpreadStep> =
            incident.spread.iter().filter(|step| called_by(step.service).contains(&cause)).collect();
        let callees: Vec<&SpreadStep> = called_by(cause).iter().filter_map(|callee| step(*callee)).collect();
        let mut spans = Vec::new();
        if let [first, ..] = callers.as_slice() {
            spans.extend(self.services(&callers));
            spans.push(linked(if callers.len() > 1 { " call it" } else { " calls it" }.to_owned(), first.finding));
        }
        if callees.is_empty() && !called_by(cause).is_empty() {
            spans.push(plain(if spans.is_empty() { " Nothing" } else { "; nothing" }));
            spans.push(plain(" that it calls had a part in it"));
        } else if !callees.is_empty() {
            spans.push(plain(if spans.is_empty() { " It calls" } else { "; it calls" }));
            spans.extend(self.services(&callees));
            spans.push(plain(", which had a part in it, too"));
        }
        if !spans.is_empty() {
            spans.push(plain("."));
        }
        spans
    }

    /// The services of some steps by name, the first few.
    fn services(&self, steps: &[&SpreadStep]) -> Vec<Span> {
        let more = steps.len().saturating_sub(TOLD);
        let told = steps.len() - more;
        let mut spans = Vec::new();
        for (place, step) in steps.iter().take(TOLD).enumerate() {
            let last = if more > 0 { told + 1 } else { told };
            spans.extend([plain(joint(place, last)), linked(shortened(self.service(step.service)), step.finding)]);
        }
        if more > 0 {
            spans.push(plain(format!(" and {more} more")));
        }
        spans
    }

    /// Who moved before, with, and after the finding that opens the story: the nearest in time of each, by name.
    fn spread(&self, incident: &Incident, opening: &Finding) -> Vec<Span> {
        let company = self.company(incident, opening);
        let began = onset(self.report, opening);
        let mut spans = Vec::new();
        let mut told = 0;
        if let Some(step) = company.before.last() {
            spans.extend([plain(" "), linked(self.step(step), step.finding), plain(" had moved ")]);
            spans.extend(self.lag(opening, step));
            spans.push(plain(" before."));
            told += 1;
        }
        let with: Vec<&SpreadStep> = company.with.iter().take(TOLD - told).copied().collect();
        spans.extend(self.list(&with, None));
        if !with.is_empty() {
            told += with.len();
            spans.push(plain(match began {
                Onset::Seen(_) => " moved at the same time.",
                Onset::InGap(..) => " changed in the same gap: the data cannot say which was first.",
                Onset::FromTheStart(_) => " had moved by then, too: the data cannot say which was first.",
            }));
        }
        let after: Vec<&SpreadStep> = company.after.iter().take(TOLD - told).copied().collect();
        spans.extend(self.list(&after, Some(opening)));
        if !after.is_empty() {
            told += after.len();
            spans.push(plain("."));
        }
        let more = company.count().saturating_sub(told);
        if let Some(last) = incident.spread.last().filter(|_| more > 0) {
            spans.push(plain(" It reached "));
            let of_kind =
                if self.report.knows_services() { ["more service", "more services"] } else { ["more series"; 2] };
            spans.push(linked(plural(more, of_kind[0], of_kind[1]), last.finding));
            spans.push(plain("."));
        }
        spans
    }

    /// The steps one after the other, with how long they came after the finding that opens the story, if it is given.
    fn list(&self, steps: &[&SpreadStep], opening: Option<&Finding>) -> Vec<Span> {
        let mut spans = Vec::new();
        for (place, step) in steps.iter().enumerate() {
            spans.extend([plain(joint(place, steps.len())), linked(self.step(step), step.finding)]);
            if let Some(opening) = opening {
                spans.push(plain(if place == 0 { " followed after " } else { " after " }));
                spans.extend(self.lag(opening, step));
            }
        }
        spans
    }

    /// What a step is about: of a finding on several services the series of the one that was reached.
    fn step(&self, step: &SpreadStep) -> String {
        let Some(finding) = self.finding(step.finding) else { return String::new() };
        let is_of_service =
            |series: &&usize| self.report.series.get(**series).is_some_and(|series| series.service == step.service);
        finding.series.iter().find(is_of_service).map_or_else(|| self.subject(finding), |series| self.name(*series))
    }

    /// How far a step lies from the finding that opens the story.
    fn lag(&self, opening: &Finding, step: &SpreadStep) -> Vec<Span> {
        let finding = self.finding(step.finding).into_iter();
        finding.map(|finding| linked(crate::spread::lag_words(self.report, opening, finding), step.finding)).collect()
    }

    /// Where users feel it.
    fn critical(&self, incident: &Incident, first: usize) -> Vec<Span> {
        let Some((position, finding)) = incident
            .critical
            .filter(|position| *position != first)
            .and_then(|position| self.finding(position).map(|finding| (position, finding)))
        else {
            return Vec::new();
        };
        vec![
            plain(" It is felt most in "),
            linked(self.subject(finding), position),
            plain(", from "),
            linked(self.clock(finding.start_ms), position),
            plain(" on (score "),
            linked(score(finding), position),
            plain(")."),
        ]
    }

    /// How far it went and how long it lasted.
    fn reach(&self, incident: &Incident) -> Vec<Span> {
        let impact = &incident.impact;
        let all = incident.findings.iter().copied();
        let end_ms = |position: &usize| self.finding(*position).map(|one| one.end_ms);
        let lasted_ms = |position: &usize| self.finding(*position).map(|one| one.end_ms - one.start_ms);
        let (Some(last), Some(longest)) = (all.clone().max_by_key(end_ms), all.max_by_key(lasted_ms)) else {
            return Vec::new();
        };
        if impact.services == 0 {
            return Vec::new();
        }
        let by_weight = format!("{} by the weights given", number(impact.service_s));
        let mut spans = vec![plain(" It ")];
        if incident.findings.len() < 2 && !impact.is_weighted {
            // Its own sentence says how long it lasted.
            spans.extend(match incident.recovered_ms {
                Some(over_ms) => [plain("ended at "), linked(self.clock(over_ms), last), plain(".")],
                None => [linked("was not over when the data end", last), plain("."), plain("")],
            });
            return spans;
        }
        if impact.services > 1 {
            let reached = incident.spread.last().map_or(last, |step| step.finding);
            let of_kind = if self.report.knows_services() { "services" } else { "series" };
            let of_all = format!("{} of {} {of_kind}", impact.services, self.report.services.len());
            spans.extend([plain("touched "), linked(of_all, reached)]);
            if impact.is_weighted {
                spans.extend([plain(", "), linked(by_weight, longest)]);
            } else {
                let half = if impact.services > 2 { ", half of them for " } else { ", one of them for " };
                spans.extend([plain(half), linked(duration_s(impact.median_s), longest), plain(" or longer")]);
            }
        } else if impact.is_weighted {
            spans.extend([plain("cost "), linked(by_weight, longest)]);
        } else {
            spans.extend([plain("lasted "), linked(duration_s(impact.service_s), longest)]);
        }
        match incident.recovered_ms {
            Some(over_ms) => spans.extend([plain(", until "), linked(self.clock(over_ms), last)]),
            None => spans.extend(self.lasting(incident, last)),
        }
        spans.push(plain("."));
        spans
    }

    /// Where it was not over when the data end; `last` is a finding that lasts.
    fn lasting(&self, incident: &Incident, last: usize) -> Vec<Span> {
        let data = &self.report.dataset;
        let mut lasting: Vec<(usize, usize)> = Vec::new();
        for position in incident.findings.iter().copied() {
            // As for the incident itself: what reaches the last slot is not seen to end.
            let lasts = |finding: &&Finding| finding.end_ms >= data.end_ms - data.interval_ms;
            let Some(finding) = self.finding(position).filter(lasts) else { continue };
            for service in &finding.services {
                if !lasting.iter().any(|(known, _)| known == service) {
                    lasting.push((*service, position));
                }
            }
        }
        let (before, subject, of) = match lasting.as_slice() {
            [(_, only)] if incident.impact.services > 1 => {
                (", and still showed in ", self.finding(*only).map(|finding| self.subject(finding)), *only)
            }
            [_, _, ..] if lasting.len() < incident.impact.services => {
                (", and was not over in ", Some(format!("{} of them", lasting.len())), last)
            }
            _ => return vec![plain(", and "), linked("was not over when the data end", last)],
        };
        vec![plain(before), linked(subject.unwrap_or_default(), of), plain(" when the data end")]
    }

    /// Who is next, where that is still to come.
    fn next(&self, incident: &Incident) -> Vec<Span> {
        let to_come = incident.next.iter().find(|arrival| arrival.at_ms >= self.report.dataset.end_ms);
        let Some(arrival) = to_come.filter(|_| incident.recovered_ms.is_none()) else { return Vec::new() };
        let through = incident.spread.iter().find(|step| step.service == arrival.through).map(|step| step.finding);
        let span = |text: String| Span { text, finding: through };
        vec![
            plain(format!(" If it goes on as usual, {} is next, about ", shortened(self.service(arrival.service)))),
            span(format!("{} ± {}", self.clock(arrival.at_ms), duration_s(arrival.plus_minus_s))),
            plain(", with a chance of "),
            span(format!("{} %", decimals(100.0 * arrival.chance, 0))),
            plain("."),
        ]
    }

    fn calm(&self, incident: &Incident) -> Vec<Span> {
        let quiet: Vec<String> = (0..self.report.services.len())
            .filter(|service| !incident.spread.iter().any(|step| step.service == *service))
            .map(|service| shortened(self.service(service)))
            .collect();
        let text = match quiet.as_slice() {
            [] => return Vec::new(),
            [one] => format!(" {one} had no part in it."),
            [one, other] => format!(" {one} and {other} had no part in it."),
            [one, other, rest @ ..] => format!(" {one}, {other} and {} more had no part in it.", rest.len()),
        };
        vec![plain(text)]
    }

    /// What would show that the story is wrong.
    fn refutation(&self, incident: &Incident, opening: &Finding) -> String {
        let named =
            verdict(self.report, incident).filter(|verdict| verdict.word().is_some()).and(incident.causes.first());
        let Some(cause) = named.filter(|_| incident.spread.len() > 1) else { return opening.refuted_by.clone() };
        let service = shortened(self.service(cause.service));
        let other =
            self.names(&rivals(incident).take(2).collect::<Vec<_>>()).unwrap_or_else(|| "another service".into());
        match onset(self.report, opening) {
            Onset::Seen(at_ms) => {
                let at = self.clock(at_ms);
                let sooner = match rivals(incident).next() {
                    Some(_) => format!("{other} moving before {at} in finer data"),
                    None => format!("a service that moved before {at} and is not in these data"),
                };
                format!("{sooner}; {}", opening.refuted_by)
            }
            Onset::InGap(..) => format!("data from the gap in which {other} moves before {service}"),
            Onset::FromTheStart(_) => {
                format!("earlier data in which {other} moves before {service}, or in which it was always so")
            }
        }
    }

    fn check_next(&self, incident: &Incident, opening: &Finding) -> Vec<String> {
        let Some(verdict) = verdict(self.report, incident) else { return Vec::new() };
        let when = match onset(self.report, opening) {
            Onset::Seen(at_ms) => format!("shortly before {}", self.clock(at_ms)),
            Onset::InGap(from_ms, at_ms) => format!("between {} and {}", self.clock(from_ms), self.clock(at_ms)),
            Onset::FromTheStart(at_ms) => format!("before {}", self.clock(at_ms)),
        };
        let named = incident.causes.first().filter(|_| verdict.word().is_some() || incident.spread.len() < 2);
        let Some(cause) = named else {
            return vec![format!(
                "what these have in common outside of these metrics (host, network, load, deploy), {when}"
            )];
        };
        let service = shortened(self.service(cause.service));
        let mut checks = vec![format!("what changed in {service} {when} (deploy, configuration, traffic)")];
        if let Some(rival) = rivals(incident).next() {
            let (other, its, share) =
                (shortened(self.service(rival.service)), percent(rival.confidence), percent(cause.confidence));
            checks.push(if its == share {
                format!("whether {other} was first: it holds as much of the evidence, {its}")
            } else {
                format!("whether {other} was first: it holds {its} of the evidence, {service} {share}")
            });
        }
        checks
    }

    /// `a or b`, `None` for nobody.
    fn names(&self, causes: &[&Cause]) -> Option<String> {
        let names: Vec<String> = causes.iter().map(|cause| shortened(self.service(cause.service))).collect();
        (!names.is_empty()).then(|| names.join(" or "))
    }
}

/// A name without its middle where it is too long for a sentence; control signs are spaces.
fn shortened(name: &str) -> String {
    let letters: Vec<char> = name.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    let half = LONGEST_NAME / 2;
    match (letters.get(..half), letters.len().checked_sub(half - 1).and_then(|from| letters.get(from..))) {
        (Some(head), Some(tail)) if letters.len() > LONGEST_NAME => head.iter().chain(&['…']).chain(tail).collect(),
        _ => letters.into_iter().collect(),
    }
}

/// A score as a story has it: `3.4`, `100`.
fn score(finding: &Finding) -> String {
    if finding.score >= 99.95 { "100".to_owned() } else { decimals(finding.score, 1) }
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
        assert_eq!(text(&story.headline), "cart memory left its normal band first, at 10:42:10 (score 3.4).");
        assert_eq!(
            text(&story.body),
            "The level rose. It comes with pod web-2: 2 of its 2 series moved, 0 of 6 others. checkout latency followed \
             after 1 min ± 21.2 s. mail had no part in it."
        );
        let named: Vec<_> = story.body.iter().filter(|span| span.text.contains("web-2")).collect();
        assert_eq!(named.iter().map(|span| span.finding).collect::<Vec<_>>(), [Some(1)], "the finding of that pod");
        assert!(story.body.iter().any(|span| span.text.contains('±') && span.finding == Some(1)));
    }

    fn text(spans: &[Span]) -> String {
        spans.iter().map(|span| span.text.as_str()).collect()
    }

    fn incident(report: &Report, causes: Vec<Cause>) -> Incident {
        let mut incident = Incident {
            start_ms: 38_530_000,
            end_ms: 40_000_000,
            findings: (0..report.findings.len()).collect(),
            causes,
            ..Incident::default()
        };
        incident.spread = crate::spread::order(&report.findings, &incident.findings, 15_000);
        crate::impact::assess(report, &mut incident, &crate::cascade::Ways::default(), &[]);
        incident
    }

    #[test]
    fn who_calls_the_cause_and_whom_it_calls_is_told() {
        let mut report = report();
        let told = |report: &Report| {
            let incident = incident(report, vec![cause(0, 8.0, 0.9), cause(1, 2.0, 0.05)]);
            let body = text(&tell(report, &incident).body);
            body.split("of the evidence)")
                .nth(1)
                .and_then(|rest| rest.split(" followed").next())
                .unwrap_or("")
                .to_owned()
        };
        assert_eq!(told(&report), ". checkout latency");
        report.services[1].calls = vec![0];
        assert_eq!(told(&report), ". checkout calls it. checkout latency");
        report.services[0].calls = vec![2];
        assert_eq!(told(&report), ". checkout calls it; nothing that it calls had a part in it. checkout latency");
        report.services[1].calls.clear();
        assert_eq!(told(&report), ". Nothing that it calls had a part in it. checkout latency");
        report.services[0].calls = vec![1, 2];
        assert_eq!(told(&report), ". It calls checkout, which had a part in it, too. checkout latency");
    }

    fn cause(service: usize, score: f64, confidence: f64) -> Cause {
        let sentence = format!("memory {service} rose.");
        let onset_ms = 38_530_000;
        Cause { service, series: service, score, confidence, onset_ms, findings: vec![service], sentence }
    }

    #[test]
    fn what_began_in_a_gap_is_not_said_to_have_been_the_first() {
        let mut report = report();
        for (finding, gap_s) in report.findings.iter_mut().zip([1000.0, 1060.0]) {
            let name = crate::onset::UNSEEN_BEFORE.into();
            finding.numbers.push(report::Quantity { name, value: gap_s, unit: "s".into() });
        }
        let story = tell(&report, &incident(&report, vec![cause(0, 4.0, 0.6), cause(1, 3.0, 0.2)]));
        assert_eq!(
            text(&story.headline),
            "cart memory left its normal band in a gap of the data, between 10:25:30 and 10:42:10 (score 3.4)."
        );
        let body = text(&story.body);
        assert!(body.contains("checkout latency changed in the same gap: the data cannot say"), "{body}");
        assert!(body.contains("It likely came from cart (60 % of the evidence)."), "{body}");
        assert_eq!(story.refuted_by, "data from the gap in which checkout moves before cart");
        assert!(text(&story.body).split(". ").count() <= 12);
    }

    #[test]
    fn nobody_is_named_where_nothing_speaks_for_it() {
        let report = report();
        let invisible = tell(&report, &incident(&report, vec![cause(1, 0.9, 0.7)]));
        assert!(text(&invisible.body).contains("No cause is visible in these metrics."));
        assert_eq!(text(&invisible.headline), "cart memory left its normal band first, at 10:42:10 (score 3.4).");
        let alike = tell(&report, &incident(&report, vec![cause(1, 3.0, 0.15), cause(0, 3.0, 0.14)]));
        assert!(text(&alike.body).contains("Nothing stands out as the cause"));
        assert!(!alike.check_next.iter().any(|check| check.contains("was first")), "{:?}", alike.check_next);
    }

    /// A report with a third service in trouble.
    fn crowd() -> Report {
        let mut report = report();
        report.series.push(series("mail_queue", "queue", 2));
        report
    }

    #[test]
    fn of_those_who_moved_before_the_nearest_is_told() {
        let mut report = crowd();
        report.findings.push(finding(2, 2, 38_730_000, 40_000_000, 9.0));
        let story = tell(&report, &incident(&report, vec![cause(2, 4.0, 0.6)]));
        assert_eq!(text(&story.headline), "mail queue left its normal band at 10:45:30 (score 9.0).");
        let body = text(&story.body);
        assert!(
            body.contains("checkout latency had moved 2 min 20 s ± 21.2 s before. It reached 1 more service."),
            "{body}"
        );
    }

    #[test]
    fn a_finding_on_two_services_names_the_series_of_each() {
        let mut report = crowd();
        report.findings[1].series.push(2);
        report.findings[1].services.push(2);
        let told = |causes: Vec<Cause>| text(&tell(&report, &incident(&report, causes)).body);
        let followed = told(vec![cause(0, 4.0, 0.6)]);
        assert!(
            followed.contains("checkout latency followed after 1 min ± 21.2 s and mail queue after 1 min"),
            "{followed}"
        );
        let opened = told(vec![Cause { findings: vec![1], ..cause(1, 4.0, 0.6) }]);
        assert!(opened.contains("cart memory had moved 1 min ± 21.2 s before. It touched 3 of 3"), "{opened}");
    }

    #[test]
    fn it_is_said_who_was_not_over_when_the_data_end() {
        let ending = |ends: [i64; 3]| {
            let mut report = crowd();
            report.findings.push(finding(2, 2, 38_590_000, 40_000_000, 3.0));
            for (finding, end_ms) in report.findings.iter_mut().zip(ends) {
                finding.end_ms = end_ms;
            }
            let mut incident = incident(&report, vec![cause(0, 4.0, 0.6)]);
            incident.end_ms = ends.into_iter().max().unwrap_or(0);
            crate::impact::assess(&report, &mut incident, &crate::cascade::Ways::default(), &[]);
            text(&tell(&report, &incident).body)
        };
        let (over, end) = (40_000_000, 45_000_000);
        let touched = "It touched 3 of 3 services, half of them for ";
        for (ends, told) in [
            ([over, over, over], ", until 11:06:40."),
            ([over, end, over], ", and still showed in checkout latency when the data end."),
            ([end, over, end - 15_000], ", and was not over in 2 of them when the data end."),
            ([end, end, end], ", and was not over when the data end."),
        ] {
            let body = ending(ends);
            assert!(body.contains(touched) && body.contains(told), "{told}: {body}");
        }
    }

    #[test]
    fn equal_shares_are_not_told_twice() {
        let report = report();
        let check = |shares: [f64; 2]| {
            let [first, second] = shares;
            tell(&report, &incident(&report, vec![cause(0, 4.0, first), cause(1, 3.0, second)])).check_next[1].clone()
        };
        assert_eq!(check([0.294, 0.286]), "whether checkout was first: it holds as much of the evidence, 29 %");
        assert_eq!(check([0.4, 0.2]), "whether checkout was first: it holds 20 % of the evidence, cart 40 %");
    }

    #[test]
    fn every_number_of_the_body_is_linked() {
        let report = report();
        let story = tell(&report, &incident(&report, vec![cause(0, 4.0, 0.6), cause(1, 3.0, 0.2)]));
        for span in story.headline.iter().chain(&story.body).filter(|span| span.finding.is_none()) {
            assert!(!span.text.contains(|sign: char| sign.is_ascii_digit()), "{}", span.text);
        }
    }

    #[test]
    fn long_names_lose_their_middle() {
        let name: String = ('a'..='z').chain('a'..='z').chain('a'..='z').collect();
        assert_eq!(shortened(&name).chars().count(), LONGEST_NAME);
        assert!(shortened(&name).starts_with("abc") && shortened(&name).ends_with("xyz"));
        assert_eq!(shortened("a\nb"), "a b");
    }
}
