//! Which value of which label a deviation comes with: by leaving its series out.

use analysis::cause::VISIBLE;
use order::{SortedMap, SortedSet};
use report::{LabelEvidence, Report};
use series::{Dataset, Series};

/// The most that are named.
const MOST: usize = 5;
/// Without the series of a value that explains an incident no more than the rest of its evidence is left.
const EXPLAINING: f64 = 0.8;

/// Label values that explain more of the visible evidence than their number of series would, the most telling first.
///
/// `strength` holds each series' evidence, in order. A value is named where a larger share of its series moved than of
/// the series with other values of the same label; a label that has one value in all series tells nothing.
pub(crate) fn attribute(dataset: &Dataset, strength: &[f64]) -> Vec<LabelEvidence> {
    let mut found = tell_apart(dataset, strength);
    found.truncate(MOST);
    found
}

/// Of the label values of [`attribute`] those that explain an incident: without their series little of the evidence is
/// left, at least half of their series moved, and in proportion at most half as many of the others.
///
/// A value is compared with like: where no series that moved has a namesake with another value, the value says only what
/// was measured. And one whose series are all those of a service says no more than the service's name.
pub(crate) fn explaining(dataset: &Dataset, report: &Report, strength: &[f64]) -> Vec<LabelEvidence> {
    let mut found = tell_apart(dataset, strength);
    found.retain(|one| {
        let LabelEvidence { moved, series, moved_elsewhere, series_elsewhere, explained, .. } = *one;
        explained >= EXPLAINING
            && 2 * moved >= series
            && moved * series_elsewhere >= 2 * moved_elsewhere * series
            && has_namesake(dataset, one, strength)
            && !is_service(dataset, report, one)
    });
    found.truncate(MOST);
    found
}

/// Whether a series that moved has one of the same metric with another value of the label beside it.
fn has_namesake(dataset: &Dataset, told: &LabelEvidence, strength: &[f64]) -> bool {
    let metric = |one: &Series| one.metric.clone().unwrap_or_else(|| one.name.clone());
    let moved = dataset.series.iter().zip(strength).filter(|(_, strength)| **strength >= VISIBLE);
    moved.filter(|(one, _)| one.labels.get(&told.label) == Some(&told.value)).any(|(one, _)| {
        dataset.series.iter().any(|other| {
            other.labels.get(&told.label).is_some_and(|value| value != told.value) && metric(other) == metric(one)
        })
    })
}

/// Whether the series with this value are exactly those of one service.
fn is_service(dataset: &Dataset, report: &Report, told: &LabelEvidence) -> bool {
    let with = |position: usize| {
        dataset.series.get(position).and_then(|one| one.labels.get(&told.label)) == Some(told.value.as_str())
    };
    let mut services = report.series.iter().enumerate().filter(|(position, _)| with(*position));
    let Some((_, first)) = services.next() else { return false };
    let all = report.services.get(first.service).map_or(&[][..], |service| &service.series);
    all.len() == told.series && all.iter().all(|position| with(*position))
}

