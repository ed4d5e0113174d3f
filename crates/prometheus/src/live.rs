//! A server that is followed: what is new since a [`Fetch`] has ended.

use crate::answer::{self, QueryResult};
use crate::collection::{Collection, Naming};
use crate::error::Error;
use crate::fetch::Fetch;
use crate::patience::Patience;
use crate::request::{Failure, Request, Response};
use crate::{form, meaning};
use series::{Dataset, Identity, Kind, Labels};

/// Samples may come so late: every poll looks back on this much again. It is the time after which a Prometheus gives a
/// series up that is not scraped any more.
const LATE_MS: i64 = 300_000;
/// The shortest and the longest time between two polls.
const SHORTEST_POLL_MS: i64 = 2_000;
const LONGEST_POLL_MS: i64 = 300_000;
/// A poll is stretched so that it has this much time for each of its requests.
const REQUEST_MS: i64 = 1_000;
/// A series is stale when its newest sample is older than this many steps, and than a minute.
const STALE_STEPS: i64 = 4;
const STALE_MS: i64 = 60_000;
/// How long the difference between the server's clock and ours counts as known.
const CLOCK_MS: i64 = 600_000;
/// What differs by more than this, ten years, is no clock.
const NO_CLOCK_MS: i64 = 10 * 365 * 86_400_000;
/// How often alerts are asked for at most.
const EVENTS_MS: i64 = 60_000;
/// How often it is asked at most which metrics there are, and how often everything is fetched anew for new ones.
const NAMES_MS: i64 = 600_000;
const ANEW_MS: i64 = 3_600_000;
/// Series that one step of a snapshot copies.
const SERIES_PER_STEP: usize = 32;
/// A request that nobody answers for so long is taken for lost.
const LOST_MS: i64 = 180_000;

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Carry this request out, and hand the answer to [`Live::accept`].
    Ask(Request),
    /// There is nothing to do until then (our clock, milliseconds since 1970-01-01 UTC).
    Wait {
        /// When to ask again.
        until_ms: i64,
    },
}

/// What a poll has brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// The numbers of the series with new, late or corrected samples, each with the earliest time of such a sample.
    pub changes: Vec<(usize, i64)>,
    /// The numbers of the series of which nothing is left in the window.
    pub gone: Vec<usize>,
    /// Whether everything was fetched anew: all earlier numbers are void.
    pub is_anew: bool,
}

/// The data set of a [`Live`] as it comes to be: some series at a time, for whoever must not be kept from other work. It
/// is right only if no answer has been accepted in the meantime.
#[derive(Clone, Debug)]
pub struct Snapshot {
    naming: Naming,
    next: usize,
}

impl Snapshot {
    /// Takes some more series; true when all are taken.
    pub fn step(&mut self, live: &Live) -> bool {
        let from = self.next;
        self.next += SERIES_PER_STEP;
        live.fetch.copy(&mut self.naming, from, SERIES_PER_STEP)
    }

    /// The data set, as [`Live::dataset`] gives it.
    ///
    /// # Errors
    /// [`Error::NoSamples`] if nothing is left.
    pub fn finish(self, live: &Live) -> Result<Dataset, Error> {
        live.fetch.dataset_of(self.naming)
    }
}

/// A server that is followed. It does no I/O and has no clock: whoever drives it says what time it is, carries out what
/// [`Live::next`] asks for, and hands the answers to [`Live::accept`].
///
/// A poll asks for what came since the last one, and for the five minutes before that once more, in which late samples
/// may still arrive. What is older than the window of the first question leaves, so that memory stays level. Alerts are
/// asked for once in a minute where the first question was about them, too. After a gap longer than half of the window
/// everything is fetched anew, because by then the server may have other metrics, too; and also, at most once in an hour,
/// where the server is seen to have new ones that would be fetched. It is asked for their names once in ten minutes.
///
/// Times that come in are of our clock. The server's is asked for (the query `time()`), because samples bear its times.
///
/// However answers fail, no more than 90 requests go out within any minute.
#[derive(Debug)]
pub struct Live {
    fetch: Fetch,
    anew: Option<Fetch>,
    window_ms: i64,
    /// Up to where the samples of each query are here, by the server's clock.
    covered_ms: Vec<i64>,
    /// When the last poll has ended, by the server's clock.
    last_poll_ms: i64,
    due_ms: i64,
    is_polling: bool,
    /// Whether some of what the poll under way asks for is here, and some is not yet.
    is_torn: bool,
    /// When alerts were asked for, by our clock.
    events_ms: i64,
    /// When names were asked for, and when everything was fetched anew for new ones, by our clock.
    names_ms: i64,
    anew_ms: i64,
    skew_ms: i64,
    clock_asked_ms: Option<i64>,
    wants_clock: bool,
    asked_ms: Option<i64>,
    patience: Patience,
    refused: usize,
    trouble: Option<Error>,
}

