//! What can go wrong, by class; each with what to do about it.

use crate::answer::{self, ServerError};
use crate::promql;
use crate::request::{Failure, Response};

/// Why an answer could not be had. Its text is whole sentences: what happened, and what would help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is none.
    #[error("{text:?} is not an address of a server: {reason}. Write it like http://localhost:9090.")]
    Address {
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The question makes no sense.
    #[error("{reason}")]
    Question {
        /// Why, and what would.
        reason: String,
    },
    /// A setting that cannot be followed.
    #[error("The setting `{setting}` cannot be followed: expected {expected}.")]
    Setting {
        /// The setting as it was given; without its value where that may hold a secret.
        setting: String,
        /// What would be understood.
        expected: String,
    },
    /// No connection.
    #[error(
        "{address} could not be reached ({reason}). Check the address and the port, that the server runs, and that this \
         machine can reach it (VPN, firewall, port-forward)."
    )]
    Unreachable {
        /// The server.
        address: String,
        /// The transport's words.
        reason: String,
    },
    /// Encryption failed.
    #[error(
        "The encrypted connection to {address} failed ({reason}). If the server speaks plain HTTP, write http://; if its \
         certificate is from a private authority, add that authority to the system's certificates."
    )]
    Tls {
        /// The server.
        address: String,
        /// The transport's words.
        reason: String,
    },
    /// No answer in time, from the network or from the server's own limit.
    #[error("The server did not answer in time ({reason}). Ask for a shorter range, a larger step or fewer series.")]
    TimedOut {
        /// Who gave up, and when.
        reason: String,
    },
    /// The answer broke off.
    #[error(
        "The answer of {address} broke off before its end ({reason}). The connection, or a gateway's limit of time or size, \
         ended it; ask for a shorter range or fewer series if it happens again."
    )]
    CutOff {
        /// The server.
        address: String,
        /// The transport's words.
        reason: String,
    },
    /// 400: the server does not understand the query.
    #[error("The server does not accept the query{} Correct the query and ask again.", said(.query, .message))]
    BadQuery {
        /// The query, where the call had one.
        query: Option<String>,
        /// The server's words.
        message: String,
    },
    /// 401: a user name and password, or a token, is wanted.
    #[error(
        "The server wants to know who asks (401). On the command line give --header \"Authorization: Bearer …\" or \
         http://user:password@host; a web page cannot log in to another server, so put both behind one address or drop \
         an exported file instead."
    )]
    Unauthorized,
    /// 401 or 400 of a server for several tenants that was not told which one.
    #[error(
        "The server holds the data of several tenants and wants to know which: give the header X-Scope-OrgID with the \
         tenant's name (on the command line --header \"X-Scope-OrgID: TENANT\")."
    )]
    TenantNeeded,
    /// 403: known, but not allowed.
    #[error("The server refuses access (403{}). Ask for the right to read metrics, or for another address.", of_words(.message))]
    Forbidden {
        /// The server's words, if any.
        message: String,
    },
    /// 404 or 405: no API here.
    #[error(
        "There is no Prometheus API at {address} ({status}). Give the address in front of /api/v1; behind a gateway it \
         often ends in /prometheus, for VictoriaMetrics in a cluster in /select/0/prometheus."
    )]
    NotFound {
        /// Where it was looked for.
        address: String,
        /// The HTTP status.
        status: u16,
    },
    /// A page for people instead of JSON.
    #[error(
        "{address} answers with a web page instead of data: {found}. If it is a login page, give a token with --header; \
         if it is another program, give Prometheus' own address."
    )]
    NotPrometheus {
        /// Where it was asked.
        address: String,
        /// The page's title, or its first words.
        found: String,
    },
    /// 422: the query cannot be carried out.
    #[error("The server cannot carry out the query{} Change the query, or ask for fewer series.", said(.query, .message))]
    Unprocessable {
        /// The query, where the call had one.
        query: Option<String>,
        /// The server's words.
        message: String,
    },
    /// The server's limit of points, samples or series was reached.
    #[error(
        "The question is too large for the server: {message} Ask for a shorter range, a larger step or fewer series."
    )]
    TooLarge {
        /// The server's words.
        message: String,
    },
    /// 429: slow down.
    #[error("The server asks to be left alone for a while (429){}.", wait(*.retry_after_s))]
    TooManyRequests {
        /// How long to wait, where the server says.
        retry_after_s: Option<u64>,
    },
    /// 5xx: the server, or what stands in front of it, is in trouble.
    #[error("The server, or a gateway in front of it, failed ({status}{}). Try again later; its log says more.", of_words(.message))]
    ServerFailed {
        /// The HTTP status.
        status: u16,
        /// The server's words, if any.
        message: String,
    },
    /// An answer that is not what the API's documentation says.
    #[error(
        "The answer of {address} to {call} cannot be read: {reason}. Is it really a Prometheus API, and did the answer arrive whole?"
    )]
    Malformed {
        /// The server.
        address: String,
        /// The call (`query_range`).
        call: String,
        /// What was expected, and what stands there.
        reason: String,
    },
    /// More series than can be looked at together.
    #[error(
        "The query gives {count} series; at most {limit} are looked at together. Aggregate it, for example by service: sum by (job) (…)."
    )]
    TooManySeries {
        /// How many came.
        count: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// None of the presets' metrics.
    #[error(
        "The server has none of the metrics of {packs}, among {count} in this range of time. Choose other packs, a query of \
         your own, or none at all to see what the server has."
    )]
    NothingOfPacks {
        /// The packs' names.
        packs: String,
        /// The number of metrics that the server has.
        count: usize,
    },
    /// Nothing in the range.
    #[error(
        "The server has no samples{} in this range of time. Choose an earlier or longer range, or look whether anything \
         is scraped.",
        for_query(.query)
    )]
    NoSamples {
        /// The query, where one was asked.
        query: Option<String>,
    },
}

