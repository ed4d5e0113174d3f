//! Changes that last: each is told once, and what it became is the new normal.
#![allow(clippy::unwrap_used)]

use engine::{Options, analyze};
use report::{Behind, Direction, Finding, FindingKind, Report};
use series::{Dataset, Series, TimeAxis};
use std::sync::Arc;
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
    let chart = analysis.chart(0, at(590), at(640), 60, Behind::Band).unwrap();
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

/// Half of the band's window, a tenth of the points.
const HALF_WINDOW: usize = POINTS / 20;

/// The Report of noise that becomes `factor` times as loud at slot 900, and the width of the band in some slots.
fn louder(seed: u64, factor: f64, at: impl Fn(usize) -> f64, slots: [usize; 2]) -> (Report, [f64; 2]) {
    let loudness = |t: usize| if t < 900 { 1.0 } else { factor };
    let values = noise(seed).iter().enumerate().map(|(t, noise)| noise * loudness(t) + at(t)).collect();
    let analysis = analyze(dataset(STEP_MS, [("one", values)]), &Options::default()).unwrap();
    let chart = analysis.chart(0, START_MS, START_MS + STEP_MS * POINTS as i64, 2 * POINTS, Behind::Band).unwrap();
    let json = serde_json::to_value(&chart).unwrap();
    let (times, lower, upper) = (&json["times_ms"], &json["lower"], &json["upper"]);
    let place = |slot_wanted: usize| {
        times.as_array().unwrap().iter().position(|time| slot(time.as_f64().unwrap() as i64) == slot_wanted).unwrap()
    };
    let width = |slot: usize| upper[place(slot)].as_f64().unwrap() - lower[place(slot)].as_f64().unwrap();
    (analysis.into_report(), slots.map(width))
}

fn spikes(report: &Report) -> Vec<(usize, usize)> {
    let spikes = report.findings.iter().filter(|finding| finding.kind == FindingKind::Spike);
    spikes.map(|finding| (slot(finding.start_ms), slot(finding.end_ms))).collect()
}

#[test]
fn a_larger_variance_is_told_once_and_normal_after_half_of_the_window() {
    for factor in [2.0, 3.0, 5.0, 10.0] {
        let mut told_otherwise = 0;
        for seed in 100..115 {
            let (report, [before, after]) = louder(seed, factor, |_| 0.0, [600, 900 + HALF_WINDOW]);
            let kinds: Vec<FindingKind> = report.findings.iter().map(|finding| finding.kind).collect();
            if kinds != [FindingKind::VarianceChange] {
                told_otherwise += 1;
            }
            assert!(after / before > 0.4 * factor, "{factor} {seed}: {before} {after}");
        }
        assert!(told_otherwise <= 1, "{factor}: {told_otherwise} of 15");
    }
    // What was strange before is usual then, and what is strange then is told.
    let spike = |slot: usize, height: f64| move |t: usize| if t == slot { height } else { 0.0 };
    assert_eq!(spikes(&louder(100, 3.0, spike(600, 10.0), [0, 0]).0), [(600, 600)]);
    for slot in [905, 900 + HALF_WINDOW] {
        assert_eq!(spikes(&louder(100, 3.0, spike(slot, 10.0), [0, 0]).0), []);
        assert_eq!(spikes(&louder(100, 3.0, spike(slot, 40.0), [0, 0]).0), [(slot, slot)]);
    }
    assert_eq!(spikes(&louder(100, 3.0, spike(1_200, 30.0), [0, 0]).0), [(1_200, 1_200)]);
}

#[test]
fn a_smaller_variance_is_followed_in_part() {
    let mut ratios = 0.0;
    for seed in 100..115 {
        let (report, [before, after]) = louder(seed, 0.3, |_| 0.0, [600, 900 + HALF_WINDOW]);
        assert!(spikes(&report).iter().all(|(start, _)| *start < 900 + HALF_WINDOW));
        ratios += after / before / 15.0;
    }
    assert!((0.45..0.65).contains(&ratios), "{ratios}");
}

