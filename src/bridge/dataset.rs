//! How a data set crosses from the reader to the analysis: a head with names and words, and blocks of numbers.
//!
//! All numbers stand one behind the other as 64-bit words, times and row numbers of the axes first, then the values of
//! the series, cut into blocks of equal length. Few large blocks change hands faster than a buffer for every series, and
//! neither side ever holds more than one of them beside the data set itself. Every number keeps every bit.

use report::struct_bytes;
use series::{BaseUnit, Dataset, Event, Kind, Labels, Note, NoteKind, Origin, Series, TimeAxis, Unit};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The words of a block; the last block may have fewer.
pub const BLOCK: usize = 1 << 20;

/// The variants in the order of their declaration; one that is missing does not compile.
macro_rules! variants {
    ($table:ident: $type:ident { $($variant:ident),* $(,)? }) => {
        const $table: &[$type] = &[$($type::$variant),*];
        const _: fn($type) = |value| match value { $($type::$variant => ()),* };
    };
}

variants! {
    NOTE_KINDS: NoteKind {
        Assumption, Ambiguous, Gap, Break, Duplicate, Unsorted, Irregular, Unreadable, Infinite, CounterReset, CounterRate,
        Derived, UnitConversion, Dropped, Constant, Limit, SourceWarning,
    }
}
variants! { UNITS: BaseUnit { None, Ratio, Percent, Seconds, Bytes, Bits, Hertz, Celsius, Watts, Currency } }

type Pairs = BTreeMap<String, String>;

struct Head {
    origins: Vec<OriginHead>,
    axes: Vec<AxisHead>,
    series: Vec<SeriesHead>,
    events: Vec<EventHead>,
    notes: Vec<NoteHead>,
    row_count: usize,
}

struct OriginHead {
    name: String,
    format: String,
    assumed_time_zone: Option<String>,
}

struct AxisHead {
    length: usize,
    has_rows: bool,
}

struct SeriesHead {
    name: String,
    metric: Option<String>,
    labels: Pairs,
    unit: u8,
    per_second: bool,
    written: String,
    is_counter: bool,
    histogram: Option<String>,
    axis: usize,
}

struct EventHead {
    start_ms: i64,
    end_ms: Option<i64>,
    title: String,
    labels: Pairs,
}

struct NoteHead {
    kind: u8,
    subject: Option<String>,
    count: u64,
    message: String,
    undo: Option<String>,
}

struct_bytes! {
    Head { origins, axes, series, events, notes, row_count }
    OriginHead { name, format, assumed_time_zone }
    AxisHead { length, has_rows }
    SeriesHead { name, metric, labels, unit, per_second, written, is_counter, histogram, axis }
    EventHead { start_ms, end_ms, title, labels }
    NoteHead { kind, subject, count, message, undo }
}

/// Takes a data set apart: gives the blocks of its numbers away one by one, and returns the head. Axes that series share
/// cross once. What has been given away is freed on the way.
pub fn pack(dataset: Dataset, give: &mut dyn FnMut(&[u64])) -> Vec<u8> {
    let Dataset { origins, series, events, notes, row_count } = dataset;
    let (axes, axis_of) = shared_axes(&series);
    let mut words = Words { block: Vec::new(), give };
    for axis in &axes {
        axis.times_ms().iter().for_each(|time_ms| words.push(time_ms.cast_unsigned()));
        if axis.has_rows() {
            (0..axis.len()).for_each(|index| words.push(axis.row(index) as u64));
        }
    }
    let axes = axes.iter().map(|axis| AxisHead { length: axis.len(), has_rows: axis.has_rows() }).collect();
    let mut series_heads = Vec::with_capacity(series.len());
    for (series, axis) in series.into_iter().zip(axis_of) {
        let Series { name, metric, labels, unit, kind, histogram, axis: times, mut values } = series;
        values.resize(times.len(), f64::NAN);
        values.iter().for_each(|value| words.push(value.to_bits()));
        let Unit { base, per_second, written } = unit;
        let is_counter = kind == Kind::Counter;
        let labels = pairs(&labels);
        let histogram = histogram.map(|one| one.to_string());
        let unit = base as u8;
        series_heads.push(SeriesHead { name, metric, labels, unit, per_second, written, is_counter, histogram, axis });
    }
    words.finish();
    report::bytes::encode(&Head {
        origins: origins.into_iter().map(origin_head).collect(),
        axes,
        series: series_heads,
        events: events.into_iter().map(event_head).collect(),
        notes: notes.into_iter().map(note_head).collect(),
        row_count,
    })
}

