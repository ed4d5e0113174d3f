//! A series as few pieces, each on a level, a line or a slight curve.

use super::noise::calm;
use crate::distribution::{chi_squared_ln_survival, ln_family_wise};
use crate::robust;

/// How to cut a series into pieces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PieceOptions {
    /// The least share of the series that a piece must last.
    pub shortest_share: f64,
    /// The fewest slots of a piece, at least 3.
    pub shortest: usize,
    /// The noise counts as at least this share of `scale`: what differs by less is no matter.
    pub relevant_share: f64,
    /// The number of series among which changes are sought: naming the one that changed takes 2 ln of it.
    pub series: usize,
}

impl Default for PieceOptions {
    fn default() -> Self {
        Self { shortest_share: 0.025, shortest: 3, relevant_share: 0.2, series: 1 }
    }
}

/// Where one piece gives way to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PieceChange {
    /// The first slot of the new piece.
    pub slot: usize,
    /// The interval of the date, 95 %: earliest …
    pub low: usize,
    /// … and latest first slot of the new piece.
    pub high: usize,
    /// Whether the values jump; where they do not, the slope changes.
    pub jumps: bool,
    /// ln of the probability of such a change anywhere in a series of one piece with noise of this memory.
    pub ln_p: f64,
}

/// The most cells that the search is run on; a longer series is averaged first.
const FINEST_GRID: usize = 500;
/// The largest degree of a piece's polynomial.
const DEGREE: usize = 2;
/// Memory beyond this is described as movement; what it takes from a change's significance is in its `ln_p`.
const DESCRIBED_MEMORY: f64 = 0.7;
/// Where a likelihood ratio for the date of a change leaves its 95 % interval (Hansen 2000, table 1).
const DATE_CRITICAL: f64 = 7.35;
/// Rounds of noise and pieces by turns; the noise only grows, so few are needed.
const ROUNDS: usize = 10;
/// From so many changes on, they may be the beats of a cycle …
const CYCLE_CHANGES: usize = 8;
/// … which they are if the lengths between them vary by less than this share of their mean.
const CYCLE_VARIATION: f64 = 0.35;

/// The changes between the pieces of `values`, in order of time.
///
/// Each piece is a polynomial of degree 0 to 2 in normal noise. The number of pieces, their borders and their degrees
/// have the least description length (Rissanen 1978; as Davis, Lee and Rodriguez-Yam 2006 count it): 2 ln n for a border,
/// ln n for every coefficient, and the squares about the piece over the noise's long-run variance. The minimum is exact on a
/// grid of at most 500 cells (PELT, Killick, Fearnhead and Eckley 2012).
///
/// The noise is what the pieces leave, an autoregression of order 1 with its coefficient corrected for the coefficients
/// spent, between the `noise_borders` each by itself, and at least `relevant_share` · `scale`; `scale` is the spread of the
/// series as it is looked at, its season included. Excursions shorter than the shortest piece are cut back to three spreads
/// first. Changes that come at regular intervals are a cycle's and none of them is returned.
///
/// Missing values weigh nothing. None in a series shorter than two pieces, in a constant one, or where `scale` is not
/// positive.
pub fn piece_changes(values: &[f64], scale: f64, noise_borders: &[usize], options: &PieceOptions) -> Vec<PieceChange> {
    let least = ((options.shortest_share.clamp(0.0, 0.5) * values.len() as f64) as usize).max(options.shortest.max(3));
    if values.iter().filter(|value| value.is_finite()).count() < 2 * least || scale.is_nan() || scale <= 0.0 {
        return Vec::new();
    }
    let stride = values.len().div_ceil(FINEST_GRID).max(1);
    let shortest = least.div_ceil(stride).max(3);
    let cells = Cells::of(&calm(values, 2 * least + 1), stride, scale);
    let borders: Vec<usize> = std::iter::once(0)
        .chain(noise_borders.iter().map(|slot| ((slot + stride / 2) / stride).min(cells.values.len())))
        .chain([cells.values.len()])
        .collect();
    let smallest = options.relevant_share * options.relevant_share;
    let Some(cut) = Cut::settle(&cells, &borders, shortest, smallest, naming(options.series)) else {
        return Vec::new();
    };
    if is_cycle(&cut.borders) {
        return Vec::new();
    }
    cut.describe(&cells, shortest, stride, values.len())
}

