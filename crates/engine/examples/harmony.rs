//! What the harmony engine says of signals with known truth, from a data set to the Report:
//! `cargo run --release -p monteverdi-engine --example harmony`.
//!
//! Takes the number of seeds (default 100). They begin at 700,000, where nothing was chosen. A row for each fixture: what
//! counts as right, the share of seeds in which it is, and the aim; those that miss it are marked.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::indexing_slicing)]

use engine::{Options, analyze};
use report::{FindingKind, Foot, Relation, RelationKind, Report};
use series::Dataset;
use testkit::signal::{add, ar1, delayed, scaled, sine, white_noise};
use testkit::{Noise, Random, START_MS, dataset, fixture, noise_panel};

const FIRST_SEED: u64 = 700_000;
const STEP_MS: i64 = 15_000;

/// A process by name, and its values by seed.
type Process = (&'static str, fn(u64) -> Vec<f64>);

/// Standard deviations of the noise are 1.
const COVERED: [Process; 4] = [
    ("white noise", |seed| white_noise(1_440, &mut Random::stream(seed, "values"))),
    ("AR(1) φ 0.6", |seed| ar1(1_440, 0.6, &mut Random::stream(seed, "values"))),
    ("a sine of 5 and white noise", |seed| {
        let noise = white_noise(1_440, &mut Random::stream(seed, "values"));
        add(&scaled(&sine(1_440, 48.0, 0.3), 5.0, 20.0), &noise)
    }),
    ("a sine of 5 and AR(1) φ 0.6", |seed| {
        add(&scaled(&sine(1_440, 48.0, 0.3), 5.0, 20.0), &ar1(1_440, 0.6, &mut Random::stream(seed, "values")))
    }),
];

fn main() {
    let seeds: u64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(100);
    println!("| fixture | right is | seeds | share | aim |");
    println!("|---|---|---:|---:|---:|");
    let share = |fixture: &str, right: &str, aim: f64, is_right: &dyn Fn(u64) -> bool| {
        let hits = (FIRST_SEED..FIRST_SEED + seeds).filter(|seed| is_right(*seed)).count();
        let share = hits as f64 / seeds as f64;
        let mark = if share >= aim { "" } else { " **missed**" };
        println!("| {fixture} | {right} | {seeds} | {:.1} %{mark} | {:.0} % |", 100.0 * share, 100.0 * aim);
    };
    share("F2, period 300 s", "the strongest period within 1 %", 0.99, &|seed| {
        let report = report(fixture::one_period(1_440, seed));
        report.series[0].period_s.is_some_and(|period_s| (period_s / 300.0 - 1.0).abs() < 0.01)
    });
    share("F3, 60 s and 66 s", "both periods within 1 %, one beat of 660 s ± 2 %", 0.99, &|seed| {
        let report = report(fixture::two_close_periods(1_440, seed));
        let [beat] = beats_s(&report)[..] else { return false };
        let has =
            |wanted: f64| report.series[0].periods.iter().any(|period| (period.period_s / wanted - 1.0).abs() < 0.01);
        has(60.0) && has(66.0) && (beat / 660.0 - 1.0).abs() < 0.02
    });
    share("F3", "next coincidence within 5 % of the beat", 0.99, &|seed| {
        let report = report(fixture::two_close_periods(1_440, seed));
        let next_s = number(&report, FindingKind::Beat, "next together, after the data end");
        let wanted_s = 660.0 - (1_440.0 * 5.0) % 660.0;
        next_s.is_some_and(|next_s| (next_s - wanted_s).abs() < 0.05 * 660.0)
    });
    share("F15, amplitude modulation beside a beat", "the beat alone is one", 0.95, &|seed| {
        let report = report(fixture::modulation_and_beat(1_440, seed));
        let of: Vec<&str> = of_kind(&report, FindingKind::Beat).map(|one| name(&report, one.series[0])).collect();
        of == ["beating"]
    });
    share("50 series of noise", "no beat", 0.95, &|seed| {
        beats_s(&report(noise_panel(Noise::Ar1(0.6), 50, 1_440, seed))).is_empty()
    });
    share("50 sines of 300 s", "no beat", 0.95, &|seed| {
        let column = |index: u64| {
            let noise = white_noise(1_440, &mut Random::stream(seed, &index.to_string()));
            (format!("s{index}"), add(&scaled(&sine(1_440, 20.0, 0.1 * index as f64), 1.4, 9.0), &noise))
        };
        beats_s(&report(dataset(STEP_MS, (0..50).map(column)))).is_empty()
    });
    share("F4, y = 0.8 x(t − 3) + noise at 0 dB", "coupling, led by x, lag 3 steps", 0.95, &|seed| {
        let report = report(leader_and_follower(seed));
        between(&report, "x", "y").is_some_and(|relation| {
            name(&report, relation.from) == "x" && relation.lag_s.is_some_and(|lag_s| (lag_s - 45.0).abs() < 7.5)
        })
    });
    share("F4, y = −x; trend alone in common", "antiphase for the first, nothing for the second", 0.95, &|seed| {
        let report = report(fixture::pairs(1_440, seed));
        let mirror = between(&report, "mirror", "leader");
        mirror.is_some_and(|relation| relation.kind == RelationKind::AntiResonance)
            && between(&report, "drifting_a", "drifting_b").is_none()
    });
    share("common driver of three followers", "the driver's edges stay", 0.95, &|seed| {
        let report = report(star(seed));
        ["a", "b", "c"].iter().all(|follower| {
            between(&report, "driver", follower).is_some_and(|relation| relation.explained_by.is_none())
        })
    });
    share("common driver of three followers", "no edge between followers is left", 0.9, &|seed| {
        let report = report(star(seed));
        [("a", "b"), ("a", "c"), ("b", "c")]
            .iter()
            .all(|(one, other)| between(&report, one, other).is_none_or(|relation| relation.explained_by.is_some()))
    });
    share("second-order resonator, Q = 8", "resonance, period within one bin, Q within 20 %", 0.95, &|seed| {
        let (drive, answer) = resonator(seed, 6_000, 12.0, 8.0);
        let report = report(dataset(STEP_MS, [("drive", drive), ("answer", answer)]));
        between(&report, "drive", "answer").is_some_and(|relation| {
            relation.kind == RelationKind::Resonance
                && relation.period_s.is_some_and(|period_s| (180.0 / period_s - 1.0).abs() < 0.04)
                && relation.quality.is_some_and(|quality| (quality / 8.0 - 1.0).abs() < 0.2)
        })
    });
    share("flat copy with a delay", "no resonance", 0.99, &|seed| {
        let drive = white_noise(6_000, &mut Random::stream(seed, "drive"));
        let own = scaled(&white_noise(6_000, &mut Random::stream(seed, "own")), 0.5, 0.0);
        let report = report(dataset(STEP_MS, [("late", add(&delayed(&drive, 3), &own)), ("drive", drive)]));
        between(&report, "drive", "late").is_some_and(|relation| relation.kind == RelationKind::Coupling)
    });
    share(
        "F9, a nightly batch that is missing once in five weeks",
        "that run is missed, and no other finding",
        0.99,
        &|seed| {
            let missing = 3 + (seed % 28) as usize;
            let report = report(fixture::weeks(missing, seed));
            let due_ms = START_MS + (missing as i64 * 24 + 2 - 6) * 3_600_000;
            let [finding] = report.findings.as_slice() else { return false };
            finding.kind == FindingKind::MissedBeat && finding.start_ms == due_ms
        },
    );
    share("a job that comes 2 h late once in two weeks", "that run is late, and no other finding", 0.95, &|seed| {
        let report = report(late_job(seed, 9));
        let [finding] = report.findings.as_slice() else { return false };
        let late_s = number(&report, FindingKind::LateBeat, "late by");
        finding.kind == FindingKind::LateBeat && late_s.is_some_and(|late_s| (late_s - 7_200.0).abs() < 600.0)
    });
    for (foot, pattern) in [
        (Foot::Anapest, [12.0, 12.0, 30.0]),
        (Foot::Dactyl, [30.0, 12.0, 12.0]),
        (Foot::Amphibrach, [12.0, 30.0, 12.0]),
    ] {
        let words = format!("accents of a strong and two weak ones, 10 % jitter: {}", foot.name());
        share(&words, "feet of three are told", 0.9, &|seed| {
            let report = report(rhythm(seed, &pattern));
            let told = report.series[0].accents.iter().filter_map(|accent| accent.foot);
            told.filter(|foot| matches!(foot, Foot::Anapest | Foot::Dactyl | Foot::Amphibrach)).count() >= 15
        });
    }
    share(
        "one of three that go together leaves for a tenth of the time",
        "a loss of consonance names it",
        0.9,
        &|seed| {
            let report = report(parting(seed, true));
            of_kind(&report, FindingKind::Dissonance).any(|one| name(&report, one.series[0]) == "c_load")
        },
    );
    for (name, make) in COVERED {
        let words = format!("{name}, 1,440 samples");
        share(&words, "the 95 % interval covers 95 ± 2 %, as the Report has it", 0.95, &|seed| {
            let report = report(dataset(STEP_MS, [("series", make(seed))]));
            let told = report.series[0].expectation.as_ref();
            told.is_some_and(|told| told.predicted > 1_300 && (told.coverage - 0.95).abs() <= 0.02)
        });
        let words = format!("{name}, a sample 12 standard deviations off");
        share(&words, "it is the most surprising one, and dated", 0.99, &|seed| {
            let at = 700 + (seed % 600) as usize;
            let mut values = make(seed);
            values[at] += 12.0;
            let report = report(dataset(STEP_MS, [("series", values)]));
            let violations = report.series[0].expectation.as_ref().map(|told| told.violations.as_slice());
            let most = violations.unwrap_or_default().iter().max_by(|a, b| a.bits.total_cmp(&b.bits));
            most.is_some_and(|one| one.at_ms == START_MS + at as i64 * STEP_MS)
        });
    }
    share("F9, a nightly batch that is missing once in five weeks", "that beat is the strangest", 0.99, &|seed| {
        // Four nights make one expect the fifth.
        let missing = 5 + (seed % 26) as usize;
        let report = report(fixture::weeks(missing, seed));
        let due_ms = START_MS + (missing as i64 * 24 + 2 - 6) * 3_600_000;
        let batch = report.series.iter().find(|series| series.name == "batch").unwrap();
        let strangest = batch.rhythm.as_ref().and_then(|rhythm| rhythm.strangest);
        strangest.is_some_and(|beat| !beat.came && (beat.at_ms - due_ms).abs() <= 1_800_000)
    });
    share("three that go together", "no finding", 0.95, &|seed| report(parting(seed, false)).findings.is_empty());
}

fn report(data: Dataset) -> Report {
    analyze(data, &Options::default()).unwrap().into_report()
}

fn name(report: &Report, series: usize) -> &str {
    &report.series[series].name
}

fn of_kind(report: &Report, kind: FindingKind) -> impl Iterator<Item = &report::Finding> {
    report.findings.iter().filter(move |finding| finding.kind == kind)
}

fn number(report: &Report, kind: FindingKind, wanted: &str) -> Option<f64> {
    of_kind(report, kind).flat_map(|one| &one.numbers).find(|number| number.name == wanted).map(|number| number.value)
}

fn beats_s(report: &Report) -> Vec<f64> {
    of_kind(report, FindingKind::Beat)
        .flat_map(|one| &one.numbers)
        .filter(|number| number.name == "beat period")
        .map(|number| number.value)
        .collect()
}

fn between<'r>(report: &'r Report, one: &str, other: &str) -> Option<&'r Relation> {
    report.relations.iter().find(|relation| {
        let ends = (name(report, relation.from), name(report, relation.to));
        ends == (one, other) || ends == (other, one)
    })
}

