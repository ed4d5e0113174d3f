//! What InfluxDB's text formats share.

/// The metric of a field, as Telegraf names it for Prometheus: `measurement_field`, and the measurement alone for a field
/// that is called `value`.
pub(super) fn metric(measurement: &str, field: &str) -> String {
    match (measurement, field) {
        ("", "" | "_value") => "value".to_owned(),
        ("", field) => field.to_owned(),
        (measurement, "" | "value" | "_value") => measurement.to_owned(),
        (measurement, field) => format!("{measurement}_{field}"),
    }
}

/// A duration in Flux' and Go's way (`1h30m`, `250ms`, `1.5µs`), in seconds.
pub(super) fn duration_s(text: &str) -> Option<f64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text),
    };
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let end = rest.find(|sign: char| !sign.is_ascii_digit() && sign != '.').filter(|end| *end > 0)?;
        let (number, behind) = rest.split_at_checked(end)?;
        let end = behind.find(|sign: char| sign.is_ascii_digit()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(end)?;
        let (times, per) = match unit {
            "ns" => (1.0, 1e9),
            "us" | "µs" | "μs" => (1.0, 1e6),
            "ms" => (1.0, 1e3),
            "s" => (1.0, 1.0),
            "m" => (60.0, 1.0),
            "h" => (3600.0, 1.0),
            "d" => (86_400.0, 1.0),
            "w" => (604_800.0, 1.0),
            _ => return None,
        };
        seconds += number.parse::<f64>().ok()? * times / per;
        rest = behind;
    }
    (!text.is_empty()).then_some(sign * seconds)
}

/// A boolean as InfluxDB reads it.
pub(super) fn boolean(text: &str) -> Option<f64> {
    match text {
        "t" | "T" | "true" | "True" | "TRUE" => Some(1.0),
        "f" | "F" | "false" | "False" | "FALSE" => Some(0.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_become_metrics() {
        assert_eq!(metric("cpu", "usage_idle"), "cpu_usage_idle");
        assert_eq!((metric("load", "value"), metric("", "x")), ("load".to_owned(), "x".to_owned()));
    }

    #[test]
    fn durations_have_parts() {
        assert_eq!(
            ["1h30m", "250ms", "-2s", "1.5us"].map(duration_s),
            [Some(5400.0), Some(0.25), Some(-2.0), Some(1.5e-6)]
        );
        assert_eq!(["", "5", "h", "5 apples"].map(duration_s), [None; 4]);
    }
}
