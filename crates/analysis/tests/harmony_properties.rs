//! Properties that the harmony statistics must have, on signals with known truth (fixtures F1–F4 and F15).
#![allow(clippy::unwrap_used)]

mod signals;

use std::f64::consts::TAU;

use analysis::coupling::{Lag, LagOptions, LagPlan};
use analysis::harmony::{
    Availability, BeatOptions, Bounds, CoherenceOptions, ConsonanceMatrix, PairCoherence, RelatedPair, RibbonOptions,
    Scale, SegmentSpectra, Transforming, Unavailable, Voice, availability, band_plan, beat_between, beats_within,
    harmonicity, pair_consonance, pair_index, split, windowed_consonance,
};
use analysis::spectrum::{PeakOptions, SpectrumError, WelchOptions, significant_peaks, welch};
use proptest::prelude::*;
use signals::{Noise, add, sine, uniform_distance};

fn lag_of(x: &[f64], y: &[f64], max_lag: usize) -> Lag {
    let options = LagOptions { max_lag, ..LagOptions::default() };
    LagPlan::new(&[x, y], &options).unwrap().pair(0, 1).unwrap()
}

// Spectrum

#[test]
fn welch_integrates_to_the_variance_and_skips_long_gaps() {
    let mut values = Noise::new(1).white(4000);
    let spectrum = welch(&values, &WelchOptions::default()).unwrap();
    let area: f64 = spectrum.density.iter().sum::<f64>() * spectrum.frequency[1];
    assert!((area - 1.0).abs() < 0.1, "{area}");
    values[1000..1100].fill(f64::NAN);
    values[200..203].fill(f64::NAN);
    let gappy = welch(&values, &WelchOptions { segment_len: Some(256), ..WelchOptions::default() }).unwrap();
    // 1,000 steps hold 6 segments of 256, 2,900 hold 21.
    assert_eq!(gappy.segments, 27);
    assert!(gappy.density.iter().all(|d| d.is_finite()));
}

#[test]
fn welch_says_what_is_missing() {
    let options = WelchOptions { segment_len: Some(64), ..WelchOptions::default() };
    assert_eq!(
        welch(&Noise::new(1).white(100), &options),
        Err(SpectrumError::TooFewSegments { segment_len: 64, found: 2, needed: 4 })
    );
    assert_eq!(welch(&[1.0; 4], &WelchOptions::default()), Err(SpectrumError::SegmentTooShort { segment_len: 2 }));
}

#[test]
fn a_sine_of_300_s_is_found_within_one_percent() {
    for (step, len) in [(15.0, 480), (15.0, 2880), (60.0, 1440), (7.3, 700)] {
        for seed in 0..20 {
            let values = add(&Noise::new(seed).ar1(0.5, len), &sine(300.0 / step, len), 3.0);
            let peaks = significant_peaks(&values, &PeakOptions::default());
            let best = peaks.iter().max_by(|a, b| a.power_share.total_cmp(&b.power_share)).unwrap();
            assert!((best.period_steps * step / 300.0 - 1.0).abs() < 0.01, "{}", best.period_steps * step);
        }
    }
}

#[test]
fn a_daily_cycle_is_found_in_three_days() {
    let (day, len) = (288.0, 864);
    for seed in 0..20 {
        let values = add(&Noise::new(seed).ar1(0.6, len), &sine(day, len), 3.0);
        let peaks = significant_peaks(&values, &PeakOptions::default());
        assert!(peaks.iter().any(|p| (p.period_steps / day - 1.0).abs() < 0.05), "{seed}: {peaks:?}");
    }
}

#[test]
fn a_strong_line_does_not_turn_the_background_red() {
    let values = add(&Noise::new(4).white(1440), &sine(200.0, 1440), 20.0);
    let weak = add(&values, &sine(7.0, 1440), 0.5);
    let peaks = significant_peaks(&weak, &PeakOptions::default());
    assert_eq!(peaks.len(), 2, "{peaks:?}");
    assert!((peaks[0].power_share - 0.99).abs() < 0.02);
    assert!((peaks[1].amplitude - 0.5).abs() < 0.15);
}

