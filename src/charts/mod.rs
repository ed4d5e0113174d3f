//! The evidence charts and the close-ups of the radar: a program of its own, fetched with the first of them.
//!
//! The page says what a chart shows, this program paints it with plotters. It holds nothing: a chart is painted anew
//! whenever anything about it changes.

mod backend;
mod closeup;
mod evidence;

use crate::bridge::{Dial, Evidence};
use js_sys::{Function, Uint8Array};
use report::bytes::decode;
use wasm_bindgen::JsValue;
use web_sys::HtmlCanvasElement;

/// Paints a chart that the page has described with [`Evidence`], as bytes. Nothing is painted where there are no values.
///
/// With `done`, it is a close-up, described with [`Dial`]; what can be pointed at in it goes there, as bytes.
///
/// # Errors
/// In words, when the browser refuses to draw, or when page and program are of different builds.
pub fn open(canvas: &HtmlCanvasElement, picture: &[u8], done: Option<Function>) -> Result<(), String> {
    const STRANGE: &str = "page and charts are of different versions";
    let Some(done) = done else {
        let evidence: Evidence = decode(picture).ok_or(STRANGE)?;
        return evidence::paint(canvas, &evidence);
    };
    let dial: Dial = decode(picture).ok_or(STRANGE)?;
    if let Some(hits) = closeup::paint(canvas, &dial) {
        // Whoever asked may be gone; then nobody wants to know.
        let _ = done.call1(&JsValue::NULL, &Uint8Array::from(hits.as_slice()));
    }
    Ok(())
}
