//! `monteverdi analyze`: what happened.

use crate::failure::Failure;
use crate::reader::ReaderOptions;
use crate::{call_graph, duration, instant, live, output, summary, survey};
use clap::{ArgGroup, Args};
use prometheus::{Ask, Endpoint, Scope};
use report::{Library, Report};
use scene::{Theme, View, radar, svg};
use series::Dataset;

/// The size of the picture, in CSS pixels.
const PICTURE_PX: (f64, f64) = (1_200.0, 1_000.0);

/// Arguments of `analyze`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("source").required(true).multiple(true))]
pub(crate) struct Analyze {
    /// Files to read; `-` is standard input; several are merged on one clock
    #[arg(value_name = "FILE", group = "source")]
    files: Vec<String>,
    /// Print the Report as JSON
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Print the story as Markdown, the start of a post-mortem
    #[arg(long)]
    markdown: bool,
    /// Print the incidents as JSON that stands by itself, names instead of positions
    #[arg(long, conflicts_with_all = ["json", "markdown"])]
    incidents: bool,
    /// Print the incidents as annotations for Grafana (a list of bodies for `POST /api/annotations`)
    #[arg(long, conflicts_with_all = ["json", "markdown", "incidents"])]
    annotations: bool,
    /// What a service weighs in the impact of an incident (users, requests or money per second), may be repeated; services
    /// that are not named weigh 1
    #[arg(long, value_name = "SERVICE=NUMBER", value_parser = weight)]
    weight: Vec<(String, f64)>,
    /// Who calls whom: a CSV with the columns `caller,callee`, lines like `frontend -> cart` (also DOT, Mermaid), or Jaeger's
    /// dependencies (JSON) [default: labels, where they name both ends of a request]
    #[arg(long, value_name = "FILE")]
    graph: Option<String>,
    /// Count this pattern of strong (1) and weak (0) accents in every series (1,1,0), may be repeated
    #[arg(long, value_name = "1,1,0", value_parser = pattern)]
    pattern: Vec<Pattern>,
    /// Also draw the radar to this file; `-` prints it, and nothing else
    #[arg(long, value_name = "PATH")]
    svg: Option<String>,
    /// Also write the accents as music (a Standard MIDI File) to this file; `-` prints it, and nothing else
    #[arg(long, value_name = "PATH")]
    midi: Option<String>,
    /// Compare incidents with the ones in this library (JSON), as `--remember` and the page write it
    #[arg(long, value_name = "PATH")]
    signatures: Option<String>,
    /// Add the worst incident to that library under this name
    #[arg(long, value_name = "NAME", requires = "signatures")]
    remember: Option<String>,
    #[command(flatten)]
    server: Server,
    #[command(flatten)]
    reading: ReaderOptions,
}

/// Servers, instead of files or beside them.
#[derive(Args, Debug)]
struct Server {
    /// Ask this Prometheus (or Thanos, Mimir, VictoriaMetrics), may be repeated, also beside files; `--step` is the resolution
    #[arg(long, value_name = "URL", group = "source", help_heading = "Prometheus")]
    prometheus: Vec<String>,
    /// A PromQL expression to look at, may be repeated
    #[arg(long, value_name = "PROMQL", requires = "prometheus", help_heading = "Prometheus")]
    query: Vec<String>,
    /// A set of known metrics to look at, may be repeated: red, use, cadvisor, kube-state, postgres, …, alerts; without, and
    /// without --query, whatever the server has that is worth looking at
    #[arg(long, value_name = "NAME", requires = "prometheus", help_heading = "Prometheus")]
    pack: Vec<String>,
    /// The label that tells services apart [default: the best that there is]
    #[arg(long, value_name = "LABEL", requires = "prometheus", help_heading = "Prometheus")]
    service_label: Option<String>,
    /// The range of time: a duration up to now (6h), or START/END (2024-01-01T00:00:00Z/2024-01-01T06:00:00Z) [default: 12h]
    #[arg(long, value_name = "RANGE", requires = "prometheus", help_heading = "Prometheus")]
    range: Option<String>,
    /// The most samples to fetch of packs; what would be more is aggregated in the server [default: 4000000]
    #[arg(long, value_name = "SAMPLES", requires = "prometheus", help_heading = "Prometheus")]
    budget: Option<String>,
    /// Whether alerts become events: `alerts` or `none` [default: where metrics are looked through and there are alerts]
    #[arg(long, value_name = "WHICH", requires = "prometheus", help_heading = "Prometheus")]
    events: Option<String>,
    /// Also read alerts and silences of this Alertmanager; no header is sent to it
    #[arg(long, value_name = "URL", requires = "prometheus", help_heading = "Prometheus")]
    alertmanager: Option<String>,
    /// Print what the server has and what would be fetched, and fetch nothing
    #[arg(long, requires = "prometheus", conflicts_with_all = ["json", "markdown", "incidents", "annotations", "svg", "midi"], help_heading = "Prometheus")]
    plan: bool,
    /// A header that goes with every request, may be repeated (Authorization: Bearer …); with an address in front of it
    /// (http://b:9090 Authorization: Bearer …) to that server only, else to every server named
    #[arg(long, value_name = "[URL ]NAME: VALUE", requires = "prometheus", help_heading = "Prometheus")]
    header: Vec<String>,
    /// How long one request may take, in seconds [default: 60]
    #[arg(long, value_name = "SECONDS", requires = "prometheus", help_heading = "Prometheus", value_parser = clap::value_parser!(u64).range(1..))]
    timeout: Option<u64>,
}