/// The first slots of the pieces after the first, with the least description length in noise of a known variance: what
/// [`piece_changes`] searches with, without its grid, its noise and its excursions.
///
/// Missing values weigh nothing. Pieces have at least `shortest` slots (3 if less is given); nothing in a series shorter than
/// two of them, or if `variance` is not positive.
pub fn shortest_description(values: &[f64], variance: f64, shortest: usize) -> Vec<usize> {
    let shortest = shortest.max(3);
    if values.len() < 2 * shortest || variance.is_nan() || variance <= 0.0 {
        return Vec::new();
    }
    let cells = Cells::of(values, 1, 1.0);
    let borders = Moments::of(&cells, &vec![variance; values.len()]).partition(shortest, 0.0);
    borders.get(1..borders.len().saturating_sub(1)).unwrap_or_default().to_vec()
}

/// What it takes to name one of `series` series.
pub(crate) fn naming(series: usize) -> f64 {
    2.0 * (series.max(1) as f64).ln()
}

/// Whether pieces follow each other at regular intervals; those at the ends are cut off by the window and do not count.
fn is_cycle(borders: &[usize]) -> bool {
    let lengths: Vec<f64> =
        borders.iter().zip(borders.iter().skip(1)).map(|(start, end)| end.saturating_sub(*start) as f64).collect();
    let inner = lengths.get(1..lengths.len().saturating_sub(1)).unwrap_or_default();
    let (Some(mean), Some(variance)) = (robust::mean(inner), robust::variance(inner)) else { return false };
    lengths.len() > CYCLE_CHANGES && variance.sqrt() < CYCLE_VARIATION * mean
}

/// Means of `stride` slots in units of the scale, and the share of the slots that have a value.
struct Cells {
    values: Vec<f64>,
    presence: Vec<f64>,
}

impl Cells {
    fn of(values: &[f64], stride: usize, scale: f64) -> Self {
        let centre = robust::mean(values).unwrap_or(0.0);
        let mut cells = Self { values: Vec::new(), presence: Vec::new() };
        for chunk in values.chunks_exact(stride) {
            let present = chunk.iter().filter(|value| value.is_finite()).count();
            cells.values.push(robust::mean(chunk).map_or(0.0, |mean| (mean - centre) / scale));
            cells.presence.push(present as f64 / stride as f64);
        }
        cells
    }

    /// The variance of the noise as neighbours show it, which no level and no slope disturbs.
    fn variance_of_neighbours(&self, start: usize, end: usize) -> f64 {
        let inside = self.values.get(start..end).unwrap_or_default();
        let steps: Vec<f64> = inside.iter().zip(inside.iter().skip(1)).map(|(before, after)| after - before).collect();
        robust::mad(&steps).map_or(0.0, |spread| 0.5 * spread * spread)
    }
}

/// The pieces, and the noise that they were found in.
struct Cut {
    moments: Moments,
    /// With both ends.
    borders: Vec<usize>,
    /// The variance of each cell's noise that was counted with.
    noise: Vec<f64>,
    /// How many times larger the long-run variance is than the one that was counted with.
    uncounted_memory: f64,
}

