//! Properties that rhythm and expectation must have, on signals with known truth (fixtures F8 and F9).
#![allow(clippy::unwrap_used)]

mod signals;

use std::f64::consts::TAU;

use analysis::rhythm::{
    AccentOptions, AccentStream, Beat, Foot, GroupKind, Ictus, JobOptions, Jobs, PulseOptions, Threshold, feet,
    find_pattern, ictuses, jobs, pulse,
};
use proptest::prelude::*;
use signals::Noise;

// Jobs (F9)

const DAY: usize = 288;

/// Two weeks at 5 minutes: a daily cycle, a weekend, noise of 1, and a job of 6 slots at slot 30 of each day.
fn two_weeks(seed: u64, height: f64, runs: impl Fn(usize) -> Option<usize>) -> Vec<f64> {
    let mut noise = Noise::new(seed);
    let mut values: Vec<f64> = (0..14 * DAY)
        .map(|t| {
            let day = t as f64 / DAY as f64;
            let weekend = if (t / DAY) % 7 >= 5 { 0.5 } else { 1.0 };
            20.0 + 8.0 * weekend * (1.0 - (TAU * day).cos()) + noise.normal()
        })
        .collect();
    for day in 0..14 {
        if let Some(at) = runs(day) {
            let from = day * DAY + at;
            values[from..(from + 6).min(14 * DAY)].iter_mut().for_each(|value| *value += height);
        }
    }
    values
}

fn job_of(values: &[f64]) -> Option<Jobs> {
    jobs(values, &JobOptions::default())
}

#[test]
fn the_missed_run_of_a_daily_job_is_found_and_no_other() {
    let mut right = 0;
    for seed in 0..100 {
        let gone = 1 + (seed as usize % 13);
        let found = job_of(&two_weeks(seed, 8.0, |day| (day != gone).then_some(30)));
        let Some(found) = found else {
            println!("{seed}: none");
            continue;
        };
        let pulse = &found.pulse;
        let good = (pulse.period_steps / DAY as f64 - 1.0).abs() < 0.01
            && pulse.missed.len() == 1
            && pulse.missed[0].slot.abs_diff(gone * DAY + 30) <= 1
            && pulse.late.is_empty()
            && pulse.extra.is_empty();
        if !good {
            println!("{seed} {gone}: {pulse:?} {} {}", found.duration, found.height);
        }
        right += i32::from(good);
    }
    println!("{right}");
    assert!(right >= 99, "{right}");
}
