//! Looking at what a server has, before anything is fetched.

use crate::answer::{self, Metadata, QueryResult, QuerySeries};
use crate::ask::{Ask, Question};
use crate::conversation::Conversation;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::fetch::Progress;
use crate::preset::{self, Entry, Nature, PACKS, Pack};
use crate::request::{Failure, Request, Response};
use crate::service::Candidate;
use crate::{form, selector, step, worth};
use order::{SortedMap, SortedSet};
use series::SERVICE_LABELS;
use std::collections::{BTreeMap, VecDeque};

/// Metrics whose series are counted together.
const METRICS_PER_COUNT: usize = 50;
/// At so many moments of the range, series are counted; the most at one moment is what counts.
const MOMENTS: i64 = 9;
/// The most metrics besides the packs' that are counted where a whole server is looked at.
const MOST_OTHERS: usize = 150;
/// The time looked back on for the scrape interval.
pub(crate) const INTERVAL_WINDOW_MS: i64 = 3_600_000;

/// A survey under way: it yields requests and takes answers, as a [`crate::Fetch`] does. It asks for names, metadata and
/// counts, never for series or samples of the metrics themselves, so that it is as cheap for a fleet as for a machine.
#[derive(Clone, Debug)]
pub struct Survey {
    conversation: Conversation,
    start_ms: i64,
    end_ms: i64,
    packs: Vec<&'static Pack>,
    /// Whether no pack was asked for: then what is worth looking at besides is counted, too.
    is_open: bool,
    /// All names, until it is known what the metrics are.
    names: Vec<String>,
    tasks: VecDeque<Task>,
    done: usize,
    total: u64,
    found: Inventory,
}

/// What a server has of the packs' metrics.
#[derive(Clone, Debug)]
pub struct Inventory {
    /// The server's address as it was found to be.
    pub endpoint: Endpoint,
    /// The number of metrics that it has in all.
    pub metric_count: usize,
    /// What it has of the packs, in their order. A metric that two packs hold is listed for both.
    pub parts: Vec<Part>,
    /// The person's own expressions, and how many series each gives; none where that cannot be told.
    pub queries: Vec<(String, Option<u64>)>,
    /// Labels that could tell services apart, best first.
    pub service_labels: Vec<Candidate>,
    /// The one that does: as chosen, else the best.
    pub service_label: String,
    /// The scrape interval; none where the server does not show it.
    pub interval_ms: Option<i64>,
    /// The time of the newest scrape of the metric that the interval was found with.
    pub(crate) newest_ms: Option<i64>,
    /// Whether there are alerts in the range of time.
    pub has_alerts: bool,
    /// Whether the parts are what is to be fetched, though no pack was asked for.
    pub(crate) is_whole: bool,
    /// The names of the metrics that it has of the packs, ascending.
    pub(crate) names: Vec<String>,
    /// What the metrics are, as their exporters say, by name.
    pub(crate) metadata: SortedMap<String, Metadata>,
    /// What the server said besides.
    pub(crate) warnings: SortedSet<String>,
}

/// A metric that a pack holds and the server has.
#[derive(Clone, Debug)]
pub struct Part {
    /// The pack.
    pub pack: &'static Pack,
    /// What the metric means and how it is asked for.
    pub entry: &'static Entry,
    /// Its name.
    pub metric: String,
    /// How many series it has, at most at one moment.
    pub series: u64,
    /// How many are left where they are put together by service.
    pub groups: u64,
}

#[derive(Clone, Debug)]
enum Task {
    Names,
    /// Types and units; the survey goes on without.
    Metadata,
    /// The names of the labels that the packs' metrics carry.
    Labels,
    /// How many values a label has, and how many series carry it; without a label: how many series there are.
    Carriers(Option<String>),
    /// The series of some metrics by service; `only` is the metric's name where the answer does not tell it.
    Count {
        metrics: Vec<String>,
        entry: &'static Entry,
    },
    /// The series of one of the person's own expressions.
    CountQuery(usize),
    /// The times of scrapes of one metric, within the last hour or the whole range.
    ScrapeTimes {
        metric: String,
        whole: bool,
    },
}

