//! A bend: the slope changes and stays changed, without a jump.

use crate::autocorrelation::{Autoregression, Removed, corrected_coefficient, default_max_order};
use crate::distribution::{f_ln_survival, ln_family_wise, score_from_ln_p};
use crate::robust;

/// A change of slope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bend {
    /// The slot from which on the new slope holds.
    pub slot: usize,
    /// The interval of that slot, 95 %: earliest …
    pub low: usize,
    /// … and latest.
    pub high: usize,
    /// The value of both lines at `slot`.
    pub level: f64,
    /// The slope before, per slot, and after.
    pub before: f64,
    /// The slope after, per slot.
    pub after: f64,
    /// The first and the last slot with a value.
    pub start: usize,
    /// The last one.
    pub end: usize,
    /// The probability that noise about one straight line bends so far anywhere.
    pub p: f64,
    /// √(ln p / ln α); 1.0 is the threshold.
    pub score: f64,
}

impl Bend {
    /// The height of the two lines at a slot.
    pub fn value_at(&self, slot: f64) -> f64 {
        let from = slot - self.slot as f64;
        self.level + from * if from < 0.0 { self.before } else { self.after }
    }
}

/// The most blocks whose medians are fitted.
const MOST_BLOCKS: usize = 256;
/// The least share of the series on either side of a bend.
const SHORTEST_SHARE: f64 = 0.05;
/// Where a likelihood ratio for the date of a change leaves its 95 % interval (Hansen 2000, table 1).
const DATE_CRITICAL: f64 = 7.35;

/// The best two lines that meet, by least squares through the medians of at most 256 equal blocks; `None` with fewer than 20
/// blocks with values, or where a straight line leaves nothing.
///
/// Every border between two blocks is tried as the bend, but for a twentieth of the series at either end. The test is that of
/// the regression with and without the bend: F with 2 degrees of freedom (the slope and its date) and n (1 − φ)/(1 + φ) − 4,
/// n the number of blocks and φ the memory that an autoregression of what the lines leave implies, times the number of
/// borders tried. Missing values are left out.
pub fn bend(values: &[f64], alpha: f64) -> Option<Bend> {
    let length = values.len().div_ceil(MOST_BLOCKS).max(1);
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for (block, inside) in values.chunks(length).enumerate() {
        if let Some(median) = robust::median(inside) {
            x.push((block * length) as f64 + (inside.len() as f64 - 1.0) / 2.0);
            y.push(median);
        }
    }
    if x.len() < FEWEST_BLOCKS {
        return None;
    }
    let fits = Fits::of(&x, &y);
    let straight = fits.squares_of_line();
    let edge = ((x.len() as f64 * SHORTEST_SHARE) as usize).max(3);
    let tried: Vec<(usize, f64)> =
        (edge..x.len() - edge).filter_map(|border| Some((border, fits.at(border)?.squares))).collect();
    let &(border, squares) = tried.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    if straight <= 0.0 || squares >= straight {
        return None;
    }
    let best = fits.at(border)?;
    let knot = *x.get(border)?;
    let rest: Vec<f64> = x.iter().zip(&y).map(|(x, y)| y - best.value_at(*x, knot)).collect();
    let floor = (1e-9 * straight).max(f64::MIN_POSITIVE);
    // What is left of nothing is rounding, whose memory means nothing.
    let persistence = match Autoregression::fit(&rest, default_max_order(rest.len())) {
        Some(model) if squares > floor => {
            corrected_coefficient(model.persistence(), rest.len(), Removed::Line).clamp(0.0, 0.99)
        }
        _ => 0.0,
    };
    let count = x.len() as f64 * (1.0 - persistence) / (1.0 + persistence);
    let ln_p = if count > 6.0 {
        let f = (straight - squares) / 2.0 / (squares.max(floor) / (count - 4.0)) * count / x.len() as f64;
        ln_family_wise(f_ln_survival(f, 2.0, count - 4.0), tried.len() as f64)
    } else {
        0.0
    };
    // By how much the squares may grow until the likelihood ratio leaves its interval.
    let near = squares.max(floor) * (DATE_CRITICAL / count.max(1.0)).exp();
    let slot = |border: usize| x.get(border).map_or(0, |x| x.round() as usize);
    let within = |one: &&(usize, f64)| one.1 <= near;
    Some(Bend {
        slot: slot(border),
        low: slot(tried.iter().find(within)?.0),
        high: slot(tried.iter().rev().find(within)?.0),
        level: best.value_at(knot.round(), knot),
        before: best.slope,
        after: best.slope + best.turn,
        start: values.iter().position(|value| value.is_finite())?,
        end: values.iter().rposition(|value| value.is_finite())?,
        p: ln_p.exp(),
        score: score_from_ln_p(ln_p, alpha),
    })
}

/// Fewest blocks.
const FEWEST_BLOCKS: usize = 20;

