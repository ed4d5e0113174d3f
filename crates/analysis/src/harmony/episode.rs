//! Consonance against its own past: a learned baseline, and the episodes in which it was lost.

use crate::distribution::{ln_family_wise, normal_ln_survival, score_from_ln_p};
use crate::robust::{Standard, median_in_place};

/// How a baseline is learned and used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BaselineOptions {
    /// Frames in a day; none (or under two) to learn from the whole past together.
    pub frames_per_day: Option<usize>,
    /// How many frames it takes until a frame shares no values with the first one: the length of a frame over the
    /// distance from one to the next.
    pub overlap: f64,
    /// Smallest spread, as [`stabilised`] consonance.
    pub least_spread: f64,
}

impl Default for BaselineOptions {
    fn default() -> Self {
        Self { frames_per_day: None, overlap: 1.0, least_spread: 0.03 }
    }
}

/// What consonance usually is.
#[derive(Debug, Clone, PartialEq)]
pub struct Baseline {
    /// Median by hour of the day; one where the time of day does not matter. As [`stabilised`].
    centres: Vec<f64>,
    frames_per_day: usize,
    spread: f64,
    overlap: f64,
    /// Frames that it was learned from.
    frames: usize,
}

/// One frame against the baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Departure {
    /// The consonance that was to be expected, 0 to 1.
    pub expected: f64,
    /// Robust z-score, on the stabilised scale; negative where consonance is missing.
    pub z: f64,
    /// Chance of so low a frame, 0 to 1.
    pub p: f64,
}

/// A stretch of frames in which consonance was lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Episode {
    /// First frame.
    pub from: usize,
    /// One past the last frame.
    pub to: usize,
    /// The frame with the lowest z.
    pub lowest: usize,
    /// Its z-score.
    pub z: f64,
    /// Mean loss of consonance against the baseline over the episode, 0 to 1.
    pub loss: f64,
    /// Chance that any of all frames of a healthy set is so low.
    pub p: f64,
    /// 1.0 at the threshold that keeps `alpha`.
    pub score: f64,
}

/// artanh √C, whose scatter hardly depends on C (Fisher's transform of the correlation whose square C is).
pub fn stabilised(consonance: f64) -> f64 {
    consonance.clamp(0.0, 0.9999).sqrt().atanh()
}

/// Frames below this share of the threshold still belong to an episode.
const LEAVE: f64 = 0.6;

/// Hours of the day that are told apart.
const HOURS: usize = 24;

impl Baseline {
    /// Learns from consonance per frame (NaN where undefined), in order, from any frame on that later frames are numbered
    /// from as well.
    ///
    /// By hour of the day where three days have values in every hour, else by all frames together: medians, and the
    /// robust spread of what is left. `None` with under eight frames that have a value.
    pub fn learn(frames: &[f64], options: &BaselineOptions) -> Option<Self> {
        let values: Vec<f64> = frames.iter().map(|v| if v.is_nan() { f64::NAN } else { stabilised(*v) }).collect();
        let count = values.iter().filter(|v| v.is_finite()).count();
        if count < 8 {
            return None;
        }
        let whole = Standard::of(&values)?;
        let mut baseline = Self {
            centres: vec![whole.centre],
            frames_per_day: options.frames_per_day.unwrap_or(1).max(1),
            spread: whole.spread,
            overlap: options.overlap.max(1.0),
            frames: count,
        };
        if baseline.frames_per_day >= 2
            && let Some(centres) = by_hour(&values, baseline.frames_per_day)
        {
            let hours = centres.len();
            let hourly = Self { centres, ..baseline.clone() };
            let rest: Vec<f64> = values.iter().enumerate().map(|(t, v)| v - hourly.centre(t)).collect();
            let spread = Standard::of(&rest)?.spread;
            // Medians of few values follow the noise: what they explain must be more than that.
            let price = 1.0 - 1.57 * hours as f64 / count as f64;
            if spread < price.max(0.1).sqrt() * 0.95 * baseline.spread {
                let price = price.max(0.25).sqrt();
                baseline = Self { spread: spread / price, ..hourly };
            }
        }
        baseline.spread = baseline.spread.max(options.least_spread);
        Some(baseline)
    }

