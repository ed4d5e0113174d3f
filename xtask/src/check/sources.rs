//! What may not stand in a source file: clocks and threads in the pure crates, unfinished work anywhere.

use std::path::Path;

use anyhow::{Context, Result};

use super::layers::LAYERS;
use crate::project::Project;
use crate::tool;

/// A file longer than this is worth a look.
const LONG_LINES: usize = 600;

/// Calls that make a pure crate depend on more than its arguments.
const IMPURE: [(&str, &str); 9] = [
    ("SystemTime", "time comes in as an argument"),
    ("Instant::now", "time comes in as an argument"),
    ("std::thread", "the caller decides about threads"),
    ("thread_rng", "randomness comes in as a seed"),
    ("rand::rng(", "randomness comes in as a seed"),
    ("from_entropy", "randomness comes in as a seed"),
    ("std::fs", "bytes come in as an argument"),
    ("std::net", "a Transport does the talking"),
    ("std::env", "settings come in as an argument"),
];

/// Marks of unfinished work. Written in two halves, so that this file does not accuse itself.
const UNFINISHED: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("unimpl", "emented!"),
    concat!("to", "do!("),
    concat!("dbg", "!("),
];

/// Names for files without a noun.
const NOUNLESS: [&str; 6] = ["utils", "util", "helpers", "helper", "misc", "common"];

const EXTENSIONS: [&str; 6] = ["rs", "mjs", "js", "css", "html", "py"];

/// A source file of ours.
pub(crate) struct Source {
    /// From the checkout's root, with `/`.
    path: String,
    text: String,
}

/// Reads every source file that git knows or would know.
pub(crate) fn read(project: &Project) -> Result<Vec<Source>> {
    let mut git = tool::command(project, "git");
    let list = tool::output(git.args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let mut sources = Vec::new();
    for path in list.lines() {
        let extension = Path::new(path).extension().and_then(|extension| extension.to_str());
        let file = project.root.join(path);
        // A file that was just removed is still in git's list.
        if extension.is_some_and(|extension| EXTENSIONS.contains(&extension)) && file.is_file() {
            let text = std::fs::read_to_string(&file).with_context(|| path.to_owned())?;
            sources.push(Source { path: path.to_owned(), text });
        }
    }
    Ok(sources)
}

/// Every broken rule, as `file:line: sentence`.
pub(crate) fn violations(sources: &[Source]) -> Vec<String> {
    let mut violations = Vec::new();
    for Source { path, text } in sources {
        let stem = Path::new(path).file_stem().and_then(|stem| stem.to_str()).unwrap_or("");
        if NOUNLESS.contains(&stem) {
            violations.push(format!("{path}: a file has one noun, and `{stem}` is none"));
        }
        for (index, line) in text.lines().enumerate() {
            for mark in UNFINISHED.iter().filter(|mark| line.contains(**mark)) {
                violations.push(format!("{path}:{}: unfinished work is marked: {mark}", index + 1));
            }
        }
        if is_pure(path) {
            for (index, line) in code_outside_tests(text) {
                for (call, reason) in IMPURE.iter().filter(|(call, _)| line.contains(call)) {
                    violations.push(format!("{path}:{}: `{call}` in a pure crate; {reason}", index + 1));
                }
            }
        }
    }
    violations
}

/// Files that are legal but long.
pub(crate) fn warnings(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .map(|source| (source, source.text.lines().count()))
        .filter(|(_, lines)| *lines > LONG_LINES)
        .map(|(source, lines)| format!("{} has {lines} lines; does it have one noun?", source.path))
        .collect()
}

fn is_pure(path: &str) -> bool {
    LAYERS.iter().any(|layer| {
        layer.pure
            && path.strip_prefix("crates/").and_then(|path| path.strip_prefix(layer.name)).is_some_and(|path| {
                // Unit tests in a file of their own are tests too.
                path.starts_with("/src/") && !path.ends_with("/tests.rs")
            })
    })
}

/// The lines before the unit tests, without comments; tests may read fixtures.
fn code_outside_tests(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .map(|(index, line)| (index, line.split("//").next().unwrap_or("")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        violations(&[Source { path: path.to_owned(), text: text.to_owned() }]).len()
    }

    #[test]
    fn a_clock_in_a_pure_crate_is_found_and_elsewhere_is_not() {
        let clock = "fn now() { let _ = std::time::Instant::now(); }";
        assert_eq!(found("crates/analysis/src/trend.rs", clock), 1);
        assert_eq!(found("crates/cli/src/main.rs", clock), 0);
        assert_eq!(found("crates/analysis/src/trend.rs", "// Instant::now is forbidden"), 0);
        assert_eq!(found("crates/analysis/src/trend.rs", "#[cfg(test)]\nmod tests { use std::fs; }"), 0);
        assert_eq!(found("crates/analysis/tests/reference.rs", "use std::fs;"), 0);
    }

    #[test]
    fn unfinished_work_and_nameless_files_are_found() {
        assert_eq!(found("src/views/radar.rs", concat!("// TO", "DO: draw")), 1);
        assert_eq!(found("src/utils.rs", ""), 1);
        assert_eq!(found("src/state/view.rs", "fn method() {}"), 0);
    }
}
