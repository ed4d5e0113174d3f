//! The resolution of a range query.

use crate::answer::QueryResult;

/// The scrape interval assumed where the server does not show one.
pub(crate) const ASSUMED_INTERVAL_MS: i64 = 15_000;

/// About as many points per series as an analysis needs and a screen can show.
pub const TARGET_POINTS: i64 = 3_000;

/// Steps that people know from clocks, in seconds.
const NICE_S: [i64; 21] = [
    1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_200, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
    604_800,
];

/// The step for a range of time, in milliseconds.
///
/// The rule: the smallest step of 1, 2, 5, 10, 15, 20, 30 s, 1, 2, 5, 10, 15, 20, 30 min, 1, 2, 3, 6, 12 h, 1, 7 d that
/// - gives at most [`TARGET_POINTS`] points,
/// - is at least the scrape interval, because between two scrapes there is nothing to see, and
/// - is a whole multiple of the scrape interval, so that every step holds the same number of scrapes.
///
/// Where there is none within three times the smallest possible step, it is the smallest multiple of the scrape interval
/// with at most that many points.
/// `scrape_interval_ms` counts as one second if it is not positive.
pub fn automatic_step_ms(range_ms: i64, scrape_interval_ms: i64) -> i64 {
    let interval = if scrape_interval_ms > 0 { scrape_interval_ms } else { 1_000 };
    let least = (range_ms.max(0) + TARGET_POINTS - 1) / TARGET_POINTS;
    if least <= interval {
        return interval;
    }
    NICE_S
        .iter()
        .map(|seconds| seconds * 1_000)
        .find(|step| *step >= least && *step <= 3 * least && step % interval == 0)
        .unwrap_or_else(|| (least + interval - 1) / interval * interval)
}

/// The interval that the scrapes were meant to have: the nearest of the usual ones if within 2 %, else as measured.
pub(crate) fn usual_interval_ms(measured_ms: i64) -> i64 {
    NICE_S
        .iter()
        .map(|seconds| seconds * 1_000)
        .find(|usual| (usual - measured_ms).abs() * 50 <= *usual)
        .unwrap_or(measured_ms)
}

/// The median distance between samples, over all series, as the usual interval that it stands for.
pub(crate) fn interval_of(result: &QueryResult) -> Option<i64> {
    let QueryResult::Series(all) = result else { return None };
    let mut gaps: Vec<i64> = all
        .iter()
        .flat_map(|one| one.values.windows(2).filter_map(|pair| Some(pair.last()?.time_ms - pair.first()?.time_ms)))
        .filter(|gap| *gap > 0)
        .collect();
    order::ascending_integers(&mut gaps);
    gaps.get(gaps.len() / 2).map(|gap| usual_interval_ms(*gap))
}

/// The time of the first sample of all series.
pub(crate) fn first_time_of(result: &QueryResult) -> Option<i64> {
    let QueryResult::Series(all) = result else { return None };
    all.iter().filter_map(|one| one.values.first()).map(|sample| sample.time_ms).min()
}

/// The time of the last sample of all series.
pub(crate) fn last_time_of(result: &QueryResult) -> Option<i64> {
    let QueryResult::Series(all) = result else { return None };
    all.iter().filter_map(|one| one.values.last()).map(|sample| sample.time_ms).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_step_is_nice_and_a_multiple_of_the_scrape_interval() {
        const HOUR: i64 = 3_600_000;
        for (range, interval, step) in [
            (HOUR, 15_000, 15_000),
            (12 * HOUR, 15_000, 15_000),
            (24 * HOUR, 15_000, 30_000),
            (24 * HOUR, 60_000, 60_000),
            (7 * 24 * HOUR, 15_000, 300_000),
            (30 * 24 * HOUR, 60_000, 900_000),
            (24 * HOUR, 7_000, 35_000),
            (HOUR, 0, 2_000),
            (0, 15_000, 15_000),
        ] {
            assert_eq!(automatic_step_ms(range, interval), step, "{range} at {interval}");
        }
    }

    #[test]
    fn jitter_does_not_make_an_odd_interval() {
        assert_eq!(usual_interval_ms(14_998), 15_000);
        assert_eq!(usual_interval_ms(60_400), 60_000);
        assert_eq!(usual_interval_ms(7_000), 7_000);
    }

    proptest! {
        #[test]
        fn never_too_many_points_and_never_finer_than_the_scrapes(range in 0i64..100_000_000_000, interval in 1i64..10_000_000) {
            let step = automatic_step_ms(range, interval);
            prop_assert!(step >= interval && step % interval == 0);
            prop_assert!(range / step <= TARGET_POINTS);
        }
    }
}
