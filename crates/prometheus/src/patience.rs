//! When the next request may go out: after failures later and later, and never too many in a minute.

use std::collections::VecDeque;

/// The most requests within any minute, whatever happens.
pub(crate) const MOST_PER_MINUTE: usize = 90;
/// The wait after the first failure, doubled after each further one up to the longest.
const FIRST_WAIT_MS: i64 = 4_000;
const LONGEST_WAIT_MS: i64 = 300_000;
/// The longest wait that a server's own wish is granted.
const LONGEST_WISH_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

/// How patient we are with a server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patience {
    /// When the last requests went out, the oldest first.
    sent_ms: VecDeque<i64>,
    failures: u32,
    not_before_ms: Option<i64>,
}

impl Patience {
    /// The earliest time at which the next request may go out.
    pub(crate) fn earliest_ms(&mut self, now_ms: i64) -> i64 {
        // A clock that was put back must not make us wait until it has caught up.
        for sent_ms in &mut self.sent_ms {
            *sent_ms = (*sent_ms).min(now_ms);
        }
        self.not_before_ms = self.not_before_ms.map(|wait_ms| wait_ms.min(now_ms.saturating_add(LONGEST_WISH_MS)));
        let full = self.sent_ms.front().filter(|_| self.sent_ms.len() >= MOST_PER_MINUTE);
        let allowed_ms = full.map_or(now_ms, |first_ms| first_ms.saturating_add(MINUTE_MS));
        allowed_ms.max(self.not_before_ms.unwrap_or(now_ms)).max(now_ms)
    }

    /// A request goes out.
    pub(crate) fn send(&mut self, now_ms: i64) {
        self.sent_ms.push_back(now_ms);
        while self.sent_ms.len() > MOST_PER_MINUTE {
            self.sent_ms.pop_front();
        }
    }

    /// A request has failed. The wait is doubled with every failure in a row, and drawn between half and all of that with
    /// `seed`, so that many pages do not come back to a server at once. A server's own wish counts where it is longer.
    pub(crate) fn fail(&mut self, now_ms: i64, wish_s: Option<u64>, seed: u64) {
        let doubled_ms = FIRST_WAIT_MS << self.failures.min(20);
        self.failures = self.failures.saturating_add(1);
        let whole_ms = doubled_ms.min(LONGEST_WAIT_MS);
        let drawn_ms = whole_ms / 2 + (mixed(seed) % (whole_ms as u64 / 2 + 1)) as i64;
        let wish_ms = wish_s.map_or(0, |wish_s| wish_s.min(LONGEST_WISH_MS as u64 / 1_000) as i64 * 1_000);
        self.not_before_ms = Some(now_ms.saturating_add(drawn_ms.max(wish_ms)));
    }

    /// All is well again.
    pub(crate) fn succeed(&mut self) {
        self.failures = 0;
        self.not_before_ms = None;
    }

    /// The failures in a row.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }
}

/// Bits of a seed, well mixed (the finaliser of SplitMix64).
fn mixed(seed: u64) -> u64 {
    let mut bits = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_a_wish_counts_where_it_is_longer() {
        let mut patience = Patience::default();
        let mut longest = 0;
        for failure in 0..40 {
            patience.fail(0, None, failure);
            let wait_ms = patience.earliest_ms(0);
            let whole_ms = (FIRST_WAIT_MS << failure.min(20)).min(LONGEST_WAIT_MS);
            assert!((whole_ms / 2..=whole_ms).contains(&wait_ms), "{failure}: {wait_ms}");
            longest = longest.max(wait_ms);
        }
        assert!(longest > LONGEST_WAIT_MS / 2);
        patience.fail(0, Some(2_000), 1);
        assert_eq!(patience.earliest_ms(0), 2_000_000);
        patience.fail(0, Some(u64::MAX), 1);
        assert_eq!(patience.earliest_ms(0), LONGEST_WISH_MS);
        patience.succeed();
        assert_eq!(patience.earliest_ms(5), 5);
    }

    #[test]
    fn waits_differ_from_seed_to_seed() {
        let wait = |seed| {
            let mut patience = Patience::default();
            patience.fail(0, None, seed);
            patience.earliest_ms(0)
        };
        assert!((1..20).any(|seed| wait(seed) != wait(0)));
    }

    #[test]
    fn a_clock_that_is_put_back_does_not_make_us_wait_for_ever() {
        let mut patience = Patience::default();
        (0..MOST_PER_MINUTE).for_each(|_| patience.send(1_000_000_000));
        assert_eq!(patience.earliest_ms(1_000), 1_000 + MINUTE_MS);
        patience.fail(1_000_000_000, Some(60), 0);
        assert!(patience.earliest_ms(1_000) <= 1_000 + LONGEST_WISH_MS);
    }
}
