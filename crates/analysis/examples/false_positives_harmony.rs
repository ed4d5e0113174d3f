//! How often the harmony statistics see something in noise: prints the tables of docs/methods/.
//!
//! `cargo run --release -p monteverdi-analysis --example false_positives_harmony [peaks|coherence|lag|beat|consonance]`
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

#[path = "../tests/signals/mod.rs"]
mod signals;

use analysis::coupling::{LagOptions, LagPlan};
use analysis::harmony::{BeatOptions, CoherenceOptions, SegmentSpectra, beats_within};
use analysis::spectrum::{PeakOptions, significant_peaks};
use signals::{
    BURST, GAPPY, HEAVY_TAILS, Noise, Process, RED, REDDER, STEP, WALK, WALK_AND_WHITE, WHITE, add, sine,
    uniform_distance,
};

const PROCESSES: [Process; 10] =
    [WHITE, RED, REDDER, ("AR(1) 0.99", |r, n| r.ar1(0.99, n)), WALK, WALK_AND_WHITE, HEAVY_TAILS, STEP, BURST, GAPPY];

fn main() {
    let wanted = std::env::args().nth(1);
    let runs = |name: &str| wanted.as_deref().is_none_or(|w| w == name);
    let seeds: u64 = std::env::args().nth(2).and_then(|s| s.parse().ok()).unwrap_or(4000);
    if runs("peaks") {
        peaks(seeds);
    }
    if runs("coherence") {
        coherence(seeds);
    }
    if runs("lag") {
        lag(seeds);
    }
    if runs("beat") {
        beat(seeds);
    }
}

fn peaks(seeds: u64) {
    println!("share of series with any significant period, {seeds} series each");
    println!("| process | n | α = .01 | α = .001 |\n|---|---|---|---|");
    for (name, process) in PROCESSES {
        for len in [300, 1440, 2880] {
            let (mut loose, mut strict) = (0, 0);
            for seed in 0..seeds {
                let values = process(&mut Noise::new(seed), len);
                let p = significant_peaks(&values, &PeakOptions::default()).iter().map(|p| p.p).fold(1.0, f64::min);
                loose += u64::from(p < 0.01);
                strict += u64::from(p < 0.001);
            }
            println!("| {name} | {len} | {:.4} | {:.4} |", loose as f64 / seeds as f64, strict as f64 / seeds as f64);
        }
    }
}

fn coherence(seeds: u64) {
    println!("p-values of pairs, {seeds} pairs each: KS distance · √n (1.63 = 1 % level), share below .05, .01, .001");
    println!("| process | whitened | bins | KS | .05 | .01 | .001 |\n|---|---|---|---|---|---|---|");
    for (name, process) in PROCESSES {
        for (whiten, bins, segment_len) in
            [(false, 2..32, 64), (true, 2..32, 64), (true, 2..10, 128), (true, 10..63, 128), (true, 20..21, 128)]
        {
            let mut p = Vec::new();
            for seed in 0..seeds {
                let mut noise = Noise::new(seed);
                let (x, y) = (process(&mut noise, 1440), process(&mut noise, 1440));
                let options = CoherenceOptions { segment_len, whiten, ..CoherenceOptions::default() };
                let spectra = SegmentSpectra::new(&[&x, &y], &options).unwrap();
                p.push(spectra.scan(bins.clone())[0].p);
            }
            println!("| {name} | {whiten} | {bins:?} of {segment_len} | {} |", shares(&p));
        }
    }
}

fn lag(seeds: u64) {
    println!("p-values of lags, {seeds} pairs each: KS distance · √n, share below .05, .01, .001");
    println!("| process | n | L | KS | .05 | .01 | .001 |\n|---|---|---|---|---|---|---|");
    for (name, process) in PROCESSES {
        for (len, max_lag) in [(300, 20), (1440, 60)] {
            let mut p = Vec::new();
            for seed in 0..seeds {
                let mut noise = Noise::new(seed);
                let (x, y) = (process(&mut noise, len), process(&mut noise, len));
                let options = LagOptions { max_lag, ..LagOptions::default() };
                let found = LagPlan::new(&[&x, &y], &options).unwrap().pair(0, 1);
                p.push(found.map_or(1.0, |lag| lag.p));
            }
            println!("| {name} | {len} | {max_lag} | {} |", shares(&p));
        }
    }
}

fn beat(seeds: u64) {
    println!("share of series with a beat, {seeds} series each, 1440 points");
    println!("| signal | share |\n|---|---|");
    let signals: [Process; 5] = [
        ("white", |r, n| r.white(n)),
        ("AR(1) 0.9", |r, n| r.ar1(0.9, n)),
        ("sine 300 s at 10 s, SNR 0 dB", |r, n| add(&r.white(n), &sine(30.0, n), std::f64::consts::SQRT_2)),
        ("amplitude modulation, m = 0.5", |r, n| {
            let noise = r.white(n);
            (0..n)
                .map(|t| {
                    (1.0 + 0.5 * (t as f64 / 66.0 * std::f64::consts::TAU).cos())
                        * (t as f64 / 6.3 * std::f64::consts::TAU).sin()
                        + 0.3 * noise[t]
                })
                .collect()
        }),
        ("sines 60 s and 66 s at 10 s (a true beat)", |r, n| {
            let noise = r.white(n);
            let sum = add(&sine(6.0, n), &sine(6.6, n), 1.0);
            add(&sum, &noise, 1.0)
        }),
    ];
    for (name, signal) in signals {
        let mut count = 0;
        for seed in 0..seeds {
            let values = signal(&mut Noise::new(seed), 1440);
            let peaks = significant_peaks(&values, &PeakOptions::default());
            count += u64::from(!beats_within(&values, &peaks, &BeatOptions::default()).is_empty());
        }
        println!("| {name} | {:.4} |", count as f64 / seeds as f64);
    }
}

fn shares(p: &[f64]) -> String {
    let below = |level: f64| p.iter().filter(|p| **p < level).count() as f64 / p.len() as f64;
    format!("{:.2} | {:.4} | {:.4} | {:.4}", uniform_distance(p), below(0.05), below(0.01), below(0.001))
}
