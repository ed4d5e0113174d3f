//! A data set as the wide table that monitoring tools export.

use series::Dataset;
use std::fmt::Write;

/// A table with the column `time` (RFC 3339, UTC, to the second) and one column per series; a missing value is an empty
/// cell. All series must share the first one's times, as [`crate::dataset`] and the simulator make them.
///
/// Names with a comma, quote or line break are quoted. Values are written in the fewest digits that read back the same.
pub fn wide(dataset: &Dataset) -> String {
    let mut text = String::from("time");
    for series in &dataset.series {
        text.push(',');
        if series.name.contains([',', '"', '\n', '\r']) {
            let _ = write!(text, "\"{}\"", series.name.replace('"', "\"\""));
        } else {
            text.push_str(&series.name);
        }
    }
    text.push('\n');
    let times = dataset.series.first().map_or(&[][..], |series| series.axis.times_ms());
    for (row, &time_ms) in times.iter().enumerate() {
        push_rfc_3339(&mut text, time_ms);
        for series in &dataset.series {
            text.push(',');
            if let Some(value) = series.values.get(row).filter(|value| !value.is_nan()) {
                let _ = write!(text, "{value}");
            }
        }
        text.push('\n');
    }
    text
}

/// Days to a date by the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
pub(crate) fn push_rfc_3339(text: &mut String, time_ms: i64) {
    let seconds = time_ms.div_euclid(1000);
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let _ = write!(text, "{year:04}-{month:02}-{day_of_month:02}T{hour:02}:{minute:02}:{second:02}Z");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{START_MS, dataset};

    #[test]
    fn writes_times_names_and_gaps() {
        let table = wide(&dataset(15_000, [("a", vec![1.5, f64::NAN]), ("b,c", vec![1e-7, 2e9])]));
        assert_eq!(table, "time,a,\"b,c\"\n2026-03-10T06:00:00Z,1.5,0.0000001\n2026-03-10T06:00:15Z,,2000000000\n");
    }

    #[test]
    fn knows_leap_years() {
        for (time_ms, expected) in [
            (START_MS, "2026-03-10T06:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (-1000, "1969-12-31T23:59:59Z"),
            (4_107_542_399_000, "2100-02-28T23:59:59Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00Z"),
        ] {
            let mut text = String::new();
            push_rfc_3339(&mut text, time_ms);
            assert_eq!(text, expected);
        }
    }
}
