//! What page and worker say to each other.
//!
//! A message is a small value ([`Request`] to the worker, [`Response`] from it) and buffers that are transferred, not
//! copied: file bytes one way, Reports and chart data the other way. Both programs are of one build, so values cross as
//! [`report::bytes`] and need no names.

mod message;
mod preview;

#[cfg(target_arch = "wasm32")]
mod envelope;
#[cfg(target_arch = "wasm32")]
mod host;

pub use message::{ChartRequest, Credentials, FORM, Input, Reading, Remedy, Request, Response};

pub use preview::{ColumnPreview, FormatName, Preview, Understood};

#[cfg(target_arch = "wasm32")]
pub use envelope::{Envelope, EnvelopeError, from_f64s, to_bytes, to_f64s};
#[cfg(target_arch = "wasm32")]
pub use host::{Event, Host};
