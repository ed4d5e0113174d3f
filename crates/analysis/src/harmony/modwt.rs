//! The multiresolution analysis of the maximal-overlap discrete wavelet transform (MODWT), octave by octave.
//!
//! With the wavelet LA(8) and the series reflected at both ends. Its details and its smooth are the series under
//! filters without phase, and those filters need no wavelet coefficients: the autocorrelation of the scaling filter is
//! ½ at lag 0, zero at the other even lags, and four numbers at the odd ones. So a level costs four multiplications a
//! value, for any length; and because the squared coefficients of a level sum to the product of the series with its
//! detail, their variances come with it.
//!
//! Source: Percival & Walden 2000, Wavelet Methods for Time Series Analysis, chapter 5 (5.4 zero phase, 5.7
//! reflection) and section 8.3.

/// Autocorrelation of the scaling filter LA(8) at lags 1, 3, 5, 7, in the MODWT's normalisation (sum with ½ is 1).
const ODD_LAGS: [f64; 4] = [1225.0 / 4096.0, -245.0 / 4096.0, 49.0 / 4096.0, -5.0 / 4096.0];

/// Shortest and longest period of the octave of `level` (from 1), in steps.
pub(super) fn octave(level: usize) -> (f64, f64) {
    let shortest = 2.0_f64.powi(level.min(1000) as i32);
    (shortest, 2.0 * shortest)
}

/// The period in the middle of an octave (geometric mean), in steps.
pub(super) fn centre(level: usize) -> f64 {
    octave(level).0 * std::f64::consts::SQRT_2
}

/// The last level that is looked at in `len` values: its octave begins inside the data.
pub(super) fn last_level(len: usize) -> usize {
    if len < 2 { 0 } else { len.ilog2() as usize }
}

/// Takes the details off a complete series level by level, `each(level, detail)`, and returns the smooth that is left.
///
/// The details and the smooth sum to `values`.
pub(super) fn details(values: &[f64], levels: usize, mut each: impl FnMut(usize, &[f64])) -> Vec<f64> {
    let mut smooth = values.to_vec();
    let mut next = vec![0.0; values.len()];
    let mut reflected = Vec::with_capacity(3 * values.len());
    for level in 1..=levels.min(last_level(values.len())) {
        smoothed(&smooth, 1 << (level - 1), &mut reflected, &mut next);
        smooth.iter_mut().zip(&next).for_each(|(detail, next)| *detail -= next);
        each(level, &smooth);
        std::mem::swap(&mut smooth, &mut next);
    }
    smooth
}

/// One level: the filter's autocorrelation with its lags `stride` apart, on the series reflected at both ends.
fn smoothed(values: &[f64], stride: usize, reflected: &mut Vec<f64>, into: &mut [f64]) {
    let len = values.len();
    let reach = (2 * ODD_LAGS.len() - 1) * stride;
    let (Some(head), Some(tail)) = (values.get(..reach), values.get(len.saturating_sub(reach)..)) else {
        return smoothed_far(values, stride, into);
    };
    reflected.clear();
    reflected.extend(head.iter().rev());
    reflected.extend(values);
    reflected.extend(tail.iter().rev());
    // A lag and its opposite are taken together.
    let at = |odd: usize| {
        let lag = (2 * odd + 1) * stride;
        (&reflected[reach - lag..][..len], &reflected[reach + lag..][..len])
    };
    let (one, three, five, seven) = (at(0), at(1), at(2), at(3));
    for (slot, (to, from)) in into.iter_mut().zip(values).enumerate() {
        *to = 0.5 * from
            + ODD_LAGS[0] * (one.0[slot] + one.1[slot])
            + ODD_LAGS[1] * (three.0[slot] + three.1[slot])
            + ODD_LAGS[2] * (five.0[slot] + five.1[slot])
            + ODD_LAGS[3] * (seven.0[slot] + seven.1[slot]);
    }
}

