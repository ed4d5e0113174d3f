//! What becomes of real files: series or a reason, and never a panic.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use anyhow::{Context, Result};

use super::{Section, one_line};
use crate::project::Project;
use crate::recording::entries;
use crate::{build, tool};

/// A refusal with fewer characters explains nothing.
const SHORTEST_REASON: usize = 30;

/// Imports each file of `exports`, or says with which reason it is refused.
pub(super) fn exports(project: &Project, monteverdi: &Path, data: &Path) -> Result<Section> {
    let folder = data.join("exports");
    let mut table = String::from("| file | series | values | or the reason |\n|---|---:|---:|---|\n");
    let mut failures = Vec::new();
    let (mut imported, mut count) = (0u32, 0u32);
    for file in entries(&folder)?.iter().filter(|file| file.is_file()) {
        count += 1;
        let name = file.strip_prefix(&folder).unwrap_or(file).display();
        let output = tool::command(project, monteverdi).arg("convert").arg(file).args(["--to", "csv"]).output()?;
        match verdict(&output, file) {
            Verdict::Read => {
                imported += 1;
                let text = String::from_utf8_lossy(&output.stdout);
                let mut series: Vec<&str> = text.lines().skip(1).filter_map(series_cell).collect();
                let values = series.len();
                series.sort_unstable();
                series.dedup();
                let _ = writeln!(table, "| {name} | {} | {values} | |", series.len());
            }
            Verdict::Refused(reason) => {
                let _ = writeln!(table, "| {name} | | | {} |", one_line(&reason));
            }
            Verdict::Broken(why) => {
                failures.push(format!("exports/{name}: {why}"));
                let _ = writeln!(table, "| {name} | | | **{}** |", one_line(&why));
            }
        }
    }
    let body = format!(
        "Files as monitoring tools write them, through `convert --to csv`: {imported} of {count} are imported, the others \
         refused with a reason.\n\n{table}"
    );
    Ok(Section { body, failures })
}

/// Analyses every labelled recording: each must give a Report.
pub(super) fn recordings(project: &Project, monteverdi: &Path, data: &Path) -> Result<Section> {
    let mut table = String::from("| set | files | Reports |\n|---|---:|---:|\n");
    let mut failures = Vec::new();
    let (mut reports, mut count) = (0u32, 0u32);
    for (set, files) in sets(data)? {
        let mut of_set = 0u32;
        for file in &files {
            let output = tool::command(project, monteverdi).args(["analyze", "--json"]).arg(file).output()?;
            let name = file.strip_prefix(data).unwrap_or(file).display();
            match verdict(&output, file) {
                Verdict::Read => of_set += 1,
                Verdict::Refused(why) | Verdict::Broken(why) => failures.push(format!("{name}: {why}")),
            }
        }
        let _ = writeln!(table, "| {set} | {} | {of_set} |", files.len());
        reports += of_set;
        count += u32::try_from(files.len())?;
    }
    let body = format!("{reports} of {count} files give a Report, none a panic.\n\n{table}");
    let body = if failures.is_empty() { body } else { format!("{body}\n{}", failures.join("\n")) };
    Ok(Section { body, failures })
}

/// The recordings, set by set: the metrics of the incidents (not their labels and call graphs), and the benchmarks' tables.
fn sets(data: &Path) -> Result<Vec<(String, Vec<PathBuf>)>> {
    let mut sets = Vec::new();
    for folder in entries(&data.join("rca"))?.into_iter().filter(|folder| folder.is_dir()) {
        sets.push((folder, "metrics.csv"));
    }
    sets.extend(["nab", "tides"].map(|set| (data.join(set), ".csv")));
    sets.into_iter()
        .map(|(folder, ending)| {
            let mut files = Vec::new();
            build::collect(&folder, &mut files).with_context(|| folder.display().to_string())?;
            files.retain(|file| file.to_string_lossy().ends_with(ending));
            files.sort();
            Ok((folder.strip_prefix(data).unwrap_or(&folder).display().to_string(), files))
        })
        .collect()
}

/// How the command ended.
enum Verdict {
    Read,
    /// With this reason, which names the file without its folder.
    Refused(String),
    /// A panic, a signal, or a refusal that explains nothing.
    Broken(String),
}

fn verdict(output: &Output, file: &Path) -> Verdict {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim().trim_start_matches("monteverdi: ");
    // Where the data lie is nobody's business.
    let reason = said.trim_start_matches(&format!("{}: ", file.display())).to_owned();
    match output.status.code() {
        Some(0) => Verdict::Read,
        Some(2) if reason.chars().count() >= SHORTEST_REASON => Verdict::Refused(reason),
        _ => Verdict::Broken(format!("{}: {reason}", output.status)),
    }
}

/// The series of a tidy row `time,series,value`; a quoted name keeps its quotes.
fn series_cell(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once(',')?;
    rest.rsplit_once(',').map(|(series, _)| series)
}
