//! The shapes of the classes: what a ring looks like over one sector.
//!
//! The arc of a sector stands for a fixed stretch of time at each scale, [`span_s`], so that the number of facets and
//! the swell of a beat are measures, not ornaments.

use crate::display::{Command, Path, Stroke};
use crate::paint::{Paint, Tint};
use crate::polar::{Polar, Slice, sine_cosine};
use report::{Class, Scale};
use std::f64::consts::PI;

/// Facets where no period is known.
const USUAL_FACETS: usize = 4;
/// Swells where no beat period is known.
const USUAL_SWELLS: f64 = 2.0;

/// What a cell shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Contour {
    /// The shape.
    pub(crate) class: Class,
    /// The strongest finding's score; more is rougher.
    pub(crate) score: f64,
    /// The period in parts of the sector's stretch of time.
    pub(crate) period: Option<f64>,
    /// The beat's period in parts of the sector's stretch of time.
    pub(crate) beat_period: Option<f64>,
    /// What makes a jagged or broken shape its own, the same in every picture.
    pub(crate) seed: u64,
    /// 0 to 1: how long the last swell is ago at the end of the arc, in beat periods.
    pub(crate) since_swell: f64,
}

/// The stretch of time that a sector's arc stands for: the longest period of the scale, and a week where nothing but
/// the data bounds it.
pub(crate) fn span_s(scale: Scale, longest_s: Option<f64>) -> f64 {
    match scale {
        Scale::Micro | Scale::Macro => longest_s.filter(|longest| *longest > 0.0).unwrap_or(3_600.0),
        Scale::Meso => longest_s.filter(|longest| *longest > 0.0).unwrap_or(604_800.0),
    }
}

/// The number of facets of a periodic contour: the cycles in the sector's stretch of time, as far as they can be told
/// apart on an arc of this length.
pub(crate) fn facets(contour: &Contour, arc_px: f64) -> usize {
    let most = ((arc_px / 7.0) as usize).clamp(2, 24);
    let cycles = contour.period.filter(|period| *period > 0.0).map(|period| (1.0 / period).round());
    cycles.map_or(USUAL_FACETS, |cycles| cycles.clamp(2.0, 24.0) as usize).min(most)
}

/// How far jags reach, as a part of the bed: grows with the score.
pub(crate) fn jaggedness(score: f64) -> f64 {
    let excess = if score.is_nan() { 0.0 } else { (score - 0.5).max(0.0) };
    0.3 + 0.7 * (1.0 - 1.0 / (1.0 + excess))
}

impl Contour {
    /// Its paths over a slice, painted.
    pub(crate) fn paths(&self, polar: Polar, slice: &Slice, tint: Tint) -> Vec<Path> {
        // A shape keeps a margin to its bed, and a line to its neighbour.
        let amplitude_px = slice.width_px() * if slice.width_px() < 24.0 { 0.41 } else { 0.36 };
        let margin = if slice.is_full() {
            0.0
        } else {
            crate::polar::inset(5.0, slice.middle_px()).min((slice.end - slice.start) * 0.12)
        };
        let (start, end) = (slice.start + margin, slice.end - margin);
        let run = Run { polar, middle_px: slice.middle_px(), amplitude_px, start, end };
        let line_px = (slice.width_px() * 0.055).clamp(1.3, 2.0);
        match self.class {
            Class::Insufficient => {
                vec![polar.arc_path(run.middle_px, start, end).stroke(
                    Stroke::round(Paint::Faint.alpha(tint.alpha * 0.85), line_px).dashed(&[0.01, line_px * 3.0]),
                )]
            }
            Class::Steady => {
                vec![polar.arc_path(run.middle_px, start, end).stroke(Stroke::round(tint, line_px))]
            }
            Class::Periodic => run.facets(facets(self, run.arc_px()), line_px, tint),
            Class::Beating => vec![run.swell(self).stroke(Stroke::round(tint, line_px))],
            Class::Jagged => vec![run.jags(self).stroke(Stroke::round(tint, line_px))],
            Class::Fragmented => {
                vec![run.pieces(self).stroke(Stroke::round(tint, line_px * 1.5))]
            }
        }
    }
}

/// A stretch of a ring.
struct Run {
    polar: Polar,
    middle_px: f64,
    amplitude_px: f64,
    start: f64,
    end: f64,
}

impl Run {
    fn arc_px(&self) -> f64 {
        (self.end - self.start) * self.middle_px
    }

    fn angle(&self, part: f64) -> f64 {
        self.start + (self.end - self.start) * part
    }

    /// The point at a part of the arc and a part of the amplitude.
    fn point(&self, part: f64, deviation: f64) -> (f64, f64) {
        self.polar.point(self.middle_px + self.amplitude_px * deviation, self.angle(part))
    }

