//! Thins a series for display: every extreme stays visible.

use crate::expectation::Course;
use report::ChartData;
use series::TimeGrid;

/// One series of a panel, its normal band, and what was expected of it.
pub(crate) struct Drawn<'a> {
    pub(crate) series: usize,
    pub(crate) values: &'a [f64],
    pub(crate) lower: &'a [f64],
    pub(crate) upper: &'a [f64],
    pub(crate) course: &'a Course,
}

/// The slots `from..=to`, at most about `max_points` of them: of each bucket the smallest and the largest value, in
/// their order; a bucket without values stays as one gap.
pub(crate) fn thin(drawn: &Drawn<'_>, grid: &TimeGrid, from: usize, to: usize, max_points: usize) -> ChartData {
    let to = to.min(grid.len.saturating_sub(1));
    let count = (to + 1).saturating_sub(from);
    let bucket = count.saturating_mul(2).div_ceil(max_points.max(2)).max(1);
    let mut chart = ChartData { series: drawn.series, ..ChartData::default() };
    let mut start = from;
    while start <= to {
        let end = (start + bucket).min(to + 1);
        for slot in extremes(drawn.values, start, end, bucket == 1) {
            let at = |values: &[f64]| values.get(slot).copied().unwrap_or(f64::NAN);
            chart.times_ms.push(grid.time_ms(slot) as f64);
            chart.values.push(at(drawn.values));
            chart.lower.push(at(drawn.lower));
            chart.upper.push(at(drawn.upper));
            chart.expected.push(at(&drawn.course.expected));
            chart.low.push(at(&drawn.course.low));
            chart.high.push(at(&drawn.course.high));
            chart.bits.push(at(&drawn.course.bits));
        }
        start = end;
    }
    chart
}

fn extremes(values: &[f64], start: usize, end: usize, all: bool) -> Vec<usize> {
    if all {
        return vec![start];
    }
    let value = |slot: &usize| values.get(*slot).copied().unwrap_or(f64::NAN);
    let present: Vec<usize> = (start..end).filter(|slot| value(slot).is_finite()).collect();
    let low = present.iter().copied().min_by(|a, b| value(a).total_cmp(&value(b)));
    let high = present.iter().copied().max_by(|a, b| value(a).total_cmp(&value(b)));
    match (low, high) {
        (Some(low), Some(high)) if low != high => vec![low.min(high), low.max(high)],
        (Some(only), _) => vec![only],
        _ => vec![start],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_spike_survives_any_thinning_and_gaps_stay() {
        let mut values = vec![1.0; 10_000];
        if let Some(value) = values.get_mut(7_777) {
            *value = 99.0;
        }
        values[100..400].fill(f64::NAN);
        let flat = vec![1.0; 10_000];
        let drawn = Drawn { series: 0, values: &values, lower: &flat, upper: &flat, course: &Course::default() };
        let chart = thin(&drawn, &TimeGrid::new(0, 1_000, 10_000), 0, 20_000, 200);
        assert!(chart.values.len() <= 202, "{}", chart.values.len());
        assert!(chart.values.contains(&99.0));
        assert!(chart.values.iter().any(|value| value.is_nan()));
        assert!(chart.times_ms.is_sorted());
    }

    #[test]
    fn few_points_come_as_they_are() {
        let values = [1.0, f64::NAN, 3.0];
        let drawn = Drawn { series: 0, values: &values, lower: &values, upper: &values, course: &Course::default() };
        let chart = thin(&drawn, &TimeGrid::new(0, 10, 3), 0, 2, 100);
        assert_eq!(chart.times_ms, [0.0, 10.0, 20.0]);
        assert!(chart.values.get(1).is_some_and(|value| value.is_nan()));
    }
}
