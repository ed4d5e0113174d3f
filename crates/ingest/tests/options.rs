//! What a person says about a file is done.
#![allow(clippy::unwrap_used, missing_docs)]

use ingest::{Format, Options, Source, TimeZone, ZoneRules, read};
use series::{Dataset, Kind, NoteKind};
use std::rc::Rc;

fn import(text: &str, options: &Options) -> Dataset {
    read(&Source { name: "x", bytes: text.as_bytes() }, options).unwrap()
}

fn refusal(text: &str, options: &Options) -> String {
    read(&Source { name: "x", bytes: text.as_bytes() }, options).unwrap_err().to_string()
}

fn names(dataset: &Dataset) -> Vec<&str> {
    dataset.series.iter().map(|series| series.name.as_str()).collect()
}

const LOCAL: &str = "time,a,b\n2023-07-01 12:00:00,1,2\n2023-07-01 12:01:00,2,3\n";

#[test]
fn a_zone_moves_zoneless_times_and_is_named() {
    let zone = TimeZone::FixedOffset { minutes: 120 };
    let dataset = import(LOCAL, &Options { time_zone: zone, ..Options::default() });
    assert_eq!(dataset.series[0].axis.times_ms()[0], 1_688_205_600_000);
    assert_eq!(dataset.origins[0].assumed_time_zone.as_deref(), Some("UTC+02:00"));
    assert!(dataset.notes.iter().any(|note| note.kind == NoteKind::Assumption && note.message.contains("UTC+02:00")));

    let with_offsets = LOCAL.replace(":00,", ":00Z,");
    let zone = TimeZone::FixedOffset { minutes: 120 };
    let dataset = import(&with_offsets, &Options { time_zone: zone, ..Options::default() });
    assert_eq!(dataset.series[0].axis.times_ms()[0], 1_688_212_800_000);
    assert_eq!(dataset.origins[0].assumed_time_zone, None);
}

struct Summer;

impl ZoneRules for Summer {
    fn name(&self) -> &str {
        "Test/Summer"
    }

    fn instant_ms(&self, local_ms: i64) -> i64 {
        local_ms - 3_600_000
    }
}

#[test]
fn a_named_zone_asks_its_rules() {
    let dataset = import(LOCAL, &Options { time_zone: TimeZone::Named(Rc::new(Summer)), ..Options::default() });
    assert_eq!(dataset.series[0].axis.times_ms()[0], 1_688_209_200_000);
    assert_eq!(dataset.origins[0].assumed_time_zone.as_deref(), Some("Test/Summer"));
}

#[test]
fn a_step_stands_in_for_the_time() {
    let options = Options { step_ms: Some(60_000), ..Options::default() };
    let dataset = import("Data,Label\n1.5,0\n2.5,0\n3.5,1\n", &options);
    assert_eq!(names(&dataset), ["Data"]);
    assert_eq!(dataset.series[0].axis.times_ms(), [0, 60_000, 120_000]);
    assert_eq!(dataset.row_count, 3);
    let two_scrapes = "up{job=\"a\"} 1\nload 0.5\nup{job=\"a\"} 0\nload 0.7\n";
    let dataset = import(two_scrapes, &options);
    assert_eq!(dataset.series[1].axis.times_ms(), [0, 60_000]);
}

#[test]
fn columns_are_chosen_and_left_out() {
    let text = "time,a,b,c\n1700000000,1,2,3\n1700000060,1,2,3\n";
    let only = Options { columns: Some(vec!["b".into()]), ..Options::default() };
    assert_eq!(names(&import(text, &only)), ["b"]);
    let without = Options { ignore: vec!["a".into(), "c".into()], ..Options::default() };
    assert_eq!(names(&import(text, &without)), ["b"]);
    let neither = Options { columns: Some(vec!["d".into()]), ..Options::default() };
    assert!(refusal(text, &neither).contains("no column \"d\""));
    let long = "time,series,value\n2023-01-01T00:00:00Z,x,1\n2023-01-01T00:00:00Z,y,2\n";
    let only = Options { columns: Some(vec!["y".into()]), ..Options::default() };
    assert_eq!(names(&import(long, &only)), ["y"]);
}

