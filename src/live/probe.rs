//! Connecting to a server, for the panel: the plan is the prometheus crate's, the requests are the browser's.

use crate::bridge::{Access, Finding, LabelOffer, Offer, PackOffer, Probe, Trial, WayOut};
use crate::net;
use gloo_timers::future::TimeoutFuture;
use prometheus::connect::{Caller, Connection, Manner, Outcome, Permission, Server, Times, Trouble, tried, try_query};
use prometheus::{Ask, Endpoint, Error, Inventory, Plan, Question, Scope, Survey};
use report::bytes::encode;
use std::cell::{Cell, RefCell};

/// Answers a [`Probe`] in bytes, with a [`Finding`] or a [`Trial`] in bytes.
pub(super) async fn answer(address: &str, access: &Access, question: &[u8]) -> Vec<u8> {
    match report::bytes::decode(question) {
        Some(Probe::Find { origin, permission }) => encode(&find(address, access, origin, &permission).await),
        Some(Probe::Try(query)) => encode(&try_out(address, access, &query).await),
        Some(Probe::Survey(settings)) => encode(
            &offer(address, access, &settings)
                .await
                .unwrap_or_else(|error| Offer { problem: error.to_string(), ..Offer::default() }),
        ),
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

/// How often a survey's request is repeated that may succeed later.
const MOST_RETRIES: u32 = 2;
const WAIT_MS: u32 = 1_000;

thread_local! {
    /// The last survey of each server, and what it was made for: choosing among what was found asks nothing again.
    static SURVEYED: RefCell<Vec<(Ask, Inventory)>> = const { RefCell::new(Vec::new()) };
    /// The present of the last survey.
    static NOW_MS: Cell<i64> = const { Cell::new(0) };
}

/// What the server has of all packs, and what is fetched of those that are chosen.
async fn offer(address: &str, access: &Access, settings: &[String]) -> Result<Offer, Error> {
    let scope = Scope::of(settings)?;
    let now_ms = now_ms();
    let ask = Ask::of_scope(Endpoint::parse(address)?, &scope, now_ms);
    // A survey for no pack is one for all: they are on offer.
    let everything = Ask { question: own_queries(&scope), ..ask.clone() };
    let known = SURVEYED
        .with_borrow(|last| last.iter().find(|(ask, _)| *ask == everything).map(|(_, inventory)| inventory.clone()));
    let inventory = match known {
        Some(inventory) => inventory,
        None => {
            let inventory = survey(&everything, access).await?;
            SURVEYED.with_borrow_mut(|last| {
                last.retain(|(ask, _)| ask.endpoint != everything.endpoint);
                last.push((everything, inventory.clone()));
            });
            inventory
        }
    };
    let packs = inventory.packs().into_iter().map(|(pack, metrics, series)| PackOffer {
        name: pack.name.to_owned(),
        title: pack.title.to_owned(),
        metrics,
        series,
    });
    let is_open = scope.packs.is_empty() && scope.queries.is_empty();
    let fleet = if is_open { inventory.of_fleet(Ask::USUAL_SERIES) } else { None };
    let is_planned = !is_open || fleet.is_some();
    let chosen = fleet.unwrap_or_else(|| {
        let mut chosen = inventory.clone();
        chosen.parts.retain(|part| scope.packs.iter().any(|pack| pack == part.pack.name));
        chosen
    });
    let plan = Plan::of(&chosen, &ask);
    let ((series_before, _), (series, samples)) = plan.totals();
    Ok(Offer {
        problem: String::new(),
        metrics: inventory.metric_count,
        packs: packs.collect(),
        labels: inventory
            .service_labels
            .iter()
            .map(|one| LabelOffer { name: one.label.clone(), values: one.values })
            .collect(),
        label: inventory.service_label.clone(),
        series_before,
        series,
        samples,
        budget: plan.budget.samples,
        plan: if is_planned { plan.to_string() } else { String::new() },
    })
}

const MINUTE_MS: i64 = 60_000;

/// The present, which stays the same for a minute, so that a survey of that time is still one of now. It is never rounded: a
/// server that has only just begun has nothing before.
fn now_ms() -> i64 {
    let now_ms = js_sys::Date::now() as i64;
    if !(0..MINUTE_MS).contains(&(now_ms - NOW_MS.get())) {
        NOW_MS.set(now_ms);
    }
    NOW_MS.get()
}

/// The user's own queries without any pack.
fn own_queries(scope: &Scope) -> Question {
    match scope.queries.as_slice() {
        [] => Question::Discover { max_series: Ask::USUAL_SERIES },
        queries => Question::Queries(queries.to_vec()),
    }
}

async fn survey(ask: &Ask, access: &Access) -> Result<Inventory, Error> {
    let mut survey = Survey::new(ask)?;
    let mut retries = 0;
    while let Some(request) = survey.next_request() {
        let answer = net::carry_out(&request, access).await;
        match survey.accept(answer.as_ref().map(net::Answer::as_response).map_err(Clone::clone)) {
            Ok(()) => retries = 0,
            Err(error) if error.is_passing() && retries < MOST_RETRIES => {
                retries += 1;
                TimeoutFuture::new(WAIT_MS).await;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(survey.finish())
}
