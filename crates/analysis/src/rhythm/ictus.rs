//! Accents and their onsets (definitions D1 and D2), of a whole series or value by value.

use std::collections::VecDeque;

use crate::anomaly::rolling::{SortedWindow, centred, trailing};
use crate::robust::Standard;

/// What counts as an accent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Threshold {
    /// A robust z-score |x − median| / (1.4826 MAD) of `theta` or more, either side, over `window` slots (at least 9).
    Adaptive {
        /// The z-score that is an accent.
        theta: f64,
        /// The length of the rolling window in slots.
        window: usize,
    },
    /// This value or more.
    Above(f64),
    /// This value or less.
    Below(f64),
}

/// How to look for accents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AccentOptions {
    /// What counts as an accent.
    pub threshold: Threshold,
    /// Whether an adaptive threshold knows only the slots before (live) or both sides (review).
    pub causal: bool,
    /// An accent lasts until the series falls below this share of the threshold (0.7). With a fixed threshold L the
    /// accent lasts until the value is (1 − leave) |L| on the other side.
    pub leave: f64,
    /// Shorter accents, in slots, are dropped.
    pub min_length: usize,
}

impl Default for AccentOptions {
    fn default() -> Self {
        Self { threshold: Threshold::Adaptive { theta: 2.0, window: 121 }, causal: true, leave: 0.7, min_length: 1 }
    }
}

/// An accent, dated by its onset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ictus {
    /// The slot in which the accent begins.
    pub slot: usize,
    /// The last slot of the accent.
    pub end: usize,
    /// The largest |z| of an adaptive threshold; of a fixed one the largest excess in units of it, plus 1.
    pub strength: f64,
    /// 1 upwards, −1 downwards.
    pub sign: i8,
}

/// The accents of a series, in order.
///
/// Missing values have no z and end an accent. With `causal` nothing is judged before half a window has passed, nor
/// where under a quarter of the window (or five of its slots) has a value. Where more than half of the window is equal,
/// IQR / 1.349 takes the place of the MAD, and where three quarters are, the mean absolute deviation of window and value
/// (times 1.2533): then every change is an accent. Adaptive accents do not change when the series is scaled or shifted;
/// `sign` turns with a negative scale.
pub fn ictuses(values: &[f64], options: &AccentOptions) -> Vec<Ictus> {
    let mut tracker = Tracker::new(options);
    let mut found = Vec::new();
    if let Threshold::Adaptive { theta, window } = options.threshold {
        let window = window.max(9);
        let local = if options.causal { trailing(values, window) } else { centred(values, window) };
        let length = window.min(values.len());
        for (slot, (&value, standard)) in values.iter().zip(&local).enumerate() {
            let start = if options.causal {
                slot.saturating_sub(window)..slot
            } else {
                let start = slot.saturating_sub(length / 2).min(values.len() - length);
                start..start + length
            };
            let around = values.get(start).unwrap_or_default();
            found.extend(tracker.step(z_score(value, standard, around.iter()) / theta, theta));
        }
    } else {
        for &value in values {
            found.extend(tracker.step(excess(value, options.threshold), 1.0));
        }
    }
    found.extend(tracker.finish());
    found
}

/// [`ictuses`] with `causal`, continued value by value: each accent is given once, when it has ended.
#[derive(Debug)]
pub struct AccentStream {
    threshold: Threshold,
    tracker: Tracker,
    recent: VecDeque<f64>,
    sorted: SortedWindow,
}

impl AccentStream {
    /// A stream that has seen nothing. An adaptive threshold is causal, whatever the options say.
    pub fn new(options: &AccentOptions) -> Self {
        Self {
            threshold: options.threshold,
            tracker: Tracker::new(options),
            recent: VecDeque::new(),
            sorted: SortedWindow::default(),
        }
    }

    /// Takes the next value (NaN for a missing one); gives the accent that it ends, if it ends one.
    pub fn push(&mut self, value: f64) -> Option<Ictus> {
        let Threshold::Adaptive { theta, window } = self.threshold else {
            return self.tracker.step(excess(value, self.threshold), 1.0);
        };
        let window = window.max(9);
        let standard = self.sorted.before(self.tracker.slot, window);
        let z = z_score(value, &standard, self.recent.iter());
        let old = if self.recent.len() >= window { self.recent.pop_front() } else { None };
        self.recent.push_back(value);
        self.sorted.advance(old, value);
        self.tracker.step(z / theta, theta)
    }

    /// The accent that has begun and not ended, as it is so far.
    pub fn open(&self) -> Option<Ictus> {
        self.tracker.open
    }

    /// The accent that has not ended when the series does.
    pub fn finish(mut self) -> Option<Ictus> {
        self.tracker.finish()
    }
}

/// Hysteresis over a drive that is an accent from 1 (or −1) on.
#[derive(Debug)]
struct Tracker {
    leave: f64,
    min_length: usize,
    slot: usize,
    open: Option<Ictus>,
}

impl Tracker {
    fn new(options: &AccentOptions) -> Self {
        Self { leave: options.leave, min_length: options.min_length, slot: 0, open: None }
    }

    fn step(&mut self, drive: f64, unit: f64) -> Option<Ictus> {
        let slot = self.slot;
        self.slot += 1;
        let sign = if drive < 0.0 { -1 } else { 1 };
        let strength = drive.abs() * unit;
        if let Some(open) = &mut self.open
            && drive.abs() >= self.leave
            && sign == open.sign
        {
            open.end = slot;
            open.strength = open.strength.max(strength);
            return None;
        }
        let ended = self.finish();
        if drive.abs() >= 1.0 {
            self.open = Some(Ictus { slot, end: slot, strength, sign });
        }
        ended
    }

    fn finish(&mut self) -> Option<Ictus> {
        self.open.take().filter(|ictus| ictus.end + 1 >= ictus.slot + self.min_length)
    }
}

/// The z-score of a value beside a window; NaN where nothing is known.
fn z_score<'a>(value: f64, standard: &Standard, window: impl Iterator<Item = &'a f64>) -> f64 {
    let deviation = value - standard.centre;
    if standard.spread > 0.0 || !deviation.is_finite() {
        return deviation / standard.spread;
    }
    if deviation.abs() <= 1e-12 * standard.centre.abs() {
        return 0.0;
    }
    let (mut count, mut sum) = (1.0, deviation.abs());
    for other in window.filter(|other| other.is_finite()) {
        count += 1.0;
        sum += (other - standard.centre).abs();
    }
    deviation / (1.253_314_137_315_500_1 * sum / count)
}

/// How far a value is beyond a fixed threshold: 1 at the threshold, 0 a whole threshold away from it.
fn excess(value: f64, threshold: Threshold) -> f64 {
    let (level, side) = match threshold {
        Threshold::Below(level) => (level, -1.0),
        Threshold::Above(level) => (level, 1.0),
        Threshold::Adaptive { .. } => (0.0, 1.0),
    };
    let beyond = (value - level) * side;
    let drive = if level != 0.0 { 1.0 + beyond / level.abs() } else { f64::from(u8::from(beyond >= 0.0)) };
    if drive.is_nan() { f64::NAN } else { drive.max(0.0) * side }
}
