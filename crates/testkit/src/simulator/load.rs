//! What comes in from outside, and the jobs that run beside it.

use super::topology::{CART, CATALOG, RECS, REDIS, SEARCH};
use crate::{Random, exp, sine_of_turns};

/// Requests per second at the shop's door.
const VISITORS_PER_S: f64 = 1200.0;
/// Customers on all continents even the day out; what is left is the offers that change every four hours.
const CYCLE_S: f64 = 4.0 * 3600.0;
const CYCLE_SHARE: f64 = 0.015;
/// A window with fewer cycles has none: part of a cycle would be indistinguishable from a drift, and the truth says that
/// there is none.
const FEWEST_CYCLES: f64 = 6.0;

/// A mean-reverting wander (Ornstein-Uhlenbeck), stationary from its first value, sampled each second.
#[derive(Clone, Debug)]
pub(super) struct Wander {
    value: f64,
    decay: f64,
    kick: f64,
    random: Random,
}

impl Wander {
    /// `deviation` is its standard deviation, `memory_s` the time in which its autocorrelation falls to 1/e.
    pub(super) fn new(deviation: f64, memory_s: f64, mut random: Random) -> Self {
        let decay = exp(-1.0 / memory_s);
        let value = deviation * random.normal();
        Self { value, decay, kick: deviation * (1.0 - decay * decay).sqrt(), random }
    }

    /// The next second's value.
    pub(super) fn next(&mut self) -> f64 {
        self.value = self.value * self.decay + self.kick * self.random.normal();
        self.value
    }
}

/// Visitors per second.
pub(super) struct Visitors {
    cycle_share: f64,
    phase: f64,
    slow: Wander,
    fast: Wander,
    random: Random,
}

impl Visitors {
    pub(super) fn new(seed: u64, duration_s: f64) -> Self {
        Self {
            cycle_share: if duration_s >= FEWEST_CYCLES * CYCLE_S { CYCLE_SHARE } else { 0.0 },
            phase: Random::stream(seed, "cycle").uniform(),
            slow: Wander::new(0.010, 240.0, Random::stream(seed, "slow load")),
            fast: Wander::new(0.030, 30.0, Random::stream(seed, "fast load")),
            random: Random::stream(seed, "arrivals"),
        }
    }

    /// The number that arrives in second `second`.
    pub(super) fn next(&mut self, second: usize) -> f64 {
        let cycle = self.cycle_share * sine_of_turns(second as f64 / CYCLE_S + self.phase);
        let mean = VISITORS_PER_S * (1.0 + cycle + self.slow.next() + self.fast.next());
        self.random.poisson(mean.max(1.0))
    }
}

/// A job that comes back: work for one service's processors, and requests to another service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Job {
    pub(super) service: usize,
    pub(super) period_s: f64,
    /// In turns.
    pub(super) phase: f64,
    /// The share of the period in which it runs.
    pub(super) width: f64,
    /// Processors used at its height.
    pub(super) cores: f64,
    /// Callee and requests per second at its height.
    pub(super) requests: Option<(usize, f64)>,
    /// A run that begins this long after the last one *ended* drifts: the period from then on, and from which second.
    pub(super) drifts: Option<(f64, f64)>,
}

impl Job {
    /// How hard it works in a second, 0 to 1: workers are taken on and let go smoothly.
    pub(super) fn intensity(&self, second: f64) -> f64 {
        let turns = match self.drifts {
            Some((from_s, period_s)) if second >= from_s => {
                from_s / self.period_s + (second - from_s) / period_s + self.phase
            }
            _ => second / self.period_s + self.phase,
        };
        let position = turns - turns.floor();
        if position >= self.width { 0.0 } else { 0.5 - 0.5 * sine_of_turns(position / self.width + 0.25) }
    }
}

/// The positions of the two jobs in [`jobs`] that both work on redis, half a period apart.
pub(super) const SWEEP: usize = 0;
pub(super) const REFRESH: usize = 1;

/// The jobs of a good day.
pub(super) fn jobs() -> Vec<Job> {
    let job = |service, period_s, phase, width, cores, requests| Job {
        service,
        period_s,
        phase,
        width,
        cores,
        requests,
        drifts: None,
    };
    vec![
        job(CART, 120.0, 0.0, 0.8, 0.35, Some((REDIS, 1350.0))),
        job(CATALOG, 120.0, 0.5, 0.8, 0.9, Some((REDIS, 1350.0))),
        job(SEARCH, 600.0, 0.3, 0.9, 0.9, None),
        job(RECS, 1200.0, 0.6, 0.9, 0.8, None),
    ]
}
