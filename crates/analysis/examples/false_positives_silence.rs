//! How often irregular sampling is called vanished, and coarse rounding frozen.

#![allow(clippy::print_stdout, reason = "it prints tables for docs/methods")]

mod noise;

use analysis::anomaly::silence::{SilenceOptions, frozen, vanished};

fn main() {
    let series = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let n = 1440;
    println!("| vanished: samples missing | α = 0.01 | α = 0.001 | series |");
    println!("|---|---|---|---|");
    // Each slot is missing with a probability, or in bursts whose length is geometric.
    for (name, loss, burst) in
        [("none", 0.0, 1.0), ("10 %", 0.1, 1.0), ("50 %", 0.5, 1.0), ("90 %", 0.9, 1.0), ("bursts of 10", 0.01, 10.0)]
    {
        let row = share(series, |seed, alpha| {
            let mut source = noise::Noise::new(seed);
            let mut left = 0.0f64;
            let values: Vec<f64> = (0..n)
                .map(|_| {
                    if left < 1.0 && source.uniform() < loss {
                        left = 1.0 - burst * source.uniform().ln() * f64::from(u8::from(burst > 1.0));
                    }
                    left -= 1.0;
                    if left >= 0.0 { f64::NAN } else { 1.0 }
                })
                .collect();
            vanished(&values, n - 1, &SilenceOptions { alpha, ..SilenceOptions::default() })
                .map_or(0.0, |found| found.score)
        });
        println!("| {name} | {:.4} | {:.4} | {series} |", row[0], row[1]);
    }
    println!("| frozen: noise, rounded to | α = 0.01 | α = 0.001 | series |");
    println!("|---|---|---|---|");
    for (process, phi) in noise::PROCESSES {
        for unit in [0.0, 0.1, 0.5, 1.0, 2.0, 4.0] {
            let row = share(series, |seed, alpha| {
                let mut values = noise::Noise::new(seed).ar1(phi, n);
                if unit > 0.0 {
                    values.iter_mut().for_each(|value| *value = (*value / unit).round() * unit);
                }
                frozen(&values, &SilenceOptions { alpha, ..SilenceOptions::default() }).map_or(0.0, |found| found.score)
            });
            println!("| {process}, {unit} σ | {:.4} | {:.4} | {series} |", row[0], row[1]);
        }
    }
}

fn share(series: u64, score: impl Fn(u64, f64) -> f64) -> [f64; 2] {
    [0.01, 0.001].map(|alpha| (0..series).filter(|&seed| score(seed, alpha) >= 1.0).count() as f64 / series as f64)
}
