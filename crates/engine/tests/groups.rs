//! What only the company of other series shows: an instance that parts from its peers, a pair that parts.
#![allow(clippy::unwrap_used)]

use engine::{Options, analyze};
use report::{Direction, Finding, FindingKind, Report};
use series::Dataset;
use testkit::{Noise, Random, START_MS, coupled_pairs, peers_under_load, signal};

const STEP_MS: i64 = 15_000;

fn run(data: Dataset) -> Report {
    analyze(data, &Options::default()).unwrap().into_report()
}

fn of_kind(report: &Report, kind: FindingKind) -> Vec<&Finding> {
    report.findings.iter().filter(|finding| finding.kind == kind).collect()
}

fn slot(time_ms: i64) -> usize {
    usize::try_from((time_ms - START_MS) / STEP_MS).unwrap()
}

fn number(finding: &Finding, name: &str) -> f64 {
    finding.numbers.iter().find(|number| number.name == name).unwrap().value
}

/// Adds `by` to the slots of one series.
fn lift(data: &mut Dataset, series: usize, slots: std::ops::Range<usize>, by: f64) {
    data.series[series].values[slots].iter_mut().for_each(|value| *value += by);
}

#[test]
fn an_instance_that_parts_within_its_own_range_is_told_with_its_group() {
    let mut data = peers_under_load(Noise::Ar1(0.6), true, 12, 1_440, 1);
    lift(&mut data, 4, 900..1_000, 3.5);
    let report = run(data);
    let found = of_kind(&report, FindingKind::PeerDeparture);
    assert_eq!(found.len(), 1, "{:?}", report.findings);
    let departure = found[0];
    assert_eq!((departure.series.as_slice(), departure.direction), (&[4][..], Some(Direction::Up)));
    assert!(slot(departure.start_ms).abs_diff(900) <= 5 && slot(departure.end_ms).abs_diff(999) <= 5);
    assert!((number(departure, "difference then") - 3.5).abs() < 1.0, "{}", departure.sentence);
    assert!(departure.sentence.contains("its 11 peers, the other instances of load"), "{}", departure.sentence);
    assert!(departure.sentence.contains("above it for ") && departure.sentence.ends_with(" min, then came back."));
}

#[test]
fn what_an_instance_shows_by_itself_is_told_once() {
    let mut data = peers_under_load(Noise::Ar1(0.6), false, 12, 1_440, 2);
    lift(&mut data, 4, 900..1_440, 40.0);
    let report = run(data);
    let of_it = |finding: &&Finding| finding.series == [4];
    let kinds: Vec<FindingKind> = report.findings.iter().filter(of_it).map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::LevelShift], "{:?}", report.findings);
}

#[test]
fn where_half_of_a_group_parts_none_is_named() {
    let mut data = peers_under_load(Noise::Ar1(0.6), true, 12, 1_440, 1);
    (0..12).step_by(2).for_each(|series| lift(&mut data, series, 900..1_000, 3.5));
    assert_eq!(of_kind(&run(data), FindingKind::PeerDeparture).len(), 0);
}

#[test]
fn series_that_differ_in_more_than_the_instance_are_no_group() {
    let mut data = peers_under_load(Noise::Ar1(0.6), true, 12, 1_440, 1);
    lift(&mut data, 4, 900..1_000, 3.5);
    for (position, series) in data.series.iter_mut().enumerate() {
        series.labels.insert("mode", format!("m{}", position / 2));
    }
    assert_eq!(of_kind(&run(data), FindingKind::PeerDeparture).len(), 0);
}

#[test]
fn a_pair_that_parts_is_told_though_each_is_usual() {
    let mut data = coupled_pairs(Noise::White, false, 4, 1_440, 3);
    let strange = signal::white_noise(150, &mut Random::new(77));
    for (value, strange) in data.series[1].values[700..850].iter_mut().zip(&strange) {
        *value = 50.0 + 3.16 * strange;
    }
    let report = run(data);
    let found = of_kind(&report, FindingKind::CorrelationBreak);
    assert_eq!((found.len(), report.findings.len()), (1, 1), "{:?}", report.findings);
    let parted = found[0];
    assert!(parted.series.contains(&0) && parted.series.contains(&1));
    assert!(slot(parted.start_ms).abs_diff(700) <= 12 && slot(parted.end_ms).abs_diff(849) <= 12, "{parted:?}");
    assert!((number(parted, "usual correlation") - 0.9).abs() < 0.03);
    assert!(number(parted, "correlation then").abs() < 0.4);
}

#[test]
fn an_offset_between_two_that_go_together_is_told_with_its_way() {
    let mut data = coupled_pairs(Noise::White, true, 4, 1_440, 5);
    lift(&mut data, 3, 700..735, 2.0);
    let report = run(data);
    let found = of_kind(&report, FindingKind::CorrelationBreak);
    assert_eq!((found.len(), report.findings.len()), (1, 1), "{:?}", report.findings);
    let (parted, up) = (found[0], found[0].series[0] == 3);
    assert!(parted.series.contains(&2) && parted.series.contains(&3));
    assert_eq!(parted.direction, Some(if up { Direction::Up } else { Direction::Down }));
    assert!((number(parted, "offset from what the other one makes one expect").abs() - 2.0).abs() < 1.0);
}

#[test]
fn what_lasts_for_most_of_the_window_is_the_relation() {
    let breaks = |from: usize| {
        let mut data = coupled_pairs(Noise::Ar1(0.9), false, 4, 1_440, 5);
        lift(&mut data, 3, from..1_440, 4.0);
        of_kind(&run(data), FindingKind::CorrelationBreak).len()
    };
    assert_eq!((breaks(1_240), breaks(200)), (1, 0));
}
