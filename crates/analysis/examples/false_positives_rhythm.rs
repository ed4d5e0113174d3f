//! How often rhythm and expectation see something in noise, and how well they know what is there: prints the tables of
//! docs/methods/{ictus,feet,metre,expectation}.md.
//!
//! `cargo run --release -p monteverdi-analysis --example false_positives_rhythm [pulse|jobs|metre|feet|expectation|time] [seeds]`
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

#[path = "../tests/signals/mod.rs"]
mod signals;

use std::f64::consts::TAU;
use std::time::Instant;

use analysis::expectation::markov::accent_surprisal;
use analysis::expectation::predictive::{PredictiveOptions, predictive};
use analysis::rhythm::{
    Beat, Foot, GroupKind, JobOptions, MetreOptions, PulseOptions, RhythmOptions, dominance_p, feet, jobs, metre,
    metre_changes, pulse, rhythm, tempo_change,
};
#[path = "../tests/signals/feet.rs"]
mod played_feet;

use played_feet::played;
use signals::{Noise, Process};

/// The first seed of what is reported; the first thousand after 0 and after 1,000,000 were looked at while parameters were chosen.
const FIRST: u64 = 2_000_000;

fn main() {
    let wanted = std::env::args().nth(1);
    let runs = |name: &str| wanted.as_deref().is_none_or(|w| w == name);
    let seeds: u64 = std::env::args().nth(2).and_then(|s| s.parse().ok()).unwrap_or(1000);
    let first: u64 = std::env::args().nth(3).and_then(|s| s.parse().ok()).unwrap_or(FIRST);
    if runs("pulse") {
        pulses(seeds, first);
        power(seeds, first);
    }
    if runs("jobs") {
        job_table(seeds, first);
    }
    if runs("metre") {
        metres(seeds, first);
    }
    if runs("feet") {
        feet_table(seeds, first);
    }
    if runs("expectation") {
        expectation(seeds, first);
    }
    if runs("time") {
        times();
    }
}

fn shares(p: &[f64]) -> String {
    let below = |level: f64| p.iter().filter(|p| **p <= level).count() as f64 / p.len() as f64;
    format!("{:.4} | {:.4} | {:.4}", below(0.05), below(0.01), below(0.001))
}

// Onsets

fn exponential(noise: &mut Noise) -> f64 {
    -(1.0 - noise.uniform()).ln()
}

/// A renewal process with intervals that are sums of `shape` exponentials: a coefficient of variation of 1/√shape.
fn renewal(noise: &mut Noise, count: usize, shape: usize) -> Vec<f64> {
    let mut time = 0.0;
    (0..count)
        .map(|_| {
            time += (0..shape).map(|_| exponential(noise)).sum::<f64>() / shape as f64;
            time
        })
        .collect()
}

/// Five events close together at each event of a renewal process.
fn bursts(noise: &mut Noise, count: usize, shape: usize) -> Vec<f64> {
    let mut all = Vec::new();
    for centre in renewal(noise, count, shape) {
        all.extend((0..5).map(|_| centre + 0.05 * exponential(noise)));
    }
    all.sort_by(f64::total_cmp);
    all
}

const ONSETS: [Process; 7] = [
    ("Poisson", |r, n| renewal(r, n, 1)),
    ("renewal, CV 0.71", |r, n| renewal(r, n, 2)),
    ("renewal, CV 0.5", |r, n| renewal(r, n, 4)),
    ("renewal, CV 0.30", |r, n| renewal(r, n, 11)),
    ("bursts of 5", |r, n| bursts(r, n, 1)),
    ("bursts of 5, CV 0.5", |r, n| bursts(r, n, 4)),
    ("Poisson, by day only", |r, n| {
        let all = renewal(r, 2 * n, 1);
        // A day is 8 intervals long here.
        all.into_iter().filter(|time| (time / 8.0).fract() < 0.5).take(n).collect()
    }),
];

