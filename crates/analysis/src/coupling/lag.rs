//! The lag at which one series follows another, by prewhitened cross-correlation.

use rustfft::num_complex::Complex;
use thiserror::Error;

use super::granger::dot;
use super::whiten::{WhitenOptions, whiten};
use crate::spectrum::{InverseTransform, RealTransform, bridge, fast_len_at_least, runs};

/// Why lags cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LagError {
    /// The series differ in length.
    #[error("series {index} has {found} values, expected {expected}")]
    UnequalLengths {
        /// Index of the first series that differs.
        index: usize,
        /// Its length.
        found: usize,
        /// Length of the first series.
        expected: usize,
    },
}

/// How lags are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LagOptions {
    /// Largest lag in steps, to either side; at most a quarter of the length is used.
    pub max_lag: usize,
    /// Longest gap, in steps, that is bridged by a straight line.
    pub bridge: usize,
    /// How each series is prewhitened.
    pub whiten: WhitenOptions,
}

impl Default for LagOptions {
    fn default() -> Self {
        Self { max_lag: 60, bridge: 3, whiten: WhitenOptions::default() }
    }
}

/// How one series follows another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lag {
    /// By how many steps the first series leads; negative when the second one does. Refined between the steps.
    pub steps: f64,
    /// Lower end of the 95 % interval of the lag.
    pub low: f64,
    /// Upper end of the 95 % interval of the lag.
    pub high: f64,
    /// Correlation of the prewhitened series at the whole lag nearest to `steps`; negative when they move against each other.
    pub correlation: f64,
    /// Chance that two independent series are as correlated at any of the lags looked at.
    pub p: f64,
    /// Share of the correlation that comes from the strongest two twelfths of the span: about a third for a lasting
    /// relation, near 1 when both series merely had one event at about the same time.
    pub concentration: f64,
    /// Pairs of values behind `correlation`.
    pub overlap: usize,
}

/// Prewhitened series and their transforms, computed once, for lags between many pairs.
pub struct LagPlan {
    max_lag: usize,
    steps: usize,
    prepared: Vec<Prepared>,
    transform: RealTransform,
    inverse: InverseTransform,
    inverse_counts: InverseTransform,
    /// How many transforms were asked for.
    asked: usize,
}

/// Values of series whose transforms are kept for the next pair, 4 MB.
const MOST_TRANSFORMED: usize = 500_000;

/// Lags up to which the remaining autocorrelation of the whitened series widens the null distribution.
const REMAINDER: usize = 32;

/// What the correlations of a pair are measured by.
pub(super) struct Null {
    /// One over the standard deviations.
    pub(super) scale: f64,
    dilution: f64,
    first: (isize, isize),
    steps: isize,
}

impl Null {
    /// How many pairs of values there are at a lag where neither series has gaps.
    pub(super) fn span(&self, lag: isize) -> usize {
        let from = self.first.0.max(self.first.1 - lag);
        let to = self.steps.min(self.steps - lag);
        (to - from).max(0) as usize
    }

    /// The chance that independent series reach |r|·√n = `z` at any of so many lags.
    pub(super) fn p(&self, z: f64, tests: f64) -> f64 {
        let one = statrs::function::erf::erfc(z / (2.0 * self.dilution).sqrt());
        -(tests * (-one).ln_1p()).exp_m1()
    }
}

struct Prepared {
    /// The whitened values, zero where missing.
    whitened: Vec<f64>,
    /// Their transform, from the first pair on that asks for it; empty again where others were asked for since.
    values: Vec<Complex<f64>>,
    /// When that was.
    used: usize,
    /// Which values are present; empty when no series of the plan has a gap.
    present: Vec<bool>,
    /// Transform of the indicator of presence; none when no series of the plan has a gap.
    presence: Option<Vec<Complex<f64>>>,
    first: usize,
    count: usize,
    /// Sum of squares.
    energy: f64,
    /// What autocorrelation the whitening left, at lags 1 to [`REMAINDER`].
    remainder: Vec<f64>,
}

impl LagPlan {
    /// Prewhitens series of equal length.
    ///
    /// # Errors
    /// [`LagError`] if the lengths differ.
    pub fn new(series: &[&[f64]], options: &LagOptions) -> Result<Self, LagError> {
        Self::of_some(series, &|_| true, options)
    }

