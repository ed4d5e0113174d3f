//! Windows of samples that lie side by side, as long as rare observations need them.

/// At least so many windows stay, if a recording has more samples.
pub(crate) const FEWEST: usize = 60;

/// How many steps from sample to sample a window spans, given the observations in each step: as few as let nine in ten
/// windows hold the observations that are `wanted`; else as many as leave [`FEWEST`] windows (one in a recording of fewer
/// steps), if nine in ten of those hold the `least`. None if they do not.
pub(crate) fn span(wanted: f64, least: f64, totals: &[f64]) -> Option<usize> {
    // Nine in ten windows hold at least so much.
    let held = |span: usize| {
        let mut counts: Vec<f64> = totals.chunks_exact(span).map(|window| window.iter().sum()).collect();
        order::sort_by(&mut counts, f64::total_cmp);
        counts.get(counts.len() / 10).copied().unwrap_or(0.0)
    };
    let (mut low, mut high) = (1, (totals.len() / FEWEST).max(1));
    while low < high {
        let middle = (low + high) / 2;
        if held(middle) >= wanted { high = middle } else { low = middle + 1 }
    }
    (held(low) >= least).then_some(low)
}

/// The windows of `span` steps: the samples of each from its first to its last, which is the first of the next, so that no
/// observation is in two of them. What is left at the end and is no whole window is in none.
pub(crate) fn side_by_side(samples: &[usize], span: usize) -> impl Iterator<Item = &[usize]> {
    let span = span.max(1);
    samples.windows(span + 1).step_by(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_few_steps_as_let_nine_in_ten_windows_hold_enough() {
        let all = |needed, totals: &[f64]| span(needed, needed, totals);
        assert_eq!(all(100.0, &[100.0; 600]), Some(1));
        assert_eq!(all(1000.0, &[100.0; 600]), Some(10));
        assert_eq!(all(1001.0, &[100.0; 600]), None, "11 steps would leave 54 windows");
        assert_eq!(span(5000.0, 1000.0, &[100.0; 600]), Some(10), "the longest hold the least");
        assert_eq!(span(300.0, 100.0, &[100.0; 600]), Some(3), "no longer than needed");
        assert_eq!(span(5000.0, 100.0, &[100.0; 59]), Some(1), "a short recording has no choice");
        assert_eq!(span(5000.0, 101.0, &[100.0; 59]), None);
        assert_eq!(span(1.0, 1.0, &[]), None);
        assert_eq!(span(f64::INFINITY, f64::INFINITY, &[100.0; 600]), None);
        let quiet: Vec<f64> = (0..1200).map(|index| if index % 100 < 20 { 50.0 } else { 200.0 }).collect();
        assert_eq!(all(1000.0, &quiet), Some(14), "the quiet hours count; by the mean it would be 6");
    }

    #[test]
    fn windows_share_their_ends_only() {
        let samples = [0, 1, 3, 4, 7, 8];
        let windows = |span| side_by_side(&samples, span).collect::<Vec<_>>();
        assert_eq!(windows(2), [[0, 1, 3], [3, 4, 7]], "the step to 8 is no whole window");
        assert_eq!(windows(5), [samples]);
        assert_eq!(windows(6).len(), 0);
        assert_eq!(windows(1).len(), 5);
    }
}
