//! A question under way.

use crate::alerts::{Alerts, EventSource};
use crate::answer::{self, Metadata, QueryResult};
use crate::ask::{Ask, Question};
use crate::chunk::{Chunk, MAX_POINTS, chunks};
use crate::collection::{Asked, Collection, Naming};
use crate::conversation::Conversation;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::plan::{Called, Manner, Plan, some_of};
use crate::request::{Failure, Request, Response};
use crate::survey::{self, INTERVAL_WINDOW_MS, Survey};
use crate::{duration, form, meaning, names, promql, selector, step, worth};
use order::{SortedMap, SortedSet};
use serde_json::Value;
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
/// How often in a row that may be in vain where nothing says that it would help: each time may take a minute.
const MAX_CUTS_IN_VAIN: usize = 3;
/// Newest samples older than this many steps, and this long, before the end of the range are told of.
const LATE_STEPS: i64 = 5;
const LATE_MS: i64 = 300_000;
/// How much earlier than the metric that is looked at others may begin on a server that has just been started.
const EARLIER_MS: i64 = 60_000;

/// A plan under way: it yields requests and takes responses. See the crate's example.
#[derive(Clone, Debug)]
pub struct Fetch {
    ask: Ask,
    conversation: Conversation,
    /// Looking at what the server has of the presets; then the plan makes the tasks.
    survey: Option<Survey>,
    plan: Option<Plan>,
    tasks: VecDeque<Task>,
    done: usize,
    cuts: usize,
    cuts_in_vain: usize,
    metadata: SortedMap<String, Metadata>,
    /// All names, while it is found out how to look at them, and their number.
    names: Vec<String>,
    metric_count: usize,
    /// The names of the metrics that the question is about, ascending.
    known: Vec<String>,
    /// Whether the server has others by now that would be fetched, too.
    is_outdated: bool,
    chosen: Vec<Chosen>,
    left_out: SortedSet<String>,
    interval_ms: Option<i64>,
    /// Where the samples begin: with the range that is asked for, or later on a server that has not been there for so long.
    start_ms: i64,
    /// Where growth from step to step ends: with the last step that all scrapes of are there.
    grown_ms: i64,
    queries: Vec<Query>,
    collection: Collection,
    alerts: Alerts,
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
    /// How many series the metrics have that are worth looking at, some of them after the other; `counted` are done, and have
    /// so many `series`.
    Sizes { ranked: Vec<String>, counted: usize, series: u64 },
    /// The series of some metrics; `rest` are the metrics for later lookups.
    Series { metrics: Vec<String>, rest: Vec<String> },
    /// The times of scrapes of one metric, within the last hour or the whole range.
    ScrapeTimes { metric: String, whole: bool },
    /// Whether there is anything before this moment.
    Before { moment_ms: i64 },
    /// The typical number of scrapes per hour over all targets.
    ScrapeCount,
    /// Samples.
    Samples { query: usize, chunk: Chunk },
    /// The names of all metrics in a range, of a server that is followed.
    NewNames(Chunk),
    /// Alerts; without them the data set is as good.
    Events(EventSource, Chunk),
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
    /// What its series are called where the answer does not tell.
    called: Option<Called>,
    /// Up to where answers have come.
    answered_ms: i64,
}

impl Query {
    /// Whether its values are what counters have grown by from step to step.
    fn is_growth(&self) -> bool {
        self.called.as_ref().is_some_and(|called| called.manner == Manner::Growth)
    }
}

