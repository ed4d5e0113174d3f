//! Reads a file and prints it in another format, or a short account of it: the importer alone, without the program.
//!
//! `convert FILE --to csv|openmetrics|prometheus-json [--step MS] [--format NAME]`, `analyze --json FILE`
#![allow(clippy::print_stdout)]

use ingest::{Format, Options, Source, read, write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut options = Options::default();
    let (mut file, mut to) = (None, "csv".to_owned());
    let mut rest = arguments.iter();
    let command = rest.next().cloned().unwrap_or_default();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--to" => to = rest.next().cloned().unwrap_or_default(),
            "--step" => {
                options.step_ms =
                    rest.next().and_then(|step| step.trim_end_matches('s').parse::<i64>().ok()).map(|s| s * 1000)
            }
            "--format" => options.format = rest.next().and_then(|name| Format::from_name(name)),
            "--json" => {}
            other => file = Some(other.to_owned()),
        }
    }
    let name = file.unwrap_or_default();
    let bytes = match std::fs::read(&name) {
        Ok(bytes) => bytes,
        Err(error) => {
            eprintln!("{name}: {error}");
            return ExitCode::from(2);
        }
    };
    let started = std::time::Instant::now();
    let dataset = match read(&Source { name: &name, bytes: &bytes }, &options) {
        Ok(dataset) => dataset,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    eprintln!("read in {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
    if command == "analyze" {
        for note in &dataset.notes {
            eprintln!("{:?} {} {}: {}", note.kind, note.count, note.subject.as_deref().unwrap_or("-"), note.message);
        }
        println!(
            "{{\"dataset\":{{\"series_count\":{},\"point_count\":{},\"format\":{:?}}}}}",
            dataset.series.len(),
            dataset.point_count(),
            dataset.origins[0].format
        );
        return ExitCode::SUCCESS;
    }
    match to.as_str() {
        "openmetrics" => print!("{}", write::openmetrics(&dataset)),
        "prometheus-json" => print!("{}", write::prometheus_json(&dataset)),
        _ => print!("{}", write::tidy_csv(&dataset)),
    }
    ExitCode::SUCCESS
}
