//! What holds for every input.
#![allow(clippy::unwrap_used, missing_docs)]

use ingest::{Format, Options, Source, read, write};
use proptest::prelude::*;
use series::{BaseUnit, Dataset, Kind, Labels, Series, TimeAxis, Unit};
use std::sync::Arc;

fn import(text: &str) -> Dataset {
    read(&Source { name: "x", bytes: text.as_bytes() }, &Options::default())
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// What a series is to someone who reads it again: who, when, how much; without missing values.
type Content = (String, Labels, Vec<(i64, u64)>);

fn content(dataset: &Dataset, with_missing: bool) -> Vec<Content> {
    let mut all: Vec<Content> = dataset
        .series
        .iter()
        .map(|series| {
            let samples = series.axis.times_ms().iter().zip(&series.values);
            let samples = samples.filter(|(_, value)| with_missing || !value.is_nan());
            let bits = |value: f64| if value.is_nan() { u64::MAX } else { value.to_bits() };
            (series.name.clone(), series.labels.clone(), samples.map(|(&time, &value)| (time, bits(value))).collect())
        })
        .collect();
    all.sort();
    all
}

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => any::<f64>().prop_filter("a number", |value| value.is_finite()),
        4 => (-1000i32..1000).prop_map(|whole| f64::from(whole) / 8.0),
        1 => Just(f64::INFINITY),
        1 => Just(f64::NEG_INFINITY),
        1 => Just(f64::NAN),
    ]
}

fn series_of(name: String, metric: Option<String>, labels: Labels, times: &[i64], values: Vec<f64>) -> Series {
    let (axis, ..) = TimeAxis::from_unsorted(times);
    let mut series = Series::new(name, Arc::new(axis), values);
    series.metric = metric;
    series.labels = labels;
    // A series without any value is none.
    if let Some(first) = series.values.first_mut().filter(|first| first.is_nan()) {
        *first = 0.5;
    }
    series
}

prop_compose! {
    fn times()(mut times in proptest::collection::vec(1_500_000_000_000i64..1_900_000_000_000, 2..12)) -> Vec<i64> {
        times.sort_unstable();
        times.dedup();
        times
    }
}

prop_compose! {
    /// Series with any names, as tables have them.
    fn table()(
        names in proptest::collection::btree_set("s[a-z0-9_.|,;\"\nß日 -]{0,10}[a-z]", 1..5),
        times in times(),
        values in proptest::collection::vec(proptest::collection::vec(value(), 12), 5),
    ) -> Dataset {
        let series = names
            .into_iter()
            .zip(values)
            .map(|(name, values)| series_of(name, None, Labels::new(), &times, values))
            .collect();
        Dataset { series, ..Dataset::default() }
    }
}

prop_compose! {
    /// Series as Prometheus has them.
    fn labelled()(
        identities in proptest::collection::btree_set(
            ("[a-z][a-z_:]{0,6}x", proptest::collection::btree_map("[a-z][a-z_]{0,5}x", "[a-z\"\\\\\n{},= é]{1,6}", 0..3)),
            1..5,
        ),
        times in times(),
        values in proptest::collection::vec(proptest::collection::vec(value(), 12), 5),
    ) -> Dataset {
        let series = identities
            .into_iter()
            .zip(values)
            .map(|((metric, labels), values)| {
                let labels: Labels = labels.into_iter().collect();
                series_of(format!("{metric}{labels}"), Some(metric), labels, &times, values)
            })
            .collect();
        Dataset { series, ..Dataset::default() }
    }
}

/// Any order, which depends on the seed alone.
fn shuffle<T>(items: &mut [T], mut seed: u64) {
    for end in (1..items.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(end, (seed >> 33) as usize % (end + 1));
    }
}

/// The lines of a text with their ends; quotes hold several together.
fn records(text: &str) -> Vec<String> {
    let mut records: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in text.split_inclusive('\n') {
        match records.last_mut().filter(|_| is_open) {
            Some(record) => record.push_str(line),
            None => records.push(line.to_owned()),
        }
        // In OpenMetrics there are escaped quotes, and no line ends in quotes.
        let quotes = line.replace("\\\\", "").replace("\\\"", "").matches('"').count();
        is_open ^= quotes % 2 == 1;
    }
    records
}

/// All fixtures that are text, with the format of their folder.
fn fixtures() -> &'static [(Format, String)] {
    static ALL: std::sync::OnceLock<Vec<(Format, String)>> = std::sync::OnceLock::new();
    ALL.get_or_init(read_fixtures)
}

fn read_fixtures() -> Vec<(Format, String)> {
    let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut found = Vec::new();
    for format in Format::ALL {
        let Ok(files) = std::fs::read_dir(root.join(format.name())) else { continue };
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        found.extend(files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).map(|text| (format, text)));
    }
    found
}

