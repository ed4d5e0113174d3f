//! The reader alone, as a program for the browser, for measuring how fast it is there (`cargo xtask bench`).

#![cfg(target_arch = "wasm32")]

use app::reader;
use ingest::Options;
use js_sys::Float64Array;
use series::Dataset;
use std::sync::Arc;
use wasm_bindgen::prelude::*;
use web_sys::Blob;

/// A file that was read.
#[wasm_bindgen]
pub struct Reading {
    dataset: Dataset,
}

#[wasm_bindgen]
impl Reading {
    /// Reads a file.
    ///
    /// # Errors
    /// As the reader's, in words.
    pub async fn of(name: String, file: Blob) -> Result<Reading, JsError> {
        let options = Options::default();
        let opened = reader::open(&name, &file, &options, &|_| {}, &|| true).await;
        let opened = opened.map_err(|fault| JsError::new(&fault.message))?;
        let import = opened.ok_or_else(|| JsError::new("nobody wants it"))??;
        Ok(Self { dataset: import.into_dataset(&options)? })
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
