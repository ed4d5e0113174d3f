//! Changes against `reference/change/make.py`: numpy, scipy and statsmodels, every border and stretch tried.
#![allow(clippy::unwrap_used)]

use analysis::anomaly::peers::{against_peers, beyond_size, share_left};
use analysis::change::bend::bend;
use analysis::change::contrast::{largest_contrast, nearly};
use analysis::change::level_shift::{LevelShift, LevelShiftOptions, level_shifts};
use analysis::change::period_change::period_change;
use analysis::change::pieces::{PieceOptions, piece_changes, shortest_description};
use analysis::change::spectrum_change::spectrum_changes;
use analysis::change::variance::{VarianceOptions, fluctuation, is_stepwise, variance_changes, variance_within};
use analysis::spectrum::{PeakOptions, significant_peaks};
use serde::Deserialize;
use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap()
}

fn with_gaps(values: &[Option<f64>]) -> Vec<f64> {
    values.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

#[track_caller]
fn assert_close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{found} is not {expected}");
}

/// Of two gaps or two numbers that agree.
#[track_caller]
fn assert_all_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        if !(found.is_nan() && expected.is_nan()) {
            assert_close(*found, *expected, tolerance);
        }
    }
}

#[derive(Deserialize)]
struct Pieces {
    values: Vec<Option<f64>>,
    shortest: usize,
    variance: f64,
    borders: Vec<usize>,
}

#[derive(Deserialize)]
struct Significance {
    values: Vec<f64>,
    border: usize,
    ln_p: f64,
}

#[derive(Deserialize)]
struct Spectra {
    values: Vec<f64>,
    slots: Vec<usize>,
}

#[test]
fn the_shortest_description_is_the_exact_one() {
    let cases: Vec<Pieces> = serde_json::from_str(include_str!("../reference/change/pieces.json")).unwrap();
    assert_eq!(cases.len(), 12);
    assert!(cases.iter().filter(|case| !case.borders.is_empty()).count() >= 8);
    for case in cases {
        let values: Vec<f64> = case.values.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        assert_eq!(shortest_description(&values, case.variance, case.shortest), case.borders);
    }
}

#[test]
fn the_significance_of_a_step_agrees_with_least_squares() {
    let cases: Vec<Significance> = serde_json::from_str(include_str!("../reference/change/significance.json")).unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let n = case.values.len() as f64;
        let mean = case.values.iter().sum::<f64>() / n;
        let scale = (case.values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        let changes = piece_changes(&case.values, scale, &[], &PieceOptions::default());
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert_eq!(changes[0].slot, case.border);
        // Cutting back excursions next to the step moves the last digits.
        assert!((changes[0].ln_p / case.ln_p - 1.0).abs() < 1e-3, "{} is not {}", changes[0].ln_p, case.ln_p);
    }
}

#[test]
fn local_spectra_change_where_numpy_says() {
    let cases: Vec<Spectra> = serde_json::from_str(include_str!("../reference/change/spectra.json")).unwrap();
    assert_eq!(cases.len(), 5);
    assert!(cases.iter().filter(|case| !case.slots.is_empty()).count() >= 4);
    for case in cases {
        let slots: Vec<usize> = spectrum_changes(&case.values, 1).iter().map(|change| change.slot).collect();
        assert_eq!(slots, case.slots);
    }
}

#[derive(Deserialize)]
struct Bends {
    values: Vec<Option<f64>>,
    knot: f64,
    low: f64,
    high: f64,
    level: f64,
    before: f64,
    after: f64,
    ln_p: f64,
}

#[test]
fn a_bend_is_the_best_of_all_regressions() {
    let cases: Vec<Bends> = read(include_str!("../reference/change/bend.json"));
    assert_eq!(cases.len(), 8);
    for case in &cases {
        let values = with_gaps(&case.values);
        let found = bend(&values, 0.001).unwrap();
        let dates = [found.slot, found.low, found.high];
        assert_eq!(dates, [case.knot, case.low, case.high].map(|slot| slot.round() as usize));
        // The knot is the middle of a block, which may lie between two slots.
        let level = case.level + (case.knot.round() - case.knot) * case.after;
        assert_close(found.level, level, 1e-9);
        assert_close(found.before, case.before, 1e-9);
        assert_close(found.after, case.after, 1e-9);
        assert_close(found.p.ln(), case.ln_p, 1e-7);
    }
    let shortest = with_gaps(&cases[6].values);
    assert_eq!(shortest.len(), 20);
    assert_eq!(bend(&shortest[1..], 0.001), None, "19 blocks are too few");
}

