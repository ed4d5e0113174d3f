//! A file's bytes, read where they lie.

use crate::bridge::{give_back, words};
use js_sys::{Array, Reflect, Uint8Array};
use std::io::{self, Read};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, FileReaderSync, ReadableStreamDefaultReader};

/// How much is read at once. Every reading asks another process of the browser, which takes it milliseconds before the
/// first byte comes.
const SLICE: usize = 1 << 23;

/// How many pieces of a stream are given back at once, of some hundred kilobytes each.
const PIECES: u32 = 16;

/// The bytes of a `Blob` or `File`, for programs in a worker, of which only a slice is ever held: by the browser, not in
/// the program's own memory.
pub struct BlobSource<'s> {
    blob: &'s Blob,
    /// Where the slice ends in the file.
    end: f64,
    slice: Uint8Array,
    /// What of the slice has been handed out.
    taken: u32,
    say: &'s dyn Fn(f64),
    failure: Option<String>,
}

impl<'s> BlobSource<'s> {
    /// Reads from the first byte on; `say` is told after every slice how many bytes have been read.
    pub fn new(blob: &'s Blob, say: &'s dyn Fn(f64)) -> Self {
        Self { blob, end: 0.0, slice: Uint8Array::new_with_length(0), taken: 0, say, failure: None }
    }

    /// What the browser said where it refused to read on.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    fn next_slice(&mut self) -> Result<(), JsValue> {
        let end = (self.end + SLICE as f64).min(self.blob.size());
        let slice = self.blob.slice_with_f64_and_f64(self.end, end)?;
        self.slice = Uint8Array::new(&FileReaderSync::new()?.read_as_array_buffer(&slice)?.into());
        (self.taken, self.end) = (0, end);
        (self.say)(end);
        Ok(())
    }
}

impl Read for BlobSource<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.slice.length() && self.end < self.blob.size() {
            self.next_slice().map_err(|error| {
                self.failure = Some(words(&error));
                io::Error::from(io::ErrorKind::Other)
            })?;
        }
        let count = buffer.len().min((self.slice.length() - self.taken) as usize);
        if let Some(to) = buffer.get_mut(..count) {
            let until = self.taken + count as u32;
            self.slice.subarray(self.taken, until).copy_to(to);
            self.taken = until;
        }
        Ok(count)
    }
}

/// The bytes of a `Blob` or `File` as they come: the browser reads on while what has come is worked on.
pub struct BlobStream<'s> {
    reader: ReadableStreamDefaultReader,
    /// The buffers of the last pieces, which were copied.
    pieces: Array,
    read: f64,
    say: &'s dyn Fn(f64),
    failure: Option<String>,
}

impl<'s> BlobStream<'s> {
    /// Reads from the first byte on; `say` is told again and again how many bytes have been read. None where the browser
    /// has no streams of files.
    pub fn open(blob: &Blob, say: &'s dyn Fn(f64)) -> Option<Self> {
        let reader = blob.stream().get_reader().dyn_into().ok()?;
        Some(Self { reader, pieces: Array::new(), read: 0.0, say, failure: None })
    }

    /// What the browser said where it refused to read on.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Waits for the next bytes and appends them; none at the end.
    ///
    /// # Errors
    /// Where the browser refuses to read on: see [`Self::failure`].
    pub async fn next(&mut self, to: &mut Vec<u8>) -> io::Result<()> {
        let bytes = match JsFuture::from(self.reader.read()).await {
            Ok(result) => Reflect::get(&result, &JsValue::from_str("value")),
            Err(error) => Err(error),
        };
        match bytes {
            Ok(bytes) if bytes.is_undefined() => Ok(()),
            Ok(bytes) => {
                let bytes: Uint8Array = bytes.unchecked_into();
                let before = to.len();
                to.resize(before + bytes.length() as usize, 0);
                if let Some(place) = to.get_mut(before..) {
                    bytes.copy_to(place);
                }
                if self.pieces.push(&bytes.buffer()) >= PIECES {
                    give_back(&std::mem::take(&mut self.pieces));
                }
                // By now the piece may be given back, and empty.
                self.read += (to.len() - before) as f64;
                (self.say)(self.read);
                Ok(())
            }
            Err(error) => {
                self.failure = Some(words(&error));
                Err(io::Error::from(io::ErrorKind::Other))
            }
        }
    }
}

impl Drop for BlobStream<'_> {
    fn drop(&mut self) {
        // Whether it could be told does not matter: nobody reads any more.
        let _ = self.reader.cancel();
    }
}