#[test]
fn harmonics_are_marked() {
    // A job of 5 steps every 48: all harmonics stand out of the noise.
    let noise = Noise::new(5).white(1440);
    let values: Vec<f64> = noise.iter().enumerate().map(|(t, v)| v + if t % 48 < 5 { 6.0 } else { 0.0 }).collect();
    let peaks = significant_peaks(&values, &PeakOptions::default());
    assert!(peaks.len() >= 4);
    assert!((peaks[0].period_steps - 48.0).abs() < 0.3 && peaks[0].harmonic_of.is_none());
    for peak in &peaks[1..] {
        assert!(matches!(peak.harmonic_of, Some((0, k)) if k >= 2), "{peak:?}");
    }
}

#[test]
fn one_event_and_two_cycles_are_not_periods() {
    for seed in 0..50 {
        let mut values = Noise::new(seed).white(600);
        values[300..].iter_mut().for_each(|v| *v += 10.0);
        assert!(significant_peaks(&values, &PeakOptions { alpha: 0.001, ..PeakOptions::default() }).is_empty());
        let values = add(&Noise::new(seed).white(600), &sine(300.0, 600), 4.0);
        let peaks = significant_peaks(&values, &PeakOptions { alpha: 0.001, ..PeakOptions::default() });
        assert!(peaks.iter().all(|p| p.period_steps < 210.0), "{peaks:?}");
    }
}

#[test]
fn degenerate_series_have_no_period() {
    let options = PeakOptions::default();
    assert!(significant_peaks(&[], &options).is_empty());
    assert!(significant_peaks(&[f64::NAN; 500], &options).is_empty());
    assert!(significant_peaks(&[7.0; 500], &options).is_empty());
    assert!(significant_peaks(&(0..500).map(f64::from).collect::<Vec<_>>(), &options).is_empty());
    assert!(significant_peaks(&sine(10.0, 31), &options).is_empty());
    // Without any noise the line is still found, and alone.
    let pure = significant_peaks(&sine(20.3, 1000), &options);
    assert_eq!(pure.len(), 1);
    assert!((pure[0].period_steps - 20.3).abs() < 0.01 && pure[0].power_share > 0.98);
}

#[test]
fn the_interval_of_a_period_covers_it() {
    let (mut covered, mut found) = (0, 0);
    for seed in 0..400 {
        let mut noise = Noise::new(seed);
        let period = 10.0 + 100.0 * noise.uniform();
        let values = add(&noise.white(1000), &sine(period, 1000), 0.7);
        for peak in significant_peaks(&values, &PeakOptions::default()) {
            if (peak.period_steps / period - 1.0).abs() < 0.2 {
                found += 1;
                covered += i32::from(peak.period_low <= period && period <= peak.period_high);
            }
        }
    }
    let coverage = f64::from(covered) / f64::from(found);
    assert!(found > 390 && (0.92..=0.99).contains(&coverage), "{found} {coverage}");
}

// Scales

#[test]
fn a_sine_lands_in_its_own_band() {
    // Energies of 60 s, 1 h and 24 h at a step of 15 s over two days.
    let len = 11_520;
    for (period_s, scale) in [(60.0, Scale::Micro), (3600.0, Scale::Macro), (86_400.0, Scale::Meso)] {
        let bands = split(&sine(period_s / 15.0, len), 15.0, &Bounds::default());
        let energy = |s: Scale| bands.at(s).iter().map(|v| v * v).sum::<f64>();
        let total: f64 = Scale::ALL.iter().map(|s| energy(*s)).sum();
        assert!(energy(scale) / total > 0.95, "{scale:?}: {}", energy(scale) / total);
    }
}

#[test]
fn energies_of_white_noise_are_nearly_orthogonal() {
    let values = Noise::new(3).white(20_000);
    let bands = split(&values, 30.0, &Bounds::default());
    let energy = |s: &[f64]| s.iter().map(|v| v * v).sum::<f64>();
    let parts = energy(&bands.micro) + energy(&bands.macro_band) + energy(&bands.meso);
    // What is missing stands in the soft transition between micro and macro, 10 steps wide here.
    let share = parts / energy(&values);
    assert!((0.8..1.0).contains(&share), "{share}");
}

