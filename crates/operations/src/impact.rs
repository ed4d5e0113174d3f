//! How bad an incident is: what it touched, for how long, whether users feel it, and where it may go.

use crate::cascade::Ways;
use crate::symptom::{Symptom, symptom};
use order::{SortedMap, SortedSet};
use report::{Direction, Finding, FindingKind, Impact, Incident, Report, SeriesSummary, Severity};

/// How much the strength of the strongest finding, the spread and what users feel can add to the risk, each alone.
const DEPTH: f64 = 0.5;
const SPREAD: f64 = 0.7;
const FELT: f64 = 0.5;
/// A wait that is half of what can be felt, in seconds.
const A_LONG_WAIT_S: f64 = 1.0;
/// The harm of what does not say where it went.
const UNTOLD: f64 = 0.5;
/// The risk from which on an incident is major, and critical.
const MAJOR: f64 = 0.5;
const CRITICAL: f64 = 0.8;

/// Fills in severity, impact, the critical failure, the recovery and who may be next of an incident whose findings and spread
/// are known, in a report whose services, series and findings are.
///
/// `gaps` are stretches of time left out of the recording, from and to in milliseconds: they are no service time. Beats are
/// left as they are: they have no beginning, reach nobody and end never.
pub fn assess(report: &Report, incident: &mut Incident, ways: &Ways, gaps: &[(i64, i64)]) {
    if incident.spread.is_empty() {
        return;
    }
    let members: Vec<(usize, &Finding)> = incident
        .findings
        .iter()
        .filter_map(|position| report.findings.get(*position).map(|finding| (*position, finding)))
        .collect();
    incident.impact = impact(report, &members, gaps);
    incident.critical = critical(report, &members);
    incident.risk = risk(report, incident, &members);
    incident.severity = match incident.risk {
        risk if risk >= CRITICAL => Severity::Critical,
        risk if risk >= MAJOR => Severity::Major,
        _ => Severity::Minor,
    };
    // A finding that reaches the last slot is not seen to end.
    let is_over = incident.end_ms < report.dataset.end_ms - report.dataset.interval_ms;
    incident.recovered_ms = is_over.then_some(incident.end_ms);
    incident.next = ways.next(&incident.spread);
}

fn weight(report: &Report, service: usize) -> f64 {
    report.services.get(service).and_then(|service| service.weight).unwrap_or(1.0)
}

fn impact(report: &Report, members: &[(usize, &Finding)], gaps: &[(i64, i64)]) -> Impact {
    let mut series = SortedSet::new();
    let mut stretches: SortedMap<usize, Vec<(i64, i64)>> = SortedMap::new();
    for (_, finding) in members {
        series.extend(finding.series.iter().copied());
        for service in &finding.services {
            stretches.at(*service).push((finding.start_ms, finding.end_ms));
        }
    }
    let all: f64 = (0..report.services.len()).map(|service| weight(report, service)).sum();
    let touched: f64 = stretches.keys().map(|service| weight(report, *service)).sum();
    let services = stretches.len();
    let is_weighted =
        stretches.keys().any(|service| report.services.get(*service).is_some_and(|one| one.weight.is_some()));
    let step_ms = report.dataset.interval_ms;
    let lasted: Vec<(usize, f64)> = stretches
        .into_iter()
        .map(|(service, stretches)| (service, covered_ms(stretches, step_ms, gaps) as f64 / 1000.0))
        .collect();
    let service_s = lasted.iter().map(|(service, seconds)| weight(report, *service) * seconds).sum();
    let mut longest_first: Vec<f64> = lasted.into_iter().map(|(_, seconds)| seconds).collect();
    order::sort_by(&mut longest_first, |a, b| b.total_cmp(a));
    let median_s = longest_first.get(services.saturating_sub(1) / 2).copied().unwrap_or(0.0);
    let share = if all > 0.0 { touched / all } else { 0.0 };
    Impact { services, series: series.len(), share, service_s, median_s, is_weighted }
}

/// How long stretches last together, each from the start of its first slot to the end of its last one, what two of them share
/// counted once, and gaps not at all.
fn covered_ms(mut stretches: Vec<(i64, i64)>, step_ms: i64, gaps: &[(i64, i64)]) -> i64 {
    order::sort(&mut stretches);
    let (mut total, mut until) = (0, i64::MIN);
    for (start, end) in stretches {
        let end = end + step_ms;
        let from = start.max(until);
        let missing: i64 = gaps.iter().map(|gap| (gap.1.min(end) - gap.0.max(from)).max(0)).sum();
        total += (end - from - missing).max(0);
        until = until.max(end);
    }
    total
}

