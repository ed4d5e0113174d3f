//! How often noise is given an accent.

mod noise;

use analysis::anomaly::spike::{SpikeOptions, scan_spikes};

fn main() {
    let series = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10_000);
    for (window, causal) in [(121, false), (481, false), (121, true)] {
        let mode = if causal { "past only" } else { "both sides" };
        noise::table(&format!("accent, window {window}, {mode}"), &[200, 1440], series, |values, alpha| {
            let scan = scan_spikes(values, &SpikeOptions { window, causal, alpha, ..SpikeOptions::default() });
            scan.accents.iter().fold(0.0, |largest, accent| accent.score.max(largest))
        });
    }
}
