//! Plans, driven against a server in a table.
#![allow(clippy::unwrap_used)]

mod server;

use prometheus::{Ask, Endpoint, Error, Failure, Fetch, Method, Question, Response, TARGET_POINTS};
use proptest::prelude::*;
use series::{BaseUnit, Dataset, Kind, NoteKind};
use server::Server;

const HOUR_MS: i64 = 3_600_000;

fn endpoint() -> Endpoint {
    Endpoint::parse("http://server").unwrap()
}

fn run(server: &mut Server, ask: Ask) -> Result<Dataset, Error> {
    let mut fetch = Fetch::new(ask)?;
    let mut rounds = 0;
    while let Some(request) = fetch.next_request() {
        let answer = server.answer(&request);
        fetch.accept(Ok(answer.response()))?;
        rounds += 1;
        assert!(rounds < 10_000, "the plan does not end");
    }
    fetch.finish()
}

/// Samples every `interval_ms`, with a hole and values that tell their time.
fn scraped(phase_ms: i64, interval_ms: i64, count: i64) -> Vec<(i64, f64)> {
    (0..count)
        .filter(|index| !(40..47).contains(index))
        .map(|index| (phase_ms + index * interval_ms, index as f64))
        .collect()
}

#[test]
fn discovery_takes_samples_as_they_were_scraped() {
    for closed in [true, false] {
        let mut server = Server::new(vec![
            ("http_requests_total", "api", scraped(7, 15_000, 2_000)),
            ("http_requests_total", "web", scraped(4_000, 15_000, 900)),
            ("up", "api", scraped(7, 15_000, 2_000)),
            ("request_seconds_bucket", "api", scraped(7, 15_000, 2_000)),
        ]);
        server.closed = closed;
        let dataset = run(&mut server, Ask::discover(endpoint(), 0, 2_000 * 15_000)).unwrap();
        let names: Vec<&str> = dataset.series.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["http_requests_total{job=\"api\"}", "http_requests_total{job=\"web\"}", "up{job=\"api\"}"]);
        for (series, (.., samples)) in
            dataset.series.iter().zip([&server.series[0], &server.series[1], &server.series[2]])
        {
            let times: Vec<i64> = samples.iter().map(|(time, _)| *time).collect();
            assert_eq!(series.axis.times_ms(), times, "{} closed={closed}", series.name);
        }
        assert_eq!(dataset.series[0].kind, Kind::Counter);
        assert_eq!(dataset.series[0].labels.get("job"), Some("api"));
        assert_eq!(dataset.series[0].metric.as_deref(), Some("http_requests_total"));
        assert!(server.asked.iter().all(|request| request.method == Method::Get || request.body.is_some()));
    }
}

#[test]
fn a_long_range_is_seen_at_the_automatic_step() {
    let mut server = Server::new(vec![("up", "api", scraped(0, 60_000, 7 * 24 * 60))]);
    let dataset = run(&mut server, Ask::discover(endpoint(), 0, 7 * 24 * HOUR_MS)).unwrap();
    let axis = &dataset.series[0].axis;
    assert_eq!(axis.interval_ms(), Some(300_000));
    assert!((axis.len() as i64) <= TARGET_POINTS);
    let missing = axis.times_ms().windows(2).filter(|pair| pair[1] - pair[0] > 300_000).count();
    assert_eq!(missing, 1, "the hole of 7 minutes stays a hole");
}

#[test]
fn too_many_series_leave_whole_metrics_out_and_say_so() {
    let mut server = Server::new(vec![
        ("http_requests_total", "a", scraped(0, 15_000, 60)),
        ("http_requests_total", "b", scraped(0, 15_000, 60)),
        ("node_load1", "a", scraped(0, 15_000, 60)),
        ("up", "a", scraped(0, 15_000, 60)),
    ]);
    let ask = Ask { question: Question::Discover { max_series: 2 }, ..Ask::discover(endpoint(), 0, HOUR_MS) };
    let dataset = run(&mut server, ask).unwrap();
    let names: Vec<&str> = dataset.series.iter().map(|series| series.name.as_str()).collect();
    assert_eq!(names, ["node_load1{job=\"a\"}", "up{job=\"a\"}"]);
    let note = dataset.notes.iter().find(|note| note.kind == NoteKind::Limit).unwrap();
    assert_eq!(note.count, 1);
    assert!(note.message.contains("http_requests_total"), "{}", note.message);
}