impl Survey {
    /// A survey of the packs that are asked for; of all of them, if the question names none.
    ///
    /// # Errors
    /// [`Error::Question`] for a range of time that ends before it begins.
    pub fn new(ask: &Ask) -> Result<Self, Error> {
        ask.check()?;
        let (packs, queries) = match &ask.question {
            Question::Packs { packs, queries } => (packs.as_slice(), queries.as_slice()),
            Question::Queries(queries) => (&[][..], queries.as_slice()),
            Question::Discover { .. } => (&[][..], &[][..]),
        };
        let mut packs: Vec<&'static Pack> = packs.iter().filter_map(|name| preset::named(name)).collect();
        let is_open = packs.is_empty();
        if is_open {
            packs.extend(&PACKS);
        }
        let mut tasks = VecDeque::from([Task::Names]);
        tasks.extend((0..queries.len()).map(Task::CountQuery));
        Ok(Self {
            conversation: Conversation::new(ask.endpoint.clone()),
            start_ms: ask.start_ms,
            end_ms: ask.end_ms,
            packs,
            is_open,
            names: Vec::new(),
            tasks,
            done: 0,
            total: 0,
            found: Inventory {
                endpoint: ask.endpoint.clone(),
                metric_count: 0,
                parts: Vec::new(),
                queries: queries.iter().map(|query| (query.clone(), None)).collect(),
                service_labels: Vec::new(),
                service_label: ask.service_label.clone().unwrap_or_default(),
                interval_ms: None,
                newest_ms: None,
                has_alerts: false,
                is_whole: false,
                names: Vec::new(),
                metadata: SortedMap::new(),
                warnings: SortedSet::new(),
            },
        })
    }

    /// A survey of a whole server, of which names and metadata are known: of all packs, and of what is worth looking at
    /// besides. `endpoint` is the server's address as it was found to be.
    ///
    /// # Errors
    /// As [`Survey::new`].
    pub(crate) fn of_whole(
        ask: &Ask,
        endpoint: Endpoint,
        names: Vec<String>,
        metadata: SortedMap<String, Metadata>,
    ) -> Result<Self, Error> {
        let mut survey = Self::new(&Ask { endpoint, ..ask.clone() })?;
        survey.conversation.is_confirmed = true;
        survey.found.is_whole = true;
        survey.found.metadata = metadata;
        survey.take_names(names);
        survey.tasks = survey.labels_if_any().into();
        Ok(survey)
    }

    /// The request to carry out now; the same one again until it has been answered. None when everything is known.
    pub fn next_request(&self) -> Option<Request> {
        self.tasks.front().map(|task| self.request(task))
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        Progress { done: self.done, total: self.done + self.tasks.len(), doing: "Looking at what the server has" }
    }

    /// Takes the answer to [`Survey::next_request`].
    ///
    /// # Errors
    /// The class of what went wrong; the request stays the next one. An API at another usual path is found, and what is
    /// not needed is done without.
    pub fn accept(&mut self, response: Result<Response<'_>, Failure>) -> Result<(), Error> {
        let Some(task) = self.tasks.front().cloned() else { return Ok(()) };
        let outcome = match response {
            Ok(response) => self.take(&task, &response),
            Err(failure) => Err(Error::of_failure(failure, self.conversation.endpoint.address())),
        };
        let next = match outcome {
            Ok(next) => {
                self.conversation.is_confirmed = true;
                next
            }
            Err(error) if !self.conversation.is_confirmed => return self.conversation.seek(error),
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => self.without(&task, error)?,
        };
        self.done += 1;
        self.tasks.pop_front();
        next.into_iter().rev().for_each(|task| self.tasks.push_front(task));
        Ok(())
    }

    /// The server's address as it is known so far.
    pub fn endpoint(&self) -> &Endpoint {
        &self.conversation.endpoint
    }

    /// What is known.
    pub fn finish(self) -> Inventory {
        let mut found = self.found;
        found.parts.retain(|part| part.series > 0);
        // What every program has does not tell what it is written in.
        let own = |part: &&Part| !part.metric.starts_with("process_");
        let names: SortedSet<&str> = found.parts.iter().filter(own).map(|part| part.pack.name).collect();
        found.parts.retain(|part| names.contains(part.pack.name));
        found.endpoint = self.conversation.endpoint;
        found.warnings = self.conversation.warnings;
        found
    }

