//! Alerts of a server that is followed.
#![allow(clippy::unwrap_used)]

use prometheus::{Ask, Endpoint, Fetch, Live, Next, Request, Response};
use series::{Dataset, Event};
use testkit::LiveServer;

const START_MS: i64 = 1_700_000_000_000;
const HOUR_MS: i64 = 3_600_000;
const STEP_MS: i64 = 15_000;
const END_MS: i64 = START_MS + HOUR_MS;

/// An alert that fires from one moment to another; its condition holds since a minute before.
struct Alert {
    name: &'static str,
    from_ms: i64,
    to_ms: i64,
}

/// A server with one series and some alerts, and an Alertmanager beside it.
struct World {
    server: LiveServer,
    alerts: Vec<Alert>,
    /// What its Alertmanager lists.
    managed: String,
    /// The part of a request that is refused with this status.
    refused: Option<(&'static str, u16)>,
    /// Questions about alerts: the name, and the range in milliseconds.
    asked: Vec<(String, i64, i64)>,
}

impl World {
    fn new(alerts: Vec<Alert>) -> Self {
        let mut server = LiveServer::default();
        server.add("cpu_usage", "\"job\":\"shop\"");
        server.add("ALERTS", "");
        let managed = "[]".to_owned();
        let mut world = Self { server, alerts, managed, refused: None, asked: Vec::new() };
        (START_MS..=END_MS).step_by(STEP_MS as usize).for_each(|time_ms| world.scrape(time_ms));
        world
    }

    fn scrape(&mut self, time_ms: i64) {
        self.server.put(0, time_ms, (time_ms / 1_000 % 977) as f64, time_ms);
        self.server.now_ms = time_ms;
    }

    fn answer(&mut self, request: &Request) -> (u16, String) {
        let text = request.body.as_deref().unwrap_or(&request.url);
        if let Some((_, status)) = self.refused.filter(|(part, _)| text.contains(part)) {
            return (status, "no".to_owned());
        }
        let name = ["ALERTS_FOR_STATE", "ALERTS"].into_iter().find(|name| text.contains(&format!("query={name}")));
        match name {
            Some(name) => (200, self.matrix(name, text)),
            None if request.url.ends_with("/alerts") => (200, self.managed.clone()),
            None if request.url.ends_with("/silences") => (200, "[]".to_owned()),
            None => self.server.answer(&request.url, request.body.as_deref()),
        }
    }

    fn matrix(&mut self, name: &str, form: &str) -> String {
        let ms = |key: &str| {
            let value = form.split(['&', '?']).find_map(|pair| pair.strip_prefix(key)?.strip_prefix('=')).unwrap();
            (value.parse::<f64>().unwrap() * 1_000.0).round() as i64
        };
        let (start_ms, end_ms) = (ms("start"), ms("end"));
        self.asked.push((name.to_owned(), start_ms, end_ms));
        let now_ms = self.server.now_ms;
        let series = self.alerts.iter().filter_map(|alert| {
            let times = (start_ms..=end_ms.min(now_ms)).step_by(ms("step") as usize);
            let values: Vec<String> = times
                .filter(|time_ms| (alert.from_ms..alert.to_ms).contains(time_ms))
                .map(|time_ms| {
                    let value = if name == "ALERTS" { 1 } else { (alert.from_ms - 60_000) / 1_000 };
                    format!("[{}.{:03},\"{value}\"]", time_ms / 1_000, time_ms % 1_000)
                })
                .collect();
            let state = if name == "ALERTS" { ",\"alertstate\":\"firing\"" } else { "" };
            let metric = format!("{{\"__name__\":\"{name}\",\"alertname\":\"{}\"{state}}}", alert.name);
            (!values.is_empty()).then(|| format!("{{\"metric\":{metric},\"values\":[{}]}}", values.join(",")))
        });
        let series: Vec<String> = series.collect();
        format!("{{\"status\":\"success\",\"data\":{{\"resultType\":\"matrix\",\"result\":[{}]}}}}", series.join(","))
    }

    fn fetch(&mut self, end_ms: i64) -> Fetch {
        let server = Endpoint::parse("http://server").unwrap();
        let alertmanager = Some(Endpoint::parse("http://alerts").unwrap());
        let ask = Ask { alertmanager, ..Ask::discover(server, end_ms - HOUR_MS, end_ms) };
        let mut fetch = Fetch::new(ask).unwrap();
        while let Some(request) = fetch.next_request() {
            let (status, body) = self.answer(&request);
            let response = Response { status, content_type: None, retry_after: None, body: body.as_bytes() };
            fetch.accept(Ok(response)).unwrap();
        }
        fetch
    }

    /// What one question about the whole window says.
    fn at_once(&mut self, end_ms: i64) -> Dataset {
        let asked = self.asked.len();
        let dataset = self.fetch(end_ms).finish().unwrap();
        self.asked.truncate(asked);
        dataset
    }

