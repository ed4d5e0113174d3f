//! How often noise on one level is given a level shift.

mod noise;

use analysis::change::level_shift::{LevelShiftOptions, level_shifts};

fn main() {
    let series = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let score = |values: &[f64], alpha: f64| {
        let shifts = level_shifts(values, &LevelShiftOptions { alpha, ..LevelShiftOptions::default() });
        shifts.iter().fold(0.0, |largest, shift| shift.score.max(largest))
    };
    noise::table("level shift", &[200, 1440], series, score);
    noise::walks("level shift", &[200, 1440], series, score);
}
