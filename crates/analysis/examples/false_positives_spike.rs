//! How often noise is given an accent.

#![allow(clippy::print_stdout, reason = "it prints tables for docs/methods")]

mod noise;

use analysis::anomaly::spike::{SpikeOptions, scan_spikes};

fn main() {
    let series = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10_000);
    for window in [121, 481] {
        noise::table(&format!("accent, window {window}"), &[200, 1440], series, |values, alpha| {
            let scan = scan_spikes(values, &SpikeOptions { window, alpha, ..SpikeOptions::default() });
            scan.accents.iter().fold(0.0, |largest, accent| accent.score.max(largest))
        });
    }
    heavy_tails(series);
}

/// Noise that is not normal. What is rare in it is still noise, so that this is the price of real data.
fn heavy_tails(series: u64) {
    println!("| accent, other noise, n = 1440 | α = 0.01 | α = 0.001 | series |");
    println!("|---|---|---|---|");
    type Draw = fn(&mut noise::Noise) -> f64;
    let kinds: [(&str, Draw); 8] = [
        ("uniform", noise::Noise::uniform),
        ("Laplace", |source| {
            let uniform = source.uniform() - 0.5;
            -uniform.signum() * (1.0 - 2.0 * uniform.abs()).ln()
        }),
        ("Student t, 3 degrees of freedom", |source| {
            let square: f64 = (0..3).map(|_| source.normal().powi(2)).sum();
            source.normal() / (square / 3.0).sqrt()
        }),
        ("log-normal, σ = 0.5", |source| (0.5 * source.normal()).exp()),
        ("Poisson, mean 0.1", |source| poisson(source, 0.1)),
        ("Poisson, mean 0.5", |source| poisson(source, 0.5)),
        ("Poisson, mean 2", |source| poisson(source, 2.0)),
        ("Poisson, mean 20", |source| poisson(source, 20.0)),
    ];
    for (name, draw) in kinds {
        let share = [0.01, 0.001].map(|alpha| {
            let alarms = (0..series).filter(|&seed| {
                let mut source = noise::Noise::new(seed + 9_000_000);
                let values: Vec<f64> = (0..1440).map(|_| draw(&mut source)).collect();
                !scan_spikes(&values, &SpikeOptions { alpha, ..SpikeOptions::default() }).accents.is_empty()
            });
            alarms.count() as f64 / series as f64
        });
        println!("| {name} | {:.4} | {:.4} | {series} |", share[0], share[1]);
    }
}

fn poisson(source: &mut noise::Noise, mean: f64) -> f64 {
    let limit = (-mean).exp();
    let mut product = source.uniform();
    let mut count = 0.0;
    while product > limit {
        product *= source.uniform();
        count += 1.0;
    }
    count
}
