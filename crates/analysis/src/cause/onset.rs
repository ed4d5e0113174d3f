//! The common onset: the moment at which most series changed their level together.

use std::ops::Range;

/// The best moment to split a window into "before" and "after".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Onset {
    /// The first slot of "after".
    pub slot: usize,
    /// The mean over all series of the squared standardised rank-CUSUM at that slot. Without any change it stays in
    /// the order of 1; it grows with the number of series that moved and with how clearly they did.
    pub strength: f64,
}

/// The fewest slots on either side of a split.
const MARGIN: usize = 5;

/// Finds the slot at which the columns changed most, all taken together.
///
/// For each column the values are replaced by their ranks, which makes the answer invariant to units and deaf to single
/// outliers; the standardised CUSUM of the ranks at slot `t` is the two-sample rank-sum statistic of before against
/// after `t` (Pettitt, Applied Statistics 28, 1979). Its square is averaged over columns. Splits are searched in
/// `search` only, with at least five slots on either side; NaN counts as "no evidence". Constant columns say nothing.
/// `None` where no split is possible or nothing varies.
pub fn common_onset(columns: &[&[f64]], search: Range<usize>) -> Option<Onset> {
    let len = columns.iter().map(|column| column.len()).max()?;
    let from = search.start.max(MARGIN);
    let to = search.end.min(len.saturating_sub(MARGIN) + 1);
    if from >= to {
        return None;
    }
    let mut evidence = vec![0.0; len + 1];
    let mut counted = 0usize;
    for column in columns {
        let Some(statistics) = split_statistics(column) else { continue };
        counted += 1;
        for (sum, statistic) in evidence.iter_mut().zip(&statistics) {
            *sum += statistic * statistic;
        }
    }
    if counted == 0 {
        return None;
    }
    let mut best = Onset { slot: from, strength: -1.0 };
    for (slot, sum) in evidence.iter().enumerate().take(to).skip(from) {
        let strength = sum / counted as f64;
        // Of equal slots the last: a split inside a gap is a split at its end, where data begin again.
        if strength >= best.strength {
            best = Onset { slot, strength };
        }
    }
    Some(best)
}

/// For every split, the standardised difference of ranks before and after; `None` for a column that never varies.
fn split_statistics(column: &[f64]) -> Option<Vec<f64>> {
    let ranks = centred_ranks(column)?;
    let present = ranks.iter().filter(|rank| !rank.is_nan()).count() as f64;
    let mut statistics = vec![0.0; column.len() + 1];
    let (mut sum, mut seen) = (0.0, 0.0);
    for (slot, rank) in ranks.iter().enumerate() {
        if !rank.is_nan() {
            sum += rank;
            seen += 1.0;
        }
        let both = seen * (present - seen) / present;
        if let Some(statistic) = statistics.get_mut(slot + 1) {
            *statistic = if both > 0.0 { sum / both.sqrt() } else { 0.0 };
        }
    }
    Some(statistics)
}

/// Mid-ranks, centred to mean 0 and scaled to variance 1 over the values present; NaN stays NaN.
fn centred_ranks(column: &[f64]) -> Option<Vec<f64>> {
    let value = |slot: usize| column.get(slot).copied().unwrap_or(f64::NAN);
    let slots: Vec<usize> = order::positions(column).into_iter().filter(|slot| value(*slot).is_finite()).collect();
    let count = slots.len();
    if count < 2 * MARGIN {
        return None;
    }
    let mut ranks = vec![f64::NAN; column.len()];
    let middle = (count as f64 - 1.0) / 2.0;
    let mut squares = 0.0;
    let mut first = 0;
    for group in slots.chunk_by(|a, b| value(*a) == value(*b)) {
        let rank = first as f64 + (group.len() as f64 - 1.0) / 2.0 - middle;
        first += group.len();
        squares += rank * rank * group.len() as f64;
        for slot in group {
            if let Some(place) = ranks.get_mut(*slot) {
                *place = rank;
            }
        }
    }
    let deviation = (squares / count as f64).sqrt();
    if deviation <= 0.0 {
        return None;
    }
    for rank in &mut ranks {
        *rank /= deviation;
    }
    Some(ranks)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn step(len: usize, at: usize, size: f64) -> Vec<f64> {
        (0..len).map(|i| ((i * 7919) % 101) as f64 / 101.0 + if i >= at { size } else { 0.0 }).collect()
    }

    #[test]
    fn finds_the_common_step_although_one_series_never_moves() {
        let (a, b, c) = (step(200, 120, 3.0), step(200, 120, -2.0), step(200, 300, 0.0));
        let onset = common_onset(&[&a, &b, &c], 0..200).unwrap();
        assert_eq!(onset.slot, 120);
        assert!(onset.strength > 20.0, "{}", onset.strength);
    }

    #[test]
    fn constant_or_short_columns_have_no_onset() {
        assert_eq!(common_onset(&[&[1.0; 50]], 0..50), None);
        assert_eq!(common_onset(&[&[1.0, 2.0]], 0..2), None);
        assert_eq!(common_onset(&[], 0..2), None);
    }

    proptest! {
        #[test]
        fn units_do_not_matter(scale in 0.001f64..1000.0, offset in -1e3f64..1e3, at in 20usize..80) {
            let plain = step(100, at, 2.0);
            let other: Vec<f64> = plain.iter().map(|value| value * scale + offset).collect();
            let (a, b) = (common_onset(&[&plain], 0..100).unwrap(), common_onset(&[&other], 0..100).unwrap());
            prop_assert_eq!(a.slot, b.slot);
        }

        #[test]
        fn gaps_do_not_panic(values in prop::collection::vec(prop_oneof![Just(f64::NAN), -5.0f64..5.0], 0..60)) {
            let _ = common_onset(&[&values], 0..60);
        }
    }
}