    fn request(&self, task: &Task) -> Request {
        let endpoint = &self.conversation.endpoint;
        let (start, end) = (form::seconds(self.start_ms), form::seconds(self.end_ms));
        let at_moments = |query: &str| at_moments(endpoint, query, self.start_ms, self.end_ms);
        let now = |query: &str| form::call(endpoint.call(&["query"]), &[("query", query), ("time", &end)]);
        match task {
            Task::Names => {
                form::get(endpoint.call(&["label", "__name__", "values"]), &[("start", &start), ("end", &end)])
            }
            Task::Metadata => form::get(endpoint.call(&["metadata"]), &[("limit_per_metric", "1")]),
            Task::Labels => {
                let matcher = selector::matching(&self.metrics(), "");
                form::call(endpoint.call(&["labels"]), &[("match[]", &matcher), ("start", &start), ("end", &end)])
            }
            Task::Carriers(None) => at_moments(&format!("count({})", selector::matching(&self.metrics(), ""))),
            Task::Carriers(Some(label)) => {
                let carriers = selector::matching(&self.metrics(), &format!("{label}!=\"\""));
                at_moments(&format!(
                    "count(count by ({label}) ({carriers})) or label_replace(count({carriers}), \"of\", \"series\", \"\", \"\")"
                ))
            }
            Task::Count { metrics, entry } => {
                let names: Vec<&str> = metrics.iter().map(String::as_str).collect();
                let by = entry.grouping(&self.found.service_label);
                let inner = entry.inside(selector::matching(&names, entry.only));
                let name = if entry.away.is_empty() { "__name__, " } else { "" };
                let query = format!("count by ({name}{by}) ({inner})");
                at_moments(&query)
            }
            Task::CountQuery(position) => {
                now(&format!("count({})", self.found.queries.get(*position).map_or("", |(query, _)| query.as_str())))
            }
            Task::ScrapeTimes { metric, whole } => {
                let range_ms = self.end_ms - self.start_ms;
                let window_ms = if *whole { range_ms } else { range_ms.min(INTERVAL_WINDOW_MS) };
                now(&format!("{}[{}]", selector::metrics(&[metric.as_str()]), selector::duration(window_ms)))
            }
        }
    }

    fn take(&mut self, task: &Task, response: &Response<'_>) -> Result<Vec<Task>, Error> {
        let ours = &mut self.conversation;
        match task {
            Task::Names => {
                let names: Vec<String> = ours.data("label values", None, response, answer::data)?;
                self.take_names(names);
                self.found.names = self.metrics().into_iter().map(str::to_owned).collect();
                Ok(vec![Task::Metadata])
            }
            Task::Metadata => {
                let all: BTreeMap<String, Vec<Metadata>> = ours.data("metadata", None, response, answer::data)?;
                let firsts = all.into_iter().filter_map(|(name, kinds)| Some((name, kinds.into_iter().next()?)));
                self.found.metadata.extend(firsts);
                Ok(self.labels_if_any())
            }
            Task::Labels => {
                let carried: Vec<String> = ours.data("labels", None, response, answer::data)?;
                Ok(self.candidates(&carried))
            }
            Task::Carriers(label) => {
                let result = ours.data("query_range", None, response, answer::query_result)?;
                self.judge(label.as_deref(), &result);
                Ok(self.counts_if_chosen())
            }
            Task::Count { metrics, entry } => {
                let result = ours.data("query_range", None, response, answer::query_result)?;
                self.count(metrics, entry, result);
                Ok(self.scrapes_if_counted())
            }
            Task::CountQuery(position) => {
                let result = ours.data("query", None, response, answer::query_result)?;
                if let (QueryResult::Series(all), Some(query)) = (result, self.found.queries.get_mut(*position)) {
                    query.1 = Some(all.first().and_then(|one| one.value).map_or(0, |sample| sample.value as u64));
                }
                Ok(Vec::new())
            }
            Task::ScrapeTimes { metric, whole } => {
                let result = ours.data("query", None, response, answer::query_result)?;
                self.found.interval_ms = step::interval_of(&result);
                self.found.newest_ms = step::last_time_of(&result);
                let again = self.found.interval_ms.is_none() && !whole;
                Ok(if again { vec![Task::ScrapeTimes { metric: metric.clone(), whole: true }] } else { Vec::new() })
            }
        }
    }

    /// Goes on without what the server does not answer, where that can be done.
    fn without(&mut self, task: &Task, error: Error) -> Result<Vec<Task>, Error> {
        match task {
            Task::Metadata => Ok(self.labels_if_any()),
            Task::CountQuery(_) | Task::ScrapeTimes { .. } => Ok(Vec::new()),
            // The labels that every scrape has.
            Task::Labels => Ok(self.candidates(&["job".to_owned(), "instance".to_owned()])),
            Task::Carriers(_) => Ok(self.counts_if_chosen()),
            Task::Names | Task::Count { .. } => Err(error),
        }
    }

