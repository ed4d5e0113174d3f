//! Files in files: gzip.

use crate::{Error, gzip};
use std::io::Read;

/// The most text that a compressed file may unpack to.
const LARGEST_UNPACKED: u64 = 1 << 30;

/// Calls `each` with every file in the source: its name inside, none for a plain file, and its bytes.
pub(crate) fn open(
    source: &mut dyn Read,
    each: &mut dyn FnMut(Option<&str>, &mut dyn Read) -> Result<(), Error>,
) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::Source { reason: error.to_string() };
    let mut start = Vec::new();
    (&mut *source).take(2).read_to_end(&mut start).map_err(failed)?;
    if start == gzip::MAGIC {
        source.read_to_end(&mut start).map_err(failed)?;
        let unpacked = gzip::unpack(&start, LARGEST_UNPACKED)?;
        return each(None, &mut unpacked.as_slice());
    }
    each(None, &mut start.as_slice().chain(source))
}
