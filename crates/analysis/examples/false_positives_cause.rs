//! How strong a cause looks in noise without any:
//! `cargo run --release -p monteverdi-analysis --example false_positives_cause`.
#![allow(clippy::print_stdout, dead_code, clippy::unwrap_used)]

mod noise;

use analysis::cause::{Alarm, VISIBLE, VISIBLE_ANYWHERE, displacement, displacement_in_part, disturbances};
use noise::Noise;

/// As the engine looks where no alarm is told.
const FEWEST_BEFORE: usize = 8;
const DISTURBANCES: usize = 3;
/// Panels per row.
const SEEDS: u64 = 400;

fn main() {
    println!("| noise | series | points | alarm | largest evidence, median | 95 % | 99 % | visible |");
    println!("|---|---:|---:|---|---:|---:|---:|---:|");
    for phi in [0.0, 0.6, 0.9] {
        for (series, points) in [(8usize, 120usize), (40, 120), (40, 600)] {
            for told in [true, false] {
                let mut largest: Vec<f64> = (0..SEEDS).map(|seed| strongest(phi, series, points, told, seed)).collect();
                largest.sort_by(f64::total_cmp);
                let at = |share: f64| largest[(share * (largest.len() - 1) as f64) as usize];
                let limit = if told { VISIBLE } else { VISIBLE_ANYWHERE };
                let visible = largest.iter().filter(|evidence| **evidence >= limit).count();
                println!(
                    "| AR(1) {phi} | {series} | {points} | {} | {:.2} | {:.2} | {:.2} | {:.1} % |",
                    if told { "told" } else { "none" },
                    at(0.5),
                    at(0.95),
                    at(0.99),
                    100.0 * visible as f64 / largest.len() as f64
                );
            }
        }
    }
}

/// The largest evidence of any series in a panel of noise, with an alarm at two thirds or none.
fn strongest(phi: f64, series: usize, points: usize, told: bool, seed: u64) -> f64 {
    let mut source = Noise::new(7_000_000 + seed * 100 + series as u64);
    let columns: Vec<Vec<f64>> = (0..series).map(|_| source.ar1(phi, points)).collect();
    let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let alarm = told.then_some(Alarm { slot: points * 2 / 3, reach: 5 });
    let (first, most) = if told { (0, 1) } else { (FEWEST_BEFORE, DISTURBANCES) };
    let found = disturbances(&views, 0, first..points, alarm, most);
    let measure = if told { displacement_in_part } else { displacement };
    let evidence = found.iter().flat_map(|found| {
        let guard = (found.to - found.from).min(found.from / 4);
        columns.iter().filter_map(move |column| {
            measure(column, 0..found.from - guard, 0..0, found.from..found.to).map(|moved| moved.evidence)
        })
    });
    evidence.fold(0.0, f64::max)
}
