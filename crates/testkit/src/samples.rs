//! The sample incidents that the page brings along.

use crate::{Scenario, Simulation, simulate};
use serde::{Deserialize, Serialize};

/// A sample: which simulation it is, and how the first screen speaks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// What is simulated; its name is the file's name.
    pub scenario: Scenario,
    /// With which seed.
    pub seed: u64,
    /// The title on the first screen.
    pub title: &'static str,
    /// One sentence below it: what one will see, without giving the answer away.
    pub what: &'static str,
}

/// An entry of `index.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexEntry {
    /// The scenario's name.
    pub name: String,
    /// The file beside the index.
    pub file: String,
    /// The title on the first screen.
    pub title: String,
    /// One sentence.
    pub what: String,
}

/// All samples, in the order of the first screen.
pub const SAMPLES: [Sample; 6] = [
    Sample {
        scenario: Scenario::LatencyCascade,
        seed: 1,
        title: "A slow answer spreads",
        what: "Checkout crawls for forty minutes and the whole shop slows down with it. Where did it begin?",
    },
    Sample {
        scenario: Scenario::MemoryLeak,
        seed: 4,
        title: "Memory runs out",
        what: "One service keeps what it should give back. It takes hours until anyone notices, and seconds to fall over.",
    },
    Sample {
        scenario: Scenario::CpuSaturation,
        seed: 3,
        title: "A dear release",
        what: "After a release each request costs more processor time, until there is none left. Then it is rolled back.",
    },
    Sample {
        scenario: Scenario::JobCollision,
        seed: 5,
        title: "Two jobs that beat",
        what: "Every 22 minutes the shop stumbles, and no schedule says why: two periodic jobs drift through each other.",
    },
    Sample {
        scenario: Scenario::SilentDeath,
        seed: 1,
        title: "One voice falls silent",
        what: "No error, no alert, everything a little faster than before: one service has stopped working.",
    },
    Sample {
        scenario: Scenario::HealthyDay,
        seed: 1,
        title: "A healthy day",
        what: "Ten services, 24 hours, nothing wrong. See what Monteverdi has to say about it.",
    },
];

impl Sample {
    /// The simulation.
    pub fn simulate(&self) -> Simulation {
        simulate(self.scenario, self.seed)
    }

    /// The sample's line in the index.
    pub fn index_entry(&self) -> IndexEntry {
        IndexEntry {
            name: self.scenario.name().to_string(),
            file: format!("{}.csv.gz", self.scenario),
            title: self.title.to_string(),
            what: self.what.to_string(),
        }
    }
}
