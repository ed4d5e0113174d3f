//! A question under way.

use crate::answer::{self, Metadata, QueryResult};
use crate::ask::{Ask, Question};
use crate::chunk::{Chunk, MAX_POINTS, chunks};
use crate::collection::Collection;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::request::{Failure, Request, Response};
use crate::{form, meaning, pack, selector, step};
use order::{SortedMap, SortedSet};
use serde_json::value::RawValue;
use series::{Dataset, Note, NoteKind, Origin, histogram, share};
use std::collections::{BTreeMap, VecDeque};

/// About the most samples that one answer should hold (some 10 MB of JSON).
const SAMPLES_PER_ANSWER: i64 = 400_000;
/// Metrics whose series are looked up together.
const METRICS_PER_LOOKUP: usize = 50;
/// The most series that queries may give.
const MAX_SERIES: usize = 2_000;
/// How often a question may be cut in half because the server found it too large.
const MAX_CUTS: usize = 64;
/// The time looked back on for the scrape interval.
const INTERVAL_WINDOW_MS: i64 = 3_600_000;
/// The scrape interval assumed where the server does not show one.
const ASSUMED_INTERVAL_MS: i64 = 15_000;

/// A plan under way: it yields requests and takes responses. See the crate's example.
#[derive(Clone, Debug)]
pub struct Fetch {
    ask: Ask,
    others: Vec<Endpoint>,
    is_confirmed: bool,
    first_refusal: Option<Error>,
    tasks: VecDeque<Task>,
    done: usize,
    cuts: usize,
    metadata: SortedMap<String, Metadata>,
    chosen: Vec<Chosen>,
    left_out: SortedSet<String>,
    interval_ms: Option<i64>,
    queries: Vec<Query>,
    collection: Collection,
    warnings: SortedSet<String>,
}

/// How far a fetch has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Requests answered.
    pub done: usize,
    /// Requests known to be needed; grows while the server is being explored.
    pub total: usize,
    /// What is being asked, in words for the progress line.
    pub doing: &'static str,
}

/// A step of the plan, one request.
#[derive(Clone, Debug)]
enum Task {
    /// The names of all metrics.
    Names,
    /// Types and units; the plan goes on without.
    Metadata,
    /// The series of some metrics; `rest` are the metrics for later lookups.
    Series { metrics: Vec<String>, rest: Vec<String> },
    /// The times of scrapes of one metric, within the last hour or the whole range.
    ScrapeTimes { metric: String, whole: bool },
    /// The typical number of scrapes per hour over all targets.
    ScrapeCount,
    /// Samples.
    Samples { query: usize, chunk: Chunk },
}

/// A metric to look at.
#[derive(Clone, Debug)]
struct Chosen {
    metric: String,
    series: usize,
}

/// What is asked for samples.
#[derive(Clone, Debug)]
struct Query {
    text: String,
    step_ms: i64,
    /// Samples as scraped, by an instant query of a range selector; else by `query_range`.
    is_raw: bool,
}

impl Fetch {
    /// Plans the first requests.
    ///
    /// # Errors
    /// [`Error::Question`] for a range that ends before it begins, a step that is not positive, or no query.
    pub fn new(ask: Ask) -> Result<Self, Error> {
        let wrong = |reason: &str| Err(Error::Question { reason: reason.to_owned() });
        if ask.end_ms <= ask.start_ms {
            return wrong("The range of time ends before it begins; give the earlier time first.");
        }
        if ask.step_ms.is_some_and(|step| step <= 0) {
            return wrong("The step must be longer than nothing; give one like 15s or 1m.");
        }
        let tasks = match &ask.question {
            Question::Queries(queries) if queries.iter().all(|query| query.trim().is_empty()) => {
                return wrong(
                    "There is no query; give a PromQL expression, or none at all to see what the server has.",
                );
            }
            Question::Queries(_) if ask.step_ms.is_some() => VecDeque::new(),
            Question::Queries(_) => VecDeque::from([Task::ScrapeCount]),
            Question::Discover { .. } => VecDeque::from([Task::Names, Task::Metadata]),
        };
        let mut fetch = Self {
            others: ask.endpoint.alternatives(),
            ask,
            is_confirmed: false,
            first_refusal: None,
            tasks,
            done: 0,
            cuts: 0,
            metadata: SortedMap::new(),
            chosen: Vec::new(),
            left_out: SortedSet::new(),
            interval_ms: None,
            queries: Vec::new(),
            collection: Collection::default(),
            warnings: SortedSet::new(),
        };
        if fetch.tasks.is_empty() {
            fetch.plan_queries();
        }
        Ok(fetch)
    }

