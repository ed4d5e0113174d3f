//! The `monteverdi` command.
//!
//! Results go to standard output and nothing else does; why there is none goes to standard error in one sentence. Exit
//! status 0 is success, 1 a gate that failed, 2 bad input or no data.

mod analysis;
mod call_graph;
mod command;
mod duration;
mod failure;
mod instant;
mod live;
mod output;
mod reader;
mod summary;
mod survey;
mod zone;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let command = command::Line::parse().command;
    match command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
