//! Several servers that are followed together, played fast.
#![allow(clippy::unwrap_used)]

use prometheus::{Ask, Endpoint, Error, Failure, Fetch, Live, Next, Response, Servers};
use series::{Dataset, NoteKind};
use testkit::LiveServer;

const START_MS: i64 = 1_700_000_000_000;
const HOUR_MS: i64 = 3_600_000;
const STEP_MS: i64 = 15_000;
const END_MS: i64 = START_MS + HOUR_MS;

/// Takes an answer.
type Accept<'a> = dyn FnMut(Result<Response<'_>, Failure>) -> Result<(), Error> + 'a;

/// A server in memory that can be out of order, and its address.
struct Held {
    address: &'static str,
    server: LiveServer,
    is_down: bool,
    asked: usize,
}

impl Held {
    /// One that has scraped for an hour, each metric of one job.
    fn new(address: &'static str, metrics: &[&str]) -> Self {
        let mut server = LiveServer::default();
        for metric in metrics {
            server.add(metric, "\"job\":\"shop\"");
        }
        let mut held = Self { address, server, is_down: false, asked: 0 };
        (START_MS..=END_MS).step_by(STEP_MS as usize).for_each(|time_ms| held.scrape(time_ms, metrics.len()));
        held
    }

    /// Scrapes the first so many series.
    fn scrape(&mut self, time_ms: i64, count: usize) {
        for series in 0..count {
            let value = (time_ms / 1_000 % 977) as f64 + 1_000.0 * series as f64 + self.address.len() as f64;
            self.server.put(series, time_ms, value, time_ms);
        }
        self.server.now_ms = time_ms;
    }

    fn ask(&self, end_ms: i64) -> Ask {
        Ask::discover(Endpoint::parse(self.address).unwrap(), end_ms - HOUR_MS, end_ms)
    }

    fn respond(&mut self, url: &str, form: Option<&str>, accept: &mut Accept<'_>) -> Result<(), Error> {
        assert!(url.starts_with(&format!("{}/", self.address)), "{url} is not for {}", self.address);
        self.asked += 1;
        if self.is_down {
            return accept(Err(Failure::Unreachable("refused".to_owned())));
        }
        let (status, body) = self.server.answer(url, form);
        accept(Ok(Response { status, content_type: None, retry_after: None, body: body.as_bytes() }))
    }

    /// All that is asked for, or why it cannot be had.
    fn fetch(&mut self, end_ms: i64) -> Result<Fetch, Error> {
        let mut fetch = Fetch::new(self.ask(end_ms)).unwrap();
        while let Some(request) = fetch.next_request() {
            self.respond(&request.url, request.body.as_deref(), &mut |answer| fetch.accept(answer))?;
        }
        Ok(fetch)
    }
}

/// What the page does at first: asks every server, and follows also those that cannot be read.
fn followed(all: &mut [Held]) -> Servers {
    let mut servers = Servers::default();
    for held in all {
        let live = match held.fetch(END_MS) {
            Ok(fetch) => Ok(Live::new(fetch, END_MS)),
            Err(error) => Live::unread(held.ask(END_MS), &error, END_MS, 1),
        };
        servers.push(held.address, live);
    }
    servers
}

/// Carries out what is to be asked at a moment.
fn poll(servers: &mut Servers, all: &mut [Held], now_ms: i64) -> Vec<(usize, bool)> {
    let mut updated = Vec::new();
    while let (number, Next::Ask(request)) = servers.next(now_ms) {
        assert!(servers.is_own(number, &request));
        let _ = all[number].respond(&request.url, request.body.as_deref(), &mut |answer| {
            let update = servers.accept(number, now_ms, 1, answer)?;
            updated.extend(update.map(|update| (number, update.is_anew)));
            Ok(())
        });
    }
    updated
}

/// What the command line makes of the same servers: every one is asked for the whole window, and all are merged.
fn at_once(all: &mut [Held], end_ms: i64) -> Dataset {
    let parts: Vec<Dataset> = all.iter_mut().map(|held| held.fetch(end_ms).unwrap().finish().unwrap()).collect();
    Dataset::merge(parts)
}

fn names(dataset: &Dataset) -> Vec<&str> {
    dataset.series.iter().map(|series| series.name.as_str()).collect()
}

const CPU: &str = "cpu_usage{job=\"shop\"}";
const LOAD: &str = "load1{job=\"shop\"}";

#[test]
fn servers_are_followed_side_by_side_and_make_the_data_set_that_one_question_makes() {
    let mut all = [
        Held::new("http://a", &["cpu_usage"]),
        Held::new("http://bb", &["cpu_usage", "load1"]),
        Held::new("http://ccc", &["cpu_usage"]),
    ];
    let mut servers = followed(&mut all);
    assert_eq!(servers.dataset().unwrap(), at_once(&mut all, END_MS));
    for round in 1..=20 {
        let now_ms = END_MS + round * STEP_MS;
        all.iter_mut().for_each(|held| held.scrape(now_ms, 2));
        assert_eq!(poll(&mut servers, &mut all, now_ms), [(0, false), (1, false), (2, false)]);
        assert_eq!(servers.age_ms(now_ms), Some((0, false)));
    }
    let now_ms = END_MS + 20 * STEP_MS;
    let dataset = servers.dataset().unwrap();
    assert_eq!(dataset, at_once(&mut all, now_ms));
    let expected = [CPU, "bb: cpu_usage{job=\"shop\"}", LOAD, "ccc: cpu_usage{job=\"shop\"}"];
    assert_eq!(names(&dataset), expected);
    // What sentences call a series is what the data set calls it.
    let said: Vec<String> = (0..servers.len())
        .flat_map(|number| servers.live(number).unwrap().ids().map(move |id| (number, id)).collect::<Vec<_>>())
        .map(|(number, id)| servers.name(number, id).unwrap())
        .collect();
    assert_eq!(said, expected);
}

