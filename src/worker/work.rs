//! One load, from bytes or a server to the complete Report, in slices short enough to be interrupted.

use super::desk::Desk;
use super::failure::Failure;
use super::pause::Pause;
use super::server;
use crate::bridge::{Input, Reading};
use engine::{Analysis, Options, Stage, Status};
use js_sys::{ArrayBuffer, Uint8Array};
use series::Dataset;

/// How long the worker works before it looks for messages.
const SLICE_MS: f64 = 20.0;
/// How often findings are sent while more are sought.
const PARTIAL_MS: f64 = 200.0;
/// The share of the work that reading is taken for.
pub(super) const READING_SHARE: f64 = 0.1;

/// Runs a load until it is done, fails, or is not wanted any more.
pub(super) async fn run(desk: &Desk, generation: u32, input: Input, buffers: Vec<ArrayBuffer>) {
    let pause = Pause::new();
    let dataset = match input {
        Input::Files { names, reading } => read_files(desk, generation, &pause, &names, &reading, buffers).await,
        Input::Prometheus { address, credentials, end_ms } => {
            server::read(desk, generation, &pause, &address, credentials.as_ref(), end_ms).await
        }
    };
    let begun = match dataset {
        Ok(Some(dataset)) => begin(desk, generation, dataset),
        Ok(None) => return,
        Err(failure) => Err(failure),
    };
    match begun {
        Ok(()) => analyse(desk, generation, &pause).await,
        Err(failure) => desk.say_failed(generation, failure),
    }
}

/// Reads all files; none where the load is not wanted any more.
async fn read_files(
    desk: &Desk,
    generation: u32,
    pause: &Pause,
    names: &[String],
    reading: &Reading,
    buffers: Vec<ArrayBuffer>,
) -> Result<Option<Dataset>, Failure> {
    let options = ingest::Options {
        time_column: reading.time_column.clone(),
        step_ms: reading.step_s.map(|step_s| (step_s * 1_000.0).round() as i64),
        ..ingest::Options::default()
    };
    let mut parts = Vec::with_capacity(names.len());
    for (index, (name, buffer)) in names.iter().zip(buffers).enumerate() {
        desk.say_progress(generation, &format!("Reading {name}"), READING_SHARE * index as f64 / names.len() as f64);
        pause.take().await;
        if !desk.wants(generation) {
            return Ok(None);
        }
        let bytes = Uint8Array::new(&buffer).to_vec();
        drop(buffer);
        let source = ingest::Source { name, bytes: &bytes };
        let part = ingest::read(&source, &options).map_err(|error| Failure::reading(name, &error))?;
        parts.push(part);
    }
    Ok(Some(Dataset::merge(parts)))
}

/// Lays the data on the desk, ready to be analysed.
fn begin(desk: &Desk, generation: u32, dataset: Dataset) -> Result<(), Failure> {
    let names: Vec<&str> = dataset.origins.iter().map(|origin| origin.name.as_str()).collect();
    let names = names.join(", ");
    desk.say_progress(generation, Stage::Align.name(), READING_SHARE);
    let analysis = Analysis::new(dataset, Options::default()).map_err(|error| Failure::analysing(&names, &error))?;
    desk.put(generation, analysis);
    Ok(())
}

/// Turns the analysis until it is done or not wanted any more.
async fn analyse(desk: &Desk, generation: u32, pause: &Pause) {
    let mut last_sent_ms = desk.now_ms();
    let mut sent_count = 0;
    loop {
        pause.take().await;
        let Some(status) = desk.work_on(generation, |analysis| slice(desk, analysis)) else { return };
        let Status::Working(progress) = status else { break };
        let now_ms = desk.now_ms();
        if now_ms - last_sent_ms < PARTIAL_MS {
            continue;
        }
        last_sent_ms = now_ms;
        let share = READING_SHARE + (1.0 - READING_SHARE) * progress.done;
        desk.say_progress(generation, progress.stage.name(), share);
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
fn slice(desk: &Desk, analysis: &mut Analysis) -> Status {
    let end_ms = desk.now_ms() + SLICE_MS;
    loop {
        let status = analysis.step();
        if status == Status::Done || desk.now_ms() >= end_ms {
            return status;
        }
    }
}
