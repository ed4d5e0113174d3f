//! Resonance, beats, the null of consonance and shape search against numpy and scipy; the values come from
//! `reference/resonance/make.py`.
#![allow(clippy::unwrap_used)]

use analysis::harmony::{
    BeatOptions, CoherenceOptions, ResonanceKind, SegmentSpectra, beat_peaks, beats, distance_profile, null, resonance,
};
use serde::Deserialize;

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> T {
    serde_json::from_str(text).unwrap()
}

fn unwhitened(segment_len: usize) -> CoherenceOptions {
    CoherenceOptions { segment_len, whiten: false, ..CoherenceOptions::default() }
}

#[derive(Deserialize)]
struct Response {
    first: Vec<f64>,
    second: Vec<f64>,
    segment: usize,
    gain: Vec<f64>,
    coherence: Vec<f64>,
    frequency: f64,
    q: f64,
}

#[test]
fn resonance_agrees_with_scipy() {
    let cases: Vec<Response> = read(include_str!("../reference/resonance/resonance.json"));
    for case in cases {
        let spectra = SegmentSpectra::new(&[&case.first, &case.second], &unwhitened(case.segment)).unwrap();
        let pair = spectra.pair(0, 1, 0.05).unwrap();
        let found = resonance(&spectra, 0, 1, 0..spectra.bins(), 0.01).unwrap();

        assert_eq!(found.kind, ResonanceKind::Resonance);
        for bin in 2..case.segment / 2 {
            assert!((pair.gain[bin] / case.gain[bin] - 1.0).abs() < 1e-9);
            assert!((pair.magnitude_squared[bin] - case.coherence[bin]).abs() < 1e-10);
        }
        assert!((found.frequency / case.frequency - 1.0).abs() < 1e-6, "{} {}", found.frequency, case.frequency);
        assert!((found.q / case.q - 1.0).abs() < 1e-6, "{} {}", found.q, case.q);
    }
}

#[derive(Deserialize)]
struct BeatCase {
    values: Vec<f64>,
    period: f64,
    next: f64,
}

#[test]
fn beats_agree_with_least_squares() {
    let cases: Vec<BeatCase> = read(include_str!("../reference/resonance/beat.json"));
    for case in cases {
        let found = beats(&[&case.values], &[beat_peaks(&case.values)], &BeatOptions::default());
        assert_eq!(found.len(), 1);
        let beat = found[0].beat;
        // Ours fits one line after the other, five times, with the trend taken out before instead of with them.
        assert!((beat.period_steps / case.period - 1.0).abs() < 1e-5);
        let next = beat.next_coincidence(case.values.len() as f64);
        assert!((next.step - case.next).abs() < 1e-4 * case.period, "{next:?} {}", case.next);
    }
}

#[derive(Deserialize)]
struct NullCase {
    series: Vec<Vec<f64>>,
    segment: usize,
    bins: (usize, usize),
    value: f64,
}

#[test]
fn the_value_beside_its_null_agrees_with_scipy() {
    let case: NullCase = read(include_str!("../reference/resonance/null.json"));
    let views: Vec<&[f64]> = case.series.iter().map(Vec::as_slice).collect();
    let spectra = SegmentSpectra::new(&views, &unwhitened(case.segment)).unwrap();
    let found = null(&spectra, case.bins.0..case.bins.1, &[0, 1, 2], 19, 1).unwrap();
    assert!((found.value - case.value).abs() < 1e-10);
}

#[derive(Deserialize)]
struct ShapeCase {
    columns: Vec<Vec<Option<f64>>>,
    window: (usize, usize),
    profile: Vec<f64>,
}

#[test]
fn the_distance_profile_agrees_with_numpy() {
    let case: ShapeCase = read(include_str!("../reference/resonance/shape.json"));
    let columns: Vec<Vec<f64>> =
        case.columns.iter().map(|c| c.iter().map(|v| v.unwrap_or(f64::NAN)).collect()).collect();
    let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let found = distance_profile(&views, case.window.0..case.window.1, 3);
    assert_eq!(found.len(), case.profile.len());
    for (at, (a, b)) in found.iter().zip(&case.profile).enumerate() {
        // Beside the window itself the distance is the root of a difference of rounding errors.
        assert!((a - b).abs() < 1e-6, "{at}: {a} {b}");
        assert!((a * a - b * b).abs() < 1e-10, "{at}: {a} {b}");
    }
}
