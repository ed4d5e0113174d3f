//! Gzip (RFC 1952): its frame around deflated data. flate2's own reader brings 16 KB of checksum tables to the browser.

use super::budget::Budget;
use super::bytes::Bytes;
use super::crc32::Crc32;
use super::inflate::{Fault, Inflate};
use super::{EachFile, Kind, Refusal, error_of, refused};
use crate::Error;
use std::io::{self, Read};
use std::ops::ControlFlow;

/// What every gzip file begins with.
pub(super) const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The method that is in use: deflate.
const DEFLATE: u8 = 8;
/// Flags of a header: what stands between it and the data.
const HAS_CHECKSUM: u8 = 1 << 1;
const HAS_EXTRA: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_COMMENT: u8 = 1 << 4;

const WHAT: &str = "gzip data";

/// Hands out what gzip data unpack to.
pub(super) fn open(
    bytes: &mut Bytes<'_>,
    name: Option<&str>,
    budget: &Budget,
    each: EachFile<'_>,
) -> Result<ControlFlow<()>, Error> {
    let mut gzip = Gzip::new(bytes, budget);
    let mut unpacked = Bytes::of_stream(&mut gzip);
    let refusal = match Kind::of(&mut unpacked) {
        Ok(Kind::Plain) => return each(name, &mut unpacked, None),
        Ok(kind) => refused(format!("{} inside gzip data", kind.label())),
        Err(error) => error_of(&error),
    };
    each(name, &mut Refusal(refusal), None)
}

/// The unpacked bytes of all members of gzip data, one behind the other.
struct Gzip<'a, 's> {
    bytes: &'a mut Bytes<'s>,
    budget: &'a Budget,
    inflate: Inflate,
    crc: Crc32,
    state: State,
    /// Bytes that came out: of all members, and of this one.
    unpacked: u64,
    member: u64,
}

#[derive(Clone)]
enum State {
    BeforeMember,
    InMember,
    Ended,
    Failed(Error),
}

impl<'a, 's> Gzip<'a, 's> {
    fn new(bytes: &'a mut Bytes<'s>, budget: &'a Budget) -> Self {
        Self {
            bytes,
            budget,
            inflate: Inflate::new(),
            crc: Crc32::new(),
            state: State::BeforeMember,
            unpacked: 0,
            member: 0,
        }
    }

    fn advance(&mut self, into: &mut [u8]) -> Result<usize, Fault> {
        loop {
            match self.state {
                State::BeforeMember => {
                    if self.is_behind_last()? {
                        self.state = State::Ended;
                        return Ok(0);
                    }
                    self.header()?;
                    self.inflate.reset();
                    self.crc.reset();
                    self.member = 0;
                    self.state = State::InMember;
                }
                State::InMember => {
                    let count = self.inflate.read(self.bytes, into)?;
                    if count > 0 {
                        self.crc.add(into.get(..count).unwrap_or_default());
                        self.member += count as u64;
                        self.unpacked += count as u64;
                        return Ok(count);
                    }
                    let checksum = self.take()?;
                    let length = self.take()?;
                    // The length is that of the member modulo 2^32.
                    if checksum != self.crc.sum().to_le_bytes() || length != (self.member as u32).to_le_bytes() {
                        return Err(Fault::Damaged);
                    }
                    self.state = State::BeforeMember;
                }
                State::Ended | State::Failed(_) => return Ok(0),
            }
        }
    }

    /// Whether no further member follows; tapes and block devices fill up with zeros behind the last.
    fn is_behind_last(&mut self) -> Result<bool, Fault> {
        let is_first = self.inflate.packed() == 0;
        if is_first {
            return Ok(false);
        }
        let mut has_zeros = false;
        loop {
            let next = self.bytes.next().map_err(Fault::Source)?;
            let zeros = next.iter().take_while(|byte| **byte == 0).count();
            if next.is_empty() {
                return Ok(true);
            }
            if zeros < next.len() {
                return if has_zeros || zeros > 0 { Err(Fault::Damaged) } else { Ok(false) };
            }
            has_zeros = true;
            self.bytes.consume(zeros);
        }
    }

    /// Passes over a member's header.
    fn header(&mut self) -> Result<(), Fault> {
        let [first, second, method, flags, ..] = self.take::<10>()?;
        if [first, second] != MAGIC || method != DEFLATE {
            return Err(Fault::Damaged);
        }
        if flags & HAS_EXTRA != 0 {
            let length = u16::from_le_bytes(self.take()?);
            self.skip(u64::from(length))?;
        }
        for text in [HAS_NAME, HAS_COMMENT] {
            while flags & text != 0 && self.take()? != [0] {}
        }
        if flags & HAS_CHECKSUM != 0 {
            self.skip(2)?;
        }
        Ok(())
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        self.bytes.take().map_err(Fault::Source)?.ok_or(Fault::Cut)
    }

    fn skip(&mut self, count: u64) -> Result<(), Fault> {
        if self.bytes.skip(count).map_err(Fault::Source)? { Ok(()) } else { Err(Fault::Cut) }
    }
}

impl Read for Gzip<'_, '_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let error = match (&self.state, into.is_empty()) {
            (State::Failed(error), _) => error.clone(),
            (_, true) => return Ok(0),
            _ => match self.advance(into) {
                Ok(count) => match self.budget.use_unpacked(count, WHAT) {
                    Ok(()) => return Ok(count),
                    Err(error) => error,
                },
                Err(fault) => fault.into_error(WHAT, self.unpacked),
            },
        };
        self.state = State::Failed(error.clone());
        Err(io::Error::other(error))
    }
}
