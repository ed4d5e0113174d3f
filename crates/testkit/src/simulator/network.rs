//! The queueing network, second by second.

use super::fault::Fault;
use super::load::{Visitors, Wander};
use super::recorder::{Recorder, Second};
use super::scenario::{Plan, Setting};
use super::topology::{Call, DELIVERY_S, FRONTEND, Mode, SERVICES};
use crate::{Random, exp, ln};
use series::Dataset;

const COUNT: usize = SERVICES.len();
/// Utilisation above which the queue itself, not the waiting-time formula, makes requests wait.
const FULL: f64 = 0.97;
/// How long a killed process takes to come back.
const RESTART_S: f64 = 25.0;
/// Requests that find a dead process are refused after this long.
const REFUSED_S: f64 = 0.001;
/// Seconds simulated before the recording begins, so that the network is in its usual state.
const WARM_UP_S: usize = 600;

/// One service's state.
struct State {
    /// Requests waiting for a thread or a processor.
    queue: f64,
    /// Mean time from arrival to answer, as its callers saw it in the last second.
    latency_s: f64,
    /// The share of requests that failed in the last second, beyond those of a good day.
    failing: f64,
    leaked_bytes: f64,
    down_until_s: f64,
    /// Queued calls on their way here, per second.
    on_the_way: f64,
    memory_wander: Wander,
    cpu_wander: Wander,
    own_time_wander: Wander,
    /// One per call: the mix of requests changes all the time.
    mix: Vec<Wander>,
}

/// Runs the network and records what a monitoring system would scrape.
pub(super) fn run(plan: &Plan, seed: u64, setting: Setting) -> Dataset {
    let mut visitors = Visitors::new(seed, f64::from(setting.duration_s));
    let mut states: Vec<State> = (0..COUNT).map(|service| State::new(service, seed)).collect();
    let mut recorder = Recorder::new(seed, setting);
    let step_s = setting.step_s.max(1) as usize;
    let seconds = setting.duration_s as usize / step_s * step_s;
    for tick in 0..WARM_UP_S + seconds {
        let second = tick as f64 - WARM_UP_S as f64;
        let arriving = visitors.next(tick);
        let measured = advance(&mut states, plan, arriving, second);
        if tick >= WARM_UP_S {
            recorder.record(&measured);
        }
    }
    recorder.finish()
}

/// Requests per second of each service on a good day, by the call graph alone.
pub(super) fn usual_arrivals() -> [f64; COUNT] {
    let mut arrivals = [0.0; COUNT];
    arrivals[FRONTEND] = 1200.0;
    for (caller, service) in SERVICES.iter().enumerate() {
        for call in service.calls {
            arrivals[call.callee] += arrivals[caller] * call.per_request;
        }
    }
    arrivals
}

impl State {
    fn new(service: usize, seed: u64) -> Self {
        let spec = &SERVICES[service];
        let stream = |what: &str| Random::stream(seed, &format!("{} {what}", spec.name));
        Self {
            queue: 0.0,
            latency_s: spec.cpu_s + spec.wait_s,
            failing: 0.0,
            leaked_bytes: 0.0,
            down_until_s: f64::NEG_INFINITY,
            on_the_way: usual_arrivals()[service],
            memory_wander: Wander::new(0.006, 40.0, stream("memory")),
            cpu_wander: Wander::new(0.012, 20.0, stream("cpu")),
            own_time_wander: Wander::new(0.02, 30.0, stream("own time")),
            mix: (0..spec.calls.len()).map(|call| Wander::new(0.03, 40.0, stream(&format!("mix {call}")))).collect(),
        }
    }
}

/// One second: requests go down the call graph, answers come back up.
fn advance(states: &mut [State], plan: &Plan, arriving: f64, second: f64) -> [Second; COUNT] {
    let fault = plan.fault.as_ref();
    let mut arrivals = [0.0; COUNT];
    let mut job_cores = [0.0; COUNT];
    arrivals[FRONTEND] = arriving;
    for job in &plan.jobs {
        let intensity = job.intensity(second);
        let is_dead = fault.is_some_and(|fault| fault.is_dead(job.service, second));
        if is_dead {
            continue;
        }
        job_cores[job.service] += job.cores * intensity;
        if let Some((callee, per_s)) = job.requests {
            arrivals[callee] += per_s * intensity;
        }
    }
    for caller in 0..COUNT {
        send_calls(states, caller, &mut arrivals, is_down(states, fault, caller, second));
    }
    let mut measured = [Second::default(); COUNT];
    for service in (0..COUNT).rev() {
        let down = is_down(states, fault, service, second);
        measured[service] = work(states, service, arrivals[service], job_cores[service], fault, second, down);
    }
    measured
}

