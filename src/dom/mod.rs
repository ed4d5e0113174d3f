//! How the page's elements are made and kept up to date.
//!
//! The reactive graph (signals, memos, effects and who owns them) is `sycamore_reactive`; what is here is the thin layer
//! between it and the document. An element is built by calls on [`El`], each a function that is compiled once. The
//! frameworks that were tried before copy the building of every element into its caller, which made the views four
//! fifths of the page's program (docs/adr/0006-views.md).
//!
//! Whatever is built inside an effect or a region belongs to it: when the region is built anew, the listeners, effects
//! and signals of what was there before are gone with it.

mod element;
mod reactive;
mod region;

pub(crate) use element::{El, document, el, icon};
pub(crate) use reactive::{
    ReadSignal, Signal, after, batch, effect, every, listen_window, memo, next_frame, on_cleanup, root, signal, untrack,
};
pub(crate) use region::{Row, View};
