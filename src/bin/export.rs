//! Files of a Report.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// Makes a file and hands it to `done`: see [`app::export::open`].
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
pub fn open(order: &[u8], report: &[u8], done: &js_sys::Function) -> Result<(), JsValue> {
    let file = app::export::open(order, report)?;
    done.call1(&JsValue::NULL, &js_sys::Uint8Array::from(file.as_slice()))?;
    Ok(())
}

#[cfg(target_arch = "wasm32")]
fn main() {
    #[cfg(not(panic = "immediate-abort"))]
    console_error_panic_hook::set_once();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
