//! `cargo xtask setup`: installs what building and testing need. Whatever is there is left alone.

mod apt;
pub(crate) mod cargo_tool;
mod npm;
mod rustup;
pub(crate) mod wasm_target;

use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::tool;

/// How much to install.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// What `build` and `run` need.
    Page,
    /// That, and what `test` needs: browser, Prometheus, node packages, the test runner.
    Everything,
}

/// Runs the command.
pub(crate) fn command(project: &Project, arguments: &[String]) -> Result<()> {
    let scope = match arguments {
        [] => Scope::Everything,
        [only] if only == "--page" => Scope::Page,
        [other, ..] => bail!("`setup` knows `--page`, not `{other}`"),
    };
    let started = Instant::now();
    ensure(project, scope)?;
    println!("setup: ready ({:.0} s)", started.elapsed().as_secs_f64());
    Ok(())
}

/// Installs what is missing for the scope and says what it does; costs under a second when nothing is.
pub(crate) fn ensure(project: &Project, scope: Scope) -> Result<()> {
    if tool::find(project, "cc").is_none() {
        bail!("there is no C compiler (`cc`); cargo links with it. On Debian: apt-get install gcc libc6-dev");
    }
    std::fs::create_dir_all(&project.cache)
        .with_context(|| format!("the tools folder {} cannot be made", project.cache.display()))?;
    if scope == Scope::Everything {
        rustup::ensure_components(project)?;
        apt::ensure(project, apt::FOR_TESTS)?;
    }
    wasm_target::ensure(project)?;
    wasm_target::ensure_sources(project)?;
    cargo_tool::ensure(project, &cargo_tool::TRUNK)?;
    cargo_tool::ensure(project, &cargo_tool::WASM_BINDGEN)?;
    if scope == Scope::Everything {
        cargo_tool::ensure(project, &cargo_tool::NEXTEST)?;
    }
    npm::ensure(project, scope)
}

/// Says what is about to be installed and about how long that takes.
fn announce(what: &str, duration: &str) {
    println!("setup: {what} (about {duration}, once)");
}