/// Two halves of a recording with so much time between them, by slot of the recording.
fn halves(pause_ms: i64, value: impl Fn(usize) -> f64) -> Report {
    let time = |t: usize| START_MS + STEP_MS * t as i64 + if t < POINTS / 2 { 0 } else { pause_ms };
    let axis = Arc::new(TimeAxis::from_unsorted(&(0..POINTS).map(time).collect::<Vec<_>>()).0);
    let data =
        Dataset { series: vec![Series::new("one", axis, (0..POINTS).map(value).collect())], ..Dataset::default() };
    analyze(data, &Options::default()).unwrap().into_report()
}

#[test]
fn what_changed_between_two_halves_is_a_step() {
    const PAUSE_MS: i64 = 5 * 86_400_000;
    // A level that wanders on both sides proves no step by itself, and a line through both sides is steep.
    let walk = signal::random_walk(POINTS, &mut Random::new(12));
    let report = halves(PAUSE_MS, |t| 0.1 * walk[t] + if t < POINTS / 2 { 0.0 } else { 300.0 });
    let step = only(&report);
    assert_eq!((step.kind, step.direction), (FindingKind::LevelShift, Some(Direction::Up)));
    assert_eq!(step.start_ms, START_MS + STEP_MS * (POINTS as i64 / 2) + PAUSE_MS);
    assert!((number(step, operations::onset::UNSEEN_BEFORE) - (PAUSE_MS + STEP_MS) as f64 / 1000.0).abs() < 1.0);
}

#[test]
fn a_drift_that_goes_on_in_a_gap_is_told_in_real_time() {
    let pause_ms = 7 * 3_600_000;
    let missing = pause_ms as f64 / STEP_MS as f64;
    let noise = signal::ar1(POINTS, 0.95, &mut Random::new(10));
    let report = halves(pause_ms, |t| noise[t] + 0.03 * (t as f64 + if t < POINTS / 2 { 0.0 } else { missing }));
    let drift = only(&report);
    assert_eq!(drift.kind, FindingKind::Trend, "{drift:?}");
    assert!(drift.sentence.ends_with(" over 13 h."), "{}", drift.sentence);
    let per_hour = number(drift, "slope per hour");
    assert!((per_hour / (0.03 * 240.0) - 1.0).abs() < 0.5, "{per_hour}");
}

#[test]
fn one_sample_may_be_faulty_and_what_reaches_the_end_may_go_on() {
    let spike = |from: usize, to: usize| {
        let mut values = noise(11);
        values[from..to].fill(40.0);
        run(values).findings.into_iter().find(|finding| finding.kind == FindingKind::Spike).unwrap()
    };
    let single = spike(700, 701);
    assert!(single.sentence.contains(" for 15 s, against "), "{}", single.sentence);
    assert!(single.refuted_by.ends_with(", or one faulty sample"), "{}", single.refuted_by);
    let last = spike(POINTS - 3, POINTS);
    assert!(last.sentence.contains(" for the last 45 s, against "), "{}", last.sentence);
    assert!(last.refuted_by.ends_with("of other days"), "{}", last.refuted_by);
}

#[test]
fn a_step_that_matters_to_nobody_is_not_told() {
    let stepping = |height: f64| {
        run(noise(13)
            .iter()
            .enumerate()
            .map(|(t, noise)| 10_000.0 + noise + if t < 900 { 0.0 } else { height })
            .collect())
    };
    assert!(stepping(8.0).findings.is_empty());
    assert_eq!(only(&stepping(20.0)).kind, FindingKind::LevelShift);
}

#[test]
fn what_is_louder_behind_a_gap_does_not_grow_from_window_to_window() {
    let noise = noise(14);
    let report = halves(5 * 86_400_000, |t| if t < POINTS / 2 { noise[t] } else { 50.0 + 4.0 * noise[t] });
    assert_eq!(only(&report).kind, FindingKind::LevelShift);
}

#[test]
fn a_burst_of_spikes_at_the_end_is_no_growing_variance() {
    // A process that is idle until it works for five samples.
    let mut values = vec![24.3; 70];
    values[60..65].copy_from_slice(&[32.4, 33.0, 33.1, 107.9, 95.9]);
    values[65..].fill(24.7);
    let report = run(values);
    let kinds: Vec<FindingKind> = report.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::Spike], "{:?}", report.findings);
}
