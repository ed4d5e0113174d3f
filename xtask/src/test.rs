//! `cargo xtask test`: everything that must hold, the quick checks first.

use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::project::Project;
use crate::setup::wasm_target::{self, WasmCompiler};
use crate::setup::{self, Scope};
use crate::step::{self, Outcome, Tally};
use crate::{build, check, pkg, size, tool};

/// A step by its name, and what it does.
struct Step {
    name: &'static str,
    work: fn(&Project, &mut Tally) -> Result<()>,
    /// Steps whose failure makes this one pointless.
    after: &'static [&'static str],
}

const STEPS: &[Step] = &[
    Step { name: "setup", work: |project, _| setup::ensure(project, Scope::Everything), after: &[] },
    Step { name: "format", work: |project, _| format(project), after: &[] },
    Step { name: "check", work: |project, _| check::command(project, &[]), after: &[] },
    Step { name: "lint", work: |project, _| lint(project), after: &["setup"] },
    Step { name: "native", work: native, after: &[] },
    Step { name: "documentation", work: documentation, after: &[] },
    Step { name: "wasm", work: wasm, after: &["setup"] },
    Step { name: "build", work: |project, _| build::page(project), after: &["setup"] },
    Step { name: "size", work: |project, _| size::command(project, &[]), after: &["build"] },
    Step { name: "package", work: |project, _| pkg::build(project).map(drop), after: &["setup"] },
    Step { name: "page", work: |project, tally| browser(project, "page", tally), after: &["setup", "build"] },
    Step { name: "live", work: |project, tally| browser(project, "live", tally), after: &["setup", "build"] },
    Step {
        name: "prometheus",
        work: |project, tally| browser(project, "prometheus", tally),
        after: &["setup", "build"],
    },
    Step { name: "faults", work: |project, tally| browser(project, "faults", tally), after: &["setup", "build"] },
    Step { name: "connect", work: |project, tally| browser(project, "connect", tally), after: &["setup", "build"] },
    Step { name: "packs", work: |project, tally| browser(project, "packs", tally), after: &["setup"] },
];

/// Runs the command.
pub(crate) fn command(project: &Project, arguments: &[String]) -> Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let only = match arguments.as_slice() {
        [] => None,
        ["--list"] => {
            STEPS.iter().for_each(|step| println!("{}", step.name));
            return Ok(());
        }
        ["--only", name] => Some(*name),
        _ => bail!("`test` knows `--only STEP` and `--list`"),
    };
    let chosen: Vec<&Step> = STEPS.iter().filter(|step| only.is_none_or(|only| step.name == only)).collect();
    if chosen.is_empty() {
        bail!("`test` has no step `{}`; `cargo xtask test --list` names them", only.unwrap_or_default());
    }

    let started = Instant::now();
    let mut outcomes: Vec<Outcome> = Vec::new();
    for step in chosen {
        let broken = outcomes.iter().find(|outcome| outcome.error.is_some() && step.after.contains(&outcome.name));
        let broken = broken.map(|outcome| outcome.name);
        outcomes.push(step::run(step.name, |tally| match broken {
            None => (step.work)(project, tally),
            Some(name) => bail!("not run, because `{name}` failed"),
        }));
    }

    println!();
    let mut total = Tally::default();
    for outcome in &outcomes {
        let verdict = if outcome.error.is_none() { "ok" } else { "FAILED" };
        println!("{:<14} {:>7.1} s  {verdict}", outcome.name, outcome.duration.as_secs_f64());
        total += outcome.tally;
    }
    println!("{:<14} {:>7.1} s", "total", started.elapsed().as_secs_f64());
    println!("{} passed, {} failed", total.passed, total.failed);
    let failed: Vec<&str> =
        outcomes.iter().filter(|outcome| outcome.error.is_some()).map(|outcome| outcome.name).collect();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

fn format(project: &Project) -> Result<()> {
    tool::run(tool::command(project, "cargo").args(["fmt", "--all", "--check"]))
}

