//! How long work takes, in the processor's time.

use std::time::Instant;

/// A result, and the processor's seconds that it took; where those are not told, the seconds on the clock.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let (start, worked) = (Instant::now(), processor_seconds());
    let result = work();
    let wall = start.elapsed().as_secs_f64();
    (result, processor_seconds().zip(worked).map_or(wall, |(after, before)| after - before))
}

/// How long this thread has worked so far; other programs that run at the same time do not count.
fn processor_seconds() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    status.split_whitespace().next()?.parse::<u64>().ok().map(|nanoseconds| nanoseconds as f64 * 1e-9)
}
