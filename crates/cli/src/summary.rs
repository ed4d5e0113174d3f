//! A Report as a short text for a terminal.

use operations::verdict::{percent, rivals, verdict};
use report::format::{date_time, duration_s, lag_s, moment, number, plural, probability};
use report::{DelayVerdict, Finding, Incident, Relation, Report, Span, Surprise};
use std::fmt::Write;

/// The most findings listed.
const FINDINGS: usize = 20;
/// The most relations listed.
const RELATIONS: usize = 8;
/// The most unexpected values listed.
const SURPRISES: usize = 6;
/// The most lines of a section on accents.
const SECTION: usize = 12;
/// A beat is told from this surprisal on: it comes once in 32 beats.
const SURPRISING_BITS: f64 = 5.0;
/// The most causes listed beside the first.
const RIVALS: usize = 2;
/// The most incidents told in full; of the others the headline.
const TOLD: usize = 3;
/// The widest a name is written.
const NAME_WIDTH: usize = 44;
/// Where the text wraps, in characters.
const LINE_WIDTH: usize = 100;

/// Writes the story, the findings, what moves together, and notes on the data. Times are in UTC.
pub(crate) fn write(report: &Report) -> String {
    let mut out = String::new();
    head(&mut out, report);
    if report.findings.is_empty() {
        out.push_str("\nNothing found.\n");
    }
    for incident in report.incidents.iter().take(TOLD) {
        story(&mut out, report, incident);
    }
    headlines(&mut out, report);
    findings(&mut out, "Findings", &report.findings, report);
    findings(&mut out, "Warnings", &report.warnings, report);
    relations(&mut out, report);
    surprises(&mut out, report);
    rhythms(&mut out, report);
    patterns(&mut out, report);
    notes(&mut out, report);
    out
}

fn head(out: &mut String, report: &Report) {
    let data = &report.dataset;
    for source in &data.sources {
        let zone = source.assumed_time_zone.as_ref().map_or_else(String::new, |zone| format!(", times read as {zone}"));
        let _ = writeln!(out, "{} ({}{zone})", plain(&source.name), plain(&source.format));
    }
    let _ = writeln!(
        out,
        "{} in {}, every {}, {} to {} UTC",
        plural(data.series_count, "series", "series"),
        plural(report.services.len(), "service", "services"),
        duration_s(data.interval_ms as f64 / 1_000.0),
        date_time(data.start_ms, 0),
        date_time(data.end_ms, 0),
    );
}

fn story(out: &mut String, report: &Report, incident: &Incident) {
    let _ = writeln!(out);
    wrap(out, &spans(&incident.narrative.headline), "");
    wrap(out, &spans(&incident.narrative.body), "");
    if !incident.spread.is_empty() {
        let causes = causes(report, incident).map_or_else(String::new, |line| format!(" {line}"));
        wrap(out, &format!("Severity: {}.{causes}", incident.severity.name()), "");
    }
    if let Some(known) = &incident.known {
        wrap(out, &format!("Seen before: {} (confidence {:.2}).", plain(&known.name), known.confidence), "");
    }
    if let Some(alike) = incident.resembles.first() {
        let span_ms = report.dataset.end_ms - report.dataset.start_ms;
        let more = match incident.resembles.len() - 1 {
            0 => String::new(),
            more => format!(" and {}", plural(more, "other time", "other times")),
        };
        wrap(out, &format!("It began as something did at {}{more}.", moment(alike.start_ms, 0, span_ms)), "");
    }
    if !incident.narrative.refuted_by.is_empty() {
        wrap(out, &format!("What would refute it: {}", incident.narrative.refuted_by), "");
    }
    for check in &incident.narrative.check_next {
        wrap(out, &format!("Look at: {check}"), "");
    }
}

/// Who else may be the cause, with the shares of the evidence; the story names the first.
fn causes(report: &Report, incident: &Incident) -> Option<String> {
    verdict(report, incident)?.word()?;
    let name = |cause: &report::Cause| {
        let service = report.services.get(cause.service).map_or("", |service| service.name.as_str());
        format!("{} ({})", plain(service), percent(cause.confidence))
    };
    let others: Vec<String> = rivals(incident).take(RIVALS).map(name).collect();
    (!others.is_empty()).then(|| format!("Other candidates: {}.", others.join(", ")))
}

/// What else happened, in one line each.
fn headlines(out: &mut String, report: &Report) {
    let others: Vec<&Incident> = report.incidents.iter().skip(TOLD).collect();
    if others.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "\nAnd {} (--markdown, --incidents or --json tell more)",
        plural(others.len(), "lesser incident", "lesser incidents")
    );
    for incident in others {
        wrap(out, &spans(&incident.narrative.headline), "  ");
    }
}