impl Fetch {
    /// Plans the first requests.
    ///
    /// # Errors
    /// [`Error::Question`] for a range that ends before it begins, a step that is not positive, or no query.
    pub fn new(ask: Ask) -> Result<Self, Error> {
        ask.check()?;
        let wrong = |reason: &str| Err(Error::Question { reason: reason.to_owned() });
        let tasks = match &ask.question {
            Question::Queries(queries) if queries.iter().all(|query| query.trim().is_empty()) => {
                return wrong(
                    "There is no query; give a PromQL expression, or none at all to see what the server has.",
                );
            }
            Question::Queries(_) if ask.step_ms.is_some() => VecDeque::new(),
            Question::Queries(_) => VecDeque::from([Task::ScrapeCount]),
            Question::Packs { .. } => VecDeque::new(),
            Question::Discover { .. } => VecDeque::from([Task::Names]),
        };
        let survey = match &ask.question {
            Question::Packs { .. } => Some(Survey::new(&ask)?),
            _ => None,
        };
        let mut fetch = Self {
            conversation: Conversation::new(ask.endpoint.clone()),
            start_ms: ask.start_ms,
            grown_ms: ask.end_ms,
            ask,
            survey,
            plan: None,
            tasks,
            done: 0,
            cuts: 0,
            cuts_in_vain: 0,
            metadata: SortedMap::new(),
            names: Vec::new(),
            metric_count: 0,
            known: Vec::new(),
            is_outdated: false,
            chosen: Vec::new(),
            left_out: SortedSet::new(),
            interval_ms: None,
            queries: Vec::new(),
            collection: Collection::default(),
            alerts: Alerts::default(),
        };
        if fetch.tasks.is_empty() && fetch.survey.is_none() {
            fetch.plan_queries();
        }
        Ok(fetch)
    }

    /// The request to carry out now; the same one again until it has been answered. None when everything is there.
    pub fn next_request(&self) -> Option<Request> {
        match &self.survey {
            Some(survey) => survey.next_request(),
            None => self.tasks.front().map(|task| self.request(task)),
        }
    }

    /// What is fetched, once the server's presets have been looked through; none for any other question.
    pub fn plan(&self) -> Option<&Plan> {
        self.plan.as_ref()
    }

