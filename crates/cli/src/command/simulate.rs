//! `monteverdi simulate`: the metrics of an incident that never was.

use crate::failure::Failure;
use crate::output;
use clap::Args;
use testkit::Scenario;

/// Arguments of `simulate`.
#[derive(Args, Debug)]
pub(crate) struct Simulate {
    /// cpu-saturation, memory-leak, latency-cascade, job-collision, silent-death or healthy-day
    scenario: Scenario,
    /// Decides the noise, the root service, and the fault's time and strength
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also write what really happened, as JSON
    #[arg(long, value_name = "PATH")]
    truth: Option<String>,
    /// Also write who calls whom, as a CSV for `causes --graph`
    #[arg(long, value_name = "PATH")]
    graph: Option<String>,
}

impl Simulate {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let simulation = testkit::simulate(self.scenario, self.seed);
        if let Some(path) = &self.truth {
            let mut truth = serde_json::to_string_pretty(&simulation.truth)?;
            truth.push('\n');
            output::file(path, truth.as_bytes())?;
        }
        if let Some(path) = &self.graph {
            output::file(path, simulation.truth.calls_csv().as_bytes())?;
        }
        output::text(&simulation.to_csv())
    }
}
