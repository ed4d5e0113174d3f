//! Shape search and signatures of windows.
#![allow(clippy::unwrap_used)]

mod signals;

use analysis::harmony::{
    Bounds, Class, FEATURES, NearestOptions, ScaleFacts, ShapeOptions, Signature, WindowFacts, distance_profile,
    nearest, similar_windows,
};
use analysis::spectrum::{PeakOptions, significant_peaks};
use proptest::prelude::*;
use signals::{Noise, add, sine};

/// A shape of `len` steps: a ramp, a plateau and a swing.
fn shape(len: usize) -> Vec<f64> {
    (0..len)
        .map(|t| {
            let x = t as f64 / len as f64;
            if x < 0.3 { 3.0 * x / 0.3 } else { 3.0 + (9.0 * x).sin() }
        })
        .collect()
}

#[test]
fn an_earlier_window_of_the_same_shape_is_found_under_noise() {
    let (mut first, mut significant) = (0, 0);
    for seed in 0..100 {
        let mut noise = Noise::new(seed);
        let columns: Vec<Vec<f64>> = (0..3)
            .map(|k| {
                let mut values = noise.ar1(0.6, 4000);
                for (from, scale) in [(700, 2.0), (3200, 3.0)] {
                    for (t, v) in shape(120).iter().enumerate() {
                        values[from + t] += scale * v * if k == 1 { -1.0 } else { 1.0 };
                    }
                }
                values
            })
            .collect();
        let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let found = similar_windows(&views, 3200..3320, &ShapeOptions { surrogates: 39, ..ShapeOptions::default() });
        assert!(found.windows(2).all(|pair| pair[0].distance <= pair[1].distance));
        first += i32::from(found[0].from.abs_diff(700) <= 6);
        significant += i32::from(found[0].p <= 0.025);
        // Better matches are not found again beside themselves, nor is the window itself.
        for (i, a) in found.iter().enumerate() {
            assert!(a.from.abs_diff(3200) >= 120 && found[..i].iter().all(|b| a.from.abs_diff(b.from) >= 120));
        }
    }
    assert!(first >= 97 && significant >= 97, "{first} {significant} of 100");
}

#[test]
fn the_nearest_window_of_noise_is_not_significant() {
    let mut p = Vec::new();
    for seed in 0..150 {
        let mut noise = Noise::new(seed);
        let columns = [noise.ar1(0.9, 1500), noise.white(1500)];
        let options = ShapeOptions { surrogates: 39, seed, ..ShapeOptions::default() };
        let found = similar_windows(&[&columns[0], &columns[1]], 1300..1380, &options);
        p.push(found[0].p);
    }
    let below = p.iter().filter(|p| **p <= 0.1).count();
    // 15 are to be expected; 26 or more have a chance of 0.3 %.
    assert!(below < 26, "{below} of 150");
}

#[test]
fn with_bounds_the_same_is_found_within_them() {
    let (mut kept, mut left_out) = (0, 0);
    for seed in 0..40 {
        let mut noise = Noise::new(seed);
        let mut columns = [noise.ar1(0.8, 1000), noise.white(1000)];
        // In half of the cases the shape was there before.
        for from in [700, 200].into_iter().take(1 + seed as usize % 2) {
            for (t, v) in shape(60).iter().enumerate() {
                columns.iter_mut().for_each(|column| column[from + t] += 3.0 * v);
            }
        }
        let all = ShapeOptions { surrogates: 39, most: 3, ..ShapeOptions::default() };
        let bounded = ShapeOptions { farthest: 0.9, largest_p: 0.05, ..all };
        let search = |options| similar_windows(&[&columns[0], &columns[1]], 700..760, options);
        let mut expected = search(&all);
        let count = expected.len();
        expected.retain(|one| one.p <= 0.05 && one.distance <= 0.9);
        assert_eq!(search(&bounded), expected);
        (kept, left_out) = (kept + expected.len(), left_out + count - expected.len());
    }
    assert!(kept >= 15 && left_out >= 60, "{kept} {left_out}");
}

#[test]
fn of_windows_that_are_alike_the_first_comes_first() {
    // The same shape over and over, on other levels and in other sizes, which rounding alone tells apart.
    let turn = shape(40);
    let values: Vec<f64> = (0..400).map(|t| (1.0 + t as f64 / 40.0).floor() * (turn[t % 40] + 0.3)).collect();
    let options = ShapeOptions { surrogates: 0, most: 20, ..ShapeOptions::default() };
    let found = similar_windows(&[&values], 160..200, &options);
    let same: Vec<usize> = found.iter().filter(|one| one.distance == 0.0).map(|one| one.from).collect();
    assert_eq!(same, [0, 40, 80, 120, 200, 240, 280, 320, 360], "{found:?}");
}

