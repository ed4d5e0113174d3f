//! How often resonance, beats of sets, lost consonance, shapes and signatures are seen in noise, and how often they are
//! found where they are: prints the tables of docs/methods/.
//!
//! `cargo run --release -p monteverdi-analysis --example false_positives_resonance [resonance|power|null|episodes|beats|shapes|signatures|time] [seeds]`
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::type_complexity, missing_docs)]

#[path = "../tests/signals/mod.rs"]
mod signals;

use std::f64::consts::{PI, TAU};
use std::time::Instant;

use analysis::harmony::{
    AntiKind, Baseline, BaselineOptions, BeatOptions, Bounds, Class, CoherenceOptions, NearestOptions, RelatedPair,
    Resonance, ResonanceKind, ResonanceOptions, RibbonOptions, SegmentSpectra, ShapeOptions, Signature, WindowFacts,
    beat_peaks, beats, dissonance_episodes, nearest, null, resonance_of, similar_windows, windowed_consonance,
};
use analysis::spectrum::{PeakOptions, significant_peaks};
use signals::{BURST, Noise, Process, RED, REDDER, STEP, WALK, WHITE, add, sine, uniform_distance};

const PROCESSES: [Process; 6] = [WHITE, RED, REDDER, WALK, STEP, BURST];

/// Seeds on which nothing was chosen.
const FIRST: u64 = 9_000_000;

fn main() {
    let wanted = std::env::args().nth(1);
    let runs = |name: &str| wanted.as_deref().is_none_or(|w| w == name);
    let seeds: u64 = std::env::args().nth(2).and_then(|s| s.parse().ok()).unwrap_or(1000);
    let parts: [(&str, fn(u64)); 8] = [
        ("resonance", false_resonances),
        ("power", power),
        ("null", nulls),
        ("episodes", episodes),
        ("beats", sets_of_beats),
        ("shapes", shapes),
        ("signatures", signatures),
        ("time", times),
    ];
    for (name, part) in parts {
        if runs(name) {
            part(seeds);
        }
    }
}

fn resonator(x: &[f64], frequency: f64, q: f64) -> Vec<f64> {
    let r = (-PI * frequency / q).exp();
    let (a, b) = (2.0 * r * (TAU * frequency).cos(), -r * r);
    let mut y = vec![0.0; x.len()];
    for t in 0..x.len() {
        let past = |k: usize| if t >= k { y[t - k] } else { 0.0 };
        y[t] = (1.0 - a - b) * x[t] + a * past(1) + b * past(2);
    }
    y
}

/// scipy's `iirnotch`.
fn notch(x: &[f64], frequency: f64, q: f64) -> Vec<f64> {
    let r = (-PI * frequency / q).exp();
    let cosine = (TAU * frequency).cos();
    let mut y = vec![0.0; x.len()];
    for t in 2..x.len() {
        y[t] = x[t] - 2.0 * cosine * x[t - 1] + x[t - 2] + 2.0 * r * cosine * y[t - 1] - r * r * y[t - 2];
    }
    y
}

fn with_noise(noise: &mut Noise, y: &[f64], snr_db: f64) -> Vec<f64> {
    let mean = y.iter().sum::<f64>() / y.len() as f64;
    let power = y.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / y.len() as f64;
    add(y, &noise.white(y.len()), (power / 10f64.powf(snr_db / 10.0)).sqrt())
}

