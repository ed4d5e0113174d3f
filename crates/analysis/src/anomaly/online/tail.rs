//! How rare a size is among the sizes before it.

/// The smallest power of two that is told from zero, and the number of octaves from there on.
const LOWEST_OCTAVE: i32 = -24;
const OCTAVES: usize = 64;
/// The number of buckets in an octave, as wide as one another, and its binary logarithm.
const PARTS: usize = 4;
const PARTS_LOG: u32 = 2;
/// Buckets: one for zero, then those of the octaves.
const BUCKETS: usize = 1 + PARTS * OCTAVES;
/// The fewest sizes that say how rare another one is.
const FEWEST: f64 = 16.0;
/// The counts are aged and the tail is fitted once in so many sizes.
const TURN: usize = 32;
/// Until so many sizes have come, after each of them.
const EAGER: usize = 64;
/// Bounds of the number of sizes that the tail is fitted to; between them it is the square root of all.
const TAIL: (f64, f64) = (16.0, 60.0);
/// What is believed of the tail before anything is seen: the index of a Pareto tail of exponent 1, worth three sizes.
const PRIOR_INDEX: f64 = 1.0;
const PRIOR_SIZES: f64 = 3.0;
/// The lightest tail that is believed in.
const LEAST_INDEX: f64 = 0.05;
/// No size is rarer than e^−40.
const RAREST: f64 = 40.0;
/// The logarithms of the middles of an octave's buckets.
const MIDDLES: [f64; PARTS] = [0.111_572, 0.314_304, 0.482_540, 0.626_381];

/// The sizes of the past in buckets of a quarter of an octave, of which the older ones count less, and a Pareto tail fitted to
/// the largest (Hill 1975).
///
/// Sizes are in a unit of the caller's; those below 2⁻²⁴ of it count as zero.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    /// How many sizes are in a bucket or above it, as of the last turn.
    above: [f32; BUCKETS],
    /// The buckets of the sizes since then.
    waiting: [u16; TURN],
    pending: usize,
    total: f64,
    /// The lower edge of the first bucket of the tail; infinite where there is none.
    start: f64,
    beyond: f64,
    index: f64,
    seen: usize,
    /// What a turn leaves of the counts.
    fading: f32,
}

impl Tail {
    /// Of nothing yet. After `memory` sizes, one counts e⁻¹.
    pub(super) fn new(memory: f64) -> Self {
        Self {
            above: [0.0; BUCKETS],
            waiting: [0; TURN],
            pending: 0,
            total: 0.0,
            start: f64::INFINITY,
            beyond: 0.0,
            index: PRIOR_INDEX,
            seen: 0,
            fading: (0..TURN).fold(1.0, |fading, _| fading * (1.0 - 1.0 / memory.max(TURN as f64))) as f32,
        }
    }

    /// Where the tail begins that is extrapolated; infinite where nothing is known yet or nearly all sizes are zero.
    pub(super) fn start(&self) -> f64 {
        self.start
    }

    /// −ln of the chance of a size as large, by what came before; then takes it. 0 for less than 16 sizes. `size` is not
    /// negative, and not NaN.
    pub(super) fn push(&mut self, size: f64) -> f64 {
        let bucket = bucket(size);
        let surprise = self.surprise(size, bucket);
        if let Some(waiting) = self.waiting.get_mut(self.pending) {
            *waiting = bucket as u16;
        }
        self.seen += 1;
        self.pending += 1;
        if self.seen.is_multiple_of(TURN) || self.seen < EAGER {
            self.turn();
        }
        surprise
    }

    fn surprise(&self, size: f64, bucket: usize) -> f64 {
        if self.total < FEWEST {
            return 0.0;
        }
        let ln_share = |count: f64| ((count + 1.0) / (self.total + 1.0)).min(1.0).ln();
        if size > self.start {
            return ((size / self.start).ln() / self.index - ln_share(self.beyond)).min(RAREST);
        }
        // Within a bucket, sizes are taken to be spread evenly.
        let low = edge(bucket);
        let passed = if bucket == 0 { 0.0 } else { ((size - low) / (edge(bucket + 1) - low)).clamp(0.0, 1.0) };
        -ln_share(self.at_least(bucket) - passed * (self.at_least(bucket) - self.at_least(bucket + 1)))
    }

    /// How many sizes are in a bucket or above it.
    fn at_least(&self, bucket: usize) -> f64 {
        f64::from(self.above.get(bucket).copied().unwrap_or(0.0))
    }

