//! Series that come sample by sample, in any order.

use crate::cell::timestamp::Stamp;
use crate::error::{Error, list};
use crate::meaning;
use crate::notebook::{Notebook, plural};
use crate::unique_names::UniqueNames;
use crate::{Format, Keep, Localiser, Options, Role};
use series::{Dataset, Declared, Event, Identity, Labels, NoteKind, Origin, Series, TimeAxis, Unit};
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

    /// Adds samples behind these.
    pub(crate) fn append(&mut self, mut more: Self) {
        if self.times_ms.is_empty() {
            *self = more;
        } else {
            self.times_ms.append(&mut more.times_ms);
            self.values.append(&mut more.values);
        }
    }
}

/// More series than this are refused.
pub(crate) const MOST_SERIES: usize = 500_000;

/// What is said of more series than can be held.
pub(crate) fn too_many_series() -> Error {
    Error::TooLarge {
        what: "series".to_owned(),
        limit: MOST_SERIES as u64,
        remedy: "Export fewer metrics, or sum over labels that tell every request apart.".to_owned(),
    }
}

/// A series as it comes.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) identity: Identity,
    /// Its samples. Times are wall-clock readings if `wall_times` says so.
    pub(crate) samples: Samples,
    /// The unit that the values are written in, as the source names it. Values are brought to its base unit later; of a
    /// histogram's bucket (`…_bucket` with a label `le`) it is the bound's unit, for the values are counts.
    pub(crate) unit: Option<String>,
    /// What the source declares.
    pub(crate) declared: Declared,
    /// The histogram that it was worked out of.
    pub(crate) histogram: Option<Arc<str>>,
    /// Samples whose time came without a zone.
    wall_times: usize,
}

/// Series in the order in which they first came, events, and what was noticed on the way: what a reader of anything but
/// tables makes of a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeriesSet {
    entries: Vec<Entry>,
    positions: HashMap<Identity, usize>,
    events: Vec<(Event, bool)>,
    /// What was noticed.
    pub(crate) notes: Notebook,
    /// What the file is, where that is more than its format's label.
    pub(crate) label: Option<&'static str>,
}

impl SeriesSet {
    /// The position of a series, new or known.
    pub(crate) fn position(&mut self, identity: Identity) -> usize {
        let next = self.entries.len();
        *self.positions.entry(identity).or_insert_with_key(|identity| {
            self.entries.push(Entry {
                identity: identity.clone(),
                samples: Samples::default(),
                unit: None,
                declared: Declared::Nothing,
                histogram: None,
                wall_times: 0,
            });
            next
        })
    }

    /// The position of a metric's series with these labels, new or known.
    pub(crate) fn position_of(&mut self, metric: &str, labels: Labels) -> usize {
        self.position(Identity::of(Some(metric.to_owned()), labels))
    }

    /// The series at a position.
    pub(crate) fn entry(&mut self, position: usize) -> Option<&mut Entry> {
        self.entries.get_mut(position)
    }

    /// The samples so far of the series at a position, to add to.
    pub(crate) fn at(&mut self, position: usize) -> Option<&mut Samples> {
        self.entries.get_mut(position).map(|entry| &mut entry.samples)
    }

    /// Adds a sample whose time is an instant, in milliseconds since 1970-01-01 UTC.
    pub(crate) fn push(&mut self, position: usize, time_ms: i64, value: f64) {
        if let Some(samples) = self.at(position) {
            samples.push(time_ms, value);
        }
    }

    /// Adds a sample whose time may lack a zone.
    pub(crate) fn push_at(&mut self, position: usize, stamp: Stamp, value: f64) {
        if let Some(entry) = self.entries.get_mut(position) {
            entry.wall_times += usize::from(!stamp.zoned);
            entry.samples.push(stamp.ms, value);
        }
    }

    /// Adds an event. `is_wall_clock` says that its times came without a zone.
    pub(crate) fn push_event(&mut self, event: Event, is_wall_clock: bool) {
        self.events.push((event, is_wall_clock));
    }

    /// The number of series.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The number of events.
    pub(crate) fn event_count(&self) -> usize {
        self.events.len()
    }

    /// The number of samples of all series.
    pub(crate) fn sample_count(&self) -> usize {
        self.entries.iter().map(|entry| entry.samples.times_ms.len()).sum()
    }

    /// # Errors
    /// If there is neither a sample nor an event: `seen` says what there was instead, `remedy` what would help.
    pub(crate) fn refuse_empty(&self, seen: &str, remedy: &str) -> Result<(), Error> {
        if self.events.is_empty() && self.sample_count() == 0 {
            return Err(Error::NoNumbers { seen: seen.to_owned(), remedy: remedy.to_owned() });
        }
        Ok(())
    }

