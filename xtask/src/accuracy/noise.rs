//! False positives: the share of Reports on pure noise that carry any finding, as the engine's example counts it.

use std::fmt::Write as _;

use anyhow::{Context, Result};

use super::Section;
use crate::project::Project;
use crate::tool;

/// The largest share of healthy Reports with a finding that is promised, in percent.
const PROMISED: f64 = 5.0;

/// Runs the example on 1,000 seeds of each noise.
pub(super) fn section(project: &Project) -> Result<Section> {
    let arguments = ["run", "--locked", "--quiet", "--release", "--package", "monteverdi-engine", "--example", "noise"];
    let lines = tool::output(tool::command(project, "cargo").args(arguments).args(["--", "1000"]))?;
    let mut table = String::from("| noise | seeds | with a finding | with a relation |\n|---|---:|---:|---:|\n");
    let mut failures = Vec::new();
    for line in lines.lines() {
        let row = Row::read(line).with_context(|| format!("the example `noise` wrote `{line}`"))?;
        let _ = writeln!(
            table,
            "| {} | {} | {:.1} % | {:.1} % |",
            row.noise, row.seeds, row.with_finding, row.with_relation
        );
        if row.with_finding > PROMISED {
            failures.push(format!("{} % of Reports on {} carry a finding", row.with_finding, row.noise));
        }
    }
    let body = format!(
        "`cargo run --release -p monteverdi-engine --example noise 1000`: data sets of 1,440 points: 8 series of noise \
         (of mixed intervals: four of 15 s, two of 60 s and two of 300 s), or what is derived from the histograms and \
         counters of two services with steady Poisson traffic; the share of Reports that carry any finding (promise: at \
         most {PROMISED} %) or any relation (the quantiles of one histogram are related).\n\n{table}\n\
         Normal noise is kind: real latencies have heavier tails. Each statistic's own table is on its page in \
         [methods](methods)."
    );
    Ok(Section { body, failures })
}

/// A line of the example.
#[derive(Debug, PartialEq)]
struct Row<'a> {
    noise: &'a str,
    seeds: u32,
    /// In percent.
    with_finding: f64,
    /// In percent.
    with_relation: f64,
}

impl<'a> Row<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (noise, rest) = line.split_once(": ")?;
        let (seeds, rest) = rest.split_once(" seeds, ")?;
        let (with_finding, rest) = rest.split_once(" % of Reports with a finding, ")?;
        let (with_relation, _) = rest.split_once(" % with a relation")?;
        Some(Self {
            noise,
            seeds: seeds.parse().ok()?,
            with_finding: with_finding.parse().ok()?,
            with_relation: with_relation.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_example_is_read() {
        let line =
            "AR(1), phi = 0.6: 1000 seeds, 0.4 % of Reports with a finding, 0.6 % with a relation {\"spike\": 4}";
        let row = Row { noise: "AR(1), phi = 0.6", seeds: 1000, with_finding: 0.4, with_relation: 0.6 };
        assert_eq!(Row::read(line), Some(row));
        assert_eq!(Row::read("warning: unused"), None);
    }
}
