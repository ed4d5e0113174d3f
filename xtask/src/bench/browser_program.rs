//! Examples of the app as programs for the browser, built as what ships.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;

use crate::build::WASM_FEATURES;
use crate::project::Project;
use crate::setup::wasm_target::{self, WasmCompiler};
use crate::tool;

/// The folder with an example and its loader, `EXAMPLE.js`.
pub(super) fn build(project: &Project, example: &str) -> Result<PathBuf> {
    let compiler = WasmCompiler::ready(project)?;
    let mut cargo = tool::command(project, "cargo");
    cargo.args(["build", "--locked", "--profile", "web", "--target", wasm_target::TARGET]);
    cargo.args(["--package", "monteverdi-app", "--example", example]);
    tool::run(compiler.configure_for_size(project, &mut cargo))?;
    let examples = compiler.target_folder(project).join(wasm_target::TARGET).join("web/examples");
    let folder = project.target.join("bench").join(format!("program-{example}"));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut wasm_bindgen = tool::command(project, "wasm-bindgen");
    wasm_bindgen.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(&folder);
    tool::run(wasm_bindgen.arg(examples.join(example).with_extension("wasm")))?;
    let program = folder.join(format!("{example}_bg.wasm"));
    let mut wasm_opt = tool::command(project, "wasm-opt");
    let size = ["--low-memory-unused", "-Os", "-ocimfs", "60"];
    tool::run(wasm_opt.args(size).args(WASM_FEATURES).arg(&program).arg("-o").arg(&program))?;
    Ok(folder)
}
