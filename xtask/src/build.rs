//! `cargo xtask build`: the page, as it ships, into dist/.

use std::fs;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::setup::wasm_target::WasmCompiler;
use crate::setup::{self, Scope};
use crate::{takes_no_arguments, tool};

/// What every browser that we support runs; naming them keeps wasm-opt from using more.
pub(crate) const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-simd",
];

/// The page may talk to its own host only: a dropped file cannot leave.
const CLOSED: &str = "connect-src 'self'";
/// The page with a named Prometheus server; it narrows itself to that server before it asks anything.
const OPEN: &str = "connect-src 'self' http: https:";

/// Runs the command.
pub(crate) fn command(project: &Project, arguments: &[String]) -> Result<()> {
    takes_no_arguments("build", arguments)?;
    setup::ensure(project, Scope::Page)?;
    page(project)
}

/// Builds the page; setup has been done.
pub(crate) fn page(project: &Project) -> Result<()> {
    let started = Instant::now();
    println!("build: page and worker (about 4 min the first time, then seconds)");
    let compiler = WasmCompiler::ready(project)?;
    let mut trunk = tool::command(project, "trunk");
    // Not `--release`: trunk would then fetch a wasm-opt of its own. The profile makes the release.
    trunk.args(["build", "--cargo-profile", "web", "--skip-version-check"]).env("RUST_BACKTRACE", "0");
    tool::run(compiler.configure(project, &mut trunk))?;
    optimise(project)?;
    finish_pages(project)?;
    println!("build: dist/ is ready ({:.0} s)", started.elapsed().as_secs_f64());
    Ok(())
}

/// Runs wasm-opt over both programs: the worker for speed, the page for size.
fn optimise(project: &Project) -> Result<()> {
    if tool::find(project, "wasm-opt").is_none() {
        println!("build: without wasm-opt (npm install in tests/e2e brings it)");
        return Ok(());
    }
    for (name, level) in [("app_bg.wasm", "-Os"), ("worker_bg.wasm", "-O3")] {
        let file = project.dist().join(name);
        let smaller = file.with_extension("wasm.opt");
        let mut wasm_opt = tool::command(project, "wasm-opt");
        tool::run(wasm_opt.arg(level).args(WASM_FEATURES).arg(&file).arg("-o").arg(&smaller))?;
        fs::rename(&smaller, &file).with_context(|| format!("{}", file.display()))?;
    }
    Ok(())
}

/// Cleans index.html, and writes live.html: the same page, allowed to reach the server that the user names.
fn finish_pages(project: &Project) -> Result<()> {
    let index = project.dist().join("index.html");
    let page = fs::read_to_string(&index).with_context(|| format!("{}", index.display()))?;
    if page.matches(CLOSED).count() != 1 {
        bail!("index.html must name \"{CLOSED}\" exactly once in its policy");
    }
    // Trunk leaves its mark for the program where it is told to inject no script.
    let page: String =
        page.lines().filter(|line| !line.contains("data-trunk-id")).flat_map(|line| [line, "\n"]).collect();
    fs::write(&index, &page).with_context(|| format!("{}", index.display()))?;
    let live = project.dist().join("live.html");
    fs::write(&live, page.replace(CLOSED, OPEN)).with_context(|| format!("{}", live.display()))
}
