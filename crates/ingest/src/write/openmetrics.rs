//! OpenMetrics text that `promtool tsdb create-blocks-from openmetrics` takes.

use super::identity::identities;
use super::number::{seconds, shortest};
use series::{Dataset, Kind, Labels, sanitised_label, sanitised_metric};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Writes OpenMetrics 1.0: samples by metric and series, each in the order of time, and the end mark.
///
/// Names become what every version of Prometheus takes; a series whose name had to change carries it in the label
/// `series`. Missing values are left out. Counters named `…_total` are declared.
pub fn openmetrics(dataset: &Dataset) -> String {
    let mut out = String::new();
    let identities = identities(dataset, sanitised_metric);
    // A metric's samples stand together, in the order in which the metrics first come.
    let mut ranks: BTreeMap<&str, usize> = BTreeMap::new();
    for (metric, _) in &identities {
        let next = ranks.len();
        ranks.entry(metric).or_insert(next);
    }
    let mut order: Vec<usize> = (0..identities.len()).collect();
    let rank = |index: &usize| identities.get(*index).and_then(|(metric, _)| ranks.get(metric.as_str())).copied();
    order::sort_by_key(&mut order, rank);
    let mut previous = "";
    for index in order {
        let (Some(series), Some((metric, labels))) = (dataset.series.get(index), identities.get(index)) else {
            continue;
        };
        if metric != previous {
            if let Some(family) = metric.strip_suffix("_total").filter(|_| series.kind == Kind::Counter) {
                // Writing to a String cannot fail, here and below.
                let _ = writeln!(out, "# TYPE {family} counter");
            }
            previous = metric;
        }
        let head = format!("{metric}{}", sanitised_labels(labels));
        for (&time_ms, &value) in series.axis.times_ms().iter().zip(&series.values) {
            if !value.is_nan() {
                let _ = writeln!(out, "{head} {} {}", shortest(value), seconds(time_ms));
            }
        }
    }
    out.push_str("# EOF\n");
    out
}

fn sanitised_labels(labels: &Labels) -> Labels {
    let mut plain = Labels::new();
    for (name, value) in labels.iter() {
        let mut name = sanitised_label(name);
        while plain.get(&name).is_some() {
            name.push('_');
        }
        plain.insert(name, value);
    }
    plain
}