#[test]
fn missing_values_are_left_out() {
    let mut noise = Noise::new(1);
    let mut values = noise.white(1000);
    for (t, v) in shape(50).iter().enumerate() {
        values[200 + t] += 4.0 * v;
        values[600 + t] += 4.0 * v;
    }
    let options = ShapeOptions { surrogates: 0, ..ShapeOptions::default() };
    assert_eq!(similar_windows(&[&values], 600..650, &options)[0].from, 200);
    assert!(similar_windows(&[&values], 600..650, &options)[0].p.is_nan());
    let mut gappy = values.clone();
    gappy[220..222].fill(f64::NAN);
    assert_eq!(similar_windows(&[&gappy], 600..650, &options)[0].from, 200);
    gappy[220..230].fill(f64::NAN);
    let profile = distance_profile(&[&gappy], 600..650, 3);
    assert!(profile[171..230].iter().all(|d| d.is_nan()) && profile[170].is_finite() && profile[230].is_finite());
    // A second column without the gap carries the place alone: half of the columns are enough.
    assert_eq!(similar_windows(&[&gappy, &values], 600..650, &options)[0].from, 200);
    // A gap in the window itself: the column is of no use.
    gappy[620..630].fill(f64::NAN);
    assert!(similar_windows(&[&gappy], 600..650, &options).is_empty());
    assert_eq!(similar_windows(&[&gappy, &values], 600..650, &options)[0].from, 200);
    // Only the past.
    let past = ShapeOptions { is_past_only: true, ..options };
    assert!(similar_windows(&[&values], 200..250, &past).iter().all(|m| m.from < 200));
    assert!(
        similar_windows(&[&values], 980..1080, &options).is_empty() && similar_windows(&[], 0..50, &options).is_empty()
    );
    assert!(similar_windows(&[&[1.0; 500]], 100..200, &options).is_empty());
}

proptest! {
    #[test]
    fn no_window_search_panics(
        values in prop::collection::vec(prop_oneof![8 => -1e3..1e3_f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY), 2 => Just(0.0)], 0..200),
        from in 0..220_usize,
        len in 0..120_usize,
    ) {
        let options = ShapeOptions { surrogates: 3, ..ShapeOptions::default() };
        for found in similar_windows(&[&values, &values], from..from + len, &options) {
            prop_assert!((0.0..=2.0).contains(&found.distance) && found.p > 0.0 && found.p <= 1.0);
        }
        let facts = WindowFacts::of(&[&values], &[], 15.0, &Bounds::default());
        let signature = Signature::of(&facts);
        prop_assert!(signature.values.iter().all(|v| v.is_nan() || (-1.0..=4.0).contains(v)));
    }
}

fn facts(values: &[f64]) -> WindowFacts {
    let peaks = significant_peaks(values, &PeakOptions::default());
    WindowFacts::of(&[values], &[peaks], 60.0, &Bounds::default())
}

#[test]
fn a_signature_knows_its_features() {
    let mut noise = Noise::new(2);
    let len = 2880;
    let mut known = facts(&add(&noise.white(len), &sine(60.0, len), 2.0));
    let macro_scale = &mut known.scales[1];
    assert!((macro_scale.period_s / 3600.0 - 1.0).abs() < 0.01 && (macro_scale.periodic_share - 0.67).abs() < 0.05);
    assert!(macro_scale.energy_share > 0.6 && macro_scale.ar1 > 0.3);
    // At a step of a minute nothing shorter than two is seen, so micro has hardly any share of noise alone.
    macro_scale.consonance = 0.4;
    macro_scale.class = Class::Periodic;
    macro_scale.deviation_score = 1.0;
    known.accent_rate = 0.01;
    known.feet = [0.2, 0.2, 0.2, 0.2, 0.2];
    known.flags[2] = true;
    let signature = Signature::of(&known);
    assert_eq!(signature.values.len(), FEATURES);
    assert_eq!(signature.values[11 + 4..11 + 11], [0.4, 0.5, 0.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(signature.values[33], 0.1);
    assert!(signature.values[34].is_nan() && signature.values[35] == 0.2 && signature.values[42] == 1.0);
    assert_eq!(signature.distance(&signature), 0.0);
    let mut other = known;
    other.scales[1].class = Class::Jagged;
    let one = Signature::of(&other);
    assert!(one.distance(&signature) > 0.1 && one.distance(&signature) == signature.distance(&one));
    // Nothing in common cannot be compared.
    let unknown = Signature { values: [f64::NAN; FEATURES] };
    assert!(unknown.distance(&signature).is_nan());
    assert!(nearest(&unknown, &[signature], &[], &NearestOptions::default()).is_none());
    assert!(nearest(&signature, &[], &[], &NearestOptions::default()).is_none());
    assert_eq!(ScaleFacts::default().class, Class::Insufficient);
}
