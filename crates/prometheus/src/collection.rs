//! Samples as they arrive, chunk by chunk.

use crate::answer::{self, Metadata, QueryResult, Sample};
use crate::chunk::Chunk;
use crate::meaning;
use crate::plan::{Called, Manner};
use order::{SortedMap, SortedSet};
use serde_json::Value;
use series::histogram::NativeSeries;
use series::{Identity, Kind, Labels, Series, TimeAxis};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Series under construction, in the order in which they first came.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    positions: SortedMap<(usize, BTreeMap<String, String>), usize>,
    series: Vec<Collected>,
    native_positions: SortedMap<(usize, BTreeMap<String, String>), usize>,
    natives: Vec<(usize, NativeSeries)>,
    /// Samples of native histograms that cannot be read.
    torn: usize,
}

/// What was asked, to name the results that have no metric name of their own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// The person's own expression; empty where it is none.
    pub(crate) text: String,
    /// The name that the plan gives.
    pub(crate) called: Option<Called>,
}

#[derive(Debug)]
struct Collected {
    query: usize,
    metric: BTreeMap<String, String>,
    times_ms: Vec<i64>,
    values: Vec<f64>,
}

impl Collection {
    /// Adds an answer to query number `query`. Samples outside the chunk are left out, and so are those that are not
    /// newer than what is there: whether the server counts the beginning of a range in or out, each sample comes once.
    pub(crate) fn add(&mut self, query: usize, chunk: Chunk, result: QueryResult) {
        match result {
            QueryResult::Series(all) => {
                for mut one in all {
                    one.values.extend(one.value);
                    one.histograms.extend(one.histogram);
                    self.extend_native(query, chunk, &one.metric, &one.histograms);
                    self.extend(query, chunk, one.metric, &one.values);
                }
            }
            QueryResult::Scalar(sample) => self.extend(query, chunk, BTreeMap::new(), &[sample]),
            QueryResult::Text => {}
        }
    }

    fn extend(&mut self, query: usize, chunk: Chunk, metric: BTreeMap<String, String>, samples: &[Sample]) {
        if samples.is_empty() {
            return;
        }
        let key = (query, metric);
        let position = match self.positions.get(&key) {
            Some(position) => *position,
            None => {
                let position = self.series.len();
                let metric = key.1.clone();
                self.series.push(Collected { query, metric, times_ms: Vec::new(), values: Vec::new() });
                self.positions.insert(key, position);
                position
            }
        };
        let Some(series) = self.series.get_mut(position) else { return };
        for sample in samples {
            let is_newer = series.times_ms.last().is_none_or(|last| sample.time_ms > *last);
            if is_newer && (chunk.start_ms..=chunk.end_ms).contains(&sample.time_ms) {
                series.times_ms.push(sample.time_ms);
                series.values.push(sample.value);
            }
        }
    }

    fn extend_native(&mut self, query: usize, chunk: Chunk, metric: &BTreeMap<String, String>, samples: &[Value]) {
        if samples.is_empty() {
            return;
        }
        let key = (query, metric.clone());
        let position = *self.native_positions.at_or(key, self.natives.len());
        if position == self.natives.len() {
            let mut labels: Labels = metric.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            let metric = labels.remove("__name__");
            self.natives.push((query, NativeSeries { metric, labels, ..NativeSeries::default() }));
        }
        let Some((_, series)) = self.natives.get_mut(position) else { return };
        for sample in samples {
            let Some((time_ms, sample)) = answer::native(sample) else {
                self.torn += 1;
                continue;
            };
            let is_newer = series.times_ms.last().is_none_or(|last| time_ms > *last);
            if is_newer && (chunk.start_ms..=chunk.end_ms).contains(&time_ms) {
                series.times_ms.push(time_ms);
                series.samples.push(sample);
            }
        }
    }

    /// The number of series so far.
    pub(crate) fn len(&self) -> usize {
        self.series.len() + self.natives.len()
    }

    /// The number of native histograms, of their samples, and of samples of theirs that cannot be read.
    pub(crate) fn natives(&self) -> (usize, usize, usize) {
        (self.natives.len(), self.natives.iter().map(|(_, one)| one.times_ms.len()).sum(), self.torn)
    }

