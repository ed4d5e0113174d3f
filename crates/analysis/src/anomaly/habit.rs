//! How a series usually deviates from its centre: what every single deviation is judged by.

use super::floor::Floor;
use crate::autocorrelation::{Removed, corrected_coefficient};
use crate::robust::{self, Standard};

/// The habit of a series, or of its past.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Habit {
    /// The spread of the deviations.
    spread: f64,
    /// The number of independent deviations that `spread` is worth.
    effective_count: f64,
    /// h of Tukey's g-and-h distribution, the weight of the tails beyond the normal's.
    tail: f64,
    /// How much wider the upper half of the deviations is than the two together; at least 1.
    pub(crate) stretch_up: f64,
    /// The same for the lower half.
    pub(crate) stretch_down: f64,
    /// For a series of which more than half of the values are equal: the rule of absolute change.
    floor: Option<Floor>,
}

impl Habit {
    /// Of values and their deviations from the centre; none with fewer than 8 deviations.
    pub(crate) fn of(values: &[f64], deviations: &[f64]) -> Option<Self> {
        let mut sizes: Vec<f64> = deviations.iter().filter(|d| d.is_finite()).map(|d| d.abs()).collect();
        let count = sizes.len();
        let middle = robust::median_in_place(&mut sizes).filter(|_| count >= 8)?;
        let spread =
            if middle > 0.0 { robust::MAD_TO_SIGMA * middle } else { robust::spread(deviations).unwrap_or(0.0) };
        let phi = lag_one(deviations, 4.0 * spread, count);
        let effective_count = count as f64 * (1.0 - phi * phi) / (1.0 + phi * phi);
        let mut habit = Self {
            spread,
            effective_count,
            tail: 0.0,
            stretch_up: 1.0,
            stretch_down: 1.0,
            floor: (middle == 0.0).then(|| Floor::of(values, deviations)),
        };
        if middle > 0.0 {
            habit.measure_tails(deviations, &mut sizes, middle);
        }
        Some(habit)
    }

    fn measure_tails(&mut self, deviations: &[f64], sizes: &mut [f64], middle: f64) {
        let half = |side: f64| -> f64 {
            let mut sizes: Vec<f64> =
                deviations.iter().filter(|d| d.is_finite()).map(|d| d * side).filter(|d| *d > 0.0).collect();
            robust::median_in_place(&mut sizes).unwrap_or(middle)
        };
        self.stretch_up = (half(1.0) / middle).max(1.0);
        self.stretch_down = (half(-1.0) / middle).max(1.0);
        let ninth = robust::quantile_in_place(sizes, 0.9).unwrap_or(middle);
        // |N(0, 1)| has median 0.67449 and 9th decile 1.64485; ln of their ratio grows by h (1.64485² − 0.67449²) / 2.
        const NORMAL_LN_RATIO: f64 = 0.891_481;
        const PER_H: f64 = 1.125_303;
        // The standard error of h for n independent normal values, by the covariance of sample quantiles.
        let standard_error = 1.07 / self.effective_count.max(1.0).sqrt();
        self.tail = (((ninth / middle).ln() - NORMAL_LN_RATIO) / PER_H - 2.0 * standard_error).clamp(0.0, 0.5);
    }

    /// The unit in which a deviation from `local` is measured.
    pub(crate) fn spread(&self, local: &Standard) -> f64 {
        let blended = (0.5 * (local.spread * local.spread + self.spread * self.spread)).sqrt();
        let unit = local.spread.max(blended).max(local.centre.abs() * 1e-9);
        match self.floor {
            Some(floor) => unit.max(floor.at(local.centre)),
            None => unit,
        }
    }

    /// By how much the unit is to be widened so that `threshold`, a quantile of the normal distribution, keeps its
    /// meaning with spreads that are estimated, and with tails heavier than normal.
    ///
    /// A scaled MAD of n normal values varies about like a standard deviation of 0.37 n (its efficiency, Hampel 1974),
    /// so that deviations in units of it are about t-distributed with 0.74 n degrees of freedom. The rolling spread
    /// cannot fall far below the overall one, so that its own noise adds little: 2.5 / window was read off simulations.
    pub(crate) fn widening(&self, threshold: f64, window: usize) -> f64 {
        let dof = (0.74 * self.effective_count).max(3.0);
        // The t quantile of the same probability, by Wallace (1959): closed, and within 1 % for these arguments.
        let deviate = threshold * (8.0 * dof + 3.0) / (8.0 * dof + 1.0);
        let estimated = (dof * (deviate * deviate / dof).exp_m1()).sqrt() / threshold;
        estimated * (1.0 + 2.5 / window as f64) * (0.5 * self.tail * threshold * threshold).exp()
    }
}

/// The bias-corrected lag-1 autocorrelation of deviations about 0, each cut at ±`cut`.
fn lag_one(deviations: &[f64], cut: f64, count: usize) -> f64 {
    let (mut power, mut product) = (0.0, 0.0);
    let mut before = f64::NAN;
    for deviation in deviations {
        let now = if deviation.is_finite() { deviation.clamp(-cut, cut) } else { f64::NAN };
        if now.is_finite() {
            power += now * now;
        }
        if (now * before).is_finite() {
            product += now * before;
        }
        before = now;
    }
    if power > 0.0 { corrected_coefficient(product / power, count, Removed::Mean).max(0.0) } else { 0.0 }
}

/// The habits of the past of each slot: (first slot it holds for, habit), renewed every half window.
pub(crate) fn past_habits(values: &[f64], deviations: &[f64], window: usize) -> Vec<(usize, Habit)> {
    let step = (window / 2).max(4);
    // Far enough back that the habit is steady, near enough that the work per slot stays small.
    let memory = 8 * window.max(64);
    (1..)
        .map(|index| index * step)
        .take_while(|&slot| slot < values.len())
        .filter_map(|slot| {
            let from = slot.saturating_sub(memory);
            Some((slot, Habit::of(values.get(from..slot)?, deviations.get(from..slot)?)?))
        })
        .collect()
}