fn pulses(seeds: u64, first: u64) {
    println!(
        "share of event sequences with a pulse, {seeds} each\n| process | n | α = .05 | .01 | .001 |\n|---|---|---|---|---|"
    );
    for (name, process) in ONSETS {
        for count in [8, 20, 100] {
            for grain in [0.0, 1.0] {
                let p: Vec<f64> = (0..seeds)
                    .map(|seed| {
                        let mut onsets = process(&mut Noise::new(first + seed), count);
                        // Mean interval of 20 steps.
                        onsets.iter_mut().for_each(|onset| *onset *= 20.0);
                        if grain > 0.0 {
                            onsets.iter_mut().for_each(|onset| *onset = onset.floor());
                        }
                        let span = onsets.last().unwrap() + 20.0;
                        let options = PulseOptions { alpha: 1.0, resolution: grain, ..PulseOptions::default() };
                        pulse(&onsets, span, &options).map_or(1.0, |found| found.p)
                    })
                    .collect();
                println!("| {name}{} | {count} | {} |", if grain > 0.0 { ", in slots" } else { "" }, shares(&p));
            }
        }
    }
}

/// What a real pulse needs to be found.
fn power(seeds: u64, first: u64) {
    println!("\nshare of pulses that are found at α = .001, with the period's error, {seeds} each");
    println!("| pulse | 5 cycles | 8 | 14 | 50 |\n|---|---|---|---|---|");
    let kinds: [(&str, f64, f64, f64, f64); 6] = [
        ("a clock, jitter 1 % of the period", 0.01, 0.0, 0.0, 0.0),
        ("jitter 5 %", 0.05, 0.0, 0.0, 0.0),
        ("jitter 2 %, 20 % missed", 0.02, 0.2, 0.0, 0.0),
        ("jitter 2 %, one other event every 2 cycles", 0.02, 0.0, 0.5, 0.0),
        ("no clock: intervals with CV 0.02", 0.0, 0.0, 0.0, 0.02),
        ("no clock: intervals with CV 0.05", 0.0, 0.0, 0.0, 0.05),
    ];
    for (name, jitter, missed, extra, drift) in kinds {
        let row: Vec<String> = [5, 8, 14, 50]
            .into_iter()
            .map(|cycles| {
                let (mut found, mut error) = (0, 0.0);
                for seed in 0..seeds {
                    let mut noise = Noise::new(first + seed);
                    let mut time = 100.0 * noise.uniform();
                    let mut onsets = Vec::new();
                    for _ in 0..cycles {
                        if noise.uniform() >= missed {
                            onsets.push(time + 100.0 * jitter * noise.normal());
                        }
                        if noise.uniform() < extra {
                            onsets.push(100.0 * cycles as f64 * noise.uniform());
                        }
                        time += 100.0 * (1.0 + drift * noise.normal());
                    }
                    let options = PulseOptions { resolution: 0.0, ..PulseOptions::default() };
                    if let Some(pulse) = pulse(&onsets, 100.0 * cycles as f64, &options) {
                        found += 1;
                        error += (pulse.period_steps / 100.0 - 1.0).abs();
                    }
                }
                let error = if found > 0 { format!("{:.2} %", 100.0 * error / f64::from(found)) } else { "–".into() };
                format!("{:.3} ({error})", f64::from(found) / seeds as f64)
            })
            .collect();
        println!("| {name} | {} |", row.join(" | "));
    }
}

// Jobs

fn daily(t: usize) -> f64 {
    1.0 - (TAU * t as f64 / 288.0).cos()
}

