//! From a data set to a Report, step by step.
//!
//! [`Analysis`] is a machine that the caller turns: every [`Analysis::step`] does a few milliseconds of work, so a
//! worker can look for a cancel message between two steps, and what has been found so far can be shown meanwhile. The
//! result does not depend on who turns it or how. [`Watch`] scores series that grow, sample by sample.

mod analysis;
mod attribution;
mod calls;
mod cause;
mod changes;
mod chart;
mod describe;
mod detect;
mod distribution;
mod episodes;
mod error;
mod expectation;
mod explain;
mod gap;
mod metric_kind;
mod options;
mod pace;
mod parting;
mod pattern;
mod peers;
mod portion;
mod profile;
mod progress;
mod recall;
mod recurrence;
mod refine;
mod regime;
mod relate;
mod replay;
mod scales;
mod score;
mod services;
mod setting;
mod spectrum;
mod summary;
mod watch;

pub use analysis::{Analysis, LEAST_SHARED};
pub use cause::{CauseRequest, Causes, OtherDisturbance, RankedSeries, RankedService, causes};
pub use changes::{Change, ChangeKind, changes};
pub use error::Error;
pub use expectation::expect;
pub use options::Options;
pub use pattern::{PatternError, pattern};
pub use portion::{Answer, Portion};
pub use progress::{Progress, Stage, Status};
pub use score::{Mode, score};
pub use services::Membership;
pub use setting::SettingError;
pub use watch::Watch;

use series::Dataset;

/// Runs an analysis to its end.
pub fn analyze(dataset: Dataset, options: &Options) -> Result<Analysis, Error> {
    let mut analysis = Analysis::new(dataset, options.clone())?;
    while let Status::Working(_) = analysis.step() {}
    Ok(analysis)
}