impl Error {
    /// Whether the same request may succeed later or after a wait.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::TimedOut { .. }
                | Self::CutOff { .. }
                | Self::TooManyRequests { .. }
                | Self::ServerFailed { .. }
        )
    }

    /// The sentence for a page, on which a person can say who asks.
    pub fn on_page(&self) -> String {
        match self {
            Self::Unauthorized => "The server wants to know who asks (401).".to_owned(),
            Self::TenantNeeded => "The server wants to know which tenant: it holds the data of several.".to_owned(),
            _ => self.to_string(),
        }
    }

    /// How long the server wants to be left alone.
    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::TooManyRequests { retry_after_s } => *retry_after_s,
            _ => None,
        }
    }

    /// The class of a transport's failure.
    pub(crate) fn of_failure(failure: Failure, address: &str) -> Self {
        let address = address.to_owned();
        match failure {
            Failure::Unreachable(reason) => Self::Unreachable { address, reason },
            Failure::Tls(reason) => Self::Tls { address, reason },
            Failure::CutOff(reason) => Self::CutOff { address, reason },
            Failure::TimedOut { seconds } => Self::TimedOut { reason: format!("nothing came within {seconds} s") },
        }
    }

    /// The class of a response that is not a success, or that is no JSON.
    pub(crate) fn of_response(response: &Response<'_>, address: &str, query: Option<&str>) -> Self {
        let told = answer::server_error(response.body);
        let is_json = told.is_some();
        let ServerError { kind, message } =
            told.unwrap_or_else(|| ServerError { kind: String::new(), message: answer::first_words(response.body) });
        let lower = message.to_ascii_lowercase();
        let sentence = as_sentence(&message);
        let query = query.map(str::to_owned);
        // VictoriaMetrics gives the status as the kind of error.
        let status = kind.parse().unwrap_or(response.status);
        let too_large = [
            "exceeded maximum resolution",
            "maxpointspertimeseries",
            "too many points",
            "too many samples",
            "maxsamplesperquery",
            "maxsamplesperseries",
            "maxuniquetimeseries",
            "maxseries",
            "max-series",
            "exceeded the limit",
            "exceeds the limit",
            "the query hit the max number of",
        ];
        match (status, kind.as_str()) {
            (400..=403 | 422 | 500, _) if lower.contains("no org id") => Self::TenantNeeded,
            (401, _) => Self::Unauthorized,
            (403, _) => Self::Forbidden { message },
            (404 | 405, _) if !is_json || kind == "not_found" || kind == "404" => {
                Self::NotFound { address: address.to_owned(), status }
            }
            (429, _) => {
                Self::TooManyRequests { retry_after_s: response.retry_after.and_then(|text| text.trim().parse().ok()) }
            }
            (_, "timeout") | (504 | 408, _) => Self::TimedOut { reason: message },
            (400 | 422 | 413, _) if too_large.iter().any(|words| lower.contains(words)) => {
                Self::TooLarge { message: sentence }
            }
            (413, _) => Self::TooLarge { message: "its answer would be too long.".to_owned() },
            (400, _) | (_, "bad_data") => Self::BadQuery { query, message: sentence },
            (422, _) | (_, "execution") => Self::Unprocessable { query, message: sentence },
            (500.., _) => Self::ServerFailed { status, message },
            (200..300, _) if !is_json => {
                Self::NotPrometheus { address: address.to_owned(), found: answer::page_title(response.body) }
            }
            (404 | 405, _) => Self::NotFound { address: address.to_owned(), status },
            _ => Self::ServerFailed { status, message },
        }
    }
}

/// The query and what the server says of it; where it says the place, with a mark under it.
fn said(query: &Option<String>, message: &str) -> String {
    let Some(query) = query else { return format!(": {message}") };
    match promql::place_of_error(query, message) {
        Some(place) => format!(":\n\n{}\n\n{message}", promql::marked(query, place)),
        None => format!(" `{query}`: {message}"),
    }
}

fn for_query(query: &Option<String>) -> String {
    query.as_ref().map_or_else(String::new, |query| format!(" for `{query}`"))
}

fn of_words(message: &str) -> String {
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

fn wait(seconds: Option<u64>) -> String {
    match seconds {
        Some(seconds) => format!("; it may be asked again in {seconds} s"),
        None => "; wait a minute and ask again".to_owned(),
    }
}

/// The server's words with a full stop.
fn as_sentence(message: &str) -> String {
    let message = message.trim();
    if message.ends_with(['.', '!', '?']) { message.to_owned() } else { format!("{message}.") }
}
