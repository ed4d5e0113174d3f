//! What was read: series, events, notes and where they came from.

use crate::{Labels, Note, SOURCE_LABEL, TimeAxis, Unit};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How a series' values are to be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Goes up and down.
    #[default]
    Gauge,
    /// Only grows, but for resets to zero; analysed as a rate per second.
    Counter,
}

/// One series: an identity, a unit, and values on a shared time axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The name by which the source calls it, unique in its data set (`cart_cpu`, `up{job="node"}`).
    pub name: String,
    /// The metric's own name where the source tells it apart from service or labels (`cpu`, `up`).
    pub metric: Option<String>,
    /// The labels that the source gave, without `__name__`.
    pub labels: Labels,
    /// The unit that `values` are in.
    pub unit: Unit,
    /// Gauge or counter.
    pub kind: Kind,
    /// The histogram that the series was worked out of, or that it counts or sums. Two series of one data set that have
    /// the same one here tell of the same observations.
    pub histogram: Option<Arc<str>>,
    /// Sample times.
    pub axis: Arc<TimeAxis>,
    /// One value per time of `axis`; NaN where the source had none.
    pub values: Vec<f64>,
}

impl Series {
    /// A gauge without labels or unit. `values` is cut or filled with NaN to the axis' length.
    pub fn new(name: impl Into<String>, axis: Arc<TimeAxis>, mut values: Vec<f64>) -> Self {
        values.resize(axis.len(), f64::NAN);
        Self {
            name: name.into(),
            metric: None,
            labels: Labels::new(),
            unit: Unit::default(),
            kind: Kind::Gauge,
            histogram: None,
            axis,
            values,
        }
    }

    /// Whether this series and another one of its data set tell of the observations of one histogram.
    pub fn has_histogram_of(&self, other: &Self) -> bool {
        self.histogram.is_some() && self.histogram == other.histogram
    }

    /// The number of values that are not NaN.
    pub fn point_count(&self) -> usize {
        self.values.iter().filter(|value| !value.is_nan()).count()
    }
}

/// Something that happened: a deploy, an alert, an annotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When it began, in milliseconds since 1970-01-01 UTC.
    pub start_ms: i64,
    /// When it ended; none for an instant or for what still lasts.
    pub end_ms: Option<i64>,
    /// What it was, as text.
    pub title: String,
    /// Its labels.
    pub labels: Labels,
}

/// Where a data set came from and what was assumed to read it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// File name, or the source's address without credentials.
    pub name: String,
    /// The format in words (`Grafana CSV, joined by time`).
    pub format: String,
    /// The zone that times without one were read in; none where every time carried its own.
    pub assumed_time_zone: Option<String>,
}

/// Everything read from one or several sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dataset {
    /// The sources, in the order given.
    pub origins: Vec<Origin>,
    /// The series, in the order in which the source has them.
    pub series: Vec<Series>,
    /// Events, ordered by start.
    pub events: Vec<Event>,
    /// What was noticed or changed while reading.
    pub notes: Vec<Note>,
    /// The number of data rows in the input (lines of a table after its header); 0 where the source has no rows.
    pub row_count: usize,
}

impl Dataset {
    /// Puts several data sets together. A series name that is taken gets its source's name in front (`b.csv: cpu`), and
    /// all series of that source get it as the label [`SOURCE_LABEL`] unless they have such a label: what is called the same
    /// in two sources, services too, is not the same.
    ///
    /// Row numbers then refer to the source that a series came from; `row_count` is the largest of them.
    pub fn merge(parts: impl IntoIterator<Item = Dataset>) -> Dataset {
        Self::merge_apart(parts, |_, _| false)
    }

