//! Properties of the wavelet scales and the spectral methods, on signals with known truth (fixtures F2 and F3).
#![allow(clippy::unwrap_used)]

mod signals;

use analysis::harmony::{Bounds, Scale, scale_energy, split};
use analysis::spectrum::{
    LombScargleOptions, MultitaperOptions, harmonic_test, lomb_scargle, lomb_scargle_at, multitaper, period_course,
};
use proptest::prelude::*;
use signals::sine;

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
        lomb_scargle_at(&values, &values, &[0.0, 0.1, f64::NAN]);
        if let Some(course) = period_course(&values, period) {
            prop_assert!((0.0..=1.0).contains(&course.regularity));
        }
    }
}
