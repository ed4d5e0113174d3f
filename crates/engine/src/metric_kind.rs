//! Latency, errors and requests against everything else, by the words of a metric's name and by its unit.
//!
//! Only the order of services whose evidence is nearly as strong depends on it: no series is left out for its name.

use analysis::cause::Kind;
use operations::symptom::words;

/// Words (or their beginnings) of metrics that pass from a callee to its callers.
const SYMPTOMS: [&str; 12] = [
    "lat",
    "latenc",
    "duration",
    "delay",
    "response",
    "error",
    "err",
    "fail",
    "exception",
    "avail",
    "success",
    "inflight",
];
/// Words of metrics that pass from a caller to its callees.
const TRAFFIC: [&str; 8] = ["request", "req", "rps", "qps", "ops", "workload", "traffic", "throughput"];
/// Short words that count only whole, as other words begin like them.
const WHOLE: [&str; 6] = ["err", "lat", "req", "rps", "qps", "ops"];

/// What a metric of this name measures; symptoms win over traffic (`request_duration`, `failed_requests`).
pub(crate) fn of(metric: &str) -> Kind {
    let words = words(metric);
    let has = |known: &[&str]| {
        words
            .iter()
            .any(|word| known.iter().any(|one| if WHOLE.contains(one) { word == one } else { word.starts_with(one) }))
    };
    if has(&SYMPTOMS) {
        Kind::Symptom
    } else if has(&TRAFFIC) {
        Kind::Traffic
    } else {
        Kind::State
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_decide_whole_or_by_their_beginning() {
        for name in
            ["lat_99", "request_duration_seconds", "PodServerLatencyP99(s)", "error_ratio", "availability/Average"]
        {
            assert_eq!(of(name), Kind::Symptom, "{name}");
        }
        for name in ["requests/Sum", "PodWorkload(Ops)", "http_requests_total", "rps"] {
            assert_eq!(of(name), Kind::Traffic, "{name}");
        }
        for name in ["cpu", "latitude", "mem", "load1", "dropships", "NetworkReceiveBytes"] {
            assert_eq!(of(name), Kind::State, "{name}");
        }
    }
}
