//! A page of measurements in docs/: what was measured, when, on what, by which command.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::tool;

/// A Markdown page that grows by sections.
pub(crate) struct Record {
    text: String,
}

impl Record {
    /// Starts the page with its title, the command that made it, the date, the commit and the machine.
    pub(crate) fn new(project: &Project, title: &str, command: &str) -> Result<Self> {
        let date = tool::output(tool::command(project, "date").args(["-u", "+%Y-%m-%d"]))?;
        let commit =
            tool::output(tool::command(project, "git").args(["describe", "--always", "--dirty=, with changes"]))?;
        let text = format!(
            "# {title}\n\nMeasured by `{command}` on {}, commit {}, on {}. Written by that command; do not edit.\n",
            date.trim(),
            commit.trim(),
            machine()
        );
        Ok(Self { text })
    }

    /// Adds a section.
    pub(crate) fn section(&mut self, title: &str, body: &str) {
        println!("\n## {title}\n\n{}", body.trim_end());
        // Writing to a string cannot fail.
        let _ = write!(self.text, "\n## {title}\n\n{}\n", body.trim_end());
    }

    /// Writes the page.
    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        std::fs::write(file, &self.text).with_context(|| file.display().to_string())?;
        println!("\nwritten: {}", file.display());
        Ok(())
    }
}

/// Processor and its number of cores.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("an unnamed processor", |(_, model)| model.trim());
    format!("{cores} cores of {model}")
}
