//! Incidents for other programs: as JSON that needs no Report beside it, and as annotations for Grafana.

use crate::onset::{Onset, onset};
use report::format::iso_time;
use report::{Finding, Incident, LabelEvidence, Report, Span};
use serde::Serialize;

/// The version of the shape of [`incidents_json`].
pub const VERSION: u32 = 1;

/// All incidents of a file.
#[derive(Serialize)]
struct Handover<'a> {
    version: u32,
    sources: Vec<&'a str>,
    incidents: Vec<Record<'a>>,
}

/// One incident, with names instead of positions. Times are RFC 3339 in UTC, durations seconds.
#[derive(Serialize)]
struct Record<'a> {
    title: String,
    severity: &'static str,
    risk: f64,
    status: &'static str,
    started_at: String,
    peak_at: String,
    ended_at: Option<String>,
    root_causes: Vec<RootCause<'a>>,
    labels: &'a [LabelEvidence],
    critical_failure: Option<Evidence<'a>>,
    impact: ImpactRecord,
    services: Vec<Reached<'a>>,
    next: Vec<Next<'a>>,
    evidence: Vec<Evidence<'a>>,
    story: String,
    refuted_by: &'a str,
    check_next: &'a [String],
    seen_before: Option<&'a str>,
}

#[derive(Serialize)]
struct RootCause<'a> {
    service: &'a str,
    series: &'a str,
    confidence: f64,
    onset_at: String,
    reason: &'a str,
}

#[derive(Serialize)]
struct ImpactRecord {
    services: usize,
    series: usize,
    share_of_services: f64,
    service_s: f64,
    median_s: f64,
    is_weighted: bool,
}

#[derive(Serialize)]
struct Reached<'a> {
    service: &'a str,
    onset_at: String,
    lag_s: f64,
    lag_plus_minus_s: f64,
}

#[derive(Serialize)]
struct Next<'a> {
    service: &'a str,
    through: &'a str,
    expected_at: String,
    plus_minus_s: f64,
    chance: f64,
}

#[derive(Serialize)]
struct Evidence<'a> {
    id: &'a str,
    kind: &'static str,
    services: Vec<&'a str>,
    series: Vec<&'a str>,
    started_at: String,
    /// Where it began in a gap of the data: the last time before, at which it had not.
    hidden_since: Option<String>,
    ended_at: String,
    score: f64,
    p: Option<f64>,
    sentence: &'a str,
}

/// The incidents as a JSON document, the weightiest first.
///
/// # Errors
/// None in practice: the document is made of numbers, texts and lists.
pub fn incidents_json(report: &Report) -> Result<String, serde_json::Error> {
    let document = Handover {
        version: VERSION,
        sources: report.dataset.sources.iter().map(|source| source.name.as_str()).collect(),
        incidents: report.incidents.iter().map(|incident| record(report, incident)).collect(),
    };
    serde_json::to_string(&document)
}

fn record<'a>(report: &'a Report, incident: &'a Incident) -> Record<'a> {
    let service = |position: usize| report.services.get(position).map_or("", |one| one.name.as_str());
    let series = |position: usize| report.series.get(position).map_or("", |one| one.name.as_str());
    let finding = |position: usize| report.findings.get(position).map(|finding| evidence(report, finding));
    let narrative = &incident.narrative;
    Record {
        title: text(&narrative.headline),
        severity: incident.severity.name(),
        risk: incident.risk,
        status: if incident.recovered_ms.is_some() { "recovered" } else { "ongoing" },
        started_at: iso_time(incident.start_ms),
        peak_at: iso_time(incident.peak_ms),
        ended_at: incident.recovered_ms.map(iso_time),
        root_causes: incident
            .causes
            .iter()
            .map(|cause| RootCause {
                service: service(cause.service),
                series: series(cause.series),
                confidence: cause.confidence,
                onset_at: iso_time(cause.onset_ms),
                reason: &cause.sentence,
            })
            .collect(),
        labels: &incident.labels,
        critical_failure: incident.critical.and_then(finding),
        impact: ImpactRecord {
            services: incident.impact.services,
            series: incident.impact.series,
            share_of_services: incident.impact.share,
            service_s: incident.impact.service_s,
            median_s: incident.impact.median_s,
            is_weighted: incident.impact.is_weighted,
        },
        services: incident
            .spread
            .iter()
            .map(|step| Reached {
                service: service(step.service),
                onset_at: iso_time(step.onset_ms),
                lag_s: step.lag_s,
                lag_plus_minus_s: step.lag_plus_minus_s,
            })
            .collect(),
        next: incident
            .next
            .iter()
            .map(|arrival| Next {
                service: service(arrival.service),
                through: service(arrival.through),
                expected_at: iso_time(arrival.at_ms),
                plus_minus_s: arrival.plus_minus_s,
                chance: arrival.chance,
            })
            .collect(),
        evidence: incident.findings.iter().filter_map(|position| finding(*position)).collect(),
        story: text(&narrative.body),
        refuted_by: &narrative.refuted_by,
        check_next: &narrative.check_next,
        seen_before: incident.known.as_ref().map(|known| known.name.as_str()),
    }
}

fn evidence<'a>(report: &'a Report, finding: &'a Finding) -> Evidence<'a> {
    Evidence {
        id: &finding.id,
        kind: finding.kind.name(),
        services: finding
            .services
            .iter()
            .filter_map(|one| report.services.get(*one))
            .map(|one| one.name.as_str())
            .collect(),
        series: finding.series.iter().filter_map(|one| report.series.get(*one)).map(|one| one.name.as_str()).collect(),
        started_at: iso_time(finding.start_ms),
        hidden_since: match onset(report, finding) {
            Onset::InGap(from_ms, _) => Some(iso_time(from_ms)),
            Onset::Seen(_) | Onset::FromTheStart(_) => None,
        },
        ended_at: iso_time(finding.end_ms),
        score: finding.score,
        p: finding.p,
        sentence: &finding.sentence,
    }
}

