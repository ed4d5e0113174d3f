//! Which series tell of the same observations by their names: the quantiles, the mean and the largest of one metric.

use crate::metric_kind;
use analysis::cause::Kind;
use operations::symptom::words;
use order::SortedSet;
use series::{Labels, Series};

/// Words for one number of a distribution. A minimum or a maximum alone may be a limit, but not beside its own mean.
const STATISTICS: [&str; 9] = ["avg", "average", "mean", "median", "min", "minimum", "max", "maximum", "stddev"];
/// Labels whose value names the statistic.
const LABELS: [&str; 5] = ["quantile", "percentile", "stat", "statistic", "aggregation"];
/// Bare numbers that are quantiles where the rest of the name says that somebody waits (`latency_95`).
const PERCENTS: [&str; 8] = ["50", "75", "90", "95", "98", "99", "999", "9999"];

/// What one series says of a distribution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    /// The metric without the words for the statistic, and the other labels.
    whole: (Vec<String>, Labels),
    /// The statistic.
    statistic: Vec<String>,
}

/// The distributions that the names of series tell of.
#[derive(Debug)]
pub(crate) struct Distributions {
    /// Of each series, where it is a part of one.
    parts: Vec<Option<Part>>,
}

impl Distributions {
    pub(crate) fn of(series: &[Series]) -> Self {
        let mut parts: Vec<Option<Part>> = series.iter().map(statistic).collect();
        // A count or a sum is one of observations where both stand there, as they do in Prometheus' summaries.
        let totals: Vec<Option<Part>> = series.iter().map(count_or_sum).collect();
        let mut known = SortedSet::new();
        known.extend(totals.iter().flatten().cloned());
        for (part, total) in parts.iter_mut().zip(totals) {
            let Some(total) = total.filter(|_| part.is_none()) else { continue };
            let both = ["count", "sum"]
                .iter()
                .all(|end| known.contains(&Part { whole: total.whole.clone(), statistic: vec![(*end).to_owned()] }));
            *part = both.then_some(total);
        }
        Self { parts }
    }

    /// Whether two series tell of the same observations.
    pub(crate) fn is_one(&self, a: usize, b: usize) -> bool {
        match (self.parts.get(a), self.parts.get(b)) {
            (Some(Some(a)), Some(Some(b))) => a.whole == b.whole && a.statistic != b.statistic,
            _ => false,
        }
    }
}

/// The words of a series' metric, and its labels.
fn identity(series: &Series) -> (Vec<String>, Labels) {
    (words(series.metric.as_deref().unwrap_or(&series.name)), series.labels.clone())
}

/// The statistic that a series is, by the words of its name or by a label.
fn statistic(series: &Series) -> Option<Part> {
    let (name, mut labels) = identity(series);
    let mut statistic = Vec::new();
    for label in LABELS {
        let is_one = |value: &str| {
            let mut parts = words(value);
            is_number(value) || parts.len() == 1 && parts.pop().is_some_and(|word| is_statistic(&word))
        };
        if labels.get(label).is_some_and(is_one) {
            statistic.extend(labels.remove(label));
        }
    }
    let mut rest: Vec<String> = Vec::new();
    let mut words = name.into_iter().peekable();
    while let Some(word) = words.next() {
        if is_statistic(&word) {
            // `p99.9` is two words.
            let is_quantile = word.starts_with('p') && ends_in_digits(&word, 1);
            statistic.push(word);
            if is_quantile && words.peek().is_some_and(|next| ends_in_digits(next, 0)) {
                statistic.extend(words.next());
            }
        } else if word != "percentile" {
            rest.push(word);
        }
    }
    if statistic.is_empty()
        && rest.last().is_some_and(|last| PERCENTS.contains(&last.as_str()))
        && metric_kind::of(&rest.join("_")) == Kind::Symptom
    {
        statistic.extend(rest.pop());
    }
    (!statistic.is_empty()).then_some(Part { whole: (rest, labels), statistic })
}

