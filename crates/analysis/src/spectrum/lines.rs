//! Several sinusoids fitted together: amplitudes, phases and frequencies by least squares.

use std::f64::consts::PI;

use rustfft::num_complex::Complex;

use super::sums::{Pattern, Sums};

/// One sinusoid: `cos`·cos(2πf(t − c)) + `sin`·sin(2πf(t − c)) about the middle c of the span.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    pub(super) frequency: f64,
    pub(super) cos: f64,
    pub(super) sin: f64,
    /// Standard error of the frequency for noise of density 1, with the other lines near it fitted as well.
    pub(super) unit_error: f64,
}

impl Line {
    pub(super) fn at(frequency: f64) -> Self {
        Self { frequency, cos: 0.0, sin: 0.0, unit_error: f64::INFINITY }
    }

    pub(super) fn amplitude(&self) -> f64 {
        self.cos.hypot(self.sin)
    }

    /// What turning the phase adds to cosine and sine.
    fn turned(&self) -> [f64; 2] {
        [self.sin, -self.cos]
    }
}

/// Lines beside a straight line, and what they leave of a series.
pub(super) struct Lines<'a> {
    values: &'a [f64],
    present: &'a [bool],
    /// What all sums of the fit are made of; made when there is a line to fit.
    sums: Option<(Sums<2>, Pattern)>,
    /// The straight line, at the middle and what it rises from there to the end.
    trend: [f64; 2],
    pub(super) lines: Vec<Line>,
    /// The values less the lines and the straight line; zero where missing.
    pub(super) residual: Vec<f64>,
}

/// A fit to go back to.
pub(super) struct Kept {
    trend: [f64; 2],
    lines: Vec<Line>,
    residual: Vec<f64>,
}

/// Lines closer than this many resolutions are solved for in one system.
const NEAR: f64 = 6.0;
/// Most rounds of adjusting. Lines beside one another in a short series approach their optimum slowly.
const SWEEPS: usize = 60;
/// Most lines in one system; the gaps between the others are bridged by iteration.
const MOST_NEAR: usize = 8;

impl<'a> Lines<'a> {
    /// No line yet. `values` are detrended, zero where not `present`.
    pub(super) fn new(values: &'a [f64], present: &'a [bool]) -> Self {
        Self { values, present, sums: None, trend: [0.0; 2], lines: Vec::new(), residual: values.to_vec() }
    }

    /// The fit as it is now.
    pub(super) fn keep(&self) -> Kept {
        Kept { trend: self.trend, lines: self.lines.clone(), residual: self.residual.clone() }
    }

    /// Back to a fit before.
    pub(super) fn go_back(&mut self, kept: Kept) {
        (self.trend, self.lines, self.residual) = (kept.trend, kept.lines, kept.residual);
    }

    /// Adjusts all lines to the least squares of all of them together.
    ///
    /// Gauss and Newton's method in blocks: lines that are near one another, with the straight line in the first
    /// block, are solved for together from the residual that all others leave, in turn until nothing moves. What is
    /// reached is the optimum of the whole problem, because every step starts from the residual of the whole.
    ///
    /// No step passes over the values: what it needs are their sums with sinusoids, and those of sinusoids with one another, which
    /// [`Sums`] and [`Pattern`] have for any frequency.
    ///
    /// Ends when no frequency moves by `tolerance` resolutions and no amplitude by that share of itself.
    pub(super) fn refine(&mut self, tolerance: f64) {
        let span = self.residual.len() as f64;
        order::sort_by(&mut self.lines, |a, b| a.frequency.total_cmp(&b.frequency));
        let sums = self.sums.take().unwrap_or_else(|| (Sums::of(self.values), Pattern::of(self.present)));
        for _ in 0..SWEEPS {
            let mut moved = 0.0_f64;
            let mut from = 0;
            while from < self.lines.len() {
                let mut to = from + 1;
                while to < self.lines.len()
                    && to - from < MOST_NEAR
                    && (self.lines[to].frequency - self.lines[to - 1].frequency) * span < NEAR
                {
                    to += 1;
                }
                moved = moved.max(self.step(from, to, &sums));
                from = to;
            }
            if moved < tolerance {
                break;
            }
        }
        self.sums = Some(sums);
        self.take_out();
    }

    /// Takes out the weaker of two lines that are nearer than so many resolutions, and adjusts the others.
    pub(super) fn thin_out(&mut self, closest: f64, tolerance: f64) {
        let span = self.residual.len() as f64;
        while let Some(at) = (1..self.lines.len())
            .find(|at| (self.lines[*at].frequency - self.lines[*at - 1].frequency) * span < closest)
        {
            let weaker = if self.lines[at].amplitude() < self.lines[at - 1].amplitude() { at } else { at - 1 };
            self.lines.remove(weaker);
            self.refine(tolerance);
        }
    }

