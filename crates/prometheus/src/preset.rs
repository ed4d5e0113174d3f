//! Presets: sets of metrics that are known by name, so that nobody has to write PromQL to look at them.
//!
//! A pack is a table of [`Entry`]s. An entry names metrics, says what they mean, and how they are asked for: which of
//! their series count, which labels are summed away inside one target, and what becomes of them where there are more
//! series than can be fetched. Units are those of the metrics' names and metadata.

mod infrastructure;
mod requests;
mod runtime;
mod storage;

/// Metrics that are looked at together.
#[derive(Debug)]
pub struct Pack {
    /// The name in a setting: `red`.
    pub name: &'static str,
    /// What it is, for people.
    pub title: &'static str,
    /// Its metrics.
    pub entries: &'static [Entry],
}

/// Metrics of one meaning.
#[derive(Debug)]
pub struct Entry {
    /// The metrics' names, separated by spaces; `*` stands for anything at a name's beginning or end.
    pub metrics: &'static str,
    /// What they tell, in a few words.
    pub means: &'static str,
    /// What they are, which decides how they are aggregated.
    pub nature: Nature,
    /// Matchers that leave out what would count twice or says nothing: `fstype!="tmpfs"`; mostly empty.
    pub only: &'static str,
    /// Labels inside one target that are summed away in any case: `cpu`; mostly empty. All series that are put together
    /// this way are of one scrape, so that a sum of counters begins again only when all of them do.
    pub away: &'static str,
    /// Labels that are kept, besides the service's, where series are aggregated: `code`; mostly empty.
    pub keep: &'static str,
}

/// What a metric is, and so what may be done with many of its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Only grows: fetched as it is, aggregated as the sum of the growth per step.
    Counter,
    /// Buckets of a classic histogram: as a counter, with its bounds kept.
    Buckets,
    /// An amount (memory, connections): aggregated as the sum.
    Amount,
    /// A level that does not add up (utilisation, load): aggregated as maximum and mean.
    Level,
    /// A duration or a delay: aggregated as the 95th percentile over the series, and the maximum.
    Delay,
    /// 1 where all is well: aggregated as the mean, which is the share of those that are, and the minimum.
    Health,
}

impl Entry {
    const fn new(nature: Nature, metrics: &'static str, means: &'static str) -> Self {
        Self { metrics, means, nature, only: "", away: "", keep: "" }
    }

    const fn counter(metrics: &'static str, means: &'static str) -> Self {
        Self::new(Nature::Counter, metrics, means)
    }

    const fn buckets(metrics: &'static str, means: &'static str) -> Self {
        Self::new(Nature::Buckets, metrics, means).keep("le")
    }

    const fn amount(metrics: &'static str, means: &'static str) -> Self {
        Self::new(Nature::Amount, metrics, means)
    }

    const fn level(metrics: &'static str, means: &'static str) -> Self {
        Self::new(Nature::Level, metrics, means)
    }

    const fn delay(metrics: &'static str, means: &'static str) -> Self {
        Self::new(Nature::Delay, metrics, means)
    }

    const fn health(metrics: &'static str, means: &'static str) -> Self {
        Self::new(Nature::Health, metrics, means)
    }

    const fn only(self, only: &'static str) -> Self {
        Self { only, ..self }
    }

    const fn away(self, away: &'static str) -> Self {
        Self { away, ..self }
    }

    const fn keep(self, keep: &'static str) -> Self {
        Self { keep, ..self }
    }

    /// Whether a metric is one of the entry's.
    pub fn holds(&self, metric: &str) -> bool {
        self.metrics.split_ascii_whitespace().any(|pattern| is_like(pattern, metric))
    }
}

