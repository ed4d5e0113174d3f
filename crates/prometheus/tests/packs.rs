//! Packs, from the survey to the data set, against answers as real servers give them.
#![allow(clippy::unwrap_used)]

use prometheus::{Ask, Endpoint, Error, Fetch, Plan, Request, Response, Scope, Survey};
use series::{BaseUnit, Dataset, Kind};

/// A server that answers by the first entry whose words are all in the call and its parameters; and what it was asked.
struct Table {
    rows: Vec<(&'static str, String)>,
    asked: Vec<String>,
}

impl Table {
    fn answer(&mut self, request: &Request) -> (u16, String) {
        let call = decoded(&format!("{}?{}", request.url, request.body.as_deref().unwrap_or("")));
        self.asked.push(call.clone());
        let found = self.rows.iter().find(|(words, _)| words.split(' ').all(|word| call.contains(word)));
        match found {
            Some((_, body)) if body.starts_with('[') && !call.contains("/api/v2/") || body.starts_with('{') => {
                (200, format!("{{\"status\":\"success\",\"data\":{body}}}"))
            }
            Some((_, body)) if body.starts_with('[') => (200, body.clone()),
            Some((_, body)) => (503, body.clone()),
            None => (404, "404 page not found".to_owned()),
        }
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn matrix(series: &[(&str, &[(i64, f64)])]) -> String {
    let all: Vec<String> = series
        .iter()
        .map(|(labels, samples)| {
            let values: Vec<String> = samples.iter().map(|(time_s, value)| format!("[{time_s},\"{value}\"]")).collect();
            format!("{{\"metric\":{{{labels}}},\"values\":[{}]}}", values.join(","))
        })
        .collect();
    format!("{{\"resultType\":\"matrix\",\"result\":[{}]}}", all.join(","))
}

fn vector(series: &[(&str, f64)]) -> String {
    let all: Vec<String> = series
        .iter()
        .map(|(labels, value)| format!("{{\"metric\":{{{labels}}},\"value\":[3600,\"{value}\"]}}"))
        .collect();
    format!("{{\"resultType\":\"vector\",\"result\":[{}]}}", all.join(","))
}

/// Two machines, or two groups of `machines` of them, that node_exporter shows, an alert, and a metric that no pack holds.
fn machines(machines: f64) -> Table {
    let grown = |by: i64| (0..=240).map(|i| (i * 15, (i * by) as f64)).collect::<Vec<_>>();
    let level = |base: i64| (0..=240).map(|i| (i * 15, (base + i % 7) as f64)).collect::<Vec<_>>();
    let per_step = |by: i64| (0..=60).map(|i| (i * 60, (by * 4) as f64)).collect::<Vec<_>>();
    let fires: Vec<(i64, f64)> = (100..120).map(|i| (i * 15, 1.0)).collect();
    let since: Vec<(i64, f64)> = (96..120).map(|i| (i * 15, 1_440.0)).collect();
    let (a, b) = ("\"instance\":\"a:9100\",\"job\":\"node\"", "\"instance\":\"b:9100\",\"job\":\"node\"");
    let of = |name: &str, labels: &str| format!("\"__name__\":\"{name}\",{labels}");
    let names = r#"["ALERTS","ALERTS_FOR_STATE","node_cpu_seconds_total","node_load1","something_else"]"#;
    let rows = vec![
        ("/label/__name__/values", names.to_owned()),
        ("/metadata", r#"{"node_cpu_seconds_total":[{"type":"counter","help":"","unit":""}],"node_load1":[{"type":"gauge","help":"","unit":""}]}"#.to_owned()),
        ("/labels", r#"["__name__","cpu","instance","job","mode"]"#.to_owned()),
        ("/query query=count(count job!=", vector(&[("", 1.0), ("\"of\":\"series\"", 2.0 + 2.0 * machines)])),
        ("/query query=count(count instance!=", vector(&[("", 2.0), ("\"of\":\"series\"", 2.0 + 2.0 * machines)])),
        ("/query query=count({", vector(&[("", 2.0 + 2.0 * machines)])),
        (
            "query=count by__name__, node_load1",
            String::new(),
        ),
        (
            "query=count __name__,",
            matrix(&[
                (&of("node_load1", "\"instance\":\"a:9100\""), &[(0, 1.0), (3_600, machines)]),
                (&of("node_load1", "\"instance\":\"b:9100\""), &[(0, 1.0), (3_600, machines)]),
            ]),
        ),
        (
            "query=count iowait|steal mode=~",
            matrix(&[("\"instance\":\"a:9100\",\"mode\":\"iowait\"", &[(3_600, 1.0)])]),
        ),
        ("query=count without", matrix(&[("\"instance\":\"a:9100\"", &[(3_600, machines)]), ("\"instance\":\"b:9100\"", &[(3_600, machines)])])),
        ("/query? query={__name__=\"node_", matrix(&[(&of("node_load1", a), &level(1)), (&of("node_load1", b), &level(5))])),
        ("query=sum without mode!~", matrix(&[(a, &grown(3)), (b, &grown(4))])),
        ("query=sum without mode=~", matrix(&[(&format!("{a},\"mode\":\"iowait\""), &grown(1))])),
        ("query=sum offset mode!~", matrix(&[("\"instance\":\"a:9100\"", &per_step(3)), ("\"instance\":\"b:9100\"", &per_step(4))])),
        ("query=sum offset mode=~", matrix(&[("\"instance\":\"a:9100\",\"mode\":\"iowait\"", &per_step(1))])),
        ("query=avg node_load1", matrix(&[("\"instance\":\"a:9100\"", &level(1))])),
        ("query=max node_load1", matrix(&[("\"instance\":\"a:9100\"", &level(2))])),
        ("query=ALERTS{", matrix(&[("\"__name__\":\"ALERTS\",\"alertname\":\"Busy\",\"alertstate\":\"firing\",\"instance\":\"a:9100\",\"severity\":\"page\"", &fires)])),
        ("query=ALERTS_FOR_STATE", matrix(&[("\"__name__\":\"ALERTS_FOR_STATE\",\"alertname\":\"Busy\",\"instance\":\"a:9100\",\"severity\":\"page\"", &since)])),
        ("alertmanager:9093/api/v2/alerts", r#"[{"labels":{"alertname":"Disk"},"annotations":{"summary":"nearly full"},"startsAt":"1970-01-01T00:30:00Z"}]"#.to_owned()),
        ("alertmanager:9093/api/v2/silences", "out of order".to_owned()),
    ];
    Table { rows, asked: Vec::new() }
}

fn ask(settings: &[&str]) -> Ask {
    let scope = Scope::of(["pack=use", "range=1h"].iter().chain(settings)).unwrap();
    Ask::of_scope(Endpoint::parse("http://server").unwrap(), &scope, 3_600_000)
}

fn respond(server: &mut Table, request: &Request, accept: &mut dyn FnMut(Response<'_>) -> Result<(), Error>) {
    let (status, body) = server.answer(request);
    let response = Response { status, content_type: None, retry_after: None, body: body.as_bytes() };
    accept(response).unwrap_or_else(|error| panic!("{error}\n{:?}", server.asked.last()));
    assert!(server.asked.len() < 100, "the plan does not end: {:#?}", server.asked);
}

fn fetched(server: &mut Table, ask: Ask) -> (Dataset, Plan) {
    let mut fetch = Fetch::new(ask).unwrap();
    while let Some(request) = fetch.next_request() {
        respond(server, &request, &mut |response| fetch.accept(Ok(response)));
    }
    let plan = fetch.plan().unwrap().clone();
    (fetch.finish().unwrap(), plan)
}

#[test]
fn a_survey_tells_packs_labels_and_interval_without_fetching_series() {
    let mut server = machines(1.0);
    let mut survey = Survey::new(&ask(&[])).unwrap();
    while let Some(request) = survey.next_request() {
        respond(&mut server, &request, &mut |response| survey.accept(Ok(response)));
    }
    let found = survey.finish();
    let packs: Vec<(&str, usize, u64)> =
        found.packs().into_iter().map(|(pack, metrics, series)| (pack.name, metrics, series)).collect();
    assert_eq!(packs, [("use", 3, 5)]);
    // One job, two machines: the job does not tell them apart.
    let labels: Vec<(&str, usize)> = found.service_labels.iter().map(|one| (one.label.as_str(), one.values)).collect();
    assert_eq!((labels, found.service_label.as_str()), (vec![("instance", 2), ("job", 1)], "instance"));
    assert_eq!((found.interval_ms, found.has_alerts, found.metric_count), (Some(15_000), true, 5));
    assert!(!server.asked.iter().any(|call| call.contains("/series")), "{:#?}", server.asked);
}

#[test]
fn a_pack_within_the_budget_comes_as_it_was_scraped_with_its_alerts() {
    let (dataset, plan) = fetched(&mut machines(1.0), ask(&["alertmanager=http://alertmanager:9093"]));
    assert_eq!(plan.aggregated(), None);
    let names: Vec<&str> = dataset.series.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "node_load1{instance=\"a:9100\",job=\"node\"}",
            "node_load1{instance=\"b:9100\",job=\"node\"}",
            "node_cpu_seconds_total{instance=\"a:9100\",job=\"node\"}",
            "node_cpu_seconds_total{instance=\"b:9100\",job=\"node\"}",
            "node_cpu_seconds_total{instance=\"a:9100\",job=\"node\",mode=\"iowait\"}",
        ]
    );
    assert_eq!((dataset.series[2].kind, dataset.series[2].unit.base), (Kind::Counter, BaseUnit::Seconds));
    let events: Vec<(i64, Option<i64>, &str)> =
        dataset.events.iter().map(|event| (event.start_ms, event.end_ms, event.title.as_str())).collect();
    assert_eq!(events, [(1_500_000, Some(1_785_000), "Busy"), (1_800_000, None, "Disk: nearly full")]);
    assert_eq!(dataset.events[0].labels.get("severity"), Some("page"));
    // The silences are missing, and that is all.
    let notes: Vec<&str> = dataset.notes.iter().map(|note| note.message.as_str()).collect();
    assert!(notes.len() == 1 && notes[0].contains("silences could not be had"), "{notes:?}");
}

#[test]
fn a_fleet_comes_aggregated_and_growth_is_a_counter_again() {
    let (dataset, plan) = fetched(&mut machines(400.0), ask(&["events=none"]));
    assert_eq!(plan.aggregated(), Some((1_600, 6)));
    let all: Vec<(&str, Kind)> = dataset.series.iter().map(|one| (one.name.as_str(), one.kind)).collect();
    assert!(all.contains(&("node_load1:avg{instance=\"a:9100\"}", Kind::Gauge)), "{all:?}");
    assert!(all.contains(&("node_load1:max{instance=\"a:9100\"}", Kind::Gauge)), "{all:?}");
    assert!(dataset.events.is_empty());
    assert!(dataset.notes[0].message.contains("aggregated in the server"), "{:?}", dataset.notes);
}

#[test]
fn a_fleet_that_nobody_has_described_is_looked_through_by_what_packs_know_and_then_by_name() {
    let mut server = machines(400.0);
    let of = |name: &str| format!("\"__name__\":\"{name}\",\"instance\":\"a:9100\",\"job\":\"node\"");
    let (load, other) = (of("node_load1"), of("something_else"));
    let level: Vec<(i64, f64)> = (0..=240).map(|i| (i * 15, (i % 5) as f64)).collect();
    let front = [
        (
            "/query_range? __name__)",
            matrix(&[
                ("\"__name__\":\"node_load1\"", &[(900, 800.0)]),
                ("\"__name__\":\"something_else\"", &[(0, 1.0), (3_600, 1.0)]),
            ]),
        ),
        ("query=count __name__, something_else", matrix(&[(&load, &[(3_600, 800.0)]), (&other, &[(3_600, 1.0)])])),
        ("/query? something_else", matrix(&[(&other, &level)])),
        ("last_over_time something_else", matrix(&[(&other, &level)])),
    ];
    server.rows.splice(0..0, front);
    let ask = Ask::discover(Endpoint::parse("http://server").unwrap(), 0, 3_600_000);
    let (dataset, plan) = fetched(&mut server, ask);
    assert!(!server.asked.iter().any(|call| call.contains("/series")), "no list of series: {:#?}", server.asked);
    let names: Vec<&str> = dataset.series.iter().map(|one| one.name.as_str()).collect();
    assert!(names.iter().any(|name| name.starts_with("node_load1:max{")), "{names:?}");
    assert!(names.iter().any(|name| name.starts_with("something_else{")), "{names:?}");
    assert!(plan.to_string().contains("metrics that no pack knows"), "{plan}");
    assert_eq!(dataset.events.len(), 1, "alerts are asked for once");
    assert_eq!(server.asked.iter().filter(|call| call.contains("query=ALERTS{")).count(), 1);
    let note = dataset.notes.iter().find(|note| note.message.contains("more than 200 series")).unwrap();
    assert_eq!(note.count, 5);
}

#[test]
fn the_plan_for_a_fleet_that_nobody_has_described_is_known_before_anything_is_fetched() {
    let survey = |machines_each: f64| {
        let mut server = machines(machines_each);
        let ask = Ask::discover(Endpoint::parse("http://server").unwrap(), 0, 3_600_000);
        let mut survey = Survey::new(&ask).unwrap();
        while let Some(request) = survey.next_request() {
            respond(&mut server, &request, &mut |response| survey.accept(Ok(response)));
        }
        (survey.finish(), ask)
    };
    let (few, _) = survey(1.0);
    assert!(few.of_fleet(200).is_none(), "all of it is taken series by series");
    let (many, ask) = survey(400.0);
    assert!(Plan::of(&many, &ask).queries.is_empty(), "packs are on offer only");
    let plan = Plan::of(&many.of_fleet(200).unwrap(), &ask);
    assert!(plan.aggregated().is_some_and(|(before, after)| before == 1_600 && after < 10), "{plan}");
    assert!(many.packs().iter().all(|(pack, ..)| pack.name != "others"), "that cannot be asked for");
}

#[test]
fn raw_and_aggregated_counters_grow_alike() {
    let (raw, _) = fetched(&mut machines(1.0), ask(&["events=none"]));
    let (aggregated, plan) = fetched(&mut machines(400.0), ask(&["events=none"]));
    let rate = |dataset: &Dataset| {
        let one = dataset
            .series
            .iter()
            .find(|one| one.name.starts_with("node_cpu_seconds_total{instance=\"a:9100\""))
            .unwrap();
        let (first, last) = (one.values.first().unwrap(), one.values.last().unwrap());
        let span_ms = one.axis.times_ms().last().unwrap() - one.axis.times_ms().first().unwrap();
        (one.kind, (last - first) * 1_000.0 / span_ms as f64)
    };
    assert_eq!(rate(&raw), (Kind::Counter, 0.2), "{plan}");
    assert_eq!(rate(&aggregated), rate(&raw), "{plan}");
}

#[test]
fn a_pack_of_which_there_is_nothing_says_so() {
    let mut server = machines(1.0);
    let scope = Scope::of(["pack=jvm"]).unwrap();
    let mut fetch = Fetch::new(Ask::of_scope(Endpoint::parse("http://server").unwrap(), &scope, 3_600_000)).unwrap();
    let mut refused = None;
    while let Some(request) = fetch.next_request() {
        let (status, body) = server.answer(&request);
        let response = Response { status, content_type: None, retry_after: None, body: body.as_bytes() };
        if let Err(error) = fetch.accept(Ok(response)) {
            refused = Some(error);
            break;
        }
    }
    assert!(matches!(refused, Some(Error::NothingOfPacks { count: 5, .. })), "{refused:?}");
}

#[test]
fn sliding_windows_of_ones_own_are_warned_of() {
    let mut server = Table {
        rows: vec![("query=rate", matrix(&[("\"job\":\"a\"", &[(0, 1.0), (3_600, 2.0)])]))],
        asked: Vec::new(),
    };
    let note = |server: &mut Table, query: &str| {
        let scope = Scope::of([&format!("query={query}"), "step=1m", "range=1h"]).unwrap();
        let mut fetch =
            Fetch::new(Ask::of_scope(Endpoint::parse("http://server").unwrap(), &scope, 3_600_000)).unwrap();
        while let Some(request) = fetch.next_request() {
            respond(server, &request, &mut |response| fetch.accept(Ok(response)));
        }
        fetch.finish().unwrap().notes.into_iter().map(|note| note.message).collect::<Vec<_>>()
    };
    let told = note(&mut server, "rate(x[5m])");
    assert!(
        told.len() == 1 && told[0].contains("fakes autocorrelation and coherence") && told[0].contains("step 5m"),
        "{told:?}"
    );
    assert!(note(&mut server, "rate(x[1m])").is_empty());
}
