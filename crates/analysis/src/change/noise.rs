//! The noise of a series around its levels, measured so that shifts of the level do not count as noise.

use super::segmentation::PrefixSums;
use crate::anomaly::floor::Floor;
use crate::anomaly::rolling::{centred, centred_medians};
use crate::autocorrelation::{Autoregression, Removed, corrected_coefficient, default_max_order};
use crate::robust;

/// Around a level, a series is an autoregression. Its coefficients are fitted to what a rolling median leaves, which
/// follows a shift at once, and corrected for the memory that the rolling median takes away with the level.
#[derive(Debug)]
pub(crate) struct LevelNoise {
    /// The series with excursions shorter than the shortest level cut back.
    pub(crate) calmed: Vec<f64>,
    /// The variance of a mean of n values times n, for large n.
    pub(crate) long_run_variance: f64,
    /// The number of independent values that the series is worth, which is what `long_run_variance` is known from.
    effective_count: f64,
    /// The variance of the noise, overall, that goes with `long_run_variance`.
    variance: f64,
    /// What a rolling median leaves of `calmed`, and its sums.
    residuals: Vec<f64>,
    squares: PrefixSums,
    /// The least spread that the series' resolution allows.
    pub(crate) smallest_spread: f64,
}

/// How many values of usual loudness a segment is taken to hold besides its own.
const USUAL_VALUES: f64 = 8.0;
/// The window that a level is followed with at first: it gives way to a level that lasts half as long, and leaves
/// memory up to φ = 0.9 intact.
const SHORT_WINDOW: usize = 61;
/// The window for what is left once the levels are taken out, which has to show memory up to φ = 0.97: a share of the
/// series, within bounds.
const LONG_WINDOW_SHARE: usize = 6;
const LONG_WINDOW_SLOTS: (usize, usize) = (SHORT_WINDOW, 481);

impl LevelNoise {
    /// Of a series whose levels are not known. None where it is shorter than two of the shortest levels, or constant.
    pub(crate) fn of(values: &[f64], shortest: usize) -> Option<Self> {
        let count = values.iter().filter(|value| value.is_finite()).count();
        if count < 2 * shortest {
            return None;
        }
        let calmed = calm(values, 2 * shortest + 1);
        let level = robust::median(&calmed)?.abs();
        let residuals = without_level(&calmed, SHORT_WINDOW);
        let floor = if robust::mad(&residuals)? > 0.0 { 0.0 } else { Floor::of(values, &residuals).at(level) };
        let smallest_spread = floor.max(level * 1e-9);
        let squares = PrefixSums::of(&residuals);
        let memory = Memory::of(residuals.clone(), SHORT_WINDOW, smallest_spread)?;
        Some(Self {
            calmed,
            residuals,
            squares,
            variance: memory.variance,
            long_run_variance: memory.long_run_variance,
            effective_count: memory.effective_count,
            smallest_spread,
        })
    }

    /// Looks again, with the levels between `borders` taken out and a window that sees longer memory; what it finds
    /// counts if it is more noise than was known.
    pub(crate) fn look_again(&mut self, borders: &[usize]) {
        let mut residuals = Vec::with_capacity(self.calmed.len());
        for segment in borders.windows(2) {
            let &[start, end] = segment else { continue };
            let values = self.calmed.get(start..end).unwrap_or_default();
            let level = robust::mean(values).unwrap_or(0.0);
            residuals.extend(values.iter().map(|value| value - level));
        }
        let (shortest, longest) = LONG_WINDOW_SLOTS;
        let window = (self.calmed.len() / LONG_WINDOW_SHARE).clamp(shortest, longest);
        let residuals = without_level(&residuals, window);
        let segment = self.calmed.len() / borders.len().saturating_sub(1).max(1);
        if let Some(memory) = Memory::of(residuals, window.min(segment.max(8)), self.smallest_spread) {
            if memory.long_run_variance > self.long_run_variance {
                self.long_run_variance = memory.long_run_variance;
                self.variance = memory.variance;
            }
            self.effective_count = self.effective_count.min(memory.effective_count);
        }
    }

