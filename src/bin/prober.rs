//! The prober, which finds out about servers.

#[cfg(target_arch = "wasm32")]
fn main() {
    // What ships ends without a word; every other build says where.
    #[cfg(not(panic = "immediate-abort"))]
    console_error_panic_hook::set_once();
    app::prober::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
