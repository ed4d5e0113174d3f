//! Bytes to text, window by window: byte order marks, encodings, line ends.

use crate::Error;
use crate::container::error_of;
use series::{Note, NoteKind};
use std::io::Read;

/// How much is read at a time.
pub(crate) const PIECE: usize = 1 << 20;
/// How much a reader may leave unconsumed: the longest line, record or text.
const LONGEST: usize = 1 << 26;
/// Lines that the first window shall hold, so that a format can be found by them.
pub(crate) const HEAD_LINES: usize = 300;
/// The most that the first window holds for it.
pub(crate) const HEAD_BYTES: usize = 1 << 23;

/// A file's text, of which a part is in memory: the window.
///
/// The window is a part of the text that does not depend on how the source hands out its bytes. A reader takes from its
/// front ([`Self::consume`]) and asks for more at its end ([`Self::more`]).
pub(crate) struct Text<'s> {
    source: &'s mut dyn Read,
    /// How many bytes the source has, where that is known.
    length: Option<u64>,
    encoding: Encoding,
    /// Bytes that were read and not decoded yet.
    raw: Vec<u8>,
    window: String,
    /// The byte of `window` at which what is not consumed begins.
    at: usize,
    /// The line that `at` is in, from 1.
    line: u64,
    /// How much has been taken from the front so far, in bytes of UTF-8.
    position: u64,
    is_exhausted: bool,
    /// Lone carriage returns end the lines.
    has_old_line_ends: bool,
    foreign_bytes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    /// UTF-8, and bytes that are none taken for Windows' Western encoding.
    EightBit,
    SixteenBitLittle,
    SixteenBitBig,
}

impl<'s> Text<'s> {
    /// Reads the first window. `length` is the number of bytes that the source has, where that is known.
    ///
    /// # Errors
    /// If there is nothing but blanks, if it is no text, or if the source fails.
    pub(crate) fn open(source: &'s mut dyn Read, length: Option<u64>) -> Result<Self, Error> {
        let mut text = Self {
            source,
            length,
            encoding: Encoding::EightBit,
            raw: Vec::new(),
            window: String::new(),
            at: 0,
            line: 1,
            position: 0,
            is_exhausted: false,
            has_old_line_ends: false,
            foreign_bytes: 0,
        };
        text.fill(PIECE)?;
        let (encoding, mark) = encoding_of(&text.raw)?;
        text.encoding = encoding;
        text.raw.drain(..mark);
        text.decode();
        text.has_old_line_ends = text.window.contains('\r') && !text.window.contains('\n');
        if text.has_old_line_ends {
            text.window = text.window.replace('\r', "\n");
        }
        while line_ends(text.rest()) < HEAD_LINES && text.rest().len() < HEAD_BYTES && text.more()? {}
        if text.is_last() && text.rest().trim().is_empty() {
            return Err(Error::Empty);
        }
        Ok(text)
    }

    /// What is not consumed and in memory.
    pub(crate) fn rest(&self) -> &str {
        self.window.get(self.at..).unwrap_or_default()
    }

    /// Whether [`Self::rest`] reaches to the end of the file.
    pub(crate) fn is_last(&self) -> bool {
        self.is_exhausted
    }

    /// The line in which [`Self::rest`] begins, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Takes so many bytes from the front; they must end at a character's border.
    pub(crate) fn consume(&mut self, bytes: usize) {
        let taken = self.rest().get(..bytes).unwrap_or_else(|| self.rest());
        let (lines, length) = (line_ends(taken) as u64, taken.len());
        self.consume_lines(length, self.line + lines);
    }

    /// Takes so many bytes from the front, of whoever knows the line that comes then.
    pub(crate) fn consume_lines(&mut self, bytes: usize, next_line: u64) {
        let bytes = bytes.min(self.window.len() - self.at);
        self.line = next_line;
        self.at += bytes;
        self.position += bytes as u64;
    }

    /// How much has been taken from the front so far, in bytes of UTF-8.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// How long the text is in bytes of UTF-8, about, where that is known; a source may claim what is not so.
    pub(crate) fn length(&self) -> Option<u64> {
        self.length.filter(|_| self.encoding == Encoding::EightBit)
    }

