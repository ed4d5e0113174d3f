//! What an update of live data costs, natively: `cargo run --release -p monteverdi-engine --example live`.
//!
//! 500 series at 15 s, scraped as roughly as networks are, with histories of different lengths. An update is what a poll
//! makes at once: its answers are read, late samples put in their places, and the newest samples scored. The analysis of
//! everything is made afterwards, of a snapshot, both in short steps; the longest of all of them is told.
#![allow(clippy::print_stdout)]

use engine::{Analysis, Options, Status, Watch};
use prometheus::{Ask, Endpoint, Error, Fetch, Live, Next, Question, Response};
use std::time::{Duration, Instant};
use testkit::LiveFleet;

const SERIES: usize = 500;
const STEP_MS: i64 = 15_000;
const POLLS: i64 = 240;
const START_MS: i64 = 1_700_000_000_000;

fn main() -> Result<(), Error> {
    println!(
        "| history | update, median | 95 % | max | samples held after {POLLS} polls | snapshot | analysis, in all | longest step |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|");
    for points in [240, 960, 2_880] {
        row(points)?;
    }
    Ok(())
}

fn row(points: i64) -> Result<(), Error> {
    let window_ms = points * STEP_MS;
    let begin_ms = START_MS + window_ms;
    let mut fleet = LiveFleet::new(SERIES, STEP_MS, START_MS, 7);
    fleet.scrape_to(begin_ms, false);
    fleet.server.now_ms = begin_ms;
    let question = Question::Discover { max_series: SERIES };
    let ask = Ask { question, ..Ask::discover(Endpoint::parse("http://server")?, START_MS, begin_ms) };
    let mut fetch = Fetch::new(ask)?;
    while let Some(request) = fetch.next_request() {
        let (status, body) = fleet.server.answer(&request.url, request.body.as_deref());
        fetch.accept(Ok(Response { status, content_type: None, retry_after: None, body: body.as_bytes() }))?;
    }
    let mut live = Live::new(fetch, begin_ms);
    let mut watch = Watch::new(&Options::default(), SERIES);
    let ids: Vec<usize> = live.ids().collect();
    ids.iter().for_each(|id| score(&live, &mut watch, *id, i64::MIN));
    let mut costs: Vec<Duration> = Vec::new();
    for poll in 1..=POLLS {
        let now_ms = begin_ms + poll * STEP_MS;
        fleet.scrape_to(now_ms, true);
        fleet.server.now_ms = now_ms;
        let mut cost = Duration::ZERO;
        while let Next::Ask(request) = live.next(now_ms) {
            let (status, body) = fleet.server.answer(&request.url, request.body.as_deref());
            let begun = Instant::now();
            let response = Response { status, content_type: None, retry_after: None, body: body.as_bytes() };
            if let Some(update) = live.accept(now_ms, 1, Ok(response))? {
                update.changes.iter().for_each(|(id, from_ms)| score(&live, &mut watch, *id, *from_ms));
            }
            cost += begun.elapsed();
        }
        costs.push(cost);
    }
    costs.sort();
    let mut longest = Duration::ZERO;
    let begun = Instant::now();
    let mut timed = |step: &mut dyn FnMut() -> bool| {
        let begun = Instant::now();
        let is_last = step();
        longest = longest.max(begun.elapsed());
        is_last
    };
    let mut snapshot = live.snapshot();
    while !timed(&mut || snapshot.step(&live)) {}
    let (mut taken, mut analysis) = (Some(snapshot), None);
    timed(&mut || {
        let dataset = taken.take().map(|snapshot| snapshot.finish(&live));
        analysis = dataset.and_then(Result::ok).and_then(|data| Analysis::new(data, Options::default()).ok());
        true
    });
    let snapshot = begun.elapsed();
    let Some(mut analysis) = analysis else { return Ok(()) };
    let begun = Instant::now();
    while !timed(&mut || analysis.step() == Status::Done) {}
    let analysed = begun.elapsed();
    let quantile = |share: f64| ms(costs.get((share * (costs.len() - 1) as f64) as usize).copied().unwrap_or_default());
    println!(
        "| {points} points | {} | {} | {} | {} | {} | {} | {} |",
        quantile(0.5),
        quantile(0.95),
        quantile(1.0),
        live.held(),
        ms(snapshot),
        ms(analysed),
        ms(longest)
    );
    Ok(())
}

fn score(live: &Live, watch: &mut Watch, id: usize, from_ms: i64) {
    let Some((times_ms, values)) = live.samples(id) else { return };
    let kind = watch.kind(id).or_else(|| live.kind(id)).unwrap_or_default();
    watch.update(id, kind, from_ms, times_ms, values);
}

fn ms(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}
