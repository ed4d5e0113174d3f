//! `cargo xtask accuracy --data DIR`: measures against labelled incidents and real exports; writes docs/accuracy.md.

mod anomaly;
mod cause;
mod change;
mod comparison;
mod everywhere;
mod half;
mod harmony;
mod import;
mod nab;
mod noise;

pub(crate) use self::cause::is_resource_fault;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::record::Record;
use crate::{pkg, recording, tool};

/// A part of the page, and what in it must not be so.
struct Section {
    body: String,
    failures: Vec<String>,
}

/// Runs the command. The page is written in any case; a promise that is not kept fails the command.
pub(crate) fn command(project: &Project, arguments: &[String]) -> Result<()> {
    let (Some(flag), Some(folder), true) = (arguments.first(), arguments.get(1), arguments.len() <= 3) else {
        bail!(
            "`accuracy` needs `--data DIR`, a folder with rca/sockshop, rca/petshop, rca/nezha…, nab, tides and exports"
        )
    };
    if flag != "--data" {
        bail!("`accuracy` knows `--data DIR`, not `{flag}`");
    }
    let data = fs::canonicalize(folder).with_context(|| folder.clone())?;
    if let Some(only) = arguments.get(2) {
        return alone(project, only, &data);
    }
    // The record names the commit before anything is written.
    let mut record = Record::new(project, "Accuracy", "cargo xtask accuracy --data DIR")?;
    let monteverdi = command_line(project)?;
    let package = pkg::build(project)?;
    let sections = [
        ("Anomalies as they come", nab::section(project, &monteverdi, &data)?),
        ("Anomaly scores, retrospective", anomaly::section(project, &monteverdi, &data)?),
        ("Change points", change::section(project, &monteverdi, &data)?),
        ("Root causes", cause::section(project, &monteverdi, &data)?),
        ("False positives on noise", noise::section(project)?),
        ("Harmony", harmony::section(project, &monteverdi, &data)?),
        ("Real exports", import::exports(project, &monteverdi, &data)?),
        ("Every incident and benchmark file", import::recordings(project, &monteverdi, &data)?),
        ("The same answer everywhere", everywhere::section(project, &monteverdi, &package, &data)?),
    ];
    let mut failures = Vec::new();
    for (title, section) in sections {
        record.section(title, &section.body);
        failures.extend(section.failures);
    }
    record.write(&project.root.join("docs/accuracy.md"))?;
    if !failures.is_empty() {
        bail!("{} promises are not kept:\n  {}", failures.len(), failures.join("\n  "));
    }
    Ok(())
}

/// Prints one section and writes nothing.
#[allow(clippy::print_stdout)]
fn alone(project: &Project, name: &str, data: &Path) -> Result<()> {
    let monteverdi = command_line(project)?;
    let section = match name {
        "anomalies" => anomaly::section(project, &monteverdi, data)?,
        "causes" => cause::section(project, &monteverdi, data)?,
        "changes" => change::section(project, &monteverdi, data)?,
        "everywhere" => everywhere::section(project, &monteverdi, &pkg::build(project)?, data)?,
        "nab" => nab::section(project, &monteverdi, data)?,
        _ => bail!("alone, `accuracy` knows `anomalies`, `causes`, `changes`, `everywhere` and `nab`, not `{name}`"),
    };
    println!("{}", section.body);
    Ok(())
}

/// The native command, as released.
pub(crate) fn command_line(project: &Project) -> Result<PathBuf> {
    let arguments = ["build", "--locked", "--release", "--package", "monteverdi-cli"];
    tool::run(tool::command(project, "cargo").args(arguments))?;
    Ok(project.target.join("release/monteverdi"))
}

/// A folder for files that are made for the measurement only.
fn workshop(project: &Project) -> Result<PathBuf> {
    recording::workshop(project, "accuracy")
}

/// Text for a cell of a Markdown table.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
