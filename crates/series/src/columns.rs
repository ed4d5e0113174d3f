//! Several series on the times of one of them.

use crate::{Series, TimeAxis};
use std::borrow::Cow;

/// The values of a series at the times of `axis`: its own where the times are the same, else NaN where it has no sample
/// at that time. Nothing is interpolated.
pub(crate) fn values_at<'a>(series: &'a Series, axis: &TimeAxis) -> Cow<'a, [f64]> {
    if series.axis.times_ms() == axis.times_ms() {
        return Cow::Borrowed(&series.values);
    }
    let mut own = series.axis.times_ms().iter().zip(&series.values).peekable();
    let found = axis.times_ms().iter().map(|time| {
        while own.next_if(|(earlier, _)| *earlier < time).is_some() {}
        own.next_if(|(equal, _)| *equal == time).map_or(f64::NAN, |(_, value)| *value)
    });
    Cow::Owned(found.collect())
}

/// How much a counter grew from one value to a later one. Below the earlier one it began again at zero, and all that it
/// shows was counted since.
pub(crate) fn increase(before: f64, after: f64) -> f64 {
    if after < before { after } else { after - before }
}

/// Whether values count up from the start of a process, and are no rates: they never go down, or only to half or less,
/// and at most once in ten rises (once in any case, so that a short recording may hold a restart). NaN and infinite
/// values are passed over.
pub(crate) fn is_cumulative(values: &[f64]) -> bool {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (mut falls, mut rises) = (0usize, 0usize);
    for (before, after) in finite().zip(finite().skip(1)) {
        if after < before && after > before / 2.0 {
            return false;
        }
        falls += usize::from(after < before);
        rises += usize::from(after > before);
    }
    falls * 10 <= rises.max(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn only_equal_times_have_values() {
        let axis = |times: &[i64]| TimeAxis::from_unsorted(times).0;
        let series = Series::new("x", Arc::new(axis(&[0, 10, 25, 40])), vec![1.0, 2.0, 3.0, 4.0]);
        let found = values_at(&series, &axis(&[5, 10, 20, 40, 50]));
        let expected = [f64::NAN, 2.0, f64::NAN, 4.0, f64::NAN];
        assert!(found.iter().zip(expected).all(|(a, b)| a.to_bits() == b.to_bits()), "{found:?}");
        assert!(matches!(values_at(&series, &axis(&[0, 10, 25, 40])), Cow::Borrowed(_)));
    }

    #[test]
    fn rates_go_down_without_beginning_again() {
        assert!(is_cumulative(&[]));
        assert!(is_cumulative(&[1.0, 1.0, f64::NAN, 2.0]));
        assert!(is_cumulative(&[5.0, 6.0, 1.0, 2.0]), "one restart");
        assert!(!is_cumulative(&[5.0, 4.0, 6.0]));
        assert!(!is_cumulative(&[5.0, 0.0, 6.0, 0.0, 5.0, 0.0]));
    }
}
