//! Reading from a Prometheus server: the plan is the prometheus crate's, the requests are the browser's.

use super::desk::Desk;
use crate::bridge::{Access, Fault, Pause, READING_SHARE, Remedy};
use crate::net;
use gloo_timers::future::TimeoutFuture;
use prometheus::{Ask, Endpoint, Error, Fetch};

/// How often a request is repeated that may succeed later.
const MOST_RETRIES: u32 = 2;
/// The wait before a repeated request where the server names none, and the longest one that is waited for.
const USUAL_WAIT_MS: u32 = 1_000;
const LONGEST_WAIT_S: u64 = 30;

/// Fetches what the server has; none where the load is not wanted any more.
pub(super) async fn read(
    desk: &Desk,
    generation: u32,
    pause: &Pause,
    address: &str,
    access: &Access,
    end_ms: i64,
) -> Result<Option<Fetch>, Fault> {
    let failure = |error: &Error| asking(address, error);
    let endpoint = Endpoint::parse(address).map_err(|error| failure(&error))?;
    let ask = Ask::discover(endpoint, end_ms.saturating_sub(Ask::USUAL_RANGE_MS), end_ms);
    let mut fetch = Fetch::new(ask).map_err(|error| failure(&error))?;
    let mut retries = 0;
    while let Some(request) = fetch.next_request() {
        let progress = fetch.progress();
        let share = READING_SHARE * progress.done as f64 / progress.total.max(1) as f64;
        desk.page.say_progress(generation, progress.doing, share);
        pause.take().await;
        let answer = net::carry_out(&request, access).await;
        if !desk.wants(generation) {
            return Ok(None);
        }
        match fetch.accept(answer.as_ref().map(net::Answer::as_response).map_err(Clone::clone)) {
            Ok(()) => retries = 0,
            // A server that never answered is not there; one that has answered may have a weak moment.
            Err(error) if error.is_passing() && progress.done > 0 && retries < MOST_RETRIES => {
                retries += 1;
                let wait_ms = error.retry_after_s().map(|wait_s| wait_s.min(LONGEST_WAIT_S) as u32 * 1_000);
                TimeoutFuture::new(wait_ms.unwrap_or(USUAL_WAIT_MS)).await;
            }
            Err(error) => return Err(failure(&error)),
        }
    }
    Ok(Some(fetch))
}

/// The page has ways of its own where the server wants to know who asks, and browsers do not say why a request failed.
pub(super) fn asking(address: &str, error: &Error) -> Fault {
    let is_closed = matches!(error, Error::Unauthorized);
    let remedy = if is_closed { Remedy::SignIn } else { Remedy::None };
    let message = match error {
        Error::Unauthorized => "The server wants to know who asks (401). Sign in here if it allows this page \
             to send the header Authorization; else put page and server behind one address, or drop an exported file."
            .to_owned(),
        Error::Unreachable { .. } => format!(
            "{error} A page over https can only ask servers over https; and the server must allow other origins \
             (Prometheus does unless --web.cors.origin says otherwise; a gateway in front may not)."
        ),
        _ => error.to_string(),
    };
    Fault { title: format!("No data from {address}"), message, remedy }
}
