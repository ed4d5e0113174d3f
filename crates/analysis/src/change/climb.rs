//! Climbs: a series that stood still begins to drift, to the end of the data or until it breaks off, as a leak does until its
//! restart.

use super::trend::{Trend, TrendOptions, trend_with_ln_p};
use crate::autocorrelation::{Autoregression, Removed, corrected_coefficient, default_max_order};
use crate::distribution::{ln_family_wise, score_from_ln_p, student_t_ln_survival};
use crate::moments::Moments;
use crate::robust;
use std::f64::consts::LN_2;

/// The most blocks whose medians are fitted.
const MOST_BLOCKS: usize = 256;
/// The fewest blocks of a climb, and of a stretch that stands still.
const FEWEST_BLOCKS: usize = 12;
/// The fewest values of a climb.
const FEWEST_VALUES: usize = 24;
/// A series breaks off where its blocks jump by this share of the range of them all, and so many times the usual difference …
const BREAK_SHARE: f64 = 0.3;
const BREAK_SPREADS: f64 = 10.0;
/// … and more breaks than this are the series' way.
const MOST_BREAKS: usize = 6;
/// A climb leads at least so many spreads of what it leaves away …
const LEAST_CHANGE: f64 = 6.0;
/// … and is steady: Kendall's τ of at least this much.
const LEAST_TAU: f64 = 0.7;
/// A climb leaves at most this part of the squares about the mean.
const MOST_LEFT: f64 = 0.5;
/// At least this share of the series stands still before the first climb.
const STILL_SHARE: f64 = 0.1;

/// The climbs of a series, in order of time; nothing unless it stood still, for a tenth of the series at least, before the
/// first. Slots are the unit of time, and `start` is where a climb begins.
///
/// The series, as medians of at most 256 equal blocks, is cut where it breaks off (a jump by 0.3 of the range of the blocks and ten
/// spreads of their differences; with more than six it is no climb that breaks off). Each part is fitted by a level that turns into
/// a line at some block, or is a line from its first block on, whichever leaves the least squares. The line counts as a
/// climb if its slope keeps `alpha` over all places and parts where it was looked for, as a [trend](super::trend::trend) by itself or
/// in the noise of the stretch that stood still, whichever speaks, if it leads six spreads of what it leaves and of that stretch away,
/// and if τ is 0.7 at least. Missing values are left out.
pub fn climbs(values: &[f64], alpha: f64) -> Vec<Trend> {
    let length = values.len().div_ceil(MOST_BLOCKS).max(1);
    let blocks: Vec<f64> = values.chunks(length).map(|inside| robust::median(inside).unwrap_or(f64::NAN)).collect();
    let Some(cuts) = breaks(&blocks) else { return Vec::new() };
    let mut ends: Vec<usize> =
        cuts.iter().map(|block| break_slot(values, *block, length)).chain([values.len()]).collect();
    order::sort(&mut ends);
    let mut found: Vec<Trend> = Vec::new();
    // Where the series stood still before its first climb: what precedes it in its part or, of a line from the first block on,
    // the part before.
    let (mut start, mut still) = (0, 0..0);
    for end in ends.iter().copied() {
        let part = start..end;
        start = end;
        // A block that lies on both sides of a break is like neither.
        let first_block = part.start.div_ceil(length);
        let last_block = if end == values.len() { blocks.len() } else { end / length };
        let Some(turn) = blocks.get(first_block..last_block).and_then(turn) else {
            if found.is_empty() {
                still = part;
            }
            continue;
        };
        let first = if turn.block > 0 { (first_block + turn.block) * length } else { part.start };
        if found.is_empty() && turn.block > 0 {
            still = part.start..first;
        }
        let (Some(before), Some(inside)) = (values.get(still.clone()), values.get(first..end)) else { continue };
        if inside.iter().filter(|value| value.is_finite()).count() < FEWEST_VALUES {
            continue;
        }
        let Some((line, ln_p)) = trend_with_ln_p(inside, &TrendOptions { alpha, ..TrendOptions::default() }) else {
            continue;
        };
        // Two tests, either of which may speak.
        let ln_p = ln_p.min(ln_p_beside(before, inside, line.slope)) + LN_2;
        let ln_p = ln_family_wise(ln_p, (turn.tried * ends.len()) as f64);
        let score = score_from_ln_p(ln_p, alpha);
        let rest: Vec<f64> =
            inside.iter().enumerate().map(|(slot, value)| value - line.value_at(slot as f64)).collect();
        let least = |values: &[f64]| LEAST_CHANGE * robust::spread(values).unwrap_or(f64::INFINITY);
        let leads = line.change().abs() >= least(&rest).max(least(before));
        if score >= 1.0 && leads && line.kendall_tau.abs() >= LEAST_TAU {
            found.push(Trend {
                start: line.start + first,
                end: line.end + first,
                intercept: line.intercept - line.slope * first as f64,
                p: ln_p.exp(),
                score,
                ..line
            });
        } else if found.is_empty() {
            still = 0..0;
        }
    }
    if (still.len() as f64) < STILL_SHARE * values.len() as f64 { Vec::new() } else { found }
}