    fn take_names(&mut self, names: Vec<String>) {
        self.found.metric_count = names.len();
        self.found.has_alerts = names.iter().any(|name| name == "ALERTS");
        self.offer(&names);
        self.names = names;
    }

    /// Names and metadata are known: asks on, where there is anything.
    fn labels_if_any(&mut self) -> Vec<Task> {
        if self.is_open {
            let names = std::mem::take(&mut self.names);
            self.offer_others(names);
        }
        if self.found.parts.is_empty() { Vec::new() } else { vec![Task::Labels] }
    }

    /// Notes what is worth looking at besides the packs' metrics.
    fn offer_others(&mut self, names: Vec<String>) {
        let known: SortedSet<String> = self.found.parts.iter().map(|part| part.metric.clone()).collect();
        let others = worth::ranked(names).into_iter().filter(|name| !known.contains(name)).take(MOST_OTHERS);
        for metric in others {
            let kind = self.found.metadata.get(&metric).map_or("", |metadata| metadata.kind.as_str());
            let is_named = ["_total", "_count", "_sum"].iter().any(|ending| metric.ends_with(ending));
            let grows = kind == "counter" || (kind != "gauge" && is_named);
            let nature = if grows { Nature::Counter } else { Nature::Level };
            if let Some(entry) = preset::OTHERS.entry(nature) {
                self.found.parts.push(Part { pack: &preset::OTHERS, entry, metric, series: 0, groups: 0 });
            }
        }
    }

    /// Notes which of the packs' metrics there are.
    fn offer(&mut self, names: &[String]) {
        for pack in &self.packs {
            for entry in pack.entries {
                for metric in names.iter().filter(|name| entry.holds(name)) {
                    self.found.parts.push(Part { pack, entry, metric: metric.clone(), series: 0, groups: 0 });
                }
            }
        }
    }

    /// The metrics that there are, each once.
    fn metrics(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.found.parts.iter().map(|part| part.metric.as_str()).collect();
        order::sort(&mut names);
        names.dedup();
        names
    }

    fn candidates(&self, carried: &[String]) -> Vec<Task> {
        let chosen = &self.found.service_label;
        let is_wanted = |label: &&&str| {
            if chosen.is_empty() { carried.iter().any(|name| name == **label) } else { **label == chosen.as_str() }
        };
        let mut labels: Vec<String> =
            SERVICE_LABELS.iter().filter(is_wanted).map(|label| (*label).to_owned()).collect();
        if labels.is_empty() && !chosen.is_empty() {
            labels.push(chosen.clone());
        }
        [None].into_iter().chain(labels.into_iter().map(Some)).map(Task::Carriers).collect()
    }

    fn judge(&mut self, label: Option<&str>, result: &QueryResult) {
        let QueryResult::Series(all) = result else { return };
        let value = |of: Option<&str>| {
            let found = all.iter().find(|one| one.metric.get("of").map(String::as_str) == of);
            found.map_or(0.0, most)
        };
        match label {
            None => self.total = value(None) as u64,
            Some(label) => self.found.service_labels.push(Candidate {
                label: label.to_owned(),
                values: value(None) as usize,
                series: value(Some("series")) as usize,
            }),
        }
    }

    /// Once all labels have been judged: the best one, and what is to be counted.
    fn counts_if_chosen(&mut self) -> Vec<Task> {
        if self.tasks.iter().skip(1).any(|task| matches!(task, Task::Carriers(_))) {
            return Vec::new();
        }
        let total = self.total as usize;
        let rank = |one: &Candidate| {
            let is_common = 2 * one.series >= total;
            (!(is_common && one.values > 1), !is_common)
        };
        order::sort_by_key(&mut self.found.service_labels, rank);
        if self.found.service_label.is_empty() {
            let best = self.found.service_labels.first().filter(|one| one.series > 0);
            self.found.service_label = best.map_or_else(|| "job".to_owned(), |one| one.label.clone());
        }
        let mut tasks: Vec<Task> = Vec::new();
        let mut seen: SortedSet<(&str, &str)> = SortedSet::new();
        for part in &self.found.parts {
            if !seen.insert((part.metric.as_str(), part.entry.only)) {
                continue;
            }
            let fits = |task: &&mut Task| match task {
                Task::Count { metrics, entry } => {
                    let is_alike = (entry.only, entry.keep) == (part.entry.only, part.entry.keep);
                    entry.away.is_empty() && part.entry.away.is_empty() && is_alike && metrics.len() < METRICS_PER_COUNT
                }
                _ => false,
            };
            match tasks.iter_mut().find(fits) {
                Some(Task::Count { metrics, .. }) => metrics.push(part.metric.clone()),
                _ => tasks.push(Task::Count { metrics: vec![part.metric.clone()], entry: part.entry }),
            }
        }
        tasks
    }

