//! Consonance against its own past: a learned baseline, and the episodes in which it was lost.

use crate::autocorrelation::autocorrelation;
use crate::distribution::{ln_family_wise, score_from_ln_p, student_t_ln_survival};
use crate::robust::{Standard, median_of_finite};

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
    /// For means over 1, 2, 4, … frames.
    widths: Vec<Width>,
}

/// How means over so many frames scatter.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Width {
    frames: usize,
    spread: f64,
    /// Frames in which they do not share values: the larger of `frames` and the overlap.
    reach: f64,
    /// Degrees of freedom that the spread is worth.
    freedom: f64,
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
    /// The lowest frame.
    pub lowest: usize,
    /// z-score of the mean by which it was found, over one frame or more.
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

/// Means over more frames than leave so many independent ones are not looked at.
const FEWEST_INDEPENDENT: f64 = 10.0;

/// Most episodes that are returned.
const MOST_EPISODES: usize = 100;

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
            widths: Vec::new(),
        };
        // Medians of few values follow the noise: what they leave is less than what would be left of other frames.
        let mut price = 1.0;
        if baseline.frames_per_day >= 2
            && let Some(centres) = by_hour(&values, baseline.frames_per_day)
        {
            let kept = (1.0 - 1.57 * centres.len() as f64 / count as f64).max(0.25).sqrt();
            let hourly = Self { centres, ..baseline.clone() };
            if Standard::of(&hourly.rest(&values))?.spread < 0.95 * kept * whole.spread {
                (baseline, price) = (hourly, kept);
            }
        }
        let rest = baseline.rest(&values);
        let overlap = options.overlap.max(1.0);
        let spread = Standard::of(&rest)?.spread / price;
        // A median absolute deviation is worth 0.37 of a standard deviation.
        let freedom = (0.37 * count as f64 / overlap).max(2.0);
        // Clipped, so that an episode among what is learned from does not pass for a habit.
        let clipped: Vec<f64> = rest.iter().map(|v| v.clamp(-2.0 * spread, 2.0 * spread)).collect();
        let mut frames = 1;
        while frames == 1 || count as f64 / overlap.max(frames as f64) >= FEWEST_INDEPENDENT {
            let correlations = autocorrelation(&clipped, frames - 1);
            let sum: f64 = (1..frames).map(|k| (1.0 - k as f64 / frames as f64) * correlations[k]).sum();
            // Never less than frames that only share values.
            let reach = overlap.max(frames as f64);
            let factor = ((1.0 + 2.0 * sum) / frames as f64).max(1.0 / reach).min(1.0);
            let spread = spread * if factor.is_nan() { 1.0 } else { factor.sqrt() };
            let least = options.least_spread * (overlap / reach).sqrt();
            baseline.widths.push(Width { frames, spread: spread.max(least), reach, freedom });
            frames *= 2;
        }
        Some(baseline)
    }

    /// Stabilised values less their centre.
    fn rest(&self, values: &[f64]) -> Vec<f64> {
        values.iter().enumerate().map(|(frame, value)| value - self.centre(frame)).collect()
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
        let width = self.widths.first()?;
        let z = (stabilised(consonance) - self.centre(frame)) / width.spread;
        (!consonance.is_nan()).then(|| Departure { expected: self.expected(frame), z, p: width.ln_tail(z).exp() })
    }
}

impl Width {
    /// ln of the chance of a z as low as this, with the price of a spread that was estimated.
    fn ln_tail(&self, z: f64) -> f64 {
        student_t_ln_survival(-z, self.freedom)
    }
}

/// The means over every so many frames in a row; NaN where over half of them have no value.
fn means(values: &[f64], frames: usize) -> Vec<f64> {
    values
        .windows(frames.max(1))
        .map(|window| {
            let present = window.iter().filter(|v| v.is_finite());
            let count = present.clone().count();
            if 2 * count >= frames && count > 0 { present.sum::<f64>() / count as f64 } else { f64::NAN }
        })
        .collect()
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
            if days.len() >= 3 { median_of_finite(&held) } else { None }
        })
        .collect()
}

