//! How much room the columns of a table need.

/// The number of rows that a table will have had at its end, as far as it can be told from those so far. Columns that are
/// made as long as that at once are not copied while they grow.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Room {
    rows: usize,
}

/// So many values of one column are many.
const MANY: usize = 1 << 16;
/// How many times as long a column may become at once. What is told of a source is not believed any further: a file may
/// claim a length that it has no bytes for.
const MOST_AT_ONCE: usize = 32;

impl Room {
    /// Expects the rest of `length` bytes to have as many rows to the byte as the first `read`, which have `rows`.
    pub(super) fn expect(&mut self, rows: usize, read: u64, length: Option<u64>) {
        let Some(length) = length.filter(|length| *length >= read && read > 0) else { return };
        // A little more: the last rows are seldom exactly as long as the first.
        self.rows = (rows as f64 * (length as f64 / read as f64) * 1.005) as usize + 8;
    }

    /// Makes room for `more` values behind those that are there, and for those expected. Where nothing is known, by a
    /// quarter of what is there if that is much: doubling would hold twice the memory of a large file.
    pub(super) fn make<T>(self, values: &mut Vec<T>, more: usize) {
        let length = values.len();
        if values.capacity() - length >= more {
            return;
        }
        let expected = self.rows.min(length.max(more).saturating_mul(MOST_AT_ONCE));
        let share = match expected.checked_sub(length) {
            Some(rest) if rest > more => rest,
            _ if length < MANY => length / 2,
            _ => length / 4,
        };
        // Only what is needed may end the program.
        if values.try_reserve_exact(share.max(64).max(more)).is_err() {
            values.reserve_exact(more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(rows: usize, read: u64, length: Option<u64>) -> Room {
        let mut room = Room::default();
        room.expect(rows, read, length);
        room
    }

    #[test]
    fn what_is_expected_is_made_room_for_at_once() {
        let mut values = vec![0.0; 1000];
        room(1000, 10_000, Some(200_000)).make(&mut values, 10);
        assert!((20_000..20_200).contains(&values.capacity()), "{}", values.capacity());
    }

    #[test]
    fn a_length_is_believed_as_far_as_it_was_seen() {
        let mut values = vec![0.0; 1000];
        room(1000, 10_000, Some(u64::MAX)).make(&mut values, 10);
        assert!((32_000..33_000).contains(&values.capacity()), "{}", values.capacity());
    }

    #[test]
    fn without_a_length_columns_grow_by_shares() {
        for (length, wanted) in [(1000, 1500..1600), (1 << 20, (5 << 18)..(5 << 18) + 1000)] {
            let mut values = vec![0u32; length];
            values.shrink_to_fit();
            room(length, 10_000, None).make(&mut values, 10);
            assert!(wanted.contains(&values.capacity()), "{length}: {}", values.capacity());
        }
    }
}
