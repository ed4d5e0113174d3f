//! `cargo xtask size`.

use anyhow::{Result, bail};

use crate::project::Project;

/// Runs the command.
pub(crate) fn command(_project: &Project, _arguments: &[String]) -> Result<()> {
    bail!("not written yet")
}
