//! Several sinusoids fitted together: amplitudes, phases and frequencies by least squares.

use std::f64::consts::PI;

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
}

/// Lines beside a straight line, and what they leave of a series.
pub(super) struct Lines<'a> {
    present: &'a [bool],
    pub(super) lines: Vec<Line>,
    /// The values less the lines and the straight line; zero where missing.
    pub(super) residual: Vec<f64>,
}

/// Lines closer than this many resolutions are solved for in one system.
const NEAR: f64 = 6.0;
/// Most rounds of adjusting. Lines beside one another in a short series approach their optimum slowly.
const SWEEPS: usize = 60;
/// Most lines in one system; the gaps between the others are bridged by iteration.
const MOST_NEAR: usize = 8;

impl<'a> Lines<'a> {
    /// No line yet. `values` are detrended, zero where not `present`.
    pub(super) fn new(values: &[f64], present: &'a [bool]) -> Self {
        Self { present, lines: Vec::new(), residual: values.to_vec() }
    }

    /// Adjusts all lines to the least squares of all of them together.
    ///
    /// Gauss and Newton's method in blocks: lines that are near one another, with the straight line in the first
    /// block, are solved for together from the residual that all others leave, in turn until nothing moves. What is
    /// reached is the optimum of the whole problem, because every step starts from the residual of the whole.
    ///
    /// Ends when no frequency moves by `tolerance` resolutions and no amplitude by that share of itself.
    pub(super) fn refine(&mut self, tolerance: f64) {
        let span = self.residual.len() as f64;
        order::sort_by(&mut self.lines, |a, b| a.frequency.total_cmp(&b.frequency));
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
                moved = moved.max(self.step(from, to));
                from = to;
            }
            if moved < tolerance {
                break;
            }
        }
    }

    /// Takes out the weaker of two lines that are nearer than so many resolutions, and adjusts the others.
    pub(super) fn thin_out(&mut self, closest: f64, tolerance: f64) {
        let span = self.residual.len() as f64;
        while let Some(at) = (1..self.lines.len())
            .find(|at| (self.lines[*at].frequency - self.lines[*at - 1].frequency) * span < closest)
        {
            let weaker = if self.lines[at].amplitude() < self.lines[at - 1].amplitude() { at } else { at - 1 };
            let gone = [self.lines.remove(weaker)];
            let mut basis = Basis::new(&gone, span);
            for (value, present) in self.residual.iter_mut().zip(self.present) {
                if *present {
                    *value += basis.sum(&gone);
                }
                basis.advance();
            }
            self.refine(tolerance);
        }
    }

    /// One step for the lines of a block; returns the largest movement: of a frequency in resolutions, or of an amplitude
    /// as a share of itself.
    fn step(&mut self, from: usize, to: usize) -> f64 {
        let span = self.residual.len() as f64;
        let old: Vec<Line> = self.lines.get(from..to).unwrap_or_default().to_vec();
        let with_trend = from == 0;
        let trend = if with_trend { 2 } else { 0 };
        let width = trend + 3 * old.len();
        let mut system = System::new(width);
        let mut basis = Basis::new(&old, span);
        let mut columns = vec![0.0; width];
        for (t, value) in self.residual.iter().enumerate() {
            if self.present[t] {
                basis.fill(t, &old, with_trend, &mut columns);
                system.add(&columns, *value);
            }
            basis.advance();
        }
        let (solution, inverse) = system.solve();
        let mut moved = 0.0_f64;
        let mut new = old.clone();
        for (index, line) in new.iter_mut().enumerate() {
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
        let mut before = Basis::new(&old, span);
        let mut after = Basis::new(&new, span);
        let centre = 0.5 * (span - 1.0);
        for (t, value) in self.residual.iter_mut().enumerate() {
            if self.present[t] {
                *value += before.sum(&old) - after.sum(&new);
                if with_trend {
                    *value -= solution[0] + solution[1] * (t as f64 - centre) / centre;
                }
            }
            before.advance();
            after.advance();
        }
        self.lines.splice(from..to, new);
        moved
    }
}

/// Cosine and sine of every line of a block, step by step.
struct Basis {
    /// Cosine, sine, and those of one step.
    turning: Vec<[f64; 4]>,
    centre: f64,
}

impl Basis {
    fn new(lines: &[Line], span: f64) -> Self {
        let centre = 0.5 * (span - 1.0);
        let turning = lines
            .iter()
            .map(|line| {
                let (sin, cos) = (-2.0 * PI * (line.frequency * centre).fract()).sin_cos();
                let (step_sin, step_cos) = (2.0 * PI * line.frequency).sin_cos();
                [cos, sin, step_cos, step_sin]
            })
            .collect();
        Self { turning, centre }
    }

    fn advance(&mut self) {
        for turning in &mut self.turning {
            let [cos, sin, step_cos, step_sin] = *turning;
            turning[0] = cos * step_cos - sin * step_sin;
            turning[1] = sin * step_cos + cos * step_sin;
        }
    }

    fn fill(&self, t: usize, lines: &[Line], with_trend: bool, columns: &mut [f64]) {
        let along = (t as f64 - self.centre) / self.centre;
        let mut at = 0;
        if with_trend {
            (columns[0], columns[1]) = (1.0, along);
            at = 2;
        }
        for ([cos, sin, ..], line) in self.turning.iter().zip(lines) {
            columns[at] = *cos;
            columns[at + 1] = *sin;
            columns[at + 2] = along * (line.sin * cos - line.cos * sin);
            at += 3;
        }
    }

    fn sum(&self, lines: &[Line]) -> f64 {
        self.turning.iter().zip(lines).map(|([cos, sin, ..], line)| line.cos * cos + line.sin * sin).sum()
    }
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

    fn add(&mut self, columns: &[f64], value: f64) {
        let mut at = 0;
        for (row, column) in columns.iter().enumerate() {
            self.right[row] += column * value;
            for (sum, other) in self.gram[at..=at + row].iter_mut().zip(columns) {
                *sum += column * other;
            }
            at += row + 1;
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
