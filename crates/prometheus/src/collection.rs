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
#[derive(Clone, Debug, Default)]
pub(crate) struct Collection {
    positions: SortedMap<(usize, BTreeMap<String, String>), usize>,
    series: Vec<Collected>,
    native_positions: SortedMap<(usize, BTreeMap<String, String>), usize>,
    natives: Vec<(usize, NativeSeries)>,
    /// Samples of native histograms that cannot be read.
    torn: usize,
    /// How many series there ever were: the next one's number.
    count_ever: usize,
}

/// What was asked, to name the results that have no metric name of their own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// The person's own expression; empty where it is none.
    pub(crate) text: String,
    /// The name that the plan gives.
    pub(crate) called: Option<Called>,
}

/// A series under construction.
#[derive(Clone, Debug)]
pub(crate) struct Collected {
    /// Its number, which no other series of this collection ever gets.
    id: usize,
    query: usize,
    metric: BTreeMap<String, String>,
    /// The samples from here on are there; those before have left the window and are cleared away now and then.
    first: usize,
    times_ms: Vec<i64>,
    values: Vec<f64>,
    /// The earliest time at which something has changed since [`Collection::take_changes`].
    changed_from_ms: Option<i64>,
}

impl Collected {
    fn times_ms(&self) -> &[i64] {
        self.times_ms.get(self.first..).unwrap_or_default()
    }

    fn values(&self) -> &[f64] {
        self.values.get(self.first..).unwrap_or_default()
    }

    /// Puts a sample where its time belongs. Of two at one time the one that came last is right: a query over the newest
    /// samples gives other values once late ones have arrived.
    fn put(&mut self, sample: Sample) {
        let Sample { time_ms, value } = sample;
        if self.times_ms.last().is_none_or(|last| time_ms > *last) {
            self.times_ms.push(time_ms);
            self.values.push(value);
        } else {
            match self.times_ms.binary_search(&time_ms) {
                // What has left the window does not come back.
                Ok(place) | Err(place) if place < self.first => return,
                Ok(place) => {
                    let Some(kept) = self.values.get_mut(place) else { return };
                    if *kept == value || (kept.is_nan() && value.is_nan()) {
                        return;
                    }
                    *kept = value;
                }
                Err(place) => {
                    self.times_ms.insert(place, time_ms);
                    self.values.insert(place, value);
                }
            }
        }
        self.changed_from_ms = Some(self.changed_from_ms.map_or(time_ms, |from_ms| from_ms.min(time_ms)));
    }

    /// Lets what is older leave. What is left of it is cleared away only when it is a quarter of all, so that leaving
    /// costs no more than coming.
    fn forget(&mut self, before_ms: i64) {
        self.first += self.times_ms().partition_point(|time_ms| *time_ms < before_ms);
        if self.first * 4 > self.times_ms.len() {
            self.times_ms.drain(..self.first);
            self.values.drain(..self.first);
            self.first = 0;
        }
    }
}

