//! Consonance against chance and against its own past, and who took it away.
#![allow(clippy::unwrap_used)]

mod signals;

use analysis::harmony::{
    Baseline, BaselineOptions, BeatOptions, CoherenceOptions, RelatedPair, ResonanceOptions, RibbonOptions,
    SegmentSpectra, Voice, attribution, beats, dissonance_episodes, null, ratio_null, resonance_of, series_shares,
    windowed_consonance, windowed_pairs,
};
use analysis::spectrum::{PeakOptions, significant_peaks};
use proptest::prelude::*;
use signals::{Noise, add, uniform_distance};

fn spectra(series: &[Vec<f64>]) -> SegmentSpectra {
    let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    SegmentSpectra::new(&views, &CoherenceOptions { segment_len: 64, ..CoherenceOptions::default() }).unwrap()
}

#[test]
fn the_null_of_independent_noise_is_calibrated() {
    type Process = fn(&mut Noise, usize) -> Vec<f64>;
    let processes: [Process; 3] = [|r, n| r.white(n), |r, n| r.ar1(0.9, n), |r, n| r.ar1(1.0, n)];
    for process in processes {
        let mut p = Vec::new();
        let mut inside = 0;
        for seed in 0..300 {
            let mut noise = Noise::new(seed);
            let series: Vec<Vec<f64>> = (0..4).map(|_| process(&mut noise, 1440)).collect();
            let found = null(&spectra(&series), 2..32, &[0, 1, 2, 3], 99, seed).unwrap();
            // A p-value out of a hundred: spread over its step, to be compared with a continuous distribution.
            p.push(found.p - 0.01 * noise.uniform());
            inside += i32::from((found.value - found.mean).abs() <= 2.0 * found.sd);
        }
        assert!(uniform_distance(&p) < 1.63, "{}", uniform_distance(&p));
        assert!(inside >= 275, "{inside} of 300 within two standard deviations");
    }
}

#[test]
fn a_common_part_is_more_than_chance() {
    let mut noise = Noise::new(4);
    let common = noise.ar1(0.5, 1440);
    let series: Vec<Vec<f64>> = (0..4).map(|_| add(&noise.white(1440), &common, 0.8)).collect();
    let spectra = spectra(&series);
    let found = null(&spectra, 2..32, &[0, 1, 2, 3], 199, 1).unwrap();
    assert!(found.p == 1.0 / 200.0 && found.excess() > 0.2, "{found:?}");
    // The same seed gives the same surrogates, and order and units change nothing in the value.
    assert_eq!(null(&spectra, 2..32, &[0, 1, 2, 3], 199, 1), Some(found));
    let turned = null(&spectra, 2..32, &[3, 1, 0, 2], 199, 1).unwrap();
    assert!((turned.value - found.value).abs() < 1e-12);
    assert!(null(&spectra, 2..32, &[2], 99, 1).is_none() && null(&spectra, 40..40, &[0, 1], 99, 1).is_none());
    assert!(null(&spectra, 2..32, &[0, 9], 99, 1).is_none() && null(&spectra, 2..32, &[0, 1], 0, 1).is_none());
}

#[test]
fn a_series_that_is_missing_does_not_count() {
    let mut noise = Noise::new(5);
    let common = noise.white(1440);
    let mut series: Vec<Vec<f64>> = (0..3).map(|_| add(&noise.white(1440), &common, 1.0)).collect();
    let whole = null(&spectra(&series), 2..32, &[0, 1], 99, 1).unwrap();
    series[2].fill(f64::NAN);
    let found = null(&spectra(&series), 2..32, &[0, 1, 2], 99, 1).unwrap();
    assert!((found.value - whole.value).abs() < 1e-12 && found.p < 0.05);
    series[1].fill(f64::NAN);
    assert!(null(&spectra(&series), 2..32, &[0, 1, 2], 99, 1).is_none());
}

#[test]
fn simple_ratios_by_chance_are_told_from_those_that_are_not() {
    let voice = |periods: &[f64], steps: f64| Voice {
        frequencies: periods.iter().map(|p| 1.0 / p).collect(),
        shares: vec![0.5; periods.len()],
        resolution: 1.0 / steps,
    };
    // Octaves in long data are no chance; a fifth in few cycles is.
    let long = [voice(&[60.0], 10_080.0), voice(&[30.0], 10_080.0), voice(&[120.0], 10_080.0)];
    assert!(ratio_null(&long, 0.002..0.1, 199, 1).unwrap().p < 0.02);
    let short = [voice(&[60.0], 300.0), voice(&[40.0], 300.0)];
    assert!(ratio_null(&short, 0.01..0.1, 199, 1).unwrap().p > 0.05);
    assert!(ratio_null(&long[..1], 0.002..0.1, 99, 1).is_none() && ratio_null(&long, 0.1..0.1, 99, 1).is_none());
    assert!(ratio_null(&long, f64::NAN..0.1, 99, 1).is_none());
}