#[test]
fn a_scale_says_why_it_is_unavailable() {
    let bounds = Bounds::default();
    assert_eq!(
        availability(300.0, 86_400.0, Scale::Micro, &bounds),
        Err(Unavailable::AboveNyquist { nyquist_period_s: 600.0, longest_s: 300.0 })
    );
    assert_eq!(
        availability(60.0, 36_000.0, Scale::Meso, &bounds),
        Err(Unavailable::TooShort { covered_s: 36_000.0, needed_s: 64_800.0 })
    );
    assert_eq!(
        availability(60.0, 7200.0, Scale::Macro, &bounds),
        Ok(Availability { shortest_s: 300.0, longest_s: 2400.0 })
    );
    assert!(availability(60.0, 600.0, Scale::Macro, &bounds).is_err());
}

proptest! {
    #[test]
    fn bands_add_up_wherever_there_is_a_value(
        values in prop::collection::vec(prop_oneof![4 => -1e6..1e6_f64, 1 => Just(f64::NAN)], 0..300),
        step in 1.0..400.0_f64,
    ) {
        let bands = split(&values, step, &Bounds::default());
        for (t, value) in values.iter().enumerate() {
            let sum = bands.micro[t] + bands.macro_band[t] + bands.meso[t];
            let right = if value.is_nan() { sum.is_nan() } else { (sum - value).abs() < 1e-6 };
            prop_assert!(right, "{} at {}", sum, t);
        }
    }

    #[test]
    fn nothing_panics_on_any_input(
        values in prop::collection::vec(prop_oneof![8 => -1e3..1e3_f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY), 1 => Just(0.0)], 0..400),
        shift in 0..40_usize,
    ) {
        let shifted: Vec<f64> = values.iter().cycle().skip(shift).take(values.len()).copied().collect();
        let peaks = significant_peaks(&values, &PeakOptions { alpha: 0.5, ..PeakOptions::default() });
        let others = significant_peaks(&shifted, &PeakOptions { alpha: 0.5, ..PeakOptions::default() });
        prop_assert!(peaks.iter().all(|p| p.period_steps.is_finite() && p.period_low <= p.period_high && (0.0..=1.0).contains(&p.p)));
        beats_within(&values, &peaks, &BeatOptions::default());
        beat_between(&values, &peaks, &shifted, &others, &BeatOptions::default());
        let _ = welch(&values, &WelchOptions::default());
        if let Some(lag) = LagPlan::new(&[&values, &shifted], &LagOptions::default()).unwrap().pair(0, 1) {
            prop_assert!((0.0..=1.0).contains(&lag.p) && lag.low <= lag.steps && lag.steps <= lag.high);
        }
        for segment_len in [8, 16, 64] {
            let options = CoherenceOptions { segment_len, ..CoherenceOptions::default() };
            if let Ok(spectra) = SegmentSpectra::new(&[&values, &shifted], &options) {
                let pair = spectra.scan(1..segment_len)[0];
                prop_assert!((0.0..=1.0).contains(&pair.p) && (0.0..=1.0).contains(&pair.unbiased()));
            }
        }
    }
}

// Coherence

#[test]
fn a_series_is_coherent_with_itself_and_with_its_filtered_copy() {
    let values = Noise::new(1).ar1(0.6, 1440);
    let delayed: Vec<f64> = (0..1440).map(|t| if t < 2 { 0.0 } else { -3.0 * values[t - 2] }).collect();
    let spectra = SegmentSpectra::new(&[&values, &values, &delayed], &CoherenceOptions::default()).unwrap();
    let pairs = spectra.scan(4..60);
    assert!(pairs[pair_index(3, 0, 1)].mean > 0.999_999);
    let other = pairs[pair_index(3, 0, 2)];
    assert!(other.mean > 0.95 && other.p < 1e-12, "{other:?}");
    // Opposite sign and two steps later: phase π − 2πf·2.
    let expected = std::f64::consts::PI - TAU * other.frequency * 2.0;
    assert!((other.phase - expected).sin().abs() < 0.2 && (other.phase - expected).cos() > 0.0);
}

