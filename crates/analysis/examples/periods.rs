//! Prints the significant periods and beats of the second column of a CSV file with a header:
//! `cargo run --release -p monteverdi-analysis --example periods -- FILE STEP` (periods come out in the unit of STEP).
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use analysis::harmony::{BeatOptions, beats_within};
use analysis::spectrum::{PeakOptions, significant_peaks};

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let step: f64 = std::env::args().nth(2).map_or(1.0, |s| s.parse().unwrap());
    let text = std::fs::read_to_string(path).unwrap();
    let cell = |line: &str| line.split(',').nth(1).and_then(|c| c.trim().parse().ok()).unwrap_or(f64::NAN);
    let values: Vec<f64> = text.lines().skip(1).map(cell).collect();
    let peaks = significant_peaks(&values, &PeakOptions::default());
    println!("| period | 95 % interval | amplitude | share | p | harmonic |\n|---|---|---|---|---|---|");
    for peak in &peaks {
        println!(
            "| {:.4} | {:.4} to {:.4} | {:.2} | {:.4} | {:.1e} | {} |",
            peak.period_steps * step,
            peak.period_low * step,
            peak.period_high * step,
            peak.amplitude,
            peak.power_share,
            peak.p,
            peak.harmonic_of
                .map_or(String::new(), |(root, k)| format!("{k} of {:.2}", peaks[root].period_steps * step)),
        );
    }
    for beat in beats_within(&values, &peaks, &BeatOptions::default()) {
        println!(
            "beat of {:.3} and {:.3}: {:.2} ({:.2} to {:.2}), depth {:.2}",
            peaks[beat.first_peak].period_steps * step,
            peaks[beat.second_peak].period_steps * step,
            beat.period_steps * step,
            beat.period_low * step,
            beat.period_high * step,
            beat.depth
        );
    }
}