/// Five series that follow one load, of which the pairs of series 0 lose it between two steps.
fn healthy(seed: u64, len: usize, strength: f64, lost: std::ops::Range<usize>) -> (Vec<Vec<f64>>, Vec<RelatedPair>) {
    let mut noise = Noise::new(seed);
    let load = noise.ar1(0.5, len);
    let mut series: Vec<Vec<f64>> = (0..5).map(|_| add(&noise.white(len), &load, strength)).collect();
    let other = noise.ar1(0.5, len);
    for t in lost {
        series[0][t] += strength * (other[t] - load[t]);
    }
    let pairs = (0..5)
        .flat_map(|first| (first + 1..5).map(move |second| RelatedPair { first, second, lag_steps: 0, weight: 1.0 }))
        .collect();
    (series, pairs)
}

const RIBBON: RibbonOptions = RibbonOptions { window: 120, hop: 60 };

fn consonance(series: &[Vec<f64>], pairs: &[RelatedPair]) -> Vec<f64> {
    let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    windowed_consonance(&views, pairs, &RIBBON).iter().map(|f| f.consonance.unwrap_or(f64::NAN)).collect()
}

#[test]
fn healthy_sets_have_no_episodes_and_a_loss_is_one() {
    let options = BaselineOptions { overlap: 2.0, ..BaselineOptions::default() };
    let (mut false_alarms, mut found) = (0, 0);
    for seed in 0..200 {
        let (series, pairs) = healthy(seed, 6000, 1.2, 0..0);
        let frames = consonance(&series, &pairs);
        false_alarms +=
            i32::from(!dissonance_episodes(&frames, &Baseline::learn(&frames, &options).unwrap(), 0.05).is_empty());
        let (series, pairs) = healthy(seed, 6000, 2.0, 3000..3600);
        let frames = consonance(&series, &pairs);
        let episodes = dissonance_episodes(&frames, &Baseline::learn(&frames, &options).unwrap(), 0.05);
        // One of five series leaves for a tenth of the time.
        let middle = |e: &analysis::harmony::Episode| (e.from * 60 + e.to * 60 + 60) / 2;
        found += i32::from(episodes.len() == 1 && (3000..3600).contains(&middle(&episodes[0])));
    }
    assert!(false_alarms <= 20, "{false_alarms} of 200 at 5 %");
    assert!(found >= 190, "{found} of 200");
}

#[test]
fn the_shares_sum_to_the_drop_and_name_the_series() {
    let (series, pairs) = healthy(1, 6000, 1.2, 3000..3600);
    let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let frames = windowed_pairs(&views, &pairs, &RIBBON);
    let window = 50..58;
    let shares = attribution(&pairs, &frames, 0..frames.len(), window.clone());
    assert_eq!(shares.len(), 10);
    let total: f64 = shares.iter().map(|s| s.share).sum();
    // The weighted mean over the pairs, before and within.
    let usual: f64 = shares.iter().map(|s| s.usual).sum::<f64>() / 10.0;
    let now: f64 = consonance(&series, &pairs)[window].iter().sum::<f64>() / 8.0;
    assert!((total - (usual - now)).abs() < 1e-12 && total > 0.1, "{total} {usual} {now}");
    assert!(shares[..4].iter().all(|s| s.first == 0) && shares[..4].iter().map(|s| s.share).sum::<f64>() > 0.8 * total);
    let by_series = series_shares(&shares);
    assert_eq!(by_series[0].0, 0);
    assert!((by_series.iter().map(|s| s.1).sum::<f64>() - total).abs() < 1e-12 && by_series[0].1 > 0.4 * total);
    // Nothing usual, nothing found, no pairs: no shares.
    assert!(attribution(&pairs, &frames, 50..58, 50..58).is_empty());
    assert!(
        attribution(&pairs, &frames, 0..40, 500..600).is_empty() && attribution(&[], &frames, 0..9, 9..12).is_empty()
    );
}

