//! What page and worker say to each other.
//!
//! A message is a small value ([`Request`] to the worker, [`Response`] from it) and buffers that are transferred, not
//! copied: file bytes one way, Reports (as JSON, the form that is also exported) and chart data the other way.

mod message;

#[cfg(target_arch = "wasm32")]
mod envelope;
#[cfg(target_arch = "wasm32")]
mod host;

pub use message::{ChartRequest, Credentials, Input, Reading, Remedy, Request, Response};

#[cfg(target_arch = "wasm32")]
pub use envelope::{Envelope, EnvelopeError, from_f64s, from_json, to_bytes, to_f64s};
#[cfg(target_arch = "wasm32")]
pub use host::{Event, Host};
