//! A source that can be looked at before it is read.

use super::budget::Budget;
use std::io::{self, Read};

/// How much is read at a time.
const PIECE: usize = 1 << 16;

/// A source and what was read from it in advance.
pub(super) struct Bytes<'s> {
    source: &'s mut dyn Read,
    buffer: Vec<u8>,
    /// The part of `buffer` that was not taken.
    start: usize,
    end: usize,
    /// Counts what is taken, if the source is the file itself.
    budget: Option<&'s Budget>,
}

impl<'s> Bytes<'s> {
    /// The bytes of the file, which count as packed.
    pub(super) fn of_file(source: &'s mut dyn Read, budget: &'s Budget) -> Self {
        Self { source, buffer: vec![0; PIECE], start: 0, end: 0, budget: Some(budget) }
    }

    /// Bytes that were unpacked.
    pub(super) fn of_stream(source: &'s mut dyn Read) -> Self {
        Self { source, buffer: vec![0; PIECE], start: 0, end: 0, budget: None }
    }

    /// What is there without reading.
    fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// The next bytes, at least one unless the source is at its end.
    pub(super) fn next(&mut self) -> io::Result<&[u8]> {
        self.peek(1)?;
        Ok(self.rest())
    }

    /// The next `count` bytes, at most [`PIECE`]; fewer at the end of the source.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        let count = count.min(PIECE);
        if self.start > 0 && self.end - self.start < count {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        while self.end < count {
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            match read(self.source, room)? {
                0 => break,
                added => self.end = (self.end + added).min(PIECE),
            }
        }
        let rest = self.rest();
        Ok(rest.get(..count).unwrap_or(rest))
    }

    /// Takes bytes that were seen.
    pub(super) fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.taken(count);
    }

    fn taken(&self, count: usize) {
        if let Some(budget) = self.budget {
            budget.use_packed(count);
        }
    }

    /// Takes the next `N` bytes; none if there are fewer.
    pub(super) fn take<const N: usize>(&mut self) -> io::Result<Option<[u8; N]>> {
        let taken = self.peek(N)?.try_into().ok();
        self.consume(N);
        Ok(taken)
    }

    /// Passes over bytes, and says whether there were so many.
    pub(super) fn skip(&mut self, mut count: u64) -> io::Result<bool> {
        while count > 0 {
            let there = self.next()?.len();
            if there == 0 {
                return Ok(false);
            }
            let passed = there.min(usize::try_from(count).unwrap_or(there));
            self.consume(passed);
            count -= passed as u64;
        }
        Ok(true)
    }
}

impl Read for Bytes<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // Large pieces of an ordinary file are not copied twice.
        if self.start == self.end && into.len() >= PIECE {
            let count = read(self.source, into)?;
            self.taken(count);
            return Ok(count);
        }
        let bytes = self.next()?;
        let count = bytes.len().min(into.len());
        if let (Some(into), Some(bytes)) = (into.get_mut(..count), bytes.get(..count)) {
            into.copy_from_slice(bytes);
        }
        self.consume(count);
        Ok(count)
    }
}

fn read(source: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // No more than there was room for, whatever the source says.
            result => return result.map(|count| count.min(into.len())),
        }
    }
}
