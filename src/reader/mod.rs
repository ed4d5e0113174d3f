//! The reader: turns files into data sets.
//!
//! Small files are read in one go, without listening: the page ends the program where it wants it to stop, and starts a new
//! one. While the bytes of a large one are waited for, it listens.

pub mod wall_clock;

#[cfg(target_arch = "wasm32")]
mod blob;
#[cfg(target_arch = "wasm32")]
mod fault;
#[cfg(target_arch = "wasm32")]
mod files;
#[cfg(target_arch = "wasm32")]
mod preview;
#[cfg(target_arch = "wasm32")]
mod shelf;
#[cfg(target_arch = "wasm32")]
mod zone;

#[cfg(target_arch = "wasm32")]
pub use blob::{BlobSource, BlobStream};
#[cfg(target_arch = "wasm32")]
pub use files::open;
#[cfg(target_arch = "wasm32")]
pub use zone::{local_zone, named_zone};

/// Listens to the page, and says so.
#[cfg(target_arch = "wasm32")]
pub fn start() {
    let page = crate::bridge::Mailbox::open();
    let shelf = std::rc::Rc::new(shelf::Shelf::new(page.clone()));
    page.listen(move |message| shelf::Shelf::receive(&shelf, message));
}
