//! Numbers as every reader takes them.

/// The shortest text that reads back to the same number; very large and very small ones with an exponent.
pub(super) fn shortest(value: f64) -> String {
    let size = value.abs();
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else if size == 0.0 || (1e-5..1e17).contains(&size) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

/// Seconds with three decimals where there are some: `1700215884.373`.
pub(super) fn seconds(time_ms: i64) -> String {
    let sign = if time_ms < 0 { "-" } else { "" };
    let size = time_ms.unsigned_abs();
    match size % 1000 {
        0 => format!("{sign}{}", size / 1000),
        millis => format!("{sign}{}.{millis:03}", size / 1000),
    }
}