#[test]
fn pairs_do_not_depend_on_which_series_are_held_at_a_time() {
    let mut noise = Noise::new(4);
    let series: Vec<Vec<f64>> = (0..31)
        .map(|index| {
            let mut values = noise.white(600);
            // Gaps, of which nothing may be left for the series that come after.
            values[100..if index % 3 == 0 { 260 } else { 100 }].fill(f64::NAN);
            values
        })
        .collect();
    let all: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let options = CoherenceOptions { segment_len: 64, ..CoherenceOptions::default() };
    let scan = SegmentSpectra::new(&all, &options).unwrap().scan(3..30);
    for (tile, beside) in [(1, 1), (7, 3), (13, 9), (31, 0)] {
        let mut transforming = Transforming::new(tile + beside, 600, &options).unwrap();
        let mut found = Vec::new();
        for from in (0..31).step_by(tile) {
            let to = (from + tile).min(31);
            let size = to - from;
            transforming.back_to(0);
            all[from..to].iter().for_each(|values| transforming.add(values));
            let mut keep = |pairs: Vec<PairCoherence>, second: usize| {
                found.extend(pairs.into_iter().map(|pair| PairCoherence {
                    first: from + pair.first,
                    second: second + pair.second,
                    ..pair
                }));
            };
            keep(transforming.spectra().scan_between(3..30, 0..size, 0..size), from);
            for next in (to..31).step_by(beside.max(1)) {
                let end = (next + beside).min(31);
                transforming.back_to(size);
                all[next..end].iter().for_each(|values| transforming.add(values));
                keep(transforming.spectra().scan_between(3..30, 0..size, size..size + end - next), next - size);
            }
        }
        found.sort_by_key(|pair| (pair.first, pair.second));
        assert_eq!(format!("{found:?}"), format!("{scan:?}"), "{tile} beside {beside}");
    }
}

#[test]
fn pairs_stand_where_their_index_says_and_do_not_depend_on_the_others() {
    let mut noise = Noise::new(2);
    let series: Vec<Vec<f64>> = (0..31).map(|_| noise.white(600)).collect();
    let all: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let options = CoherenceOptions { segment_len: 64, ..CoherenceOptions::default() };
    let spectra = SegmentSpectra::new(&all, &options).unwrap();
    let scan = spectra.scan(3..30);
    for most in [1, 5, 40] {
        let parts = (0..31).step_by(most).flat_map(|first| spectra.scan_some(3..30, first..first + most));
        assert_eq!(parts.collect::<Vec<_>>(), scan, "{most} at a time");
    }
    for (i, j) in [(0, 1), (0, 30), (7, 25), (24, 25), (29, 30)] {
        let pair = scan[pair_index(31, i, j)];
        assert_eq!((pair.first, pair.second), (i, j));
        let alone = SegmentSpectra::new(&[all[i], all[j]], &options).unwrap().scan(3..30)[0];
        assert_eq!(pair.magnitude_squared, alone.magnitude_squared);
        assert_eq!(pair.p, alone.p);
        let swapped = SegmentSpectra::new(&[all[j], all[i]], &options).unwrap().scan(3..30)[0];
        assert!((pair.magnitude_squared - swapped.magnitude_squared).abs() < 1e-12);
    }
}

#[test]
fn p_values_of_coherence_are_uniform_on_independent_noise() {
    for phi in [0.0, 0.6, 0.9] {
        let p: Vec<f64> = (0..600)
            .map(|seed| {
                let mut noise = Noise::new(seed);
                let (x, y) = (noise.ar1(phi, 1440), noise.ar1(phi, 1440));
                SegmentSpectra::new(&[&x, &y], &CoherenceOptions::default()).unwrap().scan(4..40)[0].p
            })
            .collect();
        assert!(uniform_distance(&p) < 1.63, "φ = {phi}: {}", uniform_distance(&p));
    }
}

#[test]
fn a_common_trend_or_season_is_not_coherence() {
    let mut hits = 0;
    for seed in 0..300 {
        let mut noise = Noise::new(seed);
        let common: Vec<f64> = (0..2880).map(|t| 0.01 * t as f64 + 3.0 * (TAU * t as f64 / 1440.0).sin()).collect();
        let (x, y) = (add(&noise.ar1(0.6, 2880), &common, 1.0), add(&noise.ar1(0.6, 2880), &common, 1.0));
        let p = SegmentSpectra::new(&[&x, &y], &CoherenceOptions::default()).unwrap().scan(2..60)[0].p;
        hits += i32::from(p < 0.01);
        assert!(lag_of(&x, &y, 60).p > 1e-4);
    }
    assert!(hits <= 9, "{hits} of 300 at 1 %");
}

