//! The evidence charts: a program of its own, fetched with the first chart.
//!
//! The page says what a chart shows, this program paints it with plotters. It holds nothing: a chart is painted anew
//! whenever anything about it changes.

mod backend;
mod evidence;

use crate::bridge::Evidence;
use web_sys::HtmlCanvasElement;

/// Paints a chart that the page has described with [`Evidence`], as bytes. Nothing is painted where there are no values.
///
/// # Errors
/// In words, when the browser refuses to draw, or when page and program are of different builds.
pub fn open(canvas: &HtmlCanvasElement, evidence: &[u8]) -> Result<(), String> {
    let evidence: Evidence = report::bytes::decode(evidence).ok_or("page and charts are of different versions")?;
    evidence::paint(canvas, &evidence)
}
