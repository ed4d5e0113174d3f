//! Why an analysis cannot begin.

use series::PanelError;

/// Why an analysis cannot begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The data set has no common time grid.
    #[error("nothing to analyse: {0}")]
    Panel(#[from] PanelError),
}
