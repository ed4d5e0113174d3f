//! Presets: sets of metrics that are known by name, so that nobody has to write PromQL to look at them.

/// Metrics that are looked at together.
#[derive(Debug)]
pub struct Pack {
    /// The name in a setting: `red`.
    pub name: &'static str,
    /// What it is, for people.
    pub title: &'static str,
    /// Patterns of the metrics' names, separated by spaces; `*` stands for anything at their beginning or end.
    pub metrics: &'static str,
}

/// All packs, in the order in which they are offered.
pub const PACKS: [Pack; 13] = [
    Pack { name: "red", title: "Requests: rate, errors, duration", metrics: "http_* grpc_* istio_request*" },
    Pack { name: "use", title: "Machines (node_exporter): utilisation, saturation, errors", metrics: "node_*" },
    Pack { name: "cadvisor", title: "Containers (cAdvisor)", metrics: "container_*" },
    Pack { name: "kube-state", title: "Kubernetes objects (kube-state-metrics)", metrics: "kube_*" },
    Pack { name: "postgres", title: "PostgreSQL", metrics: "pg_*" },
    Pack { name: "mysql", title: "MySQL and MariaDB", metrics: "mysql_*" },
    Pack { name: "redis", title: "Redis and Valkey", metrics: "redis_*" },
    Pack { name: "jvm", title: "Java virtual machines", metrics: "jvm_*" },
    Pack { name: "go", title: "Go programs", metrics: "go_*" },
    Pack { name: "python", title: "Python programs", metrics: "python_*" },
    Pack { name: "node", title: "Node.js programs", metrics: "nodejs_*" },
    Pack { name: "prometheus", title: "Prometheus itself", metrics: "prometheus_*" },
    Pack { name: "alerts", title: "Alerts, as events", metrics: "" },
];

/// The pack of that name.
pub fn named(name: &str) -> Option<&'static Pack> {
    PACKS.iter().find(|pack| pack.name == name)
}

/// All packs' names, for people.
pub(crate) fn names() -> String {
    PACKS.map(|pack| pack.name).join(", ")
}

impl Pack {
    /// Whether a metric belongs to the pack.
    pub fn holds(&self, metric: &str) -> bool {
        self.metrics.split_ascii_whitespace().any(|pattern| is_like(pattern, metric))
    }
}

/// Whether a name is like a pattern, of which `*` at the beginning or at the end stands for anything.
fn is_like(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => name.ends_with(end),
        (_, Some(start)) => name.starts_with(start),
        _ => name == pattern,
    }
}