#[test]
fn the_plan_of_a_scale_covers_its_periods() {
    let bounds = Bounds::default();
    for (steps, step_s) in [(2880, 60.0), (2880, 15.0), (20_160, 60.0), (11_520, 15.0)] {
        for scale in Scale::ALL {
            let Some(plan) = band_plan(steps, step_s, scale, &bounds) else { continue };
            let total = plan.options.segment_len as f64 * plan.options.decimate as f64 * step_s;
            for bin in plan.bins.clone() {
                assert_eq!(bounds.scale_of(total / bin as f64 * 1.000_001), scale, "{steps} {step_s} {scale:?} {bin}");
            }
            assert!(!plan.bins.is_empty(), "{steps} {step_s} {scale:?} {plan:?}");
        }
    }
    assert!(band_plan(2880, 60.0, Scale::Macro, &bounds).is_some());
    assert!(band_plan(100, 60.0, Scale::Meso, &bounds).is_none());
}

// Lag

#[test]
fn the_lag_of_f4_is_three_steps() {
    let (mut exact, mut direction) = (0, 0);
    for seed in 0..200 {
        let mut noise = Noise::new(seed);
        let x = noise.white(500);
        // SNR 0 dB: as much variance in the noise as in the copy.
        let y: Vec<f64> = (0..500).map(|t| if t < 3 { 0.0 } else { 0.8 * x[t - 3] } + 0.8 * noise.normal()).collect();
        let found = lag_of(&x, &y, 20);
        assert!(found.p < 1e-6 && found.correlation > 0.4);
        exact += i32::from(found.steps.round() == 3.0 && found.low <= 3.0 && found.high >= 3.0);
        direction += i32::from(found.steps > 0.0);
        let mirrored = lag_of(&y, &x, 20);
        assert!((mirrored.steps + found.steps).abs() < 1e-6);
    }
    assert!(exact >= 198 && direction >= 190, "{exact} {direction}");
}

#[test]
fn the_lag_of_an_autocorrelated_driver_is_right() {
    let mut right = 0;
    for seed in 0..200 {
        let mut noise = Noise::new(seed);
        let x = noise.ar1(0.9, 720);
        let y: Vec<f64> = (0..720).map(|t| if t < 5 { 0.0 } else { x[t - 5] } + 2.3 * noise.normal()).collect();
        let found = lag_of(&x, &y, 30);
        right += i32::from(found.steps > 0.0 && found.p < 0.01);
    }
    assert!(right >= 190, "{right}");
}

#[test]
fn strength_grows_with_the_coefficient_and_the_sign_is_kept() {
    let mut noise = Noise::new(1);
    let (x, e) = (noise.white(1000), noise.white(1000));
    let mut last = 0.0;
    for coefficient in [0.2, 0.5, 1.0, 2.0] {
        let found = lag_of(&x, &add(&e, &x, coefficient), 10);
        assert!(found.correlation > last && found.steps.abs() < 0.5);
        last = found.correlation;
    }
    let opposite = lag_of(&x, &x.iter().map(|v| -v).collect::<Vec<_>>(), 10);
    assert!(opposite.correlation < -0.99 && opposite.p < 1e-12);
}

#[test]
fn a_common_event_is_told_from_a_lasting_relation() {
    let mut noise = Noise::new(7);
    let (mut x, mut y) = (noise.white(1200), noise.white(1200));
    for t in 600..660 {
        x[t] += 8.0 * (t as f64 / 3.0).sin();
        y[t] += 8.0 * (t as f64 / 3.0).sin();
    }
    let event = lag_of(&x, &y, 20);
    assert!(event.concentration > 0.65, "{event:?}");
    let lasting = lag_of(&x, &add(&noise.white(1200), &x, 1.0), 20);
    assert!(lasting.concentration < 0.45, "{lasting:?}");
}

