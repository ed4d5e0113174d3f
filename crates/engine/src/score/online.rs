//! The score of a sample against its past alone.

use crate::Options;
use analysis::anomaly::online::{Detector, DetectorOptions, threshold};

/// One score per value, each from the values up to it; 1.0 is the alarm threshold of one of `series` series. NaN where
/// there is no value, 0 where too little is known.
pub(super) fn scores(values: &[f64], options: &Options, series: usize) -> Vec<f64> {
    let mut detector = Detector::new(&detector_options(options, series));
    values.iter().map(|value| detector.push(*value).score).collect()
}

/// How the online detector looks at one of `series` series. A lower false-alarm rate counts as so many times as many
/// series.
pub(crate) fn detector_options(options: &Options, series: usize) -> DetectorOptions {
    let stricter = Options::default().false_alarm_rate / options.false_alarm_rate;
    DetectorOptions { threshold: threshold(series as f64 * stricter), ..DetectorOptions::default() }
}
