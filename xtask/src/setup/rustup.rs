//! rustup, which may be without a way to its servers: a silence ends it.

use std::io::Read;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::announce;
use crate::project::Project;
use crate::tool;

/// How long rustup may say nothing before we take its server for unreachable.
const SILENCE: Duration = Duration::from_secs(40);

/// Adds rustfmt and clippy where they are missing; `rust-toolchain.toml` asks for them.
pub(crate) fn ensure_components(project: &Project) -> Result<()> {
    let missing: Vec<&str> = [("rustfmt", "fmt"), ("clippy", "clippy")]
        .into_iter()
        .filter(|(_, command)| tool::output(tool::command(project, "cargo").args([command, "--version"])).is_err())
        .map(|(component, _)| component)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" and ");
    if tool::find(project, "rustup").is_none() {
        bail!("{list} missing, and there is no rustup to add them");
    }
    announce(&format!("rustup component add {list}"), "10 s");
    let mut arguments = vec!["component", "add"];
    arguments.extend(missing);
    run(project, &arguments)
}

/// Runs rustup, and gives up after a time without a word: a blocked network makes it wait for ever.
pub(super) fn run(project: &Project, arguments: &[&str]) -> Result<()> {
    let mut child = tool::command(project, "rustup")
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("rustup did not start")?;
    let mut stderr = child.stderr.take().context("rustup's messages")?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut chunk = [0u8; 1024];
        while let Ok(count @ 1..) = stderr.read(&mut chunk) {
            if sender.send(String::from_utf8_lossy(&chunk[..count]).into_owned()).is_err() {
                return;
            }
        }
    });
    let mut said = String::new();
    loop {
        match receiver.recv_timeout(SILENCE) {
            Ok(text) => said.push_str(&text),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                // It may have ended between the question and the kill; either way it is over.
                let _ = child.kill();
                let _ = child.wait();
                bail!("rustup said nothing for {} s", SILENCE.as_secs());
            }
        }
    }
    let status = child.wait().context("rustup")?;
    if !status.success() {
        let reason = said.trim().lines().last().unwrap_or("no reason given");
        bail!("`rustup {}` failed: {reason}", arguments.join(" "));
    }
    Ok(())
}
