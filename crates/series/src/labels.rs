//! Label sets.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Labels that name a service, best first: the ones that people choose for it before the ones that tools attach.
pub const SERVICE_LABELS: [&str; 15] = [
    "service",
    "service_name",
    "app_kubernetes_io_name",
    "app",
    "microservice",
    "component",
    "container",
    "deployment",
    "job",
    "host",
    "hostname",
    "namespace",
    "pod",
    "instance",
    "node",
];

/// Labels that name both ends of a request, caller and callee: OpenTelemetry's and Tempo's service graph, and Istio's.
pub const CALL_LABELS: [(&str, &str); 4] = [
    ("client", "server"),
    ("source_workload", "destination_workload"),
    ("source_app", "destination_app"),
    ("source_canonical_service", "destination_canonical_service"),
];

/// The label that says which of several sources a series is from, where two of them call series the same.
pub const SOURCE_LABEL: &str = "source";

/// A set of `name = value` pairs, ordered by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Labels(BTreeMap<String, String>);

impl Labels {
    /// The label that names the service, and the service, where `label` is the one of the data set: that one, except where it
    /// names a process or a place (from `job` on in [`SERVICE_LABELS`]), or is missing, and the series is about requests of one
    /// service to another ([`CALL_LABELS`]). These are the callee's.
    pub fn service<'a>(&'a self, label: Option<&'a str>) -> Option<(&'a str, &'a str)> {
        let with_value = |name: &'a str| Some((name, self.get(name)?));
        let own = label.and_then(with_value);
        let mut places = SERVICE_LABELS.into_iter().skip_while(|name| *name != "job");
        if own.is_some_and(|(name, _)| places.all(|place| place != name)) {
            return own;
        }
        let ends =
            CALL_LABELS.into_iter().find(|(caller, callee)| self.get(caller).is_some() && self.get(callee).is_some());
        ends.and_then(|(_, callee)| with_value(callee)).or(own)
    }

    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets `name` to `value`, and returns the value that stood there before.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) -> Option<String> {
        self.0.insert(name.into(), value.into())
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Takes `name` out of the set.
    pub fn remove(&mut self, name: &str) -> Option<String> {
        self.0.remove(name)
    }

    /// All pairs, ordered by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The number of pairs.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no pair.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Labels {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut labels = Self::new();
        for (name, value) in pairs {
            labels.insert(name, value);
        }
        labels
    }
}

/// Prometheus notation: `{job="node",mode="idle"}`, with `\`, `"` and newline escaped; nothing for an empty set.
impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        for (position, (name, value)) in self.0.iter().enumerate() {
            f.write_str(if position == 0 { "{" } else { "," })?;
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            write!(f, "{name}=\"{value}\"")?;
        }
        f.write_str("}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_in_prometheus_notation_ordered_and_escaped() {
        let labels: Labels = [("mode", "a\"b\\\n"), ("job", "node")].into_iter().collect();
        assert_eq!(labels.to_string(), "{job=\"node\",mode=\"a\\\"b\\\\\\n\"}");
        assert_eq!(Labels::new().to_string(), "");
    }
}
