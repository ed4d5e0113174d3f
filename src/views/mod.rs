//! What the page shows. The user interface framework lives here and nowhere else.

mod app;
mod drop;
mod faults;
mod findings;
mod first_screen;
mod format;
mod header;
mod help;
mod keyboard;
mod origin;
mod progress;
mod session;
mod workspace;

pub use app::mount;
