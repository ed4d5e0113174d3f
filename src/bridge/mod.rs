//! What the page and its workers say to each other.
//!
//! The reader turns sources into data sets, the analysis turns a data set into Reports. A message is a small value
//! ([`Request`] to a worker, [`Response`] from it), buffers that are transferred, not copied (data sets, Reports, chart
//! data), and handles of files. All programs are of one build, so values cross as [`report::bytes`] and need no names.
//! The page hands a data set on from the reader to the analysis and never looks into it; so with the series that a second
//! analysis looks at for the first one.

mod connect;
pub mod dataset;
mod evidence;
mod export;
mod message;
mod preview;

#[cfg(target_arch = "wasm32")]
mod envelope;
#[cfg(target_arch = "wasm32")]
mod host;
#[cfg(target_arch = "wasm32")]
mod mailbox;
#[cfg(target_arch = "wasm32")]
mod pause;

pub use connect::{Finding, LabelOffer, Offer, PackOffer, Probe, Trial, WayOut};
pub use evidence::{Dial, Evidence, Level, Stretch};
pub use export::{Export, Order};
pub use message::{
    Access, ChartRequest, Credentials, FORM, Fault, Handed, Input, READING_SHARE, Remedy, Request, Response, Server,
};
pub use preview::{ColumnPreview, FormatName, Preview, Understood};

#[cfg(target_arch = "wasm32")]
pub use envelope::{
    Envelope, EnvelopeError, from_f64s, give_back, take_bytes, take_words, to_bytes, to_f64s, to_words, words,
};
#[cfg(target_arch = "wasm32")]
pub use host::{Event, Host};
#[cfg(target_arch = "wasm32")]
pub use mailbox::Mailbox;
#[cfg(target_arch = "wasm32")]
pub use pause::Pause;
