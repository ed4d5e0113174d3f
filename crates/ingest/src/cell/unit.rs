//! Numbers with a unit, as dashboards write them for people: `12.3 ms`, `45%`, `1.21 GiB`, `3.4 K`, `$5`.
//!
//! The signs are those of Grafana's value formats (packages/grafana-data/src/valueFormats), Kubernetes' quantities and
//! Prometheus' naming practice. A dashboard picks the scale per value (`999 ms`, then `1.20 s`), so every cell is
//! brought to the base unit by itself.

use super::number::{self, Number, NumberStyle};
use series::{BaseUnit, Unit};

/// A unit's size in terms of its base unit: `value * times / per`, so that thousandths stay exact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    pub(crate) base: BaseUnit,
    pub(crate) per_second: bool,
    times: f64,
    per: f64,
}

impl Scale {
    const fn of(base: BaseUnit, times: f64, per: f64) -> Self {
        Self { base, per_second: false, times, per }
    }

    const fn each_second(mut self) -> Self {
        self.per_second = true;
        self
    }

    /// The value in the base unit.
    pub(crate) fn to_base(self, value: f64) -> f64 {
        value * self.times / self.per
    }

    /// Whether values stay as they are.
    pub(crate) fn is_base(self) -> bool {
        self.times == self.per
    }

    fn scaled(self, times: f64) -> Self {
        Self { times: self.times * times, ..self }
    }

    /// The unit, with the text that the source wrote for it.
    pub(crate) fn unit(self, written: &str) -> Unit {
        Unit { base: self.base, per_second: self.per_second, written: written.to_owned() }
    }
}

pub(crate) const ONE: Scale = Scale::of(BaseUnit::None, 1.0, 1.0);

/// A number and the unit text behind it (or the currency in front).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quantity<'a> {
    pub(crate) number: f64,
    pub(crate) unit: &'a str,
    /// Whether a blank or nothing stands between.
    is_apart: bool,
}

impl<'a> Quantity<'a> {
    /// Takes a cell apart. None without a number, or without a unit.
    pub(crate) fn parse(cell: &'a str, style: NumberStyle) -> Option<Self> {
        let cell = cell.trim();
        let currency = cell.chars().next().filter(|sign| "$€£¥₹".contains(*sign));
        let (currency, rest) = cell.split_at_checked(currency.map_or(0, char::len_utf8))?;
        let is_number_part = |sign: char| {
            sign.is_ascii_digit()
                || matches!(sign, '-' | '+' | '.' | ',')
                || Some(sign) == style.thousands
                || matches!(sign, '\u{a0}' | '\u{202f}') && style.thousands.is_some()
        };
        let end = rest.find(|sign| !is_number_part(sign)).unwrap_or(rest.len());
        let (digits, behind) = rest.split_at_checked(end)?;
        let Number::Value(number) = number::parse(digits, style) else { return None };
        let unit = behind.trim();
        if unit.bytes().any(|byte| byte.is_ascii_digit()) || unit.len() > 24 {
            return None;
        }
        if !currency.is_empty() {
            let times = prefix(unit).or_else(|| unit.is_empty().then_some(1.0))?;
            return Some(Self { number: number * times, unit: currency, is_apart: true });
        }
        let is_apart = behind.starts_with([' ', '\u{a0}']) || digits.ends_with([' ', '\u{a0}', '\u{202f}']);
        (!unit.is_empty()).then_some(Self { number, unit, is_apart })
    }

    /// The unit's scale. A unit that is not known counts as its own base if a blank stands in front of it.
    pub(crate) fn scale(&self) -> Option<Scale> {
        scale(self.unit).or_else(|| {
            let is_word = self.unit.chars().all(|sign| sign.is_alphabetic() || "/°%²³ ".contains(sign));
            (self.is_apart && is_word && self.unit.len() <= 12).then_some(ONE)
        })
    }
}

