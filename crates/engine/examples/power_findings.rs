//! How often a Report tells what is there, by its size: `cargo run --release -p monteverdi-engine --example power_findings`.
//!
//! Takes the number of seeds (default 200). Departures of one of 12 peers, partings of one of 4 pairs, bends, steps of the
//! variance and changes of the period, in 1,440 points at 15 s. A finding counts if it is of the kind and of the series that
//! was changed; `dated` is the share of these whose beginning lies within its whole interval (and one sample) of the
//! truth, `else` the share of Reports that tell anything else.
#![allow(clippy::print_stdout)]

use engine::{Options, analyze};
use report::FindingKind;
use series::Dataset;
use testkit::{Noise, Random, START_MS, coupled_pairs, dataset, peers_under_load, signal, sine_of_turns};

const POINTS: usize = 1_440;
const STEP_MS: i64 = 15_000;
const AT: usize = 800;

/// One thing that is there.
struct Case {
    name: String,
    kind: FindingKind,
    series: usize,
    make: Box<dyn Fn(u64) -> Dataset>,
}

fn single(name: String, kind: FindingKind, change: impl Fn(usize, f64) -> f64 + 'static) -> Case {
    let make = move |seed| {
        let noise = signal::ar1(POINTS, 0.6, &mut Random::stream(seed, "power"));
        let values = noise.iter().enumerate().map(|(t, noise)| change(t, *noise)).collect();
        dataset(STEP_MS, [("one", values)])
    };
    Case { name, kind, series: 0, make: Box::new(make) }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (size, length) in [(1.0, 150), (2.0, 60), (2.0, 150), (3.0, 60), (3.0, 150)] {
        let make = move |seed| {
            let mut data = peers_under_load(Noise::Ar1(0.6), true, 12, POINTS, seed);
            let slots = data.series.get_mut(4).and_then(|series| series.values.get_mut(AT..AT + length));
            slots.unwrap_or_default().iter_mut().for_each(|value| *value += size);
            data
        };
        let name = format!("peer {size} own spreads apart for {length}, AR(1) 0.6 and a season");
        cases.push(Case { name, kind: FindingKind::PeerDeparture, series: 4, make: Box::new(make) });
    }
    for (size, length) in [(1.0, 150), (1.5, 40), (2.0, 40)] {
        let make = move |seed| {
            let mut data = coupled_pairs(Noise::White, true, 4, POINTS, seed);
            let slots = data.series.get_mut(3).and_then(|series| series.values.get_mut(AT..AT + length));
            slots.unwrap_or_default().iter_mut().for_each(|value| *value += size);
            data
        };
        let name = format!("pair {size} own spreads apart for {length}, white noise and a season");
        cases.push(Case { name, kind: FindingKind::CorrelationBreak, series: 3, make: Box::new(make) });
    }
    for length in [40, 80, 150] {
        let make = move |seed| {
            let mut data = coupled_pairs(Noise::White, false, 4, POINTS, seed);
            let strange = signal::white_noise(length, &mut Random::stream(seed, "strange"));
            let slots = data.series.get_mut(3).and_then(|series| series.values.get_mut(AT..AT + length));
            slots
                .unwrap_or_default()
                .iter_mut()
                .zip(strange)
                .for_each(|(value, new)| *value = 50.0 + 10f64.sqrt() * new);
            data
        };
        let name = format!("pair that goes its own ways for {length}, white noise");
        cases.push(Case { name, kind: FindingKind::CorrelationBreak, series: 3, make: Box::new(make) });
    }
    for rise in [3.0, 5.0, 10.0] {
        let name = format!("bend that ends {rise} spreads higher, AR(1) 0.6");
        cases.push(single(name, FindingKind::SlopeChange, move |t, noise| {
            noise + rise * t.saturating_sub(AT) as f64 / (POINTS - AT) as f64
        }));
    }
    for factor in [1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 0.67] {
        let name = format!("standard deviation times {factor}, AR(1) 0.6");
        cases
            .push(single(name, FindingKind::VarianceChange, move |t, noise| noise * if t < AT { 1.0 } else { factor }));
    }
    for size in [1.0, 2.0, 3.0] {
        let name = format!("period from 60 to 40, amplitude {size} spreads, AR(1) 0.6");
        cases.push(single(name, FindingKind::PeriodChange, move |t, noise| {
            let turns = if t < AT { t as f64 / 60.0 } else { (AT as f64) / 60.0 + (t - AT) as f64 / 40.0 };
            noise + size * sine_of_turns(turns.fract())
        }));
    }
    cases
}

fn main() {
    let seeds: u64 = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(200);
    for Case { name, kind, series, make } in cases() {
        let (mut found, mut dated, mut other) = (0, 0, 0);
        for seed in 0..seeds {
            let Ok(analysis) = analyze(make(90_000 + seed), &Options::default()) else { continue };
            let findings = &analysis.report().findings;
            let is_it = |finding: &&report::Finding| finding.kind == kind && finding.series.contains(&series);
            other += u64::from(findings.iter().any(|finding| !is_it(&finding)));
            let Some(first) = findings.iter().find(is_it) else { continue };
            found += 1;
            let stated = first.numbers.iter().find(|number| number.name == "onset uncertainty");
            let off_s = (first.start_ms - START_MS - AT as i64 * STEP_MS).abs() as f64 / 1_000.0;
            dated += u64::from(off_s <= 2.0 * stated.map_or(0.0, |number| number.value) + STEP_MS as f64 / 1_000.0);
        }
        let share = |count: u64| count as f64 / seeds as f64;
        println!(
            "{name}: found {:.2}, dated {:.2}, else {:.2}",
            share(found),
            dated as f64 / (found.max(1)) as f64,
            share(other)
        );
    }
}
