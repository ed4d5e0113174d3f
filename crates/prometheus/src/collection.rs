//! Samples as they arrive, chunk by chunk.

use crate::answer::{Metadata, QueryResult, Sample};
use crate::chunk::Chunk;
use crate::meaning;
use order::{SortedMap, SortedSet};
use series::{Identity, Labels, Series, TimeAxis};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Series under construction, in the order in which they first came.
#[derive(Debug, Default)]
pub(crate) struct Collection {
    positions: SortedMap<(usize, BTreeMap<String, String>), usize>,
    series: Vec<Collected>,
    histograms: u64,
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
                    self.histograms += u64::from(!one.histograms.is_empty());
                    one.values.extend(one.value);
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

    /// The number of series so far.
    pub(crate) fn len(&self) -> usize {
        self.series.len()
    }

    /// The number of series that held native histograms, which are not read.
    pub(crate) fn histograms(&self) -> u64 {
        self.histograms
    }

    /// The series, ordered by query, then name. `queries` name the results that have no metric name of their own.
    pub(crate) fn into_series(self, queries: &[String], metadata: &SortedMap<String, Metadata>) -> Vec<Series> {
        let mut axes: SortedMap<Vec<i64>, Arc<TimeAxis>> = SortedMap::new();
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
                let query_text = queries.get(query).map_or("", String::as_str);
                (query, name(one.metric, query_text, queries.len() > 1, metadata, axis, one.values))
            })
            .collect();
        order::sort_by(&mut named, |(a, one), (b, other)| (a, &one.name).cmp(&(b, &other.name)));
        let mut taken = SortedSet::new();
        for (query, series) in &mut named {
            let query = queries.get(*query).map_or("", String::as_str);
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
    query: &str,
    several_queries: bool,
    metadata: &SortedMap<String, Metadata>,
    axis: Arc<TimeAxis>,
    values: Vec<f64>,
) -> Series {
    let mut labels: Labels = metric.into_iter().collect();
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use series::Kind;

    fn matrix(metric: &[(&str, &str)], samples: &[(i64, f64)]) -> QueryResult {
        let metric = metric.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let values = samples.iter().map(|(time_ms, value)| Sample { time_ms: *time_ms, value: *value }).collect();
        QueryResult::Series(vec![crate::answer::QuerySeries { metric, values, value: None, histograms: Vec::new() }])
    }

    #[test]
    fn a_border_sample_that_two_chunks_hold_comes_once() {
        let mut collection = Collection::default();
        let up = [("__name__", "up_total"), ("job", "a")];
        collection.add(0, Chunk { start_ms: 0, end_ms: 20 }, matrix(&up, &[(-1, 9.0), (0, 1.0), (20, 2.0)]));
        collection.add(0, Chunk { start_ms: 20, end_ms: 40 }, matrix(&up, &[(20, 2.0), (30, 3.0), (41, 9.0)]));
        let series = collection.into_series(&["q".into()], &SortedMap::new());
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
        let series = collection.into_series(&["q".into()], &SortedMap::new());
        let names: Vec<&str> = series.iter().map(|one| one.name.as_str()).collect();
        // Two targets may show the same.
        assert_eq!(names, ["books{series=\"Dune\"}", "cart cpu (%)", "q: cart cpu (%)", "q 2: cart cpu (%)"]);
        assert_eq!((series[1].metric.as_deref(), series[1].labels.to_string().as_str()), (None, "{instance=\"a\"}"));
        assert_eq!(series[0].metric.as_deref(), Some("books"));
    }

    #[test]
    fn results_without_a_metric_name_are_called_by_labels_and_query() {
        let all = Chunk { start_ms: 0, end_ms: 9 };
        let queries = ["sum(a)".to_owned(), "sum by (job) (b)".to_owned()];
        let mut collection = Collection::default();
        collection.add(0, all, matrix(&[], &[(1, 1.0)]));
        collection.add(1, all, matrix(&[("job", "x")], &[(1, 1.0)]));
        let series = collection.into_series(&queries, &SortedMap::new());
        let names: Vec<&str> = series.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["sum(a)", "sum by (job) (b) {job=\"x\"}"]);
        assert!(Arc::ptr_eq(&series[0].axis, &series[1].axis));
    }
}
