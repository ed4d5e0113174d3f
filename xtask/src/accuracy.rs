//! `cargo xtask accuracy --data DIR`: measures against labelled incidents and real exports; writes docs/accuracy.md.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::project::Project;
use crate::record::Record;
use crate::tool;

/// Runs the command.
pub(crate) fn command(project: &Project, arguments: &[String]) -> Result<()> {
    let [flag, folder] = arguments else {
        bail!("`accuracy` needs `--data DIR`, a folder with rca/sockshop and exports")
    };
    if flag != "--data" {
        bail!("`accuracy` knows `--data DIR`, not `{flag}`");
    }
    let data = fs::canonicalize(folder).with_context(|| folder.clone())?;
    let monteverdi = command_line(project)?;
    let mut record = Record::new(project, "Accuracy", "cargo xtask accuracy --data DIR")?;
    record.section("Root causes with no fault time given: sock shop", &sock_shop(project, &monteverdi, &data)?);
    record.section("False positives on noise", &noise(project)?);
    record.section("Real exports", &exports(project, &monteverdi, &data)?);
    record.write(&project.root.join("docs/accuracy.md"))
}

/// The native command, as released.
pub(crate) fn command_line(project: &Project) -> Result<PathBuf> {
    let arguments = ["build", "--locked", "--release", "--package", "monteverdi-cli"];
    tool::run(tool::command(project, "cargo").args(arguments))?;
    Ok(project.target.join("release/monteverdi"))
}

/// Where the true service stands when `causes` is told no time. The file is given under a neutral name.
fn sock_shop(project: &Project, monteverdi: &Path, data: &Path) -> Result<String> {
    let cases = folders(&data.join("rca/sockshop"))?;
    let neutral = project.target.join("accuracy");
    fs::create_dir_all(&neutral)?;
    let neutral = neutral.join("metrics.csv");
    let mut table = String::from("| case | true service | its place | first three |\n|---|---|---|---|\n");
    let (mut first, mut first_three) = (0u32, 0u32);
    for case in &cases {
        let label: Value = serde_json::from_str(&fs::read_to_string(case.join("label.json"))?)?;
        let root = label["root_cause_service"].as_str().context("label.json names root_cause_service")?;
        fs::copy(case.join("metrics.csv"), &neutral)?;
        let answer = tool::output(tool::command(project, monteverdi).arg("causes").arg(&neutral));
        let answer: Value = match &answer {
            Ok(answer) => serde_json::from_str(answer).context("`causes` answers with JSON")?,
            Err(error) => {
                let _ = writeln!(table, "| {} | {root} | error | {} |", name(case), one_line(&format!("{error:#}")));
                continue;
            }
        };
        let services = answer["services"].as_array().into_iter().flatten();
        let ranked: Vec<&str> = services.filter_map(|service| service["service"].as_str()).collect();
        let place = ranked.iter().position(|service| *service == root);
        first += u32::from(place == Some(0));
        first_three += u32::from(place.is_some_and(|place| place < 3));
        let place = place.map_or_else(|| "not listed".to_owned(), |place| (place + 1).to_string());
        let top: Vec<&str> = ranked.into_iter().take(3).collect();
        let _ = writeln!(table, "| {} | {root} | {place} | {} |", name(case), top.join(", "));
    }
    if cases.is_empty() {
        bail!("{} holds no cases", data.join("rca/sockshop").display());
    }
    let share = |count: u32| f64::from(count) / cases.len() as f64;
    Ok(format!(
        "{} cases: the true service is first in **{:.2}** and among the first three in **{:.2}**.\n\n{table}",
        cases.len(),
        share(first),
        share(first_three)
    ))
}

/// The share of Reports on pure noise that carry any finding, as the engine's example counts it.
fn noise(project: &Project) -> Result<String> {
    let arguments = ["run", "--locked", "--quiet", "--release", "--package", "monteverdi-engine", "--example", "noise"];
    Ok(format!("```text\n{}\n```\n", tool::output(tool::command(project, "cargo").args(arguments))?.trim_end()))
}

/// What becomes of each export: imported, or refused with a reason.
fn exports(project: &Project, monteverdi: &Path, data: &Path) -> Result<String> {
    let mut files: Vec<PathBuf> = fs::read_dir(data.join("exports"))?.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.is_file());
    files.sort();
    let mut table = String::from("| file | series | values | or the reason |\n|---|---|---|---|\n");
    let mut imported = 0u32;
    for file in &files {
        let output = tool::command(project, monteverdi).arg("convert").arg(file).args(["--to", "csv"]).output()?;
        if output.status.success() {
            imported += 1;
            let text = String::from_utf8_lossy(&output.stdout);
            let mut series: Vec<&str> = text.lines().skip(1).filter_map(series_cell).collect();
            let values = series.len();
            series.sort_unstable();
            series.dedup();
            let _ = writeln!(table, "| {} | {} | {values} | |", name(file), series.len());
        } else {
            // The reason names the file with its folder, which is nobody's business.
            let folder = format!("{}/", data.join("exports").display());
            let reason = one_line(&String::from_utf8_lossy(&output.stderr)).replace(&folder, "");
            let code = output.status.code().map_or_else(|| "killed".to_owned(), |code| format!("exit {code}"));
            let _ = writeln!(table, "| {} | | | {code}: {reason} |", name(file));
        }
    }
    Ok(format!("{imported} of {} files imported, the others refused:\n\n{table}", files.len()))
}

/// The series of a tidy row `time,series,value`; a quoted name keeps its quotes.
fn series_cell(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once(',')?;
    rest.rsplit_once(',').map(|(series, _)| series)
}

fn folders(parent: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(parent).with_context(|| parent.display().to_string())?;
    let mut folders: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    Ok(folders)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Text for a cell of a Markdown table.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