    /// The request to carry out now; the same one again until it has been answered. None when everything is there.
    pub fn next_request(&self) -> Option<Request> {
        self.tasks.front().map(|task| self.request(task))
    }

    /// Takes the answer to [`Fetch::next_request`].
    ///
    /// # Errors
    /// The class of what went wrong. The request stays the next one, so that a passing trouble (see
    /// [`Error::is_passing`]) can be waited out. What the server finds too large is asked again in halves, without an
    /// error, while that is possible; an API at another usual path is found, too.
    pub fn accept(&mut self, response: Result<Response<'_>, Failure>) -> Result<(), Error> {
        let Some(task) = self.tasks.front().cloned() else { return Ok(()) };
        let outcome = match response {
            Ok(response) => self.take(&task, &response),
            Err(failure) => Err(Error::of_failure(failure, self.ask.endpoint.address())),
        };
        match outcome {
            Ok(next) => {
                self.is_confirmed = true;
                self.done += 1;
                self.tasks.pop_front();
                for task in next.into_iter().rev() {
                    self.tasks.push_front(task);
                }
                Ok(())
            }
            Err(error) => self.recover(&task, error),
        }
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        let doing = match self.tasks.front() {
            Some(Task::Names | Task::Metadata | Task::Series { .. }) => "Looking at what the server has",
            Some(Task::ScrapeTimes { .. } | Task::ScrapeCount) => "Finding the scrape interval",
            Some(Task::Samples { .. }) => "Fetching samples",
            None => "Everything is there",
        };
        Progress { done: self.done, total: self.done + self.tasks.len(), doing }
    }

    /// The server's address as it was found to be.
    pub fn endpoint(&self) -> &Endpoint {
        &self.ask.endpoint
    }

    /// The data set of everything that has arrived. Times are milliseconds, missing steps are missing samples, values
    /// are as the server has them (counters too; they become rates on a [`series::Panel`]). The buckets of a histogram
    /// have become quantiles, and counters by status have a share of errors beside them.
    ///
    /// # Errors
    /// [`Error::NoSamples`] if nothing has.
    pub fn finish(self) -> Result<Dataset, Error> {
        let mut notes = self.notes();
        let texts: Vec<String> = match &self.ask.question {
            Question::Queries(queries) => queries.clone(),
            // All of one kind: discovered series have names of their own, and are ordered by them.
            Question::Discover { .. } => Vec::new(),
        };
        let mut series = self.collection.into_series(&texts, &self.metadata);
        if series.is_empty() {
            let query = texts.first().filter(|_| texts.len() == 1).cloned();
            return Err(Error::NoSamples { query });
        }
        meaning::mark_parts_of_histograms(&mut series, &self.metadata);
        // Here whoever wants the buckets themselves asks for them by a query; no setting undoes it.
        let derived = histogram::derive_quantiles(&mut series).notes();
        let shares = share::derive_error_shares(&mut series);
        notes.extend(derived.into_iter().chain(shares).map(|note| Note { undo: None, ..note }));
        let origin = Origin {
            name: self.ask.endpoint.address().to_owned(),
            format: "Prometheus HTTP API".to_owned(),
            assumed_time_zone: None,
        };
        Ok(Dataset { origins: vec![origin], series, notes, ..Dataset::default() })
    }

    fn request(&self, task: &Task) -> Request {
        let endpoint = &self.ask.endpoint;
        let start = form::seconds(self.ask.start_ms);
        let end = form::seconds(self.ask.end_ms);
        match task {
            Task::Names => {
                form::get(endpoint.call(&["label", "__name__", "values"]), &[("start", &start), ("end", &end)])
            }
            Task::Metadata => form::get(endpoint.call(&["metadata"]), &[("limit_per_metric", "1")]),
            Task::Series { metrics, .. } => {
                let matcher = selector::metrics(metrics.iter().map(String::as_str));
                form::call(endpoint.call(&["series"]), &[("match[]", &matcher), ("start", &start), ("end", &end)])
            }
            Task::ScrapeTimes { metric, whole } => {
                let range = self.ask.end_ms - self.ask.start_ms;
                let window = if *whole { range } else { range.min(INTERVAL_WINDOW_MS) };
                let query = format!("{}[{}]", selector::metrics([metric.as_str()]), selector::duration(window));
                form::call(endpoint.call(&["query"]), &[("query", &query), ("time", &end)])
            }
            Task::ScrapeCount => {
                let query = "quantile(0.5, count_over_time(up[1h]))";
                form::call(endpoint.call(&["query"]), &[("query", query), ("time", &end)])
            }
            Task::Samples { query, chunk } => self.samples_request(*query, *chunk),
        }
    }