    /// How many bytes [`Self::more`] asks the source for.
    pub(crate) fn wants(&self) -> usize {
        PIECE.max(self.rest().len())
    }

    /// Adds to the end of the window; false at the end of the file.
    ///
    /// # Errors
    /// If the source fails, or if what is not consumed has become too long.
    pub(crate) fn more(&mut self) -> Result<bool, Error> {
        if self.is_exhausted {
            return Ok(false);
        }
        if self.rest().len() > LONGEST {
            return Err(Error::TooLarge {
                what: format!("bytes in the line or value that begins in line {}", self.line),
                limit: LONGEST as u64,
                remedy: "A stray quote or bracket may keep it open; mend the file there, or export less in one piece."
                    .to_owned(),
            });
        }
        if self.at > 0 {
            self.window.drain(..self.at);
            self.at = 0;
        }
        // As much again as a reader could not take: reading a long line over and over costs no more than twice.
        self.fill(self.wants())?;
        self.decode();
        Ok(true)
    }

    /// The next line without its end, and its number; none at the end of the file.
    ///
    /// # Errors
    /// As [`Self::more`].
    pub(crate) fn next_line(&mut self) -> Result<Option<(u64, &str)>, Error> {
        let mut searched = 0;
        let end = loop {
            let rest = self.rest();
            let found = rest.as_bytes().get(searched..).and_then(|bytes| bytes.iter().position(|&byte| byte == b'\n'));
            if let Some(position) = found {
                break Some(searched + position);
            }
            searched = rest.len();
            if !self.more()? {
                break None;
            }
        };
        let start = self.at;
        let stop = match end {
            Some(end) => {
                self.at += end + 1;
                start + end
            }
            None if self.rest().is_empty() => return Ok(None),
            None => {
                self.at = self.window.len();
                self.at
            }
        };
        let number = self.line;
        self.line += 1;
        self.position += (self.at - start) as u64;
        let line = self.window.get(start..stop).unwrap_or_default();
        Ok(Some((number, line.strip_suffix('\r').unwrap_or(line))))
    }

    /// What had to be assumed about the encoding so far.
    pub(crate) fn notes(&self) -> Vec<Note> {
        let count = self.foreign_bytes;
        if count == 0 {
            return Vec::new();
        }
        vec![Note::new(
            NoteKind::Assumption,
            count as u64,
            format!("The text is not UTF-8; {count} bytes were read as Western European characters (Windows-1252)"),
        )]
    }

    /// Reads so many bytes, or what is left.
    fn fill(&mut self, wanted: usize) -> Result<(), Error> {
        let before = self.raw.len();
        let wanted = wanted as u64;
        let taken = (&mut *self.source).take(wanted).read_to_end(&mut self.raw).map_err(|error| error_of(&error))?;
        debug_assert_eq!(self.raw.len(), before + taken);
        self.is_exhausted = (taken as u64) < wanted;
        Ok(())
    }

    fn decode(&mut self) {
        let start = self.window.len();
        match self.encoding {
            Encoding::EightBit => self.decode_eight_bit(),
            Encoding::SixteenBitLittle => self.decode_sixteen_bit(u16::from_le_bytes),
            Encoding::SixteenBitBig => self.decode_sixteen_bit(u16::from_be_bytes),
        }
        if self.has_old_line_ends {
            let added = self.window.split_off(start);
            self.window.push_str(&added.replace('\r', "\n"));
        }
    }

    fn decode_eight_bit(&mut self) {
        let mut bytes = self.raw.as_slice();
        let kept = loop {
            match std::str::from_utf8(bytes) {
                Ok(text) => {
                    self.window.push_str(text);
                    break 0;
                }
                Err(error) => {
                    let (valid, rest) = bytes.split_at(error.valid_up_to());
                    self.window.push_str(std::str::from_utf8(valid).unwrap_or_default());
                    let foreign = match error.error_len() {
                        // A character that the next piece may complete.
                        None if !self.is_exhausted => break rest.len(),
                        None => rest.len(),
                        Some(length) => length,
                    };
                    let (foreign, rest) = rest.split_at(foreign.min(rest.len()));
                    self.foreign_bytes += foreign.len();
                    self.window.extend(foreign.iter().map(|&byte| western(byte)));
                    bytes = rest;
                }
            }
        };
        self.raw.drain(..self.raw.len() - kept);
    }

