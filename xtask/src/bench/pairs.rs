//! How fast all pairs of many series are compared: beside scipy and numpy, in Chromium, and with a screen before.

use std::path::Path;

use anyhow::Result;

use super::browser_program;
use crate::project::Project;
use crate::tool;

/// The section's text. `python` has the peers' packages.
pub(super) fn section(project: &Project, python: &Path) -> Result<String> {
    let arguments = ["build", "--locked", "--release", "--package", "monteverdi-analysis"];
    let examples = ["--example", "pairs", "--example", "screening"];
    tool::run(tool::command(project, "cargo").args(arguments).args(examples))?;
    let example = |name: &str| project.target.join("release/examples").join(name);
    let mut peers = tool::command(project, python);
    peers.arg(project.root.join("bench/peers/pairs.py")).arg("--pairs").arg(example("pairs"));
    let peers = tool::output(&mut peers)?;
    let mut in_browser = tool::command(project, "node");
    in_browser
        .arg("pairs.mjs")
        .current_dir(project.root.join("bench/browser"))
        .env("MONTEVERDI_PAIRS", example("pairs"))
        .env("MONTEVERDI_PAIRS_PAGE", browser_program::build(project, "all_pairs")?);
    let in_browser = tool::output(&mut in_browser)?;
    let screening = tool::output(tool::command(project, example("screening")).arg("time"))?;
    Ok(format!(
        "{}\n\n### In Chromium\n\n{in_browser}\n### More pairs than that\n\nWith a screen before (docs/methods/screening.md), 4,096 points, the \
         processor's time:\n\n{screening}",
        peers.trim_end()
    ))
}
