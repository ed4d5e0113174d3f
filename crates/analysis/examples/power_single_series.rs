//! How often a change of a given size is found in noise, and how well: level shifts, trends, growing variance, seasons.

#![allow(clippy::print_stdout, reason = "it prints tables for docs/methods")]

mod noise;

use analysis::change::climb::climbs;
use analysis::change::level_shift::{LevelShiftOptions, level_shifts};
use analysis::change::trend::{TrendOptions, trend};
use analysis::change::variance::{VarianceOptions, variance_escalation};
use analysis::expectation::season::{SeasonOptions, decompose};
use analysis::robust;
use noise::{Noise, PROCESSES};

const LENGTH: usize = 1440;
const SERIES: u64 = 400;
const ALPHA: f64 = 2.5e-4;

fn main() {
    println!("n = {LENGTH}, α = {ALPHA}, {SERIES} series each; sizes in standard deviations of the noise");
    println!("| level shift: noise | size | slots | found | date off by | interval holds date |");
    println!("|---|---|---|---|---|---|");
    for (name, phi) in PROCESSES {
        for (size, slots) in [(1.0, 720), (2.0, 720), (3.0, 720), (2.0, 60), (3.0, 60), (5.0, 20), (10.0, 20)] {
            shift(name, phi, size, slots);
        }
    }
    println!("| trend: noise | total rise | found | 95 % interval holds slope |");
    println!("|---|---|---|---|");
    for (name, phi) in PROCESSES {
        for total in [0.0, 0.5, 1.0, 2.0, 4.0] {
            drift(name, phi, total);
        }
    }
    println!("| climb from slot 600, broken off at 1200: noise | total rise | found | begin off by |");
    println!("|---|---|---|---|");
    for (name, phi) in PROCESSES {
        for total in [5.0, 10.0, 20.0, 50.0] {
            climb(name, phi, total);
        }
    }
    println!("| growing variance: noise | last / first standard deviation | found |");
    println!("|---|---|---|");
    for (name, phi) in PROCESSES {
        for factor in [1.3, 1.5, 2.0] {
            swell(name, phi, factor);
        }
    }
    println!(
        "| season, AR(1) 0.3 and a sine of amplitude 4, n = 2880 | 1 % wild values | STL, error | profile, error |"
    );
    println!("|---|---|---|---|");
    for period in [96, 288, 720, 1440] {
        for wild in [0.0, 0.01] {
            let errors = [0, usize::MAX].map(|few_cycles| season_error(period, wild, few_cycles));
            println!("| period {period} | {} | {:.3} | {:.3} |", wild > 0.0, errors[0], errors[1]);
        }
    }
}

fn shift(name: &str, phi: f64, size: f64, slots: usize) {
    let at = if slots < LENGTH / 2 { LENGTH - slots - 300 } else { LENGTH - slots };
    let (mut found, mut off, mut held) = (0u64, 0usize, 0u64);
    for seed in 0..SERIES {
        let mut values = Noise::new(seed + 77).ar1(phi, LENGTH);
        values.iter_mut().skip(at).take(slots).for_each(|value| *value += size);
        let shifts = level_shifts(&values, &LevelShiftOptions { alpha: ALPHA, ..LevelShiftOptions::default() });
        if let Some(shift) = shifts.iter().find(|shift| shift.slot.abs_diff(at) <= 15) {
            found += 1;
            off += shift.slot.abs_diff(at);
            held += u64::from((shift.low..=shift.high).contains(&at));
        }
    }
    let of_found = |count: f64| count / found.max(1) as f64;
    println!(
        "| {name} | {size} | {slots} | {:.2} | {:.1} | {:.2} |",
        found as f64 / SERIES as f64,
        of_found(off as f64),
        of_found(held as f64)
    );
}

/// The share of series in which a climb is found that begins within a tenth of the series of the true one, and the median of how
/// far off it begins.
fn climb(name: &str, phi: f64, total: f64) {
    let (begin, end) = (600, 1_200);
    let mut off: Vec<f64> = Vec::new();
    for seed in 0..SERIES {
        let mut values = Noise::new(seed).ar1(phi, LENGTH);
        let scale = robust::variance(&values).map_or(1.0, f64::sqrt);
        for (slot, value) in values.iter_mut().enumerate().take(end).skip(begin) {
            *value += scale * total * (slot - begin) as f64 / (end - begin) as f64;
        }
        let found = climbs(&values, ALPHA);
        off.extend(
            found.first().map(|line| line.start.abs_diff(begin) as f64).filter(|off| *off < 0.1 * LENGTH as f64),
        );
    }
    let found = off.len() as f64 / SERIES as f64;
    println!("| {name} | {total} | {found:.2} | {:.0} |", robust::median(&off).unwrap_or(f64::NAN));
}

fn drift(name: &str, phi: f64, total: f64) {
    let slope = total / LENGTH as f64;
    let (mut found, mut held) = (0u64, 0u64);
    for seed in 0..SERIES {
        let mut values = Noise::new(seed + 7700).ar1(phi, LENGTH);
        values.iter_mut().enumerate().for_each(|(slot, value)| *value += slope * slot as f64);
        let result = trend(&values, &TrendOptions { alpha: ALPHA, ..TrendOptions::default() });
        found += u64::from(result.is_some_and(|trend| trend.score >= 1.0));
        held += u64::from(result.is_some_and(|trend| (trend.slope_low..=trend.slope_high).contains(&slope)));
    }
    println!("| {name} | {total} | {:.2} | {:.2} |", found as f64 / SERIES as f64, held as f64 / SERIES as f64);
}

fn swell(name: &str, phi: f64, factor: f64) {
    let found = (0..SERIES).filter(|seed| {
        let mut values = Noise::new(seed + 7700).ar1(phi, LENGTH);
        let grow = |slot: usize| 1.0 + (factor - 1.0) * slot as f64 / LENGTH as f64;
        values.iter_mut().enumerate().for_each(|(slot, value)| *value *= grow(slot));
        let options = VarianceOptions { alpha: ALPHA, ..VarianceOptions::default() };
        variance_escalation(&values, &options).is_some_and(|result| result.score >= 1.0)
    });
    println!("| {name} | {factor} | {:.2} |", found.count() as f64 / SERIES as f64);
}

/// The root mean square of (season found − season put in), in standard deviations of the noise.
fn season_error(period: usize, wild: f64, few_cycles: usize) -> f64 {
    let series = 20;
    let errors = (0..series).map(|seed| {
        let mut source = Noise::new(seed);
        let wave = |slot: usize| 4.0 * (slot as f64 * std::f64::consts::TAU / period as f64).sin();
        let mut values = source.ar1(0.3, 2880);
        for (slot, value) in values.iter_mut().enumerate() {
            *value += wave(slot) + if source.uniform() < wild { 15.0 } else { 0.0 };
        }
        let Ok(parts) = decompose(&values, period, &SeasonOptions { few_cycles, ..SeasonOptions::default() }) else {
            return f64::NAN;
        };
        let error: Vec<f64> = parts.seasonal.iter().enumerate().map(|(slot, value)| value - wave(slot)).collect();
        robust::variance(&error).unwrap_or(f64::NAN).sqrt()
    });
    errors.sum::<f64>() / series as f64
}
