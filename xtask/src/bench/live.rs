//! What an update of live data costs, natively and in Chromium's worker, at several lengths of history.

use anyhow::Result;

use crate::project::Project;
use crate::tool;

/// The section's text. The page has been built.
pub(super) fn section(project: &Project) -> Result<String> {
    let arguments = ["run", "--quiet", "--release", "--locked", "--package", "monteverdi-engine", "--example", "live"];
    let native = tool::output(tool::command(project, "cargo").args(arguments))?;
    let mut node = tool::command(project, "node");
    node.arg("live.mjs").current_dir(project.e2e()).env("MONTEVERDI_DIST", project.dist());
    let browser = tool::output(&mut node)?;
    Ok(format!(
        "An update is what a poll makes at once; the analysis follows in steps (docs/adr/0011-live.md).\n\n\
         ### Natively\n\n{native}\n### In Chromium's worker\n\n{browser}"
    ))
}
