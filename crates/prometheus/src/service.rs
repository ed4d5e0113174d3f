//! Which label tells services apart.

use series::{Labels, SERVICE_LABELS};
use std::collections::{BTreeMap, BTreeSet};

/// A label that could tell services apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The label's name.
    pub label: String,
    /// The number of different values.
    pub values: usize,
    /// The number of series that carry it.
    pub series: usize,
}

/// Labels that could tell services apart, best first: those that most series carry and that have more than one value
/// come before the others; among equals the more usual name.
pub fn candidates<'a>(series: impl IntoIterator<Item = &'a Labels>) -> Vec<Candidate> {
    let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut carried: BTreeMap<&str, usize> = BTreeMap::new();
    let mut total = 0;
    for labels in series {
        total += 1;
        for (name, value) in labels.iter() {
            values.entry(name).or_default().insert(value);
            *carried.entry(name).or_default() += 1;
        }
    }
    let mut found: Vec<Candidate> = SERVICE_LABELS
        .iter()
        .filter_map(|label| {
            let series = *carried.get(label)?;
            Some(Candidate { label: (*label).to_owned(), values: values.get(label)?.len(), series })
        })
        .collect();
    order::sort_by_key(&mut found, |candidate| !(candidate.values > 1 && 2 * candidate.series >= total));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_that_tells_series_apart_comes_first() {
        let series: Vec<Labels> = [("shop", "a:1"), ("shop", "b:1"), ("shop", "c:1")]
            .iter()
            .map(|(job, instance)| [("job", *job), ("instance", *instance)].into_iter().collect())
            .collect();
        let labels: Vec<String> = candidates(&series).into_iter().map(|candidate| candidate.label).collect();
        assert_eq!(labels, ["instance", "job"]);
    }
}
