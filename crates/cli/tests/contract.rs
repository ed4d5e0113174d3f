//! The command line as others call it: shapes of output, exit status, and where text goes.
#![allow(clippy::unwrap_used)]

mod program;

use program::{fed, ok, run};
use serde_json::Value;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Writes a file of a test's own; its path.
fn file(name: &str, content: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A wide table with an epoch clock: two services, a step in one of them, one empty cell.
fn stepped() -> String {
    let mut text = String::from("time,cart_cpu,cart_latency,\"web,x_cpu\"\n");
    for row in 0..300 {
        let noise = f64::from((row * 7919) % 101) / 101.0;
        let shift = if row >= 180 { 8.0 } else { 0.0 };
        let empty = if row == 5 { String::new() } else { format!("{}", 1.0 + noise) };
        text.push_str(&format!("{},{},{},{empty}\n", 1_700_000_000 + row * 15, 2.0 + noise, 3.0 + noise * 0.7 + shift));
    }
    text
}

#[test]
fn an_hour_that_the_clock_shows_twice_is_told_apart_by_the_order_of_rows() {
    let walls = ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"];
    let rows: String = walls.iter().enumerate().map(|(row, wall)| format!("2024-10-27 {wall}:00,{row}\n")).collect();
    let path = file("autumn.csv", &format!("time,load\n{rows}"));
    let instants = |arguments: &[&str]| -> Vec<String> {
        let out = ok(&[&["convert", &path, "--to", "csv"], arguments].concat());
        out.lines().skip(1).map(|line| line.get(11..16).unwrap().to_owned()).collect()
    };
    let expected = ["23:30", "00:00", "00:30", "01:00", "01:30", "02:00"];
    assert_eq!(instants(&["--time-zone", "Europe/Berlin"]), expected);
    assert_eq!(instants(&["--set", "time-zone=Europe/Berlin"]), expected);
    // In UTC the second half of them are doubles.
    assert_eq!(instants(&[]), ["01:30", "02:00", "02:30", "03:00"]);
}

#[test]
fn score_has_one_line_per_row_and_series_in_input_order() {
    let path = file("score.csv", &stepped());
    for mode in ["online", "retrospective"] {
        let out = ok(&["score", &path, "--mode", mode]);
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines[0], "row,time,series,score");
        assert_eq!(lines.len(), 1 + 300 * 3);
        assert!(lines[1].starts_with("0,2023-11-14T22:13:20Z,cart_cpu,"), "{}", lines[1]);
        assert!(lines[3].starts_with("0,2023-11-14T22:13:20Z,\"web,x_cpu\","), "{}", lines[3]);
        assert!(lines[4].starts_with("1,2023-11-14T22:13:35Z,cart_cpu,"), "{}", lines[4]);
        for (index, line) in lines.iter().skip(1).enumerate() {
            let score = line.rsplit(',').next().unwrap();
            let is_gap = index == 5 * 3 + 2;
            assert_eq!(score.is_empty(), is_gap, "{line}");
            assert!(is_gap || score.parse::<f64>().is_ok_and(|score| score >= 0.0 && score.is_finite()), "{line}");
        }
    }
}

#[test]
fn a_table_without_times_has_a_step() {
    let path = file("timeless.csv", "value\n1\n2\n1\n2\n9\n1\n");
    let out = ok(&["score", &path, "--step", "5m"]);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 7);
    assert!(lines[2].starts_with("1,1970-01-01T00:05:00Z,value,"), "{}", lines[2]);
}

#[test]
fn changes_are_dated_by_row_and_time() {
    let path = file("changes.csv", &stepped());
    let changes: Value = serde_json::from_str(&ok(&["changes", &path])).unwrap();
    let changes = changes.as_array().unwrap();
    assert_eq!(changes.len(), 1, "{changes:?}");
    let change = changes[0].as_object().unwrap();
    let mut keys: Vec<&str> = change.keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["from", "kind", "row", "score", "series", "time", "to"]);
    assert_eq!(
        (&change["series"], &change["row"], &change["kind"]),
        (&"cart_latency".into(), &180.into(), &"level_shift".into())
    );
    assert_eq!(change["time"], "2023-11-14T22:58:20Z");
    assert!(change["from"].as_str() <= change["time"].as_str() && change["time"].as_str() <= change["to"].as_str());
    assert!(change["score"].as_f64().unwrap() >= 1.0);
}

