//! What operators need on top of findings: incidents, the order of their spread, and the story told about them.

pub mod incident;
pub mod markdown;
pub mod midi;
pub mod narrative;
pub mod spread;
