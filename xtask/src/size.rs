//! `cargo xtask size`: gzip sizes of the built page against the budgets.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::{build, takes_no_arguments, tool};

/// Bytes in one KB; the budgets count in thousands.
const KB: u64 = 1000;
/// What a visitor's browser fetches: programs by name, each with the most that wasm, loader and style sheet may come to
/// (gzip -9), and what else is fetched at first.
const BUDGETS: [(&str, u64); 9] = [
    // Reads files.
    ("reader", 300 * KB),
    // Does the analysis.
    ("worker", 300 * KB),
    // Paints evidence charts and the close-ups of the radar; fetched with the first of them.
    ("charts", 66 * KB),
    // The radar for the ear, fetched when the user wants to hear it.
    ("sound", 20 * KB),
    // Makes files of a Report, fetched when something is taken along.
    ("export", 80 * KB),
    // The panel in which the user says how files are read, fetched when it is asked for.
    ("mapping", 40 * KB),
    // The panel that says why a server cannot be read and takes what is asked of it, fetched when it is asked for.
    ("connect", 60 * KB),
    // Asks servers: for the page what there is, again and again, and for that panel what they are.
    ("live", 220 * KB),
    // All other wasm, CSS and JS, without the sample data.
    (PAGE, 180 * KB),
];
const PAGE: &str = "page";

struct Part {
    name: String,
    bytes: u64,
    gzip_bytes: u64,
}

/// Runs the command.
pub(crate) fn command(project: &Project, arguments: &[String]) -> Result<()> {
    takes_no_arguments("size", arguments)?;
    let parts = Parts::measure(project)?;
    print!("{}", parts.table());
    if !parts.are_within_budget() {
        let over: Vec<String> = parts
            .groups
            .iter()
            .filter(|group| !group.is_within())
            .map(|group| format!("{} is larger than {} KB", group.name, group.budget / KB))
            .collect();
        bail!("{}", over.join(", "));
    }
    Ok(())
}

/// The table for docs/performance.md.
pub(crate) fn table(project: &Project) -> Result<String> {
    Ok(Parts::measure(project)?.table())
}

/// A program with its files, or the page.
struct Group {
    name: &'static str,
    budget: u64,
    parts: Vec<Part>,
}

impl Group {
    fn total(&self) -> u64 {
        self.parts.iter().map(|part| part.gzip_bytes).sum()
    }

    fn is_within(&self) -> bool {
        self.total() <= self.budget
    }

    fn holds(&self, file: &str) -> bool {
        let rest = file.strip_prefix(self.name);
        rest.is_some_and(|rest| [".js", "_bg.wasm", ".css"].contains(&rest)) || self.name == PAGE
    }
}

/// What a visitor's browser fetches.
struct Parts {
    groups: Vec<Group>,
}

impl Parts {
    fn measure(project: &Project) -> Result<Self> {
        let dist = project.dist();
        let mut files = Vec::new();
        build::collect(&dist, &mut files).context("run `cargo xtask build` first")?;
        files.sort();
        let mut groups: Vec<Group> =
            BUDGETS.into_iter().map(|(name, budget)| Group { name, budget, parts: Vec::new() }).collect();
        for file in files {
            let name = file.strip_prefix(&dist).unwrap_or(&file).to_string_lossy().into_owned();
            let is_code = [".wasm", ".js", ".css"].iter().any(|extension| name.ends_with(extension));
            // The help is fetched when somebody asks for it.
            if !is_code || name.starts_with("samples/") || name == "help.css" {
                continue;
            }
            let part = measure(project, &file, name)?;
            // The page comes last, and takes what is left.
            if let Some(group) = groups.iter_mut().find(|group| group.holds(&part.name)) {
                group.parts.push(part);
            }
        }
        if let Some(empty) = groups.iter().find(|group| group.parts.is_empty()) {
            bail!("{} holds no {}; run `cargo xtask build` first", dist.display(), empty.name);
        }
        Ok(Self { groups })
    }

    fn are_within_budget(&self) -> bool {
        self.groups.iter().all(Group::is_within)
    }

    fn table(&self) -> String {
        let mut text = String::from("| part | file | bytes | gzip -9 |\n|---|---|---:|---:|\n");
        for group in &self.groups {
            for part in &group.parts {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "| {} | {} | {} | {} |", group.name, part.name, part.bytes, part.gzip_bytes);
            }
            let verdict = if group.is_within() { "within" } else { "**over**" };
            let in_kb = |bytes: u64| bytes as f64 / KB as f64;
            let _ = writeln!(
                text,
                "| {} | total, {verdict} the budget of {:.0} KB | | {:.1} KB |",
                group.name,
                in_kb(group.budget),
                in_kb(group.total())
            );
        }
        text
    }
}

fn measure(project: &Project, file: &Path, name: String) -> Result<Part> {
    let bytes = file.metadata()?.len();
    let output = tool::command(project, "gzip").args(["-9", "-c"]).arg(file).output().context("gzip")?;
    if !output.status.success() {
        bail!("gzip failed for {}", file.display());
    }
    Ok(Part { name, bytes, gzip_bytes: output.stdout.len() as u64 })
}