#[test]
fn a_daily_habit_is_learned_by_the_hour() {
    let mut noise = Noise::new(3);
    // Consonance falls every night: 24 frames a day, ten days.
    let frames: Vec<f64> =
        (0..240).map(|t| (if t % 24 < 6 { 0.2 } else { 0.7 } + 0.03 * noise.normal()).clamp(0.0, 1.0)).collect();
    let daily = BaselineOptions { frames_per_day: Some(24), ..BaselineOptions::default() };
    let baseline = Baseline::learn(&frames, &daily).unwrap();
    assert!(
        baseline.is_by_hour()
            && (baseline.expected(3) - 0.2).abs() < 0.05
            && (baseline.expected(250) - 0.7).abs() < 0.05
    );
    // A night's value at noon is a loss, at night it is not.
    assert!(baseline.departure(12, 0.2).unwrap().p < 1e-6 && baseline.departure(3, 0.2).unwrap().p > 0.05);
    assert!(dissonance_episodes(&frames, &baseline, 0.05).is_empty());
    // Two days are no habit yet; without one the hour makes no difference.
    assert!(!Baseline::learn(&frames[..48], &daily).unwrap().is_by_hour());
    let flat: Vec<f64> = (0..240).map(|_| (0.5 + 0.05 * noise.normal()).clamp(0.0, 1.0)).collect();
    assert!(!Baseline::learn(&flat, &daily).unwrap().is_by_hour());
}

#[test]
fn frames_without_a_value_are_no_loss() {
    let mut frames = vec![0.8; 60];
    frames.iter_mut().enumerate().for_each(|(t, v)| *v += 0.02 * (t as f64 * 1.7).sin());
    let baseline = Baseline::learn(&frames, &BaselineOptions::default()).unwrap();
    frames[20..25].fill(f64::NAN);
    assert!(dissonance_episodes(&frames, &baseline, 0.05).is_empty() && baseline.departure(20, f64::NAN).is_none());
    frames[30] = 0.05;
    frames[31] = f64::NAN;
    frames[32] = 0.05;
    let found = dissonance_episodes(&frames, &baseline, 0.05);
    assert_eq!((found.len(), found[0].from, found[0].to), (1, 30, 33));
    assert!(found[0].loss > 0.7 && found[0].p < 0.05 && found[0].score >= 1.0);
    assert!(Baseline::learn(&[f64::NAN; 50], &BaselineOptions::default()).is_none());
    assert!(Baseline::learn(&[0.5; 7], &BaselineOptions::default()).is_none());
    assert!(dissonance_episodes(&[], &baseline, 0.05).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_panics_on_any_input(
        values in prop::collection::vec(prop_oneof![8 => -1e3..1e3_f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY), 2 => Just(0.0)], 0..400),
        shift in 0..40_usize,
        per_day in 0..50_usize,
        alpha in 0.0..1.0_f64,
    ) {
        let shifted: Vec<f64> = values.iter().cycle().skip(shift).take(values.len()).copied().collect();
        if let Some(found) = resonance_of(&values, &shifted, &ResonanceOptions { alpha, min_segments: 4, bridge: 3 }) {
            prop_assert!((0.0..=1.0).contains(&found.p) && (0.0..=0.5).contains(&found.frequency));
        }
        let loose = PeakOptions { alpha: 0.5, ..PeakOptions::default() };
        let peaks = [significant_peaks(&values, &loose), significant_peaks(&shifted, &loose)];
        for found in beats(&[&values, &shifted], &peaks, &BeatOptions::default()) {
            let next = found.beat.next_coincidence(500.0);
            prop_assert!(next.step >= 499.0 && next.low <= next.high && (0.0..=1.0).contains(&found.q));
            found.next_collision(500.0);
        }
        let options = CoherenceOptions { segment_len: 16, ..CoherenceOptions::default() };
        if let Ok(spectra) = SegmentSpectra::new(&[&values, &shifted], &options)
            && let Some(found) = null(&spectra, 1..8, &[0, 1, 1], 9, 3)
        {
            prop_assert!((0.0..=1.0).contains(&found.value) && found.p > 0.0 && found.p <= 1.0);
        }
        let frames: Vec<f64> = values.iter().map(|v| v / 500.0).collect();
        let learning = BaselineOptions { frames_per_day: Some(per_day), overlap: f64::from(shift as u32), least_spread: 0.0 };
        if let Some(baseline) = Baseline::learn(&frames, &learning) {
            for episode in dissonance_episodes(&frames, &baseline, alpha) {
                prop_assert!(episode.from <= episode.lowest && episode.lowest < episode.to && episode.to <= frames.len());
            }
        }
    }
}