/// Lints natively, and once more what exists for the browser only.
///
/// In the test profile, so that what the lints and the tests share is built once.
fn lint(project: &Project) -> Result<()> {
    let arguments = ["clippy", "--locked", "--profile", "test", "--all-targets"];
    tool::run(tool::command(project, "cargo").args(arguments).args(["--workspace", "--", "-D", "warnings"]))?;
    let mut cargo = tool::command(project, "cargo");
    cargo.args(arguments).args(["--target", wasm_target::TARGET, "--package", "monteverdi-app"]);
    cargo.args(["--package", "monteverdi-wasm", "--", "-D", "warnings"]);
    let compiler = WasmCompiler::ready(project)?;
    match compiler {
        WasmCompiler::Ordinary => tool::run(&mut cargo),
        WasmCompiler::Debian { .. } => {
            println!("lint: without the wasm half: Debian's compiler has no clippy here");
            Ok(())
        }
    }
}

fn native(project: &Project, tally: &mut Tally) -> Result<()> {
    let mut cargo = tool::command(project, "cargo");
    cargo.args(["nextest", "run", "--locked", "--workspace", "--no-fail-fast", "--status-level", "fail"]);
    // The same code gets the same verdict; `cargo test` tries other cases every time.
    cargo.env("PROPTEST_RNG_SEED", "1");
    // Summaries of single test binaries are noise in a log.
    step::run_tests(cargo.args(["--final-status-level", "fail", "--hide-progress-bar"]), tally)
}

fn documentation(project: &Project, tally: &mut Tally) -> Result<()> {
    step::run_tests(tool::command(project, "cargo").args(["test", "--locked", "--workspace", "--doc"]), tally)
}

/// The tests that need a browser, in headless Chromium. Not with `--quiet`: the runner takes it for its own.
fn wasm(project: &Project, tally: &mut Tally) -> Result<()> {
    let mut cargo = tool::command(project, "cargo");
    cargo.args(["test", "--locked", "--target", wasm_target::TARGET, "--no-fail-fast"]);
    for package in wasm_packages(project)? {
        cargo.args(["--package", &package]);
    }
    cargo
        .args(["--lib", "--tests"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", "wasm-bindgen-test-runner")
        .env("CHROMEDRIVER", tool::find(project, "chromedriver").context("chromedriver; run `cargo xtask setup`")?)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    let compiler = WasmCompiler::ready(project)?;
    step::run_tests(compiler.configure(project, &mut cargo), tally)
}

/// Our packages that use wasm-bindgen-test.
fn wasm_packages(project: &Project) -> Result<Vec<String>> {
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let metadata: Value = serde_json::from_str(&tool::output(tool::command(project, "cargo").args(arguments))?)?;
    let has_wasm_tests = |package: &&Value| {
        package["dependencies"].as_array().into_iter().flatten().any(|used| used["name"] == "wasm-bindgen-test")
    };
    let packages = metadata["packages"].as_array().context("cargo metadata has packages")?;
    Ok(packages
        .iter()
        .filter(has_wasm_tests)
        .filter_map(|package| package["name"].as_str())
        .map(str::to_owned)
        .collect())
}

/// tests/e2e/NAME.test.mjs on the built page, with the command line program beside it.
fn browser(project: &Project, name: &str, tally: &mut Tally) -> Result<()> {
    // As the native tests build it, so that nothing is compiled twice.
    let arguments = ["build", "--locked", "--workspace", "--bin", "monteverdi", "--profile", "test"];
    tool::run(tool::command(project, "cargo").args(arguments))?;
    let mut node = tool::command(project, "node");
    node.arg("--test").arg(format!("{name}.test.mjs")).current_dir(project.e2e());
    node.env("MONTEVERDI_DIST", project.dist()).env("MONTEVERDI_CLI", project.target.join("debug/monteverdi"));
    step::run_tests(&mut node, tally)
}
