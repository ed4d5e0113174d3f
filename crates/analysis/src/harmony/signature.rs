//! The signature of a window: a vector of documented features, with a distance that means something.

use super::class::Class;
use super::scale::{Bounds, Scale, split};
use crate::autocorrelation::{Removed, ar1_coefficient};
use crate::spectrum::Peak;

/// What a window is like at one scale. NaN where unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScaleFacts {
    /// Share of the variance at this scale, 0 to 1, mean over the series.
    pub energy_share: f64,
    /// Share of the variance in significant periods of this scale, 0 to 1, mean over the series.
    pub periodic_share: f64,
    /// The strongest period of the scale, in seconds.
    pub period_s: f64,
    /// Lag-one autocorrelation of the means over a quarter of the scale's shortest period, mean over the series.
    pub ar1: f64,
    /// Consonance, 0 to 1.
    pub consonance: f64,
    /// Highest score of a deviation at this scale; 1.0 at its threshold.
    pub deviation_score: f64,
    /// The class.
    pub class: Class,
}

impl Default for ScaleFacts {
    fn default() -> Self {
        Self {
            energy_share: f64::NAN,
            periodic_share: f64::NAN,
            period_s: f64::NAN,
            ar1: f64::NAN,
            consonance: f64::NAN,
            deviation_score: f64::NAN,
            class: Class::Insufficient,
        }
    }
}

/// Everything that a signature is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowFacts {
    /// In the order of [`Scale::ALL`].
    pub scales: [ScaleFacts; 3],
    /// Accents per step and series; NaN where unknown.
    pub accent_rate: f64,
    /// Share of the accents that go up, 0 to 1; NaN without accents.
    pub up_share: f64,
    /// Shares of the five feet (iamb, trochee, anapest, dactyl, amphibrach), which sum to 1; NaN where there are none.
    pub feet: [f64; 5],
    /// What happened in the window: any series vanished, froze, shifted up, shifted down, drifted, grew in variance.
    pub flags: [bool; 6],
}

impl Default for WindowFacts {
    fn default() -> Self {
        Self {
            scales: [ScaleFacts::default(); 3],
            accent_rate: f64::NAN,
            up_share: f64::NAN,
            feet: [f64::NAN; 5],
            flags: [false; 6],
        }
    }
}

impl WindowFacts {
    /// Energy shares, periods and autocorrelations of a window of some series, and the rest unknown.
    ///
    /// `peaks` are the significant periods of each. Missing values: as in [`split`] and [`ar1_coefficient`]; a constant
    /// series, or one without values, does not count.
    pub fn of(columns: &[&[f64]], peaks: &[Vec<Peak>], step_s: f64, bounds: &Bounds) -> Self {
        let mut facts = Self::default();
        let mut energy = [0.0; 3];
        let mut periodic = [0.0; 3];
        let mut strongest = [(0.0, f64::NAN); 3];
        let mut ar1 = [(0.0, 0.0); 3];
        let mut counted = 0.0;
        for (column, peaks) in columns.iter().zip(peaks.iter().map(Vec::as_slice).chain(std::iter::repeat(&[][..]))) {
            let bands = split(column, step_s, bounds);
            let energies = Scale::ALL.map(|scale| crate::robust::variance(bands.at(scale)).unwrap_or(0.0));
            let total: f64 = energies.iter().sum();
            if total.is_nan() || total <= 0.0 {
                continue;
            }
            counted += 1.0;
            for (sum, value) in energy.iter_mut().zip(energies) {
                *sum += value / total;
            }
            for peak in peaks {
                let period_s = peak.period_steps * step_s;
                let scale = bounds.scale_of(period_s) as usize;
                if let (Some(sum), Some(best)) = (periodic.get_mut(scale), strongest.get_mut(scale)) {
                    *sum += peak.power_share;
                    if peak.harmonic_of.is_none() && peak.power_share > best.0 {
                        *best = (peak.power_share, period_s);
                    }
                }
            }
            for (scale, (sum, count)) in Scale::ALL.iter().zip(&mut ar1) {
                let (from, to) = bounds.periods_s(*scale);
                let block = (from / (4.0 * step_s)).floor().max(1.0) as usize;
                if to > 2.0 * step_s
                    && let Some(phi) = ar1_coefficient(&block_means(column, block), Removed::Mean)
                {
                    *sum += phi;
                    *count += 1.0;
                }
            }
        }
        for (k, scale) in facts.scales.iter_mut().enumerate() {
            if counted > 0.0 {
                scale.energy_share = energy[k] / counted;
                scale.periodic_share = f64::min(periodic[k] / counted, 1.0);
                // A period that holds next to nothing says nothing about the window.
                if scale.periodic_share >= LEAST_SHARE {
                    scale.period_s = strongest[k].1;
                }
                scale.ar1 = ar1[k].0 / ar1[k].1;
            }
        }
        facts
    }
}