/// Puts a data set together again from what [`pack`] made of it; `next` brings its blocks in their order. None where head
/// and blocks do not fit each other.
pub fn unpack(head: &[u8], next: &mut dyn FnMut() -> Option<Vec<u64>>) -> Option<Dataset> {
    let head: Head = report::bytes::decode(head)?;
    let mut rest = Rest { block: Vec::new(), place: 0, next };
    let axes: Vec<Arc<TimeAxis>> = head.axes.iter().map(|axis| rest.axis(axis).map(Arc::new)).collect::<Option<_>>()?;
    let mut series = Vec::with_capacity(head.series.len());
    for SeriesHead { name, metric, labels, unit, per_second, written, is_counter, histogram, axis } in head.series {
        let axis = Arc::clone(axes.get(axis)?);
        let values = rest.take(axis.len(), f64::from_bits)?;
        let unit = Unit { base: *UNITS.get(usize::from(unit))?, per_second, written };
        let kind = if is_counter { Kind::Counter } else { Kind::Gauge };
        let (labels, histogram) = (labels.into_iter().collect(), histogram.map(Arc::from));
        series.push(Series { name, metric, labels, unit, kind, histogram, axis, values });
    }
    Some(Dataset {
        origins: head.origins.into_iter().map(origin).collect(),
        series,
        events: head.events.into_iter().map(event).collect(),
        notes: head.notes.into_iter().map(note).collect::<Option<_>>()?,
        row_count: head.row_count,
    })
}

/// The different axes, and which one each series has.
fn shared_axes(series: &[Series]) -> (Vec<Arc<TimeAxis>>, Vec<usize>) {
    // By their addresses, in order.
    let mut known: Vec<(*const TimeAxis, usize)> = Vec::new();
    let mut axes = Vec::new();
    let place = |series: &Series| {
        let address = Arc::as_ptr(&series.axis);
        match known.binary_search_by_key(&address, |(address, _)| *address) {
            Ok(found) => known.get(found).map_or(0, |(_, place)| *place),
            Err(gap) => {
                known.insert(gap, (address, axes.len()));
                axes.push(Arc::clone(&series.axis));
                axes.len() - 1
            }
        }
    };
    let axis_of = series.iter().map(place).collect();
    (axes, axis_of)
}

/// Fills one block after the other.
struct Words<'g> {
    block: Vec<u64>,
    give: &'g mut dyn FnMut(&[u64]),
}

impl Words<'_> {
    fn push(&mut self, word: u64) {
        self.block.push(word);
        if self.block.len() == BLOCK {
            (self.give)(&self.block);
            self.block.clear();
        }
    }

    fn finish(self) {
        if !self.block.is_empty() {
            (self.give)(&self.block);
        }
    }
}

/// What is left of the blocks.
struct Rest<'n> {
    block: Vec<u64>,
    place: usize,
    next: &'n mut dyn FnMut() -> Option<Vec<u64>>,
}

impl Rest<'_> {
    fn axis(&mut self, head: &AxisHead) -> Option<TimeAxis> {
        let axis = TimeAxis::from_ascending(self.take(head.length, u64::cast_signed)?)?;
        if !head.has_rows {
            return Some(axis);
        }
        let rows = self.take(head.length, |row| row as u32)?;
        Some(axis.with_rows(rows))
    }

    /// The next `count` words; none where there are not so many.
    fn take<T>(&mut self, count: usize, convert: fn(u64) -> T) -> Option<Vec<T>> {
        let mut taken = Vec::new();
        taken.try_reserve_exact(count).ok()?;
        while taken.len() < count {
            if self.place >= self.block.len() {
                self.block = (self.next)()?;
                self.place = 0;
            }
            let behind = self.block.get(self.place..)?;
            let missing = count - taken.len();
            let words = behind.get(..missing).unwrap_or(behind);
            taken.extend(words.iter().map(|word| convert(*word)));
            self.place += words.len();
        }
        Some(taken)
    }
}

