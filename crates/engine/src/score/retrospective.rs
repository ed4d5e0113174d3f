//! The score of a sample that knows the whole window: strange by itself or beside its peers, and raised in company.

use crate::Options;
use crate::detect;
use analysis::anomaly::peers::against_peers;
use analysis::anomaly::subsequence::{raise_in_company, strangeness, strangeness_threshold};
use series::{Dataset, Series};
use std::sync::Arc;

/// The fewest values that have a habit which a value could leave.
const SHORTEST: usize = 16;
/// The fewest instances of a metric that are compared with each other.
const FEWEST_PEERS: usize = 4;

/// One score per value of each series; 1.0 is the alarm threshold. NaN where there is no value, and throughout in a series of
/// fewer than 16. Only series of the same clock are company.
pub(super) fn scores(dataset: &Dataset, options: &Options) -> Vec<Vec<f64>> {
    let alpha = detect::alpha(options, dataset.series.len());
    let mut scores: Vec<Vec<f64>> = dataset.series.iter().map(|series| own(&series.values, alpha)).collect();
    raise_apart_from_peers(dataset, &mut scores, alpha);
    for first in first_of_each_clock(dataset) {
        let same = |series: &Series| Arc::ptr_eq(&series.axis, &first.axis);
        let members: Vec<usize> =
            dataset.series.iter().enumerate().filter(|(_, series)| same(series)).map(|(index, _)| index).collect();
        if members.len() < 2 {
            continue;
        }
        let mut group: Vec<Vec<f64>> =
            members.iter().map(|index| scores.get_mut(*index).map(std::mem::take).unwrap_or_default()).collect();
        raise_in_company(&mut group);
        for (index, raised) in members.iter().zip(group) {
            if let Some(place) = scores.get_mut(*index) {
                *place = raised;
            }
        }
    }
    scores
}

/// The first series of each clock, in order.
fn first_of_each_clock(dataset: &Dataset) -> Vec<&Series> {
    let mut first: Vec<&Series> = Vec::new();
    for series in &dataset.series {
        if !first.iter().any(|known| Arc::ptr_eq(&known.axis, &series.axis)) {
            first.push(series);
        }
    }
    first
}

/// Raises the scores of series that part from their peers: those of one clock, one metric and one unit, four or more.
fn raise_apart_from_peers(dataset: &Dataset, scores: &mut [Vec<f64>], alpha: f64) {
    let is_peer = |a: &Series, b: &Series| {
        a.metric.is_some() && a.metric == b.metric && a.unit == b.unit && Arc::ptr_eq(&a.axis, &b.axis)
    };
    let mut is_done = vec![false; dataset.series.len()];
    for (first, one) in dataset.series.iter().enumerate() {
        if is_done.get(first).copied().unwrap_or(true) {
            continue;
        }
        let group: Vec<usize> = (first..dataset.series.len())
            .filter(|other| dataset.series.get(*other).is_some_and(|other| is_peer(one, other)))
            .collect();
        for member in &group {
            if let Some(done) = is_done.get_mut(*member) {
                *done = true;
            }
        }
        if group.len() < FEWEST_PEERS {
            continue;
        }
        let columns: Vec<&[f64]> = group
            .iter()
            .filter_map(|index| dataset.series.get(*index))
            .map(|series| series.values.as_slice())
            .collect();
        for (member, apart) in group.iter().zip(against_peers(&columns)) {
            let Some(scores) = scores.get_mut(*member) else { continue };
            for (score, beside) in scores.iter_mut().zip(own(&apart, alpha)) {
                // A comparison with NaN is false: what cannot be compared stays.
                if beside > *score {
                    *score = beside;
                }
            }
        }
    }
}

fn own(values: &[f64], alpha: f64) -> Vec<f64> {
    if values.iter().filter(|value| value.is_finite()).count() < SHORTEST {
        return vec![f64::NAN; values.len()];
    }
    let mut scores = strangeness(values);
    let threshold = strangeness_threshold(&scores, alpha);
    for score in &mut scores {
        *score /= threshold;
    }
    scores
}
