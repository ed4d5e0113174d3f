//! Units of measure, normalised to a base.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The base unit that values are stored in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaseUnit {
    /// Nothing is known, or a plain count.
    #[default]
    None,
    /// A share of one (a percentage is stored divided by 100 only where the source said so).
    Ratio,
    /// A percentage, 0 to 100, as the source wrote it.
    Percent,
    /// Time.
    Seconds,
    /// Storage.
    Bytes,
    /// Transmission.
    Bits,
    /// Cycles per second.
    Hertz,
    /// Temperature.
    Celsius,
    /// Power.
    Watts,
    /// Money, in the currency that the source wrote.
    Currency,
}

impl BaseUnit {
    /// The unit of that name, as Prometheus' naming rules and OpenMetrics spell units: base units, in the plural.
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "seconds" => Self::Seconds,
            "bytes" => Self::Bytes,
            "bits" => Self::Bits,
            "ratio" => Self::Ratio,
            "percent" => Self::Percent,
            "hertz" => Self::Hertz,
            "celsius" => Self::Celsius,
            "watts" => Self::Watts,
            _ => return None,
        })
    }
}

/// A base unit, whether it is per second, and the text that the source wrote for it.
///
/// Values of a [`crate::Series`] are already in the base unit; `written` is kept so that people recognise their data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// What one stands for.
    pub base: BaseUnit,
    /// Whether the values are per second (bytes per second, requests per second).
    pub per_second: bool,
    /// The unit as the source wrote it (`KiB/s`, `ms`, `%`), empty where it wrote none.
    pub written: String,
}

impl Unit {
    /// A unit that the source named by its base alone.
    pub fn of(base: BaseUnit) -> Self {
        Self { base, per_second: false, written: String::new() }
    }

    /// The unit that a metric's name ends with, before `_total`, `_sum` or a quantile (`process_cpu_seconds_total`,
    /// `wait_seconds_p99`); unknown without one. `_count` and `_bucket` count things, whatever the name says before them.
    pub fn of_metric(name: &str) -> Self {
        let quantile = name.rsplit_once("_p").filter(|(_, digits)| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let stem = name.strip_suffix("_total").or_else(|| name.strip_suffix("_sum"));
        let stem = stem.or(quantile.map(|(stem, _)| stem)).unwrap_or(name);
        match stem.rsplit('_').next().and_then(BaseUnit::named) {
            Some(base) => Self { per_second: stem.contains("_per_second"), ..Self::of(base) },
            None => Self::default(),
        }
    }

    /// Whether nothing is known about the unit.
    pub fn is_unknown(&self) -> bool {
        self.base == BaseUnit::None && !self.per_second && self.written.is_empty()
    }
}

/// The base unit's symbol: `s`, `B`, `B/s`, `%`; empty for none, `/s` for a plain rate.
impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.base {
            BaseUnit::None => "",
            BaseUnit::Ratio => "ratio",
            BaseUnit::Percent => "%",
            BaseUnit::Seconds => "s",
            BaseUnit::Bytes => "B",
            BaseUnit::Bits => "bit",
            BaseUnit::Hertz => "Hz",
            BaseUnit::Celsius => "°C",
            BaseUnit::Watts => "W",
            BaseUnit::Currency => "currency",
        })?;
        f.write_str(if self.per_second { "/s" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_ends_with_its_unit() {
        let base = |name: &str| Unit::of_metric(name).base;
        assert_eq!(base("process_cpu_seconds_total"), BaseUnit::Seconds);
        assert_eq!(base("http_request_duration_seconds_sum"), BaseUnit::Seconds);
        assert_eq!(base("node_memory_MemFree_bytes"), BaseUnit::Bytes);
        assert_eq!(base("wait_seconds_p99"), BaseUnit::Seconds);
        assert_eq!(base("bits"), BaseUnit::Bits);
        for counted in ["http_request_duration_seconds_count", "http_request_duration_seconds_bucket", "up", ""] {
            assert!(Unit::of_metric(counted).is_unknown(), "{counted}");
        }
    }
}