    fn turn(&mut self) {
        if self.seen.is_multiple_of(TURN) {
            self.above.iter_mut().for_each(|above| *above *= self.fading);
        }
        for bucket in self.waiting.iter().take(self.pending) {
            self.above.iter_mut().take(usize::from(*bucket) + 1).for_each(|above| *above += 1.0);
        }
        self.pending = 0;
        self.total = self.at_least(0);
        let wanted = self.total.sqrt().clamp(TAIL.0, TAIL.1).min(0.25 * self.total);
        let first = self.above.iter().rposition(|above| f64::from(*above) >= wanted).unwrap_or(0);
        if first == 0 {
            // So few are not zero that how they are distributed is unknown.
            self.start = f64::INFINITY;
            return;
        }
        self.start = edge(first);
        self.beyond = self.at_least(first);
        let ln_start = self.start.ln();
        let excess: f64 = (first..BUCKETS)
            .map(|bucket| (self.at_least(bucket) - self.at_least(bucket + 1)) * (ln_middle(bucket) - ln_start))
            .sum();
        self.index = ((excess + PRIOR_SIZES * PRIOR_INDEX) / (self.beyond + PRIOR_SIZES)).max(LEAST_INDEX);
    }
}

/// The bucket of a size, from the exponent and the first digits of its binary form.
fn bucket(size: f64) -> usize {
    let place = (size.to_bits() >> (52 - PARTS_LOG)) as i64 - PARTS as i64 * i64::from(1023 + LOWEST_OCTAVE);
    if size > 0.0 { (1 + place).clamp(0, BUCKETS as i64 - 1) as usize } else { 0 }
}

/// The lower edge of a bucket.
fn edge(bucket: usize) -> f64 {
    let Some(place) = bucket.checked_sub(1) else { return 0.0 };
    let place = place + PARTS * (1023 + LOWEST_OCTAVE) as usize;
    f64::from_bits((place as u64) << (52 - PARTS_LOG))
}

/// The logarithm of the middle of a bucket that is not that of zero.
fn ln_middle(bucket: usize) -> f64 {
    let place = bucket.saturating_sub(1);
    let octave = (place / PARTS) as f64 + f64::from(LOWEST_OCTAVE);
    octave * std::f64::consts::LN_2 + MIDDLES.get(place % PARTS).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_and_edges_agree() {
        for bucket_ in 1..BUCKETS {
            let low = edge(bucket_);
            assert_eq!(bucket(low), bucket_);
            assert_eq!(bucket(low * 1.14), bucket_);
            assert!((ln_middle(bucket_) - low.ln() - 0.09).abs() < 0.03, "{bucket_}");
        }
        assert_eq!(edge(1), 2f64.powi(-24));
        assert_eq!((bucket(0.0), bucket(1e-9), bucket(f64::INFINITY), bucket(1e300)), (0, 0, BUCKETS - 1, BUCKETS - 1));
    }

    #[test]
    fn a_pareto_tail_is_found_again() {
        // Quantiles of a Pareto distribution of exponent 2 from 1 on, in a scattered order.
        let mut tail = Tail::new(1e9);
        let count = 20_011u64;
        for step in 0..count {
            let share = ((step * 7_919) % count) as f64 + 0.5;
            tail.push((share / count as f64).powf(-0.5));
        }
        assert!((tail.index - 0.5).abs() < 0.1, "{}", tail.index);
        for size in [1.5f64, 3.0, 20.0, 500.0] {
            let exact = 2.0 * size.ln();
            assert!((tail.surprise(size, bucket(size)) - exact).abs() < 0.1 * exact + 0.25, "{size}");
        }
    }

    #[test]
    fn what_is_nearly_always_zero_is_not_extrapolated() {
        let mut tail = Tail::new(1e9);
        (0..999).for_each(|_| {
            tail.push(0.0);
        });
        let surprise = tail.push(1e6);
        assert!((surprise - 1_000f64.ln()).abs() < 0.05, "{surprise}");
        assert_eq!(tail.push(0.0), 0.0);
    }

    #[test]
    fn what_is_long_past_is_forgotten() {
        let mut tail = Tail::new(500.0);
        (0..500).for_each(|_| {
            tail.push(8.0);
        });
        (0..10_000).for_each(|step| {
            tail.push(1.0 + f64::from(step % 10) * 0.01);
        });
        assert!(tail.push(8.0) > 6.0);
    }
}
