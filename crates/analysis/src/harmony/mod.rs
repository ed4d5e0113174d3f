//! How series move together on each scale of time: bands, coherence, consonance, beats, and the radar's classes.
//!
//! The musical words stand for terms of the field: *consonance* is coherence at shared spectral peaks (or the
//! simplicity of the ratio of two periods), a *beat* is the envelope line at the difference of two close peaks.

mod attribution;
mod beat;
mod class;
mod coherence;
mod collision;
mod consonance;
mod draw;
mod episode;
mod modwt;
mod null;
mod pairs;
mod resonance;
mod ribbon;
mod scale;
mod screen;
mod second_order;
mod shape;
mod signature;
mod single;

pub use attribution::{Share, attribution, series_shares};
pub use beat::{Beat, BeatOptions, Coincidence, FoundBeat, Job, beat_between, beat_peaks, beats, beats_within};
pub use class::{Class, ClassTrack, Features, HoldOptions, Judgement, classify, hold, judge};
pub use coherence::{
    BandPlan, Coherence, CoherenceError, CoherenceOptions, SegmentSpectra, Transforming, band_plan, coherence_threshold,
};
pub use collision::{Collision, PulseTrain, next_collision, pulse_train};
pub use consonance::{Basis, ConsonanceMatrix, PairConsonance, Voice, harmonicity, pair_consonance, roughness};
pub use episode::{Baseline, BaselineOptions, Departure, Episode, dissonance_episodes, stabilised};
pub use null::{Null, null, ratio_null};
pub use pairs::{PairCoherence, pair_count, pair_index};
pub use resonance::{AntiKind, Resonance, ResonanceKind, ResonanceOptions, resonance, resonance_of};
pub use ribbon::{Frame, RelatedPair, RibbonOptions, windowed_consonance, windowed_pairs};
pub use scale::{
    Availability, Bands, Bounds, LevelVariance, Scale, ScaleEnergy, Unavailable, availability, scale_energy, split,
};
pub use screen::{Screen, ScreenOptions};
pub use shape::{Match, ShapeOptions, distance_profile, similar_windows};
pub use signature::{FEATURE_NAMES, FEATURES, Nearest, NearestOptions, ScaleFacts, Signature, WindowFacts, nearest};