impl Cut {
    fn settle(cells: &Cells, noise_borders: &[usize], shortest: usize, smallest: f64, naming: f64) -> Option<Self> {
        let count = cells.values.len();
        let regimes = || {
            let pairs = noise_borders.iter().zip(noise_borders.iter().skip(1));
            pairs.map(|(start, end)| (*start, *end)).filter(|(start, end)| start < end)
        };
        let mut noise: Vec<f64> = Vec::with_capacity(count);
        for (start, end) in regimes() {
            noise.resize(end, cells.variance_of_neighbours(start, end).max(smallest));
        }
        let mut round = 0;
        loop {
            round += 1;
            let moments = Moments::of(cells, &noise);
            let borders = moments.partition(shortest, naming);
            let pieces = borders.len().saturating_sub(1).max(1);
            let residuals = moments.residuals(cells, &borders);
            let memory = memory(&residuals, &noise, cells, pieces);
            let counted = inflation(memory.min(DESCRIBED_MEMORY));
            let present = cells.presence.iter().sum::<f64>();
            let spent = (present - 2.0 * pieces as f64).max(present / 3.0);
            let mut grown = false;
            for (start, end) in regimes() {
                let inside = residuals.get(start..end)?.iter().zip(cells.presence.get(start..end)?);
                let (squares, weight) = inside.fold((0.0, 0.0), |(squares, weight), (residual, presence)| {
                    (squares + presence * residual * residual, weight + presence)
                });
                if weight <= 0.0 {
                    continue;
                }
                let variance = (squares / weight * counted * present / spent).max(smallest);
                for known in noise.iter_mut().take(end).skip(start) {
                    grown |= variance > *known * 1.001;
                    *known = known.max(variance);
                }
            }
            if !grown || round >= ROUNDS {
                let uncounted_memory = inflation(memory) / counted;
                return Some(Self { moments, borders, noise, uncounted_memory });
            }
        }
    }

    fn describe(&self, cells: &Cells, shortest: usize, stride: usize, slots: usize) -> Vec<PieceChange> {
        let moments = &self.moments;
        let around = self.borders.iter().zip(self.borders.iter().skip(1)).zip(self.borders.iter().skip(2));
        around
            .map(|((&start, &border), &end)| {
                let (before, after) = (moments.fit(start, border), moments.fit(border, end));
                // Two levels against one, two lines against one line; the date is free, too.
                let whole = moments.fit(start, end).degree.min(before.degree.max(after.degree));
                let freedom = (2 + before.degree + after.degree - whole) as f64;
                let ratio =
                    self.ratio_against_memory(cells, [start, border, end], [whole, before.degree, after.degree]);
                let dates = start + shortest..(end + 1).saturating_sub(shortest);
                let two = |at: usize| {
                    moments.fit(start, at).cost(moments.ln_count) + moments.fit(at, end).cost(moments.ln_count)
                };
                // Two lines that meet have one coefficient less than two that do not. Two levels do not meet.
                let broken = |at: usize| moments.squares_about_broken_line(start, at, end);
                let knot = dates.clone().min_by(|a, b| broken(*a).total_cmp(&broken(*b))).unwrap_or(border);
                let levels = before.degree + after.degree == 0;
                let bends = !levels && broken(knot) <= before.squares + after.squares + moments.ln_count;
                let date = if bends { knot } else { border };
                let jumps = levels || !bends && moments.differ([start, border, end], &before, &after);
                let cost = |at: usize| if bends { broken(at) } else { two(at) };
                let best = cost(date);
                let within = |at: &usize| cost(*at) - best <= DATE_CRITICAL * self.uncounted_memory;
                let low = dates.clone().find(within).unwrap_or(date).min(date);
                let high = dates.rev().find(within).unwrap_or(date).max(date);
                PieceChange {
                    slot: date * stride,
                    low: low * stride,
                    high: (high * stride + stride - 1).min(slots - 1),
                    jumps,
                    // The date was chosen, and so was the stretch that it was chosen in.
                    ln_p: ln_family_wise(
                        chi_squared_ln_survival(ratio, freedom),
                        (moments.count() as f64) * (moments.count() as f64),
                    ),
                }
            })
            .collect()
    }
}

