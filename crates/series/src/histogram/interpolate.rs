//! A quantile from the counts of classic buckets, by the rules of Prometheus' `histogram_quantile`.

/// Counts that differ by less than this share are equal but for rounding.
const ROUNDING: f64 = 1e-12;

/// Makes cumulative counts rise: a count below the one before becomes that one, and so does one that differs from it
/// by rounding only. The count of a bucket holds all that lie below, so a fall can only be an error of the source (a
/// scrape that is not one instant, rates that were rounded).
pub(super) fn make_monotone(cumulative: &mut [f64]) {
    let mut before = 0.0;
    for count in cumulative {
        if *count - before <= ROUNDING * *count {
            *count = before;
        }
        before = *count;
    }
}

/// The quantile `q` (0 to 1) of observations whose buckets end at `bounds` (ascending, the last infinite) and hold
/// `cumulative` observations up to there (monotone, as long as `bounds`).
///
/// Between the bounds of a bucket the observations count as evenly spread. The first bucket begins at 0 if it ends
/// above; if not, its bound is the answer. What lies in the last bucket is answered by the highest finite bound. NaN
/// with fewer than two buckets or without observations.
pub(super) fn quantile(q: f64, bounds: &[f64], cumulative: &[f64]) -> f64 {
    let (Some(&total), Some(last)) = (cumulative.last(), bounds.len().checked_sub(1)) else { return f64::NAN };
    if last == 0 || total.is_nan() || total <= 0.0 || total.is_infinite() {
        return f64::NAN;
    }
    let rank = q * total;
    let bucket = cumulative.iter().take(last).position(|&count| count >= rank).unwrap_or(last);
    let bound = |index: usize| bounds.get(index).copied().unwrap_or(f64::NAN);
    let count = |index: usize| cumulative.get(index).copied().unwrap_or(f64::NAN);
    if bucket == last {
        return bound(last - 1);
    }
    let end = bound(bucket);
    let (start, below) = match bucket.checked_sub(1) {
        Some(before) => (bound(before), count(before)),
        None if end <= 0.0 => return end,
        None => (0.0, 0.0),
    };
    let inside = count(bucket) - below;
    // Only a quantile of 0 finds an empty first bucket.
    if inside > 0.0 { start + (end - start) * ((rank - below) / inside) } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: [f64; 4] = [0.1, 0.5, 1.0, f64::INFINITY];

    #[test]
    fn observations_are_evenly_spread_in_their_bucket() {
        let counts = [4.0, 8.0, 10.0, 10.0];
        assert_eq!(quantile(0.5, &BOUNDS, &counts), 0.1 + 0.4 * 0.25);
        assert_eq!(quantile(0.2, &BOUNDS, &counts), 0.05, "the first bucket begins at 0");
        assert_eq!(quantile(0.99, &BOUNDS, &[4.0, 8.0, 9.0, 10.0]), 1.0, "beyond the last bound");
        assert_eq!(quantile(0.5, &[-1.0, 1.0, f64::INFINITY], &[6.0, 10.0, 10.0]), -1.0, "a first bucket below 0");
        assert_eq!(quantile(0.0, &BOUNDS, &[0.0, 4.0, 4.0, 4.0]), 0.0);
    }

    #[test]
    fn without_observations_there_is_none() {
        assert!(quantile(0.5, &BOUNDS, &[0.0; 4]).is_nan());
        assert!(quantile(0.5, &[f64::INFINITY], &[3.0]).is_nan());
        assert!(quantile(0.5, &[], &[]).is_nan());
        assert!(quantile(0.5, &BOUNDS, &[0.0, 0.0, 0.0, f64::NAN]).is_nan());
        assert!(quantile(0.5, &BOUNDS, &[0.0, 0.0, 0.0, f64::INFINITY]).is_nan());
    }

    #[test]
    fn falling_counts_are_lifted() {
        let mut counts = [4.0, 3.0, 5.0, 5.0 + 1e-13];
        make_monotone(&mut counts);
        assert_eq!(counts, [4.0, 4.0, 5.0, 5.0]);
    }
}