/// Two lines that meet: level + slope (x − x₀) + turn (x − knot)₊, and the squares that they leave.
struct Fit {
    origin: f64,
    level: f64,
    slope: f64,
    turn: f64,
    squares: f64,
}

impl Fit {
    fn value_at(&self, x: f64, knot: f64) -> f64 {
        self.level + self.slope * (x - self.origin) + self.turn * (x - knot).max(0.0)
    }
}

/// Sums from each block to the last, with x and y about their means.
struct Fits {
    origin: f64,
    mean: f64,
    x: Vec<f64>,
    /// n, Σx, Σx², Σy, Σxy.
    tails: Vec<[f64; 5]>,
    yy: f64,
}

impl Fits {
    fn of(x: &[f64], y: &[f64]) -> Self {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (origin, mean) = (mean(x), mean(y));
        let x: Vec<f64> = x.iter().map(|x| x - origin).collect();
        let mut tails = vec![[0.0; 5]; x.len()];
        let (mut sums, mut yy) = ([0.0; 5], 0.0);
        for ((tail, x), y) in tails.iter_mut().zip(&x).zip(y).rev() {
            let y = y - mean;
            for (sum, term) in sums.iter_mut().zip([1.0, *x, x * x, y, x * y]) {
                *sum += term;
            }
            yy += y * y;
            *tail = sums;
        }
        Self { origin, mean, x, tails, yy }
    }

    fn squares_of_line(&self) -> f64 {
        let [_, _, xx, _, xy] = self.tails.first().copied().unwrap_or_default();
        if xx > 0.0 { (self.yy - xy * xy / xx).max(0.0) } else { self.yy }
    }

    /// With the bend at the `border`-th block. The level and the slope are swept out of the turn's regressor first.
    fn at(&self, border: usize) -> Option<Fit> {
        let [n, _, xx, _, xy] = *self.tails.first()?;
        let [n_tail, x_tail, xx_tail, y_tail, xy_tail] = *self.tails.get(border)?;
        let knot = *self.x.get(border)?;
        // Sums of h = (x − knot)₊, and of its products.
        let h = x_tail - n_tail * knot;
        let hh = xx_tail - 2.0 * knot * x_tail + n_tail * knot * knot;
        let hx = xx_tail - knot * x_tail;
        let hy = xy_tail - knot * y_tail;
        let own = hh - h * h / n - hx * hx / xx;
        if xx <= 0.0 || own <= 1e-12 * hh {
            return None;
        }
        let turn = (hy - hx * xy / xx) / own;
        let slope = (xy - turn * hx) / xx;
        let squares = (self.squares_of_line() - turn * turn * own).max(0.0);
        Some(Fit { origin: self.origin, level: self.mean - turn * h / n, slope, turn, squares })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::test_noise::noise;
    use super::*;

    #[test]
    fn two_lines_that_meet_are_found_exactly() {
        let values: Vec<f64> =
            (0..200).map(|t| 5.0 + 0.1 * f64::from(t) + if t > 120 { 0.4 * f64::from(t - 120) } else { 0.0 }).collect();
        let found = bend(&values, 1e-4).unwrap();
        assert_eq!((found.slot, found.low, found.high, found.start, found.end), (120, 120, 120, 0, 199));
        assert!((found.before - 0.1).abs() < 1e-9 && (found.after - 0.5).abs() < 1e-9 && found.score > 5.0);
        assert!(values.iter().enumerate().all(|(t, value)| (found.value_at(t as f64) - value).abs() < 1e-8));
    }

    #[test]
    fn a_bend_in_noise_is_dated_and_its_interval_holds_the_date() {
        let mut held = 0;
        for seed in 0..100 {
            let mut values = noise(1_440, 1_000 + seed);
            (900..1_440).for_each(|t| values[t] += 0.01 * (t - 900) as f64);
            let found = bend(&values, 1e-4).unwrap();
            assert!(found.score > 1.0 && found.slot.abs_diff(900) < 120, "{found:?}");
            held += usize::from((found.low..=found.high).contains(&900));
        }
        assert!(held >= 90, "{held} of 100");
    }

    #[test]
    fn noise_about_a_line_does_not_bend() {
        let alpha = 0.01;
        let bends = |phi: f64| {
            (0..400)
                .filter(|seed| {
                    let mut state = 0.0;
                    let values: Vec<f64> = noise(600, 5_000 + seed)
                        .iter()
                        .enumerate()
                        .map(|(t, value)| {
                            state = phi * state + value;
                            state + 0.01 * t as f64
                        })
                        .collect();
                    bend(&values, alpha).is_some_and(|found| found.score >= 1.0)
                })
                .count()
        };
        assert!(bends(0.0) <= 9 && bends(0.9) <= 12, "{} {}", bends(0.0), bends(0.9));
    }

    #[test]
    fn nothing_bends_nowhere() {
        for values in [vec![], vec![1.0; 10], vec![2.0; 500], vec![f64::NAN; 500]] {
            assert_eq!(bend(&values, 0.01), None);
        }
    }
}