impl Live {
    /// Follows what a fetch has asked for, once that has everything; `now_ms` is the time of its last answer.
    pub fn new(fetch: Fetch, now_ms: i64) -> Self {
        let mut live = Self {
            window_ms: fetch.ask().end_ms - fetch.ask().start_ms,
            covered_ms: vec![fetch.ask().end_ms; fetch.steps_ms().len()],
            last_poll_ms: fetch.ask().end_ms,
            due_ms: now_ms,
            is_polling: false,
            is_torn: false,
            events_ms: now_ms,
            names_ms: now_ms,
            anew_ms: i64::MIN,
            skew_ms: 0,
            clock_asked_ms: None,
            wants_clock: false,
            asked_ms: None,
            patience: Patience::default(),
            refused: 0,
            trouble: None,
            anew: None,
            fetch,
        };
        live.fetch.collection_mut().take_changes();
        live.due_ms = now_ms.saturating_add(live.poll_ms());
        live
    }

    /// Follows a server that could not be read: it is asked for everything, after the wait that a failure asks for. `seed`
    /// as for [`Live::accept`].
    ///
    /// # Errors
    /// A question that makes no sense, see [`Fetch::new`].
    pub fn unread(ask: crate::Ask, error: &Error, now_ms: i64, seed: u64) -> Result<Self, Error> {
        let mut live = Self::new(Fetch::new(ask)?, now_ms);
        live.last_poll_ms = i64::MIN;
        live.fail(now_ms, error.retry_after_s(), seed, error);
        Ok(live)
    }

    /// The time between two polls: the shortest step of the queries, within bounds, and longer where many requests are
    /// needed.
    pub fn poll_ms(&self) -> i64 {
        let steps_ms = self.fetch.steps_ms();
        let step_ms = steps_ms.iter().copied().min().unwrap_or(LONGEST_POLL_MS);
        step_ms.clamp(SHORTEST_POLL_MS, LONGEST_POLL_MS).max(steps_ms.len() as i64 * REQUEST_MS)
    }

    /// What to do at a time. A request counts as under way until its answer is handed in.
    pub fn next(&mut self, now_ms: i64) -> Next {
        if let Some(asked_ms) = self.asked_ms {
            let lost_ms = asked_ms.saturating_add(LOST_MS);
            if (asked_ms..lost_ms).contains(&now_ms) {
                return Next::Wait { until_ms: lost_ms };
            }
            self.asked_ms = None;
        }
        let earliest_ms = self.patience.earliest_ms(now_ms);
        if earliest_ms > now_ms {
            return Next::Wait { until_ms: earliest_ms };
        }
        let Some(request) = self.request(now_ms) else {
            if self.is_polling {
                self.complete(now_ms);
            }
            return Next::Wait { until_ms: self.due_ms };
        };
        self.asked_ms = Some(now_ms);
        self.patience.send(now_ms);
        Next::Ask(request)
    }

    /// Takes the answer to the request under way. `seed` is any number that differs from page to page and from time to
    /// time; waits after failures are drawn with it. The update is there when the poll has come to its end.
    ///
    /// # Errors
    /// Why the poll was given up. It is tried again by itself after a while; all that was here stays.
    pub fn accept(
        &mut self,
        now_ms: i64,
        seed: u64,
        response: Result<Response<'_>, Failure>,
    ) -> Result<Option<Update>, Error> {
        let Some(asked_ms) = self.asked_ms.take() else { return Ok(None) };
        let refusal = response.as_ref().ok().filter(|response| !(200..300).contains(&response.status));
        let wish_s = refusal.and_then(|response| response.retry_after?.trim().parse().ok());
        let outcome = if self.wants_clock {
            self.take_clock(asked_ms, now_ms, response)
        } else if self.anew.is_some() {
            return self.take_anew(now_ms, response).inspect_err(|error| self.fail(now_ms, wish_s, seed, error));
        } else {
            self.take_samples(response)
        };
        outcome.inspect_err(|error| self.fail(now_ms, wish_s, seed, error))?;
        if self.wants_clock || self.request(now_ms).is_some() {
            return Ok(None);
        }
        Ok(Some(self.complete(now_ms)))
    }

