//! Reading a wasm file.

use anyhow::{Context, Result, bail};

/// The length of what stands before the first section.
pub(super) const HEADER: usize = 8;

/// What is left to read of a wasm file.
pub(super) struct Bytes<'b>(pub(super) &'b [u8]);

impl<'b> Bytes<'b> {
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// An unsigned number in LEB128.
    pub(super) fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte().context("a number of the wasm file is cut")?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        bail!("a number of the wasm file is too long")
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length).context("a part of the wasm file is cut")?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn name(&mut self) -> Result<&'b str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).context("a name of the wasm file")
    }
}
