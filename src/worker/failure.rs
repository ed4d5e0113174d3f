//! Why a load failed, in words.

use crate::bridge::Remedy;

/// Why a load failed, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// What did not work, in a few words.
    pub(super) title: String,
    /// Where, what was expected, and what to do.
    pub(super) message: String,
    /// What a person can do about it here.
    pub(super) remedy: Remedy,
}

impl Failure {
    pub(super) fn reading(name: &str, error: &ingest::Error) -> Self {
        Self { title: format!("{name} could not be read"), message: error.to_string(), remedy: Remedy::Explain }
    }

    /// The page has ways of its own where the server wants to know who asks, and browsers do not say why a request failed.
    pub(super) fn asking(address: &str, error: &prometheus::Error) -> Self {
        let is_closed = matches!(error, prometheus::Error::Unauthorized);
        let remedy = if is_closed { Remedy::SignIn } else { Remedy::None };
        let message = match error {
            prometheus::Error::Unauthorized => "The server wants to know who asks (401). Sign in here if it allows this page \
                 to send the header Authorization; else put page and server behind one address, or drop an exported file."
                .to_owned(),
            prometheus::Error::Unreachable { .. } => format!(
                "{error} A page over https can only ask servers over https; and the server must allow other origins \
                 (Prometheus does unless --web.cors.origin says otherwise; a gateway in front may not)."
            ),
            _ => error.to_string(),
        };
        Self { title: format!("No data from {address}"), message, remedy }
    }

    pub(super) fn analysing(names: &str, error: &engine::Error) -> Self {
        Self { title: format!("{names} gives nothing to analyse"), message: sentence(error), remedy: Remedy::None }
    }
}

/// An error as a sentence: with a capital and a full stop.
fn sentence(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first: String = letters.next().map(|letter| letter.to_ascii_uppercase().to_string()).unwrap_or_default();
    let rest = letters.as_str();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{rest}{stop}")
}
