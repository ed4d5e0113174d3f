//! What a series makes one expect of its next value, and how surprising that value is.

use crate::distribution::{score_from_ln_p, student_t_ln_survival};
use crate::robust;
use statrs::function::gamma::ln_gamma;

/// How to predict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PredictiveOptions {
    /// The share of values that shall lie within the interval.
    pub coverage: f64,
    /// The chance that a whole series without anything unusual has a violation.
    pub alpha: f64,
    /// The number of past values that predict the next one, at most 3.
    pub order: usize,
    /// After this many slots a value counts e⁻¹ in what is learned; infinite to forget nothing.
    pub memory: f64,
    /// Whether values that are far from what was expected count less in what is learned.
    pub robust: bool,
}

impl Default for PredictiveOptions {
    fn default() -> Self {
        Self { coverage: 0.95, alpha: 0.001, order: 3, memory: 2_000.0, robust: true }
    }
}

/// What was expected of one slot, from the slots before it alone, and what came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// The lower end of the interval.
    pub lower: f64,
    /// The upper end of the interval.
    pub upper: f64,
    /// The mean of the predictive distribution.
    pub centre: f64,
    /// −log₂ of the predictive density at the value, per unit of the values. NaN for a missing value.
    pub surprisal: f64,
    /// ln of the chance of a value as far out or further, on either side; 0 inside of the interval.
    pub ln_p: f64,
}

/// A value outside of what the whole series makes likely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Violation {
    /// Its slot.
    pub slot: usize,
    /// Its surprisal in bits.
    pub surprisal: f64,
    /// The chance of such a value anywhere in the series.
    pub p: f64,
    /// 1.0 is the threshold.
    pub score: f64,
}

/// [`Expected`] of every slot; all vectors have the input's length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Predictive {
    /// The lower end of the interval; NaN where nothing is known.
    pub lower: Vec<f64>,
    /// The upper end of the interval.
    pub upper: Vec<f64>,
    /// The mean of the predictive distribution.
    pub centre: Vec<f64>,
    /// In bits per unit of the values; NaN at missing values, too.
    pub surprisal: Vec<f64>,
    /// The values outside of what the series makes likely, in order.
    pub violations: Vec<Violation>,
}

/// Predicts every value from those before it: see [`Predictor`]. `period` is the season in slots, if there is one.
pub fn predictive(values: &[f64], period: Option<f64>, options: &PredictiveOptions) -> Predictive {
    let mut predictor = Predictor::new(period, options);
    let mut result = Predictive::default();
    let tests = values.iter().filter(|value| value.is_finite()).count().max(1) as f64;
    for (slot, &value) in values.iter().enumerate() {
        let expected = predictor.push(value);
        result.lower.push(expected.lower);
        result.upper.push(expected.upper);
        result.centre.push(expected.centre);
        result.surprisal.push(expected.surprisal);
        let ln_p = (expected.ln_p + tests.ln()).min(0.0);
        if ln_p <= options.alpha.ln() {
            let score = score_from_ln_p(ln_p, options.alpha);
            result.violations.push(Violation { slot, surprisal: expected.surprisal, p: ln_p.exp(), score });
        }
    }
    result
}

/// The number of features: 1, three past values, and of the season its raw and smoothed profile, now and one slot ago.
const FEATURES: usize = 8;
/// Values that have to come before anything is predicted.
const WARM_UP: usize = 12;
/// The share of its weight that every expert gives to all others at every slot.
const SHARE: f64 = 0.002;
/// Longer gaps end what is known of the last value.
const LONGEST_GAP: usize = 3;

/// A predictive distribution that goes along with a series, one value at a time.
///
/// Three experts predict the next value: a regression on the last values and on the season's profile, with a long memory;
/// one on the last values alone with a memory of 64 slots; and the last value. Each keeps the scale of its own errors,
/// which are distributed as Student's t with 30 or with 3 degrees of freedom, whichever did better so far. Their
/// mixture, weighted by how well they did with a share for
/// the others (Herbster and Warmuth 1998), is the predictive density that the surprisal is taken from: after a level
/// shift, the short memory and the last value take over within some slots. The interval is the mixture's mean plus
/// and minus its standard deviation times two factors, which are raised whenever a value lies outside, and lowered
/// otherwise, so that the shares outside become what was asked for whatever the distribution is (adaptive conformal
/// inference, Gibbs and Candès 2021).
///
/// Missing values are predicted, and the prediction stands in for them; after more than 3 the next value is not
/// judged. Nothing is predicted before 12 different values.
#[derive(Clone, Debug)]
pub struct Predictor {
    options: PredictiveOptions,
    scale: Option<(f64, f64)>,
    warm_up: Vec<f64>,
    lags: [f64; 3],
    missing: usize,
    season: Option<Season>,
    long: Regression,
    short: Regression,
    last_scale: f64,
    weights: [f64; 3],
    /// The weight of the heavier of the two tails.
    heavy: f64,
    edges: (f64, f64),
    tails: [Tail; 2],
}

