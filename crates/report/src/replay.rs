//! The Report over time: what the radar replays when the cursor moves.

use crate::{Class, Scale, Subject};
use serde::{Deserialize, Serialize};

/// A slice of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Frame {
    /// Its first moment.
    pub start_ms: i64,
    /// Its last moment.
    pub end_ms: i64,
}

/// A run of frames in one class.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClassSpan {
    /// The first frame.
    pub from: usize,
    /// The frame after the last.
    pub to: usize,
    /// The class.
    pub class: Class,
    /// The strongest active finding's score.
    pub score: f64,
}

/// One subject at one scale, over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Track {
    /// Whose.
    pub subject: Subject,
    /// At which scale.
    pub scale: Scale,
    /// The classes; together the spans cover all frames.
    pub spans: Vec<ClassSpan>,
    /// Consonance per frame, against the subject's own habit over the window: 1 is as usual or better (down to two
    /// spreads below its median), 0 is six spreads below. `null` where undefined. Empty for series (a series has no
    /// consonance of its own).
    pub consonance: Vec<Option<f64>>,
}

/// Classes and consonance over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Replay {
    /// The slices, in order, without overlap.
    pub frames: Vec<Frame>,
    /// One track per subject and scale.
    pub tracks: Vec<Track>,
    /// The frame that the cursor starts at: the peak of the worst incident, or the last frame.
    pub start_frame: usize,
}

impl Replay {
    /// The frame that holds a time: the last one that has begun; the first one before the window.
    pub fn frame_at(&self, time_ms: i64) -> usize {
        self.frames.partition_point(|frame| frame.start_ms <= time_ms).saturating_sub(1)
    }

    /// The track of a subject at a scale.
    pub fn track(&self, subject: Subject, scale: Scale) -> Option<&Track> {
        self.tracks.iter().find(|track| track.subject == subject && track.scale == scale)
    }
}

impl Track {
    /// The class and score in a frame; insufficient outside.
    pub fn at(&self, frame: usize) -> (Class, f64) {
        self.spans
            .iter()
            .find(|span| span.from <= frame && frame < span.to)
            .map_or((Class::Insufficient, 0.0), |span| (span.class, span.score))
    }

    /// The consonance in a frame, where it is defined.
    pub fn consonance_at(&self, frame: usize) -> Option<f64> {
        self.consonance.get(frame).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_finds_its_frame_and_a_frame_its_class() {
        let frames = vec![Frame { start_ms: 0, end_ms: 9 }, Frame { start_ms: 10, end_ms: 19 }];
        let spans = vec![
            ClassSpan { from: 0, to: 1, class: Class::Steady, score: 0.0 },
            ClassSpan { from: 1, to: 2, class: Class::Jagged, score: 2.0 },
        ];
        let track = Track { subject: Subject::System, scale: Scale::Micro, spans, consonance: vec![Some(1.0), None] };
        let replay = Replay { frames, tracks: vec![track], start_frame: 1 };
        assert_eq!((replay.frame_at(-5), replay.frame_at(9), replay.frame_at(10), replay.frame_at(99)), (0, 0, 1, 1));
        let track = replay.track(Subject::System, Scale::Micro).into_iter().next();
        assert_eq!(track.map(|track| track.at(1)), Some((Class::Jagged, 2.0)));
        assert_eq!(track.map(|track| track.at(7)), Some((Class::Insufficient, 0.0)));
    }
}