/// One annotation, in the shape that Grafana's HTTP API takes and gives.
#[derive(Serialize)]
struct Annotation<'a> {
    time: i64,
    #[serde(rename = "timeEnd")]
    time_end: i64,
    tags: Vec<&'a str>,
    text: String,
}

/// A JSON list of annotations for Grafana (each is the body of one `POST /api/annotations`): a region for every incident,
/// and a moment for each service that it reached.
///
/// Grafana shows the text as HTML, so signs that could be markup are written as entities.
///
/// # Errors
/// None in practice: the document is made of numbers, texts and lists.
pub fn annotations_json(report: &Report) -> Result<String, serde_json::Error> {
    let service = |position: usize| report.services.get(position).map_or("", |one| one.name.as_str());
    let mut annotations = Vec::new();
    for incident in &report.incidents {
        let narrative = &incident.narrative;
        annotations.push(Annotation {
            time: incident.start_ms,
            time_end: incident.end_ms,
            tags: ["monteverdi", "incident", incident.severity.name()]
                .into_iter()
                .chain(incident.causes.first().map(|cause| service(cause.service)))
                .collect(),
            text: html(&format!("{} {}", text(&narrative.headline), text(&narrative.body))),
        });
        for step in &incident.spread {
            let what = report.findings.get(step.finding).map_or("", |finding| finding.sentence.as_str());
            annotations.push(Annotation {
                time: step.onset_ms,
                time_end: step.onset_ms,
                tags: vec!["monteverdi", "onset", service(step.service)],
                text: html(&format!("{}: {what}", service(step.service))),
            });
        }
    }
    serde_json::to_string(&annotations)
}

fn text(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

fn html(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            _ => safe.push(sign),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::incident::tests::finding;
    use report::{Cause, DatasetSummary, SeriesSummary, ServiceSummary};
    use serde_json::Value;

    fn report() -> Report {
        let mut report = Report {
            dataset: DatasetSummary { start_ms: 0, end_ms: 1_000_000, interval_ms: 1_000, ..DatasetSummary::default() },
            services: ["a<b>", "web"]
                .map(|name| ServiceSummary { name: name.into(), ..ServiceSummary::default() })
                .into(),
            series: (0..2)
                .map(|service| SeriesSummary { service, metric: "errors".into(), ..SeriesSummary::default() })
                .collect(),
            findings: vec![finding(0, 0, 10_000, 90_000, 3.0), finding(1, 1, 40_000, 60_000, 2.0)],
            ..Report::default()
        };
        let mut incident = Incident {
            start_ms: 10_000,
            end_ms: 90_000,
            peak_ms: 40_000,
            findings: vec![0, 1],
            spread: crate::spread::order(&report.findings, &[0, 1], 1_000),
            causes: vec![Cause {
                service: 0,
                series: 0,
                score: 3.0,
                confidence: 0.8,
                onset_ms: 10_000,
                findings: vec![0],
                sentence: "why".into(),
            }],
            labels: vec![LabelEvidence { label: "pod".into(), value: "w".into(), ..LabelEvidence::default() }],
            ..Incident::default()
        };
        crate::impact::assess(&report, &mut incident, &crate::cascade::Ways::default(), &[]);
        incident.narrative = crate::narrative::tell(&report, &incident);
        report.incidents = vec![incident];
        report
    }

    #[test]
    fn an_incident_stands_by_itself() {
        let document: Value = serde_json::from_str(&incidents_json(&report()).unwrap()).unwrap();
        let one = &document["incidents"][0];
        assert_eq!(one["started_at"], "1970-01-01T00:00:10Z");
        assert_eq!(
            (one["status"].as_str(), one["ended_at"].as_str()),
            (Some("recovered"), Some("1970-01-01T00:01:30Z"))
        );
        assert_eq!(
            (one["root_causes"][0]["service"].as_str(), one["severity"].as_str()),
            (Some("a<b>"), Some("critical"))
        );
        assert_eq!(one["services"][1]["lag_s"], 30.0);
        assert_eq!((one["labels"][0]["label"].as_str(), one["labels"][0]["value"].as_str()), (Some("pod"), Some("w")));
        assert_eq!(one["evidence"].as_array().unwrap().len(), 2);
        assert!(one["story"].as_str().unwrap().contains("web"), "{one}");
    }

    #[test]
    fn annotations_have_grafanas_shape_and_hold_no_markup() {
        let list: Value = serde_json::from_str(&annotations_json(&report()).unwrap()).unwrap();
        let list = list.as_array().unwrap();
        assert_eq!(list.len(), 3);
        assert_eq!((list[0]["time"].as_i64(), list[0]["timeEnd"].as_i64()), (Some(10_000), Some(90_000)));
        assert_eq!(list[0]["tags"], serde_json::json!(["monteverdi", "incident", "critical", "a<b>"]));
        assert_eq!((list[2]["time"].as_i64(), list[2]["tags"][2].as_str()), (Some(40_000), Some("web")));
        let texts: String = list.iter().map(|one| one["text"].as_str().unwrap()).collect();
        assert!(texts.contains("a&lt;b&gt;") && !texts.contains('<'), "{texts}");
    }
}
