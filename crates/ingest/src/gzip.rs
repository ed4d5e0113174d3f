//! Gzip (RFC 1952): its frame around deflated data. flate2's own reader brings 16 KB of checksum tables to the browser.

use crate::Error;
use flate2::{Decompress, FlushDecompress, Status};

/// What every gzip file begins with.
pub(crate) const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The method that is in use: deflate.
const DEFLATE: u8 = 8;
/// Flags of a header: what stands between it and the data.
const HAS_CHECKSUM: u8 = 1 << 1;
const HAS_EXTRA: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_COMMENT: u8 = 1 << 4;
/// The room that is made for more data, at least.
const ROOM: usize = 1 << 16;

enum Fault {
    Cut,
    Damaged,
    TooLarge,
}

/// Unpacks all members of a gzip file, one behind the other, up to `limit` bytes of text.
pub(crate) fn unpack(bytes: &[u8], limit: u64) -> Result<Vec<u8>, Error> {
    let mut unpacked = Vec::with_capacity(bytes.len().saturating_mul(4).min(1 << 28));
    match members(bytes, limit, &mut unpacked) {
        Ok(()) => Ok(unpacked),
        Err(Fault::Cut) => Err(Error::Compressed {
            reason: format!("they end too early, after {} unpacked bytes", unpacked.len()),
            remedy: "The file was cut off on its way; copy or download it again.".to_owned(),
        }),
        Err(Fault::Damaged) => Err(Error::Compressed {
            reason: format!("they are damaged after {} unpacked bytes", unpacked.len()),
            remedy: "Copy or download the file again, or unpack it yourself and open the result.".to_owned(),
        }),
        Err(Fault::TooLarge) => Err(Error::Compressed {
            reason: format!("they grow beyond {} MiB", limit >> 20),
            remedy: "If that is right, unpack the file yourself and open a part of it.".to_owned(),
        }),
    }
}

fn members(mut rest: &[u8], limit: u64, unpacked: &mut Vec<u8>) -> Result<(), Fault> {
    let table = checksum_table();
    while !rest.is_empty() {
        let start = unpacked.len();
        rest = header(rest)?;
        rest = inflate(rest, limit, unpacked)?;
        let checksum = take(&mut rest, 4)?;
        let length = take(&mut rest, 4)?;
        let member = unpacked.get(start..).unwrap_or_default();
        if checksum != checksum_of(member, &table).to_le_bytes() || length != (member.len() as u32).to_le_bytes() {
            return Err(Fault::Damaged);
        }
    }
    Ok(())
}

/// Reads a member's header and returns what is behind it.
fn header(mut rest: &[u8]) -> Result<&[u8], Fault> {
    let fixed = take(&mut rest, 10)?;
    let [first, second, method, flags, ..] = fixed else { return Err(Fault::Cut) };
    if [*first, *second] != MAGIC || *method != DEFLATE {
        return Err(Fault::Damaged);
    }
    if flags & HAS_EXTRA != 0 {
        let length = take(&mut rest, 2)?.iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
        take(&mut rest, length)?;
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            let length = rest.iter().position(|byte| *byte == 0).ok_or(Fault::Cut)?;
            take(&mut rest, length + 1)?;
        }
    }
    if flags & HAS_CHECKSUM != 0 {
        take(&mut rest, 2)?;
    }
    Ok(rest)
}

/// Inflates one member's data and returns what is behind it.
fn inflate<'a>(bytes: &'a [u8], limit: u64, unpacked: &mut Vec<u8>) -> Result<&'a [u8], Fault> {
    let mut inflater = Decompress::new(false);
    loop {
        if unpacked.capacity() == unpacked.len() {
            unpacked.reserve(ROOM);
        }
        let (read, written) = (inflater.total_in(), inflater.total_out());
        let rest = bytes.get(read as usize..).unwrap_or_default();
        let status = inflater.decompress_vec(rest, unpacked, FlushDecompress::None).map_err(|_| Fault::Damaged)?;
        if unpacked.len() as u64 > limit {
            return Err(Fault::TooLarge);
        }
        if status == Status::StreamEnd {
            return Ok(bytes.get(inflater.total_in() as usize..).unwrap_or_default());
        }
        if (inflater.total_in(), inflater.total_out()) == (read, written) {
            return Err(Fault::Cut);
        }
    }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], Fault> {
    let (taken, behind) = rest.split_at_checked(count).ok_or(Fault::Cut)?;
    *rest = behind;
    Ok(taken)
}

/// The remainders of all bytes, for [`checksum_of`].
fn checksum_table() -> [u32; 256] {
    std::array::from_fn(|byte| {
        (0..8).fold(byte as u32, |rest, _| if rest & 1 == 1 { 0xedb8_8320 ^ (rest >> 1) } else { rest >> 1 })
    })
}

/// CRC-32, as RFC 1952 has it.
fn checksum_of(bytes: &[u8], table: &[u32; 256]) -> u32 {
    !bytes.iter().fold(!0, |rest, byte| table[usize::from(rest as u8 ^ byte)] ^ (rest >> 8))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::GzBuilder::new()
            .filename("a.csv")
            .comment("made for a test")
            .extra(vec![1, 2, 3])
            .write(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn members_stand_one_behind_the_other() {
        let text = "time,a\n1,2\n".repeat(20_000).into_bytes();
        let both = [gzip(&text), gzip(b"end")].concat();
        assert_eq!(unpack(&both, 1 << 30).unwrap(), [text, b"end".to_vec()].concat());
    }

    #[test]
    fn what_grows_too_far_is_refused() {
        let error = unpack(&gzip(&vec![b'a'; 1 << 20]), 1 << 10).unwrap_err();
        assert!(error.to_string().contains("grow beyond"), "{error}");
    }

    #[test]
    fn cut_and_damaged_files_say_so_at_every_byte() {
        let text: Vec<u8> = (0..500u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
        let whole = gzip(&text);
        for end in 1..whole.len() {
            let error = unpack(&whole[..end], 1 << 30).unwrap_err().to_string();
            assert!(error.contains("end too early"), "{end}: {error}");
        }
        for place in [0, 1, 2, whole.len() / 2, whole.len() - 6, whole.len() - 1] {
            let mut damaged = whole.clone();
            damaged[place] ^= 0x10;
            assert!(unpack(&damaged, 1 << 30).is_err(), "{place}");
        }
    }
}
