//! The harmony statistics against scipy, statsmodels and numpy; the values come from `reference/harmony/make.py`.
#![allow(clippy::unwrap_used)]

use analysis::coupling::{LagOptions, LagPlan, WhitenOptions, whiten};
use analysis::harmony::{CoherenceOptions, SegmentSpectra};
use analysis::spectrum::{Detrend, PeakOptions, WelchOptions, significant_peaks, welch};
use serde::Deserialize;

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> T {
    serde_json::from_str(text).unwrap()
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    let scale = expected.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    for (index, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= tolerance * scale, "{index}: {a} and {b}");
    }
}

#[derive(Deserialize)]
struct WelchCases {
    values: Vec<f64>,
    cases: Vec<WelchCase>,
}

#[derive(Deserialize)]
struct WelchCase {
    segment: usize,
    detrend: String,
    frequency: Vec<f64>,
    density: Vec<f64>,
}

#[test]
fn welch_agrees_with_scipy() {
    let reference: WelchCases = read(include_str!("../reference/harmony/welch.json"));
    for case in reference.cases {
        let detrend = if case.detrend == "linear" { Detrend::Linear } else { Detrend::Constant };
        let options = WelchOptions { segment_len: Some(case.segment), detrend, ..WelchOptions::default() };
        let spectrum = welch(&reference.values, &options).unwrap();
        assert_close(&spectrum.frequency, &case.frequency, 1e-15);
        assert_close(&spectrum.density, &case.density, 1e-12);
    }
}

#[derive(Deserialize)]
struct CoherenceCase {
    first: Vec<f64>,
    second: Vec<f64>,
    segment: usize,
    frequency: Vec<f64>,
    magnitude_squared: Vec<f64>,
    phase: Vec<f64>,
    gain: Vec<f64>,
}

#[test]
fn coherence_phase_and_gain_agree_with_scipy() {
    let case: CoherenceCase = read(include_str!("../reference/harmony/coherence.json"));
    let options = CoherenceOptions { segment_len: case.segment, whiten: false, ..CoherenceOptions::default() };
    let spectra = SegmentSpectra::new(&[&case.first, &case.second], &options).unwrap();
    let pair = spectra.pair(0, 1, 0.05).unwrap();
    // The two outermost bins are what detrending left (zero and Nyquist): their phase is a matter of rounding.
    let inner = 1..case.frequency.len() - 1;
    assert_close(&pair.frequency, &case.frequency, 1e-15);
    assert_close(&pair.magnitude_squared[inner.clone()], &case.magnitude_squared[inner.clone()], 1e-11);
    assert_close(&pair.phase[inner.clone()], &case.phase[inner.clone()], 1e-10);
    assert_close(&pair.gain[inner.clone()], &case.gain[inner.clone()], 1e-11);
    // All pairs at once give the same numbers as one pair.
    let scan = spectra.scan(1..case.frequency.len() - 1);
    let best = scan[0].bin;
    assert!((scan[0].magnitude_squared - pair.magnitude_squared[best]).abs() < 1e-12);
    assert!((scan[0].phase - pair.phase[best]).abs() < 1e-10);
    let mean = pair.magnitude_squared[inner.clone()].iter().sum::<f64>() / inner.len() as f64;
    assert!((scan[0].mean - mean).abs() < 1e-12);
}

#[derive(Deserialize)]
struct LagCase {
    first: Vec<f64>,
    second: Vec<f64>,
    first_coefficients: Vec<f64>,
    second_coefficients: Vec<f64>,
    first_whitened_tail: Vec<f64>,
    lag: i32,
    correlation: f64,
}

#[test]
fn whitening_and_lag_agree_with_statsmodels_and_numpy() {
    let case: LagCase = read(include_str!("../reference/harmony/lag.json"));
    let first = whiten(&case.first, &WhitenOptions::default());
    let second = whiten(&case.second, &WhitenOptions::default());
    assert_close(&first.coefficients, &case.first_coefficients, 1e-10);
    assert_close(&second.coefficients, &case.second_coefficients, 1e-10);
    let tail = &first.values[first.values.len() - case.first_whitened_tail.len()..];
    assert_close(tail, &case.first_whitened_tail, 1e-10);
    let options = LagOptions { max_lag: 20, ..LagOptions::default() };
    let found = LagPlan::new(&[&case.first, &case.second], &options).unwrap().pair(0, 1).unwrap();
    assert_eq!(found.steps.round(), f64::from(case.lag));
    assert!((found.correlation - case.correlation).abs() < 1e-10);
}

#[derive(Deserialize)]
struct Sinusoid {
    values: Vec<f64>,
    period: f64,
    frequency_error: f64,
    amplitude: f64,
}

#[test]
fn periods_and_amplitudes_agree_with_least_squares() {
    let cases: Vec<Sinusoid> = read(include_str!("../reference/harmony/sinusoid.json"));
    for case in cases {
        let peaks = significant_peaks(&case.values, &PeakOptions::default());
        assert_eq!(peaks.len(), 1);
        let peak = &peaks[0];
        // A taper costs some precision: interpolated, it is twice the best possible standard error.
        assert!(
            (peak.frequency - 1.0 / case.period).abs() < 4.0 * case.frequency_error,
            "{} {}",
            peak.period_steps,
            case.period
        );
        assert!(peak.period_low < case.period && case.period < peak.period_high);
        assert!((peak.amplitude / case.amplitude - 1.0).abs() < 0.1, "{} {}", peak.amplitude, case.amplitude);
    }
}
