//! A page of measurements in docs/: what was measured, when, on what, by which command.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::tool;

/// Prose is broken before this column, as in the other pages.
const WIDTH: usize = 120;

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
        Ok(Self { text: wrapped(&text) + "\n" })
    }

    /// Adds a section.
    pub(crate) fn section(&mut self, title: &str, body: &str) {
        let body = wrapped(body.trim_end());
        println!("\n## {title}\n\n{body}");
        // Writing to a string cannot fail.
        let _ = write!(self.text, "\n## {title}\n\n{body}\n");
    }

    /// Writes the page.
    pub(crate) fn write(&self, file: &Path) -> Result<()> {
        std::fs::write(file, &self.text).with_context(|| file.display().to_string())?;
        println!("\nwritten: {}", file.display());
        Ok(())
    }
}

/// Breaks lines of prose; tables, entries of lists and what stands between fences stay as they are.
fn wrapped(text: &str) -> String {
    let mut is_fenced = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        is_fenced ^= line.starts_with("```");
        if is_fenced || line.starts_with(['|', ' ', '-']) {
            lines.push(line.to_owned());
            continue;
        }
        let mut broken = String::new();
        for word in line.split(' ') {
            if !broken.is_empty() && broken.chars().count() + 1 + word.chars().count() > WIDTH {
                lines.push(std::mem::take(&mut broken));
            }
            if !broken.is_empty() {
                broken.push(' ');
            }
            broken.push_str(word);
        }
        lines.push(broken);
    }
    lines.join("\n")
}

/// Processor and its number of cores.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("an unnamed processor", |(_, model)| model.trim());
    format!("{cores} cores of {model}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_broken_and_tables_are_not() {
        let (word, row) = ("word ".repeat(40), format!("| {} |", "cell ".repeat(40)));
        let text = wrapped(&format!("{}\n\n{row}\n```text\n{word}\n```", word.trim()));
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.iter().take(2).all(|line| line.len() <= WIDTH && !line.ends_with(' ')), "{text}");
        assert_eq!((lines[2], lines[3], lines[5]), ("", row.as_str(), word.as_str()));
        assert_eq!(wrapped("short"), "short");
    }
}