#[test]
fn gaps_leave_the_lag_alone() {
    let mut noise = Noise::new(9);
    let x = noise.white(1000);
    let mut y: Vec<f64> = (0..1000).map(|t| if t < 4 { 0.0 } else { x[t - 4] } + noise.normal()).collect();
    y[300..340].fill(f64::NAN);
    y[0..50].fill(f64::NAN);
    let found = lag_of(&x, &y, 20);
    assert_eq!(found.steps.round(), 4.0);
    assert!(found.overlap < 920 && found.p < 1e-9);
    assert!(LagPlan::new(&[&x, &[1.0; 1000]], &LagOptions::default()).unwrap().pair(0, 1).is_none());
}

// Beats

fn beats(values: &[f64]) -> Vec<analysis::harmony::Beat> {
    beats_within(values, &significant_peaks(values, &PeakOptions::default()), &BeatOptions::default())
}

#[test]
fn sixty_and_sixty_six_seconds_beat_in_660() {
    let mut covered = 0;
    for seed in 0..50 {
        let noise = Noise::new(seed).white(1440);
        let both = add(&sine(6.0, 1440), &sine(6.6, 1440), 1.0);
        let found = beats(&add(&both, &noise, 1.0));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!((found[0].period_steps * 10.0 / 660.0 - 1.0).abs() < 0.02);
        covered += i32::from(found[0].period_low <= 66.0 && 66.0 <= found[0].period_high);
        // Both start in step, so they swell at 0 and every 66 steps.
        let off = found[0].first_swell_step.rem_euclid(66.0);
        assert!(off.min(66.0 - off) < 6.6, "{off}");
        let (x, y) =
            (add(&noise, &sine(6.0, 1440), 1.0), add(&Noise::new(seed + 1000).white(1440), &sine(6.6, 1440), 1.0));
        let peaks = [&x, &y].map(|v| significant_peaks(v, &PeakOptions::default()));
        let between = beat_between(&x, &peaks[0], &y, &peaks[1], &BeatOptions::default());
        assert_eq!(between.len(), 1);
        assert!((between[0].period_steps / 66.0 - 1.0).abs() < 0.02);
    }
    // A 95 % interval, 50 times.
    assert!(covered >= 43, "{covered} of 50");
}

#[test]
fn modulation_one_sine_and_noise_do_not_beat() {
    let mut false_alarms = 0;
    for seed in 0..200 {
        let noise = Noise::new(seed).white(1440);
        for depth in [0.3, 0.5, 1.0] {
            let modulated: Vec<f64> = (0..1440)
                .map(|t| (1.0 + depth * (TAU * t as f64 / 66.0).cos()) * (TAU * t as f64 / 6.3).sin() + 0.3 * noise[t])
                .collect();
            false_alarms += beats(&modulated).len();
        }
        false_alarms += beats(&add(&noise, &sine(30.0, 1440), 2.0)).len() + beats(&noise).len();
    }
    assert!(false_alarms <= 2, "{false_alarms} of 1,000");
}

// Consonance

fn voice(periods: &[f64]) -> Voice {
    Voice {
        frequencies: periods.iter().map(|p| 1.0 / p).collect(),
        shares: vec![0.5; periods.len()],
        resolution: 1.0 / 2000.0,
    }
}

#[test]
fn simple_ratios_are_more_consonant() {
    let value = |period: f64| pair_consonance(&voice(&[60.0]), &voice(&[period])).unwrap().value;
    let (octave, fifth, third, none) = (value(30.0), value(40.0), value(48.0), value(60.0 / 1.37));
    assert!(value(60.0) > octave && octave > fifth && fifth > third && third > none, "{octave} {fifth} {third} {none}");
    assert_eq!(harmonicity(1.0 / 60.0, 1.0 / 30.0, 1e-4), (0.5, Some((2, 1))));
    assert!(harmonicity(0.0, 1.0, 0.1).1.is_none() && harmonicity(f64::NAN, 1.0, 0.1).1.is_none());
}

fn consonance_of(series: &[Vec<f64>]) -> ConsonanceMatrix {
    let refs: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let steps = series[0].len();
    let plan = band_plan(steps, 60.0, Scale::Macro, &Bounds::default()).unwrap();
    let pairs = SegmentSpectra::new(&refs, &plan.options).unwrap().scan(plan.bins);
    let q: Vec<f64> = pairs.iter().map(|p| (p.p * pairs.len() as f64).min(1.0)).collect();
    let voices: Vec<Voice> = series
        .iter()
        .map(|values| {
            Voice::at_scale(
                &significant_peaks(values, &PeakOptions::default()),
                steps,
                60.0,
                Scale::Macro,
                &Bounds::default(),
            )
        })
        .collect();
    ConsonanceMatrix::new(&voices, &pairs, &q, 0.01)
}

