//! What can break, each as a change of one mechanism.

use serde::{Deserialize, Serialize};

/// The kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// Each request costs more processor time, until the service has none left.
    CpuSaturation,
    /// Memory is not given back; near the limit collecting garbage takes the processor, at the limit the process is
    /// killed and starts again.
    MemoryLeak,
    /// Something outside that the service waits for has become slow.
    SlowDependency,
    /// A job begins its next run a fixed pause after the last one ended, and drifts into another job.
    JobCollision,
    /// The process hangs: it neither works nor reports.
    SilentDeath,
}

/// A fault in one service. Times are in seconds since the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    pub(super) service: usize,
    pub(super) start_s: f64,
    /// When it was taken back; beyond the end where it lasts.
    pub(super) end_s: f64,
    /// How long it takes to full strength.
    pub(super) ramp_s: f64,
    /// The strength in the kind's own measure: the factor on processor time, bytes per second, seconds of waiting, the
    /// drifting job's new period.
    pub(super) strength: f64,
}

impl Fault {
    /// 0 outside, growing to 1 over the ramp, slowly at first.
    fn level(&self, second: f64) -> f64 {
        if second < self.start_s || second >= self.end_s {
            0.0
        } else {
            let grown = ((second - self.start_s) / self.ramp_s.max(1.0)).min(1.0);
            grown * grown
        }
    }

    fn strength_of(&self, kind: FaultKind, service: usize, second: f64) -> f64 {
        if self.kind == kind && self.service == service { self.strength * self.level(second) } else { 0.0 }
    }

    /// What a request's processor time is multiplied by.
    pub(super) fn cpu_factor(&self, service: usize, second: f64) -> f64 {
        if self.kind == FaultKind::CpuSaturation && self.service == service {
            1.0 + (self.strength - 1.0) * self.level(second)
        } else {
            1.0
        }
    }

    /// Bytes lost per second.
    pub(super) fn leak_bytes_per_s(&self, service: usize, second: f64) -> f64 {
        self.strength_of(FaultKind::MemoryLeak, service, second)
    }

    /// Additional waiting per request.
    pub(super) fn extra_wait_s(&self, service: usize, second: f64) -> f64 {
        self.strength_of(FaultKind::SlowDependency, service, second)
    }

    /// Whether the service is dead.
    pub(super) fn is_dead(&self, service: usize, second: f64) -> bool {
        self.kind == FaultKind::SilentDeath && self.service == service && second >= self.start_s && second < self.end_s
    }
}
