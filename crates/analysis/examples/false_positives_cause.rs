//! How strong a common onset and a displacement look in noise without any:
//! `cargo run --release -p monteverdi-analysis --example false_positives_cause`.
#![allow(clippy::print_stdout, dead_code, clippy::unwrap_used)]

mod noise;

use analysis::cause::{common_onset, displacement};
use noise::Noise;

fn main() {
    println!(
        "| noise | series | points | onset strength, median | 95 % | 99 % | largest displacement, median | 95 % |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    for phi in [0.0, 0.6, 0.9] {
        for series in [1usize, 8, 40] {
            let points = 600;
            let mut strengths = Vec::new();
            let mut sizes = Vec::new();
            for seed in 0..2000u64 {
                let mut source = Noise::new(seed * 100 + series as u64);
                let columns: Vec<Vec<f64>> = (0..series).map(|_| source.ar1(phi, points)).collect();
                let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
                let Some(onset) = common_onset(&views, 0..points) else { continue };
                strengths.push(onset.strength);
                let moved = columns
                    .iter()
                    .filter_map(|column| displacement(column, 0..300, 300, points))
                    .map(|moved| moved.size);
                sizes.push(moved.fold(0.0, f64::max));
            }
            strengths.sort_by(f64::total_cmp);
            sizes.sort_by(f64::total_cmp);
            let at = |sorted: &[f64], share: f64| sorted[(share * (sorted.len() - 1) as f64) as usize];
            println!(
                "| AR(1) {phi} | {series} | {points} | {:.1} | {:.1} | {:.1} | {:.2} | {:.2} |",
                at(&strengths, 0.5),
                at(&strengths, 0.95),
                at(&strengths, 0.99),
                at(&sizes, 0.5),
                at(&sizes, 0.95)
            );
        }
    }
}