#[test]
fn a_time_column_is_named_or_does_not_exist() {
    let text =
        "start,end,v\n2023-01-01T00:00:00Z,2023-01-01T01:00:00Z,1\n2023-01-01T01:00:00Z,2023-01-01T02:00:00Z,2\n";
    let by_end = Options { time_column: Some("end".into()), ..Options::default() };
    assert_eq!(import(text, &by_end).series[0].axis.times_ms()[0], 1_672_534_800_000);
    let wrong = Options { time_column: Some("when".into()), ..Options::default() };
    let message = refusal(text, &wrong);
    assert!(message.contains("\"when\"") && message.contains("\"start\""), "{message}");
}

#[test]
fn a_long_table_may_be_read_as_a_wide_one() {
    let text = "time,host,load\n2023-01-01T00:00:00Z,a,1\n2023-01-01T00:01:00Z,b,2\n2023-01-01T00:02:00Z,a,3\n2023-01-01T00:03:00Z,b,4\n";
    assert_eq!(names(&import(text, &Options::default())), ["load{host=\"a\"}", "load{host=\"b\"}"]);
    let wide = Options { format: Some(Format::CsvWide), ..Options::default() };
    assert_eq!(names(&import(text, &wide)), ["load"]);
}

/// Where the `undo` of a note leads.
fn undone(text: &str, kind: NoteKind) -> (Dataset, Dataset) {
    let before = import(text, &Options::default());
    let note = before.notes.iter().find(|note| note.kind == kind && note.undo.is_some());
    let setting = note.unwrap_or_else(|| panic!("{:?}", before.notes)).undo.clone().unwrap();
    let mut options = Options::default();
    options.set(&setting, |_| None).unwrap();
    let after = import(text, &options);
    assert!(!after.notes.iter().any(|note| note.undo.as_ref() == Some(&setting)), "{setting}: {:?}", after.notes);
    (before, after)
}

#[test]
fn what_notes_say_can_be_undone() {
    let rows = |row: fn(u32) -> String| {
        (0..20).map(|i| format!("{},{}\n", 1_700_000_000 + i * 15, row(i))).collect::<String>()
    };
    let counter = format!("time,requests_total\n{}", rows(|i| format!("{}", i * 7)));
    let (before, after) = undone(&counter, NoteKind::Assumption);
    assert_eq!((before.series[0].kind, after.series[0].kind), (Kind::Counter, Kind::Gauge));

    let unit = format!("time,latency (ms)\n{}", rows(|i| format!("{}", 1000 + i)));
    let (before, after) = undone(&unit, NoteKind::UnitConversion);
    assert_eq!((before.series[0].values[0], after.series[0].values[0]), (1.0, 1000.0));
    assert_eq!(after.series[0].unit.written, "ms");

    let cells = format!("time,latency\n{}", rows(|i| format!("{} ms", 1000 + i)));
    let (before, after) = undone(&cells, NoteKind::UnitConversion);
    assert_eq!((before.series[0].values[0], after.series[0].values[0]), (1.0, 1000.0));

    let number = format!("time,load,user_id\n{}", rows(|i| format!("{i},{}", 7 + i)));
    let (before, after) = undone(&number, NoteKind::Dropped);
    assert_eq!((names(&before), names(&after)), (vec!["load"], vec!["load", "user_id"]));

    let double = "time,load\n1700000000,1\n1700000000,3\n1700000015,4\n";
    let (before, after) = undone(double, NoteKind::Duplicate);
    assert_eq!((before.series[0].values[0], after.series[0].values[0]), (3.0, 2.0));
}

#[test]
fn dates_that_can_be_read_in_two_ways_are_read_in_the_other() {
    let text = "time,load\n03/04/2023 10:00,1\n03/04/2023 10:01,2\n03/04/2023 10:02,3\n";
    let (before, after) = undone(text, NoteKind::Ambiguous);
    let day = |dataset: &Dataset| dataset.series[0].axis.times_ms()[0] / 86_400_000;
    // The third of April or the fourth of March.
    assert_eq!(day(&before).abs_diff(day(&after)), 30);
}