#[derive(Deserialize)]
struct Contrasts {
    cases: Vec<Contrast>,
    near: Vec<(f64, f64)>,
}

#[derive(Deserialize)]
struct Contrast {
    values: Vec<Option<f64>>,
    contrast: f64,
}

#[test]
fn the_contrast_is_the_largest_of_all_stretches() {
    let reference: Contrasts = read(include_str!("../reference/change/contrast.json"));
    assert_eq!((reference.cases.len(), reference.near.len()), (8, 3));
    for case in &reference.cases {
        assert_close(largest_contrast(&with_gaps(&case.values)), case.contrast, 1e-10);
    }
    for (alpha, near) in reference.near {
        assert_close(nearly(alpha), near, 1e-9);
    }
}

#[derive(Deserialize)]
struct Peers {
    columns: Vec<Vec<Option<f64>>>,
    inside: [usize; 2],
    apart: Vec<Vec<Option<f64>>>,
    share: Vec<Option<f64>>,
    beyond: Vec<Option<f64>>,
}

#[test]
fn what_a_peer_does_by_itself_agrees_with_numpy_and_statsmodels() {
    let cases: Vec<Peers> = read(include_str!("../reference/change/peers.json"));
    assert_eq!(cases.len(), 5);
    for case in cases {
        let columns: Vec<Vec<f64>> = case.columns.iter().map(|column| with_gaps(column)).collect();
        let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let apart = against_peers(&views);
        for (own, column) in columns.iter().enumerate() {
            assert_all_close(&apart[own], &with_gaps(&case.apart[own]), 1e-12);
            let all = [
                (share_left(column, &apart[own]), case.share[own]),
                (beyond_size(column, &apart[own], case.inside[0]..case.inside[1]), case.beyond[own]),
            ];
            for (found, expected) in all {
                assert_eq!(found.is_some(), expected.is_some());
                assert_close(found.unwrap_or(0.0), expected.unwrap_or(0.0), 1e-10);
            }
        }
    }
}

#[derive(Deserialize)]
struct Periods {
    values: Vec<Option<f64>>,
    change: Option<TwoPeriods>,
}

#[derive(Deserialize)]
struct TwoPeriods {
    slot: f64,
    low: f64,
    high: f64,
    before: f64,
    after: f64,
    ln_p: f64,
}

#[test]
fn a_change_of_period_is_near_the_least_squares() {
    let cases: Vec<Periods> = read(include_str!("../reference/change/period_change.json"));
    assert_eq!(cases.len(), 8);
    let mut changes = 0;
    for case in cases {
        let values = with_gaps(&case.values);
        let found = period_change(&values, &significant_peaks(&values, &PeakOptions::default()), 0.001);
        let Some(expected) = case.change else {
            assert!(found.is_none_or(|found| found.score < 1.0), "{found:?}");
            continue;
        };
        let found = found.unwrap();
        // The sides whose periods are fitted end at a border between blocks: to a share of the periods' own errors.
        assert_close(found.before / expected.before, 1.0, 0.003);
        assert_close(found.after / expected.after, 1.0, 0.003);
        let dates = [found.slot, found.low, found.high].map(|slot| slot as f64);
        for (found, expected) in dates.into_iter().zip([expected.slot, expected.low, expected.high]) {
            assert!((found - expected).abs() <= 1.0, "{found} is not {expected}");
        }
        // The noise is that of the residual there. Here it is the background at one frequency, fitted to some tens of bins of
        // one side, which the other period disturbs where the side reaches beyond the border.
        let ratio = found.p.ln() / expected.ln_p;
        assert!((0.6..1.25).contains(&ratio), "{} is not {}", found.p.ln(), expected.ln_p);
        changes += 1;
    }
    assert_eq!(changes, 4);
}