#[test]
fn the_api_is_found_behind_a_gateway() {
    let mut server = Server::new(vec![("up", "a", scraped(0, 15_000, 60))]);
    server.prefix = "/prometheus";
    let dataset = run(&mut server, Ask::discover(endpoint(), 0, HOUR_MS)).unwrap();
    assert_eq!(dataset.origins[0].name, "http://server/prometheus");
    server.prefix = "/elsewhere";
    let refused = run(&mut server, Ask::discover(endpoint(), 0, HOUR_MS)).unwrap_err();
    assert_eq!(refused, Error::NotFound { address: "http://server".into(), status: 404 });
}

#[test]
fn an_empty_range_is_an_error_with_a_way_out() {
    let mut server = Server::new(vec![("up", "a", scraped(0, 15_000, 60))]);
    let refused = run(&mut server, Ask::queries(endpoint(), ["down"], 0, HOUR_MS)).unwrap_err();
    assert_eq!(refused, Error::NoSamples { query: Some("down".into()) });
    assert!(matches!(Fetch::new(Ask::queries(endpoint(), [" "], 0, 1)), Err(Error::Question { .. })));
    assert!(matches!(Fetch::new(Ask::discover(endpoint(), 5, 5)), Err(Error::Question { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn chunks_give_what_one_request_would(
        start in 0i64..200_000, range in 60_000i64..3_000_000, step in prop::sample::select(vec![1_000i64, 1_500, 15_000]),
        most in 1i64..400, closed in any::<bool>()
    ) {
        let ask = Ask { step_ms: Some(step), ..Ask::queries(endpoint(), ["up"], start, start + range) };
        let mut free = Server::new(vec![("up", "a", scraped(0, 15_000, 300))]);
        (free.closed, free.max_points) = (closed, i64::MAX);
        let whole = run(&mut free, ask.clone()).unwrap();
        prop_assert_eq!(free.asked.len(), 1);
        let mut strict = Server::new(free.series.clone());
        (strict.closed, strict.max_points) = (closed, most);
        match run(&mut strict, ask) {
            Ok(parts) => prop_assert_eq!(&parts.series, &whole.series),
            // Some 64 cuts are allowed; a server that wants more of them is told by the person, not by patience.
            Err(error) => prop_assert!(matches!(error, Error::TooLarge { .. }) && strict.asked.len() > 64, "{}", error),
        }
    }
}

#[test]
fn a_range_beyond_the_limit_is_asked_for_in_chunks() {
    let mut server = Server::new(vec![("up", "a", (0..30_000).map(|i| (i * 1_000, i as f64)).collect())]);
    let ask = Ask { step_ms: Some(1_000), ..Ask::queries(endpoint(), ["up"], 0, 29_999_000) };
    let dataset = run(&mut server, ask).unwrap();
    assert_eq!(server.asked.len(), 3);
    assert_eq!(dataset.series[0].values, (0..30_000).map(f64::from).collect::<Vec<_>>());
}

fn first_answer(response: Result<Response<'_>, Failure>) -> Result<Dataset, Error> {
    let ask = Ask { step_ms: Some(15_000), ..Ask::queries(endpoint(), ["up"], 1_700_000_000_000, 1_700_000_060_000) };
    let mut fetch = Fetch::new(ask).unwrap();
    fetch.accept(response)?;
    fetch.finish()
}

#[test]
fn a_matrix_becomes_a_data_set() {
    let body = include_bytes!("answers/matrix.json");
    let dataset = first_answer(Ok(Response { status: 200, content_type: None, retry_after: None, body })).unwrap();
    let [requests, count, p50, p95, p99, sum, temperature] = dataset.series.as_slice() else {
        panic!("{} series", dataset.series.len())
    };
    assert_eq!(requests.name, r#"http_requests_total{instance="a:1",job="api"}"#);
    assert_eq!(requests.values, [0.0, 12.0, 30.0, 41.5]);
    assert_eq!(requests.axis.times_ms().last(), Some(&1_700_000_060_000), "the missing step is a missing sample");
    assert_eq!(requests.kind, Kind::Counter);
    assert_eq!(temperature.unit.base, BaseUnit::Celsius);
    assert!(temperature.values[0].is_nan());
    assert_eq!(temperature.values[1..], [f64::INFINITY, f64::NEG_INFINITY, -0.0015]);
    let names = [p50, p95, p99, count, sum].map(|one| one.name.as_str());
    assert_eq!(names, ["p50", "p95", "p99", "count", "sum"].map(|suffix| format!("latency_seconds_{suffix}")));
    // Four between 1 and 2, then two between 0.5 and 1; the median lies halfway by the logarithm.
    assert!(p50.values[0].is_nan());
    assert!(
        (p50.values[1] - 2f64.sqrt()).abs() < 1e-9 && (p50.values[2] - 0.5f64.sqrt()).abs() < 1e-9,
        "{:?}",
        p50.values
    );
    assert_eq!(
        (count.kind, count.values.as_slice(), p99.unit.base),
        (Kind::Counter, &[3.0, 7.0, 9.0][..], BaseUnit::Seconds)
    );
    let messages: Vec<&str> = dataset.notes.iter().map(|note| note.message.as_str()).collect();
    assert!(messages.iter().any(|text| text.contains("partial data")), "{messages:?}");
    assert!(messages.iter().any(|text| text.contains("native histograms")), "{messages:?}");
}

#[test]
fn every_fault_has_its_class() {
    let json = |kind: &str, words: &str| format!(r#"{{"status":"error","errorType":{kind},"error":"{words}"}}"#);
    type Check = fn(&Error) -> bool;
    let table: Vec<(u16, String, Check)> = vec![
        (
            400,
            json("\"bad_data\"", "parse error: unclosed"),
            |e| matches!(e, Error::BadQuery { message, query } if message.contains("unclosed") && query.as_deref() == Some("up")),
        ),
        (401, String::new(), |e| matches!(e, Error::Unauthorized)),
        (403, "<html><title>Forbidden</title>".into(), |e| matches!(e, Error::Forbidden { .. })),
        (404, "404 page not found".into(), |e| matches!(e, Error::NotFound { status: 404, .. })),
        (405, "Method Not Allowed".into(), |e| matches!(e, Error::NotFound { status: 405, .. })),
        (422, json("\"execution\"", "many-to-many matching not allowed"), |e| matches!(e, Error::Unprocessable { .. })),
        (422, json("\"422\"", "cannot parse query"), |e| matches!(e, Error::Unprocessable { .. })),
        (200, json("422", "cannot parse query"), |e| matches!(e, Error::Unprocessable { .. })),
        (429, "slow down".into(), |e| {
            matches!(e, Error::TooManyRequests { retry_after_s: Some(7) })
                && e.retry_after_s() == Some(7)
                && e.is_passing()
        }),
        (
            500,
            json("\"internal\"", "disk"),
            |e| matches!(e, Error::ServerFailed { status: 500, message } if message == "disk"),
        ),
        (
            502,
            "<html><head><title>502 Bad Gateway</title></head>".into(),
            |e| matches!(e, Error::ServerFailed { status: 502, message } if message.contains("Bad Gateway")),
        ),
        (503, json("\"timeout\"", "query timed out in expression evaluation"), |e| matches!(e, Error::TimedOut { .. })),
        (504, String::new(), |e| matches!(e, Error::TimedOut { .. })),
        (
            200,
            "<!doctype html><title>Sign in</title>".into(),
            |e| matches!(e, Error::NotPrometheus { found, .. } if found.contains("Sign in")),
        ),
        (200, String::new(), |e| matches!(e, Error::NotPrometheus { .. })),
        (
            200,
            r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"x"]]}]}}"#.into(),
            |e| matches!(e, Error::Malformed { reason, .. } if reason.contains("not a number")),
        ),
        (200, r#"{"status":"success","data":{"resultType":"matrix","result":[{"#.into(), |e| {
            matches!(e, Error::Malformed { .. })
        }),
        (200, r#"{"status":"success"}"#.into(), |e| matches!(e, Error::Malformed { .. })),
        (200, "{}".into(), |e| matches!(e, Error::Malformed { .. })),
    ];
    for (status, body, is_right) in table {
        // Not found and web pages are looked for elsewhere first: answer until the plan gives up or goes on. What is too
        // large is asked again in halves until a half is a single point.
        let ask = Ask { step_ms: Some(60_000), ..Ask::queries(endpoint(), ["up"], 0, 1) };
        let mut fetch = Fetch::new(ask).unwrap();
        let error = (0..4)
            .find_map(|_| {
                let response = Response { status, content_type: None, retry_after: Some("7"), body: body.as_bytes() };
                fetch.accept(Ok(response)).err()
            })
            .unwrap_or_else(|| panic!("{status} {body} is no error"));
        assert!(is_right(&error), "{status} {body}: {error:?}");
        let text = error.to_string();
        assert!(text.ends_with(['.', '?']) && text.len() > 40, "{text}");
    }
}

