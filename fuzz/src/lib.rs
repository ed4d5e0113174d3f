//! What must hold for every input, whatever it is: checked by each of the targets. A violation panics.

use ingest::{Error, Import, Options, Source, TimeZone, write};
use series::Dataset;
use std::io::{self, Read};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// What reading makes of the bytes of a file.
pub type Outcome = Result<Dataset, Error>;

/// Reads the bytes in one piece and in small ones, and checks the result.
///
/// # Panics
/// If the results differ, contradict themselves, or cannot be written.
pub fn check(bytes: &[u8], options: &Options) -> Outcome {
    let whole = ingest::read(&Source { name: "x", bytes }, options);
    let pieces = ingest::read_from("x", &mut Pieces::new(bytes), None, options);
    assert_same(&whole, &pieces, "in one piece and in many");
    if let Some(fed) = fed(bytes, options) {
        assert_same(&whole, &fed, "fetched and fed");
    }
    let preview = ingest::preview(&mut &*bytes, options);
    let of_pieces = ingest::preview(&mut Pieces::new(bytes), options);
    assert_eq!(format!("{preview:?}"), format!("{of_pieces:?}"), "the preview differs");
    match &whole {
        Ok(dataset) => check_dataset(dataset),
        Err(error) => check_sentence(error),
    }
    whole
}

/// Reads the bytes as they come in pieces, as a browser's file does; none where that has to be done the other way.
fn fed(bytes: &[u8], options: &Options) -> Option<Outcome> {
    let mut pieces = Pieces::new(bytes);
    let next = async |to: &mut Vec<u8>| {
        let mut piece = [0; 4096];
        let count = pieces.read(&mut piece)?;
        to.extend_from_slice(&piece[..count]);
        Ok(())
    };
    let reading = pin!(Import::open_fed("x", next, None, options));
    // Nothing is waited for: all pieces are there.
    let Poll::Ready(outcome) = reading.poll(&mut Context::from_waker(Waker::noop())) else { return None };
    outcome.and_then(|import| import.map(|import| import.into_dataset(options)).transpose()).transpose()
}

/// Reads the bytes under the settings that need the text and follows the others afterwards, and reads them under all at
/// once.
///
/// # Panics
/// If the results differ.
pub fn check_later(bytes: &[u8], settings: &[&str]) {
    let (mut first, mut all) = (Options::default(), Options::default());
    for setting in settings {
        // Settings that cannot be followed are refused, and the rest counts.
        let _ = set(&mut all, setting);
        if ingest::needs_text(setting) {
            let _ = set(&mut first, setting);
        }
    }
    let import = Import::open("x", &mut &*bytes, Some(bytes.len() as u64), &first);
    let kept = import.as_ref().map_err(Clone::clone).and_then(|import| import.dataset(&all));
    assert_same(&kept, &check(bytes, &all), "settled afterwards and at once");
    let for_good = import.and_then(|import| import.into_dataset(&all));
    assert_same(&kept, &for_good, "kept and read for good");
}

fn set(options: &mut Options, setting: &str) -> Result<(), ingest::SettingError> {
    options.set(setting, |name| (name == "Z").then_some(TimeZone::default()))
}

/// # Panics
/// If the two do not agree in everything but the names of the files.
pub fn assert_same(left: &Outcome, right: &Outcome, how: &str) {
    match (left, right) {
        (Ok(left), Ok(right)) => {
            assert_eq!(left.row_count, right.row_count, "rows differ {how}");
            assert_eq!(left.notes, right.notes, "notes differ {how}");
            assert_eq!(left.events, right.events, "events differ {how}");
            assert_eq!(left.series.len(), right.series.len(), "series differ {how}");
            for (left, right) in left.series.iter().zip(&right.series) {
                assert_eq!(
                    (&left.name, &left.metric, &left.labels, &left.unit, left.kind),
                    (&right.name, &right.metric, &right.labels, &right.unit, right.kind),
                    "identities differ {how}"
                );
                assert_eq!(left.axis, right.axis, "times differ {how}");
                let bits = |values: &[f64]| -> Vec<u64> {
                    values.iter().map(|value| if value.is_nan() { u64::MAX } else { value.to_bits() }).collect()
                };
                assert_eq!(bits(&left.values), bits(&right.values), "values differ {how}");
            }
        }
        (Err(left), Err(right)) => assert_eq!(left, right, "errors differ {how}"),
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => panic!("read and refused {how}: {error}"),
    }
}

fn check_dataset(dataset: &Dataset) {
    let mut names: Vec<&str> = dataset.series.iter().map(|series| series.name.as_str()).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "a name stands for two series: {names:?}");
    for series in &dataset.series {
        assert_eq!(series.axis.len(), series.values.len(), "{}", series.name);
        assert!(!series.values.is_empty(), "{} has no time", series.name);
        assert!(series.axis.times_ms().is_sorted_by(|a, b| a < b), "the times of {} do not ascend", series.name);
    }
    for note in &dataset.notes {
        assert!(note.count > 0 && !note.message.is_empty(), "{note:?}");
        if let Some(undo) = &note.undo {
            Options::default().set(undo, |_| None).unwrap_or_else(|error| panic!("{note:?}: {error}"));
        }
    }
    let _ = (write::tidy_csv(dataset), write::openmetrics(dataset), write::prometheus_json(dataset));
}

fn check_sentence(error: &Error) {
    let text = error.to_string();
    assert!(text.len() > 20 && text.len() < 20_000, "no sentence: {text}");
}

/// A source that hands out pieces of changing sizes, which the bytes alone decide.
pub struct Pieces<'a> {
    bytes: &'a [u8],
    state: u64,
}

impl<'a> Pieces<'a> {
    /// The pieces of the bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, state: bytes.len() as u64 | 1 }
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // Knuth's multiplier: any sequence that wanders will do.
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let random = self.state >> 33;
        let most = if random.is_multiple_of(3) { 7 } else { 4096 };
        let count = into.len().min(self.bytes.len()).min((random >> 2) as usize % most + 1);
        let (now, later) = self.bytes.split_at(count);
        into[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}