impl Analyze {
    pub(crate) fn run(self) -> Result<(), Failure> {
        if self.server.plan {
            return self.server.print_plans(self.reading.step);
        }
        let mut library = self.library()?;
        let (dataset, options) = self.dataset()?;
        let weights = self.weight.iter().cloned().collect();
        let patterns = self.pattern.iter().map(|pattern| pattern.0.clone()).collect();
        let calls = self.graph.as_deref().map(call_graph::read).transpose()?.unwrap_or_default();
        let options = engine::Options { signatures: library.signatures.clone(), weights, calls, patterns, ..options };
        let analysis = crate::analysis::analyze(dataset, &options)?;
        let report = analysis.report();
        if let Some((name, _)) =
            self.weight.iter().find(|(name, _)| !report.services.iter().any(|one| one.name == *name))
        {
            let names: Vec<&str> = report.services.iter().map(|service| service.name.as_str()).collect();
            return Err(Failure::of(
                "--weight",
                format_args!("there is no service {name}; there are {}.", names.join(", ")),
            ));
        }
        if let Some(path) = &self.graph {
            call_graph::must_fit(path, &options.calls, report)?;
        }
        if let (Some(path), Some(name)) = (&self.signatures, &self.remember) {
            let worst = report.incidents.iter().find(|incident| !incident.signature.is_empty());
            let incident = worst.ok_or_else(|| {
                Failure::input(format_args!("There is no incident in these data that could be remembered as {name}."))
            })?;
            library.add(name, &incident.signature);
            output::file(path, &serde_json::to_vec_pretty(&library)?)?;
        }
        let svg = self.svg.as_ref().map(|path| (path, picture(report).into_bytes()));
        let midi = self.midi.as_ref().map(|path| (path, operations::midi::write(report)));
        for (path, content) in svg.iter().chain(&midi) {
            output::file(path, content)?;
            if *path == "-" {
                return Ok(());
            }
        }
        if self.json {
            output::json(report)
        } else if self.incidents {
            output::text(&format!("{}\n", operations::handover::incidents_json(report)?))
        } else if self.annotations {
            output::text(&format!("{}\n", operations::handover::annotations_json(report)?))
        } else if self.markdown {
            output::text(&operations::markdown::write(report))
        } else {
            output::text(&summary::write(report))
        }
    }

    /// The signatures that are known: none of a file that is yet to be written.
    fn library(&self) -> Result<Library, Failure> {
        let Some(path) = &self.signatures else { return Ok(Library::default()) };
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && self.remember.is_some() => {
                return Ok(Library::default());
            }
            Err(error) => return Err(Failure::input(format_args!("{path} could not be read: {error}."))),
        };
        serde_json::from_slice(&text).map_err(|error| {
            Failure::input(format_args!(
                "{path} is no library of signatures: {error}. Expected is what --remember writes: \
                 {{\"signatures\": [{{\"name\": …, \"features\": […]}}]}}."
            ))
        })
    }

    /// Everything named, on one clock. Where two sources call a series the same, the later one's name stands in front.
    fn dataset(&self) -> Result<(Dataset, engine::Options), Failure> {
        let mut parts = Vec::new();
        if !self.files.is_empty() {
            // Beside a server, the step is the resolution of what it is asked.
            let step = self.reading.step.filter(|_| self.server.prometheus.is_empty());
            parts.push(ReaderOptions { step, ..self.reading.clone() }.read(&self.files)?);
        }
        let mut last_scope = None;
        for (number, url) in self.server.prometheus.iter().enumerate() {
            let headers = self.server.headers(url)?;
            let (mut ask, scope) = self.server.ask(url, self.reading.step)?;
            // One Alertmanager for all: its alerts are events once.
            ask.alertmanager = ask.alertmanager.filter(|_| number == 0);
            parts.push(live::fetch(ask, &headers, self.server.timeout_s())?);
            // Every server is asked the same.
            last_scope = Some(scope);
        }
        let only = if parts.len() == 1 { parts.pop() } else { None };
        let dataset = only.unwrap_or_else(|| Dataset::merge(parts));
        let services = last_scope.map(|scope| scope.services(&dataset)).unwrap_or_default();
        Ok((dataset, engine::Options { services, ..engine::Options::default() }))
    }
}

