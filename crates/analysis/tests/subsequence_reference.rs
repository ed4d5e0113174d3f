//! Discords, strangeness and company against `reference/subsequence/make.py`, and what must hold of them.
#![allow(clippy::unwrap_used)]

use analysis::anomaly::subsequence::{discords, raise_in_company, strangeness, strangeness_threshold};
use serde::Deserialize;

type Column = Vec<Option<f64>>;

#[derive(Deserialize)]
struct Reference {
    cases: Vec<Case>,
    in_company: Vec<Column>,
}

#[derive(Deserialize)]
struct Case {
    values: Column,
    discords_16: Column,
    strangeness: Column,
    threshold: f64,
}

fn column(values: &Column) -> Vec<f64> {
    values.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

fn assert_close(ours: &[f64], reference: &Column, what: &str) {
    assert_eq!(ours.len(), reference.len());
    for (slot, (ours, reference)) in ours.iter().zip(column(reference)).enumerate() {
        let close = (ours - reference).abs() < 1e-9 * reference.abs().max(1.0);
        assert!(close || (ours.is_nan() && reference.is_nan()), "{what} {slot}: {ours}, not {reference}");
    }
}

#[test]
fn agrees_with_windows_compared_one_by_one() {
    let reference: Reference = serde_json::from_str(include_str!("../reference/subsequence/reference.json")).unwrap();
    let mut scores = Vec::new();
    for (number, case) in reference.cases.iter().enumerate() {
        let values = column(&case.values);
        assert_close(&discords(&values, 16), &case.discords_16, &format!("discords of case {number}"));
        let mut strange = strangeness(&values);
        assert_close(&strange, &case.strangeness, &format!("strangeness of case {number}"));
        let threshold = strangeness_threshold(&strange, 0.01);
        assert!((threshold - case.threshold).abs() < 1e-9, "{threshold}, not {}", case.threshold);
        strange.iter_mut().for_each(|score| *score /= threshold);
        scores.push(strange);
    }
    raise_in_company(&mut scores);
    for (ours, reference) in scores.iter().zip(&reference.in_company) {
        assert_close(ours, reference, "in company");
    }
}

/// A season of 24 slots with a ripple that never repeats.
fn season(len: usize) -> Vec<f64> {
    (0..len)
        .map(|slot| {
            let slot = slot as f64;
            10.0 * (slot * std::f64::consts::TAU / 24.0).sin() + (slot * slot * 0.61).sin()
        })
        .collect()
}

#[test]
fn a_flat_piece_of_a_season_is_strange_though_every_value_is_usual() {
    let mut values = season(2400);
    for value in values.iter_mut().skip(1200).take(30) {
        *value = 0.0;
    }
    let scores = strangeness(&values);
    let threshold = strangeness_threshold(&scores, 0.01);
    let top = (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap();
    assert!((1195..1235).contains(&top), "{top}");
    assert!(scores[top] > threshold, "{} against {threshold}", scores[top]);
    assert!(scores[..1100].iter().chain(&scores[1330..]).all(|score| *score < threshold));
}

#[test]
fn a_spike_of_a_series_that_stands_still_counts_by_its_rarity() {
    let against_threshold = |len: usize| {
        let mut values = vec![0.0; len];
        values[700] = 3.0;
        let scores = strangeness(&values);
        assert!(scores[..400].iter().all(|score| *score < 0.5));
        scores[700] / strangeness_threshold(&scores, 0.001)
    };
    let (among_thousand, among_many) = (against_threshold(1000), against_threshold(20_000));
    assert!(among_thousand < 1.0 && among_many > 1.0, "{among_thousand} {among_many}");
}

#[test]
fn unit_and_origin_do_not_matter() {
    let mut values = season(1000);
    values[500] += 25.0;
    let other: Vec<f64> = values.iter().map(|value| 4096.0 - 1024.0 * value).collect();
    for (a, b) in strangeness(&values).iter().zip(strangeness(&other)) {
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
}

#[test]
fn what_cannot_be_judged_is_nan_or_zero() {
    assert!(strangeness(&[]).is_empty());
    assert!(strangeness(&[f64::NAN; 50]).iter().all(|score| score.is_nan()));
    assert!(strangeness(&[7.0; 50]).iter().all(|score| *score == 0.0));
    let mut values = season(400);
    values[20] = f64::NAN;
    values[21] = f64::INFINITY;
    let scores = strangeness(&values);
    assert!(scores.iter().enumerate().all(|(slot, score)| score.is_nan() == (slot == 20 || slot == 21)));
    assert!(discords(&values, 64).iter().all(|score| *score == 0.0), "too short for windows of 64");
    assert_eq!(strangeness_threshold(&[f64::NAN], 0.01), f64::INFINITY);
    assert!(strangeness(&[1e308, -1e308, 1e308, 0.0, 1.0, 2.0]).iter().all(|score| !score.is_infinite()));
}

#[test]
fn company_raises_and_never_lowers() {
    let mut together = vec![vec![0.2; 100]; 4];
    for series in together.iter_mut().take(3) {
        series[50] = 0.8;
    }
    together[3][70] = 0.8;
    let alone = together.clone();
    raise_in_company(&mut together);
    assert!((together[0][50] - 0.8 * (0.6f64 / 0.2).sqrt()).abs() < 1e-12);
    assert_eq!(together[3][70], 0.8);
    for (now, before) in together.iter().flatten().zip(alone.iter().flatten()) {
        assert!(now >= before);
    }
    let mut single = vec![vec![0.1, 0.9, f64::NAN], vec![0.0; 3]];
    raise_in_company(&mut single);
    assert_eq!(single[0][..2], [0.1, 0.9]);
}
