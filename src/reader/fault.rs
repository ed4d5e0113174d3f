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