impl Predictor {
    /// A predictor that has seen nothing; `period` is the season in slots (at least 4), if there is one.
    pub fn new(period: Option<f64>, options: &PredictiveOptions) -> Self {
        let season = period.filter(|period| *period >= 4.0 && *period < 1e6).map(Season::new);
        // A short season is not smoothed: the two profiles are the same.
        let seasonal = season.as_ref().map_or(0, |season| if season.half() > 0 { 4 } else { 2 });
        let order = options.order.min(3);
        let edge = crate::distribution::normal_upper_quantile(0.5 * (1.0 - options.coverage));
        Self {
            options: *options,
            scale: None,
            warm_up: Vec::new(),
            lags: [0.0; 3],
            missing: 0,
            season,
            long: Regression::new(options.memory, order, seasonal),
            short: Regression::new(64.0, order, 0),
            last_scale: 1.0,
            weights: [1.0 / 3.0; 3],
            heavy: 0.1,
            edges: (edge, edge),
            tails: [Tail::new(30.0), Tail::new(3.0)],
        }
    }

    /// Predicts the next value, and then takes it (NaN for a missing one).
    pub fn push(&mut self, value: f64) -> Expected {
        let nothing = Expected { lower: f64::NAN, upper: f64::NAN, centre: f64::NAN, surprisal: f64::NAN, ln_p: 0.0 };
        let Some((level, unit)) = self.scale else {
            self.warm(value);
            return nothing;
        };
        let value = if value.is_finite() { (value - level) / unit } else { f64::NAN };
        let features = self.features();
        let experts = self.experts(&features);
        let [(long, _), ..] = experts;
        let centre: f64 = experts.iter().zip(&self.weights).map(|((mean, _), weight)| weight * mean).sum();
        let variance: f64 = experts
            .iter()
            .zip(&self.weights)
            .map(|((mean, spread), weight)| weight * (spread * spread + (mean - centre).powi(2)))
            .sum();
        let spread = variance.sqrt();
        let (below, above) = self.edges;
        let mut expected = Expected {
            lower: level + unit * (centre - below * spread),
            upper: level + unit * (centre + above * spread),
            centre: level + unit * centre,
            ..nothing
        };
        let is_known = self.missing <= LONGEST_GAP;
        if !is_known {
            expected = nothing;
        }
        if value.is_nan() {
            self.missing += 1;
            self.remember(centre, f64::NAN, spread);
            return expected;
        }
        if is_known {
            let mut densities = [0.0; 3];
            for (density, (mean, spread)) in densities.iter_mut().zip(experts) {
                let [light, heavy] = self.tails.map(|tail| tail.density((value - mean) / spread));
                *density = (light + self.heavy * (heavy - light)) / spread;
            }
            let total: f64 = densities.iter().zip(&self.weights).map(|(density, weight)| density * weight).sum();
            expected.surprisal = -(total / unit).max(f64::MIN_POSITIVE).log2();
            let deviation = (value - centre) / spread;
            if deviation > above || -deviation > below {
                expected.ln_p = self.ln_tail(value, &experts);
            }
            self.move_edges(deviation);
            if total > 0.0 {
                for (weight, density) in self.weights.iter_mut().zip(densities) {
                    *weight = (1.0 - SHARE) * *weight * density / total + SHARE / 3.0;
                }
            }
            self.weigh_tails((value - long) / self.long.spread);
            let error = value - self.lags[0];
            self.last_scale = adapted(self.last_scale, error, 1.0 / 48.0);
            self.long.learn(&features, value, 1.0 / 256.0, self.options.robust);
            self.short.learn(&features, value, 1.0 / 32.0, self.options.robust);
        }
        self.missing = 0;
        self.remember(value, value, spread);
        expected
    }

