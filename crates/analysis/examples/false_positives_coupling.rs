//! How often the coupling statistics see something in noise, and what they find where there is something: prints the
//! tables of docs/methods/.
//!
//! `cargo run --release -p monteverdi-analysis --example false_positives_coupling [granger|delay|locking|explain|rate|time] [SEEDS]`
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

#[path = "../tests/signals/mod.rs"]
mod signals;

use std::hint::black_box;
use std::time::Instant;

use analysis::coupling::{
    Agreement, BandPhase, Edge, ExplainOptions, GrangerOptions, GrangerPlan, LagOptions, LagPlan, LagScan, Verdict,
    explain, granger, phase_locking, phase_slope,
};
use analysis::harmony::{CoherenceOptions, SegmentSpectra};
use analysis::multiplicity::{benjamini_hochberg, benjamini_yekutieli};
use signals::{
    BURST, GAPPY, HEAVY_TAILS, Noise, Process, RED, REDDER, STEP, WALK, WALK_AND_WHITE, WHITE, add, uniform_distance,
};

const PROCESSES: [Process; 9] = [WHITE, RED, REDDER, WALK, WALK_AND_WHITE, HEAVY_TAILS, STEP, BURST, GAPPY];

/// Series of one process per seed: other seeds than those that parameters were chosen on.
const SEEDS_FROM: u64 = 700_000;

fn main() {
    let wanted = std::env::args().nth(1);
    let runs = |name: &str| wanted.as_deref().is_none_or(|w| w == name);
    let seeds: u64 = std::env::args().nth(2).and_then(|s| s.parse().ok()).unwrap_or(2000);
    if runs("granger") {
        granger_pairs(seeds);
    }
    if runs("delay") {
        delays(seeds);
    }
    if runs("locking") {
        locking(seeds);
    }
    if runs("explain") {
        explained(seeds / 10);
    }
    if runs("rate") {
        rate(seeds / 10);
    }
    if runs("time") {
        time();
    }
}

fn granger_pairs(seeds: u64) {
    println!("p of Granger's test between independent series, {seeds} pairs a row: KS distance · √n, shares below");
    println!("| process | n | KS | .05 | .01 | .001 |\n|---|---|---|---|---|---|");
    for (name, process) in PROCESSES {
        for len in [300, 1440] {
            let mut p = Vec::new();
            for seed in 0..seeds {
                let mut noise = Noise::new(SEEDS_FROM + seed);
                let (x, y) = (process(&mut noise, len), process(&mut noise, len));
                p.push(granger(&x, &y, &GrangerOptions::default()).map_or(1.0, |found| found.forward.p));
            }
            println!("| {name} | {len} | {} |", shares(&p));
        }
    }
    println!(
        "\n| driver | own noise | SNR | found, p < .001 | backward p < .01 | wrong way round |\n|---|---|---|---|---|---|"
    );
    for (phi, own) in [(0.0, 0.0), (0.6, 0.0), (0.9, 0.0), (0.9, 0.9)] {
        for snr_db in [0.0f64, -6.0] {
            let (mut found, mut backward, mut wrong) = (0, 0, 0);
            for seed in 0..seeds / 4 {
                let mut noise = Noise::new(SEEDS_FROM + seed);
                let x = noise.ar1(phi, 1440);
                let y = driven(&mut noise, &[(&x, 3)], 10f64.powf(snr_db / 10.0), own);
                let test = granger(&x, &y, &GrangerOptions::default()).unwrap();
                found += u64::from(test.forward.p < 0.001);
                backward += u64::from(test.backward.p < 0.01);
                wrong += u64::from(test.backward.p < test.forward.p);
            }
            let share = |count: u64| count as f64 / (seeds / 4) as f64;
            println!(
                "| AR(1) {phi} | AR(1) {own} | {snr_db} dB | {:.3} | {:.3} | {:.3} |",
                share(found),
                share(backward),
                share(wrong)
            );
        }
    }
}

