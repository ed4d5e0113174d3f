//! The npm package's surface: conversion only.
//!
//! JavaScript values come in, the crates of the core do the work, JavaScript values go out. Everything that is not
//! conversion lives elsewhere; what can be tested without JavaScript is in [`analysis`], [`choice`] and [`picture`].

pub mod analysis;
pub mod choice;
mod convert;
pub mod picture;

use wasm_bindgen::prelude::*;

/// The Report's types for TypeScript; a test holds them against the Report.
#[wasm_bindgen(typescript_custom_section)]
const REPORT_TYPES: &'static str = include_str!("../types/report.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const FUNCTION_TYPES: &'static str = include_str!("../types/functions.d.ts");

/// Prepares readable messages for what should never happen.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// The package's version.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_string()
}

/// Reads and analyses one or several files: text, bytes, or an array of `{ name, bytes }`.
///
/// # Errors
/// An `Error` whose message says what could not be read and what was expected.
#[wasm_bindgen(skip_typescript)]
pub fn analyze(input: &JsValue, options: &JsValue) -> Result<JsValue, JsError> {
    let files = convert::files(input)?;
    let choice = convert::choice(options)?;
    convert::to_js(&analysis::of_files(&files, &choice)?)
}

/// Analyses series that the caller already has: an array of `{ name, labels?, times_ms, values }`.
///
/// # Errors
/// As [`analyze`].
#[wasm_bindgen(js_name = analyzeSeries, skip_typescript)]
pub fn analyze_series(input: &JsValue, options: &JsValue) -> Result<JsValue, JsError> {
    let series = convert::series(input)?;
    let choice = convert::choice(options)?;
    convert::to_js(&analysis::of_series(&series, &choice)?)
}

/// Coherence, phase and gain of two series of the files, named as in the Report, at every period.
///
/// # Errors
/// As [`analyze`], and if there is no such series, or the two have too few samples in common.
#[wasm_bindgen(js_name = pairSpectrum, skip_typescript)]
pub fn pair_spectrum(input: &JsValue, from: &str, to: &str, options: &JsValue) -> Result<JsValue, JsError> {
    let files = convert::files(input)?;
    let choice = convert::choice(options)?;
    convert::to_js(&analysis::pair_of_files(&files, [from, to], &choice)?)
}

/// The system's radar as an SVG document: `{ theme?: "light" | "dark", width?: number, frame?: number }`.
///
/// # Errors
/// An `Error` if the first argument is no Report or an option is unknown.
#[wasm_bindgen(js_name = radarSvg, skip_typescript)]
pub fn radar_svg(report: JsValue, options: &JsValue) -> Result<String, JsError> {
    let report: report::Report = serde_wasm_bindgen::from_value(report)
        .map_err(|error| JsError::new(&format!("the first argument is no Report: {}", convert::message(&error))))?;
    Ok(picture::radar(&report, &convert::picture(options)?))
}
