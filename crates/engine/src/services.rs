//! Which series belong to which service.
//!
//! Labels say it best; where there are none, the names do: columns called `<service>_<metric>` share their metrics
//! between services (`carts_cpu`, `orders_cpu`) and their services between metrics. Nothing here looks for words.

use order::{SortedMap, SortedSet};
use series::{Dataset, SERVICE_LABELS, SOURCE_LABEL, Series};
use std::collections::BTreeMap;

/// Separators that split a service from its metric, the ones that are hardly ever part of a name first.
const SEPARATORS: [char; 7] = ['|', '/', ':', ' ', '.', '_', '-'];

/// A service and the name of the metric within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The service's name.
    pub service: String,
    /// The metric's name within the service.
    pub metric: String,
}

/// The membership of every series, in order. `corrections` (series name to service) come first of all.
pub(crate) fn infer(dataset: &Dataset, corrections: &BTreeMap<String, String>) -> Vec<Membership> {
    let label = service_label(&dataset.series);
    let labelled: Vec<Option<(&str, &str)>> = dataset.series.iter().map(|one| one.labels.service(label)).collect();
    let unlabelled = dataset.series.iter().zip(&labelled).filter(|(_, label)| label.is_none());
    let unlabelled: Vec<&str> = unlabelled.map(|(one, _)| one.name.as_str()).collect();
    let mut by_name = split_names(&unlabelled).into_iter();
    let mut varying = varying_labels(&dataset.series, label);
    if dataset.series.iter().any(|one| dataset.source_apart(one).is_some()) {
        // It stands in front of the service.
        varying = varying.into_iter().filter(|name| name != SOURCE_LABEL).collect();
    }
    dataset
        .series
        .iter()
        .zip(&labelled)
        .map(|(one, labelled)| {
            let found = match *labelled {
                Some((label, service)) => Membership {
                    service: series::in_source(dataset.source_apart(one), service),
                    metric: labelled_metric(one, |name| name != label && varying.contains(name)),
                },
                None => {
                    by_name.next().unwrap_or_else(|| Membership { service: one.name.clone(), metric: one.name.clone() })
                }
            };
            match corrections.get(&one.name) {
                Some(service) => Membership { service: service.clone(), ..found },
                None => found,
            }
        })
        .collect()
}

/// The first label of the list that at least half of the series carry and that tells series apart; else the first that
/// at least half carry.
fn service_label(series: &[Series]) -> Option<&'static str> {
    let carried = |label: &&'static str| {
        2 * series.iter().filter(|one| one.labels.get(label).is_some()).count() >= series.len().max(1)
    };
    let distinct = |label: &&'static str| {
        let mut values = series.iter().filter_map(|one| one.labels.get(label));
        let first = values.next();
        values.any(|value| Some(value) != first)
    };
    SERVICE_LABELS
        .into_iter()
        .find(|label| carried(label) && distinct(label))
        .or_else(|| SERVICE_LABELS.into_iter().find(carried))
}

/// Labels, other than the service's, whose value differs between series of the same metric.
fn varying_labels(series: &[Series], service_label: Option<&str>) -> SortedSet<String> {
    let mut values: SortedMap<&str, SortedSet<&str>> = SortedMap::new();
    for one in series {
        for (name, value) in one.labels.iter() {
            values.at(name).insert(value);
        }
    }
    let mut varying = SortedSet::new();
    for (name, seen) in values {
        if Some(name) != service_label && seen.len() > 1 {
            varying.insert(name.to_owned());
        }
    }
    varying
}

fn labelled_metric(series: &Series, tells_apart: impl Fn(&str) -> bool) -> String {
    let base =
        series.metric.clone().unwrap_or_else(|| series.name.split('{').next().unwrap_or(&series.name).to_owned());
    let rest: Vec<&str> = series.labels.iter().filter(|(name, _)| tells_apart(name)).map(|(_, value)| value).collect();
    if rest.is_empty() { base } else { format!("{base} {}", rest.join(" ")) }
}

/// Splits names into service and metric by what they share.
fn split_names(names: &[&str]) -> Vec<Membership> {
    for separator in SEPARATORS {
        let containing = names.iter().filter(|name| name.contains(separator)).count();
        if containing * 5 < names.len() * 4 || containing < 2 {
            continue;
        }
        let mut services = shared_prefixes(names, separator);
        if services.is_empty() {
            continue;
        }
        // Where each name has one place to be cut at, and some are cut there, all are.
        if names.iter().all(|name| cuts(name, separator).count() == 1) {
            services.extend(names.iter().flat_map(|name| cuts(name, separator)).map(|(prefix, _)| prefix));
        }
        return names.iter().map(|name| member(name, separator, &services)).collect();
    }
    names.iter().map(|name| Membership { service: (*name).to_owned(), metric: (*name).to_owned() }).collect()
}

