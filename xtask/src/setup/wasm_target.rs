//! The standard library for wasm32-unknown-unknown: from rustup, or built from Debian's sources.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{announce, apt, rustup};
use crate::project::Project;
use crate::tool;

/// The target of the page, the worker and the npm package.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Which compiler builds for wasm.
pub(crate) enum WasmCompiler {
    /// The ordinary one; it has the target.
    Ordinary,
    /// Debian's rustc, with the standard library that we built, in this sysroot.
    Debian {
        /// The folder for `--sysroot`.
        sysroot: PathBuf,
    },
}

impl WasmCompiler {
    /// The compiler that `ensure` has made ready.
    pub(crate) fn ready(project: &Project) -> Result<Self> {
        if !debian_is_wanted() && has_target(project) {
            return Ok(Self::Ordinary);
        }
        if let Ok(sysroot) = sysroot(project)
            && has_std(&libraries(&sysroot))
        {
            return Ok(Self::Debian { sysroot });
        }
        bail!("the {TARGET} target is not installed; run `cargo xtask setup`");
    }

    /// Prepares a command that runs cargo for wasm.
    pub(crate) fn configure<'a>(&self, project: &Project, command: &'a mut Command) -> &'a mut Command {
        match self {
            Self::Ordinary => command,
            Self::Debian { sysroot } => command
                .env("RUSTC", DEBIAN_RUSTC)
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-22")
                .env(
                    "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
                    // The flags of .cargo/config.toml, which this variable stands in for, and the sysroot.
                    format!("-Ctarget-feature=+simd128 --sysroot={}", sysroot.display()),
                )
                // Two compilers in one folder would do, but its size would surprise.
                .env("CARGO_TARGET_DIR", self.target_folder(project)),
        }
    }

    /// Prepares a command that runs cargo for what ships: the standard library is built along, for size, and a panic ends
    /// the program without saying why. An eighth of the page's program stays out of it that way (docs/adr/0007).
    ///
    /// Both are settings of the compiler that are not stable yet, hence `RUSTC_BOOTSTRAP`. Where the library's sources are
    /// missing, the ready-made library serves, and the files are larger.
    pub(crate) fn configure_for_size<'a>(&self, project: &Project, command: &'a mut Command) -> &'a mut Command {
        self.configure(project, command);
        if !has_sources(project, self) {
            println!("build: without the standard library's sources (rust-src), so the files stay larger");
            return command;
        }
        if let Self::Debian { .. } = self {
            // Cargo and the library's sources must be of one version.
            let path = std::env::join_paths(std::iter::once(PathBuf::from("/usr/bin")).chain(tool::folders(project)));
            command.env("PATH", path.unwrap_or_default()).env_remove("RUSTUP_TOOLCHAIN");
        }
        command
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
            .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
            .env("CARGO_ENCODED_RUSTFLAGS", size_flags(project).join("\x1f"))
    }

    /// Cargo's build folder for wasm.
    pub(crate) fn target_folder(&self, project: &Project) -> PathBuf {
        match self {
            Self::Ordinary => project.target.clone(),
            Self::Debian { .. } => project.target.join("debian"),
        }
    }
}

/// The flags of .cargo/config.toml, which these stand in for; no words for a panic; and no folder of this machine in what
/// is left of them.
fn size_flags(project: &Project) -> Vec<String> {
    let mut flags: Vec<String> =
        ["-Ctarget-feature=+simd128", "-Zunstable-options", "-Cpanic=immediate-abort"].map(str::to_owned).to_vec();
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let cargo_home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or(home.map(|home| home.join(".cargo")));
    for (folder, name) in cargo_home.iter().map(|home| (home, "cargo")).chain([(&project.root, "monteverdi")]) {
        flags.push(format!("--remap-path-prefix={}={name}", folder.display()));
    }
    flags
}

/// Makes the library's sources ready, for a page that is as small as it can be. Without them the page is only larger.
pub(crate) fn ensure_sources(project: &Project) -> Result<()> {
    let compiler = WasmCompiler::ready(project)?;
    if has_sources(project, &compiler) {
        return Ok(());
    }
    match compiler {
        WasmCompiler::Debian { .. } => apt::install(project, &[apt::WASM_SOURCES]),
        WasmCompiler::Ordinary => {
            announce("rustup component add rust-src", "10 s");
            if let Err(error) = rustup::run(project, &["component", "add", "rust-src"]) {
                println!("setup: {error:#}; the page will be larger than it could be");
            }
            Ok(())
        }
    }
}

fn has_sources(project: &Project, compiler: &WasmCompiler) -> bool {
    let rustc = match compiler {
        WasmCompiler::Ordinary => "rustc",
        WasmCompiler::Debian { .. } => DEBIAN_RUSTC,
    };
    tool::output(tool::command(project, rustc).args(["--print", "sysroot"]))
        .is_ok_and(|folder| Path::new(folder.trim()).join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file())
}