/// All label values that explain more than their number of series would, the most telling first.
fn tell_apart(dataset: &Dataset, strength: &[f64]) -> Vec<LabelEvidence> {
    let weight = |strength: f64| if strength >= VISIBLE { strength * strength } else { 0.0 };
    let all: f64 = strength.iter().copied().map(weight).sum();
    let mut labels = SortedSet::new();
    labels.extend(dataset.series.iter().flat_map(|one| one.labels.iter().map(|(label, _)| label)));
    let mut found = Vec::new();
    for label in labels {
        // Of each value: series that moved, series, evidence.
        let mut values: SortedMap<&str, (usize, usize, f64)> = SortedMap::new();
        let mut total = (0, 0);
        for (one, strength) in dataset.series.iter().zip(strength) {
            let Some(value) = one.labels.get(label) else { continue };
            let moved = usize::from(*strength >= VISIBLE);
            let of_value = values.at(value);
            *of_value = (of_value.0 + moved, of_value.1 + 1, of_value.2 + weight(*strength));
            total = (total.0 + moved, total.1 + 1);
        }
        for (value, (moved, count, evidence)) in values {
            let without = (total.0 - moved, total.1 - count);
            if moved > 0 && without.1 > 0 && moved * without.1 > without.0 * count {
                let explained = evidence / all;
                found.push(LabelEvidence {
                    label: label.to_owned(),
                    value: value.to_owned(),
                    moved,
                    series: count,
                    moved_elsewhere: without.0,
                    series_elsewhere: without.1,
                    explained,
                });
            }
        }
    }
    let telling = |one: &LabelEvidence| {
        let share = |moved: usize, count: usize| moved as f64 / count.max(1) as f64;
        one.explained * (share(one.moved, one.series) - share(one.moved_elsewhere, one.series_elsewhere))
    };
    order::sort_by(&mut found, |a, b| telling(b).total_cmp(&telling(a)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::{SeriesSummary, ServiceSummary};
    use series::TimeAxis;
    use std::sync::Arc;

    /// Two metrics of four pods in two zones, of which pod c moved.
    fn pods() -> (Dataset, Vec<f64>) {
        let axis = Arc::new(TimeAxis::default());
        let mut dataset = Dataset::default();
        let mut strength = Vec::new();
        for (pod, zone) in [("a", "x"), ("b", "x"), ("c", "y"), ("d", "y")] {
            for metric in ["cpu", "memory"] {
                let mut one = Series::new(format!("{metric}{pod}"), axis.clone(), Vec::new());
                one.metric = Some(metric.to_owned());
                one.labels = [("pod", pod), ("zone", zone), ("job", "all")].into_iter().collect();
                dataset.series.push(one);
                strength.push(if pod == "c" { 9.0 } else { 1.0 });
            }
        }
        (dataset, strength)
    }

    /// A report whose services hold these series.
    fn report(services: &[&[usize]]) -> Report {
        let count = services.iter().map(|series| series.len()).sum();
        let mut report = Report { series: vec![SeriesSummary::default(); count], ..Report::default() };
        for (service, series) in services.iter().enumerate() {
            report.services.push(ServiceSummary { series: series.to_vec(), ..ServiceSummary::default() });
            for position in *series {
                report.series[*position].service = service;
            }
        }
        report
    }

    #[test]
    fn an_incident_is_explained_by_a_label_that_says_more_than_service_and_metric() {
        let (dataset, mut strength) = pods();
        let named = |report: &Report, strength: &[f64], dataset: &Dataset| -> Vec<(String, String)> {
            explaining(dataset, report, strength).into_iter().map(|one| (one.label, one.value)).collect()
        };
        let pair = |label: &str, value: &str| (label.to_owned(), value.to_owned());
        let one_service = report(&[&[0, 1, 2, 3, 4, 5, 6, 7]]);
        assert_eq!(named(&one_service, &strength, &dataset), [pair("pod", "c"), pair("zone", "y")]);
        // Where the pods are the services, only the zone says something new.
        let by_pod = report(&[&[0, 1], &[2, 3], &[4, 5], &[6, 7]]);
        assert_eq!(named(&by_pod, &strength, &dataset), [pair("zone", "y")]);
        // A value that no series of the same metric does without is another name of the metric.
        let mut other = dataset.clone();
        for one in &mut other.series {
            let kind = one.metric.clone().unwrap_or_default();
            one.labels = [("kind", kind.as_str())].into_iter().collect();
        }
        let cpu: Vec<f64> = (0..8).map(|position| if position % 2 == 0 { 9.0 } else { 0.0 }).collect();
        assert_eq!(attribute(&other, &cpu).len(), 1);
        assert!(named(&one_service, &cpu, &other).is_empty());
        // What all pods share is explained by none.
        strength = vec![9.0; 8];
        assert!(named(&one_service, &strength, &dataset).is_empty());
        strength[6] = 1.0;
        assert!(named(&one_service, &strength, &dataset).is_empty(), "three pods and a half");
    }

    #[test]
    fn the_pod_explains_what_the_zone_does_not() {
        let (dataset, strength) = pods();
        let found = attribute(&dataset, &strength);
        let named: Vec<(&str, &str)> = found.iter().map(|one| (one.label.as_str(), one.value.as_str())).collect();
        assert_eq!(named, [("pod", "c"), ("zone", "y")], "a label with one value tells nothing");
        let counts =
            found.first().map(|one| (one.moved, one.series, one.moved_elsewhere, one.series_elsewhere, one.explained));
        assert_eq!(counts, Some((2, 2, 0, 6, 1.0)));
        assert!(attribute(&dataset, &[1.0; 8]).is_empty(), "nothing moved");
    }
}
