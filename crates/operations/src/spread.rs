//! The order in which an incident reached services.

use crate::onset::{onset, unseen_s};
use order::SortedMap;
use report::format::duration_s;
use report::{Finding, Report, SpreadStep};

/// One step per service, by the first finding of each, earliest first (ties by strength, then by service number).
///
/// The lag's uncertainty is the root sum of squares of both onsets' uncertainties: the half width that a finding states
/// as `onset uncertainty` (seconds), and at least one sampling step. Where one of the two began in a gap of the data it is at
/// least as long as the gap.
pub fn order(findings: &[Finding], group: &[usize], interval_ms: i64) -> Vec<SpreadStep> {
    let mut first: SortedMap<usize, usize> = SortedMap::new();
    for &position in group {
        let Some(finding) = findings.get(position) else { continue };
        for &service in &finding.services {
            let held = first.at_or(service, position);
            if findings.get(*held).is_some_and(|other| finding.start_ms < other.start_ms) {
                *held = position;
            }
        }
    }
    let mut reached: Vec<(usize, usize, &Finding)> = first
        .into_iter()
        .filter_map(|(service, position)| findings.get(position).map(|finding| (service, position, finding)))
        .collect();
    order::sort_by(&mut reached, |a, b| {
        a.2.start_ms.cmp(&b.2.start_ms).then(b.2.score.total_cmp(&a.2.score)).then(a.0.cmp(&b.0))
    });
    let Some((_, _, origin)) = reached.first().copied() else { return Vec::new() };
    let step_s = interval_ms as f64 / 1000.0;
    reached
        .iter()
        .map(|(service, position, finding)| SpreadStep {
            service: *service,
            onset_ms: finding.start_ms,
            lag_s: (finding.start_ms - origin.start_ms) as f64 / 1000.0,
            lag_plus_minus_s: apart_s(finding, origin, step_s).max(unseen_s(finding)).max(unseen_s(origin)),
            finding: *position,
        })
        .collect()
}

/// How long after `from` `to` began, in words: `30 s ± 5 s`, or `at least 3 min` or `at most 3 min` where a gap hides when one of
/// the two began; for one before the other the time in between.
pub fn lag_words(report: &Report, from: &Finding, to: &Finding) -> String {
    let apart = duration_s((to.start_ms - from.start_ms).abs() as f64 / 1000.0);
    let is_seen = [from, to].map(|one| onset(report, one).is_seen());
    match (is_seen, to.start_ms > from.start_ms) {
        ([true, true], _) => {
            format!("{apart} ± {}", duration_s(apart_s(to, from, report.dataset.interval_ms as f64 / 1000.0)))
        }
        // Who is hidden in a gap may have begun earlier than it was seen.
        ([false, true], true) | ([true, false], false) => format!("at least {apart}"),
        _ => format!("at most {apart}"),
    }
}

/// The name of the evidence number that holds half the width of an onset's interval, in seconds.
pub const ONSET_UNCERTAINTY: &str = "onset uncertainty";

/// By how much two onsets that were seen have to differ, in seconds, for one to be the first.
pub(crate) fn apart_s(one: &Finding, other: &Finding, step_s: f64) -> f64 {
    uncertainty_s(one, step_s).hypot(uncertainty_s(other, step_s))
}

/// Half the width of an onset's 95 % interval, at least one sampling step.
fn uncertainty_s(finding: &Finding, step_s: f64) -> f64 {
    finding
        .numbers
        .iter()
        .find(|number| number.name == ONSET_UNCERTAINTY)
        .map_or(step_s, |number| number.value.max(step_s))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::tests::finding;
    use report::Quantity;

    #[test]
    fn what_a_gap_hides_has_a_lag_in_one_direction() {
        let dataset = report::DatasetSummary { start_ms: -9_000, interval_ms: 3_000, ..Default::default() };
        let report = Report { dataset, ..Report::default() };
        let seen = finding(0, 0, 0, 9, 1.0);
        let mut hidden = finding(1, 1, 30_000, 40_000, 2.0);
        hidden.numbers.push(Quantity { name: crate::onset::UNSEEN_BEFORE.into(), value: 25.0, unit: "s".into() });
        let later = finding(2, 2, 60_000, 70_000, 2.0);
        assert_eq!(lag_words(&report, &seen, &later), "1 min ± 4.24 s");
        assert_eq!(lag_words(&report, &seen, &hidden), "at most 30 s");
        assert_eq!(lag_words(&report, &hidden, &later), "at least 30 s");
        assert_eq!(lag_words(&report, &hidden, &seen), "at most 30 s");
        assert_eq!(lag_words(&report, &later, &hidden), "at least 30 s");
    }

    #[test]
    fn each_service_once_at_its_first_finding() {
        let mut late = finding(1, 1, 30_000, 40_000, 2.0);
        late.numbers.push(Quantity { name: ONSET_UNCERTAINTY.into(), value: 4.0, unit: "s".into() });
        let findings = [finding(0, 0, 0, 9, 1.0), late, finding(2, 1, 50_000, 60_000, 5.0)];
        let steps = order(&findings, &[0, 1, 2], 3_000);
        assert_eq!(
            steps
                .iter()
                .map(|step| (step.service, step.lag_s, step.lag_plus_minus_s, step.finding))
                .collect::<Vec<_>>(),
            [(0, 0.0, 3.0f64.hypot(3.0), 0), (1, 30.0, 5.0, 1)]
        );
        assert!(order(&findings, &[], 1_000).is_empty());
        let mut behind = finding(1, 1, 30_000, 40_000, 2.0);
        behind.numbers.push(Quantity { name: crate::onset::UNSEEN_BEFORE.into(), value: 25.0, unit: "s".into() });
        let steps = order(&[finding(0, 0, 0, 9, 1.0), behind], &[0, 1], 3_000);
        assert_eq!(steps.last().map(|step| (step.lag_s, step.lag_plus_minus_s)), Some((30.0, 25.0)));
    }
}