#[test]
fn identical_series_are_fully_consonant_and_noise_is_undefined() {
    let base = Noise::new(1).ar1(0.8, 2880);
    let scaled: Vec<f64> = base.iter().map(|v| 5.0 - 100.0 * v).collect();
    let same = consonance_of(&[base.clone(), base.clone(), scaled]);
    assert!(same.all().unwrap() > 0.999);
    let mut defined = 0;
    for seed in 0..100 {
        let mut noise = Noise::new(seed);
        let matrix = consonance_of(&[noise.white(2880), noise.ar1(0.6, 2880), noise.white(2880)]);
        defined += i32::from(matrix.all().is_some());
    }
    assert!(defined <= 5, "{defined} of 100");
    assert_eq!(same.subset(&[0]), None);
    assert_eq!(same.subset(&[]), None);
    assert_eq!(same.pair(0, 7), None);
}

#[test]
fn consonance_falls_with_noise_and_ignores_order_and_scale() {
    let mut noise = Noise::new(3);
    let base = add(&noise.white(2880), &sine(40.0, 2880), 2.0);
    let disturbances = [noise.white(2880), noise.white(2880)];
    let mut last = 1.0;
    for level in [0.0, 0.5, 1.0, 2.0, 4.0] {
        let series = vec![base.clone(), add(&base, &disturbances[0], level), add(&base, &disturbances[1], level)];
        let value = consonance_of(&series).all().unwrap();
        assert!(value <= last + 1e-9, "{level}: {value} after {last}");
        last = value;
        let other: Vec<Vec<f64>> =
            [2, 0, 1].iter().map(|i: &usize| series[*i].iter().map(|v| 7.0 * v - 3.0).collect()).collect();
        assert!((consonance_of(&other).all().unwrap() - value).abs() < 1e-6);
    }
}

#[test]
fn subsets_and_pairs_agree() {
    let mut noise = Noise::new(5);
    let base = noise.white(2880);
    let series: Vec<Vec<f64>> = (0..5).map(|k| add(&noise.white(2880), &base, f64::from(k))).collect();
    let matrix = consonance_of(&series);
    let pair = matrix.pair(3, 4).unwrap();
    assert_eq!(matrix.pair(4, 3), Some(pair));
    assert!((matrix.subset(&[4, 3]).unwrap() - pair.value).abs() < 1e-15);
    assert!((matrix.between(&[3], &[4]).unwrap() - pair.value).abs() < 1e-15);
    assert!(matrix.strength(0) < matrix.strength(4));
}

#[test]
fn the_ribbon_falls_where_a_relation_breaks() {
    let mut noise = Noise::new(6);
    let x = noise.white(2000);
    let y: Vec<f64> = (0..2000)
        .map(|t| if t < 4 { 0.0 } else if (800..1200).contains(&t) { noise.normal() } else { x[t - 4] } + 0.3 * noise.normal())
        .collect();
    let pairs = [RelatedPair { first: 0, second: 1, lag_steps: 4, weight: 1.0 }];
    let frames = windowed_consonance(&[&x, &y], &pairs, &RibbonOptions { window: 200, hop: 100 });
    assert_eq!(frames.len(), 19);
    for frame in &frames {
        let value = frame.consonance.unwrap();
        let inside = frame.start >= 800 && frame.end <= 1200;
        let outside = frame.end <= 800 || frame.start >= 1200;
        assert!(!inside || value < 0.15, "{frame:?}");
        assert!(!outside || value > 0.7, "{frame:?}");
    }
    assert!(
        windowed_consonance(&[&x, &[f64::NAN; 2000]], &pairs, &RibbonOptions { window: 200, hop: 100 })[0]
            .consonance
            .is_none()
    );
    assert!(windowed_consonance(&[], &pairs, &RibbonOptions { window: 200, hop: 100 }).is_empty());
}
