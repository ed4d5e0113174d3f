//! A file's bytes, read where they lie.

use crate::bridge::words;
use js_sys::Uint8Array;
use std::io::{self, Read};
use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

/// How much is read at once. Every reading asks another process of the browser.
const SLICE: usize = 1 << 20;

/// The bytes of a `Blob` or `File`, for programs in a worker, of which only a slice is ever held.
pub struct BlobSource<'s> {
    blob: &'s Blob,
    /// Where the slice ends in the file.
    end: f64,
    slice: Vec<u8>,
    /// What of the slice has been handed out.
    taken: usize,
    say: &'s dyn Fn(f64),
    failure: Option<String>,
}

impl<'s> BlobSource<'s> {
    /// Reads from the first byte on; `say` is told after every slice how many bytes have been read.
    pub fn new(blob: &'s Blob, say: &'s dyn Fn(f64)) -> Self {
        Self { blob, end: 0.0, slice: Vec::new(), taken: 0, say, failure: None }
    }

    /// What the browser said where it refused to read on.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    fn next_slice(&mut self) -> Result<(), JsValue> {
        let end = (self.end + SLICE as f64).min(self.blob.size());
        let slice = self.blob.slice_with_f64_and_f64(self.end, end)?;
        let bytes = Uint8Array::new(&FileReaderSync::new()?.read_as_array_buffer(&slice)?.into());
        self.slice.resize(bytes.length() as usize, 0);
        bytes.copy_to(&mut self.slice);
        (self.taken, self.end) = (0, end);
        (self.say)(end);
        Ok(())
    }
}

impl Read for BlobSource<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.slice.len() && self.end < self.blob.size() {
            self.next_slice().map_err(|error| {
                self.failure = Some(words(&error));
                io::Error::from(io::ErrorKind::Other)
            })?;
        }
        let rest = self.slice.get(self.taken..).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.taken += count;
        Ok(count)
    }
}
