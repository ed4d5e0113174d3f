//! `cargo xtask size`: gzip sizes of the built page against the budgets.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::{build, takes_no_arguments, tool};

/// Bytes in one KB; the budgets count in thousands.
const KB: u64 = 1000;
/// The reader's wasm with its loader, gzip -9.
const READER_BUDGET: u64 = 300 * KB;
/// The analysis' wasm with its loader, gzip -9.
const WORKER_BUDGET: u64 = 300 * KB;
/// The panel in which the user says how files are read, fetched when it is asked for, gzip -9.
const PANEL_BUDGET: u64 = 40 * KB;
/// The panel that says why a server cannot be read and takes what is asked of it, fetched when it is asked for, gzip -9.
const CONNECT_BUDGET: u64 = 60 * KB;
/// What finds out about servers for that panel, gzip -9.
const PROBER_BUDGET: u64 = 120 * KB;
/// Page wasm, CSS and JS, gzip -9; without the sample data.
const PAGE_BUDGET: u64 = 180 * KB;

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
        let is_over = |(_, parts, budget): &(&str, &[Part], u64)| total(parts) > *budget;
        let over: Vec<String> = parts
            .groups()
            .into_iter()
            .filter(is_over)
            .map(|(title, _, budget)| format!("{title} is larger than {} KB", budget / KB))
            .collect();
        bail!("{}", over.join(", "));
    }
    Ok(())
}

/// The table for docs/performance.md.
pub(crate) fn table(project: &Project) -> Result<String> {
    Ok(Parts::measure(project)?.table())
}

/// What a visitor's browser fetches.
struct Parts {
    reader: Vec<Part>,
    worker: Vec<Part>,
    panel: Vec<Part>,
    connect: Vec<Part>,
    prober: Vec<Part>,
    page: Vec<Part>,
}

impl Parts {
    fn measure(project: &Project) -> Result<Self> {
        let dist = project.dist();
        let mut files = Vec::new();
        build::collect(&dist, &mut files).context("run `cargo xtask build` first")?;
        files.sort();
        let (mut reader, mut worker, mut page) = (Vec::new(), Vec::new(), Vec::new());
        let (mut panel, mut connect, mut prober) = (Vec::new(), Vec::new(), Vec::new());
        for file in files {
            let name = file.strip_prefix(&dist).unwrap_or(&file).to_string_lossy().into_owned();
            let is_code = [".wasm", ".js", ".css"].iter().any(|extension| name.ends_with(extension));
            if !is_code || name.starts_with("samples/") {
                continue;
            }
            let part = measure(project, &file, name)?;
            match part.name.as_str() {
                "reader.js" | "reader_bg.wasm" => reader.push(part),
                "mapping.js" | "mapping_bg.wasm" | "mapping.css" => panel.push(part),
                "connect.js" | "connect_bg.wasm" | "connect.css" => connect.push(part),
                "prober.js" | "prober_bg.wasm" => prober.push(part),
                // With the help, which is fetched when somebody asks for it.
                "help.css" => {}
                "worker.js" | "worker_bg.wasm" => worker.push(part),
                _ => page.push(part),
            }
        }
        if reader.is_empty() || worker.is_empty() || page.is_empty() {
            bail!("{} holds no built page; run `cargo xtask build` first", dist.display());
        }
        Ok(Self { reader, worker, panel, connect, prober, page })
    }

    fn are_within_budget(&self) -> bool {
        self.groups().iter().all(|(_, parts, budget)| total(parts) <= *budget)
    }

    fn groups(&self) -> [(&'static str, &[Part], u64); 6] {
        [
            ("reader", &self.reader, READER_BUDGET),
            ("worker", &self.worker, WORKER_BUDGET),
            ("panel", &self.panel, PANEL_BUDGET),
            ("connect", &self.connect, CONNECT_BUDGET),
            ("prober", &self.prober, PROBER_BUDGET),
            ("page", &self.page, PAGE_BUDGET),
        ]
    }

    fn table(&self) -> String {
        let mut text = String::from("| part | file | bytes | gzip -9 |\n|---|---|---:|---:|\n");
        for (title, parts, budget) in self.groups() {
            for part in parts {
                // Writing to a string cannot fail.
                let _ = writeln!(text, "| {title} | {} | {} | {} |", part.name, part.bytes, part.gzip_bytes);
            }
            let sum = total(parts);
            let verdict = if sum <= budget { "within" } else { "**over**" };
            let in_kb = |bytes: u64| bytes as f64 / KB as f64;
            let _ = writeln!(
                text,
                "| {title} | total, {verdict} the budget of {:.0} KB | | {:.1} KB |",
                in_kb(budget),
                in_kb(sum)
            );
        }
        text
    }
}

fn total(parts: &[Part]) -> u64 {
    parts.iter().map(|part| part.gzip_bytes).sum()
}

fn measure(project: &Project, file: &Path, name: String) -> Result<Part> {
    let bytes = file.metadata()?.len();
    let output = tool::command(project, "gzip").args(["-9", "-c"]).arg(file).output().context("gzip")?;
    if !output.status.success() {
        bail!("gzip failed for {}", file.display());
    }
    Ok(Part { name, bytes, gzip_bytes: output.stdout.len() as u64 })
}
