//! Properties that the coupling statistics must have, on signals with known truth (fixtures F4 and F6).
#![allow(clippy::unwrap_used)]

mod signals;

use std::f64::consts::TAU;

use analysis::coupling::{
    Agreement, BandPhase, Edge, ExplainOptions, GrangerOptions, GrangerPlan, LagOptions, LagPlan, LagScan, Verdict,
    explain, granger, phase_locking, phase_slope,
};
use analysis::harmony::{CoherenceOptions, Screen, ScreenOptions, SegmentSpectra, pair_index};
use proptest::prelude::*;
use signals::{Noise, add, sine, uniform_distance};

const N: usize = 1440;

/// y(t) = x(t − lag), the first values repeated.
fn delayed(x: &[f64], lag: usize) -> Vec<f64> {
    (0..x.len()).map(|t| x[t.saturating_sub(lag)]).collect()
}

/// A series driven by others at lags, with as much noise of its own that the SNR is `snr` (a ratio of variances).
fn driven(noise: &mut Noise, by: &[(&[f64], usize)], snr: f64, phi: f64) -> Vec<f64> {
    let mut signal = vec![0.0; by[0].0.len()];
    for (x, lag) in by {
        signal = add(&signal, &delayed(x, *lag), 1.0);
    }
    let deviation = |v: &[f64]| {
        let mean = v.iter().sum::<f64>() / v.len() as f64;
        (v.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / v.len() as f64).sqrt()
    };
    let own = noise.ar1(phi, signal.len());
    let scale = deviation(&signal) / snr.sqrt() / deviation(&own);
    add(&signal, &own, scale)
}

/// p-values of tests between independent pairs of one process, for the three that the issue names.
fn assert_uniform(what: &str, p_of: impl Fn(&[f64], &[f64]) -> f64) {
    for phi in [0.0, 0.9, 1.0] {
        let p: Vec<f64> = (0..400)
            .map(|seed| {
                let mut noise = Noise::new(20_000 + seed);
                let (x, y) = (noise.ar1(phi, N), noise.ar1(phi, N));
                p_of(&x, &y)
            })
            .collect();
        let distance = uniform_distance(&p);
        assert!(distance < 1.63, "{what}, AR(1) {phi}: {distance}");
    }
}

// Granger

#[test]
fn p_of_grangers_test_is_uniform_on_independent_pairs() {
    assert_uniform("forward", |x, y| granger(x, y, &GrangerOptions::default()).unwrap().forward.p);
    assert_uniform("backward", |x, y| granger(x, y, &GrangerOptions::default()).unwrap().backward.p);
}

#[test]
fn an_order_that_reaches_the_lag_finds_what_bic_leaves_out() {
    let (mut by_bic, mut by_lag) = (0, 0);
    for seed in 0..100 {
        let mut noise = Noise::new(30_000 + seed);
        let x = noise.ar1(0.9, N);
        let y = driven(&mut noise, &[(&x, 3)], 0.25, 0.0);
        let plan = GrangerPlan::new(&[&x, &y], &GrangerOptions::default()).unwrap();
        by_bic += i32::from(plan.pair(0, 1).unwrap().forward.p < 0.001);
        let found = plan.pair_at(0, 1, 4).unwrap();
        by_lag += i32::from(found.forward.p < 0.001 && found.forward.p < found.backward.p);
    }
    assert!(by_lag >= 95 && by_bic < by_lag, "{by_bic} {by_lag}");
}

#[test]
fn granger_finds_the_direction_of_f4() {
    let (mut right, mut both) = (0, 0);
    for seed in 0..200 {
        let mut noise = Noise::new(seed);
        let x = noise.ar1(0.6, N);
        let y = driven(&mut noise, &[(&x, 3)], 1.0, 0.0);
        let found = granger(&x, &y, &GrangerOptions::default()).unwrap();
        right += i32::from(found.forward.p < 1e-6 && found.forward.p < found.backward.p);
        both += i32::from(found.backward.p < 0.01);
        let mirrored = granger(&y, &x, &GrangerOptions::default()).unwrap();
        assert_eq!(mirrored.order, found.order);
        assert!((mirrored.backward.f / found.forward.f - 1.0).abs() < 1e-9);
    }
    assert!(right >= 190, "{right}");
    assert!(both <= 12, "{both}");
}

