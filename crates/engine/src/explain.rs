//! Incidents, their causes and their story.

use crate::attribution;
use crate::cause::{examine, reach, weigh};
use analysis::cause::{Displacement, Evidence, Graph, Kind, VISIBLE, rank};
use operations::cascade::Ways;
use operations::{impact, incident, narrative, spread};
use order::SortedSet;
use report::format::{decimals, quantity};
use report::{Cause, Finding, Incident, LabelEvidence, Report, SeriesSummary};
use series::{Dataset, TimeGrid};

/// Fewer slots before an onset than this are no normal operation to compare with.
const SHORTEST_BASELINE: usize = 10;
/// A lag counts from this strength of the coupling on.
const STRONG: f64 = 0.5;
/// The most incidents that are worked out.
const MOST_INCIDENTS: usize = 20;

/// The incidents of a report whose services, series, findings and relations are filled in.
pub(crate) fn incidents(
    report: &Report,
    dataset: &Dataset,
    columns: &[&[f64]],
    grid: &TimeGrid,
    ways: &Ways,
) -> Vec<Incident> {
    // What was not recorded is no part of the window: two halves days apart are minutes long all the same.
    let window_ms = (grid.covered_s() * 1000.0) as i64;
    let behind = |cut: &series::Break| (grid.time_ms(cut.slot) - cut.skipped_ms, grid.time_ms(cut.slot));
    let gaps: Vec<(i64, i64)> = grid.breaks.iter().map(behind).collect();
    let (findings, relations) = (&report.findings, &report.relations);
    let mut told: Vec<Incident> = incident::group(findings, relations, grid.start_ms, grid.step_ms, window_ms)
        .into_iter()
        .take(MOST_INCIDENTS)
        .map(|group| one(report, dataset, columns, grid, group))
        .collect();
    for incident in &mut told {
        impact::assess(report, incident, ways, &gaps);
    }
    for position in 0..told.len() {
        let story = told.get(position).map(|incident| narrative::tell(report, incident));
        if let (Some(incident), Some(story)) = (told.get_mut(position), story) {
            incident.narrative = story;
        }
    }
    told
}

fn one(report: &Report, dataset: &Dataset, columns: &[&[f64]], grid: &TimeGrid, group: Vec<usize>) -> Incident {
    let members: Vec<&Finding> = group.iter().filter_map(|position| report.findings.get(*position)).collect();
    let start_ms = members.iter().map(|finding| finding.start_ms).min().unwrap_or(0);
    let end_ms = members.iter().map(|finding| finding.end_ms).max().unwrap_or(0);
    let beats = group.iter().all(|position| incident::is_beat(&report.findings, *position));
    let (causes, labels) = if beats {
        (by_findings(report, &group, start_ms), Vec::new())
    } else {
        causes(report, dataset, columns, grid, &group, start_ms, end_ms)
    };
    Incident {
        start_ms,
        end_ms,
        peak_ms: incident::peak_ms(&report.findings, &group).unwrap_or(start_ms),
        causes,
        labels,
        spread: if beats { Vec::new() } else { spread::order(&report.findings, &group, grid.step_ms) },
        findings: group,
        ..Incident::default()
    }
}

/// Ranks the services that have a finding in the group, and tells which label values their deviation comes with.
fn causes(
    report: &Report,
    dataset: &Dataset,
    columns: &[&[f64]],
    grid: &TimeGrid,
    group: &[usize],
    start_ms: i64,
    end_ms: i64,
) -> (Vec<Cause>, Vec<LabelEvidence>) {
    // What came long before may be a faint forerunner: the alarm is where most of it began.
    let alarm_ms = incident::outbreak_ms(&report.findings, group, grid.step_ms).unwrap_or(start_ms);
    let (onset, end) = (grid.slot(alarm_ms), grid.slot(end_ms) + 1);
    let services = services_of(report, group);
    let involved: Vec<usize> = report
        .series
        .iter()
        .enumerate()
        .filter(|(_, series)| services.contains(&series.service))
        .map(|(position, _)| position)
        .collect();
    if onset < SHORTEST_BASELINE {
        return (by_findings(report, group, start_ms), Vec::new());
    }
    let chosen = involved.iter().filter_map(|position| columns.get(*position));
    let chosen: Vec<&[f64]> = chosen.map(|column| column.get(..end).unwrap_or(column)).collect();
    let examined = examine(&chosen, 0, Some(onset), reach(grid), 1).into_iter().next().unwrap_or_default();
    // Series of services without a finding have not moved.
    let mut strength = vec![0.0; report.series.len()];
    for (column, moved) in &examined.moved {
        if let Some(strength) = involved.get(*column).and_then(|position| strength.get_mut(*position)) {
            *strength = moved.evidence;
        }
    }
    let weighed: Vec<Evidence> = examined
        .moved
        .iter()
        .filter_map(|(column, moved)| {
            let summary = report.series.get(*involved.get(*column)?)?;
            Some(weigh(summary.service, moved, &summary.metric))
        })
        .collect();
    // Requests come from elsewhere: they tell no more than the strongest of what does not.
    let most = weighed.iter().filter(|one| one.kind != Kind::Traffic).map(|one| one.strength).fold(0.0, f64::max);
    let evidence: Vec<Evidence> = weighed
        .into_iter()
        .map(|one| {
            if one.kind == Kind::Traffic && most > 0.0 {
                Evidence { strength: one.strength.min(most), ..one }
            } else {
                one
            }
        })
        .collect();
    let mut found = Vec::new();
    let (calls, lags) = (calls(report), led(report));
    let graph = if calls.is_empty() { Graph::Lags(&lags) } else { Graph::Calls(&calls) };
    for candidate in rank(&evidence, graph, VISIBLE) {
        let telling = candidate.evidence.first().and_then(|position| examined.moved.get(*position));
        let Some((position, moved)) = telling else { continue };
        let Some(&series) = involved.get(*position) else { continue };
        let speaking = findings_of(report, group, candidate.group);
        let Some(summary) = report.series.get(series) else { continue };
        let onset_ms = speaking
            .iter()
            .filter_map(|position| report.findings.get(*position))
            .map(|finding| finding.start_ms)
            .min()
            .unwrap_or(grid.time_ms(moved.first_outside));
        found.push(Cause {
            service: candidate.group,
            series,
            score: candidate.score,
            confidence: candidate.confidence,
            onset_ms,
            findings: speaking,
            sentence: moved_sentence(summary, moved),
        });
    }
    (found, attribution::explaining(dataset, report, &strength))
}

