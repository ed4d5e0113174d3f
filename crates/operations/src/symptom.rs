//! What users feel: how long they wait, what fails, and what does not answer.

use report::SeriesSummary;

/// What a metric says of the experience of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symptom {
    /// Time that somebody waits.
    Latency,
    /// Answers that are wrong.
    Errors,
    /// Answers at all.
    Availability,
}

/// The words that monitoring systems use for each.
const WORDS: [(Symptom, &[&str]); 3] = [
    (
        Symptom::Latency,
        &["latency", "duration", "response", "responsetime", "ttfb", "p50", "p90", "p95", "p99", "apdex"],
    ),
    (
        Symptom::Errors,
        &[
            "error",
            "errors",
            "failed",
            "failure",
            "failures",
            "failing",
            "5xx",
            "500",
            "502",
            "503",
            "exceptions",
            "fault",
        ],
    ),
    (Symptom::Availability, &["availability", "available", "up", "success", "probe"]),
];

/// What a series says of the experience of users, by the words of its name within its service; `None` for resources and
/// whatever else is behind the scenes. Time that a processor or a collector of garbage spends is no time that users wait.
pub fn symptom(series: &SeriesSummary) -> Option<Symptom> {
    of_metric(&series.metric)
}

/// The same by the name within the service alone.
pub fn of_metric(metric: &str) -> Option<Symptom> {
    let words = words(metric);
    if ["cpu", "gc", "garbage", "disk", "process", "uptime"].iter().any(|word| words.iter().any(|one| one == word)) {
        return None;
    }
    WORDS
        .into_iter()
        .find(|(_, known)| words.iter().any(|word| known.contains(&word.as_str())))
        .map(|(symptom, _)| symptom)
}

/// The words of a name, in lower case: cut at everything that is no letter or digit, and before a capital.
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut is_open, mut was_small) = (false, false);
    for sign in name.chars() {
        if sign.is_ascii_alphanumeric() {
            if !is_open || (was_small && sign.is_ascii_uppercase()) {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.push(sign.to_ascii_lowercase());
            }
        }
        is_open = sign.is_ascii_alphanumeric();
        was_small = sign.is_ascii_lowercase() || sign.is_ascii_digit();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(metric: &str) -> Option<Symptom> {
        symptom(&SeriesSummary { metric: metric.into(), ..SeriesSummary::default() })
    }

    #[test]
    fn waiting_failing_and_not_answering_are_felt() {
        let latency = ["latency p95", "request_duration_seconds", "ResponseTime", "http p99"];
        assert_eq!(latency.map(of), [Some(Symptom::Latency); 4]);
        assert_eq!(["errors", "share of 5xx", "requestErrors"].map(of), [Some(Symptom::Errors); 3]);
        assert_eq!(["Availability", "up"].map(of), [Some(Symptom::Availability); 2]);
    }

    #[test]
    fn names_are_cut_into_words() {
        assert_eq!(words("PodServerLatencyP99(s)"), ["pod", "server", "latency", "p99", "s"]);
        assert_eq!(words("__load1_5xx é"), ["load1", "5xx"]);
        assert!(words("").is_empty());
    }

    #[test]
    fn resources_are_not_felt() {
        assert_eq!(["cpu", "memory", "gc duration", "cpu_errors", "replicas", "uptime"].map(of), [None; 6]);
    }
}