/// Octaves of a period that count as much as a share of 0 and one of 1.
const OCTAVES: f64 = 6.0;

/// The least share of the variance, mean over the series, for which a period is part of a signature.
const LEAST_SHARE: f64 = 0.05;

fn block_means(values: &[f64], block: usize) -> Vec<f64> {
    if block < 2 {
        return values.to_vec();
    }
    values
        .chunks_exact(block)
        .map(|part| {
            let present = part.iter().filter(|v| v.is_finite());
            let count = present.clone().count();
            if 2 * count >= block { present.sum::<f64>() / count as f64 } else { f64::NAN }
        })
        .collect()
}

/// How many features a scale has: six numbers and five classes.
const PER_SCALE: usize = 11;

/// How many features a signature has.
pub const FEATURES: usize = 3 * PER_SCALE + 2 + 5 + 6;

/// The names of the features of one scale, then those of the whole window, in the order of [`Signature::values`].
pub const FEATURE_NAMES: [&str; PER_SCALE + 13] = [
    "energy_share",
    "periodic_share",
    "period",
    "ar1",
    "consonance",
    "deviation",
    "steady",
    "periodic",
    "beating",
    "jagged",
    "fragmented",
    "accent_rate",
    "up_share",
    "iamb",
    "trochee",
    "anapest",
    "dactyl",
    "amphibrach",
    "vanished",
    "frozen",
    "shifted_up",
    "shifted_down",
    "drifted",
    "grew_in_variance",
];

/// The signature of a window: features between 0 and 1 (autocorrelation −1 to 1, period 0 to 4), NaN where unknown.
///
/// Eleven for each scale (micro, macro, meso), then those of the whole, named by [`FEATURE_NAMES`]. Made by
/// [`Signature::of`]; its numbers can be written down and read again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signature {
    /// The features.
    pub values: [f64; FEATURES],
}

impl Signature {
    /// The features of a window, scaled: shares as they are; a period of T seconds as log₂(T)/6 (so half of it, or twice as
    /// much, is 0.17 away); a deviation score s as s/(1 + s), so ½ at its threshold; an accent rate a as
    /// √a (at most 1); a class as five zeros and a one; a flag as 0 or 1.
    pub fn of(facts: &WindowFacts) -> Self {
        let mut values = [f64::NAN; FEATURES];
        let mut slots = values.iter_mut();
        let mut put = |value: f64| {
            if let Some(slot) = slots.next() {
                *slot = value;
            }
        };
        for scale in &facts.scales {
            put(scale.energy_share.clamp(0.0, 1.0));
            put(scale.periodic_share.clamp(0.0, 1.0));
            put((scale.period_s.log2() / OCTAVES).clamp(-1.0, 4.0));
            put(scale.ar1.clamp(-1.0, 1.0));
            put(scale.consonance.clamp(0.0, 1.0));
            let score = scale.deviation_score.max(0.0);
            put(if scale.deviation_score.is_nan() { f64::NAN } else { score / (1.0 + score) });
            for class in [Class::Steady, Class::Periodic, Class::Beating, Class::Jagged, Class::Fragmented] {
                let is_known = scale.class != Class::Insufficient;
                put(if is_known { f64::from(u8::from(scale.class == class)) } else { f64::NAN });
            }
        }
        put(facts.accent_rate.max(0.0).sqrt().min(1.0));
        put(facts.up_share.clamp(0.0, 1.0));
        facts.feet.iter().for_each(|share| put(share.clamp(0.0, 1.0)));
        facts.flags.iter().for_each(|flag| put(f64::from(u8::from(*flag))));
        if facts.accent_rate.is_nan()
            && let Some(slot) = values.get_mut(3 * PER_SCALE)
        {
            *slot = f64::NAN;
        }
        Self { values }
    }

