//! `cargo xtask fuzz`: throws mutated files at the readers (docs/fuzzing.md), and fails if one panics, hangs, needs too
//! much memory, or answers differently when the bytes arrive otherwise.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::setup::cargo_tool;
use crate::tool;

/// The targets that are no format.
const OTHERS: [&str; 3] = ["sniff", "settings", "containers"];
/// The longest input, in bytes: what goes wrong does so in small files, too, and many are tried in the time of a large one.
const LONGEST: u32 = 8192;
/// The most that one input may take, before it counts as a hang.
const TIMEOUT_SECONDS: u32 = 10;
/// The most memory. Inputs are a few kilobytes, and the program needs 40 MB by itself.
const MEMORY_MB: u32 = 400;
/// CPU time is found out after each turn; on a busy machine a turn has less of it than it lasts.
const MOST_TURNS: u32 = 50;

/// Runs the command.
pub(crate) fn command(project: &Project, arguments: &[String]) -> Result<()> {
    let (mut wanted, minutes) = parse(arguments)?;
    let programs = build(project)?;
    let formats = formats(project, &programs)?;
    let all: Vec<String> = OTHERS.into_iter().map(str::to_owned).chain(formats).collect();
    if let Some(unknown) = wanted.iter().find(|name| !all.contains(name)) {
        bail!("there is no target `{unknown}`; there are {}", all.join(", "));
    }
    if wanted.is_empty() {
        wanted = all;
    }
    println!("{:<24} {:>9} {:>12} {:>8}  result", "target", "CPU min", "inputs", "edges");
    let mut findings = Vec::new();
    for name in &wanted {
        let run = Target { project, name }.run(&programs, minutes * 60.0)?;
        let result = run.finding.as_ref().map_or("ok".to_owned(), |finding| finding.display().to_string());
        println!("{name:<24} {:>9.1} {:>12} {:>8}  {result}", run.cpu_seconds / 60.0, run.inputs, run.edges);
        findings.extend(run.finding.map(|finding| format!("{name}: {}", finding.display())));
    }
    if findings.is_empty() {
        return Ok(());
    }
    bail!(
        "{} findings; the inputs lie here, and what went wrong stands in target/fuzz/log:\n  {}",
        findings.len(),
        findings.join("\n  ")
    )
}

/// The targets that are asked for, all if none is named, and the minutes of CPU time for each.
fn parse(arguments: &[String]) -> Result<(Vec<String>, f64)> {
    let mut targets = Vec::new();
    let mut minutes = 1.0;
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--minutes" => {
                let number = rest.next().and_then(|number| number.parse().ok()).filter(|number| *number > 0.0);
                minutes = number.context("`--minutes` needs a number above 0")?;
            }
            option if option.starts_with('-') => bail!("`fuzz` knows `--minutes N`, not `{option}`"),
            target => targets.push(target.to_owned()),
        }
    }
    Ok((targets, minutes))
}

/// Builds the targets, and gives the folder with their programs.
fn build(project: &Project) -> Result<PathBuf> {
    let nightly = tool::output(tool::command(project, "rustup").args(["run", "nightly", "rustc", "-vV"]));
    let nightly = nightly.context("fuzzing needs a nightly compiler: rustup toolchain install nightly")?;
    let host = nightly.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names its host")?;
    cargo_tool::ensure(project, &cargo_tool::FUZZ)?;
    let target = folder(project);
    let mut cargo = tool::command(project, "rustup");
    // What the cargo that runs us says about itself does not hold for the other one.
    for variable in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN", "CARGO_TARGET_DIR"] {
        cargo.env_remove(variable);
    }
    // The address sanitizer finds mistakes in unsafe code, of which ours has none, and takes three quarters of the time.
    cargo.args(["run", "nightly", "cargo", "fuzz", "build", "--sanitizer", "none", "--target-dir"]);
    tool::run(cargo.arg(&target))?;
    Ok(target.join(host).join("release"))
}

fn folder(project: &Project) -> PathBuf {
    project.target.join("fuzz")
}

/// The formats, which the program knows.
fn formats(project: &Project, programs: &Path) -> Result<Vec<String>> {
    let mut reader = tool::command(project, programs.join("reader"));
    let list = tool::output(reader.arg("-runs=0").env("MONTEVERDI_FORMAT", "list"))?;
    Ok(list.lines().map(str::to_owned).collect())
}

/// One target.
struct Target<'a> {
    project: &'a Project,
    name: &'a str,
}

/// How a target's run went.
#[derive(Default)]
struct Run {
    cpu_seconds: f64,
    inputs: u64,
    edges: u64,
    finding: Option<PathBuf>,
}