#[test]
fn a_call_graph_is_read_in_the_forms_that_tools_write() {
    let path = file("called.csv", &stepped());
    let calls = |graph: &str| {
        let report: Value = serde_json::from_str(&ok(&["analyze", &path, "--json", "--graph", graph])).unwrap();
        (report["services"][1]["calls"].clone(), report["dataset"]["notes"].clone())
    };
    for (name, text) in [
        ("calls.csv", "Source,Target,Weight\n\"web,x\",cart,1\n"),
        ("calls.dot", "digraph G {\n  \"web,x\" -> cart;\n}\n"),
        ("calls.json", r#"{"data": [{"parent": "web,x", "child": "cart", "callCount": 3}]}"#),
    ] {
        assert_eq!(calls(&file(name, text)).0, serde_json::json!([0]), "{name}");
    }
    let (some, notes) = calls(&file("calls.txt", "web,x -> cart -> redis\n"));
    assert_eq!(some, serde_json::json!([0]));
    assert!(notes.to_string().contains("these calls count for nothing: redis"), "{notes}");
    let none = run(&["analyze", &path, "--graph", &file("other.csv", "caller,callee\na,b\n")]);
    assert_eq!((none.status, none.stdout.as_str()), (2, ""));
    assert!(
        none.stderr.contains("none of its 1 call joins two services of these data. The services are cart, web,x."),
        "{}",
        none.stderr
    );
    for (name, text) in [("broken.json", "{\"data\": ["), ("empty.json", "{}"), ("line.txt", "web,x -> cart\ncart\n")] {
        let broken = file(name, text);
        let wrong = run(&["analyze", &path, "--graph", &broken]);
        assert_eq!((wrong.status, wrong.stderr.lines().count()), (2, 1), "{}", wrong.stderr);
        assert!(wrong.stderr.contains(name), "{}", wrong.stderr);
    }
}

#[test]
fn causes_rank_each_service_once_best_first() {
    let path = file("causes.csv", &stepped());
    let graph = file("graph.csv", "caller,callee\nweb,cart\n");
    let normal: String = stepped().lines().take(150).map(|line| format!("{line}\n")).collect();
    let baseline = file("baseline.csv", &normal);
    let ways: [&[&str]; 5] = [
        &[],
        &["--at", "1700002730"],
        &["--at", "2023-11-14T22:58:50Z"],
        &["--graph", &graph],
        &["--baseline", &baseline, "--at", "1700002730.5"],
    ];
    for way in ways {
        let answer: Value = serde_json::from_str(&ok(&[&["causes", path.as_str()], way].concat())).unwrap();
        let services: Vec<&str> =
            answer["services"].as_array().unwrap().iter().map(|one| one["service"].as_str().unwrap()).collect();
        assert_eq!(services[0], "cart", "{way:?}");
        let distinct: std::collections::BTreeSet<&&str> = services.iter().collect();
        assert_eq!(distinct.len(), services.len());
        assert_eq!(answer["visible"], true, "{way:?}");
        assert!(answer["sentence"].as_str().unwrap().starts_with("cart moved most: latency from"), "{answer}");
        assert!(answer["end"].is_string() && answer["labels"].is_array(), "{answer}");
        assert_eq!(answer["others"], serde_json::json!([]), "{way:?}: there is one disturbance");
        let confidence = answer["services"][0]["confidence"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&confidence));
        let metric = &answer["metrics"][0];
        assert_eq!(metric["series"], "cart_latency");
        for key in ["service", "metric", "onset", "evidence"] {
            assert!(metric[key].is_string(), "{key}: {metric}");
        }
        assert!(metric["score"].is_f64() && metric["lag_s"].is_f64(), "{metric}");
        assert!(answer["onset"].as_str().unwrap().starts_with("2023-11-14T22:5"), "{}", answer["onset"]);
    }
}

