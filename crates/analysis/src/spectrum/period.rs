//! How a known period goes on: how regular it is, and whether it comes later and later.

use std::f64::consts::TAU;

use rustfft::num_complex::Complex;

use super::gaps::bridge;
use crate::distribution::{student_t_survival, student_t_upper_quantile};
use crate::robust;

/// Most blocks that a series is divided into, and fewest that say something.
const MOST_BLOCKS: usize = 64;
const FEWEST_BLOCKS: usize = 5;

/// How a period goes on through the data.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodCourse {
    /// Coherence of the phase over time, 0 (anywhere in the cycle) to 1 (always at the same place of the cycle, or
    /// of one that drifts evenly).
    pub regularity: f64,
    /// The drift against the period that was asked for; `None` where the phase is too irregular to be followed.
    pub drift: Option<Drift>,
    /// The blocks of whole cycles that were looked at, in order.
    pub blocks: Vec<BlockDelay>,
    /// Whole cycles in a block.
    pub cycles_per_block: usize,
}

/// By how much each cycle comes later than the one before (negative: earlier), against the period that was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// Steps per cycle.
    pub per_cycle: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end of its 95 % interval.
    pub high: f64,
    /// Two-sided chance of such a drift where the period is exactly the one asked for.
    pub p: f64,
    /// Scatter (standard deviation) of the blocks' delays about the drift, in steps.
    pub jitter: f64,
}

/// The delay of one block of cycles.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockDelay {
    /// Middle of the block, in steps from the start of the data.
    pub step: f64,
    /// How much later than on average, in steps; within half a period, save for the drift.
    pub delay: f64,
}

/// Follows a period (in steps) through a series: how regular it is, and whether it drifts.
///
/// The series, less its running mean over one period, is cut into up to 64 blocks of whole cycles. In each the first
/// harmonics of the period (up to eight) are compared with the mean of the other blocks: `regularity` is the mean cosine
/// of the angle between them. The delay of a block is where its harmonics fit those of all best; `drift` is the
/// least-squares slope of the delays, with Student's t and a variance raised where delays depend on the one before. A
/// drift of up to one period over the whole data is followed.
///
/// A short job in a long period is nearly nothing in the first harmonics. So, where the mean cycle stands out in a
/// window shorter than a quarter of it, the same is done with the harmonics of that window alone, and returned if that
/// halves the scatter.
///
/// Missing values: gaps up to 3 steps are bridged; blocks with under three quarters of their values are left out.
/// `None` with a period under 4 steps, under five blocks, or no variation.
pub fn period_course(values: &[f64], period: f64) -> Option<PeriodCourse> {
    let cycles = values.len() as f64 / period;
    if !(period >= 4.0 && cycles >= FEWEST_BLOCKS as f64) {
        return None;
    }
    let filled = bridge(values, 3);
    let rest = less_running_mean(&filled, period.round() as usize);
    // Enough steps in a block for its harmonics to be apart from their neighbours.
    let longer = (16.0 / period).ceil().min((cycles / (2 * FEWEST_BLOCKS) as f64).floor());
    let cycles_per_block = ((cycles / MOST_BLOCKS as f64).ceil().max(longer) as usize).max(1);
    let follow = |window: Window| course(blocks(&rest, period, cycles_per_block, window), window.len, period, &rest);
    let whole = follow(Window { from: 0.0, len: period });
    let part = active_window(&rest, period).and_then(follow);
    let found = match (whole, part) {
        (Some(whole), Some(part)) => {
            let scatter = |course: &PeriodCourse| course.drift.map_or(f64::INFINITY, |drift| drift.jitter);
            Some(if scatter(&part) < 0.5 * scatter(&whole) { part } else { whole })
        }
        (whole, part) => whole.or(part),
    };
    found.map(|course| PeriodCourse { cycles_per_block, ..course })
}

/// Part of a cycle, in steps.
#[derive(Clone, Copy)]
struct Window {
    from: f64,
    len: f64,
}

