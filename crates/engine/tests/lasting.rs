//! Changes that last: each is told once, and what it became is the new normal.
#![allow(clippy::unwrap_used)]

use engine::{Options, analyze};
use report::{Direction, Finding, FindingKind, Report};
use testkit::{Random, START_MS, dataset, signal};

const POINTS: usize = 1_440;
const STEP_MS: i64 = 15_000;

fn run(values: Vec<f64>) -> Report {
    analyze(dataset(STEP_MS, [("one", values)]), &Options::default()).unwrap().into_report()
}

fn noise(seed: u64) -> Vec<f64> {
    signal::ar1(POINTS, 0.5, &mut Random::new(seed))
}

fn slot(time_ms: i64) -> usize {
    usize::try_from((time_ms - START_MS) / STEP_MS).unwrap()
}

fn number(finding: &Finding, name: &str) -> f64 {
    finding.numbers.iter().find(|number| number.name == name).unwrap().value
}

/// The only finding.
fn only(report: &Report) -> &Finding {
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    &report.findings[0]
}

#[test]
fn a_bend_is_told_instead_of_a_drift_or_a_staircase() {
    let values = noise(1).iter().enumerate().map(|(t, noise)| noise + 0.02 * t.saturating_sub(900) as f64).collect();
    let report = run(values);
    let bend = only(&report);
    assert_eq!((bend.kind, bend.direction), (FindingKind::SlopeChange, Some(Direction::Up)));
    assert!(slot(bend.start_ms).abs_diff(900) < 80 && slot(bend.end_ms) == POINTS - 1, "{bend:?}");
    let per_hour = number(bend, "slope per hour after");
    assert!((per_hour - 0.02 * 240.0).abs() < 0.6, "{per_hour}");
    assert_eq!(report.warnings.len(), 1, "a slope that goes on is a warning");
}

#[test]
fn a_straight_drift_stays_a_drift_and_a_step_a_step() {
    let drifting = noise(2).iter().enumerate().map(|(t, noise)| noise + 0.006 * t as f64).collect();
    assert_eq!(only(&run(drifting)).kind, FindingKind::Trend);
    let stepping = noise(3).iter().enumerate().map(|(t, noise)| noise + if t < 900 { 0.0 } else { 6.0 }).collect();
    assert_eq!(only(&run(stepping)).kind, FindingKind::LevelShift);
}

#[test]
fn a_variance_that_steps_is_told_once_up_and_down() {
    for (seed, factor, way) in [(4, 2.5, Direction::Up), (5, 0.3, Direction::Down)] {
        let values =
            noise(seed).iter().enumerate().map(|(t, noise)| noise * if t < 900 { 1.0 } else { factor }).collect();
        let report = run(values);
        let change = only(&report);
        assert_eq!((change.kind, change.direction), (FindingKind::VarianceChange, Some(way)));
        assert!(slot(change.start_ms).abs_diff(900) < 40, "{change:?}");
        let ratio = number(change, "variance ratio");
        assert!((ratio.ln() - 2.0 * f64::ln(factor)).abs() < 0.5, "{ratio}");
    }
}

#[test]
fn growth_from_window_to_window_stays_an_escalation() {
    let values = noise(6).iter().enumerate().map(|(t, noise)| noise * (1.0 + t as f64 / 700.0)).collect();
    assert_eq!(only(&run(values)).kind, FindingKind::VarianceEscalation);
}

#[test]
fn a_period_that_changes_is_told_with_both() {
    let swing = |t: usize| {
        let turns = if t < 800 { t as f64 / 60.0 } else { 800.0 / 60.0 + (t - 800) as f64 / 40.0 };
        3.0 * testkit::sine_of_turns(turns.fract())
    };
    let report = run(noise(7).iter().enumerate().map(|(t, noise)| noise + swing(t)).collect());
    let changes: Vec<&Finding> =
        report.findings.iter().filter(|finding| finding.kind == FindingKind::PeriodChange).collect();
    assert_eq!(changes.len(), 1, "{:?}", report.findings);
    assert!(slot(changes[0].start_ms).abs_diff(800) < 70, "{:?}", changes[0]);
    assert!((number(changes[0], "period before") / 900.0 - 1.0).abs() < 0.05);
    assert!((number(changes[0], "period after") / 600.0 - 1.0).abs() < 0.05);
}

#[test]
fn a_new_level_is_normal_from_its_first_slot() {
    let mut values: Vec<f64> =
        noise(8).iter().enumerate().map(|(t, noise)| noise + if t < 600 { 0.0 } else { 20.0 }).collect();
    // What was usual before is strange now.
    values[1_000..1_003].fill(0.0);
    let data = dataset(STEP_MS, [("one", values)]);
    let analysis = analyze(data, &Options::default()).unwrap();
    let kinds: Vec<FindingKind> = analysis.report().findings.iter().map(|finding| finding.kind).collect();
    assert!(kinds.len() == 2 && kinds.contains(&FindingKind::LevelShift) && kinds.contains(&FindingKind::Spike));
    let spike = analysis.report().findings.iter().find(|finding| finding.kind == FindingKind::Spike).unwrap();
    assert_eq!((slot(spike.start_ms), spike.direction), (1_000, Some(Direction::Down)));
    let at = |time: usize| START_MS + STEP_MS * time as i64;
    // The band is that of the new level from the tenth slot on at the latest, and does not reach the old one.
    let chart = analysis.chart(0, at(590), at(640), 60).unwrap();
    let shift = analysis.report().findings.iter().find(|finding| finding.kind == FindingKind::LevelShift).unwrap();
    assert!(slot(shift.start_ms).abs_diff(600) <= 1);
    let json = serde_json::to_value(&chart).unwrap();
    let (times, lower, upper) = (&json["times_ms"], &json["lower"], &json["upper"]);
    let mut seen = 0;
    for (place, time) in times.as_array().unwrap().iter().enumerate() {
        let time = time.as_f64().unwrap() as i64;
        let centre = (lower[place].as_f64().unwrap() + upper[place].as_f64().unwrap()) / 2.0;
        if time > at(601) {
            assert!((centre - 20.0).abs() < 3.0, "{time}: {centre}");
            seen += 1;
        } else if time < at(599) {
            assert!(centre.abs() < 3.0, "{time}: {centre}");
        }
    }
    assert!(seen > 20);
}

#[test]
fn a_burst_is_no_new_normal() {
    let mut values = noise(9);
    values[600..605].iter_mut().for_each(|value| *value += 20.0);
    let report = run(values);
    assert!(report.findings.iter().all(|finding| finding.kind == FindingKind::Spike), "{:?}", report.findings);
    assert!(!report.findings.is_empty());
}
