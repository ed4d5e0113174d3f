//! The data of one entry of a ZIP archive, as a stream.

use super::budget::Budget;
use super::bytes::Bytes;
use super::crc32::Crc32;
use super::error_of;
use super::inflate::{Fault, Inflate};
use crate::Error;
use std::io::{self, Read};

/// What an archive says about an entry's data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Measure {
    pub(super) checksum: u32,
    pub(super) packed: u64,
    pub(super) unpacked: u64,
}

/// How an entry's data are kept.
pub(super) enum Packing {
    /// As they are; so many bytes are left.
    Stored(u64),
    /// Deflated.
    Deflated(Inflate),
}

/// Unpacks an entry's data and checks them against what the archive says about them.
pub(super) struct Entry<'a, 's> {
    bytes: &'a mut Bytes<'s>,
    budget: &'a Budget,
    packing: Packing,
    declared: Option<Measure>,
    what: String,
    /// What was found so far.
    found: Measure,
    crc: Crc32,
    state: State,
}

#[derive(Clone)]
enum State {
    InData,
    Ended,
    Failed(Error),
}

impl<'a, 's> Entry<'a, 's> {
    /// The entry whose data `bytes` is in front of; `declared` is none if that stands behind the data, and `what` is what the
    /// entry is called when it fails.
    pub(super) fn new(
        bytes: &'a mut Bytes<'s>,
        budget: &'a Budget,
        packing: Packing,
        declared: Option<Measure>,
        what: String,
    ) -> Self {
        let (found, crc, state) = (Measure::default(), Crc32::new(), State::InData);
        Self { bytes, budget, packing, declared, what, found, crc, state }
    }

    /// Passes over what was not read, so that the source stands in front of the next entry.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        let mut piece = vec![0; 1 << 14];
        loop {
            match self.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(error_of(&error)),
            }
        }
    }

    fn advance(&mut self, into: &mut [u8]) -> Result<usize, Fault> {
        let count = match &mut self.packing {
            Packing::Stored(0) => 0,
            Packing::Stored(left) => {
                let next = self.bytes.next().map_err(Fault::Source)?;
                let count = next.len().min(into.len()).min(usize::try_from(*left).unwrap_or(usize::MAX));
                if count == 0 {
                    return Err(Fault::Cut);
                }
                if let (Some(into), Some(next)) = (into.get_mut(..count), next.get(..count)) {
                    into.copy_from_slice(next);
                }
                self.bytes.consume(count);
                *left -= count as u64;
                self.found.packed += count as u64;
                count
            }
            Packing::Deflated(inflate) => {
                let count = inflate.read(self.bytes, into)?;
                self.found.packed = inflate.packed();
                count
            }
        };
        self.found.unpacked += count as u64;
        self.crc.add(into.get(..count).unwrap_or_default());
        if count == 0 {
            self.found.checksum = self.crc.sum();
            self.check()?;
            self.state = State::Ended;
        }
        Ok(count)
    }

    fn check(&mut self) -> Result<(), Fault> {
        match self.declared {
            Some(declared) if declared == self.found => Ok(()),
            Some(_) => Err(Fault::Damaged),
            None => {
                let length = descriptor(self.bytes, &self.found)?;
                self.bytes.consume(length.ok_or(Fault::Damaged)?);
                Ok(())
            }
        }
    }
}

impl Read for Entry<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let error = match &self.state {
            State::Failed(error) => error.clone(),
            State::Ended => return Ok(0),
            State::InData if into.is_empty() => return Ok(0),
            State::InData => match self.advance(into) {
                Ok(count) => match self.budget.use_unpacked(count, &self.what) {
                    Ok(()) => return Ok(count),
                    Err(error) => error,
                },
                Err(fault) => fault.into_error(&self.what, self.found.unpacked),
            },
        };
        self.state = State::Failed(error.clone());
        Err(io::Error::other(error))
    }
}

/// The length of what stands behind data of that measure, if it says the same about them. It has a signature or none, and
/// sizes of four or eight bytes; writers agree on nothing but that the next record begins with `PK`.
pub(super) fn descriptor(bytes: &mut Bytes<'_>, measure: &Measure) -> Result<Option<usize>, Fault> {
    const SIGNATURE: &[u8] = b"PK\x07\x08";
    const LONGEST: usize = 24;
    let Measure { checksum, packed, unpacked } = measure;
    let mut there = bytes.peek(LONGEST + 2).map_err(Fault::Source)?;
    let length = there.len();
    there = there.strip_prefix(SIGNATURE).unwrap_or(there);
    let signature = length - there.len();
    let Some(rest) = there.strip_prefix(&checksum.to_le_bytes()) else {
        return if there.len() < 4 { Err(Fault::Cut) } else { Ok(None) };
    };
    let [short, long] = [
        [(*packed as u32).to_le_bytes(), (*unpacked as u32).to_le_bytes()].concat(),
        [packed.to_le_bytes(), unpacked.to_le_bytes()].concat(),
    ];
    for sizes in [&short, &long] {
        if rest.strip_prefix(sizes.as_slice()).is_some_and(|next| next.is_empty() || next.starts_with(b"PK")) {
            return Ok(Some(signature + 4 + sizes.len()));
        }
    }
    let is_cut = short.starts_with(rest) || long.starts_with(rest);
    if is_cut { Err(Fault::Cut) } else { Ok(None) }
}
