//! Instances of one thing that part from the others.

/// Fewest others that make a group: with two, nobody could tell which of three parted.
const FEWEST_OTHERS: usize = 3;

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
}