impl Cut {
    /// The likelihood ratio of the change at the middle of three borders when either side may explain the values by memory: an
    /// autoregression of order 1 about one polynomial against the same about two. A wandering series, whose memory
    /// pieces seem to explain away, is told apart by it. The step from one piece to the other counts for neither.
    fn ratio_against_memory(&self, cells: &Cells, borders: [usize; 3], degrees: [usize; 3]) -> f64 {
        let [start, border, end] = borders;
        let [whole, before, after] = degrees;
        let (mut one, mut two) = (LeastSquares::default(), LeastSquares::default());
        let mut rows = 0.0;
        for index in (start + 1..end).filter(|index| *index != border) {
            let at = |index: usize| cells.values.get(index).copied().unwrap_or(0.0);
            let presence = |index: usize| cells.presence.get(index).copied().unwrap_or(0.0);
            let weight = presence(index).min(presence(index - 1)) / self.noise.get(index).copied().unwrap_or(1.0);
            if weight <= 0.0 {
                continue;
            }
            rows += 1.0;
            let powers = |from: usize, to: usize| {
                let x = 2.0 * (index - from) as f64 / (to - from).max(2) as f64 - 1.0;
                [1.0, x, x * x]
            };
            let mut row = [0.0; REGRESSORS];
            row[REGRESSORS - 1] = at(index - 1);
            for (slot, power) in row.iter_mut().zip(powers(start, end).iter().take(whole + 1)) {
                *slot = *power;
            }
            one.add(&row, at(index), weight);
            let mut row = [0.0; REGRESSORS];
            row[REGRESSORS - 1] = at(index - 1);
            let (skipped, from, to, degree) =
                if index < border { (0, start, border, before) } else { (1 + DEGREE, border, end, after) };
            for (slot, power) in row.iter_mut().skip(skipped).zip(powers(from, to).iter().take(degree + 1)) {
                *slot = *power;
            }
            two.add(&row, at(index), weight);
        }
        let freedom = rows - (3 + before + after) as f64;
        let (one, two) = (one.squares(), two.squares());
        if freedom < 1.0 || one <= two { 0.0 } else { freedom * (one / two.max(one * 1e-12)).ln() }
    }
}

/// Two polynomials, and memory.
const REGRESSORS: usize = 2 * (DEGREE + 1) + 1;

/// Weighted least squares, from the sums of products of the regressors and the value, which stands last.
#[derive(Default)]
struct LeastSquares {
    products: [[f64; REGRESSORS + 1]; REGRESSORS + 1],
    /// The diagonal as it was summed.
    scales: [f64; REGRESSORS],
}

impl LeastSquares {
    fn add(&mut self, row: &[f64; REGRESSORS], value: f64, weight: f64) {
        for (scale, left) in self.scales.iter_mut().zip(row) {
            *scale += weight * left * left;
        }
        let all = || row.iter().copied().chain([value]);
        for (products, left) in self.products.iter_mut().zip(all()) {
            for (product, right) in products.iter_mut().zip(all()) {
                *product += weight * left * right;
            }
        }
    }

    /// The sum of squares that the regressors leave; one that adds nothing is left out.
    fn squares(mut self) -> f64 {
        for pivot in 0..REGRESSORS {
            let row = self.products[pivot];
            if row[pivot] <= 1e-10 * self.scales[pivot] {
                continue;
            }
            for below in self.products.iter_mut().skip(pivot + 1) {
                let share = below[pivot] / row[pivot];
                for (product, above) in below.iter_mut().zip(&row) {
                    *product -= share * above;
                }
            }
        }
        self.products[REGRESSORS][REGRESSORS].max(0.0)
    }
}

/// How many times larger the long-run variance of an autoregression of order 1 is than its variance.
fn inflation(memory: f64) -> f64 {
    (1.0 + memory) / (1.0 - memory)
}

/// The lag-1 autocorrelation of the residuals, corrected for what the pieces took from it, 0..=0.98.
fn memory(residuals: &[f64], noise: &[f64], cells: &Cells, pieces: usize) -> f64 {
    let (mut product, mut power) = (0.0, 0.0);
    let mut before = 0.0;
    for ((residual, noise), presence) in residuals.iter().zip(noise).zip(&cells.presence) {
        let standard = if *presence > 0.0 { residual / noise.sqrt() } else { 0.0 };
        product += before * standard;
        power += standard * standard;
        before = standard;
    }
    let length = residuals.len() as f64 / pieces as f64;
    let plain = if power > 0.0 { product / power } else { 0.0 };
    // With a line taken out, E φ̂ ≈ φ − (2 + 4φ)/n (Marriott and Pope 1954).
    let corrected = if length > 8.0 { (plain + 2.0 / length) / (1.0 - 4.0 / length) } else { plain };
    corrected.clamp(0.0, 0.98)
}

/// What is left of a piece.
#[derive(Clone, Copy)]
struct Fit {
    /// Σ (value − polynomial)² / variance of the noise.
    squares: f64,
    degree: usize,
    /// Coefficients of the orthogonal polynomials.
    coefficients: [f64; DEGREE + 1],
    /// Coefficients that turn powers into orthogonal polynomials, below the diagonal: (1,0), (2,0), (2,1).
    lower: [f64; 3],
}

