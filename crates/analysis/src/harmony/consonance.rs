//! Consonance: how far a set of series moves together, or in simple ratios of periods, at one scale.

use super::pairs::{PairCoherence, pair_count, pair_index};
use super::scale::{Bounds, Scale};
use crate::spectrum::Peak;

/// What a series contributes at one scale: its significant periods there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Voice {
    /// Frequencies of the significant fundamentals, cycles per step.
    pub frequencies: Vec<f64>,
    /// Share of the series' variance in each, harmonics included.
    pub shares: Vec<f64>,
    /// Spectral resolution, cycles per step: one over the length of the data.
    pub resolution: f64,
}

impl Voice {
    /// The peaks of a series whose periods belong to a scale; harmonics lend their share to their fundamental.
    pub fn at_scale(peaks: &[Peak], steps: usize, step_s: f64, scale: Scale, bounds: &Bounds) -> Self {
        let mut voice = Self { resolution: 1.0 / steps.max(1) as f64, ..Self::default() };
        for (index, peak) in peaks.iter().enumerate() {
            if peak.harmonic_of.is_some() || bounds.scale_of(peak.period_steps * step_s) != scale {
                continue;
            }
            let overtones: f64 = peaks
                .iter()
                .filter(|other| other.harmonic_of.is_some_and(|(root, _)| root == index))
                .map(|other| other.power_share)
                .sum();
            voice.frequencies.push(peak.frequency);
            voice.shares.push((peak.power_share + overtones).min(1.0));
        }
        voice
    }

    /// Share of the variance in all significant periods together, at most 1.
    pub fn share(&self) -> f64 {
        self.shares.iter().sum::<f64>().min(1.0)
    }
}

/// What the consonance of a pair rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Basis {
    /// Significant coherence at a frequency.
    Coherence {
        /// Cycles per (decimated) step.
        frequency: f64,
    },
    /// The two most prominent periods stand in the ratio p : q.
    Ratio {
        /// Cycles of the faster one.
        p: u32,
        /// Cycles of the slower one in the same time.
        q: u32,
    },
    /// Both series have something to say at this scale, but nothing in common.
    Unrelated,
}

/// The consonance of two series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairConsonance {
    /// 0 (nothing in common) to 1 (one series is the other, filtered).
    pub value: f64,
    /// How much the pair counts in a set.
    pub weight: f64,
    /// Where the value comes from.
    pub basis: Basis,
}

/// Largest number in a ratio of periods that counts as simple.
const LARGEST_TERM: u32 = 8;

/// The harmonicity of two frequencies: 1/(1 + log₂ pq) for the simplest ratio p : q with p, q ≤ 8 that both fit
/// within the spectral resolution; 0 with none. 1:1 → 1, 2:1 → 0.5, 3:2 → 0.28, 5:4 → 0.19.
///
/// Source: log₂ pq is Tenney's harmonic distance (Tenney 1983).
pub fn harmonicity(first: f64, second: f64, resolution: f64) -> (f64, Option<(u32, u32)>) {
    let (high, low) = if first >= second { (first, second) } else { (second, first) };
    let mut best: (f64, Option<(u32, u32)>) = (0.0, None);
    if low <= 0.0 || low.is_nan() {
        return best;
    }
    for q in 1..=LARGEST_TERM {
        for p in q..=LARGEST_TERM {
            if gcd(p, q) != 1 {
                continue;
            }
            let (pf, qf) = (f64::from(p), f64::from(q));
            // q·f_high = p·f_low; each frequency is known to about half a resolution.
            let tolerance = 0.5 * resolution * (pf * pf + qf * qf).sqrt();
            let value = 1.0 / (1.0 + (pf * qf).log2());
            if (qf * high - pf * low).abs() <= tolerance && value > best.0 {
                best = (value, Some((p, q)));
            }
        }
    }
    best
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The roughness of two tones: min(a, b) · (e^{−3.5 s} − e^{−5.75 s}), s = |Δf| / resolution.
///
/// Source: the kernel of Sethares 1993, JASA 94, 1218–1228, with the ear's critical band replaced by the spectral
/// resolution, because frequencies here are millihertz.
pub fn roughness(first: (f64, f64), second: (f64, f64), resolution: f64) -> f64 {
    let s = (first.0 - second.0).abs() / resolution;
    first.1.min(second.1) * ((-3.5 * s).exp() - (-5.75 * s).exp())
}

/// The consonance of two voices that are not significantly coherent, by the ratios of their periods: the mean
/// harmonicity over all pairs of periods, weighted by √(share · share), less their roughness.
pub fn pair_consonance(first: &Voice, second: &Voice) -> Option<PairConsonance> {
    let resolution = first.resolution.max(second.resolution);
    let (mut sum, mut weights, mut rough) = (0.0, 0.0, 0.0);
    let mut best = (0.0, Basis::Unrelated);
    for (f, a) in first.frequencies.iter().zip(&first.shares) {
        for (g, b) in second.frequencies.iter().zip(&second.shares) {
            let weight = (a * b).sqrt();
            let (value, ratio) = harmonicity(*f, *g, resolution);
            sum += weight * value;
            weights += weight;
            if ratio != Some((1, 1)) {
                rough += roughness((*f, *a), (*g, *b), resolution);
            }
            if let Some((p, q)) = ratio
                && weight * value > best.0
            {
                best = (weight * value, Basis::Ratio { p, q });
            }
        }
    }
    if weights <= 0.0 || weights.is_nan() {
        return None;
    }
    let value = (sum / weights - rough).clamp(0.0, 1.0);
    Some(PairConsonance { value, weight: (first.share() * second.share()).sqrt(), basis: best.1 })
}

/// The consonance of all pairs of a set of series at one scale, from which that of any subset follows.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsonanceMatrix {
    series: usize,
    /// How much a series has to say at this scale, 0 to 1; 0 for noise.
    strength: Vec<f64>,
    /// In the order of [`pair_index`].
    value: Vec<f64>,
    basis: Vec<Basis>,
}

