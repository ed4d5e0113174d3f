//! What really happened.

use super::fault::FaultKind;
use super::load::SWEEP;
use super::scenario::{Plan, Scenario, Setting};
use super::topology::SERVICES;
use crate::START_MS;
use serde::{Deserialize, Serialize};
use series::Dataset;

/// A difference from the healthy twin counts from this many of the twin's robust deviations on …
const REACHED_DEVIATIONS: f64 = 4.0;
/// … if it lasts this many scrapes.
const REACHED_SCRAPES: usize = 3;

/// A service that the fault reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    /// The service.
    pub service: String,
    /// The series that shows it first.
    pub series: String,
    /// The first scrape in which it shows.
    pub onset_ms: i64,
    /// How long after the fault began.
    pub lag_s: f64,
}

/// The truth about a simulation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// What was simulated.
    pub scenario: Scenario,
    /// The kind of fault; none on a healthy day.
    pub fault: Option<FaultKind>,
    /// The service whose mechanism changed.
    pub root: Option<String>,
    /// When it began to change.
    pub onset_ms: Option<i64>,
    /// When it was taken back; none where it lasts to the end.
    pub end_ms: Option<i64>,
    /// The services that show it, in the order in which they do.
    pub spread: Vec<Reached>,
    /// The periods of the two jobs, of a collision.
    pub periods_s: Vec<f64>,
    /// The period of their beat.
    pub beat_period_s: Option<f64>,
    /// The call graph: caller, callee.
    pub calls: Vec<(String, String)>,
}

impl Truth {
    /// The call graph as a table `caller,callee`.
    pub fn calls_csv(&self) -> String {
        let lines = self.calls.iter().map(|(caller, callee)| format!("{caller},{callee}\n"));
        std::iter::once("caller,callee\n".to_string()).chain(lines).collect()
    }
}

/// Compares a run with the same run without the fault.
pub(super) fn compare(
    scenario: Scenario,
    plan: &Plan,
    dataset: &Dataset,
    twin: Option<&Dataset>,
    setting: Setting,
) -> Truth {
    let at_ms = |second: f64| START_MS + (second * 1000.0) as i64;
    let fault = plan.fault.as_ref();
    let onset_ms = fault.map(|fault| at_ms(fault.start_s));
    let is_collision = fault.is_some_and(|fault| fault.kind == FaultKind::JobCollision);
    let periods_s = match fault {
        Some(fault) if is_collision => vec![plan.jobs[SWEEP].period_s, fault.strength],
        _ => Vec::new(),
    };
    let beat_period_s = match periods_s[..] {
        [a, b] => Some(a * b / (b - a).abs()),
        _ => None,
    };
    let calls = SERVICES.iter().flat_map(|service| {
        service.calls.iter().map(|call| (service.name.to_string(), SERVICES[call.callee].name.to_string()))
    });
    Truth {
        scenario,
        fault: fault.map(|fault| fault.kind),
        root: fault.map(|fault| SERVICES[fault.service].name.to_string()),
        onset_ms,
        end_ms: fault.filter(|fault| fault.end_s < f64::from(setting.duration_s)).map(|fault| at_ms(fault.end_s)),
        spread: match (twin, onset_ms) {
            (Some(twin), Some(onset_ms)) => {
                spread(dataset, twin, onset_ms, fault.map_or("", |fault| SERVICES[fault.service].name))
            }
            _ => Vec::new(),
        },
        periods_s,
        beat_period_s,
        calls: calls.collect(),
    }
}

fn spread(dataset: &Dataset, twin: &Dataset, onset_ms: i64, root: &str) -> Vec<Reached> {
    let mut reached: Vec<Reached> = Vec::new();
    for service in &SERVICES {
        let own = dataset
            .series
            .iter()
            .zip(&twin.series)
            .filter(|(series, _)| series.name.strip_prefix(service.name).is_some_and(|rest| rest.starts_with('_')));
        let first = own
            .filter_map(|(series, healthy)| {
                let row = first_departure(&series.values, &healthy.values)?;
                Some((*series.axis.times_ms().get(row)?, series.name.clone()))
            })
            .min_by_key(|(time_ms, _)| *time_ms);
        if let Some((time_ms, series)) = first {
            let lag_s = (time_ms - onset_ms) as f64 / 1000.0;
            reached.push(Reached { service: service.name.to_string(), series, onset_ms: time_ms, lag_s });
        }
    }
    // Within one scrape nobody can tell the order: the root stands first.
    reached.sort_by_key(|reached| (reached.onset_ms, reached.service != root));
    reached
}

/// The first row from which on the values lie apart; a missing value lies apart from a present one.
fn first_departure(values: &[f64], healthy: &[f64]) -> Option<usize> {
    let limit = REACHED_DEVIATIONS * robust_deviation(healthy);
    let apart: Vec<bool> = values
        .iter()
        .zip(healthy)
        .map(|(value, healthy)| value.is_nan() != healthy.is_nan() || (value - healthy).abs() > limit)
        .collect();
    apart.windows(REACHED_SCRAPES).position(|run| run.iter().all(|&apart| apart))
}

/// The scaled median absolute deviation.
fn robust_deviation(values: &[f64]) -> f64 {
    let middle = median(values.to_vec());
    1.4826 * median(values.iter().map(|value| (value - middle).abs()).collect())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.retain(|value| !value.is_nan());
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
