//! A server that is followed, played fast.
#![allow(clippy::unwrap_used)]

use prometheus::{Ask, Endpoint, Error, Failure, Fetch, Live, Next, Question, Response, Update};
use proptest::prelude::*;
use series::Dataset;
use testkit::{LiveFleet, LiveServer};

const START_MS: i64 = 1_700_000_000_000;
const HOUR_MS: i64 = 3_600_000;
const STEP_MS: i64 = 15_000;
/// The most requests in a minute that [`Live`] promises.
const MOST_PER_MINUTE: usize = 90;

/// A question about the hour before `end_ms`.
fn ask(end_ms: i64) -> Ask {
    let question = Question::Discover { max_series: 600 };
    Ask { question, ..Ask::discover(Endpoint::parse("http://server").unwrap(), end_ms - HOUR_MS, end_ms) }
}

fn fetch(server: &mut LiveServer, ask: Ask) -> Fetch {
    let mut fetch = Fetch::new(ask).unwrap();
    while let Some(request) = fetch.next_request() {
        let (status, body) = server.answer(&request.url, request.body.as_deref());
        let response = Response { status, content_type: None, retry_after: None, body: body.as_bytes() };
        fetch.accept(Ok(response)).unwrap();
    }
    fetch
}

fn fetched(server: &mut LiveServer, ask: Ask) -> Dataset {
    fetch(server, ask).finish().unwrap()
}

/// Lets it ask until it waits.
fn poll(live: &mut Live, server: &mut LiveServer, now_ms: i64) -> Option<Update> {
    let mut update = None;
    while let Next::Ask(request) = live.next(now_ms) {
        let (status, body) = server.answer(&request.url, request.body.as_deref());
        let response = Response { status, content_type: None, retry_after: None, body: body.as_bytes() };
        update = live.accept(now_ms, 1, Ok(response)).unwrap().or(update);
    }
    update
}

/// A fleet with an hour behind it, followed.
fn followed(series: usize, seed: u64) -> (LiveFleet, Live) {
    let mut fleet = LiveFleet::new(series, STEP_MS, START_MS, seed);
    fleet.scrape_to(START_MS + HOUR_MS, false);
    fleet.server.now_ms = START_MS + HOUR_MS;
    let fetch = fetch(&mut fleet.server, ask(START_MS + HOUR_MS));
    (fleet, Live::new(fetch, START_MS + HOUR_MS))
}

#[test]
fn an_hour_of_five_hundred_series_has_every_sample_once_and_memory_stays_level() {
    const SERIES: usize = 500;
    // The server's clock is ahead of ours, from the first question on.
    const AHEAD_MS: i64 = 37_000;
    let (mut fleet, mut live) = followed(SERIES, 7);
    let held_before = live.held();
    let mut most_held = 0;
    let mut changed = 0;
    for round in 1..=240 {
        let now_ms = START_MS + HOUR_MS + round * STEP_MS;
        let server_ms = now_ms + AHEAD_MS;
        fleet.scrape_to(server_ms, true);
        fleet.server.now_ms = server_ms;
        if (120..124).contains(&round) {
            // It is being restarted, and comes back without what it had.
            let Next::Ask(_) = live.next(now_ms) else { continue };
            let down = Response { status: 503, content_type: None, retry_after: None, body: b"Service Unavailable" };
            assert!(matches!(live.accept(now_ms, 3, Ok(down)), Err(Error::ServerFailed { status: 503, .. })));
            continue;
        }
        if let Some(update) = poll(&mut live, &mut fleet.server, now_ms) {
            changed += update.changes.len();
            assert_eq!(live.skew_ms(), AHEAD_MS);
        }
        if round == 119 {
            fleet.server.restarted_ms = Some(server_ms);
        }
        most_held = most_held.max(live.held());
    }
    assert!(changed > 200 * SERIES / 2, "{changed}");
    assert!(live.trouble().is_none());
    // What it has is what a server would tell that never was restarted: nothing missing, nothing twice, nothing else.
    let server_ms = fleet.server.now_ms;
    let mut unbroken = fleet.server.unbroken();
    for id in live.ids().collect::<Vec<_>>() {
        let (times_ms, values) = live.samples(id).unwrap();
        let ours: Vec<(i64, f64)> = times_ms.iter().copied().zip(values.iter().copied()).collect();
        assert!(times_ms.is_sorted_by(|a, b| a < b));
        let name = live.name(id).unwrap();
        let series = (0..SERIES).find(|series| unbroken.name(*series) == name).unwrap();
        assert_eq!(ours, unbroken.samples(series, server_ms - HOUR_MS, server_ms), "{name}");
    }
    assert_eq!(live.ids().count(), SERIES);
    let whole = fetched(&mut unbroken, ask(server_ms));
    assert_eq!(live.dataset().unwrap(), whole, "as one question about the whole window gives it");
    assert!(most_held * 2 < 5 * held_before, "{most_held} samples held, {held_before} at the beginning");
    assert!(held_before < 240 * SERIES * 3);
}

