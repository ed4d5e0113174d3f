//! Tail probabilities that stay exact far out, their inverses, and the common score.
//!
//! Each distribution has `*_ln_survival` (natural logarithm of P(X > x), which does not underflow), `*_survival`, and
//! `*_upper_quantile` (the x with P(X > x) = p, for p down to the smallest positive `f64`). Arguments that make no
//! sense (NaN, degrees of freedom ≤ 0) give NaN.

use statrs::function::erf::{erfc, erfc_inv};
use statrs::function::gamma::ln_gamma;
use std::f64::consts::{PI, SQRT_2};

/// The largest score. A detector cannot be more sure than its model of the noise is right.
pub const SCORE_CAP: f64 = 100.0;

/// A p-value as a score: √(ln p / ln α), so that 1.0 is the threshold at false-alarm rate `alpha`.
///
/// The square root makes the score proportional to a z-score far out (ln p ≈ −z²/2), hence comparable with
/// |z| / threshold. Between 0 and [`SCORE_CAP`]; NaN for a NaN p.
pub fn score_from_p(p: f64, alpha: f64) -> f64 {
    score_from_ln_p(p.ln(), alpha)
}

/// [`score_from_p`] for a p-value given by its natural logarithm.
pub fn score_from_ln_p(ln_p: f64, alpha: f64) -> f64 {
    if ln_p.is_nan() {
        return f64::NAN;
    }
    let ln_alpha = alpha.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON).ln();
    (ln_p.min(0.0) / ln_alpha).abs().sqrt().min(SCORE_CAP)
}

/// The natural logarithm of the probability that at least one of `tests` independent tests gives a p-value this small:
/// ln(1 − (1 − p)^tests) (Šidák 1967), exact for tiny p.
pub fn ln_family_wise(ln_p: f64, tests: f64) -> f64 {
    let p = ln_p.exp();
    let none = tests * (-p).ln_1p();
    if none > -1e-12 { (ln_p + tests.ln()).min(0.0) } else { (-none.exp_m1()).ln() }
}

/// ln P(Z > z) of the standard normal distribution.
pub fn normal_ln_survival(z: f64) -> f64 {
    if z < 30.0 {
        return (0.5 * erfc(z / SQRT_2)).ln();
    }
    // Laplace's asymptotic series; at z = 30 its first neglected term is below 1e-11.
    let u = 1.0 / (z * z);
    let series = -u * (1.0 - 3.0 * u * (1.0 - 5.0 * u * (1.0 - 7.0 * u)));
    -0.5 * z * z - (z * (2.0 * PI).sqrt()).ln() + series.ln_1p()
}

/// P(Z > z) of the standard normal distribution.
pub fn normal_survival(z: f64) -> f64 {
    0.5 * erfc(z / SQRT_2)
}

/// The z with P(Z > z) = `p`.
pub fn normal_upper_quantile(p: f64) -> f64 {
    if (1e-300..=1.0).contains(&p) { SQRT_2 * erfc_inv(2.0 * p) } else { normal_upper_quantile_from_ln(p.ln()) }
}

/// The z with P(Z ≤ z) = `p`.
pub fn normal_quantile(p: f64) -> f64 {
    if p < 0.5 { -normal_upper_quantile(p) } else { normal_upper_quantile(1.0 - p) }
}

/// The normal deviate with the upper tail probability exp(`ln_p`).
pub fn normal_upper_quantile_from_ln(ln_p: f64) -> f64 {
    upper_quantile_from_ln(ln_p, f64::NEG_INFINITY, normal_ln_survival)
}

/// ln P(T > t) of Student's t distribution with `dof` degrees of freedom (any positive real; infinite is normal).
pub fn student_t_ln_survival(t: f64, dof: f64) -> f64 {
    if dof.is_nan() || dof <= 0.0 || t.is_nan() {
        return f64::NAN;
    }
    if dof > 1e8 {
        return normal_ln_survival(t);
    }
    let square = t * t;
    let ln_half_tail = ln_beta_regularized(dof / 2.0, 0.5, dof / (dof + square), square / (dof + square)) - 2f64.ln();
    if t >= 0.0 { ln_half_tail } else { (-ln_half_tail.exp()).ln_1p() }
}

/// P(T > t) of Student's t distribution.
pub fn student_t_survival(t: f64, dof: f64) -> f64 {
    student_t_ln_survival(t, dof).exp()
}

/// The t with P(T > t) = `p`.
pub fn student_t_upper_quantile(p: f64, dof: f64) -> f64 {
    upper_quantile(p, f64::NEG_INFINITY, |t| student_t_ln_survival(t, dof))
}

/// ln P(F > f) of Fisher's F distribution with `dof1` and `dof2` degrees of freedom.
pub fn f_ln_survival(f: f64, dof1: f64, dof2: f64) -> f64 {
    if dof1.is_nan() || dof2.is_nan() || dof1 <= 0.0 || dof2 <= 0.0 || f.is_nan() {
        return f64::NAN;
    }
    if f <= 0.0 {
        return 0.0;
    }
    let total = dof2 + dof1 * f;
    ln_beta_regularized(dof2 / 2.0, dof1 / 2.0, dof2 / total, dof1 * f / total)
}

