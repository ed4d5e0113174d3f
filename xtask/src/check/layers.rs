//! Which of our crates may depend on which, and what the pure ones may not reach at all.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::project::Project;
use crate::setup::wasm_target;
use crate::tool;

/// A crate of ours, and what it may depend on outside its tests.
pub(crate) struct Layer {
    pub(crate) name: &'static str,
    may_use: &'static [&'static str],
    /// Pure: no browser, no clock, no thread, no file, no network.
    pub(crate) pure: bool,
}

const fn pure(name: &'static str, may_use: &'static [&'static str]) -> Layer {
    Layer { name, may_use, pure: true }
}

const fn shell(name: &'static str, may_use: &'static [&'static str]) -> Layer {
    Layer { name, may_use, pure: false }
}

/// The layers from the bottom up. A dependency that is not listed is refused, so this table is the architecture.
pub(crate) const LAYERS: &[Layer] = &[
    pure("cells", &[]),
    pure("order", &[]),
    pure("series", &["order"]),
    pure("report", &[]),
    pure("ingest", &["cells", "order", "series", "report"]),
    pure("prometheus", &["order", "series", "report"]),
    pure("analysis", &["order"]),
    pure("operations", &["order", "report"]),
    pure("engine", &["order", "series", "report", "analysis", "operations"]),
    pure("scene", &["order", "report"]),
    pure("testkit", &["series"]),
    shell("wasm", &["series", "report", "ingest", "engine", "operations", "scene"]),
    shell("cli", &["series", "report", "ingest", "prometheus", "analysis", "engine", "operations", "scene", "testkit"]),
    shell("app", &["series", "report", "ingest", "prometheus", "engine", "operations", "scene"]),
];

/// What a pure crate may not depend on, however far down.
const BROWSER: [&str; 3] = ["wasm-bindgen", "js-sys", "web-sys"];

const PREFIX: &str = "monteverdi-";

/// Every broken layer rule, as a sentence.
pub(crate) fn violations(project: &Project) -> Result<Vec<String>> {
    let mut violations = edge_violations(&edges(project)?);
    let host = host(project)?;
    for layer in LAYERS.iter().filter(|layer| layer.pure) {
        for target in [host.as_str(), wasm_target::TARGET] {
            let reached = reached(project, layer.name, target)?;
            for name in BROWSER.iter().filter(|name| reached.contains(**name)) {
                violations.push(format!(
                    "{PREFIX}{} reaches {name} on {target}; see: cargo tree -p {PREFIX}{} --target {target} -e normal -i {name}",
                    layer.name, layer.name
                ));
            }
        }
    }
    Ok(violations)
}

/// The dependencies between our crates, outside their tests, as the manifests have them.
fn edges(project: &Project) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let metadata = tool::output(tool::command(project, "cargo").args([
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--offline",
    ]))?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata")?;
    let mut edges = BTreeMap::new();
    for package in metadata["packages"].as_array().context("cargo metadata has packages")? {
        let Some(name) = ours(&package["name"]) else { continue };
        let uses = package["dependencies"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
            .filter_map(|dependency| ours(&dependency["name"]))
            .collect();
        edges.insert(name, uses);
    }
    if edges.is_empty() {
        bail!("cargo metadata names no package of ours");
    }
    Ok(edges)
}

fn ours(name: &Value) -> Option<String> {
    name.as_str()?.strip_prefix(PREFIX).map(str::to_owned)
}

fn edge_violations(edges: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let mut violations = Vec::new();
    for (name, uses) in edges {
        let Some(layer) = LAYERS.iter().find(|layer| layer.name == name) else {
            violations.push(format!("{PREFIX}{name} has no layer; give it one in xtask/src/check/layers.rs"));
            continue;
        };
        for used in uses.iter().filter(|used| !layer.may_use.contains(&used.as_str())) {
            violations.push(format!("{PREFIX}{name} may not depend on {PREFIX}{used}"));
        }
    }
    violations
}

/// Every package that the crate's own build links on a target, with the features of that build alone.
fn reached(project: &Project, name: &str, target: &str) -> Result<BTreeSet<String>> {
    let package = format!("{PREFIX}{name}");
    let arguments = ["tree", "--package", &package, "--target", target, "--edges", "normal", "--prefix", "none"];
    let tree = tool::output(tool::command(project, "cargo").args(arguments).args(["--format", "{p}"]))?;
    Ok(tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

fn host(project: &Project) -> Result<String> {
    let version = tool::output(tool::command(project, "rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(list: &[(&str, &[&str])]) -> BTreeMap<String, BTreeSet<String>> {
        list.iter()
            .map(|(name, used)| ((*name).to_owned(), used.iter().map(|name| (*name).to_owned()).collect()))
            .collect()
    }

    #[test]
    fn an_edge_outside_the_table_is_refused() {
        assert!(edge_violations(&uses(&[("engine", &["analysis"]), ("series", &[])])).is_empty());
        let upwards = edge_violations(&uses(&[("analysis", &["engine"])]));
        assert_eq!(upwards, ["monteverdi-analysis may not depend on monteverdi-engine"]);
        assert_eq!(edge_violations(&uses(&[("nameless", &[])])).len(), 1);
    }

    #[test]
    fn the_table_has_no_way_back() {
        for (place, layer) in LAYERS.iter().enumerate() {
            for used in layer.may_use {
                let below = LAYERS.iter().position(|other| other.name == *used);
                assert!(below.is_some_and(|below| below < place), "{} uses {used}", layer.name);
            }
        }
    }
}
