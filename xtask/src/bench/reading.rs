//! How fast large tables are read: natively beside pandas and polars, in Chromium beside PapaParse and duckdb-wasm.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::browser_program;
use crate::project::Project;
use crate::tool;

/// Megabytes of the tables that native readers, browsers, and the measurement of memory are given.
const NATIVE_MB: u32 = 200;
const BROWSER_MB: u32 = 100;
const HUGE_MB: u32 = 1000;

/// The section's text. `python` has the peers' packages.
pub(super) fn section(project: &Project, python: &Path) -> Result<String> {
    let reader = native_reader(project)?;
    let folder = project.target.join("bench");
    fs::create_dir_all(&folder)?;
    let table = |form: &str, megabytes: u32| table(project, &folder, form, megabytes);
    let huge = table("wide", HUGE_MB)?;
    let mut native = tool::command(project, python);
    native.arg(project.root.join("bench/peers/reading.py")).arg("--reader").arg(&reader);
    native.arg("--wide").arg(table("wide", NATIVE_MB)?).arg("--long").arg(table("long", NATIVE_MB)?);
    let native = tool::output(native.arg("--huge").arg(&huge))?;
    fs::remove_file(&huge).with_context(|| huge.display().to_string())?;

    npm_packages(project)?;
    let mut browser = tool::command(project, "node");
    browser
        .arg("reading.mjs")
        .current_dir(project.root.join("bench/browser"))
        .env("MONTEVERDI_READER", browser_program::build(project, "reading")?)
        .env("MONTEVERDI_PAGE", folder.join("page"))
        .env("MONTEVERDI_NATIVE", &reader)
        .env("MONTEVERDI_WIDE", table("wide", BROWSER_MB)?)
        .env("MONTEVERDI_LONG", table("long", BROWSER_MB)?);
    let browser = tool::output(&mut browser)?;
    Ok(format!("### Natively\n\n{native}\n### In Chromium\n\n{browser}"))
}

/// A table of the testkit's, the same every time.
fn table(project: &Project, folder: &Path, form: &str, megabytes: u32) -> Result<PathBuf> {
    let table = folder.join(format!("{form}-{megabytes}.csv"));
    let mut cargo = tool::command(project, "cargo");
    cargo.args(["run", "--quiet", "--release", "--locked", "--package", "monteverdi-testkit", "--example", "bulk_csv"]);
    tool::run(cargo.args(["--", form]).arg(&table).arg(megabytes.to_string()))?;
    Ok(table)
}

/// The importer alone, as a native program.
fn native_reader(project: &Project) -> Result<PathBuf> {
    let arguments = ["build", "--locked", "--release", "--package", "monteverdi-ingest", "--example", "reading"];
    tool::run(tool::command(project, "cargo").args(arguments))?;
    Ok(project.target.join("release/examples/reading"))
}

/// What the browser's peers are made of, as locked in bench/browser.
fn npm_packages(project: &Project) -> Result<()> {
    let folder = project.root.join("bench/browser");
    let lock = fs::read_to_string(folder.join("package-lock.json")).context("bench/browser/package-lock.json")?;
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("bench: npm packages of the browser's peers (about 10 s, once)");
    let mut npm = tool::command(project, "npm");
    tool::run(npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder))?;
    fs::write(&stamp, lock).context("the note of what npm installed")
}
