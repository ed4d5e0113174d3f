//! Panels of pure noise: whatever is found in them is a false positive.

use crate::{Random, START_MS, dataset, signal};
use series::{Dataset, Identity, Kind, Series, TimeAxis};
use std::sync::Arc;

/// A kind of stationary Gaussian noise of unit variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Noise {
    /// Independent values.
    White,
    /// First-order autoregressive, with this lag-1 autocorrelation.
    Ar1(f64),
}

/// Independent series of noise around 10, 15 s apart, named `noise_0`, `noise_1`, ….
pub fn noise_panel(noise: Noise, series: usize, points: usize, seed: u64) -> Dataset {
    let columns = (0..series).map(|index| {
        let mut random = Random::stream(seed, &format!("noise {index}"));
        let values = noise.values(points, &mut random);
        (format!("noise_{index}"), signal::scaled(&values, 1.0, 10.0))
    });
    dataset(15_000, columns)
}

/// The same on different intervals in one data set: four series 15 s apart, two 60 s and two 300 s apart, over the time
/// of `points` samples 15 s apart. All begin at one time.
pub fn noise_of_mixed_intervals(noise: Noise, points: usize, seed: u64) -> Dataset {
    let mut all = noise_panel(noise, 8, points, seed);
    for (position, series) in all.series.iter_mut().enumerate() {
        let step = [1, 1, 1, 1, 4, 4, 20, 20].get(position).copied().unwrap_or(1);
        let kept: Vec<f64> = series.values.iter().copied().take(points.div_ceil(step)).collect();
        let times: Vec<i64> = (0..kept.len()).map(|index| START_MS + (index * step) as i64 * 15_000).collect();
        series.axis = Arc::new(TimeAxis::from_unsorted(&times).0);
        series.values = kept;
    }
    all
}

/// How many slots the season of what goes together has: a sixth of 1,440.
const SEASON: usize = 240;

impl Noise {
    fn values(self, points: usize, random: &mut Random) -> Vec<f64> {
        match self {
            Self::White => signal::white_noise(points, random),
            Self::Ar1(phi) => signal::ar1(points, phi, random),
        }
    }
}

/// `members` instances of one metric, 15 s apart: a load that all have, three times as strong as the noise of each, and
/// with `seasonal` a season of twice its strength. The instances are `load{pod="0"}`, `load{pod="1"}`, …; every third has
/// half the size of the others.
pub fn peers_under_load(noise: Noise, seasonal: bool, members: usize, points: usize, seed: u64) -> Dataset {
    let load = common(noise, seasonal, points, seed);
    let columns = (0..members).map(|index| {
        let own = noise.values(points, &mut Random::stream(seed, &format!("pod {index}")));
        let size = if index % 3 == 2 { 0.5 } else { 1.0 };
        (format!("load {index}"), signal::add(&signal::scaled(&load, size, 50.0), &own))
    });
    let mut all = dataset(15_000, columns);
    for (index, series) in all.series.iter_mut().enumerate() {
        let pod = index.to_string();
        let identity = Identity::of(Some("load".to_owned()), [("pod", pod.as_str())].into_iter().collect());
        (series.name, series.metric, series.labels) = (identity.name, identity.metric, identity.labels);
    }
    all
}

/// `pairs` pairs of series, 15 s apart, named `a_0`, `b_0`, `a_1`, …: what both of a pair have is three times as strong as
/// the noise of each, with a season where that is asked for. Pairs are independent of each other, but for the season.
pub fn coupled_pairs(noise: Noise, seasonal: bool, pairs: usize, points: usize, seed: u64) -> Dataset {
    let columns = (0..pairs).flat_map(|pair| {
        let both = common(noise, seasonal, points, seed.wrapping_mul(1_000).wrapping_add(pair as u64));
        ["a", "b"].map(|end| {
            let own = noise.values(points, &mut Random::stream(seed, &format!("{end} {pair}")));
            (format!("{end}_{pair}"), signal::scaled(&signal::add(&both, &own), 1.0, 50.0))
        })
    });
    dataset(15_000, columns)
}

/// What several series have in common.
fn common(noise: Noise, seasonal: bool, points: usize, seed: u64) -> Vec<f64> {
    let load = signal::scaled(&noise.values(points, &mut Random::stream(seed, "common")), 3.0, 0.0);
    if seasonal {
        signal::add(&load, &signal::scaled(&signal::sine(points, SEASON as f64, 0.0), 6.0, 0.0))
    } else {
        load
    }
}

/// Upper bounds of buckets as Prometheus' clients have them by themselves, and the share of requests in each.
const LATENCY: [(&str, f64); 12] = [
    ("0.005", 0.0),
    ("0.01", 0.01),
    ("0.025", 0.06),
    ("0.05", 0.13),
    ("0.1", 0.3),
    ("0.25", 0.38),
    ("0.5", 0.09),
    ("1", 0.02),
    ("2.5", 0.008),
    ("5", 0.0015),
    ("10", 0.0005),
    ("+Inf", 0.0),
];