const SERIES: [Process; 16] = [
    ("white", |r, n| r.white(n)),
    ("AR(1) 0.6", |r, n| r.ar1(0.6, n)),
    ("AR(1) 0.9", |r, n| r.ar1(0.9, n)),
    ("random walk", |r, n| r.ar1(1.0, n)),
    ("Student t3", |r, n| r.student3(n)),
    ("white + step", |r, n| {
        let at = n / 4 + (r.uniform() * n as f64 / 2.0) as usize;
        r.white(n).iter().enumerate().map(|(t, v)| if t < at { *v } else { v + 5.0 }).collect()
    }),
    ("white + 5 bursts", |r, n| {
        let mut values = r.white(n);
        for _ in 0..5 {
            let at = (r.uniform() * (n - 40) as f64) as usize;
            values[at..at + 30].iter_mut().for_each(|v| *v += 8.0);
        }
        values
    }),
    ("random jobs, 1 a day", |r, n| {
        let mut values = r.white(n);
        for _ in 0..n / 288 {
            let at = (r.uniform() * (n - 10) as f64) as usize;
            values[at..at + 6].iter_mut().for_each(|v| *v += 8.0);
        }
        values
    }),
    ("jobs at intervals of CV 0.3", |r, n| {
        let mut values = r.white(n);
        for time in renewal(r, n, 11) {
            let at = (time * 100.0) as usize;
            if at + 6 >= n {
                break;
            }
            values[at..at + 6].iter_mut().for_each(|v| *v += 8.0);
        }
        values
    }),
    ("daily sine of 10, white", |r, n| r.white(n).iter().enumerate().map(|(t, v)| v + 10.0 * daily(t)).collect()),
    ("daily sine of 10, AR(1) 0.9", |r, n| {
        r.ar1(0.9, n).iter().enumerate().map(|(t, v)| v + 10.0 * daily(t)).collect()
    }),
    ("daily peak (sine⁴ of 30), white", |r, n| {
        r.white(n).iter().enumerate().map(|(t, v)| v + 30.0 * (0.5 * daily(t)).powi(4)).collect()
    }),
    ("noise that grows with the day", |r, n| {
        r.white(n).iter().enumerate().map(|(t, v)| (0.3 + daily(t)) * (5.0 + v)).collect()
    }),
    ("counts with a daily rate", |r, n| {
        (0..n)
            .map(|t| {
                let rate = 0.2 + 1.5 * daily(t);
                let (mut time, mut count) = (exponential(r), 0.0);
                while time < rate {
                    time += exponential(r);
                    count += 1.0;
                }
                count
            })
            .collect()
    }),
    ("rare counts", |r, n| (0..n).map(|_| f64::from(u8::from(r.uniform() < 0.01))).collect()),
    ("counts, more by day", |r, n| (0..n).map(|t| f64::from(u8::from(r.uniform() < 0.02 * daily(t)))).collect()),
];

