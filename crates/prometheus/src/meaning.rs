//! What a metric's name and metadata say about its values.

use crate::answer::Metadata;
use series::{BaseUnit, Kind, Unit};

/// Whether the values only grow, but for resets to zero: as the exporter says, else by the endings that the naming rules
/// reserve for counters. The values must agree: a `subscriber_count` that goes up and down is a gauge.
pub(crate) fn kind(name: &str, metadata: Option<&Metadata>, values: &[f64]) -> Kind {
    let by_name = ["_total", "_count", "_sum", "_bucket"].iter().any(|ending| name.ends_with(ending));
    let grows = growth(values);
    let is_counter = match metadata.map(|metadata| metadata.kind.as_str()) {
        Some("counter") => grows.is_some(),
        Some("gauge") => false,
        _ => by_name && grows == Some(true),
    };
    if is_counter { Kind::Counter } else { Kind::Gauge }
}

/// Whether a counter grew; none if these are not the values of one: a fall that does not end near zero, falls time and
/// again, or fewer than three values.
fn growth(values: &[f64]) -> Option<bool> {
    let (mut count, mut rises, mut resets) = (0, 0, 0);
    let mut before = f64::NAN;
    for &value in values.iter().filter(|value| value.is_finite()) {
        if value < 0.0 || (value < before && value > before / 2.0) {
            return None;
        }
        count += 1;
        rises += usize::from(value > before);
        resets += usize::from(value < before);
        before = value;
    }
    (count >= 3 && resets * 10 <= rises).then_some(rises > 0)
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
    fn name_word_and_values_must_agree() {
        let is = |kind: &str| Metadata { kind: kind.into(), unit: String::new() };
        let (growing, calm, steady) = ([1.0, 5.0, 9.0, 0.0, 3.0, 4.0], [5.0, 4.0, 5.0, 6.0], [5.0; 4]);
        let mut long: Vec<f64> = (0..40).map(f64::from).collect();
        long.extend(growing);
        assert_eq!(kind("http_requests_total", None, &long), Kind::Counter);
        assert_eq!(kind("queue_count", Some(&is("gauge")), &long), Kind::Gauge);
        assert_eq!(kind("subscriber_count", None, &calm), Kind::Gauge);
        assert_eq!(kind("memory_total", None, &steady), Kind::Gauge);
        assert_eq!(kind("errors_total", Some(&is("counter")), &steady), Kind::Counter);
        assert_eq!(kind("node_load1", None, &long), Kind::Gauge);
    }

    #[test]
    fn units_are_the_last_word() {
        assert_eq!(unit("process_cpu_seconds_total", None).base, BaseUnit::Seconds);
        assert_eq!(unit("node_memory_MemFree_bytes", None).base, BaseUnit::Bytes);
        assert_eq!(unit("http_request_duration_seconds_count", None).base, BaseUnit::None);
        assert_eq!(unit("up", None).base, BaseUnit::None);
    }
}
