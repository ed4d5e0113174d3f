//! One analysis, from the data set to the complete Report, in slices short enough to be interrupted.

use super::desk::{Desk, Turn};
use crate::bridge::{Fault, Pause, READING_SHARE, Remedy, dataset, take_bytes, take_words};
use engine::{Analysis, Options, Stage, Status};
use js_sys::ArrayBuffer;
use series::{Dataset, Note};

/// How often it is said how far the analysis is.
const PROGRESS_MS: f64 = 200.0;
/// How often findings are sent while more are sought: not sooner than this after the last time …
const PARTIAL_MS: f64 = 400.0;
/// … nor before the analysis has gone on by this share of the time that it has taken. What is found in a long one changes
/// slowly, and the page shows all of it anew, on a processor that others could use.
const PARTIAL_SHARE: f64 = 0.2;

/// What is asked of an analysis.
pub(super) struct Asked {
    /// The label that tells services apart; empty where the engine shall find them.
    pub(super) service_label: String,
    /// The user's options.
    pub(super) options: Options,
    /// Notes on settings that are none.
    pub(super) refused: Vec<Note>,
}

/// Analyses a data set, until that is done, fails, or is not wanted any more.
///
/// Of servers that are followed, all but the first analysis are done in silence: what is on the screen stays until the next
/// Report is complete, and stays for good where nothing comes of it.
pub(super) async fn run(desk: &Desk, turn: Turn, asked: Asked, buffers: Vec<ArrayBuffer>) {
    let pause = Pause::default();
    let is_again = desk.has_complete(turn);
    if !is_again {
        desk.page.say_progress(turn.generation, Stage::Align.name(), READING_SHARE);
    }
    pause.take().await;
    if !desk.wants(turn) {
        return;
    }
    match begin(desk, turn, asked, buffers) {
        Ok(()) => analyse(desk, turn, is_again, &pause).await,
        Err(_) if is_again => desk.say_complete(turn),
        Err(fault) => desk.page.say_failed(turn.generation, fault),
    }
}

/// Lays the data on the desk, ready to be analysed.
fn begin(desk: &Desk, turn: Turn, asked: Asked, buffers: Vec<ArrayBuffer>) -> Result<(), Fault> {
    let mut dataset = unpacked(buffers).ok_or_else(|| Fault {
        title: "The data could not be handed over".to_owned(),
        message: "What reads and what analyses are of different versions. Reload the page.".to_owned(),
        remedy: Remedy::None,
    })?;
    let names: Vec<&str> = dataset.origins.iter().map(|origin| origin.name.as_str()).collect();
    let title = format!("{} gives nothing to analyse", names.join(", "));
    let fault = |error: engine::Error| Fault { title, message: sentence(&error), remedy: Remedy::None };
    let options = Options { services: dataset.services_by(&asked.service_label), ..asked.options };
    dataset.notes.extend(asked.refused);
    desk.put(turn, Analysis::new(dataset, options).map_err(fault)?);
    Ok(())
}

/// The data set in the buffers, of which each is given up once it has been read.
fn unpacked(buffers: Vec<ArrayBuffer>) -> Option<Dataset> {
    let mut buffers = buffers.into_iter();
    let head = take_bytes(&buffers.next()?);
    dataset::unpack(&head, &mut || Some(take_words(&buffers.next()?)))
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
async fn analyse(desk: &Desk, turn: Turn, is_again: bool, pause: &Pause) {
    let begun_ms = desk.page.now_ms();
    let (mut last_said_ms, mut last_sent_ms) = (begun_ms, begun_ms);
    let mut sent_count = 0;
    let mut stage = Stage::Align;
    loop {
        pause.take().await;
        let Some(status) = desk.work_on(turn, |analysis| slice(desk, analysis, &mut stage)) else { return };
        let Status::Working(progress) = status else { break };
        desk.share(turn);
        let now_ms = desk.page.now_ms();
        if is_again || now_ms - last_said_ms < PROGRESS_MS {
            continue;
        }
        last_said_ms = now_ms;
        let share = READING_SHARE + (1.0 - READING_SHARE) * progress.done;
        desk.page.say_progress(turn.generation, progress.stage.name(), share);
        // Later stages fill the replay, which is large and of no use before it is complete.
        let is_due = now_ms - last_sent_ms >= PARTIAL_MS.max(PARTIAL_SHARE * (now_ms - begun_ms));
        if is_due && progress.stage <= Stage::Relate {
            last_sent_ms = now_ms;
            desk.work_on(turn, |analysis| {
                let report = analysis.report();
                let count = report.findings.len() + report.relations.len();
                if count != sent_count {
                    sent_count = count;
                    desk.say_report(turn.generation, report);
                }
            });
        }
    }
    desk.finish(turn);
    desk.say_complete(turn);
}

/// Works until it is time to listen, or another stage begins: what others may do of it they get at once.
fn slice(desk: &Desk, analysis: &mut Analysis, stage: &mut Stage) -> Status {
    let mut status = Status::Done;
    desk.page.slice(|| {
        status = analysis.step();
        match status {
            Status::Working(progress) => std::mem::replace(stage, progress.stage) != progress.stage,
            Status::Done => true,
        }
    });
    status
}
