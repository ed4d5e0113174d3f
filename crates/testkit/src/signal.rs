//! Signals, one vector each. Positions count samples; periods are in samples.

use crate::{Random, sine_of_turns};

/// Standard normal white noise.
pub fn white_noise(count: usize, random: &mut Random) -> Vec<f64> {
    (0..count).map(|_| random.normal()).collect()
}

/// First-order autoregressive noise of unit variance, stationary from its first value.
///
/// `phi` is the lag-1 autocorrelation, between -1 and 1 exclusive.
pub fn ar1(count: usize, phi: f64, random: &mut Random) -> Vec<f64> {
    let kick = (1.0 - phi * phi).max(0.0).sqrt();
    let mut value = random.normal();
    (0..count)
        .map(|_| {
            let now = value;
            value = phi * value + kick * random.normal();
            now
        })
        .collect()
}

/// Autoregressive noise whose lag-1 coefficient goes linearly from `from` to `to`, with unit innovations: critical
/// slowing down.
pub fn ar1_slowing(count: usize, from: f64, to: f64, random: &mut Random) -> Vec<f64> {
    let mut value = random.normal();
    (0..count)
        .map(|position| {
            let phi = from + (to - from) * position as f64 / count.max(1) as f64;
            value = phi * value + random.normal();
            value
        })
        .collect()
}

/// The running sum of white noise.
pub fn random_walk(count: usize, random: &mut Random) -> Vec<f64> {
    let mut sum = 0.0;
    (0..count)
        .map(|_| {
            sum += random.normal();
            sum
        })
        .collect()
}

/// A sine of amplitude 1: `period` samples long, `phase` in turns.
pub fn sine(count: usize, period: f64, phase: f64) -> Vec<f64> {
    (0..count).map(|position| sine_of_turns(position as f64 / period + phase)).collect()
}

/// Two sines of amplitude 1: their envelope has the period `a * b / |a - b|`, and the spectrum has two lines.
pub fn beat(count: usize, period_a: f64, period_b: f64) -> Vec<f64> {
    add(&sine(count, period_a, 0.0), &sine(count, period_b, 0.0))
}

/// A carrier whose amplitude swings by `depth`: the spectrum has three lines, unlike a beat's two.
pub fn amplitude_modulated(count: usize, carrier_period: f64, modulation_period: f64, depth: f64) -> Vec<f64> {
    sine(count, carrier_period, 0.0)
        .into_iter()
        .zip(sine(count, modulation_period, 0.25))
        .map(|(carrier, modulation)| carrier * (1.0 + depth * modulation))
        .collect()
}

/// 0 before `at`, `height` from there on.
pub fn step(count: usize, at: usize, height: f64) -> Vec<f64> {
    (0..count).map(|position| if position >= at { height } else { 0.0 }).collect()
}

/// 0 before `at`, then growing by `slope` per sample.
pub fn ramp(count: usize, at: usize, slope: f64) -> Vec<f64> {
    (0..count).map(|position| position.saturating_sub(at) as f64 * slope).collect()
}

/// The logistic map `x' = r x (1 - x)`: period 4 at r = 3.5, chaotic at r = 4.
pub fn logistic_map(count: usize, r: f64, start: f64) -> Vec<f64> {
    let mut x = start;
    (0..count)
        .map(|_| {
            let now = x;
            x = r * x * (1.0 - x);
            now
        })
        .collect()
}

/// A harvested population with logistic growth (May, 1977) whose harvest `c` rises linearly; it collapses at a fold
/// near c = 2.6 for growth 1, capacity 10 and half-saturation 1. `noise` is the deviation per unit of time.
pub fn harvested_population(count: usize, c_from: f64, c_to: f64, noise: f64, random: &mut Random) -> Vec<f64> {
    const STEPS_PER_SAMPLE: usize = 10;
    let dt = 1.0 / STEPS_PER_SAMPLE as f64;
    let mut x: f64 = 8.9;
    (0..count)
        .map(|position| {
            let c = c_from + (c_to - c_from) * position as f64 / count.max(1) as f64;
            for _ in 0..STEPS_PER_SAMPLE {
                let growth = x * (1.0 - x / 10.0) - c * x * x / (x * x + 1.0);
                x = (x + growth * dt + noise * dt.sqrt() * random.normal()).max(0.0);
            }
            x
        })
        .collect()
}

/// The signal `lag` samples later; the first `lag` values are NaN.
pub fn delayed(signal: &[f64], lag: usize) -> Vec<f64> {
    let lag = lag.min(signal.len());
    std::iter::repeat_n(f64::NAN, lag).chain(signal.iter().copied().take(signal.len() - lag)).collect()
}

/// The sum of two signals, as long as the shorter one.
pub fn add(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// Each value times `factor`, plus `offset`.
pub fn scaled(signal: &[f64], factor: f64, offset: f64) -> Vec<f64> {
    signal.iter().map(|value| value * factor + offset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lag_1(signal: &[f64]) -> f64 {
        let mean = signal.iter().sum::<f64>() / signal.len() as f64;
        let product: f64 = signal.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum();
        product / signal.iter().map(|x| (x - mean).powi(2)).sum::<f64>()
    }

    #[test]
    fn ar1_has_its_autocorrelation_and_unit_variance() {
        for phi in [-0.5, 0.0, 0.6, 0.9] {
            let signal = ar1(100_000, phi, &mut Random::new(3));
            let variance = signal.iter().map(|x| x * x).sum::<f64>() / signal.len() as f64;
            assert!((lag_1(&signal) - phi).abs() < 0.02, "{phi}: {}", lag_1(&signal));
            assert!((variance - 1.0).abs() < 0.06, "{phi}: {variance}");
        }
    }

    #[test]
    fn a_beat_is_nearly_silent_half_a_beat_period_after_its_peak() {
        // 60 and 66 samples beat every 660.
        let signal = beat(1320, 60.0, 66.0);
        let loudest = |from: usize| signal[from..from + 66].iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        assert!(loudest(0) > 1.8 && loudest(330 - 33) < 0.5 && loudest(660 - 33) > 1.8);
    }

    #[test]
    fn the_logistic_map_has_period_four_at_3_5() {
        let signal = logistic_map(1000, 3.5, 0.3);
        assert!((signal[999] - signal[995]).abs() < 1e-9 && (signal[999] - signal[997]).abs() > 0.04);
    }

    #[test]
    fn the_harvested_population_collapses_behind_the_fold_only() {
        let mut random = Random::new(1);
        let safe = harvested_population(500, 1.0, 2.2, 0.02, &mut random);
        let collapsed = harvested_population(500, 1.0, 3.0, 0.02, &mut random);
        assert!(safe.last() > Some(&4.0) && collapsed.last() < Some(&2.0));
    }

    #[test]
    fn a_delay_shifts() {
        assert_eq!(delayed(&[1.0, 2.0, 3.0], 1)[1..], [1.0, 2.0]);
        assert!(delayed(&[1.0], 5)[0].is_nan());
    }
}
