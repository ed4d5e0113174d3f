//! Which story is told: of an incident, of single findings, of calm, or of too little data.

use report::{Incident, Report};

/// What there is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// An incident, by position.
    Incident(usize),
    /// Findings that belong to no incident.
    Findings,
    /// Nothing was found.
    Calm,
    /// There is too little data to find anything in.
    TooLittle,
    /// The work is not done yet.
    Unfinished,
}

/// What there is to say about a Report at the cursor: the incident that the cursor is in, else the worst one.
pub fn look(report: &Report, cursor_ms: Option<i64>) -> Look {
    if let Some(incident) = incident_at(report, cursor_ms) {
        return Look::Incident(incident);
    }
    let is_blind = !report.scales.is_empty() && report.scales.iter().all(|scale| scale.unavailable.is_some());
    match (report.findings.iter().any(|finding| finding.score >= 1.0), report.complete) {
        (true, _) => Look::Findings,
        (false, false) => Look::Unfinished,
        (false, true) if is_blind => Look::TooLittle,
        (false, true) => Look::Calm,
    }
}

/// The incident that a moment lies in, the worst of them; else the worst of all. None where there is none.
pub fn incident_at(report: &Report, cursor_ms: Option<i64>) -> Option<usize> {
    let holds = |incident: &Incident| cursor_ms.is_some_and(|at| (incident.start_ms..=incident.end_ms).contains(&at));
    let worst = |only_here: bool| {
        let candidates = report.incidents.iter().enumerate().filter(|(_, incident)| !only_here || holds(incident));
        let ranked = candidates.map(|(index, incident)| (index, weight(report, incident)));
        // Of equals the first.
        ranked.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(index, _)| index)
    };
    worst(true).or_else(|| worst(false))
}

/// The sum of an incident's scores: many findings that are each not large are worse than one that is.
fn weight(report: &Report, incident: &Incident) -> f64 {
    incident.findings.iter().filter_map(|&index| report.findings.get(index)).map(|finding| finding.score).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::{Finding, FindingKind, Narrative, Scale, ScaleSummary};

    fn finding(score: f64) -> Finding {
        Finding {
            id: String::new(),
            kind: FindingKind::Trend,
            series: vec![],
            services: vec![],
            scale: Scale::Macro,
            start_ms: 0,
            end_ms: 0,
            score,
            direction: None,
            p: None,
            numbers: vec![],
            sentence: String::new(),
            refuted_by: String::new(),
        }
    }

    fn incident(start_ms: i64, end_ms: i64, findings: Vec<usize>) -> Incident {
        let narrative = Narrative::default();
        Incident { start_ms, end_ms, peak_ms: start_ms, findings, narrative, ..Incident::default() }
    }

    #[test]
    fn the_cursor_chooses_the_incident_and_the_worst_is_the_default() {
        let report = Report {
            findings: vec![finding(1.2), finding(3.0), finding(2.5)],
            incidents: vec![incident(0, 10, vec![0]), incident(20, 30, vec![1, 2]), incident(5, 30, vec![2])],
            ..Report::default()
        };
        assert_eq!(incident_at(&report, None), Some(1));
        assert_eq!(incident_at(&report, Some(3)), Some(0));
        assert_eq!(incident_at(&report, Some(7)), Some(2));
        assert_eq!(incident_at(&report, Some(99)), Some(1));
        assert_eq!(incident_at(&Report::default(), Some(0)), None);
    }

    #[test]
    fn calm_is_said_only_when_the_work_is_done_and_the_data_suffice() {
        let mut report = Report::default();
        assert_eq!(look(&report, None), Look::Unfinished);
        report.complete = true;
        assert_eq!(look(&report, None), Look::Calm);
        let scale = |scale| ScaleSummary { scale, from_s: 0.0, to_s: None, unavailable: Some("too short".into()) };
        report.scales = Scale::ALL.map(scale).to_vec();
        assert_eq!(look(&report, None), Look::TooLittle);
        report.findings = vec![finding(1.0)];
        assert_eq!(look(&report, None), Look::Findings);
        report.incidents = vec![incident(0, 1, vec![0])];
        assert_eq!(look(&report, None), Look::Incident(0));
    }
}
