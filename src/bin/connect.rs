//! The panel that says why servers cannot be read, and takes what is asked of them.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

/// Opens the panel: see [`app::connect::open`].
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
pub fn open(
    addresses: &js_sys::Array,
    number: usize,
    settings: &js_sys::Array,
    outlet: Option<web_sys::Element>,
    done: js_sys::Function,
) {
    app::connect::open(addresses, number, settings, outlet, done);
}

#[cfg(target_arch = "wasm32")]
fn main() {
    #[cfg(not(panic = "immediate-abort"))]
    console_error_panic_hook::set_once();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
