//! How numbers, units, durations and times are written for people. The only place that decides it.
//!
//! Three significant digits, no exponent where a reader can do without one, one space before a unit. The digits come
//! from exact powers of ten, never from a logarithm, so the text is the same on every target. A value that is not a
//! number is written as an en dash.
//!
//! Numbers are rounded to integers and these are written: the standard library's text of a float is exact to any digit,
//! which nobody reads here, and brings far more code into the page's program.

/// What stands where there is no number.
pub const NONE: &str = "–";
const MINUS: &str = "−";
/// Groups thousands (narrow no-break space).
const GROUP: char = '\u{202f}';

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const SECOND_MS: i64 = 1_000;
const DAY_MS: i64 = 86_400_000;

/// A number with three significant digits: `0.81`, `12.3`, `3600`, `12 300`, `1.23 M`, `1.2×10⁻⁷`.
///
/// Whole numbers below 10 000 are written in full. NaN is a dash, infinities are `∞` and `−∞`.
pub fn number(value: f64) -> String {
    signed_text(value, |magnitude| {
        if magnitude.fract() == 0.0 && magnitude < 10_000.0 {
            return (magnitude as u64).to_string();
        }
        let (digits, exponent) = significant(magnitude);
        match exponent {
            -4..=5 => place(&digits, exponent),
            6..=17 => prefixed(magnitude, "", &[("M", 6), ("G", 9), ("T", 12), ("P", 15)]),
            _ => format!("{}×10{}", place(&digits, 0), superscript(exponent)),
        }
    })
}

/// A number with so many decimals, at most 4, which may be zeros: `0.50`, `−0.2` as `-0.2`. Halves go to the even neighbour.
/// Magnitudes from 10¹⁵ on are cut there; NaN is a dash.
pub fn decimals(value: f64, places: u32) -> String {
    if value.is_nan() {
        return NONE.to_owned();
    }
    let unit = 10_u64.pow(places.min(4));
    let whole = (value.abs().min(1e15) * unit as f64).round_ties_even() as u64;
    let sign = if value < 0.0 && whole > 0 { "-" } else { "" };
    let (before, after) = (whole / unit, whole % unit);
    if places == 0 {
        return format!("{sign}{before}");
    }
    let after = after.to_string();
    format!("{sign}{before}.{}{after}", "0".repeat((places.min(4) as usize).saturating_sub(after.len())))
}

/// A number with its sign, also where it is positive: `+0.24`, `−3`, `0`.
pub fn signed(value: f64) -> String {
    let text = number(value);
    if value > 0.0 { format!("+{text}") } else { text }
}

/// A share of one as a percentage: 0.079 is `7.9 %`.
pub fn share(value: f64) -> String {
    with_unit(number(value * 100.0), "%")
}

