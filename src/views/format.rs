//! Names and times as the page writes them.

use report::{Finding, Report, format};

/// Minutes that the clock on the page is ahead of UTC. Times without a zone were read as the Report says, and all are
/// shown in UTC.
pub(super) const OFFSET_MIN: i32 = 0;

/// The length of the data.
pub(super) fn span_ms(report: &Report) -> i64 {
    report.dataset.end_ms.saturating_sub(report.dataset.start_ms)
}

/// A moment, with the detail that the data's length needs.
pub(super) fn clock(report: &Report, time_ms: i64) -> String {
    format::clock(time_ms, OFFSET_MIN, span_ms(report))
}

/// A service's name.
pub(super) fn service(report: &Report, index: usize) -> &str {
    report.services.get(index).map_or("", |service| &service.name)
}

/// `service · metric`, or the one name that is both.
pub(super) fn series(report: &Report, index: usize) -> String {
    let Some(series) = report.series.get(index) else { return String::new() };
    match service(report, series.service) {
        "" => series.metric.clone(),
        service if series.metric.is_empty() || series.metric == service => service.to_owned(),
        service => format!("{service} · {}", series.metric),
    }
}

/// What a finding speaks of: its series, or its services where there are several.
pub(super) fn subject(report: &Report, finding: &Finding) -> String {
    match finding.series.as_slice() {
        [only] => series(report, *only),
        [first, second] => format!("{} and {}", series(report, *first), series(report, *second)),
        _ => {
            let names: Vec<&str> = finding.services.iter().map(|&index| service(report, index)).collect();
            names.join(", ")
        }
    }
}
