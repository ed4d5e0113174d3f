//! Names of series in the formats of Prometheus, where a series is a metric with a unique set of labels.

use series::{Dataset, Labels, ORIGINAL_NAME, Series};
use std::collections::BTreeSet;

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
        // A series that is labels only, or has not even labels, has no name of its own.
        None if series.name == series.labels.to_string() || series.name == "{}" => "",
        None => &series.name,
    }
}