fn leader_and_follower(seed: u64) -> Dataset {
    let x = ar1(1_440, 0.6, &mut Random::stream(seed, "x"));
    let spread = (x.iter().map(|value| value * value).sum::<f64>() / x.len() as f64).sqrt();
    let noise = scaled(&white_noise(1_440, &mut Random::stream(seed, "noise")), 0.8 * spread, 0.0);
    dataset(STEP_MS, [("y", add(&scaled(&delayed(&x, 3), 0.8, 0.0), &noise)), ("x", x)])
}

fn star(seed: u64) -> Dataset {
    let driver = ar1(1_440, 0.6, &mut Random::stream(seed, "driver"));
    let follower = |name: &'static str, lag: usize| {
        let own = white_noise(1_440, &mut Random::stream(seed, name));
        (name, add(&delayed(&driver, lag), &own))
    };
    dataset(STEP_MS, [follower("a", 1), follower("b", 3), follower("c", 6), ("driver", driver.clone())])
}

fn resonator(seed: u64, points: usize, period: f64, quality: f64) -> (Vec<f64>, Vec<f64>) {
    let drive = white_noise(points, &mut Random::stream(seed, "drive"));
    let angle = std::f64::consts::TAU / period;
    let radius = (-angle / (2.0 * quality)).exp();
    let mut answer = vec![0.0; points];
    for t in 2..points {
        answer[t] = 2.0 * radius * angle.cos() * answer[t - 1] - radius * radius * answer[t - 2] + drive[t];
    }
    let own = scaled(&white_noise(points, &mut Random::stream(seed, "answer")), 0.5, 0.0);
    (drive, add(&answer, &own))
}