fn findings(out: &mut String, title: &str, findings: &[Finding], report: &Report) {
    if findings.is_empty() {
        return;
    }
    let span_ms = report.dataset.end_ms - report.dataset.start_ms;
    let rows: Vec<[String; 4]> = findings
        .iter()
        .take(FINDINGS)
        .map(|finding| {
            [
                moment(finding.start_ms, 0, span_ms),
                format!("{:.1}", finding.score),
                finding.kind.name().to_owned(),
                finding.series.first().map_or_else(String::new, |series| name(report, *series)),
            ]
        })
        .collect();
    let _ = writeln!(out, "\n{title} (score 1.0 is the threshold)");
    table(out, ["time", "score", "kind", "series"], &rows);
    if findings.len() > FINDINGS {
        let _ = writeln!(out, "  and {} more", findings.len() - FINDINGS);
    }
}

fn relations(out: &mut String, report: &Report) {
    if report.relations.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nMoves together");
    for relation in report.relations.iter().take(RELATIONS) {
        let _ = writeln!(out, "  {}", relation_line(report, relation));
    }
    if report.relations.len() > RELATIONS {
        let _ = writeln!(out, "  and {} more", report.relations.len() - RELATIONS);
    }
}

/// The values that were least expected.
fn surprises(out: &mut String, report: &Report) {
    let span_ms = report.dataset.end_ms - report.dataset.start_ms;
    let mut all: Vec<(&Surprise, usize)> = Vec::new();
    let mut total = 0;
    for (position, series) in report.series.iter().enumerate() {
        let Some(expectation) = &series.expectation else { continue };
        total += expectation.violation_count;
        all.extend(expectation.violations.iter().map(|violation| (violation, position)));
    }
    if all.is_empty() {
        return;
    }
    all.sort_by(|a, b| b.0.bits.total_cmp(&a.0.bits).then(a.0.at_ms.cmp(&b.0.at_ms)));
    let _ = writeln!(out, "\nLeast expected (in 95 of 100 cases a value is within the interval)");
    for (surprise, position) in all.iter().take(SURPRISES) {
        let unit = report.series.get(*position).map_or("", |series| series.unit.as_str());
        let at = moment(surprise.at_ms, 0, span_ms);
        wrap(out, &format!("{at} {}: {}", name(report, *position), surprise.words(unit)), "  ");
    }
    if total > SURPRISES {
        let _ = writeln!(out, "  and {} more", total - SURPRISES);
    }
}

/// Jobs whose runs fell off the beat, or whose newest beat is out of order.
fn rhythms(out: &mut String, report: &Report) {
    let span_ms = report.dataset.end_ms - report.dataset.start_ms;
    let mut lines = Vec::new();
    for (position, series) in report.series.iter().enumerate() {
        let Some(rhythm) = &series.rhythm else { continue };
        let mut parts = Vec::new();
        if let Some(last) = rhythm.offbeats.last() {
            parts.push(format!(
                "{} off the beat (syncopation), the last at {} instead of {}",
                plural(rhythm.offbeats.len(), "run", "runs"),
                moment(last.at_ms, 0, span_ms),
                moment(last.instead_of_ms, 0, span_ms)
            ));
        }
        if let Some(newest) = rhythm.newest.filter(|beat| beat.bits >= SURPRISING_BITS) {
            parts.push(format!(
                "the newest beat, {}, {}: {} bits",
                moment(newest.at_ms, 0, span_ms),
                if newest.came { "has a run that was not expected" } else { "has no run where one was expected" },
                number(newest.bits)
            ));
        }
        if !parts.is_empty() {
            let every = duration_s(rhythm.period_s);
            lines.push(format!("{} (every {every}): {}", name(report, position), parts.join("; ")));
        }
    }
    section(out, "Against the beat", &lines);
}

/// The patterns that were asked for.
fn patterns(out: &mut String, report: &Report) {
    let span_ms = report.dataset.end_ms - report.dataset.start_ms;
    let mut lines = Vec::new();
    for (position, series) in report.series.iter().enumerate() {
        for found in series.patterns.iter().filter(|found| found.count > 0) {
            lines.push(format!(
                "{} in {}: {}, by chance {}; the last begins at {}",
                found.pattern,
                name(report, position),
                plural(found.count, "time", "times"),
                number(found.by_chance),
                found.at_ms.last().map_or_else(String::new, |at_ms| moment(*at_ms, 0, span_ms))
            ));
        }
    }
    section(out, "Patterns of accents", &lines);
}

