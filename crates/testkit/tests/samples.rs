//! The committed samples are what the simulator makes.
#![allow(clippy::unwrap_used)]

use std::io::Read;
use std::path::Path;
use testkit::samples::{IndexEntry, SAMPLES};

const AGAIN: &str = "write them again with `cargo run --release -p monteverdi-testkit --example samples`";

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/samples")
}

#[test]
fn the_files_are_what_the_simulator_makes() {
    for sample in SAMPLES {
        let packed = std::fs::read(folder().join(sample.index_entry().file)).unwrap();
        let mut text = String::new();
        flate2::read::GzDecoder::new(&packed[..]).read_to_string(&mut text).unwrap();
        assert!(text == sample.simulate().to_csv(), "{} has changed: {AGAIN}", sample.scenario);
        assert!(packed.len() < 300_000, "{}: {} bytes on the page", sample.scenario, packed.len());
    }
}

#[test]
fn the_index_names_them() {
    let text = std::fs::read_to_string(folder().join("index.json")).unwrap();
    let index: Vec<IndexEntry> = serde_json::from_str(&text).unwrap();
    let expected: Vec<IndexEntry> = SAMPLES.iter().map(|sample| sample.index_entry()).collect();
    assert_eq!(index, expected, "{AGAIN}");
}

#[test]
fn the_words_on_the_first_screen_are_true() {
    for sample in SAMPLES {
        let truth = sample.simulate().truth;
        assert_eq!(truth.scenario, sample.scenario);
        if let Some(beat_s) = truth.beat_period_s {
            assert!((beat_s / 60.0 - 22.0).abs() < 0.01, "the text says 22 minutes, and it is {beat_s} s");
        }
        let name = sample.scenario.name();
        if let (Some(onset_ms), Some(end_ms)) = (truth.onset_ms, truth.end_ms) {
            let minutes = (end_ms - onset_ms) as f64 / 60_000.0;
            assert!(name != "latency-cascade" || (minutes - 40.0).abs() < 1.0, "forty minutes, not {minutes}");
        }
    }
}