/// All ways to cut a name in two.
fn cuts(name: &str, separator: char) -> impl Iterator<Item = (&str, &str)> {
    name.match_indices(separator).filter_map(move |(at, matched)| {
        let (prefix, suffix) = (name.get(..at)?, name.get(at + matched.len()..)?);
        (!prefix.is_empty() && !suffix.is_empty()).then_some((prefix, suffix))
    })
}

/// Prefixes that are services: of each name the cut whose two sides are shared most; a metric that only one prefix has
/// proves no service.
fn shared_prefixes<'a>(names: &[&'a str], separator: char) -> SortedSet<&'a str> {
    let mut metrics_of: SortedMap<&str, SortedSet<&str>> = SortedMap::new();
    let mut services_of: SortedMap<&str, SortedSet<&str>> = SortedMap::new();
    for name in names {
        for (prefix, suffix) in cuts(name, separator) {
            metrics_of.at(prefix).insert(suffix);
            services_of.at(suffix).insert(prefix);
        }
    }
    let count = |map: &SortedMap<&str, SortedSet<&str>>, key: &str| map.get(key).map_or(0, SortedSet::len);
    let mut shared = SortedSet::new();
    shared.extend(names.iter().filter_map(|name| {
        cuts(name, separator)
            .map(|(prefix, suffix)| (count(&services_of, suffix), count(&metrics_of, prefix), prefix))
            .filter(|(services, ..)| *services > 1)
            // Of equal products the shorter prefix, which comes first.
            .fold(None, |best: Option<(usize, &str)>, (services, metrics, prefix)| match best {
                Some((product, _)) if product >= services * metrics => best,
                _ => Some((services * metrics, prefix)),
            })
            .map(|(_, prefix)| prefix)
    }));
    shared
}

