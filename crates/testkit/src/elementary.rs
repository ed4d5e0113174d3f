//! Exponential, logarithm and sine from additions, multiplications and divisions alone.
//!
//! The standard library's versions come from the platform and may differ in the last bit between a native build and
//! wasm. These do not, and stay within a few units in the last place of the true value.

/// The upper part of the natural logarithm of 2; its product with a small integer is exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3FE6_2E42_FEE0_0000);
/// What `LN_2_HIGH` lacks.
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// `e` to the power of `x`. Infinite above 709, 0 below -708, NaN for NaN.
pub fn exp(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    if x > 709.0 {
        return f64::INFINITY;
    }
    if x < -708.0 {
        return 0.0;
    }
    let power = (x / std::f64::consts::LN_2).round();
    let rest = (x - power * LN_2_HIGH) - power * LN_2_LOW;
    let mut sum = 1.0;
    for term in (1..=16).rev() {
        sum = 1.0 + sum * rest / f64::from(term);
    }
    sum * f64::from_bits(((power as i64 + 1023) as u64) << 52)
}

/// The natural logarithm. Minus infinity for 0, NaN below 0 and for subnormal numbers.
pub fn ln(x: f64) -> f64 {
    if x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if !x.is_normal() || x < 0.0 {
        return if x == f64::INFINITY { x } else { f64::NAN };
    }
    let bits = x.to_bits();
    let mut power = ((bits >> 52) & 0x7FF) as i64 - 1023;
    let mut mantissa = f64::from_bits((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        power += 1;
    }
    // ln m = 2 artanh((m - 1) / (m + 1)); the argument stays below 0.172.
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    let mut sum = 0.0;
    for odd in (1..=23).rev().step_by(2) {
        sum = sum * square + 1.0 / f64::from(odd);
    }
    power as f64 * LN_2_HIGH + (power as f64 * LN_2_LOW + 2.0 * ratio * sum)
}

/// The sine of an angle in turns: period 1, 1 at a quarter. NaN where `turns` is not finite.
pub fn sine_of_turns(turns: f64) -> f64 {
    if !turns.is_finite() {
        return f64::NAN;
    }
    let mut phase = turns - turns.round();
    // The sine is symmetric about a quarter turn: the series only ever sees a quarter of the circle.
    if phase > 0.25 {
        phase = 0.5 - phase;
    } else if phase < -0.25 {
        phase = -0.5 - phase;
    }
    let angle = phase * std::f64::consts::TAU;
    let square = angle * angle;
    let mut sum = 1.0;
    for term in (1..=11).rev() {
        let even = f64::from(2 * term);
        sum = 1.0 - sum * square / (even * (even + 1.0));
    }
    angle * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_close(ours: f64, reference: f64, at: f64) {
        assert!((ours - reference).abs() <= 1e-14 * reference.abs().max(1.0), "at {at}: {ours}, not {reference}");
    }

    #[test]
    fn agrees_with_the_platform() {
        for step in -4000..4000 {
            let x = f64::from(step) * 0.0171;
            assert_close(exp(x) / x.exp(), 1.0, x);
            assert_close(sine_of_turns(x), (x.rem_euclid(1.0) * std::f64::consts::TAU).sin(), x);
            let positive = x.exp();
            assert_close(ln(positive), positive.ln(), positive);
        }
    }

    #[test]
    fn has_the_limits_that_the_docs_promise() {
        assert_eq!((exp(800.0), exp(-800.0), ln(0.0)), (f64::INFINITY, 0.0, f64::NEG_INFINITY));
        assert!(ln(-1.0).is_nan() && exp(f64::NAN).is_nan() && sine_of_turns(f64::INFINITY).is_nan());
        assert_eq!((sine_of_turns(0.0), sine_of_turns(0.5)), (0.0, 0.0));
    }
}
