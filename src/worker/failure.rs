//! Why a load failed, in words.

/// Why a load failed, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// What did not work, in a few words.
    pub(super) title: String,
    /// Where, what was expected, and what to do.
    pub(super) message: String,
    /// Whether the server asks who is there.
    pub(super) wants_credentials: bool,
}

impl Failure {
    pub(super) fn reading(name: &str, error: &ingest::Error) -> Self {
        Self { title: format!("{name} could not be read"), message: error.to_string(), wants_credentials: false }
    }

    pub(super) fn analysing(names: &str, error: &engine::Error) -> Self {
        Self { title: format!("{names} gives nothing to analyse"), message: sentence(error), wants_credentials: false }
    }
}

/// An error as a sentence: with a capital and a full stop.
fn sentence(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    let rest = letters.as_str();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{rest}{stop}")
}