fn delays(seeds: u64) {
    println!("phase slope of independent pairs of 1,440 points, bins 2 to 62 of 128: share with a band");
    println!("| process | alpha .05 | alpha .01 | alpha .001 |\n|---|---|---|---|");
    for (name, process) in PROCESSES {
        let mut counts = [0; 3];
        for seed in 0..seeds {
            let mut noise = Noise::new(SEEDS_FROM + seed);
            let (x, y) = (process(&mut noise, 1440), process(&mut noise, 1440));
            let spectra = SegmentSpectra::new(&[&x, &y], &CoherenceOptions::default()).unwrap();
            for (count, alpha) in counts.iter_mut().zip([0.05, 0.01, 0.001]) {
                *count += u64::from(phase_slope(&spectra, 0, 1, 2..63, alpha).is_some());
            }
        }
        let share = |count: u64| count as f64 / seeds as f64;
        println!("| {name} | {:.4} | {:.4} | {:.4} |", share(counts[0]), share(counts[1]), share(counts[2]));
    }
    println!("\na true delay of 3.5 steps, 1,440 points, {} seeds a row", seeds / 4);
    println!(
        "| driver | SNR | band | mean | standard deviation | interval holds it | line p < .001 | agrees with the lag |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for phi in [0.0, 0.6, 0.9] {
        for snr_db in [10.0f64, 6.0, 0.0, -3.0] {
            let (mut delays, mut covered, mut crooked, mut agree) = (Vec::new(), 0, 0, 0);
            for seed in 0..seeds / 4 {
                let mut noise = Noise::new(SEEDS_FROM + seed);
                // A grid twice as fine, smoothed a little so that nothing lies above the coarse grid's Nyquist frequency.
                let raw = noise.ar1(phi, 2 * 1440 + 60);
                let fine: Vec<f64> = (8..raw.len() - 8)
                    .map(|t| (-8..=8i32).map(|k| taps(k) * raw[(t as i32 + k) as usize]).sum())
                    .collect();
                let at = |shift: usize| (0..1440).map(|t| fine[2 * t + 20 - shift]).collect::<Vec<f64>>();
                let (x, clean) = (at(0), at(7));
                let deviation = (clean.iter().map(|v| v * v).sum::<f64>() / 1440.0).sqrt();
                let y = add(&clean, &noise.white(1440), deviation / 10f64.powf(snr_db / 20.0));
                let spectra = SegmentSpectra::new(&[&x, &y], &CoherenceOptions::default()).unwrap();
                let Some(found) = phase_slope(&spectra, 0, 1, 2..63, 0.05) else { continue };
                delays.push(found.steps);
                covered += i32::from(found.low <= 3.5 && 3.5 <= found.high);
                crooked += i32::from(found.line_p < 0.001);
                let lag = LagPlan::new(&[&x, &y], &LagOptions::default()).unwrap().pair(0, 1).unwrap();
                agree += i32::from(found.compare(&lag, 1) == Agreement::Agree);
            }
            let n = delays.len() as f64;
            let mean = delays.iter().sum::<f64>() / n;
            let deviation = (delays.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / n).sqrt();
            println!(
                "| AR(1) {phi} | {snr_db} dB | {:.3} | {mean:.3} | {deviation:.3} | {:.3} | {:.3} | {:.3} |",
                n / (seeds / 4) as f64,
                f64::from(covered) / n,
                f64::from(crooked) / n,
                f64::from(agree) / n
            );
        }
    }
}

/// A low-pass below half of the Nyquist frequency: a windowed sinc.
fn taps(k: i32) -> f64 {
    let x = f64::from(k) * std::f64::consts::PI / 2.5;
    let sinc = if k == 0 { 1.0 } else { x.sin() / x };
    sinc * (0.5 + 0.5 * (f64::from(k) * std::f64::consts::PI / 9.0).cos())
}

fn locking(seeds: u64) {
    println!("p of phase locking between independent series of 1,440 points, {seeds} pairs a row");
    println!("| process | band | mean effective number | KS | .05 | .01 | .001 |\n|---|---|---|---|---|---|---|");
    for (name, process) in PROCESSES {
        for (low, high) in [(0.02, 0.03), (0.05, 0.1), (0.1, 0.4)] {
            let (mut p, mut effective) = (Vec::new(), 0.0);
            for seed in 0..seeds {
                let mut noise = Noise::new(SEEDS_FROM + seed);
                let (x, y) = (process(&mut noise, 1440), process(&mut noise, 1440));
                let band = |values: &[f64]| BandPhase::new(values, low, high);
                let found = band(&x).zip(band(&y)).and_then(|(x, y)| phase_locking(&x, &y));
                p.push(found.map_or(1.0, |found| found.p));
                effective += found.map_or(0.0, |found| found.effective);
            }
            println!("| {name} | {low} to {high} | {:.1} | {} |", effective / seeds as f64, shares(&p));
        }
    }
}