    /// # Errors
    /// If there are more series than can be held.
    pub(crate) fn refuse_too_many(&self) -> Result<(), Error> {
        if self.entries.len() <= MOST_SERIES {
            return Ok(());
        }
        Err(too_many_series())
    }

    /// Makes the data set. Series are each on their own axis; equal axes are one. Names are made unique.
    ///
    /// # Errors
    /// If the options leave no series, although there are some.
    pub(crate) fn into_dataset(mut self, name: &str, format: Format, options: &Options) -> Result<Dataset, Error> {
        let mut notes = std::mem::take(&mut self.notes);
        let assumed_time_zone = self.localise(options, &mut notes);
        self.ignore_labels(options);
        let had_series = self.sample_count() > 0;
        let available = list(self.entries.iter().map(|entry| entry.identity.name.as_str()));
        self.entries.retain(|entry| options.wants(&entry.identity.name));
        let mut events: Vec<Event> = self.events.drain(..).map(|(event, _)| event).collect();
        order::sort_by(&mut events, |a, b| (a.start_ms, &a.title).cmp(&(b.start_ms, &b.title)));
        let (series, declared) = self.finish(options, &mut notes);
        if had_series && series.is_empty() {
            let asked = options.columns.as_ref().and_then(|names| names.first()).cloned();
            return Err(Error::UnknownColumn { column: asked.unwrap_or_default(), available });
        }
        let series = meaning::of(series, &declared, options, &mut notes);
        let format = self.label.unwrap_or_else(|| format.label()).to_owned();
        let origin = Origin { name: name.to_owned(), format, assumed_time_zone };
        Ok(Dataset { origins: vec![origin], series, events, notes: notes.into_notes(), row_count: 0 })
    }

    /// Takes the labels away that the user wants ignored. Series that nothing else tells apart become one.
    fn ignore_labels(&mut self, options: &Options) {
        let is_ignored = |label: &str| options.role(label) == Some(Role::Ignore);
        if options.roles.is_empty() {
            return;
        }
        let mut kept: Vec<Entry> = Vec::with_capacity(self.entries.len());
        let mut positions: HashMap<Identity, usize> = HashMap::new();
        for mut entry in std::mem::take(&mut self.entries) {
            let labels = entry.identity.labels.iter().filter(|(label, _)| !is_ignored(label));
            let labels: Labels = labels.collect();
            if labels.len() < entry.identity.labels.len() {
                entry.identity = Identity::of(entry.identity.metric, labels);
            }
            match positions.get(&entry.identity).and_then(|position| kept.get_mut(*position)) {
                Some(known) => {
                    known.wall_times += entry.wall_times;
                    known.samples.append(entry.samples);
                }
                None => {
                    positions.insert(entry.identity.clone(), kept.len());
                    kept.push(entry);
                }
            }
        }
        self.entries = kept;
    }

    /// Turns the wall clock's times into instants. Returns the zone that was taken for it.
    fn localise(&mut self, options: &Options, notes: &mut Notebook) -> Option<String> {
        let mut localiser = Localiser::new(&options.time_zone);
        for entry in self.entries.iter_mut().filter(|entry| entry.wall_times > 0) {
            for time_ms in &mut entry.samples.times_ms {
                *time_ms = localiser.instant_ms(*time_ms);
            }
            entry.wall_times = 0;
        }
        for (event, is_wall_clock) in self.events.iter_mut().filter(|(_, is_wall_clock)| *is_wall_clock) {
            event.start_ms = localiser.instant_ms(event.start_ms);
            event.end_ms = event.end_ms.map(|end_ms| options.time_zone.instant_ms(end_ms));
            *is_wall_clock = false;
        }
        localiser.note(notes)
    }