/// What two services of steady traffic export, 15 s apart: of each the buckets and the count of a histogram of latencies,
/// and a counter of requests by status. Requests come independently, `rate` per 15 s on average (a Poisson process), and
/// their latency never changes; `failing` gives the share of them that fails before the sample at each position.
pub fn poisson_traffic(rate: f64, failing: &dyn Fn(usize) -> f64, points: usize, seed: u64) -> Dataset {
    let times: Vec<i64> = (0..points).map(|index| START_MS + index as i64 * 15_000).collect();
    let axis = Arc::new(TimeAxis::from_unsorted(&times).0);
    let mut all = Dataset::default();
    for job in ["a", "b"] {
        let mut random = Random::stream(seed, job);
        let mut add = |metric: &str, label: Option<(&str, &str)>, counted: &[f64]| {
            let labels = label.into_iter().chain([("job", job)]).collect();
            let identity = Identity::of(Some(metric.to_owned()), labels);
            let mut series = Series::new(identity.name, Arc::clone(&axis), accumulated(counted));
            (series.metric, series.labels, series.kind) = (identity.metric, identity.labels, Kind::Counter);
            all.series.push(series);
        };
        let mut counts = vec![0.0; points];
        for (bound, share) in LATENCY {
            // The parts of a Poisson process are independent ones.
            counts.iter_mut().for_each(|count| *count += random.poisson(rate * share));
            add("wait_seconds_bucket", Some(("le", bound)), &counts);
        }
        add("wait_seconds_count", None, &counts);
        let mut count = |share: &dyn Fn(usize) -> f64| -> Vec<f64> {
            (0..points).map(|index| random.poisson(rate * share(index))).collect()
        };
        let (answered, failed) = (count(&|index| 1.0 - failing(index)), count(failing));
        add("requests_total", Some(("code", "200")), &answered);
        add("requests_total", Some(("code", "500")), &failed);
    }
    all
}

fn accumulated(counts: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    counts
        .iter()
        .map(|count| {
            sum += count;
            sum
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides_and_the_series_are_independent() {
        let panel = noise_panel(Noise::White, 8, 1440, 1);
        assert_eq!(panel, noise_panel(Noise::White, 8, 1440, 1));
        assert_ne!(panel, noise_panel(Noise::White, 8, 1440, 2));
        assert_eq!((panel.series.len(), panel.point_count()), (8, 8 * 1440));
        let (a, b) = (&panel.series[0].values, &panel.series[1].values);
        let product: f64 = a.iter().zip(b).map(|(a, b)| (a - 10.0) * (b - 10.0)).sum::<f64>() / 1440.0;
        assert!(product.abs() < 0.1, "{product}");
    }

    #[test]
    fn traffic_has_the_rate_and_the_quantiles_that_were_asked_for() {
        let mut traffic = poisson_traffic(20.0, &|_| 0.02, 1440, 1);
        assert_eq!(traffic.series.len(), 2 * (12 + 1 + 2));
        series::histogram::derive_quantiles(&mut traffic.series);
        series::share::derive_error_shares(&mut traffic.series);
        let mean = |name: &str| {
            let series = traffic.series.iter().find(|series| series.name == name).map(|series| &series.values);
            let values: Vec<f64> = series.into_iter().flatten().copied().filter(|value| !value.is_nan()).collect();
            values.iter().sum::<f64>() / values.len() as f64
        };
        assert!((mean("wait_seconds_p50{job=\"a\"}") - 0.1).abs() < 0.01, "half of all lie below 0.1 s");
        assert!((mean("requests_error_share{job=\"b\"}") - 0.02).abs() < 0.002);
        assert_ne!(poisson_traffic(20.0, &|_| 0.02, 100, 1), poisson_traffic(20.0, &|_| 0.02, 100, 2));
    }

    #[test]
    fn what_goes_together_is_correlated_as_stated() {
        let correlation = |all: &Dataset, first: usize, second: usize| {
            let of = |position: usize| all.series[position].values.clone();
            let centred = |values: Vec<f64>| {
                let mean = values.iter().sum::<f64>() / values.len() as f64;
                values.into_iter().map(|value| value - mean).collect::<Vec<f64>>()
            };
            let (x, y) = (centred(of(first)), centred(of(second)));
            let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            product(&x, &y) / (product(&x, &x) * product(&y, &y)).sqrt()
        };
        let pairs = coupled_pairs(Noise::White, false, 2, 4_000, 1);
        assert!((correlation(&pairs, 0, 1) - 0.9).abs() < 0.02 && correlation(&pairs, 0, 2).abs() < 0.06);
        let peers = peers_under_load(Noise::White, true, 12, 4_000, 1);
        assert_eq!((peers.series.len(), peers.series[3].name.as_str()), (12, "load{pod=\"3\"}"));
        assert!(correlation(&peers, 0, 4) > 0.93);
    }

    #[test]
    fn slower_series_have_fewer_samples_over_the_same_time() {
        let mixed = noise_of_mixed_intervals(Noise::White, 1440, 1);
        let lengths: Vec<usize> = mixed.series.iter().map(|series| series.axis.len()).collect();
        assert_eq!(lengths, [1440, 1440, 1440, 1440, 360, 360, 72, 72]);
        assert_eq!(mixed.series[7].axis.interval_ms(), Some(300_000));
    }
}
