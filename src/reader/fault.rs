//! Why reading failed, in words.

use crate::bridge::{Fault, Remedy};

pub(super) fn reading(name: &str, error: &ingest::Error) -> Fault {
    use ingest::Error;
    // What has no text in it, or none of measurements, is not made readable by saying how.
    let is_hopeless =
        matches!(error, Error::Empty | Error::Compressed { .. } | Error::Unsupported { .. } | Error::Source { .. });
    let remedy = if is_hopeless { Remedy::None } else { Remedy::Explain };
    Fault { title: format!("{name} could not be read"), message: error.to_string(), remedy }
}

/// What is asked for makes no sense to the readers.
pub(super) fn setting(error: &ingest::SettingError) -> Fault {
    Fault { title: "This cannot be read so".to_owned(), message: error.to_string(), remedy: Remedy::Explain }
}

/// The browser does not give the file's bytes.
pub(super) fn opening(name: &str, reason: &str) -> Fault {
    let message = format!("The browser says: {reason}. If the file was moved or changed, choose it again.");
    Fault { title: format!("{name} could not be opened"), message, remedy: Remedy::None }
}

/// The page has ways of its own where the server wants to know who asks, and browsers do not say why a request failed.
pub(super) fn asking(address: &str, error: &prometheus::Error) -> Fault {
    let is_closed = matches!(error, prometheus::Error::Unauthorized);
    let remedy = if is_closed { Remedy::SignIn } else { Remedy::None };
    let message = match error {
        prometheus::Error::Unauthorized => {
            "The server wants to know who asks (401). Sign in here if it allows this page \
             to send the header Authorization; else put page and server behind one address, or drop an exported file."
                .to_owned()
        }
        prometheus::Error::Unreachable { .. } => format!(
            "{error} A page over https can only ask servers over https; and the server must allow other origins \
             (Prometheus does unless --web.cors.origin says otherwise; a gateway in front may not)."
        ),
        _ => error.to_string(),
    };
    Fault { title: format!("No data from {address}"), message, remedy }
}
