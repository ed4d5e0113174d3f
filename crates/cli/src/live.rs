//! A Prometheus server as a source, over blocking sockets.

use crate::failure::Failure;
use prometheus::{Ask, Error, Failure as NoAnswer, Fetch, Inventory, Method, Request, Response, Survey};
use series::Dataset;
use std::time::Duration;
use ureq::tls::{RootCerts, TlsConfig};

/// How long one request may take if nobody says.
pub(crate) const USUAL_TIMEOUT_S: u64 = 60;
/// The most bytes of one answer.
const LONGEST_ANSWER: u64 = 1 << 30;
/// How often a passing trouble is waited out.
const ATTEMPTS: u32 = 3;
/// The longest wait that a server's wish is granted for.
const LONGEST_WAIT_S: u64 = 30;

/// Asks a server, and waits for all of its answers. `headers` go with every request.
pub(crate) fn fetch(ask: Ask, headers: &[(String, String)], timeout_s: u64) -> Result<Dataset, Failure> {
    let client = Client::new(&ask, headers, timeout_s);
    let mut fetch = Fetch::new(ask).map_err(Failure::input)?;
    let mut attempts = 0;
    while let Some(request) = fetch.next_request() {
        let is_own = fetch.endpoint().is_asked_by(&request.url);
        let outcome = client.carry_out(&request, is_own, &mut |answer| fetch.accept(answer));
        pause_after(outcome, &mut attempts)?;
    }
    fetch.finish().map_err(Failure::input)
}

/// Looks at what a server has.
pub(crate) fn survey(ask: &Ask, headers: &[(String, String)], timeout_s: u64) -> Result<Inventory, Failure> {
    let client = Client::new(ask, headers, timeout_s);
    let mut survey = Survey::new(ask).map_err(Failure::input)?;
    let mut attempts = 0;
    while let Some(request) = survey.next_request() {
        let outcome = client.carry_out(&request, true, &mut |answer| survey.accept(answer));
        pause_after(outcome, &mut attempts)?;
    }
    Ok(survey.finish())
}

/// Waits after a passing trouble.
///
/// # Errors
/// What is no use waiting for, or was waited for long enough.
fn pause_after(outcome: Result<(), Error>, attempts: &mut u32) -> Result<(), Failure> {
    let Err(error) = outcome else {
        *attempts = 0;
        return Ok(());
    };
    *attempts += 1;
    let pause = wait(&error, *attempts).ok_or_else(|| Failure::input(error))?;
    std::thread::sleep(pause);
    Ok(())
}

/// How long to wait before the same request goes out again; none to give up. A server that cannot be reached at all is
/// not waited for: mostly the address is wrong.
fn wait(error: &Error, attempts: u32) -> Option<Duration> {
    if attempts >= ATTEMPTS
        || !error.is_passing()
        || matches!(error, Error::Unreachable { .. } | Error::TimedOut { .. })
    {
        return None;
    }
    let seconds = error.retry_after_s().unwrap_or(u64::from(attempts));
    (seconds <= LONGEST_WAIT_S).then(|| Duration::from_secs(seconds))
}

/// Takes an answer, or why there is none.
type Accept<'a> = dyn FnMut(Result<Response<'_>, NoAnswer>) -> Result<(), Error> + 'a;

struct Client {
    agent: ureq::Agent,
    headers: Vec<(String, String)>,
    timeout_s: u64,
}

impl Client {
    fn new(ask: &Ask, headers: &[(String, String)], timeout_s: u64) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(timeout_s)))
            .user_agent(concat!("monteverdi/", env!("CARGO_PKG_VERSION")))
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .build()
            .new_agent();
        let mut headers = headers.to_vec();
        if let Some((user, password)) = ask.endpoint.credentials() {
            headers.push(("Authorization".to_owned(), format!("Basic {}", base64(&format!("{user}:{password}")))));
        }
        Self { agent, headers, timeout_s }
    }

    /// Sends a request and hands the answer to the plan. Headers and credentials go to the server itself only.
    fn carry_out(&self, request: &Request, is_own: bool, accept: &mut Accept<'_>) -> Result<(), Error> {
        let headers = if is_own { self.headers.as_slice() } else { &[] };
        let sent = match request.method {
            Method::Get => {
                let to = self.agent.get(&request.url);
                headers.iter().fold(to, |to, (name, value)| to.header(name, value)).call()
            }
            Method::Post => {
                let to = self.agent.post(&request.url).content_type("application/x-www-form-urlencoded");
                let to = headers.iter().fold(to, |to, (name, value)| to.header(name, value));
                to.send(request.body.as_deref().unwrap_or_default())
            }
        };
        let received = sent.map_err(|error| class(&error, self.timeout_s)).and_then(|mut response| {
            let body = response.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec();
            Ok((response, body.map_err(|error| broken(&error, self.timeout_s))?))
        });
        match received {
            Ok((response, body)) => {
                let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
                accept(Ok(Response {
                    status: response.status().as_u16(),
                    content_type: header("content-type"),
                    retry_after: header("retry-after"),
                    body: &body,
                }))
            }
            Err(failure) => accept(Err(failure)),
        }
    }
}

/// The class of a failure.
fn class(error: &ureq::Error, timeout_s: u64) -> NoAnswer {
    let words = error.to_string();
    match error {
        ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve) => NoAnswer::Unreachable(words),
        ureq::Error::Timeout(_) => NoAnswer::TimedOut { seconds: timeout_s },
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) => NoAnswer::Tls(words),
        // A TLS handshake that meets plain HTTP, or an unknown certificate, arrives as an error of the stream.
        ureq::Error::Io(inner) if inner.kind() == std::io::ErrorKind::InvalidData => NoAnswer::Tls(words),
        _ => NoAnswer::Unreachable(words),
    }
}

/// The class of a failure after the answer has begun.
fn broken(error: &ureq::Error, timeout_s: u64) -> NoAnswer {
    match error {
        ureq::Error::Timeout(_) => NoAnswer::CutOff(format!("it was not complete after {timeout_s} s")),
        other => NoAnswer::CutOff(other.to_string()),
    }
}

/// Base64 (RFC 4648, section 4), for HTTP basic authentication.
fn base64(text: &str) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in text.as_bytes().chunks(3) {
        let bits = (0..3).fold(0u32, |bits, at| (bits << 8) | u32::from(group.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let six = (bits >> (18 - 6 * at)) as usize & 63;
            out.push(if at <= group.len() { ALPHABET.chars().nth(six).unwrap_or('=') } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_pads() {
        for (text, code) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"), ("a:?>", "YTo/Pg==")]
        {
            assert_eq!(base64(text), code);
        }
    }
}