#[test]
fn one_that_cannot_be_read_is_a_note_and_is_asked_again_until_it_can() {
    let mut all = [Held::new("http://a", &["cpu_usage"]), Held::new("http://b", &["cpu_usage", "load1"])];
    all[0].is_down = true;
    let mut servers = followed(&mut all);
    let partial = servers.dataset().unwrap();
    assert_eq!(names(&partial), [CPU, LOAD]);
    let [note] = partial.notes.iter().filter(|note| note.kind == NoteKind::Dropped).collect::<Vec<_>>()[..] else {
        panic!("{:?}", partial.notes)
    };
    assert!(note.count == 1 && note.message.contains("http://a ") && note.message.contains("refused"), "{note:?}");
    let troubles = |servers: &Servers| {
        let troubles: Vec<_> =
            servers.lives().filter_map(|(_, name, live)| Some(format!("{name}{}", live.trouble()?))).collect();
        troubles
    };
    assert!(troubles(&servers)[0].starts_with("a: http://a could not be reached"));
    // For ten minutes it is not there: it is asked seldom, and the other one as ever.
    let before = (all[0].asked, all[1].asked);
    for round in 1..=40 {
        let now_ms = END_MS + round * STEP_MS;
        all.iter_mut().for_each(|held| held.scrape(now_ms, 2));
        assert_eq!(poll(&mut servers, &mut all, now_ms), [(1, false)], "{round}");
    }
    let asked = (all[0].asked - before.0, all[1].asked - before.1);
    assert!((4..=10).contains(&asked.0) && asked.1 >= 40, "{asked:?}");
    // Then it comes back, and everything is as if it always had been there.
    all[0].is_down = false;
    let mut came_back = Vec::new();
    for round in 41..=70 {
        let now_ms = END_MS + round * STEP_MS;
        all.iter_mut().for_each(|held| held.scrape(now_ms, 2));
        came_back.extend(poll(&mut servers, &mut all, now_ms).into_iter().filter(|(number, _)| *number == 0));
    }
    assert_eq!(came_back[0], (0, true), "everything of it is new");
    assert!(came_back[1..].iter().all(|update| !update.1));
    assert!(troubles(&servers).is_empty());
    let whole = servers.dataset().unwrap();
    assert_eq!(whole, at_once(&mut all, END_MS + 70 * STEP_MS));
    assert_eq!(names(&whole), [CPU, "b: cpu_usage{job=\"shop\"}", LOAD]);
}

#[test]
fn what_was_called_after_its_server_stays_so_when_the_other_one_loses_its_series() {
    let mut all = [Held::new("http://a", &["cpu_usage"]), Held::new("http://b", &["cpu_usage", "load1"])];
    let mut servers = followed(&mut all);
    let expected = ["b: cpu_usage{job=\"shop\"}", LOAD];
    assert_eq!(names(&servers.dataset().unwrap())[1..], expected);
    // The first one scrapes nothing any more, for longer than the window.
    for round in 1..=300 {
        let now_ms = END_MS + round * STEP_MS;
        all[0].server.now_ms = now_ms;
        all[1].scrape(now_ms, 2);
        poll(&mut servers, &mut all, now_ms);
        if round % 60 == 0 {
            let age_ms = if round * STEP_MS <= HOUR_MS { round * STEP_MS } else { 0 };
            assert_eq!(servers.age_ms(now_ms), Some((age_ms, age_ms > 60_000)), "that of the oldest");
            let dataset = servers.dataset().unwrap();
            let from = usize::from(age_ms > 0);
            assert_eq!(names(&dataset)[from..], expected, "{round}");
            assert_eq!(dataset.notes.iter().filter(|note| note.message.contains("http://a ")).count(), 1 - from);
        }
    }
}

#[test]
fn where_none_can_be_read_there_is_the_first_ones_reason() {
    let mut all = [Held::new("http://a", &["cpu_usage"]), Held::new("http://b", &["cpu_usage"])];
    all.iter_mut().for_each(|held| held.is_down = true);
    let error = followed(&mut all).dataset().unwrap_err();
    assert!(matches!(&error, Error::Unreachable { address, .. } if address == "http://a"), "{error}");
    // What is no address is told of in the same way, and never asked.
    let mut servers = Servers::default();
    servers.push("ftp://c", Endpoint::parse("ftp://c").map(|_| unreachable!()));
    assert!(matches!(servers.dataset(), Err(Error::Address { .. })));
    assert!(matches!(servers.next(END_MS), (_, Next::Wait { until_ms: i64::MAX })));
}
