//! A shop of ten services under load, with one fault and the truth about it.
//!
//! The model runs second by second. Requests enter at `frontend` and fan out along the call graph; every service has
//! processors, worker threads and a bounded backlog. Waiting times follow from utilisation, threads are held while
//! callees answer, callers give up after their time-out and try again: so a fault is put into one mechanism of one
//! service, and where it shows next, how late, and how strongly is a consequence of the network and not painted on.
//!
//! The truth is found by running the same seed once more without the fault: a service is reached when one of its
//! metrics leaves what that other run shows.

mod fault;
mod load;
mod network;
mod recorder;
mod scenario;
mod topology;
mod truth;

pub use fault::FaultKind;
pub use scenario::{Scenario, Setting};
pub use truth::{Reached, Truth};

use series::Dataset;

/// What a simulation gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    /// The metrics, as a monitoring system would have scraped them.
    pub dataset: Dataset,
    /// What really happened.
    pub truth: Truth,
}

impl Simulation {
    /// The metrics as a wide table: see [`crate::csv::wide`].
    pub fn to_csv(&self) -> String {
        crate::csv::wide(&self.dataset)
    }
}

/// Simulates a scenario with its usual length and step. The seed decides the noise, the root service, and the fault's
/// time and strength.
pub fn simulate(scenario: Scenario, seed: u64) -> Simulation {
    simulate_with(scenario, seed, scenario.setting())
}

/// Simulates a scenario with a length and step of one's own.
pub fn simulate_with(scenario: Scenario, seed: u64, setting: Setting) -> Simulation {
    let plan = scenario.plan(seed, setting);
    let dataset = network::run(&plan, seed, setting);
    let healthy = scenario::Plan::healthy();
    let twin = (plan.fault.is_some()).then(|| network::run(&healthy, seed, setting));
    let truth = truth::compare(scenario, &plan, &dataset, twin.as_ref(), setting);
    Simulation { dataset, truth }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::START_MS;

    fn mean(simulation: &Simulation, name: &str, from_ms: i64, to_ms: i64) -> f64 {
        let series = simulation.dataset.series.iter().find(|series| series.name == name).unwrap();
        let inside: Vec<f64> = series
            .axis
            .times_ms()
            .iter()
            .zip(&series.values)
            .filter(|(time_ms, value)| (from_ms..to_ms).contains(time_ms) && !value.is_nan())
            .map(|(_, value)| *value)
            .collect();
        inside.iter().sum::<f64>() / inside.len() as f64
    }

    #[test]
    fn the_seed_decides_everything() {
        let short = Setting { duration_s: 3600, step_s: 15 };
        let first = simulate_with(Scenario::LatencyCascade, 5, short);
        assert_eq!(first, simulate_with(Scenario::LatencyCascade, 5, short));
        assert_ne!(first.dataset, simulate_with(Scenario::LatencyCascade, 6, short).dataset);
        assert_eq!(first.dataset.row_count, 240);
    }

    #[test]
    fn the_root_is_the_first_service_that_shows_it() {
        for scenario in Scenario::ALL {
            for seed in 0..6 {
                let truth = simulate(scenario, seed).truth;
                match (&truth.root, truth.spread.first()) {
                    (None, None) => assert_eq!(scenario, Scenario::HealthyDay),
                    // Colliding jobs show where they collide.
                    (Some(_), Some(first)) if scenario == Scenario::JobCollision => assert_eq!(first.service, "redis"),
                    (Some(root), Some(first)) => assert_eq!(root, &first.service, "{scenario} {seed}"),
                    other => panic!("{scenario} {seed}: {other:?}"),
                }
                assert!(truth.spread.iter().all(|reached| reached.lag_s >= 0.0), "{scenario} {seed}: nothing before");
            }
        }
    }

    #[test]
    fn a_cascade_reaches_the_door_and_is_over_when_the_fault_is() {
        for seed in 0..4 {
            let simulation = simulate(Scenario::LatencyCascade, seed);
            let truth = &simulation.truth;
            let (onset_ms, end_ms) = (truth.onset_ms.unwrap(), truth.end_ms.unwrap());
            let p95 = "frontend_latency_p95_seconds";
            let before = mean(&simulation, p95, START_MS, onset_ms);
            let during = mean(&simulation, p95, end_ms - 600_000, end_ms);
            let after = mean(&simulation, p95, end_ms + 600_000, i64::MAX);
            assert!(during > 5.0 * before, "{seed}: {before} s, then {during} s");
            assert!((after / before - 1.0).abs() < 0.05, "{seed}: {before} s, at the end {after} s");
            assert!(truth.spread.iter().any(|reached| reached.service == "checkout"));
        }
    }

    #[test]
    fn a_leak_fills_the_memory_long_before_anyone_waits() {
        for seed in 0..4 {
            let truth = simulate(Scenario::MemoryLeak, seed).truth;
            assert!(truth.spread[0].series.ends_with("_memory_bytes"), "{seed}: {:?}", truth.spread);
            assert!(truth.spread[1].lag_s > truth.spread[0].lag_s + 3600.0, "{seed}: {:?}", truth.spread);
        }
    }

    #[test]
    fn a_dead_service_reports_nothing_and_causes_no_error() {
        for seed in 0..4 {
            let simulation = simulate(Scenario::SilentDeath, seed);
            let (root, onset_ms) = (simulation.truth.root.clone().unwrap(), simulation.truth.onset_ms.unwrap());
            for series in simulation.dataset.series.iter().filter(|series| series.name.starts_with(&root)) {
                assert!(series.values.last().unwrap().is_nan() && !series.values[0].is_nan(), "{}", series.name);
            }
            let before = mean(&simulation, "frontend_error_ratio", START_MS, onset_ms);
            let after = mean(&simulation, "frontend_error_ratio", onset_ms, i64::MAX);
            assert!((after / before - 1.0).abs() < 0.05, "{seed}: {before}, then {after}");
        }
    }

    #[test]
    fn colliding_jobs_swell_and_alternating_ones_do_not() {
        let simulation = simulate(Scenario::JobCollision, 1);
        let truth = &simulation.truth;
        let beat_s = truth.beat_period_s.unwrap();
        let [a, b] = truth.periods_s[..] else { panic!("two jobs collide") };
        assert!((1.0 / a - 1.0 / b - 1.0 / beat_s).abs() < 1e-12);
        let redis = simulation.dataset.series.iter().find(|series| series.name == "redis_requests_per_second").unwrap();
        let onset_row = ((truth.onset_ms.unwrap() - START_MS) / 15_000) as usize;
        let deviation = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
        };
        assert!(deviation(&redis.values[onset_row + 40..]) > 2.0 * deviation(&redis.values[..onset_row]));
    }

    #[test]
    fn names_lead_back_to_scenarios() {
        for scenario in Scenario::ALL {
            assert_eq!(scenario.name().parse(), Ok(scenario));
        }
        let message = "fire".parse::<Scenario>().unwrap_err().to_string();
        assert!(message.contains("`fire`") && message.contains("healthy-day"), "{message}");
    }

    #[test]
    fn the_call_graph_can_be_written_down() {
        let table = simulate_with(Scenario::HealthyDay, 0, Setting { duration_s: 60, step_s: 15 }).truth.calls_csv();
        assert!(table.starts_with("caller,callee\nfrontend,catalog\n") && table.contains("checkout,payments\n"));
    }
}