#[derive(Deserialize)]
struct Variances {
    values: Vec<Option<f64>>,
    scores: Option<Vec<Option<f64>>>,
    given: Option<Vec<Option<f64>>>,
    cuts: Vec<usize>,
    levels: Vec<f64>,
    variances: Vec<f64>,
    changes: bool,
    stepwise: bool,
    single: Option<[usize; 2]>,
}

#[test]
fn steps_of_the_variance_are_the_best_cuts_of_its_scores() {
    let cases: Vec<Variances> = read(include_str!("../reference/change/variance.json"));
    assert_eq!(cases.len(), 8);
    let (mut too_small, mut single) = (0, 0);
    for case in cases {
        let values = with_gaps(&case.values);
        let options = VarianceOptions::default();
        let scores = match (&case.scores, &case.given) {
            (Some(expected), _) => {
                let (_, scores) = fluctuation(&values, &options).unwrap();
                // The two middle ones of an even number of values deviate alike, and rounding decides their ranks.
                assert_all_close(&scores, &with_gaps(expected), 0.002);
                let other = scores.iter().zip(expected).filter(|(a, b)| (*a - b.unwrap_or(**a)).abs() > 1e-9);
                assert!(other.count() <= 12);
                scores
            }
            (_, Some(given)) => with_gaps(given),
            _ => panic!("no scores"),
        };
        let found = variance_changes(&scores, &values, None, &options);
        if case.changes {
            // That a step is significant is the test of level shifts; where it is, and what it is, are the reference's.
            assert_eq!(found.iter().map(|shift| shift.slot).collect::<Vec<usize>>(), case.cuts);
            for (shift, levels) in found.iter().zip(case.levels.windows(2)) {
                assert_close(shift.before, levels[0], 1e-9);
                assert_close(shift.after, levels[1], 1e-9);
            }
            assert_eq!(is_stepwise(&scores, &found), case.stepwise);
        } else {
            assert_eq!(found, []);
        }
        let one_step = |slot: usize| {
            let (before, after, size_in_spreads, p, score) = (0.0, 0.0, 0.0, 0.0, 0.0);
            is_stepwise(
                &scores,
                &[LevelShift { slot, low: slot, high: slot, before, after, size_in_spreads, p, score }],
            )
        };
        let mut preferred = (20..values.len() - 20).filter(|slot| one_step(*slot));
        let first = preferred.next();
        assert_eq!(first.map(|first| [first, preferred.next_back().unwrap_or(first)]), case.single);
        single += usize::from(case.single.is_some());
        let any = VarianceOptions { minimum_ratio: 1.0, ..options };
        let steps = variance_changes(&scores, &values, None, &any);
        too_small += usize::from(steps.len() > found.len());
        let mut start = 0;
        for (end, expected) in case.cuts.iter().copied().chain([values.len()]).zip(&case.variances) {
            assert_close(variance_within(&values, start..end).unwrap(), *expected, 1e-9);
            start = end;
        }
    }
    assert!(single >= 3);
    assert_eq!(too_small, 1, "a step of less than 1.5 times the variance is left out");
}

#[derive(Deserialize)]
struct Steps {
    values: Vec<f64>,
    slot: usize,
    low: usize,
    high: usize,
    before: f64,
    after: f64,
    size: f64,
    ln_p: f64,
    apart: bool,
}

#[test]
fn a_level_shift_is_the_best_of_all_borders() {
    let cases: Vec<Steps> = read(include_str!("../reference/change/level_shift.json"));
    assert_eq!(cases.len(), 8);
    assert!(cases.iter().any(|case| case.apart) && cases.iter().any(|case| !case.apart));
    for case in cases {
        let found = level_shifts(&case.values, &LevelShiftOptions::default());
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].slot, found[0].low, found[0].high), (case.slot, case.low, case.high));
        assert_close(found[0].before, case.before, 1e-12);
        assert_close(found[0].after, case.after, 1e-12);
        assert_close(found[0].size_in_spreads, case.size, 1e-9);
        assert_close(found[0].p.ln(), case.ln_p, 1e-9);
    }
}
