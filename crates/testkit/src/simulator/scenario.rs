//! The scenarios, and what a seed makes of them.

use super::fault::{Fault, FaultKind};
use super::load::{Job, REFRESH, jobs};
use super::topology::{CART, CATALOG, CHECKOUT, MAIL, PAYMENTS, RECS, SEARCH, SERVICES, SHIPPING};
use crate::Random;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A kind of incident, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// A release makes each request of one service dearer until its processors are full; then it is rolled back.
    CpuSaturation,
    /// One service keeps memory until collecting garbage starves it; then it is killed and starts again.
    MemoryLeak,
    /// Something that one service waits for becomes slow, and its callers run out of threads.
    LatencyCascade,
    /// Two periodic jobs that used to alternate drift through each other and beat.
    JobCollision,
    /// A service stops working and reporting, and nobody gets an error.
    SilentDeath,
    /// Nothing happens.
    HealthyDay,
}

/// Length and sampling of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Simulated time.
    pub duration_s: u32,
    /// The scrape interval.
    pub step_s: u32,
}

/// A fault, and the jobs that run.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) fault: Option<Fault>,
    pub(super) jobs: Vec<Job>,
}

impl Plan {
    pub(super) fn healthy() -> Self {
        Self { fault: None, jobs: jobs() }
    }
}

impl Scenario {
    /// All scenarios.
    pub const ALL: [Scenario; 6] = [
        Scenario::CpuSaturation,
        Scenario::MemoryLeak,
        Scenario::LatencyCascade,
        Scenario::JobCollision,
        Scenario::SilentDeath,
        Scenario::HealthyDay,
    ];

    /// The name on the command line: `cpu-saturation`, `memory-leak`, ….
    pub fn name(self) -> &'static str {
        match self {
            Scenario::CpuSaturation => "cpu-saturation",
            Scenario::MemoryLeak => "memory-leak",
            Scenario::LatencyCascade => "latency-cascade",
            Scenario::JobCollision => "job-collision",
            Scenario::SilentDeath => "silent-death",
            Scenario::HealthyDay => "healthy-day",
        }
    }

    /// The usual length and step: 6 h in steps of 15 s; the healthy day 24 h in steps of 60 s.
    pub fn setting(self) -> Setting {
        match self {
            Scenario::HealthyDay => Setting { duration_s: 24 * 3600, step_s: 60 },
            _ => Setting { duration_s: 6 * 3600, step_s: 15 },
        }
    }

    /// What the seed makes of the scenario.
    pub(super) fn plan(self, seed: u64, setting: Setting) -> Plan {
        let mut random = Random::stream(seed, "plan");
        let duration_s = f64::from(setting.duration_s);
        let mut healthy = Plan::healthy();
        let mut fault = |kind, roots: &[usize], start: f64, length_s: f64, ramp_s: f64, strength: f64| {
            Fault {
                kind,
                service: roots[random.below(roots.len())],
                start_s: (duration_s * (start + random.between(-0.04, 0.04))).round(),
                end_s: 0.0,
                ramp_s: ramp_s * random.between(0.8, 1.25),
                strength: strength * random.between(0.9, 1.1),
            }
            .lasting(length_s)
        };
        let fault = match self {
            Scenario::CpuSaturation => {
                let mut fault =
                    fault(FaultKind::CpuSaturation, &[SEARCH, CATALOG, CART, RECS], 0.66, 2700.0, 420.0, 1.0);
                // Enough to need a little more than all processors, whatever the service's usual utilisation.
                fault.strength = fault.strength * 1.12 / SERVICES[fault.service].usual_utilisation();
                fault
            }
            Scenario::MemoryLeak => {
                let mut fault = fault(FaultKind::MemoryLeak, &[CART, CATALOG, CHECKOUT], 0.3, f64::INFINITY, 60.0, 1.0);
                let service = SERVICES[fault.service];
                let room = service.memory_limit_bytes - service.memory_bytes;
                fault.strength *= room / (0.52 * duration_s);
                fault
            }
            Scenario::LatencyCascade => {
                fault(FaultKind::SlowDependency, &[PAYMENTS, SHIPPING], 0.66, 2400.0, 600.0, 1.6)
            }
            Scenario::JobCollision => {
                let mut fault = fault(FaultKind::JobCollision, &[CATALOG], 0.15, f64::INFINITY, 1.0, 0.0);
                let job = &mut healthy.jobs[REFRESH];
                let pause_more = [1.08, 1.1, 1.125][random.below(3)];
                fault.strength = job.period_s * pause_more;
                job.drifts = Some((fault.start_s, fault.strength));
                fault
            }
            Scenario::SilentDeath => fault(FaultKind::SilentDeath, &[RECS, MAIL], 0.66, f64::INFINITY, 1.0, 1.0),
            Scenario::HealthyDay => return healthy,
        };
        Plan { fault: Some(fault), jobs: healthy.jobs }
    }
}

impl Fault {
    fn lasting(self, length_s: f64) -> Self {
        Self { end_s: self.start_s + length_s, ..self }
    }
}

impl super::topology::Service {
    /// The share of its processors that the service uses on a good day.
    fn usual_utilisation(&self) -> f64 {
        let position = SERVICES.iter().position(|service| service.name == self.name).unwrap_or_default();
        super::network::usual_arrivals()[position] * self.cpu_s / self.cores
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A scenario's name that is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownScenario(pub String);

impl fmt::Display for UnknownScenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Scenario::ALL.iter().map(|scenario| scenario.name()).collect();
        write!(f, "there is no scenario `{}`; there are {}", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownScenario {}

impl FromStr for Scenario {
    type Err = UnknownScenario;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|scenario| scenario.name() == text).ok_or_else(|| UnknownScenario(text.to_string()))
    }
}
