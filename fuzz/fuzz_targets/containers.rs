//! Any bytes as gzip data and as a ZIP archive, and packed into both.
#![no_main]

use ingest::Options;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let plain = fuzz::check(bytes, &Options::default());
    let is_packed = bytes.starts_with(b"PK") || bytes.starts_with(&[0x1f, 0x8b]);
    let is_tar = bytes.get(257..262) == Some(b"ustar");
    // Archives in archives are refused.
    if !is_packed && !is_tar && bytes.len() < 60_000 {
        fuzz::assert_same(&plain, &fuzz::check(&gzip(bytes), &Options::default()), "as it is and as gzip data");
        fuzz::assert_same(&plain, &fuzz::check(&zip(bytes), &Options::default()), "as it is and in an archive");
    }
});

/// Gzip data with one stored block.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let length = bytes.len() as u16;
    let mut all = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1];
    all.extend(length.to_le_bytes());
    all.extend((!length).to_le_bytes());
    all.extend(bytes);
    all.extend(checksum(bytes).to_le_bytes());
    all.extend((bytes.len() as u32).to_le_bytes());
    all
}

/// A ZIP archive with one stored entry, up to where its directory begins.
fn zip(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u32).to_le_bytes();
    let mut all = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0".to_vec();
    all.extend(checksum(bytes).to_le_bytes());
    all.extend([length, length, [1, 0, 0, 0]].concat());
    all.push(b'a');
    all.extend(bytes);
    all.extend(b"PK\x01\x02");
    all
}

fn checksum(bytes: &[u8]) -> u32 {
    let step = |rest: u32| if rest & 1 == 1 { 0xedb8_8320 ^ (rest >> 1) } else { rest >> 1 };
    !bytes.iter().fold(!0, |rest, byte| (0..8).fold(rest ^ u32::from(*byte), |rest, _| step(rest)))
}