/// Multipliers that Grafana's `short` and count formats put in front of a unit or alone.
fn prefix(text: &str) -> Option<f64> {
    Some(match text {
        "K" | "k" => 1e3,
        "Mil" | "M" => 1e6,
        "Bil" | "G" => 1e9,
        "Tri" | "T" => 1e12,
        "Quadr" | "P" => 1e15,
        "Quint" | "E" => 1e18,
        _ => return None,
    })
}

/// The scale of a unit as it is written.
pub(crate) fn scale(written: &str) -> Option<Scale> {
    use BaseUnit::{Bits, Bytes, Celsius, Currency, Hertz, None as Count, Percent, Ratio, Seconds, Watts};
    const KI: f64 = 1024.0;
    const MI: f64 = 1_048_576.0;
    const GI: f64 = 1_073_741_824.0;
    const TI: f64 = 1_099_511_627_776.0;
    let written = written.trim();
    if let Some(times) = prefix(written) {
        return Some(ONE.scaled(times));
    }
    // `1.21 K req/s`
    if let Some((times, rest)) = written.split_once(' ').and_then(|(sign, rest)| Some((prefix(sign)?, rest))) {
        return scale(rest).map(|scale| scale.scaled(times));
    }
    if let Some(count) = ["/s", "/sec"].iter().find_map(|suffix| written.strip_suffix(suffix)) {
        let scale = match count {
            "B" | "KiB" | "MiB" | "GiB" | "TiB" | "kB" | "KB" | "MB" | "GB" | "TB" | "b" | "kb" | "Mb" | "Gb"
            | "Kib" | "Mib" | "Gib" | "bytes" | "bits" => scale(count)?,
            _ if count.chars().all(char::is_alphabetic) && count.len() <= 12 => ONE,
            _ => return None,
        };
        return Some(scale.each_second());
    }
    Some(match written {
        "ns" | "nanoseconds" => Scale::of(Seconds, 1.0, 1e9),
        "µs" | "μs" | "us" | "usec" | "microseconds" => Scale::of(Seconds, 1.0, 1e6),
        "ms" | "msec" | "milliseconds" => Scale::of(Seconds, 1.0, 1e3),
        "s" | "sec" | "secs" | "second" | "seconds" => Scale::of(Seconds, 1.0, 1.0),
        "min" | "mins" | "minute" | "minutes" => Scale::of(Seconds, 60.0, 1.0),
        "h" | "hour" | "hours" => Scale::of(Seconds, 3600.0, 1.0),
        "d" | "day" | "days" => Scale::of(Seconds, 86_400.0, 1.0),
        "week" | "weeks" => Scale::of(Seconds, 604_800.0, 1.0),
        "year" | "years" => Scale::of(Seconds, 31_536_000.0, 1.0),
        "B" | "byte" | "bytes" | "Bytes" => Scale::of(Bytes, 1.0, 1.0),
        "KiB" | "Ki" => Scale::of(Bytes, KI, 1.0),
        "MiB" | "Mi" => Scale::of(Bytes, MI, 1.0),
        "GiB" | "Gi" => Scale::of(Bytes, GI, 1.0),
        "TiB" | "Ti" => Scale::of(Bytes, TI, 1.0),
        "PiB" | "Pi" => Scale::of(Bytes, TI * KI, 1.0),
        "kB" | "KB" => Scale::of(Bytes, 1e3, 1.0),
        "MB" => Scale::of(Bytes, 1e6, 1.0),
        "GB" => Scale::of(Bytes, 1e9, 1.0),
        "TB" => Scale::of(Bytes, 1e12, 1.0),
        "PB" => Scale::of(Bytes, 1e15, 1.0),
        "b" | "bit" | "bits" => Scale::of(Bits, 1.0, 1.0),
        "kb" => Scale::of(Bits, 1e3, 1.0),
        "Mb" => Scale::of(Bits, 1e6, 1.0),
        "Gb" => Scale::of(Bits, 1e9, 1.0),
        "Kib" => Scale::of(Bits, KI, 1.0),
        "Mib" => Scale::of(Bits, MI, 1.0),
        "Gib" => Scale::of(Bits, GI, 1.0),
        "bps" => Scale::of(Bits, 1.0, 1.0).each_second(),
        "kbps" | "Kbps" => Scale::of(Bits, 1e3, 1.0).each_second(),
        "Mbps" => Scale::of(Bits, 1e6, 1.0).each_second(),
        "Gbps" => Scale::of(Bits, 1e9, 1.0).each_second(),
        "pps" | "rps" | "reqps" | "iops" | "ops" => ONE.each_second(),
        "Hz" => Scale::of(Hertz, 1.0, 1.0),
        "kHz" | "KHz" => Scale::of(Hertz, 1e3, 1.0),
        "MHz" => Scale::of(Hertz, 1e6, 1.0),
        "GHz" => Scale::of(Hertz, 1e9, 1.0),
        "mW" => Scale::of(Watts, 1.0, 1e3),
        "W" => Scale::of(Watts, 1.0, 1.0),
        "kW" => Scale::of(Watts, 1e3, 1.0),
        "MW" => Scale::of(Watts, 1e6, 1.0),
        "%" | "percent" => Scale::of(Percent, 1.0, 1.0),
        "ratio" => Scale::of(Ratio, 1.0, 1.0),
        "°C" | "celsius" | "Celsius" => Scale::of(Celsius, 1.0, 1.0),
        "$" | "€" | "£" | "¥" | "₹" => Scale::of(Currency, 1.0, 1.0),
        "µV" | "μV" | "uV" | "µA" | "μA" | "uA" => Scale::of(Count, 1.0, 1e6),
        "mV" | "mA" => Scale::of(Count, 1.0, 1e3),
        "V" | "A" => ONE,
        "kV" | "kA" => Scale::of(Count, 1e3, 1.0),
        _ => return None,
    })
}

