//! From a data set to a Report, step by step.
//!
//! [`Analysis`] is a machine that the caller turns: every [`Analysis::step`] does a few milliseconds of work, so a
//! worker can look for a cancel message between two steps, and what has been found so far can be shown meanwhile. The
//! result does not depend on who turns it or how. [`Watch`] scores series that grow, sample by sample.

mod analysis;
mod cause;
mod changes;
mod chart;
mod describe;
mod detect;
mod episodes;
mod error;
mod explain;
mod options;
mod pace;
mod progress;
mod recall;
mod recurrence;
mod refine;
mod relate;
mod replay;
mod scales;
mod score;
mod services;
mod summary;
mod watch;

pub use analysis::Analysis;
pub use cause::{CauseRequest, Causes, RankedSeries, RankedService, causes};
pub use changes::{Change, ChangeKind, changes};
pub use error::Error;
pub use options::Options;
pub use progress::{Progress, Stage, Status};
pub use score::{Mode, score};
pub use services::Membership;
pub use watch::Watch;

use series::Dataset;

/// Runs an analysis to its end.
pub fn analyze(dataset: Dataset, options: &Options) -> Result<Analysis, Error> {
    let mut analysis = Analysis::new(dataset, options.clone())?;
    while let Status::Working(_) = analysis.step() {}
    Ok(analysis)
}
