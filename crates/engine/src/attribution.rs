//! Which value of which label a deviation comes with: by leaving its series out.

use analysis::cause::VISIBLE;
use order::{SortedMap, SortedSet};
use series::Dataset;

/// A label value, and what is left of the deviation without its series.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelEvidence {
    /// The label.
    pub label: String,
    /// Its value.
    pub value: String,
    /// How many of the series with this value moved visibly, and how many there are.
    pub with: (usize, usize),
    /// The same of the series that have another value of this label.
    pub without: (usize, usize),
    /// The share of all visible evidence that is gone when the series with this value are left out, 0 to 1.
    pub explained: f64,
}

/// The most that are named.
const MOST: usize = 5;

/// Label values that explain more of the visible evidence than their number of series would, the most telling first.
///
/// `strength` holds each series' evidence, in order. A value is named where a larger share of its series moved than of
/// the series with other values of the same label; a label that has one value in all series tells nothing.
pub(crate) fn attribute(dataset: &Dataset, strength: &[f64]) -> Vec<LabelEvidence> {
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
                let (label, value) = (label.to_owned(), value.to_owned());
                found.push(LabelEvidence { label, value, with: (moved, count), without, explained });
            }
        }
    }
    let telling = |one: &LabelEvidence| {
        let share = |(moved, count): (usize, usize)| moved as f64 / count.max(1) as f64;
        one.explained * (share(one.with) - share(one.without))
    };
    order::sort_by(&mut found, |a, b| telling(b).total_cmp(&telling(a)));
    found.truncate(MOST);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use series::{Series, TimeAxis};
    use std::sync::Arc;

    #[test]
    fn the_pod_explains_what_the_zone_does_not() {
        let axis = Arc::new(TimeAxis::default());
        let mut dataset = Dataset::default();
        let mut strength = Vec::new();
        for (pod, zone) in [("a", "x"), ("b", "x"), ("c", "y"), ("d", "y")] {
            for metric in ["cpu", "memory"] {
                let mut one = Series::new(format!("{metric}{pod}"), axis.clone(), Vec::new());
                one.labels = [("pod", pod), ("zone", zone), ("job", "all")].into_iter().collect();
                dataset.series.push(one);
                strength.push(if pod == "c" { 9.0 } else { 1.0 });
            }
        }
        let found = attribute(&dataset, &strength);
        let named: Vec<(&str, &str)> = found.iter().map(|one| (one.label.as_str(), one.value.as_str())).collect();
        assert_eq!(named, [("pod", "c"), ("zone", "y")], "a label with one value tells nothing");
        assert_eq!(found.first().map(|one| (one.with, one.without, one.explained)), Some(((2, 2), (0, 6), 1.0)));
        assert!(attribute(&dataset, &[1.0; 8]).is_empty(), "nothing moved");
    }
}
