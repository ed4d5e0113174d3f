//! What stands in front of an entry's data in a ZIP archive.

use super::bytes::Bytes;
use super::entry::Measure;
use super::inflate::Fault;
use super::name;

/// The signature in front of an entry.
pub(super) const SIGNATURE: &[u8] = b"PK\x03\x04";

/// Bits of the flags.
const IS_ENCRYPTED: u16 = 1;
const IS_MEASURED_BEHIND: u16 = 1 << 3;
/// The mark in a size that the extra fields hold in full.
const ELSEWHERE: u64 = u32::MAX as u64;
/// The extra field that holds sizes of eight bytes.
const WIDE_SIZES: [u8; 2] = [1, 0];

/// How an entry is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
    Encrypted,
    /// Any other, by its number.
    Other(u16),
}

/// An entry's header.
pub(super) struct Header {
    pub(super) name: String,
    pub(super) method: Method,
    /// What it says about the data; zeros if that stands behind them.
    pub(super) measure: Measure,
    /// Whether the data are measured behind them.
    pub(super) is_measured_behind: bool,
}

impl Header {
    /// Reads a header, and leaves the source in front of the data.
    pub(super) fn take(bytes: &mut Bytes<'_>) -> Result<Self, Fault> {
        let start = bytes.peek(SIGNATURE.len()).map_err(Fault::Source)?;
        if !SIGNATURE.starts_with(start) {
            return Err(Fault::Damaged);
        }
        let fixed = bytes.take::<30>().map_err(Fault::Source)?.ok_or(Fault::Cut)?;
        let flags = number(&fixed, 6, 2);
        let method = number(&fixed, 8, 2);
        let [checksum, packed, unpacked] = [14, 18, 22].map(|at| number(&fixed, at, 4));
        let name = name::decode(&text(bytes, number(&fixed, 26, 2))?);
        let extra = text(bytes, number(&fixed, 28, 2))?;
        let mut measure = Measure { checksum: checksum as u32, packed, unpacked };
        if packed == ELSEWHERE || unpacked == ELSEWHERE {
            widen(&mut measure, &extra);
        }
        let has = |flag: u16| flags as u16 & flag != 0;
        let method = match method as u16 {
            _ if has(IS_ENCRYPTED) => Method::Encrypted,
            0 => Method::Stored,
            8 => Method::Deflated,
            other => Method::Other(other),
        };
        Ok(Self { name, method, measure, is_measured_behind: has(IS_MEASURED_BEHIND) })
    }
}

impl Method {
    /// What an entry is whose data cannot be unpacked.
    pub(super) fn label(self) -> String {
        let name = match self {
            Self::Encrypted => return "encrypted".to_owned(),
            Self::Stored => "stored",
            Self::Deflated => "deflate",
            Self::Other(9) => "Deflate64",
            Self::Other(12) => "bzip2",
            Self::Other(14) => "LZMA",
            Self::Other(93) => "Zstandard",
            Self::Other(95) => "xz",
            Self::Other(number) => return format!("packed with method {number}"),
        };
        format!("packed with {name}")
    }
}

/// A number of so many bytes, the lowest first; 0 outside.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let bytes = bytes.get(at..at + length).unwrap_or_default();
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Takes a text of so many bytes.
fn text(bytes: &mut Bytes<'_>, length: u64) -> Result<Vec<u8>, Fault> {
    let length = length as usize;
    let text = bytes.peek(length).map_err(Fault::Source)?.to_vec();
    if text.len() < length {
        return Err(Fault::Cut);
    }
    bytes.consume(length);
    Ok(text)
}

/// Takes sizes that do not fit into four bytes from the extra fields.
fn widen(measure: &mut Measure, mut extra: &[u8]) {
    while let Some((head, rest)) = extra.split_at_checked(4) {
        let length = number(head, 2, 2) as usize;
        if head.starts_with(&WIDE_SIZES) {
            let mut at = 0;
            // The unpacked size stands first, and each only where its short field is full.
            for size in [&mut measure.unpacked, &mut measure.packed] {
                if *size == ELSEWHERE && at + 8 <= length.min(rest.len()) {
                    *size = number(rest, at, 8);
                    at += 8;
                }
            }
            return;
        }
        extra = rest.get(length..).unwrap_or_default();
    }
}