fn is_down(states: &[State], fault: Option<&Fault>, service: usize, second: f64) -> bool {
    second < states[service].down_until_s || fault.is_some_and(|fault| fault.is_dead(service, second))
}

/// Adds the calls that a service's requests make to its callees' arrivals.
fn send_calls(states: &mut [State], caller: usize, arrivals: &mut [f64; COUNT], down: bool) {
    let spec = &SERVICES[caller];
    // A full service refuses what it cannot take, and refused requests call nobody.
    let room = (spec.backlog - states[caller].queue).max(0.0);
    let accepted = if down { 0.0 } else { arrivals[caller].min(room + thread_rate(states, caller)) };
    for (position, call) in spec.calls.iter().enumerate() {
        let mix = 1.0 + states[caller].mix[position].next();
        let mut flow = accepted * call.per_request * mix.max(0.0);
        if call.mode == Mode::Queued {
            let waiting = &mut states[call.callee].on_the_way;
            *waiting += (flow - *waiting) / DELIVERY_S;
            flow = *waiting;
        } else {
            let failed = failure_share(&states[call.callee], call);
            flow *= 1.0 + failed * f64::from(call.retries);
        }
        arrivals[call.callee] += flow;
    }
}

/// Requests per second that the service's threads can finish while each is held as long as it was last.
fn thread_rate(states: &[State], service: usize) -> f64 {
    let spec = &SERVICES[service];
    let mut held_s = spec.cpu_s + spec.wait_s;
    for call in spec.calls {
        held_s += waited_s(&states[call.callee], call);
    }
    spec.threads / held_s
}

/// The share of tries that fail: refused, or not answered in time.
fn failure_share(callee: &State, call: &Call) -> f64 {
    1.0 - (1.0 - callee.failing) * (1.0 - late_share(callee.latency_s, call.timeout_s))
}

/// The share of answers that take longer than a limit. Latencies are log-logistic with shape 4, a tail about as heavy
/// as those of real services; the mean is 1.11 times the median.
fn late_share(mean_s: f64, limit_s: f64) -> f64 {
    let ratio = mean_s / 1.11 / limit_s;
    let fourth = ratio * ratio * ratio * ratio;
    fourth / (1.0 + fourth)
}

/// How long a request of the caller is held by all its tries of a call.
fn waited_s(callee: &State, call: &Call) -> f64 {
    if call.mode == Mode::Queued {
        return 0.0;
    }
    let tries = 1.0 + failure_share(callee, call) * f64::from(call.retries);
    call.per_request * tries * callee.latency_s.min(call.timeout_s)
}