fn job_table(seeds: u64, first: u64) {
    println!("share of series with a job, {seeds} each (a quarter of that for n = 10,080)");
    println!(
        "| series | n | α = .05 | .01 | .001 | period 288 told: α = .05 | .01 | .001 | change of period, α = .05 |\n|---|---|---|---|---|---|---|---|---|"
    );
    for (name, process) in SERIES {
        for count in [1440, 4032, 10_080] {
            let seeds = if count > 5000 { seeds / 4 } else { seeds };
            let (mut p, mut told, mut changes) = (Vec::new(), Vec::new(), 0);
            for seed in 0..seeds {
                let values = process(&mut Noise::new(first + seed), count);
                let options = JobOptions { alpha: 1.0, ..JobOptions::default() };
                p.push(jobs(&values, &options).map_or(1.0, |found| found.pulse.p));
                let known = JobOptions { period: Some(288.0), ..options };
                told.push(jobs(&values, &known).map_or(1.0, |found| found.pulse.p));
                let strict = JobOptions { alpha: 0.05, ..options };
                changes += i32::from(tempo_change(&values, jobs(&values, &strict).as_ref(), &strict).is_some());
            }
            println!(
                "| {name} | {count} | {} | {} | {:.4} |",
                shares(&p),
                shares(&told),
                f64::from(changes) / seeds as f64
            );
        }
    }
    let mut changes = 0;
    for seed in 0..seeds {
        let mut noise = Noise::new(first + seed);
        let mut values = noise.ar1(0.5, 4032);
        let mut at = 20.0 * noise.uniform();
        while at < 4000.0 {
            values[at as usize..at as usize + 4].iter_mut().for_each(|value| *value += 8.0);
            at += 50.0;
            if noise.uniform() < 0.15 {
                at += 50.0;
            }
        }
        changes += i32::from(
            !rhythm(&values, None, &RhythmOptions { alpha: 0.01, ..RhythmOptions::default() })
                .unwrap()
                .changes
                .is_empty(),
        );
    }
    println!(
        "\nsteady job with 15 % of its runs missed at random: share with a change told at α = .01: {:.4}",
        f64::from(changes) / seeds as f64
    );
    println!(
        "\njobs of 6 slots, daily at 5 minutes, two weeks, daily and weekly cycle, one run gone (F9), {seeds} each"
    );
    println!(
        "| height in σ of the noise | found | period within 1 % | exactly the missed run | other events told |\n|---|---|---|---|---|"
    );
    for height in [3.0, 4.0, 5.0, 6.0, 8.0, 12.0, 20.0] {
        let mut counts = [0u64; 4];
        for seed in 0..seeds {
            let gone = 1 + (seed % 12) as usize;
            let values = two_weeks(&mut Noise::new(first + seed), height, &|day| (day != gone).then_some(30));
            let Some(found) = jobs(&values, &JobOptions::default()) else { continue };
            let pulse = &found.pulse;
            counts[0] += 1;
            counts[1] += u64::from((pulse.period_steps / 288.0 - 1.0).abs() < 0.01);
            let right = |slot: usize| slot.abs_diff(gone * 288 + 30) <= 2;
            let others = pulse.missed.iter().filter(|missed| !right(missed.slot)).count();
            let told = others + pulse.late.len() + pulse.extra.len();
            counts[2] += u64::from(pulse.missed.iter().any(|missed| right(missed.slot)) && told == 0);
            counts[3] += u64::from(told > 0);
        }
        let share = |count: u64| count as f64 / seeds as f64;
        println!(
            "| {height} | {:.3} | {:.3} | {:.3} | {:.3} |",
            share(counts[0]),
            share(counts[1]),
            share(counts[2]),
            share(counts[3])
        );
    }
    println!(
        "\nhealthy jobs: share with any event told, {seeds} each\n| jitter in slots | heights | missed | late | extra |\n|---|---|---|---|---|"
    );
    for (jitter, spread) in [(0.0, 0.0), (1.0, 0.0), (5.0, 0.0), (0.0, 0.2), (5.0, 0.3)] {
        let mut counts = [0u64; 3];
        for seed in 0..seeds {
            let mut noise = Noise::new(first + seed);
            let mut values = two_weeks(&mut noise, 0.0, &|_| None);
            for day in 0..14 {
                let at = (day * 288) as f64 + 60.0 + (jitter * noise.normal()).round();
                let height = 8.0 * (spread * noise.normal()).exp();
                values[at as usize..at as usize + 6].iter_mut().for_each(|value| *value += height);
            }
            let Some(found) = jobs(&values, &JobOptions { alpha: 0.01, ..JobOptions::default() }) else { continue };
            counts[0] += u64::from(!found.pulse.missed.is_empty());
            counts[1] += u64::from(!found.pulse.late.is_empty());
            counts[2] += u64::from(!found.pulse.extra.is_empty());
        }
        let share = |count: u64| count as f64 / seeds as f64;
        println!(
            "| {jitter} | {spread} | {:.4} | {:.4} | {:.4} |",
            share(counts[0]),
            share(counts[1]),
            share(counts[2])
        );
    }
}

fn two_weeks(noise: &mut Noise, height: f64, runs: &dyn Fn(usize) -> Option<usize>) -> Vec<f64> {
    let mut values: Vec<f64> = (0..14 * 288)
        .map(|t| {
            let weekend = if (t / 288) % 7 >= 5 { 0.5 } else { 1.0 };
            20.0 + 8.0 * weekend * daily(t) + noise.normal()
        })
        .collect();
    for day in 0..14 {
        if let Some(at) = runs(day) {
            let from = day * 288 + at;
            values[from..(from + 6).min(14 * 288)].iter_mut().for_each(|value| *value += height);
        }
    }
    values
}

