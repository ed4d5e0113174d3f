//! Scales, spectra and periods against PyWavelets, numpy, scipy, nitime and astropy; the values come from
//! `reference/spectrum/make.py`.
#![allow(clippy::unwrap_used)]

use analysis::harmony::{Bounds, Scale, scale_energy, split};
use analysis::spectrum::{
    Detrend, LombScargleOptions, MultitaperOptions, PeakOptions, harmonic_test, lomb_scargle, lomb_scargle_at,
    multitaper, period_course, significant_peaks,
};
use serde::Deserialize;

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> T {
    serde_json::from_str(text).unwrap()
}

fn with_gaps(values: &[Option<f64>]) -> Vec<f64> {
    values.iter().map(|v| v.unwrap_or(f64::NAN)).collect()
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (index, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= tolerance * b.abs().max(1e-9), "{index}: {a} and {b}");
    }
}

#[derive(Deserialize)]
struct Modwt {
    values: Vec<Option<f64>>,
    variances: Vec<f64>,
    rest: f64,
    /// Every ninth value.
    details: Vec<Vec<f64>>,
    smooth: Vec<f64>,
}

#[test]
fn wavelet_variances_and_details_agree_with_pywavelets() {
    let cases: std::collections::BTreeMap<String, Modwt> = read(include_str!("../reference/spectrum/modwt.json"));
    assert_eq!(cases.len(), 3);
    for case in cases.values() {
        let values = with_gaps(&case.values);
        let energy = scale_energy(&values, 1.0, &Bounds::default()).unwrap();
        let levels = case.variances.len();
        let variances: Vec<f64> = energy.levels.iter().map(|level| level.variance).collect();
        assert_close(&variances[..levels], &case.variances, 1e-9);
        let rest = variances[levels..].iter().sum::<f64>() + energy.smooth;
        assert_close(&[rest], &[case.rest], 1e-9);
        // A scale that holds one octave alone is that octave's detail; the last one holds the smooth.
        for level in 1..=levels {
            let bounds =
                Bounds { macro_from_s: 2.0_f64.powi(level as i32), meso_from_s: 2.0_f64.powi(level as i32 + 1) };
            let bands = split(&values, 1.0, &bounds);
            let compare = |scale: Scale, expected: &[f64]| {
                for (found, (expected, value)) in
                    bands.at(scale).iter().step_by(9).zip(expected.iter().zip(values.iter().step_by(9)))
                {
                    assert!(if value.is_nan() { found.is_nan() } else { (found - expected).abs() < 1e-10 });
                }
            };
            compare(Scale::Macro, &case.details[level - 1]);
            if level == levels {
                compare(Scale::Meso, &case.smooth);
            }
        }
    }
}

#[derive(Deserialize)]
struct Multitaper {
    values: Vec<f64>,
    half_bandwidth: f64,
    frequency: Vec<f64>,
    weighted: Vec<f64>,
    nitime: Vec<f64>,
    adaptive: Vec<f64>,
    f: Vec<f64>,
    p: Vec<f64>,
    amplitude: Vec<f64>,
    phase: Vec<f64>,
}

#[test]
fn multitaper_and_its_line_test_agree_with_scipy_and_nitime() {
    let cases: Vec<Multitaper> = read(include_str!("../reference/spectrum/multitaper.json"));
    for case in cases {
        let options = MultitaperOptions {
            half_bandwidth: case.half_bandwidth,
            detrend: Detrend::Constant,
            ..MultitaperOptions::default()
        };
        let adaptive = multitaper(&case.values, &options).unwrap();
        let weighted = multitaper(&case.values, &MultitaperOptions { adaptive: false, ..options }).unwrap();
        assert_close(&adaptive.frequency, &case.frequency, 1e-15);
        assert_close(&weighted.density, &case.weighted, 1e-8);
        let all = Some((2.0 * case.half_bandwidth) as usize);
        let all = multitaper(&case.values, &MultitaperOptions { adaptive: false, tapers: all, ..options }).unwrap();
        assert_close(&all.density, &case.nitime, 1e-6);
        assert_close(&adaptive.density, &case.adaptive, 1e-8);
        let test = harmonic_test(&case.values, &options).unwrap();
        assert_close(&test.f, &case.f, 1e-6);
        assert_close(&test.p, &case.p, 1e-6);
        assert_close(&test.amplitude, &case.amplitude, 1e-7);
        for (a, b) in test.phase.iter().zip(&case.phase) {
            assert!(((a - b).cos() - 1.0).abs() < 1e-12, "{a} {b}");
        }
    }
}

