//! The panel in which the user says how a file is read.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

/// Fills a dialog with the panel: see [`app::mapping::open`].
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
pub fn open(
    host: &web_sys::HtmlDialogElement,
    first: &js_sys::Uint8Array,
    settings: &js_sys::Array,
    ask: js_sys::Function,
    done: js_sys::Function,
) {
    app::mapping::open(host, first, settings, ask, done);
}

#[cfg(target_arch = "wasm32")]
fn main() {
    #[cfg(not(panic = "immediate-abort"))]
    console_error_panic_hook::set_once();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
