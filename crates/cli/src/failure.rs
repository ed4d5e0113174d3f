//! Why there is no result.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

/// Why there is no result.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Bad input or no data, in a sentence with a way out.
    Input(String),
    /// Whoever read standard output has stopped; nobody is left to be told.
    Closed,
}

impl Failure {
    /// Bad input.
    pub(crate) fn input(sentence: impl Display) -> Self {
        Self::Input(sentence.to_string())
    }

    /// Bad input from a file or address.
    pub(crate) fn of(source: &str, sentence: impl Display) -> Self {
        Self::Input(format!("{source}: {sentence}"))
    }

    /// Tells the reason on standard error, and gives the exit status.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Input(sentence) => {
                // There is nowhere left to say that standard error is closed, too.
                let _ = writeln!(io::stderr(), "monteverdi: {sentence}");
                ExitCode::from(2)
            }
            Self::Closed => ExitCode::SUCCESS,
        }
    }
}

/// A failure to write the result.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::Input(format!("The result could not be written: {error}.")),
        }
    }
}

/// A failure to write the result as JSON.
impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::from(io::Error::from(error))
    }
}
