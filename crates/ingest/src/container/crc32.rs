//! CRC-32, as gzip (RFC 1952) and ZIP have it, eight bytes at a time. Its tables are computed: they would not compress.

/// The checksum of a stream.
pub(super) struct Crc32 {
    tables: Box<[[u32; 256]; 8]>,
    rest: u32,
}

impl Crc32 {
    /// Of nothing so far.
    pub(super) fn new() -> Self {
        let mut tables = Box::new([[0u32; 256]; 8]);
        for byte in 0..256usize {
            let mut rest = byte as u32;
            for _ in 0..8 {
                rest = if rest & 1 == 1 { 0xedb8_8320 ^ (rest >> 1) } else { rest >> 1 };
            }
            tables[0][byte] = rest;
        }
        for distance in 1..8 {
            for byte in 0..256usize {
                let nearer = tables[distance - 1][byte];
                tables[distance][byte] = tables[0][usize::from(nearer as u8)] ^ (nearer >> 8);
            }
        }
        Self { tables, rest: !0 }
    }

    /// Begins again.
    pub(super) fn reset(&mut self) {
        self.rest = !0;
    }

    /// Adds bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let tables = &self.tables;
        let mut rest = self.rest;
        let (eights, ends) = bytes.as_chunks::<8>();
        for &[a, b, c, d, e, f, g, h] in eights {
            let [a, b, c, d] = (rest ^ u32::from_le_bytes([a, b, c, d])).to_le_bytes();
            rest = tables[7][usize::from(a)]
                ^ tables[6][usize::from(b)]
                ^ tables[5][usize::from(c)]
                ^ tables[4][usize::from(d)]
                ^ tables[3][usize::from(e)]
                ^ tables[2][usize::from(f)]
                ^ tables[1][usize::from(g)]
                ^ tables[0][usize::from(h)];
        }
        for byte in ends {
            rest = tables[0][usize::from(rest as u8 ^ byte)] ^ (rest >> 8);
        }
        self.rest = rest;
    }

    /// The checksum so far.
    pub(super) fn sum(&self) -> u32 {
        !self.rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_that_of_the_standard() {
        // The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
        let mut crc = Crc32::new();
        crc.add(b"123456789");
        assert_eq!(crc.sum(), 0xcbf4_3926);
        let text: Vec<u8> = (0..1000u32).map(|n| (n * 7) as u8).collect();
        let sums = [1, 5, 8, 13, 1000].map(|length| {
            crc.reset();
            text.chunks(length).for_each(|piece| crc.add(piece));
            crc.sum()
        });
        assert!(sums.iter().all(|sum| *sum == sums[0]), "{sums:x?}");
    }
}
