//! The unit of deviation for series that mostly stand still.

use crate::robust;

/// The rule of absolute change, for series that mostly stand still (counts of rare events, settings).
///
/// A deviation is measured in the largest of: the median of the deviations that are not 0, if such came at least 5
/// times apart; the Poisson spread √(centre · resolution), as for a count; 1 % of the centre.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Floor {
    /// The median excursion.
    excursion: f64,
    /// The largest power of ten that all values are multiples of; 0 if they share none.
    resolution: f64,
}

impl Floor {
    /// Of values and their deviations from a centre.
    pub(crate) fn of(values: &[f64], deviations: &[f64]) -> Self {
        let mut excursions: Vec<f64> = Vec::new();
        let mut stretches = 0;
        let mut inside = false;
        for deviation in deviations {
            let leaves = deviation.is_finite() && *deviation != 0.0;
            if leaves {
                excursions.push(deviation.abs());
                stretches += usize::from(!inside);
            }
            inside = leaves;
        }
        let resolution = resolution(values);
        let excursion = robust::median_of_finite(&excursions).unwrap_or(0.0);
        // A few excursions say nothing about their usual size, but without any resolution they are all there is.
        Self { excursion: if stretches >= 5 || resolution == 0.0 { excursion } else { 0.0 }, resolution }
    }

    /// The unit at a centre; 0 only for a series that is 0 throughout.
    pub(crate) fn at(&self, centre: f64) -> f64 {
        let level = centre.abs();
        self.excursion.max((level.max(self.resolution) * self.resolution).sqrt()).max(0.01 * level)
    }
}

/// The largest power of ten, not below 1e-12 of the largest value, that all values are multiples of; 0 if there is none.
pub(crate) fn resolution(values: &[f64]) -> f64 {
    let largest =
        values.iter().filter(|value| value.is_finite()).fold(0.0f64, |largest, value| largest.max(value.abs()));
    if largest <= 0.0 {
        return 0.0;
    }
    let top = largest.log10().floor() as i32;
    (0..12)
        .map(|step| 10f64.powi(top - step))
        .find(|unit| {
            values.iter().filter(|value| value.is_finite()).all(|value| {
                let multiple = value / unit;
                // What dividing by an inexact power of ten may leave.
                (multiple - multiple.round()).abs() <= 1e-6 + 1e-14 * multiple.abs()
            })
        })
        .unwrap_or(0.0)
}