/// The unit that a column's name has in brackets at its end (`Latency (ms)`, `mem[MiB]`), as it is written.
pub(crate) fn in_brackets(name: &str) -> Option<&str> {
    let name = name.trim();
    let open = match name.chars().last()? {
        ')' => name.rfind('(')?,
        ']' => name.rfind('[')?,
        _ => return None,
    };
    let written = name.get(open + 1..name.len() - 1)?.trim();
    (open > 0 && !written.is_empty() && written.chars().count() <= 12).then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(cell: &str) -> Option<(f64, BaseUnit, bool)> {
        let quantity = Quantity::parse(cell, NumberStyle::PLAIN)?;
        let scale = quantity.scale()?;
        Some((scale.to_base(quantity.number), scale.base, scale.per_second))
    }

    #[test]
    fn every_scale_comes_down_to_its_base() {
        assert_eq!(base("12.3 ms"), Some((0.0123, BaseUnit::Seconds, false)));
        assert_eq!(base("1.5 min"), Some((90.0, BaseUnit::Seconds, false)));
        assert_eq!(base("250 µs"), Some((0.00025, BaseUnit::Seconds, false)));
        assert_eq!(base("45%"), Some((45.0, BaseUnit::Percent, false)));
        assert_eq!(base("2 KiB"), Some((2048.0, BaseUnit::Bytes, false)));
        assert_eq!(base("3 MB/s"), Some((3e6, BaseUnit::Bytes, true)));
        assert_eq!(base("3.4 K"), Some((3400.0, BaseUnit::None, false)));
        assert_eq!(base("1.2 K req/s"), Some((1200.0, BaseUnit::None, true)));
        assert_eq!(base("$1.5 K"), Some((1500.0, BaseUnit::Currency, false)));
        assert_eq!(base("4.4 V"), Some((4.4, BaseUnit::None, false)));
        assert_eq!(base("7 rpm"), Some((7.0, BaseUnit::None, false)));
        for other in ["12", "abc", "2xx", "7d6f", "10.71.0.3:80", "", "5 apples per day 3"] {
            assert_eq!(base(other), None, "{other}");
        }
    }

    #[test]
    fn units_in_names() {
        assert_eq!(in_brackets("Latency (ms)"), Some("ms"));
        assert_eq!(in_brackets("a|MemoryUsage(Mi)"), Some("Mi"));
        assert_eq!(in_brackets("(ms)"), None);
    }
}
