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
    let words = words(&series.metric);
    if ["cpu", "gc", "garbage", "disk", "process", "uptime"].iter().any(|word| words.iter().any(|one| one == word)) {
        return None;
    }
    WORDS
        .into_iter()
        .find(|(_, known)| words.iter().any(|word| known.contains(&word.as_str())))
        .map(|(symptom, _)| symptom)
}

/// A name in words, in lower case: cut at signs, and where a small letter is followed by a capital one.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for sign in name.chars() {
        if sign.is_ascii_alphanumeric() {
            let begins = !before.is_ascii_alphanumeric() || (before.is_ascii_lowercase() && sign.is_ascii_uppercase());
            if begins {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.push(sign.to_ascii_lowercase());
            }
        }
        before = sign;
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
    fn resources_are_not_felt() {
        assert_eq!(["cpu", "memory", "gc duration", "cpu_errors", "replicas", "uptime"].map(of), [None; 6]);
    }
}
