//! What operators need on top of findings: incidents, the order of their spread, how bad they are and where they may go, and
//! the story told about them.

pub mod calls;
pub mod cascade;
pub mod handover;
pub mod impact;
pub mod incident;
pub mod markdown;
pub mod midi;
pub mod narrative;
pub mod onset;
pub mod spread;
pub mod symptom;
pub mod verdict;
