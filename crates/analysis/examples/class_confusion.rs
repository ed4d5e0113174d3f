//! How often a simulated service gets its true class, and how sure it should have been: prints the tables of
//! docs/methods/radar_class.md.
//!
//! `cargo run --release -p monteverdi-analysis --example class_confusion [seeds]`
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

#[path = "../tests/kinds/mod.rs"]
mod kinds;
#[path = "../tests/signals/mod.rs"]
mod signals;

use analysis::harmony::{Class, Judgement, judge};
use kinds::{KINDS, features};
use signals::Noise;

const CLASSES: [(&str, Class); 6] = [
    ("insufficient", Class::Insufficient),
    ("steady", Class::Steady),
    ("periodic", Class::Periodic),
    ("beating", Class::Beating),
    ("jagged", Class::Jagged),
    ("fragmented", Class::Fragmented),
];

fn main() {
    let seeds: u64 = std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(200);
    let first: u64 = std::env::args().nth(2).and_then(|s| s.parse().ok()).unwrap_or(0);
    let (mut right, mut all) = (0, 0);
    println!("| kind | true class | {} | right |", CLASSES.map(|c| c.0).join(" | "));
    println!("|---|---|{}---|", "---|".repeat(CLASSES.len()));
    for (name, truth, simulate) in KINDS {
        let mut counts = [0; 6];
        for seed in first..first + seeds {
            let found = judge(&features(&simulate(&mut Noise::new(seed), 1.0))).class;
            counts[CLASSES.iter().position(|c| c.1 == found).unwrap()] += 1;
        }
        let own = CLASSES.iter().position(|c| c.1 == truth).unwrap();
        right += counts[own];
        all += seeds;
        let share = f64::from(counts[own]) / seeds as f64;
        println!("| {name} | {} | {} | {share:.3} |", CLASSES[own].0, counts.map(|c| c.to_string()).join(" | "));
    }
    println!("\nright: {:.4} of {all}\n", f64::from(right) / all as f64);

    // Half of the services are faint, so that there is something to be unsure about.
    let mut judged: Vec<(Judgement, bool)> = Vec::new();
    for (_, truth, simulate) in KINDS {
        for seed in first + 500_000..first + 500_000 + seeds {
            let mut noise = Noise::new(seed);
            let strength = if noise.uniform() < 0.5 { 1.0 } else { noise.uniform() };
            let found = judge(&features(&simulate(&mut noise, strength)));
            if found.class != Class::Insufficient {
                judged.push((found, found.class == truth));
            }
        }
    }
    println!("| confidence | services | mean confidence | right |\n|---|---|---|---|");
    for (low, high) in [(0.0, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 0.99), (0.99, 1.01)] {
        let held: Vec<_> = judged.iter().filter(|(j, _)| j.confidence >= low && j.confidence < high).collect();
        let count = held.len().max(1) as f64;
        let mean = held.iter().map(|(j, _)| j.confidence).sum::<f64>() / count;
        let right = held.iter().filter(|(_, right)| *right).count() as f64 / count;
        println!("| {low:.2} to {:.2} | {} | {mean:.3} | {right:.3} |", high.min(1.0), held.len());
    }
}
