//! Where the time of an analysis goes: `cargo run --release -p monteverdi-engine --example stages -- [SERIES] [POINTS]`.
#![allow(clippy::print_stdout)]

use engine::{Analysis, Options, Status};
use std::collections::BTreeMap;
use std::time::Instant;
use testkit::{Noise, noise_panel};

fn main() {
    let argument = |position: usize, default: usize| {
        std::env::args().nth(position).and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let (series, points) = (argument(1, 200), argument(2, 2880));
    let dataset = noise_panel(Noise::Ar1(0.6), series, points, 1);
    let begun = Instant::now();
    let Ok(mut analysis) = Analysis::new(dataset, Options::default()) else { return };
    let mut spent: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    spent.insert("0 Aligning", (begun.elapsed().as_secs_f64(), 0.0));
    let mut stage = "Looking for what broke";
    loop {
        let step = Instant::now();
        let status = analysis.step();
        let seconds = step.elapsed().as_secs_f64();
        let entry = spent.entry(stage).or_default();
        *entry = (entry.0 + seconds, entry.1.max(seconds));
        match status {
            Status::Working(progress) => stage = progress.stage.name(),
            Status::Done => break,
        }
    }
    println!("{series} series x {points} points: {:.0} ms", 1000.0 * begun.elapsed().as_secs_f64());
    for (stage, (total, longest)) in spent {
        println!("  {stage}: {:.0} ms, longest step {:.0} ms", 1000.0 * total, 1000.0 * longest);
    }
}
