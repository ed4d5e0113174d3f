//! `cargo xtask bench`: timings in the browser, natively, and beside the peers; writes docs/performance.md. With
//! `--only SECTION` (reading, live, pairs, large, detection) it prints that section and writes nothing.

mod browser_program;
mod live;
mod pairs;
mod reading;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::project::Project;
use crate::record::Record;
use crate::setup::{self, Scope};
use crate::{accuracy, build, size, tool};

/// The sections that can be had alone.
const SECTIONS: [&str; 5] = ["reading", "live", "pairs", "large", "detection"];

/// Runs the command.
pub(crate) fn command(project: &Project, arguments: &[String]) -> Result<()> {
    let only = match arguments {
        [] => None,
        [flag, section] if flag == "--only" && SECTIONS.contains(&section.as_str()) => Some(section.as_str()),
        _ => bail!("`bench` knows `--only` with {}, not `{}`", SECTIONS.join(", "), arguments.join(" ")),
    };
    setup::ensure(project, Scope::Everything)?;
    let Some(section) = only else { return whole(project) };
    if ["live", "large"].contains(&section) {
        build::page(project)?;
    }
    let text = match section {
        "reading" => reading::section(project, &python(project)?)?,
        "pairs" => pairs::section(project, &python(project)?)?,
        "detection" => detection(project, &python(project)?, &accuracy::command_line(project)?)?,
        "large" => large(project)?,
        _ => live::section(project)?,
    };
    println!("{text}");
    Ok(())
}

/// All sections, written to docs/performance.md.
fn whole(project: &Project) -> Result<()> {
    build::page(project)?;
    let monteverdi = accuracy::command_line(project)?;
    let mut record = Record::new(project, "Performance", "cargo xtask bench")?;
    let table = table(project, "load.csv", 200, 2_880)?;
    let crowd = self::table(project, "crowd.csv", 340, 720)?;
    let timings = table.with_file_name("browser.json");
    record.section("In the browser", &browser(project, &table, &crowd, &timings)?);
    record.section("A large table in the browser", &large(project)?);
    record.section("Size", &size::table(project)?);
    let python = python(project)?;
    record.section("Reading", &reading::section(project, &python)?);
    record.section("Live", &live::section(project)?);
    record.section("All pairs", &pairs::section(project, &python)?);
    record.section("Detection beside its published peers", &detection(project, &python, &monteverdi)?);
    let peers = peers(project, &python, &monteverdi, &table, &timings)?;
    record.section("Beside the same outputs from pandas, scipy and ruptures", &peers);
    record.section("The engine's stages, natively", &stages(project)?);
    record.section("Single statistics and scenes, natively", &native(project)?);
    record.write(&project.root.join("docs/performance.md"))
}

/// A table of the simulator's. Browser, native command and peers are given the same one of 200 series of 2,880 points; the
/// radar is drawn with more than 50 services, too.
fn table(project: &Project, name: &str, series: u32, points: u32) -> Result<PathBuf> {
    let folder = project.target.join("bench");
    std::fs::create_dir_all(&folder)?;
    let table = folder.join(name);
    let mut cargo = tool::command(project, "cargo");
    cargo.args([
        "run",
        "--quiet",
        "--release",
        "--locked",
        "--package",
        "monteverdi-testkit",
        "--example",
        "sized_csv",
    ]);
    tool::run(cargo.arg("--").arg(&table).args([series.to_string(), points.to_string()]))?;
    Ok(table)
}

/// First paint, drop to Report, and redraw, in the system's Chromium; every load's time also goes to `timings`.
fn browser(project: &Project, table: &Path, crowd: &Path, timings: &Path) -> Result<String> {
    let mut node = tool::command(project, "node");
    node.arg("performance.mjs")
        .current_dir(project.e2e())
        .env("MONTEVERDI_DIST", project.dist())
        .env("MONTEVERDI_LOAD", table)
        .env("MONTEVERDI_CROWD", crowd)
        .env("MONTEVERDI_TIMINGS", timings);
    tool::output(&mut node)
}

/// A thousand series of a week, a minute apart: choosing the file to the complete Report, and the memory.
fn large(project: &Project) -> Result<String> {
    let table = table(project, "large.csv", 1_000, 10_080)?;
    let mut node = tool::command(project, "node");
    node.arg("large.mjs").arg(&table).current_dir(project.e2e()).env("MONTEVERDI_DIST", project.dist());
    tool::output(&mut node)
}

/// Scores, change points and causes, beside what is published for them.
fn detection(project: &Project, python: &Path, monteverdi: &Path) -> Result<String> {
    let table = table(project, "week.csv", 20, 10_080)?;
    let mut peers = tool::command(project, python);
    peers.arg(project.root.join("bench/peers/detection.py")).arg("--monteverdi").arg(monteverdi);
    tool::output(peers.arg("--csv").arg(&table))
}

/// The peers' Python: an environment of its own, with its packages pinned.
fn python(project: &Project) -> Result<PathBuf> {
    let requirements = project.root.join("bench/peers/requirements.txt");
    let wanted = std::fs::read_to_string(&requirements).with_context(|| requirements.display().to_string())?;
    let environment = project.cache.join("peers");
    let python = environment.join("bin/python");
    let stamp = environment.join("installed-requirements.txt");
    if !std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        println!("bench: Python packages of the peers (about 1 min, once)");
        tool::run(tool::command(project, "python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        tool::run(tool::command(project, &python).args(install).arg(&requirements))?;
        std::fs::write(&stamp, wanted)?;
    }
    Ok(python)
}

/// The same outputs from bench/peers, beside the command line and the browser.
fn peers(project: &Project, python: &Path, monteverdi: &Path, table: &Path, timings: &Path) -> Result<String> {
    let mut run = tool::command(project, python);
    run.arg(project.root.join("bench/peers/run.py")).arg("--csv").arg(table).arg("--browser").arg(timings);
    tool::output(run.env("MONTEVERDI", monteverdi))
}

/// Each stage of one analysis, and its longest step: so long does a cancel have to wait.
fn stages(project: &Project) -> Result<String> {
    let arguments =
        ["run", "--quiet", "--release", "--locked", "--package", "monteverdi-engine", "--example", "stages"];
    Ok(format!("```text\n{}\n```\n", tool::output(tool::command(project, "cargo").args(arguments))?.trim_end()))
}

/// The divan benches of every package that has some.
fn native(project: &Project) -> Result<String> {
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let metadata: Value = serde_json::from_str(&tool::output(tool::command(project, "cargo").args(arguments))?)?;
    let mut cargo = tool::command(project, "cargo");
    cargo.args(["bench", "--locked"]);
    let mut count = 0u32;
    for package in metadata["packages"].as_array().context("cargo metadata has packages")? {
        let mut targets = package["targets"].as_array().into_iter().flatten();
        if targets.any(|target| target["kind"][0] == "bench") {
            cargo.arg("--package").arg(package["name"].as_str().map(PathBuf::from).unwrap_or_default());
            count += 1;
        }
    }
    if count == 0 {
        return Ok("There are no benches yet.\n".to_owned());
    }
    Ok(format!("```text\n{}\n```\n", tool::output(cargo.args(["--bench", "*"]))?.trim_end()))
}