/// Takes a piece out of a text and puts something in its place.
fn mutated(text: &str, at: usize, length: usize, instead: &str) -> String {
    let border = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = border(at % (text.len() + 1));
    let end = border(start + length).max(start);
    format!("{}{instead}{}", &text[..start], &text[end..])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn no_damaged_file_panics(
        file in any::<proptest::sample::Index>(),
        cuts in proptest::collection::vec(
            (any::<usize>(), 0usize..40, prop_oneof![
                Just(String::new()), Just("\n".to_owned()), Just("\n\n".into()), Just(",".into()), Just(";".into()),
                Just("\t".into()), Just("\"".into()), Just("\\".into()), Just("9999999999999999999999".into()),
                Just("-1e308".into()), Just("{".into()), Just("}".into()), Just("=".into()), Just("[...]".into()),
                Just("12:00:00 AM".into()), Just("#datatype".into()), Just("=>".into()), Just("@[".into()),
                Just("Date:".into()), Just("-1".into()), "\\PC{0,3}",
            ]),
            1..5,
        ),
        is_forced in any::<bool>(),
        step_ms in prop_oneof![3 => Just(None), 1 => any::<i64>().prop_map(Some)],
    ) {
        let (format, text) = file.get(fixtures());
        let text = cuts.iter().fold(text.clone(), |text, (at, length, instead)| mutated(&text, *at, *length, instead));
        let options = Options { format: is_forced.then_some(*format), step_ms, ..Options::default() };
        if let Ok(dataset) = read(&Source { name: "x", bytes: text.as_bytes() }, &options) {
            let _ = (write::tidy_csv(&dataset), write::openmetrics(&dataset), write::prometheus_json(&dataset));
        }
    }
}