#[test]
fn granger_rows_with_gaps_are_left_out() {
    let mut noise = Noise::new(1);
    let x = noise.white(600);
    let y = add(&noise.white(600), &delayed(&x, 2), 1.0);
    let options = GrangerOptions { order: Some(3), whiten: None, bridge: 0, ..GrangerOptions::default() };
    let mut gappy = y.clone();
    gappy[200..210].fill(f64::NAN);
    let found = granger(&x, &gappy, &options).unwrap();
    assert_eq!((found.rows, found.forward.df2), (600 - 3 - 10 - 3, 600 - 3 - 10 - 3 - 7));
    assert!(found.forward.p < 1e-20 && found.backward.p > 1e-4);
    assert!(granger(&x, &x, &options).is_none());
    assert!(granger(&x, &[1.0; 600], &options).is_none());
    assert!(granger(&x[..30], &y[..30], &options).is_none());
    assert!(granger(&x, &y[1..], &options).is_none());
}

// Phase slope

#[test]
fn the_phase_slope_finds_delays_between_steps() {
    let (mut covered, mut total) = (0, 0);
    for seed in 0..100 {
        let mut noise = Noise::new(seed);
        // A delay of half a step: means of neighbouring values of a process on a grid twice as fine, a step of it apart.
        let fine = noise.ar1(0.8, 2 * N + 14);
        let at = |shift: usize| (0..N).map(|t| fine[2 * t + 13 - shift]).collect::<Vec<f64>>();
        let (x, y) = (at(0), at(7));
        let (x, y) = (add(&x, &noise.white(N), 0.5), add(&y, &noise.white(N), 0.5));
        let spectra = SegmentSpectra::new(&[&x, &y], &CoherenceOptions::default()).unwrap();
        let found = phase_slope(&spectra, 0, 1, 2..63, 0.05).unwrap();
        assert!((found.steps - 3.5).abs() < 0.5, "{found:?}");
        covered += i32::from(found.low <= 3.5 && 3.5 <= found.high);
        total += 1;
        let back = phase_slope(&spectra, 1, 0, 2..63, 0.05).unwrap();
        assert!((back.steps + found.steps).abs() < 1e-9);
    }
    assert!(covered * 100 >= total * 88, "{covered} of {total}");
}

#[test]
fn a_filter_is_dispersive_and_a_delay_is_not() {
    let (mut delays, mut filters) = (0, 0);
    for seed in 0..50 {
        let mut noise = Noise::new(seed);
        let x = noise.white(N);
        let plan = |y: &[f64]| LagPlan::new(&[&x, y], &LagOptions::default()).unwrap().pair(0, 1).unwrap();
        let slope = |y: &[f64]| {
            let spectra = SegmentSpectra::new(&[&x, y], &CoherenceOptions::default()).unwrap();
            phase_slope(&spectra, 0, 1, 2..63, 0.05).unwrap()
        };
        let y = add(&delayed(&x, 4), &noise.white(N), 0.5);
        delays += i32::from(slope(&y).compare(&plan(&y), 1) == Agreement::Agree);
        // A leaky bucket: slow parts are delayed more than fast ones.
        let mut level = 0.0;
        let y: Vec<f64> = x
            .iter()
            .map(|v| {
                level = 0.9 * level + v;
                level
            })
            .collect();
        let y = add(&y, &noise.white(N), 0.2);
        filters += i32::from(slope(&y).compare(&plan(&y), 1) == Agreement::Dispersive);
    }
    assert!(delays >= 45, "{delays}");
    assert!(filters >= 45, "{filters}");
}

