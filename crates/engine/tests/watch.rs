//! Series that grow: the newest score is that of all samples at once.
#![allow(clippy::unwrap_used)]

use engine::{Mode, Options, Watch, score};
use proptest::prelude::*;
use series::{Dataset, Kind, Series, TimeAxis};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The score of the newest of some samples, from the batch; of a counter, of its growth.
fn newest(samples: &BTreeMap<i64, f64>, kind: Kind, count: usize) -> f64 {
    let times: Vec<i64> = samples.keys().copied().collect();
    let mut before: Option<(i64, f64)> = None;
    let values = samples.iter().map(|(&time, &value)| {
        let rate = match (kind, before) {
            (Kind::Gauge, _) => value,
            (Kind::Counter, Some((then, earlier))) if value.is_finite() => {
                (if value < earlier { value } else { value - earlier }) / ((time - then) as f64 / 1000.0)
            }
            _ => f64::NAN,
        };
        if value.is_finite() {
            before = Some((time, value));
        }
        rate
    });
    let axis = Arc::new(TimeAxis::from_unsorted(&times).0);
    let one = Series::new("x", Arc::clone(&axis), values.collect());
    // The others only make the threshold that of so many series.
    let others = (1..count).map(|number| Series::new(number.to_string(), Arc::default(), Vec::new()));
    let series = std::iter::once(one).chain(others).collect();
    *score(&Dataset { series, ..Dataset::default() }, Mode::Online, &Options::default())[0].last().unwrap()
}

fn agree(ours: f64, theirs: f64) -> bool {
    (ours.is_nan() && theirs.is_nan()) || (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0)
}

/// A poll: how many samples are new, how many places a late one belongs before the newest, and whether it corrects one.
type Poll = (usize, Option<usize>, bool);

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_late_the_newest_score_is_that_of_all_samples(
        polls in prop::collection::vec((0usize..60, prop::option::weighted(0.5, 1usize..300), any::<bool>()), 4..50),
        values in prop::collection::vec(prop_oneof![12 => 0.0..10.0f64, 1 => 0.0..1_000.0f64, 1 => Just(f64::NAN)], 20..200),
        is_counter in any::<bool>(),
    ) {
        let polls: Vec<Poll> = polls;
        let kind = if is_counter { Kind::Counter } else { Kind::Gauge };
        let mut watch = Watch::new(&Options::default(), 7);
        let mut all: BTreeMap<i64, f64> = BTreeMap::new();
        let (mut next_ms, mut count, mut drawn) = (0, 0.0, 0);
        for (fresh, late, corrects) in polls {
            let mut from_ms = next_ms;
            let mut draw = || {
                drawn += 1;
                let value = values[drawn % values.len()];
                if is_counter && value.is_finite() { count += value; count } else { value }
            };
            for _ in 0..fresh {
                all.insert(next_ms, draw());
                next_ms += 10_000;
            }
            if let Some(back) = late {
                // Between two, or in the place of one.
                let at_ms = next_ms - 10_000 * back as i64 + if corrects { 0 } else { 5_000 };
                if at_ms >= 0 && at_ms < next_ms {
                    all.insert(at_ms, draw());
                    from_ms = from_ms.min(at_ms);
                }
            }
            if all.is_empty() {
                continue;
            }
            let (times, values): (Vec<i64>, Vec<f64>) = all.iter().map(|(time, value)| (*time, *value)).unzip();
            // The window has lost its beginning, as it does in time.
            let lost = if times.len() > 1_500 { times.len() - 1_400 } else { 0 };
            let ours = watch.update(3, kind, from_ms, &times[lost..], &values[lost..]);
            let theirs = newest(&all, kind, 7);
            prop_assert!(agree(ours, theirs), "after {} samples: {ours} instead of {theirs}", all.len());
            prop_assert!(agree(watch.score(3), ours));
        }
    }
}

#[test]
fn what_leaves_its_habit_raises_an_alarm_until_it_is_removed() {
    let mut watch = Watch::new(&Options::default(), 2);
    let times: Vec<i64> = (0..400).map(|index| index * 15_000).collect();
    let calm: Vec<f64> = (0..400).map(|index| f64::from(index * 7_919 % 101)).collect();
    let mut wild = calm.clone();
    wild[399] = 9_000.0;
    watch.update(5, Kind::Gauge, 0, &times, &wild);
    watch.update(2, Kind::Gauge, 0, &times, &calm);
    assert_eq!(watch.alarms(), [5]);
    assert!(watch.score(2) < 1.0 && watch.score(5) > 1.0);
    watch.remove(5);
    assert!(watch.score(5).is_nan() && watch.alarms().is_empty());
    assert!(watch.score(2) < 1.0);
}
