//! How often noise of one regime is given a change, of any kind.

mod noise;

use analysis::change::pieces::PieceOptions;
use analysis::change::regimes::regime_changes;
use analysis::distribution::score_from_ln_p;

fn main() {
    let series = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1_000);
    let score = |values: &[f64], alpha: f64| {
        let changes = regime_changes(values, values, &PieceOptions::default());
        changes.iter().fold(0.0, |largest, change| score_from_ln_p(change.ln_p, alpha).max(largest))
    };
    // Whatever is listed, significant or not.
    let listed = |values: &[f64], _: f64| {
        if regime_changes(values, values, &PieceOptions::default()).is_empty() { 0.0 } else { 1.0 }
    };
    for (name, count) in [("significant change", series), ("any change", series / 10)] {
        if name == "any change" {
            noise::table(name, &[60, 200, 1440], count, listed);
            noise::walks(name, &[200, 1440], count, listed);
        } else {
            noise::table(name, &[60, 200, 1440], count, score);
            noise::walks(name, &[200, 1440], count, score);
        }
    }
}