    /// Makes the residual that of the lines as they are.
    fn take_out(&mut self) {
        let centre = 0.5 * (self.residual.len() as f64 - 1.0);
        for (t, (rest, value)) in self.residual.iter_mut().zip(self.values).enumerate() {
            *rest = value - self.trend[0] - self.trend[1] * (t as f64 - centre) / centre;
        }
        for line in &self.lines {
            let (mut sin, mut cos) = (-2.0 * PI * (line.frequency * centre).fract()).sin_cos();
            let (step_sin, step_cos) = (2.0 * PI * line.frequency).sin_cos();
            for rest in &mut self.residual {
                *rest -= line.cos * cos + line.sin * sin;
                (cos, sin) = (cos * step_cos - sin * step_sin, sin * step_cos + cos * step_sin);
            }
        }
        for (rest, present) in self.residual.iter_mut().zip(self.present) {
            if !present {
                *rest = 0.0;
            }
        }
    }

    /// One step for the lines of a block; returns the largest movement: of a frequency in resolutions, or of an amplitude
    /// as a share of itself.
    fn step(&mut self, from: usize, to: usize, (values, pattern): &(Sums<2>, Pattern)) -> f64 {
        let span = self.residual.len() as f64;
        let block = self.lines.get(from..to).unwrap_or_default();
        let with_trend = from == 0;
        let trend = if with_trend { 2 } else { 0 };
        let mut system = System::new(trend + 3 * block.len());
        if with_trend {
            let ([plain, along], [count, first, second]) = (values.at(0.0), pattern.at(0.0));
            system.set(0, 0, count.re);
            system.set(1, 0, first.re);
            system.set(1, 1, second.re);
            system.right[0] = plain.re - self.trend[0] * count.re - self.trend[1] * first.re;
            system.right[1] = along.re - self.trend[0] * first.re - self.trend[1] * second.re;
            for line in &self.lines {
                let [zeroth, first, _] = pattern.at(line.frequency).map(pair);
                system.right[0] -= dot(zeroth, [line.cos, line.sin]);
                system.right[1] -= dot(first, [line.cos, line.sin]);
            }
        }
        for (index, line) in block.iter().enumerate() {
            let at = trend + 3 * index;
            let turned = line.turned();
            // The sums of the residual with the cosine and the sine, and of the residual times the distance along.
            let [plain, along] = values.at(line.frequency);
            let [mut plain, mut along] = [pair(plain), pair(along)];
            let [zeroth, first, second] = pattern.at(line.frequency).map(pair);
            for k in 0..2 {
                plain[k] -= self.trend[0] * zeroth[k] + self.trend[1] * first[k];
                along[k] -= self.trend[0] * first[k] + self.trend[1] * second[k];
            }
            if with_trend {
                for (row, low, high) in [(0, zeroth, first), (1, first, second)] {
                    system.set(at, row, low[0]);
                    system.set(at + 1, row, low[1]);
                    system.set(at + 2, row, dot(turned, high));
                }
            }
            for (place, other) in self.lines.iter().enumerate() {
                let [zeroth, first, second] = products(pattern, line.frequency, other.frequency);
                for k in 0..2 {
                    plain[k] -= dot(zeroth[k], [other.cos, other.sin]);
                    along[k] -= dot(first[k], [other.cos, other.sin]);
                }
                if (from..from + index + 1).contains(&place) {
                    let column = trend + 3 * (place - from);
                    let aside = other.turned();
                    for k in 0..2 {
                        system.set(at + k, column, zeroth[k][0]);
                        system.set(at + k, column + 1, zeroth[k][1]);
                        system.set(at + k, column + 2, dot(first[k], aside));
                        system.set(at + 2, column + k, turned[0] * first[0][k] + turned[1] * first[1][k]);
                    }
                    system.set(
                        at + 2,
                        column + 2,
                        turned[0] * dot(second[0], aside) + turned[1] * dot(second[1], aside),
                    );
                }
            }
            system.right[at] = plain[0];
            system.right[at + 1] = plain[1];
            system.right[at + 2] = dot(turned, along);
        }
        let (solution, inverse) = system.solve();
        let mut moved = 0.0_f64;
        for (index, line) in self.lines.get_mut(from..to).unwrap_or_default().iter_mut().enumerate() {
            let at = trend + 3 * index;
            line.cos += solution[at];
            line.sin += solution[at + 1];
            // The third column turns the phase by one radian from the middle to the end: π·span per cycle and step.
            let shift = (solution[at + 2] / (PI * span)).clamp(-0.3 / span, 0.3 / span);
            line.frequency = (line.frequency + shift).clamp(0.25 / span, 0.5);
            line.unit_error = if inverse[at + 2] > 0.0 { inverse[at + 2].sqrt() / (PI * span) } else { f64::INFINITY };
            let change = solution[at].hypot(solution[at + 1]) / line.amplitude().max(f64::MIN_POSITIVE);
            moved = moved.max((shift * span).abs()).max(change);
        }
        if with_trend {
            self.trend[0] += solution[0];
            self.trend[1] += solution[1];
        }
        moved
    }
}

fn pair(sum: Complex<f64>) -> [f64; 2] {
    [sum.re, sum.im]
}

fn dot(one: [f64; 2], other: [f64; 2]) -> f64 {
    one[0] * other[0] + one[1] * other[1]
}

