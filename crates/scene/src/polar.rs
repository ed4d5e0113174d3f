//! Polar coordinates of the radar: the angle is 0 at twelve o'clock and grows with the clock.

use crate::display::{Command, Path};
use serde::{Deserialize, Serialize};
use std::f64::consts::{FRAC_PI_2, TAU};

/// The centre of a radar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Polar {
    /// Its x.
    pub x: f64,
    /// Its y.
    pub y: f64,
}

/// Part of a ring: radii from the centre, angles in radians.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Slice {
    /// Inner radius.
    pub inner_px: f64,
    /// Outer radius.
    pub outer_px: f64,
    /// First angle.
    pub start: f64,
    /// Last angle, not less than the first.
    pub end: f64,
}

impl Polar {
    /// The point at a radius and an angle.
    pub fn point(&self, radius: f64, angle: f64) -> (f64, f64) {
        let (sine, cosine) = sine_cosine(angle);
        (self.x + radius * sine, self.y - radius * cosine)
    }

    /// The radius and the angle (0 to 2π) of a point.
    pub fn inverse(&self, x: f64, y: f64) -> (f64, f64) {
        let (dx, dy) = (x - self.x, self.y - y);
        ((dx * dx + dy * dy).sqrt(), turned(dx.atan2(dy), TAU))
    }

    /// An arc with the clock, as a command.
    pub fn arc(&self, radius: f64, start: f64, end: f64) -> Command {
        Command::Arc {
            center_x: self.x,
            center_y: self.y,
            radius,
            start: start - FRAC_PI_2,
            end: end - FRAC_PI_2,
            counter_clockwise: end < start,
        }
    }

    /// A path of one arc.
    pub fn arc_path(&self, radius: f64, start: f64, end: f64) -> Path {
        let (x, y) = self.point(radius, start);
        Path { commands: vec![Command::Move { x, y }, self.arc(radius, start, end)], ..Path::default() }
    }

    /// A line through polar points `(radius, angle)`.
    pub fn polyline(&self, points: impl IntoIterator<Item = (f64, f64)>) -> Path {
        Path::polyline(points.into_iter().map(|(radius, angle)| self.point(radius, angle)))
    }

    /// The outline of a slice whose straight edges keep `inset_px` away from its angles, so that the gap between two
    /// neighbours is as wide at the centre as outside. A full turn becomes a whole ring.
    pub fn outline(&self, slice: &Slice, inset_px: f64, corner_px: f64) -> Path {
        let Slice { inner_px, outer_px, start, end } = *slice;
        if slice.is_full() {
            let mut path = Path::circle(self.x, self.y, outer_px);
            let (x, y) = self.point(inner_px, 0.0);
            path.commands.extend([Command::Move { x, y }, self.arc(inner_px, TAU, 0.0), Command::Close]);
            return path;
        }
        let outer = (start + inset(inset_px, outer_px), end - inset(inset_px, outer_px));
        let inner = (start + inset(inset_px, inner_px), end - inset(inset_px, inner_px));
        if outer.1 <= outer.0 || inner_px <= 0.0 {
            return Path::new();
        }
        let inner = if inner.1 > inner.0 { inner } else { (slice.middle_angle(), slice.middle_angle()) };
        let corner_px = corner_px.min((outer_px - inner_px) / 2.0).min((inner.1 - inner.0) * inner_px / 2.0).max(0.0);
        let (outer_turn, inner_turn) = (corner_px / outer_px, corner_px / inner_px);
        let edge = |angle_out: f64, angle_in: f64, radius: f64| {
            angle_in + (angle_out - angle_in) * (radius - inner_px) / (outer_px - inner_px)
        };
        let at = |radius: f64, angle: f64| self.point(radius, angle);
        let quadratic =
            |(control_x, control_y): (f64, f64), (x, y): (f64, f64)| Command::Quadratic { control_x, control_y, x, y };
        let line = |(x, y): (f64, f64)| Command::Line { x, y };
        let (first_x, first_y) = at(outer_px, outer.0 + outer_turn);
        let (high, low) = (outer_px - corner_px, inner_px + corner_px);
        Path {
            commands: vec![
                Command::Move { x: first_x, y: first_y },
                self.arc(outer_px, outer.0 + outer_turn, outer.1 - outer_turn),
                quadratic(at(outer_px, outer.1), at(high, edge(outer.1, inner.1, high))),
                line(at(low, edge(outer.1, inner.1, low))),
                quadratic(at(inner_px, inner.1), at(inner_px, inner.1 - inner_turn)),
                self.arc(inner_px, inner.1 - inner_turn, inner.0 + inner_turn),
                quadratic(at(inner_px, inner.0), at(low, edge(outer.0, inner.0, low))),
                line(at(high, edge(outer.0, inner.0, high))),
                quadratic(at(outer_px, outer.0), (first_x, first_y)),
                Command::Close,
            ],
            ..Path::default()
        }
    }
}