    fn samples_request(&self, query: usize, chunk: Chunk) -> Request {
        let endpoint = &self.ask.endpoint;
        let (text, step_ms, is_raw) = self
            .queries
            .get(query)
            .map_or(("", 1_000, false), |query| (query.text.as_str(), query.step_ms, query.is_raw));
        let (start, end) = (form::seconds(chunk.start_ms), form::seconds(chunk.end_ms));
        if is_raw {
            // Servers differ in whether a range includes its beginning: one millisecond more, and what is too much is
            // left out when it arrives.
            let window = selector::duration(chunk.end_ms - chunk.start_ms + 1);
            return form::call(endpoint.call(&["query"]), &[("query", &format!("{text}[{window}]")), ("time", &end)]);
        }
        let step = form::seconds(step_ms);
        form::call(
            endpoint.call(&["query_range"]),
            &[("query", text), ("start", &start), ("end", &end), ("step", &step)],
        )
    }

    /// Reads an answer, and returns the tasks that follow from it.
    fn take(&mut self, task: &Task, response: &Response<'_>) -> Result<Vec<Task>, Error> {
        match task {
            Task::Names => {
                let names: Vec<String> = self.data(task, response, answer::data)?;
                let ranked = pack::ranked(names);
                if ranked.is_empty() { Err(Error::NoSamples { query: None }) } else { Ok(vec![lookup(ranked)]) }
            }
            Task::Metadata => {
                let all: BTreeMap<String, Vec<Metadata>> = self.data(task, response, answer::data)?;
                self.metadata = SortedMap::new();
                self.metadata
                    .extend(all.into_iter().filter_map(|(name, kinds)| Some((name, kinds.into_iter().next()?))));
                Ok(Vec::new())
            }
            Task::Series { metrics, rest } => {
                let found: Vec<BTreeMap<String, String>> = self.data(task, response, answer::data)?;
                Ok(self.choose(metrics, rest, &found))
            }
            Task::ScrapeTimes { metric, whole } => {
                let result = self.data(task, response, answer::query_result)?;
                self.interval_ms = interval_of(&result);
                if self.interval_ms.is_none() && !whole {
                    return Ok(vec![Task::ScrapeTimes { metric: metric.clone(), whole: true }]);
                }
                Ok(self.plan_discovered())
            }
            Task::ScrapeCount => {
                let result = self.data(task, response, answer::query_result)?;
                if let QueryResult::Series(all) = result {
                    let count = all.first().and_then(|one| one.value).map_or(0.0, |sample| sample.value);
                    if count >= 2.0 {
                        self.interval_ms = Some(step::usual_interval_ms((3_600_000.0 / count).round() as i64));
                    }
                }
                self.plan_queries();
                Ok(Vec::new())
            }
            Task::Samples { query, chunk } => {
                let result = self.data(task, response, answer::query_result)?;
                self.collection.add(*query, *chunk, result);
                if self.collection.len() > MAX_SERIES {
                    return Err(Error::TooManySeries { count: self.collection.len(), limit: MAX_SERIES });
                }
                Ok(Vec::new())
            }
        }
    }

    /// The answer's data as `read` reads them, or what class of error it is.
    fn data<'a, T>(
        &mut self,
        task: &Task,
        response: &Response<'a>,
        read: fn(&'a RawValue) -> Result<T, String>,
    ) -> Result<T, Error> {
        let data = self.unpack(task, response)?;
        read(data).map_err(|reason| self.malformed(task, reason))
    }

    fn malformed(&self, task: &Task, reason: String) -> Error {
        Error::Malformed { address: self.ask.endpoint.address().to_owned(), call: task.call().to_owned(), reason }
    }

