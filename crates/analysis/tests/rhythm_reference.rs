//! Agreement of rhythm and expectation with independent implementations; see reference/rhythm/make.py.
#![allow(clippy::unwrap_used)]

use analysis::expectation::markov::accent_surprisal;
use analysis::rhythm::{AccentOptions, Beat, MetreOptions, Threshold, feet, ictuses, metre};
use serde::Deserialize;
use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap()
}

#[derive(Deserialize)]
struct Accents {
    values: Vec<f64>,
    window: usize,
    accents: Vec<(usize, usize, f64, f64)>,
}

#[test]
fn accents_agree_with_numpy() {
    let case: Accents = read(include_str!("../reference/rhythm/accents.json"));
    let threshold = Threshold::Adaptive { theta: 2.0, window: case.window };
    let found = ictuses(&case.values, &AccentOptions { threshold, ..AccentOptions::default() });
    assert_eq!(found.len(), case.accents.len());
    for (ours, (slot, end, strength, sign)) in found.iter().zip(&case.accents) {
        assert_eq!((ours.slot, ours.end, f64::from(ours.sign)), (*slot, *end, *sign));
        assert!((ours.strength / strength - 1.0).abs() < 1e-9);
    }
}

#[derive(Deserialize)]
struct Feet {
    onsets: Vec<f64>,
    accented: Vec<bool>,
    duration: Vec<f64>,
    intensity: Vec<f64>,
    fit: f64,
}

#[test]
fn no_division_into_feet_is_better_than_the_one_found() {
    let cases: Vec<Feet> = read(include_str!("../reference/rhythm/feet.json"));
    for case in cases {
        let beats: Vec<Beat> = (0..case.onsets.len())
            .map(|beat| Beat {
                onset: case.onsets[beat],
                accented: case.accented[beat],
                duration: case.duration[beat],
                intensity: case.intensity[beat],
            })
            .collect();
        let fit = feet(&beats).fit;
        assert!((fit - case.fit).abs() < 1e-9, "{fit} {}", case.fit);
    }
}

#[derive(Deserialize)]
struct MetreCase {
    accents: Vec<bool>,
    length: usize,
    ln_p: f64,
}

#[test]
fn the_bound_of_a_metre_agrees_with_gamma_functions() {
    let cases: Vec<MetreCase> = read(include_str!("../reference/rhythm/metre.json"));
    for case in cases {
        let found = metre(&case.accents, &MetreOptions { alpha: 1.0, ..MetreOptions::default() }).unwrap();
        assert_eq!(found.length, case.length);
        assert!((found.p.ln() - case.ln_p.min(0.0)).abs() < 1e-9 * case.ln_p.abs(), "{} {}", found.p.ln(), case.ln_p);
    }
}

#[derive(Deserialize)]
struct Tree {
    accents: Vec<bool>,
    depth: usize,
    bits: Vec<f64>,
}

#[test]
fn the_context_tree_agrees_with_its_block_probabilities() {
    let case: Tree = read(include_str!("../reference/rhythm/context_tree.json"));
    for (ours, theirs) in accent_surprisal(&case.accents, case.depth).iter().zip(&case.bits) {
        assert!((ours - theirs).abs() < 1e-9, "{ours} {theirs}");
    }
}
