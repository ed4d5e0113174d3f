//! Connecting to a server: where its API is, what speaks it, and, where that fails, which of the many reasons it is.
//!
//! A [`Connection`] is driven like a [`crate::Fetch`]: take the next [`Attempt`], carry it out, hand back what came,
//! until there is no next one; then [`Connection::outcome`] has the [`Server`] or the [`Diagnosis`]. At most some ten
//! requests go out, whatever the answers are.

mod diagnosis;
mod host;
mod program;
mod query;
mod server;
mod ways_out;

pub use diagnosis::{Diagnosis, Trouble};
pub use host::HostKind;
pub use query::{QueryFault, tried, try_query};
pub use server::{Server, ServerKind};
pub use ways_out::WayOut;

use crate::answer::{self, QueryResult};
use crate::request::{Failure, Request, Response};
use crate::{Endpoint, Error, form};
use serde_json::value::RawValue;

/// Asks for the server's clock: the smallest question there is, and the one that must be answered.
const CLOCK: &str = "time()";
/// Asks for alerts that fired within a day.
const ALERTS: &str = "count(count_over_time(ALERTS[1d]))";

/// Who wants to connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A program with sockets of its own, to which the rules of browsers do not apply.
    Native,
    /// A page in a browser.
    Page {
        /// The page's origin (`https://host:port`).
        origin: String,
        /// The browser's permission to reach hosts of the local network.
        permission: Permission,
    },
}

/// What the browser says about its permission to reach the local network, where it has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Permission {
    /// It has no such permission, or does not tell.
    #[default]
    Unknown,
    /// It asks, or will ask, the user.
    Prompt,
    /// Given.
    Granted,
    /// Refused.
    Denied,
}

/// How an attempt is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// With credentials and headers, if there are any.
    Full,
    /// Without them.
    Plain,
    /// Without them and without reading the answer (the fetch mode `no-cors`): a page learns that somebody answers. Such
    /// an answer is handed back with status 0.
    Probe,
}

/// A request to carry out, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The request.
    pub request: Request,
    /// How.
    pub manner: Manner,
}

/// When an attempt began and ended, by the caller's clock, in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// When the request went out.
    pub sent_ms: i64,
    /// When the answer was there.
    pub received_ms: i64,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The API is there.
    Connected(Server),
    /// It is not, and why.
    Failed(Diagnosis),
}

/// A connection under way.
#[derive(Debug)]
pub struct Connection {
    caller: Caller,
    sends_headers: bool,
    given: Endpoint,
    server: Server,
    others: Vec<Endpoint>,
    stage: Stage,
    /// What the first address answered, where it was not the API.
    elsewhere: Option<Trouble>,
    diagnosis: Option<Diagnosis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Looking for the API, by its clock.
    Clock,
    /// The same without headers, to see whether they are the trouble.
    Plain,
    /// Whether anybody answers at all.
    Probe,
    /// What it is.
    Build,
    /// Whether it has alerts.
    Alerts,
    /// Through.
    End,
}

impl Connection {
    /// Plans the first attempt. `sends_headers` says whether credentials or headers go along: then a browser asks the
    /// server for leave first.
    pub fn new(endpoint: Endpoint, caller: Caller, sends_headers: bool) -> Self {
        Self {
            caller,
            sends_headers,
            others: endpoint.alternatives(),
            given: endpoint.clone(),
            server: Server::at(endpoint),
            stage: Stage::Clock,
            elsewhere: None,
            diagnosis: None,
        }
    }

    /// The attempt to carry out now; none when it is through.
    pub fn next_request(&self) -> Option<Attempt> {
        let endpoint = &self.server.endpoint;
        let query = |text| form::get(endpoint.call(&["query"]), &[("query", text), ("nocache", "1")]);
        let (request, manner) = match self.stage {
            // VictoriaMetrics answers for some time ago unless it is told not to use its cache; others ignore it.
            Stage::Clock => (query(CLOCK), Manner::Full),
            Stage::Plain => (query(CLOCK), Manner::Plain),
            Stage::Probe => (query(CLOCK), Manner::Probe),
            Stage::Build => (form::get(endpoint.call(&["status", "buildinfo"]), &[]), Manner::Full),
            Stage::Alerts => (form::get(endpoint.call(&["query"]), &[("query", ALERTS)]), Manner::Full),
            Stage::End => return None,
        };
        Some(Attempt { request, manner })
    }