/// ln of the two-sided p-value of a slope in the noise of a stretch that stood still: Student's t of the slope over its standard
/// error, the variance of that stretch times the inflation that an autoregression of it implies.
fn ln_p_beside(still: &[f64], inside: &[f64], slope: f64) -> f64 {
    let count = robust::finite(still).len();
    let Some(variance) = robust::variance(still) else { return 0.0 };
    let inflation = Autoregression::fit(still, default_max_order(count)).map_or(1.0, |model| {
        model.variance_inflation(corrected_coefficient(model.persistence(), count, Removed::Mean)).max(1.0)
    });
    // As for a trend: the variance is an estimate itself.
    let freedom = 0.4 * count as f64 / inflation - 1.0;
    if freedom < 1.0 {
        return 0.0;
    }
    let error = (variance * inflation / Moments::of_series(inside).xx).sqrt().max(LEAST_ERROR * slope.abs());
    (student_t_ln_survival(slope.abs() / error, freedom) + LN_2).min(0.0)
}

/// No slope is known better than by this share of it.
const LEAST_ERROR: f64 = 1e-9;

/// The blocks at which the series breaks off, in order; `None` where nothing varies or too many do.
fn breaks(blocks: &[f64]) -> Option<Vec<usize>> {
    let present = robust::finite(blocks);
    let (low, high) = present
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)));
    // A break may lie within a block: the blocks on both of its sides are compared.
    let jumps: Vec<f64> = (0..blocks.len().saturating_sub(2)).map(|at| blocks[at + 2] - blocks[at]).collect();
    let least = (BREAK_SHARE * (high - low)).max(BREAK_SPREADS * robust::spread(&jumps)?);
    if high <= low {
        return None;
    }
    let mut found: Vec<usize> = Vec::new();
    let size = |at: usize| jumps.get(at).map_or(0.0, |jump| jump.abs());
    for at in 0..jumps.len() {
        let is_largest_near = size(at) >= size(at.wrapping_sub(1)) && size(at) > size(at + 1);
        if size(at) >= least && is_largest_near {
            found.push(at + 1);
        }
    }
    (found.len() <= MOST_BREAKS).then_some(found)
}

/// The first slot behind the break that block `block` is nearest to.
fn break_slot(values: &[f64], block: usize, length: usize) -> usize {
    let near = (block - 1) * length..((block + 2) * length).min(values.len());
    let jump = |slot: &usize| (values[*slot] - values[slot - 1]).abs();
    let present = near.skip(1).filter(|slot| jump(slot).is_finite());
    present.max_by(|a, b| jump(a).total_cmp(&jump(b))).unwrap_or(block * length)
}

/// A level that turns into a line.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Turn {
    /// The block at which the line begins.
    block: usize,
    /// How many blocks were tried.
    tried: usize,
    /// The squares left.
    squares: f64,
}

