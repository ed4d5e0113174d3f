//! `cargo xtask build`: the page, as it ships, into dist/.

pub(crate) mod allocation;
mod binary;
mod imports;

use std::fs;
use std::path::{Path, PathBuf};
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

/// The variable that tells the programs which sources they are built from: those of two builds do not work together, even if
/// they understand each other.
const SOURCES: &str = "MONTEVERDI_SOURCES";

/// What `number_the_build` replaces in www/sw.js.
const UNNUMBERED: &str = "const BUILD = 'development';";

/// Runs the command.
pub(crate) fn command(project: &Project, arguments: &[String]) -> Result<()> {
    takes_no_arguments("build", arguments)?;
    setup::ensure(project, Scope::Page)?;
    page(project)
}

/// Builds the page; setup has been done.
pub(crate) fn page(project: &Project) -> Result<()> {
    let started = Instant::now();
    println!("build: page and workers (about 4 min the first time, then seconds)");
    let compiler = WasmCompiler::ready(project)?;
    let mut trunk = tool::command(project, "trunk");
    // Not `--release`: trunk would then fetch a wasm-opt of its own. The profile makes the release.
    trunk.args(["build", "--cargo-profile", "web", "--skip-version-check"]).env("RUST_BACKTRACE", "0");
    trunk.env(SOURCES, sources(project)?);
    tool::run(compiler.configure_for_size(project, &mut trunk))?;
    optimise(project)?;
    finish_pages(project)?;
    number_the_build(project)?;
    minify(project)?;
    println!("build: dist/ is ready ({:.0} s)", started.elapsed().as_secs_f64());
    Ok(())
}

/// Runs wasm-opt over all programs, and shortens the names between program and loader.
///
/// Functions with one caller stay functions: inlining all of them makes some of a hundred kilobytes, which browsers
/// compile late and which compress worse. In the order of their names, the copies of one generic function stand
/// together, where gzip finds them; the names are dropped after that. The first kilobyte of memory, the far end of the
/// stack, is never used.
fn optimise(project: &Project) -> Result<()> {
    if tool::find(project, "wasm-opt").is_none() {
        println!("build: without wasm-opt (npm install in tests/e2e brings it)");
        return Ok(());
    }
    for (name, level) in [
        ("app_bg.wasm", "-Oz"),
        ("charts_bg.wasm", "-Oz"),
        ("sound_bg.wasm", "-Oz"),
        ("export_bg.wasm", "-Oz"),
        ("mapping_bg.wasm", "-Oz"),
        ("connect_bg.wasm", "-Oz"),
        ("live_bg.wasm", "-Oz"),
        ("reader_bg.wasm", "-Os"),
        ("worker_bg.wasm", "-Os"),
    ] {
        let file = project.dist().join(name);
        allocation::check(&fs::read(&file)?).with_context(|| format!("{}", file.display()))?;
        let smaller = file.with_extension("wasm.opt");
        let size = ["--low-memory-unused", level, "-ocimfs", "60", "-g"];
        for passes in [&size[..], &["--reorder-functions-by-name", "-g"], &["--strip-debug"]] {
            let mut wasm_opt = tool::command(project, "wasm-opt");
            tool::run(wasm_opt.args(passes).args(WASM_FEATURES).arg(&file).arg("-o").arg(&smaller))?;
            fs::rename(&smaller, &file).with_context(|| format!("{}", file.display()))?;
        }
    }
    for name in ["app", "charts", "sound", "export", "mapping", "connect", "live", "reader", "worker"] {
        let (program, loader) =
            (project.dist().join(format!("{name}_bg.wasm")), project.dist().join(format!("{name}.js")));
        let (wasm, script) = imports::shorten(&fs::read(&program)?, &fs::read_to_string(&loader)?)
            .with_context(|| format!("{}", program.display()))?;
        fs::write(&program, wasm)?;
        fs::write(&loader, script)?;
    }
    Ok(())
}

/// Takes blanks, comments and long names out of scripts and style sheet.
fn minify(project: &Project) -> Result<()> {
    if tool::find(project, "esbuild").is_none() {
        println!("build: without esbuild (npm install in tests/e2e brings it)");
        return Ok(());
    }
    let programs = [
        "app.js",
        "charts.js",
        "sound.js",
        "export.js",
        "mapping.js",
        "connect.js",
        "live.js",
        "reader.js",
        "worker.js",
    ];
    for name in programs.into_iter().chain(["boot.js", "sw.js", "app.css", "help.css", "mapping.css", "connect.css"]) {
        let file = project.dist().join(name);
        let mut esbuild = tool::command(project, "esbuild");
        esbuild.args(["--minify", "--charset=utf8", "--log-level=warning", "--allow-overwrite"]);
        tool::run(esbuild.arg(&file).arg(format!("--outfile={}", file.display())))?;
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

/// Gives the service worker a number that changes with any file, so that a browser never mixes two builds.
fn number_the_build(project: &Project) -> Result<()> {
    let mut files = Vec::new();
    collect(&project.dist(), &mut files)?;
    files.sort();
    let mut hash = Fnv::new();
    for file in files {
        hash.add(file.strip_prefix(project.dist()).unwrap_or(&file).to_string_lossy().as_bytes());
        hash.add(&fs::read(&file).with_context(|| format!("{}", file.display()))?);
    }
    let service_worker = project.dist().join("sw.js");
    let text = fs::read_to_string(&service_worker).with_context(|| format!("{}", service_worker.display()))?;
    if text.matches(UNNUMBERED).count() != 1 {
        bail!("www/sw.js must have the line \"{UNNUMBERED}\" exactly once");
    }
    let numbered = text.replace(UNNUMBERED, &format!("const BUILD = '{:016x}';", hash.0));
    fs::write(&service_worker, numbered).with_context(|| format!("{}", service_worker.display()))
}

/// A number that changes with any source of the programs.
fn sources(project: &Project) -> Result<String> {
    let mut files = vec![project.root.join("Cargo.lock"), project.root.join("Cargo.toml")];
    for folder in ["src", "crates"] {
        collect(&project.root.join(folder), &mut files)?;
    }
    files.retain(|file| file.extension().is_some_and(|end| ["rs", "toml", "lock"].iter().any(|known| end == *known)));
    files.sort();
    let mut hash = Fnv::new();
    for file in files {
        hash.add(file.strip_prefix(&project.root).unwrap_or(&file).to_string_lossy().as_bytes());
        hash.add(&fs::read(&file).with_context(|| format!("{}", file.display()))?);
    }
    Ok(format!("{:016x}", hash.0))
}

/// Every file below a folder.
pub(crate) fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("{}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// FNV-1a: enough to tell builds apart, and the same on every machine.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}