    /// As [`LagPlan::new`], but only the series whose index is `wanted` have lags; the others take no memory.
    ///
    /// # Errors
    /// [`LagError`] if the lengths differ.
    pub fn of_some(series: &[&[f64]], wanted: &dyn Fn(usize) -> bool, options: &LagOptions) -> Result<Self, LagError> {
        let steps = series.first().map_or(0, |s| s.len());
        if let Some((index, other)) = series.iter().enumerate().find(|(_, s)| s.len() != steps) {
            return Err(LagError::UnequalLengths { index, found: other.len(), expected: steps });
        }
        let max_lag = options.max_lag.min(steps / 4);
        let len = fast_len_at_least(steps + max_lag);
        let transform = RealTransform::new(len);
        let whitened = |(index, values): (usize, &&[f64])| {
            let bridged = wanted(index).then(|| bridge(values, options.bridge));
            bridged.map_or_else(Vec::new, |bridged| whiten(&bridged, &options.whiten).values)
        };
        let whitened: Vec<Vec<f64>> = series.iter().enumerate().map(whitened).collect();
        // Without gaps the overlap at a lag is known from the lengths; one gap anywhere makes all pairs count.
        let has_gaps = whitened.iter().any(|values| {
            let runs = runs(values);
            runs.len() > 1 || runs.first().is_some_and(|run| run.end < steps)
        });
        let prepared = whitened.into_iter().map(|values| Prepared::new(values, has_gaps)).collect();
        Ok(Self {
            max_lag,
            steps,
            prepared,
            transform,
            inverse: InverseTransform::new(len),
            inverse_counts: InverseTransform::new(len),
            asked: 0,
        })
    }

    /// Largest lag that is looked at, in steps.
    pub fn max_lag(&self) -> usize {
        self.max_lag
    }

    /// The correlations of the prewhitened series `i` and `j` at the lags −[`max_lag`](Self::max_lag) to it: of x(t) and
    /// y(t + lag). NaN where under 32 steps are present in both.
    ///
    /// `None` if an index is out of range or a series is constant.
    pub fn correlations(&mut self, i: usize, j: usize) -> Option<Vec<f64>> {
        let null = self.null(i, j)?;
        self.transform(i, j);
        let (x, y) = (self.prepared.get(i)?, self.prepared.get(j)?);
        multiply(&x.values, &y.values, &mut self.inverse.bins);
        self.inverse.inverse();
        if let (Some(px), Some(py)) = (&x.presence, &y.presence) {
            multiply(px, py, &mut self.inverse_counts.bins);
            self.inverse_counts.inverse();
        }
        let len = self.inverse.output.len();
        let limit = self.max_lag as isize;
        let scale = null.scale / len as f64;
        let found = (-limit..=limit).map(|lag| {
            let at = lag.rem_euclid(len as isize) as usize;
            let count = if x.presence.is_some() {
                (self.inverse_counts.output[at] / len as f64).round().max(0.0) as usize
            } else {
                null.span(lag)
            };
            if count < 32 { f64::NAN } else { self.inverse.output[at] * scale / count as f64 }
        });
        Some(found.collect())
    }

    /// Makes sure that the transforms of a pair are there. Where too many are kept, those go that were not asked for the
    /// longest.
    fn transform(&mut self, i: usize, j: usize) {
        self.asked += 1;
        let most = (MOST_TRANSFORMED / self.steps.max(1)).max(2);
        for series in [i, j] {
            let is_new = self.prepared.get(series).is_some_and(|one| one.values.is_empty());
            let kept = self.prepared.iter_mut().filter(|one| !one.values.is_empty());
            if is_new && kept.count() >= most {
                let kept = self.prepared.iter_mut().filter(|one| !one.values.is_empty());
                if let Some(oldest) = kept.min_by_key(|one| one.used) {
                    (oldest.values, oldest.presence) = (Vec::new(), None);
                }
            }
            if let Some(one) = self.prepared.get_mut(series) {
                one.transform(&mut self.transform);
                one.used = self.asked;
            }
        }
    }

    /// How many series there are.
    pub fn series(&self) -> usize {
        self.prepared.len()
    }

    pub(super) fn whitened(&self, series: usize) -> &[f64] {
        self.prepared.get(series).map_or(&[], |one| one.whitened.as_slice())
    }

    /// The first step of a series that has a whitened value.
    pub(super) fn first(&self, series: usize) -> usize {
        self.prepared.get(series).map_or(0, |one| one.first)
    }

    /// How many steps the series have.
    pub(super) fn steps(&self) -> usize {
        self.steps
    }

    pub(super) fn has_gaps(&self) -> bool {
        self.prepared.iter().any(|one| !one.present.is_empty())
    }

