//! What a series should have shown.

pub mod fold;
pub mod markov;
pub mod predictive;
pub mod season;
mod stl;
