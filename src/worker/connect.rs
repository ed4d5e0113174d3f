//! Connecting to a server, for the panel: the plan is the prometheus crate's, the requests are the browser's.

use crate::bridge::{Access, Finding, Probe, Trial, WayOut};
use crate::net;
use prometheus::Endpoint;
use prometheus::connect::{Caller, Connection, Manner, Outcome, Permission, Server, Times, Trouble, tried, try_query};
use report::bytes::encode;

/// Answers a [`Probe`] in bytes, with a [`Finding`] or a [`Trial`] in bytes.
pub(super) async fn answer(address: &str, access: &Access, question: &[u8]) -> Vec<u8> {
    match report::bytes::decode(question) {
        Some(Probe::Find { origin, permission }) => encode(&find(address, access, origin, &permission).await),
        Some(Probe::Try(query)) => encode(&try_out(address, access, &query).await),
        None => Vec::new(),
    }
}

/// Finds out what is there, for a page of this origin; `permission` is the browser's word on the local network.
async fn find(address: &str, access: &Access, origin: String, permission: &str) -> Finding {
    let endpoint = match Endpoint::parse(address) {
        Ok(endpoint) => endpoint,
        Err(error) => {
            let (title, words) = ("This is no address of a server".to_owned(), error.to_string());
            return Finding { name: "address".to_owned(), title, words, ..Finding::default() };
        }
    };
    let permission = match permission {
        "prompt" => Permission::Prompt,
        "granted" => Permission::Granted,
        "denied" => Permission::Denied,
        _ => Permission::Unknown,
    };
    let sends_headers = access.credentials.is_some() || !access.headers.is_empty();
    let mut connection = Connection::new(endpoint, Caller::Page { origin, permission }, sends_headers);
    while let Some(attempt) = connection.next_request() {
        let sent_ms = js_sys::Date::now() as i64;
        let answer = match attempt.manner {
            Manner::Full => net::carry_out_soon(&attempt.request, access).await,
            Manner::Plain => net::carry_out_soon(&attempt.request, &Access::default()).await,
            Manner::Probe => net::probe(&attempt.request).await,
        };
        let times = Times { sent_ms, received_ms: js_sys::Date::now() as i64 };
        connection.accept(answer.as_ref().map(net::Answer::as_response).map_err(Clone::clone), times);
    }
    match connection.outcome() {
        Some(Outcome::Connected(server)) => connected(&server),
        Some(Outcome::Failed(diagnosis)) => {
            let ways_out = diagnosis.ways_out.into_iter().map(|way| WayOut { title: way.title, text: way.text });
            Finding {
                name: name(&diagnosis.trouble).to_owned(),
                title: diagnosis.title,
                words: diagnosis.words,
                ways_out: ways_out.collect(),
                ..Finding::default()
            }
        }
        // There is an outcome when there is no next request.
        None => Finding::default(),
    }
}

fn connected(server: &Server) -> Finding {
    let address = server.endpoint.address().to_owned();
    let alerts = match server.has_alerts {
        Some(true) => " · has alerts of the last day",
        Some(false) => " · no alerts in the last day",
        None => "",
    };
    Finding {
        name: "connected".to_owned(),
        title: server.words(),
        words: format!("{address}{alerts}"),
        warning: server.clock_words().unwrap_or_default(),
        address,
        ways_out: Vec::new(),
    }
}

fn name(trouble: &Trouble) -> &'static str {
    match trouble {
        Trouble::NotReachable => "not-reachable",
        Trouble::MixedContent => "mixed-content",
        Trouble::LocalNetwork => "local-network",
        Trouble::Cors => "cors",
        Trouble::Preflight => "preflight",
        Trouble::WrongPath { .. } => "wrong-path",
        Trouble::NotFound { .. } => "not-found",
        Trouble::Unauthorized => "unauthorized",
        Trouble::Forbidden => "forbidden",
        Trouble::Tenant => "tenant",
        Trouble::TimedOut => "timed-out",
        Trouble::Tls { .. } => "tls",
        _ => "refused",
    }
}

/// Asks what a query gives at the moment.
async fn try_out(address: &str, access: &Access, query: &str) -> Trial {
    let endpoint = match Endpoint::parse(address) {
        Ok(endpoint) => endpoint,
        Err(error) => return Trial { problem: error.to_string(), ..Trial::default() },
    };
    let request = try_query(&endpoint, query, js_sys::Date::now() as i64);
    let answer = net::carry_out_soon(&request, access).await;
    match tried(query, &endpoint, answer.as_ref().map(net::Answer::as_response).map_err(Clone::clone)) {
        Ok(series) => Trial { series, ..Trial::default() },
        Err(fault) => {
            let column = fault.at.and_then(|at| Some(query.get(..at)?.chars().count()));
            Trial { series: 0, problem: fault.message, column }
        }
    }
}
