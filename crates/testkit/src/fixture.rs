//! Small data sets with one known property each, for tests of readers, detectors and the page.
//!
//! The numbers F1 to F16 are those of the project's list of fixtures. F1 is [`crate::noise_panel`]; F14 and F17 are
//! recorded data and a server, and so not here. Unless said otherwise a sample comes every 15 s.

use crate::signal::{
    add, amplitude_modulated, ar1, ar1_slowing, beat, delayed, harvested_population, logistic_map, ramp, scaled, sine,
    step, white_noise,
};
use crate::{Random, START_MS, dataset};
use series::{Dataset, Kind, Series, TimeAxis};
use std::sync::Arc;

const STEP_MS: i64 = 15_000;

/// F2: `tone` has a period of 300 s and amplitude 3 in white noise of deviation 1.
pub fn one_period(points: usize, seed: u64) -> Dataset {
    let noise = white_noise(points, &mut Random::stream(seed, "one period"));
    dataset(STEP_MS, [("tone", add(&scaled(&sine(points, 20.0, 0.0), 3.0, 100.0), &noise))])
}

/// F3: `pair` holds periods of 60 s and 66 s, sampled every 5 s, each of amplitude 2 in white noise of deviation 1; they
/// beat every 660 s.
pub fn two_close_periods(points: usize, seed: u64) -> Dataset {
    let noise = white_noise(points, &mut Random::stream(seed, "two close periods"));
    dataset(5000, [("pair", add(&scaled(&beat(points, 12.0, 13.2), 2.0, 100.0), &noise))])
}

/// F4: `follower` is 0.8 times `leader` 3 samples later, plus noise; `mirror` is the negative of `leader`; `stranger` is
/// independent; `drifting_a` and `drifting_b` share nothing but a trend.
pub fn pairs(points: usize, seed: u64) -> Dataset {
    let noise = |name: &str| white_noise(points, &mut Random::stream(seed, name));
    let leader = ar1(points, 0.6, &mut Random::stream(seed, "leader"));
    let follower = add(&scaled(&delayed(&leader, 3), 0.8, 0.0), &scaled(&noise("follower"), 0.5, 0.0));
    let trend = ramp(points, 0, 20.0 / points.max(1) as f64);
    dataset(
        STEP_MS,
        [
            ("mirror", scaled(&leader, -1.0, 0.0)),
            ("leader", leader),
            ("follower", follower),
            ("stranger", noise("stranger")),
            ("drifting_a", add(&trend, &noise("a"))),
            ("drifting_b", add(&trend, &noise("b"))),
        ],
    )
}

/// F5: `slowing` has a lag-1 autocorrelation that goes from 0.2 to 0.95; `stationary` stays at 0.9; `harvested` is a
/// population that nears its collapse (the harvest goes from 1 to 2.68; the fold is near 2.6).
pub fn slowing_down(points: usize, seed: u64) -> Dataset {
    dataset(
        STEP_MS,
        [
            ("slowing", ar1_slowing(points, 0.2, 0.95, &mut Random::stream(seed, "slowing"))),
            ("stationary", ar1(points, 0.9, &mut Random::stream(seed, "stationary"))),
            ("harvested", harvested_population(points, 1.0, 2.68, 0.03, &mut Random::stream(seed, "harvested"))),
        ],
    )
}

/// F6: a disturbance runs through four services: `b_latency` follows `a_latency` 2 samples later, `c_latency` 4 and
/// `d_latency` 6; each has noise of its own.
pub fn chain(points: usize, seed: u64) -> Dataset {
    let first = ar1(points, 0.5, &mut Random::stream(seed, "chain"));
    let columns = ["a", "b", "c", "d"].into_iter().enumerate().map(|(hop, name)| {
        let own = white_noise(points, &mut Random::stream(seed, name));
        (format!("{name}_latency"), scaled(&add(&delayed(&first, 2 * hop), &scaled(&own, 0.4, 0.0)), 1.0, 10.0))
    });
    dataset(STEP_MS, columns)
}

/// F7: the flight simulator of Coherence SRE: 48 h at 5 min. `healthy_cpu` is uniform in 10 to 25 and `healthy_memory`
/// in 30 to 45; `stressed_cpu` is uniform in 20 to 35, and in 85 to 95 during the first half hour of each 6 h;
/// `leaking_memory` climbs from 40 to 95, give or take 2, and never above 95.
pub fn flight(seed: u64) -> Dataset {
    const POINTS: usize = 576;
    let uniform = |name: &str, low: f64, high: f64| -> Vec<f64> {
        let mut random = Random::stream(seed, name);
        (0..POINTS).map(|_| random.between(low, high)).collect()
    };
    let calm = uniform("calm", 20.0, 35.0);
    let busy = uniform("busy", 85.0, 95.0);
    let stressed = (0..POINTS).map(|point| if point % 72 < 6 { busy[point] } else { calm[point] }).collect();
    let climb = ramp(POINTS, 0, 55.0 / (POINTS - 1) as f64);
    let leaking = climb.iter().zip(uniform("leak", -2.0, 2.0)).map(|(x, e)| (40.0 + x + e).min(95.0)).collect();
    dataset(
        300_000,
        [
            ("healthy_cpu", uniform("cpu", 10.0, 25.0)),
            ("healthy_memory", uniform("memory", 30.0, 45.0)),
            ("stressed_cpu", stressed),
            ("leaking_memory", leaking),
        ],
    )
}

