//! Series that come sample by sample, in any order.

use crate::notebook::{Notebook, plural};
use order::SortedMap;
use series::{Identity, NoteKind, Series, TimeAxis};
use std::collections::HashMap;
use std::sync::Arc;

/// The samples of one series as they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples {
    pub(crate) times_ms: Vec<i64>,
    pub(crate) values: Vec<f64>,
}

impl Samples {
    pub(crate) fn push(&mut self, time_ms: i64, value: f64) {
        self.times_ms.push(time_ms);
        self.values.push(value);
    }
}

/// Series in the order in which they first came.
#[derive(Default)]
pub(crate) struct SeriesSet {
    entries: Vec<(Identity, Samples)>,
    positions: HashMap<Identity, usize>,
}

impl SeriesSet {
    /// The position of a series, new or known.
    pub(crate) fn position(&mut self, identity: Identity) -> usize {
        let next = self.entries.len();
        *self.positions.entry(identity).or_insert_with_key(|identity| {
            self.entries.push((identity.clone(), Samples::default()));
            next
        })
    }

    /// The samples so far of the series at a position, to add to.
    pub(crate) fn at(&mut self, position: usize) -> Option<&mut Samples> {
        self.entries.get_mut(position).map(|(_, samples)| samples)
    }

    /// Adds a sample.
    pub(crate) fn push(&mut self, identity: Identity, time_ms: i64, value: f64) {
        let position = self.position(identity);
        if let Some(samples) = self.at(position) {
            samples.push(time_ms, value);
        }
    }

    /// Leaves only the series that pass.
    pub(crate) fn retain(&mut self, mut passes: impl FnMut(&Identity) -> bool) {
        self.entries.retain(|(identity, _)| passes(identity));
        self.positions.clear();
    }

    /// The series, each on its own axis; equal axes are one. Names are made unique.
    pub(crate) fn finish(self, notes: &mut Notebook) -> Vec<Series> {
        let mut axes = SharedAxes::default();
        let (mut duplicates, mut backward, mut doubled, mut disordered) = (0, 0, 0, 0);
        let mut taken: SortedMap<String, usize> = SortedMap::new();
        let mut found = Vec::with_capacity(self.entries.len());
        for (identity, samples) in self.entries {
            if samples.times_ms.is_empty() {
                continue;
            }
            let Sorted { axis, values, duplicates: dropped, backward: stepped } = sort(samples);
            duplicates += dropped;
            backward += stepped;
            doubled += usize::from(dropped > 0);
            disordered += usize::from(stepped > 0);
            let count = taken.at(identity.name.clone());
            *count += 1;
            let name = if *count == 1 { identity.name } else { format!("{} ({count})", identity.name) };
            let mut series = Series::new(name, axes.share(axis), values);
            series.metric = identity.metric;
            series.labels = identity.labels;
            found.push(series);
        }
        notes.add(
            NoteKind::Duplicate,
            duplicates,
            format!(
                "{} of {} at a time that another sample of the series has; of these the last was kept",
                plural(duplicates, "sample", "samples"),
                plural(doubled, "series", "series")
            ),
        );
        notes.add(
            NoteKind::Unsorted,
            backward,
            format!(
                "The times of {} step back {}; the samples were sorted",
                plural(disordered, "series", "series"),
                plural(backward, "time", "times")
            ),
        );
        found
    }
}

struct Sorted {
    axis: TimeAxis,
    values: Vec<f64>,
    duplicates: usize,
    backward: usize,
}

/// Of samples at one time the last that has a value is kept.
fn sort(samples: Samples) -> Sorted {
    let Samples { times_ms, values } = samples;
    let ascends = times_ms.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
    if ascends {
        let (axis, ..) = TimeAxis::from_unsorted(&times_ms);
        return Sorted { axis, values, duplicates: 0, backward: 0 };
    }
    let backward = times_ms.windows(2).filter(|pair| matches!(pair, [a, b] if b < a)).count();
    let value = |position: usize| values.get(position).copied().unwrap_or(f64::NAN);
    let time = |position: usize| times_ms.get(position).copied().unwrap_or(i64::MIN);
    let mut order: Vec<usize> = (0..times_ms.len()).collect();
    order::sort_by_key(&mut order, |&position| time(position));
    let mut kept: Vec<usize> = Vec::with_capacity(order.len());
    for position in order {
        match kept.last_mut() {
            Some(last) if time(*last) == time(position) => {
                if !value(position).is_nan() || value(*last).is_nan() {
                    *last = position;
                }
            }
            _ => kept.push(position),
        }
    }
    let duplicates = times_ms.len() - kept.len();
    let sorted: Vec<i64> = kept.iter().map(|&position| time(position)).collect();
    let (axis, ..) = TimeAxis::from_unsorted(&sorted);
    Sorted { axis, values: kept.iter().map(|&position| value(position)).collect(), duplicates, backward }
}

/// Axes by length and ends, so that equal ones become one.
#[derive(Default)]
struct SharedAxes {
    known: HashMap<(usize, i64, i64), Vec<Arc<TimeAxis>>>,
}

impl SharedAxes {
    fn share(&mut self, axis: TimeAxis) -> Arc<TimeAxis> {
        let ends = |times: &[i64]| (times.first().copied().unwrap_or(0), times.last().copied().unwrap_or(0));
        let (first, last) = ends(axis.times_ms());
        let alike = self.known.entry((axis.len(), first, last)).or_default();
        if let Some(equal) = alike.iter().find(|known| ***known == axis) {
            return Arc::clone(equal);
        }
        let axis = Arc::new(axis);
        alike.push(Arc::clone(&axis));
        axis
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use series::Labels;

    #[test]
    fn samples_are_sorted_and_the_last_value_of_a_time_wins() {
        let mut set = SeriesSet::default();
        let identity = Identity::of(Some("up".into()), Labels::new());
        for (time, value) in [(20, 2.0), (10, 1.0), (20, f64::NAN), (10, 5.0)] {
            let position = set.position(identity.clone());
            if let Some(samples) = set.at(position) {
                samples.push(time, value);
            }
        }
        let mut notes = Notebook::default();
        let series = set.finish(&mut notes);
        let only = series.first();
        assert_eq!(only.map(|series| series.axis.times_ms()), Some(&[10, 20][..]));
        assert_eq!(only.map(|series| series.values.as_slice()), Some(&[5.0, 2.0][..]));
        let kinds: Vec<_> = notes.into_notes().iter().map(|note| (note.kind, note.count)).collect();
        assert_eq!(kinds, [(NoteKind::Duplicate, 2), (NoteKind::Unsorted, 2)]);
    }

    #[test]
    fn equal_axes_are_one() {
        let mut set = SeriesSet::default();
        for name in ["a", "b"] {
            for time in [1, 2, 3] {
                set.push(Identity::of(Some(name.into()), Labels::new()), time, 1.0);
            }
        }
        let series = set.finish(&mut Notebook::default());
        assert!(matches!(series.as_slice(), [a, b] if Arc::ptr_eq(&a.axis, &b.axis)));
    }
}