proptest! {
    #[test]
    fn a_tidy_csv_reads_back(dataset in table()) {
        prop_assert_eq!(content(&import(&write::tidy_csv(&dataset)), true), content(&dataset, true));
    }

    #[test]
    fn a_tidy_csv_keeps_labelled_series(dataset in labelled()) {
        prop_assert_eq!(content(&import(&write::tidy_csv(&dataset)), true), content(&dataset, true));
    }

    #[test]
    fn openmetrics_reads_back(dataset in labelled()) {
        prop_assert_eq!(content(&import(&write::openmetrics(&dataset)), false), content(&dataset, false));
    }

    #[test]
    fn openmetrics_keeps_names_that_prometheus_cannot_have(dataset in table()) {
        prop_assert_eq!(content(&import(&write::openmetrics(&dataset)), false), content(&dataset, false));
    }

    #[test]
    fn prometheus_json_reads_back(dataset in labelled()) {
        prop_assert_eq!(content(&import(&write::prometheus_json(&dataset)), false), content(&dataset, false));
    }

    #[test]
    fn the_order_of_rows_and_the_line_ends_do_not_matter(
        rows in proptest::collection::vec((0u32..1_000_000, -1e6f64..1e6, -1e6f64..1e6), 3..20),
        seed in any::<u64>(),
    ) {
        let mut lines: Vec<String> = Vec::new();
        let mut taken = std::collections::BTreeSet::new();
        for (second, a, b) in rows {
            if taken.insert(second) {
                lines.push(format!("{},{a},{b}", 1_700_000_000 + second));
            }
        }
        let text = |lines: &[String], end: &str| format!("time,a,b{end}{}{end}", lines.join(end));
        let straight = content(&import(&text(&lines, "\n")), true);
        prop_assert_eq!(&content(&import(&text(&lines, "\r\n")), true), &straight);
        prop_assert_eq!(&content(&import(text(&lines, "\n").trim_end()), true), &straight);
        shuffle(&mut lines, seed);
        prop_assert_eq!(&content(&import(&text(&lines, "\n")), true), &straight);
    }

    /// Rows with a quote are read one by one, all others many at once.
    #[test]
    fn quotes_around_the_times_do_not_matter(
        rows in proptest::collection::vec(
            ("[a-c]", "-?[0-9]{1,20}|-?[0-9]{0,9}\\.[0-9]{1,17}| [0-9]|[0-9]{1,3}e-?[0-9]|NaN||-|1.5 ms|x", "[0-9]{1,3}\\.[0-9]{2}|"),
            3..60,
        ),
        is_epoch in any::<bool>(),
    ) {
        let text = |quote: &str| {
            let row = |(at, (service, a, b)): (usize, &(String, String, String))| {
                let at = at / 2;
                let time = if is_epoch { format!("{}", 1_700_000_000 + at) } else { format!("2026-03-10 06:00:{at:02}Z") };
                format!("{quote}{time}{quote},{service},{a},{b}\n")
            };
            format!("time,service,a,b\n{}", rows.iter().enumerate().map(row).collect::<String>())
        };
        let read = |text: &str| {
            let dataset = read(&Source { name: "x", bytes: text.as_bytes() }, &Options::default());
            dataset.map(|dataset| (content(&dataset, true), dataset.row_count, dataset.notes)).ok()
        };
        prop_assert_eq!(read(&text("\"")), read(&text("")));
    }

    #[test]
    fn the_order_of_written_lines_does_not_matter(dataset in labelled(), seed in any::<u64>()) {
        for (text, with_missing) in [(write::tidy_csv(&dataset), true), (write::openmetrics(&dataset), false)] {
            let mut lines = records(&text);
            // The header, and the mark of the end, stay.
            let (first, last) = if with_missing { (1, lines.len()) } else { (0, lines.len() - 1) };
            shuffle(&mut lines[first..last], seed);
            prop_assert_eq!(content(&import(&lines.concat()), with_missing), content(&dataset, with_missing));
        }
        let mut shuffled = dataset.clone();
        shuffle(&mut shuffled.series, seed);
        prop_assert_eq!(content(&import(&write::prometheus_json(&shuffled)), false), content(&dataset, false));
    }

    #[test]
    fn counters_and_units_read_back(
        rises in proptest::collection::vec(1u32..100, 40..60),
        reset in 12usize..60,
        gauge in proptest::collection::vec(-1000i32..1000, 60),
    ) {
        let mut count = 0;
        let counted: Vec<f64> = rises
            .iter()
            .enumerate()
            .map(|(step, rise)| {
                count = if step == reset { 0 } else { count + rise };
                f64::from(count)
            })
            .collect();
        let times: Vec<i64> = (0..rises.len() as i64).map(|step| 1_700_000_000_000 + step * 15_000).collect();
        let gauge: Vec<f64> = gauge.into_iter().take(times.len()).map(f64::from).collect();
        let of = |metric: &str, kind: Kind, values: &[f64]| {
            let labels: Labels = [("job".to_owned(), "a".to_owned())].into_iter().collect();
            let name = format!("{metric}{labels}");
            let mut series = series_of(name, Some(metric.to_owned()), labels, &times, values.to_vec());
            series.kind = kind;
            series.unit = Unit::of_metric(metric);
            series
        };
        let series = vec![
            of("requests_total", Kind::Counter, &counted),
            of("cpu_seconds_total", Kind::Counter, &counted),
            of("memory_bytes", Kind::Gauge, &gauge),
            of("queue_length", Kind::Gauge, &gauge),
        ];
        let dataset = Dataset { series, ..Dataset::default() };
        let meaning = |dataset: &Dataset| -> Vec<(String, Kind, BaseUnit)> {
            let one = |series: &Series| (series.name.clone(), series.kind, series.unit.base);
            let mut all: Vec<_> = dataset.series.iter().map(one).collect();
            all.sort();
            all
        };
        let writers: [fn(&Dataset) -> String; 3] = [write::openmetrics, write::prometheus_json, write::tidy_csv];
        for write in writers {
            prop_assert_eq!(meaning(&import(&write(&dataset))), meaning(&dataset), "{}", write(&dataset));
        }
    }

    #[test]
    fn rows_lead_back_to_the_input(order in Just((0u32..12).collect::<Vec<_>>()).prop_shuffle()) {
        let lines: Vec<String> = order.iter().map(|row| format!("{},{}\n", 1_700_000_000 + row, row * 3)).collect();
        let dataset = import(&format!("time,a\n{}", lines.concat()));
        let series = &dataset.series[0];
        for index in 0..series.axis.len() {
            let row = order[series.axis.row(index)];
            prop_assert_eq!(series.values[index], f64::from(row * 3));
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&Source { name: "x", bytes: &bytes }, &Options::default());
    }

    #[test]
    fn no_text_of_the_right_kind_panics(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("time".to_owned()), Just("\"".into()), Just("\n".into()), Just(",".into()), Just(";".into()),
                Just("1700000000".into()), Just("2023-11-17 10:11:24".into()), Just("NaN".into()), Just("1,5".into()),
                Just("{__name__=\"up\"}".into()), Just(" ".into()), Just("# TYPE".into()), Just("12 ms".into()),
                Just("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[".into()),
                Just("]".into()), Just("}".into()), Just("\"metric\":{},".into()), Just("sep=".into()),
                Just("9999999999999999999999".into()), Just("-1e308".into()), "\\PC{0,3}",
            ],
            0..40,
        ),
        format in prop_oneof![Just(None), (0..Format::ALL.len()).prop_map(|index| Some(Format::ALL[index]))],
        step_ms in prop_oneof![Just(None), any::<i64>().prop_map(Some)],
    ) {
        let text = parts.concat();
        let options = Options { format, step_ms, ..Options::default() };
        if let Ok(dataset) = read(&Source { name: "x", bytes: text.as_bytes() }, &options) {
            let _ = (write::tidy_csv(&dataset), write::openmetrics(&dataset), write::prometheus_json(&dataset));
        }
    }
}
