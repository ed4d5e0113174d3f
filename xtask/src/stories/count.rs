//! How often the incidents of every labelled case at hand name the right service, not of the quoted stories alone.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::answer::service;
use super::recorded::{Input, Prepared};
use crate::project::Project;
use crate::{accuracy, recording, tool};

/// A finding is around a fault when it begins at most this long, and this many sampling steps, before or after it.
const AROUND_S: f64 = 300.0;
const AROUND_STEPS: f64 = 2.0;
/// What one finding counts for at most when the incident around a fault is looked for.
const MOST: f64 = 10.0;
const SEEDS: std::ops::RangeInclusive<u32> = 1..=5;
const SCENARIOS: [&str; 4] = ["cpu-saturation", "memory-leak", "latency-cascade", "silent-death"];

/// What was told of the fault of one case.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Told {
    /// Some incident has a finding around it.
    is_told: bool,
    /// The incident with the most around it names the service first …
    is_first: bool,
    /// … or among the first three.
    is_among_three: bool,
    /// It is the first incident of the Report.
    opens: bool,
}

/// Goes through all cases below `data`; a line per set.
pub(super) fn count(project: &Project, monteverdi: &Path, data: &Path, workshop: &Path) -> Result<String> {
    let mut table = String::from(
        "| cases | | told | root first | in three | it is the first incident told | both |\n|---|---:|---:|---:|---:|---:|---:|\n",
    );
    let mut set = |name: &str, inputs: &[Input<'_>]| -> Result<()> {
        let (mut all, mut with_graph) = (Vec::new(), Vec::new());
        for input in inputs {
            let prepared = input.prepare(project, monteverdi, data, workshop)?;
            let analyze = |further: &[&Path]| -> Result<Told> {
                let mut command = tool::command(project, monteverdi);
                command.args(["analyze", "--json"]).args(&prepared.arguments).args(further).arg(&prepared.file);
                told(&recording::read_json(&tool::output(&mut command)?, &prepared.file)?, &prepared)
            };
            all.push(analyze(&[])?);
            if let Some(graph) = &prepared.graph {
                with_graph.push(analyze(&[Path::new("--graph"), graph])?);
            }
        }
        line(&mut table, name, &all);
        if !with_graph.is_empty() {
            line(&mut table, &format!("{name}, call graph"), &with_graph);
        }
        Ok(())
    };
    let shop = names_with_label(&data.join("rca/sockshop"))?;
    set("sock shop", &shop.iter().map(|case| Input::SockShop(case)).collect::<Vec<_>>())?;
    let mut issues = Vec::new();
    for scenario in recording::entries(&data.join("rca/petshop"))? {
        if scenario.join("noissue_metrics.csv").is_file() {
            let name = name_of(&scenario);
            issues.extend(names_with_label(&scenario)?.into_iter().map(|issue| (name.clone(), issue)));
        }
    }
    set("petshop", &issues.iter().map(|(scenario, issue)| Input::Petshop(scenario, issue)).collect::<Vec<_>>())?;
    for folder in recording::entries(&data.join("rca"))? {
        if folder.join("faults.json").is_file() {
            let kinds: Vec<String> = recording::nezha_faults(&folder)?.into_iter().map(|(_, kind)| kind).collect();
            for (name, is_resource) in [("Nezha, resource faults", true), ("Nezha, faults in code", false)] {
                let of_kind =
                    kinds.iter().enumerate().filter(|(_, kind)| accuracy::is_resource_fault(kind) == is_resource);
                set(name, &of_kind.map(|(number, _)| Input::NezhaNumber(number)).collect::<Vec<_>>())?;
            }
        }
    }
    let simulated = SCENARIOS.iter().flat_map(|scenario| SEEDS.map(|seed| Input::Simulated(scenario, seed)));
    set("simulated", &simulated.collect::<Vec<_>>())?;
    Ok(table)
}