    /// Regular facets, and their marked vertices as a second path.
    fn facets(&self, count: usize, line_px: f64, tint: Tint) -> Vec<Path> {
        let part = |position: f64| position / count as f64;
        let vertices: Vec<_> = (0..count).map(|index| self.point(part(index as f64 + 0.5), 0.85)).collect();
        let mut points = Vec::with_capacity(count * 2 + 1);
        for (index, vertex) in vertices.iter().enumerate() {
            points.push(self.point(part(index as f64), -0.55));
            points.push(*vertex);
        }
        points.push(self.point(1.0, -0.55));
        let mut marks = Path::new();
        for (x, y) in &vertices {
            marks.push_circle(*x, *y, line_px * 1.3);
        }
        vec![Path::polyline(points).stroke(Stroke::round(tint, line_px)), marks.fill(tint)]
    }

    /// A carrier that swells where the two periods fall together: the end of the arc is the moment that is shown, and what
    /// stands before it was before.
    fn swell(&self, contour: &Contour) -> Path {
        let swells = contour
            .beat_period
            .filter(|period| *period > 0.0)
            .map_or(USUAL_SWELLS, |period| (1.0 / period).clamp(1.0, (self.arc_px() / 32.0).max(1.0)));
        // Half waves of the carrier: as many as stay apart, at least four in a swell.
        let half_waves = ((self.arc_px() / 4.0) as usize).clamp(8, 16 * swells.ceil() as usize);
        let deviation = |index: usize| {
            let part = index as f64 / half_waves as f64;
            let envelope = sine_cosine(PI * (swells * (part - 1.0) + contour.since_swell)).1.abs();
            envelope * if index.is_multiple_of(2) { 1.0 } else { -1.0 }
        };
        let mut path = Path::new();
        let part = |index: usize, shift: f64| (index as f64 + shift) / half_waves as f64;
        let (x, y) = self.point(0.0, deviation(0));
        path.commands.push(Command::Move { x, y });
        for index in 0..half_waves {
            // Level tangents at the extremes make each half wave close to a sine.
            let (control1_x, control1_y) = self.point(part(index, 0.37), deviation(index));
            let (control2_x, control2_y) = self.point(part(index, 0.63), deviation(index + 1));
            let (x, y) = self.point(part(index, 1.0), deviation(index + 1));
            path.commands.push(Command::Cubic { control1_x, control1_y, control2_x, control2_y, x, y });
        }
        path
    }

    /// Jags that never repeat.
    fn jags(&self, contour: &Contour) -> Path {
        let mut noise = Noise(contour.seed);
        let reach = jaggedness(contour.score);
        let count = ((self.arc_px() / 4.6) as usize).clamp(7, 90);
        let mut side = if noise.next() < 0.5 { 1.0 } else { -1.0 };
        let mut points = Vec::with_capacity(count + 1);
        for index in 0..=count {
            let jitter = if index == 0 || index == count { 0.0 } else { (noise.next() - 0.5) * 0.9 };
            // Mostly small, sometimes as far as the score allows.
            let height = noise.next();
            // Mostly small, seldom large.
            let size = 0.1 + 0.95 * height * height;
            points.push(self.point((index as f64 + jitter) / count as f64, side * size * reach));
            // Mostly across the middle; now and then a second step on the same side breaks the rhythm.
            if noise.next() < 0.74 {
                side = -side;
            }
        }
        Path::polyline(points)
    }

    /// Broken pieces, thrown off the line.
    fn pieces(&self, contour: &Contour) -> Path {
        let mut noise = Noise(contour.seed ^ 0x5851_f42d_4c95_7f2d);
        let reach = jaggedness(contour.score);
        let count = ((self.arc_px() / 16.0) as usize).clamp(4, 40);
        let mut path = Path::new();
        let mut side = if noise.next() < 0.5 { 1.0 } else { -1.0 };
        for index in 0..count {
            let middle = (index as f64 + 0.5 + (noise.next() - 0.5) * 0.3) / count as f64;
            let half = (0.2 + 0.17 * noise.next()) / count as f64;
            let offset = side * (0.1 + 0.75 * noise.next()) * reach;
            let tilt = (noise.next() - 0.5) * 1.7 * reach;
            for (part, deviation, is_first) in
                [(middle - half, offset - tilt / 2.0, true), (middle + half, offset + tilt / 2.0, false)]
            {
                let (x, y) = self.point(part, deviation.clamp(-1.1, 1.1));
                path.commands.push(if is_first { Command::Move { x, y } } else { Command::Line { x, y } });
            }
            side = -side;
        }
        path
    }
}

/// A seed from a name and a scale (FNV-1a), so that a service keeps its shape wherever it stands.
pub(crate) fn seed(name: &str, scale: Scale) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ (scale.index() as u64 + 1);
    name.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Uniform numbers in 0 to 1 from a seed (SplitMix64).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