#[test]
fn independent_series_have_no_band() {
    let mut found = 0;
    for seed in 0..200 {
        let mut noise = Noise::new(seed);
        let (x, y) = (noise.ar1(0.9, N), noise.ar1(0.9, N));
        let spectra = SegmentSpectra::new(&[&x, &y], &CoherenceOptions::default()).unwrap();
        found += i32::from(phase_slope(&spectra, 0, 1, 2..63, 0.01).is_some());
    }
    assert!(found <= 6, "{found}");
}

// All pairs

#[test]
fn p_of_scanned_lags_is_uniform_on_independent_pairs() {
    assert_uniform("lag", |x, y| LagScan::new(&LagPlan::new(&[x, y], &LagOptions::default()).unwrap()).all()[0].p);
}

#[test]
fn p_of_coherence_is_uniform_on_independent_pairs() {
    assert_uniform("coherence", |x, y| {
        SegmentSpectra::new(&[x, y], &CoherenceOptions::default()).unwrap().scan(2..63)[0].p
    });
}

#[test]
fn a_scan_of_lags_finds_what_single_pairs_do() {
    for (gaps, len, max_lag) in [(false, 700, 60), (true, 700, 20), (false, 90, 60), (true, 333, 60)] {
        let mut noise = Noise::new(4);
        let driver = noise.ar1(0.5, len);
        let series: Vec<Vec<f64>> = (0..19)
            .map(|k| {
                let mut values = driven(&mut noise, &[(&driver, k)], 0.5, 0.0);
                if gaps && k % 3 == 0 {
                    values[40 + k..60 + k].fill(f64::NAN);
                }
                if k == 7 {
                    values.fill(1.0);
                }
                values
            })
            .collect();
        let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
        let mut plan = LagPlan::new(&views, &LagOptions { max_lag, ..LagOptions::default() }).unwrap();
        let all = LagScan::new(&plan).all();
        let some: Vec<_> = [0..5, 5..6, 6..19].into_iter().flat_map(|range| LagScan::new(&plan).some(range)).collect();
        assert_eq!(all.len(), 19 * 18 / 2);
        for first in 0..19 {
            for second in first + 1..19 {
                let at = pair_index(19, first, second);
                let scanned = all[at];
                assert_eq!((scanned.first, scanned.second), (first, second));
                let Some(exact) = plan.pair(first, second) else {
                    assert!(first == 7 || second == 7);
                    assert!(scanned.correlation.is_nan() && scanned.p == 1.0 && some[at].p == 1.0);
                    continue;
                };
                assert_eq!(scanned, some[at]);
                assert_eq!(scanned.lag as f64, exact.steps.round(), "{scanned:?} {exact:?}");
                assert!((scanned.correlation - exact.correlation).abs() < 1e-5);
                assert!((scanned.p.ln() / exact.p.ln() - 1.0).abs() < 1e-3 || (scanned.p - exact.p).abs() < 1e-4);
            }
        }
    }
}

#[test]
fn a_screen_lets_relations_pass_and_little_else() {
    let mut noise = Noise::new(8);
    let driver = noise.ar1(0.5, N);
    let series: Vec<Vec<f64>> = (0..120)
        .map(|k| if k < 20 { driven(&mut noise, &[(&driver, k % 8)], 1.0, 0.0) } else { noise.ar1(0.6, N) })
        .collect();
    let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let spectra = SegmentSpectra::new(&views, &CoherenceOptions::default()).unwrap();
    let exact = spectra.scan(2..63);
    let passed = Screen::new(&spectra, 2..63, &ScreenOptions::default()).pass(0..120);
    let related = exact.iter().filter(|pair| pair.p < 1e-6).count();
    let found = passed.iter().filter(|(a, b)| exact[pair_index(120, *a, *b)].p < 1e-6).count();
    assert!(related > 100 && found * 100 >= related * 98, "{found} of {related}");
    assert!(passed.len() - found < 7140 / 20, "{}", passed.len() - found);
    for pair in spectra.scan_pairs(2..63, &passed) {
        let scanned = exact[pair_index(120, pair.first, pair.second)];
        // Above p = .01 a scan computes in single precision.
        assert!(pair == scanned || scanned.p > 0.0099);
        assert!((pair.magnitude_squared - scanned.magnitude_squared).abs() < 1e-5 && pair.bin == scanned.bin);
        assert!((pair.mean - scanned.mean).abs() < 1e-5 && (pair.phase - scanned.phase).abs() < 1e-4);
    }
}

