//! Whether a series may have changed at all: a look at means of blocks that costs a fraction of the tests, and that what
//! passes the tests passes, too.

use crate::distribution::normal_upper_quantile;

/// The share of the threshold that a contrast has to come near.
const NEAR: f64 = 0.85;
/// The most blocks that are looked at.
const MOST_BLOCKS: usize = 128;

/// The largest difference between any stretch of blocks and the rest, in its standard error as the differences of
/// neighbouring blocks have it.
///
/// The values are cut into at most 128 blocks, and each stretch of one or more of them is compared with all others:
/// |S − L · mean| / √(σ² L (1 − L / B)), S the sum of the L means of a stretch and B the number of blocks. σ² is half the mean
/// square of the differences of neighbours, which hardly see a change of level, and which are too small where blocks have
/// memory: the answer is a bound that is too large rather than too small.
///
/// Missing values are left out. 0 with fewer than four blocks or where no two neighbours differ.
pub fn largest_contrast(values: &[f64]) -> f64 {
    let length = values.len().div_ceil(MOST_BLOCKS).max(1);
    let means: Vec<f64> = values.chunks(length).filter_map(crate::robust::mean).collect();
    let count = means.len() as f64;
    if means.len() < 4 {
        return 0.0;
    }
    let neighbours = means.iter().zip(means.iter().skip(1));
    let noise = neighbours.map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / (2.0 * (count - 1.0));
    let mean = means.iter().sum::<f64>() / count;
    if noise <= 0.0 {
        return 0.0;
    }
    let mut sums = Vec::with_capacity(means.len() + 1);
    let mut sum = 0.0;
    sums.push(0.0);
    for value in &means {
        sum += value - mean;
        sums.push(sum);
    }
    let mut largest = 0.0_f64;
    for blocks in 1..means.len() {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for (before, after) in sums.iter().zip(sums.iter().skip(blocks)) {
            let inside = after - before;
            low = if inside < low { inside } else { low };
            high = if inside > high { inside } else { high };
        }
        let length = blocks as f64;
        largest = largest.max(high.max(-low).powi(2) / (length * (1.0 - length / count)));
    }
    (largest / noise).sqrt()
}

/// The contrast below which no [level shift](super::level_shift) is significant at `alpha`, with room for what the means of
/// blocks lose.
pub fn nearly(alpha: f64) -> f64 {
    NEAR * normal_upper_quantile(alpha.clamp(1e-300, 0.5) / MOST_BLOCKS as f64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::test_noise::noise;
    use super::*;
    use crate::change::level_shift::{LevelShiftOptions, level_shifts};

    #[test]
    fn is_the_difference_of_means_in_its_standard_error() {
        // Ten blocks of one value each; the stretch 3..6 is 4 above the rest.
        let values: Vec<f64> =
            (0..10).map(|t| f64::from(t % 2) + if (3..6).contains(&t) { 4.0 } else { 0.0 }).collect();
        let mut expected = 0.0_f64;
        let noise = values.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum::<f64>() / 18.0;
        for start in 0..10 {
            for end in start + 1..=10 {
                let inside: Vec<f64> = values[start..end].to_vec();
                let outside: Vec<f64> = values[..start].iter().chain(&values[end..]).copied().collect();
                if outside.is_empty() {
                    continue;
                }
                let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
                let error = (noise * (1.0 / inside.len() as f64 + 1.0 / outside.len() as f64)).sqrt();
                expected = expected.max((mean(&inside) - mean(&outside)).abs() / error);
            }
        }
        assert!((largest_contrast(&values) - expected).abs() < 1e-12, "{} {expected}", largest_contrast(&values));
    }

    #[test]
    fn what_is_a_level_shift_has_contrast() {
        let mut shifted = 0;
        for seed in 0..200 {
            let size = 0.2 + 0.01 * seed as f64;
            let (from, to) = (400 + 3 * seed, 1_000 + 4 * seed);
            let values: Vec<f64> = noise(2_000, seed as u64)
                .iter()
                .enumerate()
                .map(|(t, value)| value + if (from..to).contains(&t) { size } else { 0.0 })
                .collect();
            let alpha = 1e-5;
            if !level_shifts(&values, &LevelShiftOptions { alpha, ..LevelShiftOptions::default() }).is_empty() {
                shifted += 1;
                assert!(largest_contrast(&values) > nearly(alpha), "{seed}: {}", largest_contrast(&values));
            }
        }
        assert!(shifted > 100, "{shifted}");
    }

    #[test]
    fn nothing_has_no_contrast() {
        for values in [vec![], vec![1.0; 3], vec![2.0; 500], vec![f64::NAN; 500]] {
            assert_eq!(largest_contrast(&values), 0.0);
        }
    }
}
