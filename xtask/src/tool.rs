//! Running other programs: the PATH they see, and what is said when they fail.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::setup::cargo_tool;

/// A command that finds our own tools first, reads no standard input, and runs in the checkout.
pub(crate) fn command(project: &Project, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(&project.root)
        .stdin(Stdio::null())
        .env("PATH", search_path(project))
        // `cargo run` points this at rustup's libraries; Debian's rustc must not see them.
        .env_remove("LD_LIBRARY_PATH")
        // trunk 0.21.14 takes NO_COLOR=1 for the value of a yes/no option and stops.
        .env_remove("NO_COLOR");
    command
}

/// Our tools, then the npm tools, then the caller's PATH.
fn search_path(project: &Project) -> OsString {
    // Only a folder with a colon in its name cannot be joined; then the caller's PATH must do.
    std::env::join_paths(folders(project)).unwrap_or_else(|_| std::env::var_os("PATH").unwrap_or_default())
}

/// The folders in which programs are looked for, in order.
pub(crate) fn folders(project: &Project) -> Vec<PathBuf> {
    let mut folders = cargo_tool::folders(project);
    folders.push(project.e2e().join("node_modules/.bin"));
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path));
    }
    folders
}

/// Runs to the end with the caller's output; an exit code other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = shown(command);
    let status = command.status().with_context(|| format!("`{line}` did not start"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Runs to the end and gives the standard output; an exit code other than 0 is an error with what it said.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let output = command.output().with_context(|| format!("`{line}` did not start"))?;
    if !output.status.success() {
        bail!("`{line}` failed ({})\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Where a program is, in the PATH our commands see.
pub(crate) fn find(project: &Project, program: &str) -> Option<PathBuf> {
    std::env::split_paths(&search_path(project)).map(|folder| folder.join(program)).find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

/// The command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let mut line = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}