#[test]
fn the_report_is_what_the_schema_says() {
    let schema: Value = serde_json::from_str(include_str!("../../report/schema/report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let incident = file("incident.csv", &ok(&["simulate", "latency-cascade", "--seed", "3"]));
    for path in [file("report.csv", &stepped()), file("tiny.csv", "time,a\n0,1\n60,2\n"), incident] {
        let report: Value = serde_json::from_str(&ok(&["analyze", &path, "--json"])).unwrap();
        let wrong: Vec<String> =
            validator.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{path}: {wrong:#?}");
        assert_eq!(report["complete"], true);
        assert_eq!(report["version"], report::VERSION);
    }
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let schema: Value = serde_json::from_str(include_str!("../../report/schema/report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(!validator.is_valid(&serde_json::json!({ "version": 1 })));
}

#[test]
fn analyze_tells_the_story_or_says_that_there_is_none() {
    let path = file("story.csv", &stepped());
    let text = ok(&["analyze", &path]);
    assert!(text.starts_with("story.csv (") && text.contains("cart latency") && text.contains("level shift"), "{text}");
    assert!(ok(&["analyze", &path, "--markdown"]).starts_with("# story.csv\n"));
    let quiet = file("quiet.csv", &stepped().lines().take(160).map(|line| format!("{line}\n")).collect::<String>());
    assert!(ok(&["analyze", &quiet]).contains("\nNothing found.\n"));
}

#[test]
fn the_radar_is_drawn_beside_the_answer() {
    let path = file("radar.csv", &stepped());
    let picture = format!("{path}.svg");
    assert!(ok(&["analyze", &path, "--svg", &picture]).contains("radar.csv"));
    assert!(std::fs::read_to_string(&picture).unwrap().starts_with("<svg "));
    assert!(ok(&["analyze", &path, "--svg", "-"]).starts_with("<svg "));
}

#[test]
fn incidents_are_handed_over_and_weighed() {
    let path = file("handover.csv", &stepped());
    let document: Value = serde_json::from_str(&ok(&["analyze", &path, "--incidents"])).unwrap();
    let incident = &document["incidents"][0];
    assert!(incident["title"].as_str().unwrap().starts_with("cart latency"), "{incident}");
    assert_eq!(incident["impact"]["is_weighted"], false);
    let plain = incident["impact"]["service_s"].as_f64().unwrap();
    let weighted: Value = serde_json::from_str(&ok(&["analyze", &path, "--incidents", "--weight", "cart=3"])).unwrap();
    let weighed = &weighted["incidents"][0]["impact"];
    assert_eq!((weighed["service_s"].as_f64().unwrap(), weighed["is_weighted"].as_bool()), (3.0 * plain, Some(true)));

    // What Grafana takes is read back as events.
    let annotations = ok(&["analyze", &path, "--annotations"]);
    let list: Value = serde_json::from_str(&annotations).unwrap();
    let events = file("handover.annotations.json", &annotations);
    let report: Value = serde_json::from_str(&ok(&["analyze", &path, &events, "--json"])).unwrap();
    assert_eq!(report["dataset"]["events"].as_array().unwrap().len(), list.as_array().unwrap().len());

    let unknown = run(&["analyze", &path, "--weight", "shop=3"]);
    assert!(
        unknown.status == 2 && unknown.stderr.contains("there is no service shop; there are"),
        "{}",
        unknown.stderr
    );
    let wrong = run(&["analyze", &path, "--weight", "cart=much"]);
    assert!(wrong.status == 2 && wrong.stderr.contains("like checkout=5"), "{}", wrong.stderr);
}

#[test]
fn an_incident_is_remembered_and_known_again() {
    let path = file("known.csv", &stepped());
    let library = format!("{path}.library.json");
    let _ = std::fs::remove_file(&library);
    let unknown = run(&["analyze", &path, "--signatures", &library]);
    assert!(unknown.status == 2 && unknown.stderr.contains("could not be read"), "{}", unknown.stderr);
    assert!(!ok(&["analyze", &path, "--signatures", &library, "--remember", "cart leak"]).contains("Seen before"));
    assert!(ok(&["analyze", &path, "--signatures", &library]).contains("Seen before: cart leak (confidence "));
    let report: serde_json::Value =
        serde_json::from_str(&ok(&["analyze", &path, "--signatures", &library, "--json"])).unwrap();
    assert_eq!(report["incidents"][0]["known"]["distance"], 0.0);
    std::fs::write(&library, "{}").unwrap();
    let strange = run(&["analyze", &path, "--signatures", &library]);
    assert!(strange.status == 2 && strange.stderr.contains("no library of signatures"), "{}", strange.stderr);
}

#[test]
fn the_accents_are_written_as_music() {
    let path = file("music.csv", &stepped());
    let music = format!("{path}.mid");
    assert!(ok(&["analyze", &path, "--midi", &music]).contains("music.csv"));
    assert!(std::fs::read(&music).unwrap().starts_with(b"MThd"));
}

#[test]
fn standard_input_is_a_file_and_several_files_share_a_clock() {
    let piped = fed(&["analyze", "-", "--json"], stepped().as_bytes());
    assert_eq!(piped.status, 0, "{}", piped.stderr);
    let (one, two) = (file("one.csv", &stepped()), file("two.csv", &stepped().replace("cart", "shop")));
    let merged: Value = serde_json::from_str(&ok(&["analyze", &one, &two, "--json"])).unwrap();
    assert_eq!(merged["dataset"]["series_count"], 6);
    let few: Value = serde_json::from_str(&ok(&["analyze", &one, "--ignore", "cart_cpu", "--json"])).unwrap();
    assert_eq!(few["dataset"]["series_count"], 2);
    let only: Value = serde_json::from_str(&ok(&["analyze", &one, "--columns", "cart_cpu", "--json"])).unwrap();
    assert_eq!(only["dataset"]["series_count"], 1);
}

#[test]
fn times_without_a_zone_are_read_in_the_one_given() {
    let path = file("zone.csv", "time,a\n2024-07-01 12:00:00,1\n2024-07-01 12:01:00,2\n2024-07-01 12:02:00,2\n");
    let second =
        |zone: &str| ok(&["convert", &path, "--to", "csv", "--time-zone", zone]).lines().nth(1).unwrap().to_owned();
    assert_eq!(second("UTC"), "2024-07-01T12:00:00Z,a,1");
    assert_eq!(second("Europe/Berlin"), "2024-07-01T10:00:00Z,a,1");
    assert_eq!(second("-03:30"), "2024-07-01T15:30:00Z,a,1");
}

#[test]
fn what_is_converted_can_be_read_again() {
    let path = file("convert.csv", &ok(&["simulate", "silent-death", "--seed", "2"]));
    let tidy = ok(&["convert", &path, "--to", "csv"]);
    assert!(tidy.starts_with("time,series,value\n2026-03-10T06:00:15Z,"), "{}", &tidy[..80]);
    let counts = |path: &str| {
        let report: Value = serde_json::from_str(&ok(&["analyze", path, "--json"])).unwrap();
        (report["dataset"]["series_count"].clone(), report["dataset"]["point_count"].clone())
    };
    let original = counts(&path);
    for (format, name) in [("csv", "again.csv"), ("openmetrics", "again.om"), ("prometheus-json", "again.json")] {
        assert_eq!(counts(&file(name, &ok(&["convert", &path, "--to", format]))), original, "{format}");
    }
}

#[test]
fn a_seed_gives_the_same_incident_and_tells_the_truth() {
    let truth = file("truth.json", "");
    let first = ok(&["simulate", "memory-leak", "--seed", "7", "--truth", &truth]);
    assert_eq!(first, ok(&["simulate", "memory-leak", "--seed", "7"]));
    assert_ne!(first, ok(&["simulate", "memory-leak", "--seed", "8"]));
    let truth: Value = serde_json::from_str(&std::fs::read_to_string(&truth).unwrap()).unwrap();
    assert_eq!(truth["scenario"], "memory-leak");
}

#[test]
fn bad_input_is_status_2_and_one_sentence() {
    let empty = file("empty.csv", "");
    let prose = file("prose.txt", "Dear all,\nthe server is slow again.\n");
    let graph = file("bad-graph.csv", "x,y\na,b\n");
    let good = file("good.csv", &stepped());
    let cases: [&[&str]; 12] = [
        &["analyze", "/no/such/file.csv"],
        &["analyze", &empty],
        &["score", &prose],
        &["analyze", &good, "--format", "xls"],
        &["analyze", &good, "--time-zone", "Mars/Olympus"],
        &["analyze", &good, "--time-column", "when"],
        &["causes", &good, "--graph", &graph],
        &["causes", &good, "--graph", "/no/such/graph.csv"],
        &["causes", &good, "--baseline", "/no/such/baseline.csv"],
        &["analyze", "--prometheus", "ftp://x"],
        &["analyze", "--prometheus", "http://x", "--range", "yesterday"],
        &["analyze", "--prometheus", "http://x", "--header", "secret"],
    ];
    for arguments in cases {
        let run = run(arguments);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.starts_with("monteverdi: ") && run.stderr.trim_end().ends_with('.'), "{}", run.stderr);
        assert!(run.stderr.len() > 50, "{}", run.stderr);
    }
}

#[test]
fn a_refusal_names_the_options_that_may_help() {
    let numbers = file("numbers.csv", "a,b\n1.5,2\n2.5,3\n3.5,5\n");
    let words = file("words.csv", "pod,cpu\na,1\nb,2\n");
    let scrape = file("scrape.prom", "# TYPE up gauge\nup 1\nload 2\n");
    for (path, options) in [
        (&numbers, "The options are --step DURATION and --time-column NAME."),
        (&words, "The options are --time-column NAME and --step DURATION."),
        (&scrape, "The option is --step DURATION."),
    ] {
        let stderr = run(&["analyze", path]).stderr;
        assert!(stderr.trim_end().ends_with(options), "{stderr}");
    }
    let empty = run(&["analyze", &file("no-bytes.csv", "")]).stderr;
    assert!(!empty.contains("option"), "{empty}");
}

#[test]
fn a_wrong_line_is_status_2_and_help_is_0() {
    let cases: [&[&str]; 6] = [
        &[],
        &["analyse", "x"],
        &["analyze"],
        &["causes", "x", "--at", "yesterday"],
        &["score", "x", "--step", "0s"],
        &["simulate", "no-such-scenario"],
    ];
    for arguments in cases {
        let run = run(arguments);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(!run.stderr.is_empty());
    }
    assert!(ok(&["--help"]).contains("analyze"));
    assert!(ok(&["analyze", "--help"]).contains("--time-zone"));
}

#[test]
fn a_reader_that_stops_is_no_error() {
    let path = file("pipe.csv", &stepped());
    let mut child = Command::new(env!("CARGO_BIN_EXE_monteverdi"))
        .args(["convert", &path, "--to", "csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn the_spectrum_of_a_pair_is_a_table_or_json() {
    let mut text = String::from("time,cart_cpu,web_cpu\n");
    for row in 0..400_u32 {
        let value = |row: u32| f64::from((row * 7919 + row / 3 * 31) % 101) / 101.0;
        text.push_str(&format!("{},{},{}\n", 1_700_000_000 + row * 15, value(row), value(row + 2)));
    }
    let path = file("pair.csv", &text);
    let table = ok(&["pair", "web_cpu", "cart_cpu", &path]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "scale,period_s,coherence,threshold,phase_rad,phase_plus_minus_rad,gain_db");
    let json: Value = serde_json::from_str(&ok(&["pair", "web_cpu", "cart_cpu", &path, "--json"])).unwrap();
    let bands = json["bands"].as_array().unwrap();
    let count: usize = bands.iter().map(|band| band["period_s"].as_array().unwrap().len()).sum();
    assert_eq!(lines.len(), count + 1);
    let cells: Vec<&str> = lines[1].split(',').collect();
    assert_eq!(cells[1].parse::<f64>().unwrap(), bands[0]["period_s"][0].as_f64().unwrap());
    assert_eq!(cells[2].parse::<f64>().unwrap(), bands[0]["coherence"][0].as_f64().unwrap());
    let refused = run(&["pair", "nobody", "cart_cpu", &path]);
    assert_eq!(refused.status, 2);
}
