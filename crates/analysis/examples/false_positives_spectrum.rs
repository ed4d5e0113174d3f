//! How often the spectral statistics see something in noise: prints the tables of docs/methods/.
//!
//! `cargo run --release -p monteverdi-analysis --example false_positives_spectrum [gaps|lomb_scargle|lines|course] [SERIES]`
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

#[path = "../tests/signals/mod.rs"]
mod signals;

use analysis::spectrum::{
    LombScargleOptions, MultitaperOptions, PeakOptions, harmonic_test, lomb_scargle, period_course, significant_peaks,
};
use signals::{BURST, Noise, Process, RED, REDDER, STEP, WALK, WHITE, add, sine};

const PROCESSES: [Process; 6] = [WHITE, RED, REDDER, WALK, STEP, BURST];

/// Ways of losing 40 % of the values in long gaps.
const GAPS: [Process; 3] = [
    ("three gaps", |_, n| mask(n, |t| [(0.1, 0.25), (0.4, 0.5), (0.7, 0.85)].iter().any(|(a, b)| *a <= t && t < *b))),
    ("every night", |_, n| mask(n, |t| (t * 12.0).fract() < 0.4)),
    ("random places", |r, n| {
        let mut values: Vec<f64> = vec![0.0; n];
        while values.iter().filter(|v| v.is_nan()).count() < 2 * n / 5 {
            let length = 10 + (r.uniform() * n as f64 / 20.0) as usize;
            let at = (r.uniform() * (n - length) as f64) as usize;
            values[at..at + length].fill(f64::NAN);
        }
        values
    }),
];

fn mask(len: usize, is_missing: impl Fn(f64) -> bool) -> Vec<f64> {
    (0..len).map(|t| if is_missing(t as f64 / len as f64) { f64::NAN } else { 0.0 }).collect()
}

fn main() {
    let wanted = std::env::args().nth(1);
    let runs = |name: &str| wanted.as_deref().is_none_or(|w| w == name);
    let seeds: u64 = std::env::args().nth(2).and_then(|s| s.parse().ok()).unwrap_or(2000);
    // Constants are chosen on other seeds than the tables are made with.
    let first: u64 = std::env::args().nth(3).and_then(|s| s.parse().ok()).unwrap_or(10_000_000);
    let seeds = first..first + seeds;
    if runs("gaps") {
        gaps(seeds.clone());
    }
    if runs("lomb_scargle") {
        with_p("lowest p of lomb_scargle", seeds.clone(), |values| {
            lomb_scargle(values, &LombScargleOptions::default())
                .map_or(1.0, |l| l.p.iter().copied().fold(1.0, f64::min))
        });
    }
    if runs("lines") {
        with_p("lowest p of harmonic_test times steps", seeds.clone(), |values| {
            let test = harmonic_test(values, &MultitaperOptions::default()).unwrap();
            let inner = &test.p[8..test.p.len() - 1];
            inner.iter().copied().fold(1.0, f64::min) * values.len() as f64
        });
    }
    if runs("course") {
        course(seeds);
    }
}

fn with_p(name: &str, seeds: std::ops::Range<u64>, p_of: impl Fn(&[f64]) -> f64) {
    println!("{name}, {} series each", seeds.clone().count());
    println!("| process | n | < .05 | < .01 | < .001 |\n|---|---|---|---|---|");
    for (process, make) in PROCESSES {
        for len in [300, 1440] {
            let p: Vec<f64> = seeds.clone().map(|seed| p_of(&make(&mut Noise::new(seed), len))).collect();
            println!("| {process} | {len} | {} |", shares(&p));
        }
    }
}

fn gaps(seeds: std::ops::Range<u64>) {
    println!(
        "40 % missing, {} series each: share with any period (noise), with exactly both (two sines in it)",
        seeds.clone().count()
    );
    println!("| gaps | process | n | α = .01 | α = .001 | both found | another one |\n|---|---|---|---|---|---|---|");
    for (pattern, gaps) in GAPS {
        for (process, make) in PROCESSES.iter().take(4) {
            for len in [1440, 4320] {
                let (mut loose, mut strict, mut both, mut more) = (0, 0, 0, 0);
                for seed in seeds.clone() {
                    let mut noise = Noise::new(seed);
                    let values = make(&mut noise, len);
                    let values = add(&values, &gaps(&mut noise, len), 1.0);
                    let p = significant_peaks(&values, &PeakOptions::default()).iter().map(|p| p.p).fold(1.0, f64::min);
                    loose += u64::from(p < 0.01);
                    strict += u64::from(p < 0.001);
                    let periods = [len as f64 / 60.0, len as f64 / 143.3];
                    let signal = periods.iter().fold(values, |v, period| add(&v, &sine(*period, len), 1.5));
                    let peaks = significant_peaks(&signal, &PeakOptions::default());
                    let found = |period: &f64| peaks.iter().any(|p| (p.period_steps / period - 1.0).abs() < 0.01);
                    let count = periods.iter().filter(|p| found(p)).count();
                    both += u64::from(count == 2);
                    more += u64::from(peaks.len() > count);
                }
                let share = |count: u64| count as f64 / seeds.clone().count() as f64;
                println!(
                    "| {pattern} | {process} | {len} | {:.4} | {:.4} | {:.3} | {:.4} |",
                    share(loose),
                    share(strict),
                    share(both),
                    share(more)
                );
            }
        }
    }
}

