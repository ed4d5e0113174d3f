//! The browser app: the page, and the worker that it gives the work to.
//!
//! Two programs share this library. `app` is the page: [`state`] is what it knows (pure, tested natively), `views` is
//! what it shows, `dom` the thin layer between the views and the document, `paint` draws the scene's shapes on canvases, `store` remembers the theme. `worker` reads files or
//! asks a Prometheus server, runs the engine in short slices, and sends Reports back; `net` is its way to a server.
//! [`bridge`] is what the two say to each other.
//!
//! The page never computes statistics and links neither the readers nor the engine. Everything that needs a browser is
//! compiled for wasm only.

pub mod bridge;
pub mod state;

#[cfg(target_arch = "wasm32")]
mod dom;
#[cfg(target_arch = "wasm32")]
pub mod mapping;
#[cfg(target_arch = "wasm32")]
pub mod net;
#[cfg(target_arch = "wasm32")]
pub mod paint;
#[cfg(target_arch = "wasm32")]
pub mod store;
#[cfg(target_arch = "wasm32")]
pub mod views;
#[cfg(target_arch = "wasm32")]
pub mod worker;