/// The angle under which a length is seen at a radius.
pub(crate) fn inset(length_px: f64, radius: f64) -> f64 {
    if radius <= 0.0 {
        return 0.0;
    }
    let sine = (length_px / radius).min(1.0);
    sine.atan2((1.0 - sine * sine).sqrt())
}

/// The sine and the cosine of an angle of at most some thousand turns, to 1e-15.
///
/// Those of the standard library are exact for angles of any size, which nothing here is, and bring 2/π with a thousand
/// digits with them.
pub(crate) fn sine_cosine(angle: f64) -> (f64, f64) {
    /// What a double leaves out of π/2.
    const REST: f64 = 6.123_233_995_736_766e-17;
    let quarters = (angle / FRAC_PI_2).round_ties_even();
    let rest = angle - quarters * FRAC_PI_2 - quarters * REST;
    // Taylor's series; of an eighth of a turn the tenth term is beyond a double.
    let series = |first: u32| {
        (0..9).rev().fold(1.0, |sum, term| {
            let factor = f64::from(first + 2 * term);
            1.0 - sum * rest * rest / (factor * (factor + 1.0))
        })
    };
    let (sine, cosine) = (rest * series(2), series(1));
    match quarters as i64 & 3 {
        0 => (sine, cosine),
        1 => (cosine, -sine),
        2 => (-sine, -cosine),
        _ => (-cosine, sine),
    }
}

impl Slice {
    /// The radius in its middle.
    pub fn middle_px(&self) -> f64 {
        (self.inner_px + self.outer_px) / 2.0
    }

    /// The angle in its middle.
    pub fn middle_angle(&self) -> f64 {
        (self.start + self.end) / 2.0
    }

    /// Its radial width.
    pub fn width_px(&self) -> f64 {
        self.outer_px - self.inner_px
    }

    /// Whether it goes all the way round.
    pub fn is_full(&self) -> bool {
        self.end - self.start >= TAU - 1e-9
    }

    /// Whether it holds a radius and an angle.
    pub fn contains(&self, radius: f64, angle: f64) -> bool {
        let after_start = turned(angle - self.start, TAU);
        radius >= self.inner_px && radius < self.outer_px && (self.is_full() || after_start < self.end - self.start)
    }
}
/// What is left of a value when whole turns are taken away, from 0 up to `turn`.
///
/// The remainder of the standard library is exact for values of any size, which nothing here is, and brings a division of
/// 128-bit numbers with it.
pub(crate) fn turned(value: f64, turn: f64) -> f64 {
    let rest = value - turn * (value / turn).floor();
    // Rounding may reach the end of the turn, which is the beginning of the next.
    if (0.0..turn).contains(&rest) { rest } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sine_and_cosine_are_those_of_the_standard_library() {
        for step in -40_000..40_000 {
            let angle = f64::from(step) * 0.000_7 + 1e-9;
            let (sine, cosine) = sine_cosine(angle);
            assert!((sine - angle.sin()).abs() < 1e-14 && (cosine - angle.cos()).abs() < 1e-14, "{angle}");
        }
        for quarter in -8..8 {
            let (sine, cosine) = sine_cosine(f64::from(quarter) * FRAC_PI_2);
            assert!((sine.abs() + cosine.abs() - 1.0).abs() < 1e-14, "{quarter}");
        }
        for step in 0..=100 {
            let length = f64::from(step) / 100.0;
            assert!((inset(length * 7.0, 7.0) - length.asin()).abs() < 1e-14, "{length}");
        }
    }
}