/// Makes the target ready: asks rustup, and where that fails or hangs, takes the Debian way.
pub(crate) fn ensure(project: &Project) -> Result<()> {
    if WasmCompiler::ready(project).is_ok() {
        return Ok(());
    }
    if debian_is_wanted() {
        println!("setup: MONTEVERDI_WASM=debian, so rustup is not asked for the {TARGET} target");
    } else if tool::find(project, "rustup").is_none() {
        println!("setup: no rustup here, so the {TARGET} target is built from Debian's packages");
    } else {
        announce(&format!("rustup target add {TARGET}"), "10 s");
        match rustup::run(project, &["target", "add", TARGET]) {
            Ok(()) if has_target(project) => return Ok(()),
            Ok(()) => println!("setup: rustup says it is done, yet the target is not there; taking the Debian way"),
            Err(error) => println!("setup: {error:#}; taking the Debian way"),
        }
    }
    build_from_debian(project)
}

/// `MONTEVERDI_WASM=debian` asks for the Debian way even where rustup works.
fn debian_is_wanted() -> bool {
    std::env::var_os("MONTEVERDI_WASM").is_some_and(|value| value == "debian")
}

/// A folder for one version of Debian's compiler: a standard library serves no other.
fn sysroot(project: &Project) -> Result<PathBuf> {
    let version = tool::output(tool::command(project, DEBIAN_RUSTC).arg("--version"))?;
    let version = version.split_whitespace().nth(1).context("rustc --version names a version")?;
    Ok(project.cache.join(format!("debian-sysroot-{version}")))
}

fn libraries(sysroot: &Path) -> PathBuf {
    sysroot.join("lib/rustlib").join(TARGET).join("lib")
}

fn has_target(project: &Project) -> bool {
    tool::output(tool::command(project, "rustc").args(["--print", "target-libdir", "--target", TARGET]))
        .is_ok_and(|folder| has_std(Path::new(folder.trim())))
}

fn has_std(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|files| {
        files.flatten().any(|file| {
            let name = file.file_name();
            let name = name.to_string_lossy();
            name.starts_with("libstd-") && name.ends_with(".rlib")
        })
    })
}

/// Builds the standard library from Debian's sources into a sysroot of our own; nothing of Debian's is changed.
fn build_from_debian(project: &Project) -> Result<()> {
    apt::ensure(project, apt::WASM_COMPILER)?;
    let mut rustc = tool::command(project, DEBIAN_RUSTC);
    let debian = PathBuf::from(tool::output(rustc.args(["--print", "sysroot"]))?.trim());
    let sources = debian.join("lib/rustlib/src/rust/library");
    // Debian's link to the sources is there only with the package.
    if !sources.join("std/Cargo.toml").is_file() {
        apt::install(project, &[apt::WASM_SOURCES])?;
    }
    announce(&format!("building the standard library for {TARGET} with Debian's rustc"), "80 s");

    let work = project.cache.join("debian-std");
    if work.exists() {
        fs::remove_dir_all(&work).context("an earlier build of the standard library")?;
    }
    fs::create_dir_all(work.join("src"))?;
    fs::write(work.join("src/lib.rs"), "")?;
    let manifest = "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(work.join("Cargo.toml"), manifest)?;
    let mut cargo = tool::command(project, "/usr/bin/cargo");
    cargo
        .current_dir(&work)
        .args(["build", "--quiet", "--release", "--target", TARGET])
        .args(["-Z", "build-std=core,alloc,std,panic_abort,panic_unwind,test,proc_macro"])
        .env("RUSTC", DEBIAN_RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Cembed-bitcode=yes -Zforce-unstable-if-unmarked")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-22")
        .env("CARGO_TARGET_DIR", work.join("target"))
        .env_remove("RUSTUP_TOOLCHAIN");
    tool::run(&mut cargo).context("the standard library could not be built")?;

    let libraries = libraries(&sysroot(project)?);
    fs::create_dir_all(&libraries)?;
    let built = work.join("target").join(TARGET).join("release/deps");
    for file in fs::read_dir(&built).with_context(|| format!("{}", built.display()))? {
        let file = file?.path();
        let Some(name) = file.file_name() else {
            continue;
        };
        let is_ours = name.to_string_lossy().starts_with("libempty");
        if file.extension().is_some_and(|extension| extension == "rlib") && !is_ours {
            fs::copy(&file, libraries.join(name)).with_context(|| format!("{}", file.display()))?;
        }
    }
    fs::remove_dir_all(&work)?;
    if !has_std(&libraries) {
        bail!("the standard library was built, yet {} holds none", libraries.display());
    }
    Ok(())
}
