//! What has to hold for the statistics of single series whatever the values: invariance, missing values, recovery of what
//! was put in.

#![allow(clippy::unwrap_used)]

#[path = "../examples/noise/mod.rs"]
mod noise;

use analysis::anomaly::silence::{SilenceOptions, end_of_observation, frozen, vanished};
use analysis::anomaly::spike::{Direction, SpikeOptions, scan_spikes};
use analysis::autocorrelation::{Autoregression, Removed, ar1_coefficient};
use analysis::change::level_shift::{LevelShiftOptions, level_shifts};
use analysis::change::trend::{TrendOptions, trend};
use analysis::change::variance::{VarianceOptions, variance_escalation};
use analysis::expectation::season::{SeasonError, SeasonOptions, decompose};
use analysis::{distribution, multiplicity, robust};
use noise::Noise;
use proptest::prelude::*;

/// Noise with a spike, a shift, a drift and a louder end.
fn eventful(seed: u64, phi: f64, length: usize) -> Vec<f64> {
    let mut values = Noise::new(seed).ar1(phi, length);
    let third = length / 3;
    values.iter_mut().skip(2 * third).for_each(|value| *value = *value * 2.0 + 4.0);
    values.iter_mut().enumerate().for_each(|(slot, value)| *value += 0.002 * slot as f64);
    values[third] += 30.0;
    values
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// x → a x + b changes no decision. Powers of two keep every rounding the same.
    #[test]
    fn decisions_are_affine_invariant(seed in 0u64..1000, power in -20i32..20, sign in prop::bool::ANY, phi in 0.0..0.8f64) {
        let scale = 2f64.powi(power) * if sign { 1.0 } else { -1.0 };
        let values = eventful(seed, phi, 300);
        let mapped: Vec<f64> = values.iter().map(|value| value * scale).collect();

        let options = SpikeOptions { window: 61, ..SpikeOptions::default() };
        let (a, b) = (scan_spikes(&values, &options), scan_spikes(&mapped, &options));
        prop_assert_eq!(a.accents.len(), b.accents.len());
        for (x, y) in a.accents.iter().zip(&b.accents) {
            prop_assert_eq!((x.start, x.end, x.peak), (y.start, y.end, y.peak));
            prop_assert!((x.z - y.z * scale.signum()).abs() < 1e-9 * x.z.abs(), "{} {}", x.z, y.z);
        }
        let (a, b) =
            (level_shifts(&values, &LevelShiftOptions::default()), level_shifts(&mapped, &LevelShiftOptions::default()));
        prop_assert_eq!(a.len(), b.len());
        for (x, y) in a.iter().zip(&b) {
            prop_assert_eq!((x.slot, x.low, x.high), (y.slot, y.low, y.high));
            prop_assert!((x.score - y.score).abs() < 1e-9);
        }
        let (a, b) = (trend(&values, &TrendOptions::default()).unwrap(), trend(&mapped, &TrendOptions::default()).unwrap());
        prop_assert!((a.slope * scale - b.slope).abs() <= 1e-9 * b.slope.abs());
        prop_assert!((a.score - b.score).abs() < 1e-9);
        let options = VarianceOptions::default();
        let (a, b) = (variance_escalation(&values, &options).unwrap(), variance_escalation(&mapped, &options).unwrap());
        prop_assert!((a.score - b.score).abs() < 1e-9 && (a.ratio / b.ratio - 1.0).abs() < 1e-9);
    }

    /// Whatever is missing, and infinite values too: no panic, lengths kept, results finite and in range.
    #[test]
    fn any_input_is_survived(
        values in prop::collection::vec(prop_oneof![
            4 => -1e3..1e3f64, 2 => Just(f64::NAN), 1 => Just(0.0), 1 => Just(1e300), 1 => Just(f64::INFINITY)
        ], 0..260),
        window in 0usize..80,
    ) {
        let scan = scan_spikes(&values, &SpikeOptions { window, ..SpikeOptions::default() });
        prop_assert_eq!(scan.z.len(), values.len());
        prop_assert!(values.iter().zip(&scan.z).all(|(value, z)| !value.is_nan() || z.is_nan()));
        for accent in &scan.accents {
            prop_assert!(accent.start <= accent.peak && accent.peak <= accent.end && accent.score >= 1.0);
        }
        for shift in level_shifts(&values, &LevelShiftOptions::default()) {
            prop_assert!(shift.low <= shift.slot && shift.slot <= shift.high && shift.high < values.len());
            prop_assert!(shift.score >= 1.0 && (0.0..=1.0).contains(&shift.p));
        }
        if let Some(found) = trend(&values, &TrendOptions::default()) {
            prop_assert!((0.0..=1.0).contains(&found.p) && found.score >= 0.0 && found.kendall_tau.abs() <= 1.0 + 1e-12);
        }
        if let Some(found) = variance_escalation(&values, &VarianceOptions::default()) {
            prop_assert!(found.p.is_nan() || (0.0..=1.0).contains(&found.p));
        }
        let _ = frozen(&values, &SilenceOptions::default());
        let _ = vanished(&values, values.len(), &SilenceOptions::default());
        if let Ok(parts) = decompose(&values, 12, &SeasonOptions::default()) {
            prop_assert_eq!(parts.trend.len(), values.len());
        }
    }

    #[test]
    fn season_trend_and_remainder_add_up_and_keep_the_gaps(
        seed in 0u64..100, first in 30usize..100, gap in 1usize..60, few_cycles in prop::sample::select(vec![2usize, 20]),
    ) {
        let mut values: Vec<f64> = Noise::new(seed).ar1(0.3, 240);
        values.iter_mut().enumerate().for_each(|(slot, value)| *value += 5.0 * (slot as f64 / 24.0 * std::f64::consts::TAU).sin());
        values[first..first + gap].fill(f64::NAN);
        let options = SeasonOptions { few_cycles, ..SeasonOptions::default() };
        let parts = decompose(&values, 24, &options).unwrap();
        for slot in 0..240 {
            let sum = parts.trend[slot] + parts.seasonal[slot] + parts.remainder[slot];
            prop_assert_eq!(values[slot].is_nan(), sum.is_nan());
            prop_assert!(sum.is_nan() || (sum - values[slot]).abs() < 1e-9);
        }
        prop_assert!(parts.seasonal_strength() > 0.8);
    }

    #[test]
    fn quantiles_invert_the_tails(exponent in -290.0..-0.01f64, dof in 1.0..500.0f64) {
        let p = 10f64.powf(exponent);
        prop_assert!((distribution::normal_ln_survival(distribution::normal_upper_quantile(p)) / p.ln() - 1.0).abs() < 1e-9);
        let t = distribution::student_t_upper_quantile(p, dof);
        prop_assert!((distribution::student_t_ln_survival(t, dof) / p.ln() - 1.0).abs() < 1e-9);
        let x = distribution::chi_squared_upper_quantile(p, dof);
        prop_assert!((distribution::chi_squared_ln_survival(x, dof) / p.ln() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn adjusted_p_values_are_ordered_and_never_smaller(p_values in prop::collection::vec(0.0..1.0f64, 1..60)) {
        let q = multiplicity::benjamini_hochberg(&p_values);
        let holm = multiplicity::holm(&p_values);
        for i in 0..p_values.len() {
            prop_assert!(q[i] >= p_values[i] && holm[i] >= q[i] - 1e-15 && holm[i] <= 1.0);
            for j in 0..p_values.len() {
                prop_assert!(p_values[i] > p_values[j] || q[i] <= q[j]);
            }
        }
    }
}

#[test]
fn missing_p_values_are_no_tests() {
    assert_eq!(multiplicity::holm(&[0.01, f64::NAN])[0], 0.01);
    assert!(multiplicity::benjamini_hochberg(&[0.01, f64::NAN])[1].is_nan());
}

#[test]
fn the_score_is_1_at_alpha_and_capped() {
    assert!((distribution::score_from_p(0.001, 0.001) - 1.0).abs() < 1e-12);
    assert!(distribution::score_from_p(0.01, 0.001) < 1.0);
    assert_eq!(distribution::score_from_ln_p(f64::NEG_INFINITY, 0.5), distribution::SCORE_CAP);
    assert_eq!(distribution::score_from_p(1.0, 0.001), 0.0);
}

#[test]
fn bursts_are_found_where_they_are() {
    // 48 h at 5 min, a burst of half an hour at the start of every 6 h.
    let mut source = Noise::new(7);
    let values: Vec<f64> = (0..577)
        .map(|slot| if slot % 72 < 6 { 85.0 + 10.0 * source.uniform() } else { 20.0 + 15.0 * source.uniform() })
        .collect();
    let scan = scan_spikes(&values, &SpikeOptions::default());
    let starts: Vec<usize> = scan.accents.iter().map(|accent| accent.start).collect();
    assert_eq!(starts, (0..9).map(|burst| burst * 72).collect::<Vec<_>>());
    assert!(scan.accents.iter().take(8).all(|accent| accent.end - accent.start == 5));
    assert!(scan.accents.iter().all(|accent| accent.direction == Direction::Up));
    assert!((0..577).filter(|slot| slot % 72 >= 6).all(|slot| values[slot] < scan.upper[slot]));
}

#[test]
fn a_series_that_mostly_stands_still_has_no_false_explosions() {
    let accents = |values: &[f64]| scan_spikes(values, &SpikeOptions::default()).accents.len();
    let mut rare = vec![0.0; 600];
    for slot in [50, 200, 333, 480] {
        rare[slot] = 1.0;
    }
    assert_eq!(accents(&rare), 0, "a rare single error is its habit");
    rare[400] = 250.0;
    assert_eq!(accents(&rare), 1, "250 at once are not");
    let mut setting = vec![0.25; 600];
    setting[300] = 0.250_1;
    assert_eq!(accents(&setting), 0, "less than a few per cent of the level");
    setting[300] = 0.9;
    assert_eq!(accents(&setting), 1);
    assert_eq!(accents(&[5.0; 600]), 0);
}

#[test]
fn a_level_shift_is_dated_and_a_ramp_is_none() {
    let mut inside = 0;
    for seed in 0..40 {
        let mut values = Noise::new(seed).ar1(0.6, 720);
        values.iter_mut().skip(400).for_each(|value| *value += 4.0);
        values[100] += 25.0;
        let shifts = level_shifts(&values, &LevelShiftOptions::default());
        assert_eq!(shifts.len(), 1, "seed {seed}: {shifts:?}");
        let shift = shifts[0];
        assert!(
            shift.slot.abs_diff(400) <= 8 && (shift.after - shift.before - 4.0).abs() < 1.5,
            "seed {seed}: {shift:?}"
        );
        inside += usize::from((shift.low..=shift.high).contains(&400));
    }
    assert!(inside >= 36, "the interval held the date in {inside} of 40");
    let mut ramp = Noise::new(1).ar1(0.0, 720);
    ramp.iter_mut().enumerate().for_each(|(slot, value)| *value += slot as f64 * 0.05);
    assert!(level_shifts(&ramp, &LevelShiftOptions::default()).is_empty());
}

#[test]
fn a_step_without_noise_is_found() {
    let mut replicas = vec![3.0; 400];
    replicas[250..].fill(12.0);
    let shifts = level_shifts(&replicas, &LevelShiftOptions::default());
    assert_eq!(shifts.iter().map(|shift| shift.slot).collect::<Vec<_>>(), [250]);
    assert!(level_shifts(&[3.0; 400], &LevelShiftOptions::default()).is_empty());
}

#[test]
fn a_leak_is_measured_and_timed() {
    // 40 to 95 in 48 h at 5 min, ± 2: 1.146 per hour.
    let mut source = Noise::new(3);
    let values: Vec<f64> =
        (0..577).map(|slot| (40.0 + 55.0 * slot as f64 / 576.0 + 4.0 * source.uniform() - 2.0).min(95.0)).collect();
    let found = trend(&values, &TrendOptions::default()).unwrap();
    assert!((found.slope * 12.0 / 1.146 - 1.0).abs() < 0.02, "{found:?}");
    assert!(found.score > 4.0 && found.slope_low < found.slope && found.slope < found.slope_high);
    let left = found.time_to(100.0).unwrap() / 12.0;
    assert!((left - 5.0 / 1.146).abs() < 0.5, "{left} h");
    let (early, late) = found.time_to_interval(100.0).unwrap();
    assert!(early <= left * 12.0 && left * 12.0 <= late);
    assert_eq!(found.time_to(0.0), None, "it moves away from 0");
}

#[test]
fn long_series_have_the_slope_of_their_blocks() {
    let mut values = Noise::new(4).ar1(0.5, 50_000);
    values.iter_mut().enumerate().for_each(|(slot, value)| *value += 3.0 + slot as f64 * 1e-4);
    let found = trend(&values, &TrendOptions::default()).unwrap();
    assert!((found.slope / 1e-4 - 1.0).abs() < 0.03, "{found:?}");
    assert!((found.intercept - 3.0).abs() < 0.1 && found.score > 1.0);
    assert_eq!((found.start, found.end), (0, 49_999));
}

#[test]
fn growing_variance_is_found_under_memory() {
    let mut values = Noise::new(5).ar1(0.8, 900);
    values.iter_mut().enumerate().for_each(|(slot, value)| *value *= 1.0 + 2.0 * slot as f64 / 900.0);
    let found = variance_escalation(&values, &VarianceOptions::default()).unwrap();
    assert!(found.score > 1.0 && found.ratio > 3.0, "{found:?}");
    values.reverse();
    let calmer = variance_escalation(&values, &VarianceOptions::default()).unwrap();
    assert!(calmer.score < 0.5 && calmer.ratio < 1.0);
}

#[test]
fn a_series_that_stops_has_vanished() {
    let mut values = vec![1.0; 300];
    values[280..].fill(f64::NAN);
    let steady = vec![1.0; 300];
    let end = end_of_observation([values.as_slice(), &steady, &steady]).unwrap();
    let found = vanished(&values, end, &SilenceOptions::default()).unwrap();
    assert!((found.last, found.missing) == (279, 20) && found.score > 1.0);
    assert!(vanished(&steady, end, &SilenceOptions::default()).is_none());
    // One sample in twenty: nineteen missing at the end are its habit.
    let sparse: Vec<f64> = (0..300).map(|slot| if slot % 20 == 0 { 1.0 } else { f64::NAN }).collect();
    assert!(vanished(&sparse, 299, &SilenceOptions::default()).is_none());
}

#[test]
fn a_lively_series_freezes_and_a_step_like_one_does_not() {
    let mut values = Noise::new(6).ar1(0.5, 300);
    let value = values[219];
    values[220..].fill(value);
    let found = frozen(&values, &SilenceOptions::default()).unwrap();
    assert!((found.start, found.end, found.length) == (219, 299, 81) && found.score > 1.0);
    let steps: Vec<f64> = (0..300).map(|slot| f64::from(slot / 40)).collect();
    assert!(frozen(&steps, &SilenceOptions::default()).is_none());
    assert!(frozen(&[2.0; 300], &SilenceOptions::default()).is_none());
    let mut started = vec![0.0; 300];
    started[150..].copy_from_slice(&Noise::new(8).ar1(0.0, 150));
    assert!(frozen(&started, &SilenceOptions::default()).is_none(), "what has not begun is not frozen");
}

#[test]
fn memory_is_recovered_without_bias() {
    let mean = |phi: f64| {
        let estimates = (0..400).map(|seed| ar1_coefficient(&Noise::new(seed).ar1(phi, 60), Removed::Mean).unwrap());
        estimates.sum::<f64>() / 400.0
    };
    assert!((mean(0.6) - 0.6).abs() < 0.02 && (mean(0.0)).abs() < 0.02, "{} {}", mean(0.6), mean(0.0));
    let model = Autoregression { mean: 0.0, coefficients: vec![0.5, 0.3], innovation_variance: 1.0, count: 1 };
    // Yule and Walker: ρ₁ = φ₁ / (1 − φ₂), γ₀ = σ² (1 − φ₂) / ((1 + φ₂) ((1 − φ₂)² − φ₁²)).
    assert!((model.autocorrelation(1)[1] - 0.5 / 0.7).abs() < 1e-9);
    assert!((model.variance() - 0.7 / (1.3 * (0.49 - 0.25))).abs() < 1e-9);
    assert!((model.variance_inflation(0.8) * model.variance() - 25.0).abs() < 1e-9);
}

#[test]
fn a_season_needs_two_cycles() {
    assert_eq!(decompose(&[1.0; 10], 1, &SeasonOptions::default()), Err(SeasonError::PeriodTooShort { period: 1 }));
    let short = decompose(&[1.0; 10], 6, &SeasonOptions::default());
    assert_eq!(short, Err(SeasonError::TooFewCycles { period: 6, count: 10 }));
}

#[test]
fn a_short_job_at_a_fixed_time_is_season_and_a_single_one_is_not() {
    // Three days at 3 min: a daily wave, a job of two slots at the same time each day, one wild value.
    let wave = |slot: usize| 4.0 * (slot as f64 / 480.0 * std::f64::consts::TAU).sin();
    let mut values = Noise::new(9).ar1(0.0, 1440);
    for (slot, value) in values.iter_mut().enumerate() {
        *value += wave(slot) + if slot % 480 == 100 || slot % 480 == 101 { 12.0 } else { 0.0 };
    }
    values[700] += 15.0;
    let parts = decompose(&values, 480, &SeasonOptions::default()).unwrap();
    let error: Vec<f64> =
        (0..1440).filter(|slot| slot % 480 / 2 != 50).map(|slot| parts.seasonal[slot] - wave(slot)).collect();
    assert!(robust::variance(&error).unwrap().sqrt() < 0.3, "{:?}", robust::variance(&error));
    assert!((parts.seasonal[100] - wave(100) - 12.0).abs() < 2.0 && parts.remainder[580].abs() < 4.0);
    assert!(parts.remainder[700] > 12.0 && parts.remainder[220].abs() < 4.0);
}

#[test]
fn infinite_values_are_ignored_by_centre_and_spread() {
    let values = [1.0, 2.0, f64::INFINITY, 3.0, f64::NAN];
    assert_eq!((robust::median(&values), robust::mad(&values)), (Some(2.0), Some(robust::MAD_TO_SIGMA)));
    assert_eq!(robust::median(&[f64::NAN]), None);
}