    /// The weight of a feature in the distance: a class counts as one feature in all (two of its five numbers change), and so
    /// do the feet.
    fn weight(feature: usize) -> f64 {
        let place = feature % PER_SCALE;
        if feature < 3 * PER_SCALE {
            return match place {
                2 => 2.0,
                6.. => 0.5,
                _ => 1.0,
            };
        }
        if (3 * PER_SCALE + 2..3 * PER_SCALE + 7).contains(&feature) { 0.5 } else { 1.0 }
    }

    /// The distance of two signatures: the weighted root mean square difference of the features that both know, 0 to about
    /// 1; NaN where both know under a third (by weight) of what either knows.
    pub fn distance(&self, other: &Self) -> f64 {
        let (mut sum, mut both, mut either) = (0.0, 0.0, 0.0);
        for (feature, (a, b)) in self.values.iter().zip(&other.values).enumerate() {
            let weight = Self::weight(feature);
            if !a.is_nan() && !b.is_nan() {
                sum += weight * (a - b) * (a - b);
                both += weight;
            }
            if !a.is_nan() || !b.is_nan() {
                either += weight;
            }
        }
        if both > 0.0 && 3.0 * both >= either { (sum / both).sqrt() } else { f64::NAN }
    }
}

/// How [`nearest`] decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearestOptions {
    /// Chance that a window that is like none of the known ones gets a name, as far as the background tells.
    pub alpha: f64,
    /// Farther than this is never near.
    pub farthest: f64,
}

impl Default for NearestOptions {
    fn default() -> Self {
        Self { alpha: 0.05, farthest: 0.08 }
    }
}

/// The known signature that is nearest to a window's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearest {
    /// Its place among the known ones.
    pub index: usize,
    /// Its distance.
    pub distance: f64,
    /// Share of the background (and this window) that is as near to any known signature; NaN without background.
    pub p: f64,
    /// The chance that the name is right, 0 to 1, among simulated windows (docs/methods/signature.md).
    pub confidence: f64,
}

/// The known signature that a window resembles, or none where none is near enough.
///
/// Near enough is at most `farthest`, and nearer than all but a share `alpha` of the background: signatures of other
/// windows of the same system, of which none is known to be one of those looked for. A background of under 1/alpha − 1 windows
/// cannot say so and is not asked. Unknown features: see [`Signature::distance`].
pub fn nearest(
    window: &Signature,
    known: &[Signature],
    background: &[Signature],
    options: &NearestOptions,
) -> Option<Nearest> {
    let (index, distance) = closest(window, known)?;
    if distance > options.farthest {
        return None;
    }
    let others: Vec<f64> = background.iter().filter_map(|other| closest(other, known)).map(|(_, d)| d).collect();
    let reached = others.iter().filter(|other| **other <= distance).count();
    let p = if others.is_empty() { f64::NAN } else { (1 + reached) as f64 / (1 + others.len()) as f64 };
    let can_tell = (1 + others.len()) as f64 * options.alpha >= 1.0;
    if can_tell && p > options.alpha {
        return None;
    }
    Some(Nearest { index, distance, p, confidence: confidence(distance) })
}

fn closest(window: &Signature, known: &[Signature]) -> Option<(usize, f64)> {
    let distances = known.iter().enumerate().map(|(index, other)| (index, window.distance(other)));
    distances.filter(|(_, distance)| !distance.is_nan()).min_by(|a, b| a.1.total_cmp(&b.1))
}

/// A logistic regression on simulated windows that got a name. None of those near by was wrong; no more than .99 is claimed,
/// as what is simulated is not all there is.
fn confidence(distance: f64) -> f64 {
    (1.0 / (1.0 + (-(28.7 - 357.0 * distance)).exp())).min(0.99)
}
