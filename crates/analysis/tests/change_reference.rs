//! Pieces and local spectra against `reference/change/make.py`: numpy and scipy, without pruning.
#![allow(clippy::unwrap_used)]

use analysis::change::pieces::{PieceOptions, piece_changes, shortest_description};
use analysis::change::spectrum_change::spectrum_changes;
use serde::Deserialize;

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