    /// What is in the answer's envelope.
    fn unpack<'a>(&mut self, task: &Task, response: &Response<'a>) -> Result<&'a RawValue, Error> {
        let address = self.ask.endpoint.address();
        let refused = || {
            let query = match task {
                Task::Samples { query, .. } => self.queries.get(*query).map(|query| query.text.as_str()),
                _ => None,
            };
            Error::of_response(response, address, query)
        };
        if !(200..300).contains(&response.status) {
            return Err(refused());
        }
        let envelope = match answer::envelope(response.body) {
            Ok(envelope) => envelope,
            Err(_) if !looks_like_json(response.body) => return Err(refused()),
            Err(reason) => return Err(self.malformed(task, reason)),
        };
        if envelope.status == "error" {
            return Err(refused());
        }
        let data = envelope.data.ok_or_else(|| self.malformed(task, "it has no `data`".to_owned()))?;
        self.warnings.extend(envelope.warnings.into_iter().flatten());
        self.warnings.extend(envelope.infos.into_iter().flatten());
        Ok(data)
    }

    /// What to do about an error: look elsewhere, ask for less, do without, or give up.
    fn recover(&mut self, task: &Task, error: Error) -> Result<(), Error> {
        let is_elsewhere = matches!(error, Error::NotFound { .. } | Error::NotPrometheus { .. });
        if !self.is_confirmed && is_elsewhere {
            let first = self.first_refusal.get_or_insert(error).clone();
            if self.others.is_empty() {
                return Err(first);
            }
            self.ask.endpoint = self.others.remove(0);
            return Ok(());
        }
        let is_smaller_wanted = matches!(error, Error::TooLarge { .. } | Error::TimedOut { .. });
        match task {
            Task::Samples { query, chunk } if is_smaller_wanted && self.cuts < MAX_CUTS => {
                let step_ms = self.queries.get(*query).map_or(1_000, |query| query.step_ms);
                let Some(halves) = chunk.halves(step_ms) else { return Err(error) };
                self.cuts += 1;
                self.tasks.pop_front();
                for chunk in halves.into_iter().rev() {
                    self.tasks.push_front(Task::Samples { query: *query, chunk });
                }
                Ok(())
            }
            Task::Metadata if !error.is_passing() => {
                self.tasks.pop_front();
                Ok(())
            }
            Task::ScrapeCount
                if self.is_confirmed
                    || matches!(
                        error,
                        Error::BadQuery { .. }
                            | Error::Unprocessable { .. }
                            | Error::TooLarge { .. }
                            | Error::TimedOut { .. }
                    ) =>
            {
                self.tasks.pop_front();
                self.plan_queries();
                Ok(())
            }
            _ => Err(error),
        }
    }

    /// Takes whole metrics, best first, while there is room.
    fn choose(&mut self, metrics: &[String], rest: &[String], found: &[BTreeMap<String, String>]) -> Vec<Task> {
        let room = match self.ask.question {
            Question::Discover { max_series } => max_series,
            Question::Queries(_) => MAX_SERIES,
        };
        let mut counts: SortedMap<&str, usize> = SortedMap::new();
        for name in found.iter().filter_map(|labels| labels.get("__name__")) {
            *counts.at(name) += 1;
        }
        let mut taken: usize = self.chosen.iter().map(|chosen| chosen.series).sum();
        for metric in metrics {
            let series = counts.get(metric.as_str()).copied().unwrap_or(0);
            if series > 0 && taken + series <= room {
                taken += series;
                self.chosen.push(Chosen { metric: metric.clone(), series });
            } else if series > 0 {
                self.left_out.insert(metric.clone());
            }
        }
        if taken < room && !rest.is_empty() {
            return vec![lookup(rest.to_vec())];
        }
        self.left_out.extend(rest.iter().cloned());
        let Some(probe) = self.chosen.iter().min_by_key(|chosen| chosen.series) else { return Vec::new() };
        if self.ask.step_ms.is_some() {
            return self.plan_discovered();
        }
        vec![Task::ScrapeTimes { metric: probe.metric.clone(), whole: false }]
    }

    /// Plans the samples of the chosen metrics: as scraped where that is not too much, else the last of each step.
    fn plan_discovered(&mut self) -> Vec<Task> {
        let range_ms = self.ask.end_ms - self.ask.start_ms;
        let interval_ms = self.interval_ms.unwrap_or(ASSUMED_INTERVAL_MS);
        let step_ms = self.ask.step_ms.unwrap_or_else(|| step::automatic_step_ms(range_ms, interval_ms));
        let is_raw = self.ask.step_ms.is_none() && step_ms <= interval_ms;
        let points = range_ms / step_ms + 1;
        let mut tasks = Vec::new();
        for batch in batches(&self.chosen, points) {
            let series: usize = batch.iter().map(|chosen| chosen.series).sum();
            let selector = selector::metrics(batch.iter().map(|chosen| chosen.metric.as_str()));
            let text =
                if is_raw { selector } else { format!("last_over_time({selector}[{}])", selector::duration(step_ms)) };
            let per_request = (SAMPLES_PER_ANSWER / series.max(1) as i64).clamp(1, MAX_POINTS);
            tasks.extend(self.plan(Query { text, step_ms, is_raw }, per_request));
        }
        tasks
    }

    /// Plans the samples of the person's own queries.
    fn plan_queries(&mut self) {
        let Question::Queries(texts) = &self.ask.question else { return };
        let range_ms = self.ask.end_ms - self.ask.start_ms;
        let interval_ms = self.interval_ms.unwrap_or(ASSUMED_INTERVAL_MS);
        let step_ms = self.ask.step_ms.unwrap_or_else(|| step::automatic_step_ms(range_ms, interval_ms));
        for text in texts.clone() {
            let tasks = self.plan(Query { text, step_ms, is_raw: false }, MAX_POINTS);
            self.tasks.extend(tasks);
        }
    }

    /// One query over the whole range, in chunks. The grid of an automatic step lies on whole steps since 1970, so that the
    /// same question a minute later meets the same points.
    fn plan(&mut self, query: Query, max_points: i64) -> Vec<Task> {
        let step_ms = query.step_ms;
        let (start_ms, end_ms) = if query.is_raw || self.ask.step_ms.is_some() {
            (self.ask.start_ms, self.ask.end_ms)
        } else {
            (self.ask.start_ms.div_euclid(step_ms) * step_ms, self.ask.end_ms.div_euclid(step_ms) * step_ms)
        };
        let position = self.queries.len();
        let is_raw = query.is_raw;
        self.queries.push(query);
        let mut parts = chunks(start_ms, end_ms, step_ms, max_points);
        if is_raw {
            join(&mut parts, end_ms);
        }
        parts.into_iter().map(|chunk| Task::Samples { query: position, chunk }).collect()
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if !self.left_out.is_empty() {
            let count = self.left_out.len() as u64;
            let some: Vec<&str> = self.left_out.iter().take(5).map(String::as_str).collect();
            let more = if self.left_out.len() > some.len() { ", …" } else { "" };
            notes.push(Note::new(
                NoteKind::Limit,
                count,
                format!(
                    "{count} metrics with too many series were left out ({}{more}); ask for them by a query that aggregates them",
                    some.join(", ")
                ),
            ));
        }
        if self.collection.histograms() > 0 {
            let count = self.collection.histograms();
            notes.push(Note::new(NoteKind::Dropped, count, format!("{count} native histograms were left out")));
        }
        for warning in &self.warnings {
            notes.push(Note::new(NoteKind::SourceWarning, 1, format!("The server says: {warning}")));
        }
        notes
    }
}

