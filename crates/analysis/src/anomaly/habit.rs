//! How a series usually deviates from its centre: what every single deviation is judged by.

use super::floor::Floor;
use super::tails::Tails;
use crate::autocorrelation::{Removed, corrected_coefficient};
use crate::robust::{self, Standard, larger};

/// The habit of a series.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Habit {
    /// The spread of the deviations.
    spread: f64,
    /// The number of independent deviations that `spread` is worth.
    effective_count: f64,
    /// What is not normal about them.
    tails: Tails,
    /// For a series of which more than half of the values are equal: the rule of absolute change.
    floor: Option<Floor>,
}

impl Habit {
    /// Of values, their deviations from the centre, and the rolling centre and spread; none with fewer than 8 deviations.
    pub(crate) fn of(values: &[f64], deviations: &[f64], local: &[Standard]) -> Option<Self> {
        let sizes: Vec<f64> = deviations.iter().filter(|d| d.is_finite()).map(|d| d.abs()).collect();
        let count = sizes.len();
        let middle = robust::median_of_finite(&sizes).filter(|_| count >= 8)?;
        let spread =
            if middle > 0.0 { robust::MAD_TO_SIGMA * middle } else { robust::spread(deviations).unwrap_or(0.0) };
        let phi = lag_one(deviations, 4.0 * spread, count);
        let effective_count = count as f64 * (1.0 - phi * phi) / (1.0 + phi * phi);
        let mut habit = Self { spread, effective_count, ..Self::default() };
        if middle > 0.0 {
            let mut z: Vec<f64> = deviations
                .iter()
                .zip(local)
                .map(|(deviation, standard)| deviation / habit.spread(standard))
                .filter(|z| z.is_finite())
                .collect();
            habit.tails = Tails::of(&mut z, effective_count);
        } else {
            habit.floor = Some(Floor::of(values, deviations));
        }
        habit.tails.allow_counts(values, robust::median(values).unwrap_or(0.0));
        Some(habit)
    }

    /// The unit in which a deviation from `local` is measured.
    pub(crate) fn spread(&self, local: &Standard) -> f64 {
        let blended = (0.5 * (local.spread * local.spread + self.spread * self.spread)).sqrt();
        let unit = larger(larger(local.spread, blended), local.centre.abs() * 1e-9);
        match self.floor {
            Some(floor) => unit.max(floor.at(local.centre)),
            None => unit,
        }
    }

    /// By how much the unit is to be widened, upwards and downwards, so that `threshold`, a quantile of the normal
    /// distribution, keeps its meaning with spreads that are estimated, and with noise that is not normal.
    ///
    /// A scaled MAD of n normal values varies about like a standard deviation of 0.37 n (its efficiency, Hampel 1974),
    /// so that deviations in units of it are about t-distributed with 0.74 n degrees of freedom. The rolling spread
    /// cannot fall far below the overall one, so that its own noise adds little; 1.03 + 3 / window was read off simulations.
    pub(crate) fn widening(&self, threshold: f64, window: usize) -> (f64, f64) {
        let dof = (0.74 * self.effective_count).max(3.0);
        // The t quantile of the same probability, by Wallace (1959): closed, and within 1 % for these arguments.
        let deviate = threshold * (8.0 * dof + 3.0) / (8.0 * dof + 1.0);
        let estimated = (dof * (deviate * deviate / dof).exp_m1()).sqrt() / threshold * (1.03 + 3.0 / window as f64);
        (estimated * self.tails.stretch_up(threshold), estimated * self.tails.stretch_down(threshold))
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
