//! Many tests at once.

/// q-values by Benjamini and Hochberg (1995): reject where q ≤ α to keep the false discovery rate below α.
///
/// In the order given. NaN p-values (no test was made) stay NaN and do not count as tests.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    step_up(p_values, 0, 1.0)
}

/// [`benjamini_hochberg`] where `tests` were made in all and the others are not given, because a screen took them for
/// unrelated: they count with a p-value of 1. Fewer than are given count as those.
pub fn benjamini_hochberg_among(p_values: &[f64], tests: usize) -> Vec<f64> {
    step_up(p_values, tests, 1.0)
}

/// q-values by Benjamini and Yekutieli (2001), which hold whatever the tests have to do with each other, at the price of
/// a factor Σ 1/k ≈ ln m + 0.58.
///
/// As [`benjamini_hochberg`] otherwise.
pub fn benjamini_yekutieli(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.iter().filter(|p| !p.is_nan()).count();
    step_up(p_values, 0, (1..=count).map(|k| 1.0 / k as f64).sum())
}

fn step_up(p_values: &[f64], tests: usize, factor: f64) -> Vec<f64> {
    let order = ascending(p_values);
    let count = order.len().max(tests);
    let mut q_values = vec![f64::NAN; p_values.len()];
    let mut smallest = 1.0f64;
    for (rank, &(position, p)) in order.iter().enumerate().rev() {
        smallest = smallest.min(p * (factor * count as f64 / (rank + 1) as f64));
        if let Some(q) = q_values.get_mut(position) {
            *q = smallest;
        }
    }
    q_values
}

/// Adjusted p-values by Holm (1979): reject where ≤ α to keep the probability of any false rejection below α.
///
/// In the order given. NaN p-values stay NaN and do not count as tests. Needs no independence.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let order = ascending(p_values);
    let count = order.len();
    let mut adjusted = vec![f64::NAN; p_values.len()];
    let mut largest = 0.0f64;
    for (rank, &(position, p)) in order.iter().enumerate() {
        largest = largest.max((p * (count - rank) as f64).min(1.0));
        if let Some(value) = adjusted.get_mut(position) {
            *value = largest;
        }
    }
    adjusted
}

/// The p-values that are not NaN with their positions, smallest first, equal ones in the order given.
fn ascending(p_values: &[f64]) -> Vec<(usize, f64)> {
    order::positions(p_values)
        .into_iter()
        .filter_map(|position| Some((position, *p_values.get(position)?)))
        .filter(|(_, p)| !p.is_nan())
        .collect()
}
