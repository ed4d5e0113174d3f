//! What must make no difference, tried on every fixture: how the bytes arrive, line ends, byte order marks, empty lines at
//! the end, gzip and ZIP around it, and writing it out and reading it again.
#![allow(clippy::unwrap_used, missing_docs)]

use ingest::{Error, Format, Import, Options, Source, needs_text, read, read_from, write};
use proptest::prelude::*;
use series::{Dataset, Labels, Series};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// All fixtures, by the folders' names.
fn fixtures(wanted: impl Fn(&str) -> bool) -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in std::fs::read_dir(root).unwrap() {
        let folder = folder.unwrap();
        if folder.file_type().unwrap().is_dir() && wanted(&folder.file_name().to_string_lossy()) {
            files.extend(std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()));
        }
    }
    files.sort();
    assert!(files.len() > 1);
    files.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

/// The fixtures that are read.
fn readable() -> Vec<(PathBuf, Vec<u8>)> {
    fixtures(|folder| folder != "refused")
}

/// The readable fixtures that are UTF-8 without a mark.
fn texts() -> Vec<(PathBuf, String)> {
    let text = |(path, bytes)| Some((path, String::from_utf8(bytes).ok()?));
    let texts: Vec<_> =
        readable().into_iter().filter_map(text).filter(|(_, text)| !text.starts_with('\u{feff}')).collect();
    assert!(texts.len() > 10);
    texts
}

fn import(bytes: &[u8]) -> Result<Dataset, Error> {
    read(&Source { name: "x", bytes }, &Options::default())
}

/// Everything that was understood, in a form that is equal to itself where values are missing.
fn shown(result: &Result<Dataset, Error>) -> String {
    match result {
        Ok(dataset) => format!("{dataset:?}"),
        Err(error) => format!("{error:?}"),
    }
}