/// The service works for one second on what arrived.
fn work(
    states: &mut [State],
    service: usize,
    arriving: f64,
    job_cores: f64,
    fault: Option<&Fault>,
    second: f64,
    down: bool,
) -> Second {
    let spec = &SERVICES[service];
    let thread_rate = thread_rate(states, service);
    let (mut callee_wait_s, mut callees_good) = (0.0, 1.0);
    for call in spec.calls {
        let callee = &states[call.callee];
        callee_wait_s += waited_s(callee, call);
        if call.mode == Mode::Required {
            let failed = failure_share(callee, call);
            let lost = (0..=call.retries).fold(1.0, |product, _| product * failed);
            callees_good *= 1.0 - call.per_request.min(1.0) * lost;
        }
    }
    let state = &mut states[service];
    let memory_wander = state.memory_wander.next();
    let cpu_wander = state.cpu_wander.next();
    let own_time = 1.0 + state.own_time_wander.next();
    if down {
        state.queue = 0.0;
        state.failing = 1.0;
        state.latency_s = REFUSED_S;
        let is_reporting = !fault.is_some_and(|fault| fault.is_dead(service, second));
        let memory_bytes = spec.memory_bytes * 0.4;
        return Second {
            arriving,
            failing: 1.0,
            latency_s: REFUSED_S,
            memory_bytes,
            is_reporting,
            ..Second::default()
        };
    }
    let extra_wait_s = fault.map_or(0.0, |fault| fault.extra_wait_s(service, second));
    let cpu_s = spec.cpu_s * own_time * fault.map_or(1.0, |fault| fault.cpu_factor(service, second));
    state.leaked_bytes += fault.map_or(0.0, |fault| fault.leak_bytes_per_s(service, second));
    let fullness = (spec.memory_bytes + state.leaked_bytes) / spec.memory_limit_bytes;
    let collecting = collecting_share(fullness);

    let cores = (spec.cores * (1.0 - collecting) - job_cores).max(0.05 * spec.cores);
    let cpu_rate = cores / cpu_s;
    // The thread rate knew nothing of this second's additional waiting; both hold the thread.
    let held_s = spec.threads / thread_rate + extra_wait_s + (cpu_s - spec.cpu_s);
    let rate = cpu_rate.min(spec.threads / held_s);
    let offered = arriving + state.queue;
    let finished = offered.min(rate);
    let waiting = offered - finished;
    let refused = (waiting - spec.backlog).max(0.0);
    state.queue = waiting - refused;

    let utilisation = (finished * cpu_s / cores).min(1.0);
    let own_s = (spec.wait_s + extra_wait_s) * own_time + cpu_s;
    let latency_s = own_s
        + callee_wait_s
        + multi_server_wait_s(cpu_s, cores, utilisation.min(FULL))
        + state.queue / rate
        + 0.15 * collecting * collecting;
    let refused_share = if arriving > 0.0 { (refused / arriving).min(1.0) } else { 0.0 };
    state.failing = 1.0 - (1.0 - refused_share) * callees_good;
    // Callers see answers, and an answer takes as long as it takes: the change reaches them over that time.
    let pace = 1.0 / latency_s.max(1.0);
    state.latency_s += (latency_s - state.latency_s) * pace;

    let in_flight = finished * (own_s + callee_wait_s) + state.queue;
    let memory_bytes = spec.memory_bytes * (1.0 + memory_wander)
        + state.leaked_bytes
        + spec.memory_per_request_bytes * in_flight.min(spec.threads);
    if memory_bytes >= spec.memory_limit_bytes {
        state.leaked_bytes = 0.0;
        state.down_until_s = second + RESTART_S;
    }
    // The operating system has its own small share.
    let busy = finished * cpu_s + job_cores + collecting * spec.cores;
    Second {
        arriving,
        failing: state.failing,
        latency_s: state.latency_s,
        cpu: (busy / spec.cores).min(0.97) * (1.0 + cpu_wander) + 0.03,
        memory_bytes,
        in_flight,
        is_reporting: true,
    }
}

/// The share of the processors that collecting garbage takes: little below three quarters of the memory limit, most of
/// them near the limit.
fn collecting_share(fullness: f64) -> f64 {
    let above = ((fullness - 0.72) / 0.265).clamp(0.0, 1.0);
    0.8 * above * above
}

/// The mean wait for one of several processors (Sakasegawa's approximation of M/M/c, 1977).
fn multi_server_wait_s(service_s: f64, servers: f64, utilisation: f64) -> f64 {
    if utilisation <= 0.0 {
        return 0.0;
    }
    let exponent = (2.0 * (servers + 1.0)).sqrt() - 1.0;
    service_s * exp(exponent * ln(utilisation)) / (servers * (1.0 - utilisation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_waits_as_m_m_1_does() {
        for utilisation in [0.1, 0.5, 0.9] {
            let exact = 0.01 * utilisation / (1.0 - utilisation);
            assert!((multi_server_wait_s(0.01, 1.0, utilisation) / exact - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn several_servers_wait_nearly_as_erlang_c_says() {
        // Erlang C for 4 servers: C(4, 3.2) = 0.5964, wait = C s / (c (1 - rho)).
        let exact = 0.5964 * 0.01 / (4.0 * 0.2);
        assert!((multi_server_wait_s(0.01, 4.0, 0.8) / exact - 1.0).abs() < 0.05);
    }

    #[test]
    fn on_a_good_day_every_service_has_room() {
        for (service, arrivals) in SERVICES.iter().zip(usual_arrivals()) {
            let utilisation = arrivals * service.cpu_s / service.cores;
            assert!((0.2..0.75).contains(&utilisation), "{}: {utilisation}", service.name);
        }
    }

    #[test]
    fn callers_stand_before_their_callees() {
        for (position, service) in SERVICES.iter().enumerate() {
            assert!(service.calls.iter().all(|call| call.callee > position), "{}", service.name);
        }
    }
}