/// A value with its unit, in the size that reads best: `1.2 GiB`, `860 ms`, `7.9 %`, `12 Mbit/s`, `120 /s`.
///
/// `unit` is the symbol of a base unit as [`crate::SeriesSummary::unit`] holds it. Bytes take binary prefixes, bits,
/// hertz and watts decimal ones, a ratio is written as a percentage, seconds as a duration. A symbol that is not known
/// here is written after the number.
pub fn quantity(value: f64, unit: &str) -> String {
    const SI: &[(&str, i32)] =
        &[("n", -9), ("µ", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15)];
    const DECIMAL: &[(&str, i32)] = &[("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15)];
    match unit {
        "" => number(value),
        "s" => duration_s(value),
        "ratio" => share(value),
        "ratio/s" => with_unit(number(value * 100.0), "%/s"),
        "B" | "B/s" => signed_text(value, |magnitude| binary(magnitude, unit)),
        "bit" | "bit/s" => signed_text(value, |magnitude| prefixed(magnitude, unit, DECIMAL)),
        "Hz" | "W" => signed_text(value, |magnitude| prefixed(magnitude, unit, SI)),
        _ => with_unit(number(value), unit),
    }
}

/// A duration: `250 µs`, `860 ms`, `12.3 s`, `1 min 30 s`, `2 h 5 min`, `3 d 4 h`.
pub fn duration_s(seconds: f64) -> String {
    signed_text(seconds, |magnitude| {
        if magnitude < 59.95 {
            return if magnitude == 0.0 || magnitude >= 0.999_5 {
                with_unit(number(magnitude), "s")
            } else {
                prefixed(magnitude, "s", &[("n", -9), ("µ", -6), ("m", -3), ("", 0)])
            };
        }
        let whole = |unit_s: f64| (magnitude / unit_s).round() as u64;
        if magnitude < 3_599.5 {
            two_units(whole(1.0), 60, "min", "s")
        } else if magnitude < 86_370.0 {
            two_units(whole(60.0), 60, "h", "min")
        } else if magnitude < 8_640_000.0 {
            two_units(whole(3_600.0), 24, "d", "h")
        } else {
            with_unit(number((magnitude / 86_400.0).round()), "d")
        }
    })
}

/// A lag with its uncertainty: `30 s ± 5 s`.
pub fn lag_s(seconds: f64, plus_minus_s: f64) -> String {
    format!("{} ± {}", duration_s(seconds), duration_s(plus_minus_s))
}

/// A p- or q-value: `0.012`; `< 0.001` below that.
pub fn probability(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { number(p) }
}

/// A count and its noun: `1 service`, `10 services`.
pub fn plural(count: usize, one: &str, many: &str) -> String {
    let digits = count.to_string();
    let text = if digits.len() > 4 { grouped(&digits) } else { digits };
    format!("{text} {}", if count == 1 { one } else { many })
}

/// As [`clock`], but never without the time of day: what somebody has to look up in other records.
pub fn moment(time_ms: i64, offset_min: i32, span_ms: i64) -> String {
    let day = clock(time_ms, offset_min, span_ms);
    if span_ms <= 60 * DAY_MS {
        return day;
    }
    let at = Civil::new(time_ms, offset_min);
    format!("{day} {:02}:{:02}", at.hour, at.minute)
}

/// A moment on the clock of a zone that is `offset_min` minutes east of UTC, with the detail that a window of `span_ms`
/// needs: milliseconds up to 10 s, the time of day up to a day, day and time up to 60 days, else the date.
pub fn clock(time_ms: i64, offset_min: i32, span_ms: i64) -> String {
    let at = Civil::new(time_ms, offset_min);
    if span_ms <= 10 * SECOND_MS {
        format!("{:02}:{:02}:{:02}.{:03}", at.hour, at.minute, at.second, at.millisecond)
    } else if span_ms <= DAY_MS {
        format!("{:02}:{:02}:{:02}", at.hour, at.minute, at.second)
    } else if span_ms <= 60 * DAY_MS {
        format!("{} {} {:02}:{:02}", at.day, at.month_name(), at.hour, at.minute)
    } else {
        format!("{} {} {}", at.day, at.month_name(), at.year)
    }
}

/// The label of an axis tick where ticks stand `step_ms` apart; midnight is written as the date.
pub fn tick(time_ms: i64, offset_min: i32, step_ms: i64) -> String {
    let at = Civil::new(time_ms, offset_min);
    if at.month == 1 && at.day == 1 && at.is_midnight() && step_ms >= DAY_MS {
        at.year.to_string()
    } else if at.is_midnight() {
        format!("{} {}", at.day, at.month_name())
    } else if step_ms < SECOND_MS {
        format!("{:02}:{:02}:{:02}.{:03}", at.hour, at.minute, at.second, at.millisecond)
    } else if step_ms < 60 * SECOND_MS {
        format!("{:02}:{:02}:{:02}", at.hour, at.minute, at.second)
    } else {
        format!("{:02}:{:02}", at.hour, at.minute)
    }
}

/// Date and time in full: `2026-11-21 10:42:10`.
pub fn date_time(time_ms: i64, offset_min: i32) -> String {
    let at = Civil::new(time_ms, offset_min);
    format!("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", at.year, at.month, at.day, at.hour, at.minute, at.second)
}

/// A moment in UTC as programs write it (RFC 3339): `2026-11-21T10:42:10Z`, with milliseconds where there are any.
pub fn iso_time(time_ms: i64) -> String {
    let at = Civil::new(time_ms, 0);
    let rest = if at.millisecond == 0 { String::new() } else { format!(".{:03}", at.millisecond) };
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{rest}Z", at.year, at.month, at.day, at.hour, at.minute, at.second)
}

/// The name of a zone that is known by its offset only: `UTC`, `UTC+02:00`, `UTC−03:30`.
pub fn zone(offset_min: i32) -> String {
    let minutes = offset_min.unsigned_abs();
    match offset_min {
        0 => "UTC".to_owned(),
        _ => {
            format!("UTC{}{:02}:{:02}", if offset_min < 0 { MINUS } else { "+" }, minutes / 60, minutes % 60)
        }
    }
}

fn with_unit(text: String, unit: &str) -> String {
    if text == NONE { text } else { format!("{text} {unit}") }
}

fn signed_text(value: f64, write: impl Fn(f64) -> String) -> String {
    if value.is_nan() {
        return NONE.to_owned();
    }
    let text = if value.is_infinite() { "∞".to_owned() } else { write(value.abs()) };
    if value < 0.0 { format!("{MINUS}{text}") } else { text }
}

/// Three rounded decimal digits and the power of ten of the first one.
fn significant(magnitude: f64) -> (String, i32) {
    const FAR: f64 = 1e22;
    let (mut scaled, mut shift) = (magnitude, 0);
    if !(scaled > 0.0 && scaled.is_finite()) {
        return ("000".to_owned(), 0);
    }
    // Powers of ten are exact up to the 22nd.
    while scaled >= FAR {
        (scaled, shift) = (scaled / FAR, shift + 22);
    }
    while scaled < 1.0 / FAR {
        (scaled, shift) = (scaled * FAR, shift - 22);
    }
    let mut exponent = 0;
    while scaled >= power_of_ten(exponent + 1) {
        exponent += 1;
    }
    while exponent > -22 && scaled * power_of_ten(-exponent) < 1.0 {
        exponent -= 1;
    }
    let digits = match 2 - exponent {
        up if up >= 0 => scaled * power_of_ten(up),
        down => scaled / power_of_ten(-down),
    };
    let digits = digits.round_ties_even() as u64;
    // Rounding may give one digit more.
    let (digits, more) = if digits >= 1_000 { (digits / 10, 1) } else { (digits, 0) };
    (digits.to_string(), exponent + shift + more)
}

fn power_of_ten(exponent: i32) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * 10.0)
}

