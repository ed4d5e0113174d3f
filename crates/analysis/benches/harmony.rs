//! Time of the harmony statistics on 200 series of 2,880 points: `cargo bench -p monteverdi-analysis --bench harmony`.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../tests/signals/mod.rs"]
mod signals;

use analysis::coupling::{LagOptions, LagPlan};
use analysis::harmony::{Bounds, CoherenceOptions, SegmentSpectra, scale_energy, split};
use analysis::spectrum::{
    LombScargleOptions, MultitaperOptions, PeakOptions, WelchOptions, lomb_scargle, multitaper, period_course,
    significant_peaks, welch,
};
use divan::{Bencher, black_box};
use signals::{Noise, add, sine};

fn main() {
    divan::main();
}

fn panel() -> Vec<Vec<f64>> {
    (0..200)
        .map(|seed| {
            let mut noise = Noise::new(seed);
            let base = noise.ar1(0.6, 2880);
            add(&base, &sine(40.0 + seed as f64 / 10.0, 2880), 0.5)
        })
        .collect()
}

#[divan::bench]
fn welch_200(bencher: Bencher) {
    let panel = panel();
    bencher.bench_local(|| {
        for values in &panel {
            black_box(welch(values, &WelchOptions::default()).unwrap());
        }
    });
}

#[divan::bench]
fn significant_peaks_200(bencher: Bencher) {
    let panel = panel();
    bencher.bench_local(|| {
        for values in &panel {
            black_box(significant_peaks(values, &PeakOptions::default()));
        }
    });
}

#[divan::bench]
fn split_200(bencher: Bencher) {
    let panel = panel();
    bencher.bench_local(|| {
        for values in &panel {
            black_box(split(values, 60.0, &Bounds::default()));
        }
    });
}

#[divan::bench]
fn scale_energy_200(bencher: Bencher) {
    let panel = panel();
    bencher.bench_local(|| {
        for values in &panel {
            black_box(scale_energy(values, 60.0, &Bounds::default()));
        }
    });
}

#[divan::bench]
fn multitaper_200(bencher: Bencher) {
    let panel = panel();
    bencher.bench_local(|| {
        for values in &panel {
            black_box(multitaper(values, &MultitaperOptions::default()).unwrap());
        }
    });
}

#[divan::bench]
fn lomb_scargle_200(bencher: Bencher) {
    let panel = panel();
    bencher.bench_local(|| {
        for values in &panel {
            black_box(lomb_scargle(values, &LombScargleOptions::default()).unwrap());
        }
    });
}

#[divan::bench]
fn period_course_200(bencher: Bencher) {
    let panel = panel();
    bencher.bench_local(|| {
        for (index, values) in panel.iter().enumerate() {
            black_box(period_course(values, 40.0 + index as f64 / 10.0));
        }
    });
}

/// A job every 288 steps: a fundamental with eleven harmonics, all of them fitted together; ten days of 10,080.
#[divan::bench]
fn significant_peaks_of_20_jobs(bencher: Bencher) {
    let panel: Vec<Vec<f64>> = (0..20)
        .map(|seed| {
            let noise = Noise::new(seed).ar1(0.6, 10_080);
            noise.iter().enumerate().map(|(t, v)| v + if t % 288 < 12 { 6.0 } else { 0.0 }).collect()
        })
        .collect();
    bencher.bench_local(|| {
        for values in &panel {
            black_box(significant_peaks(values, &PeakOptions::default()));
        }
    });
}

#[divan::bench(args = [false, true])]
fn segment_spectra_200(bencher: Bencher, whiten: bool) {
    let panel = panel();
    let series: Vec<&[f64]> = panel.iter().map(Vec::as_slice).collect();
    let options = CoherenceOptions { whiten, ..CoherenceOptions::default() };
    bencher.bench_local(|| SegmentSpectra::new(&series, &options).unwrap());
}

#[divan::bench(args = [128, 256])]
fn coherence_19900_pairs(bencher: Bencher, segment_len: usize) {
    let panel = panel();
    let series: Vec<&[f64]> = panel.iter().map(Vec::as_slice).collect();
    let options = CoherenceOptions { segment_len, ..CoherenceOptions::default() };
    let spectra = SegmentSpectra::new(&series, &options).unwrap();
    bencher.bench_local(|| spectra.scan(2..segment_len / 2));
}

#[divan::bench]
fn lag_plan_200(bencher: Bencher) {
    let panel = panel();
    let series: Vec<&[f64]> = panel.iter().map(Vec::as_slice).collect();
    bencher.bench_local(|| LagPlan::new(&series, &LagOptions::default()).unwrap().max_lag());
}

#[divan::bench]
fn lag_500_pairs(bencher: Bencher) {
    let panel = panel();
    let series: Vec<&[f64]> = panel.iter().map(Vec::as_slice).collect();
    let mut plan = LagPlan::new(&series, &LagOptions::default()).unwrap();
    bencher.bench_local(|| {
        for pair in 0..500 {
            black_box(plan.pair(pair / 100, 5 + pair % 100));
        }
    });
}