impl Fit {
    fn cost(&self, ln_count: f64) -> f64 {
        self.squares + self.degree as f64 * ln_count
    }

    /// The polynomial at `x`.
    fn at(&self, x: f64) -> f64 {
        let [l10, l20, l21] = self.lower;
        let first = x - l10;
        let second = x * x - l20 - l21 * first;
        self.coefficients.iter().zip([1.0, first, second]).take(self.degree + 1).map(|(c, base)| c * base).sum()
    }
}

/// Weighted sums of x⁰…x⁴, y·x⁰…x² and y² before each cell, x running from −1 to 1.
struct Moments {
    sums: Vec<[f64; 9]>,
    ln_count: f64,
}

impl Moments {
    fn of(cells: &Cells, noise: &[f64]) -> Self {
        let count = cells.values.len();
        let mut running = [0.0; 9];
        let mut sums = Vec::with_capacity(count + 1);
        sums.push(running);
        for (index, ((y, presence), noise)) in cells.values.iter().zip(&cells.presence).zip(noise).enumerate() {
            let x = position(index as f64, count);
            let weight = presence / noise;
            let terms = [1.0, x, x * x, x * x * x, x * x * x * x, *y, y * x, y * x * x, y * y];
            for (sum, term) in running.iter_mut().zip(terms) {
                *sum += weight * term;
            }
            sums.push(running);
        }
        Self { sums, ln_count: (count.max(2) as f64).ln() }
    }

    fn count(&self) -> usize {
        self.sums.len() - 1
    }

    /// The polynomial of least description length on the cells `start..end`, by elimination without pivots, which
    /// gives all degrees at once.
    #[inline]
    fn fit(&self, start: usize, end: usize) -> Fit {
        let mut fit = Fit { squares: 0.0, degree: 0, coefficients: [0.0; 3], lower: [0.0; 3] };
        let (Some(before), Some(after)) = (self.sums.get(start), self.sums.get(end)) else { return fit };
        let mut sums = [0.0; 9];
        for (sum, (after, before)) in sums.iter_mut().zip(after.iter().zip(before)) {
            *sum = after - before;
        }
        let [s0, s1, s2, s3, s4, y0, y1, y2, yy] = sums;
        if s0 <= 0.0 {
            return fit;
        }
        let l10 = s1 / s0;
        let c0 = y0 / s0;
        let rest0 = yy - y0 * c0;
        fit.squares = rest0.max(0.0);
        fit.coefficients[0] = c0;
        fit.lower[0] = l10;
        let d1 = s2 - l10 * s1;
        if d1 <= SINGULAR * s2 || end - start < 3 {
            return fit;
        }
        let z1 = y1 - l10 * y0;
        let c1 = z1 / d1;
        let rest1 = (rest0 - z1 * c1).max(0.0);
        if rest1 + self.ln_count < fit.cost(self.ln_count) {
            fit.squares = rest1;
            fit.degree = 1;
        }
        fit.coefficients[1] = c1;
        let l20 = s2 / s0;
        let l21 = (s3 - l20 * s1) / d1;
        let d2 = s4 - l20 * s2 - l21 * (s3 - l20 * s1);
        if d2 <= SINGULAR * s4 || end - start < 4 {
            return fit;
        }
        let z2 = y2 - l20 * y0 - l21 * z1;
        let c2 = z2 / d2;
        let rest2 = (rest1 - z2 * c2).max(0.0);
        if rest2 + 2.0 * self.ln_count < fit.cost(self.ln_count) {
            fit.squares = rest2;
            fit.degree = 2;
        }
        fit.coefficients[2] = c2;
        fit.lower = [l10, l20, l21];
        fit
    }