    fn poll(&mut self, live: &mut Live, now_ms: i64) {
        self.scrape(now_ms);
        while let Next::Ask(request) = live.next(now_ms) {
            let (status, body) = self.answer(&request);
            let response = Response { status, content_type: None, retry_after: None, body: body.as_bytes() };
            live.accept(now_ms, 1, Ok(response)).unwrap();
        }
    }
}

fn spans(events: &[Event]) -> Vec<(&str, i64, Option<i64>)> {
    let from_end = |time_ms: i64| (time_ms - END_MS) / 1_000;
    events.iter().map(|event| (event.title.as_str(), from_end(event.start_ms), event.end_ms.map(from_end))).collect()
}

fn alert(name: &'static str, from_s: i64, to_s: i64) -> Alert {
    Alert { name, from_ms: END_MS + from_s * 1_000, to_ms: END_MS + to_s * 1_000 }
}

#[test]
fn an_alert_that_begins_later_appears_with_its_beginning_and_ends_as_one_question_about_all_says() {
    let alerts = vec![
        alert("Early", -3_000, -2_400),
        alert("Slow", 300, 900),
        // Twice, with hardly anything between.
        alert("Full", -600, 615),
        alert("Full2", 630, 720),
    ];
    let mut world = World::new(alerts);
    let mut live = Live::new(world.fetch(END_MS), END_MS);
    world.asked.clear();
    let mut seen = Vec::new();
    for round in 1..=300 {
        let now_ms = END_MS + round * STEP_MS;
        world.poll(&mut live, now_ms);
        // Alerts are asked for once in a minute.
        if round % 4 == 0 {
            let (ours, whole) = (live.dataset().unwrap(), world.at_once(now_ms));
            assert_eq!(ours.events, whole.events, "{round}");
            seen.push(
                spans(&ours.events).into_iter().find(|(title, ..)| *title == "Slow").map(|(_, from, to)| (from, to)),
            );
        }
    }
    // It is there from the minute on in which it begins, ends, and leaves with the window.
    assert_eq!(seen[3], None);
    assert_eq!(seen[4], Some((300, None)));
    assert_eq!(seen[13], Some((300, None)));
    assert_eq!(seen[14], Some((300, Some(885))));
    assert_eq!(seen[70], Some((240, Some(885))), "its beginning has left: the time since when its condition holds");
    assert_eq!(seen[74], None);
    // Two questions a minute, about what is new and five minutes before.
    assert!((148..=150).contains(&world.asked.len()), "{}", world.asked.len());
    assert!(world.asked.iter().all(|(_, start_ms, end_ms)| end_ms - start_ms <= 375_000), "{:?}", world.asked);
}

#[test]
fn what_alertmanager_lists_is_asked_for_again() {
    let mut world = World::new(Vec::new());
    let mut live = Live::new(world.fetch(END_MS), END_MS);
    assert!(live.dataset().unwrap().events.is_empty());
    world.managed = "[{\"labels\":{\"alertname\":\"Down\"},\"startsAt\":\"2023-11-14T23:13:40Z\"}]".to_owned();
    for round in 1..=4 {
        world.poll(&mut live, END_MS + round * STEP_MS);
        assert_eq!(live.dataset().unwrap().events.len(), usize::from(round == 4), "{round}");
    }
    assert_eq!(spans(&live.dataset().unwrap().events), [("Down", 20, None)]);
    world.managed = "[]".to_owned();
    (5..=8).for_each(|round| world.poll(&mut live, END_MS + round * STEP_MS));
    assert!(live.dataset().unwrap().events.is_empty());
}

#[test]
fn samples_come_also_where_alerts_cannot_be_had_and_alerts_come_back_whole() {
    let mut world = World::new(vec![alert("Slow", -60, 600)]);
    let mut live = Live::new(world.fetch(END_MS), END_MS);
    for (part, from) in [("query=ALERTS_FOR_STATE", 1), ("query=ALERTS%7B", 9), ("/v2/alerts", 17)] {
        world.refused = Some((part, 503));
        for round in from..from + 4 {
            world.poll(&mut live, END_MS + round * STEP_MS);
            assert!(live.trouble().is_none());
            assert_eq!(live.age_ms(END_MS + round * STEP_MS), Some(0));
        }
        let notes = |live: &Live| {
            let notes = live.dataset().unwrap().notes;
            notes.iter().filter(|note| note.message.contains("could not be had")).count()
        };
        assert_eq!(notes(&live), 1, "{part}");
        assert_eq!(spans(&live.dataset().unwrap().events), [("Slow", -60, None)], "{part}");
        world.refused = None;
        (from + 4..from + 8).for_each(|round| world.poll(&mut live, END_MS + round * STEP_MS));
        assert_eq!(notes(&live), 0, "{part}");
        let now_ms = END_MS + (from + 7) * STEP_MS;
        assert_eq!(live.dataset().unwrap().events, world.at_once(now_ms).events, "{part}");
    }
}

#[test]
fn the_first_alert_of_a_server_is_found_within_ten_minutes() {
    let mut world = World::new(vec![alert("Slow", 60, 1_200)]);
    let names = std::mem::take(&mut world.server);
    world.server.add("cpu_usage", "\"job\":\"shop\"");
    (START_MS..=END_MS).step_by(STEP_MS as usize).for_each(|time_ms| world.scrape(time_ms));
    let mut live = Live::new(world.fetch(END_MS), END_MS);
    (1..=4).for_each(|round| world.poll(&mut live, END_MS + round * STEP_MS));
    assert!(world.asked.is_empty(), "where there are none, they are not asked for");
    world.server = names;
    (START_MS..=END_MS).step_by(STEP_MS as usize).for_each(|time_ms| world.scrape(time_ms));
    (5..=44).for_each(|round| world.poll(&mut live, END_MS + round * STEP_MS));
    assert_eq!(spans(&live.dataset().unwrap().events), [("Slow", 60, None)], "from its beginning on");
}