fn explained(seeds: u64) {
    println!("edges of a system, {seeds} seeds a row, 1,440 points, pairs whose lag has q < .01");
    println!(
        "| system | SNR | AR(1) φ | false edges | dropped | true edges | kept | lag right before | after |\n|---|---|---|---|---|---|---|---|---|"
    );
    for (name, truth, make) in SYSTEMS {
        for snr_db in [-6.0f64, 0.0, 6.0] {
            for phi in [0.0, 0.6, 0.9] {
                let (mut wrong, mut dropped, mut real, mut kept, mut before, mut after) = (0, 0, 0, 0, 0, 0);
                for seed in 0..seeds {
                    let mut noise = Noise::new(SEEDS_FROM + seed);
                    let series = make(&mut noise, 10f64.powf(snr_db / 10.0), phi);
                    for (edge, verdict) in judged(&series) {
                        let is_explained = matches!(verdict, Verdict::Explained(_));
                        let truth = truth.iter().find(|(a, b, _)| (*a, *b) == (edge.first, edge.second));
                        if let Some((_, _, lag)) = truth {
                            let moved = if let Verdict::Moved { lag, .. } = verdict { Some(lag) } else { None };
                            real += 1;
                            kept += u64::from(!is_explained);
                            before += u64::from(edge.lag as isize == *lag);
                            after += u64::from(moved.unwrap_or(edge.lag as isize) == *lag);
                        } else {
                            wrong += 1;
                            dropped += u64::from(is_explained);
                        }
                    }
                }
                println!(
                    "| {name} | {snr_db} dB | {phi} | {wrong} | {:.3} | {real} | {:.3} | {:.3} | {:.3} |",
                    dropped as f64 / f64::from(wrong.max(1)),
                    kept as f64 / f64::from(real.max(1)),
                    before as f64 / f64::from(real.max(1)),
                    after as f64 / f64::from(real.max(1))
                );
            }
        }
    }
}

/// A name, the true edges with their lags, and the series.
type System = (&'static str, &'static [(usize, usize, isize)], fn(&mut Noise, f64, f64) -> Vec<Vec<f64>>);

const SYSTEMS: [System; 8] = [
    ("star, lags 2, 4, 6, 8", &[(0, 1, 2), (0, 2, 4), (0, 3, 6), (0, 4, 8)], |noise, snr, phi| {
        let hub = noise.ar1(phi, 1440);
        let mut all = vec![hub.clone()];
        all.extend((1..5).map(|k| driven(noise, &[(&hub, 2 * k)], snr, phi)));
        all
    }),
    ("chain, lags 2, 4, 6", &[(0, 1, 2), (1, 2, 4), (2, 3, 6)], |noise, snr, phi| {
        let a = noise.ar1(phi, 1440);
        let b = driven(noise, &[(&a, 2)], snr, phi);
        let c = driven(noise, &[(&b, 4)], snr, phi);
        let d = driven(noise, &[(&c, 6)], snr, phi);
        vec![a, b, c, d]
    }),
    ("diamond", &[(0, 1, 2), (0, 2, 3), (1, 3, 4), (2, 3, 5)], |noise, snr, phi| {
        let a = noise.ar1(phi, 1440);
        let b = driven(noise, &[(&a, 2)], snr, phi);
        let c = driven(noise, &[(&a, 3)], snr, phi);
        let d = driven(noise, &[(&b, 4), (&c, 5)], snr, phi);
        vec![a, b, c, d]
    }),
    ("two drivers of one", &[(0, 2, 2), (1, 2, 3)], |noise, snr, phi| {
        let (a, b) = (noise.ar1(phi, 1440), noise.ar1(phi, 1440));
        let c = driven(noise, &[(&a, 2), (&b, 3)], snr, phi);
        vec![a, b, c]
    }),
    ("triangle, all true", &[(0, 1, 2), (1, 2, 4), (0, 2, 3)], |noise, snr, phi| {
        let a = noise.ar1(phi, 1440);
        let b = driven(noise, &[(&a, 2)], snr, phi);
        let c = driven(noise, &[(&a, 3), (&b, 4)], snr, phi);
        vec![a, b, c]
    }),
    ("star, hub measured at 10 dB", &[(0, 1, 2), (0, 2, 4), (0, 3, 6), (0, 4, 8)], |noise, snr, phi| {
        let hub = noise.ar1(phi, 1440);
        let mut all = vec![driven(noise, &[(&hub, 0)], 10.0, 0.0)];
        all.extend((1..5).map(|k| driven(noise, &[(&hub, 2 * k)], snr, phi)));
        all
    }),
    ("star, hub not measured", &[], |noise, snr, phi| {
        let hub = noise.ar1(phi, 1440);
        (1..5).map(|k| driven(noise, &[(&hub, 2 * k)], snr, phi)).collect()
    }),
    ("tree of 13, lag 1 to 3", &TREE, |noise, snr, phi| {
        let mut all = vec![noise.ar1(phi, 1440)];
        for child in 1..13 {
            let parent = all[(child - 1) / 3].clone();
            all.push(driven(noise, &[(&parent, 1 + child % 3)], snr, phi));
        }
        all
    }),
];

