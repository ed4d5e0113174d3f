//! The reader alone, as a program for the browser, for measuring how fast it is there (`cargo xtask bench`).

use ingest::{Options, read_from};
use js_sys::{Float64Array, Function, Uint8Array};
use series::Dataset;
use std::io::{Error, Read};
use std::sync::Arc;
use wasm_bindgen::prelude::*;

/// How much is asked for at a time.
const PIECE: u32 = 1 << 20;

/// A file in the hands of JavaScript.
struct Source<'a> {
    /// Gives the bytes from one position to another.
    slice: &'a Function,
    position: f64,
    piece: Vec<u8>,
    taken: usize,
}

impl Read for Source<'_> {
    fn read(&mut self, to: &mut [u8]) -> Result<usize, Error> {
        if self.taken == self.piece.len() {
            let end = self.position + f64::from(PIECE);
            let piece = self.slice.call2(&JsValue::NULL, &self.position.into(), &end.into());
            let piece = piece.map_err(|_| Error::other("the file cannot be read"))?;
            self.piece = Uint8Array::new(&piece).to_vec();
            self.position += self.piece.len() as f64;
            self.taken = 0;
        }
        let read = self.piece.get(self.taken..).unwrap_or_default().read(to)?;
        self.taken += read;
        Ok(read)
    }
}

/// A file that was read.
#[wasm_bindgen]
pub struct Reading {
    dataset: Dataset,
}

#[wasm_bindgen]
impl Reading {
    /// Reads a file. `slice` is a function from two positions to an ArrayBuffer of the bytes between.
    ///
    /// # Errors
    /// As the reader's, in words.
    #[wasm_bindgen(constructor)]
    pub fn new(name: &str, slice: &Function) -> Result<Reading, JsError> {
        let mut source = Source { slice, position: 0.0, piece: Vec::new(), taken: 0 };
        Ok(Self { dataset: read_from(name, &mut source, &Options::default())? })
    }

    /// How many series there are.
    pub fn series_count(&self) -> usize {
        self.dataset.series.len()
    }

    /// A number for the axis of the series at a position; series that share their times have the same.
    pub fn axis(&self, position: usize) -> Option<usize> {
        let wanted = &self.dataset.series.get(position)?.axis;
        self.dataset.series.iter().position(|series| Arc::ptr_eq(&series.axis, wanted))
    }

    /// The times of the series at a position, in milliseconds.
    pub fn times(&self, position: usize) -> Option<Float64Array> {
        let times = self.dataset.series.get(position)?.axis.times_ms();
        let times: Vec<f64> = times.iter().map(|&time_ms| time_ms as f64).collect();
        Some(Float64Array::from(times.as_slice()))
    }

    /// The values of the series at a position; NaN where there is none.
    pub fn values(&self, position: usize) -> Option<Float64Array> {
        self.dataset.series.get(position).map(|series| Float64Array::from(series.values.as_slice()))
    }
}
