//! In what the noise of a series differs from normal noise, far out.

use super::floor::resolution;
use crate::distribution::normal_ln_survival;
use crate::robust::quantile_of_sorted;

/// Skewness g and elongation h of Tukey's g-and-h distribution (Hoaglin 1985), from quantiles between 0.1 and 0.9, which
/// up to a tenth of the values, as accents, cannot move. Each counts only beyond twice its standard error, so that normal
/// noise is taken for normal.
///
/// What g and h foretell is capped by an exponential tail through the outermost tenth of each side. It keeps a series of
/// several modes, or one whose spread keeps changing, from hiding what lies far outside all of it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tails {
    g: f64,
    h: f64,
    above: Option<Exponential>,
    below: Option<Exponential>,
}

/// A tail that starts where a tenth of a side is left, and loses a factor e per `scale`.
#[derive(Clone, Copy, Debug)]
struct Exponential {
    start: f64,
    scale: f64,
}

/// The ninth decile of N(0, 1).
const NORMAL_NINTH_DECILE: f64 = 1.281_552;
/// The logarithm of the ratio of ninth decile and median of |N(0, 1)|, 1.644854 and 0.674490.
const NORMAL_LN_RATIO: f64 = 0.891_481;
/// By how much that logarithm grows with h: (1.644854² − 0.674490²) / 2.
const LN_RATIO_PER_H: f64 = 1.125_303;
/// Standard errors of g and h for one normal value, by the covariances of sample quantiles.
const STANDARD_ERROR_OF_G: f64 = 1.62;
const STANDARD_ERROR_OF_H: f64 = 1.07;

impl Tails {
    /// Of robust z-scores, all finite, worth `effective_count` independent ones. Reorders them.
    pub(crate) fn of(z: &mut [f64], effective_count: f64) -> Self {
        order::ascending(z);
        let root = effective_count.max(1.0).sqrt();
        let at = |probability| quantile_of_sorted(z, probability).unwrap_or(0.0);
        let (low, middle, high) = (at(0.1), at(0.5), at(0.9));
        let ratio = (high - middle) / (middle - low);
        let g = if ratio.is_finite() && ratio > 0.0 { ratio.ln() / NORMAL_NINTH_DECILE } else { 0.0 };

        // The middle value of a window is its own median, z = 0, and belongs to neither side.
        let negative = z.get(..z.partition_point(|z| *z < 0.0)).unwrap_or(&[]);
        let positive = z.get(z.partition_point(|z| *z <= 0.0)..).unwrap_or(&[]);
        let below: Vec<f64> = negative.iter().rev().map(|z| -z).collect();
        let sizes = merged(z.get(negative.len()..).unwrap_or(&[]), &below);
        let above = Exponential::of(positive.to_vec());
        let below = Exponential::of(below);

        let size_at = |probability| quantile_of_sorted(&sizes, probability).unwrap_or(0.0);
        let ratio = size_at(0.9) / size_at(0.5);
        let h = if ratio.is_finite() { (ratio.ln() - NORMAL_LN_RATIO) / LN_RATIO_PER_H } else { 0.0 };
        Self {
            g: g.signum() * (g.abs() - 2.0 * STANDARD_ERROR_OF_G / root).max(0.0),
            h: (h - 2.0 * STANDARD_ERROR_OF_H / root).max(0.0),
            above,
            below,
        }
    }

    /// Values that are multiples of a unit may be counts of rare events. A Poisson distribution of mean m has skewness
    /// 1 / √m, and g is about a third of the skewness; small counts are too coarse to show it in their quantiles.
    pub(crate) fn allow_counts(&mut self, values: &[f64], level: f64) {
        let unit = resolution(values);
        if unit > 0.0 && level >= 0.0 {
            self.g = self.g.max((unit / level.max(unit)).sqrt() / 3.0);
        }
    }

    /// The factor that brings a normal quantile to the same tail probability on the upper side; at least 1.
    pub(crate) fn stretch_up(&self, threshold: f64) -> f64 {
        self.stretch(self.g, self.above, threshold)
    }

    /// As [`Self::stretch_up`] on the lower side.
    pub(crate) fn stretch_down(&self, threshold: f64) -> f64 {
        self.stretch(-self.g, self.below, threshold)
    }

    fn stretch(&self, g: f64, tail: Option<Exponential>, threshold: f64) -> f64 {
        let skewed = if g > 0.0 { (g * threshold).exp_m1() / (g * threshold) } else { 1.0 };
        let elongated = (0.5 * self.h * threshold * threshold).exp();
        // Not their product: a skewed distribution also looks elongated.
        let foretold = skewed.max(elongated);
        let cap = tail.map_or(f64::INFINITY, |tail| tail.quantile(threshold) / threshold);
        foretold.min(cap).max(1.0)
    }
}

/// Two ascending lists as one. The first may begin with negative zeros.
fn merged(first: &[f64], second: &[f64]) -> Vec<f64> {
    let mut both = Vec::with_capacity(first.len() + second.len());
    let mut rest = second;
    for value in first {
        let smaller = rest.iter().take_while(|other| *other < value).count();
        both.extend_from_slice(&rest[..smaller]);
        rest = &rest[smaller..];
        both.push(value.abs());
    }
    both.extend_from_slice(rest);
    both
}

impl Exponential {
    /// Of the sizes on one side, ascending; none with fewer than 20 or where the tail is all one value, as with counts.
    fn of(sizes: Vec<f64>) -> Option<Self> {
        let start = quantile_of_sorted(&sizes, 0.9)?;
        let half_way = quantile_of_sorted(&sizes, 0.95)?;
        (sizes.len() >= 20 && half_way > start).then(|| Self { start, scale: (half_way - start) / 2f64.ln() })
    }

    /// Where this tail has the probability that half-normal noise has beyond `threshold`.
    fn quantile(&self, threshold: f64) -> f64 {
        let ln_probability = normal_ln_survival(threshold) + 2f64.ln();
        self.start + self.scale * (0.1f64.ln() - ln_probability)
    }
}
