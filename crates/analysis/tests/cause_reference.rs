//! The disturbances, displacements and silences against `reference/cause/make.py`.
#![allow(clippy::unwrap_used)]

use analysis::cause::{Alarm, Displacement, displacement, displacement_in_part, disturbances, silence};
use serde::Deserialize;
use std::ops::Range;

#[derive(Deserialize)]
struct Case {
    columns: Vec<Vec<Option<f64>>>,
    known: usize,
    alarm: Option<usize>,
    found: Found,
    usual: (usize, usize),
    recent: (usize, usize),
    moved: Vec<Moved>,
    /// A series that moves in the last two fifths of the stretch only.
    late: Vec<Option<f64>>,
    in_part: Vec<Moved>,
    gone: Vec<Option<f64>>,
    silence: Silence,
}

#[derive(Deserialize)]
struct Found {
    from: usize,
    to: usize,
    strength: f64,
}

#[derive(Deserialize)]
struct Moved {
    after: f64,
    size: f64,
    evidence: f64,
}

#[derive(Deserialize)]
struct Silence {
    size: f64,
    evidence: f64,
}

type Measure = fn(&[f64], Range<usize>, Range<usize>, Range<usize>) -> Option<Displacement>;

fn column(values: &[Option<f64>]) -> Vec<f64> {
    values.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

fn assert_near(ours: f64, theirs: f64) {
    assert!((ours - theirs).abs() <= 1e-10 * theirs.abs().max(1.0), "{ours} {theirs}");
}

#[test]
fn agrees_with_a_search_by_brute_force_and_numpy_medians() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../reference/cause/reference.json")).unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let columns: Vec<Vec<f64>> = case.columns.iter().map(|values| column(values)).collect();
        let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let alarm = case.alarm.map(|slot| Alarm { slot, reach: 8 });
        let found = disturbances(&views, case.known, 0..columns[0].len(), alarm, 1).pop().unwrap();
        assert_eq!((found.from, found.to), (case.found.from, case.found.to));
        assert_near(found.strength, case.found.strength);
        let (usual, recent) = (case.usual.0..case.usual.1, case.recent.0..case.recent.1);
        let late = column(&case.late);
        let mostly =
            columns.iter().zip(&case.moved).map(|(values, expected)| (displacement as Measure, values, expected));
        let partly = columns.iter().chain([&late]).zip(&case.in_part);
        let partly = partly.map(|(values, expected)| (displacement_in_part as Measure, values, expected));
        for (measure, values, expected) in mostly.chain(partly) {
            let moved = measure(values, usual.clone(), recent.clone(), found.from..found.to).unwrap();
            assert_near(moved.after, expected.after);
            assert_near(moved.size, expected.size);
            assert_near(moved.evidence, expected.evidence);
        }
        let silent = silence(&column(&case.gone), usual, found.from..found.to).unwrap();
        assert_near(silent.size, case.silence.size);
        assert_near(silent.evidence, case.silence.evidence);
    }
}