    fn decode_sixteen_bit(&mut self, unit: fn([u8; 2]) -> u16) {
        let mut units: Vec<u16> =
            self.raw.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(unit).collect();
        // Half a pair stays for the next piece.
        let is_open = units.last().is_some_and(|last| (0xd800..0xdc00).contains(last)) && !self.is_exhausted;
        if is_open {
            units.pop();
        }
        self.raw.drain(..units.len() * 2);
        self.window.extend(char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)));
    }
}

fn line_ends(text: &str) -> usize {
    cells::line_ends(text.as_bytes())
}

/// The encoding by its mark, or by where the zero bytes are; and the length of the mark.
fn encoding_of(bytes: &[u8]) -> Result<(Encoding, usize), Error> {
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        return Ok((Encoding::EightBit, 3));
    }
    if bytes.starts_with(&[0xff, 0xfe]) {
        return Ok((Encoding::SixteenBitLittle, 2));
    }
    if bytes.starts_with(&[0xfe, 0xff]) {
        return Ok((Encoding::SixteenBitBig, 2));
    }
    if let Some(looks_like) = binary_format(bytes) {
        return Err(Error::Unsupported {
            looks_like: looks_like.to_owned(),
            remedy: "Export the data as CSV or JSON; gzip and ZIP of these are unpacked.".to_owned(),
        });
    }
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or(bytes);
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let half = head.len() / 2;
    if half >= 2 && zeros(1) * 10 > half * 8 && zeros(0) == 0 {
        return Ok((Encoding::SixteenBitLittle, 0));
    }
    if half >= 2 && zeros(0) * 10 > half * 8 && zeros(1) == 0 {
        return Ok((Encoding::SixteenBitBig, 0));
    }
    if head.contains(&0) {
        return Err(Error::Unsupported {
            looks_like: "a binary file".to_owned(),
            remedy: "Export the data as CSV or JSON text.".to_owned(),
        });
    }
    Ok((Encoding::EightBit, 0))
}

/// Windows-1252, without the few signs of its own between 0x80 and 0x9f but the one that names carry: the euro.
fn western(byte: u8) -> char {
    if byte == 0x80 { '€' } else { char::from(byte) }
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

    fn whole(mut bytes: &[u8]) -> String {
        let mut text = Text::open(&mut bytes, None).unwrap();
        let mut all = String::new();
        loop {
            all.push_str(text.rest());
            text.consume(text.rest().len());
            if !text.more().unwrap() {
                return all;
            }
        }
    }

    #[test]
    fn encodings_make_no_difference() {
        let sixteen: Vec<u8> =
            [0xff, 0xfe].into_iter().chain("a;ß".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let bare: Vec<u8> = "a;bcd".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(whole(&sixteen), "a;ß");
        assert_eq!(whole(&bare), "a;bcd");
        assert_eq!(whole("\u{feff}a;ß".as_bytes()), "a;ß");
        assert_eq!(whole(b"a;\xdf"), "a;ß");
        assert_eq!(whole(b"a\rb\r"), "a\nb\n");
    }

    #[test]
    fn characters_across_pieces_stay_whole() {
        for shift in 0..4 {
            let text = format!("{}{}", "x".repeat(shift), "€𝄞".repeat(PIECE / 5));
            assert!(whole(text.as_bytes()) == text);
            let sixteen: Vec<u8> =
                [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
            assert!(whole(&sixteen) == text);
        }
    }

    #[test]
    fn lines_are_counted() {
        let text = format!("{}\nb\r\n\nd", "a".repeat(3 * PIECE));
        let mut bytes = text.as_bytes();
        let mut text = Text::open(&mut bytes, None).unwrap();
        let mut lines = Vec::new();
        while let Some((number, line)) = text.next_line().unwrap() {
            lines.push((number, line.len()));
        }
        assert_eq!(lines, [(1, 3 * PIECE), (2, 1), (3, 0), (4, 1)]);
    }

    #[test]
    fn what_never_ends_is_refused() {
        let mut endless = std::io::repeat(b'x');
        let mut text = Text::open(&mut endless, None).unwrap();
        let error = loop {
            match text.next_line() {
                Err(error) => break error,
                Ok(line) => assert!(line.is_none()),
            }
        };
        assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    }
}
