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

/// A second.
pub(crate) const SECOND: Scale = Scale::of(BaseUnit::Seconds, 1.0, 1.0);
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
    /// Takes a cell apart. None without a number, or without a unit. Durations of several parts (`1 hour, 2 minutes`,
    /// `01h:02m:03s`) come in seconds.
    pub(crate) fn parse(cell: &'a str, style: NumberStyle) -> Option<Self> {
        let cell = cell.trim();
        if let Some(number) = duration(cell) {
            return Some(Self { number, unit: "s", is_apart: true });
        }
        // A dashboard writes `-$5`.
        let (sign, unsigned) = cell.strip_prefix('-').map_or((1.0, cell), |rest| (-1.0, rest));
        if let Some((currency, rest)) = currency(unsigned) {
            let (number, unit) = split_number(rest, style)?;
            let times = money_prefix(unit.trim())?;
            return Some(Self { number: sign * number * times, unit: currency, is_apart: true });
        }
        let (number, behind) = split_number(cell, style)?;
        let unit = behind.trim();
        if unit.is_empty() || unit.bytes().any(|byte| byte.is_ascii_digit()) || unit.len() > 24 {
            return None;
        }
        if let Some(times) = unit.strip_suffix("kr").and_then(|scale| money_prefix(scale.trim())) {
            return Some(Self { number: number * times, unit: "kr", is_apart: true });
        }
        let is_apart = unit.len() < behind.len();
        Some(Self { number, unit, is_apart })
    }

    /// The unit's scale. A unit that is not known counts as its own base if a blank stands in front of it.
    pub(crate) fn scale(&self) -> Option<Scale> {
        scale(self.unit).or_else(|| (self.is_apart && is_word(self.unit)).then_some(ONE))
    }
}

/// Whether a text can be a unit that nobody scales.
fn is_word(text: &str) -> bool {
    text.chars().all(|sign| sign.is_alphabetic() || "/°%²³ Ω\"-·".contains(sign)) && text.len() <= 12
}

/// The number in front of a cell, and what stands behind it with the blanks between.
fn split_number(cell: &str, style: NumberStyle) -> Option<(f64, &str)> {
    let is_number_part = |sign: char| {
        sign.is_ascii_digit()
            || matches!(sign, '-' | '+' | '.' | ',')
            || Some(sign) == style.thousands
            || matches!(sign, '\u{a0}' | '\u{202f}') && style.thousands.is_some()
    };
    let end = cell.find(|sign| !is_number_part(sign)).unwrap_or(cell.len());
    let (digits, behind) = cell.split_at_checked(end)?;
    // `1.5e+07 B` is written by programs, not by dashboards.
    let exponent = behind.strip_prefix(['e', 'E']).map_or(0, |rest| {
        let signed = rest.strip_prefix(['-', '+']).unwrap_or(rest);
        let count = signed.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 { 0 } else { 1 + (rest.len() - signed.len()) + count }
    });
    let (digits, behind) = cell.split_at_checked(digits.len() + exponent)?;
    // Blanks that may stand between thousands may also stand in front of the unit.
    let bare = digits.trim_end_matches([' ', '\u{a0}', '\u{202f}']);
    let behind = if bare.len() < digits.len() { cell.get(bare.len()..)? } else { behind };
    match number::parse(bare, style) {
        Number::Value(number) => Some((number, behind)),
        _ => None,
    }
}

/// A currency in front of an amount, and what follows it.
fn currency(cell: &str) -> Option<(&str, &str)> {
    const SIGNS: [&str; 15] = ["$", "€", "£", "¥", "₹", "₽", "₴", "₩", "฿", "R$", "czk", "CHF", "PLN", "mBTC", "μBTC"];
    let sign = SIGNS.into_iter().find_map(|sign| {
        let rest = cell.strip_prefix(sign)?;
        rest.trim_start().starts_with(|sign: char| sign.is_ascii_digit()).then_some((sign.len(), rest))
    });
    sign.and_then(|(length, rest)| Some((cell.get(..length)?, rest.trim_start())))
}

/// Multipliers of amounts of money, where a billion is a B.
fn money_prefix(text: &str) -> Option<f64> {
    match text {
        "" => Some(1.0),
        "B" => Some(1e9),
        _ => prefix(text),
    }
}