    /// As [`Dataset::merge`], where some names of a part are taken by something that is not there at the moment:
    /// `is_taken` is asked with the part's number and the name.
    pub fn merge_apart(parts: impl IntoIterator<Item = Dataset>, is_taken: impl Fn(usize, &str) -> bool) -> Dataset {
        let mut merged = Dataset::default();
        // A map of the kind that labels are, of which a program has the code in any case.
        let mut taken: BTreeMap<String, String> = BTreeMap::new();
        for (number, part) in parts.into_iter().enumerate() {
            let source = part.origins.first().map_or_else(String::new, |origin| short_source(&origin.name).to_owned());
            let first = merged.series.len();
            let mut is_apart = false;
            for mut series in part.series {
                let plain = series.name.clone();
                let mut attempt = 1;
                while (attempt == 1 && is_taken(number, &plain))
                    || taken.insert(series.name.clone(), String::new()).is_some()
                {
                    series.name = if attempt == 1 {
                        format!("{source}: {plain}")
                    } else {
                        format!("{source} {attempt}: {plain}")
                    };
                    attempt += 1;
                }
                is_apart |= attempt > 1;
                merged.series.push(series);
            }
            for series in merged.series.iter_mut().skip(first).filter(|_| is_apart) {
                if series.labels.get(SOURCE_LABEL).is_none() {
                    series.labels.insert(SOURCE_LABEL, source.as_str());
                }
                // What is called the same in two sources is not the same histogram either.
                series.histogram = series.histogram.as_ref().map(|one| format!("{source} ({number}): {one}").into());
            }
            merged.origins.extend(part.origins);
            merged.events.extend(part.events);
            merged.notes.extend(part.notes);
            merged.row_count = merged.row_count.max(part.row_count);
        }
        order::sort_by(&mut merged.events, |a, b| (a.start_ms, &a.title).cmp(&(b.start_ms, &b.title)));
        merged
    }

    /// The source of a series whose source has names in common with another one (see [`Dataset::merge`]).
    pub fn source_apart<'a>(&self, series: &'a Series) -> Option<&'a str> {
        let source = series.labels.get(SOURCE_LABEL)?;
        self.origins.iter().any(|origin| short_source(&origin.name) == source).then_some(source)
    }

    /// The services that a label names ([`Labels::service`]), by the names of the series that carry it. Those of a source apart have its name in
    /// front. Empty without a label.
    pub fn services_by(&self, label: &str) -> BTreeMap<String, String> {
        let service = |one: &Series| {
            let (_, service) = one.labels.service(Some(label))?;
            Some((one.name.clone(), in_source(self.source_apart(one), service)))
        };
        if label.is_empty() { BTreeMap::new() } else { self.series.iter().filter_map(service).collect() }
    }

    /// First and last sample time in milliseconds; none without samples.
    pub fn span_ms(&self) -> Option<(i64, i64)> {
        let first = self.series.iter().filter_map(|series| series.axis.times_ms().first()).min()?;
        let last = self.series.iter().filter_map(|series| series.axis.times_ms().last()).max()?;
        Some((*first, *last))
    }

    /// The number of values that are not NaN, over all series.
    pub fn point_count(&self) -> usize {
        self.series.iter().map(Series::point_count).sum()
    }
}

/// A source's name as it stands in front of others: an address without its scheme.
pub fn short_source(name: &str) -> &str {
    let plain = ["http://", "https://"].into_iter().find_map(|scheme| name.strip_prefix(scheme));
    plain.unwrap_or(name)
}

/// A service of a source: `b:9090: cart`.
pub fn in_source(source: Option<&str>, service: &str) -> String {
    source.map_or_else(|| service.to_owned(), |source| format!("{source}: {service}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(source: &str, name: &str) -> Dataset {
        let (axis, ..) = TimeAxis::from_unsorted(&[0, 1]);
        Dataset {
            origins: vec![Origin { name: source.into(), ..Origin::default() }],
            series: vec![Series::new(name, Arc::new(axis), vec![1.0])],
            ..Dataset::default()
        }
    }

    #[test]
    fn merging_keeps_equal_names_apart() {
        let merged = Dataset::merge([one("a", "cpu"), one("b", "cpu"), one("b", "cpu")]);
        let names: Vec<_> = merged.series.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["cpu", "b: cpu", "b 2: cpu"]);
        assert_eq!(merged.point_count(), 3, "a missing value is NaN, not a point");
        let parts = [one("b", "cpu"), one("b", "cpu"), one("b", "load")];
        let apart = Dataset::merge_apart(parts, |number, name| number < 2 && name == "cpu");
        let names: Vec<_> = apart.series.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["b: cpu", "b 2: cpu", "load"], "as beside another one with this name");
    }
}
