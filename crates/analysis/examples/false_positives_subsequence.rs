//! How often noise is strange, and how long it takes to see that it is not.

#![allow(clippy::print_stdout, reason = "it prints tables for docs/methods")]

mod noise;

use std::time::Instant;

use analysis::anomaly::subsequence::{strangeness, strangeness_threshold};
use noise::Noise;

/// What `score` grants one series by default.
const ALPHA: f64 = 0.05 / 8.0;

fn main() {
    let series = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(200);
    println!("| noise | n | share of series with an alarm | alarms per 1,440 samples | series |");
    println!("|---|---:|---:|---:|---:|");
    type Draw = fn(&mut Noise, usize) -> Vec<f64>;
    let kinds: [(&str, Draw); 8] = [
        ("white", |source, count| source.ar1(0.0, count)),
        ("AR(1) 0.6", |source, count| source.ar1(0.6, count)),
        ("AR(1) 0.9", |source, count| source.ar1(0.9, count)),
        ("random walk", |source, count| source.random_walk(count)),
        ("season of 144 and AR(1) 0.6", |source, count| {
            let season = (0..count).map(|slot| 3.0 * (slot as f64 * std::f64::consts::TAU / 144.0).sin());
            season.zip(source.ar1(0.6, count)).map(|(season, rest)| season + rest).collect()
        }),
        ("Student t, 3 degrees of freedom", |source, count| {
            (0..count)
                .map(|_| {
                    let square: f64 = (0..3).map(|_| source.normal().powi(2)).sum();
                    source.normal() / (square / 3.0).sqrt()
                })
                .collect()
        }),
        ("log-normal, σ = 0.5", |source, count| (0..count).map(|_| (0.5 * source.normal()).exp()).collect()),
        ("rare counts, 1 in 100", |source, count| {
            (0..count).map(|_| f64::from(u8::from(source.uniform() < 0.01))).collect()
        }),
    ];
    let (mut values_seen, start) = (0, Instant::now());
    for length in [300, 1440, 10_080] {
        for (name, draw) in kinds {
            let (mut hit, mut alarms) = (0u64, 0u64);
            for seed in 0..series {
                let values = draw(&mut Noise::new(seed + 7_000_000 * length as u64), length);
                let scores = strangeness(&values);
                let threshold = strangeness_threshold(&scores, ALPHA);
                let begins = |slot: &usize| {
                    let before = slot.checked_sub(1).and_then(|before| scores.get(before));
                    scores.get(*slot).is_some_and(|score| *score >= threshold)
                        && before.is_none_or(|score| *score < threshold)
                };
                let found = (0..length).filter(begins).count() as u64;
                hit += u64::from(found > 0);
                alarms += found;
                values_seen += length;
            }
            let days = (series * length as u64) as f64 / 1440.0;
            let share = hit as f64 / series as f64;
            println!("| {name} | {length} | {share:.3} | {:.3} | {series} |", alarms as f64 / days);
        }
    }
    println!("\n{:.2} µs per value", start.elapsed().as_secs_f64() * 1e6 / values_seen as f64);
}