    /// ln of the chance that the next value is as far out as this one or further, on either side, before it is taken.
    /// [`Expected::ln_p`] is the same, worked out only for what is outside of the interval. NaN for a missing value and where
    /// nothing is predicted.
    pub fn ln_chance(&self, value: f64) -> f64 {
        match self.scale {
            Some((level, unit)) if value.is_finite() && self.missing <= LONGEST_GAP => {
                self.ln_tail((value - level) / unit, &self.experts(&self.features()))
            }
            _ => f64::NAN,
        }
    }

    /// What each expert expects next: mean and scale, in the units of the scale.
    fn experts(&self, features: &[f64; FEATURES]) -> [(f64, f64); 3] {
        let (long, short) = (self.long.predict(features), self.short.predict(features));
        [(long, self.long.spread), (short, self.short.spread), (self.lags[0], self.last_scale)]
    }

    /// ln of the chance of a value as far from each expert's mean, by their mixture.
    fn ln_tail(&self, value: f64, experts: &[(f64, f64); 3]) -> f64 {
        let chance: f64 = experts
            .iter()
            .zip(&self.weights)
            .map(|((mean, spread), weight)| {
                let z = (value - mean).abs() / spread;
                let [light, heavy] = self.tails.map(|tail| 2.0 * student_t_ln_survival(z / tail.scale, tail.dof).exp());
                weight * (light + self.heavy * (heavy - light))
            })
            .sum();
        chance.max(f64::MIN_POSITIVE).ln().min(0.0)
    }

    /// Learns how heavy the tails are from one standardised error. One wild value is not yet a heavy tail: it counts
    /// at most thirtyfold.
    fn weigh_tails(&mut self, z: f64) {
        const FLOOR: f64 = 1e-6;
        let [light, heavy] = self.tails.map(|tail| tail.density(z));
        let odds = self.heavy / (1.0 - self.heavy) * (heavy / light.max(f64::MIN_POSITIVE)).min(30.0);
        self.heavy = (odds / (1.0 + odds)).clamp(FLOOR, 1.0 - FLOOR);
    }

    fn move_edges(&mut self, deviation: f64) {
        const STEP: f64 = 0.05;
        let outside = 0.5 * (1.0 - self.options.coverage);
        let moved =
            |edge: f64, is_outside: bool| (edge + STEP * (f64::from(u8::from(is_outside)) - outside)).clamp(0.1, 20.0);
        self.edges = (moved(self.edges.0, -deviation > self.edges.0), moved(self.edges.1, deviation > self.edges.1));
    }

    fn features(&self) -> [f64; FEATURES] {
        let ((raw, smooth), (raw_before, smooth_before)) =
            self.season.as_ref().map_or_else(Default::default, |season| (season.current, season.before));
        [1.0, self.lags[0], self.lags[1], self.lags[2], raw, raw_before, smooth, smooth_before]
    }

    /// Moves on by a slot that had this value (its prediction, if it is missing).
    fn remember(&mut self, value: f64, seen: f64, spread: f64) {
        if let Some(season) = &mut self.season {
            season.learn(seen, if self.options.robust { 4.0 * spread.max(1.0) } else { f64::INFINITY });
        }
        self.lags = [value, self.lags[0], self.lags[1]];
    }

    fn warm(&mut self, value: f64) {
        self.warm_up.push(value);
        let known = robust::finite(&self.warm_up);
        if known.len() < WARM_UP {
            return;
        }
        let level = robust::median(&known).unwrap_or(0.0);
        let deviations: Vec<f64> = known.iter().map(|value| (value - level).abs()).collect();
        let unit = robust::spread(&known).filter(|spread| *spread > 0.0).or(robust::mean(&deviations)).unwrap_or(0.0);
        // Nothing but rounding has moved yet.
        if unit <= 1e-12 * level.abs() || unit <= 0.0 {
            return;
        }
        self.scale = Some((level, unit));
        for value in std::mem::take(&mut self.warm_up) {
            let scaled = (value - level) / unit;
            if scaled.is_finite() {
                let features = self.features();
                self.long.learn(&features, scaled, 1.0 / 256.0, self.options.robust);
                self.short.learn(&features, scaled, 1.0 / 32.0, self.options.robust);
                self.remember(scaled, scaled, 1.0);
            } else {
                self.remember(self.lags[0], f64::NAN, 1.0);
            }
        }
    }
}

