//! Properties of the wavelet scales and the spectral methods, on signals with known truth (fixtures F2 and F3).
#![allow(clippy::unwrap_used)]

mod signals;

use analysis::harmony::{Bounds, Scale, scale_energy, split};
use std::f64::consts::TAU;

use analysis::spectrum::{
    LombScargleOptions, MultitaperOptions, Peak, PeakOptions, SpectrumError, harmonic_test, lomb_scargle,
    lomb_scargle_at, multitaper, period_course, significant_peaks,
};
use proptest::prelude::*;
use signals::{Noise, add, sine};

// Scales

#[test]
fn a_sine_has_its_energy_in_its_own_scale() {
    for days in [2, 3, 5, 7] {
        let len = days * 5760;
        for (period_s, scale) in [(60.0, Scale::Micro), (3600.0, Scale::Macro), (86_400.0, Scale::Meso)] {
            let energy = scale_energy(&sine(period_s / 15.0, len), 15.0, &Bounds::default()).unwrap();
            assert!(energy.shares[scale as usize] >= 0.95, "{days} {scale:?}: {:?}", energy.shares);
        }
    }
}

proptest! {
    #[test]
    fn the_levels_sum_to_the_variance(
        values in prop::collection::vec(prop_oneof![6 => -1e6..1e6_f64, 1 => Just(f64::NAN)], 8..400),
        level in -1e6..1e6_f64,
        step in 1.0..4000.0_f64,
    ) {
        let values: Vec<f64> = values.iter().map(|v| v + level).collect();
        let present: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        if let Some(energy) = scale_energy(&values, step, &Bounds::default()) {
            let mean = present.iter().sum::<f64>() / present.len() as f64;
            let variance = present.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / present.len() as f64;
            let sum = energy.levels.iter().map(|l| l.variance).sum::<f64>() + energy.smooth;
            prop_assert!((sum / variance - 1.0).abs() < 1e-9 && (energy.variance / variance - 1.0).abs() < 1e-9);
            prop_assert!((energy.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!(energy.shares.iter().all(|s| (0.0..=1.0).contains(s)));
        } else {
            prop_assert!(2 * present.len() < values.len() + 2 || present.len() < 8);
        }
    }

    #[test]
    fn nothing_panics_on_any_spectrum(
        values in prop::collection::vec(prop_oneof![8 => -1e3..1e3_f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY), 1 => Just(0.0), 1 => Just(1e300)], 0..300),
        period in prop_oneof![Just(0.0), Just(f64::NAN), Just(-3.0), 1.0..100.0_f64],
        half_bandwidth in prop_oneof![Just(f64::NAN), 0.0..20.0_f64],
        tapers in prop::option::of(0..40_usize),
        step in prop_oneof![Just(0.0), Just(f64::NAN), 1.0..1e9_f64],
    ) {
        let options = MultitaperOptions { half_bandwidth, tapers, ..MultitaperOptions::default() };
        let _ = (multitaper(&values, &options), harmonic_test(&values, &options));
        let _ = (lomb_scargle(&values, &LombScargleOptions::default()), scale_energy(&values, step, &Bounds::default()));
        split(&values, step, &Bounds::default());
        let peaks = significant_peaks(&values, &PeakOptions { alpha: 0.5, ..PeakOptions::default() });
        prop_assert!(peaks.iter().all(|p| p.period_low <= p.period_high && p.phase.abs() <= 3.2 && p.amplitude >= 0.0));
        lomb_scargle_at(&values, &values, &[0.0, 0.1, f64::NAN]);
        if let Some(course) = period_course(&values, period) {
            prop_assert!((0.0..=1.0).contains(&course.regularity));
        }
    }
}

#[test]
fn energy_says_nothing_about_too_little_data() {
    let bounds = Bounds::default();
    assert_eq!(scale_energy(&[1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0], 60.0, &bounds), None);
    assert_eq!(scale_energy(&[5.0; 100], 60.0, &bounds), None);
    let mut gappy = Noise::new(1).white(100);
    gappy[10..61].fill(f64::NAN);
    assert_eq!(scale_energy(&gappy, 60.0, &bounds), None);
    gappy[60] = 0.5;
    assert!(scale_energy(&gappy, 60.0, &bounds).is_some());
}

#[test]
fn a_gap_leaves_the_shares_nearly_alone() {
    // White noise has half of its variance in the first octave, a quarter in the second, and so on.
    let bounds = Bounds { macro_from_s: 4.0, meso_from_s: 16.0 };
    let values = Noise::new(2).white(20_000);
    let mut gappy = values.clone();
    for block in 0..20 {
        gappy[block * 1000..block * 1000 + 400].fill(f64::NAN);
    }
    for (series, tolerance) in [(&values, 0.01), (&gappy, 0.02)] {
        let shares = scale_energy(series, 1.0, &bounds).unwrap().shares;
        for (share, expected) in shares.iter().zip([0.5, 0.375, 0.125]) {
            assert!((share - expected).abs() < tolerance, "{shares:?}");
        }
    }
}

#[test]
fn the_interval_of_a_levels_variance_covers_it() {
    let mut covered = 0;
    for seed in 0..300 {
        let energy = scale_energy(&Noise::new(seed).white(1024), 60.0, &Bounds::default()).unwrap();
        for (level, found) in energy.levels.iter().take(6).enumerate() {
            let (low, high) = found.interval(0.95);
            covered += i32::from((low..=high).contains(&0.5_f64.powi(level as i32 + 1)));
        }
    }
    assert!((0.92..=0.99).contains(&(f64::from(covered) / 1800.0)), "{covered} of 1,800");
}

// Multitaper

#[test]
fn the_multitaper_spectrum_integrates_to_the_variance_and_uses_the_longest_run() {
    let mut values = Noise::new(3).ar1(0.5, 2000);
    let area = |values: &[f64]| {
        let spectrum = multitaper(values, &MultitaperOptions::default()).unwrap();
        assert!((6.0..=7.0).contains(&spectrum.effective_segments), "{}", spectrum.effective_segments);
        (spectrum.density.iter().sum::<f64>() * spectrum.frequency[1], spectrum.segment_len)
    };
    let variance = values.iter().map(|v| v * v).sum::<f64>() / 2000.0;
    assert!((area(&values).0 / variance - 1.0).abs() < 0.05);
    values[500..600].fill(f64::NAN);
    values[900..903].fill(f64::NAN);
    assert_eq!(area(&values).1, 1400);
    assert_eq!(
        multitaper(&[1.0, f64::NAN, 2.0], &MultitaperOptions { bridge: 0, ..MultitaperOptions::default() }),
        Err(SpectrumError::SegmentTooShort { segment_len: 1 })
    );
}

#[test]
fn the_line_test_knows_a_line_from_a_hump() {
    for seed in 0..20 {
        let mut noise = Noise::new(seed);
        // A resonance: AR(2) with a sharp hump at a period of 20 steps.
        let (radius, angle) = (0.98_f64, TAU / 20.0);
        let mut hump = vec![0.0, 0.0];
        for t in 2..1000 {
            let next = 2.0 * radius * angle.cos() * hump[t - 1] - radius * radius * hump[t - 2] + noise.normal();
            hump.push(next);
        }
        let test = harmonic_test(&hump, &MultitaperOptions::default()).unwrap();
        let lowest = test.p.iter().copied().fold(1.0, f64::min);
        assert!(lowest > 1e-5, "{seed}: {lowest}");
        let with_line = add(&noise.white(1000), &sine(20.0, 1000), 0.7);
        let test = harmonic_test(&with_line, &MultitaperOptions::default()).unwrap();
        let at = test.p.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
        assert!((test.frequency[at] - 0.05).abs() < 0.0011 && test.p[at] < 1e-4, "{seed}: {}", test.p[at]);
        // sin(x) = cos(x − π/2).
        assert!((test.amplitude[at] - 0.7).abs() < 0.2 && (test.phase[at] + TAU / 4.0).abs() < 0.4);
    }
}

// Lomb–Scargle and lines

/// 40 % of the values gone, in three long gaps.
fn with_gaps(mut values: Vec<f64>) -> Vec<f64> {
    let len = values.len();
    for (from, to) in [(10, 25), (40, 50), (70, 85)] {
        values[from * len / 100..to * len / 100].fill(f64::NAN);
    }
    values
}

fn near(peaks: &[Peak], period: f64, tolerance: f64) -> bool {
    peaks.iter().any(|p| (p.period_steps / period - 1.0).abs() < tolerance)
}

#[test]
fn lomb_scargle_sees_a_period_through_long_gaps_and_says_what_is_missing() {
    for seed in 0..20 {
        let values = with_gaps(add(&Noise::new(seed).ar1(0.6, 1000), &sine(37.0, 1000), 1.5));
        let found = lomb_scargle(&values, &LombScargleOptions::default()).unwrap();
        let top = found.power.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
        assert!((1.0 / found.frequency[top] / 37.0 - 1.0).abs() < 0.01 && found.p[top] < 1e-6);
        assert!(found.power.iter().all(|p| (0.0..=1.0).contains(p)));
    }
    let options = LombScargleOptions::default();
    assert_eq!(lomb_scargle(&[1.0; 31], &options), Err(SpectrumError::SegmentTooShort { segment_len: 31 }));
    assert_eq!(lomb_scargle(&[1.0; 100], &options), Err(SpectrumError::SegmentTooShort { segment_len: 1 }));
    assert!(lomb_scargle_at(&[1.0, 2.0, 3.0], &[1.0, 2.0, 1.0], &[0.1])[0].is_nan());
}

#[test]
fn periods_of_f2_and_f3_are_found_within_one_percent() {
    for seed in 0..100 {
        let f2 = add(&Noise::new(seed).white(480), &sine(20.0, 480), 1.5);
        assert!(near(&significant_peaks(&f2, &PeakOptions::default()), 20.0, 0.01));
        let f3 = add(&add(&Noise::new(seed).white(1440), &sine(6.0, 1440), 1.0), &sine(6.6, 1440), 1.0);
        for values in [f3.clone(), with_gaps(f3)] {
            let peaks = significant_peaks(&values, &PeakOptions::default());
            assert!(near(&peaks, 6.0, 0.01) && near(&peaks, 6.6, 0.01), "{seed}: {peaks:?}");
        }
    }
}

#[test]
fn long_gaps_make_no_periods() {
    let (mut with, mut without) = (0, 0);
    for seed in 0..200 {
        let mut noise = Noise::new(seed);
        // Red noise that is missing every night: the pattern of the gaps is a period, the values have none.
        let mut values = noise.ar1(1.0, 1440);
        (0..1440).filter(|t| t % 120 < 48).for_each(|t| values[t] = f64::NAN);
        with += i32::from(!significant_peaks(&values, &PeakOptions::default()).is_empty());
        // Two periods, and no copies of them.
        let signal = add(&noise.white(1440), &add(&sine(24.0, 1440), &sine(10.05, 1440), 1.0), 2.0);
        let peaks = significant_peaks(&with_gaps(signal), &PeakOptions::default());
        assert!(near(&peaks, 24.0, 0.01) && near(&peaks, 10.05, 0.01), "{seed}: {peaks:?}");
        without += i32::from(peaks.len() > 2);
    }
    assert!(with <= 6 && without <= 8, "{with} and {without} of 200");
}

#[test]
fn close_lines_do_not_bias_each_other() {
    // Two resolutions apart, one to three: fitted alone, the strong one would be off by up to a third.
    let (mut low, mut high) = (0.0, 0.0);
    for seed in 0..50 {
        let mut noise = Noise::new(seed);
        let (phase, other) = (TAU * noise.uniform(), TAU * noise.uniform());
        let wave = |t: usize, cycles: f64, phase: f64| (TAU * cycles * t as f64 / 1000.0 + phase).cos();
        let values: Vec<f64> =
            (0..1000).map(|t| 0.2 * noise.normal() + 1.5 * wave(t, 41.3, phase) + 0.5 * wave(t, 43.3, other)).collect();
        let peaks = significant_peaks(&values, &PeakOptions::default());
        let find = |cycles: f64| peaks.iter().find(|p| (p.cycles - cycles).abs() < 0.2).unwrap();
        let (strong, weak) = (find(41.3), find(43.3));
        assert!((strong.amplitude / 1.5 - 1.0).abs() < 0.03, "{seed}: {}", strong.amplitude);
        assert!((weak.amplitude / 0.5 - 1.0).abs() < 0.1, "{seed}: {}", weak.amplitude);
        low += strong.amplitude / 50.0;
        high += weak.amplitude / 50.0;
        // The convention of the phase: amplitude · cos(2πft + phase) from slot 0.
        let turned = |found: f64, truth: f64| ((found - truth).sin()).abs();
        assert!(turned(strong.phase, phase) < 0.1 && (strong.phase - phase).cos() > 0.0);
        assert!(turned(weak.phase, other) < 0.3 && (weak.phase - other).cos() > 0.0);
    }
    assert!((low / 1.5 - 1.0).abs() < 0.005 && (high / 0.5 - 1.0).abs() < 0.01, "{low} {high}");
}

#[test]
fn phase_counts_from_the_first_slot_even_if_it_is_missing() {
    let wave: Vec<f64> = (0..1000).map(|t| 3.0 * (TAU * f64::from(t) / 17.3 + 0.8).cos()).collect();
    let mut late = wave.clone();
    late[..101].fill(f64::NAN);
    for values in [wave, late] {
        let peaks = significant_peaks(&values, &PeakOptions::default());
        assert_eq!(peaks.len(), 1, "{peaks:?}");
        assert!((peaks[0].phase - 0.8).abs() < 1e-6 && (peaks[0].amplitude - 3.0).abs() < 1e-6);
        assert!((peaks[0].period_steps / 17.3 - 1.0).abs() < 1e-9);
    }
}

// The course of a period

/// A job of `long` steps every `period`, each time `later` than the time before.
fn job(noise: &mut Noise, cycles: usize, period: f64, long: f64, later: f64) -> Vec<f64> {
    let mut values = noise.white((cycles as f64 * period) as usize);
    for cycle in 0..cycles {
        let start = 10.0 + cycle as f64 * (period + later);
        for t in start as usize..((start + long) as usize + 1).min(values.len()) {
            // Means over a step, so that parts of a step show.
            values[t] += 5.0 * ((start + long).min(t as f64 + 1.0) - start.max(t as f64)).clamp(0.0, 1.0);
        }
    }
    values
}

#[test]
fn a_job_that_comes_two_seconds_later_every_day_shows() {
    // Two weeks at a step of 15 s; the job takes 5 minutes.
    let (mut found, mut covered, mut steady) = (0, 0, 0);
    for seed in 0..20 {
        let mut noise = Noise::new(seed);
        let later = period_course(&job(&mut noise, 14, 5760.0, 20.0, 2.0 / 15.0), 5760.0).unwrap();
        let drift = later.drift.unwrap();
        found += i32::from(drift.p < 0.05 && drift.per_cycle > 0.0);
        covered += i32::from(drift.low <= 2.0 / 15.0 && 2.0 / 15.0 <= drift.high);
        assert!(later.regularity > 0.8, "{}", later.regularity);
        let same = period_course(&job(&mut noise, 14, 5760.0, 20.0, 0.0), 5760.0).unwrap();
        steady += i32::from(same.drift.unwrap().p < 0.05);
    }
    assert!(found >= 16 && covered >= 17 && steady <= 3, "{found} {covered} {steady} of 20");
}

#[test]
fn a_steady_period_does_not_drift_and_noise_is_not_regular() {
    let mut drifting = 0;
    let mut regularity = 0.0;
    for seed in 0..400 {
        let mut noise = Noise::new(seed);
        let course = period_course(&add(&noise.ar1(0.6, 2000), &sine(48.7, 2000), 2.0), 48.7).unwrap();
        drifting += i32::from(course.drift.unwrap().p < 0.05);
        assert!(course.regularity > 0.8, "{}", course.regularity);
        regularity += period_course(&noise.white(2000), 48.7).unwrap().regularity / 400.0;
    }
    assert!((4..=36).contains(&drifting), "{drifting} of 400");
    assert!(regularity < 0.3, "{regularity}");
}

#[test]
fn a_period_that_is_asked_for_a_little_wrong_drifts_by_the_difference() {
    let values = add(&Noise::new(1).white(3000), &sine(50.0, 3000), 2.0);
    for asked in [49.8, 50.0, 50.3] {
        let drift = period_course(&values, asked).unwrap().drift.unwrap();
        assert!((drift.per_cycle - (50.0 - asked)).abs() < 0.05 && drift.low < drift.high, "{asked}: {drift:?}");
    }
    let mut gappy = values.clone();
    gappy[600..1300].fill(f64::NAN);
    let course = period_course(&gappy, 50.3).unwrap();
    assert!((course.drift.unwrap().per_cycle + 0.3).abs() < 0.05 && course.blocks.len() < 48);
    assert!(period_course(&values, 700.0).is_none() && period_course(&values, 3.0).is_none());
    assert!(period_course(&[f64::NAN; 500], 20.0).is_none() && period_course(&[1.0; 500], 20.0).is_none());
}
