//! Deflated data (RFC 1951), as a stream.

use super::bytes::Bytes;
use super::error_of;
use crate::Error;
use flate2::{Decompress, FlushDecompress, Status};
use std::io;

/// So many bytes go in at once, however the source hands them out: what comes out before a fault is lost, and must not depend
/// on that.
const INPUT: usize = 4096;

/// Unpacks one stream of deflated data.
pub(super) struct Inflate {
    state: Decompress,
    has_ended: bool,
}

/// Why data cannot be inflated.
pub(super) enum Fault {
    /// They end before they say so.
    Cut,
    /// They break the rules.
    Damaged,
    /// The source failed.
    Source(io::Error),
}

impl Fault {
    /// What to tell of it: what the data are called, and how much came out before.
    pub(super) fn into_error(self, what: &str, unpacked: u64) -> Error {
        let (reason, remedy) = match self {
            Self::Cut => (
                format!("the data end too early, after {unpacked} unpacked bytes"),
                "The file was cut off on its way; copy or download it again.",
            ),
            // How much came out before depends on how the bytes came in.
            Self::Damaged => (
                "the data are damaged".to_owned(),
                "Copy or download the file again, or unpack it yourself and open the result.",
            ),
            Self::Source(error) => return error_of(&error),
        };
        Error::Compressed { what: what.to_owned(), reason, remedy: remedy.to_owned() }
    }
}

impl Inflate {
    pub(super) fn new() -> Self {
        Self { state: Decompress::new(false), has_ended: false }
    }

    /// Begins another stream.
    pub(super) fn reset(&mut self) {
        self.state.reset(false);
        self.has_ended = false;
    }

    /// How many bytes went in since the beginning.
    pub(super) fn packed(&self) -> u64 {
        self.state.total_in()
    }

    /// Unpacks at least one byte; none at the end of the stream, behind which `bytes` then stands.
    pub(super) fn read(&mut self, bytes: &mut Bytes<'_>, into: &mut [u8]) -> Result<usize, Fault> {
        loop {
            if self.has_ended || into.is_empty() {
                return Ok(0);
            }
            let packed = bytes.peek(INPUT).map_err(Fault::Source)?;
            let (is_last, before) = (packed.is_empty(), (self.state.total_in(), self.state.total_out()));
            let status = self.state.decompress(packed, into, FlushDecompress::None).map_err(|_| Fault::Damaged)?;
            let (used, made) = (self.state.total_in() - before.0, self.state.total_out() - before.1);
            bytes.consume(used as usize);
            self.has_ended = status == Status::StreamEnd;
            if made > 0 {
                return Ok(made as usize);
            }
            if !self.has_ended && used == 0 {
                return Err(if is_last { Fault::Cut } else { Fault::Damaged });
            }
        }
    }
}