/// The radar of the whole system.
fn picture(report: &Report) -> String {
    let view = View::new(PICTURE_PX.0, PICTURE_PX.1);
    svg::paint(&radar::system(report, &view), &Theme::light())
}

impl Server {
    fn timeout_s(&self) -> u64 {
        self.timeout.unwrap_or(live::USUAL_TIMEOUT_S)
    }

    /// Prints what each server has and what would be fetched of it.
    fn print_plans(&self, step_ms: Option<i64>) -> Result<(), Failure> {
        for url in &self.prometheus {
            let headers = self.headers(url)?;
            let (ask, _) = self.ask(url, step_ms)?;
            output::text(&survey::write(&live::survey(&ask, &headers, self.timeout_s())?, &ask))?;
        }
        Ok(())
    }

    /// What is asked, and the settings that say it, which are those of the page.
    fn ask(&self, url: &str, step_ms: Option<i64>) -> Result<(Ask, Scope), Failure> {
        let endpoint = Endpoint::parse(url).map_err(Failure::input)?;
        let mut scope = Scope { step_ms, ..Scope::default() };
        let (start_ms, end_ms) = self.range_ms(scope.newest_ms(instant::now_ms()))?;
        scope.range_ms = Some(end_ms - start_ms);
        let many = self.pack.iter().map(|pack| ("pack", pack)).chain(self.query.iter().map(|query| ("query", query)));
        let single = [
            ("service-label", &self.service_label),
            ("budget", &self.budget),
            ("events", &self.events),
            ("alertmanager", &self.alertmanager),
        ];
        let single = single.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        for (name, value) in many.chain(single) {
            scope.set(&format!("{name}={value}")).map_err(Failure::input)?;
        }
        Ok((Ask::of_scope(endpoint, &scope, end_ms), scope))
    }

    fn range_ms(&self, now_ms: i64) -> Result<(i64, i64), Failure> {
        let Some(range) = &self.range else { return Ok((now_ms - Ask::USUAL_RANGE_MS, now_ms)) };
        if let Some((start, end)) = range.split_once('/') {
            let moment =
                |text: &str| instant::parse_ms(text).map_err(|error| Failure::of("--range", format_args!("{error}.")));
            return Ok((moment(start)?, if end.trim().is_empty() { now_ms } else { moment(end)? }));
        }
        let length_ms = duration::parse_ms(range).map_err(|error| Failure::of("--range", format_args!("{error}.")))?;
        Ok((now_ms - length_ms, now_ms))
    }

    /// The headers that go to a server.
    fn headers(&self, url: &str) -> Result<Vec<(String, String)>, Failure> {
        let mut headers = Vec::new();
        for text in &self.header {
            let (server, header) = match text.split_once(' ') {
                Some((server, header)) if server.contains("://") => (Some(address(server)?), header),
                _ => (None, text.as_str()),
            };
            let header = parsed_header(header)?;
            if let Some(server) = server {
                let known: Vec<String> = self.prometheus.iter().map(|url| address(url)).collect::<Result<_, _>>()?;
                if !known.contains(&server) {
                    return Err(Failure::input(format_args!(
                        "A header is for {server}, but --prometheus names {}; write the address as it stands there.",
                        known.join(", ")
                    )));
                }
                if server != address(url)? {
                    continue;
                }
            }
            headers.push(header);
        }
        Ok(headers)
    }
}

/// Accents that the user looks for.
#[derive(Clone, Debug)]
struct Pattern(Vec<bool>);

/// `1,1,0`
fn pattern(text: &str) -> Result<Pattern, engine::PatternError> {
    engine::pattern(text).map(Pattern)
}

/// `checkout=5`
fn weight(text: &str) -> Result<(String, f64), String> {
    let parts = text.rsplit_once('=').map(|(name, number)| (name.trim(), number.trim().parse::<f64>()));
    match parts {
        Some((name, Ok(weight))) if !name.is_empty() && weight.is_finite() && weight >= 0.0 => {
            Ok((name.to_owned(), weight))
        }
        _ => Err("expected a service's name, `=` and a number of 0 or more, like checkout=5".to_owned()),
    }
}

/// An address without a password in it.
fn address(url: &str) -> Result<String, Failure> {
    Ok(Endpoint::parse(url).map_err(Failure::input)?.address().to_owned())
}

/// Name and value.
fn parsed_header(text: &str) -> Result<(String, String), Failure> {
    let parts = text.split_once(':').map(|(name, value)| (name.trim(), value.trim())).filter(|(name, value)| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && value.bytes().all(|byte| byte == b'\t' || (byte >= b' ' && byte != 127))
    });
    parts.map(|(name, value)| (name.to_owned(), value.to_owned())).ok_or_else(|| {
        // What follows a colon may be a secret: only the name is repeated.
        let name = text.split(':').next().unwrap_or_default();
        Failure::input(format_args!(
            "`{name}` is not a header; write it like --header \"Authorization: Bearer TOKEN\"."
        ))
    })
}
