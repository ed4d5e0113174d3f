//! The share of Reports on noise that carry any finding: `cargo run --release -p monteverdi-engine --example noise`.
//!
//! Takes the number of seeds (default 1000). Each seed is one data set of 8 series of 1,440 points at 15 s.
#![allow(clippy::print_stdout)]

use engine::{Options, analyze};
use std::collections::BTreeMap;
use testkit::{Noise, noise_panel};

fn main() {
    let seeds: u64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(1000);
    for (name, noise) in
        [("white noise", Noise::White), ("AR(1), phi = 0.6", Noise::Ar1(0.6)), ("AR(1), phi = 0.9", Noise::Ar1(0.9))]
    {
        let mut with_finding = 0;
        let mut with_relation = 0;
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for seed in 0..seeds {
            let Ok(analysis) = analyze(noise_panel(noise, 8, 1440, seed), &Options::default()) else { continue };
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
