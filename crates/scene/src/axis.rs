//! Round moments of the reader's clock, for axes.

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Steps that people count in.
const STEPS_MS: [i64; 29] = [
    1,
    10,
    100,
    250,
    500,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    90 * DAY,
    365 * DAY,
];

/// Round moments in a window, at most about `most` of them, and their distance.
pub(crate) fn moments_ms(from_ms: i64, to_ms: i64, offset_min: i32, most: f64) -> (Vec<i64>, i64) {
    let span = to_ms.saturating_sub(from_ms).max(1);
    let wanted = span as f64 / most.max(1.0);
    let step = STEPS_MS.into_iter().find(|step| *step as f64 >= wanted).unwrap_or_else(|| {
        let years = (wanted / (365 * DAY) as f64).ceil().min(1e6) as i64;
        years.saturating_mul(365 * DAY)
    });
    let offset_ms = i64::from(offset_min) * MINUTE;
    let local = from_ms.saturating_add(offset_ms);
    let first = local.div_euclid(step).saturating_mul(step);
    let moments = (0..200)
        .map(|index| first.saturating_add(step.saturating_mul(index)).saturating_sub(offset_ms))
        .skip_while(|moment| *moment < from_ms)
        .take_while(|moment| *moment <= to_ms);
    (moments.collect(), step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_round_on_the_readers_clock() {
        // 10:07 to 11:37 in a zone 5 h 30 min ahead.
        let from = 37 * MINUTE + 4 * HOUR;
        let (moments, step) = moments_ms(from, from + 90 * MINUTE, 330, 6.0);
        assert_eq!(step, 15 * MINUTE);
        assert_eq!(moments.len(), 6);
        assert!(moments.iter().all(|moment| (moment + 330 * MINUTE) % step == 0));
    }

    #[test]
    fn absurd_windows_have_few_moments() {
        for (from, to) in [(i64::MIN, i64::MAX), (5, 5), (9, 2), (i64::MAX - 3, i64::MAX)] {
            assert!(moments_ms(from, to, 720, 8.0).0.len() <= 200);
        }
    }
}