/// Recursive least squares with forgetting, and the scale of its errors.
#[derive(Clone, Debug)]
struct Regression {
    /// The features from here on are not used.
    used: usize,
    forgetting: f64,
    coefficients: [f64; FEATURES],
    /// The inverse of the weighted sum of squares.
    inverse: [[f64; FEATURES]; FEATURES],
    spread: f64,
    count: f64,
}

/// The prior variance of a coefficient in units of the error's: ridge regression with 1/this.
const PRIOR: f64 = 1e8;

impl Regression {
    /// Of `order` past values and the first `seasonal` features of the season; the others stay out.
    fn new(memory: f64, order: usize, seasonal: usize) -> Self {
        let mut inverse = [[0.0; FEATURES]; FEATURES];
        for (place, row) in inverse.iter_mut().enumerate() {
            let is_used = place <= order || (4..4 + seasonal).contains(&place);
            row[place] = if is_used { PRIOR } else { 0.0 };
        }
        let used = 4 + seasonal;
        Self {
            used,
            forgetting: (-1.0 / memory).exp(),
            coefficients: [0.0; FEATURES],
            inverse,
            spread: 1.0,
            count: 0.0,
        }
    }

    fn predict(&self, features: &[f64; FEATURES]) -> f64 {
        self.coefficients.iter().zip(features).map(|(a, b)| a * b).sum()
    }

    fn learn(&mut self, features: &[f64; FEATURES], value: f64, gain: f64, robust: bool) {
        let error = value - self.predict(features);
        let features = &features[..self.used];
        let mut direction = [0.0; FEATURES];
        for (sum, row) in direction.iter_mut().zip(&self.inverse).take(self.used) {
            *sum = row.iter().zip(features).map(|(a, b)| a * b).sum();
        }
        let leverage: f64 = direction.iter().zip(features).map(|(a, b)| a * b).sum();
        self.count += 1.0;
        // The error of a prediction whose coefficients are still uncertain says less of the scale.
        if self.count > FEATURES as f64 {
            self.spread = adapted(self.spread, error / (1.0 + leverage.min(9.0)).sqrt(), gain.max(1.0 / self.count));
        }
        let distance = (error / self.spread).abs() / (1.0 + leverage).sqrt();
        let weight = if robust && distance > 3.0 { 3.0 / distance } else { 1.0 };
        // Where nothing new has come for long, forgetting would let the inverse grow without bound.
        let trace: f64 = self.inverse.iter().enumerate().map(|(place, row)| row[place]).sum();
        let forgetting = if trace < PRIOR { self.forgetting } else { 1.0 };
        let divisor = forgetting / weight + leverage;
        for (coefficient, direction) in self.coefficients.iter_mut().zip(&direction) {
            *coefficient += direction / divisor * error;
        }
        let (scale, share) = (1.0 / forgetting, 1.0 / divisor);
        for (row, a) in self.inverse.iter_mut().zip(&direction).take(self.used) {
            for (cell, b) in row.iter_mut().zip(&direction).take(self.used) {
                // In this order of factors both halves of the matrix are rounded alike, and it stays symmetric.
                *cell = (*cell - a * b * share) * scale;
            }
        }
    }
}

/// A scale after one more error; wild errors raise it by a bounded step.
fn adapted(spread: f64, error: f64, gain: f64) -> f64 {
    let square = (error * error).min(9.0 * spread * spread);
    // Of normal errors, clipping at three standard deviations takes half a per cent of the variance.
    (spread * spread * (1.0 - gain) + gain * square * 1.005).sqrt().max(1e-3)
}

/// The profile of a season, as the mean of the last cycles at each phase.
#[derive(Clone, Debug)]
struct Season {
    period: f64,
    slot: usize,
    means: Vec<f64>,
    counts: Vec<f64>,
    /// Raw and smoothed profile one slot ago, as they were then.
    before: (f64, f64),
    /// The same of this slot.
    current: (f64, f64),
}

/// A profile is a mean over the last 600 slots, at least 8 and at most 50 cycles.
const SEASON_MEMORY: f64 = 600.0;

impl Season {
    fn new(period: f64) -> Self {
        let bins = period.round() as usize;
        Self {
            period,
            slot: 0,
            means: vec![0.0; bins],
            counts: vec![0.0; bins],
            before: (0.0, 0.0),
            current: (0.0, 0.0),
        }
    }

