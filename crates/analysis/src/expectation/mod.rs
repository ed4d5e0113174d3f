//! What a series should have shown.

pub mod fold;
pub mod season;
