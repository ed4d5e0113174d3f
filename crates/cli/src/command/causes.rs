//! `monteverdi causes`: what it may have come from.

use crate::failure::Failure;
use crate::instant::rfc3339;
use crate::reader::Files;
use crate::{call_graph, instant, output};
use clap::Args;
use engine::{CauseRequest, OtherDisturbance, RankedSeries, RankedService};
use report::LabelEvidence;
use report::format::{duration_s, number, quantity};
use serde::Serialize;
use series::Dataset;

/// Arguments of `causes`.
#[derive(Args, Debug)]
pub(crate) struct Causes {
    #[command(flatten)]
    files: Files,
    /// The time of an alarm (not of the fault): seconds since 1970, or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = instant::parse_ms, allow_hyphen_values = true)]
    at: Option<i64>,
    /// Who calls whom: a CSV with the columns `caller,callee`, lines like `frontend -> cart` (also DOT, Mermaid), or Jaeger's
    /// dependencies (JSON) [default: labels, where they name both ends of a request]
    #[arg(long, value_name = "FILE")]
    graph: Option<String>,
    /// A file of normal operation, in the same format
    #[arg(long, value_name = "FILE")]
    baseline: Option<String>,
}

/// The answer, as the contract has it.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    onset: String,
    /// The last time of the disturbance.
    end: String,
    /// False where no service moved further than healthy ones do.
    visible: bool,
    sentence: String,
    services: Vec<Service<'a>>,
    metrics: Vec<Metric<'a>>,
    /// Label values that the deviation comes with.
    labels: Vec<Label<'a>>,
    /// Other disturbances, where no alarm was given.
    others: Vec<Other<'a>>,
}

#[derive(Debug, Serialize)]
struct Service<'a> {
    service: &'a str,
    /// 1.0 where a deviation becomes visible.
    score: f64,
    confidence: f64,
    /// Its most telling metric, and what that did.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explained_by: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Label<'a> {
    label: &'a str,
    value: &'a str,
    /// The share of the evidence that is gone without the series that have this value.
    explained: f64,
    evidence: String,
}

/// Another disturbance of the same file.
#[derive(Debug, Serialize)]
struct Other<'a> {
    onset: String,
    end: String,
    /// The service that moved most.
    service: &'a str,
}

#[derive(Debug, Serialize)]
struct Metric<'a> {
    service: &'a str,
    metric: &'a str,
    series: &'a str,
    /// How far it moved, as evidence: about the spreads of its normal behaviour, less where that is little known.
    score: f64,
    onset: String,
    lag_s: f64,
    evidence: String,
}

impl Causes {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let dataset = self.files.read()?;
        let baseline = match &self.baseline {
            Some(file) => Some(self.files.reading.read(std::slice::from_ref(file))?),
            None => None,
        };
        let calls = self.graph.as_deref().map(call_graph::read).transpose()?.unwrap_or_default();
        let request = CauseRequest { alarm_ms: self.at, calls: &calls, baseline: baseline.as_ref() };
        let causes = engine::causes(&dataset, &request, &engine::Options::default()).map_err(Failure::input)?;
        let services: Vec<Service<'_>> = causes.services.iter().map(|one| service(&dataset, &causes, one)).collect();
        let metrics = causes.series.iter().filter_map(|ranked| metric(&dataset, ranked)).collect();
        let labels = causes.labels.iter().map(label).collect();
        output::json(&Answer {
            onset: rfc3339(causes.onset_ms),
            end: rfc3339(causes.end_ms),
            visible: causes.is_visible,
            sentence: sentence(&causes, services.first()),
            services,
            metrics,
            labels,
            others: causes.others.iter().map(other).collect(),
        })
    }
}

/// The answer for a reader in a hurry.
fn sentence(causes: &engine::Causes, first: Option<&Service<'_>>) -> String {
    match first {
        Some(Service { service, evidence: Some(evidence), .. }) if causes.is_visible => {
            format!("{service} moved most: {evidence}.")
        }
        _ => "No cause is visible in these metrics: no service moved further than healthy ones do.".to_owned(),
    }
}

fn service<'a>(dataset: &Dataset, causes: &engine::Causes, ranked: &'a RankedService) -> Service<'a> {
    let telling = causes.series.iter().find(|one| Some(one.series) == ranked.series);
    let evidence = telling.and_then(|one| Some(format!("{} {}", one.member.metric, moved(dataset, one)?)));
    Service {
        service: &ranked.service,
        score: ranked.score,
        confidence: ranked.confidence,
        evidence,
        explained_by: ranked.explained_by.as_deref(),
    }
}

fn other(one: &OtherDisturbance) -> Other<'_> {
    Other { onset: rfc3339(one.onset_ms), end: rfc3339(one.end_ms), service: &one.service }
}

fn label(one: &LabelEvidence) -> Label<'_> {
    let LabelEvidence { moved, series, moved_elsewhere, series_elsewhere, .. } = one;
    let evidence = format!("{moved} of its {series} series moved, {moved_elsewhere} of {series_elsewhere} others");
    Label { label: &one.label, value: &one.value, explained: one.explained, evidence }
}

/// What a series did.
fn moved(dataset: &Dataset, ranked: &RankedSeries) -> Option<String> {
    let moved = ranked.moved;
    let unit = dataset.series.get(ranked.series)?.unit.to_string();
    let before = quantity(moved.before, &unit);
    Some(if moved.after.is_nan() {
        format!("fell silent from {before}")
    } else {
        format!("from {before} to {}, {} spreads", quantity(moved.after, &unit), number(moved.size))
    })
}

fn metric<'a>(dataset: &'a Dataset, ranked: &'a RankedSeries) -> Option<Metric<'a>> {
    let series = dataset.series.get(ranked.series)?;
    let evidence = format!("{}, {} after the onset", moved(dataset, ranked)?, duration_s(ranked.lag_s));
    Some(Metric {
        service: &ranked.member.service,
        metric: &ranked.member.metric,
        series: &series.name,
        score: ranked.moved.evidence,
        onset: rfc3339(ranked.onset_ms),
        lag_s: ranked.lag_s,
        evidence,
    })
}
