//! The share of Reports on noise that carry any finding: `cargo run --release -p monteverdi-engine --example noise`.
//!
//! Takes the number of seeds (default 1000), and words that the names of the noises to try contain. Each seed is one data
//! set of 1,440 points at 15 s: 8 series of noise, or what two services of steady traffic export.
#![allow(clippy::print_stdout)]

use engine::{Options, analyze};
use series::Dataset;
use std::collections::BTreeMap;
use testkit::{Noise, noise_of_mixed_intervals, noise_panel, poisson_traffic};

const POINTS: usize = 1440;

/// What quantiles and shares of errors of steady traffic look like, without the counters that they come from.
fn derived(rate: f64, seed: u64) -> Dataset {
    let mut data = poisson_traffic(rate, POINTS, seed);
    series::histogram::derive_quantiles(&mut data.series);
    series::share::derive_error_shares(&mut data.series);
    data.series.retain(|series| series.kind == series::Kind::Gauge);
    data
}

fn data(name: &str, seed: u64) -> Option<Dataset> {
    let ar = |phi| noise_panel(Noise::Ar1(phi), 8, POINTS, seed);
    let mixed = |noise| noise_of_mixed_intervals(noise, POINTS, seed);
    Some(match name {
        "white noise" => noise_panel(Noise::White, 8, POINTS, seed),
        "AR(1), phi = 0.6" => ar(0.6),
        "AR(1), phi = 0.9" => ar(0.9),
        "15 s, 60 s and 300 s, white noise" => mixed(Noise::White),
        "15 s, 60 s and 300 s, AR(1), phi = 0.6" => mixed(Noise::Ar1(0.6)),
        "quantiles and error shares, 2 requests in 15 s" => derived(2.0, seed),
        "quantiles and error shares, 20 requests in 15 s" => derived(20.0, seed),
        "quantiles and error shares, 200 requests in 15 s" => derived(200.0, seed),
        _ => return None,
    })
}

const NAMES: [&str; 8] = [
    "white noise",
    "AR(1), phi = 0.6",
    "AR(1), phi = 0.9",
    "15 s, 60 s and 300 s, white noise",
    "15 s, 60 s and 300 s, AR(1), phi = 0.6",
    "quantiles and error shares, 2 requests in 15 s",
    "quantiles and error shares, 20 requests in 15 s",
    "quantiles and error shares, 200 requests in 15 s",
];

fn main() {
    let seeds: u64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1000);
    let wanted: Vec<String> = std::env::args().skip(2).collect();
    let is_wanted = |name: &&str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word));
    for name in NAMES.into_iter().filter(is_wanted) {
        let mut with_finding = 0;
        let mut with_relation = 0;
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for seed in 0..seeds {
            let Some(data) = data(name, seed) else { continue };
            let Ok(analysis) = analyze(data, &Options::default()) else { continue };
            let report = analysis.report();
            let strong = report.findings.iter().filter(|finding| finding.score >= 1.0);
            with_finding += u64::from(strong.clone().count() > 0);
            with_relation += u64::from(!report.relations.is_empty());
            for finding in strong {
                *kinds.entry(finding.kind.name()).or_default() += 1;
            }
        }
        let share = |count: u64| 100.0 * count as f64 / seeds as f64;
        println!(
            "{name}: {seeds} seeds, {:.1} % of Reports with a finding, {:.1} % with a relation {kinds:?}",
            share(with_finding),
            share(with_relation)
        );
    }
}
