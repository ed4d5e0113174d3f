//! The same answer natively and in wasm: every file through the command line and through the npm package.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Section;
use super::comparison::{Comparison, TOLERANCE};
use crate::project::Project;
use crate::recording::read_json;
use crate::{build, tool};

/// Fewer Reports than this prove nothing.
const FEWEST_REPORTS: u32 = 5;
/// So many differences of one file are shown.
const SHOWN: usize = 5;

/// What the files of one folder came to.
#[derive(Default)]
struct Tally {
    reports: u32,
    refused: u32,
    findings: usize,
    largest: f64,
}

/// Compares the Reports of every file below `data`, folder by folder.
pub(super) fn section(project: &Project, monteverdi: &Path, package: &Path, data: &Path) -> Result<Section> {
    let mut files = Vec::new();
    build::collect(data, &mut files)?;
    files.sort();
    let answers = of_package(project, package, &files)?;
    let mut folders: BTreeMap<String, Tally> = BTreeMap::new();
    let mut failures = Vec::new();
    let mut unequal = Vec::new();
    let (mut largest, mut largest_at) = (0.0, String::new());
    for (file, answer) in files.iter().zip(&answers) {
        let native = of_command_line(project, monteverdi, file)?;
        let name = file.strip_prefix(data).unwrap_or(file).display().to_string();
        let tally = folders.entry(folder(&name)).or_default();
        match (native, answer.get("report")) {
            (None, None) => tally.refused += 1,
            (Some(_), None) => failures.push(format!("{name}: a Report natively, refused in wasm: {answer}")),
            (None, Some(_)) => failures.push(format!("{name}: refused natively, a Report in wasm")),
            (Some(native), Some(wasm)) => {
                let comparison = Comparison::of(&native, wasm);
                if let Some(first) = comparison.differences.first() {
                    unequal.push(match comparison.differences.len() - 1 {
                        0 => format!("{name}: {first}"),
                        others => format!("{name}: {first}, and {others} more"),
                    });
                }
                let shown = comparison.differences.iter().take(SHOWN);
                failures.extend(shown.map(|difference| format!("{name}: {difference}")));
                if comparison.largest > largest {
                    (largest, largest_at) = (comparison.largest, format!("{} of {name}", comparison.largest_at));
                }
                tally.reports += 1;
                tally.findings += native["findings"].as_array().map_or(0, Vec::len);
                tally.largest = tally.largest.max(comparison.largest);
            }
        }
    }
    let reports: u32 = folders.values().map(|tally| tally.reports).sum();
    if reports < FEWEST_REPORTS {
        bail!("{} holds {reports} files that give a Report; {FEWEST_REPORTS} are needed to compare", data.display());
    }
    let mut table = String::from(
        "| folder | Reports | findings | largest relative difference | refused by both |\n|---|---:|---:|---:|---:|\n",
    );
    for (folder, Tally { reports, refused, findings, largest }) in &folders {
        if *reports > 0 {
            let _ = writeln!(table, "| {folder} | {reports} | {findings} | {} | {refused} |", difference(*largest));
        }
    }
    let findings: usize = folders.values().map(|tally| tally.findings).sum();
    let verdict = if failures.is_empty() {
        format!(
            "**all equal**: the same findings in the same order, every text, every integer, and every number to \
             {TOLERANCE:.0e}"
        )
    } else {
        "**not all equal, see below**".to_owned()
    };
    let unequal = match unequal.as_slice() {
        [] => String::new(),
        files => format!("Not equal:\n\n- {}\n\n", files.join("\n- ")),
    };
    let place = if largest_at.is_empty() { String::new() } else { format!(" (`{largest_at}`)") };
    let body = format!(
        "Every file below DIR through the native command (`analyze --json`) and through the built npm package in node: \
         {reports} Reports with {findings} findings, {verdict}. The largest relative difference between two numbers is \
         {}{place}.\n\n{table}\n{unequal}\
         Page and command line are compared on the bundled samples by `tests/e2e/page.test.mjs`, file and live Prometheus \
         on a simulated incident by `tests/e2e/prometheus.test.mjs`.",
        difference(largest),
    );
    Ok(Section { body, failures })
}

/// The native Report; none if the file is refused.
fn of_command_line(project: &Project, monteverdi: &Path, file: &Path) -> Result<Option<Value>> {
    let output = tool::command(project, monteverdi).args(["analyze", "--json"]).arg(file).output()?;
    match output.status.code() {
        Some(0) => {
            let text = String::from_utf8(output.stdout).with_context(|| file.display().to_string())?;
            Ok(Some(read_json(&text, file)?))
        }
        Some(2) => Ok(None),
        _ => bail!("{}: {}\n{}", file.display(), output.status, String::from_utf8_lossy(&output.stderr).trim_end()),
    }
}

/// The package's answer for each file, `{ report }` or `{ refusal }`, all from one instance of the program.
fn of_package(project: &Project, package: &Path, files: &[PathBuf]) -> Result<Vec<Value>> {
    let list: String = files.iter().flat_map(|file| [file.display().to_string(), "\n".to_owned()]).collect();
    let file = super::workshop(project)?.join("files.txt");
    fs::write(&file, list)?;
    let mut node = tool::command(project, "node");
    node.arg(project.root.join("xtask/src/accuracy/reports.mjs")).arg(package.join("node.mjs")).arg(&file);
    let answers = tool::output(&mut node)?;
    let answers: Vec<Value> = answers.lines().map(|line| read_json(line, package)).collect::<Result<_>>()?;
    if answers.len() != files.len() {
        bail!("the package answered for {} of {} files", answers.len(), files.len());
    }
    Ok(answers)
}

/// The set that a file belongs to: its first folder, and the second below `rca`.
fn folder(name: &str) -> String {
    let mut parts = name.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("rca"), Some(set), Some(_)) => format!("rca/{set}"),
        (Some(first), Some(_), _) => first.to_owned(),
        _ => ".".to_owned(),
    }
}

fn difference(relative: f64) -> String {
    if relative == 0.0 { "0".to_owned() } else { format!("{relative:.1e}") }
}
