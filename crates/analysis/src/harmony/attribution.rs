//! Which pairs and which series took consonance away.

use std::ops::Range;

use super::ribbon::RelatedPair;
use crate::robust::median_of_finite;

/// What a pair took from the consonance of its set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The pair's place among the pairs that were given.
    pub pair: usize,
    /// Index of the first series.
    pub first: usize,
    /// Index of the second series.
    pub second: usize,
    /// Its usual value, 0 to 1.
    pub usual: f64,
    /// Its value in the window, 0 to 1.
    pub found: f64,
    /// What it took from the set's consonance; negative where it added. The shares sum to the drop.
    pub share: f64,
}

/// The parts of a drop of consonance in a window of frames against what was usual: which pairs took it away, the
/// largest share first.
///
/// `frames` are the values of the pairs per frame ([`super::windowed_pairs`]), `usual` the frames that the baseline is
/// learned from and `window` those in question. With v_p a pair's mean value in the window, b_p its median over the
/// usual frames outside of the window and w_p its weight, its share is w_p (b_p − v_p) / Σ w: so the shares sum to the
/// drop of the weighted mean, exactly. Missing values: a pair without a value in the window, or with none among the
/// usual frames, counts in neither; empty without any pair that does.
pub fn attribution(
    pairs: &[RelatedPair],
    frames: &[(Range<usize>, Vec<Option<f64>>)],
    usual: Range<usize>,
    window: Range<usize>,
) -> Vec<Share> {
    let mut shares: Vec<Share> = Vec::new();
    let mut weights = 0.0;
    for (index, pair) in pairs.iter().enumerate() {
        let value = |frame: usize| frames.get(frame).and_then(|(_, values)| values.get(index).copied().flatten());
        let (mut sum, mut count) = (0.0, 0.0);
        for found in window.clone().filter_map(value) {
            sum += found;
            count += 1.0;
        }
        let before: Vec<f64> = usual.clone().filter(|frame| !window.contains(frame)).filter_map(value).collect();
        let Some(usual) = median_of_finite(&before) else { continue };
        if count == 0.0 || pair.weight.is_nan() || pair.weight <= 0.0 {
            continue;
        }
        let found = sum / count;
        weights += pair.weight;
        let share = pair.weight * (usual - found);
        shares.push(Share { pair: index, first: pair.first, second: pair.second, usual, found, share });
    }
    shares.iter_mut().for_each(|one| one.share /= weights);
    order::sort_by(&mut shares, |a, b| b.share.total_cmp(&a.share));
    shares
}

/// What each series took, half of the share of each of its pairs: (series, share), the largest first. They sum to the
/// drop as well.
pub fn series_shares(shares: &[Share]) -> Vec<(usize, f64)> {
    let mut found: Vec<(usize, f64)> = Vec::new();
    for one in shares {
        for series in [one.first, one.second] {
            match found.iter_mut().find(|(known, _)| *known == series) {
                Some((_, sum)) => *sum += 0.5 * one.share,
                None => found.push((series, 0.5 * one.share)),
            }
        }
    }
    order::sort_by(&mut found, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    found
}