    fn centre(&self, frame: usize) -> f64 {
        let hours = self.centres.len();
        let hour = frame % self.frames_per_day * hours / self.frames_per_day;
        self.centres.get(hour.min(hours.saturating_sub(1))).copied().unwrap_or(f64::NAN)
    }

    /// Whether the hour of the day matters.
    pub fn is_by_hour(&self) -> bool {
        self.centres.len() > 1
    }

    /// What is usual at a frame, 0 to 1.
    pub fn expected(&self, frame: usize) -> f64 {
        let root = self.centre(frame).tanh();
        root * root
    }

    /// A frame against the baseline; none where it has no value.
    pub fn departure(&self, frame: usize, consonance: f64) -> Option<Departure> {
        if consonance.is_nan() {
            return None;
        }
        let z = (stabilised(consonance) - self.centre(frame)) / self.spread;
        Some(Departure { expected: self.expected(frame), z, p: self.ln_tail(z).exp() })
    }

    /// ln of the chance of a z as low as this, with the price of a spread that was estimated.
    fn ln_tail(&self, z: f64) -> f64 {
        let independent = (self.frames as f64 / self.overlap).max(3.0);
        if independent > 200.0 {
            return normal_ln_survival(-z);
        }
        crate::distribution::student_t_ln_survival(-z, independent - 1.0)
    }
}

fn by_hour(values: &[f64], frames_per_day: usize) -> Option<Vec<f64>> {
    let hours = frames_per_day.min(HOURS);
    (0..hours)
        .map(|hour| {
            let mut days = Vec::new();
            let mut held: Vec<f64> = Vec::new();
            for (t, value) in values.iter().enumerate() {
                if value.is_finite() && t % frames_per_day * hours / frames_per_day == hour {
                    held.push(*value);
                    if days.last() != Some(&(t / frames_per_day)) {
                        days.push(t / frames_per_day);
                    }
                }
            }
            if days.len() >= 3 { median_in_place(&mut held) } else { None }
        })
        .collect()
}

/// The episodes in which consonance fell below its baseline, in order.
///
/// An episode begins where a frame is so low that a healthy set has any such frame with chance `alpha`, and lasts while
/// frames stay below 0.6 of that threshold, in both directions of time. Frames that share values count as one
/// ([`BaselineOptions::overlap`]). Frames without a value (NaN) end nothing and begin nothing.
pub fn dissonance_episodes(frames: &[f64], baseline: &Baseline, alpha: f64) -> Vec<Episode> {
    let departures: Vec<Option<Departure>> =
        frames.iter().enumerate().map(|(frame, value)| baseline.departure(frame, *value)).collect();
    let count = departures.iter().flatten().count();
    let tests = (count as f64 / baseline.overlap).max(1.0);
    let score = |z: f64| if z < 0.0 { score_from_ln_p(ln_family_wise(baseline.ln_tail(z), tests), alpha) } else { 0.0 };
    let scores: Vec<f64> = departures.iter().map(|d| d.map_or(f64::NAN, |d| score(d.z))).collect();
    let mut found = Vec::new();
    let mut frame = 0;
    while frame < scores.len() {
        if scores[frame].is_nan() || scores[frame] < LEAVE {
            frame += 1;
            continue;
        }
        let from = frame;
        let mut to = frame + 1;
        while frame < scores.len() && (scores[frame].is_nan() || scores[frame] >= LEAVE) {
            if !scores[frame].is_nan() {
                to = frame + 1;
            }
            frame += 1;
        }
        let inside = (from..to).filter_map(|at| departures[at].map(|d| (at, d)));
        let Some((lowest, deepest)) = inside.clone().min_by(|a, b| a.1.z.total_cmp(&b.1.z)) else { continue };
        let reached = score(deepest.z);
        if reached < 1.0 {
            continue;
        }
        let (sum, held) =
            inside.fold((0.0, 0.0), |(sum, held), (at, d)| (sum + (d.expected - frames[at]).max(0.0), held + 1.0));
        found.push(Episode {
            from,
            to,
            lowest,
            z: deepest.z,
            loss: sum / held,
            p: ln_family_wise(baseline.ln_tail(deepest.z), tests).exp(),
            score: reached,
        });
    }
    found
}