/// A duration of several parts, the longer first, in seconds: `1 hour, 2 minutes`, `01h:02m:03s:045ms`, `1d 2h`, `1m30s`;
/// with `ago` behind it is negative. None for a single part, which is a number with a unit.
pub(crate) fn duration(cell: &str) -> Option<f64> {
    // Dates and the like leave early.
    if cell.len() > 120 || !cell.bytes().any(|byte| matches!(byte, b'd' | b'h' | b'm' | b's')) {
        return None;
    }
    let (mut rest, sign) = match cell.strip_suffix(" ago") {
        Some(rest) => (rest, -1.0),
        None => cell.strip_prefix('-').map_or((cell, 1.0), |rest| (rest, -1.0)),
    };
    let mut seconds = 0.0;
    let mut before = f64::INFINITY;
    let mut parts = 0;
    while !rest.is_empty() {
        let end = rest.find(|sign: char| !sign.is_ascii_digit() && sign != '.')?;
        let (number, behind) = rest.split_at_checked(end)?;
        let behind = behind.strip_prefix(' ').unwrap_or(behind);
        let end = behind.find(|sign: char| !sign.is_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(end)?;
        let length = part_s(unit)?;
        if length >= before {
            return None;
        }
        seconds += number.parse::<f64>().ok()? * length;
        before = length;
        parts += 1;
        rest = behind.trim_start_matches([',', ' ', ':']);
        if rest.is_empty() && !behind.is_empty() {
            return None;
        }
    }
    (parts > 1).then_some(sign * seconds)
}

/// A duration as a stopwatch shows it, in seconds: `01:02:03`, `2 d 01:02:03`; with `ago` behind it is negative.
pub(crate) fn stopwatch(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    let (cell, sign) = cell.strip_suffix(" ago").map_or((cell, 1.0), |rest| (rest, -1.0));
    let (days, clock) = cell.split_once(" d ").unwrap_or(("0", cell));
    let mut parts = clock.split(':');
    let mut part = |longest: usize, most: u32| {
        let text = parts.next().filter(|text| (2..=longest).contains(&text.len()))?;
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|number| is_number && *number <= most)
    };
    let (hours, minutes, seconds) = (part(6, u32::MAX)?, part(2, 59)?, part(2, 59)?);
    let days: u32 = days.parse().ok()?;
    let whole = [(days, 86_400.0), (hours, 3600.0), (minutes, 60.0), (seconds, 1.0)];
    parts
        .next()
        .is_none()
        .then(|| sign * whole.into_iter().map(|(count, length)| f64::from(count) * length).sum::<f64>())
}

