//! `cargo xtask check`: the rules of the house that the compiler does not know.

mod layers;
mod sources;

use anyhow::{Result, bail};

use crate::project::Project;
use crate::{takes_no_arguments, tool};

/// Runs the command.
pub(crate) fn command(project: &Project, arguments: &[String]) -> Result<()> {
    takes_no_arguments("check", arguments)?;
    let mut violations = layers::violations(project)?;
    let sources = sources::read(project)?;
    violations.extend(sources::violations(&sources));
    for warning in sources::warnings(&sources) {
        println!("check: warning: {warning}");
    }
    for violation in &violations {
        println!("check: {violation}");
    }
    if !violations.is_empty() {
        bail!("{} broken rules", violations.len());
    }
    println!("check: layers and sources keep the rules");
    schema(project)
}

/// The committed JSON Schema is what the Report's types say; a test of the report crate compares them.
fn schema(project: &Project) -> Result<()> {
    let mut cargo = tool::command(project, "cargo");
    tool::run(cargo.args(["test", "--quiet", "--package", "monteverdi-report", "--features", "schema"]))
}