    fn finish(&mut self, options: &Options, notes: &mut Notebook) -> (Vec<Series>, Vec<Declared>) {
        let mut axes = SharedAxes::default();
        let (mut duplicates, mut backward, mut doubled, mut disordered, mut bounds) = (0, 0, 0, 0, 0);
        let mut names = UniqueNames::default();
        let mut found = Vec::with_capacity(self.entries.len());
        let mut declared = Vec::with_capacity(self.entries.len());
        for Entry { identity, samples, unit, declared: what, histogram, .. } in std::mem::take(&mut self.entries) {
            if samples.times_ms.is_empty() {
                continue;
            }
            let Sorted { axis, values, duplicates: dropped, backward: stepped } = sort(samples, options.keep);
            duplicates += dropped;
            backward += stepped;
            doubled += usize::from(dropped > 0);
            disordered += usize::from(stepped > 0);
            let mut series = Series::new(names.give(identity.name), axes.share(axis), values);
            series.metric = identity.metric;
            series.labels = identity.labels;
            series.histogram = histogram;
            series.unit = Unit::of_metric(series.metric.as_deref().unwrap_or(""));
            let is_bucket = meaning::is_bucket(&series);
            if is_bucket {
                bounds += usize::from(meaning::convert_bound(&mut series, unit.as_deref(), options));
            } else {
                meaning::convert(&mut series, unit.as_deref(), options, notes);
            }
            found.push(series);
            declared.push(what);
        }
        notes.add(
            NoteKind::UnitConversion,
            bounds,
            format!(
                "{} of histograms converted to the base unit, as their sums are",
                plural(bounds, "bound", "bounds")
            ),
        );
        notes
            .add(
                NoteKind::Duplicate,
                duplicates,
                format!(
                    "{} of {} at a time that another sample of the series has; of these {} was kept",
                    plural(duplicates, "sample", "samples"),
                    plural(doubled, "series", "series"),
                    options.keep.words(),
                ),
            )
            .undone_by(options.keep.other());
        notes.add(
            NoteKind::Unsorted,
            backward,
            format!(
                "The times of {} step back {}; the samples were sorted",
                plural(disordered, "series", "series"),
                plural(backward, "time", "times")
            ),
        );
        (found, declared)
    }
}

struct Sorted {
    axis: TimeAxis,
    values: Vec<f64>,
    duplicates: usize,
    backward: usize,
}

/// Of samples at one time one value is kept.
fn sort(samples: Samples, keep: Keep) -> Sorted {
    let Samples { times_ms, values } = samples;
    let ascends = times_ms.windows(2).all(|pair| matches!(pair, [a, b] if a < b));
    if ascends {
        let (axis, ..) = TimeAxis::from_unsorted(&times_ms);
        return Sorted { axis, values, duplicates: 0, backward: 0 };
    }
    let backward = times_ms.windows(2).filter(|pair| matches!(pair, [a, b] if b < a)).count();
    let value = |position: &usize| values.get(*position).copied().unwrap_or(f64::NAN);
    let time = |position: &usize| times_ms.get(*position).copied().unwrap_or(i64::MIN);
    let mut order: Vec<usize> = (0..times_ms.len()).collect();
    order::sort_by_key(&mut order, time);
    let mut sorted = Vec::with_capacity(order.len());
    let mut kept = Vec::with_capacity(order.len());
    for group in order.chunk_by(|a, b| time(a) == time(b)) {
        sorted.extend(group.first().map(time));
        kept.push(keep.of(group.iter().map(value)));
    }
    let duplicates = times_ms.len() - kept.len();
    let (axis, ..) = TimeAxis::from_unsorted(&sorted);
    Sorted { axis, values: kept, duplicates, backward }
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
        let (series, _) = set.finish(&Options::default(), &mut notes);
        let only = series.first();
        assert_eq!(only.map(|series| series.axis.times_ms()), Some(&[10, 20][..]));
        assert_eq!(only.map(|series| series.values.as_slice()), Some(&[5.0, 2.0][..]));
        let kinds: Vec<_> = notes.into_notes().iter().map(|note| (note.kind, note.count)).collect();
        assert_eq!(kinds, [(NoteKind::Duplicate, 2), (NoteKind::Unsorted, 2)]);
    }

    #[test]
    fn a_label_that_is_ignored_tells_nothing_apart() {
        let mut set = SeriesSet::default();
        for (time, pod) in [(1, "a"), (2, "b"), (3, "a")] {
            let position = set.position_of("up", [("job", "cart"), ("pod", pod)].into_iter().collect());
            set.push(position, time, 1.0);
        }
        let ignoring = Options { roles: vec![("pod".to_owned(), Role::Ignore)], ..Options::default() };
        let names = |options: &Options| {
            let dataset = set.clone().into_dataset("x", Format::PrometheusJson, options);
            dataset.map(|dataset| {
                dataset.series.iter().map(|one| (one.name.clone(), one.values.len())).collect::<Vec<_>>()
            })
        };
        let of = |name: &str, length| (name.to_owned(), length);
        let all = vec![of("up{job=\"cart\",pod=\"a\"}", 2), of("up{job=\"cart\",pod=\"b\"}", 1)];
        assert_eq!(names(&Options::default()), Ok(all));
        assert_eq!(names(&ignoring), Ok(vec![of("up{job=\"cart\"}", 3)]));
    }

    #[test]
    fn equal_axes_are_one() {
        let mut set = SeriesSet::default();
        for name in ["a", "b"] {
            let position = set.position_of(name, Labels::new());
            for time in [1, 2, 3] {
                set.push(position, time, 1.0);
            }
        }
        let (series, _) = set.finish(&Options::default(), &mut Notebook::default());
        assert!(matches!(series.as_slice(), [a, b] if Arc::ptr_eq(&a.axis, &b.axis)));
    }
}
