//! The panel that says why a server cannot be read, and takes what is asked of it.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

/// Opens the panel: see [`app::connect::open`].
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
pub fn open(address: &str, settings: &js_sys::Array, outlet: Option<web_sys::Element>, done: js_sys::Function) {
    app::connect::open(address, settings, outlet, done);
}

#[cfg(target_arch = "wasm32")]
fn main() {
    #[cfg(not(panic = "immediate-abort"))]
    console_error_panic_hook::set_once();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