#[test]
fn a_transports_failure_has_its_class_and_the_request_stays() {
    let ask = Ask { step_ms: Some(15_000), ..Ask::queries(endpoint(), ["up"], 0, 60_000) };
    let mut fetch = Fetch::new(ask).unwrap();
    let before = fetch.next_request();
    let refused = fetch.accept(Err(Failure::Unreachable("connection refused".into()))).unwrap_err();
    assert!(matches!(&refused, Error::Unreachable { .. }) && refused.to_string().contains("connection refused"));
    assert!(matches!(fetch.accept(Err(Failure::Tls("bad certificate".into()))), Err(Error::Tls { .. })));
    assert_eq!(fetch.next_request(), before, "a passing trouble can be waited out");
    // What takes too long is asked for in halves.
    fetch.accept(Err(Failure::TimedOut { seconds: 60 })).unwrap();
    assert_eq!(fetch.progress().total, 2);
    assert_ne!(fetch.next_request(), before);
}

#[test]
fn of_a_young_server_all_samples_are_taken() {
    const HOUR_MS: i64 = 3_600_000;
    let second =
        |first_ms: i64, count: i64| (0..count).map(|at| (first_ms + at * 1_000, at as f64)).collect::<Vec<_>>();
    let end_ms = 20 * HOUR_MS;
    let young = ("a", "api", second(end_ms - 300_000, 301));
    let mut server = Server::new(vec![young.clone(), ("b", "api", second(end_ms - 290_000, 291))]);
    let ask = || Ask::discover(endpoint(), end_ms - 12 * HOUR_MS, end_ms);
    let dataset = run(&mut server, ask()).unwrap();
    assert_eq!(dataset.series.iter().map(|one| one.values.len()).collect::<Vec<_>>(), [301, 291]);

    // One metric that is young says nothing of the others, which are seen at the step of the whole range.
    let mut server = Server::new(vec![young, ("b", "api", second(end_ms - 12 * HOUR_MS, 12 * 3_600))]);
    let dataset = run(&mut server, ask()).unwrap();
    assert_eq!(dataset.series[1].axis.interval_ms(), Some(15_000));
}