/// The sums of cosine and sine at one frequency (rows) times those at another one (columns), times 1, the distance along, and its
/// square.
pub(crate) fn products(pattern: &Pattern, one: f64, other: f64) -> [[[f64; 2]; 2]; 3] {
    let (apart, together) = (pattern.at(one - other), pattern.at(one + other));
    [0, 1, 2].map(|order| {
        let (d, s) = (apart[order], together[order]);
        [[0.5 * (d.re + s.re), 0.5 * (s.im - d.im)], [0.5 * (s.im + d.im), 0.5 * (d.re - s.re)]]
    })
}

/// Normal equations.
struct System {
    width: usize,
    /// Lower triangle, row by row.
    gram: Vec<f64>,
    right: Vec<f64>,
}

impl System {
    fn new(width: usize) -> Self {
        Self { width, gram: vec![0.0; width * (width + 1) / 2], right: vec![0.0; width] }
    }

    /// Sets an entry on or below the diagonal; one above it is its mirror image and is ignored.
    fn set(&mut self, row: usize, column: usize, value: f64) {
        if column <= row {
            self.gram[row * (row + 1) / 2 + column] = value;
        }
    }

    /// The solution and the diagonal of the inverse, by Cholesky's decomposition; columns that depend on earlier ones
    /// get zero.
    fn solve(mut self) -> (Vec<f64>, Vec<f64>) {
        let width = self.width;
        let place = |row: usize, column: usize| row * (row + 1) / 2 + column;
        for row in 0..width {
            for column in 0..=row {
                let mut sum = self.gram[place(row, column)];
                let before = sum;
                for k in 0..column {
                    sum -= self.gram[place(row, k)] * self.gram[place(column, k)];
                }
                self.gram[place(row, column)] = if row == column {
                    if sum > 1e-10 * before { sum.sqrt() } else { 0.0 }
                } else {
                    let pivot = self.gram[place(column, column)];
                    if pivot > 0.0 { sum / pivot } else { 0.0 }
                };
            }
        }
        let pivot = |row: usize| self.gram[place(row, row)];
        let forward = |right: &mut [f64]| {
            for row in 0..width {
                let sum: f64 = (0..row).map(|k| self.gram[place(row, k)] * right[k]).sum();
                right[row] = if pivot(row) > 0.0 { (right[row] - sum) / pivot(row) } else { 0.0 };
            }
        };
        let mut solution = self.right.clone();
        forward(&mut solution);
        for row in (0..width).rev() {
            let sum: f64 = (row + 1..width).map(|k| self.gram[place(k, row)] * solution[k]).sum();
            solution[row] = if pivot(row) > 0.0 { (solution[row] - sum) / pivot(row) } else { 0.0 };
        }
        // The diagonal of the inverse of L·Lᵀ is the squared length of L⁻¹'s columns.
        let mut unit = vec![0.0; width];
        let inverse = (0..width)
            .map(|row| {
                unit.fill(0.0);
                unit[row] = 1.0;
                forward(&mut unit);
                unit.iter().map(|v| v * v).sum()
            })
            .collect();
        (solution, inverse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three lines, two of them near one another, in noise.
    fn series(span: usize) -> Vec<f64> {
        let mut state = 1_u64;
        (0..span)
            .map(|t| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let noise = (state >> 40) as f64 / (1 << 24) as f64 - 0.5;
                let wave = |frequency: f64| (2.0 * PI * frequency * t as f64).sin();
                noise + 2.0 * wave(0.0301) + wave(0.0301 + 2.3 / span as f64) + 0.7 * wave(0.21) + 1e-3 * t as f64
            })
            .collect()
    }

    #[test]
    fn what_is_left_is_at_right_angles_to_all_that_was_fitted() {
        for span in [400, 401] {
            for has_gaps in [false, true] {
                let present: Vec<bool> =
                    (0..span).map(|t| !has_gaps || t % 13 != 5 && !(100..140).contains(&t)).collect();
                let values: Vec<f64> =
                    series(span).iter().zip(&present).map(|(v, is)| if *is { *v } else { 0.0 }).collect();
                let mut lines = Lines::new(&values, &present);
                let starts = [0.0301, 0.0301 + 2.1 / span as f64, 0.2101];
                lines.lines.extend(starts.map(Line::at));
                lines.refine(1e-11);
                let centre = 0.5 * (span as f64 - 1.0);
                let product = |column: &dyn Fn(f64) -> f64| -> f64 {
                    lines.residual.iter().enumerate().map(|(t, rest)| rest * column(t as f64 - centre)).sum::<f64>()
                };
                let mut products = vec![product(&|_| 1.0), product(&|u| u / centre)];
                for line in &lines.lines {
                    let turned = line.turned();
                    let angle = |u: f64| 2.0 * PI * line.frequency * u;
                    products.push(product(&|u| angle(u).cos()));
                    products.push(product(&|u| angle(u).sin()));
                    products.push(product(&|u| u / centre * (turned[0] * angle(u).cos() + turned[1] * angle(u).sin())));
                }
                assert!(products.iter().all(|p| p.abs() < 1e-8), "{span} {has_gaps}: {products:?}");
                assert!((lines.lines[0].amplitude() - 2.0).abs() < 0.1);
            }
        }
    }
}
