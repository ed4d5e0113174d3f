//! What a server has and what would be fetched, as text.

use prometheus::{Ask, Inventory, Plan, Question};
use std::fmt::Write;

/// Packs, labels that could name services, and the plan.
pub(crate) fn write(inventory: &Inventory, ask: &Ask) -> String {
    let mut out = String::new();
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{} has {} metrics.\n", inventory.endpoint.address(), inventory.metric_count);
    let packs = inventory.packs();
    if packs.is_empty() {
        let _ = writeln!(out, "None of the packs' metrics is there.");
    } else {
        let _ = writeln!(out, "{:<12} {:>7} {:>9}", "Pack", "metrics", "series");
    }
    for (pack, metrics, series) in packs {
        let _ = writeln!(out, "{:<12} {metrics:>7} {series:>9}  {}", pack.name, pack.title);
    }
    if inventory.has_alerts {
        let _ = writeln!(out, "{:<12} {:>17}  Alerts, as events", "alerts", "");
    }
    if !inventory.service_labels.is_empty() {
        let _ = writeln!(out, "\n{:<24} {:>7} {:>9}", "Label", "values", "series");
    }
    for one in &inventory.service_labels {
        let chosen = if one.label == inventory.service_label { "  tells services apart" } else { "" };
        let _ = writeln!(out, "{:<24} {:>7} {:>9}{chosen}", one.label, one.values, one.series);
    }
    let fleet = match ask.question {
        Question::Discover { max_series } => inventory.of_fleet(max_series),
        _ => None,
    };
    let plan = Plan::of(fleet.as_ref().unwrap_or(inventory), ask);
    if plan.queries.is_empty() && plan.left_out.is_empty() {
        let _ = writeln!(out, "\nChoose packs with --pack NAME to see what would be fetched of them.");
    } else {
        let _ = write!(out, "\n{plan}");
    }
    out
}