impl ConsonanceMatrix {
    /// Combines the periods of each series with the coherence of each pair.
    ///
    /// `pairs` and `q` are in the order of [`pair_index`]: the coherences in the scale's band
    /// ([`super::SegmentSpectra::scan`]) and their false-discovery-rate q-values; both may be empty when there is no
    /// [`super::BandPlan`] for the scale. A pair with q < `alpha` has the value of its (unbiased) coherence, another one
    /// with periods on both sides that of their ratio, others 0. A series counts with the largest of its periods'
    /// share of variance and its significant coherences, so that noise has no weight.
    pub fn new(voices: &[Voice], pairs: &[PairCoherence], q: &[f64], alpha: f64) -> Self {
        let series = voices.len();
        let mut matrix = Self {
            series,
            strength: voices.iter().map(Voice::share).collect(),
            value: vec![0.0; pair_count(series)],
            basis: vec![Basis::Unrelated; pair_count(series)],
        };
        for first in 0..series {
            for second in first + 1..series {
                let at = pair_index(series, first, second);
                let by_ratio = pair_consonance(&voices[first], &voices[second]);
                if let Some(pair) = &by_ratio {
                    matrix.value[at] = pair.value;
                    matrix.basis[at] = pair.basis;
                }
                let (Some(pair), Some(q)) = (pairs.get(at), q.get(at)) else {
                    continue;
                };
                if *q < alpha && pair.magnitude_squared.is_finite() {
                    let value = pair.unbiased();
                    for index in [first, second] {
                        matrix.strength[index] = matrix.strength[index].max(value);
                    }
                    matrix.value[at] = value;
                    matrix.basis[at] = Basis::Coherence { frequency: pair.frequency };
                } else if let Basis::Ratio { p: 1, q: 1 } = matrix.basis[at] {
                    // The same period without a stable phase between them: what coherence there is, counts.
                    matrix.value[at] = pair.unbiased();
                }
            }
        }
        matrix
    }

    /// The consonance of a pair; `None` when either has nothing to say at this scale, or an index is out of range.
    pub fn pair(&self, first: usize, second: usize) -> Option<PairConsonance> {
        if first == second || first >= self.series || second >= self.series {
            return None;
        }
        let weight = (self.strength[first] * self.strength[second]).sqrt();
        let at = pair_index(self.series, first.min(second), first.max(second));
        (weight > 0.0).then(|| PairConsonance { value: self.value[at], weight, basis: self.basis[at] })
    }

    /// How much a series has to say at this scale, 0 (noise) to 1.
    pub fn strength(&self, series: usize) -> f64 {
        self.strength.get(series).copied().unwrap_or(0.0)
    }

    /// The consonance of a set, 0 to 1: the weighted mean over its pairs. `None` with under two series that have
    /// something to say; that is neither consonant nor dissonant.
    pub fn subset(&self, members: &[usize]) -> Option<f64> {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (position, first) in members.iter().enumerate() {
            for second in &members[position + 1..] {
                if let Some(pair) = self.pair(*first, *second) {
                    sum += pair.weight * pair.value;
                    weights += pair.weight;
                }
            }
        }
        (weights > 0.0).then(|| sum / weights)
    }

    /// The consonance between two sets: over the pairs with one series in each.
    pub fn between(&self, some: &[usize], others: &[usize]) -> Option<f64> {
        let (mut sum, mut weights) = (0.0, 0.0);
        for first in some {
            for second in others {
                if let Some(pair) = self.pair(*first, *second) {
                    sum += pair.weight * pair.value;
                    weights += pair.weight;
                }
            }
        }
        (weights > 0.0).then(|| sum / weights)
    }

    /// The consonance of all series.
    pub fn all(&self) -> Option<f64> {
        self.subset(&(0..self.series).collect::<Vec<_>>())
    }
}
