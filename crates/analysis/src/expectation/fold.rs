//! A season whose period is no whole number of slots.

use crate::robust::median_of_finite;

/// The seasonal part of a series with a period in slots that need not be whole: the median of what the series shows at
/// each phase, linear between phases.
///
/// The series is first freed from its level, the median of the cycle around each slot; then every slot's phase is
/// sorted into `round(period)` bins. Medians over cycles ignore an incident that spoils fewer than half of them. The
/// result has the input's length, is centred on 0 and has values at gaps, too. `None` with a period below 4 slots or
/// fewer than three cycles.
pub fn folded_season(values: &[f64], period: f64) -> Option<Vec<f64>> {
    if !(period >= 4.0 && values.len() as f64 >= 3.0 * period) {
        return None;
    }
    let bins = period.round() as usize;
    let levels = levels(values, bins);
    let phase = |slot: usize| (slot as f64 / period).fract() * bins as f64;
    let mut seen: Vec<Vec<f64>> = vec![Vec::new(); bins];
    for (slot, (value, level)) in values.iter().zip(&levels).enumerate() {
        let rest = value - level;
        if rest.is_finite()
            && let Some(bin) = seen.get_mut((phase(slot).round() as usize) % bins)
        {
            bin.push(rest);
        }
    }
    let shape: Vec<f64> = seen.iter().map(|bin| median_of_finite(bin).unwrap_or(0.0)).collect();
    let mean = shape.iter().sum::<f64>() / bins as f64;
    let at = |bin: usize| shape.get(bin % bins).copied().unwrap_or(0.0) - mean;
    Some(
        (0..values.len())
            .map(|slot| {
                let phase = phase(slot);
                let (low, part) = (phase.floor() as usize, phase.fract());
                at(low) * (1.0 - part) + at(low + 1) * part
            })
            .collect(),
    )
}

/// The median of the `cycle` slots around each slot, computed at every eighth of a cycle and straight between.
fn levels(values: &[f64], cycle: usize) -> Vec<f64> {
    let stride = (cycle / 8).max(1);
    let knots: Vec<f64> = (0..values.len().div_ceil(stride) + 1)
        .map(|knot| {
            let centre = knot * stride;
            let from = centre.saturating_sub(cycle / 2);
            let to = (centre + cycle.div_ceil(2)).min(values.len());
            let window: Vec<f64> =
                values.get(from.min(to)..to).unwrap_or(&[]).iter().copied().filter(|value| value.is_finite()).collect();
            median_of_finite(&window).unwrap_or(f64::NAN)
        })
        .collect();
    (0..values.len())
        .map(|slot| {
            let (knot, part) = (slot / stride, (slot % stride) as f64 / stride as f64);
            let low = knots.get(knot).copied().unwrap_or(f64::NAN);
            let high = knots.get(knot + 1).copied().filter(|level| level.is_finite()).unwrap_or(low);
            low * (1.0 - part) + high * part
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn wave(len: usize, period: f64) -> Vec<f64> {
        (0..len).map(|slot| 5.0 * (std::f64::consts::TAU * slot as f64 / period).sin()).collect()
    }

    #[test]
    fn a_fractional_period_is_followed_over_many_cycles() {
        let season = folded_season(&wave(1440, 39.7), 39.7).unwrap();
        let truth = wave(1440, 39.7);
        // Away from the ends, where the level's window is cut, only the bins' width is left as an error.
        let worst = (40..1400).map(|slot| (season[slot] - truth[slot]).abs()).fold(0.0, f64::max);
        assert!(worst < 0.4, "{worst}");
    }

    #[test]
    fn an_incident_and_a_gap_do_not_bend_it() {
        let mut values = wave(1200, 40.0);
        values[900..1000].iter_mut().for_each(|value| *value = 100.0);
        values[300..340].fill(f64::NAN);
        let (clean, spoiled) = (folded_season(&wave(1200, 40.0), 40.0).unwrap(), folded_season(&values, 40.0).unwrap());
        let worst = clean.iter().zip(&spoiled).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(worst < 0.3, "{worst}");
        assert!(spoiled.iter().all(|value| value.is_finite()));
    }

    #[test]
    fn too_short_or_too_fast_is_none() {
        assert_eq!(folded_season(&wave(100, 40.0), 40.0), None);
        assert_eq!(folded_season(&wave(100, 3.0), 3.0), None);
        assert_eq!(folded_season(&wave(100, 10.0), f64::NAN), None);
    }

    proptest! {
        #[test]
        fn scale_and_level_go_through(scale in 0.01f64..100.0, level in -1e3f64..1e3) {
            let plain = folded_season(&wave(400, 21.3), 21.3).unwrap();
            let moved: Vec<f64> = wave(400, 21.3).iter().map(|value| value * scale + level).collect();
            for (a, b) in plain.iter().zip(folded_season(&moved, 21.3).unwrap()) {
                prop_assert!((a * scale - b).abs() <= 1e-9 * (scale + level.abs()));
            }
        }
    }
}
