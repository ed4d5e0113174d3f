//! One named, timed step of a longer command, and the count of the tests that its programs ran.

use std::io::{BufRead, BufReader, Read};
use std::ops::AddAssign;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::tool;

/// Tests that passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// How a step went.
pub(crate) struct Outcome {
    pub(crate) name: &'static str,
    pub(crate) duration: Duration,
    pub(crate) tally: Tally,
    pub(crate) error: Option<anyhow::Error>,
}

/// Runs a step, and says when it starts, how it ends and how long it took.
///
/// A step that fails without a failed test of its own counts as one failure.
pub(crate) fn run(name: &'static str, work: impl FnOnce(&mut Tally) -> Result<()>) -> Outcome {
    println!("\n==> {name}");
    let started = Instant::now();
    let mut tally = Tally::default();
    let error = work(&mut tally).err();
    if error.is_some() && tally.failed == 0 {
        tally.failed = 1;
    }
    let duration = started.elapsed();
    let counts = if tally == Tally::default() {
        String::new()
    } else {
        format!(", {} passed, {} failed", tally.passed, tally.failed)
    };
    match &error {
        None => println!("<== {name}: ok ({:.1} s{counts})", duration.as_secs_f64()),
        Some(error) => println!("<== {name}: FAILED ({:.1} s{counts}): {error:#}", duration.as_secs_f64()),
    }
    Outcome { name, duration, tally, error }
}

/// Runs a test program with its output shown, and adds the counts of its summary lines to the tally.
///
/// A program that ends well but names no test is an error: silence must not look like success.
pub(crate) fn run_tests(command: &mut Command, tally: &mut Tally) -> Result<()> {
    let line = tool::shown(command);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{line}` did not start"))?;
    let (sender, receiver) = mpsc::channel();
    let readers = [
        child.stdout.take().map(|pipe| show(pipe, sender.clone())),
        child.stderr.take().map(|pipe| show(pipe, sender)),
    ];
    let mut counted = Tally::default();
    let mut summaries = 0u32;
    for count in receiver {
        counted += count;
        summaries += 1;
    }
    for reader in readers.into_iter().flatten() {
        // A reader that panicked has lost output, not counts that we could still get.
        let _ = reader.join();
    }
    let status = child.wait()?;
    *tally += counted;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    if summaries == 0 {
        bail!("`{line}` ended without saying how many tests it ran");
    }
    Ok(())
}

/// Passes every line on to our output, and the counts of summary lines to the receiver.
fn show<R: Read + Send + 'static>(pipe: R, counts: mpsc::Sender<Tally>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            println!("{line}");
            if let Some(tally) = summary(&line) {
                // The receiver lives until both pipes are closed.
                let _ = counts.send(tally);
            }
            bytes.clear();
        }
    })
}

/// The counts in a summary line of libtest, the wasm test runner, nextest, or node's test runner.
fn summary(line: &str) -> Option<Tally> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("test result:") {
        return Some(counts(rest));
    }
    if line.starts_with("Summary [") {
        return line.split_once("run:").map(|(_, rest)| counts(rest));
    }
    let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "))?;
    let (word, number) = rest.split_once(' ')?;
    let number = number.parse().ok()?;
    match word {
        "pass" => Some(Tally { passed: number, failed: 0 }),
        "fail" | "cancelled" => Some(Tally { passed: 0, failed: number }),
        _ => None,
    }
}

/// Reads "12 passed, 1 failed, 1 timed out" and the like.
fn counts(text: &str) -> Tally {
    let mut tally = Tally::default();
    for part in text.split([',', ';', '.', ':']) {
        let mut words = part.split_whitespace();
        let (Some(number), Some(word)) = (words.next().and_then(|word| word.parse::<u64>().ok()), words.next()) else {
            continue;
        };
        match word {
            "passed" => tally.passed += number,
            "failed" | "timed" | "exec" => tally.failed += number,
            _ => {}
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runner_is_counted() {
        let of = |passed, failed| Some(Tally { passed, failed });
        assert_eq!(summary("test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; finished in 0.1s"), of(5, 0));
        assert_eq!(summary("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 filtered out"), of(3, 2));
        assert_eq!(
            summary("     Summary [   1.006s] 12 tests run: 10 passed (1 slow), 2 failed, 3 skipped"),
            of(10, 2)
        );
        assert_eq!(summary("Summary [ 1s] 3 tests run: 1 passed, 1 failed, 1 timed out, 0 skipped"), of(1, 2));
        assert_eq!(summary("# pass 7"), of(7, 0));
        assert_eq!(summary("ℹ fail 1"), of(0, 1));
        assert_eq!(summary("# tests 8"), None);
        assert_eq!(summary("ok 1 - reads 3 files"), None);
    }
}