/// What following a server needs, see [`crate::Live`].
impl Fetch {
    /// The question, with the server's address as it was found to be.
    pub(crate) fn ask(&self) -> &Ask {
        &self.ask
    }

    /// The steps of the queries, in milliseconds.
    pub(crate) fn steps_ms(&self) -> Vec<i64> {
        self.queries.iter().map(|query| query.step_ms).collect()
    }

    /// The beginning of the step of a query that a time lies in; the time itself where samples come as scraped.
    pub(crate) fn floor_ms(&self, query: usize, time_ms: i64) -> i64 {
        let Some(query) = self.queries.get(query).filter(|query| !query.is_raw) else { return time_ms };
        // As the first plan laid its grid.
        let origin_ms = if self.ask.step_ms.is_some() { self.ask.start_ms } else { 0 };
        time_ms - (time_ms - origin_ms).rem_euclid(query.step_ms)
    }

    /// Plans the samples of a query from one time to another, both included, in chunks that one answer can hold.
    pub(crate) fn plan_again(&mut self, position: usize, start_ms: i64, end_ms: i64) {
        let Some(query) = self.queries.get(position) else { return };
        let (step_ms, is_raw) = (query.step_ms, query.is_raw);
        let per_request = (SAMPLES_PER_ANSWER / self.collection.len().max(1) as i64).clamp(1, MAX_POINTS);
        let mut parts =
            chunks(self.floor_ms(position, start_ms), self.floor_ms(position, end_ms), step_ms, per_request);
        if is_raw {
            join(&mut parts, end_ms);
        }
        self.tasks.extend(parts.into_iter().map(|chunk| Task::Samples { query: position, chunk }));
    }