    fn bin(&self) -> usize {
        let turns = self.slot as f64 / self.period;
        // A whole phase must not become the one before by rounding.
        ((turns - turns.floor()) * self.means.len() as f64 + 1e-6) as usize % self.means.len()
    }

    /// The number of phases on each side that the smoothed profile is a mean over.
    fn half(&self) -> usize {
        self.means.len() / 48
    }

    /// Raw and smoothed.
    fn now(&self) -> (f64, f64) {
        let bins = self.means.len();
        let bin = self.bin();
        let half = self.half();
        let (mut sum, mut known) = (0.0, 0.0);
        for step in 0..=2 * half {
            let place = (bin + bins + step - half) % bins;
            if let (Some(mean), Some(count)) = (self.means.get(place), self.counts.get(place))
                && *count > 0.0
            {
                sum += mean;
                known += 1.0;
            }
        }
        let smooth = if known > 0.0 { sum / known } else { 0.0 };
        let seen = self.counts.get(bin).copied().unwrap_or(0.0) > 0.0;
        (if seen { self.means.get(bin).copied().unwrap_or(0.0) } else { smooth }, smooth)
    }

    /// Takes the value of this slot, at most `reach` away from the profile, and moves on.
    fn learn(&mut self, value: f64, reach: f64) {
        let bin = self.bin();
        self.before = self.current;
        self.slot += 1;
        if let (false, Some(mean), Some(count)) = (value.is_nan(), self.means.get_mut(bin), self.counts.get_mut(bin)) {
            *count += 1.0;
            let error = if *count > 2.0 { (value - *mean).clamp(-reach, reach) } else { value - *mean };
            *mean += error / count.min((SEASON_MEMORY / self.period).clamp(8.0, 50.0));
        }
        self.current = self.now();
    }
}

/// The density of Student's t, scaled so that it fits normal errors of unit variance best.
#[derive(Clone, Copy, Debug)]
struct Tail {
    dof: f64,
    scale: f64,
    ln_front: f64,
}

impl Tail {
    fn new(dof: f64) -> Self {
        // The maximum-likelihood scale for normal errors, to a per mille: where E (ν + 1) z²/(ν s² + z²) = 1.
        let scale = if dof > 10.0 { 0.969 } else { 0.794 };
        let ln_front = ln_gamma(0.5 * (dof + 1.0))
            - ln_gamma(0.5 * dof)
            - 0.5 * (std::f64::consts::PI * dof).ln()
            - f64::ln(scale);
        Self { dof, scale, ln_front }
    }

    fn density(&self, z: f64) -> f64 {
        let z = z / self.scale;
        (self.ln_front - 0.5 * (self.dof + 1.0) * (z * z / self.dof).ln_1p()).exp()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct TailCase {
        dof: f64,
        scale: f64,
        z: Vec<f64>,
        density: Vec<f64>,
    }

    #[derive(Deserialize)]
    struct Reference {
        values: Vec<f64>,
        forecasts: Vec<(usize, f64)>,
        tails: Vec<TailCase>,
    }

    fn reference() -> Reference {
        serde_json::from_str(include_str!("../../reference/rhythm/autoregression.json")).unwrap()
    }

    #[test]
    fn without_forgetting_the_regression_forecasts_as_statsmodels_does() {
        let Reference { values, forecasts, .. } = reference();
        let mut regression = Regression::new(f64::INFINITY, 3, 0);
        let mut compared = 0;
        for t in 3..values.len() {
            let features = [1.0, values[t - 1], values[t - 2], values[t - 3], 0.0, 0.0, 0.0, 0.0];
            if let Some((_, forecast)) = forecasts.iter().find(|(at, _)| *at == t) {
                let ours = regression.predict(&features);
                assert!((ours / forecast - 1.0).abs() < 1e-6, "{t}: {ours} {forecast}");
                compared += 1;
            }
            regression.learn(&features, values[t], 1.0 / 256.0, false);
        }
        assert_eq!(compared, 6);
    }

    #[test]
    fn tails_are_those_of_scipy_scaled_to_normal_errors() {
        for case in reference().tails {
            let tail = Tail::new(case.dof);
            // The scale is kept to three digits.
            assert!((tail.scale - case.scale).abs() < 1e-3);
            for (z, density) in case.z.iter().zip(&case.density) {
                assert!(
                    (tail.density(z * tail.scale / case.scale) * tail.scale / case.scale / density - 1.0).abs() < 1e-9
                );
            }
        }
    }
}
