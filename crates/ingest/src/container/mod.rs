//! Compressed files and archives, as streams: gzip, ZIP, and gzip inside ZIP.
//!
//! Nothing is held in memory but a window of each stream, and names of entries are only shown, never used as paths.

mod budget;
mod bytes;
mod crc32;
mod entry;
mod gzip;
mod header;
mod inflate;
mod name;
mod zip;

use crate::Error;
use budget::Budget;
use bytes::Bytes;
use std::io::{self, Read};
use std::ops::ControlFlow;

/// What is done with each file: its name if it has one of its own, its unpacked bytes, and how many they are where that is
/// known.
pub(crate) type EachFile<'f> =
    &'f mut dyn FnMut(Option<&str>, &mut dyn Read, Option<u64>) -> Result<ControlFlow<()>, Error>;

/// Hands out the files in a source, one behind the other, in the order in which they are stored: the file itself without a
/// name if it is no archive, what a gzip file unpacks to without a name, and the entries of a ZIP archive with theirs.
///
/// A file need not be read to its end. What goes wrong in the middle of it comes out of its reader as an [`io::Error`]
/// that [`error_of`] turns into an [`Error`]; so do an encrypted entry and an archive in an archive, at the first read.
/// When `each` carries on after that, so does this, unless the place of the next file is lost.
///
/// # Errors
/// Those of `each`, of the source, and of an archive that cannot be followed, is damaged, holds no file, or unpacks to
/// more than the limits allow.
pub(crate) fn open(source: &mut dyn Read, length: Option<u64>, each: EachFile<'_>) -> Result<(), Error> {
    let budget = Budget::default();
    let mut bytes = Bytes::of_file(source, &budget);
    match Kind::of(&mut bytes).map_err(|error| error_of(&error))? {
        Kind::Plain => each(None, &mut bytes, length).map(|_| ()),
        Kind::Gzip => gzip::open(&mut bytes, None, &budget, each).map(|_| ()),
        Kind::Zip => zip::open(&mut bytes, &budget, each),
        Kind::Tar => Err(refused("a tar archive".to_owned())),
    }
}

/// Whether a file that begins so is no archive.
pub(crate) fn is_plain(head: &[u8]) -> bool {
    Kind::of_head(head) == Kind::Plain
}

/// What a reader's failure means: what was found wrong in here, or what the source said.
pub(crate) fn error_of(error: &io::Error) -> Error {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(error) => error.clone(),
        None => Error::Source { reason: error.to_string() },
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Gzip,
    Zip,
    Tar,
}

impl Kind {
    /// Where the mark of a tar archive lies.
    const TAR: std::ops::Range<usize> = 257..262;

    fn of(bytes: &mut Bytes<'_>) -> io::Result<Self> {
        bytes.peek(Self::TAR.end).map(Self::of_head)
    }

    fn of_head(head: &[u8]) -> Self {
        if head.starts_with(&gzip::MAGIC) {
            Self::Gzip
        } else if zip::is_start(head) {
            Self::Zip
        } else if head.get(Self::TAR).is_some_and(|magic| magic == b"ustar") {
            Self::Tar
        } else {
            Self::Plain
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Plain => "a file",
            Self::Gzip => "gzip data",
            Self::Zip => "a ZIP archive",
            Self::Tar => "a tar archive",
        }
    }
}

/// A file that is there and cannot be read.
struct Refusal(Error);

impl Read for Refusal {
    fn read(&mut self, _into: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other(self.0.clone()))
    }
}

/// An archive that is not followed.
fn refused(looks_like: String) -> Error {
    let remedy = "Unpack it and open the files in it; several may be opened at once, also in one plain ZIP archive.";
    Error::Unsupported { looks_like, remedy: remedy.to_owned() }
}

#[cfg(test)]
mod tests;
