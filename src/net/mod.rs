//! The way to a Prometheus server: requests of the prometheus crate, carried out by the browser.

use crate::bridge::{Access, Credentials};
use gloo_net::http::{Request as Fetching, RequestBuilder};
use prometheus::{Failure, Method, Request, Response};
use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, RequestCache, RequestMode};

/// How long a server may take for one answer.
const PATIENCE_S: u32 = 60;
/// How long a server may take to say what it is.
const SHORT_PATIENCE_S: u32 = 15;

/// What came back, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    content_type: Option<String>,
    retry_after: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    /// The answer as the prometheus crate reads it.
    pub fn as_response(&self) -> Response<'_> {
        Response {
            status: self.status,
            content_type: self.content_type.as_deref(),
            retry_after: self.retry_after.as_deref(),
            body: &self.body,
        }
    }
}

/// Carries a request out.
///
/// Where nothing goes along it has no header that would make the browser ask the server for permission first; with
/// credentials it has the header `Authorization`, and with headers of the user's own those.
///
/// # Errors
/// Where nothing came back. A browser does not tell a page why: no connection, encryption, or an answer that the server
/// does not allow this page to read.
pub async fn carry_out(request: &Request, access: &Access) -> Result<Answer, Failure> {
    carry_out_within(PATIENCE_S, request, access).await
}

/// As [`carry_out`], for questions that are answered at once.
///
/// # Errors
/// As [`carry_out`].
pub async fn carry_out_soon(request: &Request, access: &Access) -> Result<Answer, Failure> {
    carry_out_within(SHORT_PATIENCE_S, request, access).await
}

/// Whether anybody answers, allowed or not: the answer is not read (`no-cors`) and comes with status 0.
///
/// # Errors
/// Where nobody does, or the browser does not even ask.
pub async fn probe(request: &Request) -> Result<Answer, Failure> {
    let signal = AbortSignal::timeout_with_u32(SHORT_PATIENCE_S * 1_000);
    let builder = Fetching::get(&request.url).mode(RequestMode::NoCors).cache(RequestCache::NoStore);
    let failed = |error: gloo_net::Error| failed(&error, SHORT_PATIENCE_S);
    builder.abort_signal(Some(&signal)).build().map_err(failed)?.send().await.map_err(failed)?;
    Ok(Answer { status: 0, content_type: None, retry_after: None, body: Vec::new() })
}

async fn carry_out_within(patience_s: u32, request: &Request, access: &Access) -> Result<Answer, Failure> {
    let builder = match request.method {
        Method::Get => Fetching::get(&request.url),
        Method::Post => {
            Fetching::post(&request.url).header("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
        }
    };
    let signal = AbortSignal::timeout_with_u32(patience_s * 1_000);
    let builder = authorised(builder, access).cache(RequestCache::NoStore).abort_signal(Some(&signal));
    let built = match &request.body {
        Some(body) => builder.body(JsValue::from_str(body)),
        None => builder.build(),
    };
    let failed = |error: gloo_net::Error| failed(&error, patience_s);
    let response = built.map_err(failed)?.send().await.map_err(failed)?;
    let header = |name: &str| response.headers().get(name);
    Ok(Answer {
        status: response.status(),
        content_type: header("content-type"),
        retry_after: header("retry-after"),
        body: response.binary().await.map_err(|error| match failed(error) {
            // The headers were there: somebody answers.
            Failure::Unreachable(reason) => Failure::CutOff(reason),
            Failure::TimedOut { seconds } => Failure::CutOff(format!("it was not complete after {seconds} s")),
            other => other,
        })?,
    })
}

fn authorised(builder: RequestBuilder, access: &Access) -> RequestBuilder {
    let headers = access.headers.iter().filter_map(|line| line.split_once(':'));
    let builder = headers.fold(builder, |builder, (name, value)| builder.header(name.trim(), value.trim()));
    match &access.credentials {
        None => builder,
        Some(credentials) => builder.header("Authorization", &authorization(credentials)),
    }
}

/// What the header `Authorization` says.
pub fn authorization(credentials: &Credentials) -> String {
    match credentials {
        Credentials::Bearer(token) => format!("Bearer {token}"),
        Credentials::Basic { user, password } => {
            format!("Basic {}", base64(format!("{user}:{password}").as_bytes()))
        }
    }
}

fn failed(error: &gloo_net::Error, patience_s: u32) -> Failure {
    match error {
        gloo_net::Error::JsError(error) if error.name == "TimeoutError" => {
            Failure::TimedOut { seconds: u64::from(patience_s) }
        }
        gloo_net::Error::JsError(error) => Failure::Unreachable(error.message.clone()),
        other => Failure::Unreachable(other.to_string()),
    }
}

/// Base64 with padding (RFC 4648, section 4). The browser's own `btoa` takes no letters beyond Latin-1.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = (word >> (18 - 6 * place) & 63) as usize;
            text.push(if place <= chunk.len() { DIGITS.get(digit).map_or('=', |&digit| digit as char) } else { '=' });
        }
    }
    text
}
