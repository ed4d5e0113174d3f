//! The share of Reports on noise that carry any finding: `cargo run --release -p monteverdi-engine --example noise`.
//!
//! Takes the number of seeds (default 1000), and words that the names of the noises to try contain. Each seed is one data
//! set of 1,440 points at 15 s: 8 series of noise, 12 instances of a metric, 4 pairs that go together, or what two services
//! of steady traffic export.
#![allow(clippy::print_stdout)]

use engine::{Options, analyze};
use series::Dataset;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::thread;
use testkit::{Noise, coupled_pairs, noise_of_mixed_intervals, noise_panel, peers_under_load, poisson_traffic};

const POINTS: usize = 1440;

/// What a data set is made of.
#[derive(Clone, Copy)]
enum Made {
    /// Eight series on one interval.
    Panel(Noise),
    /// Eight series on three intervals.
    Mixed(Noise),
    /// Twelve instances of one metric under a common load, with or without a season.
    Peers(Noise, bool),
    /// Four pairs of series that go together, with or without a season.
    Pairs(Noise, bool),
    /// Quantiles and shares of errors of steady traffic, without the counters that they come from: requests in 15 s, and
    /// the share of them that fails.
    Traffic(f64, f64),
}

impl Made {
    fn data(self, seed: u64) -> Dataset {
        match self {
            Self::Panel(noise) => noise_panel(noise, 8, POINTS, seed),
            Self::Mixed(noise) => noise_of_mixed_intervals(noise, POINTS, seed),
            Self::Peers(noise, seasonal) => peers_under_load(noise, seasonal, 12, POINTS, seed),
            Self::Pairs(noise, seasonal) => coupled_pairs(noise, seasonal, 4, POINTS, seed),
            Self::Traffic(rate, failing) => {
                let mut data = poisson_traffic(rate, &|_| failing, POINTS, seed);
                series::histogram::derive_quantiles(&mut data.series);
                series::share::derive_error_shares(&mut data.series);
                data.series.retain(|series| series.kind == series::Kind::Gauge);
                data
            }
        }
    }
}

fn noises() -> Vec<(String, Made)> {
    let mut noises = vec![
        ("white noise".to_owned(), Made::Panel(Noise::White)),
        ("AR(1), phi = 0.6".to_owned(), Made::Panel(Noise::Ar1(0.6))),
        ("AR(1), phi = 0.9".to_owned(), Made::Panel(Noise::Ar1(0.9))),
        ("15 s, 60 s and 300 s, white noise".to_owned(), Made::Mixed(Noise::White)),
        ("15 s, 60 s and 300 s, AR(1), phi = 0.6".to_owned(), Made::Mixed(Noise::Ar1(0.6))),
    ];
    for (kind, noise) in [("white noise", Noise::White), ("AR(1), phi = 0.9", Noise::Ar1(0.9))] {
        for (season, seasonal) in [("", false), (" and a season", true)] {
            noises.push((format!("12 peers under a load, {kind}{season}"), Made::Peers(noise, seasonal)));
            noises.push((format!("pairs that go together, {kind}{season}"), Made::Pairs(noise, seasonal)));
        }
    }
    for rate in [2.0, 20.0, 200.0] {
        for percent in [0.1, 1.0, 5.0] {
            let name = format!("quantiles and error shares, {rate} requests in 15 s, {percent} % failing");
            noises.push((name, Made::Traffic(rate, percent / 100.0)));
        }
    }
    noises
}

/// What Reports on noise carry.
#[derive(Default)]
struct Tally {
    with_finding: u64,
    with_relation: u64,
    kinds: BTreeMap<&'static str, usize>,
}

/// Counts over all seeds, on all processors.
fn tally(made: Made, seeds: u64) -> Tally {
    let threads = thread::available_parallelism().map_or(1, NonZero::get) as u64;
    let of_thread = |first: u64| {
        let mut tally = Tally::default();
        for seed in (first..seeds).step_by(threads as usize) {
            // Without any series there is no Report and no finding: no share where failures are too rare.
            let Ok(analysis) = analyze(made.data(seed), &Options::default()) else { continue };
            let report = analysis.report();
            let strong = report.findings.iter().filter(|finding| finding.score >= 1.0);
            tally.with_finding += u64::from(strong.clone().count() > 0);
            tally.with_relation += u64::from(!report.relations.is_empty());
            for finding in strong {
                *tally.kinds.entry(finding.kind.name()).or_default() += 1;
            }
        }
        tally
    };
    let mut all = Tally::default();
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|first| scope.spawn(move || of_thread(first))).collect();
        for tally in
            running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        {
            all.with_finding += tally.with_finding;
            all.with_relation += tally.with_relation;
            for (kind, count) in tally.kinds {
                *all.kinds.entry(kind).or_default() += count;
            }
        }
    });
    all
}

fn main() {
    let seeds: u64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1000);
    let wanted: Vec<String> = std::env::args().skip(2).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word));
    for (name, made) in noises().into_iter().filter(|(name, _)| is_wanted(name)) {
        let Tally { with_finding, with_relation, kinds } = tally(made, seeds);
        let share = |count: u64| 100.0 * count as f64 / seeds as f64;
        println!(
            "{name}: {seeds} seeds, {:.1} % of Reports with a finding, {:.1} % with a relation {kinds:?}",
            share(with_finding),
            share(with_relation)
        );
    }
}
