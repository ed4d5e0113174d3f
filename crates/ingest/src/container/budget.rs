//! How much a file may unpack to: a small file made to fill memory or to last for hours is refused.

use crate::Error;
use std::cell::Cell;

/// The most that comes out of one file, over all entries: exports of 1 GB are far below it.
const LARGEST: u64 = 8 << 30;
/// The most that comes out for each byte that goes in. Deflate reaches 1,032 with one byte over and over. Metrics that
/// never change come to 200, because the time changes; a thousand columns that are zero throughout to 300.
const LARGEST_RATIO: u64 = 500;
/// So much may come out at any ratio: what a reader makes of it fits into memory.
const FREE: u64 = 32 << 20;

/// What went into unpacking one file and came out so far, in bytes, with archives in archives counted at each level.
#[derive(Default)]
pub(super) struct Budget {
    packed: Cell<u64>,
    unpacked: Cell<u64>,
}

impl Budget {
    /// So many more bytes of the file were used.
    pub(super) fn use_packed(&self, count: usize) {
        self.packed.set(self.packed.get().saturating_add(count as u64));
    }

    /// So many more bytes came out of `what`.
    ///
    /// # Errors
    /// If that is too much.
    pub(super) fn use_unpacked(&self, count: usize, what: &str) -> Result<(), Error> {
        let (packed, unpacked) = (self.packed.get(), self.unpacked.get().saturating_add(count as u64));
        self.unpacked.set(unpacked);
        let reason = if unpacked > LARGEST {
            format!("more than {} GiB come out", LARGEST >> 30)
        } else if unpacked > FREE && unpacked / LARGEST_RATIO > packed {
            format!(
                "more than {LARGEST_RATIO} times as much comes out as goes in, as in a file made to fill a computer"
            )
        } else {
            return Ok(());
        };
        Err(Error::Compressed {
            what: what.to_owned(),
            reason,
            remedy: "If that is right, unpack the file yourself and open the result or a part of it.".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_what_grows_too_far_is_refused() {
        let budget = Budget::default();
        budget.use_packed(1 << 10);
        budget.use_unpacked(32 << 20, "gzip data").unwrap();
        let error = budget.use_unpacked(1, "gzip data").unwrap_err().to_string();
        assert!(error.contains("more than 500 times as much"), "{error}");
        budget.use_packed(1 << 30);
        budget.use_unpacked(1 << 30, "gzip data").unwrap();
        assert!(budget.use_unpacked(7 << 30, "gzip data").is_err());
    }
}
