//! How often the online detector raises an alarm on noise, and how long a value takes.

#![allow(clippy::print_stdout, reason = "it prints tables for docs/methods")]

mod noise;

use analysis::anomaly::online::{Detector, DetectorOptions, threshold};
use noise::Noise;

const LENGTH: usize = 10_000;
/// Up to here the past is short.
const EARLY: usize = 1_000;

type Draw = fn(&mut Noise, usize, f64) -> f64;

fn main() {
    let series = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100);
    println!("| alarms in 10 000 values | one series, first 1 000 | one series, later | one of 500 series | series |");
    println!("|---|---|---|---|---|");
    let kinds: [(&str, Draw); 14] = [
        ("white", |source, _, _| source.normal()),
        ("AR(1) 0.9", |source, _, last| 0.9 * last + source.normal()),
        ("random walk", |source, _, last| last + source.normal()),
        ("daily sine of 288 values, white", |source, slot, _| {
            3.0 * (std::f64::consts::TAU * slot as f64 / 288.0).sin() + source.normal()
        }),
        ("two jumps a day of 288 values, uniform", |source, slot, _| {
            (if (108..216).contains(&(slot % 288)) { 80.0 } else { 20.0 }) + 12.0 * source.uniform()
        }),
        ("rounded AR(1) 0.9", |source, _, last| (0.9 * last + source.normal()).round()),
        ("Poisson, mean 0.05", |source, _, _| poisson(source, 0.05)),
        ("Poisson, mean 1", |source, _, _| poisson(source, 1.0)),
        ("Poisson, mean 20", |source, _, _| poisson(source, 20.0)),
        ("exponential", |source, _, _| -source.uniform().ln()),
        ("log-normal, σ = 1", |source, _, _| source.normal().exp()),
        ("Student t, 3 degrees of freedom", |source, _, _| {
            let square: f64 = (0..3).map(|_| source.normal().powi(2)).sum();
            source.normal() / (square / 3.0).sqrt()
        }),
        ("Pareto, exponent 2", |source, _, _| source.uniform().powf(-0.5)),
        ("Pareto, exponent 1.2", |source, _, _| source.uniform().powf(-1.0 / 1.2)),
    ];
    for (name, draw) in kinds {
        let mut alarms = [0usize; 3];
        for seed in 0..series {
            let mut source = Noise::new(seed + 7_000_000);
            let options = |count| DetectorOptions { threshold: threshold(count), ..DetectorOptions::default() };
            let (mut alone, mut together) = (Detector::new(&options(1.0)), Detector::new(&options(500.0)));
            let mut last = 0.0;
            for slot in 0..LENGTH {
                last = draw(&mut source, slot, last);
                alarms[usize::from(slot >= EARLY)] += usize::from(alone.push(last).score >= 1.0);
                alarms[2] += usize::from(together.push(last).score >= 1.0);
            }
        }
        let per = |count: usize, length: usize| 1e4 * count as f64 / (series as f64 * length as f64);
        let [early, late] = [per(alarms[0], EARLY), per(alarms[1], LENGTH - EARLY)];
        println!("| {name} | {early:.1} | {late:.1} | {:.2} | {series} |", per(alarms[2], LENGTH));
    }
    time();
}

fn time() {
    let mut source = Noise::new(1);
    let values: Vec<f64> = (0..1_000_000).map(|_| source.normal()).collect();
    let mut detector = Detector::new(&DetectorOptions::default());
    let start = std::time::Instant::now();
    let alarms = values.iter().filter(|value| detector.push(**value).score >= 1.0).count();
    let micros = start.elapsed().as_secs_f64();
    println!("\n{micros:.2} µs a value, of a million of white noise ({alarms} alarms)");
}

fn poisson(source: &mut Noise, mean: f64) -> f64 {
    let limit = (-mean).exp();
    let mut product = source.uniform();
    let mut count = 0.0;
    while product > limit {
        product *= source.uniform();
        count += 1.0;
    }
    count
}