/// The seconds of one of a duration's parts. A month has 30 days and a year 365, as dashboards count them.
fn part_s(unit: &str) -> Option<f64> {
    Some(match unit {
        "y" | "year" | "years" => 31_536_000.0,
        "month" | "months" => 2_592_000.0,
        "w" | "week" | "weeks" => 604_800.0,
        "d" | "day" | "days" => 86_400.0,
        "h" | "hr" | "hour" | "hours" => 3600.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "ms" | "millisecond" | "milliseconds" => 1e-3,
        "us" | "µs" | "μs" => 1e-6,
        "ns" => 1e-9,
        _ => return None,
    })
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
        "Sext" => 1e21,
        "Sept" => 1e24,
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
    // `1.21 K req/s`, `1.21K req/s`, and `1.21B req/s` for a billion.
    if let Some((sign, rest)) = written.split_once(' ')
        && let Some(times) = if sign == "B" { Some(1e9) } else { prefix(sign) }
    {
        return scale(rest).or_else(|| is_word(rest).then_some(ONE)).map(|scale| scale.scaled(times));
    }
    if let Some(scale) = metric_multiple(written) {
        return Some(scale);
    }
    if let Some(count) = ["/s", "/sec"].iter().find_map(|suffix| written.strip_suffix(suffix)) {
        let scale = match scale(count).filter(|scale| matches!(scale.base, Bytes | Bits)) {
            Some(scale) => scale,
            None if count.chars().all(char::is_alphabetic) && count.len() <= 12 => ONE,
            None => return None,
        };
        return Some(scale.each_second());
    }
    if let Some(count) = ["/m", "/min"].iter().find_map(|suffix| written.strip_suffix(suffix)) {
        let counts =
            ["c", "ops", "req", "rd", "wr", "io", "evt", "msg", "mess", "reqs", "requests", "events", "messages"];
        return counts.contains(&count).then(|| Scale::of(Count, 1.0, 60.0).each_second());
    }
    Some(match written {
        "ns" | "nanoseconds" => Scale::of(Seconds, 1.0, 1e9),
        "µs" | "μs" | "us" | "usec" | "microseconds" => Scale::of(Seconds, 1.0, 1e6),
        "ms" | "msec" | "millisecond" | "milliseconds" => Scale::of(Seconds, 1.0, 1e3),
        "s" | "sec" | "secs" | "second" | "seconds" => Scale::of(Seconds, 1.0, 1.0),
        "min" | "mins" | "minute" | "minutes" => Scale::of(Seconds, 60.0, 1.0),
        "hr" | "h" | "hour" | "hours" => Scale::of(Seconds, 3600.0, 1.0),
        "d" | "day" | "days" => Scale::of(Seconds, 86_400.0, 1.0),
        "month" | "months" => Scale::of(Seconds, 2_592_000.0, 1.0),
        "w" | "week" | "weeks" => Scale::of(Seconds, 604_800.0, 1.0),
        "year" | "years" => Scale::of(Seconds, 31_536_000.0, 1.0),
        "B" | "byte" | "bytes" | "Bytes" => Scale::of(Bytes, 1.0, 1.0),
        "KiB" | "Ki" => Scale::of(Bytes, KI, 1.0),
        "MiB" | "Mi" => Scale::of(Bytes, MI, 1.0),
        "GiB" | "Gi" => Scale::of(Bytes, GI, 1.0),
        "TiB" | "Ti" => Scale::of(Bytes, TI, 1.0),
        "PiB" | "Pi" => Scale::of(Bytes, TI * KI, 1.0),
        "EiB" | "Ei" => Scale::of(Bytes, TI * MI, 1.0),
        "ZiB" => Scale::of(Bytes, TI * GI, 1.0),
        "YiB" => Scale::of(Bytes, TI * TI, 1.0),
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
        "Tib" => Scale::of(Bits, TI, 1.0),
        "Pib" => Scale::of(Bits, TI * KI, 1.0),
        "bps" => Scale::of(Bits, 1.0, 1.0).each_second(),
        "kbps" | "Kbps" => Scale::of(Bits, 1e3, 1.0).each_second(),
        // Nobody measures thousandths of bits.
        "Mbps" | "mbps" => Scale::of(Bits, 1e6, 1.0).each_second(),
        "Gbps" | "gbps" => Scale::of(Bits, 1e9, 1.0).each_second(),
        "Bps" => Scale::of(Bytes, 1.0, 1.0).each_second(),
        "KBps" | "kBps" => Scale::of(Bytes, 1e3, 1.0).each_second(),
        "MBps" => Scale::of(Bytes, 1e6, 1.0).each_second(),
        "GBps" => Scale::of(Bytes, 1e9, 1.0).each_second(),
        "pps" | "rps" | "reqps" | "iops" | "ops" | "cps" | "wps" | "eps" | "qps" | "tps" => ONE.each_second(),
        "cpm" | "opm" | "wpm" => Scale::of(Count, 1.0, 60.0).each_second(),
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
        "$" | "€" | "£" | "¥" | "₹" | "₽" | "₴" | "₩" | "฿" | "R$" | "czk" | "CHF" | "PLN" | "kr" | "R" => {
            Scale::of(Currency, 1.0, 1.0)
        }
        "mBTC" => Scale::of(Currency, 1.0, 1e3),
        "μBTC" => Scale::of(Currency, 1.0, 1e6),
        "psi" => ONE,
        "ksi" => Scale::of(Count, 1e3, 1.0),
        "Mpsi" => Scale::of(Count, 1e6, 1.0),
        _ => return None,
    })
}

