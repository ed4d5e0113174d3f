//! Quantiles of a histogram with a restart and a gap, against those of a Prometheus server.
//!
//! `wait_seconds.txt` was loaded into Prometheus 2.42 with `promtool tsdb create-blocks-from openmetrics`. For the time of
//! each sample but the first, and the distance w to the sample before, `wait_seconds_quantiles.csv` has its answers to
//! `histogram_quantile(q, increase(wait_seconds_bucket[w]))`.
#![allow(clippy::unwrap_used, missing_docs)]

use order::SortedMap;
use series::histogram::derive_quantiles;
use series::{Identity, Series, TimeAxis};
use std::sync::Arc;

const SAMPLES: &str = include_str!("reference/wait_seconds.txt");
const ANSWERS: &str = include_str!("reference/wait_seconds_quantiles.csv");

fn read() -> Vec<Series> {
    let mut found: SortedMap<&str, (Vec<i64>, Vec<f64>)> = SortedMap::new();
    for line in SAMPLES.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        let (times, values) = found.at(words.next().unwrap());
        values.push(words.next().unwrap().parse().unwrap());
        times.push(words.next().unwrap().parse::<i64>().unwrap() * 1000);
    }
    let series = |(name, (times, values)): (&str, (Vec<i64>, Vec<f64>))| {
        let identity = Identity::parse(name).unwrap();
        let mut series = Series::new(identity.name, Arc::new(TimeAxis::from_unsorted(&times).0), values);
        (series.metric, series.labels) = (identity.metric, identity.labels);
        series
    };
    found.into_iter().map(series).collect()
}

#[test]
fn every_quantile_is_the_servers() {
    let mut all = read();
    let found = derive_quantiles(&mut all);
    assert_eq!((found.histograms, found.buckets), (1, 10));
    let mut compared = 0;
    for (position, line) in ANSWERS.lines().skip(1).enumerate() {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        for (index, suffix) in ["p50", "p95", "p99"].into_iter().enumerate() {
            let name = format!("wait_seconds_{suffix}{{job=\"a\"}}");
            let series = all.iter().find(|series| series.name == name).unwrap();
            assert_eq!(series.axis.times_ms()[position + 1], cells[0] as i64 * 1000);
            let (ours, theirs) = (series.values[position + 1], cells[index + 2]);
            assert!((ours - theirs).abs() < 1e-9 || ours.is_nan() && theirs.is_nan(), "{line} {suffix}: {ours}");
            compared += usize::from(!theirs.is_nan());
        }
    }
    assert_eq!(compared, 90);
}
