//! `cargo xtask run`: the page on this machine, from nothing to an open browser.

use std::process::Stdio;

use anyhow::Result;

use crate::project::Project;
use crate::setup::{self, Scope};
use crate::{build, serve, takes_no_arguments, tool};

/// Runs the command.
pub(crate) fn command(project: &Project, arguments: &[String]) -> Result<()> {
    takes_no_arguments("run", arguments)?;
    setup::ensure(project, Scope::Page)?;
    build::page(project)?;
    let listener = serve::bind(8080)?;
    let address = format!("http://localhost:{}/", listener.local_addr()?.port());
    println!("run: Monteverdi is at {address} (stop with Ctrl-C)");
    open(project, &address);
    serve::forever(&listener, &project.dist())
}

/// Opens the page where there is a desktop; elsewhere the printed address must do.
fn open(project: &Project, address: &str) {
    if tool::find(project, "xdg-open").is_some() {
        let mut command = tool::command(project, "xdg-open");
        let _ = command.arg(address).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    }
}
