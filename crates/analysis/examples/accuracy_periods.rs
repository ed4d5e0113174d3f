//! How accurately periods are found: prints the tables of docs/accuracy.md and docs/methods/period.md.
//!
//! `cargo run --release -p monteverdi-analysis --example accuracy_periods [SERIES [FIRST_SEED [TIDES.csv]]]`; TIDES.csv is
//! a year of hourly sea level at Honolulu (2010) with the values in its second column.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

#[path = "../tests/signals/mod.rs"]
mod signals;

use std::f64::consts::TAU;

use analysis::harmony::{BeatOptions, beats_within};
use analysis::spectrum::{Peak, PeakOptions, significant_peaks};
use signals::{Noise, add, sine};

fn main() {
    let argument = |index: usize| std::env::args().nth(index);
    let series: u64 = argument(1).and_then(|s| s.parse().ok()).unwrap_or(1000);
    let first: u64 = argument(2).and_then(|s| s.parse().ok()).unwrap_or(20_000_000);
    let seeds = first..first + series;
    fixtures(seeds.clone());
    intervals(seeds);
    if let Some(path) = argument(3) {
        tides(&path);
    }
}

fn nearest(peaks: &[Peak], period: f64) -> Option<&Peak> {
    let distance = |p: &&Peak| (p.period_steps / period - 1.0).abs();
    peaks.iter().filter(|p| distance(p) < 0.05).min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

fn fixtures(seeds: std::ops::Range<u64>) {
    println!("| fixture | period | found | within 1 % | largest error | others |\n|---|---:|---:|---:|---:|---:|");
    let gaps = |mut values: Vec<f64>| {
        let len = values.len();
        for (from, to) in [(10, 25), (40, 50), (70, 85)] {
            values[from * len / 100..to * len / 100].fill(f64::NAN);
        }
        values
    };
    type Make<'a> = &'a dyn Fn(u64) -> Vec<f64>;
    let cases: [(&str, f64, &[f64], Make); 6] = [
        ("F2: 300 s at 15 s, 2 h, SNR 0 dB", 15.0, &[300.0], &|seed| {
            add(&Noise::new(seed).white(480), &sine(20.0, 480), std::f64::consts::SQRT_2)
        }),
        ("F2: 300 s at 60 s, 1 day, in AR(1) 0.6, SNR −3 dB", 60.0, &[300.0], &|seed| {
            add(&Noise::new(seed).ar1(0.6, 1440), &sine(5.0, 1440), 1.25)
        }),
        ("F3: 60 s and 66 s at 10 s, 4 h, SNR −3 dB each", 10.0, &[60.0, 66.0], &|seed| {
            add(&add(&Noise::new(seed).white(1440), &sine(6.0, 1440), 1.0), &sine(6.6, 1440), 1.0)
        }),
        ("F3 with 40 % missing in three gaps", 10.0, &[60.0, 66.0], &|seed| {
            gaps(add(&add(&Noise::new(seed).white(1440), &sine(6.0, 1440), 1.0), &sine(6.6, 1440), 1.0))
        }),
        ("one day at 5 min, 3 days, in AR(1) 0.6, SNR 6 dB", 300.0, &[86_400.0], &|seed| {
            add(&Noise::new(seed).ar1(0.6, 864), &sine(288.0, 864), 3.5)
        }),
        ("two lines two resolutions apart, 3 : 1, SNR 0 dB", 60.0, &[1440.0, 1400.27], &|seed| {
            let values = add(&Noise::new(seed).white(1625), &sine(24.0, 1625), 1.5);
            add(&values, &sine(1.0 / (1.0 / 24.0 + 2.0 / 1625.0), 1625), 0.5)
        }),
    ];
    for (name, step, periods, make) in cases {
        let mut tallies = vec![(0_u64, 0_u64, 0.0_f64); periods.len()];
        let mut others = 0_u64;
        for seed in seeds.clone() {
            let peaks = significant_peaks(&make(seed), &PeakOptions::default());
            let mut matched = 0;
            for (tally, period) in tallies.iter_mut().zip(periods) {
                if let Some(peak) = nearest(&peaks, period / step) {
                    let error = (peak.period_steps * step / period - 1.0).abs();
                    tally.0 += 1;
                    tally.1 += u64::from(error < 0.01);
                    tally.2 = tally.2.max(error);
                    matched += 1;
                }
            }
            others += u64::from(peaks.len() > matched);
        }
        let n = seeds.clone().count() as f64;
        for ((found, within, largest), period) in tallies.iter().zip(periods) {
            println!(
                "| {name} | {period:.0} s | {:.1} % | {:.1} % | {:.2} % | {:.1} % |",
                100.0 * *found as f64 / n,
                100.0 * *within as f64 / n,
                100.0 * largest,
                100.0 * others as f64 / n
            );
        }
    }
}

/// How often the 95 % interval holds the truth.
fn intervals(seeds: std::ops::Range<u64>) {
    println!(
        "\n| line of amplitude 1 in | n | found | interval holds | period ± (relative) |\n|---|---:|---:|---:|---:|"
    );
    let line = |noise: &mut Noise, len: usize, wander: f64| -> (f64, Vec<f64>) {
        let period = 10.0 + 100.0 * noise.uniform();
        let (mut phase, mut strength, scale) = (TAU * noise.uniform(), 0.0, 1.0 / (len as f64).sqrt());
        let values = (0..len)
            .map(|t| {
                phase += wander * scale * noise.normal();
                strength += wander * scale * noise.normal();
                (1.0 + strength) * (TAU * t as f64 / period + phase).cos()
            })
            .collect();
        (period, values)
    };
    type Make<'a> = &'a dyn Fn(&mut Noise, usize) -> Vec<f64>;
    let cases: [(&str, f64, Make); 8] = [
        ("white, 1.0", 0.0, &|r, n| r.white(n)),
        ("white, 0.1", 0.0, &|r, n| r.white(n).iter().map(|v| 0.1 * v).collect()),
        ("AR(1) 0.9, 0.5", 0.0, &|r, n| r.ar1(0.9, n).iter().map(|v| 0.5 * 0.436 * v).collect()),
        ("random walk, steps of 0.1", 0.0, &|r, n| r.ar1(1.0, n).iter().map(|v| 0.1 * v).collect()),
        ("white 0.5, 40 % missing", 0.0, &|r, n| {
            let mut values: Vec<f64> = r.white(n).iter().map(|v| 0.5 * v).collect();
            for (from, to) in [(10, 25), (40, 50), (70, 85)] {
                values[from * n / 100..to * n / 100].fill(f64::NAN);
            }
            values
        }),
        ("white 0.1, phase and strength wander by 0.1", 0.1, &|r, n| r.white(n).iter().map(|v| 0.1 * v).collect()),
        ("white 0.1, phase and strength wander by 0.3", 0.3, &|r, n| r.white(n).iter().map(|v| 0.1 * v).collect()),
        ("white 0.5, phase and strength wander by 0.3", 0.3, &|r, n| r.white(n).iter().map(|v| 0.5 * v).collect()),
    ];
    for (name, wander, make) in cases {
        for len in [1000, 4000] {
            let (mut found, mut covered, mut width, mut others, mut beats) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for seed in seeds.clone() {
                let mut noise = Noise::new(seed);
                let (period, line) = line(&mut noise, len, wander);
                let values = add(&line, &make(&mut noise, len), 1.0);
                let peaks = significant_peaks(&values, &PeakOptions::default());
                others += f64::from(u8::from(peaks.len() > 1));
                beats += f64::from(u8::from(!beats_within(&values, &peaks, &BeatOptions::default()).is_empty()));
                if let Some(peak) = nearest(&peaks, period) {
                    found += 1.0;
                    covered += f64::from(u8::from(peak.period_low <= period && period <= peak.period_high));
                    width += 0.5 * (peak.period_high - peak.period_low) / period;
                }
            }
            println!(
                "| {name} | {len} | {:.1} % | {:.1} % | {:.1e} | {:.1} % | {:.1} % |",
                100.0 * found / seeds.clone().count() as f64,
                100.0 * covered / found,
                width / found,
                100.0 * others / seeds.clone().count() as f64,
                100.0 * beats / seeds.clone().count() as f64
            );
        }
    }
}

/// Periods in hours and amplitudes in mm: published, with the factor of the Moon's node in the middle of 2010 (Schureman
/// 1958: the constituents of the Moon swell and shrink over 18.6 years, which a spectrum of one year cannot know).
const TIDES: [(&str, f64, f64, f64); 5] = [
    ("M2", 12.420_601_2, 176.92, 0.9924),
    ("S2", 12.0, 52.27, 1.0),
    ("K1", 23.934_469_7, 150.01, 1.0379),
    ("O1", 25.819_341_7, 81.82, 1.0612),
    ("N2", 12.658_348_2, 35.20, 0.9924),
];

fn tides(path: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    let cell = |line: &str| line.split(',').nth(1).and_then(|c| c.trim().parse().ok()).unwrap_or(f64::NAN);
    let values: Vec<f64> = text.lines().skip(1).map(cell).collect();
    let peaks = significant_peaks(&values, &PeakOptions::default());
    println!(
        "\n| tide | period, h | found, with interval | bins off | amplitude, mm | times the node's factor | found | off |"
    );
    println!("|---|---:|---|---:|---:|---:|---:|---:|");
    for (name, period, amplitude, factor) in TIDES {
        let Some(peak) = nearest(&peaks, period) else {
            println!("| {name} | {period:.4} | not found | | | | | |");
            continue;
        };
        println!(
            "| {name} | {period:.4} | {:.4} ({:.4} to {:.4}) | {:+.3} | {amplitude:.2} | {:.2} | {:.2} | {:+.1} % |",
            peak.period_steps,
            peak.period_low,
            peak.period_high,
            (peak.frequency - 1.0 / period) * values.len() as f64,
            amplitude * factor,
            peak.amplitude,
            100.0 * (peak.amplitude / (amplitude * factor) - 1.0)
        );
    }
    println!("\n| beat | found, days | interval |\n|---|---:|---|");
    for beat in beats_within(&values, &peaks, &BeatOptions::default()) {
        println!(
            "| {:.3} h and {:.3} h | {:.3} | {:.3} to {:.3} |",
            peaks[beat.first_peak].period_steps,
            peaks[beat.second_peak].period_steps,
            beat.period_steps / 24.0,
            beat.period_low / 24.0,
            beat.period_high / 24.0
        );
    }
}
