//! Bytes to text: compression, byte order marks, encodings.

use crate::Error;
use crate::gzip;
use series::{Note, NoteKind};
use std::borrow::Cow;

/// The most text that a compressed file may unpack to.
const LARGEST_UNPACKED: u64 = 1 << 30;

/// Decoded text, and what had to be assumed for it.
pub(crate) struct Text<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) notes: Vec<Note>,
}

/// Unpacks gzip, drops a byte order mark, and decodes UTF-8, UTF-16 or, failing these, Windows' Western encoding.
pub(crate) fn decode(bytes: &[u8]) -> Result<Text<'_>, Error> {
    if bytes.starts_with(&gzip::MAGIC) {
        let unpacked = gzip::unpack(bytes, LARGEST_UNPACKED)?;
        let (text, notes) = decode_characters(&unpacked)?;
        return Ok(Text { text: Cow::Owned(text.into_owned()), notes });
    }
    let (text, notes) = decode_characters(bytes)?;
    Ok(Text { text, notes })
}

fn decode_characters(bytes: &[u8]) -> Result<(Cow<'_, str>, Vec<Note>), Error> {
    if let Some(rest) = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        return decode_eight_bit(rest);
    }
    if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        return Ok((Cow::Owned(decode_sixteen_bit(rest, u16::from_le_bytes)), Vec::new()));
    }
    if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        return Ok((Cow::Owned(decode_sixteen_bit(rest, u16::from_be_bytes)), Vec::new()));
    }
    if let Some(looks_like) = binary_format(bytes) {
        return Err(Error::Unsupported {
            looks_like: looks_like.to_owned(),
            remedy: "Export the data as CSV or JSON, or open a gzip of one of these.".to_owned(),
        });
    }
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or(bytes);
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let half = head.len() / 2;
    if half >= 2 && zeros(1) * 10 > half * 8 && zeros(0) == 0 {
        return Ok((Cow::Owned(decode_sixteen_bit(bytes, u16::from_le_bytes)), Vec::new()));
    }
    if half >= 2 && zeros(0) * 10 > half * 8 && zeros(1) == 0 {
        return Ok((Cow::Owned(decode_sixteen_bit(bytes, u16::from_be_bytes)), Vec::new()));
    }
    if head.contains(&0) {
        return Err(Error::Unsupported {
            looks_like: "a binary file".to_owned(),
            remedy: "Export the data as CSV or JSON text.".to_owned(),
        });
    }
    decode_eight_bit(bytes)
}

fn decode_eight_bit(bytes: &[u8]) -> Result<(Cow<'_, str>, Vec<Note>), Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.trim_start_matches(char::is_whitespace).is_empty() => Err(Error::Empty),
        Ok(text) => Ok((Cow::Borrowed(text), Vec::new())),
        Err(_) => {
            let text: String = bytes.iter().map(|&byte| western(byte)).collect();
            let count = bytes.iter().filter(|byte| !byte.is_ascii()).count();
            let note = Note::new(
                NoteKind::Assumption,
                count as u64,
                format!("The text is not UTF-8; {count} bytes were read as Western European characters (Windows-1252)"),
            );
            Ok((Cow::Owned(text), vec![note]))
        }
    }
}

/// Windows-1252, without the few signs of its own between 0x80 and 0x9f but the one that names carry: the euro.
fn western(byte: u8) -> char {
    if byte == 0x80 { '€' } else { char::from(byte) }
}

fn decode_sixteen_bit(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(unit);
    char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn binary_format(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 19] = [
        (b"\x89PNG", "a PNG image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"GIF8", "a GIF image"),
        (b"RIFF", "an image, sound or film (RIFF)"),
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "a ZIP archive or an Office document"),
        (b"PK\x05\x06", "an empty ZIP archive"),
        (b"\xd0\xcf\x11\xe0", "an old Office document"),
        (b"\x28\xb5\x2f\xfd", "zstd data"),
        (b"BZh", "bzip2 data"),
        (b"\xfd7zXZ", "xz data"),
        (b"7z\xbc\xaf", "a 7-Zip archive"),
        (b"PAR1", "a Parquet file"),
        (b"ARROW1", "an Arrow file"),
        (b"SQLite format 3", "an SQLite database"),
        (b"\x7fELF", "a program"),
        (b"MZ\x90", "a program"),
        (b"\0asm", "a WebAssembly module"),
        (b"\x93NUMPY", "a NumPy array"),
    ];
    MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn byte_order_marks_and_gzip_make_no_difference() {
        let sixteen: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("a;ß".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let bare: Vec<u8> = "a;bcd".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&sixteen).unwrap().text, "a;ß");
        assert_eq!(decode(&bare).unwrap().text, "a;bcd");
        assert_eq!(decode("\u{feff}a;ß".as_bytes()).unwrap().text, "a;ß");
        assert_eq!(decode(&gzip("a;ß".as_bytes())).unwrap().text, "a;ß");
        assert_eq!(decode(b"a;\xdf").unwrap().text, "a;ß");
    }

    #[test]
    fn a_cut_gzip_says_so() {
        let mut bytes = gzip("time,a\n1,2\n".repeat(1000).as_bytes());
        bytes.truncate(bytes.len() / 2);
        let error = decode(&bytes).err().unwrap();
        assert!(error.to_string().contains("end too early"), "{error}");
    }
}
