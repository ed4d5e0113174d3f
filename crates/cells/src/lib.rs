//! The plain cells of large tables, many at a time.
//!
//! Most rows of an export are alike: no quotes, the usual number in every cell, the time a little after the last one. Here
//! are the loops that read such rows: [`Stretch`] finds them, and its columns are read by [`Digits`], [`Clock`] and
//! [`Turns`]. None of them knows what a table means, and every one leaves what it does not know to whoever asked; what it
//! does say is what the general way of reading would have said.
//!
//! They are a crate of their own because the browser's reader is compiled for size, but for these.

mod clock;
mod digits;
mod marks;
mod stretch;
mod turns;

pub use clock::Clock;
pub use digits::Digits;
pub use stretch::Stretch;
pub use turns::Turns;

use wide::u8x16;

/// The number of line feeds.
pub fn line_ends(text: &[u8]) -> usize {
    let (vectors, rest) = text.as_chunks::<16>();
    let wanted = u8x16::splat(b'\n');
    let of = |vector: &[u8; 16]| u8x16::new(*vector).simd_eq(wanted).to_bitmask().count_ones() as usize;
    vectors.iter().map(of).sum::<usize>() + rest.iter().filter(|byte| **byte == b'\n').count()
}

/// Whether two texts are the same. Written out, since the standard library's own way is slow where that is compiled for
/// size.
#[inline(always)]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let ((ones, one_rest), (others, other_rest)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
    one.len() == other.len()
        && ones.iter().zip(others).all(|(one, other)| u64::from_ne_bytes(*one) == u64::from_ne_bytes(*other))
        && one_rest.iter().zip(other_rest).all(|(one, other)| one == other)
}

#[cfg(test)]
mod tests {
    #[test]
    fn one_different_byte_is_seen() {
        let text = *b"2026-03-10T06:00:00.250+01:00";
        for length in 0..text.len() {
            assert!(super::is_same(&text[..length], &Vec::from(&text[..length])));
            assert!(!super::is_same(&text[..length], &text[..length + 1]));
            for at in 0..length {
                let mut other = text;
                other[at] ^= 1;
                assert!(!super::is_same(&text[..length], &other[..length]));
            }
        }
    }

    #[test]
    fn every_line_feed_is_counted() {
        for length in 0..100 {
            let text: Vec<u8> = (0..length).map(|at| if at % 7 < 3 { b'\n' } else { b'a' }).collect();
            assert_eq!(super::line_ends(&text), text.iter().filter(|byte| **byte == b'\n').count());
        }
    }
}
