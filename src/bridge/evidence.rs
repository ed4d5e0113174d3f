//! Pictures of series, as the page describes them to the program that paints them.

use report::struct_bytes;
use scene::radar::Closeup;

/// What a chart shows. The columns are as long as each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The times of the values, in milliseconds since 1970-01-01 UTC, ascending.
    pub times_ms: Vec<f64>,
    /// The values; NaN is a gap.
    pub values: Vec<f64>,
    /// The lower edge of the normal band; NaN where there is none.
    pub lower: Vec<f64>,
    /// The upper edge.
    pub upper: Vec<f64>,
    /// The mean of what the values before made one expect; NaN where nothing was.
    pub expected: Vec<f64>,
    /// The lower end of its 95 % interval.
    pub low: Vec<f64>,
    /// The upper end.
    pub high: Vec<f64>,
    /// How surprising the values are, in bits.
    pub bits: Vec<f64>,
    /// From so many bits on, a value is beyond what the whole series makes likely.
    pub limit_bits: Option<f64>,
    /// The unit of the values.
    pub unit: String,
    /// First and last moment of the window that is spoken of.
    pub window: Option<Stretch>,
    /// Levels before, in and after the window.
    pub levels: Vec<Level>,
    /// The time cursor.
    pub cursor_ms: Option<i64>,
    /// The spectrum of a pair instead of values: a [`report::PairSpectrum`] as bytes, which the page hands on as it is.
    pub spectrum: Vec<u8>,
    /// Width in CSS pixels.
    pub width_px: f64,
    /// Height in CSS pixels.
    pub height_px: f64,
    /// Minutes that the clock of the reader's zone is ahead of UTC.
    pub offset_min: i64,
    /// Whether the page is light.
    pub is_light: bool,
}

/// A close-up to paint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dial {
    /// The canvas carries the number of the picture that the page wants on it: one that comes late is not painted.
    pub edition: u32,
    /// Whether the page is light.
    pub is_light: bool,
    /// What to paint.
    pub closeup: Closeup,
}

impl Dial {
    /// The attribute of the canvas that carries the number.
    pub const EDITION: &str = "data-edition";
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// First moment.
    pub start_ms: i64,
    /// Last moment.
    pub end_ms: i64,
}

/// A level that held for a while.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// When.
    pub stretch: Stretch,
    /// The level, in the unit of the values.
    pub value: f64,
}

struct_bytes! {
    Dial { edition, is_light, closeup }
    Stretch { start_ms, end_ms }
    Level { stretch, value }
    Evidence {
        times_ms, values, lower, upper, expected, low, high, bits, limit_bits, unit, window, levels, cursor_ms, spectrum,
        width_px, height_px, offset_min, is_light
    }
}