/// The part of the cycle, under a quarter of it, in which the mean cycle stands out most.
fn active_window(rest: &[f64], period: f64) -> Option<Window> {
    let places = period.round() as usize;
    let scale = robust::mad(rest).filter(|mad| *mad > 0.0).map_or(0.0, |mad| robust::MAD_TO_SIGMA * mad);
    if places < 64 {
        return None;
    }
    let mut sums = vec![(0.0, 0.0); places];
    // Clipped, so that one event does not make a cycle; without noise there is nothing to clip at.
    let limit = if scale > 0.0 { 4.0 * scale } else { f64::INFINITY };
    for (t, value) in rest.iter().enumerate().filter(|(_, v)| v.is_finite()) {
        let place = ((t as f64 / period).fract() * places as f64) as usize;
        if let Some((sum, count)) = sums.get_mut(place) {
            *sum += value.clamp(-limit, limit);
            *count += 1.0;
        }
    }
    let squares: Vec<f64> = sums.iter().map(|(sum, count)| sum * sum / f64::max(*count, 1.0)).collect();
    let unit = if scale > 0.0 { scale * scale } else { squares.iter().sum::<f64>() / places as f64 };
    let mut best = (8.0, None);
    let mut len = 16;
    while 4 * len <= places {
        let around = |place: usize| squares[place % places] / unit;
        let mut sum: f64 = (0..len).map(around).sum();
        for from in 0..places {
            // How far the mean cycle is from none, in standard deviations of a χ² sum.
            let excess = (sum - len as f64) / (2.0 * len as f64).sqrt();
            if excess > best.0 {
                best = (excess, Some((from, len)));
            }
            sum += around(from + len) - around(from);
        }
        len *= 2;
    }
    // With room on both sides, so that the window holds what comes earlier or later.
    let (from, len) = best.1?;
    let room = (len / 2) as f64;
    Some(Window { from: (from as f64 - room).rem_euclid(period), len: 2.0 * len as f64 })
}

/// The harmonics of a window of every cycle, over blocks of so many cycles.
fn blocks(rest: &[f64], period: f64, cycles_per_block: usize, window: Window) -> Vec<Block> {
    let count = ((0.45 * window.len) as usize).clamp(1, 8);
    let mut found = Vec::new();
    let mut cycle = 0;
    let start_of = |cycle: usize| cycle as f64 * period + window.from;
    while start_of(cycle + cycles_per_block - 1) + window.len <= rest.len() as f64 + 1e-6 {
        let mut sums = vec![Complex::new(0.0, 0.0); count];
        let (mut present, mut length) = (0, 0);
        for one in cycle..cycle + cycles_per_block {
            let origin = start_of(one);
            let (from, to) = (origin.round() as usize, ((origin + window.len).round() as usize).min(rest.len()));
            let part = rest.get(from..to).unwrap_or_default();
            present += part.iter().filter(|v| v.is_finite()).count();
            length += part.len();
            for (h, sum) in sums.iter_mut().enumerate() {
                *sum += harmonic(part, from as f64 - origin, (h + 1) as f64 / window.len);
            }
        }
        if 4 * present >= 3 * length && sums.iter().any(|sum| sum.norm_sqr() > 0.0) {
            found.push(Block {
                step: start_of(cycle) + 0.5 * ((cycles_per_block - 1) as f64 * period + window.len),
                harmonics: sums,
            });
        }
        cycle += cycles_per_block;
    }
    found
}

/// The course by the blocks' harmonics, which repeat after `unit` steps.
fn course(mut blocks: Vec<Block>, unit: f64, period: f64, rest: &[f64]) -> Option<PeriodCourse> {
    if blocks.len() < FEWEST_BLOCKS {
        return None;
    }
    let mut slope = coarse_drift(&blocks, unit, rest.len() as f64);
    for block in &mut blocks {
        block.advance(slope * block.step, unit);
    }
    let mut template = Template::of(&blocks);
    if !template.is_coherent && slope != 0.0 {
        // The best of several slopes through noise looks more regular than it is.
        for block in &mut blocks {
            block.advance(-slope * block.step, unit);
        }
        slope = 0.0;
        template = Template::of(&blocks);
    }
    let regularity = template.agreement(&blocks).clamp(0.0, 1.0);
    let delays: Vec<BlockDelay> = blocks
        .iter()
        .map(|block| BlockDelay {
            step: block.step,
            delay: template.delay(block, blocks.len(), unit) + slope * block.step,
        })
        .collect();
    let drift = if template.is_coherent { drift(&delays, period) } else { None };
    let mean = delays.iter().map(|d| d.delay).sum::<f64>() / delays.len() as f64;
    let blocks = delays.into_iter().map(|d| BlockDelay { delay: d.delay - mean, ..d }).collect();
    Some(PeriodCourse { regularity, drift, blocks, cycles_per_block: 1 })
}

struct Block {
    step: f64,
    harmonics: Vec<Complex<f64>>,
}