/// A job of four steps every `period` steps, `later` steps later each time, with jitter, in noise.
fn job(noise: &mut Noise, background: &[f64], period: f64, later: f64, jitter: f64, wander: f64) -> Vec<f64> {
    let mut values = background.to_vec();
    let mut at = 10.0;
    let mut drifted = 0.0;
    while at + 6.0 < values.len() as f64 {
        drifted += wander * noise.normal();
        let start = at + drifted + jitter * noise.normal();
        // Means over a step, so that parts of a step show.
        for (t, value) in values.iter_mut().enumerate() {
            let overlap = (start + 4.0).min(t as f64 + 1.0) - start.max(t as f64);
            *value += 5.0 * overlap.clamp(0.0, 1.0);
        }
        at += period + later;
    }
    values
}

fn course(seeds: std::ops::Range<u64>) {
    println!("drift of a steady job (4 steps of 5 standard deviations), {} series each", seeds.clone().count());
    println!(
        "| noise | period | cycles | jitter | wander | followed | p < .05 | p < .01 | regularity |\n|---|---|---|---|---|---|---|---|---|"
    );
    for (process, make) in PROCESSES {
        for (period, cycles) in [(96.0, 7), (96.0, 14), (60.0, 30), (20.5, 120)] {
            for (jitter, wander) in [(0.0, 0.0), (1.0, 0.0), (0.0, 0.3)] {
                if (jitter > 0.0 || wander > 0.0) && process != "white" {
                    continue;
                }
                let (mut p, mut regularity) = (Vec::new(), 0.0);
                for seed in seeds.clone() {
                    let mut noise = Noise::new(seed);
                    let background = make(&mut noise, (period * f64::from(cycles)) as usize);
                    let values = job(&mut noise, &background, period, 0.0, jitter, wander);
                    if let Some(course) = period_course(&values, period) {
                        regularity += course.regularity;
                        p.extend(course.drift.map(|drift| drift.p));
                    }
                }
                let below = |level: f64| p.iter().filter(|p| **p < level).count() as f64 / p.len().max(1) as f64;
                println!(
                    "| {process} | {period} | {cycles} | {jitter} | {wander} | {:.3} | {:.4} | {:.4} | {:.2} |",
                    p.len() as f64 / seeds.clone().count() as f64,
                    below(0.05),
                    below(0.01),
                    regularity / seeds.clone().count() as f64
                );
            }
        }
    }
    println!(
        "\nno job at all\n| noise | period | cycles | followed | p < .01 of all | regularity |\n|---|---|---|---|---|---|"
    );
    for (process, make) in PROCESSES {
        for (period, cycles) in [(96.0, 14), (20.5, 120)] {
            let (mut followed, mut drifting, mut regularity) = (0.0, 0.0, 0.0);
            for seed in seeds.clone() {
                let values = make(&mut Noise::new(seed), (period * f64::from(cycles)) as usize);
                if let Some(course) = period_course(&values, period) {
                    regularity += course.regularity;
                    followed += f64::from(u8::from(course.drift.is_some()));
                    drifting += f64::from(u8::from(course.drift.is_some_and(|d| d.p < 0.01)));
                }
            }
            let n = seeds.clone().count() as f64;
            println!(
                "| {process} | {period} | {cycles} | {:.4} | {:.4} | {:.2} |",
                followed / n,
                drifting / n,
                regularity / n
            );
        }
    }
    println!("\na job that comes later each time: share found (p < .01), interval holds the truth");
    println!("| step | period | cycles | later, steps a cycle | found | interval |\n|---|---|---|---|---|---|");
    for (step, period, cycles, later) in [
        ("15 s, one day", 5760.0, 7, 2.0 / 15.0),
        ("15 s, one day", 5760.0, 14, 2.0 / 15.0),
        ("60 s, one day", 1440.0, 14, 2.0 / 60.0),
        ("60 s, one hour", 60.0, 168, 1.0 / 60.0),
    ] {
        let (mut found, mut covered, mut n) = (0.0, 0.0, 0.0);
        for seed in seeds.clone().take(200) {
            let mut noise = Noise::new(seed);
            let background = noise.white((period * f64::from(cycles)) as usize);
            let values = job(&mut noise, &background, period, later, 0.0, 0.0);
            let drift = period_course(&values, period).unwrap().drift;
            n += 1.0;
            found += f64::from(u8::from(drift.is_some_and(|d| d.p < 0.01)));
            covered += f64::from(u8::from(drift.is_some_and(|d| d.low <= later && later <= d.high)));
        }
        println!("| {step} | {period} | {cycles} | {later:.4} | {:.3} | {:.3} |", found / n, covered / n);
    }
}

fn shares(p: &[f64]) -> String {
    let below = |level: f64| p.iter().filter(|p| **p < level).count() as f64 / p.len() as f64;
    format!("{:.4} | {:.4} | {:.4}", below(0.05), below(0.01), below(0.001))
}
