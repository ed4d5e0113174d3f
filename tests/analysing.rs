//! The whole analysis in a real browser: what is different there is the size of numbers.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use engine::{Options, analyze};
use testkit::{Scenario, simulate};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn every_kind_of_incident_is_analysed_to_the_end() {
    for scenario in [Scenario::LatencyCascade, Scenario::JobCollision, Scenario::SilentDeath] {
        let report = analyze(simulate(scenario, 1).dataset, &Options::default()).unwrap().into_report();
        assert!(report.complete && !report.findings.is_empty() && !report.relations.is_empty());
    }
}
