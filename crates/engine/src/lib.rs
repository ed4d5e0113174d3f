//! From a data set to a Report, step by step.
//!
//! [`Analysis`] is a machine that the caller turns: every [`Analysis::step`] does a few milliseconds of work, so a
//! worker can look for a cancel message between two steps, and what has been found so far can be shown meanwhile. The
//! result does not depend on who turns it or how.

mod analysis;
mod error;
mod options;
mod progress;

pub use analysis::Analysis;
pub use error::Error;
pub use options::Options;
pub use progress::{Progress, Stage, Status};

use series::Dataset;

/// Runs an analysis to its end.
pub fn analyze(dataset: Dataset, options: &Options) -> Result<Analysis, Error> {
    let mut analysis = Analysis::new(dataset, options.clone())?;
    while let Status::Working(_) = analysis.step() {}
    Ok(analysis)
}
