//! The browser app: the page, and the two workers that it gives the work to.
//!
//! Nine programs share this library. `app` is the page: [`state`] is what it knows (pure, tested natively), `views` is
//! what it shows, `dom` the thin layer between the views and the document, `paint` draws the scene's shapes on canvases,
//! `store` remembers the theme. [`reader`] reads files and makes data sets; `live` asks Prometheus servers (`net` is the way
//! to one) and does so, too, again and again. `worker` runs the engine on data sets in short slices and sends Reports back.
//! Fetched when they are asked for are `charts`, which paints evidence charts, `sound`, the radar for the ear, `export`,
//! which makes files of a Report, `mapping`, the panel in which the user says how files are read, and `connect`, the panel that says why a server cannot be read and takes what is asked of it; what
//! that wants to know of servers `live` finds out. [`bridge`] is what they say to each other.
//!
//! The page never computes statistics, and links neither the readers nor the engine; the reader links no engine, `live` no
//! more of it than the watch over newest samples, and the analysis neither readers nor the network. Everything that needs
//! a browser is compiled for wasm only.

pub mod bridge;
pub mod reader;
pub mod state;

#[cfg(target_arch = "wasm32")]
pub mod charts;
#[cfg(target_arch = "wasm32")]
pub mod connect;
#[cfg(target_arch = "wasm32")]
mod dom;
#[cfg(target_arch = "wasm32")]
pub mod export;
#[cfg(target_arch = "wasm32")]
pub mod live;
#[cfg(target_arch = "wasm32")]
pub mod mapping;
#[cfg(target_arch = "wasm32")]
pub mod net;
#[cfg(target_arch = "wasm32")]
pub mod paint;
#[cfg(target_arch = "wasm32")]
pub mod sound;
#[cfg(target_arch = "wasm32")]
pub mod store;
#[cfg(target_arch = "wasm32")]
pub mod views;
#[cfg(target_arch = "wasm32")]
pub mod worker;
