//! Where an axis has its ticks.

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Distances between ticks that people count in.
const TIME_STEPS_MS: [i64; 31] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    SECOND_MS,
    2 * SECOND_MS,
    5 * SECOND_MS,
    10 * SECOND_MS,
    15 * SECOND_MS,
    30 * SECOND_MS,
    MINUTE_MS,
    2 * MINUTE_MS,
    5 * MINUTE_MS,
    10 * MINUTE_MS,
    15 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    2 * HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
    DAY_MS,
    2 * DAY_MS,
    7 * DAY_MS,
    28 * DAY_MS,
    364 * DAY_MS,
];

/// Moments at round times of the clock of a zone `offset_min` minutes east of UTC, at most `most` of them, and their
/// distance. Empty for a window that is none.
pub fn time_ticks(start_ms: i64, end_ms: i64, offset_min: i32, most: usize) -> (Vec<i64>, i64) {
    let span_ms = end_ms.saturating_sub(start_ms);
    let fits = |step_ms: &i64| span_ms / step_ms <= most.max(1) as i64;
    let step_ms = TIME_STEPS_MS.into_iter().find(fits).unwrap_or((span_ms / most.max(1) as i64).max(1));
    if span_ms <= 0 {
        return (Vec::new(), step_ms);
    }
    let offset_ms = i64::from(offset_min) * MINUTE_MS;
    let first =
        (start_ms.saturating_add(offset_ms)).div_euclid(step_ms).saturating_mul(step_ms).saturating_sub(offset_ms);
    let ticks = (0..=most as i64 + 1).map(|index| first.saturating_add(index.saturating_mul(step_ms)));
    (ticks.filter(|tick| (start_ms..=end_ms).contains(tick)).collect(), step_ms)
}

/// Values at round numbers, at most about `most` of them. Bytes are round in powers of 1024, everything else in powers
/// of ten. Empty where the bounds are no range of finite numbers.
pub fn value_ticks(low: f64, high: f64, unit: &str, most: usize) -> Vec<f64> {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 || most == 0 {
        return Vec::new();
    }
    let rough = span / most as f64;
    let base = if unit.starts_with('B') && high >= 1_024.0 { power_below(high, 1_024.0) } else { 1.0 };
    let power = power_below(rough / base, 10.0);
    let round =
        [1.0, 2.0, 5.0, 10.0].into_iter().map(|digit| digit * power * base).find(|step| span / step <= most as f64);
    let Some(step) = round.filter(|step| *step > 0.0 && step.is_finite()) else { return Vec::new() };
    let first = (low / step).ceil();
    let ticks = (0..=most + 1).map(|index| (first + index as f64) * step);
    ticks.filter(|tick| (low..=high).contains(tick)).collect()
}

/// The largest whole power of a base that is not above a value greater than 0.
fn power_below(value: f64, base: f64) -> f64 {
    let mut power = 1.0;
    while power * base <= value {
        power *= base;
    }
    while power > value && power > 0.0 {
        power /= base;
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_round_on_the_readers_clock() {
        let start_ms = 10 * HOUR_MS + 7 * MINUTE_MS;
        let (ticks, step_ms) = time_ticks(start_ms, start_ms + HOUR_MS, 0, 7);
        assert_eq!(step_ms, 10 * MINUTE_MS);
        assert_eq!(ticks.first(), Some(&(10 * HOUR_MS + 10 * MINUTE_MS)));
        let (ticks, step_ms) = time_ticks(0, 3 * DAY_MS, 330, 4);
        assert_eq!(step_ms, DAY_MS);
        assert_eq!(ticks.first(), Some(&(DAY_MS - 330 * MINUTE_MS)), "midnight in Kolkata");
        assert_eq!(time_ticks(5, 5, 0, 4).0, [] as [i64; 0]);
    }

    #[test]
    fn values_are_round_in_their_unit() {
        assert_eq!(value_ticks(0.0, 1.0, "", 5), [0.0, 0.2, 0.4, 0.600_000_000_000_000_1, 0.8, 1.0]);
        assert_eq!(value_ticks(110.0, 980.0, "s", 4), [500.0]);
        let gibibyte = 1_073_741_824.0;
        assert_eq!(value_ticks(0.0, 2.2 * gibibyte, "B", 4), [0.0, gibibyte, 2.0 * gibibyte]);
        assert_eq!(value_ticks(1.0, 1.0, "", 4), [] as [f64; 0]);
        assert_eq!(value_ticks(f64::NAN, 1.0, "", 4), [] as [f64; 0]);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ticks_are_few_and_within(start in -4_000_000_000_000i64..4_000_000_000_000, span in 1i64..200_000_000_000, most in 1usize..20) {
            let (ticks, step_ms) = time_ticks(start, start + span, 60, most);
            prop_assert!(ticks.len() <= most + 1);
            prop_assert!(ticks.windows(2).all(|pair| pair[1] - pair[0] == step_ms));
            prop_assert!(ticks.iter().all(|tick| (start..=start + span).contains(tick)));
        }

        #[test]
        fn values_are_few_and_within(low in -1e12..1e12f64, span in 1e-9..1e12f64, most in 1usize..12) {
            let ticks = value_ticks(low, low + span, "", most);
            prop_assert!(ticks.len() <= most + 1);
            prop_assert!(ticks.iter().all(|tick| (low..=low + span).contains(tick)));
        }
    }
}