    /// The borders, with both ends, of the pieces with the least description length.
    fn partition(&self, shortest: usize, naming: f64) -> Vec<usize> {
        let count = self.count();
        let penalty = 3.0 * self.ln_count + naming;
        let slack = DEGREE as f64 * self.ln_count;
        let mut best = vec![f64::INFINITY; count + 1];
        let mut origin = vec![0usize; count + 1];
        if let Some(first) = best.first_mut() {
            *first = -penalty;
        }
        // Start of the last piece, its cost so far, and the end from which on it cannot win.
        let mut candidates: Vec<(usize, f64, usize)> = vec![(0, 0.0, usize::MAX)];
        for end in shortest..=count {
            let (mut least, mut from) = (f64::INFINITY, 0);
            for (start, total, _) in &mut candidates {
                *total = best.get(*start).copied().unwrap_or(f64::INFINITY) + self.fit(*start, end).cost(self.ln_count);
                if *total < least {
                    (least, from) = (*total, *start);
                }
            }
            let value = least + penalty;
            if let (Some(best), Some(origin)) = (best.get_mut(end), origin.get_mut(end)) {
                (*best, *origin) = (value, from);
            }
            // A border never raises the cost by more than the coefficients of one piece.
            for (_, total, expires) in &mut candidates {
                if *total - slack >= value && *expires == usize::MAX {
                    *expires = end + shortest;
                }
            }
            candidates.retain(|(_, _, expires)| *expires > end + 1);
            let start = end + 1 - shortest;
            if start >= shortest {
                candidates.push((start, 0.0, usize::MAX));
            }
        }
        let mut borders = vec![count];
        let mut end = count;
        while let Some(&start) = origin.get(end).filter(|start| **start < end) {
            borders.push(start);
            end = start;
        }
        borders.reverse();
        borders
    }

    fn residuals(&self, cells: &Cells, borders: &[usize]) -> Vec<f64> {
        let mut residuals = Vec::with_capacity(cells.values.len());
        for (&start, &end) in borders.iter().zip(borders.iter().skip(1)) {
            let fit = self.fit(start, end);
            let inside = cells.values.get(start..end).unwrap_or_default();
            residuals.extend(
                inside.iter().zip(start..).map(|(value, index)| value - fit.at(position(index as f64, self.count()))),
            );
        }
        residuals
    }

    /// The squares about the best two lines on `start..end` that meet at `knot`.
    fn squares_about_broken_line(&self, start: usize, knot: usize, end: usize) -> f64 {
        let (Some(from), Some(middle), Some(to)) = (self.sums.get(start), self.sums.get(knot), self.sums.get(end))
        else {
            return f64::INFINITY;
        };
        let all = |index: usize| to[index] - from[index];
        let late = |index: usize| to[index] - middle[index];
        let x = position(knot as f64 - 0.5, self.count());
        // Rows and columns: 1, x, (x − knot)₊, y.
        let bend = [
            late(1) - x * late(0),
            late(2) - x * late(1),
            late(2) - 2.0 * x * late(1) + x * x * late(0),
            late(6) - x * late(5),
        ];
        let mut products = [
            [all(0), all(1), bend[0], all(5)],
            [all(1), all(2), bend[1], all(6)],
            [bend[0], bend[1], bend[2], bend[3]],
            [all(5), all(6), bend[3], all(8)],
        ];
        let scales = [all(0), all(2), bend[2]];
        for (pivot, scale) in scales.iter().enumerate() {
            let row = products[pivot];
            if row[pivot] <= SINGULAR * scale {
                continue;
            }
            for below in products.iter_mut().skip(pivot + 1) {
                let share = below[pivot] / row[pivot];
                for (product, above) in below.iter_mut().zip(&row) {
                    *product -= share * above;
                }
            }
        }
        products[3][3].max(0.0)
    }
}

impl Moments {
    /// Whether the two fits differ at their border by more than two standard errors.
    fn differ(&self, borders: [usize; 3], before: &Fit, after: &Fit) -> bool {
        let [start, border, end] = borders;
        let weight = |from: usize, to: usize| match (self.sums.get(from), self.sums.get(to)) {
            (Some(from), Some(to)) => to[0] - from[0],
            _ => 0.0,
        };
        // The variance of a fitted polynomial at its end is (degree + 1)² / weight.
        let variance = |fit: &Fit, weight: f64| ((fit.degree + 1) * (fit.degree + 1)) as f64 / weight;
        let error = variance(before, weight(start, border)) + variance(after, weight(border, end));
        let x = position(border as f64 - 0.5, self.count());
        (after.at(x) - before.at(x)).abs() > 2.0 * error.sqrt()
    }
}