// Explained edges

/// All significant edges of a system, and what `explain` says of each.
fn judged(series: &[Vec<f64>]) -> Vec<(Edge, bool)> {
    let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let mut plan = LagPlan::new(&views, &LagOptions { max_lag: 30, ..LagOptions::default() }).unwrap();
    let mut edges = Vec::new();
    for first in 0..series.len() {
        for second in first + 1..series.len() {
            let lag = plan.pair(first, second).unwrap();
            if lag.p < 1e-4 {
                edges.push(Edge { first, second, lag: lag.steps });
            }
        }
    }
    let why = explain(&mut plan, &edges, &ExplainOptions::default());
    edges.into_iter().zip(why).map(|(edge, why)| (edge, matches!(why, Verdict::Explained(_)))).collect()
}

/// Shares of false edges dropped and of true ones kept over seeds.
fn shares(seeds: u64, truth: &[(usize, usize)], system: impl Fn(&mut Noise) -> Vec<Vec<f64>>) -> (f64, f64) {
    let (mut dropped, mut others, mut kept, mut real) = (0.0, 0.0, 0.0, 0.0);
    for seed in 0..seeds {
        let judged = judged(&system(&mut Noise::new(5_000 + seed)));
        for (edge, is_explained) in &judged {
            if truth.contains(&(edge.first, edge.second)) {
                kept += f64::from(u8::from(!is_explained));
            } else {
                others += 1.0;
                dropped += f64::from(u8::from(*is_explained));
            }
        }
        real += truth.len() as f64;
    }
    (dropped / f64::max(others, 1.0), kept / real)
}

fn systems(snr: f64, phi: f64) -> Vec<(&'static str, f64, f64)> {
    let seeds = 40;
    let star = shares(seeds, &[(0, 1), (0, 2), (0, 3), (0, 4)], |noise| {
        let hub = noise.ar1(phi, N);
        let mut all = vec![hub.clone()];
        all.extend((1..5).map(|k| driven(noise, &[(&hub, 2 * k)], snr, phi)));
        all
    });
    let chain = shares(seeds, &[(0, 1), (1, 2), (2, 3)], |noise| {
        let a = noise.ar1(phi, N);
        let b = driven(noise, &[(&a, 2)], snr, phi);
        let c = driven(noise, &[(&b, 4)], snr, phi);
        let d = driven(noise, &[(&c, 6)], snr, phi);
        vec![a, b, c, d]
    });
    let diamond = shares(seeds, &[(0, 1), (0, 2), (1, 3), (2, 3)], |noise| {
        let a = noise.ar1(phi, N);
        let b = driven(noise, &[(&a, 2)], snr, phi);
        let c = driven(noise, &[(&a, 3)], snr, phi);
        let d = driven(noise, &[(&b, 4), (&c, 5)], snr, phi);
        vec![a, b, c, d]
    });
    vec![("star", star.0, star.1), ("chain", chain.0, chain.1), ("diamond", diamond.0, diamond.1)]
}

