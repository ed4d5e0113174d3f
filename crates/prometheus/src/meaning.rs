//! What a metric's name and metadata say about its values.

use crate::answer::Metadata;
use series::{BaseUnit, Kind, Unit};

/// Whether the values only grow: as the exporter says, else by the endings that the naming rules reserve for counters.
pub(crate) fn kind(name: &str, metadata: Option<&Metadata>) -> Kind {
    let by_name = ["_total", "_count", "_sum", "_bucket"].iter().any(|ending| name.ends_with(ending));
    let is_counter = match metadata.map(|metadata| metadata.kind.as_str()) {
        Some("counter") => true,
        Some("gauge") => false,
        _ => by_name,
    };
    if is_counter { Kind::Counter } else { Kind::Gauge }
}

/// The base unit, by the ending that the naming rules ask for (`_seconds`, `_bytes_total`).
pub(crate) fn unit(name: &str, metadata: Option<&Metadata>) -> Unit {
    let stem = ["_total", "_sum", "_bucket"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
    let declared = metadata.map(|metadata| metadata.unit.as_str()).filter(|unit| !unit.is_empty());
    let word = declared.unwrap_or_else(|| stem.rsplit_once('_').map_or(stem, |(_, word)| word));
    let base = match word {
        "seconds" => BaseUnit::Seconds,
        "bytes" => BaseUnit::Bytes,
        "bits" => BaseUnit::Bits,
        "ratio" => BaseUnit::Ratio,
        "percent" => BaseUnit::Percent,
        "hertz" => BaseUnit::Hertz,
        "celsius" => BaseUnit::Celsius,
        "watts" => BaseUnit::Watts,
        _ => return Unit::default(),
    };
    Unit::of(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exporters_word_goes_before_the_name() {
        let gauge = Metadata { kind: "gauge".into(), unit: String::new() };
        assert_eq!(kind("http_requests_total", None), Kind::Counter);
        assert_eq!(kind("queue_count", Some(&gauge)), Kind::Gauge);
        assert_eq!(kind("node_load1", None), Kind::Gauge);
    }

    #[test]
    fn units_are_the_last_word() {
        assert_eq!(unit("process_cpu_seconds_total", None).base, BaseUnit::Seconds);
        assert_eq!(unit("node_memory_MemFree_bytes", None).base, BaseUnit::Bytes);
        assert_eq!(unit("http_request_duration_seconds_count", None).base, BaseUnit::None);
        assert_eq!(unit("up", None).base, BaseUnit::None);
    }
}