#[test]
fn one_import_gives_several_data_sets() {
    let mut bytes = LOCAL.as_bytes();
    let import = ingest::Import::open("x", &mut bytes, None, &Options::default()).unwrap();
    let first = |zone: TimeZone| {
        let dataset = import.dataset(&Options { time_zone: zone, ..Options::default() }).unwrap();
        dataset.series[0].axis.times_ms()[0]
    };
    assert_eq!(first(TimeZone::Utc) - first(TimeZone::FixedOffset { minutes: 60 }), 3_600_000);
}

#[test]
fn roles_make_labels_of_numbers() {
    let text: String = (0..12).map(|i| format!("{},{},{}\n", 1_700_000_000 + i / 2 * 15, 200 + i % 2, i)).collect();
    let mut options = Options::default();
    options.set("role.code=label", |_| None).unwrap();
    let dataset = import(&format!("time,code,hits\n{text}"), &options);
    assert_eq!(names(&dataset), ["hits{code=\"200\"}", "hits{code=\"201\"}"]);
}

#[test]
fn errors_say_where() {
    let message = refusal(
        "up 1 1700000000\nup x 1700000015\n",
        &Options { format: Some(Format::OpenMetrics), ..Options::default() },
    );
    assert!(message.starts_with("Line 2: expected a sample"), "{message}");
    let json = "{\"status\":\"success\",\n\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[[1,2,3]]}]}}";
    let message = refusal(json, &Options::default());
    assert!(message.contains("data.result[0].values[0]") && message.contains("found 3 values"), "{message}");
    let message = refusal("{\"status\":\"success\",\n\"data\":{\"resultType\":", &Options::default());
    assert!(message.starts_with("Line 2, column") && message.contains("cut off"), "{message}");
}

#[test]
fn counters_are_found_by_name_and_growth() {
    let rows: String = (0..20).map(|i| format!("{},{},{}\n", 1_700_000_000 + i * 15, i % 12 * 7, i % 3)).collect();
    let dataset = import(&format!("time,requests_total,queue_count\n{rows}"), &Options::default());
    assert_eq!(dataset.series[0].kind, Kind::Counter);
    assert_eq!(dataset.series[1].kind, Kind::Gauge);
    assert!(dataset.notes.iter().any(|note| note.kind == NoteKind::CounterReset && note.count == 1));
}

#[test]
fn requests_are_counted_per_interval() {
    let mut text = "timeStamp,elapsed,label,success\n".to_owned();
    // Four requests in the first second, none in the second, one in the third.
    for (offset, elapsed, success) in
        [(0, 100, true), (10, 200, true), (10, 300, false), (900, 400, true), (2500, 50, false)]
    {
        text.push_str(&format!("{},{elapsed},Pay,{success}\n", 1_700_000_000_000i64 + offset));
    }
    let mut options = Options::default();
    options.set("requests=summary", |_| None).unwrap();
    let dataset = import(&text, &options);
    assert_eq!(
        names(&dataset),
        ["throughput", "error ratio", "elapsed p50", "elapsed p95", "elapsed p99"]
            .map(|name| format!("{name}{{label=\"Pay\"}}"))
    );
    let values = |index: usize| dataset.series[index].values.as_slice();
    assert_eq!(dataset.series[0].axis.times_ms(), [1_700_000_000_000, 1_700_000_001_000, 1_700_000_002_000]);
    assert_eq!(values(0), [4.0, 0.0, 1.0]);
    assert!(values(1)[0] == 0.25 && values(1)[1].is_nan() && values(1)[2] == 1.0);
    // The nearest rank of four values: the second of them, and the last.
    assert!(values(2)[0] == 0.2 && values(3)[0] == 0.4 && values(4)[2] == 0.05);
    let raw = import(&text, &Options::default());
    assert_eq!(names(&raw), ["elapsed{label=\"Pay\"}", "success{label=\"Pay\"}"]);
    let undo = |dataset: &Dataset| {
        dataset.notes.iter().find_map(|note| note.undo.clone().filter(|undo| undo.starts_with("requests")))
    };
    assert_eq!((undo(&raw).as_deref(), undo(&dataset).as_deref()), (Some("requests=summary"), Some("requests=raw")));
}
