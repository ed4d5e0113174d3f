//! A Report as a Markdown document: the start of a post-mortem.

use crate::onset::{Onset, onset};
use crate::verdict::{percent, verdict};
use report::format::{duration_s, moment, number, plural, quantity};
use report::{Finding, Incident, LabelEvidence, Report, Span};
use std::fmt::Write;

/// The most findings in the table.
const ROWS: usize = 40;
/// The most incidents that are told.
const TOLD: usize = 3;
/// The most rows of an incident's order of events, and of its candidates.
const EVENTS: usize = 20;
const CANDIDATES: usize = 5;

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
        moment(data.start_ms, 0, i64::MAX),
        moment(data.end_ms, 0, i64::MAX),
    );
    if report.findings.is_empty() {
        let _ = writeln!(out, "Nothing found: no series left its normal band.\n");
    }
    for incident in report.incidents.iter().take(TOLD) {
        post_mortem(&mut out, report, incident, span_ms);
    }
    if report.incidents.len() > TOLD {
        let _ = writeln!(out, "And {} more.\n", plural(report.incidents.len() - TOLD, "incident", "incidents"));
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

/// One incident: what is known, and what only people can add.
fn post_mortem(out: &mut String, report: &Report, incident: &Incident, span_ms: i64) {
    let service = |position: usize| escape(report.services.get(position).map_or("", |one| one.name.as_str()));
    let at = |time_ms: i64| moment(time_ms, 0, span_ms);
    let narrative = &incident.narrative;
    let _ = writeln!(out, "## {}\n\n{}\n", text(&narrative.headline), text(&narrative.body));
    if !incident.spread.is_empty() {
        let until = match incident.recovered_ms {
            Some(over_ms) => format!("to {}", at(over_ms)),
            None => "to the end of the data".to_owned(),
        };
        let _ =
            writeln!(out, "- When: from {} {until}, worst at {} (UTC)", at(incident.start_ms), at(incident.peak_ms));
        let impact = &incident.impact;
        let amount = if impact.is_weighted {
            format!("{} by the weights given", number(impact.service_s))
        } else {
            format!("{} of service time", duration_s(impact.service_s))
        };
        let _ = writeln!(
            out,
            "- Severity: {} (risk {:.2}): {} of {}, {}, {amount}",
            incident.severity.name(),
            incident.risk,
            impact.services,
            if report.knows_services() {
                plural(report.services.len(), "service", "services")
            } else {
                plural(report.services.len(), "series", "series")
            },
            plural(impact.series, "series", "series"),
        );
    }
    if let (Some(cause), Some(verdict)) = (incident.causes.first(), verdict(report, incident)) {
        let _ = match verdict.word() {
            Some(word) => writeln!(
                out,
                "- Root cause: {word} **{}**, {} of the evidence. {}",
                service(cause.service),
                percent(cause.confidence),
                escape(&cause.sentence)
            ),
            None => writeln!(out, "- Root cause: {}", verdict.excuse()),
        };
        let _ = writeln!(out, "- What would refute it: {}", escape(&narrative.refuted_by));
    }
    if !incident.labels.is_empty() {
        let told: Vec<String> = incident.labels.iter().map(label).collect();
        let _ = writeln!(out, "- Comes with: {}", told.join("; "));
    }
    if let Some(finding) = incident.critical.and_then(|position| report.findings.get(position)) {
        let _ = writeln!(
            out,
            "- Critical failure: {} from {}. {}",
            escape(&subject(report, finding)),
            at(finding.start_ms),
            escape(&finding.sentence)
        );
    }
    if let Some(known) = &incident.known {
        let _ = writeln!(out, "- Seen before: {} (confidence {:.2})", escape(&known.name), known.confidence);
    }
    if !incident.resembles.is_empty() {
        let times: Vec<String> = incident.resembles.iter().map(|alike| at(alike.start_ms)).collect();
        let _ = writeln!(out, "- It began like: {}", times.join(", "));
    }
    for check in &narrative.check_next {
        let _ = writeln!(out, "- Check next: {}", escape(check));
    }
    if !incident.spread.is_empty() {
        let _ = writeln!(out, "\n### Order of events\n\n| Time (UTC) | After | Service | What |\n|---|---:|---|---|");
        for step in incident.spread.iter().take(EVENTS) {
            let Some(finding) = report.findings.get(step.finding) else { continue };
            let origin = incident.spread.first().and_then(|first| report.findings.get(first.finding));
            let after = origin
                .filter(|_| step.lag_s > 0.0)
                .map_or_else(String::new, |origin| crate::spread::lag_words(report, origin, finding));
            let when = match onset(report, finding) {
                Onset::Seen(at_ms) => at(at_ms),
                Onset::InGap(from_ms, at_ms) => format!("{} to {} (gap)", at(from_ms), at(at_ms)),
                Onset::FromTheStart(at_ms) => format!("until {}", at(at_ms)),
            };
            let what = format!("{}: {}", escape(&subject(report, finding)), escape(&finding.sentence));
            let _ = writeln!(out, "| {when} | {after} | {} | {what} |", service(step.service));
        }
        if incident.spread.len() > EVENTS {
            let _ = writeln!(out, "\nAnd {} more.", plural(incident.spread.len() - EVENTS, "service", "services"));
        }
    }
    // Who holds nearly nothing is no candidate.
    let candidates =
        incident.causes.iter().enumerate().filter(|(place, cause)| *place == 0 || cause.confidence >= 0.01);
    let candidates: Vec<_> = candidates.map(|(_, cause)| cause).take(CANDIDATES).collect();
    if candidates.len() > 1 {
        let _ = writeln!(out, "\n### Candidates\n\n| Service | Evidence | First seen | Why |\n|---|---:|---|---|");
        for cause in candidates {
            let share = percent(cause.confidence);
            let (name, why) = (service(cause.service), escape(&cause.sentence));
            let _ = writeln!(out, "| {name} | {share} | {} | {why} |", at(cause.onset_ms));
        }
    }
    let to_come: Vec<String> = incident
        .next
        .iter()
        .filter(|arrival| incident.recovered_ms.is_none() && arrival.at_ms >= report.dataset.end_ms)
        .map(|arrival| {
            let when = format!("{} ± {}", at(arrival.at_ms), duration_s(arrival.plus_minus_s));
            format!(
                "- {} about {when}, through {}, chance {:.0} %",
                service(arrival.service),
                service(arrival.through),
                100.0 * arrival.chance
            )
        })
        .collect();
    if !to_come.is_empty() {
        let _ = writeln!(out, "\n### Who may be next\n\n{}", to_come.join("\n"));
    }
    if !incident.spread.is_empty() {
        let _ = writeln!(
            out,
            "\n### For people to add\n\n- What users noticed, and how many:\n- How it was noticed, and when:\n- What ended it:\n\n\
             | Action | Owner | Until |\n|---|---|---|\n| | | |\n"
        );
    } else {
        out.push('\n');
    }
}

fn label(told: &LabelEvidence) -> String {
    format!(
        "{} {} ({:.0} % of the evidence; {} of its {} series moved, {} of {} others)",
        escape(&told.label),
        escape(&told.value),
        100.0 * told.explained,
        told.moved,
        told.series,
        told.moved_elsewhere,
        told.series_elsewhere
    )
}

/// The service and the metric that a finding is about.
fn subject(report: &Report, finding: &Finding) -> String {
    let Some(series) = finding.series.first().and_then(|position| report.series.get(*position)) else {
        return String::new();
    };
    let service = report.services.get(series.service).map_or("", |one| one.name.as_str());
    if series.metric == service { service.to_owned() } else { format!("{service} {}", series.metric) }
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
        moment(finding.start_ms, 0, span_ms),
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

    #[test]
    fn the_labels_of_an_incident_are_told() {
        let told = LabelEvidence {
            label: "pod".into(),
            value: "web_2".into(),
            moved: 2,
            series: 3,
            moved_elsewhere: 0,
            series_elsewhere: 9,
            explained: 0.97,
        };
        let incident = Incident { labels: vec![told], ..Incident::default() };
        let document = write(&Report { incidents: vec![incident], ..Report::default() });
        let line = "- Comes with: pod web\\_2 (97 % of the evidence; 2 of its 3 series moved, 0 of 9 others)";
        assert!(document.contains(line), "{document}");
    }
}