#[derive(Deserialize)]
struct LombScargleCase {
    values: Vec<Option<f64>>,
    frequency: Vec<f64>,
    power: Vec<f64>,
    times: Vec<f64>,
    irregular: Vec<f64>,
    irregular_power: Vec<f64>,
}

#[test]
fn lomb_scargle_agrees_with_astropy_and_scipy() {
    let case: LombScargleCase = read(include_str!("../reference/spectrum/lomb_scargle.json"));
    let values = with_gaps(&case.values);
    let options = LombScargleOptions { detrend: Detrend::Constant, ..LombScargleOptions::default() };
    let found = lomb_scargle(&values, &options).unwrap();
    for (frequency, power) in case.frequency.iter().zip(&case.power) {
        let at = found.frequency.iter().position(|f| (f - frequency).abs() < 1e-12).unwrap();
        assert_close(&[found.power[at]], &[*power], 1e-9);
    }
    assert_close(&lomb_scargle_at(&case.times, &case.irregular, &case.frequency), &case.irregular_power, 1e-9);
}
#[derive(Deserialize)]
struct Lines {
    values: Vec<Option<f64>>,
    frequency: Vec<f64>,
    frequency_error: Vec<f64>,
    amplitude: Vec<f64>,
    phase: Vec<f64>,
}

#[test]
fn close_lines_agree_with_least_squares_over_all_of_them() {
    let cases: Vec<Lines> = read(include_str!("../reference/spectrum/lines.json"));
    for case in cases {
        let peaks = significant_peaks(&with_gaps(&case.values), &PeakOptions::default());
        assert_eq!(peaks.len(), 3, "{peaks:?}");
        for (k, peak) in peaks.iter().enumerate() {
            assert_close(&[peak.frequency], &[case.frequency[k]], 1e-6);
            assert_close(&[peak.amplitude], &[case.amplitude[k]], 1e-6);
            assert!((peak.phase - case.phase[k]).abs() < 1e-5, "{} {}", peak.phase, case.phase[k]);
            let error = 0.5 / 1.96 * (1.0 / peak.period_low - 1.0 / peak.period_high);
            assert!((0.5..2.0).contains(&(error / case.frequency_error[k])), "{error} {}", case.frequency_error[k]);
        }
    }
}

#[derive(Deserialize)]
struct Course {
    values: Vec<Option<f64>>,
    period: f64,
    cycles_per_block: usize,
    regularity: f64,
    steps: Vec<f64>,
    delays: Vec<f64>,
    drift: Option<Slope>,
}

#[derive(Deserialize)]
struct Slope {
    per_cycle: f64,
    low: f64,
    high: f64,
    p: f64,
    jitter: f64,
}

#[test]
fn the_course_of_a_period_agrees_with_numpy_and_scipy() {
    let cases: Vec<Course> = read(include_str!("../reference/spectrum/course.json"));
    assert_eq!(cases.len(), 8);
    for case in &cases {
        let found = period_course(&with_gaps(&case.values), case.period).unwrap();
        assert_eq!(found.cycles_per_block, case.cycles_per_block);
        assert_close(&[found.regularity], &[case.regularity], 1e-9);
        let steps: Vec<f64> = found.blocks.iter().map(|block| block.step).collect();
        assert_close(&steps, &case.steps, 1e-12);
        assert_eq!(found.drift.is_some(), case.drift.is_some());
        // What is anywhere in its cycle fits nearly as well at several delays.
        if let (Some(drift), Some(expected)) = (found.drift, &case.drift) {
            for (block, delay) in found.blocks.iter().zip(&case.delays) {
                assert!((block.delay - delay).abs() < 1e-11, "{} {delay}", block.delay);
            }
            let drift = [drift.per_cycle, drift.low, drift.high, drift.p, drift.jitter];
            let expected = [expected.per_cycle, expected.low, expected.high, expected.p, expected.jitter];
            assert_close(&drift, &expected, 1e-9);
        }
    }
    assert_eq!(cases.iter().filter(|case| case.drift.is_none()).count(), 1, "one is anywhere in its cycle");
}