/// The episodes in which consonance fell below its baseline, in order.
///
/// Means over 1, 2, 4, … frames are compared with how such means scatter in the baseline, so that a small loss that lasts is
/// found as well as a deep one. An episode is where such a mean is so low that a healthy set has any as low, of any width, with
/// chance `alpha`. It lasts while frames are below half of its mean loss. Frames without a value (NaN) end nothing and begin
/// nothing.
pub fn dissonance_episodes(frames: &[f64], baseline: &Baseline, alpha: f64) -> Vec<Episode> {
    let values: Vec<f64> = frames.iter().map(|v| if v.is_nan() { f64::NAN } else { stabilised(*v) }).collect();
    let mut rest = baseline.rest(&values);
    let count = rest.iter().filter(|v| v.is_finite()).count() as f64;
    let tests: f64 = baseline.widths.iter().map(|width| (count / width.reach).max(1.0)).sum();
    let mut found: Vec<Episode> = Vec::new();
    while let Some(one) = strongest(&rest, &baseline.widths) {
        let ln_p = ln_family_wise(one.ln_p, tests);
        let score = score_from_ln_p(ln_p, alpha);
        if score.is_nan() || score < 1.0 || found.len() >= MOST_EPISODES {
            break;
        }
        // The frames around its lowest one that are below half of its mean, not beyond another episode.
        let level = 0.5 * one.mean;
        let is_low = |at: usize| rest.get(at).is_some_and(|v| v.is_nan() || *v <= level);
        let is_taken = |at: usize| found.iter().any(|e| (e.from..e.to).contains(&at));
        let inside = (one.from..one.from + one.frames).filter(|at| rest.get(*at).is_some_and(|v| v.is_finite()));
        let Some(lowest) = inside.min_by(|a, b| rest[*a].total_cmp(&rest[*b])) else { break };
        let (mut from, mut to) = (lowest, lowest + 1);
        while from > 0 && !is_taken(from - 1) && (is_low(from - 1) || from > one.from) {
            from -= 1;
        }
        while to < rest.len() && !is_taken(to) && (is_low(to) || to < one.from + one.frames) {
            to += 1;
        }
        while from < lowest && (rest[from].is_nan() || rest[from] > level) {
            from += 1;
        }
        while to > lowest + 1 && (rest[to - 1].is_nan() || rest[to - 1] > level) {
            to -= 1;
        }
        let (mut loss, mut held) = (0.0, 0.0);
        for at in from..to {
            if let (Some(value), Some(slot)) = (frames.get(at), rest.get_mut(at))
                && value.is_finite()
            {
                loss += baseline.expected(at) - value;
                held += 1.0;
                *slot = f64::NAN;
            }
        }
        rest[from..to].fill(f64::NAN);
        found.push(Episode { from, to, lowest, z: one.z, loss: f64::max(loss / held, 0.0), p: ln_p.exp(), score });
    }
    order::sort_by_key(&mut found, |one| one.from);
    found
}

/// The mean that is lowest against its width's scatter.
struct Low {
    from: usize,
    frames: usize,
    mean: f64,
    z: f64,
    ln_p: f64,
}

fn strongest(rest: &[f64], widths: &[Width]) -> Option<Low> {
    let mut best: Option<Low> = None;
    for width in widths {
        let means = means(rest, width.frames);
        let lowest = means.iter().enumerate().filter(|(_, m)| **m < 0.0).min_by(|a, b| a.1.total_cmp(b.1));
        let Some((from, mean)) = lowest else { continue };
        let z = mean / width.spread;
        let ln_p = width.ln_tail(z);
        if best.as_ref().is_none_or(|b| ln_p < b.ln_p) {
            best = Some(Low { from, frames: width.frames, mean: *mean, z, ln_p });
        }
    }
    best
}