    /// 1 where the whitened series has a value, 0 where not.
    pub(super) fn indicator(&self, series: usize) -> Vec<f64> {
        self.prepared.get(series).map_or_else(Vec::new, |one| {
            one.present.iter().map(|is_present| f64::from(u8::from(*is_present))).collect()
        })
    }

    /// What the correlations of a pair are measured by; `None` as for [`LagPlan::pair`].
    pub(super) fn null(&self, i: usize, j: usize) -> Option<Null> {
        let (x, y) = (self.prepared.get(i)?, self.prepared.get(j)?);
        if x.energy <= 0.0 || y.energy <= 0.0 {
            return None;
        }
        // Variances of the whitened series, taken as constant over time.
        let (vx, vy) = (x.energy / x.count as f64, y.energy / y.count as f64);
        // The variance of r between independent series is (1 + 2 Σ ρ_x ρ_y) / n (Bartlett): one for perfect whitening.
        let remainder: f64 = x.remainder.iter().zip(&y.remainder).map(|(a, b)| a * b).sum();
        Some(Null {
            scale: 1.0 / (vx * vy).sqrt(),
            dilution: (1.0 + 2.0 * remainder).max(1.0),
            first: (x.first as isize, y.first as isize),
            steps: self.steps as isize,
        })
    }

    /// How many pairs of values x(t) and y(t + lag) the prewhitened series `i` and `j` have; 0 for an index out of range.
    pub fn overlap(&self, i: usize, j: usize, lag: isize) -> usize {
        let (Some(x), Some(y)) = (self.prepared.get(i), self.prepared.get(j)) else { return 0 };
        let Some(null) = self.null(i, j) else { return 0 };
        let span = null.span(lag);
        // With gaps, as many as there would be if those of one series had nothing to do with those of the other.
        let share = |one: &Prepared| one.count as f64 / (self.steps - one.first).max(1) as f64;
        if x.present.is_empty() { span } else { (span as f64 * share(x) * share(y)) as usize }
    }

    /// The lag of the strongest correlation between series `i` and `j`; positive when `i` leads.
    ///
    /// `None` if an index is out of range, a series is constant, or under 32 steps are present in both at every lag.
    pub fn pair(&mut self, i: usize, j: usize) -> Option<Lag> {
        let null = self.null(i, j)?;
        self.transform(i, j);
        let (x, y) = (self.prepared.get(i)?, self.prepared.get(j)?);
        multiply(&x.values, &y.values, &mut self.inverse.bins);
        self.inverse.inverse();
        let counted = match (&x.presence, &y.presence) {
            (Some(px), Some(py)) => {
                multiply(px, py, &mut self.inverse_counts.bins);
                self.inverse_counts.inverse();
                true
            }
            _ => false,
        };
        let len = self.inverse.output.len();
        let limit = self.max_lag as isize;
        let scale = null.scale / len as f64;
        let overlap = |lag: isize| -> usize {
            if counted {
                let at = lag.rem_euclid(len as isize) as usize;
                (self.inverse_counts.output[at] / len as f64).round().max(0.0) as usize
            } else {
                null.span(lag)
            }
        };
        let correlation = |lag: isize| -> f64 {
            let count = overlap(lag);
            if count < 32 {
                return f64::NAN;
            }
            self.inverse.output[lag.rem_euclid(len as isize) as usize] * scale / count as f64
        };
        let mut best: Option<(isize, f64, f64, usize)> = None;
        let mut tests = 0.0;
        for lag in -limit..=limit {
            let r = correlation(lag);
            if r.is_nan() {
                continue;
            }
            tests += 1.0;
            let count = overlap(lag);
            let z = r.abs() * (count as f64).sqrt();
            if best.is_none_or(|b| z > b.2) {
                best = Some((lag, r, z, count));
            }
        }
        let (lag, r, z, count) = best?;
        let p = null.p(z, tests);
        let at = |k: isize| correlation(k) * r.signum();
        let (left, right) = (at(lag - 1), at(lag + 1));
        let curvature = left - 2.0 * r.abs() + right;
        let offset = if curvature < 0.0 { (0.5 * (left - right) / curvature).clamp(-0.5, 0.5) } else { 0.0 };
        // Neighbouring lags whose correlation does not differ significantly from the best one's.
        let margin = 1.96 * (2.0 * (1.0 - r * r).max(0.0) / count as f64).sqrt();
        let reach = |direction: isize| -> isize {
            let mut end = lag;
            while (end + direction).abs() <= limit && at(end + direction) > r.abs() - margin {
                end += direction;
            }
            end
        };
        let (low, high) = (reach(-1), reach(1));
        Some(Lag {
            steps: lag as f64 + if offset.is_nan() { 0.0 } else { offset },
            low: low as f64 - 0.5,
            high: high as f64 + 0.5,
            correlation: r.clamp(-1.0, 1.0),
            p,
            concentration: concentration(&x.whitened, &y.whitened, lag),
            overlap: count,
        })
    }
}

