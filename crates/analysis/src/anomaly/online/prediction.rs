//! The next value, from the last few.

/// The number of past values that predict the next one.
pub(super) const LAGS: usize = 8;
/// A constant, and the past values.
const SIZE: usize = LAGS + 1;
/// After this many values one counts e⁻¹ in what is learned.
const MEMORY: f64 = 1_000.0;
/// How little is known at first, and the most that is believed to be unknown later.
const UNKNOWN: f64 = 1e4;
const MOST_UNKNOWN: f64 = 1e7;

/// A linear prediction from the last eight values, fitted by recursive least squares with forgetting.
#[derive(Clone, Debug)]
pub(super) struct Prediction {
    weights: [f64; SIZE],
    /// The inverse of the features' weighted squares.
    inverse: [[f64; SIZE]; SIZE],
    features: [f64; SIZE],
}

impl Prediction {
    /// One that expects zero.
    pub(super) fn new() -> Self {
        let inverse =
            std::array::from_fn(|row| std::array::from_fn(|column| if row == column { UNKNOWN } else { 0.0 }));
        let features = std::array::from_fn(|at| if at == 0 { 1.0 } else { 0.0 });
        Self { weights: [0.0; SIZE], inverse, features }
    }

    /// The value that came last.
    pub(super) fn last(&self) -> f64 {
        self.features[1]
    }

    /// What the next value is expected to be.
    pub(super) fn expected(&self) -> f64 {
        self.weights.iter().zip(&self.features).map(|(weight, feature)| weight * feature).sum()
    }

    /// Learns that the next value was `error` above what was expected.
    pub(super) fn learn(&mut self, error: f64) {
        let keeping = 1.0 - 1.0 / MEMORY;
        let mut gain = [0.0; SIZE];
        for (gain, row) in gain.iter_mut().zip(&self.inverse) {
            *gain = row.iter().zip(&self.features).map(|(entry, feature)| entry * feature).sum();
        }
        let weight = keeping + gain.iter().zip(&self.features).map(|(gain, feature)| gain * feature).sum::<f64>();
        for (own, gain) in self.weights.iter_mut().zip(&gain) {
            *own += gain * error / weight;
        }
        let mut trace = 0.0;
        for (at, (row, ours)) in self.inverse.iter_mut().zip(&gain).enumerate() {
            for (entry, theirs) in row.iter_mut().zip(&gain) {
                *entry = (*entry - ours * theirs / weight) / keeping;
            }
            trace += row.get(at).copied().unwrap_or(0.0);
        }
        // What never varies is forgotten without end.
        if trace > MOST_UNKNOWN {
            self.inverse.iter_mut().flatten().for_each(|entry| *entry *= MOST_UNKNOWN / trace);
        }
    }

    /// Moves on to the next value.
    pub(super) fn remember(&mut self, value: f64) {
        self.features.copy_within(1..LAGS, 2);
        self.features[1] = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_is_predicted() {
        let mut prediction = Prediction::new();
        let mut error = f64::NAN;
        for step in 0..4_000 {
            let value = 3.0 + (f64::from(step) * 0.3).sin();
            error = value - prediction.expected();
            prediction.learn(error);
            prediction.remember(value);
        }
        assert!(error.abs() < 1e-3, "{error}");
    }

    #[test]
    fn a_constant_does_not_run_away() {
        let mut prediction = Prediction::new();
        for step in 0..200_000 {
            let value = if step < 100_000 { 0.0 } else { 1.0 };
            let error = value - prediction.expected();
            prediction.learn(error);
            prediction.remember(value);
        }
        assert!((prediction.expected() - 1.0).abs() < 1e-6);
    }
}