impl Collection {
    /// Adds an answer to query number `query`. Samples outside the chunk are left out: whether the server counts the
    /// beginning of a range in or out, each sample comes once. Late samples go where they belong.
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
                self.series.push(Collected {
                    id: self.count_ever,
                    query,
                    metric: key.1.clone(),
                    first: 0,
                    times_ms: Vec::new(),
                    values: Vec::new(),
                    changed_from_ms: None,
                });
                self.count_ever += 1;
                self.positions.insert(key, position);
                position
            }
        };
        let Some(series) = self.series.get_mut(position) else { return };
        for sample in samples.iter().filter(|sample| (chunk.start_ms..=chunk.end_ms).contains(&sample.time_ms)) {
            series.put(*sample);
        }
    }

    /// Lets samples leave that are older than `before_ms` says for their query, and series that have none left. Returns
    /// the numbers of these series.
    pub(crate) fn forget(&mut self, before_ms: impl Fn(usize) -> i64) -> Vec<usize> {
        for (query, series) in &mut self.natives {
            let left = series.times_ms.partition_point(|time_ms| *time_ms < before_ms(*query));
            series.times_ms.drain(..left);
            series.samples.drain(..left);
        }
        let mut gone = Vec::new();
        for series in &mut self.series {
            series.forget(before_ms(series.query));
            if series.times_ms().is_empty() {
                gone.push(series.id);
            }
        }
        if !gone.is_empty() {
            self.series.retain(|series| !series.times_ms().is_empty());
            self.positions = SortedMap::new();
            let keys = self.series.iter().enumerate();
            self.positions.extend(keys.map(|(place, series)| ((series.query, series.metric.clone()), place)));
        }
        gone
    }

    /// The numbers of the series that have changed since this was last asked, each with the earliest time of a change.
    pub(crate) fn take_changes(&mut self) -> Vec<(usize, i64)> {
        self.series.iter_mut().filter_map(|series| Some((series.id, series.changed_from_ms.take()?))).collect()
    }

    /// The series in ascending order of their numbers: number, times and values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &[i64], &[f64])> {
        self.series.iter().map(|series| (series.id, series.times_ms(), series.values()))
    }

    /// The times and the values of the series of a number.
    pub(crate) fn samples(&self, id: usize) -> Option<(&[i64], &[f64])> {
        self.find(id).map(|series| (series.times_ms(), series.values()))
    }

    /// The metric with its labels of the series of a number.
    pub(crate) fn metric(&self, id: usize) -> Option<&BTreeMap<String, String>> {
        self.find(id).map(|series| &series.metric)
    }

    /// Whether there is a series of a metric with its labels.
    pub(crate) fn has_metric(&self, metric: &BTreeMap<String, String>) -> bool {
        self.series.iter().any(|series| series.metric == *metric)
    }

    fn find(&self, id: usize) -> Option<&Collected> {
        self.series.get(self.series.binary_search_by_key(&id, |series| series.id).ok()?)
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
            if !(chunk.start_ms..=chunk.end_ms).contains(&time_ms) {
                continue;
            }
            // As with numbers: late ones go where they belong.
            if let Err(place) = series.times_ms.binary_search(&time_ms) {
                series.times_ms.insert(place, time_ms);
                series.samples.insert(place, sample);
            }
        }
    }

    /// The number of series so far.
    pub(crate) fn len(&self) -> usize {
        self.series.len() + self.natives.len()
    }

    /// The number of samples that memory is held for.
    pub(crate) fn held(&self) -> usize {
        self.series.iter().map(|series| series.times_ms.capacity()).sum()
    }

    /// The number of native histograms, of their samples, and of samples of theirs that cannot be read.
    pub(crate) fn natives(&self) -> (usize, usize, usize) {
        (self.natives.len(), self.natives.iter().map(|(_, one)| one.times_ms.len()).sum(), self.torn)
    }

    /// Takes the series out, for [`Naming::add`].
    pub(crate) fn take_series(&mut self) -> Vec<Collected> {
        std::mem::take(&mut self.series)
    }

    /// Copies of `most` series from place `from` on, for [`Naming::add`].
    pub(crate) fn copies(&self, from: usize, most: usize) -> impl Iterator<Item = Collected> {
        self.series.iter().skip(from).take(most).map(|series| Collected {
            metric: series.metric.clone(),
            times_ms: series.times_ms().to_vec(),
            values: series.values().to_vec(),
            first: 0,
            ..*series
        })
    }

    /// The number of series but for native histograms.
    pub(crate) fn series_count(&self) -> usize {
        self.series.len()
    }
}

/// Series on their way into a data set.
#[derive(Clone, Debug)]
pub(crate) struct Naming {
    /// They name the results that have no metric name of their own.
    queries: Vec<Asked>,
    several_queries: bool,
    /// The different axes so far, ascending by their times.
    axes: Vec<Arc<TimeAxis>>,
    named: Vec<(usize, Series)>,
}

impl Naming {
    pub(crate) fn new(queries: Vec<Asked>) -> Self {
        let several_queries = queries.iter().filter(|query| !query.text.is_empty()).count() > 1;
        Self { queries, several_queries, axes: Vec::new(), named: Vec::new() }
    }

    /// What was asked.
    pub(crate) fn queries(&self) -> &[Asked] {
        &self.queries
    }

    /// Adds a series, unless it has no samples.
    pub(crate) fn add(&mut self, mut one: Collected, metadata: &SortedMap<String, Metadata>) {
        if one.times_ms().is_empty() {
            return;
        }
        one.times_ms.drain(..one.first);
        one.values.drain(..one.first);
        let axis = match self.axes.binary_search_by(|axis| axis.times_ms().cmp(&one.times_ms)) {
            Ok(place) => self.axes.get(place).map(Arc::clone).unwrap_or_default(),
            Err(place) => {
                // Each sample stands where its time belongs.
                let axis = Arc::new(TimeAxis::from_ascending(one.times_ms).unwrap_or_default());
                self.axes.insert(place, Arc::clone(&axis));
                axis
            }
        };
        let plain = Asked::default();
        let asked = self.queries.get(one.query).unwrap_or(&plain);
        self.named.push((one.query, name(one.metric, asked, self.several_queries, metadata, axis, one.values)));
    }

    /// The series, ordered by query, then name; of native histograms what is derived from them.
    pub(crate) fn finish(self, collection: &Collection) -> Vec<Series> {
        let Self { queries, mut named, .. } = self;
        for (query, native) in &collection.natives {
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

    fn named(mut collection: Collection, queries: &[Asked]) -> Vec<Series> {
        let mut naming = Naming::new(queries.to_vec());
        collection.take_series().into_iter().for_each(|one| naming.add(one, &SortedMap::new()));
        naming.finish(&collection)
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
        let series = named(collection, &[asked("q")]);
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
        let series = named(collection, &[asked("q")]);
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
        let series = named(collection, &asked);
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
        let series = named(collection, &queries);
        let names: Vec<&str> = series.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["sum(a)", "sum by (job) (b) {job=\"x\"}"]);
        assert!(Arc::ptr_eq(&series[0].axis, &series[1].axis));
    }
}
