//! The radar's class: of simulated services, over time, and how sure it is.
#![allow(clippy::unwrap_used)]

mod kinds;
mod signals;

use analysis::harmony::{Class, ClassTrack, Features, HoldOptions, Judgement, hold, judge};
use kinds::{KINDS, features};
use proptest::prelude::*;
use signals::Noise;

#[test]
fn simulated_services_get_their_class() {
    let (mut right, mut all) = (0, 0);
    for (name, truth, simulate) in KINDS {
        let mut own = 0;
        for seed in 0..15 {
            own += i32::from(judge(&features(&simulate(&mut Noise::new(seed), 1.0))).class == truth);
        }
        assert!(own >= 13, "{name}: {own} of 15");
        right += own;
        all += 15;
    }
    assert!(f64::from(right) >= 0.95 * f64::from(all), "{right} of {all}");
}

#[test]
fn confidence_is_the_share_that_is_right() {
    // Half of the services are faint. By thirds of confidence.
    let mut judged: Vec<(f64, bool)> = Vec::new();
    for (_, truth, simulate) in KINDS {
        for seed in 900_000..900_024 {
            let mut noise = Noise::new(seed);
            let strength = if noise.uniform() < 0.5 { 1.0 } else { noise.uniform() };
            let found = judge(&features(&simulate(&mut noise, strength)));
            if found.class != Class::Insufficient {
                judged.push((found.confidence, found.class == truth));
            }
        }
    }
    judged.sort_by(|a, b| a.0.total_cmp(&b.0));
    for part in judged.chunks(judged.len().div_ceil(3)) {
        let n = part.len() as f64;
        let expected = part.iter().map(|p| p.0).sum::<f64>() / n;
        let right = part.iter().filter(|p| p.1).count() as f64 / n;
        let error = (expected * (1.0 - expected) / n).sqrt();
        assert!((right - expected).abs() < 3.0 * error + 0.02, "{right} right of confidence {expected}");
    }
}

fn sure(class: Class, confidence: f64) -> Judgement {
    Judgement { class, confidence }
}

#[test]
fn a_class_gives_way_only_to_what_holds_or_is_clear() {
    let (calm, rough) = (sure(Class::Steady, 0.8), sure(Class::Jagged, 0.8));
    let clear = sure(Class::Jagged, 0.97);
    let options = HoldOptions::default();
    let shown = hold(&[calm, rough, calm, rough, rough, calm, calm], &options);
    assert_eq!(shown, [Class::Steady; 7]);
    let shown = hold(&[calm, rough, rough, rough, calm, calm], &options);
    assert_eq!(shown[..3], [Class::Steady; 3]);
    assert_eq!(shown[3..], [Class::Jagged; 3]);
    assert_eq!(hold(&[calm, clear, rough, calm], &options)[1..], [Class::Jagged; 3]);
    // Two different doubts do not confirm each other.
    let wave = sure(Class::Periodic, 0.8);
    assert_eq!(hold(&[calm, rough, wave, rough, wave], &options), [Class::Steady; 5]);
}

#[test]
fn missing_data_neither_confirms_nor_changes_a_class() {
    let (calm, rough) = (sure(Class::Steady, 0.8), sure(Class::Jagged, 0.8));
    let nothing = sure(Class::Insufficient, 1.0);
    let shown = hold(&[nothing, calm, rough, rough, nothing, rough, calm], &HoldOptions::default());
    let (i, s, j) = (Class::Insufficient, Class::Steady, Class::Jagged);
    assert_eq!(shown, [i, s, s, s, i, j, j]);
    assert!(hold(&[], &HoldOptions::default()).is_empty());
}

proptest! {
    #[test]
    fn a_track_shows_only_what_was_said_and_changes_at_most_so_often(
        said in prop::collection::vec((0..6_usize, 0.0..1.0_f64), 0..60),
        frames in 1..6_usize,
    ) {
        let classes = [Class::Insufficient, Class::Steady, Class::Periodic, Class::Beating, Class::Jagged, Class::Fragmented];
        let options = HoldOptions { frames, clearly: 2.0 };
        let judgements: Vec<Judgement> = said.iter().map(|(k, c)| sure(classes[*k], *c)).collect();
        let mut track = ClassTrack::new(options);
        let shown: Vec<Class> = judgements.iter().map(|j| track.push(*j)).collect();
        prop_assert_eq!(&shown, &hold(&judgements, &options));
        for (t, class) in shown.iter().enumerate() {
            prop_assert!(judgements[..=t].iter().any(|j| j.class == *class));
        }
        let known: Vec<Class> = shown.iter().copied().filter(|c| *c != Class::Insufficient).collect();
        let changes = known.windows(2).filter(|pair| pair[0] != pair[1]).count();
        prop_assert!(changes * frames <= known.len());
    }

    #[test]
    fn every_confidence_is_a_probability(
        numbers in prop::collection::vec(prop_oneof![4 => -1.0..5.0_f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)], 3),
        counts in prop::collection::vec(0..5_usize, 3),
        flags in prop::collection::vec(any::<bool>(), 2),
    ) {
        let features = Features {
            usable_series: counts[0],
            deviation_score: numbers[0],
            deviating_series: counts[1],
            vanished_series: counts[2],
            in_cascade: flags[0],
            beat: flags[1],
            periodic_share: numbers[1],
            consonance_loss: numbers[2],
        };
        let judged = judge(&features);
        prop_assert!((0.0..=1.0).contains(&judged.confidence));
        prop_assert_eq!(judged.class, analysis::harmony::classify(&features));
    }
}
