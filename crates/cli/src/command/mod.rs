//! The commands, one file each.

mod analyze;
mod causes;
mod changes;
mod convert;
mod expect;
mod pair;
mod score;
mod simulate;

use crate::failure::Failure;
use clap::{Parser, Subcommand};

/// Which services move together, what broke first, and how it spread: from an export of any monitoring tool, or live from
/// Prometheus.
#[derive(Debug, Parser)]
#[command(name = "monteverdi", version, max_term_width = 100)]
pub(crate) struct Line {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what happened: the story, the findings, what moves together
    Analyze(Box<analyze::Analyze>),
    /// Give every sample an anomaly score, as CSV; 1.0 is the alarm threshold
    Score(score::Score),
    /// Print what was expected of every value of a series and how surprising it was, as CSV
    Expect(expect::Expect),
    /// List the dates at which series changed, as JSON
    Changes(changes::Changes),
    /// Rank services and series as root causes, as JSON
    Causes(causes::Causes),
    /// Print coherence, phase and gain of two series at every period, as CSV or JSON
    Pair(pair::Pair),
    /// Write the data in another format
    Convert(convert::Convert),
    /// Make the metrics of a simulated incident, as CSV
    Simulate(simulate::Simulate),
}

impl Command {
    /// Carries it out.
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Analyze(command) => command.run(),
            Self::Score(command) => command.run(),
            Self::Expect(command) => command.run(),
            Self::Changes(command) => command.run(),
            Self::Causes(command) => command.run(),
            Self::Pair(command) => command.run(),
            Self::Convert(command) => command.run(),
            Self::Simulate(command) => command.run(),
        }
    }
}