/// Hands out the pieces between these borders, which come round again.
struct Pieces<'a> {
    bytes: &'a [u8],
    sizes: &'a [usize],
    turn: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.turn % self.sizes.len()];
        self.turn += 1;
        let count = size.min(into.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(count);
        into[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_borders_of_pieces(sizes in proptest::collection::vec(prop_oneof![1usize..5, 1usize..3000], 1..20)) {
        // Bombs unpack to megabytes.
        for (path, bytes) in fixtures(|_| true).into_iter().filter(|(_, bytes)| bytes.len() < 20_000) {
            let pieces = read_from("x", &mut Pieces { bytes: &bytes, sizes: &sizes, turn: 0 }, None, &Options::default());
            prop_assert_eq!(shown(&pieces), shown(&import(&bytes)), "{}", path.display());
        }
    }
}

/// Reads bytes that are handed over in pieces of a size. None where that has to be done the other way.
fn fed(bytes: &[u8], size: usize) -> Option<Result<Dataset, Error>> {
    let (mut rest, options, length) = (bytes, Options::default(), Some(bytes.len() as u64));
    let next = async |piece: &mut Vec<u8>| {
        let (now, later) = rest.split_at(size.min(rest.len()));
        piece.extend_from_slice(now);
        rest = later;
        Ok(())
    };
    let reading = std::pin::pin!(Import::open_fed("x", next, length, &options));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(outcome) = reading.poll(&mut context) else { panic!("nothing is waited for") };
    match outcome {
        Ok(None) => None,
        Ok(Some(import)) => Some(import.into_dataset(&options)),
        Err(error) => Some(Err(error)),
    }
}

#[test]
fn whether_bytes_are_fetched_or_fed() {
    let mut count = 0;
    for (path, bytes) in fixtures(|_| true) {
        for size in [7, 1 << 12] {
            if let Some(outcome) = fed(&bytes, size) {
                assert_eq!(shown(&outcome), shown(&import(&bytes)), "{}", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 60, "most tables are read so: {count}");
}

#[test]
fn whether_many_bytes_are_fetched_or_fed() {
    let row = |row: usize, width: usize| {
        let cells: String = (0..width).map(|column| format!(",{}", (row * column) % 1000)).collect();
        format!("{}{cells}\n", 1_700_000_000 + 15 * row)
    };
    let table = |rows: usize, width: usize| -> String {
        let names: String = (0..width).map(|column| format!(",c{column}")).collect();
        format!("time{names}\n{}", (0..rows).map(|number| row(number, width)).collect::<String>())
    };
    // Many lines, and so few that the beginning is looked at far beyond the first megabyte.
    for text in [table(60_000, 12), table(150, 30_000), table(40, 100_000)] {
        assert!(text.len() > 3 << 20);
        let sixteen: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        for bytes in [text.as_bytes(), &sixteen] {
            let outcome = fed(bytes, 65_536).unwrap();
            assert_eq!(shown(&outcome), shown(&import(bytes)));
        }
    }
}

/// The small inputs that fuzzing starts from, tried without a fuzzer (docs/fuzzing.md).
#[test]
fn the_borders_of_pieces_in_what_fuzzing_starts_from() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for format in Format::ALL {
        let folder = corpus.join(format.name());
        let inputs = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let options = Options { format: Some(format), ..Options::default() };
        let mut count = 0;
        for input in inputs {
            let path = input.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let whole = read(&Source { name: "x", bytes: &bytes }, &options);
            let pieces = read_from("x", &mut Pieces { bytes: &bytes, sizes: &[1, 2, 7], turn: 0 }, None, &options);
            assert_eq!(shown(&pieces), shown(&whole), "{}", path.display());
            count += 1;
        }
        assert!(count > 0, "nothing to start from in {}", folder.display());
    }
}

#[test]
fn line_ends() {
    for (path, text) in texts() {
        let newlines = text.replace("\r\n", "\n");
        let expected = shown(&import(newlines.as_bytes()));
        for end in ["\r\n", "\r"] {
            let changed = newlines.replace('\n', end);
            assert_eq!(shown(&import(changed.as_bytes())), expected, "{} with {end:?}", path.display());
        }
    }
}

#[test]
fn a_byte_order_mark_and_the_encoding() {
    for (path, text) in texts() {
        let expected = shown(&import(text.as_bytes()));
        let marked = format!("\u{feff}{text}");
        let little: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = marked.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [marked.as_bytes(), &little, &big] {
            assert_eq!(shown(&import(bytes)), expected, "{}", path.display());
        }
    }
}

#[test]
fn empty_lines_at_the_end() {
    for (path, text) in texts() {
        let expected = shown(&import(text.as_bytes()));
        for end in ["\n", "\n\n", "\r\n"] {
            let longer = format!("{text}{end}");
            assert_eq!(shown(&import(longer.as_bytes())), expected, "{} with {end:?}", path.display());
        }
        let shorter = text.trim_end_matches(['\n', '\r']);
        assert_eq!(shown(&import(shorter.as_bytes())), expected, "{} without a line end", path.display());
    }
}

#[test]
fn gzip() {
    for (path, bytes) in readable().into_iter().filter(|(_, bytes)| !bytes.starts_with(&[0x1f, 0x8b])) {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&bytes).unwrap();
        let packed = encoder.finish().unwrap();
        assert_eq!(shown(&import(&packed)), shown(&import(&bytes)), "{}", path.display());
    }
}

/// Who, when and how much; without missing values.
fn content(dataset: &Dataset, who: fn(&Series) -> String) -> Vec<(String, Vec<(i64, u64)>)> {
    let mut all: Vec<_> = dataset
        .series
        .iter()
        .map(|series| {
            let samples = series.axis.times_ms().iter().zip(&series.values).filter(|(_, value)| !value.is_nan());
            (who(series), samples.map(|(&time, &value)| (time, value.to_bits())).collect::<Vec<_>>())
        })
        // A series without values is none.
        .filter(|(_, samples)| !samples.is_empty())
        .collect();
    all.sort();
    all
}

#[test]
fn settings_that_need_no_text() {
    let settings = ["time-zone=+02:00", "counters=none", "histograms=buckets", "shares=none", "duplicates=mean"];
    for (path, bytes) in readable() {
        let import = Import::open("x", &mut bytes.as_slice(), None, &Options::default()).unwrap();
        for setting in settings {
            assert!(!needs_text(setting));
            let mut options = Options::default();
            options.set(setting, |_| None).unwrap();
            let anew = read(&Source { name: "x", bytes: &bytes }, &options);
            assert_eq!(shown(&import.dataset(&options)), shown(&anew), "{} with {setting}", path.display());
        }
    }
}

#[test]
fn writing_and_reading_again() {
    type Way = (&'static str, fn(&Dataset) -> String, fn(&Series) -> String);
    // The name that is shown leaves out labels that all series share; the metric and the labels say all.
    let identity = |series: &Series| format!("{}{}", series.metric.as_deref().unwrap_or(&series.name), series.labels);
    // Not every name of a label is one in OpenMetrics.
    let plain = |series: &Series| {
        let labels: Labels = series.labels.iter().map(|(name, value)| (series::sanitised_label(name), value)).collect();
        format!("{}{labels}", series.metric.as_deref().unwrap_or(&series.name))
    };
    let ways: [Way; 3] = [
        ("tidy CSV", write::tidy_csv, |series| series.name.clone()),
        ("OpenMetrics", write::openmetrics, plain),
        ("Prometheus JSON", write::prometheus_json, identity),
    ];
    for (path, bytes) in readable() {
        let dataset = import(&bytes).unwrap();
        // A table with a single row is refused: nothing can change in it.
        if dataset.series.iter().map(Series::point_count).sum::<usize>() < 2 {
            continue;
        }
        for (name, write, who) in ways {
            let again = import(write(&dataset).as_bytes()).unwrap_or_else(|error| {
                panic!("{} as {name}: {error}\n{}", path.display(), write(&dataset));
            });
            assert_eq!(content(&again, who), content(&dataset, who), "{} as {name}", path.display());
        }
    }
}
