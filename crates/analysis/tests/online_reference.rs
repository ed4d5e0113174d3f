//! The online detector against an independent implementation: `reference/online/make.py`.
#![allow(clippy::unwrap_used)]

use analysis::anomaly::online::{Detector, DetectorOptions};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    kind: String,
    values: Vec<f64>,
    scores: Vec<f64>,
}

#[test]
fn scores_are_those_of_the_reference() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../reference/online/scores.json")).unwrap();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let mut detector = Detector::new(&DetectorOptions::default());
        let mut alarms = 0;
        for (place, (value, reference)) in case.values.iter().zip(&case.scores).enumerate() {
            let score = detector.push(*value).score;
            alarms += usize::from(score >= 1.0);
            // Counts are kept in single precision, and in integers rounding decides between equally near shapes.
            assert!(
                (score - reference).abs() < 0.01 * reference.max(1.0),
                "{} {place}: {score} instead of {reference}",
                case.kind
            );
        }
        assert!(alarms > 0, "{}", case.kind);
    }
}
