//! How often the share of errors, alone, carries a finding: on steady traffic (wrongly), and where it rises for ten minutes
//! (rightly): `cargo run --release -p monteverdi-engine --example error_shares`.
//!
//! Takes the number of seeds (default 300). Each seed is one data set of 1,440 points at 15 s of two services.
#![allow(clippy::print_stdout)]

use engine::{Options, analyze};
use report::Report;
use series::Dataset;
use testkit::{START_MS, poisson_traffic};

const POINTS: usize = 1440;
const STEP_MS: i64 = 15_000;
/// Ten minutes.
const RISE: usize = 40;
/// A window of the share may end this much later than what it tells of.
const LONGEST_WINDOW: usize = POINTS / 60;

fn shares(rate: f64, failing: &dyn Fn(usize) -> f64, seed: u64) -> Dataset {
    let mut data = poisson_traffic(rate, failing, POINTS, seed);
    series::share::derive_error_shares(&mut data.series);

    data.series.retain(|series| series.metric.as_deref() == Some("requests_error_share"));
    data
}

fn has_finding(report: &Report, from: usize, to: usize) -> bool {
    let time = |index: usize| START_MS + index as i64 * STEP_MS;
    report.findings.iter().any(|one| one.score >= 1.0 && one.start_ms <= time(to) && one.end_ms >= time(from))
}

fn main() {
    let seeds: u64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(300);
    println!(
        "| requests in 15 s | failing | share kept | steady: with a finding | rise to 10 %: found | to 50 %: found |"
    );
    println!("|---:|---:|---:|---:|---:|---:|");
    for rate in [2.0, 20.0, 200.0] {
        for percent in [0.1, 1.0, 5.0] {
            let (mut kept, mut steady) = (0, 0);
            let mut found = [0, 0];
            for seed in 0..seeds {
                let data = shares(rate, &|_| percent / 100.0, seed);
                kept += u64::from(!data.series.is_empty());
                if let Ok(analysis) = analyze(data, &Options::default()) {
                    steady += u64::from(has_finding(analysis.report(), 0, POINTS));
                }
                // Not always at the same place of a window.
                let start = POINTS / 2 + (seed % 48) as usize;
                for (found, raised) in found.iter_mut().zip([0.1, 0.5]) {
                    let failing = |index| if (start..start + RISE).contains(&index) { raised } else { percent / 100.0 };
                    let Ok(analysis) = analyze(shares(rate, &failing, seed), &Options::default()) else { continue };
                    *found += u64::from(has_finding(analysis.report(), start, start + RISE + LONGEST_WINDOW));
                }
            }
            let part = |count: u64| format!("{:.1} %", 100.0 * count as f64 / seeds as f64);
            let [ten, fifty] = found.map(part);
            println!("| {rate} | {percent} % | {} | {} | {ten} | {fifty} |", part(kept), part(steady));
        }
    }
}