#[test]
fn a_poll_asks_for_what_is_new_and_for_the_lookback_however_long_the_history_is() {
    let (mut fleet, mut live) = followed(40, 3);
    for round in 1..40 {
        let now_ms = START_MS + HOUR_MS + round * STEP_MS;
        fleet.scrape_to(now_ms, false);
        fleet.server.now_ms = now_ms;
        let before = fleet.server.served;
        poll(&mut live, &mut fleet.server, now_ms).unwrap();
        let per_series = (fleet.server.served - before) / 40;
        assert!((20..=22).contains(&per_series), "{per_series} samples of every series");
    }
}

#[test]
fn after_a_sleep_it_catches_up_in_chunks_and_after_a_long_one_it_begins_anew() {
    let (mut fleet, mut live) = followed(30, 5);
    let asleep = |live: &mut Live, fleet: &mut LiveFleet, now_ms: i64| {
        fleet.scrape_to(now_ms, false);
        fleet.server.now_ms = now_ms;
        let update = poll(live, &mut fleet.server, now_ms).unwrap();
        assert_eq!(live.dataset().unwrap(), fetched(&mut fleet.server, ask(now_ms)));
        update
    };
    let short = asleep(&mut live, &mut fleet, START_MS + HOUR_MS + 25 * 60_000);
    assert!(!short.is_anew && short.changes.len() == 30);
    let long = asleep(&mut live, &mut fleet, START_MS + 3 * HOUR_MS);
    assert!(long.is_anew);
    // And it goes on as usual.
    let after = asleep(&mut live, &mut fleet, START_MS + 3 * HOUR_MS + STEP_MS);
    assert!(!after.is_anew && after.changes.len() == 30);
}

#[test]
fn a_series_that_vanishes_is_stale_and_may_return_and_new_ones_are_noticed() {
    let mut server = LiveServer::default();
    let (a, b) = (server.add("cpu_usage", "\"job\":\"a\""), server.add("cpu_usage", "\"job\":\"b\""));
    let put = |server: &mut LiveServer, series, time_ms| server.put(series, time_ms, time_ms as f64, time_ms);
    let end_ms = START_MS + HOUR_MS;
    for time_ms in (START_MS..=end_ms).step_by(STEP_MS as usize) {
        put(&mut server, a, time_ms);
        put(&mut server, b, time_ms);
    }
    server.now_ms = end_ms;
    let mut live = Live::new(fetch(&mut server, ask(end_ms)), end_ms);
    let ids: Vec<usize> = live.ids().collect();
    let newcomer = server.add("cpu_usage", "\"job\":\"c\"");
    for round in 1..=20 {
        let now_ms = end_ms + round * STEP_MS;
        server.now_ms = now_ms;
        put(&mut server, a, now_ms);
        if round >= 15 {
            put(&mut server, b, now_ms);
            put(&mut server, newcomer, now_ms);
        }
        let update = poll(&mut live, &mut server, now_ms).unwrap();
        let stale: Vec<String> = live.stale(now_ms).into_iter().map(|id| live.name(id).unwrap()).collect();
        let expected: &[&str] = if (5..15).contains(&round) { &["cpu_usage{job=\"b\"}"] } else { &[] };
        assert_eq!(stale, expected, "{round}");
        if round == 15 {
            assert_eq!(update.changes.len(), 3);
            assert_eq!(update.changes[1], (ids[1], now_ms));
        }
        assert_eq!(live.age_ms(now_ms), Some(0));
        assert_eq!(live.age_ms(now_ms + 9_000), Some(9_000));
    }
    assert_eq!(live.ids().count(), 3);
    // Long after, nothing of the second is left.
    let mut gone = Vec::new();
    for round in 21..=300 {
        let now_ms = end_ms + round * STEP_MS;
        server.now_ms = now_ms;
        put(&mut server, a, now_ms);
        gone.extend(poll(&mut live, &mut server, now_ms).unwrap().gone);
    }
    assert_eq!(gone.len(), 2);
    assert_eq!(gone[0], ids[1]);
    assert_eq!(live.ids().collect::<Vec<_>>(), [ids[0]]);
    assert_eq!(live.dataset().unwrap().series.len(), 1);
}

