//! How often noise without drift is said to begin to climb.

mod noise;

use analysis::change::climb::climbs;

fn main() {
    let series = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let score = |values: &[f64], alpha: f64| climbs(values, alpha).iter().map(|found| found.score).fold(0.0, f64::max);
    noise::table("climb", &[60, 200, 1440], series, score);
    noise::walks("climb", &[200, 1440], series, score);
}
