//! What a screen of many pairs gains, and what it misses: prints the tables of docs/methods/screening.md.
//!
//! `cargo run --release -p monteverdi-analysis --example screening [recall|time]`
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

mod clock;
#[path = "../tests/signals/mod.rs"]
mod signals;

use analysis::harmony::{CoherenceOptions, Screen, ScreenOptions, SegmentSpectra, pair_count};
use analysis::multiplicity::{benjamini_hochberg, benjamini_hochberg_among};
use clock::timed;
use signals::{Noise, add, sine};

type Driver = (&'static str, fn(&mut Noise, usize) -> Vec<f64>);

/// What related series have in common, with variance 1.
const DRIVERS: [Driver; 4] = [
    ("white noise", |r, n| r.white(n)),
    ("AR(1) 0.9", |r, n| r.ar1(0.9, n).iter().map(|v| v * 0.19f64.sqrt()).collect()),
    ("a band of 1/16 of all frequencies", |r, n| {
        // A resonance of this width around a period of 8 steps.
        let (radius, angle) = (0.9f64, std::f64::consts::TAU / 8.0);
        let (mut one, mut two) = (0.0, 0.0);
        let raw: Vec<f64> = (0..n)
            .map(|_| {
                let now = 2.0 * radius * angle.cos() * one - radius * radius * two + r.normal();
                (two, one) = (one, now);
                now
            })
            .collect();
        let deviation = (raw.iter().map(|v| v * v).sum::<f64>() / n as f64).sqrt();
        raw.iter().map(|v| v / deviation).collect()
    }),
    ("one line", |_, n| sine(11.3, n).iter().map(|v| v * std::f64::consts::SQRT_2).collect()),
];

fn main() {
    let wanted = std::env::args().nth(1);
    if wanted.as_deref().is_none_or(|w| w == "recall") {
        recall();
    }
    if wanted.as_deref().is_none_or(|w| w == "time") {
        time();
    }
}

/// Series of which a fifth share a driver, the others none.
fn panel(noise: &mut Noise, series: usize, len: usize, driver: &[f64], snr: f64) -> Vec<Vec<f64>> {
    (0..series)
        .map(|k| {
            let own = noise.white(len);
            if k % 5 > 0 {
                return own;
            }
            let delayed: Vec<f64> = (0..len).map(|t| driver[t.saturating_sub(k % 8)]).collect();
            add(&own, &delayed, snr.sqrt())
        })
        .collect()
}

fn recall() {
    println!(
        "pairs with q < .01 in an exact scan of 150 series, 20 panels; of these the share that a screen lets pass"
    );
    println!("| in common | SNR | points | significant pairs | recall | others that pass |\n|---|---|---|---|---|---|");
    for (name, driver) in DRIVERS {
        for snr_db in [6.0, 0.0, -3.0, -6.0] {
            for len in [1440, 4096] {
                let (mut significant, mut passed, mut others, mut all) = (0, 0, 0, 0);
                for seed in 0..20 {
                    let mut noise = Noise::new(90_000 + seed);
                    let common = driver(&mut noise, len);
                    let series = panel(&mut noise, 150, len, &common, 10f64.powf(snr_db / 10.0));
                    let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
                    let spectra = SegmentSpectra::new(&views, &CoherenceOptions::default()).unwrap();
                    let exact = spectra.scan(2..63);
                    let q = benjamini_hochberg(&exact.iter().map(|pair| pair.p).collect::<Vec<_>>());
                    let screen = Screen::new(&spectra, 2..63, &ScreenOptions { seed, ..ScreenOptions::default() });
                    let pass = screen.pass(0..150);
                    for (pair, q) in exact.iter().zip(&q) {
                        let passes = pass.binary_search(&(pair.first, pair.second)).is_ok();
                        all += 1;
                        if *q < 0.01 {
                            significant += 1;
                            passed += usize::from(passes);
                        } else {
                            others += usize::from(passes);
                        }
                    }
                }
                println!(
                    "| {name} | {snr_db} dB | {len} | {significant} | {:.3} | {:.3} |",
                    passed as f64 / f64::from(significant.max(1)),
                    others as f64 / f64::from((all - significant).max(1)),
                );
            }
        }
    }
}

fn time() {
    println!(
        "| series | pairs | spectra | all pairs | sketches | screen | exact of those that pass | significant, all / screened |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for series in [500, 1000, 2000] {
        let mut noise = Noise::new(9);
        let common = noise.white(4096);
        let values = panel(&mut noise, series, 4096, &common, 0.5);
        let views: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
        let (spectra, transformed) = timed(|| SegmentSpectra::new(&views, &CoherenceOptions::default()).unwrap());
        let (exact, scanned) = timed(|| spectra.scan(2..63));
        let (screen, sketched) = timed(|| Screen::new(&spectra, 2..63, &ScreenOptions::default()));
        let (pass, screened) = timed(|| screen.pass(0..series));
        let (some, measured) = timed(|| spectra.scan_pairs(2..63, &pass));
        let p = |pairs: &[analysis::harmony::PairCoherence]| pairs.iter().map(|pair| pair.p).collect::<Vec<_>>();
        let below = |q: Vec<f64>| q.iter().filter(|q| **q < 0.01).count();
        let all = below(benjamini_hochberg(&p(&exact)));
        let found = below(benjamini_hochberg_among(&p(&some), pair_count(series)));
        println!(
            "| {series} | {} | {transformed:.2} s | {scanned:.2} s | {sketched:.2} s | {screened:.2} s | {measured:.2} s | {all} / {found} |",
            pair_count(series)
        );
    }
}