/// The finding that hurts most: of what users feel and that went the way that hurts, the one with the most harm that is as
/// sure as it is.
fn critical(report: &Report, members: &[(usize, &Finding)]) -> Option<usize> {
    let pain = |finding: &Finding| {
        let series = finding.series.iter().filter_map(|series| report.series.get(*series));
        let harm = series
            .filter_map(|one| symptom(one).filter(|symptom| hurts(*symptom, finding)).map(|symptom| (symptom, one)))
            .map(|(symptom, one)| harm(symptom, one, finding))
            .fold(0.0, f64::max);
        let weight = finding.services.iter().map(|service| weight(report, *service)).fold(0.0, f64::max);
        weight * depth(finding.score) * harm
    };
    let mut worst: Option<(f64, usize)> = None;
    for (position, finding) in members {
        let pain = pain(finding);
        if pain > worst.map_or(0.0, |(most, _)| most) {
            worst = Some((pain, *position));
        }
    }
    worst.map(|(_, position)| position)
}

/// Waiting longer, failing more, answering less, and saying nothing any more.
fn hurts(symptom: Symptom, finding: &Finding) -> bool {
    let is_silent = finding.kind == FindingKind::Vanished;
    match symptom {
        Symptom::Latency | Symptom::Errors => is_silent || finding.direction != Some(Direction::Down),
        Symptom::Availability => is_silent || finding.direction != Some(Direction::Up),
    }
}

/// How much users feel of it, from 0 to 1: of waiting `w` seconds longer `w / (w + 1)`, of a share of requests that fails or
/// is not answered its root, of what is measured in other units by how much it changed, as a share of the larger of
/// the two values. Silence is the worst, and what does not say where it went is in the middle.
fn harm(symptom: Symptom, series: &SeriesSummary, finding: &Finding) -> f64 {
    if finding.kind == FindingKind::Vanished {
        return 1.0;
    }
    let of = |names: [&str; 3]| {
        finding.numbers.iter().find(|number| names.contains(&number.name.as_str())).map(|number| number.value)
    };
    let Some((before, after)) = of(["usual", "before", "from"]).zip(of(["peak", "after", "to"])) else {
        return UNTOLD;
    };
    let change = (after - before).abs();
    match (symptom, series.unit.as_str()) {
        (Symptom::Latency, "s") => change / (change + A_LONG_WAIT_S),
        (Symptom::Errors | Symptom::Availability, "ratio") => change.min(1.0).sqrt(),
        (Symptom::Errors | Symptom::Availability, "%") => (0.01 * change).min(1.0).sqrt(),
        _ => change / before.abs().max(after.abs()).max(f64::MIN_POSITIVE),
    }
}

/// What a finding's strength adds, from 0 to 1.
fn depth(score: f64) -> f64 {
    1.0 - 1.0 / score.max(1.0)
}