/// Writes digits with the decimal point after the power of ten given, without trailing zeros, thousands grouped.
fn place(digits: &str, exponent: i32) -> String {
    if exponent < 0 {
        let zeros = "0".repeat(exponent.unsigned_abs() as usize - 1);
        return format!("0.{zeros}{digits}").trim_end_matches('0').to_owned();
    }
    let whole_len = exponent as usize + 1;
    if whole_len >= digits.len() {
        let whole = format!("{digits}{}", "0".repeat(whole_len - digits.len()));
        return if whole.len() > 4 { grouped(&whole) } else { whole };
    }
    let (whole, fraction) = digits.split_at(whole_len);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(GROUP);
        }
        text.push(digit);
    }
    text
}

/// The largest prefix that leaves at least one whole digit, or the smallest prefix.
fn prefixed(magnitude: f64, unit: &str, prefixes: &[(&str, i32)]) -> String {
    let (digits, exponent) = significant(magnitude);
    let fitting = prefixes.iter().rev().find(|(_, power)| exponent >= *power);
    let (prefix, power) = match fitting {
        _ if magnitude == 0.0 => ("", 0),
        Some(&found) => found,
        None => prefixes.first().copied().unwrap_or(("", 0)),
    };
    let text = if (-9..=9).contains(&(exponent - power)) {
        place(&digits, exponent - power)
    } else {
        format!("{}×10{}", place(&digits, 0), superscript(exponent - power))
    };
    format!("{text} {prefix}{unit}").trim_end().to_owned()
}

fn binary(magnitude: f64, unit: &str) -> String {
    const PREFIXES: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let mut scaled = magnitude;
    let mut prefix = "";
    for next in PREFIXES {
        if scaled < 1_024.0 {
            break;
        }
        scaled /= 1_024.0;
        prefix = next;
    }
    format!("{} {prefix}{unit}", number(scaled))
}

fn two_units(count: u64, per_large: u64, large: &str, small: &str) -> String {
    match (count / per_large, count % per_large) {
        (whole, 0) => format!("{whole} {large}"),
        (whole, rest) => format!("{whole} {large} {rest} {small}"),
    }
}

