//! Large tables for measuring how fast files are read, written row by row, so that a gigabyte needs no memory.

use crate::csv::push_rfc_3339;
use crate::{Random, START_MS};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Milliseconds from row to row of a wide table, and from round to round of a long one.
const STEP_MS: i64 = 15_000;

/// One cell in so many is empty, as where a scrape failed.
const CELLS_PER_GAP: u64 = 500;

/// The services of a long table.
const SERVICES: [&str; 10] = [
    "cart",
    "catalogue",
    "checkout",
    "currency",
    "frontend",
    "orders",
    "payment",
    "recommendation",
    "shipping",
    "user",
];

/// How a metric is written: what monitoring tools export is short.
#[derive(Clone, Copy, Debug)]
enum Written {
    /// A share, to four places: `0.0123`.
    Share,
    /// Milliseconds, to two places: `153.75`.
    Latency,
    /// Bytes, in whole pages: `1048576`.
    Bytes,
    /// A percentage, to one place: `42.5`.
    Percent,
    /// A whole number of requests: `17`.
    Count,
    /// A rate with every digit that it has: `3.1333333333333333`.
    Rate,
}

/// The metrics of every service: name and way of writing.
const METRICS: [(&str, Written); 8] = [
    ("error_ratio", Written::Share),
    ("latency_ms", Written::Latency),
    ("memory_bytes", Written::Bytes),
    ("cpu_percent", Written::Percent),
    ("requests_in_flight", Written::Count),
    ("latency_p99_ms", Written::Latency),
    ("disk_bytes", Written::Bytes),
    ("requests_per_second", Written::Rate),
];

/// Writes a table with the column `time` (RFC 3339, UTC, to the second) and `columns` series, `cart-1_error_ratio` and so
/// on, one row every 15 s, until it has `bytes` bytes; the last row is whole. One cell in 500 is empty.
///
/// # Errors
/// What `out` reports.
pub fn wide(out: &mut impl Write, columns: usize, bytes: u64, seed: u64) -> io::Result<()> {
    let mut walks = Walks::new(columns, seed);
    let mut row = String::from("time");
    for column in 0..columns {
        let (service, metric, _) = name(column);
        let _ = write!(row, ",{service}_{metric}");
    }
    row.push('\n');
    let mut written = 0;
    let mut time_ms = START_MS;
    loop {
        out.write_all(row.as_bytes())?;
        written += row.len() as u64;
        if written >= bytes {
            return out.flush();
        }
        row.clear();
        push_rfc_3339(&mut row, time_ms);
        time_ms += STEP_MS;
        for column in 0..columns {
            row.push(',');
            if !walks.is_gap() {
                walks.push(&mut row, column);
            }
        }
        row.push('\n');
    }
}

/// Writes a table with the columns `time,service,metric,value`, one row per sample, every 15 s one of each of `series`
/// series, until it has `bytes` bytes; the last round is whole. One sample in 500 is missing with its row.
///
/// # Errors
/// What `out` reports.
pub fn long(out: &mut impl Write, series: usize, bytes: u64, seed: u64) -> io::Result<()> {
    let mut walks = Walks::new(series, seed);
    let mut round = String::from("time,service,metric,value\n");
    let mut time = String::new();
    let mut written = 0;
    let mut time_ms = START_MS;
    loop {
        out.write_all(round.as_bytes())?;
        written += round.len() as u64;
        if written >= bytes {
            return out.flush();
        }
        round.clear();
        time.clear();
        push_rfc_3339(&mut time, time_ms);
        time_ms += STEP_MS;
        for one in 0..series {
            if walks.is_gap() {
                continue;
            }
            let (service, metric, _) = name(one);
            let _ = write!(round, "{time},{service},{metric},");
            walks.push(&mut round, one);
            round.push('\n');
        }
    }
}

/// Service, metric and way of writing of the series at a position.
fn name(position: usize) -> (String, &'static str, Written) {
    let (metric, written) = METRICS[position % METRICS.len()];
    let service = position / METRICS.len();
    (format!("{}-{}", SERVICES[service % SERVICES.len()], service / SERVICES.len() + 1), metric, written)
}

/// One random walk per series, between 0 and 1.
struct Walks {
    levels: Vec<f64>,
    random: Random,
}

impl Walks {
    fn new(count: usize, seed: u64) -> Self {
        let mut random = Random::stream(seed, "bulk");
        Self { levels: (0..count).map(|_| random.uniform()).collect(), random }
    }

    fn is_gap(&mut self) -> bool {
        self.random.bits().is_multiple_of(CELLS_PER_GAP)
    }

    /// Takes one step, and appends the value as the series' metric is written.
    fn push(&mut self, text: &mut String, position: usize) {
        let step = self.random.between(-0.02, 0.02);
        let Some(level) = self.levels.get_mut(position) else { return };
        *level = (*level + step).clamp(0.001, 1.0);
        let level = *level;
        // Writing to a string cannot fail.
        let _ = match METRICS[position % METRICS.len()].1 {
            Written::Share => write!(text, "{:.4}", 0.05 * level),
            Written::Latency => write!(text, "{:.2}", 400.0 * level),
            Written::Bytes => write!(text, "{}", (65_536.0 * level) as u64 * 4096),
            Written::Percent => write!(text, "{:.1}", 100.0 * level),
            Written::Count => write!(text, "{}", (200.0 * level) as u64),
            Written::Rate => write!(text, "{}", (3000.0 * level).floor() / 15.0),
        };
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn tables_have_their_size_and_repeat() {
        let table = |of: fn(&mut Vec<u8>, usize, u64, u64) -> io::Result<()>| {
            let mut bytes = Vec::new();
            of(&mut bytes, 20, 100_000, 3).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let (wide, long) = (table(wide), table(long));
        for (text, cells) in [(&wide, 21), (&long, 4)] {
            assert!((100_000..102_000).contains(&text.len()), "{}", text.len());
            assert!(text.ends_with('\n') && text.lines().all(|line| line.split(',').count() == cells));
        }
        assert!(wide.starts_with("time,cart-1_error_ratio,cart-1_latency_ms,"));
        assert!(long.contains("\n2026-03-10T06:00:15Z,catalogue-1,memory_bytes,"));
        assert_eq!(table(super::wide), wide);
        assert_eq!(table(super::long), long);
    }

    #[test]
    fn every_way_of_writing_occurs() {
        let mut bytes = Vec::new();
        wide(&mut bytes, 8, 20_000, 1).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let decimals = |column: usize| -> Vec<usize> {
            let cells = text.lines().skip(1).filter_map(|line| line.split(',').nth(column + 1));
            let mut places: Vec<usize> = cells
                .filter(|cell| !cell.is_empty())
                .map(|cell| cell.split_once('.').map_or(0, |(_, after)| after.len()))
                .collect();
            places.sort_unstable();
            places.dedup();
            places
        };
        assert_eq!(
            [decimals(0), decimals(1), decimals(2), decimals(3), decimals(4)],
            [vec![4], vec![2], vec![0], vec![1], vec![0]]
        );
        assert!(decimals(7).last() > Some(&10), "{:?}", decimals(7));
    }
}
