//! Sources whose bytes come in the course of time.

use crate::error::Error;
use crate::head::Head;
use crate::import::{Context, Import, Part};
use crate::table::read;
use crate::text::{HEAD_BYTES, HEAD_LINES, PIECE, Text};
use crate::{Options, container, sniff};
use std::cell::{Cell, RefCell};
use std::io::{self, Read};

/// By how many bytes the first window may be smaller than what was read for it.
const MARGIN: usize = 256;

/// Bytes that have come and were not read yet.
#[derive(Default)]
struct Inbox {
    bytes: RefCell<Vec<u8>>,
    /// What of them has been read.
    taken: Cell<usize>,
    is_complete: Cell<bool>,
    /// More was asked for than had come.
    is_starved: Cell<bool>,
}

impl Inbox {
    fn len(&self) -> usize {
        self.bytes.borrow().len() - self.taken.get()
    }

    /// Waits until there are so many bytes, or all.
    async fn fill(
        &self,
        wanted: usize,
        next: &mut impl AsyncFnMut(&mut Vec<u8>) -> io::Result<()>,
    ) -> Result<(), Error> {
        self.bytes.borrow_mut().drain(..self.taken.replace(0));
        let mut piece = Vec::new();
        while self.len() < wanted && !self.is_complete.get() {
            piece.clear();
            next(&mut piece).await.map_err(|error| container::error_of(&error))?;
            self.is_complete.set(piece.is_empty());
            self.bytes.borrow_mut().extend_from_slice(&piece);
        }
        Ok(())
    }

    /// How many bytes there should be next so that the first window has all that it may need: [`HEAD_LINES`] lines, or as many
    /// bytes as it becomes large at most, which of UTF-16 are twice as many. None where `size` bytes are enough for it; `size`
    /// grows from [`PIECE`] on.
    fn head_wants(&self, size: &mut usize) -> Option<usize> {
        let bytes = self.bytes.borrow();
        // A mark in front and the part of a character at the end are in no window.
        let lines = cells::line_ends(bytes.get(..*size - MARGIN).unwrap_or(&bytes));
        if lines >= HEAD_LINES || *size >= 4 * HEAD_BYTES || self.is_complete.get() {
            return None;
        }
        // The window grows to twice its size; of UTF-16, by a half.
        *size *= 2;
        Some(*size + *size / 2)
    }
}

impl Read for &Inbox {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let bytes = self.bytes.borrow();
        let count = bytes.get(self.taken.get()..).unwrap_or_default().read(to)?;
        self.taken.set(self.taken.get() + count);
        let is_starved = count == 0 && !to.is_empty() && !self.is_complete.get();
        self.is_starved.set(self.is_starved.get() || is_starved);
        Ok(count)
    }
}

impl Import {
    /// Reads a source whose bytes come in the course of time, as a browser's file: what is there is parsed while more is on
    /// its way. `next` waits for the next bytes and appends them; none at the end. `length` as in [`Import::open`].
    ///
    /// None for anything but a plain table, as which almost every large file is: such a source has to be opened again,
    /// from its beginning, by [`Import::open`].
    ///
    /// # Errors
    /// As [`Import::open`].
    pub async fn open_fed(
        name: &str,
        mut next: impl AsyncFnMut(&mut Vec<u8>) -> io::Result<()>,
        length: Option<u64>,
        options: &Options,
    ) -> Result<Option<Self>, Error> {
        let inbox = Inbox::default();
        inbox.fill(PIECE, &mut next).await?;
        let (is_plain, is_json) = {
            let bytes = inbox.bytes.borrow();
            let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
            (container::is_plain(&bytes), matches!(first, Some(b'{' | b'[')))
        };
        // JSON is often a single line, of which much would be waited for in vain.
        if !is_plain || is_json {
            return Ok(None);
        }
        let mut size = PIECE;
        while let Some(wanted) = inbox.head_wants(&mut size) {
            inbox.fill(wanted, &mut next).await?;
        }
        let mut source = &inbox;
        let text = Text::open(&mut source, length);
        if inbox.is_starved.get() {
            return Ok(None);
        }
        let mut text = text?;
        let head = Head::new(text.rest(), text.is_last(), options);
        let reader = sniff::choose(&head)?;
        if !read::is_plain(reader.format) {
            return Ok(None);
        }
        let context = Context { options, table: head.into_table() };
        let feed = async |wanted| inbox.fill(wanted, &mut next).await;
        let body = read::read_fed(&mut text, context, reader.format, feed).await?;
        if inbox.is_starved.get() {
            return Ok(None);
        }
        let part = Part { name: name.to_owned(), format: reader.format, body, notes: text.notes() };
        Ok(Some(Self { parts: vec![part] }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    /// The head of a source that gives 64 KB at once.
    fn head_of(source: &[u8]) -> Inbox {
        let inbox = Inbox::default();
        let mut pieces = source.chunks(1 << 16);
        let mut next = async |to: &mut Vec<u8>| {
            to.extend_from_slice(pieces.next().unwrap_or_default());
            Ok(())
        };
        let filling = async {
            inbox.fill(PIECE, &mut next).await.unwrap();
            let mut size = PIECE;
            while let Some(wanted) = inbox.head_wants(&mut size) {
                inbox.fill(wanted, &mut next).await.unwrap();
            }
        };
        assert!(pin!(filling).poll(&mut Context::from_waker(Waker::noop())).is_ready(), "nothing is waited for");
        inbox
    }

    #[test]
    fn a_head_is_waited_for_and_little_more() {
        // Lines of 100 bytes, of 5 KB, of 8 KB and of 30 KB, whose three hundredth is in the first MB, the second, the third and
        // the ninth.
        for (length, most) in [(100, 1), (5_000, 3), (8_000, 6), (30_000, 24)] {
            let line = [vec![b'7'; length - 1], vec![b'\n']].concat();
            let text = line.repeat(50_000_000 / length);
            let wide: Vec<u8> = text.iter().flat_map(|byte| [*byte, 0]).collect();
            for source in [&text, &[&b"\xff\xfe"[..], &wide].concat()] {
                let inbox = head_of(source);
                let most = if source.len() > text.len() { 2 * most } else { most };
                assert!(inbox.len() <= (most << 20) + (1 << 16), "{length}: {}", inbox.len());
                let mut given = &inbox;
                let text = Text::open(&mut given, None).unwrap();
                assert!(text.rest().len() > 250 * length, "{length}: {}", text.rest().len());
                assert!(!inbox.is_starved.get(), "{length}: {}", source.len());
            }
        }
    }
}
