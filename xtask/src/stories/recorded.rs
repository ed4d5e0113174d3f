//! The recordings behind the stories: how each file is put together from public data, and what is known to have happened.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::{recording, tool};

/// What of Nezha's day lies around a fault in its file: so much before and after, in seconds. Longer after it than where
/// causes are ranked, so that a reader sees whether it ends.
const NEZHA_AROUND_S: (f64, f64) = (3_600.0, 600.0);

/// How a file is put together.
pub(super) enum Input<'a> {
    /// A case of the sock shop, as it is.
    SockShop(&'a str),
    /// A scenario of petshop and an issue of it, directly behind the scenario's normal recording.
    Petshop(&'a str, &'a str),
    /// What lies around the fault of a service and kind in Nezha's day.
    Nezha(&'a str, &'a str),
    /// What lies around the fault of this number, from 0, in Nezha's day.
    NezhaNumber(usize),
    /// A table without names and times as it is, its rows so far apart, with its list of labelled stretches of rows. The story
    /// is of the first stretch.
    Rows { table: &'a str, labels: &'a str, step_s: u32 },
    /// A series of the Numenta Anomaly Benchmark.
    Nab(&'a str),
    /// A scenario of `monteverdi simulate` and its seed.
    Simulated(&'a str, u32),
}

/// What is labelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The service that a fault was injected into.
    Root,
    /// A stretch of time, and at most who was touched by it.
    Stretch,
    /// Simulated: the root is known.
    Simulated,
}

/// What is known to have happened.
pub(super) struct Label {
    pub(super) kind: Kind,
    /// In a few words.
    pub(super) what: String,
    /// Who may be named.
    pub(super) services: Vec<String>,
    /// From when until when, in seconds since 1970.
    pub(super) from_s: f64,
    pub(super) until_s: Option<f64>,
}

impl Label {
    /// Whether a service is a labelled one.
    pub(super) fn blames(&self, service: &str) -> bool {
        self.services.iter().any(|one| one == service)
    }

    pub(super) fn of(kind: Kind, fault: recording::Fault) -> Self {
        let services = vec![fault.service.clone()];
        Self { kind, what: fault.service, services, from_s: fault.at_s, until_s: None }
    }
}

/// A file under a name that says nothing, how it is read, and what is known of it.
pub(super) struct Prepared {
    pub(super) file: PathBuf,
    pub(super) arguments: Vec<String>,
    pub(super) label: Label,
    /// Who calls whom, where it is known.
    pub(super) graph: Option<PathBuf>,
}

impl Input<'_> {
    /// Puts the file together in `workshop`.
    pub(super) fn prepare(
        &self,
        project: &Project,
        monteverdi: &Path,
        data: &Path,
        workshop: &Path,
    ) -> Result<Prepared> {
        let file = workshop.join("metrics.csv");
        let with_graph = |label: Label, graph| Ok(Prepared { file: file.clone(), arguments: Vec::new(), label, graph });
        let plain = |label: Label| with_graph(label, None);
        match *self {
            Self::SockShop(case) => {
                let case = data.join("rca/sockshop").join(case);
                copy(&case.join("metrics.csv"), &file)?;
                plain(Label::of(Kind::Root, recording::sock_shop_fault(&case)?.0))
            }
            Self::Petshop(scenario, issue) => {
                let scenario = data.join("rca/petshop").join(scenario);
                let issue = scenario.join(issue);
                let normal = recording::read(&scenario.join("noissue_metrics.csv"))?;
                fs::write(&file, recording::petshop_joined(&normal, &recording::read(&issue.join("metrics.csv"))?)?)?;
                let graph = workshop.join("graph.csv");
                fs::write(&graph, recording::calls_of_matrix(&recording::read(&scenario.join("graph.csv"))?))?;
                with_graph(Label::of(Kind::Root, recording::petshop_fault(&issue)?), Some(graph))
            }
            Self::Nezha(service, kind) => {
                let is_wanted =
                    |_, fault: &recording::Fault, of_kind: &str| fault.service == service && of_kind == kind;
                let (label, graph) = nezha(data, &file, is_wanted).with_context(|| format!("{kind} of {service}"))?;
                with_graph(label, Some(graph))
            }
            Self::NezhaNumber(wanted) => {
                let (label, graph) =
                    nezha(data, &file, |number, _, _| number == wanted).with_context(|| format!("fault {wanted}"))?;
                with_graph(label, Some(graph))
            }
            Self::Rows { table, labels, step_s } => {
                let packed = table.ends_with(".gz");
                let file = if packed { workshop.join("metrics.csv.gz") } else { file };
                copy(&data.join(table), &file)?;
                let label = first_stretch(&recording::read(&data.join(labels))?, step_s)
                    .with_context(|| format!("{labels} has no line `760-820:1,4`"))?;
                Ok(Prepared { file, arguments: vec!["--step".to_owned(), format!("{step_s}s")], label, graph: None })
            }
            Self::Nab(name) => {
                copy(&data.join("nab").join(name), &file)?;
                plain(last_window(project, data, name)?)
            }
            Self::Simulated(scenario, seed) => {
                let truth = workshop.join("truth.json");
                let mut simulate = tool::command(project, monteverdi);
                simulate.args(["simulate", scenario, "--seed", &seed.to_string()]).arg("--truth").arg(&truth);
                fs::write(&file, tool::output(&mut simulate)?)?;
                let known = recording::read_json(&recording::read(&truth)?, &truth)?;
                let service = known["root"].as_str().context("the truth names its root")?.to_owned();
                let at_s = known["onset_ms"].as_f64().context("the truth has a time")? / 1_000.0;
                let until_s = known["end_ms"].as_f64().map(|end_ms| end_ms / 1_000.0);
                let fault = recording::Fault { service, at_s };
                with_graph(Label { until_s, ..Label::of(Kind::Simulated, fault) }, Some(truth))
            }
        }
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    // What is copied from data that nobody may write to could not be written to, either.
    fs::write(to, fs::read(from).with_context(|| from.display().to_string())?)?;
    Ok(())
}

/// Writes what lies around the first fault of Nezha's day that is wanted, by its number, itself and its kind; its label and the
/// file that says who calls whom.
fn nezha(
    data: &Path,
    file: &Path,
    is_wanted: impl Fn(usize, &recording::Fault, &str) -> bool,
) -> Result<(Label, PathBuf)> {
    for folder in recording::entries(&data.join("rca"))? {
        if folder.join("faults.json").is_file() {
            let faults = recording::nezha_faults(&folder)?.into_iter().enumerate();
            let found = faults.map(|(number, (fault, kind))| (number, fault, kind));
            let wanted = found.into_iter().find(|(number, fault, kind)| is_wanted(*number, fault, kind));
            let (_, fault, _) = wanted.with_context(|| format!("{} has no such fault", folder.display()))?;
            let day = recording::read(&folder.join("metrics.csv"))?;
            let (before_s, after_s) = NEZHA_AROUND_S;
            fs::write(file, recording::rows_between(&day, fault.at_s - before_s, fault.at_s + after_s))?;
            return Ok((Label::of(Kind::Root, fault), folder.join("dependency.csv")));
        }
    }
    bail!("rca holds no folder with faults.json")
}

/// The first of the lines `FROM-TO:METRICS`: rows from 0, metrics from 1.
fn first_stretch(labels: &str, step_s: u32) -> Option<Label> {
    let (rows, metrics) = labels.lines().next()?.split_once(':')?;
    let (from, until) = rows.split_once('-')?;
    let services: Vec<String> = metrics.split(',').map(|metric| format!("column {}", metric.trim())).collect();
    let at_s = |row: &str| Some(row.trim().parse::<f64>().ok()? * f64::from(step_s));
    let what = format!("rows {rows}, {} metrics", services.len());
    Some(Label { kind: Kind::Stretch, what, services, from_s: at_s(from)?, until_s: Some(at_s(until)?) })
}

/// The last of a series' windows, the one that the story is of.
fn last_window(project: &Project, data: &Path, name: &str) -> Result<Label> {
    let file = data.join("nab/windows.json");
    let windows = recording::read_json(&recording::read(&file)?, &file)?;
    let windows = windows[name].as_array().with_context(|| format!("windows.json has no {name}"))?;
    let last = windows.last().with_context(|| format!("{name} has no window"))?;
    let at_s = |end: usize| -> Result<f64> {
        let time = last[end].as_str().with_context(|| format!("{name}: a window without times"))?;
        let mut date = tool::command(project, "date");
        Ok(tool::output(date.args(["-u", "-d", time, "+%s"]))?.trim().parse()?)
    };
    let what = format!("the last of {} windows", windows.len());
    Ok(Label { kind: Kind::Stretch, what, services: Vec::new(), from_s: at_s(0)?, until_s: Some(at_s(1)?) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn stretches_of_rows_are_times_and_metrics_columns() {
        let label = first_stretch("760-820:1,4\n842-860:7\n", 300).unwrap();
        assert_eq!((label.from_s, label.until_s), (228_000.0, Some(246_000.0)));
        assert!(label.blames("column 4") && !label.blames("column 7"));
        assert_eq!(label.what, "rows 760-820, 2 metrics");
        assert!(first_stretch("760:1\n", 300).is_none());
    }
}