/// What speaks for harm, each by itself: one minus the product of what speaks against it.
fn risk(report: &Report, incident: &Incident, members: &[(usize, &Finding)]) -> f64 {
    let strongest = members.iter().map(|(_, finding)| finding.score).fold(1.0, f64::max);
    let felt =
        incident.critical.and_then(|position| report.findings.get(position)).map_or(1.0, |finding| finding.score);
    // Where it began is no spread.
    let origin = incident.spread.first().map_or(0.0, |step| weight(report, step.service));
    let all: f64 = (0..report.services.len()).map(|service| weight(report, service)).sum::<f64>() - origin;
    let reached: f64 = incident.spread.iter().skip(1).map(|step| weight(report, step.service)).sum();
    let spread = if all > 0.0 { reached / all } else { 0.0 };
    1.0 - (1.0 - DEPTH * depth(strongest)) * (1.0 - SPREAD * spread) * (1.0 - FELT * depth(felt))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::incident::tests::finding;
    use report::{DatasetSummary, Quantity, ServiceSummary};

    /// One series per service; seconds are milliseconds by thousand.
    fn report(metrics: &[&str], weights: &[Option<f64>], findings: Vec<Finding>) -> Report {
        Report {
            dataset: DatasetSummary { start_ms: 0, end_ms: 1_000_000, interval_ms: 1_000, ..DatasetSummary::default() },
            services: weights
                .iter()
                .map(|weight| ServiceSummary { weight: *weight, ..ServiceSummary::default() })
                .collect(),
            series: metrics
                .iter()
                .enumerate()
                .map(|(service, metric)| SeriesSummary {
                    service,
                    metric: (*metric).into(),
                    ..SeriesSummary::default()
                })
                .collect(),
            findings,
            ..Report::default()
        }
    }

    fn assessed(report: &Report) -> Incident {
        let findings: Vec<usize> = (0..report.findings.len()).collect();
        let mut incident = Incident {
            start_ms: report.findings.iter().map(|one| one.start_ms).min().unwrap(),
            end_ms: report.findings.iter().map(|one| one.end_ms).max().unwrap(),
            spread: crate::spread::order(&report.findings, &findings, 1_000),
            findings,
            ..Incident::default()
        };
        assess(report, &mut incident, &Ways::default(), &[]);
        incident
    }

    #[test]
    fn overlapping_trouble_of_a_service_counts_once_and_by_its_weight() {
        let findings = vec![
            finding(0, 0, 10_000, 19_000, 2.0),
            finding(0, 0, 15_000, 29_000, 2.0),
            finding(0, 0, 50_000, 59_000, 2.0),
            finding(1, 1, 10_000, 19_000, 2.0),
        ];
        let plain = assessed(&report(&["cpu", "cpu", "cpu"], &[None; 3], findings.clone()));
        assert_eq!((plain.impact.services, plain.impact.series), (2, 2));
        assert_eq!((plain.impact.service_s, plain.impact.is_weighted), (20.0 + 10.0 + 10.0, false));
        assert_eq!(plain.impact.median_s, 30.0, "one of the two");
        assert!((plain.impact.share - 2.0 / 3.0).abs() < 1e-12);
        let weighted = assessed(&report(&["cpu", "cpu", "cpu"], &[Some(5.0), None, Some(0.0)], findings));
        assert_eq!((weighted.impact.service_s, weighted.impact.is_weighted), (5.0 * 30.0 + 10.0, true));
        assert_eq!(weighted.impact.median_s, 30.0, "a weight is no time");
        assert_eq!(weighted.impact.share, 1.0);
    }

    #[test]
    fn a_gap_of_the_recording_is_no_service_time() {
        let report = report(&["cpu"], &[None], vec![finding(0, 0, 10_000, 899_000, 2.0)]);
        let mut incident = assessed(&report);
        assert_eq!(incident.impact.service_s, 890.0);
        assess(&report, &mut incident, &Ways::default(), &[(20_000, 820_000), (895_000, 990_000)]);
        assert_eq!(incident.impact.service_s, 890.0 - 800.0 - 5.0);
    }

    #[test]
    fn one_resource_is_minor_and_what_everybody_feels_is_critical() {
        let one = assessed(&report(&["cpu"; 10], &[None; 10], vec![finding(0, 0, 10_000, 20_000, 10.0)]));
        assert_eq!((one.severity, one.critical), (Severity::Minor, None));
        assert!((one.risk - 0.45).abs() < 1e-12, "{}", one.risk);
        let metrics = ["memory", "latency p95", "errors", "cpu"];
        let spread = vec![
            finding(0, 0, 10_000, 90_000, 10.0),
            finding(1, 1, 20_000, 90_000, 4.0),
            finding(2, 2, 30_000, 90_000, 6.0),
        ];
        let all = assessed(&report(&metrics, &[None; 4], spread));
        assert_eq!((all.severity, all.critical), (Severity::Critical, Some(2)));
        assert!((all.risk - (1.0 - 0.55 * (1.0 - 0.7 * 2.0 / 3.0) * (1.0 - 0.5 * 5.0 / 6.0))).abs() < 1e-12);
    }

    #[test]
    fn a_long_wait_is_felt_more_than_a_sure_one_and_failing_more_than_either() {
        let felt = |findings: Vec<(&str, &str, f64, [f64; 2])>| {
            let metrics: Vec<&str> = findings.iter().map(|one| one.0).collect();
            let found = findings.iter().enumerate().map(|(position, (_, _, score, [before, after]))| {
                let number = |name: &str, value: f64| Quantity { name: name.into(), value, unit: String::new() };
                let numbers = vec![number("peak", *after), number("usual", *before)];
                Finding { numbers, ..finding(position, position, 10_000, 20_000, *score) }
            });
            let mut report = report(&metrics, &vec![None; metrics.len()], found.collect());
            for (series, (_, unit, ..)) in report.series.iter_mut().zip(&findings) {
                series.unit = (*unit).into();
            }
            assessed(&report).critical
        };
        let short = ("latency p99", "s", 100.0, [0.005, 0.228]);
        let long = ("latency p99", "s", 5.6, [1.6, 59.6]);
        let failing = ("success", "%", 12.0, [100.0, 18.0]);
        assert_eq!(felt(vec![short, long]), Some(1));
        assert_eq!(felt(vec![short, long, failing]), Some(2));
        assert_eq!(felt(vec![short, ("error ratio", "ratio", 12.0, [0.0, 0.01])]), Some(0));
        assert_eq!(felt(vec![("latency", "", 5.0, [4.0, 5.0]), ("latency", "", 4.0, [1.0, 5.0])]), Some(1));
    }

    #[test]
    fn what_eases_users_is_no_failure() {
        let of = |metric: &str, direction: Option<Direction>| {
            let found = Finding { direction, ..finding(0, 0, 10_000, 20_000, 3.0) };
            assessed(&report(&[metric], &[None], vec![found])).critical
        };
        assert_eq!([of("latency", Some(Direction::Up)), of("latency", Some(Direction::Down))], [Some(0), None]);
        assert_eq!(
            [of("availability", Some(Direction::Up)), of("availability", Some(Direction::Down))],
            [None, Some(0)]
        );
    }

    #[test]
    fn what_lasts_to_the_end_has_not_recovered() {
        let over = assessed(&report(&["cpu"], &[None], vec![finding(0, 0, 10_000, 20_000, 2.0)]));
        assert_eq!(over.recovered_ms, Some(20_000));
        let lasting = assessed(&report(&["cpu"], &[None], vec![finding(0, 0, 10_000, 1_000_000, 2.0)]));
        assert_eq!(lasting.recovered_ms, None);
    }
}
