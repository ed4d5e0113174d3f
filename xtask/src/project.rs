//! Where things are: the checkout, its build folder, and the tools kept between checkouts.

use std::path::PathBuf;

use anyhow::{Context, Result};

/// The folders every command works with.
pub(crate) struct Project {
    /// The checkout: the folder with the workspace's Cargo.toml.
    pub(crate) root: PathBuf,
    /// Cargo's build folder.
    pub(crate) target: PathBuf,
    /// Tools and the self-built standard library; outside the checkout, so that a fresh clone finds them.
    pub(crate) cache: PathBuf,
}

impl Project {
    /// Finds the folders from the environment that `cargo run` gives.
    pub(crate) fn find() -> Result<Self> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.parent().context("xtask lies inside the checkout")?.to_path_buf();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(PathBuf::from(folder)),
            None => root.join("target"),
        };
        Ok(Self { target, cache: cache_folder()?, root })
    }

    /// The built page.
    pub(crate) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The browser tests, which hold the npm packages too.
    pub(crate) fn e2e(&self) -> PathBuf {
        self.root.join("tests/e2e")
    }
}

fn cache_folder() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("MONTEVERDI_CACHE") {
        return Ok(PathBuf::from(folder));
    }
    if let Some(folder) = std::env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()) {
        return Ok(PathBuf::from(folder).join("monteverdi"));
    }
    let home = std::env::var_os("HOME").context("HOME is not set; set MONTEVERDI_CACHE to a folder for tools")?;
    Ok(PathBuf::from(home).join(".cache/monteverdi"))
}
