//! Hit testing: the exact inverse of the layout.

use crate::polar::{Polar, Slice};
use report::{Scale, Subject};
use serde::{Deserialize, Serialize};

/// What a pointer or the keyboard can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The number in the middle.
    Centre,
    /// A whole service, by its label.
    Service(usize),
    /// A whole series, by its label.
    Series(usize),
    /// A subject on one ring.
    Cell {
        /// A service or a series.
        subject: Subject,
        /// The ring.
        scale: Scale,
    },
    /// A ring, by its title or by its ribbon.
    Scale(Scale),
    /// The folded sector; it opens.
    Fold,
    /// A position in [`report::Report::relations`].
    Relation(usize),
    /// A moment, in milliseconds.
    Time(i64),
    /// A position in [`report::DatasetSummary::events`].
    Event(usize),
    /// A position in [`report::Report::incidents`].
    Incident(usize),
}

impl Target {
    /// The target that stands for a subject as a whole.
    pub fn of(subject: Subject) -> Self {
        match subject {
            Subject::System => Target::Centre,
            Subject::Service(index) => Target::Service(index),
            Subject::Series(index) => Target::Series(index),
        }
    }

    /// The service or series that it belongs to.
    pub fn subject(self) -> Option<Subject> {
        match self {
            Target::Service(index) => Some(Subject::Service(index)),
            Target::Series(index) => Some(Subject::Series(index)),
            Target::Cell { subject, .. } => Some(subject),
            _ => None,
        }
    }

    /// The scale that it belongs to.
    pub fn scale(self) -> Option<Scale> {
        match self {
            Target::Cell { scale, .. } | Target::Scale(scale) => Some(scale),
            _ => None,
        }
    }
}

/// A region, what it stands for, and its words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    /// Where.
    pub region: Region,
    /// What.
    pub target: Target,
    /// The same in words.
    pub description: String,
}

/// A part of the picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Region {
    /// Part of a ring.
    Slice {
        /// The circle's centre.
        polar: Polar,
        /// Its radii and angles.
        slice: Slice,
    },
    /// An upright rectangle.
    Rect {
        /// Left.
        x: f64,
        /// Top.
        y: f64,
        /// Width.
        width: f64,
        /// Height.
        height: f64,
    },
    /// Everything near a line.
    Near {
        /// The line's points.
        points: Vec<(f64, f64)>,
        /// How near.
        within_px: f64,
    },
}

report::struct_bytes! {
    Polar { x, y }
    Slice { inner_px, outer_px, start, end }
    Hit { region, target, description }
}
report::enum_bytes! {
    Region { 0: Slice { polar, slice }, 1: Rect { x, y, width, height }, 2: Near { points, within_px } }
    else Self::Rect { x: 0.0, y: 0.0, width: 0.0, height: 0.0 }
}
report::enum_bytes! {
    Target {
        0: Centre, 1: Service(index), 2: Series(index), 3: Cell { subject, scale }, 4: Scale(scale), 5: Fold,
        6: Relation(index), 7: Time(time_ms), 8: Event(index), 9: Incident(index),
    } else Self::Centre
}

impl Region {
    /// Whether a point lies inside.
    pub fn contains(&self, x: f64, y: f64) -> bool {
        match self {
            Region::Slice { polar, slice } => {
                let (radius, angle) = polar.inverse(x, y);
                slice.contains(radius, angle)
            }
            Region::Rect { x: left, y: top, width, height } => {
                (*left..=left + width).contains(&x) && (*top..=top + height).contains(&y)
            }
            Region::Near { points, within_px } => points
                .windows(2)
                .any(|pair| matches!(pair, [from, to] if distance_to_segment((x, y), *from, *to) <= *within_px)),
        }
    }

    /// A point inside, for a tooltip or a focus ring.
    pub fn middle(&self) -> (f64, f64) {
        match self {
            Region::Slice { polar, slice } if slice.inner_px <= 0.0 => (polar.x, polar.y),
            Region::Slice { polar, slice } => polar.point(slice.middle_px(), slice.middle_angle()),
            Region::Rect { x, y, width, height } => (x + width / 2.0, y + height / 2.0),
            Region::Near { points, .. } => points.get(points.len() / 2).copied().unwrap_or_default(),
        }
    }
}

fn distance_to_segment(point: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length_squared = dx * dx + dy * dy;
    let along = if length_squared > 0.0 {
        (((point.0 - from.0) * dx + (point.1 - from.1) * dy) / length_squared).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (away_x, away_y) = (point.0 - from.0 - along * dx, point.1 - from.1 - along * dy);
    (away_x * away_x + away_y * away_y).sqrt()
}
