//! What to look at on a server that nobody has described: the order in which metrics are worth their place.
//!
//! First whether targets are up; then what users feel (rate, errors and duration of requests); then what services run
//! out of (utilisation, saturation and errors of resources); then everything else, and the monitoring's own metrics
//! last. Only names are looked at, so a metric nobody knows is still taken while there is room.
//!
//! Left out are histogram buckets (their sums and counts carry rate and mean duration), creation times, and series that
//! only hold labels. Counters are taken as they are, and their growth from sample to sample becomes the rate: a rate over
//! a longer, sliding window would smear a change over the window and tie neighbouring values together.

/// How much a metric is worth looking at; the smaller the better. The order of the variants is the order of choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// Whether targets answer.
    Liveness,
    /// Requests: rate, errors, duration.
    Requests,
    /// Resources: processor, memory, disk, network, queues, connections.
    Resources,
    /// Everything else that has a service behind it.
    Other,
    /// Monitoring watching itself, and language runtimes' inner workings.
    Internals,
}

/// Words that stand for requests.
const REQUESTS: [&str; 13] = [
    "request",
    "requests",
    "http",
    "grpc",
    "rpc",
    "latency",
    "duration",
    "response",
    "responses",
    "error",
    "errors",
    "failures",
    "failed",
];

/// Words that stand for resources.
const RESOURCES: [&str; 24] = [
    "cpu",
    "memory",
    "mem",
    "load1",
    "disk",
    "filesystem",
    "network",
    "queue",
    "backlog",
    "connections",
    "pool",
    "threads",
    "restarts",
    "throttled",
    "lag",
    "pending",
    "inflight",
    "saturation",
    "utilization",
    "usage",
    "evictions",
    "hits",
    "misses",
    "heap",
];

/// Beginnings of names of monitoring and runtimes.
const INTERNALS: [&str; 14] = [
    "prometheus_",
    "promhttp_",
    "scrape_",
    "go_",
    "python_",
    "net_conntrack_",
    "vm_",
    "vmagent_",
    "alertmanager_",
    "thanos_",
    "cortex_",
    "process_virtual_",
    "process_start_",
    "node_scrape_",
];

/// The worth of a metric, by its name; none for what is never looked at.
pub fn worth(name: &str) -> Option<Worth> {
    let is_left_out =
        ["_bucket", "_created", "_info", "_timestamp", "_timestamp_seconds"].iter().any(|end| name.ends_with(end));
    if is_left_out || name == "ALERTS" || name == "ALERTS_FOR_STATE" {
        return None;
    }
    let has = |list: &[&str]| name.split(['_', ':', '.']).any(|word| list.contains(&word));
    Some(if name == "up" || name == "probe_success" {
        Worth::Liveness
    } else if INTERNALS.iter().any(|start| name.starts_with(start)) {
        Worth::Internals
    } else if has(&REQUESTS) {
        Worth::Requests
    } else if has(&RESOURCES) {
        Worth::Resources
    } else {
        Worth::Other
    })
}

/// The names that are worth looking at, best first, and among equals in alphabetical order.
pub fn ranked(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut kept: Vec<(Worth, String)> = names.into_iter().filter_map(|name| Some((worth(&name)?, name))).collect();
    order::sort(&mut kept);
    kept.dedup();
    kept.into_iter().map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_users_feel_comes_before_what_machines_do() {
        let names = [
            "go_goroutines",
            "node_cpu_seconds_total",
            "http_request_duration_seconds_sum",
            "up",
            "shop_orders",
            "http_request_duration_seconds_bucket",
            "build_info",
            "http_requests_created",
        ];
        assert_eq!(
            ranked(names.map(str::to_owned)),
            ["up", "http_request_duration_seconds_sum", "node_cpu_seconds_total", "shop_orders", "go_goroutines"]
        );
    }
}
