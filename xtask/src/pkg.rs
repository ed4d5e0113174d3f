//! `cargo xtask pkg`: the npm package, from pkg/ and crates/wasm, into target/pkg.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::build::WASM_FEATURES;
use crate::build::allocation;
use crate::project::Project;
use crate::setup::wasm_target::{self, WasmCompiler};
use crate::setup::{self, Scope};
use crate::{takes_no_arguments, tool};

/// Runs the command.
pub(crate) fn command(project: &Project, arguments: &[String]) -> Result<()> {
    takes_no_arguments("pkg", arguments)?;
    let package = build(project)?;
    println!("pkg: {} is ready to publish", package.display());
    Ok(())
}

/// Builds the package, tries it in node, and says where it is.
pub(crate) fn build(project: &Project) -> Result<PathBuf> {
    setup::ensure(project, Scope::Page)?;
    let compiler = WasmCompiler::ready(project)?;
    let mut cargo = tool::command(project, "cargo");
    cargo.args(["build", "--locked", "--profile", "web", "--target", wasm_target::TARGET]);
    cargo.args(["--package", "monteverdi-wasm", "--lib"]);
    tool::run(compiler.configure(project, &mut cargo))?;

    let built = compiler.target_folder(project).join(wasm_target::TARGET).join("web/monteverdi.wasm");
    let package = project.target.join("pkg");
    if package.exists() {
        fs::remove_dir_all(&package)?;
    }
    fs::create_dir_all(&package)?;
    // One program for browsers and node: the "web" form takes the bytes from wherever they are.
    let mut wasm_bindgen = tool::command(project, "wasm-bindgen");
    wasm_bindgen.args(["--target", "web", "--out-name", "monteverdi", "--out-dir"]).arg(&package).arg(&built);
    tool::run(&mut wasm_bindgen)?;
    let file = package.join("monteverdi_bg.wasm");
    allocation::check(&fs::read(&file)?).with_context(|| file.display().to_string())?;
    if tool::find(project, "wasm-opt").is_some() {
        tool::run(tool::command(project, "wasm-opt").arg("-O3").args(WASM_FEATURES).arg(&file).arg("-o").arg(&file))?;
    }
    let template = project.root.join("pkg");
    for entry in fs::read_dir(&template).with_context(|| template.display().to_string())? {
        let entry = entry?;
        if entry.path().is_file() {
            fs::copy(entry.path(), package.join(entry.file_name()))?;
        }
    }
    for license in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(project.root.join(license), package.join(license)).with_context(|| license.to_owned())?;
    }
    // The trial lies beside the program, as a user's code would; it is not published.
    let trial = package.join("test.mjs");
    tool::run(tool::command(project, "node").arg(&trial))?;
    fs::remove_file(&trial)?;
    Ok(package)
}
