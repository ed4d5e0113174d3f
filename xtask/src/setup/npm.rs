//! The npm packages: `binaryen` (wasm-opt), `esbuild` and `playwright-core`, as locked in tests/e2e.

use anyhow::{Context, Result, bail};

use super::{Scope, announce};
use crate::project::Project;
use crate::tool;

/// Installs the locked packages unless they are there. Without npm, only the tests miss something.
pub(crate) fn ensure(project: &Project, scope: Scope) -> Result<()> {
    let folder = project.e2e();
    let lock = std::fs::read_to_string(folder.join("package-lock.json")).context("tests/e2e/package-lock.json")?;
    let stamp = folder.join("node_modules/.installed-lock.json");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if tool::find(project, "npm").is_none() {
        if scope == Scope::Page {
            println!("setup: no npm here, so the files stay a little larger (no wasm-opt, no esbuild)");
            return Ok(());
        }
        bail!("npm is needed for the browser tests");
    }
    announce("npm packages binaryen, esbuild and playwright-core", "20 s");
    // Playwright's own browsers are not wanted: the system's Chromium serves.
    tool::run(
        tool::command(project, "npm")
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&folder)
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
    )?;
    std::fs::write(&stamp, lock).context("the note of what npm installed")
}
