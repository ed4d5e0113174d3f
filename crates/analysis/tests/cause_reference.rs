//! The common onset and displacements against `reference/cause/make.py`, and how often noise shows an onset.
#![allow(clippy::unwrap_used)]

use analysis::cause::{common_onset, displacement};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    columns: Vec<Vec<Option<f64>>>,
    onset: ReferenceOnset,
    moved: Vec<ReferenceMove>,
}

#[derive(Deserialize)]
struct ReferenceOnset {
    slot: usize,
    strength: f64,
}

#[derive(Deserialize)]
struct ReferenceMove {
    before: f64,
    size: f64,
}

#[test]
fn agrees_with_scipy_ranks_and_numpy_medians() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../reference/cause/reference.json")).unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let columns: Vec<Vec<f64>> =
            case.columns.iter().map(|column| column.iter().map(|value| value.unwrap_or(f64::NAN)).collect()).collect();
        let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let len = columns[0].len();
        let onset = common_onset(&views, 0..len).unwrap();
        assert_eq!(onset.slot, case.onset.slot);
        assert!(
            (onset.strength / case.onset.strength - 1.0).abs() < 1e-10,
            "{} {}",
            onset.strength,
            case.onset.strength
        );
        for (column, expected) in columns.iter().zip(&case.moved) {
            let moved = displacement(column, 0..onset.slot, onset.slot, len).unwrap();
            assert!((moved.before - expected.before).abs() < 1e-12);
            assert!((moved.size - expected.size).abs() < 1e-10, "{} {}", moved.size, expected.size);
        }
    }
}