/// A name that ends in `count` or `sum`.
fn count_or_sum(series: &Series) -> Option<Part> {
    let (mut whole, labels) = identity(series);
    let last = whole.pop().filter(|last| last == "count" || last == "sum")?;
    Some(Part { whole: (whole, labels), statistic: vec![last] })
}

/// `p95`, `95th`, `avg`.
fn is_statistic(word: &str) -> bool {
    let ordinal = word.strip_suffix("th").is_some_and(|number| ends_in_digits(number, 0));
    STATISTICS.contains(&word) || ordinal || (word.starts_with('p') && ends_in_digits(word, 1))
}

/// Whether all signs from a place on are digits, and not too many for a quantile.
fn ends_in_digits(word: &str, from: usize) -> bool {
    let rest = word.get(from..).unwrap_or("");
    (1..=4).contains(&rest.len()) && rest.bytes().all(|sign| sign.is_ascii_digit())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit() || sign == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use series::TimeAxis;
    use std::sync::Arc;

    /// For each pair of series whether they are parts of one distribution.
    fn together(series: &[(&str, &[(&str, &str)])]) -> Vec<(usize, usize)> {
        let all: Vec<Series> = series
            .iter()
            .map(|(name, labels)| {
                let mut one = Series::new(*name, Arc::new(TimeAxis::default()), Vec::new());
                one.labels = labels.iter().copied().collect();
                one.metric = (!labels.is_empty()).then(|| (*name).to_owned());
                one
            })
            .collect();
        let found = Distributions::of(&all);
        let pairs = (0..all.len()).flat_map(|a| (a + 1..all.len()).map(move |b| (a, b)));
        pairs.filter(|(a, b)| found.is_one(*a, *b)).collect()
    }

    fn names(names: &[&str]) -> Vec<(usize, usize)> {
        together(&names.iter().map(|name| (*name, &[][..])).collect::<Vec<_>>())
    }

    #[test]
    fn quantiles_and_means_of_one_metric_are_one_distribution() {
        assert_eq!(names(&["cart_wait_p50", "cart_wait_p95", "web_wait_p50", "cart_size_p95"]), [(0, 1)]);
        assert_eq!(names(&["Latency p99.9", "Latency p99", "Latency avg", "Latency"]), [(0, 1), (0, 2), (1, 2)]);
        assert_eq!(names(&["PodLatencyP50(s)", "PodLatencyP95(s)", "PodLatencyP95(ms)"]), [(0, 1)]);
        assert_eq!(names(&["wait_max_seconds", "wait_mean_seconds", "95th percentile wait seconds"]).len(), 3);
        assert_eq!(names(&["carts_lat_50", "carts_lat_90", "orders_lat_50"]), [(0, 1)]);
    }

    #[test]
    fn quantiles_in_labels_are_one_distribution_where_the_other_labels_are_the_same() {
        let found = together(&[
            ("wait", &[("app", "a"), ("quantile", "0.5")]),
            ("wait", &[("app", "a"), ("quantile", "0.99")]),
            ("wait", &[("app", "b"), ("quantile", "0.99")]),
            ("wait_count", &[("app", "a")]),
            ("wait_sum", &[("app", "a")]),
            ("wait_count", &[("app", "b")]),
            ("wait", &[("app", "a"), ("stat", "Maximum")]),
            ("wait", &[("app", "a"), ("stat", "idle")]),
        ]);
        assert_eq!(found, [(0, 1), (0, 3), (0, 4), (0, 6), (1, 3), (1, 4), (1, 6), (3, 4), (3, 6), (4, 6)]);
    }

    #[test]
    fn what_names_leave_open_is_not_one_distribution() {
        assert!(names(&["cpu_count", "cpu_max", "node_load1", "node_load5", "node_load15"]).is_empty());
        assert!(names(&["disk_50", "disk_90", "errors", "requests", "requests_count", "errors_sum"]).is_empty());
        assert!(names(&["memory_max", "memory", "pod_p2", "web_p3", "p", "th"]).is_empty());
        // The same statistic of the same metric twice is two series of something else.
        assert!(names(&["wait p95", "wait-p95"]).is_empty());
    }
}