impl Block {
    /// Takes a delay (in steps) out of the harmonics.
    fn advance(&mut self, delay: f64, period: f64) {
        for (h, value) in self.harmonics.iter_mut().enumerate() {
            *value *= turn(h, delay, period);
        }
    }
}

/// What advancing by `delay` does to the harmonic at place `index` (0 for the fundamental).
fn turn(index: usize, delay: f64, period: f64) -> Complex<f64> {
    let (sin, cos) = (TAU * (index + 1) as f64 * delay / period).sin_cos();
    Complex::new(cos, sin)
}

/// Sum of value · e^{−2πift} over the present values, t from `first`. Not tapered: a taper that stays where it is makes
/// what moves under it seem to move less.
fn harmonic(part: &[f64], first: f64, frequency: f64) -> Complex<f64> {
    let mut sum = Complex::new(0.0, 0.0);
    let angle = TAU * frequency * first;
    let mut phasor = Complex::new(angle.cos(), -angle.sin());
    let step = Complex::new((TAU * frequency).cos(), -(TAU * frequency).sin());
    for value in part {
        if value.is_finite() {
            sum += phasor * *value;
        }
        phasor *= step;
    }
    sum
}

/// What is left when the mean over one period around each value is taken off; at the ends, over the first and last period.
fn less_running_mean(values: &[f64], period: usize) -> Vec<f64> {
    let width = period.clamp(1, values.len().max(1));
    let origin = values.iter().copied().find(|v| v.is_finite()).unwrap_or(0.0);
    let mut sums = Vec::with_capacity(values.len() + 1);
    let (mut sum, mut count) = (0.0, 0.0);
    sums.push((sum, count));
    for value in values {
        if value.is_finite() {
            sum += value - origin;
            count += 1.0;
        }
        sums.push((sum, count));
    }
    values
        .iter()
        .enumerate()
        .map(|(t, value)| {
            let from = t.saturating_sub(width / 2).min(values.len() - width);
            let (low, high) = (sums[from], sums[from + width]);
            value - origin - (high.0 - low.0) / f64::max(high.1 - low.1, 1.0)
        })
        .collect()
}

/// The even drift (steps a step) under which the blocks agree best, in quarters of a cycle over the whole data: near
/// enough for the delays to be told without a whole cycle between them.
fn coarse_drift(blocks: &[Block], period: f64, span: f64) -> f64 {
    let mut best = (f64::NEG_INFINITY, 0.0);
    for quarter in [0, 1, -1, 2, -2, 3, -3, 4, -4] {
        let slope = f64::from(quarter) * 0.25 * period / span;
        let width = blocks.first().map_or(0, |block| block.harmonics.len());
        let agreement: f64 = (0..width)
            .map(|h| {
                let (mut sum, mut power) = (Complex::new(0.0, 0.0), 0.0);
                for block in blocks {
                    sum += block.harmonics[h] * turn(h, slope * block.step, period);
                    power += block.harmonics[h].norm_sqr();
                }
                if power > 0.0 { sum.norm_sqr() / power } else { 0.0 }
            })
            .sum();
        if agreement > best.0 * (1.0 + 1e-9) {
            best = (agreement, slope);
        }
    }
    best.1
}

/// The mean harmonics of all blocks, and how well each is known.
struct Template {
    mean: Vec<Complex<f64>>,
    weights: Vec<f64>,
    is_coherent: bool,
}

impl Template {
    fn of(blocks: &[Block]) -> Self {
        let count = blocks.len() as f64;
        let width = blocks.first().map_or(0, |block| block.harmonics.len());
        let mut template = Self { mean: vec![], weights: vec![], is_coherent: false };
        for h in 0..width {
            let mean = blocks.iter().map(|block| block.harmonics[h]).sum::<Complex<f64>>() / count;
            let scatter =
                blocks.iter().map(|block| (block.harmonics[h] - mean).norm_sqr()).sum::<f64>() / (count - 1.0);
            let power = blocks.iter().map(|block| block.harmonics[h].norm_sqr()).sum::<f64>() / count;
            // An F ratio with 2 and 2(n − 1) degrees of freedom, at 0.1 % for the slopes and harmonics tried.
            let f = count * mean.norm_sqr() / scatter.max(1e-300);
            let p = (-(count - 1.0) * (f / (count - 1.0)).ln_1p()).exp();
            template.is_coherent |= p < 1e-3 / width as f64;
            template.mean.push(mean);
            template.weights.push(1.0 / (scatter + 1e-9 * power).max(1e-300));
        }
        template
    }