/// [`smoothed`] where a lag is longer than the series.
fn smoothed_far(values: &[f64], stride: usize, into: &mut [f64]) {
    let len = values.len();
    into.iter_mut().zip(values).for_each(|(to, from)| *to = 0.5 * from);
    for (odd, weight) in ODD_LAGS.iter().enumerate() {
        // The reflected series repeats after 2n.
        let lag = (2 * odd + 1) * stride % (2 * len);
        let lag = lag.min(2 * len - lag);
        let rest = len - lag;
        add(into.get_mut(..rest), values.get(lag..), *weight);
        add(into.get_mut(lag..), values.get(..rest), *weight);
        add_reversed(into.get_mut(rest..), values.get(rest..), *weight);
        add_reversed(into.get_mut(..lag), values.get(..lag), *weight);
    }
}

fn add(to: Option<&mut [f64]>, from: Option<&[f64]>, weight: f64) {
    if let (Some(to), Some(from)) = (to, from) {
        to.iter_mut().zip(from).for_each(|(to, from)| *to += weight * from);
    }
}

fn add_reversed(to: Option<&mut [f64]>, from: Option<&[f64]>, weight: f64) {
    if let (Some(to), Some(from)) = (to, from) {
        to.iter_mut().zip(from.iter().rev()).for_each(|(to, from)| *to += weight * from);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The scaling filter LA(8), from the table of Percival & Walden (2000), in the MODWT's normalisation.
    const LA8: [f64; 8] = [
        -0.075_765_714_789_273_3,
        -0.029_635_527_645_998_5,
        0.497_618_667_632_015_5,
        0.803_738_751_805_916_1,
        0.297_857_795_605_277_4,
        -0.099_219_543_576_847_2,
        -0.012_603_967_262_037_8,
        0.032_223_100_604_042_7,
    ];

    #[test]
    fn the_lags_are_those_of_the_filter() {
        for lag in 0..8 {
            let sum: f64 = LA8.iter().zip(&LA8[lag..]).map(|(a, b)| 0.5 * a * b).sum();
            let expected = if lag == 0 {
                0.5
            } else if lag % 2 == 0 {
                0.0
            } else {
                ODD_LAGS[lag / 2]
            };
            assert!((sum - expected).abs() < 1e-12, "{lag}: {sum}");
        }
    }

    /// The transform by its definition, on the reflected series: coefficients of every level, then of the smooth.
    fn coefficients(values: &[f64], levels: usize) -> Vec<Vec<f64>> {
        let mut scaling: Vec<f64> = values.iter().chain(values.iter().rev()).copied().collect();
        let len = scaling.len();
        let mut found = Vec::new();
        for level in 1..=levels {
            let at = |t: usize, l: usize| (t + len * (1 << level) - (l << (level - 1))) % len;
            let filter = |filter: &dyn Fn(usize) -> f64| -> Vec<f64> {
                (0..len).map(|t| (0..8).map(|l| filter(l) * scaling[at(t, l)]).sum()).collect()
            };
            let root = 0.5_f64.sqrt();
            // The quadrature mirror: h(l) = (−1)^l g(7 − l).
            let wavelet = filter(&|l| root * LA8[7 - l] * if l % 2 == 0 { 1.0 } else { -1.0 });
            let next = filter(&|l| root * LA8[l]);
            found.push(wavelet);
            scaling = next;
        }
        found.push(scaling);
        found
    }

    #[test]
    fn products_with_the_details_are_the_energies_of_the_coefficients() {
        for len in [2, 3, 7, 20, 61, 200] {
            let values: Vec<f64> = (0..len).map(|t| ((t * t) as f64 * 0.37).sin() + 0.01 * t as f64).collect();
            let levels = last_level(len);
            let by_definition = coefficients(&values, levels);
            let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            // The published coefficients have some twelve digits.
            let total = product(&values, &values);
            let smooth = details(&values, levels, |level, detail| {
                let expected = 0.5 * product(&by_definition[level - 1], &by_definition[level - 1]);
                assert!((product(&values, detail) - expected).abs() < 1e-10 * total, "{len} {level}");
            });
            let last = by_definition.last().unwrap();
            assert!((product(&values, &smooth) - 0.5 * product(last, last)).abs() < 1e-10 * total);
        }
    }
}
