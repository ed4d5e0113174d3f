//! Names of series in the formats of Prometheus, where a series is a metric with a unique set of labels.

use series::{Dataset, Identity, Labels, ORIGINAL_NAME, Series};
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
            // The name that is shown, if the metric can be told from it; else the metric's own with its labels.
            let parsed = Identity::parse(&series.name).and_then(|parsed| parsed.metric);
            let is_telling = metric_name(parsed.as_deref().unwrap_or(&series.name)) == metric;
            let whole = || Identity::of(Some(written.to_owned()), series.labels.clone()).name;
            let original = if is_telling { series.name.clone() } else { whole() };
            if metric != written || taken.contains(&(metric.clone(), labels.clone())) {
                labels.insert(ORIGINAL_NAME, original.clone());
            }
            let mut attempt = 1;
            while !taken.insert((metric.clone(), labels.clone())) {
                attempt += 1;
                labels.insert(ORIGINAL_NAME, format!("{original} ({attempt})"));
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