/// Two weeks at five minutes: a job of twenty minutes at the same time each day, two hours late on one.
fn late_job(seed: u64, late: usize) -> Dataset {
    let mut values = scaled(&white_noise(14 * 288, &mut Random::stream(seed, "job")), 2.0, 20.0);
    for day in 0..14 {
        let start = day * 288 + 36 + if day == late { 24 } else { 0 };
        values[start..start + 4].iter_mut().for_each(|value| *value += 40.0);
    }
    dataset(300_000, [("job", values)])
}

/// Accents of these heights every 20 samples, give or take 10 %, in noise.
fn rhythm(seed: u64, heights: &[f64]) -> Dataset {
    let mut random = Random::stream(seed, "rhythm");
    let mut values = white_noise(1_440, &mut random);
    for (beat, height) in heights.iter().cycle().take(71).enumerate() {
        values[(beat as f64 * 20.0 + 10.0 + random.between(-2.0, 2.0)) as usize] += height;
    }
    dataset(STEP_MS, [("rhythm", values)])
}

fn parting(seed: u64, parts: bool) -> Dataset {
    let common = ar1(2_880, 0.6, &mut Random::stream(seed, "common"));
    let together = |name: &'static str, base: &[f64]| {
        let own = scaled(&white_noise(2_880, &mut Random::stream(seed, name)), 0.3, 0.0);
        (name, add(base, &own))
    };
    let mut third = common.clone();
    if parts {
        third[1_900..2_188].copy_from_slice(&ar1(2_880, 0.6, &mut Random::stream(seed, "away"))[1_900..2_188]);
    }
    dataset(STEP_MS, [together("a_load", &common), together("b_load", &common), together("c_load", &third)])
}