/// The longest known service that the name begins with; else the name is a service of its own.
fn member(name: &str, separator: char, services: &SortedSet<&str>) -> Membership {
    cuts(name, separator).filter(|(prefix, _)| services.contains(prefix)).last().map_or_else(
        || Membership { service: name.to_owned(), metric: name.to_owned() },
        |(service, metric)| Membership { service: service.to_owned(), metric: metric.to_owned() },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use series::TimeAxis;
    use std::sync::Arc;

    fn dataset(names: &[&str]) -> Dataset {
        let axis = Arc::new(TimeAxis::default());
        Dataset {
            series: names.iter().map(|name| Series::new(*name, axis.clone(), Vec::new())).collect(),
            ..Dataset::default()
        }
    }

    fn services(names: &[&str]) -> Vec<(String, String)> {
        infer(&dataset(names), &BTreeMap::new()).into_iter().map(|found| (found.service, found.metric)).collect()
    }

    fn pair(service: &str, metric: &str) -> (String, String) {
        (service.to_owned(), metric.to_owned())
    }

    /// A service graph as Tempo writes it, beside metrics of the services themselves; all have the job that was asked.
    #[test]
    fn what_is_about_requests_is_the_callees() {
        let axis = Arc::new(TimeAxis::default());
        let one = |metric: &str, labels: &[(&'static str, &'static str)]| {
            let mut one = Series::new(format!("{metric}{labels:?}"), Arc::clone(&axis), Vec::new());
            (one.metric, one.labels) = (Some(metric.to_owned()), labels.iter().copied().collect());
            one
        };
        let graph = |client, server| one("requests_total", &[("client", client), ("server", server), ("job", "tempo")]);
        let of = |label: &'static str| {
            let own = ["web", "cart"]
                .map(|name| one("cpu", &[(label, name), ("job", if label == "job" { name } else { "tempo" })]));
            let series = own.into_iter().chain([graph("web", "cart"), graph("shop", "cart")]).collect();
            let dataset = Dataset { series, ..Dataset::default() };
            let found = infer(&dataset, &BTreeMap::new()).into_iter().map(|one| (one.service, one.metric));
            found.collect::<Vec<_>>()
        };
        let expected = [
            pair("web", "cpu"),
            pair("cart", "cpu"),
            pair("cart", "requests_total web"),
            pair("cart", "requests_total shop"),
        ];
        assert_eq!(of("service"), expected);
        assert_eq!(of("job").iter().map(|found| &found.0).collect::<Vec<_>>(), ["web", "cart", "cart", "cart"]);
    }

    #[test]
    fn services_of_sources_that_call_series_the_same_are_kept_apart() {
        let part = |source: &str, metrics: &[&str]| {
            let axis = std::sync::Arc::new(series::TimeAxis::from_unsorted(&[0, 15]).0);
            let series = metrics.iter().flat_map(|metric| {
                ["cart", "web"].map(|app| {
                    let name = format!("{metric}{{app=\"{app}\"}}");
                    let mut one = Series::new(name, std::sync::Arc::clone(&axis), vec![1.0, 2.0]);
                    (one.metric, one.labels) = (Some((*metric).to_owned()), [("app", app)].into_iter().collect());
                    one
                })
            });
            let origin = series::Origin { name: source.to_owned(), ..series::Origin::default() };
            Dataset { origins: vec![origin], series: series.collect(), ..Dataset::default() }
        };
        let of = |parts: [Dataset; 2]| {
            let dataset = Dataset::merge(parts);
            let found: Vec<(String, String)> =
                infer(&dataset, &BTreeMap::new()).into_iter().map(|one| (one.service, one.metric)).collect();
            let by_label: Vec<String> = dataset.services_by("app").into_values().collect();
            (found, by_label)
        };
        let (found, by_label) = of([part("http://a:1", &["cpu"]), part("http://b:1", &["cpu", "load"])]);
        let pairs: Vec<(&str, &str)> =
            found.iter().map(|(service, metric)| (service.as_str(), metric.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("cart", "cpu"),
                ("web", "cpu"),
                ("b:1: cart", "cpu"),
                ("b:1: web", "cpu"),
                ("b:1: cart", "load"),
                ("b:1: web", "load")
            ]
        );
        let mut apart = by_label.clone();
        apart.sort();
        assert_eq!(apart, ["b:1: cart", "b:1: cart", "b:1: web", "b:1: web", "cart", "web"]);
        // Where they have no name in common, they tell of the same services.
        let (found, _) = of([part("a.csv", &["cpu"]), part("b.csv", &["load"])]);
        assert!(found.iter().all(|(service, _)| ["cart", "web"].contains(&service.as_str())), "{found:?}");
    }

    #[test]
    fn columns_named_service_and_metric_are_cut_where_both_sides_are_shared() {
        let found = services(&[
            "carts_cpu",
            "carts-db_cpu",
            "carts_lat_50",
            "carts_lat_90",
            "orders_cpu",
            "orders_lat_50",
            "orders_lat_90",
            "queue_mem_bytes",
        ]);
        assert_eq!(found[0], pair("carts", "cpu"));
        assert_eq!(found[1], pair("carts-db", "cpu"));
        assert_eq!(found[2], pair("carts", "lat_50"));
        assert_eq!(found[7], pair("queue_mem_bytes", "queue_mem_bytes"), "nothing proves a service");
    }

    #[test]
    fn names_with_one_cut_each_are_all_cut_where_some_are() {
        let found = services(&["cart|cpu_usage", "mail|cpu_usage", "FRONT|latency_p50", "FRONT|latency_p90"]);
        assert_eq!(found[2..], [pair("FRONT", "latency_p50"), pair("FRONT", "latency_p90")]);
        let found = services(&["cart|cpu", "mail|cpu", "cart|mem", "mail|mem", "a|b|c"]);
        assert_eq!(found[4], pair("a|b|c", "a|b|c"), "nothing says where");
        let found = services(&["a_out", "b_in"]);
        assert_eq!(found[0], pair("a_out", "a_out"), "none is cut there");
    }

    #[test]
    fn a_bar_wins_over_the_characters_inside_names() {
        let found = services(&["ad_service|cpu_usage", "cart_service|cpu_usage", "cart_service|mem_usage"]);
        assert_eq!(found[1], pair("cart_service", "cpu_usage"));
    }

    #[test]
    fn unrelated_columns_are_services_of_their_own() {
        assert_eq!(
            services(&["temperature", "pressure"]),
            [pair("temperature", "temperature"), pair("pressure", "pressure")]
        );
    }

    #[test]
    fn a_label_that_tells_series_apart_wins_and_corrections_win_over_all() {
        let mut data = dataset(&["up{a}", "up{b}"]);
        for (one, instance) in data.series.iter_mut().zip(["web:80", "db:90"]) {
            one.metric = Some("up".into());
            one.labels = [("job", "all"), ("instance", instance)].into_iter().collect();
        }
        let found = infer(&data, &[("up{b}".to_owned(), "database".to_owned())].into_iter().collect());
        assert_eq!((found[0].service.as_str(), found[0].metric.as_str()), ("web:80", "up"));
        assert_eq!(found[1].service, "database");
    }
}