/// All packs, in the order in which they are offered.
pub const PACKS: [Pack; 16] = [
    Pack { name: "red", title: "Requests: rate, errors, duration", entries: requests::RED },
    Pack {
        name: "use",
        title: "Machines (node_exporter): utilisation, saturation, errors",
        entries: infrastructure::USE,
    },
    Pack { name: "cadvisor", title: "Containers (cAdvisor)", entries: infrastructure::CADVISOR },
    Pack { name: "kube-state", title: "Kubernetes objects (kube-state-metrics)", entries: infrastructure::KUBE_STATE },
    Pack { name: "postgres", title: "PostgreSQL", entries: storage::POSTGRES },
    Pack { name: "mysql", title: "MySQL and MariaDB", entries: storage::MYSQL },
    Pack { name: "redis", title: "Redis and Valkey", entries: storage::REDIS },
    Pack { name: "mongodb", title: "MongoDB", entries: storage::MONGODB },
    Pack { name: "kafka", title: "Kafka", entries: storage::KAFKA },
    Pack { name: "rabbitmq", title: "RabbitMQ", entries: storage::RABBITMQ },
    Pack { name: "jvm", title: "Java virtual machines", entries: runtime::JVM },
    Pack { name: "go", title: "Go programs", entries: runtime::GO },
    Pack { name: "python", title: "Python programs", entries: runtime::PYTHON },
    Pack { name: "node", title: "Node.js programs", entries: runtime::NODE },
    Pack { name: "prometheus", title: "Prometheus itself", entries: runtime::PROMETHEUS },
    Pack { name: ALERTS, title: "Alerts, as events", entries: &[] },
];

/// What no pack knows: taken by name and size where a whole server is looked at. It cannot be asked for.
pub(crate) static OTHERS: Pack = Pack {
    name: "others",
    title: "Other metrics",
    entries: &[Entry::counter("", "counters that no pack knows"), Entry::level("", "metrics that no pack knows")],
};

impl Pack {
    /// The entry of that nature; none where there is none.
    pub(crate) fn entry(&self, nature: Nature) -> Option<&'static Entry> {
        self.entries.iter().find(|entry| entry.nature == nature)
    }
}

/// The pack without metrics: alerts are events.
pub(crate) const ALERTS: &str = "alerts";

/// The pack of that name.
pub fn named(name: &str) -> Option<&'static Pack> {
    PACKS.iter().find(|pack| pack.name == name)
}

/// Whether a pack knows a metric of just this name as one that only grows.
pub(crate) fn is_counter(metric: &str) -> bool {
    let grows = |entry: &&Entry| matches!(entry.nature, Nature::Counter | Nature::Buckets);
    let mut entries = PACKS.iter().flat_map(|pack| pack.entries).filter(grows);
    entries.any(|entry| entry.metrics.split_ascii_whitespace().any(|name| name == metric))
}

/// All packs' names, for people.
pub(crate) fn names() -> String {
    PACKS.map(|pack| pack.name).join(", ")
}

/// Whether a name is like a pattern, of which `*` at the beginning or at the end stands for anything.
fn is_like(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => name.ends_with(end),
        (_, Some(start)) => name.starts_with(start),
        _ => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_found() {
        let names: BTreeSet<&str> = PACKS.iter().map(|pack| pack.name).collect();
        assert_eq!(names.len(), PACKS.len());
        assert!(names.iter().all(|name| named(name).is_some() && super::names().contains(name)));
    }

    #[test]
    fn entries_say_what_they_are_and_natures_agree_with_names() {
        for pack in &PACKS {
            let mut seen = BTreeSet::new();
            for entry in pack.entries {
                assert!(!entry.means.is_empty() && !entry.metrics.is_empty(), "{}", pack.name);
                for pattern in entry.metrics.split(' ') {
                    assert!(seen.insert((pattern, entry.only)), "{pattern} is twice in {}", pack.name);
                    assert_eq!(entry.nature == Nature::Buckets, pattern.ends_with("_bucket"), "{pattern}");
                    let is_total = pattern.ends_with("_total") && !pattern.starts_with("kube_");
                    assert!(!is_total || entry.nature == Nature::Counter, "{pattern}");
                }
            }
        }
    }

    #[test]
    fn what_grows_in_one_pack_grows_in_all() {
        for entry in PACKS.iter().flat_map(|pack| pack.entries) {
            let grows = matches!(entry.nature, Nature::Counter | Nature::Buckets);
            let names = entry.metrics.split_ascii_whitespace().filter(|name| !name.contains('*'));
            names.for_each(|name| assert_eq!(is_counter(name), grows, "{name}"));
        }
    }

    #[test]
    fn patterns_are_of_beginnings_and_ends() {
        assert!(is_like("http_*", "http_x") && is_like("*_requests_total", "a_requests_total") && is_like("up", "up"));
        assert!(!is_like("http_*", "xhttp_") && !is_like("up", "upx"));
        let red = named("red").unwrap();
        let entry = red.entries.iter().find(|entry| entry.holds("http_server_requests_seconds_bucket")).unwrap();
        assert_eq!((entry.nature, entry.keep), (Nature::Buckets, "le"));
    }
}
