//! The harmony engine from a data set to the Report: rhythm, relations, consonance, and what is known again.
#![allow(clippy::unwrap_used)]

use engine::{Options, analyze};
use report::{Finding, FindingKind, Library, Relation, RelationKind, Report};
use series::Dataset;
use testkit::signal::{add, ar1, delayed, scaled, white_noise};
use testkit::{Random, Scenario, dataset, fixture, simulate};

const STEP_MS: i64 = 15_000;

fn report(data: Dataset) -> Report {
    analyze(data, &Options::default()).unwrap().into_report()
}

fn of_kind(report: &Report, kind: FindingKind) -> Vec<&Finding> {
    report.findings.iter().filter(|finding| finding.kind == kind).collect()
}

fn between<'a>(report: &'a Report, one: &str, other: &str) -> Option<&'a Relation> {
    let name = |series: usize| report.series[series].name.as_str();
    report.relations.iter().find(|relation| {
        let ends = (name(relation.from), name(relation.to));
        ends == (one, other) || ends == (other, one)
    })
}

#[test]
fn the_night_in_which_the_batch_did_not_run_is_the_only_finding_of_f9() {
    for (missing, seed) in [(9, 1), (20, 2), (27, 3)] {
        let report = report(fixture::weeks(missing, seed));
        assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
        let finding = &report.findings[0];
        assert_eq!(finding.kind, FindingKind::MissedBeat);
        // The first sample is at 06:00 of day 0.
        let due_ms = testkit::START_MS + (missing as i64 * 24 + 2 - 6) * 3_600_000;
        assert_eq!(finding.start_ms, due_ms);
        let rhythm = report.series[1].rhythm.as_ref().unwrap();
        assert!((rhythm.period_s / 86_400.0 - 1.0).abs() < 0.01, "{rhythm:?}");
        assert_eq!(report.series[1].accents.len(), rhythm.count);
    }
}

#[test]
fn the_foot_of_f8_is_told_with_its_accents() {
    // Strong and weak accents by turns: the weak ones are beats of the rhythm, too.
    let mut random = Random::new(5);
    let mut values = white_noise(1_440, &mut random);
    for beat in 0..72 {
        values[beat * 20 + 5] += if beat % 3 == 0 { 30.0 } else { 12.0 };
    }
    let report = report(dataset(STEP_MS, [("rhythmic", values)]));
    let feet: Vec<report::Foot> = report.series[0].accents.iter().filter_map(|accent| accent.foot).collect();
    assert!(feet.len() > 15, "{feet:?}");
    let rhythm = report.series[0].rhythm.as_ref().unwrap();
    assert!(rhythm.foot.is_some_and(|foot| feet.iter().filter(|other| **other == foot).count() * 2 > feet.len()));
}

#[test]
fn what_a_common_driver_explains_stands_behind_what_it_does_not() {
    let mut explained = 0;
    for seed in 0..10 {
        let noise = |name: &str| scaled(&white_noise(1_440, &mut Random::stream(seed, name)), 0.7, 0.0);
        let driver = ar1(1_440, 0.5, &mut Random::stream(seed, "driver"));
        let follower = |name: &str, lag: usize| add(&delayed(&driver, lag), &noise(name));
        let columns = [("b", follower("b", 2)), ("c", follower("c", 5)), ("driver", driver.clone())];
        let report = report(dataset(STEP_MS, columns));
        for name in ["b", "c"] {
            let direct = between(&report, "driver", name).unwrap();
            assert_eq!(direct.explained_by, None, "seed {seed}: {direct:?}");
            assert_eq!(report.series[direct.from].name, "driver");
            assert!(direct.leads_q.unwrap() < 0.01 && direct.follows_q.unwrap() > 0.001, "{direct:?}");
        }
        match between(&report, "b", "c") {
            Some(relation) => {
                explained += usize::from(relation.explained_by.is_some_and(|by| report.series[by].name == "driver"));
                let place = report.relations.iter().position(|other| other == relation).unwrap();
                assert!(relation.explained_by.is_none() || place == report.relations.len() - 1);
            }
            None => explained += 1,
        }
    }
    assert!(explained >= 9, "{explained} of 10");
}

