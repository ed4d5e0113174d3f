//! Sources whose bytes come in the course of time.

use crate::error::Error;
use crate::head::Head;
use crate::import::{Context, Import, Part};
use crate::table::read;
use crate::text::{HEAD_BYTES, HEAD_LINES, PIECE, Text};
use crate::{Options, container, sniff};
use std::cell::{Cell, RefCell};
use std::io::{self, Read};

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
        let (is_plain, is_json, lines) = {
            let bytes = inbox.bytes.borrow();
            let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
            let lines = cells::line_ends(bytes.get(..PIECE).unwrap_or(&bytes));
            (container::is_plain(&bytes), matches!(first, Some(b'{' | b'[')), lines)
        };
        // JSON is often a single line, of which much would be waited for in vain.
        if !is_plain || is_json {
            return Ok(None);
        }
        if lines < HEAD_LINES {
            // The first window becomes as large as that if it has to, and of UTF-16 takes twice the bytes.
            inbox.fill(4 * HEAD_BYTES + PIECE, &mut next).await?;
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
