//! The score of a sample that knows the whole window.

use crate::Options;
use crate::detect;
use analysis::anomaly::subsequence::{raise_in_company, strangeness, strangeness_threshold};

/// The fewest values that have a habit which a value could leave.
const SHORTEST: usize = 16;

/// One score per value of each column; 1.0 is the alarm threshold. NaN where there is no value, and throughout in a column of
/// fewer than 16.
pub(super) fn scores<'a>(columns: impl ExactSizeIterator<Item = &'a [f64]>, options: &Options) -> Vec<Vec<f64>> {
    let alpha = detect::alpha(options, columns.len());
    let mut scores: Vec<Vec<f64>> = columns.map(|values| own(values, alpha)).collect();
    raise_in_company(&mut scores);
    scores
}

fn own(values: &[f64], alpha: f64) -> Vec<f64> {
    if values.iter().filter(|value| value.is_finite()).count() < SHORTEST {
        return vec![f64::NAN; values.len()];
    }
    let mut scores = strangeness(values);
    let threshold = strangeness_threshold(&scores, alpha);
    for score in &mut scores {
        *score /= threshold;
    }
    scores
}