#[test]
fn types_and_units_that_a_page_may_not_read_are_done_without() {
    let mut server = Server::new(vec![("up", "api", scraped(0, 15_000, 100))]);
    let mut fetch = Fetch::new(Ask::discover(endpoint(), 0, 100 * 15_000)).unwrap();
    let mut refused = 0;
    while let Some(request) = fetch.next_request() {
        if request.url.contains("/metadata") {
            refused += 1;
            fetch.accept(Err(Failure::Unreachable("Failed to fetch".into()))).unwrap();
        } else {
            fetch.accept(Ok(server.answer(&request).response())).unwrap();
        }
    }
    assert_eq!((refused, fetch.finish().unwrap().series.len()), (1, 1));
}

#[test]
fn long_queries_are_posted_as_a_form() {
    let long = format!("up{{job=~\"{}\"}}", "a|".repeat(1_500));
    let ask = Ask { step_ms: Some(15_000), ..Ask::queries(endpoint(), [long], 0, 60_000) };
    let request = Fetch::new(ask).unwrap().next_request().unwrap();
    assert_eq!((request.method, request.url.as_str()), (Method::Post, "http://server/api/v1/query_range"));
    assert!(request.body.unwrap().starts_with("query=up%7Bjob%3D~%22a%7Ca"));
}

#[test]
fn answers_that_never_come_whole_are_not_asked_for_for_ever() {
    for failure in [Failure::CutOff("gone".to_owned()), Failure::TimedOut { seconds: 60 }] {
        let mut ask = Ask::queries(endpoint(), ["up"], 0, 12 * HOUR_MS);
        ask.step_ms = Some(15_000);
        let mut fetch = Fetch::new(ask).unwrap();
        let mut asked = 0;
        let error = loop {
            asked += 1;
            assert!(asked < 20, "it does not end");
            if let Err(error) = fetch.accept(Err(failure.clone())) {
                break error;
            }
        };
        assert!(asked > 2, "less is asked for first");
        assert!(error.is_passing(), "{error}");
    }
}

#[test]
fn what_ends_long_before_the_range_is_told_of() {
    let mut server = Server::new(vec![("up", "api", scraped(0, 15_000, 240))]);
    let dataset = run(&mut server, Ask::discover(endpoint(), 0, 2 * HOUR_MS)).unwrap();
    let note = dataset.notes.iter().find(|note| note.kind == NoteKind::Gap).unwrap();
    assert!(note.message.contains("60 min older than the end"), "{}", note.message);
    let dataset = run(&mut server, Ask::discover(endpoint(), 0, HOUR_MS)).unwrap();
    assert!(dataset.notes.iter().all(|note| note.kind != NoteKind::Gap));
}
