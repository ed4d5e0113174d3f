//! The score of a sample against its past alone.

use crate::Options;
use crate::detect;
use analysis::anomaly::spike::{SpikeOptions, scan_spikes};

/// The rolling window of the online detector, in samples.
const ONLINE_WINDOW: usize = 121;
/// The number of samples over which the online threshold keeps its false-alarm rate. It cannot be the series' length,
/// which nobody knows while it is still growing.
const ONLINE_HORIZON: usize = 10_000;

/// One score per value, each from the values up to it; 1.0 is the alarm threshold of one of `series` series.
pub(super) fn scores(values: &[f64], options: &Options, series: usize) -> Vec<f64> {
    let scan = scan_spikes(values, &online_options(options, series));
    scan.z.iter().map(|z| z.abs() / scan.threshold).collect()
}

/// How the online detector looks at one of `series` series.
pub(crate) fn online_options(options: &Options, series: usize) -> SpikeOptions {
    SpikeOptions {
        window: ONLINE_WINDOW,
        causal: true,
        alpha: detect::alpha(options, series),
        horizon: Some(ONLINE_HORIZON),
        ..SpikeOptions::default()
    }
}
