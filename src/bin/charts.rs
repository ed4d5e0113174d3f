//! The painter of evidence charts.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

/// Paints a chart: see [`app::charts::open`].
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
pub fn open(canvas: &web_sys::HtmlCanvasElement, picture: &[u8], done: Option<js_sys::Function>) -> Result<(), String> {
    app::charts::open(canvas, picture, done)
}

#[cfg(target_arch = "wasm32")]
fn main() {
    #[cfg(not(panic = "immediate-abort"))]
    console_error_panic_hook::set_once();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
