//! What a metric's name and metadata say about its values.

use crate::answer::Metadata;
use crate::preset;
use order::SortedMap;
use series::{BaseUnit, Declared, Growth, Kind, Series, Unit, histogram};

/// Counter or gauge: as the exporter says, or a pack knows better (many exporters of databases pass counters on untyped, or
/// as gauges), else by name; a counter's values must agree.
pub(crate) fn kind(name: &str, metadata: Option<&Metadata>, values: &[f64]) -> Kind {
    let declared = match metadata.map(|metadata| metadata.kind.as_str()) {
        Some("counter") => Declared::Counter,
        _ if preset::is_counter(name) => Declared::Counter,
        Some("gauge") => Declared::Gauge,
        _ => Declared::Nothing,
    };
    if Growth::of_counter(name, declared, values).is_some() { Kind::Counter } else { Kind::Gauge }
}

/// Makes counters of what counts up with its histogram, unless the exporter calls it a gauge or its values speak against it.
/// A short recording with a restart does not show it by the name alone.
pub(crate) fn mark_parts_of_histograms(series: &mut [Series], metadata: &SortedMap<String, Metadata>) {
    let is_part = histogram::cumulative_parts(series);
    for (one, _) in series.iter_mut().zip(is_part).filter(|(one, is_part)| *is_part && one.kind == Kind::Gauge) {
        let name = one.metric.as_deref().unwrap_or(&one.name);
        let is_gauge = metadata.get(name).is_some_and(|metadata| metadata.kind == "gauge");
        if !is_gauge && Growth::of_counter(name, Declared::Counter, &one.values).is_some() {
            one.kind = Kind::Counter;
        }
    }
}

/// The unit that the exporter declares, else that of the name.
pub(crate) fn unit(name: &str, metadata: Option<&Metadata>) -> Unit {
    let declared = metadata.map(|metadata| metadata.unit.as_str()).filter(|unit| !unit.is_empty());
    match declared {
        Some(written) if !name.ends_with("_count") && !name.ends_with("_bucket") => {
            Unit { base: BaseUnit::named(written).unwrap_or_default(), per_second: false, written: written.to_owned() }
        }
        _ => Unit::of_metric(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use series::{Identity, TimeAxis};

    #[test]
    fn name_word_and_values_must_agree() {
        let is = |kind: &str| Metadata { kind: kind.into(), unit: String::new() };
        let (growing, calm, steady) = ([1.0, 5.0, 9.0, 0.0, 3.0, 4.0], [5.0, 4.0, 5.0, 6.0], [5.0; 4]);
        let mut long: Vec<f64> = (0..40).map(f64::from).collect();
        long.extend(growing);
        assert_eq!(kind("http_requests_total", None, &long), Kind::Counter);
        assert_eq!(kind("queue_count", Some(&is("gauge")), &long), Kind::Gauge);
        assert_eq!(kind("subscriber_count", None, &calm), Kind::Gauge);
        assert_eq!(kind("memory_total", None, &steady), Kind::Gauge);
        assert_eq!(kind("errors_total", Some(&is("counter")), &steady), Kind::Counter);
        assert_eq!(kind("node_load1", None, &long), Kind::Gauge);
        assert_eq!(kind("mysql_global_status_queries", Some(&is("unknown")), &long), Kind::Counter);
        assert_eq!(kind("redis_slowlog_last_id", Some(&is("gauge")), &long), Kind::Counter);
        assert_eq!(kind("mysql_global_status_queries", Some(&is("unknown")), &calm), Kind::Gauge, "not as we know it");
    }

    #[test]
    fn a_short_count_that_begins_again_is_a_counter_as_its_buckets_are() {
        let axis = std::sync::Arc::new(TimeAxis::from_unsorted(&[0, 15, 30, 45]).0);
        let of = |metric: &str, labels: &[(&str, &str)]| {
            let identity = Identity::of(Some(metric.into()), labels.iter().copied().collect());
            let mut one = Series::new(identity.name, std::sync::Arc::clone(&axis), vec![20.0, 22.0, 5.0, 6.0]);
            (one.metric, one.labels) = (identity.metric, identity.labels);
            one
        };
        let all =
            [of("x_bucket", &[("le", "1")]), of("x_bucket", &[("le", "+Inf")]), of("x_count", &[]), of("y_count", &[])];
        let kinds = |metadata: &SortedMap<String, Metadata>| {
            let mut all = all.clone();
            mark_parts_of_histograms(&mut all, metadata);
            all.map(|one| one.kind == Kind::Counter)
        };
        let mut metadata = SortedMap::new();
        assert_eq!(kinds(&metadata), [true, true, true, false]);
        metadata.insert("x_count".to_owned(), Metadata { kind: "gauge".into(), unit: String::new() });
        assert_eq!(kinds(&metadata), [true, true, false, false]);
    }

    #[test]
    fn a_declared_unit_comes_before_the_name() {
        let declared = |unit: &str| Metadata { kind: String::new(), unit: unit.into() };
        assert_eq!(unit("process_cpu_seconds_total", None).base, BaseUnit::Seconds);
        assert_eq!(unit("wait", Some(&declared("seconds"))).base, BaseUnit::Seconds);
        assert_eq!(unit("wait_seconds", Some(&declared("requests"))).written, "requests");
        assert_eq!(unit("wait_seconds_count", Some(&declared("seconds"))).base, BaseUnit::None);
        assert_eq!(unit("wait_seconds_bucket", None).base, BaseUnit::None);
    }
}