    /// Takes the answer to [`Fetch::next_request`].
    ///
    /// # Errors
    /// The class of what went wrong. The request stays the next one, so that a passing trouble (see
    /// [`Error::is_passing`]) can be waited out. What the server finds too large is asked again in halves, without an
    /// error, while that is possible; an API at another usual path is found, too.
    pub fn accept(&mut self, response: Result<Response<'_>, Failure>) -> Result<(), Error> {
        if let Some(survey) = &mut self.survey {
            survey.accept(response)?;
            return if survey.next_request().is_some() { Ok(()) } else { self.plan_surveyed() };
        }
        let Some(task) = self.tasks.front().cloned() else { return Ok(()) };
        let outcome = match response {
            Ok(response) => self.take(&task, &response),
            Err(failure) => Err(Error::of_failure(failure, self.asked_of(&task))),
        };
        match outcome {
            Ok(next) => {
                self.conversation.is_confirmed = true;
                self.cuts_in_vain = 0;
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
        if let Some(survey) = &self.survey {
            return survey.progress();
        }
        let doing = match self.tasks.front() {
            Some(Task::Events(..)) => "Fetching alerts",
            Some(Task::Names | Task::NewNames(_) | Task::Metadata | Task::Sizes { .. } | Task::Series { .. }) => {
                "Looking at what the server has"
            }
            Some(Task::ScrapeTimes { .. } | Task::Before { .. } | Task::ScrapeCount) => "Finding the scrape interval",
            Some(Task::Samples { .. }) => "Fetching samples",
            None => "Everything is there",
        };
        Progress { done: self.done, total: self.done + self.tasks.len(), doing }
    }

    /// The server's address as it was found to be.
    pub fn endpoint(&self) -> &Endpoint {
        self.survey.as_ref().map_or(&self.conversation.endpoint, Survey::endpoint)
    }

    /// The data set of everything that has arrived. Times are milliseconds, missing steps are missing samples, values
    /// are as the server has them (counters too; they become rates on a [`series::Panel`]). The buckets of a histogram
    /// have become quantiles, and counters by status have a share of errors beside them.
    ///
    /// # Errors
    /// [`Error::NoSamples`] if nothing has.
    pub fn finish(mut self) -> Result<Dataset, Error> {
        let mut naming = self.naming();
        for one in self.collection.take_series() {
            naming.add(one, &self.metadata);
        }
        self.dataset_of(naming)
    }

    /// The beginning of a data set, to which [`Fetch::copy`] adds.
    pub(crate) fn naming(&self) -> Naming {
        let is_own = |text: &str| match &self.ask.question {
            Question::Queries(queries) | Question::Packs { queries, .. } => queries.iter().any(|query| query == text),
            Question::Discover { .. } => false,
        };
        let asked = self
            .queries
            .iter()
            .map(|query| Asked {
                // Series that are found have names of their own.
                text: if is_own(&query.text) { query.text.clone() } else { String::new() },
                called: query.called.clone(),
                ended_before_ms: query.answered_ms.saturating_sub(query.step_ms - 1),
            })
            .collect();
        Naming::new(asked)
    }

    /// Adds copies of `most` series from place `from` on; true when these were the last.
    pub(crate) fn copy(&self, naming: &mut Naming, from: usize, most: usize) -> bool {
        self.collection.copies(from, most).for_each(|one| naming.add(one, &self.metadata));
        from + most >= self.collection.series_count()
    }

    /// The data set, see [`Fetch::finish`].
    pub(crate) fn dataset_of(&self, naming: Naming) -> Result<Dataset, Error> {
        let mut notes = self.notes();
        let step_ms =
            self.queries.iter().map(|query| query.step_ms).max().unwrap_or(1_000).max(self.interval_ms.unwrap_or(0));
        let events = self.alerts.events(self.event_step_ms());
        let query = naming.queries().first().map(|one| one.text.clone());
        let query = query.filter(|text| naming.queries().len() == 1 && !text.is_empty());
        let mut series = naming.finish(&self.collection);
        if series.is_empty() {
            return Err(Error::NoSamples { query });
        }
        // How long before the end of the range the newest sample is, where that is longer than can be chance.
        let newest_ms = series.iter().filter_map(|one| one.axis.times_ms().last().copied()).max();
        let late = newest_ms.map(|newest_ms| self.ask.end_ms.saturating_sub(newest_ms));
        let late = late.filter(|late_ms| *late_ms > LATE_MS.max(LATE_STEPS * step_ms));
        notes.extend(late.map(|late_ms| {
            let message = format!(
                "The newest sample is {} older than the end of the range: nothing was scraped since, or the server's \
                 clock is behind",
                duration::said(late_ms)
            );
            Note::new(NoteKind::Gap, 1, message)
        }));
        meaning::mark_parts_of_histograms(&mut series, &self.metadata);
        // Here whoever wants the buckets themselves asks for them by a query; no setting undoes it.
        let derived = histogram::derive_quantiles(&mut series).notes();
        let shares = share::derive_error_shares(&mut series);
        notes.extend(derived.into_iter().chain(shares).map(|note| Note { undo: None, ..note }));
        let origin = Origin {
            name: self.conversation.endpoint.address().to_owned(),
            format: "Prometheus HTTP API".to_owned(),
            assumed_time_zone: None,
        };
        Ok(Dataset { origins: vec![origin], series, events, notes, ..Dataset::default() })
    }

    fn request(&self, task: &Task) -> Request {
        let endpoint = &self.conversation.endpoint;
        let start = form::seconds(self.ask.start_ms);
        let end = form::seconds(self.ask.end_ms);
        match task {
            Task::Names => {
                form::get(endpoint.call(&["label", "__name__", "values"]), &[("start", &start), ("end", &end)])
            }
            Task::NewNames(chunk) => {
                let (start, end) = (form::seconds(chunk.start_ms), form::seconds(chunk.end_ms));
                form::get(endpoint.call(&["label", "__name__", "values"]), &[("start", &start), ("end", &end)])
            }
            Task::Metadata => form::get(endpoint.call(&["metadata"]), &[("limit_per_metric", "1")]),
            Task::Sizes { ranked, counted, .. } => {
                let names: Vec<&str> =
                    ranked.iter().skip(*counted).take(METRICS_PER_LOOKUP).map(String::as_str).collect();
                let query = format!("count by (__name__) ({})", selector::metrics(&names));
                survey::at_moments(endpoint, &query, self.ask.start_ms, self.ask.end_ms)
            }
            Task::Series { metrics, .. } => {
                let matcher = selector::metrics(&metrics.iter().map(String::as_str).collect::<Vec<_>>());
                form::call(endpoint.call(&["series"]), &[("match[]", &matcher), ("start", &start), ("end", &end)])
            }
            Task::ScrapeTimes { metric, whole } => {
                let range = self.ask.end_ms - self.ask.start_ms;
                let window = if *whole { range } else { range.min(INTERVAL_WINDOW_MS) };
                let query = format!("{}[{}]", selector::metrics(&[metric.as_str()]), selector::duration(window));
                form::call(endpoint.call(&["query"]), &[("query", &query), ("time", &end)])
            }
            Task::Before { moment_ms } => {
                let metrics: Vec<&str> = self.chosen.iter().map(|chosen| chosen.metric.as_str()).collect();
                let window = selector::duration(moment_ms - self.ask.start_ms);
                let query = format!("count(last_over_time({}[{window}]))", selector::metrics(&metrics));
                form::call(endpoint.call(&["query"]), &[("query", &query), ("time", &form::seconds(*moment_ms))])
            }
            Task::ScrapeCount => {
                let query = "quantile(0.5, count_over_time(up[1h]))";
                form::call(endpoint.call(&["query"]), &[("query", query), ("time", &end)])
            }
            Task::Samples { query, chunk } => self.samples_request(*query, *chunk),
            Task::Events(source, chunk) => self.events_request(*source, *chunk),
        }
    }

    fn samples_request(&self, query: usize, chunk: Chunk) -> Request {
        let endpoint = &self.conversation.endpoint;
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
                let has_alerts = names.iter().any(|name| name == "ALERTS");
                self.plan_events(has_alerts);
                self.known = names::wanted(&self.ask.question, &names);
                let ranked = worth::ranked(names.iter().cloned());
                (self.metric_count, self.names) = (names.len(), names);
                if ranked.is_empty() {
                    return Err(Error::NoSamples { query: None });
                }
                Ok(vec![Task::Metadata, Task::Sizes { ranked, counted: 0, series: 0 }])
            }
            Task::Sizes { ranked, counted, series } => {
                let result = self.data(task, response, answer::query_result)?;
                let QueryResult::Series(all) = result else { return Ok(vec![self.look_up(ranked)]) };
                let found: f64 = all.iter().map(survey::most).sum();
                let (counted, series) = (counted + METRICS_PER_LOOKUP, series + found as u64);
                Ok(if series > self.room() as u64 {
                    self.look_through()?
                } else if counted < ranked.len() {
                    vec![Task::Sizes { ranked: ranked.clone(), counted, series }]
                } else {
                    vec![self.look_up(ranked)]
                })
            }
            Task::NewNames(_) => {
                let names: Vec<String> = self.data(task, response, answer::data)?;
                self.compare(&names);
                Ok(Vec::new())
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
                self.interval_ms = step::interval_of(&result);
                if self.interval_ms.is_none() && !whole {
                    return Ok(vec![Task::ScrapeTimes { metric: metric.clone(), whole: true }]);
                }
                let looked_from_ms = self.ask.start_ms.max(self.ask.end_ms - INTERVAL_WINDOW_MS);
                let first_ms = step::first_time_of(&result);
                match first_ms.filter(|first_ms| !whole && *first_ms > looked_from_ms + 2 * EARLIER_MS) {
                    // The server may be young.
                    Some(first_ms) => Ok(vec![Task::Before { moment_ms: first_ms - EARLIER_MS }]),
                    None => Ok(self.plan_discovered()),
                }
            }
            Task::Before { moment_ms } => {
                let result = self.data(task, response, answer::query_result)?;
                if matches!(result, QueryResult::Series(all) if all.is_empty()) {
                    self.start_ms = *moment_ms;
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
                if let Some(query) = self.queries.get_mut(*query) {
                    query.answered_ms = query.answered_ms.max(chunk.end_ms);
                }
                if self.collection.len() > MAX_SERIES {
                    return Err(Error::TooManySeries { count: self.collection.len(), limit: MAX_SERIES });
                }
                Ok(Vec::new())
            }
            Task::Events(source, chunk) => {
                self.take_events(task, *source, *chunk, response)?;
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
        let query = match task {
            Task::Samples { query, .. } => self.queries.get(*query).map(|query| query.text.as_str()),
            _ => None,
        };
        self.conversation.data(task.call(), query, response, read)
    }

    /// What to do about an error: look elsewhere, ask for less, do without, or give up.
    fn recover(&mut self, task: &Task, error: Error) -> Result<(), Error> {
        if let Task::Events(source, _) = task {
            if error.is_passing() && !source.is_of_alertmanager() {
                return Err(error);
            }
            self.do_without(&error);
            return Ok(());
        }
        if !self.conversation.is_confirmed && matches!(error, Error::NotFound { .. } | Error::NotPrometheus { .. }) {
            return self.conversation.seek(error);
        }
        let is_perhaps_too_large = matches!(error, Error::TimedOut { .. } | Error::CutOff { .. });
        let is_smaller_wanted =
            matches!(error, Error::TooLarge { .. }) || (is_perhaps_too_large && self.cuts_in_vain < MAX_CUTS_IN_VAIN);
        match task {
            Task::Samples { query, chunk } if is_smaller_wanted && self.cuts < MAX_CUTS => {
                let step_ms = self.queries.get(*query).map_or(1_000, |query| query.step_ms);
                let Some(halves) = chunk.halves(step_ms) else { return Err(error) };
                self.cuts += 1;
                self.cuts_in_vain += usize::from(is_perhaps_too_large);
                self.tasks.pop_front();
                for chunk in halves.into_iter().rev() {
                    self.tasks.push_front(Task::Samples { query: *query, chunk });
                }
                Ok(())
            }
            // Some servers let a page read everything but this. One that is gone will not answer the next request either.
            Task::Metadata if !error.is_passing() || matches!(error, Error::Unreachable { .. }) => {
                self.tasks.pop_front();
                Ok(())
            }
            // Then as many whole metrics as there is room for.
            Task::Sizes { ranked, .. }
                if !error.is_passing() || matches!(error, Error::TimedOut { .. } | Error::CutOff { .. }) =>
            {
                let task = self.look_up(ranked);
                self.tasks.pop_front();
                self.tasks.push_front(task);
                Ok(())
            }
            // A server that cannot tell may have been there for long.
            Task::Before { .. } if !error.is_passing() => {
                self.tasks.pop_front();
                for task in self.plan_discovered().into_iter().rev() {
                    self.tasks.push_front(task);
                }
                Ok(())
            }
            Task::ScrapeCount
                if self.conversation.is_confirmed
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

    /// The most series that are taken one by one.
    fn room(&self) -> usize {
        match self.ask.question {
            Question::Discover { max_series } => max_series,
            Question::Packs { .. } => self.ask.budget.series,
            Question::Queries(_) => MAX_SERIES,
        }
    }

    /// All series are few enough, or cannot be counted: they are looked up metric by metric.
    fn look_up(&mut self, ranked: &[String]) -> Task {
        self.names = Vec::new();
        lookup(ranked.to_vec())
    }

    /// There are more series than can be looked at one by one: what the packs know, and what else is worth it, is counted and
    /// then planned, so that the server puts it together.
    fn look_through(&mut self) -> Result<Vec<Task>, Error> {
        let (names, metadata) = (std::mem::take(&mut self.names), std::mem::take(&mut self.metadata));
        self.survey = Some(Survey::of_whole(&self.ask, self.conversation.endpoint.clone(), names, metadata)?);
        // The plan will say what to do about alerts, too.
        self.tasks.clear();
        Ok(Vec::new())
    }

    /// Takes whole metrics, best first, while there is room.
    fn choose(&mut self, metrics: &[String], rest: &[String], found: &[BTreeMap<String, String>]) -> Vec<Task> {
        let room = self.room();
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
        let range_ms = self.ask.end_ms - self.start_ms;
        let interval_ms = self.interval_ms.unwrap_or(step::ASSUMED_INTERVAL_MS);
        let step_ms = self.ask.step_ms.unwrap_or_else(|| step::automatic_step_ms(range_ms, interval_ms));
        let is_raw = self.ask.step_ms.is_none() && step_ms <= interval_ms;
        let points = range_ms / step_ms + 1;
        let mut tasks = Vec::new();
        for batch in batches(&self.chosen, points) {
            let series: usize = batch.iter().map(|chosen| chosen.series).sum();
            let selector = selector::metrics(&batch.iter().map(|chosen| chosen.metric.as_str()).collect::<Vec<_>>());
            let text =
                if is_raw { selector } else { format!("last_over_time({selector}[{}])", selector::duration(step_ms)) };
            let per_request = (SAMPLES_PER_ANSWER / series.max(1) as i64).clamp(1, MAX_POINTS);
            tasks.extend(
                self.plan_query(Query { text, step_ms, is_raw, called: None, answered_ms: i64::MIN }, per_request),
            );
        }
        tasks
    }

    /// Plans the samples of the person's own queries.
    fn plan_queries(&mut self) {
        let Question::Queries(texts) = &self.ask.question else { return };
        let range_ms = self.ask.end_ms - self.ask.start_ms;
        let interval_ms = self.interval_ms.unwrap_or(step::ASSUMED_INTERVAL_MS);
        let step_ms = self.ask.step_ms.unwrap_or_else(|| step::automatic_step_ms(range_ms, interval_ms));
        for text in texts.clone() {
            let tasks = self
                .plan_query(Query { text, step_ms, is_raw: false, called: None, answered_ms: i64::MIN }, MAX_POINTS);
            self.tasks.extend(tasks);
        }
        self.plan_events(false);
    }

    /// Plans what the survey has shown to be there.
    fn plan_surveyed(&mut self) -> Result<(), Error> {
        let Some(survey) = self.survey.take() else { return Ok(()) };
        self.done = survey.progress().done;
        let inventory = survey.finish();
        let plan = Plan::of(&inventory, &self.ask);
        self.conversation = Conversation::new(inventory.endpoint);
        self.conversation.is_confirmed = true;
        self.conversation.warnings = inventory.warnings;
        self.interval_ms = Some(plan.interval_ms);
        self.metadata = inventory.metadata;
        // A step that ends after the newest scrape should have come has lost some of its growth, or will have more of it.
        let due_ms = inventory.newest_ms.map(|newest_ms| newest_ms.saturating_add(plan.interval_ms / 2));
        self.grown_ms = due_ms.unwrap_or(self.ask.end_ms).min(self.ask.end_ms);
        if matches!(self.ask.question, Question::Packs { .. }) {
            self.known = inventory.names;
        }
        for planned in &plan.queries {
            let series = planned.after.series.clamp(1, 1 << 32) as i64;
            let query = Query {
                text: planned.text.clone(),
                step_ms: planned.step_ms,
                is_raw: planned.is_raw(),
                called: planned.called.clone(),
                answered_ms: i64::MIN,
            };
            let tasks = self.plan_query(query, (SAMPLES_PER_ANSWER / series).clamp(1, MAX_POINTS));
            self.tasks.extend(tasks);
        }
        if self.tasks.is_empty() {
            return Err(match &self.ask.question {
                Question::Packs { packs, .. } => {
                    Error::NothingOfPacks { packs: packs.join(", "), count: inventory.metric_count }
                }
                _ => Error::NoSamples { query: None },
            });
        }
        self.plan_events(inventory.has_alerts);
        self.plan = Some(plan);
        Ok(())
    }

    /// Plans to ask for alerts where that is wanted; `has_alerts` says whether they were seen on the server.
    fn plan_events(&mut self, has_alerts: bool) {
        self.alerts.is_asked = self.ask.alerts.unwrap_or(has_alerts);
        self.plan_events_of(self.ask.start_ms, self.ask.end_ms);
    }

    /// Plans to ask for what is not known of alerts in a range.
    fn plan_events_of(&mut self, start_ms: i64, end_ms: i64) {
        self.alerts.ask_about(start_ms, end_ms);
        if self.alerts.is_asked {
            let step_ms = self.event_step_ms();
            let missing = |source| Task::Events(source, self.alerts.missing(source, self.ask.start_ms, step_ms));
            self.tasks.extend(EventSource::OWN.map(missing));
        }
        if self.ask.alertmanager.is_some() {
            self.tasks.extend(EventSource::MANAGED.map(|source| Task::Events(source, Chunk { start_ms, end_ms })));
        }
    }

    /// The resolution at which alerts are asked for: rules are mostly evaluated as often as targets are scraped.
    fn event_step_ms(&self) -> i64 {
        let least_ms = (self.ask.end_ms - self.ask.start_ms) / (MAX_POINTS - 1) + 1;
        self.interval_ms.unwrap_or(step::ASSUMED_INTERVAL_MS).max((least_ms + 999) / 1_000 * 1_000)
    }

    fn events_request(&self, source: EventSource, chunk: Chunk) -> Request {
        let (start, end) = (form::seconds(chunk.start_ms), form::seconds(chunk.end_ms));
        let step = form::seconds(self.event_step_ms());
        let managed = |what: &str| {
            let server = self.ask.alertmanager.as_ref();
            form::get(server.map_or_else(String::new, |server| server.alertmanager_call(what)), &[])
        };
        let query = match source {
            EventSource::Firing => "ALERTS{alertstate=\"firing\"}",
            EventSource::Since => "ALERTS_FOR_STATE",
            EventSource::Managed => return managed("alerts"),
            EventSource::Silences => return managed("silences"),
        };
        form::call(
            self.conversation.endpoint.call(&["query_range"]),
            &[("query", query), ("start", &start), ("end", &end), ("step", &step)],
        )
    }

    fn take_events(
        &mut self,
        task: &Task,
        source: EventSource,
        chunk: Chunk,
        response: &Response<'_>,
    ) -> Result<(), Error> {
        if source.is_of_alertmanager() {
            self.alerts.take_list(source, self.list(response)?);
            return Ok(());
        }
        let result = self.data(task, response, answer::query_result)?;
        let found = if let QueryResult::Series(all) = result { all } else { Vec::new() };
        if found.len() > MAX_SERIES {
            return Err(Error::TooManySeries { count: found.len(), limit: MAX_SERIES });
        }
        self.alerts.take_own(source, chunk, found);
        Ok(())
    }

    /// Reads a list of Alertmanager's, which has no envelope.
    fn list(&self, response: &Response<'_>) -> Result<Value, Error> {
        let address = self.ask.alertmanager.as_ref().map_or("", Endpoint::address);
        if !(200..300).contains(&response.status) {
            return Err(Error::of_response(response, address, None));
        }
        let list = serde_json::from_slice::<Value>(response.body).map_err(|error| error.to_string());
        list.and_then(|list| if list.is_array() { Ok(list) } else { Err("it is no list".to_owned()) })
            .map_err(|reason| Error::Malformed { address: address.to_owned(), call: "api/v2".to_owned(), reason })
    }

    /// The address of the server that a task asks.
    fn asked_of(&self, task: &Task) -> &str {
        let other = self.ask.alertmanager.as_ref();
        let is_other = matches!(task, Task::Events(source, _) if source.is_of_alertmanager());
        other.filter(|_| is_other).unwrap_or(&self.conversation.endpoint).address()
    }

    /// One query over the whole range, in chunks. The grid of an automatic step lies on whole steps since 1970, so that the
    /// same question a minute later meets the same points.
    fn plan_query(&mut self, query: Query, max_points: i64) -> Vec<Task> {
        let step_ms = query.step_ms;
        let (start_ms, mut end_ms) = if query.is_raw || self.ask.step_ms.is_some() {
            (self.start_ms, self.ask.end_ms)
        } else {
            (self.start_ms.div_euclid(step_ms) * step_ms, self.ask.end_ms.div_euclid(step_ms) * step_ms)
        };
        // One step: what ends earlier may be the one metric that was looked at.
        if query.is_growth() && self.grown_ms < end_ms && end_ms - step_ms > start_ms {
            end_ms -= step_ms;
        }
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
            let left_out: Vec<&String> = self.left_out.iter().collect();
            let count = left_out.len() as u64;
            let some = some_of(&left_out);
            notes.push(Note::new(
                NoteKind::Limit,
                count,
                format!(
                    "{count} metrics with too many series were left out ({some}); ask for them by a query that aggregates them"
                ),
            ));
        }
        if let (Question::Discover { max_series }, Some(_)) = (&self.ask.question, &self.plan) {
            let count = self.metric_count as u64;
            let message = format!(
                "The server has {count} metrics with more than {max_series} series: those that packs know were taken, then others \
                 by name; ask for packs or queries to see something else"
            );
            notes.push(Note::new(NoteKind::Limit, count, message));
        }
        let (natives, samples, torn) = self.collection.natives();
        if natives > 0 {
            let message = format!(
                "{samples} samples of {natives} native histograms became p50, p95 and p99 of what was observed between one \
                 sample and the next, and counters of the number and the sum"
            );
            notes.push(Note::new(NoteKind::Derived, samples as u64, message));
        }
        if torn > 0 {
            let message = format!("{torn} samples of native histograms cannot be read and were left out");
            notes.push(Note::new(NoteKind::Unreadable, torn as u64, message));
        }
        if let Some(plan) = &self.plan {
            notes.extend(plan.notes());
        }
        notes.extend(self.overlaps());
        notes.extend(self.alerts.notes());
        for warning in &self.conversation.warnings {
            notes.push(Note::new(NoteKind::SourceWarning, 1, format!("The server says: {warning}")));
        }
        notes
    }
}

impl Fetch {
    /// The person's own queries of which neighbouring values share samples.
    fn overlaps(&self) -> Vec<Note> {
        // Shorter windows hold too few samples to tell growth.
        let least_ms = self.interval_ms.map_or(i64::MAX, |interval_ms| 4 * interval_ms);
        let own = self.queries.iter().filter(|query| query.called.is_none() && !query.is_raw);
        let overlapping = own.filter_map(|query| {
            let window_ms = promql::overlapping_window_ms(&query.text, query.step_ms)?;
            let (window, step) = (duration::written(window_ms), duration::written(query.step_ms));
            let way_out = if query.step_ms >= least_ms { format!(", or [{step}] in the query") } else { String::new() };
            let message = format!(
                "`{}` looks back over {window} at every {step}: neighbouring values share samples, which fakes \
                 autocorrelation and coherence; ask with the step {window}{way_out}",
                query.text
            );
            Some(Note::new(NoteKind::Derived, 1, message))
        });
        overlapping.collect()
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
        // The last scrape of a step may be under way.
        let end_ms = if query.is_growth() { end_ms - self.interval_ms.unwrap_or(0) / 2 } else { end_ms };
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

    /// Whether alerts were asked for at first.
    pub(crate) fn has_events(&self) -> bool {
        self.alerts.is_asked || self.ask.alertmanager.is_some()
    }

    /// Plans to ask for what is new of alerts, of which those from `start_ms` to `end_ms` are to be known.
    pub(crate) fn plan_events_again(&mut self, start_ms: i64, end_ms: i64) {
        self.plan_events_of(start_ms, end_ms);
    }

    /// Whether alerts or names are asked for now.
    pub(crate) fn is_asking_besides(&self) -> bool {
        matches!(self.tasks.front(), Some(Task::Events(..) | Task::NewNames(_)))
    }

    /// Gives up the alerts or names that are asked for now.
    pub(crate) fn do_without(&mut self, error: &Error) {
        if let Some(Task::Events(source, _)) = self.tasks.front() {
            self.alerts.fail(*source, error);
        }
        self.done += 1;
        self.tasks.pop_front();
    }

    /// Plans to ask which metrics there are by now, where the question is about whatever there is.
    pub(crate) fn plan_names(&mut self, start_ms: i64, end_ms: i64) {
        if !matches!(self.ask.question, Question::Queries(_)) {
            self.tasks.push_back(Task::NewNames(Chunk { start_ms, end_ms }));
        }
    }

    /// Whether the server has metrics by now that would be fetched, too, if it were asked anew.
    pub(crate) fn is_outdated(&self) -> bool {
        self.is_outdated
    }

    /// Compares the names of the server's metrics with those that it had at first.
    fn compare(&mut self, names: &[String]) {
        // Alerts are there from the first one on that comes near to firing.
        self.alerts.is_asked |= self.ask.alerts.is_none() && names.iter().any(|name| name == "ALERTS");
        let taken: usize = self.chosen.iter().map(|chosen| chosen.series).sum();
        let has_room = match self.ask.question {
            Question::Discover { max_series } => taken < max_series,
            _ => true,
        };
        let is_new = |name: &String| self.known.binary_search(name).is_err();
        let would_fit =
            |name: &String| has_room || self.chosen.iter().any(|chosen| names::is_before(name, &chosen.metric));
        let wanted = names::wanted(&self.ask.question, names);
        self.is_outdated = wanted.iter().any(|name| is_new(name) && would_fit(name));
    }

    /// Gives up what is planned of one query, or of all.
    pub(crate) fn give_up(&mut self, given_up: Option<usize>) {
        self.cuts = 0;
        self.tasks.retain(|task| match task {
            Task::Samples { query, .. } => given_up.is_some_and(|given_up| *query != given_up),
            _ => given_up.is_some(),
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
}

impl Task {
    /// The API call's name.
    fn call(&self) -> &'static str {
        match self {
            Self::Names | Self::NewNames(_) => "label values",
            Self::Metadata => "metadata",
            Self::Series { .. } => "series",
            Self::ScrapeTimes { .. } | Self::Before { .. } | Self::ScrapeCount => "query",
            Self::Sizes { .. } | Self::Samples { .. } | Self::Events(..) => "query_range",
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