/// F8: accents of height 1 in the pattern of a foot (`[0, 1]` is an iamb), `repeats` times; the time between beats of
/// 10 samples is jittered by up to 10 %.
pub fn feet(pattern: &[u8], repeats: usize, seed: u64) -> Dataset {
    const BEAT: f64 = 10.0;
    let mut random = Random::stream(seed, "feet");
    let mut values = vec![0.0; (pattern.len() * repeats + 1) * BEAT as usize];
    for (beat, &accent) in pattern.iter().cycle().take(pattern.len() * repeats).enumerate() {
        let at = (beat as f64 + 0.5 + random.between(-0.1, 0.1)) * BEAT;
        values[at as usize] = f64::from(accent);
    }
    dataset(STEP_MS, [("accents", values)])
}

/// F9: five weeks of a daily and a weekly cycle, hourly, in `load`; `batch` runs every night at 02:00 for one hour, but
/// not in the night of day `missing`.
pub fn weeks(missing: usize, seed: u64) -> Dataset {
    const POINTS: usize = 35 * 24;
    let daily = scaled(&sine(POINTS, 24.0, -0.25), 20.0, 100.0);
    let weekly = scaled(&sine(POINTS, 168.0, 0.0), 10.0, 0.0);
    let noise = white_noise(POINTS, &mut Random::stream(seed, "load"));
    let batch_noise = white_noise(POINTS, &mut Random::stream(seed, "batch"));
    // The first sample is at 06:00.
    let batch = (0..POINTS)
        .map(|hour| if (hour + 6) % 24 == 2 && (hour + 6) / 24 != missing { 50.0 } else { 0.0 } + batch_noise[hour])
        .collect();
    dataset(3_600_000, [("load", add(&add(&daily, &weekly), &noise)), ("batch", batch)])
}

/// F10: `requests_total` counts 10 per second, and starts again at zero after a third and after two thirds.
pub fn counter_with_resets(points: usize) -> Dataset {
    let third = (points / 3).max(1);
    let values = (0..points).map(|point| (point % third) as f64 * 150.0).collect();
    let mut data = dataset(STEP_MS, [("requests_total", values)]);
    for series in &mut data.series {
        series.kind = Kind::Counter;
    }
    data
}

/// F11: a series with everything that goes wrong in recording: 40 samples are absent, every 97th is NaN, and as read 5 stand in
/// the wrong order and 2 twice.
pub fn damaged(points: usize, seed: u64) -> Dataset {
    let values = white_noise(points, &mut Random::stream(seed, "damaged"));
    let mut rows: Vec<(i64, f64)> = (0..points)
        .filter(|point| !(points / 2..points / 2 + 40).contains(point))
        .map(|point| (START_MS + point as i64 * STEP_MS, if point % 97 == 5 { f64::NAN } else { values[point] }))
        .collect();
    for at in [10, 11, 12, 13, 14] {
        if at * 2 + 1 < rows.len() {
            rows.swap(at * 2, at * 2 + 1);
        }
    }
    let twice: Vec<(i64, f64)> = rows.iter().copied().take(2).collect();
    rows.extend(twice);
    let times: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let (axis, kept, ..) = TimeAxis::from_unsorted(&times);
    let ordered = kept.iter().map(|&row| rows[row].1).collect();
    Dataset {
        series: vec![Series::new("damaged", Arc::new(axis), ordered)],
        row_count: rows.len(),
        ..Dataset::default()
    }
}

/// F12: `memory` rises from half of the points on by `slope` deviations of its noise per 100 samples.
pub fn leak(points: usize, slope: f64, seed: u64) -> Dataset {
    let noise = ar1(points, 0.3, &mut Random::stream(seed, "leak"));
    dataset(STEP_MS, [("memory", scaled(&add(&noise, &ramp(points, points / 2, slope / 100.0)), 1.0, 50.0))])
}

/// F13: the logistic map: `periodic` has period 4 (r = 3.5), `chaotic` none (r = 4).
pub fn order_and_chaos(points: usize) -> Dataset {
    dataset(STEP_MS, [("periodic", logistic_map(points, 3.5, 0.3)), ("chaotic", logistic_map(points, 4.0, 0.3))])
}