#[test]
fn common_drivers_and_chains_are_dropped_and_true_edges_kept() {
    for (snr, phi) in [(1.0, 0.0), (1.0, 0.6), (4.0, 0.0), (4.0, 0.6)] {
        for (name, dropped, kept) in systems(snr, phi) {
            assert!(dropped >= 0.9 && kept >= 0.95, "{name} {snr} {phi}: {dropped} {kept}");
        }
    }
}

#[test]
fn a_detour_does_not_hide_the_lag_of_the_direct_way() {
    let mut moved = 0;
    for seed in 0..40 {
        let mut noise = Noise::new(6_000 + seed);
        let a = noise.white(N);
        let b = driven(&mut noise, &[(&a, 2)], 4.0, 0.0);
        let c = driven(&mut noise, &[(&a, 3)], 4.0, 0.0);
        let d = driven(&mut noise, &[(&b, 4), (&c, 5)], 4.0, 0.0);
        let series = [a, b, c, d];
        let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
        let mut plan = LagPlan::new(&views, &LagOptions::default()).unwrap();
        let mut edges = Vec::new();
        for (first, second) in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)] {
            edges.push(Edge { first, second, lag: plan.pair(first, second).unwrap().steps });
        }
        // Through a and b, c is in d after 3 steps; of its own it is after 5.
        let verdicts = explain(&mut plan, &edges, &ExplainOptions::default());
        let lag = match verdicts[5] {
            Verdict::Moved { lag, .. } => lag,
            _ => edges[5].lag.round() as isize,
        };
        moved += i32::from(matches!(verdicts[5], Verdict::Moved { .. }));
        assert_eq!(lag, 5, "{seed}: {:?}", edges[5]);
    }
    assert!(moved >= 20, "{moved}");
}

#[test]
fn copies_do_not_erase_each_other_and_the_order_decides_nothing() {
    let mut noise = Noise::new(7);
    let driver = noise.ar1(0.5, N);
    let child = driven(&mut noise, &[(&driver, 3)], 1.0, 0.0);
    let grandchild = driven(&mut noise, &[(&child, 2)], 1.0, 0.0);
    // Two exact copies of the driver, and one of the child that errs a little.
    let near = add(&child, &noise.white(N), 0.05);
    let series = [driver.clone(), child, grandchild, driver, near];
    let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let mut plan = LagPlan::new(&views, &LagOptions::default()).unwrap();
    let mut edges = Vec::new();
    for first in 0..5 {
        for second in first + 1..5 {
            edges.push(Edge { first, second, lag: plan.pair(first, second).unwrap().steps });
        }
    }
    let verdicts = explain(&mut plan, &edges, &ExplainOptions::default());
    let stays = |first: usize, second: usize| {
        let at = edges.iter().position(|edge| (edge.first, edge.second) == (first, second)).unwrap();
        !matches!(verdicts[at], Verdict::Explained(_))
    };
    // Between the copies, from either of them to the child, and from the child and its copy on.
    for (first, second) in [(0, 3), (0, 1), (1, 3), (1, 4), (1, 2), (2, 4)] {
        assert!(stays(first, second), "{first} {second}");
    }
    // From the copies to the grandchild through the child.
    assert!(!stays(0, 2) && !stays(2, 3));
    // Given the other way round, and each edge with its ends exchanged.
    let turned: Vec<Edge> =
        edges.iter().rev().map(|edge| Edge { first: edge.second, second: edge.first, lag: -edge.lag }).collect();
    let again = explain(&mut plan, &turned, &ExplainOptions::default());
    for (one, other) in verdicts.iter().zip(again.iter().rev()) {
        assert_eq!(matches!(one, Verdict::Explained(_)), matches!(other, Verdict::Explained(_)));
    }
}

// Phase locking