/// A pivot below this share of its sum is rounding.
const SINGULAR: f64 = 1e-11;

/// −1 to 1 along the series.
fn position(index: f64, count: usize) -> f64 {
    2.0 * index / (count.max(2) - 1) as f64 - 1.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::test_noise::noise;
    use super::*;

    fn scale(values: &[f64]) -> f64 {
        robust::variance(values).unwrap().sqrt()
    }

    fn found(values: &[f64]) -> Vec<PieceChange> {
        piece_changes(values, scale(values), &[], &PieceOptions::default())
    }

    #[test]
    fn a_step_is_dated_and_jumps() {
        let values: Vec<f64> =
            noise(300, 1).iter().enumerate().map(|(slot, e)| e + if slot >= 140 { 4.0 } else { 0.0 }).collect();
        let changes = found(&values);
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert!(changes[0].slot.abs_diff(140) <= 1 && changes[0].jumps, "{changes:?}");
        assert!(changes[0].low <= 140 && 140 <= changes[0].high && changes[0].ln_p < -20.0, "{changes:?}");
    }

    #[test]
    fn a_bend_does_not_jump() {
        let values: Vec<f64> =
            noise(400, 2).iter().enumerate().map(|(slot, e)| e + 0.1 * slot.saturating_sub(200) as f64).collect();
        let changes = found(&values);
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert!(!changes[0].jumps && changes[0].slot.abs_diff(200) < 30, "{changes:?}");
        assert!(changes[0].low <= 200 && 200 <= changes[0].high, "{changes:?}");
    }

    #[test]
    fn a_line_a_slow_curve_and_a_cycle_have_no_changes() {
        let e = noise(600, 3);
        let line: Vec<f64> = e.iter().enumerate().map(|(slot, e)| e + 0.05 * slot as f64).collect();
        let curve: Vec<f64> = e.iter().enumerate().map(|(slot, e)| e + (slot as f64 / 60.0).powi(2)).collect();
        let teeth: Vec<f64> = e.iter().enumerate().map(|(slot, e)| 0.1 * e + (slot % 40) as f64).collect();
        for values in [line, curve, teeth] {
            assert_eq!(found(&values), []);
        }
    }

    #[test]
    fn a_spike_is_no_piece_and_gaps_weigh_nothing() {
        let mut values = noise(400, 4);
        values[200] += 60.0;
        assert_eq!(found(&values), []);
        for (slot, value) in values.iter_mut().enumerate() {
            *value += if slot >= 250 { 5.0 } else { 0.0 };
            if slot % 7 == 3 || (100..130).contains(&slot) {
                *value = f64::NAN;
            }
        }
        let changes = found(&values);
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert!(changes[0].slot.abs_diff(250) <= 2, "{changes:?}");
    }

    #[test]
    fn long_series_are_dated_on_a_grid() {
        let values: Vec<f64> =
            noise(7_000, 5).iter().enumerate().map(|(slot, e)| e + if slot >= 3_000 { 2.0 } else { 0.0 }).collect();
        let changes = found(&values);
        assert_eq!(changes.len(), 1, "{changes:?}");
        assert!(changes[0].slot.abs_diff(3_000) <= 28, "{changes:?}");
        assert!(changes[0].low <= 3_000 && 3_000 <= changes[0].high);
    }

    #[test]
    fn a_wandering_series_is_not_sure_of_its_changes() {
        let mut level = 0.0;
        let walk: Vec<f64> = noise(300, 6)
            .iter()
            .map(|e| {
                level += e;
                level
            })
            .collect();
        assert!(found(&walk).iter().all(|change| change.ln_p > 0.001f64.ln()));
    }

    #[test]
    fn degenerate_series_have_no_changes() {
        for values in [vec![], vec![1.0; 3], vec![2.0; 100], vec![f64::NAN; 100]] {
            assert_eq!(piece_changes(&values, 1.0, &[], &PieceOptions::default()), []);
            assert_eq!(piece_changes(&values, 0.0, &[50], &PieceOptions::default()), []);
            assert_eq!(shortest_description(&values, f64::NAN, 3), [0usize; 0]);
        }
    }
}
