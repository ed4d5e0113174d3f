//! A first analysis of made-up data, so that the user's is not the first.
//!
//! A browser translates a function when it is first called, and well only once it has run for a while. Both take as long as
//! analysing small data does, and nobody waits for them while a file is still being chosen.

use super::desk::Desk;
use crate::bridge::Pause;
use engine::{Analysis, Options, Status};
use series::{Dataset, Series, TimeAxis};
use std::f64::consts::TAU;
use std::sync::Arc;

const SERIES: usize = 16;
const POINTS: usize = 1_440;
const STEP_MS: i64 = 15_000;

/// Analyses made-up data in short slices, until that is done or somebody wants something.
pub(super) async fn run(desk: &Desk) {
    let Ok(mut analysis) = Analysis::new(dataset(), Options::default()) else { return };
    let pause = Pause::default();
    let mut is_done = false;
    while !is_done {
        pause.take().await;
        is_done = !desk.is_unasked() || desk.page.slice(|| analysis.step() == Status::Done);
    }
}

/// Series that have something of everything: noise with memory, a season, a common step, spikes and a gap.
fn dataset() -> Dataset {
    let times = (0..POINTS as i64).map(|slot| slot * STEP_MS).collect();
    let axis = TimeAxis::from_ascending(times).map(Arc::new).unwrap_or_default();
    let mut state = 1u32;
    let mut noise = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1u32 << 23) - 1.0
    };
    let common: Vec<f64> = (0..POINTS).map(|_| noise()).collect();
    let series = (0..SERIES).map(|number| {
        let mut level = 0.0;
        let values = (0..POINTS).map(|slot| {
            // Half of them follow one another, each a little later.
            let driver = if number < SERIES / 2 { common[(POINTS + slot - number) % POINTS] } else { 0.0 };
            level = 0.6 * level + noise() + 2.0 * driver;
            let season = if number % 3 == 0 { 5.0 * (TAU * slot as f64 / 96.0).sin() } else { 0.0 };
            let step = if number % 4 == 1 && slot > 900 { 12.0 } else { 0.0 };
            let spike = if number % 5 == 2 && slot % 500 == 400 { 30.0 } else { 0.0 };
            let is_missing = number == SERIES - 1 && (600..700).contains(&slot);
            if is_missing { f64::NAN } else { level + season + step + spike }
        });
        Series::new(format!("service{}_metric{}", number % 4, number / 4), Arc::clone(&axis), values.collect())
    });
    Dataset { series: series.collect(), ..Dataset::default() }
}
