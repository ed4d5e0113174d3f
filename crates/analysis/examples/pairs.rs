//! How long all pairs of many series take: coherence and lag, one core. What `bench/peers/pairs.py` compares.
//!
//! `cargo run --release -p monteverdi-analysis --example pairs -- SERIES POINTS [IN [WHITENED]]`: IN holds the values,
//! series after series, as little-endian doubles (noise without it); WHITENED receives the prewhitened ones. Prints the
//! processor's seconds of each stage, and sums of what was found, as JSON.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

mod clock;
#[path = "../tests/signals/mod.rs"]
mod signals;

use analysis::coupling::{LagOptions, LagPlan, LagScan, WhitenOptions, whiten};
use analysis::harmony::{CoherenceOptions, SegmentSpectra};
use clock::timed;
use signals::Noise;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (series, points): (usize, usize) = (arguments[0].parse().unwrap(), arguments[1].parse().unwrap());
    let values: Vec<Vec<f64>> = match arguments.get(2) {
        Some(path) => {
            let bytes = std::fs::read(path).unwrap();
            let all: Vec<f64> = bytes.as_chunks::<8>().0.iter().map(|b| f64::from_le_bytes(*b)).collect();
            all.chunks_exact(points).take(series).map(<[f64]>::to_vec).collect()
        }
        None => (0..series as u64).map(|seed| Noise::new(seed).ar1(0.6, points)).collect(),
    };
    if let Some(path) = arguments.get(3) {
        let whitened = values.iter().flat_map(|values| whiten(values, &WhitenOptions::default()).values);
        std::fs::write(path, whitened.flat_map(f64::to_le_bytes).collect::<Vec<u8>>()).unwrap();
    }
    let views: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
    let (spectra, transformed) = timed(|| {
        let options = CoherenceOptions { whiten: false, ..CoherenceOptions::default() };
        SegmentSpectra::new(&views, &options).unwrap()
    });
    let (coherence, scanned) = timed(|| spectra.scan(1..spectra.bins() - 1));
    let (plan, whitened) = timed(|| LagPlan::new(&views, &LagOptions::default()).unwrap());
    let (lags, lagged) = timed(|| LagScan::new(&plan).all());
    let squared: f64 = coherence.iter().map(|pair| pair.magnitude_squared).sum();
    let correlations: f64 = lags.iter().map(|lag| lag.correlation.abs()).sum();
    let steps: isize = lags.iter().map(|lag| lag.lag).sum();
    println!(
        "{{\"pairs\": {}, \"segment_spectra_s\": {transformed:.4}, \"coherence_s\": {scanned:.4}, \"whitening_s\": {whitened:.4}, \
         \"lags_s\": {lagged:.4}, \"seconds\": {:.4}, \"coherence\": {squared:.9}, \"correlation\": {correlations:.6}, \"steps\": {steps}}}",
        lags.len(),
        transformed + scanned + whitened + lagged,
    );
}
