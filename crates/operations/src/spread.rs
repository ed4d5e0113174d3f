//! The order in which an incident reached services.

use order::SortedMap;
use report::{Finding, SpreadStep};

/// One step per service, by the first finding of each, earliest first (ties by strength, then by service number).
///
/// The lag's uncertainty is the root sum of squares of both onsets' uncertainties: the half width that a finding states
/// as `onset uncertainty` (seconds), and at least one sampling step.
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
            lag_plus_minus_s: uncertainty_s(finding, step_s).hypot(uncertainty_s(origin, step_s)),
            finding: *position,
        })
        .collect()
}

/// The name of the evidence number that holds half the width of an onset's interval, in seconds.
pub const ONSET_UNCERTAINTY: &str = "onset uncertainty";

/// Half the width of an onset's 95 % interval, at least one sampling step.
pub(crate) fn uncertainty_s(finding: &Finding, step_s: f64) -> f64 {
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
    }
}
