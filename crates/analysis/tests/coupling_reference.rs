//! The coupling statistics against statsmodels, scipy and numpy; the values come from `reference/coupling/make.py`.
#![allow(clippy::unwrap_used)]

use analysis::coupling::{
    BandPhase, Edge, ExplainOptions, GrangerOptions, GrangerTest, LagOptions, LagPlan, Verdict, explain, granger,
    phase_locking, phase_slope,
};
use analysis::harmony::{CoherenceOptions, SegmentSpectra};
use serde::Deserialize;

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> T {
    serde_json::from_str(text).unwrap()
}

fn assert_close(found: f64, expected: f64, relative: f64) {
    assert!((found - expected).abs() <= relative * expected.abs(), "{found} and {expected}");
}

#[derive(Deserialize)]
struct GrangerCase {
    first: Vec<f64>,
    second: Vec<f64>,
    tests: Vec<FTests>,
    bic_order: usize,
    max_order: usize,
}

#[derive(Deserialize)]
struct FTests {
    order: usize,
    forward: [f64; 2],
    backward: [f64; 2],
    df: [f64; 2],
}

#[test]
fn granger_agrees_with_statsmodels() {
    let cases: Vec<GrangerCase> = read(include_str!("../reference/coupling/granger.json"));
    let plain = GrangerOptions { whiten: None, ..GrangerOptions::default() };
    for case in &cases {
        for expected in &case.tests {
            let options = GrangerOptions { order: Some(expected.order), ..plain };
            let found = granger(&case.first, &case.second, &options).unwrap();
            let check = |test: &GrangerTest, expected: &[f64; 2], df: &[f64; 2]| {
                assert_close(test.f, expected[0], 1e-8);
                assert_close(test.p, expected[1], 1e-7);
                assert_eq!([test.df1 as f64, test.df2 as f64], *df);
            };
            check(&found.forward, &expected.forward, &expected.df);
            check(&found.backward, &expected.backward, &expected.df);
        }
        let options = GrangerOptions { max_order: case.max_order, ..plain };
        assert_eq!(granger(&case.first, &case.second, &options).unwrap().order, case.bic_order);
    }
}

#[derive(Deserialize)]
struct DelayCase {
    first: Vec<f64>,
    second: Vec<f64>,
    segment: usize,
    alpha: f64,
    delay: f64,
    intercept: f64,
    bins: usize,
    coherence: f64,
}

#[test]
fn the_phase_slope_agrees_with_least_squares() {
    let case: DelayCase = read(include_str!("../reference/coupling/delay.json"));
    let options = CoherenceOptions { segment_len: case.segment, whiten: false, ..CoherenceOptions::default() };
    let spectra = SegmentSpectra::new(&[&case.first, &case.second], &options).unwrap();
    let found = phase_slope(&spectra, 0, 1, 2..31, case.alpha).unwrap();
    assert_eq!(found.bins, case.bins);
    assert_close(found.steps, case.delay, 1e-6);
    assert_close(found.coherence, case.coherence, 1e-10);
    let apart = (found.intercept - case.intercept).rem_euclid(std::f64::consts::TAU);
    assert!(apart.min(std::f64::consts::TAU - apart) < 1e-6, "{} {}", found.intercept, case.intercept);
}

#[derive(Deserialize)]
struct LockingCase {
    first: Vec<f64>,
    second: Vec<f64>,
    low: f64,
    high: f64,
    value: f64,
    phase: f64,
    effective: f64,
    p: f64,
    steps: usize,
}

#[test]
fn phase_locking_agrees_with_scipy() {
    let case: LockingCase = read(include_str!("../reference/coupling/locking.json"));
    let band = |values: &[f64]| BandPhase::new(values, case.low, case.high).unwrap();
    let found = phase_locking(&band(&case.first), &band(&case.second)).unwrap();
    assert_eq!(found.steps, case.steps);
    assert_close(found.value, case.value, 1e-9);
    assert_close(found.phase, case.phase, 1e-9);
    assert_close(found.effective, case.effective, 1e-6);
    assert_close(found.p, case.p, 1e-5);
}

#[derive(Deserialize)]
struct PartialCase {
    series: [Vec<f64>; 3],
    lags: [f64; 3],
    correlation: f64,
    partial: f64,
}

#[test]
fn the_partial_correlation_agrees_with_a_matrix_inverse() {
    let case: PartialCase = read(include_str!("../reference/coupling/partial.json"));
    let views: Vec<&[f64]> = case.series.iter().map(Vec::as_slice).collect();
    let mut plan = LagPlan::new(&views, &LagOptions::default()).unwrap();
    let edges = [(0, 1, case.lags[0]), (0, 2, case.lags[1]), (1, 2, case.lags[2])].map(|(first, second, lag)| Edge {
        first,
        second,
        lag,
    });
    let verdicts = explain(&mut plan, &edges, &ExplainOptions::default());
    let [Verdict::Stays, Verdict::Explained(why), Verdict::Stays] = verdicts.as_slice() else { panic!("{verdicts:?}") };
    assert_eq!(why.by, [1]);
    assert_close(why.correlation, case.correlation, 1e-9);
    assert_close(why.partial, case.partial, 1e-6);
}
