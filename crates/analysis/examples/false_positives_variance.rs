//! How often noise of constant variance is called a variance escalation.

mod noise;

use analysis::change::variance::{VarianceOptions, variance_escalation};

fn main() {
    let series = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10_000);
    noise::table("variance escalation", &[200, 1440], series, |values, alpha| {
        let options = VarianceOptions { alpha, ..VarianceOptions::default() };
        variance_escalation(values, &options).map_or(0.0, |result| result.score)
    });
    noise::table("variance escalation, any ratio", &[200, 1440], series, |values, alpha| {
        let options = VarianceOptions { alpha, minimum_ratio: 1.0, ..VarianceOptions::default() };
        variance_escalation(values, &options).map_or(0.0, |result| result.score)
    });
}
