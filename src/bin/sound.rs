//! The radar for the ear.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

/// Lets voices sound: see [`app::sound::open`].
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
pub fn open(voices: &[f64]) -> Result<(), String> {
    app::sound::open(voices)
}

#[cfg(target_arch = "wasm32")]
fn main() {
    #[cfg(not(panic = "immediate-abort"))]
    console_error_panic_hook::set_once();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