// Strings

type Strings = (&'static str, fn(&mut Noise, usize) -> Vec<bool>);

fn chain(r: &mut Noise, n: usize, after_rest: f64, after_accent: f64) -> Vec<bool> {
    let mut accent = false;
    (0..n)
        .map(|_| {
            accent = r.uniform() < if accent { after_accent } else { after_rest };
            accent
        })
        .collect()
}

const STRINGS: [Strings; 8] = [
    ("random, 50 %", |r, n| chain(r, n, 0.5, 0.5)),
    ("random, 20 %", |r, n| chain(r, n, 0.2, 0.2)),
    ("random, 5 %", |r, n| chain(r, n, 0.05, 0.05)),
    ("in runs of 10", |r, n| chain(r, n, 0.1, 0.9)),
    ("never two in a row", |r, n| chain(r, n, 0.4, 0.0)),
    ("renewal, CV 0.5, every 4th", |r, n| renewal_string(r, n, 4)),
    ("renewal, CV 0.3, every 4th", |r, n| renewal_string(r, n, 11)),
    ("rate drifting from 10 to 50 %", |r, n| (0..n).map(|t| r.uniform() < 0.1 + 0.4 * t as f64 / n as f64).collect()),
];

fn renewal_string(r: &mut Noise, n: usize, shape: usize) -> Vec<bool> {
    let mut accents = vec![false; n];
    for time in renewal(r, n, shape) {
        if let Some(accent) = accents.get_mut((4.0 * time) as usize) {
            *accent = true;
        }
    }
    accents
}

fn metres(seeds: u64, first: u64) {
    println!("share of strings with a metre, and with a change of it, {seeds} each");
    println!(
        "| string | beats | metre: α = .05 | .01 | .001 | change: α = .05 | .01 | .001 |\n|---|---|---|---|---|---|---|---|"
    );
    let all = |seed: u64, string: fn(&mut Noise, usize) -> Vec<bool>, n: usize| {
        let accents = string(&mut Noise::new(first + seed), n);
        let options = MetreOptions { alpha: 1.0, ..MetreOptions::default() };
        let change = metre_changes(&accents, &MetreOptions { alpha: 0.05, ..options });
        let smallest = change.iter().map(|change| change.p).fold(1.0, f64::min);
        (metre(&accents, &options).map_or(1.0, |metre| metre.p), smallest)
    };
    for (name, string) in STRINGS {
        for n in [100, 400] {
            let (p, q): (Vec<f64>, Vec<f64>) = (0..seeds).map(|seed| all(seed, string, n)).unzip();
            println!("| {name} | {n} | {} | {} |", shares(&p), shares(&q));
        }
    }
    let steady: [Strings; 2] = [
        ("1000 with 5 % wrong", |r, n| (0..n).map(|t| (t % 4 == 0) != (r.uniform() < 0.05)).collect()),
        ("10010010 with 10 % wrong", |r, n| {
            (0..n).map(|t| [0, 3, 6].contains(&(t % 8)) != (r.uniform() < 0.1)).collect()
        }),
    ];
    for (name, string) in steady {
        for n in [100, 400] {
            let (p, q): (Vec<f64>, Vec<f64>) = (0..seeds).map(|seed| all(seed, string, n)).unzip();
            println!("| {name} (has a metre) | {n} | {} | {} |", shares(&p), shares(&q));
        }
    }
    println!(
        "\n4/4 becomes 3/4 in the middle, 5 % of beats wrong, {seeds} each, α = .001\n| beats | told | date within 4 beats | both metres right |\n|---|---|---|---|"
    );
    for n in [60, 100, 200, 400] {
        let mut counts = [0u64; 3];
        for seed in 0..seeds {
            let mut noise = Noise::new(first + seed);
            let accents: Vec<bool> = (0..n)
                .map(|t| (if t < n / 2 { t % 4 == 0 } else { (t - n / 2) % 3 == 0 }) != (noise.uniform() < 0.05))
                .collect();
            let changes = metre_changes(&accents, &MetreOptions::default());
            if let [change] = changes.as_slice() {
                counts[0] += 1;
                counts[1] += u64::from(change.beat.abs_diff(n / 2) <= 4);
                counts[2] += u64::from((change.before, change.after) == (4, 3));
            }
        }
        let share = |count: u64| count as f64 / seeds as f64;
        println!("| {n} | {:.3} | {:.3} | {:.3} |", share(counts[0]), share(counts[1]), share(counts[2]));
    }
}

// Feet

/// The share of beats whose group is right where the feet come in random order.
fn mixed_right(noise: &mut Noise) -> f64 {
    let mut beats = Vec::new();
    let mut truth = Vec::new();
    let mut time = 0.0;
    for _ in 0..30 {
        let foot = Foot::ALL[(noise.uniform() * 5.0) as usize % 5];
        for mut beat in played(noise, foot, 1, 1.0, 0.1) {
            truth.push(foot);
            beat.onset += time;
            beats.push(beat);
        }
        time += if matches!(foot, Foot::Iamb | Foot::Trochee) { 2.5 } else { 3.5 };
    }
    let mut right = 0;
    for group in feet(&beats).groups {
        if let GroupKind::Foot(foot) = group.kind {
            right += (group.first..group.first + group.len).filter(|beat| truth[*beat] == foot).count();
        }
    }
    right as f64 / beats.len() as f64
}

fn feet_table(seeds: u64, first: u64) {
    println!("share of groups that are told right, 30 groups, jitter 10 %, {seeds} seeds each");
    println!("| pause between groups | iamb | trochee | anapest | dactyl | amphibrach |\n|---|---|---|---|---|---|");
    for pause in [1.25, 1.5, 2.0] {
        let right: Vec<String> = Foot::ALL
            .into_iter()
            .enumerate()
            .map(|(place, foot)| {
                let sum: f64 = (0..seeds)
                    .map(|seed| feet(&played(&mut Noise::new(first + seed), foot, 30, pause, 0.1)).shares[place])
                    .sum();
                format!("{:.4}", sum / seeds as f64)
            })
            .collect();
        println!("| {pause} | {} |", right.join(" | "));
    }
    let sum: f64 = (0..seeds).map(|seed| mixed_right(&mut Noise::new(first + seed))).sum();
    println!(
        "\nfeet in random order, pause 1.5, jitter 10 %: share of beats in the right group: {:.4}",
        sum / seeds as f64
    );
    println!(
        "\nequal gaps with a jitter of 10 %, accents twice as long (iamb, anapest) or twice as loud (trochee, dactyl)"
    );
    for (place, foot) in Foot::ALL.into_iter().enumerate().take(4) {
        let sum: f64 = (0..seeds)
            .map(|seed| {
                let mut beats = played(&mut Noise::new(first + seed), foot, 30, 1.0, 0.1);
                let is_long = matches!(foot, Foot::Iamb | Foot::Anapest);
                for beat in &mut beats {
                    let strong = if beat.accented { 2.0 } else { 1.0 };
                    (beat.duration, beat.intensity) = if is_long { (0.3 * strong, 1.0) } else { (0.3, strong) };
                }
                feet(&beats).shares[place]
            })
            .sum();
        println!("| {foot:?} | {:.4} |", sum / seeds as f64);
    }
    println!("\nshares on random strings of 100 beats, gaps of 1 with a jitter of 10 %, {seeds} each");
    println!(
        "| accents | iamb | trochee | anapest | dactyl | amphibrach | none | dominance p ≤ .05 |\n|---|---|---|---|---|---|---|---|"
    );
    for rate in [0.2, 1.0 / 3.0, 0.5] {
        let mut sums = [0.0; 6];
        let mut below = 0;
        for seed in 0..seeds {
            let mut noise = Noise::new(first + seed);
            let beats: Vec<Beat> = (0..100)
                .map(|t| Beat {
                    onset: f64::from(t) + 0.1 * noise.normal(),
                    accented: noise.uniform() < rate,
                    duration: f64::NAN,
                    intensity: f64::NAN,
                })
                .collect();
            let parse = feet(&beats);
            for (sum, share) in sums.iter_mut().zip(parse.shares.iter().chain([&parse.unresolved])) {
                *sum += share / seeds as f64;
            }
            if seed < 400 {
                below += i32::from(dominance_p(&beats, &parse, seed, 99) <= 0.05);
            }
        }
        let row: Vec<String> = sums.iter().map(|sum| format!("{sum:.3}")).collect();
        println!("| {rate:.2} | {} | {:.3} |", row.join(" | "), f64::from(below) / seeds.min(400) as f64);
    }
}

// Expectation

/// A name, the period that is told, the standard deviation of the innovations, and the series.
type Predicted = (&'static str, Option<f64>, f64, fn(&mut Noise, usize) -> Vec<f64>);

const PREDICTED: [Predicted; 9] = [
    ("white", None, 1.0, |r, n| r.white(n)),
    ("AR(1) 0.6", None, 1.0, |r, n| r.ar1(0.6, n)),
    ("AR(1) 0.9", None, 1.0, |r, n| r.ar1(0.9, n)),
    ("random walk", None, 1.0, |r, n| r.ar1(1.0, n)),
    ("Student t3", None, f64::NAN, |r, n| r.student3(n)),
    ("sine of 5, white", Some(288.0), 1.0, |r, n| {
        r.white(n).iter().enumerate().map(|(t, v)| v + 5.0 * daily(t)).collect()
    }),
    ("sine of 5, AR(1) 0.9", Some(288.0), 1.0, |r, n| {
        r.ar1(0.9, n).iter().enumerate().map(|(t, v)| v + 5.0 * daily(t)).collect()
    }),
    ("hourly jobs of 5, AR(1) 0.6", Some(12.0), 1.0, |r, n| {
        r.ar1(0.6, n).iter().enumerate().map(|(t, v)| if t % 12 < 2 { v + 5.0 } else { *v }).collect()
    }),
    ("sine of 5, white, period not told", None, f64::NAN, |r, n| {
        r.white(n).iter().enumerate().map(|(t, v)| v + 5.0 * daily(t)).collect()
    }),
];

fn expectation(seeds: u64, first: u64) {
    let seeds = seeds.min(200);
    println!(
        "values within the interval (95 %), mean surprisal over the entropy (bits), series with a violation; {seeds} series each"
    );
    println!(
        "| process | n | coverage | below | above | surprisal − entropy | α = .01 | .001 |\n|---|---|---|---|---|---|---|---|"
    );
    for (name, period, sigma, process) in PREDICTED {
        for n in [1440, 4032] {
            let (mut judged, mut below, mut above, mut bits, mut counted) = (0.0, 0.0, 0.0, 0.0, 0.0);
            let mut violated = [0.0; 2];
            // From the third cycle on, or after 200 slots.
            let from = period.map_or(200, |period| (2.0 * period) as usize);
            for seed in 0..seeds {
                let values = process(&mut Noise::new(first + seed), n);
                let found =
                    predictive(&values, period, &PredictiveOptions { alpha: 0.01, ..PredictiveOptions::default() });
                for t in 0..n {
                    if found.lower[t].is_finite() {
                        judged += 1.0;
                        below += f64::from(u8::from(values[t] < found.lower[t]));
                        above += f64::from(u8::from(values[t] > found.upper[t]));
                        if t >= from {
                            bits += found.surprisal[t];
                            counted += 1.0;
                        }
                    }
                }
                for (count, alpha) in violated.iter_mut().zip([0.01, 0.001]) {
                    *count += f64::from(u8::from(found.violations.iter().any(|violation| violation.p <= alpha)));
                }
            }
            let entropy = 0.5 * (TAU * std::f64::consts::E * sigma * sigma).log2();
            println!(
                "| {name} | {n} | {:.4} | {:.4} | {:.4} | {:.3} | {:.4} | {:.4} |",
                1.0 - (below + above) / judged,
                below / judged,
                above / judged,
                bits / counted - entropy,
                violated[0] / seeds as f64,
                violated[1] / seeds as f64
            );
        }
    }
    println!("\nafter a level shift of 8 σ: share outside of the interval by slots after it, {seeds} series each");
    println!(
        "| process | 1 to 5 | 6 to 10 | 11 to 20 | 21 to 40 | 41 to 80 | 81 to 160 |\n|---|---|---|---|---|---|---|"
    );
    for (name, period, _, process) in PREDICTED {
        let mut outside = [0.0; 6];
        let edges = [0, 5, 10, 20, 40, 80, 160];
        for seed in 0..seeds {
            let mut values = process(&mut Noise::new(first + seed), 3000);
            values[2000..].iter_mut().for_each(|value| *value += 8.0);
            let found = predictive(&values, period, &PredictiveOptions::default());
            for (sum, edge) in outside.iter_mut().zip(edges.windows(2)) {
                let count = (2000 + edge[0]..2000 + edge[1])
                    .filter(|&t| values[t] < found.lower[t] || values[t] > found.upper[t])
                    .count();
                *sum += count as f64 / (edge[1] - edge[0]) as f64 / seeds as f64;
            }
        }
        let row: Vec<String> = outside.iter().map(|share| format!("{share:.3}")).collect();
        println!("| {name} | {} |", row.join(" | "));
    }
    println!(
        "\npattern 1000 with one beat omitted, accents where strengths N(8, 1) of beats and N(0, 1) of rests reach 4: share of strings in which the omitted beat is the most surprising"
    );
    println!("| repeats before the omission | share | bits there, median |\n|---|---|---|");
    for repeats in [3, 4, 6, 12, 40] {
        let (mut right, mut there) = (0, Vec::new());
        for seed in 0..seeds * 50 {
            let mut noise = Noise::new(first + seed);
            let accents: Vec<bool> = (0..4 * repeats + 16)
                .map(|t| noise.normal() + if t % 4 == 0 && t != 4 * repeats { 8.0 } else { 0.0 } >= 4.0)
                .collect();
            let bits = accent_surprisal(&accents, 8);
            let worst = (8..bits.len()).max_by(|a, b| bits[*a].total_cmp(&bits[*b])).unwrap();
            right += i32::from(worst == 4 * repeats);
            there.push(bits[4 * repeats]);
        }
        there.sort_by(f64::total_cmp);
        println!("| {repeats} | {:.4} | {:.2} |", f64::from(right) / there.len() as f64, there[there.len() / 2]);
    }
}

fn times() {
    println!("| n | what | ms per series |\n|---|---|---|");
    for n in [2880, 10_080] {
        let series: Vec<Vec<f64>> = (0..20)
            .map(|seed| {
                let mut noise = Noise::new(seed);
                let mut values: Vec<f64> =
                    noise.ar1(0.5, n).iter().enumerate().map(|(t, v)| v + 4.0 * daily(t)).collect();
                if seed % 2 == 0 {
                    values.iter_mut().enumerate().filter(|(t, _)| t % 36 < 3).for_each(|(_, value)| *value += 8.0);
                }
                values
            })
            .collect();
        let time = |name: &str, work: &dyn Fn(&[f64])| {
            let runs = (0..7).map(|_| {
                let start = Instant::now();
                series.iter().for_each(|values| work(values));
                start.elapsed().as_secs_f64()
            });
            let best = runs.fold(f64::INFINITY, f64::min);
            println!("| {n} | {name} | {:.2} |", best * 1e3 / series.len() as f64);
        };
        time("jobs", &|values| {
            let _ = jobs(values, &JobOptions::default());
        });
        time("rhythm", &|values| {
            let _ = rhythm(values, None, &RhythmOptions::default());
        });
        time("predictive", &|values| {
            let _ = predictive(values, Some(288.0), &PredictiveOptions::default());
        });
    }
}
