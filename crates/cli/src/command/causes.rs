//! `monteverdi causes`: what it may have come from.

use crate::failure::Failure;
use crate::instant::rfc3339;
use crate::reader::Files;
use crate::{instant, output};
use clap::Args;
use engine::{CauseRequest, RankedSeries};
use report::format::{duration_s, number, quantity};
use serde::Serialize;
use series::Dataset;

/// Arguments of `causes`.
#[derive(Args, Debug)]
pub(crate) struct Causes {
    #[command(flatten)]
    files: Files,
    /// The time of an alarm (not of the fault): seconds since 1970, or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = instant::parse_ms, allow_hyphen_values = true)]
    at: Option<i64>,
    /// Who calls whom: a CSV with the columns `caller,callee`
    #[arg(long, value_name = "EDGES.csv")]
    graph: Option<String>,
    /// A file of normal operation, in the same format
    #[arg(long, value_name = "FILE")]
    baseline: Option<String>,
}

/// The answer, as the contract has it.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    onset: String,
    services: Vec<Service<'a>>,
    metrics: Vec<Metric<'a>>,
}

#[derive(Debug, Serialize)]
struct Service<'a> {
    service: &'a str,
    score: f64,
    confidence: f64,
}

#[derive(Debug, Serialize)]
struct Metric<'a> {
    service: &'a str,
    metric: &'a str,
    series: &'a str,
    /// How far it moved, in spreads of its normal behaviour.
    score: f64,
    onset: String,
    lag_s: f64,
    evidence: String,
}

impl Causes {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let dataset = self.files.read()?;
        let baseline = match &self.baseline {
            Some(file) => Some(self.files.reading.read(std::slice::from_ref(file))?),
            None => None,
        };
        let calls = self.graph.as_deref().map(read_graph).transpose()?.unwrap_or_default();
        let request = CauseRequest { alarm_ms: self.at, calls: &calls, baseline: baseline.as_ref() };
        let causes = engine::causes(&dataset, &request, &engine::Options::default()).map_err(Failure::input)?;
        let services = causes
            .services
            .iter()
            .map(|one| Service { service: &one.service, score: one.score, confidence: one.confidence })
            .collect();
        let metrics = causes.series.iter().filter_map(|ranked| metric(&dataset, ranked)).collect();
        output::json(&Answer { onset: rfc3339(causes.onset_ms), services, metrics })
    }
}

fn metric<'a>(dataset: &'a Dataset, ranked: &'a RankedSeries) -> Option<Metric<'a>> {
    let series = dataset.series.get(ranked.series)?;
    let moved = ranked.moved;
    let unit = series.unit.to_string();
    let evidence = format!(
        "from {} to {}, {} spreads, {} after the onset",
        quantity(moved.before, &unit),
        quantity(moved.after, &unit),
        number(moved.size),
        duration_s(ranked.lag_s)
    );
    Some(Metric {
        service: &ranked.member.service,
        metric: &ranked.member.metric,
        series: &series.name,
        score: moved.size,
        onset: rfc3339(ranked.onset_ms),
        lag_s: ranked.lag_s,
        evidence,
    })
}

/// Reads `caller,callee`: a header with these two names anywhere in it, then one call per line.
fn read_graph(path: &str) -> Result<Vec<(String, String)>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::of(path, format_args!("cannot be read: {error}. Check the path.")))?;
    let wrong = |line: usize, why: &str| {
        Failure::of(path, format_args!("line {line}: {why}. The graph is a CSV with the columns caller,callee."))
    };
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let (_, head) = lines.next().ok_or_else(|| wrong(1, "there is no header"))?;
    let names = cells(head.trim_start_matches('\u{feff}'));
    let column = |name: &str| names.iter().position(|cell| cell.trim().eq_ignore_ascii_case(name));
    let (Some(caller), Some(callee)) = (column("caller"), column("callee")) else {
        return Err(wrong(1, "the header does not name caller and callee"));
    };
    lines
        .map(|(index, line)| {
            let cells = cells(line);
            match (cells.get(caller), cells.get(callee)) {
                (Some(from), Some(to)) => Ok((from.trim().to_owned(), to.trim().to_owned())),
                _ => Err(wrong(index + 1, "there are too few cells")),
            }
        })
        .collect()
}

/// The cells of a CSV line; quotes may enclose one, and double quotes inside stand for one.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cells.last_mut().into_iter().for_each(|cell| cell.push('"'));
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            _ => cells.last_mut().into_iter().for_each(|cell| cell.push(character)),
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_commas() {
        assert_eq!(cells("a,\"b, \"\"c\"\"\",d"), ["a", "b, \"c\"", "d"]);
    }
}
