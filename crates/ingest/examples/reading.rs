//! Reads a file once, as the program does, and prints what that took and what came out, as JSON: `reading FILE`.
//!
//! `peak_bytes` is the most memory that reading added to what the process had before, where the system says so (Linux);
//! `data_bytes` is what the resulting values need, 8 bytes each.
#![allow(clippy::print_stdout)]

use ingest::{Options, read_from};
use serde_json::json;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("which file?")?;
    let before = status_bytes("VmRSS:");
    let (started, worked) = (Instant::now(), processor_seconds());
    let mut file = std::fs::File::open(&path)?;
    let length = file.metadata()?.len();
    let dataset = read_from(&path, &mut file, Some(length), &Options::default())?;
    let seconds = started.elapsed().as_secs_f64();
    let processor = processor_seconds().zip(worked).map(|(after, before)| after - before);
    let peak = status_bytes("VmHWM:");
    let values = || dataset.series.iter().flat_map(|series| series.values.iter());
    let finite = || values().filter(|value| value.is_finite());
    let (first, last) = dataset.span_ms().unwrap_or_default();
    println!(
        "{}",
        json!({
            "seconds": seconds,
            "processor_seconds": processor,
            "series": dataset.series.len(),
            "values": finite().count(),
            "sum": finite().sum::<f64>(),
            "first_ms": first,
            "last_ms": last,
            "peak_bytes": peak.zip(before).map(|(peak, before)| peak.saturating_sub(before)),
            "data_bytes": 8 * values().count(),
        })
    );
    Ok(())
}

/// An entry of this process' status, in bytes; none where there is no such thing.
fn status_bytes(entry: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(entry))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kilobytes| 1024 * kilobytes)
}

/// How long this thread has worked so far.
fn processor_seconds() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    status.split_whitespace().next()?.parse::<u64>().ok().map(|nanoseconds| nanoseconds as f64 * 1e-9)
}
