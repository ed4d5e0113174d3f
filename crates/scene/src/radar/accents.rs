//! Accents: values outside of the normal band.

use order::sort_by;
use report::ChartData;

/// No more accents than this are marked.
const MOST: usize = 60;

/// The most extreme value of each run outside of the band, the strongest runs only, in order of time.
pub(super) fn accents(chart: &ChartData) -> Vec<(f64, f64)> {
    let mut runs: Vec<(f64, f64, f64)> = Vec::new();
    let mut in_run = false;
    let rows = chart.times_ms.iter().zip(&chart.values).zip(chart.lower.iter().zip(&chart.upper));
    for ((time_ms, value), (lower, upper)) in rows {
        let excess = (value - upper).max(lower - value);
        let is_outside = time_ms.is_finite() && excess.is_finite() && excess > 0.0;
        let accent = (*time_ms, *value, excess);
        if is_outside && !in_run {
            runs.push(accent);
        } else if is_outside && let Some(last) = runs.last_mut().filter(|last| excess > last.2) {
            *last = accent;
        }
        in_run = is_outside;
    }
    sort_by(&mut runs, |one, other| other.2.total_cmp(&one.2));
    runs.truncate(MOST);
    sort_by(&mut runs, |one, other| one.0.total_cmp(&other.0));
    runs.into_iter().map(|(time_ms, value, _)| (time_ms, value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_exceedances_is_one_accent() {
        let chart = ChartData {
            series: 0,
            times_ms: (0..8).map(f64::from).collect(),
            values: vec![0.0, 5.0, 9.0, 5.0, 0.0, f64::NAN, -7.0, 0.0],
            lower: vec![-1.0; 8],
            upper: vec![1.0; 8],
        };
        assert_eq!(accents(&chart), [(2.0, 9.0), (6.0, -7.0)]);
    }
}