/// P(F > f) of Fisher's F distribution.
pub fn f_survival(f: f64, dof1: f64, dof2: f64) -> f64 {
    f_ln_survival(f, dof1, dof2).exp()
}

/// The f with P(F > f) = `p`.
pub fn f_upper_quantile(p: f64, dof1: f64, dof2: f64) -> f64 {
    upper_quantile(p, 0.0, |f| f_ln_survival(f, dof1, dof2))
}

/// ln P(X > x) of the χ² distribution with `dof` degrees of freedom.
pub fn chi_squared_ln_survival(x: f64, dof: f64) -> f64 {
    if dof.is_nan() || dof <= 0.0 || x.is_nan() {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 0.0;
    }
    ln_gamma_upper_regularized(dof / 2.0, x / 2.0)
}

/// P(X > x) of the χ² distribution.
pub fn chi_squared_survival(x: f64, dof: f64) -> f64 {
    chi_squared_ln_survival(x, dof).exp()
}

/// The x with P(X > x) = `p`.
pub fn chi_squared_upper_quantile(p: f64, dof: f64) -> f64 {
    upper_quantile(p, 0.0, |x| chi_squared_ln_survival(x, dof))
}

/// ln I_x(a, b), the regularised incomplete beta function; `complement` is 1 − x, given apart to keep its digits.
///
/// Continued fraction by Lentz's method (DLMF 8.17.22), on the side where it converges fast.
fn ln_beta_regularized(a: f64, b: f64, x: f64, complement: f64) -> f64 {
    if x <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if complement <= 0.0 {
        return 0.0;
    }
    let ln_front = a * x.ln() + b * complement.ln() + ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b);
    if x < (a + 1.0) / (a + b + 2.0) {
        ln_front - a.ln() + beta_continued_fraction(a, b, x).ln()
    } else {
        let other = (ln_front - b.ln()).exp() * beta_continued_fraction(b, a, complement);
        (-other.min(1.0)).ln_1p()
    }
}

fn beta_continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let nonzero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / nonzero(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for step in 1..20_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / nonzero(1.0 + even * d);
        c = nonzero(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / nonzero(1.0 + odd * d);
        c = nonzero(1.0 + odd / c);
        let factor = d * c;
        value *= factor;
        if (factor - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

/// ln Q(a, x), the regularised upper incomplete gamma function (DLMF 8.9.2 by Lentz's method; 8.11.4 for small x).
fn ln_gamma_upper_regularized(a: f64, x: f64) -> f64 {
    let ln_front = a * x.ln() - x - ln_gamma(a);
    if x < a + 1.0 {
        let mut term = 1.0 / a;
        let mut sum = term;
        let mut divisor = a;
        for _ in 0..100_000 {
            divisor += 1.0;
            term *= x / divisor;
            sum += term;
            if term < sum * 1e-16 {
                break;
            }
        }
        let lower = (ln_front + sum.ln()).exp();
        return (-lower.min(1.0)).ln_1p();
    }
    let mut b = x + 1.0 - a;
    let mut c = 1e300;
    let mut d = 1.0 / b;
    let mut value = d;
    for step in 1..100_000 {
        let i = f64::from(step);
        let coefficient = -i * (i - a);
        b += 2.0;
        let denominator = coefficient * d + b;
        d = 1.0 / if denominator.abs() < 1e-300 { 1e-300 } else { denominator };
        c = b + coefficient / c;
        if c.abs() < 1e-300 {
            c = 1e-300;
        }
        value *= d * c;
        if (d * c - 1.0).abs() < 1e-15 {
            break;
        }
    }
    ln_front + value.ln()
}

fn upper_quantile(p: f64, lower_bound: f64, ln_survival: impl Fn(f64) -> f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    upper_quantile_from_ln(p.ln(), lower_bound, ln_survival)
}

/// Inverts a falling ln-survival function by doubling a bracket and then halving it, which needs no derivative and
/// cannot leave the bracket.
fn upper_quantile_from_ln(ln_p: f64, lower_bound: f64, ln_survival: impl Fn(f64) -> f64) -> f64 {
    if ln_p.is_nan() || ln_survival(1.0).is_nan() {
        return f64::NAN;
    }
    if ln_p == f64::NEG_INFINITY {
        return f64::INFINITY;
    }
    if ln_p >= 0.0 {
        return lower_bound;
    }
    let is_positive = lower_bound == 0.0 || ln_survival(0.0) >= ln_p;
    let (mut low, mut high) = if is_positive { (0.0, 1.0) } else { (-1.0, 0.0) };
    while ln_survival(high) > ln_p && high < 1e300 {
        low = high;
        high *= 2.0;
    }
    while low < 0.0 && ln_survival(low) < ln_p && low > -1e300 {
        high = low;
        low *= 2.0;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if ln_survival(middle) > ln_p { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
