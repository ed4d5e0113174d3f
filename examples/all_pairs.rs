//! All pairs of many series in the browser, coherence and lag, for measuring how fast that is there (`cargo xtask bench`).

#![cfg(target_arch = "wasm32")]

#[path = "../crates/analysis/tests/signals/mod.rs"]
mod signals;

use analysis::coupling::{LagOptions, LagPlan, LagScan};
use analysis::harmony::{CoherenceOptions, SegmentSpectra};
use signals::Noise;
use wasm_bindgen::prelude::*;

/// Series of noise, the same as those of the native program, and what has been made of them.
#[wasm_bindgen]
pub struct AllPairs {
    series: Vec<Vec<f64>>,
    spectra: Option<SegmentSpectra>,
    plan: Option<LagPlan>,
}

#[wasm_bindgen]
impl AllPairs {
    /// So many series of so many points.
    #[wasm_bindgen(constructor)]
    pub fn new(series: u32, points: usize) -> Self {
        let series = (0..series).map(|seed| Noise::new(seed.into()).ar1(0.6, points)).collect();
        Self { series, spectra: None, plan: None }
    }

    fn views(&self) -> Vec<&[f64]> {
        self.series.iter().map(Vec::as_slice).collect()
    }

    /// Transforms the segments of all series.
    pub fn transform(&mut self) {
        let options = CoherenceOptions { whiten: false, ..CoherenceOptions::default() };
        self.spectra = SegmentSpectra::new(&self.views(), &options).ok();
    }

    /// The coherence of all pairs whose first series is one of a range: the sum of the highest ones.
    pub fn coherence(&self, from: usize, to: usize) -> f64 {
        let found = self.spectra.as_ref().map(|spectra| spectra.scan_some(1..spectra.bins() - 1, from..to));
        found.iter().flatten().map(|pair| pair.magnitude_squared).sum()
    }

    /// Prewhitens all series.
    pub fn whiten(&mut self) {
        self.plan = LagPlan::new(&self.views(), &LagOptions::default()).ok();
    }

    /// The lag of all pairs whose first series is one of a range: the sum of the strongest correlations' magnitudes.
    pub fn lags(&self, from: usize, to: usize) -> f64 {
        let found = self.plan.as_ref().map(|plan| LagScan::new(plan).some(from..to));
        found.iter().flatten().map(|lag| lag.correlation.abs()).sum()
    }
}
