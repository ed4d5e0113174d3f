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
