//! The services and who calls whom.

/// One kind of request that a service sends for each request that it works on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    /// Position of the callee in [`SERVICES`].
    pub(super) callee: usize,
    /// Calls per request.
    pub(super) per_request: f64,
    /// When the caller gives up.
    pub(super) timeout_s: f64,
    /// How often it tries again.
    pub(super) retries: u32,
    /// What a failed call does.
    pub(super) mode: Mode,
}

/// How a caller depends on a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// The request fails with it.
    Required,
    /// The request goes on without.
    Optional,
    /// Nobody waits for it; it arrives about `DELIVERY_S` later.
    Queued,
}

/// The mean delay of a queued call.
pub(super) const DELIVERY_S: f64 = 45.0;

/// What a service is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Service {
    pub(super) name: &'static str,
    /// Processors.
    pub(super) cores: f64,
    /// Processor time per request.
    pub(super) cpu_s: f64,
    /// Time per request spent waiting for something outside the model (a bank, a disk).
    pub(super) wait_s: f64,
    /// Requests worked on at once.
    pub(super) threads: f64,
    /// Requests that may wait for a thread; more are refused.
    pub(super) backlog: f64,
    /// Memory after start.
    pub(super) memory_bytes: f64,
    /// Memory at which the process is killed.
    pub(super) memory_limit_bytes: f64,
    /// Memory per request in flight.
    pub(super) memory_per_request_bytes: f64,
    /// The share of requests that fail on a good day (declined cards, unknown articles).
    pub(super) error_share: f64,
    /// Whether it answers HTTP, and so has an error share.
    pub(super) answers: bool,
    pub(super) calls: &'static [Call],
}

pub(super) const FRONTEND: usize = 0;
pub(super) const CHECKOUT: usize = 1;
pub(super) const RECS: usize = 2;
pub(super) const SEARCH: usize = 3;
pub(super) const CART: usize = 4;
pub(super) const CATALOG: usize = 5;
pub(super) const PAYMENTS: usize = 6;
pub(super) const SHIPPING: usize = 7;
pub(super) const MAIL: usize = 8;
pub(super) const REDIS: usize = 9;

const fn call(callee: usize, per_request: f64, timeout_s: f64, retries: u32, mode: Mode) -> Call {
    Call { callee, per_request, timeout_s, retries, mode }
}

const MIB: f64 = 1_048_576.0;

/// Callers stand before their callees.
pub(super) const SERVICES: [Service; 10] = [
    Service {
        name: "frontend",
        cores: 16.0,
        cpu_s: 0.0056,
        wait_s: 0.008,
        threads: 900.0,
        backlog: 1200.0,
        memory_bytes: 900.0 * MIB,
        memory_limit_bytes: 4096.0 * MIB,
        memory_per_request_bytes: 1.2 * MIB,
        error_share: 0.006,
        answers: true,
        calls: &[
            call(CATALOG, 0.9, 2.0, 1, Mode::Required),
            call(SEARCH, 0.30, 2.5, 1, Mode::Required),
            call(CART, 0.25, 2.0, 1, Mode::Required),
            call(RECS, 0.35, 0.8, 0, Mode::Optional),
            call(CHECKOUT, 0.12, 6.0, 0, Mode::Required),
        ],
    },
    Service {
        name: "checkout",
        cores: 4.0,
        cpu_s: 0.012,
        wait_s: 0.004,
        threads: 220.0,
        backlog: 400.0,
        memory_bytes: 620.0 * MIB,
        memory_limit_bytes: 2048.0 * MIB,
        memory_per_request_bytes: 0.8 * MIB,
        error_share: 0.010,
        answers: true,
        calls: &[
            call(CART, 1.0, 2.0, 1, Mode::Required),
            call(PAYMENTS, 1.0, 3.0, 1, Mode::Required),
            call(SHIPPING, 1.0, 2.0, 1, Mode::Required),
            call(CATALOG, 0.5, 2.0, 1, Mode::Required),
            call(MAIL, 0.95, 1.0, 0, Mode::Queued),
        ],
    },
    Service {
        name: "recs",
        cores: 8.0,
        cpu_s: 0.009,
        wait_s: 0.003,
        threads: 160.0,
        backlog: 200.0,
        memory_bytes: 1400.0 * MIB,
        memory_limit_bytes: 3072.0 * MIB,
        memory_per_request_bytes: 1.5 * MIB,
        error_share: 0.008,
        answers: true,
        calls: &[call(CATALOG, 0.5, 0.6, 0, Mode::Required), call(REDIS, 1.0, 0.3, 1, Mode::Optional)],
    },
    Service {
        name: "search",
        cores: 8.0,
        cpu_s: 0.011,
        wait_s: 0.006,
        threads: 200.0,
        backlog: 400.0,
        memory_bytes: 2100.0 * MIB,
        memory_limit_bytes: 4096.0 * MIB,
        memory_per_request_bytes: 2.0 * MIB,
        error_share: 0.008,
        answers: true,
        calls: &[call(CATALOG, 0.3, 1.0, 0, Mode::Required)],
    },
    Service {
        name: "cart",
        cores: 4.0,
        cpu_s: 0.0042,
        wait_s: 0.002,
        threads: 200.0,
        backlog: 400.0,
        memory_bytes: 760.0 * MIB,
        memory_limit_bytes: 1536.0 * MIB,
        memory_per_request_bytes: 0.5 * MIB,
        error_share: 0.006,
        answers: true,
        calls: &[call(REDIS, 2.0, 0.5, 1, Mode::Required)],
    },
    Service {
        name: "catalog",
        cores: 12.0,
        cpu_s: 0.0036,
        wait_s: 0.003,
        threads: 260.0,
        backlog: 500.0,
        memory_bytes: 1150.0 * MIB,
        memory_limit_bytes: 2560.0 * MIB,
        memory_per_request_bytes: 0.6 * MIB,
        error_share: 0.004,
        answers: true,
        calls: &[call(REDIS, 0.8, 0.5, 1, Mode::Optional)],
    },
    Service {
        name: "payments",
        cores: 2.0,
        cpu_s: 0.006,
        wait_s: 0.110,
        threads: 200.0,
        backlog: 200.0,
        memory_bytes: 480.0 * MIB,
        memory_limit_bytes: 1024.0 * MIB,
        memory_per_request_bytes: 0.7 * MIB,
        error_share: 0.018,
        answers: true,
        calls: &[],
    },
    Service {
        name: "shipping",
        cores: 2.0,
        cpu_s: 0.005,
        wait_s: 0.035,
        threads: 80.0,
        backlog: 160.0,
        memory_bytes: 410.0 * MIB,
        memory_limit_bytes: 1024.0 * MIB,
        memory_per_request_bytes: 0.5 * MIB,
        error_share: 0.012,
        answers: true,
        calls: &[],
    },
    Service {
        name: "mail",
        cores: 2.0,
        cpu_s: 0.0055,
        wait_s: 0.180,
        threads: 60.0,
        backlog: 20_000.0,
        memory_bytes: 260.0 * MIB,
        memory_limit_bytes: 512.0 * MIB,
        memory_per_request_bytes: 0.2 * MIB,
        error_share: 0.0,
        answers: false,
        calls: &[],
    },
    Service {
        name: "redis",
        cores: 1.0,
        cpu_s: 0.000_18,
        wait_s: 0.000_25,
        threads: 4000.0,
        backlog: 20_000.0,
        memory_bytes: 3000.0 * MIB,
        memory_limit_bytes: 6144.0 * MIB,
        memory_per_request_bytes: 0.02 * MIB,
        error_share: 0.0,
        answers: false,
        calls: &[],
    },
];
