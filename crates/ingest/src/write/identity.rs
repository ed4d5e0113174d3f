//! Names of series in the formats of Prometheus, where a series is a metric with a unique set of labels.

use series::{Dataset, Labels, Series};
use std::collections::BTreeSet;

/// The label that keeps a series' own name where it cannot be a metric's name, or where two would become one.
pub(crate) const ORIGINAL_NAME: &str = "series";

/// One metric name and label set per series, all different.
pub(super) fn identities(dataset: &Dataset, metric_name: impl Fn(&str) -> String) -> Vec<(String, Labels)> {
    let mut taken: BTreeSet<(String, Labels)> = BTreeSet::new();
    dataset
        .series
        .iter()
        .map(|series| {
            let written = own_metric(series);
            let metric = metric_name(written);
            let mut labels = series.labels.clone();
            if metric != written || taken.contains(&(metric.clone(), labels.clone())) {
                labels.insert(ORIGINAL_NAME, series.name.clone());
            }
            let mut attempt = 1;
            while !taken.insert((metric.clone(), labels.clone())) {
                attempt += 1;
                labels.insert(ORIGINAL_NAME, format!("{} ({attempt})", series.name));
            }
            (metric, labels)
        })
        .collect()
}

fn own_metric(series: &Series) -> &str {
    match &series.metric {
        Some(metric) => metric,
        // A series that is labels only has no name of its own.
        None if series.name == series.labels.to_string() => "",
        None => &series.name,
    }
}

/// `[a-zA-Z_:][a-zA-Z0-9_:]*`, the names that every version of Prometheus takes; other signs become `_`.
pub(crate) fn sanitised_metric(name: &str) -> String {
    sanitised(name, ':')
}

/// `[a-zA-Z_][a-zA-Z0-9_]*`, the same for labels.
pub(super) fn sanitised_label(name: &str) -> String {
    sanitised(name, '_')
}

fn sanitised(name: &str, also: char) -> String {
    let mut plain: String = name
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() || sign == '_' || sign == also { sign } else { '_' })
        .collect();
    if plain.chars().next().is_none_or(|first| first.is_ascii_digit()) {
        plain.insert(0, '_');
    }
    plain
}