fn moved_sentence(series: &SeriesSummary, moved: &Displacement) -> String {
    let metric = series.metric.replace('_', " ");
    let before = quantity(moved.before, &series.unit);
    if moved.after.is_nan() {
        return format!("{metric} was at {before} and then fell silent.");
    }
    let after = quantity(moved.after, &series.unit);
    if moved.size < 1.5 {
        return format!("{metric} went from {before} to {after}, within its usual spread.");
    }
    format!("{metric} went from {before} to {after}, {} times its usual spread.", decimals(moved.size, 0))
}

/// Where there is nothing before the onset to compare with: the findings' own scores, earlier ones first. What came before
/// the data is not known, so "none of these" counts as much as the strongest.
fn by_findings(report: &Report, group: &[usize], start_ms: i64) -> Vec<Cause> {
    let services = services_of(report, group);
    let mut found: Vec<Cause> = services
        .into_iter()
        .filter_map(|service| {
            let speaking = findings_of(report, group, service);
            let members: Vec<&Finding> =
                speaking.iter().filter_map(|position| report.findings.get(*position)).collect();
            let onset_ms = members.iter().map(|finding| finding.start_ms).min()?;
            let strongest = members.iter().max_by(|a, b| a.score.total_cmp(&b.score))?;
            let late = (onset_ms - start_ms) as f64 / (report.dataset.end_ms - start_ms).max(1) as f64;
            Some(Cause {
                service,
                series: strongest.series.first().copied()?,
                score: strongest.score * (1.0 - 0.5 * late),
                confidence: 0.0,
                onset_ms,
                findings: speaking,
                sentence: strongest.sentence.clone(),
            })
        })
        .collect();
    order::sort_by(&mut found, |a, b| b.score.total_cmp(&a.score).then(a.service.cmp(&b.service)));
    let total: f64 = found.iter().chain(found.first()).map(|cause| cause.score).sum();
    for cause in &mut found {
        cause.confidence = if total > 0.0 { cause.score / total } else { 0.0 };
    }
    found
}

/// The group's findings of a service, earliest first.
fn findings_of(report: &Report, group: &[usize], service: usize) -> Vec<usize> {
    group
        .iter()
        .copied()
        .filter(|position| report.findings.get(*position).is_some_and(|finding| finding.services.contains(&service)))
        .collect()
}

/// The services that the findings of a group are about.
fn services_of(report: &Report, group: &[usize]) -> SortedSet<usize> {
    let mut services = SortedSet::new();
    for finding in group.iter().filter_map(|position| report.findings.get(*position)) {
        services.extend(finding.services.iter().copied());
    }
    services
}

/// Who calls whom, where anything says it.
fn calls(report: &Report) -> Vec<(usize, usize)> {
    let services = report.services.iter().enumerate();
    services.flat_map(|(caller, service)| service.calls.iter().map(move |callee| (caller, *callee))).collect()
}

/// Which service (the first of a pair) follows which, by the lags of relations whose interval leaves no doubt about the
/// direction.
fn led(report: &Report) -> Vec<(usize, usize)> {
    let service = |series: usize| report.series.get(series).map(|one| one.service);
    let mut edges = SortedSet::new();
    edges.extend(
        report
            .relations
            .iter()
            .filter(|relation| relation.kind == report::RelationKind::Coupling && relation.strength >= STRONG)
            .filter(|relation| relation.lag_s.zip(relation.lag_plus_minus_s).is_some_and(|(lag, half)| lag > half))
            .filter_map(|relation| Some((service(relation.to)?, service(relation.from)?)))
            .filter(|(follower, leader)| follower != leader),
    );
    edges.iter().copied().filter(|(follower, leader)| !edges.contains(&(*leader, *follower))).collect()
}
