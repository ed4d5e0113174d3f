//! Single requests, counted per interval: throughput, share of errors and percentiles.

use crate::cell::timestamp::Stamp;
use crate::series_set::SeriesSet;
use series::Labels;
use std::collections::HashMap;

/// One request: when it began, how long it took (in the unit that the caller names), and whether it failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub(super) start: Stamp,
    pub(super) elapsed: f64,
    pub(super) has_failed: bool,
}

/// Requests by what was asked for, in the order in which it first was.
#[derive(Default)]
pub(super) struct Requests {
    groups: Vec<(String, Vec<Request>)>,
    positions: HashMap<String, usize>,
    /// The first and the last start.
    range_ms: Option<(i64, i64)>,
}

/// Intervals that a person would choose, in milliseconds.
const INTERVALS_MS: [i64; 12] =
    [1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000];
/// As many intervals as this are enough to see what happened.
const ENOUGH: i64 = 2000;
/// Pauses longer than this many intervals get no zeros.
const LONGEST_PAUSE: i64 = 600;

impl Requests {
    /// Adds a request for what `label` names.
    pub(super) fn push(&mut self, label: &str, request: Request) {
        let ms = request.start.ms;
        let (first, last) = self.range_ms.get_or_insert((ms, ms));
        *first = ms.min(*first);
        *last = ms.max(*last);
        let position = match self.positions.get(label) {
            Some(&position) => position,
            None => {
                self.groups.push((label.to_owned(), Vec::new()));
                self.positions.insert(label.to_owned(), self.groups.len() - 1);
                self.groups.len() - 1
            }
        };
        if let Some((_, requests)) = self.groups.get_mut(position) {
            requests.push(request);
        }
    }

    /// Adds the series of all groups: per interval the requests per second, the share that failed (0 to 1), and the median,
    /// 95th and 99th percentile of the time that they took (nearest rank). In an interval without a request the share and
    /// the percentiles are missing. Returns the interval in milliseconds.
    pub(super) fn summarise(self, unit: &str, set: &mut SeriesSet) -> i64 {
        let span = self.range_ms.map_or(0, |(first, last)| last.saturating_sub(first));
        let fits = |step: &&i64| span / **step <= ENOUGH;
        let step_ms = INTERVALS_MS.iter().find(fits).copied().unwrap_or(3_600_000);
        for (label, mut requests) in self.groups {
            let labels: Labels = [("label", label)].into_iter().filter(|(_, word)| !word.is_empty()).collect();
            order::sort_by_key(&mut requests, |request| request.start.ms);
            summarise_group(&labels, &requests, step_ms, unit, set);
        }
        step_ms
    }
}

fn summarise_group(labels: &Labels, requests: &[Request], step_ms: i64, unit: &str, set: &mut SeriesSet) {
    let mut of = |metric: &str, unit: &str| {
        let position = set.position_of(metric, labels.clone());
        if let Some(entry) = set.entry(position) {
            entry.unit = Some(unit.to_owned());
        }
        position
    };
    let throughput = of("throughput", "/s");
    let errors = of("error ratio", "ratio");
    let percentiles = [("elapsed p50", 0.5), ("elapsed p95", 0.95), ("elapsed p99", 0.99)];
    let percentiles = percentiles.map(|(metric, share)| (of(metric, unit), share));
    let slot = |request: &Request| request.start.ms.div_euclid(step_ms);
    let mut expected: Option<i64> = None;
    for group in requests.chunk_by(|a, b| slot(a) == slot(b)) {
        let Some(first) = group.first() else { continue };
        let here = slot(first);
        let at = |slot: i64| Stamp { ms: slot.saturating_mul(step_ms), ..first.start };
        for empty in expected.filter(|expected| here - expected <= LONGEST_PAUSE).unwrap_or(here)..here {
            set.push_at(throughput, at(empty), 0.0);
            set.push_at(errors, at(empty), f64::NAN);
            for (position, _) in percentiles {
                set.push_at(position, at(empty), f64::NAN);
            }
        }
        expected = Some(here + 1);
        let failed = group.iter().filter(|request| request.has_failed).count();
        set.push_at(throughput, at(here), group.len() as f64 * 1e3 / step_ms as f64);
        set.push_at(errors, at(here), failed as f64 / group.len() as f64);
        let mut elapsed: Vec<f64> =
            group.iter().map(|request| request.elapsed).filter(|value| !value.is_nan()).collect();
        order::sort_by(&mut elapsed, f64::total_cmp);
        for (position, share) in percentiles {
            let rank = (share * elapsed.len() as f64).ceil().max(1.0) as usize;
            set.push_at(position, at(here), elapsed.get(rank - 1).copied().unwrap_or(f64::NAN));
        }
    }
}