fn pairs(labels: &Labels) -> Pairs {
    labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn origin_head(Origin { name, format, assumed_time_zone }: Origin) -> OriginHead {
    OriginHead { name, format, assumed_time_zone }
}

fn origin(OriginHead { name, format, assumed_time_zone }: OriginHead) -> Origin {
    Origin { name, format, assumed_time_zone }
}

fn event_head(Event { start_ms, end_ms, title, labels }: Event) -> EventHead {
    EventHead { start_ms, end_ms, title, labels: pairs(&labels) }
}

fn event(EventHead { start_ms, end_ms, title, labels }: EventHead) -> Event {
    Event { start_ms, end_ms, title, labels: labels.into_iter().collect() }
}

fn note_head(Note { kind, subject, count, message, undo }: Note) -> NoteHead {
    NoteHead { kind: kind as u8, subject, count, message, undo }
}

fn note(NoteHead { kind, subject, count, message, undo }: NoteHead) -> Option<Note> {
    Some(Note { kind: *NOTE_KINDS.get(usize::from(kind))?, subject, count, message, undo })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(dataset: Dataset) -> Option<Dataset> {
        let mut blocks = Vec::new();
        let head = pack(dataset, &mut |block| blocks.push(block.to_vec()));
        assert!(blocks.iter().rev().skip(1).all(|block| block.len() == BLOCK), "all but the last are full");
        let mut blocks = blocks.into_iter();
        let dataset = unpack(&head, &mut || blocks.next());
        assert_eq!(blocks.next(), None, "no word is left over");
        dataset
    }

    fn example() -> Dataset {
        let (shared, ..) = TimeAxis::from_unsorted(&[30, -10, 20, -10]);
        let shared = Arc::new(shared);
        let plain = TimeAxis::from_ascending(vec![i64::MIN, 0, i64::MAX]).map(Arc::new).unwrap_or_default();
        let mut latency = Series::new(
            "latency \"p99\"",
            Arc::clone(&shared),
            vec![f64::from_bits(0x7ff8_0000_dead_beef), -0.0, 1e-320],
        );
        latency.metric = Some("latency".into());
        latency.labels = [("job", "cart"), ("zone", "")].into_iter().collect();
        latency.unit = Unit { base: BaseUnit::Seconds, per_second: true, written: "ms/s".into() };
        latency.kind = Kind::Counter;
        let infinite = Series::new("µ", shared, vec![f64::INFINITY, f64::NEG_INFINITY, f64::MAX]);
        let other = Series::new("other", plain, vec![1.0, f64::NAN, 2.0]);
        let note = Note::new(NoteKind::CounterRate, u64::MAX, "It counts.").about("latency");
        Dataset {
            origins: vec![
                Origin { name: "a.csv".into(), format: "CSV".into(), assumed_time_zone: Some("Europe/Berlin".into()) },
                Origin::default(),
            ],
            series: vec![latency, infinite, other],
            events: vec![
                Event { start_ms: -5, end_ms: None, title: "deploy".into(), labels: Labels::new() },
                Event {
                    start_ms: 5,
                    end_ms: Some(7),
                    title: String::new(),
                    labels: [("a", "b")].into_iter().collect(),
                },
            ],
            notes: vec![note.clone().undone_by("counters=none"), note],
            row_count: 4,
        }
    }

    /// Values by their bits: NaN is equal to itself, and -0.0 not to 0.0.
    fn bits(dataset: &Dataset) -> Vec<Vec<u64>> {
        dataset.series.iter().map(|series| series.values.iter().map(|value| value.to_bits()).collect()).collect()
    }

    fn without_values(mut dataset: Dataset) -> Dataset {
        dataset.series.iter_mut().for_each(|series| series.values.clear());
        dataset
    }

    #[test]
    fn a_data_set_crosses_with_every_bit() {
        let arrived = through(example()).unwrap_or_default();
        assert_eq!(bits(&arrived), bits(&example()));
        let axis = |place: usize| Arc::clone(&arrived.series[place].axis);
        assert!(Arc::ptr_eq(&axis(0), &axis(1)) && !Arc::ptr_eq(&axis(0), &axis(2)), "shared axes stay shared");
        assert_eq!([0, 1, 2].map(|index| axis(0).row(index)), [3, 2, 0]);
        assert!(!axis(2).has_rows());
        assert_eq!(without_values(arrived), without_values(example()));
        assert_eq!(through(Dataset::default()), Some(Dataset::default()));
    }

    #[test]
    fn series_may_be_longer_than_blocks() {
        let length = BLOCK + BLOCK / 2;
        let axis = TimeAxis::from_ascending((0..length as i64).collect()).map(Arc::new).unwrap_or_default();
        let series = |start: usize| {
            let values = (0..length).map(|place| (start + place) as f64).collect();
            Series::new(start.to_string(), Arc::clone(&axis), values)
        };
        let dataset = Dataset { series: vec![series(0), series(7)], ..Dataset::default() };
        assert!(through(dataset.clone()) == Some(dataset));
    }

    #[test]
    fn every_kind_and_unit_has_its_own_number() {
        for (number, kind) in NOTE_KINDS.iter().enumerate() {
            assert_eq!(*kind as usize, number);
        }
        for (number, unit) in UNITS.iter().enumerate() {
            assert_eq!(*unit as usize, number);
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut blocks = Vec::new();
        let head = pack(example(), &mut |block| blocks.push(block.to_vec()));
        let words = blocks.concat();
        for length in 0..words.len() {
            let mut block = Some(words[..length].to_vec());
            assert!(unpack(&head, &mut || block.take()).is_none(), "{length} words");
        }
        let mut block = Some(words.clone());
        assert!(unpack(&head[..head.len() - 1], &mut || block.take()).is_none());
        let mut block = Some(words.iter().rev().copied().collect());
        assert!(unpack(&head, &mut || block.take()).is_none(), "times that do not ascend");
    }
}