    /// The query and the end of the stretch that is asked for now.
    pub(crate) fn asked(&self) -> Option<(usize, i64)> {
        match self.tasks.front() {
            Some(Task::Samples { query, chunk }) => Some((*query, chunk.end_ms)),
            _ => None,
        }
    }

    /// Gives up what is planned of one query, or of all.
    pub(crate) fn give_up(&mut self, given_up: Option<usize>) {
        self.cuts = 0;
        self.tasks.retain(|task| match task {
            Task::Samples { query, .. } => given_up.is_some_and(|given_up| *query != given_up),
            _ => false,
        });
    }

    /// The samples.
    pub(crate) fn collection(&self) -> &Collection {
        &self.collection
    }

    /// The samples, to be changed.
    pub(crate) fn collection_mut(&mut self) -> &mut Collection {
        &mut self.collection
    }

    /// What the server says of a metric.
    pub(crate) fn metadata(&self, metric: &str) -> Option<&Metadata> {
        self.metadata.get(metric)
    }

    /// What there is so far, as [`Fetch::finish`] gives it.
    pub(crate) fn dataset(&self) -> Result<Dataset, Error> {
        self.clone().finish()
    }
}

impl Task {
    /// The API call's name.
    fn call(&self) -> &'static str {
        match self {
            Self::Names => "label values",
            Self::Metadata => "metadata",
            Self::Series { .. } => "series",
            Self::ScrapeTimes { .. } | Self::ScrapeCount => "query",
            Self::Samples { .. } => "query_range",
        }
    }
}

/// The lookup of the first of some metrics.
fn lookup(mut metrics: Vec<String>) -> Task {
    let rest = metrics.split_off(METRICS_PER_LOOKUP.min(metrics.len()));
    Task::Series { metrics, rest }
}

/// Metrics that are asked for together: as many as fit into one answer.
fn batches(chosen: &[Chosen], points: i64) -> Vec<Vec<Chosen>> {
    let most = (SAMPLES_PER_ANSWER / points.max(1)).max(1) as usize;
    let mut out: Vec<Vec<Chosen>> = Vec::new();
    let mut series = usize::MAX;
    for one in chosen {
        match out.last_mut() {
            Some(batch) if series + one.series <= most && batch.len() < METRICS_PER_LOOKUP => {
                batch.push(one.clone());
                series += one.series;
            }
            _ => {
                out.push(vec![one.clone()]);
                series = one.series;
            }
        }
    }
    out
}

/// Samples lie between grid points, too: lets each chunk reach up to the next one, and the last one to the end.
fn join(parts: &mut [Chunk], end_ms: i64) {
    let starts: Vec<i64> = parts.iter().skip(1).map(|chunk| chunk.start_ms - 1).chain([end_ms]).collect();
    for (chunk, end_ms) in parts.iter_mut().zip(starts) {
        chunk.end_ms = end_ms;
    }
}

/// The median distance between samples, over all series, as the usual interval that it stands for.
fn interval_of(result: &QueryResult) -> Option<i64> {
    let QueryResult::Series(all) = result else { return None };
    let mut gaps: Vec<i64> = all
        .iter()
        .flat_map(|one| one.values.windows(2).filter_map(|pair| Some(pair.last()?.time_ms - pair.first()?.time_ms)))
        .filter(|gap| *gap > 0)
        .collect();
    order::ascending_integers(&mut gaps);
    gaps.get(gaps.len() / 2).map(|gap| step::usual_interval_ms(*gap))
}

fn looks_like_json(body: &[u8]) -> bool {
    body.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| *byte == b'{')
}
