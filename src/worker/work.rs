//! One load, from the data set or the server to the complete Report, in slices short enough to be interrupted.

use super::desk::Desk;
use super::{follow, server};
use crate::bridge::{Fault, Input, Pause, READING_SHARE, Remedy, Server, dataset, from_words};
use engine::{Analysis, Options, Stage, Status};
use js_sys::{ArrayBuffer, Uint8Array};
use prometheus::{Ask, Live, Scope, Servers};
use series::Dataset;

/// How long the worker works before it looks for messages.
const SLICE_MS: f64 = 20.0;
/// How often findings are sent while more are sought.
const PARTIAL_MS: f64 = 200.0;

/// Analyses a data set that the reader has made, until it is done, fails, or is not wanted any more.
pub(super) async fn run(desk: &Desk, generation: u32, buffers: Vec<ArrayBuffer>) {
    let pause = Pause::default();
    desk.page.say_progress(generation, Stage::Align.name(), READING_SHARE);
    pause.take().await;
    if !desk.wants(generation) {
        return;
    }
    let dataset = unpacked(buffers).ok_or_else(|| Fault {
        title: "The data could not be handed over".to_owned(),
        message: "Reader and analysis are of different versions. Reload the page.".to_owned(),
        remedy: Remedy::None,
    });
    go_on(desk, generation, &pause, dataset, Options::default()).await;
}

/// Asks the servers one after the other, analyses what they have, and follows them.
pub(super) async fn run_live(desk: &Desk, generation: u32, input: Input) {
    // Files are for the reader.
    let Input::Prometheus { servers: asked, end_ms, settings } = input else { return };
    let address = asked.first().map_or("", |server| server.address.as_str());
    let scope = match Scope::of(&settings) {
        Ok(scope) => scope,
        Err(error) => return desk.page.say_failed(generation, server::asking(address, 0, &error)),
    };
    let pause = Pause::default();
    let mut servers = Servers::default();
    let share = |number: usize| READING_SHARE * number as f64 / asked.len() as f64;
    for (number, Server { address, access }) in asked.iter().enumerate() {
        let live = match Ask::of_scope_at(address, &scope, end_ms, number) {
            Ok(ask) => {
                let shares = (share(number), share(number + 1));
                match server::read(desk, generation, &pause, ask.clone(), access, shares).await {
                    Ok(Some(fetch)) => Ok(Live::new(fetch, follow::now_ms())),
                    Ok(None) => return,
                    Err(error) => Live::unread(ask, &error, follow::now_ms(), follow::seed()),
                }
            }
            Err(error) => Err(error),
        };
        servers.push(address.as_str(), live);
    }
    let dataset = servers.dataset().map_err(|error| server::asking(address, 0, &error));
    let services = dataset.as_ref().map(|dataset| scope.services(dataset));
    let options = Options { services: services.unwrap_or_default(), ..Options::default() };
    let is_there = dataset.is_ok();
    go_on(desk, generation, &pause, dataset, options).await;
    if is_there {
        let access = asked.into_iter().map(|server| server.access).collect();
        follow::follow(desk, generation, &pause, servers, access, &scope).await;
    }
}

async fn go_on(desk: &Desk, generation: u32, pause: &Pause, dataset: Result<Dataset, Fault>, options: Options) {
    match dataset.and_then(|dataset| begin(desk, generation, dataset, options)) {
        Ok(()) => analyse(desk, generation, pause).await,
        Err(fault) => desk.page.say_failed(generation, fault),
    }
}

/// Lays the data on the desk, ready to be analysed.
fn begin(desk: &Desk, generation: u32, dataset: Dataset, options: Options) -> Result<(), Fault> {
    let names: Vec<&str> = dataset.origins.iter().map(|origin| origin.name.as_str()).collect();
    let title = format!("{} gives nothing to analyse", names.join(", "));
    let fault = |error: engine::Error| Fault { title, message: sentence(&error), remedy: Remedy::None };
    desk.put(generation, Analysis::new(dataset, options).map_err(fault)?);
    Ok(())
}

/// The data set in the buffers, of which each is given up once it has been read.
fn unpacked(buffers: Vec<ArrayBuffer>) -> Option<Dataset> {
    let mut buffers = buffers.into_iter();
    let head = Uint8Array::new(buffers.next()?.as_ref()).to_vec();
    dataset::unpack(&head, &mut || buffers.next().map(|buffer| from_words(&buffer)))
}

/// An error as a sentence: with a capital and a full stop.
fn sentence(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first: String = letters.next().map(|letter| letter.to_ascii_uppercase().to_string()).unwrap_or_default();
    let rest = letters.as_str();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{rest}{stop}")
}

/// Turns the analysis until it is done or not wanted any more.
async fn analyse(desk: &Desk, generation: u32, pause: &Pause) {
    let mut last_sent_ms = desk.page.now_ms();
    let mut sent_count = 0;
    loop {
        pause.take().await;
        let Some(status) = desk.work_on(generation, |analysis| slice(desk, analysis)) else { return };
        let Status::Working(progress) = status else { break };
        let now_ms = desk.page.now_ms();
        if now_ms - last_sent_ms < PARTIAL_MS {
            continue;
        }
        last_sent_ms = now_ms;
        let share = READING_SHARE + (1.0 - READING_SHARE) * progress.done;
        desk.page.say_progress(generation, progress.stage.name(), share);
        // Later stages fill the replay, which is large and of no use before it is complete.
        if progress.stage <= Stage::Relate {
            desk.work_on(generation, |analysis| {
                let report = analysis.report();
                let count = report.findings.len() + report.relations.len();
                if count != sent_count {
                    sent_count = count;
                    desk.say_report(generation, report);
                }
            });
        }
    }
    desk.work_on(generation, |analysis| desk.say_report(generation, analysis.report()));
    desk.finish(generation);
}

/// Works until the slice is over.
pub(super) fn slice(desk: &Desk, analysis: &mut Analysis) -> Status {
    let mut status = Status::Done;
    slice_of(desk, || {
        status = analysis.step();
        status == Status::Done
    });
    status
}

/// Takes steps until one says that it was the last, or the slice is over; whether it was the last.
pub(super) fn slice_of(desk: &Desk, mut step: impl FnMut() -> bool) -> bool {
    let end_ms = desk.page.now_ms() + SLICE_MS;
    loop {
        let is_last = step();
        if is_last || desk.page.now_ms() >= end_ms {
            return is_last;
        }
    }
}
