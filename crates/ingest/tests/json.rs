//! JSON is known by its beginning, however it was written, and events join the metrics beside them.
#![allow(clippy::unwrap_used, missing_docs)]

use ingest::{Format, Options, Source, detect, read};
use series::Dataset;
use std::fmt::Write;

fn import(text: &str) -> Dataset {
    read(&Source { name: "x", bytes: text.as_bytes() }, &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// So many numbers that nothing behind them is seen at the beginning.
fn many(each: impl Fn(usize) -> String) -> String {
    (0..40_000).map(each).collect::<Vec<_>>().join(",")
}

#[test]
fn what_tells_the_format_may_lie_behind_many_samples() {
    let times = many(|index| (1_700_000_000_000 + 1000 * index).to_string());
    let seconds = many(|index| (1_700_000_000 + index).to_string());
    let values = many(|index| (index % 7).to_string());
    let pairs = many(|index| format!("[{},{}]", index % 7, 1_700_000_000 + index));
    let rows = many(|index| format!("[{},{}]", 1_700_000_000 + index, index % 7));
    let hits = many(|index| format!("{{\"_id\":\"{index}\"}}"));
    let iso = many(|index| format!("\"2023-11-14T{:02}:{:02}:{:02}Z\"", index / 3600, index / 60 % 60, index % 60));
    let bucket = "{\"key_as_string\":\"2023-11-14T22:13:00Z\",\"key\":1699999980000,\"doc_count\":1}";
    let cases = [
        (
            Format::VictoriaJson,
            format!("{{\"metric\":{{\"__name__\":\"up\"}},\"values\":[{values}],\"timestamps\":[{times}]}}\n"),
        ),
        (
            Format::VictoriaJson,
            format!("{{\"timestamps\":[{times}],\"values\":[{values}],\"metric\":{{\"__name__\":\"up\"}}}}\n"),
        ),
        (
            Format::GrafanaJson,
            format!(
                "[{{\"data\":{{\"values\":[[{times}],[{values}]]}},\"schema\":{{\"fields\":[\
                 {{\"name\":\"Time\",\"type\":\"time\"}},{{\"name\":\"load\",\"type\":\"number\"}}]}}}}]"
            ),
        ),
        (Format::GraphiteJson, format!("[{{\"datapoints\":[{pairs}],\"target\":\"a.b\"}}]")),
        (Format::NetdataJson, format!("{{\"data\":[{rows}],\"labels\":[\"time\",\"a\"]}}")),
        (
            Format::ElasticJson,
            format!(
                "{{\"took\":1,\"timed_out\":false,\"_shards\":{{\"failed\":0}},\"hits\":{{\"hits\":[{hits}]}},\
                 \"aggregations\":{{\"t\":{{\"buckets\":[{bucket}]}}}}}}"
            ),
        ),
        (
            Format::CloudwatchJson,
            format!(
                "{{\"MetricDataResults\":[{{\"Timestamps\":[{iso}],\"Values\":[{values}],\"Id\":\"m\",\"Label\":\"CPU\"}}]}}"
            ),
        ),
        (
            Format::DatadogJson,
            format!(
                "{{\"data\":{{\"attributes\":{{\"times\":[{times}],\"values\":[[{values}]],\"series\":[{{\"group_tags\":\
                 [\"host:a\"],\"query_index\":0}}]}},\"type\":\"timeseries_response\"}}}}"
            ),
        ),
        (
            Format::PrometheusJson,
            format!(
                "{{\"data\":{{\"result\":[{{\"metric\":{{\"job\":\"a\"}},\"values\":[{rows}]}}],\"resultType\":\"matrix\"}},\
                 \"status\":\"success\"}}"
            ),
        ),
        (
            Format::InfluxqlJson,
            format!(
                "{{\"results\":[{{\"series\":[{{\"columns\":[\"time\",\"value\"],\"values\":[{rows}],\"name\":\"cpu\"}}]}}]}}"
            ),
        ),
    ];
    assert!(seconds.len() > 65_536);
    for (format, text) in cases {
        assert_eq!(detect(&Source { name: "unknown", bytes: text.as_bytes() }).unwrap(), format);
        let dataset = import(&text);
        assert_eq!(dataset.series.len(), 1, "{format}");
        let expected = if format == Format::ElasticJson { 1 } else { 40_000 };
        assert_eq!(dataset.point_count(), expected, "{format}");
    }
}

#[test]
fn the_order_of_keys_and_blanks_do_not_matter() {
    let mut told = String::new();
    for format in Format::ALL.into_iter().filter(|format| format.name().ends_with("json")) {
        let folder = format!("{}/../../tests/fixtures/{}", env!("CARGO_MANIFEST_DIR"), format.name());
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let Ok(value) = serde_json::from_str::<serde_json::Value>(&text) else { continue };
            // Written anew, keys are in alphabetical order.
            for text in [serde_json::to_string(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap()] {
                let found = detect(&Source { name: "unknown", bytes: text.as_bytes() });
                if found.as_ref().ok() != Some(&format) {
                    writeln!(told, "{}: {found:?}", path.display()).unwrap();
                    continue;
                }
                let (before, after) = (import(&std::fs::read_to_string(&path).unwrap()), import(&text));
                let content = |dataset: &Dataset| {
                    let mut all: Vec<String> = dataset
                        .series
                        .iter()
                        .map(|series| format!("{} {:?} {:?}", series.name, series.axis.times_ms(), series.values))
                        .chain(dataset.events.iter().map(|event| format!("{event:?}")))
                        .collect();
                    all.sort();
                    all
                };
                if content(&before) != content(&after) {
                    writeln!(told, "{} reads otherwise:\n{:#?}", path.display(), content(&after)).unwrap();
                }
            }
        }
    }
    assert!(told.is_empty(), "{told}");
}

#[test]
fn events_join_the_metrics_beside_them() {
    let metrics = import("time,cart_latency\n1700000000,0.1\n1700000060,0.2\n1700000120,0.3\n");
    let alerts = import(
        "{\"receiver\":\"team\",\"alerts\":[{\"status\":\"firing\",\"labels\":{\"alertname\":\"Slow\",\"service\":\"cart\"},\
         \"startsAt\":\"2023-11-14T22:14:20Z\",\"endsAt\":\"0001-01-01T00:00:00Z\"}]}",
    );
    assert!(alerts.series.is_empty());
    let merged = Dataset::merge([metrics, alerts]);
    assert_eq!(merged.series.len(), 1);
    let [event] = merged.events.as_slice() else { panic!("{:?}", merged.events) };
    assert_eq!((event.start_ms, event.end_ms, event.title.as_str()), (1_700_000_060_000, None, "Slow"));
    assert_eq!(event.labels.get("service"), Some("cart"));
}