#[test]
fn a_query_on_a_step_follows_its_grid() {
    let (mut fleet, _) = followed(20, 9);
    for step_ms in [None, Some(20_000)] {
        let of = |end_ms: i64| {
            let queries = ["last_over_time({__name__=\"cpu_usage\"}[1m])", "last_over_time({__name__=\"load1\"}[1m])"];
            let endpoint = Endpoint::parse("http://server").unwrap();
            Ask { step_ms, ..Ask::queries(endpoint, queries, end_ms - HOUR_MS, end_ms) }
        };
        let first_ms = fleet.server.now_ms;
        let mut live = Live::new(fetch(&mut fleet.server, of(first_ms)), first_ms);
        // The grid of a given step lies as the first question had it.
        for round in 1..=12 {
            let now_ms = first_ms + round * 60_000;
            fleet.scrape_to(now_ms, true);
            fleet.server.now_ms = now_ms;
            poll(&mut live, &mut fleet.server, now_ms).unwrap();
        }
        let now_ms = fleet.server.now_ms;
        assert_eq!(live.dataset().unwrap(), fetched(&mut fleet.server, of(now_ms)), "{step_ms:?}");
    }
}

#[test]
fn a_server_that_asks_to_be_left_alone_is_left_alone() {
    let (_, mut live) = followed(10, 1);
    let mut now_ms = START_MS + HOUR_MS + STEP_MS;
    for status in [429, 503] {
        assert!(matches!(live.next(now_ms), Next::Ask(_)));
        let response = Response { status, content_type: None, retry_after: Some("120"), body: b"" };
        live.accept(now_ms, 0, Ok(response)).unwrap_err();
        assert_eq!(live.next(now_ms + 119_999), Next::Wait { until_ms: now_ms + 120_000 });
        now_ms += 120_000;
    }
    assert!(matches!(live.next(now_ms), Next::Ask(_)));
    assert_eq!(live.failures(), 2);
}

