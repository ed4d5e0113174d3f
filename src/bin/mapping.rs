//! The panel in which the user says how a file is read.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

/// Opens the panel: see [`app::mapping::open`].
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
pub fn open(names: &js_sys::Array, files: &js_sys::Array, settings: &js_sys::Array, done: js_sys::Function) {
    app::mapping::open(names, files, settings, done);
}

#[cfg(target_arch = "wasm32")]
fn main() {
    #[cfg(not(panic = "immediate-abort"))]
    console_error_panic_hook::set_once();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