#[test]
fn a_resonator_is_told_with_its_period_and_sharpness_and_a_delay_is_none() {
    // A second-order system with its natural period at 12 steps and Q = 8, driven by noise.
    let (mut told, mut wrong) = (0, 0);
    for seed in 0..10 {
        let drive = white_noise(6_000, &mut Random::stream(seed, "drive"));
        let (angle, q) = (std::f64::consts::TAU / 12.0, 8.0);
        let radius = (-angle / (2.0 * q)).exp();
        let mut answer = vec![0.0; drive.len()];
        for t in 2..drive.len() {
            answer[t] = 2.0 * radius * angle.cos() * answer[t - 1] - radius * radius * answer[t - 2] + drive[t];
        }
        let own = white_noise(6_000, &mut Random::stream(seed, "own"));
        let late = add(&delayed(&drive, 3), &scaled(&own, 0.5, 0.0));
        let report = report(dataset(STEP_MS, [("drive", drive), ("answer", answer), ("late", late)]));
        let resonance = between(&report, "drive", "answer").unwrap();
        if resonance.kind == RelationKind::Resonance {
            told += 1;
            let (period_s, quality) = (resonance.period_s.unwrap(), resonance.quality.unwrap());
            assert!((period_s / 180.0 - 1.0).abs() < 0.03, "{period_s}");
            assert!((quality / q - 1.0).abs() < 0.25, "{quality}");
        }
        let delay = between(&report, "drive", "late").unwrap();
        wrong += usize::from(delay.kind != RelationKind::Coupling);
        assert!((delay.lag_s.unwrap() - 45.0).abs() < 1.0, "{delay:?}");
    }
    assert!(told >= 9 && wrong == 0, "{told} of 10 told, {wrong} delays called a resonance");
}

#[test]
fn two_that_part_are_named_in_a_loss_of_consonance_and_those_that_stay_together_are_not() {
    let (mut told, mut false_alarms) = (0, 0);
    for seed in 0..10 {
        let noise = |name: &str| scaled(&white_noise(2_880, &mut Random::stream(seed, name)), 0.3, 0.0);
        let common = ar1(2_880, 0.6, &mut Random::stream(seed, "common"));
        let other = ar1(2_880, 0.6, &mut Random::stream(seed, "other"));
        let mut lost = common.clone();
        lost[2_000..2_300].copy_from_slice(&other[2_000..2_300]);
        let together = |name: &str| (name.to_owned(), add(&common, &noise(name)));
        let healthy = report(dataset(STEP_MS, [together("a_load"), together("b_load"), together("c_load")]));
        false_alarms += usize::from(!healthy.findings.is_empty());
        let parted = ("c_load".to_owned(), add(&lost, &noise("c_load")));
        let report = report(dataset(STEP_MS, [together("a_load"), together("b_load"), parted]));
        let found = of_kind(&report, FindingKind::Dissonance);
        if let Some(finding) = found.first() {
            told += 1;
            assert_eq!(report.series[finding.series[0]].name, "c_load");
            let slots = |time_ms: i64| (time_ms - testkit::START_MS) / STEP_MS;
            assert!(slots(finding.start_ms) < 2_300 && slots(finding.end_ms) >= 2_000, "{finding:?}");
        }
    }
    assert!(told >= 8, "{told} of 10 losses told");
    assert!(false_alarms <= 1, "{false_alarms} of 10 healthy sets");
}

#[test]
fn a_beat_says_when_it_meets_next() {
    for seed in 0..5 {
        let report = report(fixture::two_close_periods(1_440, seed));
        let beats = of_kind(&report, FindingKind::Beat);
        assert_eq!(beats.len(), 1);
        let number = |name: &str| beats[0].numbers.iter().find(|number| number.name == name).unwrap().value;
        assert!((number("beat period") / 660.0 - 1.0).abs() < 0.02);
        // Both are highest together at the start, and every 660 s from then on.
        let next_s = number("next together, after the data end");
        let wanted_s = 660.0 - (1_440.0 * 5.0) % 660.0;
        assert!((next_s - wanted_s).abs() < 0.05 * 660.0, "{next_s} {wanted_s}");
    }
    let report = report(fixture::modulation_and_beat(1_440, 1));
    let names: Vec<&str> = of_kind(&report, FindingKind::Beat)
        .iter()
        .map(|finding| report.series[finding.series[0]].name.as_str())
        .collect();
    assert_eq!(names, ["beating"], "amplitude modulation is no beat");
}

#[test]
fn an_incident_is_known_again_and_another_kind_is_not() {
    let run = |scenario: Scenario, seed: u64, library: &Library| {
        let options = Options { signatures: library.signatures.clone(), ..Options::default() };
        analyze(simulate(scenario, seed).dataset, &options).unwrap().into_report()
    };
    let mut library = Library::default();
    for (name, scenario) in [("leak", Scenario::MemoryLeak), ("death", Scenario::SilentDeath)] {
        let known = run(scenario, 1, &library);
        library.add(name, &known.incidents[0].signature);
    }
    let named = |scenario: Scenario, seed: u64| {
        let report = run(scenario, seed, &library);
        report.incidents[0].known.as_ref().map(|known| known.name.clone())
    };
    let hits = (2..=4)
        .flat_map(|seed| [(Scenario::MemoryLeak, "leak", seed), (Scenario::SilentDeath, "death", seed)])
        .filter(|(scenario, name, seed)| named(*scenario, *seed).as_deref() == Some(*name))
        .count();
    assert!(hits >= 4, "{hits} of 6 known again");
    let swapped = (2..=4)
        .filter(|seed| {
            named(Scenario::MemoryLeak, *seed).as_deref() == Some("death")
                || named(Scenario::SilentDeath, *seed).as_deref() == Some("leak")
        })
        .count();
    assert_eq!(swapped, 0);
}