#[test]
fn locked_phases_are_found_and_their_difference_is_right() {
    let mut noise = Noise::new(3);
    // An oscillation whose phase wanders.
    let mut angle = 0.0;
    let angles: Vec<f64> = (0..N)
        .map(|_| {
            angle += TAU * 0.1 + 0.15 * noise.normal();
            angle
        })
        .collect();
    let x: Vec<f64> = angles.iter().map(|a| a.cos() + 0.3 * noise.normal()).collect();
    let y: Vec<f64> = angles.iter().map(|a| (a - 1.0).cos() + 0.3 * noise.normal()).collect();
    let band = |values: &[f64]| BandPhase::new(values, 0.06, 0.14).unwrap();
    let found = phase_locking(&band(&x), &band(&y)).unwrap();
    assert!(found.value > 0.9 && found.p < 1e-3, "{found:?}");
    assert!((found.phase - 1.0).abs() < 0.1, "{found:?}");
    let free = phase_locking(&band(&x), &band(&noise.white(N))).unwrap();
    assert!(free.p > 1e-3, "{free:?}");
}

#[test]
fn two_lines_of_one_period_are_no_evidence() {
    let found = phase_locking(
        &BandPhase::new(&sine(10.0, N), 0.05, 0.15).unwrap(),
        &BandPhase::new(&sine(10.0, N), 0.05, 0.15).unwrap(),
    )
    .unwrap();
    assert!(found.value > 0.999 && found.effective < 3.0 && found.p > 0.05, "{found:?}");
}

#[test]
fn p_of_phase_locking_is_uniform_on_noise() {
    for (low, high) in [(0.05, 0.1), (0.1, 0.4)] {
        assert_uniform("locking", |x, y| {
            let band = |values: &[f64]| BandPhase::new(values, low, high).unwrap();
            phase_locking(&band(x), &band(y)).unwrap().p
        });
    }
}

proptest! {
    #[test]
    fn nothing_panics_on_any_input(
        values in prop::collection::vec(prop_oneof![8 => -1e3..1e3_f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY), 1 => Just(0.0)], 0..400),
        shift in 0..40_usize,
        lag in -100.0..100.0_f64,
        bins in (0..40_usize, 0..40_usize),
    ) {
        let other: Vec<f64> = values.iter().cycle().skip(shift).take(values.len()).copied().collect();
        if let Some(found) = granger(&values, &other, &GrangerOptions::default()) {
            prop_assert!((0.0..=1.0).contains(&found.forward.p) && (0.0..=1.0).contains(&found.backward.p));
        }
        let bands = (BandPhase::new(&values, 0.1, 0.3), BandPhase::new(&other, 0.1, 0.3));
        if let (Some(x), Some(y)) = bands && let Some(found) = phase_locking(&x, &y) {
            prop_assert!((0.0..=1.0).contains(&found.p) && (0.0..=1.0).contains(&found.value));
        }
        let options = CoherenceOptions { segment_len: 32, ..CoherenceOptions::default() };
        if let Ok(spectra) = SegmentSpectra::new(&[&values, &other], &options)
        {
            if let Some(found) = phase_slope(&spectra, 0, 1, 1..16, 0.5) {
                prop_assert!(found.low <= found.steps && found.steps <= found.high);
            }
            let scan = spectra.scan(bins.0..bins.1);
            prop_assert_eq!((scan.len(), scan[0].first, scan[0].second), (1, 0, 1));
            prop_assert!((0.0..=1.0).contains(&scan[0].p));
            prop_assert!(Screen::new(&spectra, bins.0..bins.1, &ScreenOptions::default()).pass(0..9).len() <= 1);
        }
        let mut plan = LagPlan::new(&[&values, &other, &values], &LagOptions::default()).unwrap();
        prop_assert!(LagScan::new(&plan).all().iter().all(|pair| (0.0..=1.0).contains(&pair.p)));
        let edges = [(0, 1, lag), (1, 2, -lag), (0, 2, 0.0), (2, 9, lag), (1, 1, 0.0)]
            .map(|(first, second, lag)| Edge { first, second, lag });
        prop_assert_eq!(explain(&mut plan, &edges, &ExplainOptions::default()).len(), edges.len());
    }
}