    /// Mean cosine of the angle between each block and the mean of the others.
    fn agreement(&self, blocks: &[Block]) -> f64 {
        let count = blocks.len() as f64;
        let cosines = blocks.iter().map(|block| {
            let mut sum = Complex::new(0.0, 0.0);
            for (value, (mean, weight)) in block.harmonics.iter().zip(self.mean.iter().zip(&self.weights)) {
                let others = (mean * count - value) / (count - 1.0);
                sum += others.conj() * value * *weight;
            }
            if sum.norm() > 0.0 { sum.re / sum.norm() } else { 0.0 }
        });
        cosines.sum::<f64>() / count
    }

    /// By how much a block is later than the mean of the others, in steps within half a period.
    fn delay(&self, block: &Block, blocks: usize, period: f64) -> f64 {
        let count = blocks as f64;
        let products: Vec<Complex<f64>> = block
            .harmonics
            .iter()
            .zip(self.mean.iter().zip(&self.weights))
            .map(|(value, (mean, weight))| ((mean * count - value) / (count - 1.0)).conj() * value * *weight)
            .collect();
        let fit = |delay: f64| {
            products.iter().enumerate().map(|(h, product)| (product * turn(h, delay, period)).re).sum::<f64>()
        };
        let points = 8 * products.len();
        let spacing = period / points as f64;
        let mut best = (f64::NEG_INFINITY, 0.0);
        for point in 0..points {
            let delay = (point as f64 - 0.5 * points as f64) * spacing;
            let value = fit(delay);
            if value > best.0 {
                best = (value, delay);
            }
        }
        let (mut low, mut high) = (best.1 - spacing, best.1 + spacing);
        // By the sign of the slope: about its top the fit itself tells half of the digits only.
        let slope = |delay: f64| {
            let terms = products.iter().enumerate();
            -terms.map(|(h, product)| (h + 1) as f64 * (product * turn(h, delay, period)).im).sum::<f64>()
        };
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if slope(middle) > 0.0 { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }
}

/// The slope of the delays with Student's t; its variance is raised where neighbouring delays go together.
fn drift(delays: &[BlockDelay], period: f64) -> Option<Drift> {
    let count = delays.len() as f64;
    let middle = delays.iter().map(|d| d.step).sum::<f64>() / count;
    let mean = delays.iter().map(|d| d.delay).sum::<f64>() / count;
    let (mut squares, mut product) = (0.0, 0.0);
    for d in delays {
        squares += (d.step - middle) * (d.step - middle);
        product += (d.step - middle) * (d.delay - mean);
    }
    let slope = product / squares;
    let residuals: Vec<f64> = delays.iter().map(|d| d.delay - mean - slope * (d.step - middle)).collect();
    let scatter: f64 = residuals.iter().map(|r| r * r).sum();
    let neighbours: f64 = residuals.iter().zip(residuals.iter().skip(1)).map(|(a, b)| a * b).sum();
    let correlation = if scatter > 0.0 { neighbours / scatter } else { 0.0 };
    let mut variance = scatter / (count - 2.0) / squares;
    let mut freedom = count - 2.0;
    // The residuals of a line are anticorrelated by about 2/n. Delays that go on from the one before are a random walk
    // (of a job that starts some time after it ended), whose slope varies by 6/5 of a step's variance over n.
    if correlation + 2.0 / count > 1.0 / count.sqrt() {
        let apart = (delays.last()?.step - delays.first()?.step) / (count - 1.0);
        let differences: f64 =
            residuals.iter().zip(residuals.iter().skip(1)).map(|(a, b)| (b - a) * (b - a)).sum::<f64>() / (count - 1.0);
        variance = variance.max(1.2 * differences / (count * apart * apart));
        freedom = (0.5 * freedom).max(2.0);
    }
    // What the numbers themselves resolve.
    let error = variance.sqrt().max(1e-12);
    let half = student_t_upper_quantile(0.025, freedom) * error;
    let p = (2.0 * student_t_survival((slope / error).abs(), freedom)).min(1.0);
    let drift = Drift {
        per_cycle: slope * period,
        low: (slope - half) * period,
        high: (slope + half) * period,
        p,
        jitter: (scatter / (count - 2.0)).sqrt(),
    };
    (drift.per_cycle.is_finite() && drift.high.is_finite()).then_some(drift)
}