const TREE: [(usize, usize, isize); 12] = [
    (0, 1, 2),
    (0, 2, 3),
    (0, 3, 1),
    (1, 4, 2),
    (1, 5, 3),
    (1, 6, 1),
    (2, 7, 2),
    (2, 8, 3),
    (2, 9, 1),
    (3, 10, 2),
    (3, 11, 3),
    (3, 12, 1),
];

fn judged(series: &[Vec<f64>]) -> Vec<(Edge, Verdict)> {
    let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let mut plan = LagPlan::new(&views, &LagOptions::default()).unwrap();
    let scanned = LagScan::new(&plan).all();
    let q = benjamini_hochberg(&scanned.iter().map(|pair| pair.p).collect::<Vec<_>>());
    let significant = scanned.iter().zip(&q).filter(|(_, q)| **q < 0.01);
    let edges: Vec<Edge> =
        significant.map(|(pair, _)| Edge { first: pair.first, second: pair.second, lag: pair.lag as f64 }).collect();
    let verdicts = explain(&mut plan, &edges, &ExplainOptions::default());
    edges.into_iter().zip(verdicts).collect()
}

/// A series driven by others at lags, with as much AR(1) noise of its own that the SNR is `snr`, a ratio of variances.
fn driven(noise: &mut Noise, by: &[(&[f64], usize)], snr: f64, phi: f64) -> Vec<f64> {
    let len = by[0].0.len();
    let mut signal = vec![0.0; len];
    for (x, lag) in by {
        signal.iter_mut().enumerate().for_each(|(t, v)| *v += x[t.saturating_sub(*lag)]);
    }
    let deviation = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
    };
    let own = noise.ar1(phi, len);
    let scale = deviation(&signal) / snr.sqrt() / deviation(&own);
    add(&signal, &own, scale)
}

/// The realised false discovery rate where some pairs are related.
fn rate(seeds: u64) {
    println!("30 series of 1,440 points, AR(1) 0.6, of which the first 12 are 6 related pairs: {seeds} seeds, q < .05");
    println!("| test | how | false discoveries, mean share | true ones found |\n|---|---|---|---|");
    type Adjust = fn(&[f64]) -> Vec<f64>;
    let ways: [(&str, Adjust); 2] = [("BH", benjamini_hochberg), ("BY", benjamini_yekutieli)];
    let mut results = [[(0.0, 0u64); 2]; 3];
    for seed in 0..seeds {
        let mut noise = Noise::new(SEEDS_FROM + seed);
        let mut series: Vec<Vec<f64>> = Vec::new();
        for _ in 0..6 {
            let x = noise.ar1(0.6, 1440);
            let y = driven(&mut noise, &[(&x, 3)], 0.1, 0.6);
            series.extend([x, y]);
        }
        series.extend((0..18).map(|_| noise.ar1(0.6, 1440)));
        let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
        let plan = LagPlan::new(&views, &LagOptions::default()).unwrap();
        let lags = LagScan::new(&plan).all();
        let granger = GrangerPlan::new(&views, &GrangerOptions::default()).unwrap();
        let spectra = SegmentSpectra::new(&views, &CoherenceOptions::default()).unwrap();
        let coherent = spectra.scan(2..63);
        let related = |first: usize, second: usize| second == first + 1 && first.is_multiple_of(2) && first < 12;
        let truth: Vec<bool> = lags.iter().map(|pair| related(pair.first, pair.second)).collect();
        let p: [Vec<f64>; 3] = [
            lags.iter().map(|pair| pair.p).collect(),
            lags.iter()
                .map(|pair| granger.pair(pair.first, pair.second).map_or(1.0, |found| found.forward.p))
                .collect(),
            coherent.iter().map(|pair| pair.p).collect(),
        ];
        for (results, p) in results.iter_mut().zip(&p) {
            for (result, (_, adjust)) in results.iter_mut().zip(ways) {
                let found: Vec<bool> = adjust(p).iter().map(|q| *q < 0.05).collect();
                let all = found.iter().filter(|found| **found).count();
                let right = found.iter().zip(&truth).filter(|(found, truth)| **found && **truth).count();
                result.0 += (all - right) as f64 / all.max(1) as f64 / seeds as f64;
                result.1 += right as u64;
            }
        }
    }
    for (name, results) in ["lag", "Granger forward", "coherence"].iter().zip(&results) {
        for ((rate, right), (how, _)) in results.iter().zip(ways) {
            println!("| {name} | {how} | {rate:.4} | {:.3} |", *right as f64 / (6 * seeds) as f64);
        }
    }
}