    /// The series, ordered by query, then name; of native histograms what is derived from them. `queries` name the results
    /// that have no metric name of their own.
    pub(crate) fn into_series(self, queries: &[Asked], metadata: &SortedMap<String, Metadata>) -> Vec<Series> {
        let mut axes: SortedMap<Vec<i64>, Arc<TimeAxis>> = SortedMap::new();
        let plain = Asked::default();
        let several_queries = queries.iter().filter(|query| !query.text.is_empty()).count() > 1;
        let mut named: Vec<(usize, Series)> = self
            .series
            .into_iter()
            .filter(|one| !one.times_ms.is_empty())
            .map(|one| {
                let query = one.query;
                let axis = match axes.get(&one.times_ms) {
                    Some(axis) => Arc::clone(axis),
                    None => {
                        let axis = Arc::new(TimeAxis::from_unsorted(&one.times_ms).0);
                        axes.insert(one.times_ms, Arc::clone(&axis));
                        axis
                    }
                };
                let asked = queries.get(query).unwrap_or(&plain);
                (query, name(one.metric, asked, several_queries, metadata, axis, one.values))
            })
            .collect();
        for (query, native) in &self.natives {
            named.extend(native.derive().into_iter().map(|series| (*query, series)));
        }
        order::sort_by(&mut named, |(a, one), (b, other)| (a, &one.name).cmp(&(b, &other.name)));
        let mut taken = SortedSet::new();
        for (query, series) in &mut named {
            let query = queries.get(*query).map_or("", |query| query.text.as_str());
            let plain = series.name.clone();
            let mut attempt = 1;
            while !taken.insert(series.name.clone()) {
                series.name =
                    if attempt == 1 { format!("{query}: {plain}") } else { format!("{query} {attempt}: {plain}") };
                attempt += 1;
            }
        }
        named.into_iter().map(|(_, series)| series).collect()
    }
}

fn name(
    metric: BTreeMap<String, String>,
    asked: &Asked,
    several_queries: bool,
    metadata: &SortedMap<String, Metadata>,
    axis: Arc<TimeAxis>,
    values: Vec<f64>,
) -> Series {
    let mut labels: Labels = metric.into_iter().collect();
    if let Some(called) = &asked.called {
        labels.remove("__name__");
        return called_so(called, labels, metadata, axis, values);
    }
    let query = asked.text.as_str();
    let Some(metric) = labels.remove("__name__") else {
        let name = if labels.is_empty() {
            query.to_owned()
        } else if several_queries {
            format!("{query} {labels}")
        } else {
            labels.to_string()
        };
        let mut series = Series::new(name, axis, values);
        series.metric = Some(query.to_owned());
        series.labels = labels;
        return series;
    };
    // The server knows the metric by the name that it could be given.
    let known = metadata.get(&metric);
    let identity = Identity::of(Some(metric), labels).with_original_name();
    let written = identity.metric.as_deref().unwrap_or(&identity.name);
    let (kind, unit) = (meaning::kind(written, known, &values), meaning::unit(written, known));
    let mut series = Series::new(identity.name, axis, values);
    series.kind = kind;
    series.unit = unit;
    series.metric = identity.metric;
    series.labels = identity.labels;
    series
}

