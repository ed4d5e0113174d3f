//! Where the characters that structure a table are, in 64 bytes at a time.

use wide::u8x16;

/// A bit per byte of a block, the first byte the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Delimiters and line feeds: the ends of plain cells.
    pub(crate) ends: u64,
    /// Line feeds.
    pub(crate) lines: u64,
    /// Double quotes.
    pub(crate) quotes: u64,
    /// Carriage returns.
    pub(crate) returns: u64,
}

impl Marks {
    /// The marks of a block.
    #[inline(always)]
    pub(crate) fn of(block: &[u8; 64], delimiter: u8) -> Self {
        let [delimiters, lines, quotes, returns] = equal(block, [delimiter, b'\n', b'"', b'\r']);
        Self { ends: delimiters | lines, lines, quotes, returns }
    }
}

/// For each byte looked for, a bit per byte of the block that equals it.
#[inline(always)]
fn equal(block: &[u8; 64], wanted: [u8; 4]) -> [u64; 4] {
    let (quarters, _) = block.as_chunks::<16>();
    let mut found = [0; 4];
    for (position, quarter) in quarters.iter().enumerate() {
        let vector = u8x16::new(*quarter);
        for (bits, byte) in found.iter_mut().zip(wanted) {
            *bits |= u64::from(vector.simd_eq(u8x16::splat(byte)).to_bitmask()) << (16 * position);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn vectors_and_bytes_agree(block in proptest::array::uniform32(proptest::array::uniform2(proptest::sample::select(b"1,\n\"\r;\x80\xff".as_slice())))) {
            let block: Vec<u8> = block.into_iter().flatten().collect();
            let block: [u8; 64] = block.try_into().unwrap_or([0; 64]);
            let wanted = [b',', b'\n', b'"', b'\r'];
            let one_by_one = wanted.map(|wanted| {
                block.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(*byte == wanted))
            });
            prop_assert_eq!(equal(&block, wanted), one_by_one);
        }
    }
}