fn false_resonances(seeds: u64) {
    type System = (&'static str, fn(&mut Noise, &[f64]) -> (Vec<f64>, Vec<f64>));
    let systems: [System; 7] = [
        ("flat copy, 3 dB", |r, x| (x.to_vec(), with_noise(r, x, 3.0))),
        ("delay of 7, 10 dB", |r, x| {
            let y: Vec<f64> = (0..x.len()).map(|t| if t < 7 { x[0] } else { x[t - 7] }).collect();
            (x.to_vec(), with_noise(r, &y, 10.0))
        }),
        ("low-pass, 10 dB", |r, x| {
            let mut level = x[0];
            let y: Vec<f64> = x
                .iter()
                .map(|v| {
                    level += 0.2 * (v - level);
                    level
                })
                .collect();
            (x.to_vec(), with_noise(r, &y, 10.0))
        }),
        ("high-pass, 10 dB", |r, x| {
            let y: Vec<f64> = (0..x.len()).map(|t| if t == 0 { 0.0 } else { x[t] - x[t - 1] }).collect();
            (x.to_vec(), with_noise(r, &y, 10.0))
        }),
        ("noise in the first series, 0 dB", |r, x| (with_noise(r, x, 0.0), x.to_vec())),
        ("both have a line of their own noise", |r, x| {
            let line = sine(20.0, x.len());
            (add(x, &line, 2.0), add(&r.white(x.len()), &line, 2.0))
        }),
        ("independent", |r, x| (x.to_vec(), r.ar1(0.6, x.len()))),
    ];
    println!("share of pairs with a resonance or notch | with antiphase, α = 0.01, {seeds} pairs each, 2,880 points");
    println!("| system | {} |", PROCESSES.map(|p| p.0).join(" | "));
    println!("|---|{}", "---|".repeat(PROCESSES.len()));
    for (name, system) in systems {
        let cells: Vec<String> = PROCESSES
            .iter()
            .map(|(_, process)| {
                let (mut shape, mut sign) = (0, 0);
                for seed in FIRST..FIRST + seeds {
                    let mut noise = Noise::new(seed);
                    let x = process(&mut noise, 2880);
                    let (x, y) = system(&mut noise, &x);
                    match resonance_of(&x, &y, &ResonanceOptions::default()).map(|r| r.kind) {
                        Some(ResonanceKind::AntiResonance(AntiKind::Antiphase)) => sign += 1,
                        Some(_) => shape += 1,
                        None => {}
                    }
                }
                format!("{:.4}, {:.4}", shape as f64 / seeds as f64, sign as f64 / seeds as f64)
            })
            .collect();
        println!("| {name} | {} |", cells.join(" | "));
    }
}

fn power(seeds: u64) {
    let find = |x: &[f64], y: &[f64]| resonance_of(x, y, &ResonanceOptions::default());
    println!(
        "found with the right kind and frequency ± 1 bin; of those Q ± 20 %; median Q; {seeds} pairs, 10,080 points"
    );
    println!("| system | 20 dB | 10 dB | 0 dB |\n|---|---|---|---|");
    let cell = |wanted: ResonanceKind, frequency: f64, q: f64, make: &dyn Fn(&mut Noise) -> (Vec<f64>, Vec<f64>)| {
        let mut held: Vec<Resonance> = Vec::new();
        for seed in FIRST..FIRST + seeds {
            let mut noise = Noise::new(seed);
            let (x, y) = make(&mut noise);
            held.extend(find(&x, &y).filter(|one| {
                one.kind == wanted
                    && (frequency.is_nan() || (one.frequency - frequency).abs() * one.segment_len as f64 <= 1.0)
            }));
        }
        let found = held.len() as f64 / seeds as f64;
        let sharp = held.iter().filter(|one| (one.q / q - 1.0).abs() <= 0.2).count() as f64 / held.len().max(1) as f64;
        let mut all: Vec<f64> = held.iter().map(|one| one.q).collect();
        all.sort_by(f64::total_cmp);
        format!("{found:.3}, {sharp:.3}, {:.2}", all.get(all.len() / 2).copied().unwrap_or(f64::NAN))
    };
    for (frequency, q) in [(0.05, 3.0), (0.2, 3.0), (0.1, 5.0), (0.02, 5.0), (0.05, 10.0), (0.3, 10.0), (0.1, 20.0)] {
        let cells: Vec<String> = [20.0, 10.0, 0.0]
            .iter()
            .map(|snr| {
                cell(ResonanceKind::Resonance, frequency, q, &|r| {
                    let x = r.white(10_080);
                    let y = resonator(&x, frequency, q);
                    (x, with_noise(r, &y, *snr))
                })
            })
            .collect();
        println!("| resonator {frequency}, Q {q} | {} |", cells.join(" | "));
    }
    for (frequency, q) in [(0.15, 4.0), (0.05, 3.0), (0.2, 8.0)] {
        let cells: Vec<String> = [20.0, 10.0, 0.0]
            .iter()
            .map(|snr| {
                cell(ResonanceKind::AntiResonance(AntiKind::Notch), frequency, q, &|r| {
                    let x = r.white(10_080);
                    let y = notch(&x, frequency, q);
                    (x, with_noise(r, &y, *snr))
                })
            })
            .collect();
        println!("| notch {frequency}, Q {q} | {} |", cells.join(" | "));
    }
    let cells: Vec<String> = [20.0, 10.0, 0.0]
        .iter()
        .map(|snr| {
            cell(ResonanceKind::AntiResonance(AntiKind::Antiphase), f64::NAN, 1.0, &|r| {
                let x = r.ar1(0.6, 10_080);
                let y: Vec<f64> = (0..x.len()).map(|t| if t < 4 { 0.0 } else { -x[t - 4] }).collect();
                (x, with_noise(r, &y, *snr))
            })
        })
        .collect();
    println!("| antiphase, delay 4 | {} |", cells.join(" | "));
}

fn nulls(seeds: u64) {
    println!("p of the null, four independent series of 1,440 points, {seeds} sets each, 99 surrogates");
    println!("| process | KS | .05 | .01 | within 2 sd |\n|---|---|---|---|---|");
    for (name, process) in PROCESSES {
        let (mut p, mut inside) = (Vec::new(), 0);
        for seed in FIRST..FIRST + seeds {
            let mut noise = Noise::new(seed);
            let series: Vec<Vec<f64>> = (0..4).map(|_| process(&mut noise, 1440)).collect();
            let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
            let options = CoherenceOptions { segment_len: 64, ..CoherenceOptions::default() };
            let spectra = SegmentSpectra::new(&views, &options).unwrap();
            let found = null(&spectra, 2..32, &[0, 1, 2, 3], 99, seed).unwrap();
            p.push(found.p);
            inside += u64::from((found.value - found.mean).abs() <= 2.0 * found.sd);
        }
        let mut noise = Noise::new(1);
        let spread: Vec<f64> = p.iter().map(|p| p - 0.01 * noise.uniform()).collect();
        let below = |level: f64| p.iter().filter(|p| **p <= level + 1e-9).count() as f64 / seeds as f64;
        println!(
            "| {name} | {:.2} | {:.4} | {:.4} | {:.3} |",
            uniform_distance(&spread),
            below(0.05),
            below(0.01),
            inside as f64 / seeds as f64
        );
    }
}

fn ribbon(series: &[Vec<f64>]) -> Vec<f64> {
    let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let pairs: Vec<RelatedPair> = (0..series.len())
        .flat_map(|first| {
            (first + 1..series.len()).map(move |second| RelatedPair { first, second, lag_steps: 0, weight: 1.0 })
        })
        .collect();
    windowed_consonance(&views, &pairs, &RibbonOptions { window: 120, hop: 60 })
        .iter()
        .map(|frame| frame.consonance.unwrap_or(f64::NAN))
        .collect()
}

fn episodes(seeds: u64) {
    println!(
        "share of sets of five series, 6,000 points (99 frames of 120), with an episode at α = 0.05, {seeds} sets each"
    );
    println!("| set | share |\n|---|---|");
    let share = |make: &dyn Fn(&mut Noise) -> Vec<Vec<f64>>, wanted: Option<std::ops::Range<usize>>| {
        let mut count = 0;
        for seed in FIRST..FIRST + seeds {
            let frames = ribbon(&make(&mut Noise::new(seed)));
            let options = BaselineOptions { overlap: 2.0, ..BaselineOptions::default() };
            let found =
                Baseline::learn(&frames, &options).map_or(Vec::new(), |b| dissonance_episodes(&frames, &b, 0.05));
            count += u64::from(match &wanted {
                None => !found.is_empty(),
                Some(range) => found.iter().any(|e| range.contains(&((e.from + e.to + 1) * 30))),
            });
        }
        count as f64 / seeds as f64
    };
    let coupled = |r: &mut Noise, strength: f64, lost: std::ops::Range<usize>| {
        let load = r.ar1(0.5, 6000);
        let mut series: Vec<Vec<f64>> = (0..5).map(|_| add(&r.white(6000), &load, strength)).collect();
        let other = r.ar1(0.5, 6000);
        for t in lost {
            series[0][t] += strength * (other[t] - load[t]);
        }
        series
    };
    for (name, process) in PROCESSES {
        println!("| independent {name} | {:.4} |", share(&|r| (0..5).map(|_| process(r, 6000)).collect(), None));
    }
    for strength in [0.5, 1.2, 2.0, 5.0] {
        println!("| coupled, amplitude {strength} | {:.4} |", share(&|r| coupled(r, strength, 0..0), None));
    }
    let red = |r: &mut Noise| {
        let load = r.ar1(0.9, 6000);
        (0..5).map(|_| add(&r.ar1(0.9, 6000), &load, 1.0)).collect()
    };
    println!("| coupled, AR(1) 0.9 | {:.4} |", share(&red, None));
    for strength in [1.2, 2.0, 5.0] {
        let found = share(&|r| coupled(r, strength, 3000..3600), Some(3000..3600));
        println!("| one of five leaves for a tenth of the time, amplitude {strength} | {found:.4} (found) |");
    }
}

fn sets_of_beats(seeds: u64) {
    println!("share of sets of 50 series, 1,440 points, with a beat at q < 0.05, {} sets each", seeds / 5);
    println!("| set | share |\n|---|---|");
    type Signal = (&'static str, fn(&mut Noise, usize) -> Vec<f64>);
    let modulated = |r: &mut Noise, depth: f64| -> Vec<f64> {
        let rest = r.white(1440);
        (0..1440)
            .map(|t| {
                let phase = t as f64;
                (1.0 + depth * (TAU * phase / 66.0).cos()) * (TAU * phase / 6.3).sin() + 0.3 * rest[t]
            })
            .collect()
    };
    let mut kinds: Vec<Signal> = PROCESSES.to_vec();
    kinds.push(("sine 300 s, 0 dB", |r, _| add(&r.white(1440), &sine(30.0, 1440), 1.4)));
    kinds.push(("sine and its harmonics", |r, _| {
        (0..1440).map(|t| r.normal() + if t % 48 < 5 { 6.0 } else { 0.0 }).collect()
    }));
    let share = |make: &dyn Fn(&mut Noise, usize) -> Vec<f64>| {
        let mut count = 0;
        for seed in FIRST..FIRST + seeds / 5 {
            let mut noise = Noise::new(seed);
            let series: Vec<Vec<f64>> = (0..50).map(|k| make(&mut noise, k)).collect();
            let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
            let peaks: Vec<_> = views.iter().map(|v| beat_peaks(v)).collect();
            count += u64::from(beats(&views, &peaks, &BeatOptions::default()).iter().any(|b| b.q < 0.05));
        }
        count as f64 / (seeds / 5) as f64
    };
    for (name, process) in kinds {
        println!("| {name} | {:.4} |", share(&|r, _| process(r, 1440)));
    }
    println!("| amplitude modulation 0.5, each | {:.4} |", share(&|r, _| modulated(r, 0.5)));
    println!(
        "| 48 of noise, two with a sine each (60 s, 66 s) | {:.4} (found) |",
        share(&|r, k| match k {
            7 => add(&r.white(1440), &sine(6.0, 1440), 1.0),
            31 => add(&r.white(1440), &sine(6.6, 1440), 1.0),
            _ => r.ar1(0.6, 1440),
        })
    );
}

fn shapes(seeds: u64) {
    println!(
        "best window of unrelated series (two columns, 1,500 points, window of 80): share of p ≤ .05, .1; {seeds} each"
    );
    println!("| process | .05 | .1 |\n|---|---|---|");
    for (name, process) in PROCESSES {
        let mut p = Vec::new();
        for seed in FIRST..FIRST + seeds / 2 {
            let mut noise = Noise::new(seed);
            let columns = [process(&mut noise, 1500), process(&mut noise, 1500)];
            let options = ShapeOptions { surrogates: 39, seed, most: 1, ..ShapeOptions::default() };
            let from = (noise.uniform() * 1400.0) as usize;
            p.extend(similar_windows(&[&columns[0], &columns[1]], from..from + 80, &options).first().map(|m| m.p));
        }
        let below = |level: f64| p.iter().filter(|p| **p <= level + 1e-9).count() as f64 / p.len() as f64;
        println!("| {name} | {:.4} | {:.4} |", below(0.05), below(0.1));
    }
    println!(
        "recall@1: a window of 120 in three columns of 4,000 points of AR(1) 0.6, seen once before; significant at p ≤ .05"
    );
    println!("| signal to noise in the window | recall@1 | p ≤ .05 |\n|---|---|---|");
    let shape: Vec<f64> = (0..120)
        .map(|t| {
            let x = f64::from(t) / 120.0;
            if x < 0.3 { 10.0 * x } else { 3.0 + (9.0 * x).sin() }
        })
        .collect();
    let mean = shape.iter().sum::<f64>() / 120.0;
    let variance = shape.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / 120.0;
    for snr_db in [-3.0, 0.0, 3.0, 6.0, 10.0] {
        let (mut first, mut sure) = (0, 0);
        for seed in FIRST..FIRST + seeds / 2 {
            let mut noise = Noise::new(seed);
            let scale = (10f64.powf(snr_db / 10.0) / (1.0 - 0.36) / variance).sqrt();
            let columns: Vec<Vec<f64>> = (0..3)
                .map(|k| {
                    let mut values = noise.ar1(0.6, 4000);
                    for from in [700, 3200] {
                        for (t, v) in shape.iter().enumerate() {
                            values[from + t] += scale * v * if k == 1 { -1.0 } else { 1.0 };
                        }
                    }
                    values
                })
                .collect();
            let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            let options = ShapeOptions { surrogates: 39, seed, most: 1, ..ShapeOptions::default() };
            let found = similar_windows(&views, 3200..3320, &options)[0];
            first += u64::from(found.from.abs_diff(700) <= 12);
            sure += u64::from(found.p <= 0.05);
        }
        let share = |count: u64| count as f64 / (seeds / 2) as f64;
        println!("| {snr_db} dB | {:.3} | {:.3} |", share(first), share(sure));
    }
}

/// A window of a service in one of eight states, with parameters that vary within a state.
fn window(noise: &mut Noise, state: usize) -> Signature {
    let len = 720;
    let wander = 0.8 + 0.4 * noise.uniform();
    let columns: Vec<Vec<f64>> = (0..3)
        .map(|_| match state {
            0 => noise.white(len),
            1 => noise.ar1(0.9, len),
            2 => add(&noise.white(len), &sine(60.0, len), 1.5 * wander),
            3 => add(&noise.white(len), &sine(10.0, len), 1.5 * wander),
            4 => add(&noise.ar1(0.6, len), &sine(30.0, len), 3.0 * wander),
            5 => {
                noise.white(len).iter().enumerate().map(|(t, v)| if t < 400 { *v } else { v + 4.0 * wander }).collect()
            }
            6 => noise.ar1(1.0, len),
            _ => (0..len).map(|t| noise.normal() + if t % 48 < 5 { 6.0 * wander } else { 0.0 }).collect(),
        })
        .collect();
    let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let peaks: Vec<_> = views.iter().map(|v| significant_peaks(v, &PeakOptions::default())).collect();
    let mut facts = WindowFacts::of(&views, &peaks, 60.0, &Bounds::default());
    let has_shift = state == 5;
    for scale in &mut facts.scales {
        scale.class = if has_shift {
            Class::Jagged
        } else if scale.periodic_share > 0.1 {
            Class::Periodic
        } else {
            Class::Steady
        };
        scale.deviation_score = if has_shift { 2.0 * wander } else { 0.7 * wander };
    }
    facts.accent_rate = 0.001 * noise.uniform() + if has_shift { 0.01 } else { 0.0 };
    facts.flags[2] = has_shift;
    Signature::of(&facts)
}

fn signatures(seeds: u64) {
    // The library knows states 1, 2, 3, 5 and 7; the others have no name.
    const KNOWN: [usize; 5] = [1, 2, 3, 5, 7];
    let (mut named, mut right, mut known, mut false_names, mut unknown) = (0, 0, 0, 0, 0);
    let (mut false_with, mut right_with) = (0, 0);
    let mut judged: Vec<(f64, bool)> = Vec::new();
    for seed in FIRST..FIRST + seeds {
        let mut noise = Noise::new(seed);
        let library: Vec<Signature> = KNOWN.iter().map(|state| window(&mut noise, *state)).collect();
        let background: Vec<Signature> = (0..39).map(|k| window(&mut noise, [0, 4, 6][k % 3])).collect();
        for state in 0..8 {
            let one = window(&mut noise, state);
            let truth = KNOWN.iter().position(|k| *k == state);
            let found = nearest(&one, &library, &[], &NearestOptions::default());
            let with = nearest(&one, &library, &background, &NearestOptions::default());
            if let Some(found) = found {
                judged.push((found.confidence, truth == Some(found.index)));
            }
            match truth {
                Some(_) => {
                    known += 1;
                    named += u64::from(found.is_some());
                    right += u64::from(found.map(|f| f.index) == truth);
                    right_with += u64::from(with.map(|f| f.index) == truth);
                }
                None => {
                    unknown += 1;
                    false_names += u64::from(found.is_some());
                    false_with += u64::from(with.is_some());
                }
            }
        }
    }
    let share = |a: u64, b: u64| a as f64 / b as f64;
    println!(
        "known states: named {:.3}, rightly {:.3}; with a background of 39 windows rightly {:.3}",
        share(named, known),
        share(right, known),
        share(right_with, known)
    );
    println!(
        "unknown states: named {:.3}; with a background {:.3}",
        share(false_names, unknown),
        share(false_with, unknown)
    );
    println!("| confidence | windows | mean confidence | right |\n|---|---|---|---|");
    for (low, high) in [(0.0, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1.01)] {
        let held: Vec<_> = judged.iter().filter(|(c, _)| *c >= low && *c < high).collect();
        let count = held.len().max(1) as f64;
        let mean = held.iter().map(|h| h.0).sum::<f64>() / count;
        let right = held.iter().filter(|h| h.1).count() as f64 / count;
        println!("| {low:.2} to {:.2} | {} | {mean:.3} | {right:.3} |", high.min(1.0), held.len());
    }
}

fn times(_: u64) {
    let mut noise = Noise::new(1);
    let series: Vec<Vec<f64>> = (0..50).map(|_| noise.ar1(0.6, 10_080)).collect();
    let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let clock = |name: &str, repeats: usize, work: &mut dyn FnMut()| {
        let start = Instant::now();
        (0..repeats).for_each(|_| work());
        println!("| {name} | {:.2} ms |", start.elapsed().as_secs_f64() * 1e3 / repeats as f64);
    };
    println!("| of 10,080 points | time |\n|---|---|");
    clock("resonance_of, one pair", 20, &mut || {
        let _ = resonance_of(views[0], views[1], &ResonanceOptions::default());
    });
    let options = CoherenceOptions { segment_len: 256, ..CoherenceOptions::default() };
    let spectra = SegmentSpectra::new(&views, &options).unwrap();
    clock("null, 10 series, 199 surrogates, segments of 256", 3, &mut || {
        let _ = null(&spectra, 2..128, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 199, 1);
    });
    let peaks: Vec<_> = views.iter().map(|v| beat_peaks(v)).collect();
    clock("beat_peaks, one series", 5, &mut || drop(beat_peaks(views[0])));
    clock("beats, 50 series of noise", 5, &mut || drop(beats(&views, &peaks, &BeatOptions::default())));
    let jobs: Vec<Vec<f64>> =
        (0..10).map(|k| add(&noise.white(10_080), &sine(60.0 + f64::from(k), 10_080), 1.0)).collect();
    let jobs: Vec<&[f64]> = jobs.iter().map(Vec::as_slice).collect();
    let job_peaks: Vec<_> = jobs.iter().map(|v| beat_peaks(v)).collect();
    let found = beats(&jobs, &job_peaks, &BeatOptions::default()).len();
    clock(&format!("beats, 10 series with {found} beats"), 3, &mut || {
        drop(beats(&jobs, &job_peaks, &BeatOptions::default()))
    });
    let frames = ribbon(&series[..5]);
    clock("baseline and episodes, 167 frames", 20, &mut || {
        drop(Baseline::learn(&frames, &BaselineOptions::default()).map(|b| dissonance_episodes(&frames, &b, 0.05)));
    });
    clock("similar_windows, 5 columns, 39 surrogates", 3, &mut || {
        let options = ShapeOptions { surrogates: 39, ..ShapeOptions::default() };
        drop(similar_windows(&views[..5], 9000..9120, &options));
    });
    clock("WindowFacts::of, one series", 10, &mut || {
        let _ = WindowFacts::of(&views[..1], &peaks[..1], 60.0, &Bounds::default());
    });
}