/// A unit of the metric system with the sign of a multiple in front, or bare: `kWh`, `mV`, `GFLOP/s`. Signs that are
/// words of their own elsewhere (`m` alone) are not among them.
fn metric_multiple(written: &str) -> Option<Scale> {
    use BaseUnit::{Bits, Bytes, Hertz, None as Count, Watts};
    const UNITS: [&str; 37] = [
        "W", "VA", "var", "Wh", "Wh/kg", "W-Min", "Ah", "J", "eV", "A", "V", "dBm", "Ω", "F", "H", "Lm", "Nm", "N",
        "bar", "Pa", "Bq", "Ci", "Gy", "Sv", "Sv/h", "C/kg", "L", "rad", "rem", "Hz", "FLOP/s", "H/s", "bps", "pps",
        "b", "B", "eps",
    ];
    const MULTIPLES: [(&str, f64, f64); 13] = [
        ("", 1.0, 1.0),
        ("f", 1.0, 1e15),
        ("p", 1.0, 1e12),
        ("n", 1.0, 1e9),
        ("µ", 1.0, 1e6),
        ("μ", 1.0, 1e6),
        ("m", 1.0, 1e3),
        ("k", 1e3, 1.0),
        ("M", 1e6, 1.0),
        ("G", 1e9, 1.0),
        ("T", 1e12, 1.0),
        ("P", 1e15, 1.0),
        ("E", 1e18, 1.0),
    ];
    // Lengths and masses are scaled, too, but their bare signs mean other things.
    match written {
        "mm" | "mg" => return Some(Scale::of(Count, 1.0, 1e3)),
        "km" | "kg" => return Some(Scale::of(Count, 1e3, 1.0)),
        "Zb" | "ZB" => return Some(Scale::of(if written == "ZB" { Bytes } else { Bits }, 1e21, 1.0)),
        "ZFLOP/s" => return Some(Scale::of(Count, 1e21, 1.0).each_second()),
        "YFLOP/s" => return Some(Scale::of(Count, 1e24, 1.0).each_second()),
        // Thousandths of bits and bytes are somebody's spelling of millions.
        "mbps" | "mb" | "mB" => return None,
        "uV" | "uA" => return Some(Scale::of(Count, 1.0, 1e6)),
        _ => {}
    }
    MULTIPLES.into_iter().find_map(|(sign, times, per)| {
        let unit = written.strip_prefix(sign).filter(|unit| UNITS.contains(unit))?;
        let base = match unit {
            "W" => Watts,
            "Hz" => Hertz,
            "B" => Bytes,
            "b" | "bps" => Bits,
            _ => Count,
        };
        let scale = Scale::of(base, times, per);
        Some(if matches!(unit, "bps" | "pps" | "eps" | "FLOP/s" | "H/s") { scale.each_second() } else { scale })
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
        for other in [
            "2023-11-17 10:11",
            "5m 10m",
            "1 hour,",
            "12",
            "abc",
            "2xx",
            "7d6f",
            "10.71.0.3:80",
            "",
            "5 apples per day 3",
        ] {
            assert_eq!(base(other), None, "{other}");
        }
    }

    #[test]
    fn every_suffix_of_grafanas_table() {
        use BaseUnit::{Bits, Bytes, Celsius, Currency, Hertz, None as Count, Percent, Seconds, Watts};
        // packages/grafana-data/src/valueFormats: short, percent, time, data, rates, counts, energy and the rest.
        let cells = [
            ("1.21 K", 1210.0, Count, false),
            ("1.21 Mil", 1.21e6, Count, false),
            ("1.21 Bil", 1.21e9, Count, false),
            ("1.21 Tri", 1.21e12, Count, false),
            ("1 Quadr", 1e15, Count, false),
            ("1 Quint", 1e18, Count, false),
            ("1 Sext", 1e21, Count, false),
            ("1 Sept", 1e24, Count, false),
            ("45%", 45.0, Percent, false),
            ("45.5 %", 45.5, Percent, false),
            ("50 ns", 50e-9, Seconds, false),
            ("2.5 min", 150.0, Seconds, false),
            ("3 hour", 10_800.0, Seconds, false),
            ("2 hours", 7200.0, Seconds, false),
            ("2 day", 172_800.0, Seconds, false),
            ("1.25 week", 756_000.0, Seconds, false),
            ("2.5 weeks", 1_512_000.0, Seconds, false),
            ("1 year", 31_536_000.0, Seconds, false),
            ("1 MiB", 1_048_576.0, Bytes, false),
            ("1 EiB", 1_152_921_504_606_846_976.0, Bytes, false),
            ("1 Kib", 1024.0, Bits, false),
            ("1 Tib", 1_099_511_627_776.0, Bits, false),
            ("1 PB", 1e15, Bytes, false),
            ("1 EB", 1e18, Bytes, false),
            ("1 Tb", 1e12, Bits, false),
            ("12 B/s", 12.0, Bytes, true),
            ("12 MiB/s", 12_582_912.0, Bytes, true),
            ("12 PB/s", 12e15, Bytes, true),
            ("12 Kib/s", 12_288.0, Bits, true),
            ("12 Tbps", 12e12, Bits, true),
            ("12 mbps", 12e6, Bits, true),
            ("12 kpps", 12e3, Count, true),
            ("1.5K req/s", 1500.0, Count, true),
            ("1.5B ops/s", 1.5e9, Count, true),
            ("12 reads/s", 12.0, Count, true),
            ("12 rd/s", 12.0, Count, true),
            ("12 wr/s", 12.0, Count, true),
            ("12 c/s", 12.0, Count, true),
            ("12 io/s", 12.0, Count, true),
            ("120 ops/m", 2.0, Count, true),
            ("3K cpm", 50.0, Count, true),
            ("1.2K iops", 1200.0, Count, true),
            ("1.2K rpm", 1200.0, Count, false),
            ("5 kHz", 5000.0, Hertz, false),
            ("5 GW", 5e9, Watts, false),
            ("5 mW", 0.005, Watts, false),
            ("5 kWh", 5000.0, Count, false),
            ("5 mV", 0.005, Count, false),
            ("5 µF", 5e-6, Count, false),
            ("5 MΩ", 5e6, Count, false),
            ("5 mbar", 0.005, Count, false),
            ("5 hPa", 5.0, Count, false),
            ("5 GFLOP/s", 5e9, Count, true),
            ("5 TH/s", 5e12, Count, true),
            ("5 km", 5000.0, Count, false),
            ("5 mm", 0.005, Count, false),
            ("5 kg", 5000.0, Count, false),
            ("5 mSv/h", 0.005, Count, false),
            ("21.5 °C", 21.5, Celsius, false),
            ("55 %H", 55.0, Count, false),
            ("5 m/sec²", 5.0, Count, false),
            ("29.9 \"Hg", 29.9, Count, false),
            ("$5", 5.0, Currency, false),
            ("-$1.5K", -1500.0, Currency, false),
            ("£2.5M", 2.5e6, Currency, false),
            ("€1.2B", 1.2e9, Currency, false),
            ("CHF3", 3.0, Currency, false),
            ("R$4", 4.0, Currency, false),
            ("1.5Kkr", 1500.0, Currency, false),
        ];
        for (cell, value, unit, per_second) in cells {
            let found = base(cell).unwrap_or((f64::NAN, Count, false));
            assert!((found.0 - value).abs() <= value.abs() * 1e-12, "{cell}: {found:?}");
            assert_eq!((found.1, found.2), (unit, per_second), "{cell}");
        }
    }

    #[test]
    fn durations_in_parts() {
        let cells = [
            ("1 hour, 2 minutes", 3720.0),
            ("1 year, 1 month", 34_128_000.0),
            ("2 minutes, 0 seconds, 250 milliseconds", 120.25),
            ("1 hour, 2 minutes ago", -3720.0),
            ("01h:02m:03s", 3723.0),
            ("05s:250ms", 5.25),
            ("59m:59s:999ms", 3599.999),
            ("1d 2h 3m", 93_780.0),
            ("1m30s", 90.0),
            ("2m 3.5s", 123.5),
        ];
        for (cell, seconds) in cells {
            let found = base(cell);
            assert!(
                found.is_some_and(|(value, unit, _)| (value - seconds).abs() < 1e-9 && unit == BaseUnit::Seconds),
                "{cell}: {found:?}"
            );
        }
    }

    #[test]
    fn durations_of_a_stopwatch() {
        let cells = ["01:02:03", "30:00:01", "2 d 01:00:00", "00:00:05 ago"];
        assert_eq!(cells.map(stopwatch), [Some(3723.0), Some(108_001.0), Some(176_400.0), Some(-5.0)]);
        assert_eq!(["1:02", "01:60:00", "01:02:03:04", "10:11:24.5", "aa:bb:cc"].map(stopwatch), [None; 5]);
    }

    #[test]
    fn units_in_names() {
        assert_eq!(in_brackets("Latency (ms)"), Some("ms"));
        assert_eq!(in_brackets("a|MemoryUsage(Mi)"), Some("Mi"));
        assert_eq!(in_brackets("(ms)"), None);
    }
}
