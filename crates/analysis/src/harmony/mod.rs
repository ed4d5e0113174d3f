//! How series move together on each scale of time: bands, coherence, consonance, beats, and the radar's classes.
//!
//! The musical words stand for terms of the field: *consonance* is coherence at shared spectral peaks (or the
//! simplicity of the ratio of two periods), a *beat* is the envelope line at the difference of two close peaks.

mod beat;
mod class;
mod coherence;
mod consonance;
mod pairs;
mod ribbon;
mod scale;
mod screen;
mod single;

pub use beat::{Beat, BeatOptions, beat_between, beats_within};
pub use class::{Class, Features, classify};
pub use coherence::{
    BandPlan, Coherence, CoherenceError, CoherenceOptions, SegmentSpectra, Transforming, band_plan, coherence_threshold,
};
pub use consonance::{Basis, ConsonanceMatrix, PairConsonance, Voice, harmonicity, pair_consonance, roughness};
pub use pairs::{PairCoherence, pair_count, pair_index};
pub use ribbon::{Frame, RelatedPair, RibbonOptions, windowed_consonance, windowed_pairs};
pub use scale::{Availability, Bands, Bounds, Scale, Unavailable, availability, split};
pub use screen::{Screen, ScreenOptions};