fn superscript(exponent: i32) -> String {
    exponent
        .to_string()
        .chars()
        .map(|digit| match digit {
            '-' => '⁻',
            '0' => '⁰',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            '4' => '⁴',
            '5' => '⁵',
            '6' => '⁶',
            '7' => '⁷',
            '8' => '⁸',
            _ => '⁹',
        })
        .collect()
}

/// A moment in the proleptic Gregorian calendar.
struct Civil {
    year: i64,
    month: usize,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    millisecond: i64,
}

impl Civil {
    fn new(time_ms: i64, offset_min: i32) -> Self {
        let local_ms = time_ms.saturating_add(i64::from(offset_min) * 60 * SECOND_MS);
        let in_day_ms = local_ms.rem_euclid(DAY_MS);
        // Days are counted from 1 March of year 0, so that the leap day is a year's last day.
        let days = local_ms.div_euclid(DAY_MS) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: month as usize,
            day: day_of_year - (153 * month_from_march + 2) / 5 + 1,
            hour: in_day_ms / 3_600_000,
            minute: in_day_ms / 60_000 % 60,
            second: in_day_ms / SECOND_MS % 60,
            millisecond: in_day_ms % SECOND_MS,
        }
    }

    fn month_name(&self) -> &'static str {
        MONTHS.get(self.month.wrapping_sub(1)).copied().unwrap_or("")
    }

    fn is_midnight(&self) -> bool {
        self.hour == 0 && self.minute == 0 && self.second == 0 && self.millisecond == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_standard_library() {
        let mut seed = 7_u64;
        let mut random = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 11) as f64 / (1_u64 << 53) as f64
        };
        for power in -300..300 {
            for _ in 0..40 {
                let value = random() * 10_f64.powi(power);
                let text = format!("{value:.2e}");
                let (mantissa, exponent) = text.split_once('e').unwrap_or_default();
                let wanted = (mantissa.replace('.', ""), exponent.parse().unwrap_or(0));
                assert_eq!(significant(value), wanted, "{value:e}");
            }
            let border = 10_f64.powi(power);
            assert_eq!(significant(border), ("100".to_owned(), power), "{border:e}");
        }
        for value in (0..4_000).map(|step| f64::from(step) / 8.0) {
            assert_eq!(decimals(-value, 2), if value == 0.0 { "0.00".to_owned() } else { format!("{:.2}", -value) });
            assert_eq!(decimals(value, 1), format!("{value:.1}"));
            assert_eq!(decimals(value, 0), format!("{value:.0}"));
        }
        assert_eq!(
            (decimals(f64::NAN, 1), decimals(f64::INFINITY, 0)),
            (NONE.to_owned(), "1000000000000000".to_owned())
        );
    }

    #[test]
    fn moments_for_programs_are_in_utc() {
        assert_eq!(iso_time(1_700_000_000_000), "2023-11-14T22:13:20Z");
        assert_eq!(iso_time(1_700_000_000_007), "2023-11-14T22:13:20.007Z");
        assert_eq!(iso_time(-1_000), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn numbers_have_three_significant_digits() {
        let cases = [
            (0.0, "0"),
            (0.812_3, "0.812"),
            (0.81, "0.81"),
            (0.099_96, "0.1"),
            (-2.5, "−2.5"),
            (12.345, "12.3"),
            (999.6, "1000"),
            (3_600.0, "3600"),
            (12_345.6, "12\u{202f}300"),
            (999_999.0, "1 M"),
            (1_234_567.0, "1.23 M"),
            (-7.5e12, "−7.5 T"),
            (0.000_123, "0.000123"),
            (1.2e-7, "1.2×10⁻⁷"),
            (3.0e21, "3×10²¹"),
            (f64::NAN, "–"),
            (f64::NEG_INFINITY, "−∞"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text, "{value}");
        }
        assert_eq!((signed(0.24), signed(-3.0), signed(0.0)), ("+0.24".to_owned(), "−3".to_owned(), "0".to_owned()));
    }

    #[test]
    fn units_come_in_the_size_that_reads_best() {
        let cases = [
            (1.2 * 1024.0 * 1024.0 * 1024.0, "B", "1.2 GiB"),
            (512.0, "B", "512 B"),
            (-2048.0, "B/s", "−2 KiB/s"),
            (12.0e6, "bit/s", "12 Mbit/s"),
            (999.9e3, "bit", "1 Mbit"),
            (0.86, "s", "860 ms"),
            (0.079, "ratio", "7.9 %"),
            (7.9, "%", "7.9 %"),
            (120.0, "/s", "120 /s"),
            (2.4e9, "Hz", "2.4 GHz"),
            (0.002, "W", "2 mW"),
            (21.55, "°C", "21.6 °C"),
            (0.35, "s/s", "0.35 s/s"),
            (0.0, "Hz", "0 Hz"),
            (5.0, "", "5"),
            (5.0, "currency", "5 currency"),
            (f64::NAN, "%", "–"),
            (f64::NAN, "B", "–"),
            (f64::INFINITY, "B", "∞"),
        ];
        for (value, unit, text) in cases {
            assert_eq!(quantity(value, unit), text, "{value} {unit}");
        }
    }

    #[test]
    fn durations_use_at_most_two_units() {
        let cases = [
            (0.0, "0 s"),
            (2.5e-10, "0.25 ns"),
            (0.000_25, "250 µs"),
            (0.999_9, "1 s"),
            (12.34, "12.3 s"),
            (59.96, "1 min"),
            (90.0, "1 min 30 s"),
            (3_599.7, "1 h"),
            (7_500.0, "2 h 5 min"),
            (86_399.0, "1 d"),
            (273_600.0, "3 d 4 h"),
            (-30.0, "−30 s"),
            (8_640_000.0, "100 d"),
            (f64::NAN, "–"),
        ];
        for (seconds, text) in cases {
            assert_eq!(duration_s(seconds), text, "{seconds}");
        }
        assert_eq!(lag_s(30.0, 5.0), "30 s ± 5 s");
    }

    #[test]
    fn clocks_follow_the_zone_and_the_window() {
        // 2026-11-21T10:42:10.250Z, by `date -ud @1795257730`.
        let time_ms = 1_795_257_730_250;
        assert_eq!(clock(time_ms, 0, 5_000), "10:42:10.250");
        assert_eq!(clock(time_ms, 120, 6 * 3_600_000), "12:42:10");
        assert_eq!(clock(time_ms, -11 * 60, 3 * DAY_MS), "20 Nov 23:42");
        assert_eq!(clock(time_ms, 0, 400 * DAY_MS), "21 Nov 2026");
        assert_eq!(moment(time_ms, 0, 400 * DAY_MS), "21 Nov 2026 10:42");
        assert_eq!(moment(time_ms, 0, DAY_MS), "10:42:10");
        assert_eq!(date_time(-1, 0), "1969-12-31 23:59:59");
        // 2024-02-29T00:00:00Z and 2000-03-01T00:00:00Z.
        assert_eq!(date_time(1_709_164_800_000, 0), "2024-02-29 00:00:00");
        assert_eq!(date_time(951_868_800_000, 0), "2000-03-01 00:00:00");
        assert_eq!((zone(0), zone(120), zone(-210)), ("UTC".into(), "UTC+02:00".into(), "UTC−03:30".into()));
        for extreme in [i64::MIN, i64::MAX] {
            assert!(!clock(extreme, 720, DAY_MS).is_empty());
        }
    }

    #[test]
    fn ticks_write_midnight_as_a_date() {
        let midnight_ms = 1_709_164_800_000;
        assert_eq!(tick(midnight_ms, 0, 3_600_000), "29 Feb");
        assert_eq!(tick(midnight_ms + 3_600_000, 0, 3_600_000), "01:00");
        assert_eq!(tick(midnight_ms + 15_000, 0, 15_000), "00:00:15");
        assert_eq!(tick(midnight_ms + 1_250, 0, 250), "00:00:01.250");
        assert_eq!(tick(1_704_067_200_000, 0, 30 * DAY_MS), "2024");
    }

    #[test]
    fn counts_agree_with_their_noun() {
        assert_eq!(plural(1, "service", "services"), "1 service");
        assert_eq!(plural(0, "service", "services"), "0 services");
        assert_eq!(plural(12_345, "point", "points"), "12\u{202f}345 points");
        assert_eq!((probability(0.000_2), probability(0.012)), ("< 0.001".to_owned(), "0.012".to_owned()));
        assert_eq!(share(0.079), "7.9 %");
    }
}