/// The names of the folders that hold a label.
fn names_with_label(folder: &Path) -> Result<Vec<String>> {
    let cases = recording::entries(folder)?.into_iter().filter(|case| case.join("label.json").is_file());
    Ok(cases.map(|case| name_of(&case)).collect())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What a Report says of the labelled fault.
fn told(report: &Value, prepared: &Prepared) -> Result<Told> {
    let step_s = report["dataset"]["interval_ms"].as_f64().context("a data set has an interval")? / 1_000.0;
    let around_s = AROUND_S.max(AROUND_STEPS * step_s);
    let weight = |incident: &Value| -> f64 {
        let findings = incident["findings"].as_array().into_iter().flatten();
        let of = |position: &Value| {
            let finding = &report["findings"][usize::try_from(position.as_u64()?).ok()?];
            let off_s = finding["start_ms"].as_f64()? / 1_000.0 - prepared.label.from_s;
            (off_s.abs() <= around_s).then(|| finding["score"].as_f64().unwrap_or(0.0).min(MOST))
        };
        findings.filter_map(of).sum()
    };
    let incidents = report["incidents"].as_array().context("a Report has incidents")?;
    let mut best: Option<(f64, usize)> = None;
    for (place, incident) in incidents.iter().enumerate() {
        let weight = weight(incident);
        if weight > best.map_or(0.0, |(most, _)| most) {
            best = Some((weight, place));
        }
    }
    let Some((_, place)) = best else { return Ok(Told::default()) };
    let causes = incidents[place]["causes"].as_array().into_iter().flatten();
    let named: Vec<String> = causes.take(3).filter_map(|cause| service(report, cause)).collect();
    Ok(Told {
        is_told: true,
        is_first: named.first().is_some_and(|first| prepared.label.blames(first)),
        is_among_three: named.iter().any(|one| prepared.label.blames(one)),
        opens: place == 0,
    })
}

fn line(table: &mut String, name: &str, all: &[Told]) {
    let count = |is: fn(&Told) -> bool| all.iter().filter(|one| is(one)).count();
    let _ = writeln!(
        table,
        "| {name} | {} | {} | {} | {} | {} | {} |",
        all.len(),
        count(|one| one.is_told),
        count(|one| one.is_first),
        count(|one| one.is_among_three),
        count(|one| one.opens),
        count(|one| one.opens && one.is_first)
    );
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::path::PathBuf;

    use crate::recording::Fault;
    use crate::stories::recorded::{Kind, Label};
    use serde_json::json;

    fn prepared(at_s: f64) -> Prepared {
        let label = Label::of(Kind::Root, Fault { service: "mail".into(), at_s });
        Prepared { file: PathBuf::from("metrics.csv"), arguments: Vec::new(), label, graph: None }
    }

    fn report() -> Value {
        json!({
            "dataset": { "interval_ms": 60_000 },
            "services": [{ "name": "web" }, { "name": "mail" }],
            "findings": [
                { "start_ms": 1_000_000, "score": 40.0 },
                { "start_ms": 1_060_000, "score": 9.0 },
                { "start_ms": 1_120_000, "score": 8.0 },
            ],
            "incidents": [
                { "findings": [0], "causes": [{ "service": 0 }] },
                { "findings": [1, 2], "causes": [{ "service": 0 }, { "service": 1 }] },
            ],
        })
    }

    #[test]
    fn the_incident_with_the_most_around_the_fault_is_judged() {
        let second = Told { is_told: true, is_among_three: true, ..Told::default() };
        assert_eq!(told(&report(), &prepared(1_000.0)).unwrap(), second, "one strong finding counts 10, two count 17");
        let first = Told { is_told: true, opens: true, ..Told::default() };
        assert_eq!(told(&report(), &prepared(701.0)).unwrap(), first, "the others are more than five minutes away");
        assert_eq!(told(&report(), &prepared(600.0)).unwrap(), Told::default());
    }

    #[test]
    fn a_line_counts_each_by_itself() {
        let mut table = String::new();
        let right = Told { is_told: true, is_first: true, is_among_three: true, opens: true };
        line(
            &mut table,
            "shop",
            &[right, Told { opens: false, ..right }, Told { is_told: true, opens: true, ..Told::default() }],
        );
        assert_eq!(table, "| shop | 3 | 3 | 2 | 2 | 2 | 1 |\n");
    }
}
