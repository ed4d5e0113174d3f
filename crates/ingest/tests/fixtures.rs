//! Every fixture imports to what its snapshot says, under its own name and as `unknown`, and what must be refused is
//! refused with a sentence.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use ingest::{Format, Options, Source, detect, read};
use series::Dataset;
use std::fmt::Write;
use std::path::PathBuf;

fn fixtures(folder: &str) -> Vec<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no fixture in {folder}");
    files
}

fn name(path: &std::path::Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// What a person would check by eye.
fn summary(dataset: &Dataset) -> String {
    let mut text = String::new();
    for origin in &dataset.origins {
        writeln!(text, "{} | zone {:?} | {} rows", origin.format, origin.assumed_time_zone, dataset.row_count).unwrap();
    }
    for series in &dataset.series {
        let times = series.axis.times_ms();
        writeln!(
            text,
            "{} | metric {:?} | labels {} | unit {:?} {} | {:?} | {} points of {} in {}..{}",
            series.name,
            series.metric,
            series.labels,
            series.unit.written,
            series.unit,
            series.kind,
            series.point_count(),
            times.len(),
            times.first().unwrap(),
            times.last().unwrap(),
        )
        .unwrap();
        writeln!(text, "    {:?}", series.values).unwrap();
        let rows: Vec<usize> = (0..times.len()).map(|index| series.axis.row(index)).collect();
        if rows != (0..times.len()).collect::<Vec<_>>() {
            writeln!(text, "    rows {rows:?}").unwrap();
        }
    }
    for event in &dataset.events {
        writeln!(text, "event {:?}..{:?} {:?} {}", event.start_ms, event.end_ms, event.title, event.labels).unwrap();
    }
    for note in &dataset.notes {
        let subject = note.subject.as_deref().unwrap_or("all");
        let undo = note.undo.as_deref().map_or_else(String::new, |undo| format!(" [{undo}]"));
        writeln!(text, "note {:?} ×{} {subject}: {}{undo}", note.kind, note.count, note.message).unwrap();
    }
    text
}

fn check(format: Format) {
    for path in fixtures(format.name()) {
        let bytes = std::fs::read(&path).unwrap();
        let name = name(&path);
        let dataset = read(&Source { name: &name, bytes: &bytes }, &Options::default())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        insta::assert_snapshot!(format!("{}__{name}", format.name()), summary(&dataset));

        for undo in dataset.notes.iter().filter_map(|note| note.undo.as_deref()) {
            let mut options = Options::default();
            options.set(undo, |_| None).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }

        let mut unknown = read(&Source { name: "unknown", bytes: &bytes }, &Options::default()).unwrap();
        unknown.origins[0].name.clone_from(&name);
        // NaN differs from itself, so datasets are compared as they print.
        assert_eq!(format!("{unknown:?}"), format!("{dataset:?}"), "{} under another name", path.display());
        assert_eq!(detect(&Source { name: "unknown", bytes: &bytes }).unwrap(), format, "{}", path.display());
        let forced = Options { format: Some(format), ..Options::default() };
        let forced = read(&Source { name: &name, bytes: &bytes }, &forced).unwrap();
        assert_eq!(summary(&forced), summary(&dataset), "{} with its format named", path.display());
    }
}

#[test]
fn every_fixture_imports_under_any_name() {
    for format in Format::ALL {
        check(format);
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_a_sentence() {
    let mut all = String::new();
    let mut accepted = String::new();
    for path in fixtures("refused") {
        let bytes = std::fs::read(&path).unwrap();
        let error = match read(&Source { name: "unknown", bytes: &bytes }, &Options::default()) {
            Ok(dataset) => {
                writeln!(accepted, "{} was read:\n{}", path.display(), summary(&dataset)).unwrap();
                continue;
            }
            Err(error) => error,
        };
        let text = error.to_string();
        assert!(text.len() >= 60 && text.ends_with('.'), "{}: {text}", path.display());
        // Options are the command line's; a page has fields.
        let options = ["--format", "--time-column", "--step"];
        assert!(!options.iter().any(|option| text.contains(option)), "{}: {text}", path.display());
        writeln!(all, "{}\n    {text}", name(&path)).unwrap();
        if !error.choices().is_empty() {
            writeln!(all, "    choices: {:?}", error.choices()).unwrap();
        }
    }
    insta::assert_snapshot!("refused", all);
    assert_eq!(accepted, "");
}

#[test]
fn line_ends_make_no_difference() {
    let mut compared = 0;
    for format in Format::ALL {
        for path in fixtures(format.name()) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            if text.contains('\r') {
                continue;
            }
            let of = |text: &str| {
                let dataset = read(&Source { name: "x", bytes: text.as_bytes() }, &Options::default());
                summary(&dataset.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
            };
            let straight = of(&text);
            assert_eq!(of(&text.replace('\n', "\r\n")), straight, "{} with CRLF", path.display());
            assert_eq!(of(text.trim_end_matches('\n')), straight, "{} without its last line end", path.display());
            compared += 1;
        }
    }
    assert!(compared > 50, "only {compared} fixtures");
}

#[test]
fn gzip_makes_no_difference() {
    let folder = fixtures("csv-wide");
    let of = |wanted: &str| {
        let path = folder.iter().find(|path| name(path) == wanted).unwrap();
        summary(&read(&Source { name: "x", bytes: &std::fs::read(path).unwrap() }, &Options::default()).unwrap())
    };
    assert_eq!(of("services.csv"), of("services.csv.gz"));
}