    fn count(&mut self, metrics: &[String], entry: &Entry, result: QueryResult) {
        let QueryResult::Series(all) = result else { return };
        let mut moments: SortedMap<(String, i64), (u64, u64)> = SortedMap::new();
        for one in all {
            let Some(metric) = one.metric.get("__name__").or_else(|| metrics.first()) else { continue };
            for sample in one.values.iter().chain(&one.value) {
                let (series, groups) = moments.at((metric.clone(), sample.time_ms));
                *series += sample.value as u64;
                *groups += 1;
            }
        }
        for part in &mut self.found.parts {
            if part.entry.only != entry.only || !metrics.contains(&part.metric) {
                continue;
            }
            for ((metric, _), (series, groups)) in moments.iter_mut() {
                if *metric == part.metric {
                    part.series = part.series.max(*series);
                    part.groups = part.groups.max(*groups);
                }
            }
        }
    }

    /// Once everything has been counted: the scrape interval, of the metric with the fewest series.
    fn scrapes_if_counted(&mut self) -> Vec<Task> {
        if self.tasks.iter().skip(1).any(|task| matches!(task, Task::Count { .. })) {
            return Vec::new();
        }
        let there = self.found.parts.iter().filter(|part| part.series > 0);
        let probe = there.min_by_key(|part| part.series);
        probe.map(|part| Task::ScrapeTimes { metric: part.metric.clone(), whole: false }).into_iter().collect()
    }
}

/// The largest value of a series.
pub(crate) fn most(one: &QuerySeries) -> f64 {
    one.values.iter().chain(&one.value).map(|sample| sample.value).fold(0.0, f64::max)
}

/// A query at the moments at which series are counted.
pub(crate) fn at_moments(endpoint: &Endpoint, query: &str, start_ms: i64, end_ms: i64) -> Request {
    let step_ms = ((end_ms - start_ms) / (MOMENTS - 1)).max(1_000);
    let first = form::seconds((end_ms - (MOMENTS - 1) * step_ms).max(start_ms));
    let (end, step) = (form::seconds(end_ms), form::seconds(step_ms));
    form::call(endpoint.call(&["query_range"]), &[("query", query), ("start", &first), ("end", &end), ("step", &step)])
}

impl Entry {
    /// What stands in `by (…)` where series are put together by service: `job, code, status`.
    pub(crate) fn grouping(&self, service_label: &str) -> String {
        let mut out = service_label.to_owned();
        for label in self.keep.split_ascii_whitespace().filter(|label| *label != service_label) {
            out.push_str(", ");
            out.push_str(label);
        }
        out
    }

    /// The expression over some series, with those put together that are never looked at apart.
    pub(crate) fn inside(&self, series: String) -> String {
        if self.away.is_empty() { series } else { format!("sum without ({}) ({series})", self.away) }
    }
}

impl Inventory {
    /// What is fetched where nothing is chosen, for [`Plan::of`]; none where there are no more than so many series, which
    /// are then taken one by one.
    pub fn of_fleet(&self, max_series: usize) -> Option<Self> {
        let mut sizes: SortedMap<&str, u64> = SortedMap::new();
        for part in self.parts.iter().filter(|part| worth::worth(&part.metric).is_some()) {
            let most = sizes.at(part.metric.as_str());
            *most = part.series.max(*most);
        }
        let is_large = sizes.values().sum::<u64>() > max_series as u64;
        is_large.then(|| Self { is_whole: true, ..self.clone() })
    }

    /// The packs of which there is anything, with the number of their metrics and of their series.
    pub fn packs(&self) -> Vec<(&'static Pack, usize, u64)> {
        let mut out: Vec<(&'static Pack, usize, u64)> = Vec::new();
        for part in self.parts.iter().filter(|part| part.pack.name != preset::OTHERS.name) {
            match out.iter_mut().find(|(pack, ..)| pack.name == part.pack.name) {
                Some((_, metrics, series)) => {
                    *metrics += 1;
                    *series += part.series;
                }
                None => out.push((part.pack, 1, part.series)),
            }
        }
        out
    }
}
