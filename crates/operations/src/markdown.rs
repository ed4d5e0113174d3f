//! A Report as a Markdown document: the start of a post-mortem.

use report::format::{clock, duration_s, plural, quantity};
use report::{Finding, Report, Span};
use std::fmt::Write;

/// The most findings in the table.
const ROWS: usize = 40;

/// Writes the whole Report as Markdown. Text from the data is escaped, so that no name can become markup.
pub fn write(report: &Report) -> String {
    let mut out = String::new();
    let data = &report.dataset;
    let span_ms = data.end_ms - data.start_ms;
    let names: Vec<String> = data.sources.iter().map(|source| escape(&source.name)).collect();
    let _ = writeln!(out, "# {}\n", names.join(", "));
    let _ = writeln!(
        out,
        "{} in {}, {} at {} intervals, from {} to {} UTC.\n",
        plural(report.series.len(), "series", "series"),
        plural(report.services.len(), "service", "services"),
        duration_s(span_ms as f64 / 1000.0),
        duration_s(data.interval_ms as f64 / 1000.0),
        clock(data.start_ms, 0, i64::MAX),
        clock(data.end_ms, 0, i64::MAX),
    );
    if report.findings.is_empty() {
        let _ = writeln!(out, "Nothing found: no series left its normal band.\n");
    }
    for incident in report.incidents.iter().take(3) {
        let _ = writeln!(out, "## {}\n\n{}\n", text(&incident.narrative.headline), text(&incident.narrative.body));
        if let Some(cause) = incident.causes.first() {
            let service = report.services.get(cause.service).map_or("", |service| service.name.as_str());
            let _ = writeln!(
                out,
                "- Probable root cause: **{}**, {:.0} % of the evidence. {}",
                escape(service),
                100.0 * cause.confidence,
                escape(&cause.sentence)
            );
            let _ = writeln!(out, "- What would refute it: {}", escape(&incident.narrative.refuted_by));
        }
        if let Some(known) = &incident.known {
            let _ = writeln!(out, "- Seen before: {} (confidence {:.2})", escape(&known.name), known.confidence);
        }
        if !incident.resembles.is_empty() {
            let times: Vec<String> = incident.resembles.iter().map(|alike| clock(alike.start_ms, 0, span_ms)).collect();
            let _ = writeln!(out, "- It began like: {}", times.join(", "));
        }
        for check in &incident.narrative.check_next {
            let _ = writeln!(out, "- Check next: {}", escape(check));
        }
        out.push('\n');
    }
    if !report.findings.is_empty() {
        let _ =
            writeln!(out, "## Findings\n\n| Time (UTC) | Service | Series | What | Score |\n|---|---|---|---|---:|");
        for finding in report.findings.iter().take(ROWS) {
            row(&mut out, report, finding, span_ms);
        }
        if report.findings.len() > ROWS {
            let _ = writeln!(out, "\nAnd {} more.", report.findings.len() - ROWS);
        }
        out.push('\n');
    }
    if !data.notes.is_empty() {
        let _ = writeln!(out, "## About the data\n");
        for note in &data.notes {
            let _ = writeln!(out, "- {}", escape(&note.message));
        }
    }
    out
}

fn row(out: &mut String, report: &Report, finding: &Finding, span_ms: i64) {
    let series = finding.series.first().and_then(|position| report.series.get(*position));
    let service = finding.services.first().and_then(|position| report.services.get(*position));
    let numbers: Vec<String> = finding
        .numbers
        .iter()
        .take(3)
        .map(|number| format!("{} {}", number.name, quantity(number.value, &number.unit)))
        .collect();
    let _ = writeln!(
        out,
        "| {} | {} | {} | {}{} | {:.1} |",
        clock(finding.start_ms, 0, span_ms),
        escape(service.map_or("", |one| one.name.as_str())),
        escape(series.map_or("", |one| one.metric.as_str())),
        escape(&finding.sentence),
        if numbers.is_empty() { String::new() } else { format!(" ({})", escape(&numbers.join(", "))) },
        finding.score,
    );
}

fn text(spans: &[Span]) -> String {
    escape(&spans.iter().map(|span| span.text.as_str()).collect::<String>())
}

/// Backslashes before everything that Markdown could read as markup, and line ends as spaces.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '!' => {
                safe.push('\\');
                safe.push(character);
            }
            '\n' | '\r' => safe.push(' '),
            _ => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::{DatasetSummary, Source};

    #[test]
    fn a_quiet_report_says_so_and_names_are_text() {
        let source = Source { name: "a|<b>.csv".into(), ..Source::default() };
        let report = Report {
            dataset: DatasetSummary { sources: vec![source], ..DatasetSummary::default() },
            ..Report::default()
        };
        let document = write(&report);
        assert!(document.contains("Nothing found"));
        assert!(document.contains("a\\|\\<b\\>.csv"), "{document}");
    }
}
