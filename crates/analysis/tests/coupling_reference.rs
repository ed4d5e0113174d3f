//! The coupling statistics against statsmodels, scipy and numpy; the values come from `reference/coupling/make.py`.
#![allow(clippy::unwrap_used)]

use analysis::coupling::parting::{LinearRelation, PartingOptions, partings};
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

#[derive(Deserialize)]
struct PartingCase {
    first: Vec<Option<f64>>,
    second: Vec<Option<f64>>,
    lag: isize,
    inside: [usize; 2],
    relation: Option<Relation>,
    borders: Option<Vec<usize>>,
    levels: Option<Vec<f64>>,
    within: Option<f64>,
    looser: Option<bool>,
}

#[derive(Deserialize)]
struct Relation {
    slope: f64,
    correlation: f64,
    spread: f64,
    residual: Vec<Option<f64>>,
}

#[test]
fn a_relation_and_its_partings_agree_with_statsmodels_and_an_exhaustive_search() {
    let cases: Vec<PartingCase> = read(include_str!("../reference/coupling/parting.json"));
    assert_eq!(cases.len(), 8);
    let mut parted = 0;
    let with_gaps =
        |values: &[Option<f64>]| -> Vec<f64> { values.iter().map(|value| value.unwrap_or(f64::NAN)).collect() };
    for case in &cases {
        let (first, second) = (with_gaps(&case.first), with_gaps(&case.second));
        let found = LinearRelation::learn(&first, &second, case.lag);
        let Some(expected) = &case.relation else {
            assert_eq!(found, None);
            continue;
        };
        let found = found.unwrap();
        assert_close(found.slope, expected.slope, 1e-10);
        assert_close(found.correlation, expected.correlation, 1e-10);
        assert_close(found.spread, expected.spread, 1e-10);
        for (found, expected) in found.residual.iter().zip(&expected.residual) {
            assert_eq!(found.is_nan(), expected.is_none());
            assert!(expected.is_none_or(|expected| (found - expected).abs() < 1e-9));
        }
        let (offsets, looser) = partings(&found, &PartingOptions::default());
        // What is missing is not loose.
        assert!(looser.iter().all(|shift| second[shift.slot - 1].is_finite() && second[shift.slot].is_finite()));
        match (&case.borders, &case.levels) {
            (Some(borders), Some(levels)) => {
                // The borders leave the least squares of all; they are those of the offset, or else of the looseness.
                let shifts = if case.looser == Some(true) { &looser } else { &offsets };
                assert_eq!(shifts.iter().map(|shift| shift.slot).collect::<Vec<usize>>(), *borders);
                for (shift, levels) in shifts.iter().zip(levels.windows(2)) {
                    assert_close(shift.before, levels[0], 1e-9);
                    assert_close(shift.after, levels[1], 1e-9);
                }
                parted += 1;
            }
            _ => assert_eq!((offsets, looser), (vec![], vec![])),
        }
        let inside = || case.inside[0]..case.inside[1];
        if let (Some(within), Some(is_looser)) = (case.within, case.looser) {
            assert_close(found.correlation_in(&second, inside()).unwrap(), within, 1e-10);
            assert_eq!(found.is_looser_in(&second, inside()), is_looser);
        }
    }
    assert_eq!(parted, 3);
}
