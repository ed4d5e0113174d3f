//! Reading from a Prometheus server: the plan is the prometheus crate's, the requests are the browser's.

use super::line::Line;
use crate::bridge::{Access, Pause};
use crate::net;
use gloo_timers::future::TimeoutFuture;
use prometheus::{Ask, Error, Fetch};

/// How often a request is repeated that may succeed later.
const MOST_RETRIES: u32 = 2;
/// The wait before a repeated request where the server names none, and the longest one that is waited for.
const USUAL_WAIT_MS: u32 = 1_000;
const LONGEST_WAIT_S: u64 = 30;

/// Fetches what is asked for; none where the load is not wanted any more. `share` are the parts of the progress at which
/// this begins and ends.
///
/// # Errors
/// Why it cannot be had.
pub(super) async fn fetch(
    line: &Line,
    generation: u32,
    pause: &Pause,
    ask: Ask,
    access: &Access,
    share: (f64, f64),
) -> Result<Option<Fetch>, Error> {
    let mut fetch = Fetch::new(ask)?;
    let nobody = Access::default();
    let mut retries = 0;
    while let Some(request) = fetch.next_request() {
        let progress = fetch.progress();
        let done = progress.done as f64 / progress.total.max(1) as f64;
        line.page.say_progress(generation, progress.doing, share.0 + (share.1 - share.0) * done);
        pause.take().await;
        // What proves who asks is for the server itself, not for an Alertmanager beside it.
        let is_own = fetch.endpoint().is_asked_by(&request.url);
        let answer = net::carry_out(&request, if is_own { access } else { &nobody }).await;
        if !line.wants(generation) {
            return Ok(None);
        }
        match fetch.accept(answer.as_ref().map(net::Answer::as_response).map_err(Clone::clone)) {
            Ok(()) => retries = 0,
            // A server that never answered is not there; one that has answered may have a weak moment.
            Err(error) if error.is_passing() && (progress.done > 0 || !is_silent(&error)) && retries < MOST_RETRIES => {
                retries += 1;
                let wait_ms = error.retry_after_s().map(|wait_s| wait_s.min(LONGEST_WAIT_S) as u32 * 1_000);
                TimeoutFuture::new(wait_ms.unwrap_or(USUAL_WAIT_MS)).await;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(Some(fetch))
}

/// Whether nobody answered.
fn is_silent(error: &Error) -> bool {
    matches!(error, Error::Unreachable { .. } | Error::TimedOut { .. } | Error::CutOff { .. })
}
