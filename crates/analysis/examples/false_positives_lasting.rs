//! How often series without one are given a bend or a change of period, and how often the interval of a change of period
//! holds its date.

#![allow(clippy::print_stdout, reason = "prints tables for docs/methods")]

mod noise;

use analysis::change::bend::bend;
use analysis::change::period_change::{PeriodChange, period_change};
use analysis::spectrum::{PeakOptions, significant_peaks};
use noise::{Noise, PROCESSES};
use std::f64::consts::TAU;

fn change(values: &[f64], alpha: f64) -> Option<PeriodChange> {
    period_change(values, &significant_peaks(values, &PeakOptions::default()), alpha)
}

/// What is there throughout, beside noise.
const STEADY: [&str; 5] =
    ["noise", "one period", "two periods", "a period whose phase wanders", "a period that breathes"];

fn steady(what: usize, phi: f64, count: usize, seed: u64) -> Vec<f64> {
    let mut source = Noise::new(seed + 10_000_000 * count as u64);
    let noise = source.ar1(phi, count);
    let mut phase = TAU * source.uniform();
    let place = TAU * source.uniform();
    noise
        .iter()
        .enumerate()
        .map(|(slot, noise)| {
            let share = slot as f64 / count as f64;
            let (fast, slow) = (TAU * 29.7 * share, TAU * 13.3 * share);
            if what == 3 {
                phase += 0.16 * source.normal();
            }
            noise
                + match what {
                    0 => 0.0,
                    1 | 3 => 1.5 * (slow + phase).sin(),
                    2 => (slow + phase).sin() + 0.8 * (fast + place).sin(),
                    _ => 1.5 * (fast + phase).sin() * (1.0 + 0.9 * (TAU * share / 1.7 + place).sin()),
                }
        })
        .collect()
}

fn main() {
    let series = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1_000);
    let bent = |values: &[f64], alpha: f64| bend(values, alpha).map_or(0.0, |found| found.score);
    noise::table("bend", &[60, 200, 1440], series, bent);
    noise::walks("bend", &[60, 200], series, bent);
    println!("| change of period | noise | n | α = 0.01 | α = 0.001 |\n|---|---|---|---|---|");
    for (what, name) in STEADY.into_iter().enumerate() {
        for count in [200, 400, 1_440] {
            for (process, phi) in PROCESSES {
                let share = |alpha: f64| {
                    let told = (0..series).filter(|seed| {
                        change(&steady(what, phi, count, *seed), alpha).is_some_and(|found| found.score >= 1.0)
                    });
                    told.count() as f64 / series as f64
                };
                println!("| {name} | {process} | {count} | {:.4} | {:.4} |", share(0.01), share(0.001));
            }
        }
    }
    println!("| amplitude | noise | n | at | found | interval holds it | slots wide |\n|---|---|---|---|---|---|---|");
    for (count, (process, phi)) in [400_usize, 1_440].into_iter().flat_map(|n| PROCESSES.map(|one| (n, one))) {
        for (amplitude, place) in [1.0, 3.0].into_iter().flat_map(|size| [0.3, 0.5, 0.7].map(|at| (size, at))) {
            let at = (place * count as f64) as usize;
            let (before, after) = (count as f64 / 24.0, count as f64 / 36.0);
            let (mut found, mut held, mut width) = (0_u64, 0_u64, 0);
            for seed in 0..series / 5 {
                let mut source = Noise::new(seed + 20_000_000 * count as u64);
                let mut values = source.ar1(phi, count);
                let phase = TAU * source.uniform();
                for (slot, value) in values.iter_mut().enumerate() {
                    let (early, late) = (slot.min(at) as f64, slot.saturating_sub(at) as f64);
                    *value += amplitude * (TAU * (early / before + late / after) + phase).sin();
                }
                if let Some(one) = change(&values, 0.001).filter(|one| one.score >= 1.0) {
                    found += 1;
                    held += u64::from((one.low..=one.high).contains(&at));
                    width += one.high - one.low;
                }
            }
            let of = |count: f64| count / found.max(1) as f64;
            let share = found as f64 / (series / 5).max(1) as f64;
            println!(
                "| {amplitude} | {process} | {count} | {place} | {share:.2} | {:.2} | {:.0} |",
                of(held as f64),
                of(width as f64)
            );
        }
    }
}