impl Target<'_> {
    fn run(&self, programs: &Path, cpu_seconds: f64) -> Result<Run> {
        let mut run = Run::default();
        for _ in 0..MOST_TURNS {
            let left = cpu_seconds - run.cpu_seconds;
            if left < 1.0 || run.finding.is_some() {
                break;
            }
            self.turn(programs, left, &mut run)?;
        }
        Ok(run)
    }

    /// Runs for so many seconds, and adds what came of it.
    fn turn(&self, programs: &Path, seconds: f64, run: &mut Run) -> Result<()> {
        let folder = folder(self.project);
        let corpus = folder.join("corpus").join(self.name);
        let findings = folder.join("findings").join(self.name);
        let logs = folder.join("log");
        for folder in [&corpus, &findings, &logs] {
            fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        let program = if OTHERS.contains(&self.name) { self.name } else { "reader" };
        let log = logs.join(self.name);
        // The shell knows how much CPU time the program took.
        let mut shell = tool::command(self.project, "sh");
        shell.args(["-c", "\"$@\" 2> \"$LOG\"; code=$?; times; exit $code", "fuzz"]).env("LOG", &log);
        shell.arg(programs.join(program)).env("MONTEVERDI_FORMAT", self.name);
        // New inputs go to the first folder only.
        shell.arg(corpus).args(self.seeds()).arg(format!("-dict={}", self.dictionary()?.display()));
        shell.args([
            format!("-max_total_time={}", seconds.ceil()),
            format!("-max_len={LONGEST}"),
            format!("-timeout={TIMEOUT_SECONDS}"),
            format!("-rss_limit_mb={MEMORY_MB}"),
            format!("-artifact_prefix={}/", findings.display()),
            "-print_final_stats=1".to_owned(),
        ]);
        let output = shell.output().with_context(|| self.name.to_owned())?;
        let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
        run.cpu_seconds += child_seconds(&String::from_utf8_lossy(&output.stdout)).context("the shell's times")?;
        run.inputs += number_behind(&said, "stat::number_of_executed_units:");
        run.edges = number_behind(&said, " cov: ");
        if !output.status.success() {
            let mark = "Test unit written to ";
            let Some(input) = said.lines().rev().find_map(|line| line.split(mark).nth(1)) else {
                bail!("{program} failed ({}): see {}", output.status, log.display());
            };
            let input = PathBuf::from(input.trim());
            // The fuzzer's clock goes on while other programs have the processor.
            let is_timeout = input.file_name().is_some_and(|name| name.to_string_lossy().starts_with("timeout-"));
            if !is_timeout || self.cpu_seconds_of(&programs.join(program), &input)? >= f64::from(TIMEOUT_SECONDS) {
                run.finding = Some(input);
            }
        }
        Ok(())
    }

    /// How long one input takes by itself.
    fn cpu_seconds_of(&self, program: &Path, input: &Path) -> Result<f64> {
        let mut shell = tool::command(self.project, "sh");
        shell.args(["-c", "\"$@\" 2> /dev/null; times", "fuzz"]).env("MONTEVERDI_FORMAT", self.name);
        let times = tool::output(shell.arg(program).arg("-timeout=3600").arg(input))?;
        child_seconds(&times).context("the shell's times")
    }

    /// The committed inputs, and the fixtures.
    fn seeds(&self) -> Vec<PathBuf> {
        let fixtures = self.project.root.join("tests/fixtures");
        let mut seeds = vec![self.project.root.join("fuzz/corpus").join(self.name)];
        if self.name == "sniff" {
            seeds.extend(fs::read_dir(fixtures).into_iter().flatten().flatten().map(|entry| entry.path()));
        } else {
            seeds.push(fixtures.join(self.name));
        }
        seeds.retain(|folder| folder.is_dir());
        seeds
    }

    /// The words that are mixed into the inputs, by what the seeds look like.
    fn dictionary(&self) -> Result<PathBuf> {
        let names: &[&str] = match self.name {
            "sniff" => &["json", "table", "line"],
            "containers" => &["container", "table"],
            "settings" => &["setting", "table"],
            _ if self.is_json() => &["json"],
            _ => &["table", "line"],
        };
        let mut words = String::new();
        for name in names {
            let file = self.project.root.join("fuzz/dictionaries").join(name).with_extension("dict");
            words.push_str(&fs::read_to_string(&file).with_context(|| file.display().to_string())?);
        }
        let file = folder(self.project).join("log").join(format!("{}.dict", self.name));
        fs::write(&file, words)?;
        Ok(file)
    }

    fn is_json(&self) -> bool {
        let seeds = self.seeds();
        let files = seeds.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
        let begins_as_json = |file: PathBuf| {
            let mut first = [0u8];
            let read = File::open(file).and_then(|mut file| std::io::Read::read(&mut file, &mut first));
            read.is_ok() && matches!(first, [b'{' | b'['])
        };
        files.map(|entry| entry.path()).any(begins_as_json)
    }
}

/// The seconds of the second line that the shell's `times` prints: `0m59.870000s 0m1.020000s`.
fn child_seconds(times: &str) -> Option<f64> {
    let children = times.lines().filter(|line| line.contains('m')).nth(1)?;
    let seconds = |time: &str| -> Option<f64> {
        let (minutes, seconds) = time.trim_end_matches('s').split_once('m')?;
        Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
    };
    children.split_whitespace().map(seconds).sum()
}

/// The number behind the last mark; 0 if there is none.
fn number_behind(text: &str, mark: &str) -> u64 {
    let behind = text.rsplit(mark).next().filter(|behind| behind.len() < text.len()).unwrap_or("");
    behind.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shell_and_fuzzer_print_is_understood() {
        assert_eq!(child_seconds("0m0.00s 0m0.00s\n1m2.50s 0m0.25s\n"), Some(62.75));
        assert_eq!(child_seconds("nothing"), None);
        assert_eq!(number_behind("#1 INITED cov: 5 ft: 1\n#2 DONE cov: 12 ft: 3", " cov: "), 12);
        assert_eq!(number_behind("", " cov: "), 0);
    }

    #[test]
    fn targets_and_minutes_are_told_apart() {
        let of = |line: &str| parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(of("").ok(), Some((Vec::new(), 1.0)));
        assert_eq!(of("sniff --minutes 20").ok(), Some((vec!["sniff".to_owned()], 20.0)));
        assert!(of("--minutes").is_err() && of("--minutes 0").is_err() && of("--hours 1").is_err());
    }
}