#[test]
fn one_query_that_the_server_does_not_like_does_not_keep_the_others_from_being_asked() {
    let (mut fleet, _) = followed(20, 9);
    let end_ms = fleet.server.now_ms;
    let queries = ["last_over_time({__name__=\"cpu_usage\"}[1m])", "last_over_time({__name__=\"load1\"}[1m])"];
    let endpoint = Endpoint::parse("http://server").unwrap();
    let ask = Ask { step_ms: Some(STEP_MS), ..Ask::queries(endpoint, queries, end_ms - HOUR_MS, end_ms) };
    let mut live = Live::new(fetch(&mut fleet.server, ask), end_ms);
    let now_ms = end_ms + STEP_MS;
    fleet.scrape_to(now_ms, false);
    fleet.server.now_ms = now_ms;
    let mut update = None;
    while let Next::Ask(request) = live.next(now_ms) {
        let (status, body) = if request.url.contains("cpu_usage") {
            (422, r#"{"status":"error","errorType":"execution","error":"many-to-many matching"}"#.to_owned())
        } else {
            fleet.server.answer(&request.url, request.body.as_deref())
        };
        let response = Response { status, content_type: None, retry_after: None, body: body.as_bytes() };
        update = live.accept(now_ms, 1, Ok(response)).unwrap().or(update);
    }
    assert_eq!(update.unwrap().changes.len(), 2, "of two targets the load");
    assert!(live.trouble().unwrap().to_string().contains("many-to-many"));
}

#[test]
fn metrics_that_come_later_are_found_within_ten_minutes_and_fetched_at_most_once_an_hour() {
    let mut server = LiveServer::default();
    let put = |server: &mut LiveServer, series, time_ms| server.put(series, time_ms, time_ms as f64, time_ms);
    let end_ms = START_MS + HOUR_MS;
    let usage = server.add("cpu_usage", "\"job\":\"a\"");
    (START_MS..=end_ms).step_by(STEP_MS as usize).for_each(|time_ms| put(&mut server, usage, time_ms));
    server.now_ms = end_ms;
    let mut live = Live::new(fetch(&mut server, ask(end_ms)), end_ms);
    let mut later: Vec<usize> = Vec::new();
    let (mut anew, mut looked) = (Vec::new(), 0);
    for round in 1..=360_i64 {
        let now_ms = end_ms + round * STEP_MS;
        match round {
            // Nothing that would be looked at.
            10 => _ = server.add("build_info", ""),
            60 => later.push(server.add("queue_length", "")),
            110 => later.push(server.add("load1", "")),
            _ => {}
        }
        server.now_ms = now_ms;
        for series in [usage].iter().chain(&later) {
            put(&mut server, *series, now_ms);
        }
        while let Next::Ask(request) = live.next(now_ms) {
            looked += usize::from(request.url.contains("/__name__/values"));
            let (status, body) = server.answer(&request.url, request.body.as_deref());
            let response = Response { status, content_type: None, retry_after: None, body: body.as_bytes() };
            let update = live.accept(now_ms, 1, Ok(response)).unwrap();
            anew.extend(update.filter(|update| update.is_anew).map(|_| (round, live.ids().count())));
        }
    }
    // The tenth minute is round 40. Names are known one round before everything is fetched, and then again.
    assert_eq!(anew, [(81, 2), (321, 3)]);
    assert!((9..=11).contains(&looked), "{looked}");
    let now_ms = end_ms + 360 * STEP_MS;
    assert_eq!(live.dataset().unwrap(), fetched(&mut server, ask(now_ms)), "with all of their history");
}

#[test]
fn new_metrics_for_which_there_is_no_room_change_nothing() {
    // A server that counts would be looked through.
    let mut server = LiveServer::default();
    server.cannot_count = true;
    let end_ms = START_MS + HOUR_MS;
    let usage = server.add("cpu_usage", "");
    for time_ms in (START_MS..=end_ms + HOUR_MS).step_by(STEP_MS as usize) {
        server.put(usage, time_ms, time_ms as f64, time_ms);
    }
    server.now_ms = end_ms;
    let question = Question::Discover { max_series: 1 };
    let mut live = Live::new(fetch(&mut server, Ask { question, ..ask(end_ms) }), end_ms);
    // What users feel comes before it, what is monitoring's own behind it.
    for (metric, is_fetched, from) in [("go_threads", false, 1), ("http_requests_total", true, 50)] {
        let series = server.add(metric, "");
        let mut anew = 0;
        for round in from..from + 49 {
            let now_ms = end_ms + round * STEP_MS;
            server.put(series, now_ms, now_ms as f64, now_ms);
            server.now_ms = now_ms;
            anew += usize::from(poll(&mut live, &mut server, now_ms).is_some_and(|update| update.is_anew));
        }
        assert_eq!(anew, usize::from(is_fetched), "{metric}");
    }
    assert_eq!(live.dataset().unwrap().series[0].metric.as_deref(), Some("http_requests_total"));
}

/// What may happen to a request.
#[derive(Clone, Debug)]
enum Fate {
    Answered,
    Status(u16, Option<&'static str>),
    Garbage(&'static str),
    Unreachable,
    TimedOut,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        3 => Just(Fate::Answered),
        4 => (prop::sample::select(vec![400, 401, 403, 404, 413, 422, 429, 500, 502, 503, 504]),
              prop::sample::select(vec![None, Some("0"), Some("7"), Some("99999999999"), Some("soon")]))
            .prop_map(|(status, after)| Fate::Status(status, after)),
        2 => prop::sample::select(vec![
                "", "<html><title>Sign in</title>", "{\"status\":\"success\"}", "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1e300,\"1\"]}}",
                "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[-1e300,\"1\"]}}", "{\"status\":\"error\",\"error\":\"too many samples\"}"])
            .prop_map(Fate::Garbage),
        1 => Just(Fate::Unreachable),
        1 => Just(Fate::TimedOut),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Whoever asks in a tight loop, and however answers fail, no more than the promised number goes out within any minute.
    #[test]
    fn requests_never_run_away(
        fates in prop::collection::vec(fate(), 1..12),
        seeds in prop::collection::vec(any::<u64>(), 1..8),
        jumps in prop::collection::vec(prop_oneof![8 => 1i64..400, 4 => 400i64..20_000, 1 => Just(7_200_000i64)], 1..30),
    ) {
        let (mut fleet, mut live) = followed(10, 2);
        let mut sent: Vec<i64> = Vec::new();
        let mut now_ms = START_MS + HOUR_MS;
        for turn in 0..1_500usize {
            now_ms += jumps[turn % jumps.len()];
            fleet.server.now_ms = now_ms;
            // As often as it says, at one moment.
            for again in 0..200usize {
                let Next::Ask(request) = live.next(now_ms) else { break };
                sent.push(now_ms);
                let seed = seeds[(turn + again) % seeds.len()];
                let body;
                let response = match &fates[(turn + again) % fates.len()] {
                    Fate::Answered => {
                        body = fleet.server.answer(&request.url, request.body.as_deref());
                        Ok(Response { status: body.0, content_type: None, retry_after: None, body: body.1.as_bytes() })
                    }
                    Fate::Status(status, after) =>
                        Ok(Response { status: *status, content_type: None, retry_after: *after, body: b"no" }),
                    Fate::Garbage(text) =>
                        Ok(Response { status: 200, content_type: None, retry_after: None, body: text.as_bytes() }),
                    Fate::Unreachable => Err(Failure::Unreachable("refused".into())),
                    Fate::TimedOut => Err(Failure::TimedOut { seconds: 60 }),
                };
                let _ = live.accept(now_ms, seed, response);
            }
        }
        for (place, time_ms) in sent.iter().enumerate() {
            let within = sent[place..].iter().take_while(|later| **later < time_ms + 60_000).count();
            prop_assert!(within <= MOST_PER_MINUTE, "{within} within a minute");
        }
        // It never gives up for good: left alone for two hours, it asks again.
        prop_assert!(matches!(live.next(now_ms + 7_200_000), Next::Ask(_)));
    }
}