fn section(out: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}");
    for line in lines.iter().take(SECTION) {
        wrap(out, line, "  ");
    }
    if lines.len() > SECTION {
        let _ = writeln!(out, "  and {} more", lines.len() - SECTION);
    }
}

fn relation_line(report: &Report, relation: &Relation) -> String {
    let (from, to) = (name(report, relation.from), name(report, relation.to));
    let lag = relation.lag_s.filter(|lag| *lag != 0.0);
    let follows = match (lag, relation.lag_plus_minus_s) {
        (Some(lag), Some(plus_minus)) => format!(", {} later", lag_s(lag, plus_minus)),
        (Some(lag), None) => format!(", {} later", duration_s(lag)),
        (None, _) => String::new(),
    };
    let verdict = relation.delay_verdict.filter(|verdict| *verdict != DelayVerdict::Agrees);
    let delay = match (verdict, relation.delay_s) {
        (Some(verdict), Some(delay)) => format!("; by the phase {}, {}", duration_s(delay), verdict.words()),
        _ => String::new(),
    };
    let source = if relation.same_source { "; both of one distribution" } else { "" };
    format!(
        "{from} {} {to}: {} at the {} scale, strength {}{follows}, q {}{delay}{source}",
        if lag.is_some() { "→" } else { "–" },
        relation.kind.name(),
        relation.scale.name(),
        number(relation.strength),
        probability(relation.q),
    )
}

fn notes(out: &mut String, report: &Report) {
    let unavailable = report.scales.iter().filter_map(|scale| Some((scale.scale.name(), scale.unavailable.as_ref()?)));
    let mut lines: Vec<String> = unavailable.map(|(scale, why)| format!("{scale} scale: {why}")).collect();
    lines.extend(report.dataset.notes.iter().map(|note| {
        let subject = note.subject.as_deref().map_or_else(String::new, |subject| format!("{}: ", plain(subject)));
        let undo = note.undo.as_deref().map_or_else(String::new, |undo| format!(" (undo: --set {})", quoted(undo)));
        format!("{subject}{}{undo}", note.message)
    }));
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nAbout the data");
    for line in lines {
        wrap(out, &line, "  ");
    }
}

/// A setting as a shell takes it.
fn quoted(setting: &str) -> String {
    let setting = plain(setting);
    let is_bare = setting.chars().all(|sign| sign.is_ascii_alphanumeric() || "=._-/:+,".contains(sign));
    if is_bare { setting } else { format!("'{}'", setting.replace('\'', "'\\''")) }
}

/// A series as people call it: service and metric, each once.
fn name(report: &Report, series: usize) -> String {
    let Some(one) = report.series.get(series) else { return String::new() };
    let service = report.services.get(one.service).map_or("", |service| service.name.as_str());
    let full = if service == one.metric || service.is_empty() {
        one.metric.clone()
    } else {
        format!("{service} {}", one.metric)
    };
    let full = plain(&full);
    if full.chars().count() <= NAME_WIDTH {
        return full;
    }
    let mut cut: String = full.chars().take(NAME_WIDTH - 1).collect();
    cut.push('…');
    cut
}

fn spans(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// Text from the data without control characters, which could steer a terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn table<const N: usize>(out: &mut String, head: [&str; N], rows: &[[String; N]]) {
    let head = head.map(str::to_owned);
    let all = || std::iter::once(&head).chain(rows);
    let widths: [usize; N] = std::array::from_fn(|column| {
        all().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    });
    for row in all() {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        let _ = writeln!(out, "  {}", cells.join("  ").trim_end());
    }
}

/// Writes words, wrapped, each line behind `indent`; nothing for an empty text.
fn wrap(out: &mut String, text: &str, indent: &str) {
    let mut column = 0;
    for word in plain(text).split_whitespace() {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > LINE_WIDTH {
            out.push('\n');
            column = 0;
        }
        if column == 0 {
            out.push_str(indent);
            column = indent.len();
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    if column > 0 {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_an_answer() {
        assert!(write(&Report::default()).contains("\nNothing found.\n"));
    }

    #[test]
    fn lines_wrap_and_the_terminal_stays_safe() {
        let mut out = String::new();
        wrap(&mut out, &format!("{} \u{1b}[2J end", "word ".repeat(40)), "  ");
        assert!(out.lines().all(|line| line.chars().count() <= LINE_WIDTH && line.starts_with("  ")));
        assert!(!out.contains('\u{1b}'));
    }
}