    /// How much louder the noise is between `start` and `end` than overall, as a ratio of variances, 1 where it is not.
    ///
    /// Of the deviations from the segment's own mean and those from the rolling median the smaller count: the first hold
    /// what drifts or swings in the segment, the second a level that is over before the median follows. A segment too short
    /// to tell is at least as loud as the values next to it mostly are, on the quieter side. What is known from few values is
    /// drawn towards 1.
    pub(crate) fn loudness(&self, start: usize, end: usize, levels: &PrefixSums) -> f64 {
        let usual = self.variance.max(self.smallest_spread * self.smallest_spread);
        if usual <= 0.0 {
            return 1.0;
        }
        let ratio = |squares: f64, count: f64| (USUAL_VALUES + squares / usual) / (USUAL_VALUES + count);
        let (count, _) = self.squares.count_and_sum(start, end);
        let own = ratio(levels.squares(start, end).min(self.squares.squares(start, end)), count);
        if count >= SHORT_WINDOW as f64 {
            return own.max(1.0);
        }
        let beside =
            [(start.saturating_sub(SHORT_WINDOW), start), (end, (end + SHORT_WINDOW).min(self.residuals.len()))];
        let [before, after] = beside.map(|(start, end)| {
            let residuals = self.residuals.get(start..end).unwrap_or_default();
            let spread = robust::spread(residuals).unwrap_or(0.0);
            let (count, _) = self.squares.count_and_sum(start, end);
            ratio(count * spread * spread, count)
        });
        own.max(before.min(after)).max(1.0)
    }

    fn degrees_of_freedom(&self) -> f64 {
        (0.5 * self.effective_count).max(2.0)
    }

    /// Student's t with the same tail as a normal deviate, for as many degrees of freedom as the variance is known by
    /// (Wallace 1959).
    pub(crate) fn student_from_normal(&self, z: f64) -> f64 {
        let dof = self.degrees_of_freedom();
        let deviate = z * (8.0 * dof + 3.0) / (8.0 * dof + 1.0);
        (dof * (deviate * deviate / dof).exp_m1()).sqrt()
    }

    /// The inverse of [`Self::student_from_normal`].
    pub(crate) fn normal_from_student(&self, t: f64) -> f64 {
        let dof = self.degrees_of_freedom();
        (dof * (t * t / dof).ln_1p()).sqrt() * (8.0 * dof + 1.0) / (8.0 * dof + 3.0)
    }
}

/// Cuts values back to three spreads about the rolling median.
pub(crate) fn calm(values: &[f64], window: usize) -> Vec<f64> {
    let levels = centred(values, window);
    let deviations: Vec<f64> = values.iter().zip(&levels).map(|(value, level)| value - level.centre).collect();
    let overall = robust::spread(&deviations).unwrap_or(0.0);
    deviations
        .iter()
        .zip(&levels)
        .map(|(deviation, level)| {
            let reach = 3.0 * level.spread.max(overall);
            level.centre + deviation.clamp(-reach, reach)
        })
        .collect()
}

fn without_level(values: &[f64], window: usize) -> Vec<f64> {
    values.iter().zip(centred_medians(values, window)).map(|(value, level)| value - level).collect()
}

/// What an autoregression says of residuals.
struct Memory {
    variance: f64,
    long_run_variance: f64,
    effective_count: f64,
}

impl Memory {
    /// `window` is the number of values whose common level was taken out, which took memory out with it. None if there
    /// is neither spread nor a floor to it.
    fn of(mut residuals: Vec<f64>, window: usize, smallest_spread: f64) -> Option<Self> {
        let spread = robust::spread(&residuals)?.max(smallest_spread);
        if spread <= 0.0 {
            return None;
        }
        for residual in &mut residuals {
            *residual = residual.clamp(-4.0 * spread, 4.0 * spread);
        }
        let count = residuals.iter().filter(|value| value.is_finite()).count();
        let smallest = smallest_spread * smallest_spread;
        let Some(model) = Autoregression::fit(&residuals, default_max_order(count)) else {
            return Some(Self { variance: smallest, long_run_variance: smallest, effective_count: count as f64 });
        };
        let persistence = corrected_coefficient(model.persistence(), window.min(count), Removed::Mean).max(0.0);
        let long_run_variance = (model.innovation_variance / (1.0 - persistence).powi(2)).max(smallest);
        let variance = model.variance().max(smallest);
        let effective_count = (count as f64 * variance / long_run_variance).min(count as f64);
        Some(Self { variance, long_run_variance, effective_count })
    }
}
