//! What a series should have shown.

pub mod season;