/// F15: `modulated` is a carrier of 300 s whose amplitude swings every 3300 s (three lines in the spectrum); `beating`
/// is the sum of 300 s and 330 s (two lines, and the same envelope period).
pub fn modulation_and_beat(points: usize, seed: u64) -> Dataset {
    let noise = |name: &str| scaled(&white_noise(points, &mut Random::stream(seed, name)), 0.3, 10.0);
    dataset(
        STEP_MS,
        [
            ("modulated", add(&amplitude_modulated(points, 20.0, 220.0, 0.8), &noise("modulated"))),
            ("beating", add(&beat(points, 20.0, 22.0), &noise("beating"))),
        ],
    )
}

/// F16: `latency` rises by a fifth at row `at` and stays there; its noise has a deviation of 5 % of the level.
pub fn regression(points: usize, at: usize, seed: u64) -> Dataset {
    let noise = ar1(points, 0.3, &mut Random::stream(seed, "regression"));
    dataset(STEP_MS, [("latency", scaled(&add(&scaled(&noise, 0.05, 0.0), &step(points, at, 0.2)), 0.1, 0.1))])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column<'a>(data: &'a Dataset, name: &str) -> &'a [f64] {
        data.series.iter().find(|series| series.name == name).map_or(&[], |series| &series.values)
    }

    fn correlation(a: &[f64], b: &[f64]) -> f64 {
        let both: Vec<(f64, f64)> =
            a.iter().copied().zip(b.iter().copied()).filter(|(a, b)| !a.is_nan() && !b.is_nan()).collect();
        let count = both.len() as f64;
        let (mean_a, mean_b) =
            (both.iter().map(|x| x.0).sum::<f64>() / count, both.iter().map(|x| x.1).sum::<f64>() / count);
        let product: f64 = both.iter().map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
        let square_a: f64 = both.iter().map(|(a, _)| (a - mean_a).powi(2)).sum();
        let square_b: f64 = both.iter().map(|(_, b)| (b - mean_b).powi(2)).sum();
        product / (square_a * square_b).sqrt()
    }

    #[test]
    fn pairs_are_related_as_named() {
        let data = pairs(2000, 1);
        let leader = column(&data, "leader");
        assert!(correlation(&delayed(leader, 3), column(&data, "follower")) > 0.8);
        assert!((correlation(leader, column(&data, "mirror")) + 1.0).abs() < 1e-12);
        assert!(correlation(leader, column(&data, "stranger")).abs() < 0.1);
        let slopes = [column(&data, "drifting_a"), column(&data, "drifting_b")];
        assert!(correlation(slopes[0], slopes[1]) > 0.9);
    }

    #[test]
    fn a_chain_arrives_hop_by_hop() {
        let data = chain(2000, 1);
        let (a, d) = (column(&data, "a_latency"), column(&data, "d_latency"));
        assert!(correlation(&delayed(a, 6), d) > 0.8 && correlation(&delayed(a, 4), d) < 0.5);
    }

    #[test]
    fn the_flight_keeps_its_bounds() {
        let data = flight(3);
        let within = |name: &str, low: f64, high: f64| column(&data, name).iter().all(|x| (low..=high).contains(x));
        assert!(within("healthy_cpu", 10.0, 25.0) && within("healthy_memory", 30.0, 45.0));
        assert_eq!(column(&data, "stressed_cpu").iter().filter(|x| **x > 80.0).count(), 48);
        assert!(within("leaking_memory", 38.0, 95.0) && column(&data, "leaking_memory")[575] > 92.0);
    }

    #[test]
    fn one_batch_is_missing() {
        let data = weeks(10, 1);
        assert_eq!(column(&data, "batch").iter().filter(|x| **x > 25.0).count(), 34);
    }

    #[test]
    fn a_counter_restarts_twice() {
        let data = counter_with_resets(300);
        let falls = column(&data, "requests_total").windows(2).filter(|pair| pair[1] < pair[0]).count();
        assert_eq!((falls, data.series[0].kind), (2, Kind::Counter));
    }

    #[test]
    fn damage_is_as_described() {
        let data = damaged(1000, 1);
        assert_eq!((data.row_count, data.series[0].axis.len()), (962, 960));
        assert_eq!(data.series[0].point_count(), 960 - 11);
    }

    #[test]
    fn feet_have_their_accents() {
        let data = feet(&[0, 1], 30, 1);
        assert_eq!(column(&data, "accents").iter().filter(|x| **x > 0.5).count(), 30);
    }

    #[test]
    fn a_regression_is_a_fifth() {
        let data = regression(2000, 1000, 1);
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let latency = column(&data, "latency");
        assert!((mean(&latency[1000..]) / mean(&latency[..1000]) - 1.2).abs() < 0.02);
    }
}