/// The turn of least squares; `None` with too few blocks, or where it leaves more than half of the squares.
fn turn(blocks: &[f64]) -> Option<Turn> {
    let last = blocks.len().checked_sub(FEWEST_BLOCKS)?;
    let mean = robust::mean(blocks)?;
    let present = robust::finite(blocks);
    let count = present.len() as f64;
    let yy: f64 = present.iter().map(|value| (value - mean) * (value - mean)).sum();
    // Sums over the blocks from each on: how many, Σx, Σx², Σy, Σxy; x is the block, y the value about the mean of all.
    let mut sums = [0.0; 5];
    let mut best: Option<Turn> = None;
    for (block, value) in blocks.iter().enumerate().rev() {
        let (x, y) = (block as f64, value - mean);
        if y.is_finite() {
            for (sum, term) in sums.iter_mut().zip([1.0, x, x * x, y, x * y]) {
                *sum += term;
            }
        }
        if block > last {
            continue;
        }
        // Sums of h = (x − block)₊ and of its products, about the means of all.
        let [n, x_tail, xx_tail, y_tail, xy_tail] = sums;
        let h = x_tail - n * x;
        let hh = xx_tail - 2.0 * x * x_tail + n * x * x - h * h / count;
        let hy = xy_tail - x * y_tail;
        let squares = if hh > 0.0 { (yy - hy * hy / hh).max(0.0) } else { yy };
        if best.is_none_or(|best| squares <= best.squares) {
            best = Some(Turn { block, tried: last + 1, squares });
        }
    }
    best.filter(|best| best.squares <= MOST_LEFT * yy)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::test_noise::noise;
    use super::*;

    const ALPHA: f64 = 1e-4;

    /// White noise of 5 about 1,000, which climbs by `per_slot` from slot `from` on.
    fn climbing(len: usize, from: usize, per_slot: f64, seed: u64) -> Vec<f64> {
        let climb = |slot: usize| per_slot * slot.saturating_sub(from) as f64;
        noise(len, seed).iter().enumerate().map(|(slot, noise)| 1_000.0 + 5.0 * noise + climb(slot)).collect()
    }

    #[test]
    fn a_leak_is_found_to_its_restart_and_again() {
        // It begins at 500, restarts at 1100, and goes on.
        let mut values = climbing(1_440, 500, 2.0, 3);
        values[1_100..].iter_mut().for_each(|value| *value -= 1_200.0);
        let found = climbs(&values, ALPHA);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].start.abs_diff(500) <= 12 && found[0].end == 1_099, "{found:?}");
        assert!(found[1].start.abs_diff(1_100) <= 6 && found[1].end == 1_439, "{found:?}");
        assert!(found.iter().all(|line| (line.slope - 2.0).abs() < 0.05), "{found:?}");
        assert!((found[0].value_at(500.0) - 1_000.0).abs() < 20.0, "{found:?}");
        let mirrored: Vec<f64> = values.iter().map(|value| -value).collect();
        let down = climbs(&mirrored, ALPHA);
        assert_eq!((down[0].start, down[0].end, down[0].slope), (found[0].start, found[0].end, -found[0].slope));
    }

    #[test]
    fn a_climb_from_a_step_on_is_found() {
        // A release at slot 500 takes less, and leaks.
        let mut values = climbing(1_000, 500, 2.0, 6);
        values[500..].iter_mut().for_each(|value| *value -= 400.0);
        let found = climbs(&values, ALPHA);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].start.abs_diff(500) <= 8 && found[0].end == 999, "{found:?}");
        let wave = values
            .iter()
            .enumerate()
            .map(|(slot, value)| value + if slot < 500 { 300.0 * (slot as f64 / 40.0).sin() } else { 0.0 });
        assert_eq!(climbs(&wave.collect::<Vec<_>>(), ALPHA), [], "it did not stand still");
    }

    #[test]
    fn a_climb_to_the_end_is_found_with_gaps_in_it() {
        let mut values = climbing(700, 400, 0.5, 5);
        values.iter_mut().skip(3).step_by(4).for_each(|value| *value = f64::NAN);
        values[500..520].iter_mut().for_each(|value| *value = f64::NAN);
        let found = climbs(&values, ALPHA);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].start.abs_diff(400) <= 30 && found[0].end >= 697, "{found:?}");
    }

    #[test]
    fn what_never_stood_still_or_steps_or_is_a_saw_does_not_begin_to_climb() {
        assert_eq!(climbs(&climbing(1_000, 0, 1.0, 7), ALPHA), [], "a drift from the first slot on is a trend");
        let mut stepped = climbing(1_000, 1_000, 0.0, 8);
        stepped[600..].iter_mut().for_each(|value| *value += 500.0);
        assert_eq!(climbs(&stepped, ALPHA), []);
        let saw: Vec<f64> = climbing(1_440, 1_440, 0.0, 9)
            .iter()
            .enumerate()
            .map(|(slot, value)| value + 3.0 * (slot % 144) as f64)
            .collect();
        assert_eq!(climbs(&saw, ALPHA), []);
        let wave: Vec<f64> = climbing(1_440, 1_440, 0.0, 10)
            .iter()
            .enumerate()
            .map(|(slot, value)| value - 100.0 * (slot as f64 / 1_440.0 * std::f64::consts::TAU).cos())
            .collect();
        assert_eq!(climbs(&wave, ALPHA), [], "a day");
    }

    #[derive(serde::Deserialize)]
    struct Case {
        blocks: Vec<Option<f64>>,
        block: usize,
        squares: f64,
    }

    /// Against `reference/climb/make.py`, which solves for every block by itself.
    #[test]
    fn the_turn_is_that_of_least_squares() {
        let cases: Vec<Case> = serde_json::from_str(include_str!("../../reference/climb/reference.json")).unwrap();
        assert_eq!(cases.len(), 8);
        for case in cases {
            let blocks: Vec<f64> = case.blocks.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
            let found = turn(&blocks).unwrap();
            assert_eq!(found.block, case.block);
            assert!((found.squares / case.squares - 1.0).abs() < 1e-9, "{} {}", found.squares, case.squares);
        }
    }

    #[test]
    fn nothing_varies_or_is_there() {
        for values in [vec![], vec![5.0; 400], vec![f64::NAN; 400], vec![1.0, 2.0, 3.0], vec![f64::NAN, 1.0]] {
            assert_eq!(climbs(&values, ALPHA), []);
        }
    }
}
