//! Instances of one thing that part from the others.

use crate::robust::spread;
use std::ops::Range;

/// Fewest others that make a group: with two, nobody could tell which of three parted.
const FEWEST_OTHERS: usize = 3;
/// Fewest values on either side of a comparison.
const FEWEST_VALUES: f64 = 10.0;

/// Each column less the median of the others in the same slot: what an instance does that its peers do not.
///
/// Load, season and everything else that the group does together cancels; what is left is an instance's own offset and noise,
/// so that a deviation far inside its usual range becomes visible. Judge the result as a series of its own (a detector takes
/// the usual offset out).
///
/// NaN where the column has no value, where fewer than three others have one, and past the end of a shorter column. Infinite
/// values count as missing.
pub fn against_peers(columns: &[&[f64]]) -> Vec<Vec<f64>> {
    let slots = columns.iter().map(|column| column.len()).max().unwrap_or(0);
    let mut apart: Vec<Vec<f64>> = columns.iter().map(|column| Vec::with_capacity(column.len())).collect();
    let mut sorted = Vec::with_capacity(columns.len());
    for slot in 0..slots {
        sorted.clear();
        sorted.extend(columns.iter().filter_map(|column| column.get(slot)).copied().filter(|value| value.is_finite()));
        order::ascending(&mut sorted);
        for (column, apart) in columns.iter().zip(&mut apart) {
            let Some(value) = column.get(slot) else { continue };
            apart.push(value - if value.is_finite() { median_of_others(&sorted, *value) } else { f64::NAN });
        }
    }
    apart
}

/// The median of ascending values of which one, `own`, is left out; NaN with fewer than [`FEWEST_OTHERS`] others.
fn median_of_others(sorted: &[f64], own: f64) -> f64 {
    let others = sorted.len().saturating_sub(1);
    if others < FEWEST_OTHERS {
        return f64::NAN;
    }
    let place = sorted.partition_point(|value| *value < own);
    let other = |rank: usize| sorted.get(rank + usize::from(rank >= place)).copied().unwrap_or(f64::NAN);
    0.5 * (other((others - 1) / 2) + other(others / 2))
}

/// What is left of a column's variance once its peers are taken out: the squared spread (by the MAD) of `apart`, as
/// [`against_peers`] gives it, over that of `column`. Below 1 where the group goes together. `None` without values, or where
/// the column stands still.
pub fn share_left(column: &[f64], apart: &[f64]) -> Option<f64> {
    let own = spread(column).filter(|spread| *spread > 0.0)?;
    Some((spread(apart)? / own).powi(2))
}

/// How far a column lies above what its peers make one expect in the slots `inside`, on average; its size is allowed for.
///
/// An instance of twice the size parts from the others whenever the load rises, and nothing is wrong with it. So its line
/// on the median of the others is fitted outside these slots (least squares; the median is `column` less `apart`, as
/// [`against_peers`] gives it), and what the line says is taken off inside.
///
/// `None` where either side has fewer than ten values.
pub fn beyond_size(column: &[f64], apart: &[f64], inside: Range<usize>) -> Option<f64> {
    let pair = |slot: usize| -> Option<(f64, f64)> {
        let (value, apart) = (*column.get(slot)?, *apart.get(slot)?);
        (value.is_finite() && apart.is_finite()).then_some((value - apart, value))
    };
    let mean = |slots: &mut dyn Iterator<Item = usize>| -> Option<(f64, f64)> {
        let (mut count, mut x, mut y) = (0.0, 0.0, 0.0);
        for (others, own) in slots.filter_map(pair) {
            count += 1.0;
            x += others;
            y += own;
        }
        (count >= FEWEST_VALUES).then(|| (x / count, y / count))
    };
    let outside = || (0..column.len()).filter(|slot| !inside.contains(slot));
    let (x_outside, y_outside) = mean(&mut outside())?;
    let (x_inside, y_inside) = mean(&mut inside.clone())?;
    let (mut xx, mut xy) = (0.0, 0.0);
    for (others, own) in outside().filter_map(pair) {
        xx += (others - x_outside) * (others - x_outside);
        xy += (others - x_outside) * (own - y_outside);
    }
    // Without any movement of the others, one instance counts like another.
    let gain = if xx > 0.0 { xy / xx } else { 1.0 };
    Some((y_inside - y_outside) - gain * (x_inside - x_outside))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::robust::median;

    #[test]
    fn the_difference_is_to_the_median_of_the_others() {
        let columns = [
            vec![1.0, 5.0, 2.0, f64::NAN, 7.0],
            vec![1.0, 4.0, f64::NAN, 1.0, 7.0],
            vec![3.0, 4.0, 6.0, 2.0, 7.0],
            vec![9.0, -1.0, 6.0, 3.0, 7.0],
            vec![2.0, 0.5, f64::INFINITY, 4.0],
        ];
        let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let apart = against_peers(&views);
        for (own, column) in columns.iter().enumerate() {
            assert_eq!(apart[own].len(), column.len());
            for (slot, value) in column.iter().enumerate() {
                let others: Vec<f64> = columns
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| *index != own)
                    .filter_map(|(_, column)| column.get(slot).copied())
                    .collect();
                let enough = others.iter().filter(|value| value.is_finite()).count() >= 3;
                let expected = if enough && value.is_finite() { value - median(&others).unwrap() } else { f64::NAN };
                let ours = apart[own][slot];
                assert!(ours == expected || (ours.is_nan() && expected.is_nan()), "{own} {slot}: {ours} {expected}");
            }
        }
        assert!(apart[0][2].is_nan(), "two others are no group");
        assert!(against_peers(&[]).is_empty());
    }

    #[test]
    fn a_larger_instance_does_not_part_when_the_load_rises() {
        // The load is a saw tooth that rises by 50 for the last quarter.
        let load = |t: usize| (t % 17) as f64 + if t >= 300 { 50.0 } else { 0.0 };
        let column = |gain: f64, own: f64| -> Vec<f64> {
            (0..400).map(|t| gain * load(t) + 3.0 + if t >= 300 { own } else { 0.0 }).collect()
        };
        // One of twice the size, one that stays where it is, three usual ones.
        let columns = [column(2.0, 0.0), column(1.0, -50.0), column(1.0, 0.0), column(1.0, 0.0), column(1.0, 0.0)];
        let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let apart = against_peers(&views);
        let beyond = |member: usize| beyond_size(&columns[member], &apart[member], 300..400).unwrap();
        assert!(apart[0][350] > 50.0 && beyond(0).abs() < 1e-9, "{}", beyond(0));
        assert!((beyond(1) + 50.0).abs() < 1e-9, "{}", beyond(1));
        assert!(beyond(2).abs() < 1e-9);
        assert_eq!(beyond_size(&columns[0], &apart[0], 395..400), None);
        assert_eq!(beyond_size(&[], &[], 0..3), None);
        assert_eq!(share_left(&columns[2], &apart[2]), Some(0.0));
        assert_eq!(share_left(&[1.0; 9], &[0.0; 9]), None);
        let own = share_left(&columns[0], &apart[0]).unwrap();
        assert!(own > 0.0 && own < 1.0, "{own}");
    }
}
