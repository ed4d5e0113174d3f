//! The project's own commands: `cargo xtask COMMAND`. One file per command; `cargo xtask` alone lists them.

// A command line program: its output is its purpose.
#![allow(clippy::print_stdout)]

mod accuracy;
mod bench;
mod build;
mod check;
mod fuzz;
mod pkg;
mod project;
mod record;
mod recording;
mod run;
mod serve;
mod setup;
mod size;
mod step;
mod stories;
mod test;
mod tool;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::project::Project;

const USAGE: &str = "\
cargo xtask COMMAND

  setup     install what building and testing need, once per machine (--page: only what the page needs)
  build     build the page into dist/
  run       set up, build, serve the page on this machine and open it
  test      everything: format, layers, lints, native, wasm and browser tests (--only STEP, --list)
  check     layer rules, forbidden calls, the committed schema
  size      gzip sizes of the built page against the budgets
  bench     native and browser timings, beside the peers; writes docs/performance.md (--only SECTION: prints that)
  accuracy  measure on labelled incidents and compare native and wasm: --data DIR; writes docs/accuracy.md
  stories   the stories of docs/incident-stories.md beside what the program says: --data DIR (--write replaces them, --all counts all cases)
  fuzz      throw mutated files at the readers: [TARGET…] [--minutes N], CPU time each; needs a nightly compiler
  pkg       build the npm package into target/pkg and try it in node
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let Some((command, rest)) = arguments.split_first() else {
        print!("{USAGE}");
        return Ok(());
    };
    let project = Project::find()?;
    match command.as_str() {
        "setup" => setup::command(&project, rest),
        "build" => build::command(&project, rest),
        "run" => run::command(&project, rest),
        "test" => test::command(&project, rest),
        "check" => check::command(&project, rest),
        "size" => size::command(&project, rest),
        "bench" => bench::command(&project, rest),
        "accuracy" => accuracy::command(&project, rest),
        "stories" => stories::command(&project, rest),
        "fuzz" => fuzz::command(&project, rest),
        "pkg" => pkg::command(&project, rest),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => bail!("there is no command `{other}`\n\n{USAGE}"),
    }
}

/// Refuses arguments for commands that take none.
fn takes_no_arguments(command: &str, arguments: &[String]) -> Result<()> {
    match arguments.first() {
        None => Ok(()),
        Some(argument) => bail!("`{command}` does not know `{argument}`"),
    }
}