    /// Takes what came of [`Connection::next_request`].
    pub fn accept(&mut self, answer: Result<Response<'_>, Failure>, times: Times) {
        match self.stage {
            Stage::Clock => match answer {
                Ok(response) => self.take_clock(&response, times),
                Err(failure) => self.take_failure(failure),
            },
            // An answer that can be read: then only the headers stand in the way.
            Stage::Plain if answer.is_ok() => self.fail(Trouble::Preflight),
            Stage::Plain => self.stage = Stage::Probe,
            Stage::Probe => {
                let trouble = match answer {
                    Ok(_) if self.sends_headers => Trouble::Preflight,
                    Ok(_) => Trouble::Cors,
                    Err(Failure::TimedOut { .. }) => Trouble::TimedOut,
                    Err(_) => diagnosis::unanswered(&self.given, &self.caller),
                };
                self.fail(trouble);
            }
            Stage::Build => {
                let data = answer.ok().filter(is_success).and_then(|response| data_of(response.body));
                self.server.learn(data.map_or("", RawValue::get));
                self.stage = Stage::Alerts;
            }
            Stage::Alerts => {
                let data = answer.ok().filter(is_success).and_then(|response| data_of(response.body));
                self.server.has_alerts = match data.and_then(|data| answer::query_result(data).ok()) {
                    Some(QueryResult::Series(all)) => Some(!all.is_empty()),
                    _ => None,
                };
                self.stage = Stage::End;
            }
            Stage::End => {}
        }
    }

    /// What came of it; none while there is a next attempt.
    pub fn outcome(&self) -> Option<Outcome> {
        match &self.diagnosis {
            Some(diagnosis) => Some(Outcome::Failed(diagnosis.clone())),
            None => (self.stage == Stage::End).then(|| Outcome::Connected(self.server.clone())),
        }
    }

    fn take_clock(&mut self, response: &Response<'_>, times: Times) {
        let read = answer::envelope(response.body).ok().filter(|envelope| envelope.status == "success");
        let result = read.and_then(|envelope| answer::query_result(envelope.data?).ok());
        match result.filter(|_| is_success(response)) {
            Some(result) => {
                // Prometheus and what is made of it says that a time is a number; VictoriaMetrics gives a list of one.
                self.server.answers_in_vectors = matches!(result, QueryResult::Series(_));
                let told = match result {
                    QueryResult::Scalar(sample) => Some(sample),
                    QueryResult::Series(all) => all.first().and_then(|one| one.value),
                    QueryResult::Text => None,
                };
                self.server.set_clock(told.map(|sample| sample.value), times);
                self.stage = Stage::Build;
            }
            None => self.take_refusal(response),
        }
    }

    fn take_refusal(&mut self, response: &Response<'_>) {
        let error = Error::of_response(response, self.server.endpoint.address(), None);
        let trouble = diagnosis::of_refusal(&error, response);
        if !matches!(trouble, Trouble::WrongPath { .. } | Trouble::NotFound { .. }) {
            self.fail(trouble);
            return;
        }
        let first = self.elsewhere.get_or_insert(trouble).clone();
        if self.others.is_empty() {
            self.fail(first);
        } else {
            self.server.endpoint = self.others.remove(0);
        }
    }

    fn take_failure(&mut self, failure: Failure) {
        if let Some(trouble) = self.elsewhere.take() {
            // It answered a moment ago: what it said then is the better hint.
            self.fail(trouble);
            return;
        }
        let is_page = matches!(self.caller, Caller::Page { .. });
        match failure {
            Failure::TimedOut { .. } => self.fail(Trouble::TimedOut),
            Failure::Tls(reason) => self.fail(Trouble::Tls { reason }),
            Failure::Unreachable(_) if is_page && self.sends_headers => self.stage = Stage::Plain,
            Failure::Unreachable(_) if is_page => self.stage = Stage::Probe,
            Failure::Unreachable(_) => self.fail(Trouble::NotReachable),
            Failure::CutOff(_) => {
                let error = Error::of_failure(failure, self.given.address());
                self.fail(Trouble::Refused { sentence: error.to_string() });
            }
        }
    }

    fn fail(&mut self, trouble: Trouble) {
        self.diagnosis = Some(Diagnosis::new(trouble, &self.given, &self.caller));
        self.stage = Stage::End;
    }
}

fn is_success(response: &Response<'_>) -> bool {
    (200..300).contains(&response.status)
}

/// What is in the API's envelope, where it is one.
fn data_of(body: &[u8]) -> Option<&RawValue> {
    answer::envelope(body).ok()?.data
}

#[cfg(test)]
mod tests;
