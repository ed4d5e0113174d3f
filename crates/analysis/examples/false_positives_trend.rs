//! How often noise without drift is called a trend.

mod noise;

use analysis::change::trend::{TrendOptions, trend};

fn main() {
    let series = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let score = |values: &[f64], alpha: f64| {
        trend(values, &TrendOptions { alpha, ..TrendOptions::default() }).map_or(0.0, |result| result.score)
    };
    noise::table("trend", &[60, 200, 1440], series, score);
    noise::walks("trend", &[200, 1440], series, score);
}
