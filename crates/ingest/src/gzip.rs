//! Gzip data that are in memory as a whole.

use crate::{Error, container};
use std::ops::ControlFlow;

/// What every gzip file begins with.
pub(crate) const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Unpacks all members of a gzip file, one behind the other, up to `limit` bytes of text.
pub(crate) fn unpack(mut bytes: &[u8], limit: u64) -> Result<Vec<u8>, Error> {
    let mut unpacked = Vec::new();
    container::open(&mut bytes, &mut |_, file| {
        let mut limited = std::io::Read::take(file, limit + 1);
        std::io::Read::read_to_end(&mut limited, &mut unpacked).map_err(|error| container::error_of(&error))?;
        Ok(ControlFlow::Break(()))
    })?;
    if unpacked.len() as u64 > limit {
        return Err(Error::Compressed {
            what: "gzip data".to_owned(),
            reason: format!("they grow beyond {} MiB", limit >> 20),
            remedy: "If that is right, unpack the file yourself and open a part of it.".to_owned(),
        });
    }
    Ok(unpacked)
}
