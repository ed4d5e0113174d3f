//! Rhythm: accents, the pulse that they keep, the groups that they form, and the metre of it all.

mod concentration;
mod feet;
mod ictus;
mod jobs;
mod levels;
mod metre;
mod pulse;
mod random;
mod summary;
mod tempo;

pub use feet::{Beat, Foot, Group, GroupKind, Parse, dominance_p, feet};
pub use ictus::{AccentOptions, AccentStream, Ictus, Threshold, ictuses};
pub use jobs::{JobOptions, Jobs, jobs};
pub use levels::{Level, PatternMatches, find_pattern, levels};
pub use metre::{Metre, MetreChange, MetreOptions, Offbeat, metre, metre_changes, syncopation};
pub use pulse::{Extra, Late, Missed, Pulse, PulseOptions, Rests, pulse};
pub use summary::{DatedBeat, DatedChange, DatedOffbeat, Rhythm, RhythmOptions, rhythm};
pub use tempo::tempo_change;
