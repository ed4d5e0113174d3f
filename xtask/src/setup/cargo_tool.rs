//! Programs that cargo builds: trunk, wasm-bindgen, nextest, cargo-fuzz. Each version has a folder of its own.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::announce;
use crate::project::Project;
use crate::tool;

/// A program installed by `cargo install` at one version.
pub(crate) struct CargoTool {
    package: &'static str,
    version: &'static str,
    program: &'static str,
    features: &'static [&'static str],
    duration: &'static str,
    /// Whether any version that the machine already has will do.
    any_version: bool,
}

/// Builds the page. Later versions want a newer compiler than the oldest we build with.
pub(crate) const TRUNK: CargoTool = CargoTool {
    package: "trunk",
    version: "0.21.14",
    program: "trunk",
    // Without its look-up of new versions: a build asks nobody anything.
    features: &["--no-default-features", "--features", "rustls"],
    duration: "3 to 8 min",
    any_version: false,
};

/// Must be the version of the wasm-bindgen crate in Cargo.lock.
pub(crate) const WASM_BINDGEN: CargoTool = CargoTool {
    package: "wasm-bindgen-cli",
    version: "0.2.128",
    program: "wasm-bindgen",
    features: &[],
    duration: "2 to 4 min",
    any_version: false,
};

/// Runs the native tests.
pub(crate) const NEXTEST: CargoTool = CargoTool {
    package: "cargo-nextest",
    version: "0.9.143",
    program: "cargo-nextest",
    features: &["--no-default-features", "--features", "default-no-update"],
    duration: "3 to 8 min",
    any_version: true,
};

/// Builds and runs the fuzz targets.
pub(crate) const FUZZ: CargoTool = CargoTool {
    package: "cargo-fuzz",
    version: "0.13.2",
    program: "cargo-fuzz",
    features: &[],
    duration: "1 to 2 min",
    any_version: true,
};

/// The folders where our own builds of the tools lie.
pub(crate) fn folders(project: &Project) -> Vec<PathBuf> {
    [&TRUNK, &WASM_BINDGEN, &NEXTEST, &FUZZ].map(|tool| tool.root(project).join("bin")).to_vec()
}

/// Builds the tool unless it is there.
pub(crate) fn ensure(project: &Project, wanted: &CargoTool) -> Result<()> {
    if wanted.root(project).join("bin").join(wanted.program).is_file() {
        return Ok(());
    }
    if wanted.any_version && tool::find(project, wanted.program).is_some() {
        return Ok(());
    }
    let CargoTool { package, version, duration, .. } = wanted;
    announce(&format!("building {package} {version}"), duration);
    let mut install = tool::command(project, "cargo");
    install
        .args(["install", "--quiet", "--locked", package, "--version", version])
        .args(wanted.features)
        .arg("--root")
        .arg(wanted.root(project))
        // Tools that run for seconds need no release that takes minutes more to build.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        .env_remove("CARGO_TARGET_DIR");
    tool::run(&mut install).with_context(|| format!("{package} {version} could not be built"))
}

impl CargoTool {
    fn root(&self, project: &Project) -> PathBuf {
        project.cache.join("tools").join(format!("{}-{}", self.package, self.version))
    }
}
