//! What the engine says about the simulator's scenarios, beside the truth:
//! `cargo run --release -p monteverdi-engine --example scenarios -- [SEED]`.
#![allow(clippy::print_stdout)]

use engine::{Options, analyze};
use report::Span;
use testkit::{Scenario, simulate};

fn main() {
    let seed = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1);
    let text = |spans: &[Span]| spans.iter().map(|span| span.text.as_str()).collect::<String>();
    for scenario in Scenario::ALL {
        let simulation = simulate(scenario, seed);
        let truth = simulation.truth;
        let Ok(analysis) = analyze(simulation.dataset, &Options::default()) else { continue };
        let report = analysis.report();
        println!("\n== {} — truth: {:?} onset {:?}", scenario.name(), truth.root, truth.onset_ms);
        println!(
            "   {} findings, {} relations, {} incidents",
            report.findings.len(),
            report.relations.len(),
            report.incidents.len()
        );
        for finding in report.findings.iter().take(12) {
            let service = finding
                .services
                .first()
                .and_then(|position| report.services.get(*position))
                .map_or("", |one| one.name.as_str());
            let metric = finding
                .series
                .first()
                .and_then(|position| report.series.get(*position))
                .map_or("", |one| one.metric.as_str());
            println!(
                "   {:.1} {} {service} {metric} at {} ({:?}): {}",
                finding.score,
                finding.kind.name(),
                finding.start_ms,
                finding.scale,
                finding.sentence
            );
        }
        if let Some(incident) = report.incidents.first() {
            println!("   story: {} {}", text(&incident.narrative.headline), text(&incident.narrative.body));
            for cause in incident.causes.iter().take(3) {
                println!(
                    "   cause: {} {:.2} ({:.2})",
                    report.services.get(cause.service).map_or("", |one| one.name.as_str()),
                    cause.score,
                    cause.confidence
                );
            }
        }
    }
}