fn time() {
    let mut noise = Noise::new(SEEDS_FROM);
    let x = noise.ar1(0.6, 1440);
    let y = driven(&mut noise, &[(&x, 3)], 1.0, 0.6);
    let plan = GrangerPlan::new(&[&x, &y], &GrangerOptions::default()).unwrap();
    per("Granger, pair of 1,440 points, prepared", || black_box(plan.pair(0, 1)));
    per("Granger, with the preparation", || black_box(granger(&x, &y, &GrangerOptions::default())));
    let spectra = SegmentSpectra::new(&[&x, &y], &CoherenceOptions::default()).unwrap();
    per("phase slope, pair of 1,440 points", || black_box(phase_slope(&spectra, 0, 1, 2..63, 0.05)));
    per("band phase, series of 1,440 points", || black_box(BandPhase::new(&x, 0.05, 0.1)));
    let (a, b) = (BandPhase::new(&x, 0.05, 0.1).unwrap(), BandPhase::new(&y, 0.05, 0.1).unwrap());
    per("phase locking, pair of 1,440 points", || black_box(phase_locking(&a, &b)));
    // 300 members with about 400 edges: trees of 13 as above, and a clique of 29.
    for (name, related) in [("trees", 0), ("a clique of 29", 29)] {
        let driver = noise.ar1(0.6, 1440);
        let mut series: Vec<Vec<f64>> = Vec::new();
        while series.len() < 300 {
            let values = if series.len() < related {
                driven(&mut noise, &[(&driver, series.len() % 10)], 2.0, 0.6)
            } else if related == 0 && !series.len().is_multiple_of(13) && series.len() < 13 * 14 {
                let parent = series.len() / 13 * 13 + (series.len() % 13 - 1) / 3;
                let parent = series[parent].clone();
                driven(&mut noise, &[(&parent, 1 + series.len() % 3)], 2.0, 0.6)
            } else {
                noise.ar1(0.6, 1440)
            };
            series.push(values);
        }
        let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
        let mut plan = LagPlan::new(&views, &LagOptions::default()).unwrap();
        let mut scanned = LagScan::new(&plan).all();
        scanned.sort_by(|a, b| a.p.total_cmp(&b.p));
        scanned.truncate(400);
        let edges: Vec<Edge> =
            scanned.iter().map(|pair| Edge { first: pair.first, second: pair.second, lag: pair.lag as f64 }).collect();
        let start = processor_seconds();
        let verdicts = explain(&mut plan, &edges, &ExplainOptions::default());
        let seconds = processor_seconds() - start;
        let dropped = verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Explained(_))).count();
        println!("explain, 300 series with 400 edges, {name}: {:.1} ms, {dropped} dropped", seconds * 1e3);
    }
}

fn per<T>(name: &str, work: impl Fn() -> T) {
    let start = processor_seconds();
    for _ in 0..1000 {
        work();
    }
    println!("{name}: {:.1} µs", (processor_seconds() - start) * 1e3);
}

/// The processor's time of this thread, or the time of day where the system does not tell.
fn processor_seconds() -> f64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let start = START.get_or_init(Instant::now);
    let status = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let worked = status.split_whitespace().next().and_then(|first| first.parse::<u64>().ok());
    worked.map_or_else(|| start.elapsed().as_secs_f64(), |nanoseconds| nanoseconds as f64 * 1e-9)
}

fn shares(p: &[f64]) -> String {
    let below = |level: f64| p.iter().filter(|p| **p < level).count() as f64 / p.len() as f64;
    format!("{:.2} | {:.4} | {:.4} | {:.4}", uniform_distance(p), below(0.05), below(0.01), below(0.001))
}
