//! What asks servers.

#[cfg(target_arch = "wasm32")]
fn main() {
    // What ships ends without a word; every other build says where.
    #[cfg(not(panic = "immediate-abort"))]
    console_error_panic_hook::set_once();
    app::live::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