impl Prepared {
    fn new(mut whitened: Vec<f64>, count_presence: bool) -> Self {
        let steps = whitened.len();
        let first = whitened.iter().position(|v| v.is_finite()).unwrap_or(steps);
        let count = whitened.iter().filter(|v| v.is_finite()).count();
        let present = if count_presence { whitened.iter().map(|v| v.is_finite()).collect() } else { Vec::new() };
        whitened.iter_mut().filter(|v| !v.is_finite()).for_each(|v| *v = 0.0);
        let kept = whitened;
        let energy = dot(&kept, &kept);
        let remainder = (1..=REMAINDER.min(steps.saturating_sub(1)))
            .map(|k| if energy > 0.0 { dot(&kept, &kept[k..]) / energy } else { 0.0 })
            .collect();
        Self { whitened: kept, values: Vec::new(), used: 0, present, presence: None, first, count, energy, remainder }
    }

    fn transform(&mut self, transform: &mut RealTransform) {
        if !self.values.is_empty() {
            return;
        }
        let (used, padding) = transform.input.split_at_mut(self.whitened.len());
        used.copy_from_slice(&self.whitened);
        padding.fill(0.0);
        transform.forward();
        self.values.clone_from(&transform.bins);
        if !self.present.is_empty() {
            let (used, padding) = transform.input.split_at_mut(self.present.len());
            for (slot, is_present) in used.iter_mut().zip(&self.present) {
                *slot = f64::from(u8::from(*is_present));
            }
            padding.fill(0.0);
            transform.forward();
            self.presence = Some(transform.bins.clone());
        }
    }
}

/// The share of Σ x(t)·y(t + lag) that its two strongest twelfths hold.
fn concentration(x: &[f64], y: &[f64], lag: isize) -> f64 {
    const PARTS: usize = 12;
    let shift = lag.unsigned_abs();
    let (x, y) = if lag >= 0 { (x, y.get(shift..).unwrap_or(&[])) } else { (x.get(shift..).unwrap_or(&[]), y) };
    let len = x.len().min(y.len());
    let mut parts = [0.0; PARTS];
    for (part, sum) in parts.iter_mut().enumerate() {
        let (from, to) = (part * len / PARTS, (part + 1) * len / PARTS);
        *sum = x[from..to].iter().zip(&y[from..to]).map(|(a, b)| a * b).sum();
    }
    let total: f64 = parts.iter().sum();
    parts.iter_mut().for_each(|part| *part *= total.signum());
    order::ascending(&mut parts);
    if total == 0.0 { 0.0 } else { ((parts[PARTS - 1] + parts[PARTS - 2]) / total.abs()).clamp(0.0, 1.0) }
}

/// conj(X)·Y: its inverse transform at lag k is Σ x(t)·y(t + k).
fn multiply(x: &[Complex<f64>], y: &[Complex<f64>], out: &mut [Complex<f64>]) {
    for (slot, (a, b)) in out.iter_mut().zip(x.iter().zip(y)) {
        *slot = a.conj() * b;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Numbers that look like noise.
    fn noise(steps: usize, seed: u64) -> Vec<f64> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
        };
        (0..steps).map(|_| next()).collect()
    }

    #[test]
    fn transforms_that_were_let_go_are_made_again() {
        let steps = MOST_TRANSFORMED * 2 / 5;
        let series: Vec<Vec<f64>> = (0..4).map(|seed| noise(steps, seed + 1)).collect();
        let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
        let options = LagOptions { max_lag: 8, ..LagOptions::default() };
        let mut plan = LagPlan::of_some(&views, &|index| index != 3, &options).unwrap();
        let pairs = [(0, 1), (1, 2), (0, 2), (0, 1), (2, 1)];
        for (i, j) in pairs {
            let alone = LagPlan::new(&[views[i], views[j]], &options).unwrap().pair(0, 1);
            assert_eq!(plan.pair(i, j), alone, "{i} and {j}");
            let kept = plan.prepared.iter().filter(|one| !one.values.is_empty()).count();
            assert_eq!(kept, 2, "{i} and {j}");
        }
        assert!(plan.pair(0, 3).is_none(), "it was not wanted");
        assert!(plan.whitened(3).is_empty());
    }
}
