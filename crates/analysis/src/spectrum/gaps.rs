//! What the spectral methods do with missing values: short gaps are bridged, long ones divide the series into runs.

use std::ops::Range;

/// Fills interior gaps of at most `longest` missing values by straight lines; longer gaps and the ends stay NaN.
pub(crate) fn bridge(values: &[f64], longest: usize) -> Vec<f64> {
    let mut filled: Vec<f64> = values.iter().map(|v| if v.is_finite() { *v } else { f64::NAN }).collect();
    let mut last: Option<usize> = None;
    for t in 0..filled.len() {
        if filled[t].is_nan() {
            continue;
        }
        if let Some(from) = last {
            let missing = t - from - 1;
            if missing > 0 && missing <= longest {
                let (start, end) = (filled[from], filled[t]);
                for (offset, slot) in filled[from + 1..t].iter_mut().enumerate() {
                    let share = (offset + 1) as f64 / (missing + 1) as f64;
                    *slot = start + (end - start) * share;
                }
            }
        }
        last = Some(t);
    }
    filled
}

/// The maximal runs of values that are present, in order.
pub(crate) fn runs(values: &[f64]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    for (t, value) in values.iter().enumerate() {
        match (value.is_nan(), start) {
            (false, None) => start = Some(t),
            (true, Some(from)) => {
                found.push(from..t);
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        found.push(from..values.len());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_gaps_are_bridged_and_long_ones_stay() {
        let nan = f64::NAN;
        let filled = bridge(&[nan, 1.0, nan, 3.0, nan, nan, 9.0, f64::INFINITY], 1);
        assert!(filled[0].is_nan() && filled[4].is_nan() && filled[7].is_nan());
        assert_eq!(filled[2], 2.0);
        assert_eq!(runs(&filled), vec![1..4, 6..7]);
        assert_eq!(bridge(&[0.0, nan, nan, 3.0], 2), vec![0.0, 1.0, 2.0, 3.0]);
    }
}