    /// The data set of the window as it stands, as [`Fetch::finish`] gives it.
    ///
    /// # Errors
    /// [`Error::NoSamples`] if nothing is left.
    pub fn dataset(&self) -> Result<Dataset, Error> {
        let mut snapshot = self.snapshot();
        while !snapshot.step(self) {}
        snapshot.finish(self)
    }

    /// Whether some series have the newest samples and others will have them only at the end of the poll under way.
    pub fn is_torn(&self) -> bool {
        self.is_torn
    }

    /// Begins to take the data set step by step.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { naming: self.fetch.naming(), next: 0 }
    }

    /// Whether a request goes to the server that is followed, and not to an Alertmanager beside it: only such a one may
    /// carry what proves who asks.
    pub fn is_own(&self, request: &Request) -> bool {
        self.fetch.endpoint().is_asked_by(&request.url)
    }

    /// The numbers of all series, ascending. A number is never given again until everything is fetched anew.
    pub fn ids(&self) -> impl Iterator<Item = usize> {
        self.collection().iter().map(|(id, ..)| id)
    }

    /// The times of a series' samples, ascending, in milliseconds since 1970-01-01 UTC by the server's clock, and the
    /// values as the server has them: counters are counts.
    pub fn samples(&self, id: usize) -> Option<(&[i64], &[f64])> {
        self.collection().samples(id)
    }

    /// Counter or gauge, as far as the values tell so far.
    pub fn kind(&self, id: usize) -> Option<Kind> {
        let (_, values) = self.collection().samples(id)?;
        let metric = self.collection().metric(id)?.get("__name__");
        Some(metric.map_or(Kind::Gauge, |metric| meaning::kind(metric, self.fetch.metadata(metric), values)))
    }

    /// What a series is called: its metric with its labels.
    pub fn name(&self, id: usize) -> Option<String> {
        let mut labels: Labels = self.collection().metric(id)?.clone().into_iter().collect();
        let metric = labels.remove("__name__");
        Some(Identity::of(metric, labels).with_original_name().name)
    }

    /// Whether another server's series `id` has the same metric and labels as one of these.
    pub(crate) fn has_like(&self, other: &Self, id: usize) -> bool {
        other.collection().metric(id).is_some_and(|metric| self.collection().has_metric(metric))
    }

    /// The time of the newest sample by the server's clock; none where there is no sample.
    pub fn newest_ms(&self) -> Option<i64> {
        self.collection().iter().filter_map(|(_, times_ms, _)| times_ms.last()).max().copied()
    }

    /// How old the newest sample is; never negative.
    pub fn age_ms(&self, now_ms: i64) -> Option<i64> {
        Some(self.server_ms(now_ms).saturating_sub(self.newest_ms()?).max(0))
    }

    /// From which age on a sample does not tell what is now.
    pub fn stale_from_ms(&self) -> i64 {
        let step_ms = self.fetch.steps_ms().into_iter().min().unwrap_or(0);
        (STALE_STEPS * step_ms).max(STALE_MS)
    }

    /// Whether the newest of all samples does not tell what is now; false where there is none.
    pub fn is_old(&self, now_ms: i64) -> bool {
        self.age_ms(now_ms).is_some_and(|age_ms| age_ms > self.stale_from_ms())
    }

    /// The numbers of the series whose newest sample does not tell what is now.
    pub fn stale(&self, now_ms: i64) -> Vec<usize> {
        let before_ms = self.server_ms(now_ms).saturating_sub(self.stale_from_ms());
        self.collection()
            .iter()
            .filter(|(_, times_ms, _)| times_ms.last().is_none_or(|last| *last < before_ms))
            .map(|(id, ..)| id)
            .collect()
    }

    /// How far the server's clock is ahead of ours, in milliseconds, as far as it is known.
    pub fn skew_ms(&self) -> i64 {
        self.skew_ms
    }

    /// Why the last poll brought nothing, or less than all; none where all is well.
    pub fn trouble(&self) -> Option<&Error> {
        self.trouble.as_ref()
    }

    /// The polls in a row that have failed.
    pub fn failures(&self) -> u32 {
        self.patience.failures()
    }

    /// The number of samples that memory is held for.
    pub fn held(&self) -> usize {
        self.collection().held()
    }

    fn collection(&self) -> &Collection {
        self.fetch.collection()
    }

    fn server_ms(&self, now_ms: i64) -> i64 {
        now_ms.saturating_add(self.skew_ms)
    }

    /// The next request of the poll under way, or of a new one where that is due.
    fn request(&mut self, now_ms: i64) -> Option<Request> {
        if !self.is_polling {
            // A clock that was put back must not make us wait until it has caught up.
            self.due_ms = self.due_ms.min(now_ms.saturating_add(self.poll_ms()));
            if now_ms < self.due_ms {
                return None;
            }
            self.is_polling = true;
            self.refused = 0;
            let is_known = |asked_ms: i64| (asked_ms..asked_ms.saturating_add(CLOCK_MS)).contains(&now_ms);
            // Whatever made a poll fail may have changed the clock, too.
            self.wants_clock = self.failures() > 0 || !self.clock_asked_ms.is_some_and(is_known);
            if !self.wants_clock {
                self.plan(now_ms);
            }
        }
        if self.wants_clock {
            return Some(form::get(self.fetch.endpoint().call(&["query"]), &[("query", "time()")]));
        }
        self.anew.as_ref().unwrap_or(&self.fetch).next_request()
    }

    /// Plans what a poll needs.
    fn plan(&mut self, now_ms: i64) {
        let server_ms = self.server_ms(now_ms);
        // A clock that was put back must not make us wait until it has caught up.
        let is_due = |last_ms: i64, every_ms: i64| !(last_ms..last_ms.saturating_add(every_ms)).contains(&now_ms);
        let has_new = self.fetch.is_outdated() && is_due(self.anew_ms, ANEW_MS);
        if has_new || server_ms.saturating_sub(self.last_poll_ms) > self.window_ms / 2 {
            // Whatever becomes of it: not again soon for that reason.
            self.anew_ms = if has_new { now_ms } else { self.anew_ms };
            let start_ms = server_ms.saturating_sub(self.window_ms);
            let ask = crate::Ask { start_ms, end_ms: server_ms, ..self.fetch.ask().clone() };
            // What made sense once makes sense at another time.
            self.anew = self.anew.take().or_else(|| Fetch::new(ask).ok());
            return;
        }
        let start_ms = server_ms.saturating_sub(self.window_ms);
        for (query, covered_ms) in self.covered_ms.iter().enumerate() {
            let from_ms = covered_ms.min(&server_ms).saturating_sub(LATE_MS).max(start_ms);
            self.fetch.plan_again(query, from_ms, server_ms);
        }
        if self.fetch.has_events() && is_due(self.events_ms, EVENTS_MS) {
            self.events_ms = now_ms;
            self.fetch.plan_events_again(start_ms, server_ms);
        }
        if is_due(self.names_ms, NAMES_MS) {
            self.names_ms = now_ms;
            self.fetch.plan_names(start_ms, server_ms);
        }
    }

    /// The server's clock, against the middle of the time that its answer took. A server that does not say is taken to be
    /// right.
    fn take_clock(&mut self, asked_ms: i64, now_ms: i64, response: Result<Response<'_>, Failure>) -> Result<(), Error> {
        let address = self.fetch.endpoint().address();
        let response = response.map_err(|failure| Error::of_failure(failure, address))?;
        let data = answer::envelope(response.body).ok().filter(|envelope| envelope.status == "success");
        match data.and_then(|envelope| answer::query_result(envelope.data?).ok()) {
            Some(QueryResult::Scalar(clock)) if (200..300).contains(&response.status) => {
                let skew_ms = clock.time_ms.saturating_sub(asked_ms / 2 + now_ms / 2);
                self.skew_ms = if skew_ms.saturating_abs() < NO_CLOCK_MS { skew_ms } else { 0 };
                if self.clock_asked_ms.is_none() {
                    // The first question may have reached into the server's future.
                    let server_ms = self.server_ms(now_ms);
                    self.covered_ms.iter_mut().for_each(|covered_ms| *covered_ms = server_ms.min(*covered_ms));
                    self.last_poll_ms = self.last_poll_ms.min(server_ms);
                }
            }
            _ => {
                let error = Error::of_response(&response, address, None);
                if error.is_passing() || matches!(error, Error::Unauthorized | Error::Forbidden { .. }) {
                    return Err(error);
                }
            }
        }
        self.clock_asked_ms = Some(now_ms);
        self.wants_clock = false;
        self.plan(now_ms);
        Ok(())
    }

    fn take_samples(&mut self, response: Result<Response<'_>, Failure>) -> Result<(), Error> {
        if self.fetch.is_asking_besides() {
            let taken = self.fetch.accept(response);
            self.is_torn = true;
            // Samples come without them; they are asked for again with a later poll.
            return taken.or_else(|error| match error {
                Error::TooManyRequests { .. } => Err(error),
                _ => {
                    self.fetch.do_without(&error);
                    Ok(())
                }
            });
        }
        let Some((query, end_ms)) = self.fetch.asked() else { return Ok(()) };
        let done = self.fetch.progress().done;
        match self.fetch.accept(response) {
            Ok(()) => {
                self.is_torn = true;
                // Else it will be asked for in parts.
                if self.fetch.progress().done > done
                    && let Some(covered_ms) = self.covered_ms.get_mut(query)
                {
                    *covered_ms = end_ms.max(*covered_ms);
                }
                Ok(())
            }
            // One query that the server does not like must not keep the others from being asked.
            Err(
                error @ (Error::BadQuery { .. }
                | Error::Unprocessable { .. }
                | Error::TooLarge { .. }
                | Error::TooManySeries { .. }),
            ) if self.refused + 1 < self.covered_ms.len() => {
                self.refused += 1;
                self.trouble = Some(error);
                self.fetch.give_up(Some(query));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn take_anew(&mut self, now_ms: i64, response: Result<Response<'_>, Failure>) -> Result<Option<Update>, Error> {
        let Some(mut fetch) = self.anew.take() else { return Ok(None) };
        let taken = fetch.accept(response);
        let is_over = fetch.next_request().is_none();
        match taken {
            Ok(()) if is_over && fetch.collection().len() == 0 => Err(Error::NoSamples { query: None }),
            Ok(()) if is_over => {
                let end_ms = fetch.ask().end_ms;
                self.covered_ms = vec![end_ms; fetch.steps_ms().len()];
                (self.events_ms, self.names_ms) = (now_ms, now_ms);
                self.fetch = fetch;
                Ok(Some(Update { is_anew: true, ..self.complete(now_ms) }))
            }
            Ok(()) => {
                self.anew = Some(fetch);
                Ok(None)
            }
            // It goes on from where it was, unless its range has meanwhile become an old one.
            Err(error) => {
                let age_ms = self.server_ms(now_ms).saturating_sub(fetch.ask().end_ms);
                self.anew = Some(fetch).filter(|_| error.is_passing() && age_ms < LATE_MS);
                Err(error)
            }
        }
    }

    fn fail(&mut self, now_ms: i64, wish_s: Option<u64>, seed: u64, error: &Error) {
        self.patience.fail(now_ms, wish_s, seed);
        self.trouble = Some(error.clone());
        self.fetch.give_up(None);
        self.events_ms = i64::MIN;
        self.is_polling = false;
        self.is_torn = false;
        self.wants_clock = false;
        self.due_ms = now_ms;
    }

    /// The poll has come to its end.
    fn complete(&mut self, now_ms: i64) -> Update {
        self.patience.succeed();
        self.is_polling = false;
        self.is_torn = false;
        if self.refused == 0 {
            self.trouble = None;
        }
        self.last_poll_ms = self.server_ms(now_ms);
        self.due_ms = now_ms.saturating_add(self.poll_ms());
        let before_ms = self.last_poll_ms.saturating_sub(self.window_ms);
        let floors_ms: Vec<i64> =
            (0..self.covered_ms.len()).map(|query| self.fetch.floor_ms(query, before_ms)).collect();
        let collection = self.fetch.collection_mut();
        let gone = collection.forget(|query| floors_ms.get(query).copied().unwrap_or(before_ms));
        Update { changes: collection.take_changes(), gone, is_anew: false }
    }
}