/// A series that the server has put together. Growth per step is added up: it becomes a counter again, and everything
/// that is worked out from counters is worked out from it, too.
fn called_so(
    called: &Called,
    labels: Labels,
    metadata: &SortedMap<String, Metadata>,
    axis: Arc<TimeAxis>,
    mut values: Vec<f64>,
) -> Series {
    let known = metadata.get(&called.metric);
    let identity = Identity::of(Some(format!("{}{}", called.metric, called.manner.suffix())), labels);
    if called.manner == Manner::Growth {
        let mut sum = 0.0;
        for value in &mut values {
            sum += if value.is_finite() { *value } else { 0.0 };
            *value = sum;
        }
    }
    let kind =
        if called.manner == Manner::Growth { Kind::Counter } else { meaning::kind(&called.metric, known, &values) };
    let mut series = Series::new(identity.name, axis, values);
    series.kind = kind;
    series.unit = meaning::unit(&called.metric, known);
    series.metric = identity.metric;
    series.labels = identity.labels;
    series
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn asked(text: &str) -> Asked {
        Asked { text: text.to_owned(), called: None }
    }

    fn matrix(metric: &[(&str, &str)], samples: &[(i64, f64)]) -> QueryResult {
        let metric = metric.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let values = samples.iter().map(|(time_ms, value)| Sample { time_ms: *time_ms, value: *value }).collect();
        QueryResult::Series(vec![crate::answer::QuerySeries {
            metric,
            values,
            value: None,
            histograms: Vec::new(),
            histogram: None,
        }])
    }

    #[test]
    fn a_border_sample_that_two_chunks_hold_comes_once() {
        let mut collection = Collection::default();
        let up = [("__name__", "up_total"), ("job", "a")];
        collection.add(0, Chunk { start_ms: 0, end_ms: 20 }, matrix(&up, &[(-1, 9.0), (0, 1.0), (20, 2.0)]));
        collection.add(0, Chunk { start_ms: 20, end_ms: 40 }, matrix(&up, &[(20, 2.0), (30, 3.0), (41, 9.0)]));
        let series = collection.into_series(&[asked("q")], &SortedMap::new());
        assert_eq!(series[0].axis.times_ms(), [0, 20, 30]);
        assert_eq!(series[0].values, [1.0, 2.0, 3.0]);
        assert_eq!((series[0].name.as_str(), series[0].kind), ("up_total{job=\"a\"}", Kind::Counter));
    }

    #[test]
    fn a_name_that_no_metric_can_have_comes_back() {
        let all = Chunk { start_ms: 0, end_ms: 9 };
        let mut collection = Collection::default();
        for instance in ["a", "b", "c"] {
            let metric = [("__name__", "cart_cpu____"), ("instance", instance), ("series", "cart cpu (%)")];
            collection.add(0, all, matrix(&metric, &[(1, 1.0)]));
        }
        collection.add(0, all, matrix(&[("__name__", "books"), ("series", "Dune")], &[(1, 1.0)]));
        let series = collection.into_series(&[asked("q")], &SortedMap::new());
        let names: Vec<&str> = series.iter().map(|one| one.name.as_str()).collect();
        // Two targets may show the same.
        assert_eq!(names, ["books{series=\"Dune\"}", "cart cpu (%)", "q: cart cpu (%)", "q 2: cart cpu (%)"]);
        assert_eq!((series[1].metric.as_deref(), series[1].labels.to_string().as_str()), (None, "{instance=\"a\"}"));
        assert_eq!(series[0].metric.as_deref(), Some("books"));
    }

    #[test]
    fn growth_per_step_is_a_counter_again() {
        let all = Chunk { start_ms: 0, end_ms: 99 };
        let mut collection = Collection::default();
        collection.add(0, all, matrix(&[("job", "a")], &[(1, 5.0), (2, 0.0), (4, f64::NAN), (5, 2.5)]));
        collection.add(1, all, matrix(&[("job", "a")], &[(1, 3.0), (2, 2.0), (4, 1.0)]));
        let called = |metric: &str, manner| Asked {
            text: String::new(),
            called: Some(Called { metric: metric.to_owned(), manner }),
        };
        let asked = [called("x_seconds_total", Manner::Growth), called("y_bytes", Manner::Maximum)];
        let series = collection.into_series(&asked, &SortedMap::new());
        let [x, y] = series.as_slice() else { panic!("{}", series.len()) };
        assert_eq!(
            (x.name.as_str(), x.kind, x.unit.base),
            ("x_seconds_total{job=\"a\"}", Kind::Counter, series::BaseUnit::Seconds)
        );
        assert_eq!(x.values, [5.0, 5.0, 5.0, 7.5]);
        assert_eq!(
            (y.name.as_str(), y.kind, y.unit.base),
            ("y_bytes:max{job=\"a\"}", Kind::Gauge, series::BaseUnit::Bytes)
        );
    }

    #[test]
    fn results_without_a_metric_name_are_called_by_labels_and_query() {
        let all = Chunk { start_ms: 0, end_ms: 9 };
        let queries = [asked("sum(a)"), asked("sum by (job) (b)")];
        let mut collection = Collection::default();
        collection.add(0, all, matrix(&[], &[(1, 1.0)]));
        collection.add(1, all, matrix(&[("job", "x")], &[(1, 1.0)]));
        let series = collection.into_series(&queries, &SortedMap::new());
        let names: Vec<&str> = series.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["sum(a)", "sum by (job) (b) {job=\"x\"}"]);
        assert!(Arc::ptr_eq(&series[0].axis, &series[1].axis));
    }
}
